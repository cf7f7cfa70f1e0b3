//! What can go wrong with a call. Never holds a secret.

use qaduct_records::source::Exchange;

/// A call that brought no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{trouble}{}", message.as_ref().map(|it| format!(": {it}")).unwrap_or_default())]
pub struct HttpError {
    /// What kind of failure.
    pub kind: Kind,
    /// What happened, with the URL (without anything secret) and the status.
    pub trouble: String,
    /// The message of the service, if it gave one, cut to 300 characters.
    pub message: Option<String>,
    /// Of a call that must not be done twice: nobody knows whether it was done.
    pub in_doubt: bool,
    /// What is kept of the request.
    pub exchange: Box<Exchange>,
}

impl HttpError {
    pub(crate) fn new(kind: Kind, trouble: String, exchange: Exchange) -> Self {
        Self {
            kind,
            trouble,
            message: None,
            in_doubt: false,
            exchange: Box::new(exchange),
        }
    }
}

/// Kinds of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 401: the credential is missing, wrong or expired.
    Credential,
    /// 403 that is no limit.
    Forbidden,
    /// 404.
    Missing,
    /// 410.
    Removed,
    /// Another 4xx.
    Refused,
    /// The limit is used up for longer than the deadline.
    Quota,
    /// No connection, a timeout, 5xx, all attempts used.
    Unavailable,
    /// An answer that is no JSON, is cut, too long, or redirects where it must not.
    Answer,
    /// The program was asked to stop.
    Stopped,
}

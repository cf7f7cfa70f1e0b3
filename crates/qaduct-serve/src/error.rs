//! What can go wrong with a request, and the one shape in which it is told:
//! `{"error":{"code","message","hint"}}`.
//!
//! Messages hold what the caller wrote, never what a database said: that text
//! could name hosts, users or worse.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use qaduct_records::{StoreError, nearest};
use serde_json::json;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("there is nothing at `{path}`")]
    NotFound { path: String },
    #[error("`{method}` is not answered here, only GET and HEAD are")]
    Method { method: String },
    #[error("this server answers only callers that bring its token")]
    Unauthorized,
    #[error("without a token this server answers on its own machine, not for the host `{host}`")]
    ForeignHost { host: String },
    #[error("there is no parameter `{name}` here")]
    UnknownParameter {
        name: String,
        nearest: Option<String>,
        known: String,
    },
    #[error("parameter `{name}` cannot be `{value}`: {why}")]
    Value {
        name: String,
        value: String,
        why: String,
    },
    #[error("parameter `{name}` is given twice with different values")]
    Twice { name: String },
    #[error("the query string cannot be read")]
    QueryString,
    #[error("this page token is none of ours or belongs to another query")]
    ForeignToken,
    #[error(
        "the data has changed since this page token was given, and the place cannot be found again"
    )]
    StaleToken,
    #[error("{}", told(.0))]
    Store(StoreError),
    #[error("the store gave no answer within {seconds} s")]
    TimedOut { seconds: u64 },
    #[error("something went wrong inside the server")]
    Internal,
}

/// What a caller may know of a failure of the store.
fn told(error: &StoreError) -> &'static str {
    match error {
        StoreError::Busy { .. } => "the store is locked by another process",
        StoreError::Newer { .. } => "a newer qaduct has written the store",
        StoreError::Query(_) | StoreError::Fit { .. } => {
            "the store does not have what this server asks for"
        }
        _ => "the store cannot be reached",
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure {
    pub(crate) fn not_found(path: &str) -> Self {
        Self::NotFound {
            path: shortened(path),
        }
    }

    pub(crate) fn foreign_host(host: &str) -> Self {
        Self::ForeignHost {
            host: shortened(host),
        }
    }

    pub(crate) fn value(name: &str, value: &str, why: impl Into<String>) -> Self {
        Self::Value {
            name: name.to_owned(),
            value: shortened(value),
            why: why.into(),
        }
    }

    pub(crate) fn unknown_parameter<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.collect();
        Self::UnknownParameter {
            name: shortened(name),
            nearest: nearest(name, known.iter().copied()).map(str::to_owned),
            known: known.join(", "),
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::ForeignHost { .. } => StatusCode::MISDIRECTED_REQUEST,
            Self::UnknownParameter { .. }
            | Self::Value { .. }
            | Self::Twice { .. }
            | Self::QueryString
            | Self::ForeignToken => StatusCode::BAD_REQUEST,
            Self::StaleToken => StatusCode::GONE,
            Self::Store(StoreError::Query(_) | StoreError::Fit { .. }) | Self::Internal => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::Store(_) | Self::TimedOut { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A word for programs. Words are part of the API.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Method { .. } => "method_not_allowed",
            Self::Unauthorized => "unauthorized",
            Self::ForeignHost { .. } => "foreign_host",
            Self::UnknownParameter { .. } => "unknown_parameter",
            Self::Value { .. } | Self::Twice { .. } | Self::QueryString => "bad_parameter",
            Self::ForeignToken => "bad_page_token",
            Self::StaleToken => "stale_page_token",
            Self::Store(StoreError::Busy { .. }) => "store_busy",
            Self::Store(StoreError::Newer { .. }) => "store_newer",
            Self::Store(StoreError::Query(_) | StoreError::Fit { .. }) => "store_mismatch",
            Self::Store(_) => "store_unreachable",
            Self::TimedOut { .. } => "timed_out",
            Self::Internal => "internal",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::NotFound { .. } => "GET / lists what there is".to_owned(),
            Self::Method { .. } => "use GET or HEAD".to_owned(),
            Self::Unauthorized => {
                "send `Authorization: Bearer TOKEN`, or Basic with any user and the token as password"
                    .to_owned()
            }
            Self::ForeignHost { .. } => {
                "ask for localhost or 127.0.0.1, or give the server a token (`serve.token`)".to_owned()
            }
            Self::UnknownParameter { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownParameter { known, .. } => format!("there are: {known}"),
            Self::Value { .. } | Self::QueryString => {
                "GET /api/openapi.json describes every parameter".to_owned()
            }
            Self::Twice { .. } => "give it once".to_owned(),
            Self::ForeignToken | Self::StaleToken => {
                "begin again without `page_token`".to_owned()
            }
            Self::Store(StoreError::Newer { .. }) => "update qaduct on the server".to_owned(),
            Self::Store(StoreError::Query(_) | StoreError::Fit { .. }) => {
                "run `qaduct scan` on the server with this version of qaduct".to_owned()
            }
            Self::Store(_) | Self::TimedOut { .. } => {
                "try again in a moment; `qaduct scan` on the server says what is wrong with the store".to_owned()
            }
            Self::Internal => "try again; if it stays, report it with the address that you asked for".to_owned(),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = json!({"error": {
            "code": self.code(),
            "message": self.to_string(),
            "hint": self.hint(),
        }});
        let mut response = (self.status(), axum::Json(body)).into_response();
        let mut add = |name: HeaderName, value: &'static str| {
            response
                .headers_mut()
                .append(name, HeaderValue::from_static(value));
        };
        add(header::CACHE_CONTROL, "no-store");
        match self.status() {
            StatusCode::UNAUTHORIZED => {
                add(header::WWW_AUTHENTICATE, "Bearer realm=\"qaduct\"");
                add(
                    header::WWW_AUTHENTICATE,
                    "Basic realm=\"qaduct\", charset=\"UTF-8\"",
                );
            }
            StatusCode::SERVICE_UNAVAILABLE => add(header::RETRY_AFTER, "5"),
            _ => {}
        }
        response
    }
}

/// What the caller wrote, short enough for a message.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

//! What was asked and answered, for those who test.

use std::collections::BTreeMap;

use crate::Kind;
use crate::request::Request;

/// A request that came, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// `GET`, `POST`, `PUT` and their like.
    pub method: String,
    /// Path and query, with credentials starred.
    pub target: String,
    /// Headers, names in lower case, with credentials starred.
    pub headers: Vec<(String, String)>,
    /// The body, where it is text; in a form, credentials starred.
    pub body: String,
    /// Whether it asked to change what the service has.
    pub writes: bool,
    /// Status of the answer; 0 where there was none.
    pub status: u16,
    /// The fault that was made, if one was; none where it had nothing to work on.
    pub fault: Option<String>,
    /// The faults of pages that this answer gives something to work on: `again`, `loop`,
    /// `move`, `drop`.
    pub open_to: Vec<Kind>,
    /// Records in the answer: their collection and ids.
    pub listed: Option<(String, Vec<String>)>,
    /// Records inside those: their collections and ids.
    pub nested: Vec<(String, Vec<String>)>,
}

/// Counts of what was asked and answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counters {
    /// Connections.
    pub connections: u64,
    /// Requests, those that were refused or lost included.
    pub requests: u64,
    /// Requests that would change what a service has, those that were refused or lost included.
    pub writes: u64,
    /// Faults that were made.
    pub faults: u64,
    /// Bytes of bodies before packing.
    pub bytes: u64,
    /// Requests by service, the first part of the path.
    pub by_service: BTreeMap<String, u64>,
}

/// Headers that carry a credential.
const SECRET_HEADERS: &[&str] = &[
    "authorization",
    "x-bugzilla-api-key",
    "x-bugzilla-token",
    "cookie",
];
/// Parameters that carry one.
const SECRET_PARAMETERS: &[&str] = &[
    "api_key",
    "bugzilla_api_key",
    "bugzilla_token",
    "token",
    "bugzilla_password",
    "client_secret",
];

impl Seen {
    pub(crate) fn of(request: &Request) -> Self {
        let star = |(name, value): &(String, String)| {
            let secret = SECRET_HEADERS.contains(&name.as_str());
            let value = if secret { "***" } else { value.as_str() };
            (name.clone(), value.to_owned())
        };
        Self {
            method: request.method.clone(),
            target: starred(&request.target),
            headers: request.headers.iter().map(star).collect(),
            body: match String::from_utf8(request.body.clone()) {
                Ok(body) if is_form(request) => starred(&format!("?{body}")).split_off(1),
                body => body.unwrap_or_default(),
            },
            writes: false,
            status: 0,
            fault: None,
            open_to: Vec::new(),
            listed: None,
            nested: Vec::new(),
        }
    }

    /// A header by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }
}

fn is_form(request: &Request) -> bool {
    request.header("content-type") == Some("application/x-www-form-urlencoded")
}

/// A target without its credentials.
pub(crate) fn starred(target: &str) -> String {
    // The last part of a webhook of Slack is all that keeps others from it.
    if let Some((hook, _)) = target.rsplit_once('/')
        && hook.starts_with("/slack/services/")
    {
        return format!("{hook}/***");
    }
    let Some((path, query)) = target.split_once('?') else {
        return target.to_owned();
    };
    let parts: Vec<_> = query
        .split('&')
        .map(|part| match part.split_once('=') {
            Some((name, _)) if SECRET_PARAMETERS.contains(&name.to_ascii_lowercase().as_str()) => {
                format!("{name}=***")
            }
            _ => part.to_owned(),
        })
        .collect();
    format!("{path}?{}", parts.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_starred() {
        let mut request = Request {
            target: "/bugzilla/rest/bug?Bugzilla_api_key=planted&id=1".to_owned(),
            ..Request::default()
        };
        request.headers = vec![("authorization".to_owned(), "Bearer planted".to_owned())];
        let seen = Seen::of(&request);
        assert!(!format!("{seen:?}").contains("planted"));
        assert_eq!(seen.target, "/bugzilla/rest/bug?Bugzilla_api_key=***&id=1");
    }

    #[test]
    fn credentials_in_a_form_are_starred() {
        let kind = "application/x-www-form-urlencoded".to_owned();
        let request = Request {
            headers: vec![("content-type".to_owned(), kind)],
            body: b"client_id=qa&client_secret=planted".to_vec(),
            ..Request::default()
        };
        let seen = Seen::of(&request);
        assert_eq!(seen.body, "client_id=qa&client_secret=***");
    }
}

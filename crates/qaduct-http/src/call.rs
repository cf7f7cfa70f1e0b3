//! A call and its answer.

use std::fmt;

use qaduct_records::source::Exchange;
use serde_json::Value as Json;
use url::Url;

use crate::error::Kind;
use crate::link::{self, Link};
use crate::{Body, HttpError};

/// What to ask.
#[derive(Debug, Clone, PartialEq, Hash)]
pub struct Call {
    /// How.
    pub method: Method,
    /// Relative to the base of the settings, already encoded, a `/` at its start or not;
    /// or a whole URL that the service gave (a next page), which must be on the host of
    /// the base.
    pub path: String,
    /// Parameters, not yet encoded, appended to the path.
    pub query: Vec<(String, String)>,
    /// Headers of this call only, such as `If-None-Match`.
    pub headers: Vec<(&'static str, String)>,
    /// What it carries.
    pub body: Option<Body>,
    /// Statuses beside 2xx that are answers and no errors, such as 404 in a poll. Their
    /// body must be JSON or empty, too: a page of a gateway is no answer.
    pub accept: &'static [u16],
    /// It does something that must not be done twice: see [`Call::once`].
    pub once: bool,
    /// The answer is bytes and no JSON: see [`Call::raw`].
    pub raw: bool,
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
            once: false,
            raw: false,
        }
    }

    /// A POST that may be sent again, because it only asks; else see [`Call::once`].
    #[must_use]
    pub fn post(path: impl Into<String>, body: impl Into<Body>) -> Self {
        Self {
            method: Method::Post,
            body: Some(body.into()),
            ..Self::get(path)
        }
    }

    /// A PUT; doing it twice is doing it once.
    #[must_use]
    pub fn put(path: impl Into<String>, body: impl Into<Body>) -> Self {
        Self {
            method: Method::Put,
            ..Self::post(path, body)
        }
    }

    /// A DELETE.
    #[must_use]
    pub fn delete(path: impl Into<String>) -> Self {
        Self {
            method: Method::Delete,
            ..Self::get(path)
        }
    }

    /// A HEAD: the headers of a GET.
    #[must_use]
    pub fn head(path: impl Into<String>) -> Self {
        Self {
            method: Method::Head,
            ..Self::get(path).raw()
        }
    }

    /// The same call, which must not be done twice: it is sent again only when the service
    /// surely did not do it. Where nobody knows, the error says so: [`HttpError::in_doubt`].
    #[must_use]
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// The same call, whose answer is bytes: [`Answer::bytes`].
    #[must_use]
    pub fn raw(mut self) -> Self {
        self.raw = true;
        self
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

/// What is done with the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET.
    Get,
    /// HEAD.
    Head,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// DELETE.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// What came back.
#[derive(Clone)]
pub struct Answer {
    /// The status: 2xx, or one that the call accepts.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; `Null` for an empty one, and where the call asked for bytes.
    pub json: Json,
    /// The body where the call asked for bytes; else empty.
    pub bytes: Vec<u8>,
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
            in_doubt: false,
            exchange: Box::new(self.exchange.clone()),
        }
    }

    /// The links of the `Link` headers, in their order.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        let headers = self.headers.iter().filter(|(name, _)| name == "link");
        headers.flat_map(|(_, value)| link::parse(value)).collect()
    }

    /// The URL of `rel="next"` (or another relation) in the `Link` headers. A relative
    /// one is made whole.
    #[must_use]
    pub fn link(&self, relation: &str) -> Option<String> {
        let mut links = self.links().into_iter();
        // A link with an anchor is one of another page.
        let found = links.find(|it| it.is(relation) && it.attribute("anchor").is_none())?;
        match Url::parse(&found.target) {
            Ok(_) => Some(found.target),
            Err(_) => {
                let here = Url::parse(&self.exchange.url).ok()?;
                Some(here.join(&found.target).ok()?.to_string())
            }
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The body is other people's data, and long.
        out.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("exchange", &self.exchange)
            .finish_non_exhaustive()
    }
}

/// Whether a header is for us and not for a browser: cookies are credentials.
pub(crate) fn is_kept(name: &str) -> bool {
    !matches!(name, "set-cookie" | "set-cookie2")
}

//! TestRail, API version 2.
//!
//! The whole call stands behind the first `?`: `index.php?/api/v2/get_cases/1&suite_id=2`. Lists have
//! at most 250 rows; their `_links` lack `index.php?`. Filters `…_after` and `…_before` leave
//! out the instant itself. Follows the pages of TestRail's API reference.

mod lists;
mod methods;

use serde_json::json;

use crate::answer::Answer;
use crate::request::Request;
use crate::service::{Context, Service};

/// TestRail.
pub(crate) struct TestRail {
    /// Whether lists come without an envelope, as from servers before 6.7.
    pub(crate) bare: bool,
}

/// A call: `get_cases/1&suite_id=2`.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    pub(crate) ids: Vec<&'a str>,
    pub(crate) parameters: Vec<(String, String)>,
    /// Most rows of a page.
    pub(crate) most: usize,
}

impl Call<'_> {
    /// A parameter; the last one counts.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().rev().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }
}

pub(crate) fn refuse(status: u16, message: impl Into<String>) -> Answer {
    Answer::json(status, json!({ "error": message.into() }))
}

impl Service for TestRail {
    fn refuse(&self, status: u16, message: &str) -> Answer {
        let message = match status {
            401 => "Authentication failed: invalid or missing user/password or session cookie.",
            403 => "You do not have the permissions to access this project.",
            429 => "API Rate Limit Exceeded",
            _ => message,
        };
        refuse(status, message)
    }

    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer {
        let (target, parameters) = request
            .query
            .split_once('&')
            .unwrap_or((&request.query, ""));
        let Some(call) = target.strip_prefix("/api/v2/") else {
            context.violation(request, "the call does not stand behind `index.php?`");
            return Answer::text(404, "text/html; charset=utf-8", "<html>Not Found</html>");
        };
        if request.path != "/index.php" {
            return Answer::text(404, "text/html; charset=utf-8", "<html>Not Found</html>");
        }
        if request.method != "GET" {
            context.violation(request, "only reading is served");
            return refuse(405, "Only GET is supported for this method.");
        }
        if request.header("content-type") != Some("application/json") {
            context.violation(request, "no `Content-Type: application/json`");
            return refuse(
                400,
                "Content-Type header missing or invalid (expected application/json).",
            );
        }
        let Some((user, password)) = request.basic() else {
            return self.refuse(401, "");
        };
        if user.is_empty() || !context.accepts(&password) {
            return self.refuse(401, "");
        }
        if context.options.limits {
            let limit = context.options.testrail_per_minute;
            // The limit is that of the instance, whoever asks.
            let name = format!("{} instance", context.name);
            let window = context.limits.count(name, limit, 60, context.now, 1);
            if window.exceeded() {
                let wait = (window.reset - context.now.as_second()).max(1);
                return self.refuse(429, "").with("Retry-After", wait);
            }
        }
        let mut parts = call.split('/').filter(|it| !it.is_empty());
        let call = Call {
            method: parts.next().unwrap_or_default(),
            ids: parts.collect(),
            most: context.options.most(lists::MOST),
            parameters: url::form_urlencoded::parse(parameters.as_bytes())
                .into_owned()
                .collect(),
        };
        methods::answer(self, request, &call, context)
    }
}

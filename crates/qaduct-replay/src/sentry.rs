//! Sentry, REST version 0, of one organisation.
//!
//! Paths end with a slash. Lists have at most 100 rows; their `Link` always names a page before and
//! one behind, and says of each whether it has results. What each endpoint may be asked is counted
//! apart, and 429 does not say how long to wait. Follows getsentry/sentry-api-schema.

mod issues;
mod lists;
mod series;

use serde_json::json;

use crate::answer::Answer;
use crate::request::Request;
use crate::service::{Context, Service};

/// Sentry.
pub(crate) struct Sentry;

/// The organisation, as it stands in addresses.
const ORGANIZATION: &str = "mozilla";
/// Requests a second that an endpoint takes.
const PER_SECOND: u32 = 40;

fn refuse(status: u16, detail: &str) -> Answer {
    Answer::json(status, json!({ "detail": detail }))
}

fn missing() -> Answer {
    refuse(404, "The requested resource does not exist")
}

impl Service for Sentry {
    fn refuse(&self, status: u16, message: &str) -> Answer {
        match status {
            401 => refuse(401, "Invalid token"),
            403 => refuse(403, "You do not have permission to perform this action."),
            404 => missing(),
            502..=504 => Answer::text(status, "text/html", "<html><h1>502 Bad Gateway</h1></html>"),
            _ => refuse(status, message),
        }
    }

    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer {
        if !request.bearer().is_some_and(|it| context.accepts(it)) {
            return self.refuse(401, "");
        }
        if request.method != "GET" {
            context.violation(request, "only reading is served");
            return refuse(405, "Method \"POST\" not allowed.");
        }
        if !request.path.ends_with('/') {
            context.violation(request, "a path without a slash at its end");
            let url = format!("{}{}/?{}", context.base, request.path, request.query);
            return Answer::json(301, json!(null)).with("Location", url);
        }
        let ask = Ask {
            request,
            parameters: request.parameters(),
        };
        let parts: Vec<&str> = request
            .path
            .split('/')
            .filter(|it| !it.is_empty())
            .collect();
        let (endpoint, answer) = ask.route(&parts, context);
        ask.limited(endpoint, answer, context)
    }
}

/// A question.
struct Ask<'a> {
    request: &'a Request,
    parameters: Vec<(String, String)>,
}

impl Ask<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// A parameter that may be given several times.
    fn all<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s str> {
        let found = self.parameters.iter().filter(move |(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    fn known(&self, context: &mut Context<'_>, known: &[&str]) {
        let names: Vec<_> = self.parameters.iter().map(|(name, _)| name).collect();
        context.known(self.request, names, known);
    }

    /// The name of the endpoint, and what it answers.
    fn route(&self, parts: &[&str], context: &mut Context<'_>) -> (&'static str, Answer) {
        match parts {
            ["api", "0", "organizations", ORGANIZATION, rest @ ..] => match rest {
                ["projects"] => ("projects", self.projects(context)),
                ["releases"] => ("releases", self.releases(context)),
                ["issues"] => ("issues", self.issues(context)),
                ["issues", id] => ("issue", self.issue(id, context)),
                ["sessions"] => ("sessions", self.sessions(context)),
                ["stats_v2"] => ("stats", self.stats(context)),
                _ => ("unknown", self.unknown(context)),
            },
            ["api", "0", "projects", ORGANIZATION, project, "events"] => {
                ("events", self.events(project, context))
            }
            ["api", "0", "organizations" | "projects", ..] => ("unknown", missing()),
            _ => ("unknown", self.unknown(context)),
        }
    }

    fn unknown(&self, context: &mut Context<'_>) -> Answer {
        context.violation(self.request, "there is no such resource");
        missing()
    }

    fn limited(&self, endpoint: &str, answer: Answer, context: &mut Context<'_>) -> Answer {
        let token = self.request.bearer().unwrap_or_default();
        let name = format!("sentry {endpoint} {token}");
        let mut window = context.limits.count(name, PER_SECOND, 1, context.now, 1);
        let answer = match context.options.limits && window.exceeded() {
            true => refuse(
                429,
                "You are attempting to use this endpoint too quickly. Limit is 40 requests in 1 seconds",
            ),
            false => answer,
        };
        if !context.options.limits {
            // Where no limit holds, none must seem to come near.
            window.used = window.used.min(PER_SECOND / 10);
        }
        answer
            .with("X-Sentry-Rate-Limit-Limit", window.limit)
            .with("X-Sentry-Rate-Limit-Remaining", window.left())
            .with("X-Sentry-Rate-Limit-Reset", window.reset)
            .with("X-Sentry-Rate-Limit-ConcurrentLimit", 25)
            .with("X-Sentry-Rate-Limit-ConcurrentRemaining", 24)
    }
}

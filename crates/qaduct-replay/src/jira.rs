//! Jira: Cloud with API version 3, and Data Center with version 2, over the same issues.
//!
//! Follows the OpenAPI specification of Jira Cloud and the reference of Data Center. Pages of
//! `search/jql` go on behind the last issue by the keys of the order; those of Data Center count rows, so
//! that an issue which moves shifts all others.

mod changelogs;
mod comments;
mod fields;
mod jql;
mod lists;
mod search;
mod worklogs;
pub(crate) mod zones;

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::request::Request;
use crate::service::{Context, Service};
use crate::world::World;

/// Jira.
pub(crate) struct Jira {
    /// Whether it is Jira Cloud.
    pub(crate) cloud: bool,
}

/// An error in Jira's shape.
pub(crate) fn refuse(status: u16, message: impl Into<String>) -> Answer {
    Answer::json(
        status,
        json!({ "errorMessages": [message.into()], "errors": {} }),
    )
}

impl Service for Jira {
    fn refuse(&self, status: u16, message: &str) -> Answer {
        match status {
            401 => refuse(401, "Client must be authenticated to access this resource."),
            403 => refuse(403, "You do not have permission to perform this operation."),
            429 => refuse(429, "Rate limit exceeded.").with("RateLimit-Reason", "jira-burst-based"),
            _ => refuse(status, message),
        }
    }

    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer {
        let secret = match (self.cloud, request.basic()) {
            (_, Some((_, password))) => Some(password),
            (false, None) => request.bearer().map(str::to_owned),
            // A bearer token at a site's own host is refused by Cloud.
            (true, None) => None,
        };
        if !secret.is_some_and(|it| context.accepts(&it)) {
            return self.refuse(401, "");
        }
        let Some(zone) = zones::zone(&context.options.time_zone) else {
            return refuse(500, "the time zone of the user is not known");
        };
        let posted = request.method == "POST";
        let body = if posted {
            let kind = request.header("content-type").unwrap_or_default();
            if !kind.starts_with("application/json") {
                context.violation(request, "a body without `Content-Type: application/json`");
                return refuse(415, "Unsupported Media Type");
            }
            match request.json() {
                Ok(Value::Object(body)) => body,
                _ => {
                    return refuse(
                        400,
                        "Invalid request payload. Refer to the REST API documentation and try again.",
                    );
                }
            }
        } else {
            let mut body = Map::new();
            for (name, value) in request.parameters() {
                // A parameter that is repeated is a list.
                match body.get_mut(&name) {
                    Some(Value::String(before)) => *before = format!("{before},{value}"),
                    _ => {
                        body.insert(name, value.into());
                    }
                }
            }
            body
        };
        let ask = Ask {
            cloud: self.cloud,
            zone,
            request,
            posted,
            body,
        };
        ask.route(context)
    }
}

/// A question: its parameters, from the query or from the body.
pub(crate) struct Ask<'a> {
    pub(crate) cloud: bool,
    pub(crate) zone: TimeZone,
    pub(crate) request: &'a Request,
    pub(crate) posted: bool,
    pub(crate) body: Map<String, Value>,
}

impl Ask<'_> {
    fn route(&self, context: &mut Context<'_>) -> Answer {
        let parts: Vec<&str> = self
            .request
            .path
            .split('/')
            .filter(|it| !it.is_empty())
            .collect();
        let version = if self.cloud { "3" } else { "2" };
        let cloud = self.cloud;
        match parts.as_slice() {
            ["rest", "api", given, rest @ ..] if *given == version => match (self.posted, rest) {
                (_, ["search", "jql"]) if cloud => search::by_token(self, context),
                (_, ["search"]) if cloud => refuse(
                    410,
                    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full \
                     migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
                ),
                (_, ["search"]) => search::by_offset(self, context),
                (true, ["search", "approximate-count"]) if cloud => search::count(self, context),
                (true, ["issue", "bulkfetch"]) if cloud => search::bulk(self, context),
                (true, ["changelog", "bulkfetch"]) if cloud => changelogs::bulk(self, context),
                (false, ["issue", key]) => search::issue(self, key, context),
                (false, ["issue", key, "changelog"]) if cloud => {
                    changelogs::of_issue(self, key, context)
                }
                (false, ["issue", key, "worklog"]) => worklogs::of_issue(self, key, context),
                (false, ["issue", key, "comment"]) => comments::of_issue(self, key, context),
                (false, ["worklog", "updated"]) => worklogs::updated(self, context),
                (false, ["worklog", "deleted"]) => worklogs::deleted(self, context),
                (true, ["worklog", "list"]) => worklogs::list(self, context),
                (false, rest) => lists::answer(self, rest, context),
                (true, _) => self.missing(context),
            },
            ["rest", "agile", "1.0", rest @ ..] if !self.posted => {
                lists::agile(self, rest, context)
            }
            _ => self.missing(context),
        }
    }

    pub(crate) fn missing(&self, context: &mut Context<'_>) -> Answer {
        context.violation(self.request, "there is no such resource");
        refuse(404, "null for uri: there is no such resource")
    }

    /// Checks the names of the parameters. Cloud refuses a body with another one.
    pub(crate) fn known(
        &self,
        context: &mut Context<'_>,
        known: &[&str],
    ) -> Result<(), Box<Answer>> {
        context.known(self.request, self.body.keys(), known);
        if self.posted && self.cloud && !self.body.keys().all(|it| known.contains(&it.as_str())) {
            return Err(Box::new(refuse(
                400,
                "Invalid request payload. Refer to the REST API documentation and try again.",
            )));
        }
        Ok(())
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.body
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(crate) fn number(&self, name: &str, default: usize) -> usize {
        match self.body.get(name) {
            Some(Value::String(text)) => text.parse().unwrap_or(default),
            Some(value) => value
                .as_u64()
                .and_then(|it| it.try_into().ok())
                .unwrap_or(default),
            None => default,
        }
    }

    /// A list, from an array or from a text with commas.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let texts: Vec<String> = match self.body.get(name) {
            Some(Value::Array(all)) => all.iter().map(crate::world::text).collect(),
            Some(Value::String(text)) => vec![text.clone()],
            _ => Vec::new(),
        };
        let parts = texts.iter().flat_map(|it| it.split(','));
        parts
            .map(|it| it.trim().to_owned())
            .filter(|it| !it.is_empty())
            .collect()
    }

    /// An issue by id or key.
    pub(crate) fn find<'w>(&self, world: &'w World, key: &str) -> Option<&'w Value> {
        let found = world.get("jira.issues", key);
        found.or_else(|| {
            let (project, _) = key.rsplit_once('-')?;
            world
                .collection("jira.issues")
                .of(project)
                .find(|it| it["key"] == key)
        })
    }
}

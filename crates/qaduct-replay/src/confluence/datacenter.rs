//! Confluence Data Center 8 and 9: the one version of its API, over the same pages as the Cloud.
//!
//! Follows the OpenAPI specification of 9.0 and the reference of 8.9, and what servers in the
//! open answer. Lists count rows, so that what goes shifts all behind it, but for `content/scan`,
//! which goes on behind the last id. What comes next stands below the context path. There is no
//! archive of pages: what the Cloud has there is current here. People have a name and a key.

mod content;
mod lists;
mod write;

use serde_json::json;

use super::{Ask, Refused};
use crate::answer::Answer;
use crate::request::Request;
use crate::service::{Context, Service};

/// Confluence Data Center.
pub(crate) struct DataCenter;

/// An error in its shape.
fn refuse(status: u16, message: &str) -> Answer {
    let data =
        json!({ "authorized": status != 403, "valid": true, "errors": [], "successful": false });
    let reason = crate::inject::reason(status);
    let error = json!({ "statusCode": status, "data": data, "message": message, "reason": reason });
    Answer::json(status, error)
}

impl Service for DataCenter {
    fn refuse(&self, status: u16, message: &str) -> Answer {
        match status {
            // Tomcat answers before the API does.
            401 => Answer::text(401, "text/html", "<html><h1>HTTP Status 401</h1></html>"),
            429 => Answer::text(429, "text/plain", "Rate limit exceeded.")
                .with("X-RateLimit-Interval-Seconds", 60)
                .with("X-RateLimit-FillRate", 10),
            502..=504 => Answer::text(status, "text/html", "<html><h1>Confluence</h1></html>"),
            _ => refuse(status, message),
        }
    }

    fn writes(&self, request: &Request) -> bool {
        request.method != "GET"
    }

    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer {
        // A personal access token, or a password.
        let given = match (request.bearer(), request.basic()) {
            (Some(token), _) => Some(token.to_owned()),
            (None, basic) => basic.map(|it| it.1),
        };
        if !given.is_some_and(|it| context.accepts(&it)) {
            return self.refuse(401, "");
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
        let answer = match parts.as_slice() {
            ["rest", "api", rest @ ..] => ask.of_server(rest, context),
            ["rest", "experimental", "content", id, "version"] => ask.past(id, context),
            _ => Ok(ask.nowhere_here(context)),
        };
        answer.unwrap_or_else(|it| refuse(it.0, &it.1))
    }
}

impl Ask<'_> {
    fn of_server(&self, parts: &[&str], context: &mut Context<'_>) -> Result<Answer, Refused> {
        match (self.request.method.as_str(), parts) {
            ("GET", ["user", "current"]) => {
                self.named(context, &["expand"]);
                Ok(Answer::ok(content::person(context, super::CALLER)))
            }
            ("GET", ["space"]) => self.spaces_here(context),
            ("GET", ["space", key]) => self.space_here(key, context),
            ("GET", ["search"]) => self.searched(context),
            ("GET", ["content", "scan"]) => self.scan(context),
            ("GET", ["content"]) => self.titled(context),
            ("POST", ["content"]) => self.create_here(context),
            (method, ["content", id, rest @ ..]) => match (method, rest) {
                ("GET", []) => self.content_here(id, context),
                ("PUT", []) => self.update_here(id, context),
                ("DELETE", []) => self.delete_here(id, context),
                ("GET", ["label"]) => self.labels_here(id, context),
                ("POST", ["label"]) => self.label(id, context),
                ("GET", ["child", "attachment"]) => self.files_here(id, context),
                ("POST", ["child", "attachment"]) => self.attach_here(id, None, context),
                ("POST", ["child", "attachment", file, "data"]) => {
                    self.attach_here(id, Some(file), context)
                }
                _ => Ok(self.nowhere_here(context)),
            },
            _ => Ok(self.nowhere_here(context)),
        }
    }

    fn nowhere_here(&self, context: &mut Context<'_>) -> Answer {
        context.violation(self.request, "there is no such resource");
        refuse(404, "null for uri: there is no such resource")
    }

    /// What is to be expanded.
    fn expands(&self, name: &str) -> bool {
        let all = self.all("expand");
        // Who expands what is inside expands what it is in.
        all.iter().any(|it| {
            it.strip_prefix(name)
                .is_some_and(|it| it.is_empty() || it.starts_with('.'))
        })
    }

    fn number(&self, name: &str, usual: usize) -> usize {
        let given = self.get(name).and_then(|it| it.parse().ok());
        given.unwrap_or(usual)
    }
}

/// A record that is not there, or not to be seen.
fn missing(id: &str) -> Refused {
    Refused(
        404,
        format!("No content found with id: ContentId{{id={id}}}"),
    )
}

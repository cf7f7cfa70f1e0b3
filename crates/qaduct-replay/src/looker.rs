//! Looker, version 4.0 of its API.
//!
//! Who sends the two halves of an API key as a form gets a token for an hour, which goes before
//! every other call. Lists are searched with a limit and an offset and hold what is asked for in
//! `fields`; what is in the trash is in none unless `deleted=true`. Follows the specification of the
//! API that Looker publishes.

mod lists;
mod render;
mod results;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::request::Request;
use crate::service::{Context, Service};

/// Looker.
pub(crate) struct Looker;

/// What a token begins with; behind it stands the second in which it ends.
const TOKEN: &str = "planted-session-";
/// Seconds for which a token is good.
const LASTS: i64 = 3600;

fn refuse(status: u16, message: &str) -> Answer {
    let url = format!("https://cloud.google.com/looker/docs/r/err/4.0/{status}");
    Answer::json(
        status,
        json!({ "message": message, "documentation_url": url }),
    )
}

fn missing() -> Answer {
    refuse(404, "Not found")
}

impl Service for Looker {
    fn refuse(&self, status: u16, message: &str) -> Answer {
        match status {
            401 => refuse(401, "Requires authentication."),
            404 => missing(),
            502..=504 => Answer::text(status, "text/html", "<html><h1>Bad Gateway</h1></html>"),
            _ => refuse(status, message),
        }
    }

    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer {
        let Some(path) = request.path.strip_prefix("/api/4.0/") else {
            context.violation(request, "the call is of no version");
            return missing();
        };
        let ask = Ask {
            request,
            parameters: request.parameters(),
        };
        let pieces: Vec<String> = path.split('/').map(decoded).collect();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        if pieces == ["login"] {
            return ask.log_in(context);
        }
        if !is_open(request.bearer(), context.now) {
            return self.refuse(401, "");
        }
        ask.route(&pieces, context)
    }
}

/// A piece of a path without its escapes.
fn decoded(piece: &str) -> String {
    let pair = format!("p={}", piece.replace('+', "%2B"));
    let mut parsed = url::form_urlencoded::parse(pair.as_bytes());
    parsed
        .next()
        .map(|it| it.1.into_owned())
        .unwrap_or_default()
}

fn is_open(token: Option<&str>, now: Timestamp) -> bool {
    let until = token.and_then(|it| it.strip_prefix(TOKEN)?.parse::<i64>().ok());
    until.is_some_and(|until| now.as_second() < until)
}

/// A question.
struct Ask<'a> {
    request: &'a Request,
    parameters: Vec<(String, String)>,
}

impl Ask<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    fn known(&self, context: &mut Context<'_>, known: &[&str]) {
        let names = self.parameters.iter().map(|(name, _)| name);
        context.known(self.request, names, known);
    }

    fn log_in(&self, context: &mut Context<'_>) -> Answer {
        if !self.parameters.is_empty() {
            context.violation(self.request, "the credential stands in the address");
        }
        let form = self.request.form();
        let field = |name: &str| form.iter().find(|(it, _)| it == name).map(|it| &*it.1);
        let id = field("client_id").unwrap_or_default();
        let secret = field("client_secret").unwrap_or_default();
        if self.request.method != "POST" || id.is_empty() || !context.accepts(secret) {
            return missing();
        }
        let until = context.now.as_second() + LASTS;
        Answer::ok(json!({
            "access_token": format!("{TOKEN}{until}"), "token_type": "Bearer", "expires_in": LASTS,
            "refresh_token": null,
        }))
    }

    fn route(&self, pieces: &[&str], context: &mut Context<'_>) -> Answer {
        match (self.request.method.as_str(), pieces) {
            ("GET", ["user"]) => {
                self.known(context, &["fields"]);
                let me = context.world.get("looker.users", "12").cloned();
                Answer::ok(self.shown(&me.unwrap_or(Value::Null)))
            }
            ("GET", ["looks", id, "run", "json_bi"]) => self.results(id, context),
            ("POST", ["render_tasks", kind @ ("looks" | "dashboards"), id, format]) => {
                self.begin(kind, id, format, context)
            }
            ("GET", ["render_tasks", id]) => self.state(id, context),
            ("GET", ["render_tasks", id, "results"]) => self.picture(id, context),
            ("GET", pieces) => match self.list(pieces, context) {
                Some(answer) => answer,
                None => self.nowhere(context),
            },
            _ => self.nowhere(context),
        }
    }

    fn nowhere(&self, context: &mut Context<'_>) -> Answer {
        context.violation(self.request, "there is no such resource");
        missing()
    }

    /// The fields of a record that are asked for.
    fn shown(&self, record: &Value) -> Value {
        let mut record = crate::world::served(record);
        if let (Some(fields), Value::Object(record)) = (self.get("fields"), &mut record) {
            record.retain(|name, _| fields.split(',').any(|it| it.trim() == name));
        }
        record
    }
}

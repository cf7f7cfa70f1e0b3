//! Taskcluster: the queue, the index, and who asks.
//!
//! Lists go on with a `continuationToken`, which stands in the answer as long as something
//! may follow: the last page of a list that fills its pages is followed by an empty one. What
//! is past its time is not there. Who has a credential signs each request (Hawk); without one
//! all that is public is shown. Follows the API references of Taskcluster.

mod hawk;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::answer::{Answer, Place};
use crate::request::Request;
use crate::service::{Context, Service};
use crate::world::{served, text};

/// Taskcluster.
pub(crate) struct Taskcluster;

/// Items of a page at most.
const PAGE: usize = 1_000;
/// Kinds of errors, by their status.
const CODES: &[(u16, &str)] = &[
    (400, "InputError"),
    (401, "AuthenticationFailed"),
    (403, "InsufficientScopes"),
    (404, "ResourceNotFound"),
    (410, "ResourceExpired"),
    (429, "TooManyRequests"),
];

fn refuse(status: u16, message: &str) -> Answer {
    let code = CODES.iter().find(|it| it.0 == status);
    let code = code.map_or("InternalServerError", |it| it.1);
    let request = json!({ "method": "", "params": {}, "payload": {} });
    Answer::json(
        status,
        json!({ "code": code, "message": message, "requestInfo": request }),
    )
}

impl Service for Taskcluster {
    fn refuse(&self, status: u16, message: &str) -> Answer {
        refuse(status, message)
    }

    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer {
        if request.header("authorization").is_some()
            && let Err(why) = hawk::check(request, context)
        {
            return refuse(401, &format!("Authentication failed: {why}"));
        }
        if request.method != "GET" {
            context.violation(request, "only reading is served");
            return refuse(404, "Not Found");
        }
        let pieces = request.path.trim_start_matches('/').split('/');
        let pieces: Vec<String> = pieces.map(decoded).collect();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let ask = Ask { request };
        match pieces.as_slice() {
            ["api", "queue" | "index" | "auth", "v1", "ping"] => {
                ask.takes(context, &[]);
                Answer::ok(json!({ "alive": true, "uptime": 4711 }))
            }
            ["api", "auth", "v1", "scopes", "current"] => {
                ask.takes(context, &[]);
                Answer::ok(json!({ "scopes": ["queue:list-task-group:*", "queue:get-task:*"] }))
            }
            ["api", "queue", "v1", rest @ ..] => ask.queue(rest, context),
            ["api", "index", "v1", rest @ ..] => ask.index(rest, context),
            _ => {
                context.violation(request, "there is no such resource");
                refuse(404, "Not Found")
            }
        }
    }
}

fn decoded(piece: &str) -> String {
    let pair = format!("x={}", piece.replace('+', "%2B"));
    let found = url::form_urlencoded::parse(pair.as_bytes()).next();
    found.map(|(_, it)| it.into_owned()).unwrap_or_default()
}

/// Whether something is past its time.
fn is_past(expires: &Value, now: Timestamp) -> bool {
    let at = expires.as_str().and_then(|it| it.parse::<Timestamp>().ok());
    at.is_some_and(|it| it <= now)
}

/// A question.
struct Ask<'a> {
    request: &'a Request,
}

impl Ask<'_> {
    fn takes(&self, context: &mut Context<'_>, known: &[&str]) {
        let names = self.request.parameters().into_iter().map(|it| it.0);
        context.known(self.request, names, known);
    }

    fn lists(&self, context: &mut Context<'_>) {
        self.takes(context, &["continuationToken", "limit"]);
        if self.number("limit").is_some_and(|it| it > PAGE) {
            context.violation(self.request, "`limit` is more than 1000");
        }
    }

    fn get(&self, name: &str) -> Option<String> {
        let mut parameters = self.request.parameters().into_iter();
        parameters.find(|it| it.0 == name).map(|it| it.1)
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    fn queue(&self, path: &[&str], context: &mut Context<'_>) -> Answer {
        let now = context.now;
        match path {
            ["task", id] | ["task", id, "status"] => {
                self.takes(context, &[]);
                let found = context.world.get("taskcluster.tasks", id);
                let found = found.filter(|it| !is_past(&it["status"]["expires"], now));
                let Some(task) = found else {
                    return missing(id);
                };
                let body = match path.len() {
                    2 => task["task"].clone(),
                    _ => json!({ "status": task["status"] }),
                };
                Answer::ok(body).listing("taskcluster.tasks", vec![(*id).to_owned()])
            }
            ["task-group", id, "list"] => {
                self.lists(context);
                let tasks = context.world.collection("taskcluster.tasks").of(id);
                let there = |it: &&Value| !is_past(&it["status"]["expires"], now);
                let mut rows: Vec<&Value> = tasks.filter(there).collect();
                let Some(first) = rows.first() else {
                    return refuse(404, &format!("No task-group with taskGroupId: {id}"));
                };
                let scheduler = first["status"]["schedulerId"].clone();
                let expires = rows.iter().map(|it| text(&it["status"]["expires"]));
                let expires = expires.max().unwrap_or_default();
                rows.sort_by_cached_key(|it| text(&it["_id"]));
                let body =
                    json!({ "taskGroupId": id, "schedulerId": scheduler, "expires": expires });
                self.page(context, "taskcluster.tasks", "_id", rows, body)
            }
            ["task", id, "runs", run, "artifacts"] => {
                self.lists(context);
                let found = context.world.get("taskcluster.tasks", id);
                let found = found.filter(|it| !is_past(&it["status"]["expires"], now));
                let runs = found.and_then(|it| it["status"]["runs"].as_array());
                let there = |it: &Value| text(&it["runId"]) == **run;
                if !runs.is_some_and(|it| it.iter().any(there)) {
                    return missing(id);
                }
                let of_run = format!("{id}/{run}");
                let all = context
                    .world
                    .collection("taskcluster.artifacts")
                    .of(&of_run);
                let mut rows: Vec<&Value> =
                    all.filter(|it| !is_past(&it["expires"], now)).collect();
                rows.sort_by_cached_key(|it| text(&it["_id"]));
                self.page(context, "taskcluster.artifacts", "_id", rows, json!({}))
            }
            _ => {
                context.violation(self.request, "there is no such resource");
                refuse(404, "Not Found")
            }
        }
    }

    fn index(&self, path: &[&str], context: &mut Context<'_>) -> Answer {
        let now = context.now;
        let there = |it: &&Value| !is_past(&it["expires"], now);
        match path {
            ["task", path] => {
                self.takes(context, &[]);
                let found = context.world.get("taskcluster.index", path);
                match found.filter(there) {
                    Some(entry) => Answer::ok(served(entry))
                        .listing("taskcluster.index", vec![(*path).to_owned()]),
                    None => refuse(404, "Indexed task not found"),
                }
            }
            ["tasks", namespace] => {
                self.lists(context);
                let all = context.world.collection("taskcluster.index").of(namespace);
                let mut rows: Vec<&Value> = all.filter(there).collect();
                rows.sort_by_cached_key(|it| text(&it["namespace"]));
                self.page(context, "taskcluster.index", "namespace", rows, json!({}))
            }
            ["namespaces", namespace] => {
                self.lists(context);
                Answer::ok(json!({ "namespaces": namespaces(namespace, context) }))
            }
            _ => {
                context.violation(self.request, "there is no such resource");
                refuse(404, "Not Found")
            }
        }
    }

    /// A page of rows in the order of their ids: the token is the last id of the page before,
    /// so that what goes in the meantime moves nothing.
    fn page(
        &self,
        context: &Context<'_>,
        collection: &'static str,
        id: &str,
        rows: Vec<&Value>,
        mut body: Value,
    ) -> Answer {
        let most = context.options.most(PAGE);
        let size = self.number("limit").unwrap_or(PAGE).clamp(1, most);
        let token = self.get("continuationToken");
        let after = token.as_deref().unwrap_or_default();
        let rows = rows.into_iter().filter(|it| text(&it[id]).as_str() > after);
        let rows: Vec<&Value> = rows.take(size).collect();
        let ids: Vec<String> = rows.iter().map(|it| text(&it[id])).collect();
        let name = match collection {
            "taskcluster.artifacts" => "artifacts",
            _ => "tasks",
        };
        body[name] = rows.iter().map(|it| served(it)).collect();
        if rows.len() == size {
            body["continuationToken"] = ids.last().cloned().into();
        }
        let answer = Answer::ok(body).listing(collection, ids);
        match token {
            Some(token) => answer.here(Place::Field("", "continuationToken"), token),
            None => answer,
        }
    }
}

fn missing(id: &str) -> Answer {
    refuse(
        404,
        &format!(
            "`{id}` does not correspond to a task that exists. Are you sure this task has already been submitted?"
        ),
    )
}

/// What stands right below a namespace.
fn namespaces(namespace: &str, context: &Context<'_>) -> Vec<Value> {
    let prefix = match namespace {
        "" => String::new(),
        _ => format!("{namespace}."),
    };
    let mut found: Vec<Value> = Vec::new();
    for entry in context.world.collection("taskcluster.index").all() {
        let path = text(&entry["namespace"]);
        let below = path.strip_prefix(&prefix).and_then(|it| it.split_once('.'));
        let Some((name, _)) = below else {
            continue;
        };
        if !found.iter().any(|it| it["name"] == name) {
            found.push(json!({
                "namespace": format!("{prefix}{name}"), "name": name, "expires": entry["expires"],
            }));
        }
    }
    found
}

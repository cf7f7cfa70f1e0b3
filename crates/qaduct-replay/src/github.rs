//! GitHub, REST version 2022-11-28.
//!
//! Lists have at most 100 rows and say in `Link` where it goes on; these links name a repository by its
//! id. Runs that are filtered, and searches, end after 1,000 results. What has not changed costs
//! nothing when it is asked for with its `ETag`. Follows GitHub's REST reference.

mod actions;
mod checks;
mod cursor;
mod issues;
mod query;
mod search;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Value, json};

use crate::answer::{Answer, Place};
use crate::limits::Window;
use crate::request::Request;
use crate::service::{Context, Service};
use crate::world::{served, text};

/// GitHub.
pub(crate) struct GitHub;

/// Versions of the API that are known.
const VERSIONS: &[&str] = &["2022-11-28", "2026-03-10"];
const HOUR: i64 = 3_600;
const MINUTE: i64 = 60;
/// Limits that do not depend on the options.
const ANONYMOUS_PER_HOUR: u32 = 60;
const SEARCHES_PER_MINUTE: u32 = 30;
const ANONYMOUS_SEARCHES_PER_MINUTE: u32 = 10;

pub(crate) fn refuse(status: u16, message: &str) -> Answer {
    let documentation = "https://docs.github.com/rest";
    Answer::json(
        status,
        json!({ "message": message, "documentation_url": documentation, "status": status.to_string() }),
    )
}

impl Service for GitHub {
    fn refuse(&self, status: u16, message: &str) -> Answer {
        match status {
            401 => refuse(401, "Bad credentials"),
            403 if message == "Forbidden" => {
                refuse(403, "Resource not accessible by personal access token")
            }
            404 => refuse(404, "Not Found"),
            410 => refuse(410, "This issue was deleted"),
            429 => refuse(429, "API rate limit exceeded"),
            502..=504 => Answer::text(status, "text/html", "<html><h1>Unicorn!</h1></html>"),
            _ => refuse(status, message),
        }
    }

    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer {
        if request.header("user-agent").is_none_or(str::is_empty) {
            context.violation(request, "no `User-Agent`");
            let text = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.";
            return Answer::text(403, "text/html", text);
        }
        if let Some(version) = request.header("x-github-api-version")
            && !VERSIONS.contains(&version)
        {
            context.violation(request, format_args!("there is no version {version}"));
            return refuse(400, "Unsupported 'X-GitHub-Api-Version' header.");
        }
        if request.method == "POST" {
            context.violation(request, "only reading is served");
            return refuse(404, "Not Found");
        }
        let known = request.header("authorization").is_some();
        if known && !request.bearer().is_some_and(|it| context.accepts(it)) {
            return self.refuse(401, "");
        }
        let ask = Ask {
            request,
            parameters: request.parameters(),
            known,
        };
        let path = request.path.strip_prefix('/').unwrap_or(&request.path);
        let parts: Vec<&str> = path.split('/').collect();
        if parts.contains(&"") {
            // A path that ends with a slash, or lacks a name, is another one.
            return refuse(404, "Not Found");
        }
        if parts == ["rate_limit"] {
            return ask.limits(context);
        }
        let resource = if parts.first() == Some(&"search") {
            "search"
        } else {
            "core"
        };
        if context.options.limits && ask.window(context, resource, 0).left() == 0 {
            let window = ask.window(context, resource, 0);
            return ask.limited(
                window,
                resource,
                refuse(403, "API rate limit exceeded for user ID 1."),
            );
        }
        let answer = tagged(ask.route(&parts, context));
        let unchanged = answer.status == 200
            && request.header("if-none-match").is_some_and(|given| {
                answer
                    .headers
                    .iter()
                    .any(|(name, value)| name == "ETag" && value == given)
            });
        let window = ask.window(context, resource, u32::from(!(unchanged && known)));
        let answer = if unchanged {
            let mut empty = Answer::text(304, "", "");
            empty.headers = answer.headers;
            empty
        } else {
            answer
        };
        ask.limited(window, resource, answer)
    }
}

/// The answer with its tag.
fn tagged(mut answer: Answer) -> Answer {
    if answer.status != 200 {
        return answer;
    }
    let (kind, bytes) = answer.bytes();
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let tag = format!("W/\"{:016x}\"", hasher.finish());
    if let Ok(text) = String::from_utf8(bytes) {
        answer.body = crate::answer::Body::Text(kind, text);
    }
    answer.with("ETag", tag)
}

/// A question.
pub(crate) struct Ask<'a> {
    pub(crate) request: &'a Request,
    pub(crate) parameters: Vec<(String, String)>,
    /// Whether it has a token.
    pub(crate) known: bool,
}

impl Ask<'_> {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn known(&self, context: &mut Context<'_>, known: &[&str]) {
        let names: Vec<&str> = self
            .parameters
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        context.known(
            self.request,
            names,
            &[known, &["per_page", "page"]].concat(),
        );
        if self
            .get("per_page")
            .is_some_and(|it| it.parse::<u32>().is_ok_and(|it| it > 100))
        {
            context.violation(self.request, "`per_page` is more than 100");
        }
    }

    fn route(&self, parts: &[&str], context: &mut Context<'_>) -> Answer {
        match parts {
            ["user"] if self.known => {
                Answer::ok(json!({ "login": "ada", "id": 1, "type": "User", "name": "Ada Byron" }))
            }
            ["user"] => refuse(401, "Requires authentication"),
            ["user", "repos"] | ["orgs" | "users", _, "repos"] => {
                self.known(
                    context,
                    &["type", "visibility", "affiliation", "sort", "direction"],
                );
                let all = context.world.collection("github.repos").all();
                let rows = all.filter(|it| {
                    it["_moved_to"].is_null()
                        && (parts[0] == "user"
                            || text(&it["full_name"]).starts_with(&format!("{}/", parts[1])))
                });
                let rows = rows.collect();
                self.page(
                    context,
                    None,
                    ("github.repos", rows),
                    usize::MAX,
                    |_, rows| rows.into(),
                )
            }
            ["search", "issues"] => search::issues(self, context),
            ["repos", owner, name, rest @ ..] => {
                let full = format!("{owner}/{name}");
                let found = context.world.collection("github.repos").all();
                let found = found
                    .into_iter()
                    .find(|it| text(&it["full_name"]).eq_ignore_ascii_case(&full));
                let Some(repository) = found.cloned() else {
                    return refuse(404, "Not Found");
                };
                if let Some(to) = repository["_moved_to"].as_str() {
                    let query = if self.request.query.is_empty() {
                        String::new()
                    } else {
                        format!("?{}", self.request.query)
                    };
                    let rest: String = rest.iter().map(|it| format!("/{it}")).collect();
                    return moved(&format!("{}/repositories/{to}{rest}{query}", context.base));
                }
                self.repository(&repository, rest, context)
            }
            ["repositories", id, rest @ ..] => {
                let Some(repository) = context.world.get("github.repos", id).cloned() else {
                    return refuse(404, "Not Found");
                };
                self.repository(&repository, rest, context)
            }
            _ => {
                context.violation(self.request, "there is no such resource");
                refuse(404, "Not Found")
            }
        }
    }

    fn repository(&self, repository: &Value, rest: &[&str], context: &mut Context<'_>) -> Answer {
        match rest {
            [] => Answer::ok(served(repository)),
            ["issues" | "pulls" | "releases", ..] => {
                issues::answer(self, repository, rest, context)
            }
            ["commits", commit, "check-runs"] => checks::answer(self, repository, commit, context),
            ["actions", rest @ ..] => actions::answer(self, repository, rest, context),
            _ => {
                context.violation(self.request, "there is no such resource");
                refuse(404, "Not Found")
            }
        }
    }

    /// A page of rows: `shape` makes the body of the total and the rows of the page.
    pub(crate) fn page(
        &self,
        context: &Context<'_>,
        repository: Option<&Value>,
        (collection, rows): (&'static str, Vec<&Value>),
        cap: usize,
        shape: impl FnOnce(usize, Vec<Value>) -> Value,
    ) -> Answer {
        let number = |name: &str, default: usize| {
            self.get(name)
                .and_then(|it| it.parse().ok())
                .unwrap_or(default)
        };
        let (page, size) = (
            number("page", 1).max(1),
            number("per_page", 30).clamp(1, context.options.most(100)),
        );
        let total = rows.len();
        let reachable = total.min(cap);
        let last = reachable.div_ceil(size).max(1);
        let rows = rows.into_iter().take(cap).skip((page - 1) * size);
        let rows: Vec<Value> = rows.take(size).map(served).collect();
        let id = if collection == "github.commits" {
            "sha"
        } else {
            "id"
        };
        let ids = rows.iter().map(|it| text(&it[id])).collect();
        let url = |page: usize| self.url(context, repository, ("page", &page.to_string()));
        let mut links = Vec::new();
        if page > 1 {
            links.push(format!("<{}>; rel=\"prev\"", url(page - 1)));
        }
        if page < last {
            links.push(format!("<{}>; rel=\"next\"", url(page + 1)));
            links.push(format!("<{}>; rel=\"last\"", url(last)));
        }
        if page > 1 {
            links.push(format!("<{}>; rel=\"first\"", url(1)));
        }
        let mut answer = Answer::ok(shape(total, rows)).listing(collection, ids);
        if !links.is_empty() {
            answer = answer.with("Link", links.join(", "));
        }
        answer.here(Place::Link, url(page))
    }

    /// This question for another place of the list.
    fn url(
        &self,
        context: &Context<'_>,
        repository: Option<&Value>,
        (parameter, place): (&str, &str),
    ) -> String {
        let path = self.request.path.as_str();
        let path = match (repository, path.strip_prefix("/repos/")) {
            // Links name a repository by its id, so that they hold when it is renamed.
            (Some(repository), Some(rest)) => {
                let rest: Vec<&str> = rest.splitn(3, '/').collect();
                format!(
                    "/repositories/{}/{}",
                    text(&repository["id"]),
                    rest.get(2).unwrap_or(&"")
                )
            }
            _ => path.to_owned(),
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.parameters.iter().filter(|(name, _)| name != parameter) {
            query.append_pair(name, value);
        }
        query.append_pair(parameter, place);
        format!("{}{path}?{}", context.base, query.finish())
    }

    fn window(&self, context: &mut Context<'_>, resource: &str, cost: u32) -> Window {
        let (limit, seconds) = match (resource, self.known) {
            ("search", true) => (SEARCHES_PER_MINUTE, MINUTE),
            ("search", false) => (ANONYMOUS_SEARCHES_PER_MINUTE, MINUTE),
            (_, true) => (context.options.github_per_hour, HOUR),
            (_, false) => (ANONYMOUS_PER_HOUR, HOUR),
        };
        let token = self.request.bearer().unwrap_or("anonymous");
        let name = format!("github {resource} {token}");
        let mut window = context
            .limits
            .count(name, limit, seconds, context.now, cost);
        if !context.options.limits {
            // Where no limit holds, none must seem to come near.
            window.used = window.used.min(limit / 10);
        }
        window
    }

    fn limited(&self, window: Window, resource: &str, answer: Answer) -> Answer {
        answer
            .with("X-RateLimit-Limit", window.limit)
            .with("X-RateLimit-Remaining", window.left())
            .with("X-RateLimit-Used", window.used)
            .with("X-RateLimit-Reset", window.reset)
            .with("X-RateLimit-Resource", resource)
            .with("X-GitHub-Media-Type", "github.v3; format=json")
    }

    fn limits(&self, context: &mut Context<'_>) -> Answer {
        let mut resources = json!({});
        for resource in ["core", "search"] {
            let window = self.window(context, resource, 0);
            resources[resource] = json!({
                "limit": window.limit, "used": window.used, "remaining": window.left(), "reset": window.reset,
            });
        }
        let rate = resources["core"].clone();
        Answer::ok(json!({ "resources": resources, "rate": rate }))
    }
}

/// What leads elsewhere.
pub(crate) fn moved(url: &str) -> Answer {
    Answer::json(
        301,
        json!({ "message": "Moved Permanently", "url": url, "documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects" }),
    )
    .with("Location", url)
}

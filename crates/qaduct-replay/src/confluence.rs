//! Confluence Cloud: version 2 of its API, and of version 1 what version 2 has not, which is to
//! attach files.
//!
//! Follows the OpenAPI specification of version 2 and the reference of version 1. Lists go on behind
//! the last row by its place in the order, with a link that begins at the root of the site, whatever
//! path a gateway puts before it. What is written becomes a new version, and is not stored as it
//! was sent: see [`crate::wiki`].

mod attachments;
mod datacenter;
mod lists;
mod multipart;
mod pages;
mod properties;
mod search;

use std::cmp::Ordering;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::answer::{Answer, Place};
use crate::request::Request;
use crate::service::{Context, Service};
use crate::world::{self, text};

pub(crate) use datacenter::DataCenter;

/// Confluence Cloud.
pub(crate) struct Confluence;

/// A record as it is served: of what begins with `_`, links are its own.
fn served(record: &Value) -> Value {
    let mut shown = world::served(record);
    if let Some(links) = record.get("_links") {
        shown["_links"] = links.clone();
    }
    shown
}

/// Who asks.
const CALLER: &str = "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077";
/// Most rows of a page.
const MOST: usize = 250;

/// An error in the shape of version 2.
fn refuse(status: u16, title: impl Into<String>) -> Answer {
    let code = match status {
        400 => "INVALID_REQUEST_PARAMETER",
        401 => "UNAUTHORIZED",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        409 => "CONFLICT",
        413 => "PAYLOAD_TOO_LARGE",
        429 => "TOO_MANY_REQUESTS",
        _ => "INTERNAL_SERVER_ERROR",
    };
    let error = json!({ "status": status, "code": code, "title": title.into(), "detail": null });
    Answer::json(status, json!({ "errors": [error] }))
}

/// An error in the shape of version 1.
fn refuse_old(status: u16, message: &str) -> Answer {
    let data =
        json!({ "authorized": status != 403, "valid": true, "errors": [], "successful": false });
    Answer::json(
        status,
        json!({ "statusCode": status, "data": data, "message": message }),
    )
}

impl Service for Confluence {
    fn refuse(&self, status: u16, message: &str) -> Answer {
        match status {
            401 => refuse(401, "Unauthorized"),
            404 => refuse(404, "Not Found"),
            429 => refuse(429, "Rate limit exceeded.")
                .with("RateLimit-Reason", "confluence-burst-based"),
            502..=504 => Answer::text(status, "text/html", "<html><h1>Confluence</h1></html>"),
            _ => refuse(status, message),
        }
    }

    fn writes(&self, request: &Request) -> bool {
        request.method != "GET"
    }

    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer {
        // A bearer token at a site's own host is refused.
        if !request
            .basic()
            .is_some_and(|(_, token)| context.accepts(&token))
        {
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
            ["wiki", "api", "v2", rest @ ..] => ask.answer(rest, context),
            [
                "wiki",
                "rest",
                "api",
                "content",
                page,
                "child",
                "attachment",
            ] => {
                let answer = ask.attach(page, context);
                return answer.unwrap_or_else(|it| refuse_old(it.0, &it.1));
            }
            ["wiki", "rest", "api", "content", page, "label"] => {
                let answer = ask.label(page, context);
                return answer.unwrap_or_else(|it| refuse_old(it.0, &it.1));
            }
            ["wiki", "rest", "api", rest @ ..] => {
                let answer = ask.old(rest, context);
                return answer.unwrap_or_else(|it| refuse_old(it.0, &it.1));
            }
            _ => Ok(ask.nowhere(context)),
        };
        answer.unwrap_or_else(|it| refuse(it.0, it.1))
    }
}

/// Why there is no answer: a status and a message.
#[derive(Debug)]
struct Refused(u16, String);

impl Refused {
    fn missing() -> Self {
        Self(404, "Not Found".to_owned())
    }

    fn wrong(what: impl Into<String>) -> Self {
        Self(400, what.into())
    }
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

    /// The values of a parameter that is repeated or holds commas.
    fn all(&self, name: &str) -> Vec<&str> {
        let found = self.parameters.iter().filter(|(it, _)| it == name);
        found.flat_map(|(_, value)| value.split(',')).collect()
    }

    /// Whether a value is among those that are asked for, which it is where none are.
    fn wants(&self, name: &str, value: &Value) -> bool {
        let all = self.all(name);
        all.is_empty() || all.contains(&text(value).as_str())
    }

    /// Notes what is no parameter of a call.
    fn named(&self, context: &mut Context<'_>, known: &[&str]) {
        let names = self.parameters.iter().map(|(name, _)| name);
        context.known(self.request, names, known);
    }

    /// The same, and refuses values that the specification of version 2 has not.
    fn known(&self, context: &mut Context<'_>, known: &[&str]) -> Result<(), Refused> {
        self.named(context, known);
        let limit = self.get("limit").map(str::parse::<usize>);
        if limit.is_some_and(|it| !it.is_ok_and(|it| (1..=MOST).contains(&it))) {
            context.violation(self.request, "`limit` is not from 1 to 250");
            return Err(Refused::wrong(
                "Provided value for 'limit' is not correct type. Expected type is a number from 1 to 250",
            ));
        }
        let format = self.get("body-format");
        if format.is_some_and(|it| !["storage", "atlas_doc_format", "view"].contains(&it)) {
            return Err(Refused::wrong(
                "Provided value for 'body-format' is not correct",
            ));
        }
        Ok(())
    }

    fn nowhere(&self, context: &mut Context<'_>) -> Answer {
        context.violation(self.request, "there is no such resource");
        refuse(404, "Not Found")
    }

    /// The body as an object of JSON.
    fn body(&self, context: &mut Context<'_>, known: &[&str]) -> Result<Value, Refused> {
        let kind = self.request.header("content-type").unwrap_or_default();
        if !kind.starts_with("application/json") {
            context.violation(
                self.request,
                "a body without `Content-Type: application/json`",
            );
            return Err(Refused(415, "Unsupported Media Type".to_owned()));
        }
        let body = self.request.json().map_err(Refused::wrong)?;
        let Some(fields) = body.as_object() else {
            return Err(Refused::wrong("the body is no object"));
        };
        context.known(self.request, fields.keys(), known);
        Ok(body)
    }

    fn answer(&self, parts: &[&str], context: &mut Context<'_>) -> Result<Answer, Refused> {
        match (self.request.method.as_str(), parts) {
            ("GET", ["spaces"]) => self.spaces(context),
            ("GET", ["spaces", id, "pages"]) => self.pages(Some(id), context),
            ("GET", ["pages"]) => self.pages(None, context),
            ("POST", ["pages"]) => self.create(context),
            ("GET", ["attachments"]) => self.attachments(None, context),
            ("GET", ["footer-comments"]) => self.comments(None, context),
            (method, ["pages", id, rest @ ..]) => {
                let page = context.world.get("confluence.pages", id);
                if page.is_none_or(|it| it["_hidden"] == true) {
                    return Err(Refused::missing());
                }
                match (method, rest) {
                    ("GET", []) => self.page_of(id, context),
                    ("PUT", []) => self.update(id, context),
                    ("DELETE", []) => self.delete(id, context),
                    ("GET", ["attachments"]) => self.attachments(Some(id), context),
                    ("GET", ["versions"]) => self.versions(id, context),
                    ("GET", ["labels"]) => self.labels(id, context),
                    ("GET", ["footer-comments"]) => self.comments(Some(id), context),
                    (method, ["properties", rest @ ..]) => {
                        self.properties(method, id, rest, context)
                    }
                    _ => Ok(self.nowhere(context)),
                }
            }
            _ => Ok(self.nowhere(context)),
        }
    }

    /// So many rows in an order, behind the row of which the cursor tells, and the link to the next
    /// page.
    fn slice(
        &self,
        context: &Context<'_>,
        limit: usize,
        mut rows: Vec<Row>,
    ) -> Result<(Vec<Row>, Option<String>), Refused> {
        let down = self.get("sort").is_some_and(|it| it.starts_with('-'));
        rows.sort_by(|one, other| (&one.key, one.number).cmp(&(&other.key, other.number)));
        if down {
            rows.reverse();
        }
        if let Some(cursor) = self.get("cursor") {
            let behind = behind(cursor).ok_or_else(|| Refused::wrong("The cursor is not valid"))?;
            rows.retain(
                |it| match (&it.key, it.number).cmp(&(&behind.0, behind.1)) {
                    Ordering::Equal => false,
                    order => (order == Ordering::Less) == down,
                },
            );
        }
        let limit = context.options.most(limit);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|it| self.link(Some(&cursor(&it.key, it.number))));
        Ok((rows, next))
    }

    /// A page of a list of version 2.
    fn page(
        &self,
        context: &Context<'_>,
        collection: &'static str,
        usual: usize,
        rows: Vec<Row>,
    ) -> Result<Answer, Refused> {
        let limit = self.get("limit").and_then(|it| it.parse().ok());
        let (rows, next) = self.slice(context, limit.unwrap_or(usual), rows)?;
        let site = format!("{}/wiki", context.base);
        let mut links = json!({ "base": site });
        let mut head = format!("<{site}>; rel=\"base\"");
        if let Some(next) = next {
            head = format!("<{next}>; rel=\"next\", {head}");
            links["next"] = next.into();
        }
        let ids = rows.iter().map(|it| it.id.clone()).collect();
        let results: Vec<_> = rows.into_iter().map(|it| it.shown).collect();
        let answer = Answer::ok(json!({ "results": results, "_links": links }));
        let again = self.link(self.get("cursor"));
        Ok(answer
            .with("Link", head)
            .listing(collection, ids)
            .here(Place::Field("/_links", "next"), again))
    }

    /// This question at another place of its list, from the root of the site.
    fn link(&self, cursor: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let others = self.parameters.iter().filter(|(name, _)| name != "cursor");
        query.extend_pairs(others);
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        format!("{}?{}", self.request.path, query.finish())
    }
}

/// A row of a list.
struct Row {
    /// Its place in the order, and among those with the same place.
    key: String,
    number: u64,
    /// Its id in the world.
    id: String,
    shown: Value,
}

impl Row {
    /// A record in the order that is asked for.
    fn of(ask: &Ask<'_>, record: &Value, id: &str) -> Self {
        let sort = ask.get("sort").unwrap_or_default();
        let key = match sort.trim_start_matches('-') {
            "modified-date" => text(&record["version"]["createdAt"]),
            "created-date" => text(&record["createdAt"]),
            "title" => text(&record["title"]).to_lowercase(),
            "name" => text(&record["name"]).to_lowercase(),
            "key" => text(&record["key"]),
            _ => String::new(),
        };
        let number = text(&record["id"]).trim_start_matches("att").parse();
        Self {
            key,
            number: number.unwrap_or_default(),
            id: text(&record[id]),
            shown: served(record),
        }
    }
}

fn cursor(key: &str, number: u64) -> String {
    base64::engine::general_purpose::URL_SAFE.encode(json!([key, number]).to_string())
}

fn behind(cursor: &str) -> Option<(String, u64)> {
    let bytes = base64::engine::general_purpose::URL_SAFE
        .decode(cursor)
        .ok()?;
    serde_json::from_slice(&bytes).ok()
}

//! A piece of content as Data Center shows it: what is not expanded is named in `_expandable`.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::search::page_of;
use super::super::{Ask, Refused};
use super::missing;
use crate::answer::Answer;
use crate::jira::zones;
use crate::service::Context;
use crate::world::text;

/// The number of a file, which the Cloud writes with `att` before it.
pub(super) fn number(id: &Value) -> String {
    text(id).trim_start_matches("att").to_owned()
}

/// The key of a person, as servers make them.
fn key(account: &str) -> String {
    let hex = account.chars().filter(char::is_ascii_hexdigit);
    hex.collect()
}

/// A person.
pub(super) fn person(context: &Context<'_>, account: &str) -> Value {
    let key = key(account);
    let name = match account == super::super::CALLER {
        true => "Bot \u{1F916}".to_owned(),
        false => format!("Someone {}", &key[key.len().saturating_sub(4)..]),
    };
    let link = format!("{}/rest/api/user?key={key}", context.base);
    json!({
        "type": "known", "username": format!("u{}", &key[..key.len().min(8)]), "userKey": key, "displayName": name,
        "profilePicture": { "path": "/images/icons/profilepics/default.svg", "width": 48, "height": 48, "isDefault": true },
        "_links": { "self": link }, "_expandable": { "status": "" },
    })
}

/// An instant with the offset of the server's zone: `2023-12-11T08:51:33.383+01:00`.
fn when(context: &Context<'_>, at: &Value) -> Value {
    let zone = zones::zone(&context.options.time_zone).unwrap_or(TimeZone::UTC);
    let at = at
        .as_str()
        .and_then(|it| it.parse::<jiff::Timestamp>().ok());
    at.map_or(Value::Null, |at| {
        let text = at.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S.%3f%:z");
        text.to_string().into()
    })
}

/// A version of something.
pub(super) fn version(context: &Context<'_>, id: &str, version: &Value) -> Value {
    let number = &version["number"];
    json!({
        "by": person(context, &text(&version["authorId"])), "when": when(context, &version["createdAt"]),
        "message": version["message"], "number": number, "minorEdit": version["minorEdit"], "hidden": false,
        "_links": { "self": format!("{}/rest/experimental/content/{id}/version/{number}", context.base) },
        "_expandable": { "content": format!("/rest/api/content/{id}") },
    })
}

pub(super) fn space(context: &Context<'_>, record: &Value) -> Value {
    let key = text(&record["key"]);
    let number: u64 = text(&record["id"]).parse().unwrap_or_default();
    json!({
        "id": number, "key": key, "name": record["name"], "type": record["type"], "status": record["status"],
        "_links": { "webui": format!("/display/{key}"), "self": format!("{}/rest/api/space/{key}", context.base) },
        "_expandable": { "metadata": "", "icon": "", "description": "", "retentionPolicy": "", "homepage": format!("/rest/api/content/{}", text(&record["homepageId"])) },
    })
}

impl Ask<'_> {
    /// One piece of content, with its space, history and version.
    pub(super) fn content_here(
        &self,
        id: &str,
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        self.named(context, &["expand", "status", "version"]);
        let (kind, collection, record) = found(context, id).ok_or_else(|| missing(id))?;
        if !self.is_asked(context, record) {
            return Err(missing(id));
        }
        let by_default = self.get("expand").is_none();
        let expands = |it: &str| match by_default {
            true => ["space", "history", "version"].contains(&it),
            false => self.expands(it),
        };
        let shown = content(context, kind, record, &expands);
        Ok(Answer::ok(shown).listing(collection, vec![text(&record["id"])]))
    }

    /// Whether the status of the page is asked for: nothing else is where none is.
    pub(super) fn is_asked(&self, context: &Context<'_>, record: &Value) -> bool {
        let Some(page) = page_of(context, record) else {
            return false;
        };
        let asked = self.all("status");
        let status = status(page);
        let is_asked = match asked.as_slice() {
            [] => status == "current",
            ["any"] => true,
            asked => asked.contains(&status),
        };
        is_asked && record["_hidden"] != true && page["_hidden"] != true
    }
}

/// Where something is, by its number.
pub(super) fn found<'w>(
    context: &'w Context<'_>,
    id: &str,
) -> Option<(&'static str, &'static str, &'w Value)> {
    let file = format!("att{}", id.trim_start_matches("att"));
    [
        ("page", "confluence.pages", id),
        ("comment", "confluence.comments", id),
        ("attachment", "confluence.attachments", file.as_str()),
    ]
    .into_iter()
    .find_map(|(kind, collection, id)| {
        let record = context.world.get(collection, id)?;
        Some((kind, collection, record))
    })
}

/// There is no archive of pages.
pub(super) fn status(page: &Value) -> &'static str {
    match page["status"] == "trashed" {
        true => "trashed",
        false => "current",
    }
}

/// The labels of a page.
pub(super) fn labels(context: &Context<'_>, page: &str) -> Vec<Value> {
    let all = context.world.collection("confluence.labels").of(page);
    let all = all.map(|it| {
        json!({ "prefix": it["prefix"], "name": it["name"], "id": it["id"], "label": it["name"] })
    });
    all.collect()
}

/// A record as it is shown.
pub(super) fn content(
    context: &Context<'_>,
    kind: &str,
    record: &Value,
    expands: &dyn Fn(&str) -> bool,
) -> Value {
    let id = number(&record["id"]);
    let page = page_of(context, record);
    let of_space = page.and_then(|it| {
        context
            .world
            .get("confluence.spaces", &text(&it["spaceId"]))
    });
    let key = of_space.map(|it| text(&it["key"])).unwrap_or_default();
    let now = &record["version"];
    let created = match record["createdAt"].is_null() {
        true => &now["createdAt"],
        false => &record["createdAt"],
    };
    let mut shown = json!({
        "id": id, "type": kind, "status": page.map(status), "title": record["title"], "position": -1,
        "extensions": {}, "_expandable": { "operations": "", "children": format!("/rest/api/content/{id}/child") },
        "_links": { "self": format!("{}/rest/api/content/{id}", context.base) },
    });
    let mut expandable = |name: &str, path: &str, made: &dyn Fn() -> Value| match expands(name) {
        true => shown[name] = made(),
        false => shown["_expandable"][name] = path.into(),
    };
    expandable("version", "", &|| version(context, &id, now));
    expandable(
        "history",
        &format!("/rest/api/content/{id}/history"),
        &|| {
            let author = match record["authorId"].is_null() {
                true => &now["authorId"],
                false => &record["authorId"],
            };
            json!({
                "latest": true, "createdBy": person(context, &text(author)), "createdDate": when(context, created),
                "_links": { "self": format!("{}/rest/api/content/{id}/history", context.base) },
                "_expandable": { "lastUpdated": "", "previousVersion": "", "contributors": "", "nextVersion": "" },
            })
        },
    );
    expandable("space", &format!("/rest/api/space/{key}"), &|| {
        of_space.map_or(Value::Null, |it| space(context, it))
    });
    let path = match kind {
        "page" => format!("/rest/api/space/{key}"),
        _ => format!("/rest/api/content/{}", text(&record["pageId"])),
    };
    expandable("container", &path, &|| match (kind, page) {
        ("page", _) => of_space.map_or(Value::Null, |it| space(context, it)),
        (_, Some(page)) => content(context, "page", page, &|_| false),
        _ => Value::Null,
    });
    expandable("ancestors", "", &|| ancestors(context, record).into());
    match kind {
        "page" => {
            let all = expands("metadata.labels").then(|| labels(context, &id));
            match all {
                Some(all) => {
                    shown["metadata"] = json!({ "labels": {
                        "size": all.len(), "results": all, "start": 0, "limit": 200,
                        "_links": { "self": format!("{}/rest/api/content/{id}/label", context.base) },
                    }});
                }
                None => shown["_expandable"]["metadata"] = "".into(),
            }
            if expands("body.storage") {
                shown["body"] = json!({ "storage": { "value": record["_body"], "representation": "storage", "_expandable": { "content": "" } }, "_expandable": { "view": "", "editor": "" } });
            } else {
                shown["_expandable"]["body"] = "".into();
            }
            let position = &record["position"];
            shown["position"] = position.clone();
            shown["extensions"] = json!({ "position": position });
            shown["_links"]["webui"] = format!("/spaces/{key}/pages/{id}").into();
            shown["_links"]["edit"] = record["_links"]["editui"].clone();
            shown["_links"]["tinyui"] = record["_links"]["tinyui"].clone();
        }
        "attachment" => {
            shown["metadata"] = json!({ "mediaType": record["mediaType"] });
            shown["extensions"] = json!({ "mediaType": record["mediaType"], "fileSize": record["fileSize"], "comment": record["comment"] });
            let comment = text(&record["comment"]);
            if !comment.is_empty() {
                shown["metadata"]["comment"] = comment.into();
            }
            shown["_links"]["webui"] = record["webuiLink"].clone();
            shown["_links"]["download"] = record["downloadLink"].clone();
        }
        _ => {
            shown["extensions"] = match expands("extensions.resolution") {
                true => json!({ "location": "footer", "resolution": { "status": "open" } }),
                false => json!({ "location": "footer", "_expandable": { "resolution": "" } }),
            };
            shown["_links"]["webui"] = record["_links"]["webui"].clone();
        }
    }
    shown
}

/// What a page hangs on, from the root of the space.
fn ancestors(context: &Context<'_>, page: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    let mut parent = text(&page["parentId"]);
    while let Some(it) = context.world.get("confluence.pages", &parent) {
        all.insert(0, content(context, "page", it, &|_| false));
        parent = text(&it["parentId"]);
    }
    all
}

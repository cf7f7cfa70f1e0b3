//! Version 1: a search by CQL, one content by its id, and who asks.
//!
//! Days in a question are those of the time zone of the user. What comes next stands below the
//! context of the site, not at its root.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Ask, CALLER, Refused, Row};
use crate::answer::{Answer, Place};
use crate::jira::zones;
use crate::service::Context;
use crate::world::text;

/// What is searched, with its word.
const KINDS: &[(&str, &str)] = &[
    ("attachment", "confluence.attachments"),
    ("comment", "confluence.comments"),
    ("page", "confluence.pages"),
];

/// A question: all that it says holds of what is found.
#[derive(Debug, Default)]
struct Question<'a> {
    kind: &'a str,
    space: Option<&'a str>,
    since: Option<jiff::Timestamp>,
}

impl Ask<'_> {
    pub(super) fn old(&self, parts: &[&str], context: &mut Context<'_>) -> Result<Answer, Refused> {
        if self.request.method != "GET" {
            return Ok(self.nowhere(context));
        }
        match parts {
            ["user", "current"] => {
                self.named(context, &["expand"]);
                Ok(Answer::ok(json!({
                    "type": "known", "accountId": CALLER, "accountType": "atlassian", "email": "bot@example.org",
                    "publicName": "Bot 🤖", "displayName": "Bot 🤖", "timeZone": context.options.time_zone,
                })))
            }
            ["content", "search"] => self.search(context),
            ["content", id] => {
                self.named(context, &["expand", "status", "version"]);
                let kind = KINDS
                    .iter()
                    .find(|(_, collection)| context.world.get(collection, id).is_some());
                let (kind, collection) = kind.ok_or_else(Refused::missing)?;
                let record = context
                    .world
                    .get(collection, id)
                    .ok_or_else(Refused::missing)?;
                if !is_shown(context, record) {
                    return Err(Refused::missing());
                }
                let shown = content(context, kind, record);
                Ok(Answer::ok(shown).listing(collection, vec![text(&record["id"])]))
            }
            _ => Ok(self.nowhere(context)),
        }
    }

    /// What the question of CQL finds, in no order.
    pub(super) fn found<'w>(&self, context: &'w Context<'_>) -> Result<Found<'w>, Refused> {
        let zone = zones::zone(&context.options.time_zone).unwrap_or(TimeZone::UTC);
        let question = question(self.get("cql").unwrap_or_default(), &zone)?;
        let kind = KINDS.iter().find(|it| it.0 == question.kind);
        let (kind, collection) =
            kind.ok_or_else(|| Refused::wrong("Could not parse cql: this type is not served"))?;
        let space = question.space.and_then(|key| {
            let spaces = context.world.collection("confluence.spaces");
            spaces
                .all()
                .find(|it| it["key"] == key)
                .map(|it| it["id"].clone())
        });
        if question.space.is_some() && space.is_none() {
            return Err(Refused::wrong("No space with this key could be found"));
        }
        let records = context.world.collection(collection).all().filter(|it| {
            let of_space =
                |space: &Value| page_of(context, it).is_some_and(|page| page["spaceId"] == *space);
            let at = it["version"]["createdAt"]
                .as_str()
                .and_then(|it| it.parse::<jiff::Timestamp>().ok());
            is_shown(context, it)
                && space.as_ref().is_none_or(of_space)
                && question
                    .since
                    .is_none_or(|since| at.is_some_and(|at| at >= since))
        });
        let records = records.collect();
        Ok(Found {
            kind,
            collection,
            records,
        })
    }

    fn search(&self, context: &mut Context<'_>) -> Result<Answer, Refused> {
        self.named(
            context,
            &[
                "cql",
                "cqlcontext",
                "expand",
                "cursor",
                "limit",
                "start",
                "next",
            ],
        );
        let found = self.found(context)?;
        let kind = found.kind;
        let expanded = self.all("expand");
        let rows = found.records.into_iter().map(|it| {
            let mut row = Row::of(self, it, "id");
            row.shown = content(context, kind, it);
            if let Value::Object(fields) = &mut row.shown {
                for name in ["container", "history", "version"] {
                    if !expanded.contains(&name) {
                        fields.remove(name);
                    }
                }
                if kind == "page" && expanded.contains(&"metadata.labels") {
                    fields["metadata"] = json!({ "labels": labels(context, &text(&it["id"])) });
                }
            }
            row
        });
        // More are asked for than come, the less the more is to be shown of each.
        let most = if expanded.is_empty() { 1_000 } else { 100 };
        let limit = self.get("limit").and_then(|it| it.parse().ok());
        let limit = limit.unwrap_or(25).min(most);
        let (rows, next) = self.slice(context, limit, rows.collect())?;
        let ids = rows.iter().map(|it| it.id.clone()).collect();
        let size = rows.len();
        let results: Vec<_> = rows.into_iter().map(|it| it.shown).collect();
        let collection = found.collection;
        let below = |link: String| {
            link.strip_prefix("/wiki")
                .map(str::to_owned)
                .unwrap_or(link)
        };
        let mut links = json!({ "base": format!("{}/wiki", context.base), "context": "/wiki" });
        if let Some(next) = next {
            links["next"] = below(next).into();
        }
        let answer = json!({ "results": results, "limit": limit, "size": size, "start": 0, "_links": links });
        Ok(Answer::ok(answer).listing(collection, ids).here(
            Place::Field("/_links", "next"),
            below(self.link(self.get("cursor"))),
        ))
    }
}

/// What a question finds.
pub(super) struct Found<'w> {
    /// Its kind: `page`.
    pub(super) kind: &'static str,
    /// Where it is kept.
    pub(super) collection: &'static str,
    pub(super) records: Vec<&'w Value>,
}

/// The page of a record: the one that it hangs on, or that it is.
pub(super) fn page_of<'w>(context: &'w Context<'_>, record: &'w Value) -> Option<&'w Value> {
    match record["pageId"].is_null() {
        true => Some(record),
        false => context
            .world
            .get("confluence.pages", &text(&record["pageId"])),
    }
}

/// Whether somebody who searches is shown it: not a page that is in the archive, and nothing of
/// one that is in the trash.
fn is_shown(context: &Context<'_>, record: &Value) -> bool {
    let is_shown = |page: &Value| {
        let is_archived = page["status"] == "archived" && record["pageId"].is_null();
        page["status"] != "trashed" && !is_archived && page["_hidden"] != true
    };
    record["_hidden"] != true && page_of(context, record).is_some_and(is_shown)
}

/// The labels of a page, expanded.
fn labels(context: &Context<'_>, page: &str) -> Value {
    let all = context.world.collection("confluence.labels").of(page);
    let all = all.map(|it| {
        json!({ "prefix": it["prefix"], "name": it["name"], "id": it["id"], "label": it["name"] })
    });
    let all: Vec<Value> = all.collect();
    json!({ "size": all.len(), "results": all, "start": 0, "limit": 200, "_links": {} })
}

fn question<'a>(cql: &'a str, zone: &TimeZone) -> Result<Question<'a>, Refused> {
    let wrong = || Refused::wrong(format!("Could not parse cql : {cql}"));
    let cql = cql.split_once(" order by ").map_or(cql, |it| it.0);
    let mut question = Question::default();
    for part in cql.split(" and ") {
        let mut words = part.trim().splitn(3, ' ');
        let (Some(field), Some(sign), Some(value)) = (words.next(), words.next(), words.next())
        else {
            return Err(wrong());
        };
        let value = value.trim_matches('"');
        match (field, sign) {
            ("type", "=") => question.kind = value,
            ("space", "=") => question.space = Some(value),
            ("lastmodified", ">=") => {
                let at = DateTime::strptime("%Y-%m-%d %H:%M", value)
                    .or_else(|_| Date::strptime("%Y-%m-%d", value).map(Into::into))
                    .map_err(|_| wrong())?;
                let at = zone.to_zoned(at).map_err(|_| wrong())?;
                question.since = Some(at.timestamp());
            }
            _ => return Err(wrong()),
        }
    }
    Ok(question)
}

/// A record as version 1 shows it.
fn content(context: &Context<'_>, kind: &str, record: &Value) -> Value {
    let version = &record["version"];
    let person = |account: &Value| {
        json!({
            "type": "known", "accountId": account, "accountType": "atlassian", "email": "someone@example.org",
            "publicName": "Someone", "displayName": "Someone 🐙", "_links": {},
        })
    };
    let created = if record["createdAt"].is_null() {
        &version["createdAt"]
    } else {
        &record["createdAt"]
    };
    let page = context
        .world
        .get("confluence.pages", &text(&record["pageId"]));
    let mut shown = json!({
        "id": record["id"], "type": kind, "status": record["status"], "title": record["title"],
        "version": {
            "by": person(&version["authorId"]), "when": version["createdAt"], "number": version["number"],
            "message": version["message"], "minorEdit": version["minorEdit"],
        },
        "history": { "latest": true, "createdBy": person(&version["authorId"]), "createdDate": created },
        "container": { "id": record["pageId"], "type": "page", "status": "current", "title": page.map(|it| &it["title"]) },
        "metadata": {},
        "_links": { "webui": record["_links"]["webui"], "self": format!("{}/wiki/rest/api/content/{}", context.base, text(&record["id"])) },
    });
    if kind == "page" {
        return shown;
    }
    if kind == "attachment" {
        shown["metadata"] =
            json!({ "comment": record["comment"], "mediaType": record["mediaType"] });
        shown["extensions"] = json!({
            "mediaType": record["mediaType"], "fileSize": record["fileSize"], "comment": record["comment"], "fileId": record["fileId"],
            "mediaTypeDescription": record["mediaTypeDescription"],
        });
        shown["_links"]["download"] = record["downloadLink"].clone();
    } else {
        shown["extensions"] = json!({ "location": "footer", "resolution": { "status": "open" } });
    }
    shown
}

//! Fields of an issue: which are shown, in which zone and in which version of the API.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Ask, comments, worklogs};
use crate::world::World;

/// Fields that hold an instant.
const TIMES: &[&str] = &[
    "created",
    "updated",
    "resolutiondate",
    "statuscategorychangedate",
    "started",
];
/// Fields that no list shows unless they are asked for.
const NOT_NAVIGABLE: &[&str] = &["worklog", "comment"];

/// An instant as the world writes it: `2026-01-31T10:00:00.000+0000`.
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?;
    Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()
}

/// An issue with the fields that were asked for.
pub(super) fn issue(
    ask: &Ask<'_>,
    base: &str,
    world: &World,
    record: &Value,
    wanted: &[String],
) -> Value {
    let id = &record["id"];
    if wanted.iter().all(|it| it == "id") && !wanted.is_empty() {
        return json!({ "id": id });
    }
    let version = if ask.cloud { 3 } else { 2 };
    let mut shown = json!({
        "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
        "id": id,
        "self": format!("{base}/rest/api/{version}/issue/{}", crate::world::text(id)),
        "key": record["key"],
    });
    if wanted.iter().all(|it| it == "id" || it == "key") && !wanted.is_empty() {
        return shown;
    }
    let mut fields = Map::new();
    let all = record["fields"].as_object().into_iter().flatten();
    for (name, value) in all {
        if asked(name, wanted) && (ask.cloud || name != "statuscategorychangedate") {
            fields.insert(name.clone(), value.clone());
        }
    }
    if asked("worklog", wanted) {
        fields.insert("worklog".to_owned(), worklogs::first(record, world));
    }
    if asked("comment", wanted) {
        fields.insert("comment".to_owned(), comments::first(record, world));
    }
    let mut fields = Value::Object(fields);
    present(ask, &mut fields);
    shown["fields"] = fields;
    shown
}

fn asked(name: &str, wanted: &[String]) -> bool {
    let has = |it: &str| wanted.iter().any(|wanted| wanted == it);
    if has(&format!("-{name}")) {
        return false;
    }
    let navigable = wanted.iter().all(|it| it.starts_with('-')) || has("*navigable");
    has(name) || has("*all") || (navigable && !NOT_NAVIGABLE.contains(&name))
}

/// Writes instants in the user's zone and, for Data Center, users and rich text as version 2 does.
pub(super) fn present(ask: &Ask<'_>, value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|it| present(ask, it)),
        Value::Object(fields) => {
            if !ask.cloud && fields.get("type").is_some_and(|it| it == "doc") {
                *value = plain(fields.get("content")).trim_end().to_owned().into();
                return;
            }
            if !ask.cloud
                && let Some(account) = fields.remove("accountId")
            {
                fields.remove("accountType");
                fields.insert("name".to_owned(), account.clone());
                fields.insert("key".to_owned(), account);
            }
            for (name, value) in fields.iter_mut() {
                match time(value) {
                    Some(at) if TIMES.contains(&name.as_str()) => {
                        let local = at.to_zoned(ask.zone.clone());
                        *value = local.strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string().into();
                    }
                    _ => present(ask, value),
                }
            }
        }
        _ => {}
    }
}

/// Rich text as plain text.
fn plain(content: Option<&Value>) -> String {
    let mut text = String::new();
    for node in content.and_then(Value::as_array).into_iter().flatten() {
        match node["type"].as_str() {
            Some("text") => text.push_str(node["text"].as_str().unwrap_or_default()),
            Some("hardBreak") => text.push('\n'),
            _ => {
                text.push_str(&plain(node.get("content")));
                text.push('\n');
            }
        }
    }
    text
}

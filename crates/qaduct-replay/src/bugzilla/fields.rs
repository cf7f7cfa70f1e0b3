//! Fields of a bug: which are shown, and under which names searches know them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Ask;
use crate::answer::{Answer, Body};
use crate::world::{World, served, text};

/// Names in searches and charts, and the field of the record.
const NAMES: &[(&str, &str)] = &[
    ("bug_id", "id"),
    ("short_desc", "summary"),
    ("bug_status", "status"),
    ("bug_severity", "severity"),
    ("bug_type", "type"),
    ("status_whiteboard", "whiteboard"),
    ("reporter", "creator"),
    ("delta_ts", "last_change_time"),
    ("changeddate", "last_change_time"),
    ("creation_ts", "creation_time"),
    ("opendate", "creation_time"),
    ("dependson", "depends_on"),
    ("blocked", "blocks"),
    ("rep_platform", "platform"),
    ("bug_group", "groups"),
    ("bug_file_loc", "url"),
    ("flagtypes.name", "flags"),
];

/// Fields that every bug can be searched by.
const STANDARD: &[&str] = &[
    "id",
    "alias",
    "summary",
    "product",
    "component",
    "classification",
    "version",
    "target_milestone",
    "type",
    "severity",
    "priority",
    "status",
    "resolution",
    "creation_time",
    "last_change_time",
    "creator",
    "assigned_to",
    "qa_contact",
    "cc",
    "keywords",
    "whiteboard",
    "depends_on",
    "blocks",
    "see_also",
    "flags",
    "groups",
    "url",
    "op_sys",
    "platform",
    "regressed_by",
];

/// Fields that only bugzilla.mozilla.org has.
const MOZILLA: &[&str] = &[
    "type",
    "regressed_by",
    "regressions",
    "comment_count",
    "mentors",
    "counts",
];

/// The field of the record that a search means; `None` when there is no such field.
pub(super) fn field<'a>(world: &World, name: &'a str) -> Option<&'a str> {
    let named = NAMES.iter().find(|(it, _)| *it == name);
    let name = named.map_or(name, |(_, field)| field);
    let custom = || {
        world
            .collection("bugzilla.fields")
            .all()
            .any(|it| it["name"] == name)
    };
    (STANDARD.contains(&name) || (name.starts_with("cf_") && custom())).then_some(name)
}

/// The values of a field as a search sees them.
pub(super) fn values(bug: &Value, field: &str) -> Vec<String> {
    match &bug[field] {
        Value::Null => Vec::new(),
        Value::Array(flags) if field == "flags" => flags
            .iter()
            .map(|it| format!("{}{}", text(&it["name"]), text(&it["status"])))
            .collect(),
        Value::Array(all) => all.iter().map(text).collect(),
        other => vec![text(other)],
    }
}

/// An instant that a record holds.
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// A bug as it is shown.
pub(super) fn project(ask: &Ask<'_>, world: &World, bug: &Value) -> Value {
    let include = ask.list("include_fields");
    let mut shown = served(bug);
    if ask.service.stock {
        if let Value::Object(fields) = &mut shown {
            fields.retain(|name, _| !MOZILLA.contains(&name.as_str()));
        }
        shown["alias"] = match &bug["alias"] {
            Value::Null => json!([]),
            alias => json!([alias]),
        };
    } else {
        let extra = include.contains(&"_extra") || include.contains(&"_all");
        let id = text(&bug["id"]);
        if extra || include.contains(&"history") {
            let all = world.collection("bugzilla.history").of(&id);
            shown["history"] = all.map(served).collect();
        }
        if extra || include.contains(&"comments") {
            let all = world.collection("bugzilla.comments").of(&id);
            shown["comments"] = all.map(served).collect();
        }
        if extra || include.contains(&"attachments") {
            shown["attachments"] = json!([]);
        }
    }
    select(shown, &include, &ask.list("exclude_fields"))
}

/// The wanted fields of a record.
pub(super) fn select(mut record: Value, include: &[&str], exclude: &[&str]) -> Value {
    if let Value::Object(fields) = &mut record {
        let group = |name: &str| include.contains(&name);
        fields.retain(|name, _| {
            let custom = name.starts_with("cf_");
            let extra = ["history", "comments", "attachments"].contains(&name.as_str());
            let wanted = include.is_empty()
                || include.contains(&name.as_str())
                || group("_all")
                || (group("_default") && !extra)
                || (group("_custom") && custom)
                || (group("_extra") && extra);
            wanted && !exclude.contains(&name.as_str())
        });
    }
    record
}

/// The answer for somebody who is not logged in: addresses end before their `@`.
pub(super) fn without_addresses(mut answer: Answer) -> Answer {
    fn cut(value: &mut Value) {
        match value {
            Value::String(text) if !text.contains(char::is_whitespace) => {
                if let Some(at) = text.find('@') {
                    text.truncate(at);
                }
            }
            Value::Array(all) => all.iter_mut().for_each(cut),
            Value::Object(fields) => fields.values_mut().for_each(cut),
            _ => {}
        }
    }
    if let Body::Json(body) = &mut answer.body {
        cut(body);
    }
    answer
}

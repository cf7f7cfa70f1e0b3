//! Filters and pages of lists.

use serde_json::{Value, json};

use super::methods::{self, List};
use super::{Call, TestRail, refuse};
use crate::answer::{Answer, Place};
use crate::request::Request;
use crate::world::text;

/// Most rows of a page.
pub(super) const MOST: usize = 250;

/// Whether a row passes all filters.
pub(super) fn passes(row: &Value, call: &Call<'_>) -> bool {
    call.parameters.iter().all(|(name, value)| {
        let among = |field: &str| value.split(',').any(|it| it == text(&row[field]));
        match name.as_str() {
            "suite_id" | "section_id" | "created_by" | "updated_by" | "milestone_id"
            | "priority_id" | "template_id" | "type_id" | "status_id" => among(name),
            "refs" | "refs_filter" => {
                let refs = text(&row["refs"]);
                refs.split(',').any(|it| it.trim() == value)
            }
            "defects_filter" => {
                let defects = text(&row["defects"]);
                defects.split(',').any(|it| it.trim() == value)
            }
            "filter" => text(&row["title"]).contains(value),
            "is_completed" | "is_started" => row[name] == Value::Bool(value == "1"),
            _ => match name.rsplit_once('_') {
                Some((field, bound @ ("after" | "before"))) => {
                    let at = row[format!("{field}_on")].as_i64();
                    match (at, value.parse::<i64>()) {
                        (Some(at), Ok(limit)) if bound == "after" => at > limit,
                        (Some(at), Ok(limit)) => at < limit,
                        _ => false,
                    }
                }
                _ => true,
            },
        }
    })
}

/// A page of rows in the manner of the server, each made by `shown`.
pub(super) fn page(
    service: &TestRail,
    request: &Request,
    list: &List,
    call: &Call<'_>,
    mut rows: Vec<&Value>,
    shown: impl Fn(&Value) -> Value,
) -> Answer {
    let number = |name: &str, default: usize| match call.get(name) {
        None => Ok(default),
        Some(text) => text.parse::<usize>().map_err(|_| name.to_owned()),
    };
    let (limit, offset) = match (number("limit", MOST), number("offset", 0)) {
        (Ok(limit), Ok(offset)) => (limit.clamp(1, call.most), offset),
        (Err(name), _) | (_, Err(name)) => {
            return refuse(400, format!("Field :{name} is not a valid integer."));
        }
    };
    if list.newest_first {
        rows.sort_by_key(|it| std::cmp::Reverse((it["created_on"].as_i64(), it["id"].as_u64())));
    }
    let total = rows.len();
    let whole = list.envelope.is_empty() || (service.bare && !list.old_pages);
    if !whole {
        rows = rows.into_iter().skip(offset).take(limit).collect();
    }
    let ids = rows.iter().map(|it| text(&it["id"])).collect();
    let rows: Vec<Value> = rows.into_iter().map(shown).collect();
    let milestones = methods::ids(&rows, "milestones");
    let size = rows.len();
    if service.bare || list.envelope.is_empty() {
        return Answer::ok(rows.into())
            .listing(list.collection, ids)
            .nesting("testrail.milestones", milestones);
    }
    let place = |offset: usize| {
        let (path, rest) = request
            .query
            .split_once('&')
            .unwrap_or((&request.query, ""));
        let mut link = path.to_owned();
        let kept = rest
            .split('&')
            .filter(|it| !it.is_empty() && !it.starts_with("limit=") && !it.starts_with("offset="));
        for part in kept {
            link.push('&');
            link.push_str(part);
        }
        Value::from(format!("{link}&limit={limit}&offset={offset}"))
    };
    let next = (offset + limit < total).then(|| place(offset + limit));
    let before = (offset > 0).then(|| place(offset.saturating_sub(limit)));
    let mut body = json!({
        "offset": offset,
        "limit": limit,
        "size": size,
        "_links": { "next": next, "prev": before },
    });
    body[list.envelope] = rows.into();
    Answer::ok(body)
        .listing(list.collection, ids)
        .nesting("testrail.milestones", milestones)
        .here(Place::Field("/_links", "next"), place(offset))
}

//! Pages by a cursor, as GitHub gives issues: no page has a number, and none is the last.
//!
//! The cursor is the place of the last row of a page in the order of the list, so that
//! nothing shifts when a row goes.

use serde_json::Value;

use super::Ask;
use crate::answer::{Answer, Place};
use crate::service::Context;
use crate::world::{served, text};

/// A page of rows, which are in order.
pub(super) fn page(
    ask: &Ask<'_>,
    context: &Context<'_>,
    repository: &Value,
    (collection, rows): (&'static str, Vec<&Value>),
) -> Answer {
    let size = ask.get("per_page").and_then(|it| it.parse().ok());
    let size = size.unwrap_or(30).clamp(1, context.options.most(100));
    let by = match ask.get("sort") {
        Some("updated") => "updated_at",
        _ => "created_at",
    };
    let place = |row: &Value| format!("{}~{:020}", text(&row[by]), row["id"].as_u64().unwrap_or(0));
    let after = ask.get("after").unwrap_or_default();
    let is_before = |row: &&&Value| match ask.get("direction") {
        Some("asc") => place(row).as_str() <= after,
        _ => !after.is_empty() && place(row).as_str() >= after,
    };
    let rest: Vec<&Value> = rows.iter().skip_while(is_before).copied().collect();
    let page: Vec<Value> = rest.iter().take(size).map(|it| served(it)).collect();
    let ids = page.iter().map(|it| text(&it["id"])).collect();
    let here = ask.url(context, Some(repository), ("after", after));
    let mut answer = Answer::ok(page.into()).listing(collection, ids);
    if let Some(last) = rest.get(size - 1).filter(|_| rest.len() > size) {
        let next = ask.url(context, Some(repository), ("after", &place(last)));
        answer = answer.with("Link", format!("<{next}>; rel=\"next\""));
    }
    answer.here(Place::Link, here)
}

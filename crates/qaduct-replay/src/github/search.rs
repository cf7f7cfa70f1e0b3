//! `/search/issues`.

use serde_json::{Value, json};

use super::{Ask, query, refuse};
use crate::answer::Answer;
use crate::service::Context;
use crate::world::text;

/// Results that can be reached.
const CAP: usize = 1_000;

pub(super) fn issues(ask: &Ask<'_>, context: &mut Context<'_>) -> Answer {
    ask.known(context, &["q", "sort", "order", "advanced_search"]);
    let q = ask.get("q").unwrap_or_default();
    let qualifiers = query::read(q);
    if qualifiers.is_empty() {
        return refuse(422, "Validation Failed");
    }
    let kind = |it: &query::Qualifier| {
        ["is", "type"].contains(&it.name.as_str())
            && ["issue", "pr", "pull-request"].contains(&it.value.as_str())
    };
    if !qualifiers.iter().any(kind) {
        return refuse(422, "Query must include 'is:issue' or 'is:pull-request'");
    }
    let example = json!({});
    for it in &qualifiers {
        if it.holds(&example).is_none() {
            context.violation(
                ask.request,
                format_args!("unknown qualifier `{}:{}`", it.name, it.value),
            );
            return refuse(422, "Validation Failed");
        }
    }
    for repository in qualifiers.iter().filter(|it| it.name == "repo") {
        let mut all = context.world.collection("github.repos").all();
        if !all.any(|it| text(&it["full_name"]).eq_ignore_ascii_case(&repository.value)) {
            return refuse(
                422,
                "The listed users and repositories cannot be searched either because the resources do not exist or you do not have permission to view them.",
            );
        }
    }
    let number = |name: &str, default: usize| {
        ask.get(name)
            .and_then(|it| it.parse().ok())
            .unwrap_or(default)
    };
    if number("page", 1).saturating_sub(1) * number("per_page", 30).clamp(1, 100) >= CAP {
        return refuse(422, "Only the first 1000 search results are available");
    }
    let all = context.world.collection("github.issues").all();
    let mut found: Vec<&Value> = all
        .filter(|issue| qualifiers.iter().all(|it| it.holds(issue) == Some(true)))
        .collect();
    let field = match ask.get("sort") {
        Some("updated") => "updated_at",
        _ => "created_at",
    };
    found.sort_by_cached_key(|it| (text(&it[field]), it["id"].as_u64()));
    if ask.get("order") != Some("asc") {
        found.reverse();
    }
    ask.page(
        context,
        None,
        ("github.issues", found),
        CAP,
        |total, rows| json!({ "total_count": total, "incomplete_results": false, "items": rows }),
    )
}

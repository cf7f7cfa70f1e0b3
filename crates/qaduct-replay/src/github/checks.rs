//! Checks of a commit.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Ask;
use crate::answer::Answer;
use crate::service::Context;
use crate::world::text;

pub(super) fn answer(
    ask: &Ask<'_>,
    repository: &Value,
    commit: &str,
    context: &mut Context<'_>,
) -> Answer {
    ask.known(context, &["check_name", "status", "filter", "app_id"]);
    let world = &*context.world;
    let of_commit = world.collection("github.checks").of(commit);
    let mut rows: Vec<&Value> = of_commit
        .filter(|it| {
            it["_repo"] == repository["full_name"]
                && ask.get("check_name").is_none_or(|name| it["name"] == name)
                && ask
                    .get("status")
                    .is_none_or(|status| it["status"] == status)
                && ask
                    .get("app_id")
                    .is_none_or(|id| text(&it["app"]["id"]) == id)
        })
        .collect();
    if ask.get("filter") != Some("all") {
        // The last of each name: ids grow.
        let latest: BTreeMap<String, u64> = rows
            .iter()
            .map(|it| (text(&it["name"]), it["id"].as_u64().unwrap_or_default()))
            .collect();
        rows.retain(|it| latest.get(&text(&it["name"])).copied() == it["id"].as_u64());
    }
    ask.page(
        context,
        Some(repository),
        ("github.checks", rows),
        usize::MAX,
        |total, rows| json!({ "total_count": total, "check_runs": rows }),
    )
}

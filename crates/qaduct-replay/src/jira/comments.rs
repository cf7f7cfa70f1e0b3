//! Comments of issues.

use serde_json::{Value, json};

use super::{Ask, fields, refuse};
use crate::answer::Answer;
use crate::service::Context;
use crate::world::{World, served, text};

/// Comments of a page, and inside an issue.
const MOST: usize = 100;

/// What stands in the field `comment` of an issue.
pub(super) fn first(issue: &Value, world: &World) -> Value {
    let all = world.collection("jira.comments").of(&text(&issue["id"]));
    let total = all.count();
    let all = world.collection("jira.comments").of(&text(&issue["id"]));
    let shown: Vec<Value> = all.take(MOST).map(served).collect();
    json!({ "startAt": 0, "maxResults": MOST, "total": total, "comments": shown })
}

/// `issue/KEY/comment`.
pub(super) fn of_issue(ask: &Ask<'_>, key: &str, context: &mut Context<'_>) -> Answer {
    let known = ["startAt", "maxResults", "orderBy", "expand"];
    if let Err(answer) = ask.known(context, &known) {
        return *answer;
    }
    let Some(issue) = ask.find(context.world, key) else {
        return refuse(
            404,
            "Issue does not exist or you do not have permission to see it.",
        );
    };
    let (begin, size) = (
        ask.number("startAt", 0),
        ask.number("maxResults", MOST).min(5_000),
    );
    let mut all: Vec<&Value> = context
        .world
        .collection("jira.comments")
        .of(&text(&issue["id"]))
        .collect();
    if ask.text("orderBy") == "-created" {
        all.reverse();
    }
    let page = all.iter().skip(begin).take(size).map(|it| {
        let mut comment = served(it);
        fields::present(ask, &mut comment);
        comment
    });
    let page: Vec<Value> = page.collect();
    let ids = page.iter().map(|it| text(&it["id"])).collect();
    Answer::ok(
        json!({ "startAt": begin, "maxResults": size, "total": all.len(), "comments": page }),
    )
    .listing("jira.comments", ids)
}

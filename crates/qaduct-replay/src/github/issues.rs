//! Issues, comments, pull requests, reviews and releases of a repository.

use std::cmp::Reverse;

use serde_json::Value;

use super::{Ask, cursor, moved, refuse};
use crate::answer::Answer;
use crate::service::Context;
use crate::world::{served, text};

/// Fields that only a single pull request has.
const ONLY_SINGLE: &[&str] = &[
    "merged",
    "mergeable",
    "rebaseable",
    "mergeable_state",
    "merged_by",
    "comments",
    "review_comments",
    "maintainer_can_modify",
    "commits",
    "additions",
    "deletions",
    "changed_files",
];

/// Commits of a pull request that are listed at most.
const COMMITS: usize = 250;

pub(super) fn answer(
    ask: &Ask<'_>,
    repository: &Value,
    path: &[&str],
    context: &mut Context<'_>,
) -> Answer {
    let name = text(&repository["full_name"]);
    let known: &[&str] = match path {
        ["issues"] => &[
            "milestone",
            "state",
            "assignee",
            "type",
            "creator",
            "mentioned",
            "labels",
            "sort",
            "direction",
            "since",
            "after",
        ],
        ["issues", "comments"] => &["sort", "direction", "since"],
        ["issues", _, "comments"] => &["since"],
        ["pulls", "comments"] => &["sort", "direction", "since"],
        ["pulls"] => &["state", "head", "base", "sort", "direction"],
        _ => &[],
    };
    ask.known(context, known);
    let world = &*context.world;
    let list = |collection: &'static str, rows: Vec<&Value>| {
        ask.page(
            context,
            Some(repository),
            (collection, rows),
            usize::MAX,
            |_, rows| rows.into(),
        )
    };
    match path {
        ["issues"] => {
            let rows = world
                .collection("github.issues")
                .of(&name)
                .filter(|it| fits(ask, it));
            let rows = sorted(ask, rows.collect(), "desc");
            // Who numbers the pages gets them so.
            match ask.get("page") {
                Some(_) => list("github.issues", rows),
                None => cursor::page(ask, context, repository, ("github.issues", rows)),
            }
        }
        ["issues", "comments"] => {
            let rows = world
                .collection("github.comments")
                .of(&name)
                .filter(|it| since(ask, it));
            list("github.comments", sorted(ask, rows.collect(), "asc"))
        }
        ["issues", "events"] => {
            let rows = world.collection("github.events").of(&name);
            let mut rows: Vec<&Value> = rows.collect();
            rows.sort_by_key(|it| Reverse((it["created_at"].as_str(), it["id"].as_u64())));
            list("github.events", rows)
        }
        ["pulls", "comments"] => {
            let rows = world.collection("github.review_comments").of(&name);
            let rows = rows.filter(|it| since(ask, it)).collect();
            list("github.review_comments", sorted(ask, rows, "asc"))
        }
        ["issues", number] => match numbered(context, "github.issues", &name, number) {
            Some(issue) => {
                Answer::ok(served(issue)).listing("github.issues", vec![text(&issue["id"])])
            }
            None => match world.get("github.gone", &format!("{name}#{number}")) {
                Some(gone) if gone["to"].is_string() => {
                    moved(&format!("{}{}", context.base, text(&gone["to"])))
                }
                Some(_) => refuse(410, "This issue was deleted"),
                None => refuse(404, "Not Found"),
            },
        },
        ["issues", number, "comments"] => {
            let ends = format!("/issues/{number}");
            let rows = world.collection("github.comments").of(&name);
            let rows = rows.filter(|it| text(&it["issue_url"]).ends_with(&ends) && since(ask, it));
            list("github.comments", rows.collect())
        }
        ["pulls"] => {
            let rows = world.collection("github.pulls").of(&name).filter(|it| {
                state(ask, it)
                    && ask.get("base").is_none_or(|base| it["base"]["ref"] == base)
                    && ask
                        .get("head")
                        .is_none_or(|head| it["head"]["label"] == head)
            });
            ask.page(
                context,
                Some(repository),
                ("github.pulls", sorted(ask, rows.collect(), "desc")),
                usize::MAX,
                |_, mut rows| {
                    for row in &mut rows {
                        if let Value::Object(fields) = row {
                            fields.retain(|name, _| !ONLY_SINGLE.contains(&name.as_str()));
                        }
                    }
                    rows.into()
                },
            )
        }
        ["pulls", number] => match numbered(context, "github.pulls", &name, number) {
            Some(pull) => Answer::ok(served(pull)).listing("github.pulls", vec![text(&pull["id"])]),
            None => refuse(404, "Not Found"),
        },
        ["pulls", number, "reviews"] => match numbered(context, "github.pulls", &name, number) {
            Some(pull) => {
                let rows = world.collection("github.reviews").of(&text(&pull["id"]));
                list("github.reviews", rows.collect())
            }
            None => refuse(404, "Not Found"),
        },
        ["pulls", number, "commits"] => match numbered(context, "github.pulls", &name, number) {
            Some(pull) => {
                let rows = world.collection("github.commits").of(&text(&pull["id"]));
                list("github.commits", rows.take(COMMITS).collect())
            }
            None => refuse(404, "Not Found"),
        },
        ["releases"] => {
            let rows = world.collection("github.releases").of(&name).rev();
            let rows = rows.filter(|it| ask.known || it["draft"] == false);
            list("github.releases", rows.collect())
        }
        _ => {
            context.violation(ask.request, "there is no such resource");
            refuse(404, "Not Found")
        }
    }
}

fn numbered<'w>(
    context: &'w Context<'_>,
    collection: &str,
    name: &str,
    number: &str,
) -> Option<&'w Value> {
    let mut all = context.world.collection(collection).of(name);
    all.find(|it| text(&it["number"]) == number)
}

/// `state`, which is `open` where it is not given.
fn state(ask: &Ask<'_>, row: &Value) -> bool {
    let wanted = ask.get("state").unwrap_or("open");
    wanted == "all" || row["state"] == wanted
}

fn since(ask: &Ask<'_>, row: &Value) -> bool {
    let time = |text: &str| text.parse::<jiff::Timestamp>().ok();
    match ask.get("since") {
        None => true,
        Some(since) => row["updated_at"].as_str().and_then(time) >= time(since),
    }
}

fn fits(ask: &Ask<'_>, issue: &Value) -> bool {
    let label = |name: &str| {
        let labels = issue["labels"].as_array();
        labels.is_some_and(|all| {
            all.iter().any(|it| {
                it["name"]
                    .as_str()
                    .is_some_and(|it| it.eq_ignore_ascii_case(name))
            })
        })
    };
    let assignee = match ask.get("assignee") {
        None => true,
        Some("none") => issue["assignee"].is_null(),
        Some("*") => !issue["assignee"].is_null(),
        Some(login) => issue["assignee"]["login"] == login,
    };
    state(ask, issue)
        && since(ask, issue)
        && assignee
        && ask
            .get("creator")
            .is_none_or(|it| issue["user"]["login"] == it)
        && ask
            .get("labels")
            .is_none_or(|all| all.split(',').all(label))
}

/// By creation or change, in the direction that is asked for.
fn sorted<'w>(ask: &Ask<'_>, mut rows: Vec<&'w Value>, default: &str) -> Vec<&'w Value> {
    let field = match ask.get("sort") {
        Some("updated") => "updated_at",
        _ => "created_at",
    };
    rows.sort_by_cached_key(|it| {
        let it: &'w Value = it;
        (it[field].as_str(), it["id"].as_u64())
    });
    if ask.get("direction").unwrap_or(default) == "desc" {
        rows.reverse();
    }
    rows
}

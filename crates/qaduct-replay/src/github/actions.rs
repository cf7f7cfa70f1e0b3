//! Workflow runs, their jobs and artifacts.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::{Ask, query, refuse};
use crate::answer::Answer;
use crate::service::Context;
use crate::world::{served, text};

/// Runs that a filtered list shows at most.
const CAP: usize = 1_000;
/// Parameters of which one is enough for the cap.
const CAPPING: &[&str] = &[
    "actor",
    "branch",
    "check_suite_id",
    "created",
    "event",
    "head_sha",
    "status",
];

pub(super) fn answer(
    ask: &Ask<'_>,
    repository: &Value,
    path: &[&str],
    context: &mut Context<'_>,
) -> Answer {
    let name = text(&repository["full_name"]);
    let known: &[&str] = match path {
        ["runs"] => &[
            "actor",
            "branch",
            "event",
            "status",
            "created",
            "exclude_pull_requests",
            "check_suite_id",
            "head_sha",
        ],
        ["runs", _] | ["runs", _, "attempts", _] => &["exclude_pull_requests"],
        ["runs", _, "jobs"] => &["filter"],
        ["artifacts"] | ["runs", _, "artifacts"] => &["name"],
        _ => &[],
    };
    ask.known(context, known);
    let world = &*context.world;
    let list = |collection: &'static str, rows: Vec<&Value>, cap: usize| {
        let envelope = match collection {
            "github.runs" => "workflow_runs",
            "github.jobs" => "jobs",
            _ => "artifacts",
        };
        ask.page(
            context,
            Some(repository),
            (collection, rows),
            cap,
            |total, rows| {
                let mut body = json!({ "total_count": total });
                body[envelope] = rows.into();
                body
            },
        )
    };
    let run = |id: &str| {
        world
            .get("github.runs", id)
            .filter(|it| it["_repo"] == name.as_str())
    };
    match path {
        ["runs"] => {
            let created = match ask.get("created").map(query::Span::read) {
                Some(None) => return refuse(422, "Invalid value for `created`."),
                Some(span) => span,
                None => None,
            };
            let all = world.collection("github.runs").of(&name);
            let mut rows: Vec<&Value> = all.filter(|it| fits(ask, it, created.as_ref())).collect();
            rows.sort_by_cached_key(|it: &&Value| {
                let it: &Value = it;
                std::cmp::Reverse((it["created_at"].as_str(), it["id"].as_u64()))
            });
            let capped = CAPPING.iter().any(|it| ask.get(it).is_some());
            list("github.runs", rows, if capped { CAP } else { usize::MAX })
        }
        ["runs", id] => match run(id) {
            Some(run) => Answer::ok(served(run)).listing("github.runs", vec![text(&run["id"])]),
            None => refuse(404, "Not Found"),
        },
        ["runs", id, "jobs"] => match run(id) {
            Some(run) => {
                let all = ask.get("filter") == Some("all");
                let jobs = world.collection("github.jobs").of(&text(&run["id"]));
                let jobs = jobs.filter(|it| all || it["run_attempt"] == run["run_attempt"]);
                list("github.jobs", jobs.collect(), usize::MAX)
            }
            None => refuse(404, "Not Found"),
        },
        ["runs", id, "attempts", attempt] => match run(id) {
            Some(run) if attempt_of(run, attempt) => {
                let mut shown = served(run);
                if text(&shown["run_attempt"]) != **attempt {
                    // What was run again had failed before.
                    shown["conclusion"] = "failure".into();
                    shown["status"] = "completed".into();
                    shown["run_attempt"] = attempt.parse::<u64>().unwrap_or_default().into();
                }
                Answer::ok(shown)
            }
            _ => refuse(404, "Not Found"),
        },
        ["runs", id, "attempts", attempt, "jobs"] => match run(id) {
            Some(run) if attempt_of(run, attempt) => {
                let jobs = world.collection("github.jobs").of(&text(&run["id"]));
                let jobs = jobs.filter(|it| text(&it["run_attempt"]) == **attempt);
                list("github.jobs", jobs.collect(), usize::MAX)
            }
            _ => refuse(404, "Not Found"),
        },
        ["artifacts"] | ["runs", _, "artifacts"] => {
            let of_run = path.get(1);
            if of_run.is_some_and(|id| run(id).is_none()) {
                return refuse(404, "Not Found");
            }
            let rows = world.collection("github.artifacts").of(&name).filter(|it| {
                of_run.is_none_or(|id| text(&it["workflow_run"]["id"]) == **id)
                    && ask.get("name").is_none_or(|name| it["name"] == name)
            });
            let mut rows: Vec<&Value> = rows.collect();
            rows.sort_by_key(|it| Reverse((it["created_at"].as_str(), it["id"].as_u64())));
            list("github.artifacts", rows, usize::MAX)
        }
        _ => {
            context.violation(ask.request, "there is no such resource");
            refuse(404, "Not Found")
        }
    }
}

/// Whether the run was tried so often.
fn attempt_of(run: &Value, attempt: &str) -> bool {
    let many = run["run_attempt"].as_u64().unwrap_or(1);
    attempt
        .parse::<u64>()
        .is_ok_and(|it| (1..=many).contains(&it))
}

fn fits(ask: &Ask<'_>, run: &Value, created: Option<&query::Span>) -> bool {
    let is = |name: &str, value: &Value| ask.get(name).is_none_or(|it| *value == it);
    is("branch", &run["head_branch"])
        && is("event", &run["event"])
        && is("head_sha", &run["head_sha"])
        && is("actor", &run["actor"]["login"])
        && ask
            .get("check_suite_id")
            .is_none_or(|it| text(&run["check_suite_id"]) == it)
        && ask
            .get("status")
            .is_none_or(|it| run["status"] == it || run["conclusion"] == it)
        && created.is_none_or(|span| span.holds(&run["created_at"]))
}

//! Tasks of a build system: how long they take, how often they fail, which are flaky.

use serde_json::{Value, json};

use super::{Story, everywhere};

fn task(id: &str, group: &str, label: &str, state: &str) -> Value {
    json!({
        "task_id": id, "task_group_id": group, "label": label, "kind": "test", "project": "central",
        "platform": "linux64", "build_type": "opt", "state": state,
        "created_at": "2026-01-07T11:00:00Z",
    })
}

/// A run that began half a minute after it was put in line.
fn run(id: &str, nth: i64, state: &str, reason: Value, seconds: i64) -> Value {
    let ended = (state != "running")
        .then(|| format!("2026-01-07T12:{:02}:{:02}Z", seconds / 60, seconds % 60));
    json!({
        "task_id": id, "run_id": nth, "state": state, "reason_resolved": reason,
        "scheduled_at": "2026-01-07T11:59:30Z", "started_at": "2026-01-07T12:00:00Z",
        "resolved_at": ended,
    })
}

fn tell(story: &mut Story) {
    let mut nameless = task("canceled", "g1", "other", "exception");
    nameless["label"] = Value::Null;
    nameless["name"] = "by name".into();
    story.put(
        "taskcluster_tasks",
        json!([
            task("rerun", "g1", "mochitest", "completed"),
            task("lost", "g2", "mochitest", "completed"),
            task("red", "g3", "reftest", "failed"),
            task("green", "g3", "reftest", "completed"),
            task("red4", "g4", "reftest", "failed"),
            task("running", "g4", "build", "running"),
            nameless,
        ]),
    );
    story.put(
        "taskcluster_runs",
        json!([
            run("rerun", 0, "failed", json!("failed"), 100),
            run("rerun", 1, "completed", json!("completed"), 200),
            run("lost", 0, "exception", json!("worker-shutdown"), 10),
            run("lost", 1, "completed", json!("completed"), 300),
            run("red", 0, "failed", json!("failed"), 50),
            run("green", 0, "completed", json!("completed"), 60),
            run("red4", 0, "failed", json!("failed"), 90),
            run("running", 0, "running", json!(null), 0),
        ]),
    );
}

#[test]
fn a_task_counts_its_runs_and_is_flaky_where_one_failed_before_it_completed() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows(
                "v_ci_tasks",
                "task_id, label, state, runs, failed_runs, lost_runs, is_flaky, waited_seconds, seconds, machine_seconds"
            ),
            [
                "canceled | by name | exception | 0 | 0 | 0 | false | - | - | -",
                "green | reftest | completed | 1 | 0 | 0 | false | 30 | 60 | 60",
                "lost | mochitest | completed | 2 | 0 | 1 | false | 30 | 300 | 310",
                "red | reftest | failed | 1 | 1 | 0 | false | 30 | 50 | 50",
                "red4 | reftest | failed | 1 | 1 | 0 | false | 30 | 90 | 90",
                "rerun | mochitest | completed | 2 | 1 | 0 | true | 30 | 200 | 300",
                "running | build | running | 1 | 0 | 0 | false | 30 | - | -",
            ]
        );
    });
}

#[test]
fn the_health_of_a_kind_leaves_out_what_neither_completed_nor_failed() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows(
                "v_ci_health",
                "kind, platform, week, tasks, succeeded, failed, other, flaky, rerun, pass_percent, flaky_percent, average_seconds, longest_seconds, average_waited_seconds"
            ),
            ["test | linux64 | 2026-01-05 | 7 | 3 | 2 | 2 | 1 | 2 | 60.00 | 33.33 | 140.00 | 300 | 30.00"]
        );
    });
}

#[test]
fn what_fails_and_completes_for_one_push_is_flaky_and_what_only_fails_is_not() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows(
                "v_ci_flaky",
                "label, platform, pushes, flaky_pushes, flaky_percent, runs, failed_runs, last_flaky_at"
            ),
            [
                "mochitest | linux64 | 2 | 1 | 50.00 | 3 | 1 | 2026-01-07T11:00:00Z",
                "reftest | linux64 | 2 | 1 | 50.00 | 3 | 2 | 2026-01-07T11:00:00Z",
            ]
        );
    });
}

#[test]
fn tasks_stay_when_the_service_forgets_them_and_not_when_nobody_asks_for_them_any_more() {
    everywhere(|story| {
        tell(story);
        let gone = ["expired", "orphaned", "unasked", "deleted", "hidden"];
        story.put(
            "taskcluster_tasks",
            gone.map(|how| {
                let mut task = task(how, "g5", "mochitest", "completed");
                task["_gone"] = how.into();
                task["_gone_at"] = "2026-02-01".into();
                task
            })
            .to_vec()
            .into(),
        );
        let mut tasks = story.rows("v_ci_tasks", "task_id");
        tasks.retain(|it| gone.contains(&it.as_str()));
        assert_eq!(tasks, ["expired", "orphaned"]);
        assert_eq!(story.rows("v_ci_health", "tasks"), ["9"]);
    });
}

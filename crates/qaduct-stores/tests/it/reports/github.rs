//! GitHub: issues that nobody has picked up, how long they wait, how workflows do.

use serde_json::{Value, json};

use super::{Story, everywhere};
use crate::database_server::Database;

fn issue(number: i64, association: &str) -> Value {
    json!({
        "issue_id": 1_000 + number, "repository": "o/r", "number": number, "title": format!("issue {number}"),
        "state": "open", "is_pull_request": false, "author": format!("user{number}"),
        "author_association": association, "created_at": "2026-01-07T12:00:00Z",
    })
}

fn tell(story: &mut Story) {
    story.parameters(&[("ignored_author", "user5")]);
    let mut issues = vec![
        issue(1, "NONE"),
        issue(2, "CONTRIBUTOR"),
        issue(3, "MEMBER"),
        issue(4, "NONE"),
        issue(5, "NONE"),
        issue(6, "NONE"),
        issue(7, "NONE"),
    ];
    issues[5]["is_pull_request"] = true.into();
    issues[6]["state"] = "closed".into();
    story.put("github_issues", issues.into());
    story.put(
        "github_issue_assignees",
        json!([{ "issue_id": 1_004, "ordinal": 0, "assignee": "somebody" }]),
    );
    story.put(
        "github_issue_labels",
        json!([{ "issue_id": 1_001, "label": "b" }, { "issue_id": 1_001, "label": "a" }]),
    );
    let event = |id: i64, number: i64, event: &str, at: &str| {
        json!({
            "event_id": id, "issue_id": 1_000 + number, "number": number, "event": event, "created_at": at,
        })
    };
    story.put(
        "github_issue_events",
        json!([
            event(1, 1, "mentioned", "2026-01-07T12:10:00Z"),
            event(2, 1, "labeled", "2026-01-07T13:30:00Z"),
            event(3, 1, "labeled", "2026-01-08T13:30:00Z"),
            event(4, 7, "closed", "2026-01-07T15:00:00Z"),
        ]),
    );
    story.read("issues", "repository=o/r", "2026-01-17T06:00:00Z");
}

#[test]
fn an_issue_from_outside_without_anybody_is_untriaged() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows(
                "v_github_untriaged",
                "number, author_association, labels, age_days"
            ),
            ["1 | NONE | a,b | 10", "2 | CONTRIBUTOR | - | 10"]
        );
        assert_eq!(
            story
                .rows("report_github_bugs", "github_number, project")
                .len(),
            6
        );
    });
}

#[test]
fn triage_ends_with_the_first_event_that_says_something() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows("v_github_triage", "number, hours_to_triage"),
            ["1 | 1.50", "2 | -", "3 | -", "4 | -", "5 | -", "7 | 3.00"]
        );
        assert_eq!(
            story.rows(
                "v_github_triage_weekly",
                "repository, week, opened, triaged, average_hours"
            ),
            ["o/r | 2026-01-05 | 6 | 2 | 2.25"]
        );
    });
}

#[test]
fn a_run_counts_by_its_last_attempt_and_one_under_way_says_nothing() {
    everywhere(|story| {
        let run = |id: i64, attempt: i64, status: &str, conclusion: Value, seconds: i64| {
            json!({
                "run_id": id, "run_attempt": attempt, "repository": "o/r", "name": "tests", "status": status,
                "conclusion": conclusion, "created_at": "2026-01-07T12:00:00Z", "started_at": "2026-01-07T12:00:00Z",
                "updated_at": format!("2026-01-07T12:{:02}:{:02}Z", seconds / 60, seconds % 60),
            })
        };
        story.put(
            "github_workflow_runs",
            json!([
                run(1, 1, "completed", json!("failure"), 600),
                run(1, 2, "completed", json!("success"), 100),
                run(2, 1, "completed", json!("timed_out"), 300),
                run(3, 1, "completed", json!("cancelled"), 5),
                run(4, 1, "in_progress", json!(null), 50),
            ]),
        );
        assert_eq!(
            story.rows("v_workflow_runs", "run_id, attempts, conclusion, seconds"),
            [
                "1 | 2 | success | 100",
                "2 | 1 | timed_out | 300",
                "3 | 1 | cancelled | 5",
                "4 | 1 | - | -"
            ]
        );
        assert_eq!(
            story.rows("v_workflow_health", "workflow, week, runs, succeeded, failed, other, rerun, pass_percent, average_seconds"),
            ["tests | 2026-01-05 | 4 | 1 | 1 | 2 | 1 | 50.00 | 200.00"]
        );
    });
}

#[test]
fn a_joined_list_is_as_long_as_it_is() {
    // What MySQL cuts lists to where nobody says otherwise.
    Database::mariadb().sql("SET GLOBAL group_concat_max_len = 1024");
    everywhere(|story| {
        tell(story);
        let label = |n: usize| json!({ "issue_id": 1_002, "label": format!("label {n:04}") });
        let labels: Vec<_> = (0..150).map(label).collect();
        story.put("github_issue_labels", labels.into());
        let rows = story.rows("v_github_untriaged", "number, labels");
        assert_eq!(rows[1].split(',').count(), 150);
        assert!(rows[1].ends_with("label 0149"), "{}", rows[1]);
    });
}

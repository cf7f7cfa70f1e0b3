//! Jira: hours that counted twice, and words and numbers in the place of nothing.

use serde_json::{Value, json};

use super::Scene;

pub(crate) const SETTINGS: &str = "\
    [source.jira.fields]\nstory_points = \"customfield_10037\"\n\
    [source.jira.queries]\nvendor-time = \"project = QATT\"\n\
    [[extract]]\nname = \"story_points\"\ntable = \"jira_issues\"\n\
    from = \"_extra.customfield_10037\"\nkind = \"field\"\nas = \"number\"\n";

fn scene() -> Scene {
    let scene = Scene::new(&["jira"], SETTINGS);
    fill(&scene);
    scene
}

/// Who asks, a custom field and a project.
pub(crate) fn fill(scene: &Scene) {
    let me = json!({ "accountId": "1", "displayName": "Ann", "emailAddress": "ann@example.org", "active": true });
    scene.put("jira.users", [me]);
    let field = json!({
        "id": "customfield_10037", "key": "customfield_10037", "name": "Story Points", "custom": true,
        "clauseNames": ["cf[10037]"], "schema": { "type": "number", "customId": 10037 },
    });
    scene.put("jira.fields", [field]);
    let project = json!({ "id": "1", "key": "QATT", "name": "QA Time Tracking" });
    scene.put("jira.projects", [project]);
}

pub(super) fn issue(id: u64, fields: Value) -> Value {
    let mut issue = json!({
        "id": id.to_string(), "key": format!("QATT-{id}"), "_project": "QATT",
        "fields": {
            "summary": format!("about {id}"), "created": "2026-11-01T10:00:00.000+0000",
            "updated": "2026-11-01T10:00:00.000+0000", "labels": [], "status": { "id": "1", "name": "Open" }, "project": { "id": "1", "key": "QATT" },
        },
    });
    for (name, value) in fields.as_object().unwrap() {
        issue["fields"][name] = value.clone();
    }
    issue
}

fn worklog(id: u64, issue: u64, started: &str, seconds: u64) -> Value {
    json!({
        "id": id.to_string(), "issueId": issue.to_string(), "author": { "accountId": "1", "displayName": "Ann" },
        "created": "2026-11-10T10:00:00.000+0000", "updated": "2026-11-10T10:00:00.000+0000",
        "started": started, "timeSpent": "1h", "timeSpentSeconds": seconds,
    })
}

/// The old pump stored the work of a family once for each member that the filter found, under the
/// name of the last one, and cut the offset off the start.
#[test]
fn an_hour_counts_once_though_a_filter_finds_an_issue_and_its_part_and_its_start_is_in_utc() {
    let scene = scene();
    let parent =
        json!({ "parent": { "id": "1", "key": "QATT-1", "fields": { "summary": "about 1" } } });
    scene.put("jira.issues", [issue(1, json!({})), issue(2, parent)]);
    // The user of the server is eight hours behind UTC and gets the offset with the time.
    scene.put(
        "jira.worklogs",
        [
            worklog(10, 1, "2026-11-03T23:30:00.000-0800", 3_600),
            worklog(11, 2, "2026-11-04T10:00:00.000+0200", 1_800),
        ],
    );
    for day in ["21", "22"] {
        scene.at(&format!("2026-11-{day}T07:00:00Z"));
        scene.pull("", 0);
        assert_eq!(
            scene.rows("SELECT family_key, entries, hours FROM v_hours_booked"),
            ["QATT-1 | 2 | 1.5"]
        );
        assert_eq!(
            scene.rows(
                "SELECT parent_key, child_key, parent_name, child_name, time_spent_seconds, started_date
                 FROM report_jira_softvision_worklogs ORDER BY started_date"
            ),
            [
                "QATT-1 | - | about 1 | - | 3600 | 2026-11-04T07:30:00.000000Z",
                "QATT-1 | QATT-2 | about 1 | about 2 | 1800 | 2026-11-04T08:00:00.000000Z",
            ]
        );
    }
    assert_eq!(
        scene.rows("SELECT DISTINCT started_offset_min FROM jira_worklogs"),
        ["-480"]
    );
}

/// The old pump wrote 0 for no story points and cut fractions off; nobody was called `None` or
/// `Not Assigned`.
#[test]
fn what_nobody_has_said_is_null_and_neither_0_nor_a_word() {
    let scene = scene();
    let ann = json!({ "accountId": "1", "displayName": "Ann", "emailAddress": "ann@example.org" });
    scene.put(
        "jira.issues",
        [
            issue(1, json!({})),
            issue(2, json!({ "customfield_10037": null, "assignee": null })),
            issue(3, json!({ "customfield_10037": 0.0, "assignee": ann })),
            issue(4, json!({ "customfield_10037": 0.5 })),
        ],
    );
    scene.pull("jira.issues", 0);
    let expected = [
        "1 | - | -",
        "2 | - | -",
        "3 | 0 | ann@example.org",
        "4 | 0.5 | -",
    ];
    assert_eq!(
        scene.rows("SELECT issue_id, story_points, assignee_email FROM v_issues ORDER BY 1"),
        expected
    );
    let none = "SELECT count(*) FROM jira_issues WHERE assignee IN ('None', 'Not Assigned', '')";
    assert_eq!(scene.rows(none), ["0"]);
    assert_eq!(
        scene.rows("SELECT avg(story_points) FROM v_issues"),
        ["0.25"],
        "of the two that have a size"
    );
}

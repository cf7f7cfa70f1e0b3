//! Issues: what needs QA, what QA is asked for, what it supports, what it books.

use serde_json::{Value, json};

use super::everywhere;

fn issue(id: i64, key: &str, created: &str) -> Value {
    json!({
        "issue_id": id, "issue_key": key, "project_key": "QA", "summary": format!("about {key}"),
        "priority": "High", "created_at": created, "updated_at": created,
    })
}

fn assigned(mut issue: Value, to: &str) -> Value {
    issue["assignee"] = to.into();
    issue
}

fn part_of(mut issue: Value, id: i64, key: &str) -> Value {
    issue["parent_id"] = id.into();
    issue["parent_key"] = key.into();
    issue["parent_summary"] = format!("about {key}").into();
    issue
}

#[test]
fn what_needs_qa_is_counted_by_whole_labels_and_nothing_is_a_0() {
    everywhere(|story| {
        let made = "2026-01-01T00:00:00Z";
        story.put(
            "jira_issues",
            json!([
                issue(1, "QA-1", made),
                issue(2, "QA-2", made),
                issue(3, "QA-3", made)
            ]),
        );
        // Issue 2 has the label `unverified`, in which the rule finds nothing.
        story.found(
            "jira_issues",
            "1",
            &["outcome.verified=QA-Verified", "outcome.verified#1=moved"],
        );
        story.found("jira_issues", "3", &["outcome.qa_not_actionable=qa-later"]);
        for part in ["query=ios-qa-needed", "query=nobody"] {
            story.read("issues", part, "2026-02-01");
        }
        story.members("issues", "query=ios-qa-needed", &[1, 2, 3]);
        // Neither a project nor a repository of GitHub is a query, though both are read as issues.
        story.read("issues", "project_key=QA", "2026-02-01");
        story.put(
            "pull_parts",
            json!([{
                "source": "github", "stream": "issues", "rows_so_far": 0,
                "part": "repository=mozilla-mobile/firefox-ios,repository_id=100001",
                "completed_at": "2026-02-01",
            }]),
        );
        assert_eq!(
            story.rows("v_qa_needed", "query, total, verified, not_verified"),
            ["ios-qa-needed | 3 | 1 | 2", "nobody | 0 | 0 | 0"]
        );
        assert_eq!(
            story.rows("v_issues", "issue_key, qa_verified, qa_not_actionable"),
            [
                "QA-1 | true | false",
                "QA-2 | false | false",
                "QA-3 | false | true"
            ]
        );
    });
}

#[test]
fn a_request_has_the_size_of_its_parts_and_no_size_is_not_0() {
    everywhere(|story| {
        let made = "2026-03-31T23:59:59Z";
        story.put(
            "jira_issues",
            json!([
                issue(1, "QA-1", made),
                issue(2, "QA-2", made),
                issue(3, "QA-3", made),
                part_of(issue(4, "QA-4", made), 1, "QA-1"),
                part_of(issue(5, "QA-5", made), 1, "QA-1"),
                part_of(issue(6, "QA-6", made), 3, "QA-3"),
            ]),
        );
        for (key, points) in [("1", "8"), ("2", "0"), ("4", "2.5"), ("5", "1")] {
            story.found("jira_issues", key, &[&format!("story_points={points}")]);
        }
        story.members("issues", "query=qa-requests", &[1, 2, 3]);
        assert_eq!(
            story.rows(
                "v_qa_requests",
                "query, issue_key, story_points, parts, parts_story_points, total_story_points"
            ),
            [
                "qa-requests | QA-1 | 8.00 | 2 | 3.50 | 3.50",
                "qa-requests | QA-2 | 0.00 | 0 | - | 0.00",
                "qa-requests | QA-3 | - | 1 | - | -",
            ]
        );
        assert_eq!(
            story.rows(
                "report_jira_qa_requests",
                "jira_key, jira_story_points, jira_assignee_username, jira_engineering_team"
            ),
            [
                "QA-1 | 8.00 | Not Assigned | -",
                "QA-2 | 0.00 | Not Assigned | -",
                "QA-3 | - | Not Assigned | -",
            ]
        );
    });
}

#[test]
fn the_workload_is_set_against_the_capacity_and_work_of_nobody_is_kept() {
    everywhere(|story| {
        story.parameters(&[("capacity", "22"), ("capacity_margin", "5")]);
        let (first, second) = ("2026-06-30T23:59:59Z", "2026-07-01T00:00:00Z");
        story.put(
            "jira_issues",
            json!([
                assigned(issue(1, "QA-1", first), "Ann"),
                assigned(issue(2, "QA-2", first), "Ann"),
                assigned(issue(3, "QA-3", second), "Ann"),
                assigned(issue(4, "QA-4", first), "Bob"),
                issue(5, "QA-5", first),
                assigned(issue(6, "QA-6", first), "Cid"),
            ]),
        );
        for (key, points, train) in [
            ("1", "20", Some("Fx 147")),
            ("2", "8", Some("Fx 147")),
            ("3", "22", Some("Fx 147")),
            ("4", "16.5", Some("Fx 147")),
            ("5", "40", None),
        ] {
            story.found("jira_issues", key, &[&format!("story_points={points}")]);
            if let Some(train) = train {
                story.found("jira_issues", key, &[&format!("release_train={train}")]);
            }
        }
        story.members("issues", "query=work", &[1, 2, 3, 4, 5, 6]);
        assert_eq!(
            story.rows(
                "v_qa_workload",
                "half_year, release_train, assignee, issues, unsized, story_points, capacity, workload"
            ),
            [
                "2026-H1 | Fx 147 | Ann | 2 | 0 | 28.00 | 22.00 | over",
                "2026-H1 | Fx 147 | Bob | 1 | 0 | 16.50 | 22.00 | under",
                "2026-H1 | - | Cid | 1 | 1 | - | 22.00 | -",
                "2026-H1 | - | - | 1 | 0 | 40.00 | 22.00 | -",
                "2026-H2 | Fx 147 | Ann | 1 | 0 | 22.00 | 22.00 | within",
            ]
        );
    });
}

#[test]
fn features_of_a_release_are_supported_late_or_deferred() {
    everywhere(|story| {
        let made = "2026-01-01T00:00:00Z";
        story.put(
            "jira_issues",
            json!([
                issue(1, "QA-1", made),
                issue(2, "QA-2", made),
                issue(3, "QA-3", made)
            ]),
        );
        story.found(
            "jira_issues",
            "1",
            &[
                "trains.tested_nightly=147",
                "trains.tested_beta#1=147",
                "trains.tested_beta#2=146",
                "late.late_nightly=147",
            ],
        );
        story.found(
            "jira_issues",
            "2",
            &["trains.tested_docs=147", "late.late_docs=147"],
        );
        story.found(
            "jira_issues",
            "3",
            &["timeline.deferred_from=147", "late.late_ready=147"],
        );
        assert_eq!(
            story.rows(
                "v_features",
                "release_number, issue_key, supported_nightly, supported_beta, docs_only, late_nightly, deferred"
            ),
            [
                "146 | QA-1 | false | true | false | false | false",
                "147 | QA-1 | true | true | false | true | false",
                "147 | QA-2 | false | false | true | false | false",
                "147 | QA-3 | false | false | false | false | true",
            ]
        );
        assert_eq!(
            story.rows(
                "v_features_by_release",
                "release_number, features, supported, in_nightly, in_beta, in_release, docs_only, \
                 of_high_priority, late, late_docs, not_ready, deferred"
            ),
            [
                "146 | 1 | 1 | 0 | 1 | 0 | 0 | 1 | 0 | 0 | 0 | 0",
                "147 | 3 | 1 | 1 | 1 | 0 | 1 | 1 | 3 | 1 | 1 | 1",
            ]
        );
        // Issue 2 is of another query, issue 3 of both; issue 1 has left the first.
        story.members("issues", "query=desktop", &[3]);
        story.members("issues", "query=mobile", &[2, 3]);
        story.put(
            "part_rows",
            json!([{ "stream": "issues", "part": "query=desktop", "row_key": "1",
                     "first_seen_at": "2026-01-01", "gone_at": "2026-01-02" }]),
        );
        assert_eq!(
            story.rows(
                "v_query_features",
                "query, release_number, issue_key, docs_only, deferred"
            ),
            [
                "desktop | 147 | QA-3 | false | true",
                "mobile | 147 | QA-2 | true | false",
                "mobile | 147 | QA-3 | false | true",
            ]
        );
        assert_eq!(
            story.rows(
                "v_query_features_by_release",
                "query, release_number, features, supported, in_nightly, in_beta, in_release, \
                 docs_only, of_high_priority, late, late_nightly, late_beta, late_docs, not_ready, \
                 deferred"
            ),
            [
                "desktop | 147 | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 1 | 0 | 0 | 0 | 1 | 1",
                "mobile | 147 | 2 | 0 | 0 | 0 | 0 | 1 | 0 | 2 | 0 | 0 | 1 | 1 | 1",
            ]
        );
    });
}

#[test]
fn hours_are_booked_once_though_a_filter_finds_an_issue_and_its_part() {
    everywhere(|story| {
        let made = "2026-01-01T00:00:00Z";
        story.put(
            "jira_issues",
            json!([
                issue(1, "QATT-1", made),
                part_of(issue(2, "QATT-2", made), 1, "QATT-1"),
                issue(3, "OTHER-3", made),
            ]),
        );
        let log = |id: i64, issue: i64, at: &str, seconds: i64| {
            json!({
                "worklog_id": id, "issue_id": issue, "author": "Ann", "started_at": at,
                "seconds": seconds, "time_spent": "some", "comment": "",
            })
        };
        story.put(
            "jira_worklogs",
            json!([
                log(1, 1, "2026-01-31T23:30:00Z", 3_600),
                log(2, 2, "2026-01-15T10:00:00Z", 5_400),
                log(3, 2, "2026-02-01T00:30:00Z", 1_800),
                log(4, 3, "2026-01-15T10:00:00Z", 7_200),
                log(5, 99, "2026-01-15T10:00:00Z", 900),
            ]),
        );
        let mut gone = log(6, 1, "2026-01-15T10:00:00Z", 7_200);
        gone["_gone_at"] = "2026-01-16".into();
        story.put("jira_worklogs", json!([gone]));
        // Both are found by the filter.
        story.members("issues", "query=vendor-time", &[1, 2]);
        assert_eq!(
            story.rows(
                "v_hours_booked",
                "month, family_key, author, entries, hours"
            ),
            [
                "2026-01-01 | OTHER-3 | Ann | 1 | 2.00",
                "2026-01-01 | QATT-1 | Ann | 2 | 2.50",
                "2026-01-01 | - | Ann | 1 | 0.25",
                "2026-02-01 | QATT-1 | Ann | 1 | 0.50",
            ]
        );
        // A query that finds only the part stands for the same family, each entry once.
        story.members("issues", "query=parts", &[2]);
        story.members("issues", "query=others", &[3]);
        assert_eq!(
            story.rows(
                "v_query_worklogs",
                "query, worklog_id, issue_key, family_key, seconds"
            ),
            [
                "others | 4 | OTHER-3 | OTHER-3 | 7200",
                "parts | 1 | QATT-1 | QATT-1 | 3600",
                "parts | 2 | QATT-2 | QATT-1 | 5400",
                "parts | 3 | QATT-2 | QATT-1 | 1800",
                "vendor-time | 1 | QATT-1 | QATT-1 | 3600",
                "vendor-time | 2 | QATT-2 | QATT-1 | 5400",
                "vendor-time | 3 | QATT-2 | QATT-1 | 1800",
            ]
        );
        assert_eq!(
            story.rows(
                "v_query_hours_booked",
                "query, month, family_key, author, entries, hours"
            ),
            [
                "others | 2026-01-01 | OTHER-3 | Ann | 1 | 2.00",
                "parts | 2026-01-01 | QATT-1 | Ann | 2 | 2.50",
                "parts | 2026-02-01 | QATT-1 | Ann | 1 | 0.50",
                "vendor-time | 2026-01-01 | QATT-1 | Ann | 2 | 2.50",
                "vendor-time | 2026-02-01 | QATT-1 | Ann | 1 | 0.50",
            ]
        );
        assert_eq!(
            story.rows(
                "report_jira_softvision_worklogs",
                "parent_key, child_key, time_spent_seconds, comment, parent_name, child_name"
            ),
            [
                "QATT-1 | QATT-2 | 1800 | No Comment | about QATT-1 | about QATT-2",
                "QATT-1 | QATT-2 | 5400 | No Comment | about QATT-1 | about QATT-2",
                "QATT-1 | - | 3600 | No Comment | about QATT-1 | -",
            ]
        );
    });
}

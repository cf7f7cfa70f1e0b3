//! The tables of testops-dashboard as views: what each old column shows, row by row.

use serde_json::{Value, json};

use super::{Story, everywhere};

/// Bug 1 is of every query, bug 2 was closed without a fix and is of two, bug 3 is of none.
fn bugs(story: &mut Story) {
    let bug = |id: i64, resolution: &str| {
        json!({
            "bug_id": id, "summary": format!("bug {id}"), "product": "Fenix", "severity": "S2",
            "priority": "P1", "status": "RESOLVED", "resolution": resolution, "bug_type": "defect",
            "whiteboard": "[board]", "creation_time": "2026-01-02T03:04:05Z",
            "last_change_time": "2026-01-03T00:00:00Z",
        })
    };
    let open = bug(3, "");
    story.put(
        "bugzilla_bugs",
        json!([bug(1, "FIXED"), bug(2, "WONTFIX"), open]),
    );
    let keyword = |keyword: &str| json!({ "bug_id": 1, "keyword": keyword });
    story.put(
        "bugzilla_bug_keywords",
        json!([keyword("crash"), keyword("regression")]),
    );
    let marks = ["qa_whiteboard=[qa-found-in-c141]", "resolved_at=2026-01-03"];
    story.found("bugzilla_bugs", "1", &marks);
    for bug in ["1", "2", "3"] {
        let flag = [
            "flags.release_status=FIXED",
            "flags.release_number=141",
            "flags.release_status_key=cf_status_firefox141",
        ];
        story.found("bugzilla_bugs", bug, &flag);
    }
    let change = json!({
        "bug_id": 1, "changed_at": "2026-01-03T00:00:00Z", "field": "cf_status_firefox141",
        "ordinal": 0, "removed": "affected", "added": "fixed",
    });
    story.put("bugzilla_history", json!([change]));
    for query in [
        "desktop-found-bugs",
        "desktop-qa-work",
        "ui-test-found",
        "qe-verify",
    ] {
        let part = format!("query={query}");
        story.read("bugs", &part, "2026-02-01T06:00:00Z");
        let bugs: &[i64] = match query {
            "desktop-found-bugs" | "qe-verify" => &[1, 2],
            _ => &[1],
        };
        story.members("bugs", &part, bugs);
    }
}

const FIXED: &str = "bugzilla_key, bugzilla_summary, bugzilla_product, bugzilla_qa_whiteboard, \
    bugzilla_bug_severity, bugzilla_bug_priority, bugzilla_bug_status, bugzilla_bug_resolution, \
    bugzilla_bug_created_at, bugzilla_bug_last_change_time, bugzilla_bug_whiteboard, \
    bugzilla_bug_keyword, bugzilla_bug_resolved_at";

#[test]
fn bugs_of_a_query_have_their_old_columns_and_those_of_another_are_not_among_them() {
    everywhere(|story| {
        bugs(story);
        let one = "1 | bug 1 | Fenix | [qa-found-in-c141] | S2 | P1 | RESOLVED | FIXED | \
            2026-01-02T03:04:05Z | 2026-01-03T00:00:00Z | [board] | crash, regression | \
            2026-01-03T00:00:00Z";
        let two = "2 | bug 2 | Fenix | - | S2 | P1 | RESOLVED | WONTFIX | 2026-01-02T03:04:05Z | \
            2026-01-03T00:00:00Z | [board] | - | -";
        assert_eq!(
            story.rows("report_bugzilla_softvision_bugs", FIXED),
            [one, two]
        );
        assert_eq!(story.rows("report_bugzilla_overall_bugs", FIXED), [one]);
        assert_eq!(story.rows("report_bugzilla_query_by_keyword", FIXED), [one]);
        assert_eq!(
            story.rows("v_query_bugs", "query, bug_id"),
            [
                "desktop-found-bugs | 1",
                "desktop-found-bugs | 2",
                "desktop-qa-work | 1",
                "qe-verify | 1",
                "qe-verify | 2",
                "ui-test-found | 1"
            ]
        );
        assert_eq!(
            story.rows("v_bug_values", "row_key, qa_whiteboard, resolved_at"),
            ["1 | [qa-found-in-c141] | 2026-01-03T00:00:00Z"]
        );
    });
}

#[test]
fn flags_of_releases_are_those_of_bugs_that_were_found_and_not_closed_without_a_fix() {
    everywhere(|story| {
        bugs(story);
        assert_eq!(
            story.rows(
                "report_bugzilla_query_release_flags_for_bugs",
                "bugzilla_key, bugzilla_release_version, bugzilla_bug_status, \
                 bugzilla_bug_keywords, bugzilla_bug_severity, bugzilla_bug_qa_found_in, \
                 bugzilla_bug_resolution, bugzilla_bug_flag_fixed_at, bugzilla_bug_type, created_at"
            ),
            [
                "1 | 141 | fixed | crash, regression | S2 | [qa-found-in-c141] | FIXED | \
              2026-01-03T00:00:00Z | defect | 2026-02-01T06:00:00Z"
            ]
        );
    });
}

#[test]
fn flags_of_an_incomplete_bug_are_among_the_old_ones_though_it_is_not_valid() {
    everywhere(|story| {
        bugs(story);
        story.put(
            "bugzilla_bugs",
            json!([{ "bug_id": 2, "resolution": "INCOMPLETE", "is_open": false }]),
        );
        assert_eq!(
            story.rows(
                "report_bugzilla_query_release_flags_for_bugs",
                "bugzilla_key, bugzilla_bug_resolution"
            ),
            ["1 | FIXED", "2 | INCOMPLETE"]
        );
        assert_eq!(
            story.rows("v_bugs", "bug_id, is_valid")[..2],
            ["1 | true", "2 | false"]
        );
    });
}

#[test]
fn what_waits_for_qa_is_that_of_its_query_and_as_much_as_its_count() {
    everywhere(|story| {
        bugs(story);
        // Bug 3 has the flag and is of no product that the query asks for.
        let flag = |bug: i64, status: &str| {
            json!({
                "bug_id": bug, "flag_id": 10 + bug, "name": "qe-verify", "status": status,
                "setter": "ann@example.org", "creation_date": "2026-01-10T00:00:00Z",
                "modification_date": "2026-01-11T00:00:00Z",
            })
        };
        story.put(
            "bugzilla_flags",
            json!([flag(1, "+"), flag(2, "?"), flag(3, "+")]),
        );
        assert_eq!(
            story.rows(
                "report_bugzilla_qe_needed",
                "bugzilla_key, bugzilla_summary, buzilla_modified_at, bugzilla_tag_name, \
                 bugzilla_bug_created_at, bugzilla_tag_status, bugzilla_tag_setter, \
                 bugzilla_bug_severity, bugzilla_bug_priority, bugzilla_bug_status, \
                 bugzilla_bug_resolution"
            ),
            [
                "1 | bug 1 | 2026-01-11T00:00:00Z | qe-verify | 2026-01-10T00:00:00Z | + | \
              ann@example.org | S2 | P1 | RESOLVED | FIXED"
            ]
        );
        let day = |day: &str, query: &str, waiting: i64| json!({ "snapshot_date": day, "row_key": format!("here,{query}"), "query": query, "waiting": waiting });
        let days = json!([
            day("2026-02-01", "qe-verify", 1),
            day("2026-02-01", "desktop-found-bugs", 1),
            day("2026-02-02", "qe-verify", 0),
        ]);
        story.put("qe_verify_snapshots", days);
        assert_eq!(
            story.rows(
                "report_bugzilla_qe_needed_count",
                "created_at, bugzilla_total_qa_needed"
            ),
            ["2026-02-01 | 1", "2026-02-02 | 0"]
        );
    });
}

/// Issue 1 has everything, issue 2 nothing, and is a part of it.
fn issues(story: &mut Story) {
    let at = "2026-01-02T03:04:05Z";
    story.put(
        "jira_issues",
        json!([
            {
                "issue_id": 1, "issue_key": "QA-1", "project_key": "QA", "project_name": "Quality",
                "summary": "one", "issue_type": "Story", "status": "Open", "priority": "P1",
                "assignee": "Ann", "assignee_email": "ann@example.org", "reporter": "Bob",
                "reporter_email": "bob@example.org", "labels": "moved,qa-later", "created_at": at,
                "updated_at": at, "status_changed_at": at,
            },
            {
                "issue_id": 2, "issue_key": "QA-2", "summary": "two", "parent_id": 1,
                "parent_key": "QA-1", "issue_type": "Sub-task", "created_at": at,
            },
        ]),
    );
    let found = [
        "story_points=0.5",
        "release_train=Firefox 147",
        "release_number=147",
        "engineering_team=Mobile",
        "tested_trains=c147",
        "p.product#0=Firefox",
        "p.product#1=Fenix",
        "timeline=prev. Fx146",
        "outcome.verified=moved",
        "outcome.qa_not_actionable#1=qa-later",
        "trains.tested_nightly=147",
    ];
    story.found("jira_issues", "1", &found);
    let subtask =
        |id: i64, key: &str| json!({ "issue_id": 1, "subtask_id": id, "subtask_key": key });
    story.put(
        "jira_issue_subtasks",
        json!([subtask(2, "QA-3"), subtask(3, "QA-2")]),
    );
    let link = |id: i64, other: &str| json!({ "issue_id": 1, "link_id": id, "other_key": other });
    story.put("jira_issue_links", json!([link(1, "Y-2"), link(2, "X-1")]));
    for query in [
        "qa-requests-desktop",
        "qa-request-work",
        "vendor-filed",
        "vendor-supported",
    ] {
        let part = format!("query={query}");
        story.read("issues", &part, "2026-02-01T06:00:00Z");
        story.members("issues", &part, &[1, 2]);
    }
}

#[test]
fn requests_have_their_old_columns_and_null_where_nobody_has_said() {
    everywhere(|story| {
        issues(story);
        assert_eq!(
            story.rows(
                "report_jira_qa_requests_desktop",
                "jira_key, jira_summary, jira_status, jira_assignee_username, \
                 jira_reporter_username, jira_priority, jira_issue_type, jira_labels, \
                 jira_subtasks, jira_story_points, jira_target_release, jira_engineering_team, \
                 jira_tested_trains, jira_product, jira_timeline, created_at"
            ),
            [
                "QA-1 | one | Open | ann@example.org | bob@example.org | P1 | Story | \
                 moved,qa-later | QA-2,QA-3 | 0.50 | Firefox 147 | Mobile | c147 | Firefox | \
                 prev. Fx146 | 2026-02-01T06:00:00Z",
                "QA-2 | two | - | Not Assigned | - | - | Sub-task | - | - | - | - | - | - | - | - | \
                 2026-02-01T06:00:00Z",
            ]
        );
        assert_eq!(
            story.rows(
                "report_jira_qa_requests_new_issue_types",
                "jira_key, jira_firefox_release_train, jira_story_points, jira_tested_train, \
                 jira_issue_type, jira_parent_link"
            ),
            [
                "QA-1 | Firefox 147 | 0.50 | c147 | Story | -",
                "QA-2 | - | - | - | Sub-task | QA-1"
            ]
        );
        assert_eq!(
            story.rows(
                "v_issue_values",
                "row_key, story_points, release_number, product, products, qa_wontfix"
            ),
            ["1 | 0.50 | 147 | Firefox | Fenix,Firefox | false"]
        );
        assert_eq!(
            story.rows("v_feature_marks", "issue_id, mark, release_number"),
            ["1 | tested_nightly | 147"]
        );
        assert_eq!(story.rows("v_query_issues", "query, issue_key").len(), 8);
        let gone = json!([{ "issue_id": 1, "_gone_at": "2026-02-01", "_gone": "deleted" }]);
        story.put("jira_issues", gone);
        assert_eq!(story.rows("v_issue_values", "row_key"), [""; 0]);
    });
}

#[test]
fn a_request_that_somebody_works_on_is_assigned_where_people_are_left_out() {
    everywhere(|story| {
        issues(story);
        story.members("issues", "query=qa-requests", &[1, 2]);
        story.put(
            "jira_issues",
            json!([
                { "issue_id": 1, "issue_key": "QA-1", "is_assigned": true },
                { "issue_id": 2, "issue_key": "QA-2", "is_assigned": false },
            ]),
        );
        for view in [
            "report_jira_qa_requests",
            "report_jira_qa_requests_desktop",
            "report_jira_qa_requests_new_issue_types",
        ] {
            let rows = story.rows(view, "jira_key, jira_assignee_username");
            assert_eq!(rows, ["QA-1 | -", "QA-2 | Not Assigned"], "{view}");
        }
    });
}

#[test]
fn issues_of_the_vendor_have_a_flag_for_each_meaning_of_a_label() {
    everywhere(|story| {
        issues(story);
        let columns = "jira_key, jira_project_key, jira_project_name, jira_reporter_name, \
            jira_reporter_username, jira_label_verified, jira_label_wontfix, \
            jira_label_duplicate, jira_label_invalid, jira_label_qa_not_actionable, \
            jira_status_changed_at";
        let rows = [
            "QA-1 | QA | Quality | Bob | bob@example.org | true | false | false | false | true | \
             2026-01-02T03:04:05Z",
            "QA-2 | - | - | - | - | false | false | false | false | false | -",
        ];
        assert_eq!(
            story.rows("report_jira_softvision_issues_qa_teams", columns),
            rows
        );
        assert_eq!(
            story.rows("report_jira_softvision_issues_other_teams", columns),
            rows
        );
        assert_eq!(
            story.rows(
                "report_jira_softvision_issues_qa_teams",
                "jira_key, jira_linked_issues"
            ),
            ["QA-1 | X-1,Y-2", "QA-2 | -"]
        );
    });
}

#[test]
fn what_needed_qa_is_a_row_a_day() {
    everywhere(|story| {
        let day = |day: &str, query: &str, total: i64| {
            json!({
                "snapshot_date": day, "row_key": format!("here,{query}"), "query": query,
                "total": total, "verified": 0, "not_verified": total,
            })
        };
        let days = json!([
            day("2026-02-01", "ios-qa-needed", 3),
            day("2026-02-01", "other", 9),
            day("2026-02-02", "ios-qa-needed", 0),
        ]);
        story.put("qa_needed_snapshots", days);
        assert_eq!(
            story.rows(
                "report_jira_qa_needed",
                "created_at, jira_total_qa_needed, jira_qa_needed_verified_nightly, \
                 jira_qa_needed_not_verified"
            ),
            ["2026-02-01 | 3 | 0 | 3", "2026-02-02 | 0 | 0 | 0"]
        );
    });
}

#[test]
fn hours_of_a_family_are_there_though_the_filter_finds_one_part_of_it() {
    everywhere(|story| {
        let issue = |id: i64, parent: Value| {
            json!({
                "issue_id": id, "issue_key": format!("QATT-{id}"), "summary": format!("about {id}"),
                "parent_key": parent, "parent_id": if parent.is_null() { json!(null) } else { json!(1) },
                "parent_summary": "about 1",
            })
        };
        story.put(
            "jira_issues",
            json!([
                issue(1, json!(null)),
                issue(2, json!("QATT-1")),
                issue(3, json!("QATT-1")),
                issue(4, json!(null)),
            ]),
        );
        let logs: Vec<_> = (1..=5)
            .map(|id| {
                json!({
                    "worklog_id": id, "issue_id": id, "author": "Ann", "seconds": id * 60,
                    "started_at": "2026-01-31T23:30:00Z", "comment": "",
                })
            })
            .collect();
        story.put("jira_worklogs", logs.into());
        story.members("issues", "query=vendor-time", &[2]);
        assert_eq!(
            story.rows(
                "report_jira_softvision_worklogs",
                "parent_key, child_key, time_spent_seconds"
            ),
            [
                "QATT-1 | QATT-2 | 120",
                "QATT-1 | QATT-3 | 180",
                "QATT-1 | - | 60"
            ]
        );
        assert_eq!(
            story.rows("v_worklogs", "worklog_id, family_key, month, day, comment"),
            [
                "1 | QATT-1 | 2026-01-01 | 2026-01-31 | -",
                "2 | QATT-1 | 2026-01-01 | 2026-01-31 | -",
                "3 | QATT-1 | 2026-01-01 | 2026-01-31 | -",
                "4 | QATT-4 | 2026-01-01 | 2026-01-31 | -",
                "5 | - | 2026-01-01 | 2026-01-31 | -",
            ]
        );
    });
}

#[test]
fn coverage_and_users_are_rows_of_a_day() {
    everywhere(|story| {
        let group = |day: &str, status: Value| {
            json!({
                "snapshot_date": day, "row_key": format!("here,17,1,-,{status},-,false"), "project_id": 17,
                "suite_id": 1, "automation_status_id": status, "tae": false, "cases": 2,
            })
        };
        story.put(
            "coverage_snapshots",
            json!([
                group("2026-02-01", json!(4)),
                group("2026-02-01", json!(null))
            ]),
        );
        assert_eq!(
            story.rows(
                "report_test_case_coverage",
                "created_at, projects_id, testrail_test_suites_id, test_sub_suites_id, \
                 test_automation_status_id, test_automation_coverage_id, test_automation_tae, \
                 test_count"
            ),
            [
                "2026-02-01 | 17 | 1 | - | 4 | - | false | 2",
                "2026-02-01 | 17 | 1 | - | - | - | false | 2"
            ]
        );
        let user = |id: i64, gone: Value| {
            json!({
                "user_id": id, "name": format!("Tester {id}"), "email": format!("t{id}@example.org"),
                "is_active": true, "role": "Lead", "_gone_at": gone,
            })
        };
        story.put(
            "testrail_users",
            json!([user(1, json!(null)), user(2, json!("2026-02-02"))]),
        );
        let day = |day: &str, id: i64, active: bool| json!({ "snapshot_date": day, "row_key": format!("here,{id}"), "user_id": id, "is_active": active, "role": "Lead" });
        story.put(
            "testrail_user_snapshots",
            json!([
                day("2026-02-01", 1, true),
                day("2026-02-01", 2, false),
                day("2026-02-02", 1, true)
            ]),
        );
        assert_eq!(
            story.rows(
                "report_testrail_users",
                "created_at, name, email, status, role"
            ),
            [
                "2026-02-01 | Tester 1 | t1@example.org | active | Lead",
                "2026-02-01 | Tester 2 | t2@example.org | inactive | Lead",
                "2026-02-02 | Tester 1 | t1@example.org | active | Lead",
            ]
        );
        assert_eq!(
            story.rows("v_testrail_users", "user_id, name, is_active, role"),
            ["1 | Tester 1 | true | Lead"]
        );
    });
}

#[test]
fn lists_that_were_entered_by_hand_are_those_of_testrail() {
    everywhere(|story| {
        story.put(
            "testrail_projects",
            json!([{ "project_id": 17, "name": "Firefox" }]),
        );
        story.put(
            "testrail_suites",
            json!([
                { "suite_id": 1, "project_id": 17, "name": "Smoke" },
                { "suite_id": 2, "project_id": 17, "name": "gone", "_gone_at": "2026-01-01" },
            ]),
        );
        let status = |id: i64, name: &str, label: &str| json!({ "status_id": id, "name": name, "label": label });
        story.put("testrail_statuses", json!([status(1, "passed", "Passed")]));
        let names = ["automation_status", "automation_coverage", "sub_suite"];
        let fields = (1..).zip(names).map(|(id, name)| {
            json!({ "field_id": id, "system_name": format!("custom_{name}"), "name": name })
        });
        story.put("testrail_case_fields", fields.collect::<Vec<_>>().into());
        story.parameters(&[
            ("automation_status_field", "custom_automation_status"),
            ("automation_coverage_field", "custom_automation_coverage"),
            ("sub_suite_field", "custom_sub_suite"),
        ]);
        let options = (1..).zip(["Completed", "Full", "Toolbar"]).map(|(id, label)| {
            json!({
                "field_id": id, "config_id": "all", "ordinal": 0, "option_id": id * 10, "label": label,
                "is_global": true, "project_ids": "",
            })
        });
        story.put("testrail_field_options", options.collect::<Vec<_>>().into());
        assert_eq!(
            story.rows(
                "test_suites",
                "testrail_project_id, testrail_test_suites_id, test_suite_name"
            ),
            ["17 | 1 | Smoke"]
        );
        assert_eq!(
            story.rows(
                "test_run_result_types",
                "testrail_id, result_type_abbrev, result_type"
            ),
            ["1 | passed | Passed"]
        );
        assert_eq!(
            story.rows("test_automation_status", "testrail_id, status"),
            ["10 | Completed"]
        );
        assert_eq!(
            story.rows("test_automation_coverage", "testrail_id, coverage"),
            ["20 | Full"]
        );
        assert_eq!(
            story.rows(
                "test_sub_suites",
                "testrail_id, test_sub_suite, test_sub_suite_abbrev"
            ),
            ["30 | Toolbar | Toolbar"]
        );
        assert_eq!(
            story
                .rows("v_case_options", "project_id, field, option_id, label")
                .len(),
            3
        );
    });
}

//! TestRail: coverage, plans and runs, the reliability of tests, sign-off, users.

use serde_json::{Value, json};

use super::{Story, everywhere};

fn projects(story: &mut Story) {
    story.put(
        "testrail_projects",
        json!([{ "project_id": 17, "name": "Firefox Desktop" }]),
    );
    story.put(
        "projects",
        json!([{ "project": "firefox-desktop", "title": "Firefox" }]),
    );
    story.put(
        "project_sources",
        json!([{ "project": "firefox-desktop", "scope": "17" }]),
    );
}

/// Suite 1 has five cases, suite 2 has none. Case 1 is automated and of two sub-suites, 2 is
/// suitable, 3 unsuitable, 4 has no status and no sub-suite, 5 is automated in no sub-suite.
fn coverage(story: &mut Story) {
    projects(story);
    story.parameters(&[
        ("automation_status_field", "custom_automation_status"),
        ("automation_coverage_field", "custom_automation_coverage"),
        ("automated", "Completed"),
        ("suitable", "Suitable"),
        ("unsuitable", "Unsuitable"),
    ]);
    story.put(
        "testrail_suites",
        json!([
            { "suite_id": 1, "project_id": 17, "name": "Smoke" },
            { "suite_id": 2, "project_id": 17, "name": "Empty" },
        ]),
    );
    let cases: Vec<_> = (1..=5)
        .map(|id| json!({ "case_id": id, "project_id": 17, "suite_id": 1, "title": format!("case {id}") }))
        .collect();
    story.put("testrail_cases", cases.into());
    story.put("testrail_case_fields", json!([
        { "field_id": 7, "system_name": "custom_automation_status", "name": "automation_status" },
    ]));
    let option = |n: i64, label: &str, global: bool, projects: &str| {
        json!({
            "field_id": 7, "config_id": if global { "all" } else { "some" }, "ordinal": n,
            "option_id": n, "label": label, "is_global": global, "project_ids": projects,
        })
    };
    story.put(
        "testrail_field_options",
        json!([
            option(2, "Suitable", true, ""),
            option(3, "Unsuitable", true, ""),
            option(4, "Completed", false, "5,17"),
            // Of another project, whose number ends alike.
            option(5, "Completed", false, "117"),
        ]),
    );
    for (case, found) in [
        (
            "1",
            vec![
                "automation_status=4",
                "sub_suite#0=1",
                "sub_suite#1=3",
                "automation_coverage=1",
            ],
        ),
        ("2", vec!["automation_status=2", "sub_suite=1"]),
        (
            "3",
            vec!["automation_status=3", "sub_suite=1", "labels.tae=TAE"],
        ),
        ("5", vec!["automation_status=4"]),
    ] {
        story.found("testrail_cases", case, &found);
    }
}

#[test]
fn coverage_keeps_cases_without_a_value_as_groups_and_counts_a_case_in_each_of_its_sub_suites() {
    everywhere(|story| {
        coverage(story);
        assert_eq!(
            story.rows(
                "v_coverage",
                "sub_suite_id, automation_status_id, automation_coverage_id, tae, cases"
            ),
            [
                "1 | 2 | - | false | 1",
                "1 | 3 | - | true | 1",
                "1 | 4 | 1 | false | 1",
                "3 | 4 | 1 | false | 1",
                "- | 4 | - | false | 1",
                "- | - | - | false | 1",
            ]
        );
        assert_eq!(
            story.rows(
                "v_case_automation",
                "case_id, automation_status, automation, tae"
            ),
            [
                "1 | Completed | automated | false",
                "2 | Suitable | suitable | false",
                "3 | Unsuitable | unsuitable | true",
                "4 | - | untriaged | false",
                "5 | Completed | automated | false",
            ]
        );
        assert_eq!(
            story.rows("v_testrail_projects", "project_id, name, project, title"),
            ["17 | Firefox Desktop | firefox-desktop | Firefox"]
        );
    });
}

#[test]
fn a_suite_says_how_many_cases_it_has_beside_how_often_they_stand_in_sub_suites() {
    everywhere(|story| {
        coverage(story);
        assert_eq!(
            story.rows(
                "v_coverage_suites",
                "suite, project, cases, placements, automated, suitable, unsuitable, untriaged, \
                 automated_percent, automatable_percent"
            ),
            [
                "Empty | firefox-desktop | 0 | 0 | 0 | 0 | 0 | 0 | - | -",
                "Smoke | firefox-desktop | 5 | 6 | 2 | 1 | 1 | 1 | 40.00 | 66.67",
            ]
        );
    });
}

#[test]
fn the_trend_is_the_difference_to_the_day_before_that_was_kept() {
    everywhere(|story| {
        coverage(story);
        let day = |day: &str, cases: i64, automated: i64| {
            json!({
                "snapshot_date": day, "row_key": "here,1", "project_id": 17, "suite_id": 1,
                "cases": cases, "automated": automated, "suitable": 0, "unsuitable": 0, "untriaged": 0,
            })
        };
        story.put(
            "coverage_suite_snapshots",
            json!([
                day("2026-01-01", 4, 1),
                day("2026-01-03", 4, 3),
                day("2026-01-04", 0, 0),
            ]),
        );
        assert_eq!(
            story.rows(
                "v_coverage_trend",
                "snapshot_date, suite, cases, automated_percent, automated_change"
            ),
            [
                "2026-01-01 | Smoke | 4 | 25.00 | -",
                "2026-01-03 | Smoke | 4 | 75.00 | 2",
                "2026-01-04 | Smoke | 0 | - | -3",
            ]
        );
    });
}

fn counts(mut row: Value, counts: [i64; 5]) -> Value {
    let names = ["passed", "failed", "blocked", "retest", "untested"];
    for (name, count) in names.iter().zip(counts) {
        row[format!("{name}_count")] = count.into();
    }
    row
}

fn plans(story: &mut Story) {
    projects(story);
    let plan = |id: i64| {
        json!({
            "plan_id": id, "project_id": 17, "name": "Automated testing", "created_on": "2026-01-04T23:00:00Z",
            "completed_on": "2026-01-05T01:00:00Z", "is_completed": true, "custom_status1_count": 2,
        })
    };
    // Plans of the same name.
    story.put(
        "testrail_plans",
        json!([
            counts(plan(1), [6, 2, 1, 0, 3]),
            counts(plan(2), [0, 0, 0, 0, 4]),
        ]),
    );
    let run = |id: i64, plan: Value| {
        json!({
            "run_id": id, "project_id": 17, "plan_id": plan, "suite_id": 1, "name": "Smoke",
            "created_on": "2026-01-05T00:00:00Z", "custom_status1_count": 2,
        })
    };
    story.put(
        "testrail_runs",
        json!([
            counts(run(10, json!(1)), [6, 2, 1, 0, 3]),
            counts(run(11, json!(null)), [1, 0, 0, 0, 0]),
        ]),
    );
    story.found("testrail_plans", "1", &["plan_type=beta"]);
    story.found("testrail_plans", "2", &["plan_type=beta"]);
    story.found("testrail_runs", "10", &["run_category=Smoke"]);
}

#[test]
fn the_total_of_a_plan_and_of_its_runs_is_the_same_notion_with_untested_ones() {
    everywhere(|story| {
        plans(story);
        assert_eq!(
            story.rows(
                "v_plans",
                "plan_id, plan_type, passed, untested, other, total, pass_percent"
            ),
            [
                "1 | beta | 6 | 3 | 2 | 14 | 75.00",
                "2 | beta | 0 | 4 | 2 | 6 | -"
            ]
        );
        assert_eq!(
            story.rows(
                "v_runs",
                "run_id, plan_id, plan_type, category, total, pass_percent"
            ),
            [
                "10 | 1 | beta | Smoke | 14 | 75.00",
                "11 | - | - | - | 3 | 100.00"
            ]
        );
        // Plans of the same name are all there; a run stands once.
        assert_eq!(
            story.rows(
                "report_testrail_test_plans",
                "testrail_plan_id, test_case_total_count"
            ),
            ["1 | 14", "2 | 6"]
        );
        assert_eq!(
            story.rows(
                "report_testrail_test_runs",
                "testrail_run_id, plan_id, category"
            ),
            ["10 | 1 | Smoke"]
        );
    });
}

/// Case 5 in three runs: passed, failed, passed, then blocked and untested in the last; a
/// comment says nothing. Case 6 failed once.
fn results(story: &mut Story) {
    plans(story);
    story.put(
        "testrail_statuses",
        json!([
            { "status_id": 1, "label": "Passed" }, { "status_id": 2, "label": "Blocked" },
            { "status_id": 4, "label": "Retest" }, { "status_id": 5, "label": "Failed" },
        ]),
    );
    story.put(
        "testrail_tests",
        json!([
            { "test_id": 100, "run_id": 10, "case_id": 5, "title": "opens" },
            { "test_id": 101, "run_id": 11, "case_id": 5, "title": "opens" },
            { "test_id": 102, "run_id": 10, "case_id": 6, "title": "closes" },
        ]),
    );
    let result = |id: i64, test: i64, status: Value, day: i64, seconds: Value| {
        json!({
            "result_id": id, "project_id": 17, "run_id": if test == 101 { 11 } else { 10 }, "test_id": test,
            "status_id": status, "created_on": format!("2026-01-{day:02}T10:00:00Z"),
            "elapsed_seconds": seconds, "created_by": 976,
        })
    };
    story.put(
        "testrail_results",
        json!([
            result(1, 100, json!(1), 5, json!(60)),
            result(2, 100, json!(5), 6, json!(null)),
            result(3, 101, json!(1), 12, json!(3_720)),
            result(4, 101, json!(2), 13, json!(null)),
            result(5, 100, json!(null), 14, json!(null)),
            result(6, 102, json!(4), 6, json!(10)),
        ]),
    );
}

#[test]
fn of_tests_that_always_fail_those_that_failed_more_than_once_are_the_least_reliable() {
    everywhere(|story| {
        results(story);
        story.put(
            "testrail_tests",
            json!([{ "test_id": 103, "run_id": 10, "case_id": 7, "title": "waits" }]),
        );
        let failed = |id: i64| {
            json!({
                "result_id": id, "project_id": 17, "run_id": 10, "test_id": 103, "status_id": 5,
                "created_on": format!("2026-01-{id:02}T10:00:00Z"), "created_by": 976,
            })
        };
        story.put("testrail_results", json!([failed(20), failed(21)]));
        assert_eq!(
            story.rows("v_least_reliable_tests", "place, case_id, flip_percent"),
            ["1 | 7 | 0.00", "2 | 6 | -", "3 | 5 | 100.00"]
        );
    });
}

#[test]
fn the_health_of_a_test_counts_each_result_once_and_only_those_that_say_something() {
    everywhere(|story| {
        results(story);
        assert_eq!(
            story.rows(
                "v_test_health",
                "case_id, title, results, scored, passed, pass_percent, flips, flip_percent, \
                 average_seconds, last_seconds, last_status, status_2, status_3, status_4, status_5"
            ),
            [
                "5 | opens | 4 | 3 | 2 | 66.67 | 2 | 100.00 | 1890.00 | - | Blocked | Passed | Failed | Passed | -",
                "6 | closes | 1 | 1 | 0 | 0.00 | 0 | - | 10.00 | 10 | Retest | - | - | - | -",
            ]
        );
        story.put(
            "testrail_suites",
            json!([{ "suite_id": 1, "project_id": 17, "name": "Smoke" }]),
        );
        story.read("results", "run_id=10", "2026-01-15T06:00:00Z");
        assert_eq!(
            story.rows(
                "report_testrail_test_health",
                "testrail_case_id, testrail_project_id, testrail_case_name, testrail_suite_name, \
                 num_executions, avg_runtime, pass_rate, most_recent_timestamp, \
                 most_recent_runtime, most_recent_status, status_history_1, status_history_2, \
                 status_history_3, status_history_4, created_on"
            ),
            [
                "5 | 17 | opens | Smoke | 3 | 1890.00 | 0.67 | 2026-01-13T10:00:00Z | - | Blocked | \
                 Passed | Failed | Passed | - | 2026-01-15T06:00:00Z",
                "6 | 17 | closes | Smoke | 1 | 10.00 | 0.00 | 2026-01-06T10:00:00Z | 10 | Retest | - | \
                 - | - | - | 2026-01-15T06:00:00Z",
            ]
        );
        assert_eq!(
            story.rows("v_longest_tests", "place, case_id"),
            ["1 | 5", "2 | 6"]
        );
        assert_eq!(
            story.rows("v_least_reliable_tests", "place, case_id"),
            ["1 | 6", "2 | 5"]
        );
        assert_eq!(
            story.rows("v_last_statuses", "case_id, nth, status"),
            [
                "5 | 1 | Blocked",
                "5 | 2 | Passed",
                "5 | 3 | Failed",
                "5 | 4 | Passed",
                "6 | 1 | Retest"
            ]
        );
    });
}

#[test]
fn only_results_of_automation_count_where_the_configuration_names_its_users() {
    everywhere(|story| {
        results(story);
        story.parameters(&[("automation_user", "970")]);
        assert_eq!(story.rows("v_test_health", "case_id"), [""; 0]);
    });
}

#[test]
fn the_results_of_the_newest_plan_of_each_type_are_there_with_untimed_ones() {
    everywhere(|story| {
        results(story);
        story.put(
            "testrail_plans",
            json!([{ "plan_id": 2, "project_id": 17, "_gone_at": "2026-01-06" }]),
        );
        // A comment without a status is no result.
        assert_eq!(
            story.rows(
                "v_results",
                "result_id, case_id, run_category, status, scored, passed"
            ),
            [
                "1 | 5 | Smoke | Passed | 1 | 1",
                "2 | 5 | Smoke | Failed | 1 | 0",
                "3 | 5 | - | Passed | 1 | 1",
                "4 | 5 | - | Blocked | 0 | 0",
                "6 | 6 | Smoke | Retest | 1 | 0",
            ]
        );
        assert_eq!(
            story.rows(
                "v_latest_plan_results",
                "result_id, plan_id, plan_type, case_id"
            ),
            ["1 | 1 | beta | 5", "2 | 1 | beta | 5", "6 | 1 | beta | 6"]
        );
        assert_eq!(
            story.rows(
                "report_testrail_test_results",
                "id, type, status_id, elapsed, testrail_created_on"
            ),
            [
                "1 | beta | 1 | 60 | 2026-01-05",
                "2 | beta | 5 | - | 2026-01-06",
                "6 | beta | 4 | 10 | 2026-01-06"
            ]
        );
    });
}

#[test]
fn a_week_begins_on_monday_in_utc() {
    everywhere(|story| {
        results(story);
        assert_eq!(
            story.rows(
                "v_throughput_weekly",
                "week, plans_created, plans_completed, runs_created, runs_completed, results, passed, failed"
            ),
            ["2025-12-29 | 2 | 0 | 0 | 0 | 0 | 0 | 0", "2026-01-05 | 0 | 2 | 2 | 0 | 3 | 1 | 1", "2026-01-12 | 0 | 0 | 0 | 0 | 2 | 1 | 0"]
        );
    });
}

#[test]
fn a_build_keeps_its_whole_version_and_a_milestone_without_sign_off_is_there() {
    everywhere(|story| {
        projects(story);
        story.put("testrail_milestones", json!([
            { "milestone_id": 1, "project_id": 17, "name": "Build Validation sign-off - Firefox 142.0.1", "is_completed": true },
            { "milestone_id": 2, "project_id": 17, "name": "Sprint", "parent_id": 1 },
        ]));
        story.put("extracts", json!([
            { "table_name": "testrail_milestones", "row_key": "1", "rule": "v", "name": "build_version",
              "ordinal": 0, "value": "142.0.1", "number": 142.0 },
        ]));
        story.found("testrail_milestones", "1", &["testing_status=GREEN"]);
        assert_eq!(
            story.rows(
                "v_builds_verified",
                "milestone_id, parent_id, project, testing_status, build_version, release_number"
            ),
            [
                "1 | - | firefox-desktop | GREEN | 142.0.1 | 142",
                "2 | 1 | firefox-desktop | - | - | -"
            ]
        );
        assert_eq!(
            story.rows(
                "report_testrail_milestones",
                "testrail_milestone_id, is_completed, build_version"
            ),
            ["1 | true | 142.0.1", "2 | - | -"]
        );
    });
}

#[test]
fn a_sign_off_has_the_runs_of_its_milestone_and_what_did_not_pass_in_them() {
    everywhere(|story| {
        projects(story);
        story.put("testrail_milestones", json!([
            { "milestone_id": 1, "project_id": 17, "name": "Build Validation sign-off - Firefox 142.0.1" },
            { "milestone_id": 2, "project_id": 17, "name": "Sprint" },
        ]));
        story.found("testrail_milestones", "1", &["build_version=142.0.1"]);
        story.put(
            "testrail_plans",
            json!([{ "plan_id": 1, "project_id": 17, "milestone_id": 1, "name": "Full" }]),
        );
        story.put("testrail_runs", json!([
            { "run_id": 1, "project_id": 17, "plan_id": 1, "name": "Smoke", "config": "Pixel 9",
              "passed_count": 1, "failed_count": 1, "blocked_count": 0, "retest_count": 0, "untested_count": 2 },
            { "run_id": 2, "project_id": 17, "milestone_id": 1, "name": "By hand" },
            { "run_id": 3, "project_id": 17, "milestone_id": 2, "name": "Other" },
            { "run_id": 4, "project_id": 17, "name": "None" },
        ]));
        story.put(
            "testrail_statuses",
            json!([
                { "status_id": 1, "label": "Passed" }, { "status_id": 5, "label": "Failed" },
                { "status_id": 3, "label": "Untested" },
            ]),
        );
        story.put(
            "testrail_tests",
            json!([{ "test_id": 10, "run_id": 1, "case_id": 7, "title": "Opens" }]),
        );
        story.put("testrail_results", json!([
            // Failed at last, with a comment behind it.
            { "result_id": 1, "run_id": 1, "test_id": 10, "status_id": 1, "created_on": "2026-01-05" },
            { "result_id": 2, "run_id": 1, "test_id": 10, "status_id": 5, "created_on": "2026-01-06", "defects": "BUG-1" },
            { "result_id": 3, "run_id": 1, "test_id": 10, "created_on": "2026-01-07" },
            // Passed at last, is untested, belongs to another milestone.
            { "result_id": 4, "run_id": 1, "test_id": 11, "status_id": 5, "created_on": "2026-01-05" },
            { "result_id": 5, "run_id": 1, "test_id": 11, "status_id": 1, "created_on": "2026-01-06" },
            { "result_id": 6, "run_id": 2, "test_id": 12, "status_id": 3, "created_on": "2026-01-06" },
            { "result_id": 7, "run_id": 3, "test_id": 13, "status_id": 5, "created_on": "2026-01-06" },
        ]));
        assert_eq!(
            story.rows(
                "v_signoff_runs",
                "run_id, build_version, plan, config, total, pass_percent"
            ),
            [
                "1 | 142.0.1 | Full | Pixel 9 | 4 | 50.00",
                "2 | 142.0.1 | - | - | - | -",
                "3 | - | - | - | - | -"
            ]
        );
        assert_eq!(
            story.rows(
                "v_signoff_results",
                "run_id, test_id, case_id, title, status, defects"
            ),
            [
                "1 | 10 | 7 | Opens | Failed | BUG-1",
                "3 | 13 | - | - | Failed | -"
            ]
        );
    });
}

//! TestRail: copies of runs, first pages, projects that wipe each other, coverage, health, time.

use serde_json::{Value, json};

use super::Scene;

/// Seconds since 1970 of an instant.
fn unix(at: &str) -> i64 {
    at.parse::<jiff::Timestamp>().unwrap().as_second()
}

fn project(id: u64) -> Value {
    json!({ "id": id, "name": format!("project {id}"), "suite_mode": 3, "is_completed": false })
}

fn suite(id: u64, project: u64) -> Value {
    json!({ "id": id, "project_id": project, "name": format!("suite {id}"), "is_completed": false })
}

pub(super) fn case(id: u64, suite: u64, fields: Value) -> Value {
    let mut case = json!({
        "id": id, "suite_id": suite, "title": format!("case {id}"), "is_deleted": 0,
        "created_on": unix("2026-10-01T00:00:00Z"), "updated_on": unix("2026-10-01T00:00:00Z"),
    });
    for (name, value) in fields.as_object().unwrap() {
        case[name] = value.clone();
    }
    case
}

fn plan(id: u64, project: u64, created: &str) -> Value {
    json!({
        "id": id, "project_id": project, "name": "Automated testing", "is_completed": false,
        "passed_count": 0, "blocked_count": 0, "untested_count": 0, "retest_count": 0,
        "failed_count": 0, "created_on": unix(created), "updated_on": unix(created),
    })
}

fn run(id: u64, plan: Option<u64>, created: &str) -> Value {
    json!({
        "id": id, "project_id": 17, "plan_id": plan, "entry_id": plan.map(|it| format!("entry-{it}")),
        "suite_id": 1, "name": "Smoke", "is_completed": false, "passed_count": 0,
        "blocked_count": 0, "untested_count": 0, "retest_count": 0, "failed_count": 0,
        "created_on": unix(created), "updated_on": unix(created),
    })
}

fn result(id: u64, test: u64, status: u64, created: &str, elapsed: Value) -> Value {
    json!({
        "id": id, "test_id": test, "status_id": status, "elapsed": elapsed, "created_by": 976,
        "created_on": unix(created), "_run": 10,
    })
}

fn scene(more: &str) -> Scene {
    let scene = Scene::new(&["testrail"], more);
    fill(&scene);
    scene
}

/// Project 17 with suite 1, a user and the statuses.
pub(super) fn fill(scene: &Scene) {
    scene.put("testrail.projects", [project(17)]);
    scene.put("testrail.suites", [suite(1, 17)]);
    scene.put("testrail.users", [user(1)]);
    let status =
        |id: u64, label: &str| json!({ "id": id, "name": label.to_lowercase(), "label": label });
    scene.put(
        "testrail.statuses",
        [
            status(1, "Passed"),
            status(2, "Blocked"),
            status(5, "Failed"),
        ],
    );
}

pub(super) fn user(id: u64) -> Value {
    json!({
        "id": id, "name": format!("Tester {id}"), "email": format!("tester{id}@example.org"),
        "is_active": true, "role_id": 1, "role": "Lead", "is_admin": true,
    })
}

/// The old pump compared ids of two kinds when it deleted: each day added a copy of the year's runs.
#[test]
fn a_run_of_a_plan_is_one_row_however_often_it_is_pulled() {
    let scene = scene(PLANS);
    scene.put("testrail.plans", [plan(3, 17, "2026-11-20T10:00:00Z")]);
    for (day, passed) in [("21", 1), ("22", 2), ("23", 3)] {
        scene.at(&format!("2026-11-{day}T07:00:00Z"));
        let mut run = run(10, Some(3), "2026-11-20T10:00:00Z");
        run["passed_count"] = passed.into();
        scene.put("testrail.runs", [run]);
        scene.pull("", 0);
        let expected = format!("10 | 3 | {passed}");
        assert_eq!(
            scene.rows("SELECT run_id, plan_id, passed FROM v_runs"),
            [expected.as_str()]
        );
        assert_eq!(
            scene.rows(
                "SELECT testrail_run_id, plan_id, test_case_passed_count FROM report_testrail_test_runs"
            ),
            [expected]
        );
    }
}

/// The old pump read the first 250 projects, users, plans and results and never said so.
#[test]
fn what_fills_more_than_a_page_is_read_to_its_end() {
    let scene = scene("");
    scene.put("testrail.projects", (1..=260).map(project));
    scene.put("testrail.users", (1..=251).map(user));
    scene.pull("testrail.projects testrail.users", 0);
    let count = |table: &str| scene.rows(&format!("SELECT count(*) FROM {table}"));
    assert_eq!(count("testrail_projects"), ["260"]);
    assert_eq!(count("testrail_users"), ["251"]);

    let plans = (1..=251).map(|id| plan(id, 17, "2026-11-20T10:00:00Z"));
    scene.put("testrail.plans", plans);
    scene.put("testrail.runs", [run(10, None, "2026-11-20T10:00:00Z")]);
    let runs = (1_000..1_250).map(|id| run(id, None, "2026-11-19T10:00:00Z"));
    scene.put("testrail.runs", runs);
    let tests = (1..=251).map(|id| json!({ "id": id, "case_id": 5, "run_id": 10, "status_id": 1 }));
    scene.put("testrail.tests", tests);
    let results = (1..=501).map(|id| result(id, 1, 1, "2026-11-20T11:00:00Z", Value::Null));
    scene.put("testrail.results", results);
    scene.configure(&["testrail"], "projects = [\"17\"]\n");
    scene.pull(
        "testrail.plans testrail.runs testrail.tests testrail.results",
        0,
    );
    assert_eq!(count("testrail_plans"), ["251"]);
    assert_eq!(count("testrail_runs"), ["251"]);
    assert_eq!(count("testrail_tests"), ["251"]);
    assert_eq!(count("testrail_results"), ["501"]);
}

/// What makes a plan one of those that the old reports had.
const PLANS: &str = "\
    [[extract]]\nname = \"plan_type\"\ntable = \"testrail_plans\"\nfrom = \"name\"\n\
    kind = \"category\"\ncategories = [{ name = \"other\", contains = [\"automated testing\"] }]\n";

const PROJECTS: &str = "\
    [project.desktop]\nsources = { testrail = [\"17\"] }\n\
    [project.mobile]\nsources = { testrail = [\"59\"] }\n";

/// The old pump wiped suites and milestones of all projects before it wrote those of one.
#[test]
fn a_pull_of_one_project_leaves_the_rows_of_the_others() {
    let scene = scene(PROJECTS);
    scene.put("testrail.projects", [project(59)]);
    scene.put("testrail.suites", [suite(2, 59)]);
    let milestone =
        |id: u64, project: u64| json!({ "id": id, "project_id": project, "name": "142.0" });
    scene.put("testrail.milestones", [milestone(1, 17), milestone(2, 59)]);
    for project in ["desktop", "mobile", "desktop"] {
        scene.pull(
            &format!("testrail.projects testrail.suites testrail.milestones --project {project}"),
            0,
        );
    }
    for table in ["suites", "milestones"] {
        assert_eq!(
            scene.rows(&format!(
                "SELECT project_id, _gone_at FROM testrail_{table} ORDER BY 1"
            )),
            ["17 | -", "59 | -"],
            "{table}"
        );
    }
}

const COVERAGE: &str = "\
    [[extract]]\nname = \"automation_status\"\ntable = \"testrail_cases\"\n\
    from = \"_extra.custom_automation_status\"\nkind = \"field\"\nas = \"number\"\n\
    [[extract]]\nname = \"automation_coverage\"\ntable = \"testrail_cases\"\n\
    from = \"_extra.custom_automation_coverage\"\nkind = \"field\"\nas = \"number\"\n\
    [[extract]]\nname = \"sub_suite\"\ntable = \"testrail_cases\"\n\
    from = \"_extra.custom_sub_test_suites\"\nkind = \"field\"\nas = \"multiselect\"\n";

/// The old pump appended coverage and users without a day or a key: a second run doubled them.
#[test]
fn the_counts_of_a_day_are_kept_once_and_the_next_day_has_its_own() {
    let scene = scene(COVERAGE);
    scene.put("testrail.cases", [case(1, 1, json!({}))]);
    scene.pull("", 0);
    scene.put("testrail.cases", [case(2, 1, json!({}))]);
    scene.at("2026-11-21T23:00:00Z");
    scene.pull("", 0);
    scene.at("2026-11-22T07:00:00Z");
    scene.put("testrail.users", [user(2)]);
    scene.pull("", 0);
    assert_eq!(
        scene.rows("SELECT snapshot_date, cases FROM coverage_snapshots ORDER BY 1"),
        ["2026-11-21 | 2", "2026-11-22 | 2"],
        "the last count of a day is that day's"
    );
    assert_eq!(
        scene.rows("SELECT snapshot_date, user_id FROM testrail_user_snapshots ORDER BY 1, 2"),
        ["2026-11-21 | 1", "2026-11-22 | 1", "2026-11-22 | 2"]
    );
}

/// The old pump kept running means: the results of an open run went into them again each week,
/// and a case whose first result said nothing ended the next run.
#[test]
fn each_result_counts_once_in_the_health_of_a_test_and_the_first_may_say_nothing() {
    let scene = scene("");
    scene.put("testrail.runs", [run(10, None, "2026-11-20T10:00:00Z")]);
    let test = json!({ "id": 100, "case_id": 5, "run_id": 10, "title": "opens", "status_id": 1 });
    scene.put("testrail.tests", [test]);
    let blocked = result(1, 100, 2, "2026-11-20T11:00:00Z", Value::Null);
    scene.put("testrail.results", [blocked]);
    let health = || {
        scene.rows(
            "SELECT results, scored, pass_percent, average_seconds, last_status FROM v_test_health",
        )
    };
    scene.pull("", 0);
    assert_eq!(health(), ["1 | 0 | - | - | Blocked"]);

    scene.put(
        "testrail.results",
        [
            result(2, 100, 1, "2026-11-20T12:00:00Z", json!("10s")),
            result(3, 100, 1, "2026-11-20T13:00:00Z", json!("20s")),
            result(4, 100, 5, "2026-11-20T14:00:00Z", json!("30s")),
        ],
    );
    for day in ["22", "23", "24"] {
        scene.at(&format!("2026-11-{day}T07:00:00Z"));
        scene.pull("", 0);
        assert_eq!(
            health(),
            ["4 | 3 | 66.66666666666667 | 20 | Failed"],
            "{day}"
        );
    }
    assert_eq!(
        scene
            .rows("SELECT num_executions, pass_rate FROM report_testrail_test_health")
            .len(),
        1
    );
}

/// The old pump deleted every character beyond the basic plane and cut or refused long texts.
#[test]
fn a_text_is_stored_whole_with_emoji_and_however_long_it_is() {
    let scene = scene("");
    let long = "Öffnet 🦊 𠮷 the 🏴‍☠️ page. ".repeat(400);
    let title = json!({ "title": "Reopens 🦊 𠮷野家 👩‍👩‍👧" });
    scene.put("testrail.cases", [case(1, 1, title)]);
    let milestone = json!({ "id": 1, "project_id": 17, "name": "142.0 🚂", "description": long });
    scene.put("testrail.milestones", [milestone]);
    scene.pull("", 0);
    assert_eq!(
        scene.rows("SELECT title FROM testrail_cases"),
        ["Reopens 🦊 𠮷野家 👩‍👩‍👧"]
    );
    assert_eq!(
        scene.rows("SELECT name, description FROM report_testrail_milestones"),
        [format!("142.0 🚂 | {long}")]
    );
}

/// The old pump left cases out that had no status, no coverage or an empty list of sub-suites.
#[test]
fn a_case_without_a_value_is_in_the_coverage_and_the_total_is_that_of_all_cases() {
    let scene = scene(COVERAGE);
    scene.put(
        "testrail.cases",
        [
            case(1, 1, json!({ "custom_automation_status": 4, "custom_automation_coverage": 2, "custom_sub_test_suites": [1, 3] })),
            case(2, 1, json!({ "custom_automation_status": null, "custom_automation_coverage": 2, "custom_sub_test_suites": [1] })),
            case(3, 1, json!({ "custom_automation_status": 4, "custom_automation_coverage": null, "custom_sub_test_suites": [] })),
            case(4, 1, json!({ "custom_automation_status": 4, "custom_sub_test_suites": null })),
            case(5, 1, json!({})),
        ],
    );
    scene.pull("", 0);
    assert_eq!(
        scene.rows(
            "SELECT sub_suite_id, automation_status_id, automation_coverage_id, cases
             FROM v_coverage ORDER BY 1, 2, 3"
        ),
        [
            "- | - | - | 1",
            "- | 4 | - | 2",
            "1 | - | 2 | 1",
            "1 | 4 | 2 | 1",
            "3 | 4 | 2 | 1"
        ]
    );
    assert_eq!(
        scene.rows("SELECT cases, placements FROM v_coverage_suites"),
        ["5 | 6"],
        "the case of two sub-suites is one case"
    );
}

/// The old pump's day was that of the machine, and its end was midnight: what came today was
/// missing until tomorrow, and a plan of the evening stood a day early or late.
#[test]
fn a_day_is_one_of_utc_wherever_the_machine_stands_and_today_belongs_to_it() {
    let mut stored = Vec::new();
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        let scene = scene(PLANS);
        scene.put(
            "testrail.plans",
            [
                plan(1, 17, "2026-11-19T23:59:59Z"),
                plan(2, 17, "2026-11-20T00:00:00Z"),
                plan(3, 17, "2026-11-21T06:30:00Z"),
            ],
        );
        scene.pull_in(
            zone,
            "testrail.projects testrail.plans --from 2026-11-20 --to 2026-11-21",
            0,
        );
        let plans = "SELECT testrail_plan_id, testrail_created_on FROM report_testrail_test_plans ORDER BY 1";
        assert_eq!(
            scene.rows(plans),
            ["2 | 2026-11-20", "3 | 2026-11-21"],
            "{zone}"
        );
        scene.pull_in(zone, "", 0);
        let kept = scene.rows("SELECT snapshot_date FROM testrail_user_snapshots");
        stored.push((scene.rows(plans), kept));
    }
    assert_eq!(stored[0], stored[1]);
    assert_eq!(stored[0].0[0], "1 | 2026-11-19");
    assert_eq!(stored[0].1, ["2026-11-21"]);
}

/// The old pump's total had untested tests for plans and not for runs; one of its two readers of
/// times knew only `1min 45sec`, and gave a result without a time that of the one before.
#[test]
fn there_is_one_notion_of_a_total_and_one_of_elapsed_time() {
    let scene = scene(PLANS);
    let counts = json!({ "passed_count": 6, "failed_count": 2, "blocked_count": 1, "retest_count": 1, "untested_count": 3 });
    let (mut plan, mut run) = (
        plan(3, 17, "2026-11-20T10:00:00Z"),
        run(10, Some(3), "2026-11-20T10:00:00Z"),
    );
    for (name, count) in counts.as_object().unwrap() {
        plan[name] = count.clone();
        run[name] = count.clone();
    }
    scene.put("testrail.plans", [plan]);
    scene.put("testrail.runs", [run]);
    let test = json!({ "id": 100, "case_id": 5, "run_id": 10, "status_id": 1 });
    scene.put("testrail.tests", [test]);
    let spans = [
        json!("1h 2m"),
        Value::Null,
        json!("1m 5s"),
        json!("1min 45sec"),
        json!("45s"),
        json!("2d 3h"),
    ];
    let results = (1..).zip(spans);
    let results = results.map(|(id, span)| result(id, 100, 1, "2026-11-20T11:00:00Z", span));
    scene.put("testrail.results", results);
    scene.pull("", 0);
    let totals = "SELECT 'plan', total FROM v_plans UNION ALL SELECT 'run', total FROM v_runs
                  UNION ALL SELECT 'old plan', test_case_total_count FROM report_testrail_test_plans
                  UNION ALL SELECT 'old run', test_case_total_count FROM report_testrail_test_runs";
    assert_eq!(
        scene.rows(totals),
        ["plan | 13", "run | 13", "old plan | 13", "old run | 13"]
    );
    // A day is eight hours of work, as TestRail has it.
    assert_eq!(
        scene.rows("SELECT result_id, elapsed_seconds FROM v_results ORDER BY 1"),
        [
            "1 | 3720",
            "2 | -",
            "3 | 65",
            "4 | 105",
            "5 | 45",
            "6 | 68400"
        ]
    );
}

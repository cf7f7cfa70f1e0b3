//! The table of the example: what each report type of testops-dashboard is here, and how many
//! rows it has of made-up data.

use std::fmt::Write as _;
use std::path::Path;

use qaduct_models::reports;
use qaduct_records::{Column, Query, Reader, Test, Value};

use super::{mozilla, pull, run, world_of};
use crate::Home;
use crate::stands::serve;

/// Records of the made-up services together, as `qaduct replay` has them by itself.
const RECORDS: usize = 5_000;

/// A report type, the command that fills it, and where its rows are: a view or table, a column
/// and its value where they are some of its rows.
type ReportType = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str, &'static str)],
);

#[rustfmt::skip]
const REPORT_TYPES: &[ReportType] = &[
    ("bitrise-builds", "pull bitrise", &[("v_builds", "", ""), ("v_build_health", "", "")]),
    ("bugzilla-desktop-bugs", "pull bmo", &[("v_query_bugs", "query", "desktop-found-bugs"), ("v_defects_by_release", "", "")]),
    ("bugzilla-desktop-overall-bugs", "pull bmo", &[("v_query_bugs", "query", "desktop-qa-work"), ("v_qa_work_by_release", "", "")]),
    ("bugzilla-desktop-release-flags-for-bugs", "pull bmo", &[("v_bug_release_flags", "", "")]),
    ("bugzilla-meta-bugs", "pull bmo", &[("v_meta_bugs", "root_id", "1935100")]),
    ("bugzilla-qe-verify", "pull bmo", &[("v_qe_verify", "", ""), ("v_qe_verify_counts", "", "")]),
    ("bugzilla-query-by-keyword", "pull bmo", &[("v_query_bugs", "query", "ui-test-found")]),
    ("confluence-build-validation", "publish page.sign-off-fenix", &[("v_signoff_runs", "", ""), ("v_signoff_results", "", "")]),
    ("confluence-updates", "publish page", &[]),
    ("github-issue-regression", "pull github", &[("github_issue_labels", "", "")]),
    ("github-issues", "pull github", &[("v_github_untriaged", "", ""), ("v_github_triage", "", "")]),
    ("jira-qa-needed", "pull jira", &[("v_qa_needed", "query", "ios-qa-needed"), ("qa_needed_snapshots", "", "")]),
    ("jira-qa-requests", "pull jira", &[("v_qa_requests", "query", "qa-requests"), ("v_qa_workload", "query", "qa-request-work")]),
    ("jira-qa-requests-desktop", "pull jira", &[("v_query_features", "query", "qa-requests-desktop"), ("v_query_features_by_release", "", "")]),
    ("jira-softvision-issues-other-teams", "pull jira", &[("v_query_issues", "query", "vendor-supported")]),
    ("jira-softvision-issues-qa-teams", "pull jira", &[("v_query_issues", "query", "vendor-filed")]),
    ("jira-softvision-worklogs", "pull jira", &[("v_query_worklogs", "query", "vendor-time"), ("v_query_hours_booked", "query", "vendor-time")]),
    ("sentry-issues", "pull sentry", &[("v_release_issues", "question", "for_review"), ("release_issue_snapshots", "question", "for_review")]),
    ("sentry-rates", "pull sentry", &[("v_live_releases", "", ""), ("v_release_health", "", "")]),
    ("sentry-unhandled-issues", "pull sentry", &[("v_release_issues", "question", "new")]),
    ("testrail-milestones", "pull testrail.milestones", &[("v_builds_verified", "", "")]),
    ("testrail-test-case-coverage", "pull testrail.cases", &[("v_coverage", "", ""), ("v_coverage_suites", "", ""), ("v_coverage_trend", "", "")]),
    ("testrail-test-health", "pull testrail.results", &[("v_test_health", "", ""), ("v_last_statuses", "", "")]),
    ("testrail-test-plans-and-runs", "pull testrail", &[("v_plans", "", ""), ("v_runs", "", ""), ("v_throughput_weekly", "", "")]),
    ("testrail-test-results", "pull testrail.results", &[("v_results", "", ""), ("v_latest_plan_results", "", "")]),
    ("testrail-users", "pull testrail.users", &[("v_testrail_users", "", ""), ("testrail_user_snapshots", "", "")]),
];

fn columns(relation: &str) -> Vec<Column> {
    let views = reports();
    match views.iter().find(|it| it.name == relation) {
        Some(view) => view.columns.clone(),
        None => super::table(relation).columns.to_vec(),
    }
}

/// The table, as the README of the example has it.
fn table(reader: &mut dyn Reader, pages: usize) -> String {
    let mut table = "| Old report type | Command | Rows |\n|---|---|---|\n".to_owned();
    for (name, command, relations) in REPORT_TYPES {
        let mut rows = Vec::new();
        for (relation, column, value) in *relations {
            let mut query = Query::of(*relation, columns(relation));
            let of = match *value {
                "" => String::new(),
                value => format!(" of `{value}`"),
            };
            if !column.is_empty() {
                let value = match value.parse::<i64>() {
                    Ok(number) => Value::Int(number),
                    Err(_) => (*value).into(),
                };
                query = query.filter(*column, Test::In(vec![value]));
            }
            let count = reader.count(&query).unwrap();
            assert!(count > 0, "{name}: {relation} is empty");
            rows.push(format!("{count} `{relation}`{of}"));
        }
        if rows.is_empty() {
            rows.push(format!("{pages} pages"));
        }
        let rows = rows.join(", ");
        writeln!(table, "| `{name}` | `qaduct {command}` | {rows} |").unwrap();
    }
    table
}

#[test]
fn the_readme_of_the_example_tells_the_rows_of_every_report_type() {
    let server = serve(world_of(RECORDS), &[]);
    let home = Home::new().file("work/qaduct.toml", &mozilla());
    pull(&home, &server, "qaduct.db");
    let first = run(&home, &server, "publish page");
    assert_eq!(first.status, Some(0), "{first}");
    let writes = server.counters().writes;
    let again = run(&home, &server, "publish page");
    let pages = again.stdout.matches("  unchanged  ").count();
    assert_eq!(server.counters().writes, writes, "{again}");
    assert_eq!(pages, 11, "{again}");

    let place = home.path("work/qaduct.db").display().to_string();
    let stored = qaduct_stores::open_existing(&place, None).unwrap();
    let told = table(stored.reader().unwrap().as_mut(), pages);
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/mozilla/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    assert!(readme.contains(&told), "the README is to hold:\n{told}");
}

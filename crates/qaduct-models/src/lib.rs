//! Views over the records, as SQL files with documented columns, and [`panel`]s over them.
//!
//! A view is a file in `views/`: a head of comments that documents it and its
//! columns, see `view.rs`, and one SELECT that every store can run. Reads no
//! database; stores create the views, in the order of the list below.

pub mod panel;
mod view;

use qaduct_records::report::{
    CoverageSnapshot, QaNeededSnapshot, QeVerifySnapshot, ReleaseIssueSnapshot, Snapshot,
    SuiteSnapshot, UserSnapshot,
};
use qaduct_records::{Row, TABLES, View};

pub use panel::{Every, Panel, PanelError, PanelKind};

/// The view of all mutes that ever were.
pub const MUTES: &str = "v_mutes";
/// The view of the mutes that are there now.
pub const MUTES_CURRENT: &str = "v_mutes_current";
/// The view of the newest runs without a failure.
pub const LAST_SUCCESS: &str = "v_last_success";

/// The view of how far each stream is.
pub const SOURCE_STATUS: &str = "v_source_status";

macro_rules! files {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../views/", $folder, $name, ".sql")))),*]
    };
}

/// All views by name, each behind those that it reads.
static FILES: Files = files!["":
    "v_mutes",
    "v_mutes_current",
    "v_mutes_changes",
    "v_mutes_history",
    "v_mutes_events",
    "v_mutes_weekly",
    "v_mutes_trend",
    "v_mutes_total",
    "v_branch_drift",
    "v_mutes_by_owner",
    "v_tickets",
    "v_last_success",
    "v_stream_runs",
    "v_source_status",
    "v_jobs",
];

/// Views over what was pulled, each behind those that it reads.
static REPORTS: Files = files!["reports/":
    "v_data_times",
    "v_release_days",
    "v_bug_values",
    "v_bugs",
    "v_query_bugs",
    "v_bug_release_flags",
    "v_bugs_found",
    "v_defects_by_release",
    "v_bugs_qa_work",
    "v_qa_work_by_release",
    "v_meta_bugs",
    "v_bugs_by_keyword",
    "v_qe_verify",
    "v_qe_verify_counts",
    "v_issue_values",
    "v_issues",
    "v_query_issues",
    "v_qa_needed",
    "v_qa_requests",
    "v_qa_workload",
    "v_feature_marks",
    "v_features",
    "v_features_by_release",
    "v_query_features",
    "v_query_features_by_release",
    "v_worklogs",
    "v_hours_booked",
    "v_query_worklogs",
    "v_query_hours_booked",
    "v_testrail_projects",
    "v_builds_verified",
    "v_case_options",
    "v_case_automation",
    "v_coverage",
    "v_coverage_suites",
    "v_coverage_trend",
    "v_plans",
    "v_runs",
    "v_signoff_runs",
    "v_signoff_results",
    "v_throughput_weekly",
    "v_results",
    "v_latest_plan_results",
    "v_test_health",
    "v_longest_tests",
    "v_least_reliable_tests",
    "v_last_statuses",
    "v_testrail_users",
    "v_github_untriaged",
    "v_github_triage",
    "v_github_triage_weekly",
    "v_workflow_runs",
    "v_workflow_health",
    "v_live_releases",
    "v_release_health",
    "v_release_issues",
    "v_sentry_issues",
    "v_builds",
    "v_build_health",
    "v_ci_tasks",
    "v_ci_health",
    "v_ci_flaky",
    "v_wiki_people",
    "v_wiki_edits",
    "v_wiki_pages",
    "v_wiki_editors",
    "v_wiki_attachments",
    "v_wiki_labels",
    "v_looker_content",
    "v_looker_results",
];

/// Views with the names and columns of the tables of testops-dashboard.
static TESTOPS_DASHBOARD: Files = files!["compat/":
    "report_bitrise_builds_count",
    "report_bugzilla_softvision_bugs",
    "report_bugzilla_overall_bugs",
    "report_bugzilla_query_by_keyword",
    "report_bugzilla_query_release_flags_for_bugs",
    "report_bugzilla_meta_bugs",
    "report_bugzilla_qe_needed",
    "report_bugzilla_qe_needed_count",
    "report_github_bugs",
    "report_jira_qa_needed",
    "report_jira_qa_requests",
    "report_jira_qa_requests_new_issue_types",
    "report_jira_qa_requests_desktop",
    "report_jira_softvision_issues_qa_teams",
    "report_jira_softvision_issues_other_teams",
    "report_jira_softvision_worklogs",
    "report_sentry_issues",
    "report_sentry_rates",
    "report_test_case_coverage",
    "report_testrail_milestones",
    "report_testrail_test_plans",
    "report_testrail_test_runs",
    "report_testrail_test_results",
    "report_testrail_test_health",
    "report_testrail_users",
    "test_suites",
    "test_automation_status",
    "test_automation_coverage",
    "test_sub_suites",
    "test_run_result_types",
];

/// Views by name.
type Files = &'static [(&'static str, &'static str)];

/// The views over mutes and the ledger, in the order in which they can be created.
///
/// # Panics
/// When a file has no proper head, which a test of this crate rules out.
#[must_use]
pub fn views() -> Vec<View> {
    let mut views = Vec::with_capacity(FILES.len());
    read(FILES, &mut views);
    views
}

/// The views over what was pulled, in the order in which they can be created. They need
/// the tables of all sources.
///
/// # Panics
/// When a file has no proper head, which a test of this crate rules out.
#[must_use]
pub fn reports() -> Vec<View> {
    let mut views = Vec::with_capacity(REPORTS.len());
    read(REPORTS, &mut views);
    views
}

/// The views that keep what was built on an older program alive; they need those of
/// [`reports`]. `None` for a program that is not known: see [`COMPATIBILITY`].
///
/// # Panics
/// When a file has no proper head, which a test of this crate rules out.
#[must_use]
pub fn compatibility(program: &str) -> Option<Vec<View>> {
    let files = match program {
        "testops-dashboard" => TESTOPS_DASHBOARD,
        _ => return None,
    };
    let mut views = reports();
    read(files, &mut views);
    Some(views.split_off(REPORTS.len()))
}

fn read(files: Files, views: &mut Vec<View>) {
    for (name, source) in files {
        let view = view::parse(name, source, TABLES, views);
        views.push(view.unwrap_or_else(|error| panic!("{error}")));
    }
}

/// The tables of what is counted of cases.
const CASES: &[&str] = &[
    "testrail_cases",
    "testrail_suites",
    "testrail_case_fields",
    "testrail_projects",
];

/// The daily counts: views whose rows are kept under each day.
pub static SNAPSHOTS: &[Snapshot] = &[
    Snapshot {
        view: "v_coverage",
        table: CoverageSnapshot::TABLE,
        dimensions: &[
            "source",
            "project_id",
            "suite_id",
            "sub_suite_id",
            "automation_status_id",
            "automation_coverage_id",
            "tae",
        ],
        needs: CASES,
    },
    Snapshot {
        view: "v_coverage_suites",
        table: SuiteSnapshot::TABLE,
        dimensions: &["source", "suite_id"],
        needs: CASES,
    },
    Snapshot {
        view: "v_qa_needed",
        table: QaNeededSnapshot::TABLE,
        dimensions: &["source", "query"],
        needs: &["jira_issues"],
    },
    Snapshot {
        view: "v_qe_verify_counts",
        table: QeVerifySnapshot::TABLE,
        dimensions: &["source", "query"],
        needs: &["bugzilla_bugs"],
    },
    Snapshot {
        view: "v_testrail_users",
        table: UserSnapshot::TABLE,
        dimensions: &["source", "user_id"],
        needs: &["testrail_users"],
    },
    Snapshot {
        view: "v_release_issues",
        table: ReleaseIssueSnapshot::TABLE,
        dimensions: &["source", "app", "question", "version", "issue_id"],
        needs: &[
            "sentry_app_health",
            "sentry_release_health",
            "sentry_release_issues",
        ],
    },
];

/// Older programs whose tables [`compatibility`] stands in for.
pub const COMPATIBILITY: &[&str] = &["testops-dashboard"];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::path::Path;

    fn all() -> Vec<View> {
        let mut all = views();
        all.extend(reports());
        all.extend(
            COMPATIBILITY
                .iter()
                .filter_map(|it| compatibility(it))
                .flatten(),
        );
        all
    }

    #[test]
    fn every_view_and_every_column_is_documented() {
        for view in all() {
            let sentence = |text: &str| text.ends_with('.') && text.len() > 10;
            assert!(
                sentence(&view.description),
                "{}: {}",
                view.name,
                view.description
            );
            for column in &view.columns {
                let about = column.description.trim();
                assert!(
                    about.ends_with('.'),
                    "{}.{}: {about}",
                    view.name,
                    column.name
                );
            }
        }
    }

    #[test]
    fn no_view_has_a_column_twice() {
        for view in all() {
            let mut seen = HashSet::new();
            for column in &view.columns {
                assert!(
                    seen.insert(column.name.as_ref()),
                    "{}.{}",
                    view.name,
                    column.name
                );
            }
        }
    }

    #[test]
    fn every_name_is_that_of_a_view() {
        for name in [MUTES, MUTES_CURRENT, LAST_SUCCESS, SOURCE_STATUS] {
            assert!(views().iter().any(|view| view.name == name), "{name}");
        }
    }

    #[test]
    fn no_file_is_forgotten() {
        for (folder, files) in [
            ("", FILES),
            ("reports", REPORTS),
            ("compat", TESTOPS_DASHBOARD),
        ] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("views")
                .join(folder);
            let paths = folder
                .read_dir()
                .unwrap()
                .map(|entry| entry.unwrap().path());
            let paths = paths.filter(|path| path.is_file());
            let stem = |path: std::path::PathBuf| path.file_stem()?.to_str().map(str::to_owned);
            let mut found: Vec<_> = paths.filter_map(stem).collect();
            let mut listed: Vec<_> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
            found.sort_unstable();
            listed.sort_unstable();
            assert_eq!(found, listed);
        }
    }

    #[test]
    fn a_daily_count_keeps_columns_of_its_view() {
        let views = reports();
        for it in SNAPSHOTS {
            let view = views.iter().find(|view| view.name == it.view).unwrap();
            for column in &it.table.columns[2..] {
                let found = view.columns.iter().find(|found| found.name == column.name);
                assert_eq!(
                    found.map(|it| it.kind),
                    Some(column.kind),
                    "{}.{}",
                    it.view,
                    column.name
                );
            }
        }
    }
}

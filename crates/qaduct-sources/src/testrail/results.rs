//! Streams `tests` and `results`: what is in a run, and what came out of it.
//!
//! Both are read run by run, as long as the run is open and once after. Results are read
//! from the last one on; those of the last week again, as people correct them.

use qaduct_records::stream::{Again, Count, Deletes, Finality, Parts, Stream, gone};

use super::asking::{PAGE, after, call, list, one, paged_list, timed};
use super::{by, span};
use crate::rest::{How, Inside, RestStream};
use crate::spec;

spec! {
    /// A test: a case in a run.
    pub(super) static TEST_TABLE in "testrail_tests" key ["test_id"]
    ignoring ["labels"]
    {
        /// Its id.
        test_id: Int = "id",
        /// Its project.
        project_id: ScopeInt("project_id") = "",
        /// Its run.
        run_id: Int = "run_id",
        /// Its case.
        case_id: Int = "case_id",
        /// The status of its last result: see `testrail_statuses`; 3 without one.
        status_id: Int = "status_id",
        /// The user to whom it is assigned.
        assignedto_id: Int = "assignedto_id",
        /// Title of the case.
        title: Text = "title",
        /// Layout of the fields of the case.
        template_id: Int = "template_id",
        /// Type of the case.
        type_id: Int = "type_id",
        /// Priority of the case.
        priority_id: Int = "priority_id",
        /// Milestone of the case.
        milestone_id: Int = "milestone_id",
        /// What the case refers to: tickets with commas.
        refs: Text = "refs",
        /// Time that the case should take, as it stands there.
        estimate: Text = "estimate",
        /// The same in seconds; a day has 8 hours and a week 5 days unless set otherwise.
        estimate_seconds: IntBy(span::read) = "#estimate_seconds",
        /// Time that the case takes by experience, as it stands there.
        estimate_forecast: Text = "estimate_forecast",
        /// The same in seconds.
        estimate_forecast_seconds: IntBy(span::read) = "#estimate_forecast_seconds",
        /// Place of the section in the suite.
        sections_display_order: Int = "sections_display_order",
        /// Place of the case in the section.
        cases_display_order: Int = "cases_display_order",
        /// Comments on the case, as JSON.
        case_comments: Json = "case_comments",
    }
}

spec! {
    /// A label of a test.
    pub(super) static LABEL_TABLE in "testrail_test_labels" key ["test_id", "label_id"] {
        /// The test.
        test_id: ParentInt = "id",
        /// Id of the label.
        label_id: Int = "id",
        /// The label.
        title: Text = "title",
    }
}

spec! {
    /// A result of a test. Results of its steps and custom fields stand in `_extra`.
    pub(super) static RESULT_TABLE in "testrail_results" key ["result_id"] {
        /// Its id.
        result_id: Int = "id",
        /// Its project.
        project_id: ScopeInt("project_id") = "",
        /// Its run.
        run_id: ScopeInt("run_id") = "",
        /// Its test.
        test_id: Int = "test_id",
        /// Its status: see `testrail_statuses`; NULL for a mere comment.
        status_id: Int = "status_id",
        /// Who added it.
        created_by: Int = "created_by",
        /// When it was added.
        created_on: UnixSeconds = "created_on",
        /// The user to whom the test was assigned with it.
        assignedto_id: Int = "assignedto_id",
        /// What the tester wrote.
        comment: Text = "comment",
        /// The version that was tested.
        version: Text = "version",
        /// Time that the test took, as it stands there.
        elapsed: Text = "elapsed",
        /// The same in seconds; a day has 8 hours and a week 5 days unless set otherwise.
        elapsed_seconds: IntBy(span::read) = "#elapsed_seconds",
        /// Defects that it is linked to, as they stand there: see `testrail_result_defects`.
        defects: Text = "defects",
        /// Attachments: ids with commas.
        attachment_ids: Join { key: "", by: "," } = "attachment_ids",
    }
}

spec! {
    /// A defect that a result is linked to.
    pub(super) static DEFECT_TABLE in "testrail_result_defects" key ["result_id", "defect"] {
        /// The result.
        result_id: ParentInt = "id",
        /// One of its defects.
        defect: Text = "",
    }
}

/// One part for each run.
const BY_RUN: Parts = Parts::Each {
    parent: "runs",
    columns: &["project_id", "run_id"],
    only: None,
    again: Again::Changed(&["is_completed"]),
};

pub(super) static TESTS: RestStream = RestStream {
    contract: &Stream {
        name: "tests",
        table: &TEST_TABLE.table,
        nested: &[&LABEL_TABLE.table],
        parts: BY_RUN,
        part_columns: &["run_id"],
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    },
    spec: &TEST_TABLE,
    nested: &[Inside {
        spec: &LABEL_TABLE,
        path: "labels",
        parent: ("test_id", "id"),
    }],
    read: How::Shaped(
        |_, reading| {
            let run = reading.scope.text("run_id");
            Ok(list(call(&format!("get_tests/{run}")), &["tests", ""]))
        },
        timed,
    ),
    one: Some(|_, _, key| one("get_test", key)),
    census: None,
    count: None,
    page: PAGE,
    flagged: None,
};

pub(super) static RESULTS: RestStream = RestStream {
    contract: &Stream {
        name: "results",
        table: &RESULT_TABLE.table,
        nested: &[&DEFECT_TABLE.table],
        parts: BY_RUN,
        part_columns: &["run_id"],
        cursor: Some(by("created_on", true)),
        finality: Finality::After {
            column: "created_on",
            days: 7,
        },
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    },
    spec: &RESULT_TABLE,
    nested: &[Inside {
        spec: &DEFECT_TABLE,
        path: "defects",
        parent: ("result_id", "id"),
    }],
    read: How::Shaped(
        |_, reading| {
            let run = reading.scope.text("run_id");
            let first = call(&format!("get_results_for_run/{run}"));
            let first = after(first, "created_after", reading);
            Ok(paged_list(first, &["results", ""]))
        },
        timed,
    ),
    one: None,
    census: None,
    count: None,
    page: PAGE,
    flagged: None,
};

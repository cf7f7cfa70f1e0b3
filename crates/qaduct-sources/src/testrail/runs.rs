//! Stream `runs`: test runs. The list has only those outside of plans; those inside come
//! with their plan, into the same table.

use qaduct_records::Value;
use qaduct_records::source::Reading;
use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};
use serde_json::Value as Json;

use super::asking::{PAGE, after, call, ids, one, paged_list};
use super::by;
use crate::listing::Listing;
use crate::rest::{How, RestStream};
use crate::spec;

spec! {
    /// A test run, outside of plans or inside of one.
    pub(super) static TABLE in "testrail_runs" key ["run_id"] {
        /// Its id.
        run_id: Int = "id",
        /// Its project.
        project_id: Int = "project_id",
        /// Whether it is a part of a plan.
        is_in_plan: BoolBy(is_there) = "plan_id",
        /// The plan that it is a part of.
        plan_id: Int = "plan_id",
        /// The entry of the plan.
        entry_id: Text = "entry_id",
        /// Place of that entry in the plan, from 1.
        entry_index: Int = "entry_index",
        /// Its suite.
        suite_id: Int = "suite_id",
        /// Its milestone.
        milestone_id: Int = "milestone_id",
        /// Its name.
        name: Text = "name",
        /// Its description.
        description: Text = "description",
        /// What it refers to: tickets with commas.
        refs: Text = "refs",
        /// The configurations that it is run with, such as `Firefox, Ubuntu`.
        config: Text = "config",
        /// Ids of these configurations, with commas.
        config_ids: Join { key: "", by: "," } = "config_ids",
        /// The user to whom it is assigned.
        assignedto_id: Int = "assignedto_id",
        /// Whether it holds all cases of the suite.
        include_all: Bool = "include_all",
        /// Whether it is completed: nothing of it changes any more.
        is_completed: Bool = "is_completed",
        /// When it was completed.
        completed_on: UnixSeconds = "completed_on",
        /// When it was to be started.
        start_on: UnixSeconds = "start_on",
        /// When it is due.
        due_on: UnixSeconds = "due_on",
        /// Who made it.
        created_by: Int = "created_by",
        /// When it was made.
        created_on: UnixSeconds = "created_on",
        /// When it was changed last; only newer servers say.
        updated_on: UnixSeconds = "updated_on",
        /// Tests that passed.
        passed_count: Int = "passed_count",
        /// Tests that are blocked.
        blocked_count: Int = "blocked_count",
        /// Tests without a result.
        untested_count: Int = "untested_count",
        /// Tests that are to be run again.
        retest_count: Int = "retest_count",
        /// Tests that failed.
        failed_count: Int = "failed_count",
        /// Tests with the first status of the instance's own.
        custom_status1_count: Int = "custom_status1_count",
        /// Tests with the second.
        custom_status2_count: Int = "custom_status2_count",
        /// Tests with the third.
        custom_status3_count: Int = "custom_status3_count",
        /// Tests with the fourth.
        custom_status4_count: Int = "custom_status4_count",
        /// Tests with the fifth.
        custom_status5_count: Int = "custom_status5_count",
        /// Tests with the sixth.
        custom_status6_count: Int = "custom_status6_count",
        /// Tests with the seventh.
        custom_status7_count: Int = "custom_status7_count",
        /// Its page.
        url: Text = "url",
    }
}

pub(super) static RUNS: RestStream = RestStream {
    contract: &Stream {
        name: "runs",
        table: &TABLE.table,
        nested: &[],
        parts: Parts::Scopes,
        part_columns: &["project_id", "is_in_plan"],
        cursor: Some(by("created_on", true)),
        finality: Finality::Once {
            column: "is_completed",
            values: &["true"],
        },
        deletes: Deletes::Census(gone::DELETED),
        count: Count::None,
    },
    spec: &TABLE,
    nested: &[],
    read: How::List(|_, reading| Ok(runs(reading))),
    one: Some(|_, _, key| one("get_run", key)),
    census: Some(|rest, scope| {
        let whole = Reading {
            scope: scope.clone(),
            lower: None,
            upper: rest.setup.now,
            position: None,
            validator: None,
        };
        ids(rest, "runs", scope, runs(&whole))
    }),
    count: None,
    page: PAGE,
    flagged: None,
};

fn runs(reading: &Reading) -> Listing {
    let project = reading.scope.text("project_id");
    let first = call(&format!("get_runs/{project}"));
    paged_list(after(first, "created_after", reading), &["runs", ""])
}

#[expect(clippy::unnecessary_wraps, reason = "what reads a column may fail")]
fn is_there(json: &Json) -> Result<Value, String> {
    Ok(Value::Bool(!json.is_null()))
}

//! Streams `plans` and `plan_entries`: test plans, and what is inside of them.
//!
//! The list of plans says nothing of their entries and runs; each plan is asked for as
//! long as it is open, and once after. Its runs are rows of `testrail_runs`.

use qaduct_records::Value;
use qaduct_records::source::{Nested, Page, Pages, Reading, SourceError};
use qaduct_records::stream::{Again, Count, Deletes, Finality, Parts, Stream, gone};
use serde_json::Value as Json;

use super::asking::{PAGE, after, call, ids, one, paged_list};
use super::{by, runs};
use crate::error::Place;
use crate::listing::Listing;
use crate::rest::{How, Rest, RestStream};
use crate::rows::Rows;
use crate::spec;

spec! {
    /// A test plan: runs that belong together.
    pub(super) static PLAN_TABLE in "testrail_plans" key ["plan_id"]
    ignoring ["entries"]
    {
        /// Its id.
        plan_id: Int = "id",
        /// Its project.
        project_id: Int = "project_id",
        /// Its milestone.
        milestone_id: Int = "milestone_id",
        /// Its name.
        name: Text = "name",
        /// Its description.
        description: Text = "description",
        /// What it refers to: tickets with commas.
        refs: Text = "refs",
        /// The user to whom it is assigned.
        assignedto_id: Int = "assignedto_id",
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

spec! {
    /// An entry of a test plan: one suite, with a run for each configuration.
    pub(super) static ENTRY_TABLE in "testrail_plan_entries" key ["entry_id"]
    ignoring ["runs"]
    {
        /// Its id.
        entry_id: Text = "id",
        /// Its project.
        project_id: ScopeInt("project_id") = "",
        /// Its plan.
        plan_id: ScopeInt("plan_id") = "",
        /// Its place in the plan, from 0.
        ordinal: Ordinal = "",
        /// Its suite.
        suite_id: Int = "suite_id",
        /// Its name.
        name: Text = "name",
        /// Its description.
        description: Text = "description",
        /// What it refers to: tickets with commas.
        refs: Text = "refs",
        /// The user to whom it is assigned.
        assignedto_id: Int = "assignedto_id",
        /// Whether it holds all cases of the suite.
        include_all: Bool = "include_all",
        /// When it was to be started.
        start_on: UnixSeconds = "start_on",
        /// When it is due.
        due_on: UnixSeconds = "due_on",
    }
}

pub(super) static PLANS: RestStream = RestStream {
    contract: &Stream {
        name: "plans",
        table: &PLAN_TABLE.table,
        nested: &[],
        parts: Parts::Scopes,
        part_columns: &["project_id"],
        cursor: Some(by("created_on", true)),
        finality: Finality::Once {
            column: "is_completed",
            values: &["true"],
        },
        deletes: Deletes::Census(gone::DELETED),
        count: Count::None,
    },
    spec: &PLAN_TABLE,
    nested: &[],
    read: How::List(|_, reading| Ok(plans(reading))),
    one: Some(|_, _, key| one("get_plan", key)),
    census: Some(|rest, scope| {
        let whole = Reading {
            scope: scope.clone(),
            lower: None,
            upper: rest.setup.now,
            position: None,
            validator: None,
        };
        ids(rest, "plans", scope, plans(&whole))
    }),
    count: None,
    page: PAGE,
    flagged: None,
};

fn plans(reading: &Reading) -> Listing {
    let project = reading.scope.text("project_id");
    let first = call(&format!("get_plans/{project}"));
    paged_list(after(first, "created_after", reading), &["plans", ""])
}

pub(super) static PLAN_ENTRIES: RestStream = RestStream {
    contract: &Stream {
        name: "plan_entries",
        table: &ENTRY_TABLE.table,
        nested: &[&runs::TABLE.table],
        parts: Parts::Each {
            parent: "plans",
            columns: &["project_id", "plan_id"],
            only: None,
            again: Again::Changed(&["is_completed", "updated_on"]),
        },
        part_columns: &["plan_id"],
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    },
    spec: &ENTRY_TABLE,
    nested: &[],
    read: How::Own(|rest, stream, reading| {
        Ok(Box::new(Entries {
            rest,
            stream,
            reading: reading.clone(),
            read: false,
        }))
    }),
    one: None,
    census: None,
    count: None,
    page: u64::MAX,
    flagged: None,
};

/// The one page of a plan.
struct Entries<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    read: bool,
}

impl Pages for Entries<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        if std::mem::replace(&mut self.read, true) {
            return Ok(None);
        }
        let (setup, scope) = (&self.rest.setup, &self.reading.scope);
        let place = Place {
            source: &setup.name,
            stream: self.stream.contract.name,
            part: &scope.name,
            page: Some(1),
        };
        let plan = scope.text("plan_id");
        let call = call(&format!("get_plan/{plan}"));
        let answer = self.rest.send(&place, &call)?;
        let Some(entries) = answer.json["entries"].as_array() else {
            let error = answer.wrong("holds no entries");
            return Err(crate::error::of_call(&place, error));
        };
        let mut page = self.rest.page(self.stream, scope, entries);
        let mut rows = Rows::new(&runs::TABLE, &setup.name, scope, &setup.people);
        let runs = entries.iter().filter_map(|it| it["runs"].as_array());
        for (n, run) in runs.flatten().enumerate() {
            rows.push(run, &Json::Null, n);
        }
        let made = rows.finish();
        page.problems.extend(made.problems);
        if made.keyless > 0 {
            page.incomplete = Some(format!(
                "{} runs have no key and cannot be stored",
                made.keyless
            ));
        }
        // All runs of the plan, so that those of an entry that is gone go too.
        page.nested.push(Nested {
            table: &runs::TABLE.table,
            rows: made.rows,
            parent: "plan_id",
            parents: scope
                .values
                .get("plan_id")
                .cloned()
                .into_iter()
                .collect::<Vec<Value>>(),
        });
        page.exchange = Some(answer.exchange);
        Ok(Some(page))
    }
}

//! Streams `suites`, `sections`, `cases`: what there is to test.
//!
//! Sections and cases are read suite by suite: projects with many suites are asked no
//! other way, and those with one suite may be asked so.

use qaduct_records::source::Reading;
use qaduct_records::stream::{Again, Count, Deletes, Finality, Parts, Stream, gone};
use serde_json::Value as Json;

use super::asking::{PAGE, after, call, ids, list, one, timed};
use super::{by, span};
use crate::listing::Listing;
use crate::rest::{How, Inside, RestStream};
use crate::spec;

spec! {
    /// A test suite of a project, or a baseline of one.
    pub(super) static SUITE_TABLE in "testrail_suites" key ["suite_id"] {
        /// Its id.
        suite_id: Int = "id",
        /// Its project.
        project_id: Int = "project_id",
        /// Its name.
        name: Text = "name",
        /// Its description.
        description: Text = "description",
        /// Whether it is the only suite of its project.
        is_master: Bool = "is_master",
        /// Whether it is a baseline.
        is_baseline: Bool = "is_baseline",
        /// Whether it is completed.
        is_completed: Bool = "is_completed",
        /// When it was completed.
        completed_on: UnixSeconds = "completed_on",
        /// Its page.
        url: Text = "url",
    }
}

spec! {
    /// A section of a suite; sections form a tree.
    pub(super) static SECTION_TABLE in "testrail_sections" key ["section_id"] {
        /// Its id.
        section_id: Int = "id",
        /// Its project.
        project_id: ScopeInt("project_id") = "",
        /// Its suite.
        suite_id: Int = "suite_id",
        /// The section that it stands in.
        parent_id: Int = "parent_id",
        /// Its name.
        name: Text = "name",
        /// Its description.
        description: Text = "description",
        /// How deep it stands; 0 at the top.
        depth: Int = "depth",
        /// Its place in the suite.
        display_order: Int = "display_order",
    }
}

spec! {
    /// A test case. Its custom fields stand in `_extra` under their own names: see
    /// `testrail_case_fields`.
    pub(super) static CASE_TABLE in "testrail_cases" key ["case_id"]
    ignoring ["labels"]
    {
        /// Its id.
        case_id: Int = "id",
        /// Its project.
        project_id: ScopeInt("project_id") = "",
        /// Its suite.
        suite_id: Int = "suite_id",
        /// Its section.
        section_id: Int = "section_id",
        /// Its title.
        title: Text = "title",
        /// The layout of its fields.
        template_id: Int = "template_id",
        /// Its type: see `testrail_case_types`.
        type_id: Int = "type_id",
        /// Its priority: see `testrail_priorities`.
        priority_id: Int = "priority_id",
        /// Its own status, where its project uses them; not that of a test.
        status_id: Int = "status_id",
        /// The milestone that it is linked to.
        milestone_id: Int = "milestone_id",
        /// What it refers to, as it stands there: see `testrail_case_refs`.
        refs: Text = "refs",
        /// Time that it should take, as it stands there.
        estimate: Text = "estimate",
        /// The same in seconds; a day has 8 hours and a week 5 days unless set otherwise.
        estimate_seconds: IntBy(span::read) = "#estimate_seconds",
        /// Time that it takes by experience, as it stands there.
        estimate_forecast: Text = "estimate_forecast",
        /// The same in seconds.
        estimate_forecast_seconds: IntBy(span::read) = "#estimate_forecast_seconds",
        /// The user to whom it is assigned.
        assignedto_id: Int = "case_assignedto_id",
        /// Its place in the section.
        display_order: Int = "display_order",
        /// Who made it.
        created_by: Int = "created_by",
        /// When it was made.
        created_on: UnixSeconds = "created_on",
        /// Who changed it last.
        updated_by: Int = "updated_by",
        /// When it was changed last.
        updated_on: UnixSeconds = "updated_on",
        /// Whether it stands in the bin.
        is_deleted: Bool = "is_deleted",
    }
}

spec! {
    /// Something that a case refers to, such as a ticket.
    pub(super) static REF_TABLE in "testrail_case_refs" key ["case_id", "ref"] {
        /// The case.
        case_id: ParentInt = "id",
        /// One of its references.
        ref: Text = "",
    }
}

spec! {
    /// A label of a case.
    pub(super) static LABEL_TABLE in "testrail_case_labels" key ["case_id", "label_id"] {
        /// The case.
        case_id: ParentInt = "id",
        /// Id of the label.
        label_id: Int = "id",
        /// The label.
        title: Text = "title",
        /// Who made the label.
        created_by: Int = "created_by",
        /// When the label was made.
        created_on: UnixSeconds = "created_on",
    }
}

/// One part for each suite.
const BY_SUITE: Parts = Parts::Each {
    parent: "suites",
    columns: &["project_id", "suite_id"],
    only: None,
    again: Again::Always,
};

pub(super) static SUITES: RestStream = RestStream {
    contract: &Stream {
        name: "suites",
        table: &SUITE_TABLE.table,
        nested: &[],
        parts: Parts::Scopes,
        part_columns: &["project_id"],
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    },
    spec: &SUITE_TABLE,
    nested: &[],
    read: How::List(|_, reading| {
        let project = reading.scope.text("project_id");
        Ok(list(
            call(&format!("get_suites/{project}")),
            &["suites", ""],
        ))
    }),
    one: Some(|_, _, key| one("get_suite", key)),
    census: None,
    count: None,
    page: PAGE,
    flagged: None,
};

pub(super) static SECTIONS: RestStream = RestStream {
    contract: &Stream {
        name: "sections",
        table: &SECTION_TABLE.table,
        nested: &[],
        parts: BY_SUITE,
        part_columns: &["suite_id"],
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    },
    spec: &SECTION_TABLE,
    nested: &[],
    read: How::List(|_, reading| {
        let (project, suite) = (
            reading.scope.text("project_id"),
            reading.scope.text("suite_id"),
        );
        let first = call(&format!("get_sections/{project}")).with("suite_id", suite);
        Ok(list(first, &["sections", ""]))
    }),
    one: Some(|_, _, key| one("get_section", key)),
    census: None,
    count: None,
    page: PAGE,
    flagged: None,
};

pub(super) static CASES: RestStream = RestStream {
    contract: &Stream {
        name: "cases",
        table: &CASE_TABLE.table,
        nested: &[&REF_TABLE.table, &LABEL_TABLE.table],
        parts: BY_SUITE,
        part_columns: &["suite_id"],
        cursor: Some(by("updated_on", false)),
        finality: Finality::Mutable,
        deletes: Deletes::Census(gone::DELETED),
        count: Count::None,
    },
    spec: &CASE_TABLE,
    nested: &[
        Inside {
            spec: &REF_TABLE,
            path: "refs",
            parent: ("case_id", "id"),
        },
        Inside {
            spec: &LABEL_TABLE,
            path: "labels",
            parent: ("case_id", "id"),
        },
    ],
    read: How::Shaped(|_, reading| Ok(cases(reading)), timed),
    one: Some(|_, _, key| one("get_case", key)),
    census: Some(|rest, scope| {
        let whole = Reading {
            scope: scope.clone(),
            lower: None,
            upper: rest.setup.now,
            position: None,
            validator: None,
        };
        ids(rest, "cases", scope, cases(&whole))
    }),
    count: None,
    page: PAGE,
    flagged: Some(in_the_bin),
};

/// The cases of a suite. There is no upper bound: what is changed meanwhile would leave
/// the list, and move what stands behind it.
fn cases(reading: &Reading) -> Listing {
    let (project, suite) = (
        reading.scope.text("project_id"),
        reading.scope.text("suite_id"),
    );
    let first = call(&format!("get_cases/{project}")).with("suite_id", suite);
    list(after(first, "updated_after", reading), &["cases", ""])
}

fn in_the_bin(case: &Json) -> Option<&'static str> {
    let flag = &case["is_deleted"];
    (*flag == 1 || *flag == true).then_some(gone::DELETED)
}

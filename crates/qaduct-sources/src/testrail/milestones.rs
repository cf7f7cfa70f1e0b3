//! Stream `milestones`: with the milestones inside of them, each a row of its own.

use qaduct_records::source::Scope;
use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};
use serde_json::Value as Json;

use super::asking::{PAGE, call, list, one};
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// A milestone of a project.
    pub(super) static TABLE in "testrail_milestones" key ["milestone_id"]
    ignoring ["milestones"]
    {
        /// Its id.
        milestone_id: Int = "id",
        /// Its project.
        project_id: Int = "project_id",
        /// The milestone that it is a part of.
        parent_id: Int = "parent_id",
        /// Its name.
        name: Text = "name",
        /// Its description.
        description: Text = "description",
        /// What it refers to: tickets with commas.
        refs: Text = "refs",
        /// Whether it was started.
        is_started: Bool = "is_started",
        /// When it was to be started.
        start_on: UnixSeconds = "start_on",
        /// When it was started.
        started_on: UnixSeconds = "started_on",
        /// When it is due.
        due_on: UnixSeconds = "due_on",
        /// Whether it is completed.
        is_completed: Bool = "is_completed",
        /// When it was completed.
        completed_on: UnixSeconds = "completed_on",
        /// Its page.
        url: Text = "url",
    }
}

pub(super) static MILESTONES: RestStream = RestStream {
    contract: &Stream {
        name: "milestones",
        table: &TABLE.table,
        nested: &[],
        parts: Parts::Scopes,
        part_columns: &["project_id"],
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    },
    spec: &TABLE,
    nested: &[],
    read: How::Shaped(
        |_, reading| {
            let project = reading.scope.text("project_id");
            let first = call(&format!("get_milestones/{project}"));
            Ok(list(first, &["milestones", ""]))
        },
        flat,
    ),
    one: Some(|_, _, key| one("get_milestone", key)),
    census: None,
    count: None,
    page: PAGE,
    flagged: None,
};

/// The milestones and those inside of them.
fn flat(_: &Rest, _: &Scope, items: Vec<Json>) -> Vec<Json> {
    let mut flat = Vec::new();
    let mut rest = items;
    while !rest.is_empty() {
        let inside = rest
            .iter_mut()
            .filter_map(|it| it.get_mut("milestones")?.as_array_mut())
            .flat_map(std::mem::take)
            .collect();
        flat.append(&mut rest);
        rest = inside;
    }
    flat
}

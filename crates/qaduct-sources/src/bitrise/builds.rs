//! Builds of the last 200 days.
//!
//! They are listed by when they were triggered, which never changes: one that is still
//! running is asked for by its slug until it has ended, however long that takes.

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Reading, Scope, SourceError};
use qaduct_records::stream::{Count, Cursor, Deletes, Finality, Parts, Stream};

use super::{APP, between, of_app, page_of_build, paged, pull_request, reading, seconds};
use crate::error::Place;
use crate::field::at;
use crate::listing::Listing;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

/// Seconds that are read again: builds that were on hold may come late into the list.
const OVERLAP: u32 = 24 * 60 * 60;
/// States of a build that has ended.
pub(super) const ENDED: &[&str] = &["1", "2", "3", "4"];

spec! {
    /// A build.
    pub(super) static BUILD in "bitrise_builds" key ["build_slug"]
    // The parameters may hold secrets.
    ignoring ["original_build_params", "is_status_sent", "log_format", "rebuildable"]
    {
        /// Its id.
        build_slug: Text = "slug",
        /// The app.
        app_slug: Scope("app_slug") = "",
        /// Its number in the app.
        build_number: Int = "build_number",
        /// How it ended: 1 success, 2 failed, 3 aborted and failed, 4 aborted and counted as a
        /// success; 0 while it has not.
        status: Int = "status",
        /// The same in words: `success`, `error`, `aborted`, `in-progress`, `on-hold`.
        status_text: Text = "status_text",
        /// Why it was aborted.
        abort_reason: Text = "abort_reason",
        /// Whether it waits for a machine.
        is_on_hold: Bool = "is_on_hold",
        /// Whether Bitrise is done with it.
        is_processed: Bool = "is_processed",
        /// Whether it is one that Bitrise made to prepare others.
        is_utility: Bool = "utility",
        /// The workflow.
        workflow: Text = "triggered_workflow",
        /// Id of its part of a pipeline.
        pipeline_workflow_id: Text = "pipeline_workflow_id",
        /// What or who started it: `webhook`, a name.
        person triggered_by: Text = "triggered_by",
        /// When it was started.
        triggered_at: Instant = "triggered_at",
        /// When a machine began with it.
        started_at: Instant = "started_on_worker_at",
        /// When the machine was prepared.
        prepared_at: Instant = "environment_prepare_finished_at",
        /// When it ended; NULL while it has not.
        finished_at: Instant = "finished_at",
        /// The branch.
        branch: Text = "branch",
        /// The tag.
        tag: Text = "tag",
        /// The commit.
        commit_hash: Text = "commit_hash",
        /// Message of the commit.
        commit_message: Text = "commit_message",
        /// Page of the commit.
        commit_url: Text = "commit_view_url",
        /// Number of the pull request; NULL where there is none.
        pull_request_id: IntBy(pull_request) = "pull_request_id",
        /// The branch into which the pull request goes.
        pull_request_target_branch: Text = "pull_request_target_branch",
        /// Page of the pull request.
        pull_request_url: Text = "pull_request_view_url",
        /// The kind of machine.
        machine_type: Text = "machine_type_id",
        /// What is installed on the machine.
        stack: Text = "stack_identifier",
        /// Credits that it cost.
        credits: Int = "credit_cost",
        /// Its page.
        url: TextBy(page_of_build) = "slug",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    name: "builds",
    table: &BUILD.table,
    nested: &[],
    parts: Parts::Scopes,
    part_columns: &[APP],
    cursor: Some(Cursor {
        column: "triggered_at",
        immutable: true,
        overlap: OVERLAP,
        settle: 0,
    }),
    finality: Finality::Once {
        column: "status",
        values: ENDED,
    },
    // A list lacks what was archived: only who asks for one build learns that it is gone.
    deletes: Deletes::Polled,
    count: Count::Exact,
};
pub(super) static BUILDS: RestStream = RestStream {
    one: Some(one),
    count: Some(count),
    ..reading(&CONTRACT, &BUILD, How::List(builds))
};

fn call(reading: &Reading) -> Call {
    let call = Call::get(of_app(&reading.scope, "builds")).with("sort_by", "created_at");
    match seconds(reading) {
        (Some(from), to) => between(call, from, to),
        // What comes while it is read would change the count.
        (None, to) => call.with("before", to + 1),
    }
}

fn builds(_rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    Ok(paged(call(reading)))
}

fn count(rest: &Rest, reading: &Reading) -> Result<Option<u64>, SourceError> {
    let place = Place {
        part: &reading.scope.name,
        ..Place::stream(&rest.setup.name, CONTRACT.name)
    };
    let answer = rest.send(&place, &call(reading).with("limit", 1))?;
    let total = at(&answer.json, "paging.total_item_count");
    Ok(total.and_then(serde_json::Value::as_u64))
}

fn one(_rest: &Rest, scope: &Scope, key: &[Value]) -> (Call, &'static str) {
    let slug = key.first().map(ToString::to_string).unwrap_or_default();
    let call = Call::get(of_app(scope, &format!("builds/{slug}")));
    (call.accept(&[404]), "data")
}

//! Builds older than 200 days: a list without pages, which gives a thousand at most. It
//! is asked for by spans of time, each divided until it has fewer.

use jiff::Timestamp;
use qaduct_http::Call;
use qaduct_records::source::{Page, Pages, Reading, SourceError};
use qaduct_records::stream::{Count, Cursor, Deletes, Finality, Stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{between, builds, of_app, page_of_build, pull_request, reading, seconds};
use crate::error;
use crate::field::at;
use crate::rest::{How, Inside, Rest, RestStream};
use crate::spec;

/// Bitrise had no builds before.
const BEGINNING: Timestamp = Timestamp::constant(1_388_534_400, 0);
/// Builds of one answer, the most there are.
const MOST: usize = 1000;
/// Builds that a span should have after it was divided: they are not evenly spread.
const AIM: u64 = 500;
/// Parts into which a span is divided at most.
const PARTS: u64 = 64;
/// Seconds that are read again: a build comes into this list 200 days after it ran, or
/// some days later.
const OVERLAP: u32 = 230 * 24 * 60 * 60;

spec! {
    /// A build older than 200 days, as the list of those has it: without the time at which it
    /// was triggered.
    pub(super) static BUILD in "bitrise_archived_builds" key ["build_slug"]
    // The parameters may hold secrets.
    ignoring ["original_build_params", "build_artifacts"]
    {
        /// Its id.
        build_slug: Text = "slug",
        /// The app.
        app_slug: Scope("app_slug") = "",
        /// Its number in the app.
        build_number: Int = "build_number",
        /// How it ended: 1 success, 2 failed, 3 aborted and failed, 4 aborted and counted as a
        /// success.
        status: Int = "status",
        /// The same in words.
        status_text: Text = "status_text",
        /// Why it was aborted.
        abort_reason: Text = "abort_reason",
        /// The workflow.
        workflow: Text = "triggered_workflow",
        /// Id of its part of a pipeline.
        pipeline_workflow_id: Text = "pipeline_workflow_id",
        /// What or who started it: `webhook`, a name.
        person triggered_by: Text = "triggered_by",
        /// When a machine began with it.
        started_at: Instant = "started_on_worker_at",
        /// When it ended.
        finished_at: Instant = "finished_at",
        /// The branch.
        branch: Text = "branch",
        /// The tag.
        tag: Text = "tag",
        /// The commit.
        commit_hash: Text = "commit_hash",
        /// Message of the commit.
        commit_message: Text = "commit_message",
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

spec! {
    /// A file that a build older than 200 days left.
    pub(super) static ARTIFACT in "bitrise_archived_artifacts" key ["build_slug", "artifact_id"]
    // Who has the token of a page may see it.
    ignoring ["public_page_token"]
    {
        /// The build.
        build_slug: ParentText = "slug",
        /// Its id.
        artifact_id: Text = "id",
        /// Its name.
        title: Text = "title",
        /// What it is: `ios-ipa`, `android-apk`, `file`.
        artifact_type: Text = "artifact_type",
        /// Its size.
        bytes: Int = "file_size_bytes",
        /// Whether it has a page that everybody may see.
        is_public: Bool = "is_public_page_enabled",
        /// What is known of the app in it, as JSON.
        meta: Json = "artifact_meta",
        /// When it was made.
        created_at: Instant = "created_at",
    }
}

static CONTRACT: Stream = Stream {
    name: "archived_builds",
    table: &BUILD.table,
    nested: &[&ARTIFACT.table],
    cursor: Some(Cursor {
        column: "started_at",
        immutable: true,
        overlap: OVERLAP,
        settle: 0,
    }),
    finality: Finality::Immutable,
    deletes: Deletes::Never,
    count: Count::None,
    ..builds::CONTRACT
};
pub(super) static BUILDS: RestStream = RestStream {
    nested: &[Inside {
        spec: &ARTIFACT,
        path: "build_artifacts",
        parent: ("build_slug", "slug"),
    }],
    ..reading(&CONTRACT, &BUILD, How::Own(read))
};

/// A span of seconds, both ends in it.
type Span = (i64, i64);

/// The same in parts, the earliest last, for so many builds.
fn divided((mut from, to): Span, builds: u64) -> Vec<Span> {
    let parts = i64::try_from((builds / AIM).clamp(2, PARTS)).unwrap_or(2);
    let length = (to - from) / parts + 1;
    let mut spans = Vec::new();
    while from <= to {
        spans.push((from, to.min(from + length - 1)));
        from += length;
    }
    spans.reverse();
    spans
}

/// Where a reading stands.
#[derive(Default, Serialize, Deserialize)]
struct State {
    /// Spans that are to be read, the next one last.
    spans: Vec<Span>,
    /// Builds of all of them, as the first answer counts them.
    counted: Option<u64>,
    /// Builds that were read.
    read: u64,
}

/// Pages of that list: one for each span.
struct SpanPages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    state: State,
    page: u64,
}

fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let state = match &reading.position {
        Some(position) => serde_json::from_str(position)
            .map_err(|_| error::position(&rest.setup.name, stream.contract.name))?,
        None => {
            let (from, to) = seconds(reading);
            let from = from.unwrap_or(BEGINNING.as_second());
            State {
                spans: vec![(from, to.max(from))],
                ..State::default()
            }
        }
    };
    Ok(Box::new(SpanPages {
        rest,
        stream,
        reading: reading.clone(),
        state,
        page: 0,
    }))
}

impl Pages for SpanPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(span) = self.state.spans.last().copied() else {
            return Ok(None);
        };
        self.page += 1;
        let scope = &self.reading.scope;
        let place = self.rest.place(self.stream, scope, self.page);
        let call = Call::get(of_app(scope, "archived-builds")).with("limit", MOST);
        let answer = self.rest.send(&place, &between(call, span.0, span.1))?;
        let Some(items) = at(&answer.json, "data").and_then(Json::as_array) else {
            return Err(error::of_call(&place, answer.wrong("holds no list")));
        };
        let total = at(&answer.json, "paging.total_item_count").and_then(Json::as_u64);
        let listed = items.len() as u64;
        let is_cut = items.len() >= MOST || total.is_some_and(|it| it > listed);
        let is_first = self.page == 1 && self.reading.position.is_none();
        if is_first {
            self.state.counted = total;
        }
        self.state.spans.pop();
        let mut page = Page::default();
        if is_cut && span.0 < span.1 {
            let builds = total.unwrap_or(0).max(listed);
            self.state.spans.extend(divided(span, builds));
        } else {
            page = self.rest.page(self.stream, scope, items);
            self.state.read += total.unwrap_or(0).max(listed);
            if is_cut {
                page.incomplete = Some(format!(
                    "Bitrise has more archived builds of one second than the {listed} that it gives"
                ));
            }
        }
        page.exchange = Some(answer.exchange);
        if self.state.spans.is_empty() {
            let (counted, read) = (self.state.counted.unwrap_or(0), self.state.read);
            // More come into the list at any time.
            if counted > read {
                page.incomplete = Some(format!(
                    "Bitrise counts {counted} archived builds and gave {read}"
                ));
            }
        } else {
            page.position = Some(json!(self.state).to_string());
        }
        Ok(Some(page))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_parts_of_a_span_are_the_span(
            from in 0..2_000_000_000_i64, seconds in 2..400_000_000_i64, builds in 0..1_000_000_u64,
        ) {
            let to = from + seconds - 1;
            let parts = divided((from, to), builds);
            prop_assert!((2..=64).contains(&parts.len()), "{} parts", parts.len());
            prop_assert_eq!(parts.last().unwrap().0, from);
            prop_assert_eq!(parts[0].1, to);
            for pair in parts.windows(2) {
                prop_assert_eq!(pair[1].1 + 1, pair[0].0);
                prop_assert!(pair[0].0 <= pair[0].1);
            }
        }
    }
}

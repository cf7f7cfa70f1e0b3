//! Stream `test_results`: what the tests of a build gave. Only where the settings want it:
//! it takes a call for each build, and a plan of Bitrise that includes test reports.
//!
//! The documentation of Bitrise says that there are suites and cases with status, duration
//! and failure message, and not in which fields: so they are kept as they come.

use qaduct_http::Call;
use qaduct_records::source::{Page, Pages, Reading, SourceError};
use qaduct_records::stream::{Count, Stream};
use serde_json::json;

use super::{artifacts, of_app, reading};
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// What the tests of a build gave, as Bitrise says it. Read where the option `test_results`
    /// of the source is `true`: it takes a call for each build.
    pub(super) static RESULTS in "bitrise_test_results" key ["build_slug"] {
        /// The build.
        build_slug: Scope("build_slug") = "",
        /// The app.
        app_slug: Scope("app_slug") = "",
        /// Its suites and cases, as JSON.
        results: Json = "#results",
    }
}

static CONTRACT: Stream = Stream {
    name: "test_results",
    table: &RESULTS.table,
    count: Count::None,
    ..artifacts::CONTRACT
};
pub(super) static TEST_RESULTS: RestStream = reading(&CONTRACT, &RESULTS, How::Own(read));

/// The one answer about a build.
struct ResultPages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    /// `None` when it was read.
    reading: Option<Reading>,
}

fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    Ok(Box::new(ResultPages {
        rest,
        stream,
        reading: Some(reading.clone()),
    }))
}

impl Pages for ResultPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(Reading { scope, .. }) = &self.reading else {
            return Ok(None);
        };
        let build = scope.text("build_slug");
        let path = of_app(scope, &format!("builds/{build}/test-results"));
        let place = self.rest.place(self.stream, scope, 1);
        // A build may have none any more.
        let answer = self.rest.send(&place, &Call::get(path).accept(&[404]))?;
        let results = (answer.status != 404).then(|| json!({ "#results": answer.json }));
        let mut page = self.rest.page(self.stream, scope, results.as_slice());
        page.exchange = Some(answer.exchange);
        self.reading = None;
        Ok(Some(page))
    }
}

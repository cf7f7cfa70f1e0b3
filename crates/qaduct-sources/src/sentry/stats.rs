//! Stream `stats`: what Sentry took in of a project day by day, and what it turned away.

use qaduct_records::source::{Pages, Reading, SourceError};
use qaduct_records::stream::Stream;

use super::series::{self, Question};
use super::{BY_DAY, PROJECT_ID, divided, paths, reading};
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// What became of what a project sent to Sentry on a day.
    pub(super) static STAT in "sentry_stats" key ["project_id", "day", "category", "outcome"] {
        /// The project.
        project_id: ScopeInt("project_id") = "",
        /// The day: its first moment, in UTC.
        day: Instant = "day",
        /// What it is: `error`, `transaction`, `attachment` and others.
        category: Text = "by.category",
        /// What became of it: `accepted`, `filtered`, `rate_limited`, `invalid` and others.
        outcome: Text = "by.outcome",
        /// How many; of attachments, how many bytes.
        quantity: Int = "of.sum(quantity)",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    cursor: Some(BY_DAY),
    ..divided("stats", &STAT.table, &[PROJECT_ID])
};
pub(super) static STATS: RestStream = reading(&CONTRACT, &STAT, How::Own(read));

fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let question = Question {
        call: paths::of_project("stats_v2/", &reading.scope)
            .with("groupBy", "category")
            .with("groupBy", "outcome")
            .with("field", "sum(quantity)"),
        counts: &["sum(quantity)"],
        limited: false,
    };
    series::read(rest, stream, reading, question)
}

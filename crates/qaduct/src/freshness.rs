//! How far each stream of the configured sources and each release calendar is, and whether it is
//! too old.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use qaduct_models::SOURCE_STATUS;
use qaduct_records::pull::Problem;
use qaduct_records::report::{Release, ReleaseCalendar};
use qaduct_records::stream::{GONE_AT, SOURCE};
use qaduct_records::table::Cell;
use qaduct_records::{Outcome, Query, Reader, RecordBatch, Row as _, Test};

use crate::config::{Config, Period};
use crate::error::CommandError;
use crate::sources::Configured;

/// How old data are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Young enough.
    Fresh,
    /// Past `warn_after`.
    Warn,
    /// Past `error_after`.
    Error,
    /// Never read whole.
    Never,
    /// Read by a clock that was ahead: nobody knows how old they are.
    Ahead,
}

/// Clocks of machines may differ by so much.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

impl Freshness {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Warn => "old",
            Self::Error => "too old",
            Self::Never => "never",
            Self::Ahead => "ahead",
        }
    }

    /// Whether somebody has to do something.
    #[must_use]
    pub fn is_error(self) -> bool {
        matches!(self, Self::Error | Self::Never | Self::Ahead)
    }
}

/// What stands for the source of a release calendar, as in the settings.
const CALENDAR: &str = "release_calendar";

/// How far a stream is, or a release calendar.
#[derive(Debug, Clone)]
pub struct State {
    /// The source; `release_calendar` of a calendar.
    pub source: String,
    /// The stream, or the name of the calendar.
    pub stream: String,
    /// When the newest run that read all of it ended.
    pub last_success_at: Option<Timestamp>,
    /// All that changed before this is stored.
    pub watermark: Option<Timestamp>,
    /// Rows that are there now.
    pub rows: u64,
    /// Values that did not fit their column.
    pub problems: u64,
    /// Parts whose reading was interrupted, or is under way.
    pub open_parts: i64,
    /// The newest run.
    pub run_id: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// What went wrong in it.
    pub error: Option<String>,
    /// How old the data are.
    pub freshness: Freshness,
}

/// The state of every stream that is wanted of these sources.
///
/// # Errors
/// When the store fails.
pub fn states(
    reader: &mut dyn Reader,
    settings: &Config,
    sources: &[Configured<'_>],
    now: Timestamp,
) -> Result<Vec<State>, CommandError> {
    let mut states = Vec::new();
    for source in sources {
        let of_source = |query: Query| query.filter(SOURCE, Test::In(vec![source.name.into()]));
        let known = reader.query(&of_source(status()))?;
        for stream in source.streams() {
            let table = stream.table;
            let living = of_source(Query::of(table.name, table.columns));
            let rows = reader.count(&living.filter(GONE_AT, Test::Missing))?;
            let of_table = Query::of(Problem::TABLE.name, Problem::TABLE.columns)
                .filter("table_name", Test::In(vec![table.name.into()]));
            let problems = reader.count(&of_source(of_table))?;
            let row = (0..known.num_rows())
                .find(|row| cell::<String>(&known, "stream", *row).as_deref() == Some(stream.name))
                .map(|row| (&known, row));
            let last_success_at = row.and_then(|(batch, row)| cell(batch, "last_success_at", row));
            states.push(State {
                source: source.name.to_owned(),
                stream: stream.name.to_owned(),
                last_success_at,
                watermark: row.and_then(|(batch, row)| cell(batch, "watermark", row)),
                rows,
                problems,
                open_parts: row
                    .and_then(|(batch, row)| cell(batch, "open_parts", row))
                    .unwrap_or(0),
                run_id: row.and_then(|(batch, row)| cell(batch, "run_id", row)),
                outcome: row.and_then(|(batch, row)| cell(batch, "outcome", row)),
                finished_at: row.and_then(|(batch, row)| cell(batch, "finished_at", row)),
                error: row.and_then(|(batch, row)| cell(batch, "error", row)),
                freshness: freshness(
                    settings,
                    source.settings.warn_after,
                    source.settings.error_after,
                    last_success_at,
                    now,
                ),
            });
        }
    }
    Ok(states)
}

/// The state of every release calendar that is read from addresses.
///
/// # Errors
/// When the store fails.
pub fn calendars(
    reader: &mut dyn Reader,
    settings: &Config,
    now: Timestamp,
) -> Result<Vec<State>, CommandError> {
    let mut states = Vec::new();
    let calendars = settings.release_calendar.iter();
    for (name, _) in calendars.filter(|(_, it)| !it.urls.is_empty()) {
        let of = |query: Query| query.filter("calendar", Test::In(vec![name.as_str().into()]));
        let rows = reader.count(&of(Query::of(Release::TABLE.name, Release::TABLE.columns)))?;
        let table = ReleaseCalendar::TABLE;
        let known = reader.query(&of(Query::of(table.name, table.columns)))?;
        let last_success_at = cell(&known, "read_at", 0);
        let finished_at: Option<Timestamp> = cell(&known, "tried_at", 0);
        let error: Option<String> = cell(&known, "error", 0);
        states.push(State {
            source: CALENDAR.to_owned(),
            stream: name.clone(),
            last_success_at,
            watermark: None,
            rows,
            problems: 0,
            open_parts: 0,
            run_id: None,
            outcome: finished_at.map(|_| {
                let outcome = match error {
                    None => Outcome::Complete,
                    Some(_) => Outcome::Failed,
                };
                outcome.to_string()
            }),
            finished_at,
            error,
            freshness: freshness(settings, None, None, last_success_at, now),
        });
    }
    Ok(states)
}

/// The question for how far streams are.
fn status() -> Query {
    let views = qaduct_models::views();
    let view = views.iter().find(|it| it.name == SOURCE_STATUS);
    let columns = view.map(|it| it.columns.clone()).unwrap_or_default();
    Query::of(SOURCE_STATUS, columns)
}

/// When the newest run ended that read all of a stream.
///
/// # Errors
/// When the store fails.
pub fn last_success(
    reader: &mut dyn Reader,
    source: &str,
    stream: &str,
) -> Result<Option<Timestamp>, CommandError> {
    let query = status()
        .filter(SOURCE, Test::In(vec![source.into()]))
        .filter("stream", Test::In(vec![stream.into()]));
    Ok(cell(&reader.query(&query)?, "last_success_at", 0))
}

/// How old data are by these limits, or those of all sources.
fn freshness(
    settings: &Config,
    warn_after: Option<Period>,
    error_after: Option<Period>,
    last: Option<Timestamp>,
    now: Timestamp,
) -> Freshness {
    let Some(last) = last else {
        return Freshness::Never;
    };
    if last > now + TOLERANCE {
        return Freshness::Ahead;
    }
    let age = Duration::try_from(now.duration_since(last)).unwrap_or_default();
    let limits = &settings.freshness;
    if age > error_after.unwrap_or(limits.error_after).0 {
        Freshness::Error
    } else if age > warn_after.unwrap_or(limits.warn_after).0 {
        Freshness::Warn
    } else {
        Freshness::Fresh
    }
}

fn cell<T>(batch: &RecordBatch, column: &str, row: usize) -> Option<T>
where
    Option<T>: Cell,
{
    let array = batch.column_by_name(column).filter(|it| row < it.len())?;
    <Option<T> as Cell>::cell(array, row).ok().flatten()
}

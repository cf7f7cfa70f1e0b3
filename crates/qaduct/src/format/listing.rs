//! What a command that lists mutes has to print: the rows and what was looked at.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use qaduct_records::{
    Branch, Direction, FileProblem, Query, Reader, RecordBatch, Row as _, Test, Value, table::Cell,
};
use serde::Serialize;

use crate::error::CommandError;
use crate::report::{Code, Report};
use crate::scanning::Scanned;

/// Mutes, and what was looked at to find them.
#[derive(Debug)]
pub struct Listing {
    /// Rows of `v_mutes_current` in the order in which they are printed.
    pub mutes: RecordBatch,
    /// The branches in scope, as they are stored.
    pub branches: Vec<Branch>,
    /// The files of these branches that could not be read in full.
    pub problems: Vec<FileProblem>,
    /// What failed without stopping the rest.
    pub failures: Vec<String>,
    /// When it is, for ages.
    pub as_of: Timestamp,
}

/// The numbers without which an empty result would look like success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Summary {
    /// Mutes, each once a branch.
    pub mutes: u64,
    /// Of these, mutes that silence nothing.
    pub ineffective: u64,
    /// Distinct declarations behind them, however many branches hold one.
    pub declarations: u64,
    /// Files that declare them, each once a repository.
    pub files: u64,
    /// Declarations without a ticket.
    pub without_ticket: u64,
    /// Declarations without a reason.
    pub without_reason: u64,
    /// Branches looked at.
    pub branches: u64,
    /// Files of these branches, each once a branch.
    pub files_seen: u64,
    /// Of these, files that the test framework would search for tests.
    pub test_files: u64,
    /// Files of which a part could not be read or parsed.
    pub files_with_problems: u64,
}

impl Listing {
    /// Reads what is stored of the branches that were scanned.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read(
        reader: &mut dyn Reader,
        done: &[Scanned],
        as_of: Timestamp,
    ) -> Result<Self, CommandError> {
        let view = super::view();
        let mut listing = Self {
            mutes: RecordBatch::new_empty(qaduct_records::table::schema_of(&view.columns)),
            branches: Vec::new(),
            problems: Vec::new(),
            failures: Vec::new(),
            as_of,
        };
        let mut batches = Vec::new();
        for scanned in done {
            let branches = &scanned.recorded.branches;
            let within = |query: Query| {
                let names = branches
                    .iter()
                    .map(|it| Value::Text(it.branch.clone()))
                    .collect();
                query
                    .filter(
                        "repository",
                        Test::In(vec![scanned.repository.as_str().into()]),
                    )
                    .filter("branch", Test::In(names))
            };
            let order = [
                "branch",
                "path",
                "line_start",
                "line_end",
                "form",
                "group_id",
                "nth",
            ];
            let mutes = order.into_iter().fold(
                within(Query::of(view.name.as_str(), view.columns.clone())),
                |query, column| query.order_by(column, Direction::Up),
            );
            batches.push(reader.query(&mutes)?);
            let problems = ["branch", "path", "line"].into_iter().fold(
                within(Query::of(
                    FileProblem::TABLE.name,
                    FileProblem::TABLE.columns,
                )),
                |query, column| query.order_by(column, Direction::Up),
            );
            let problems = FileProblem::rows(&reader.query(&problems)?).map_err(|mismatch| {
                Report::new(
                    Code::StoreFailed,
                    format!("table `file_problems`: {mismatch}"),
                )
            })?;
            listing.problems.extend(problems);
            listing.branches.extend(branches.iter().cloned());
            listing.failures.extend(scanned.failures.iter().cloned());
        }
        listing.mutes = concatenated(listing.mutes, batches);
        Ok(listing)
    }

    /// The day it is, in UTC.
    #[must_use]
    pub fn today(&self) -> Date {
        self.as_of.to_zoned(TimeZone::UTC).date()
    }

    /// What was found and looked at, in two or three lines.
    #[must_use]
    pub fn told(&self, done: &[Scanned], store: &str) -> Vec<String> {
        let summary = self.summary();
        let place = match self.branches.as_slice() {
            [one] => format!("on {} at {:.9}", one.branch, one.commit_id),
            branches => format!("on {} branches", branches.len()),
        };
        let mut lines = vec![format!(
            "{} in {} {place}; {} without a ticket, {} without a reason",
            counted(summary.declarations, "muted test", "muted tests"),
            counted(summary.files, "file", "files"),
            summary.without_ticket,
            summary.without_reason,
        )];
        if summary.ineffective > 0 {
            lines.push(format!("{} of them without effect", summary.ineffective));
        }
        let read: i64 = done.iter().map(|it| it.recorded.run.blobs_read).sum();
        let opened: i64 = done.iter().map(|it| it.recorded.run.mutes_opened).sum();
        let closed: i64 = done.iter().map(|it| it.recorded.run.mutes_closed).sum();
        let changed: i64 = done.iter().map(|it| it.recorded.run.branches_changed).sum();
        let millis: i64 = done.iter().map(|it| it.recorded.run.duration_ms).sum();
        let parsed = match summary.files_with_problems {
            0 => "all of them parsed".to_owned(),
            some => format!("{some} not read in full"),
        };
        lines.push(format!(
            "looked at {}, {} of them for tests, {parsed}; read {} in {:.2} s",
            counted(summary.files_seen, "file", "files"),
            summary.test_files,
            counted(
                u64::try_from(read).unwrap_or(0),
                "file content",
                "distinct file contents"
            ),
            millis as f64 / 1000.0,
        ));
        lines.push(match changed {
            0 => format!("nothing has changed since the last scan in {store}"),
            _ => format!("stored in {store}: {opened} more, {closed} gone"),
        });
        for problem in self.problems.iter().take(5) {
            lines.push(format!(
                "not read in full: {}:{} ({}: {})",
                problem.path, problem.line, problem.problem, problem.message
            ));
        }
        if self.problems.len() > 5 {
            lines.push(format!(
                "and {} more: table `file_problems`, or `--format json`",
                self.problems.len() - 5
            ));
        }
        if summary.mutes == 0 && summary.test_files == 0 {
            lines.push(
                "no test file was recognised: is this the right branch, and are the tests Python?"
                    .to_owned(),
            );
        }
        lines
    }

    /// Counts what there is.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut declarations = std::collections::HashSet::new();
        let mut files = std::collections::HashSet::new();
        let mut summary = Summary {
            mutes: 0,
            ineffective: 0,
            declarations: 0,
            files: 0,
            without_ticket: 0,
            without_reason: 0,
            branches: self.branches.len() as u64,
            files_seen: sum(&self.branches, |it| it.files_seen),
            test_files: sum(&self.branches, |it| it.test_files),
            files_with_problems: sum(&self.branches, |it| it.files_with_problems),
        };
        for row in self.rows() {
            summary.mutes += 1;
            summary.ineffective += u64::from(!row.effective);
            files.insert((row.repository, row.path));
            if declarations.insert(row.declaration_id) {
                summary.without_ticket += u64::from(row.tickets.is_none());
                summary.without_reason += u64::from(row.reason.is_none());
            }
        }
        summary.declarations = declarations.len() as u64;
        summary.files = files.len() as u64;
        summary
    }

    /// The rows with the columns that people read.
    pub fn rows(&self) -> impl Iterator<Item = Shown> + '_ {
        (0..self.mutes.num_rows()).map(|row| Shown::of(&self.mutes, row))
    }
}

fn concatenated(empty: RecordBatch, batches: Vec<RecordBatch>) -> RecordBatch {
    match <[RecordBatch; 1]>::try_from(batches) {
        Ok([one]) => one,
        Err(several) => {
            let schema = empty.schema();
            arrow_select::concat::concat_batches(&schema, &several).unwrap_or(empty)
        }
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn sum(branches: &[Branch], count: impl Fn(&Branch) -> i64) -> u64 {
    branches
        .iter()
        .map(|it| u64::try_from(count(it)).unwrap_or(0))
        .sum()
}

/// The columns of a mute that people read.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub(crate) repository: String,
    pub(crate) branch: String,
    pub(crate) declaration_id: String,
    pub(crate) path: String,
    pub(crate) test_id: String,
    pub(crate) line: i64,
    pub(crate) kind: String,
    pub(crate) form: String,
    pub(crate) alias: Option<String>,
    pub(crate) test: String,
    pub(crate) tickets: Option<String>,
    pub(crate) ticket: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) condition: Option<String>,
    pub(crate) since_declared: Option<Date>,
    pub(crate) since_text: Option<String>,
    /// The day a scan saw it first, where the code changed that day or before;
    /// `None` where the first scan found it already there.
    pub(crate) newly_seen: Option<Date>,
    pub(crate) effective: bool,
}

impl Shown {
    fn of(batch: &RecordBatch, row: usize) -> Self {
        let opened_by: Option<String> = cell(batch, "opened_by", row);
        let first_seen: Option<Timestamp> = cell(batch, "first_seen_at", row);
        let text = |column| cell::<String>(batch, column, row);
        Self {
            repository: text("repository").unwrap_or_default(),
            branch: text("branch").unwrap_or_default(),
            declaration_id: text("declaration_id").unwrap_or_default(),
            path: text("path").unwrap_or_default(),
            test_id: text("test_id").unwrap_or_default(),
            line: cell(batch, "line_start", row).unwrap_or_default(),
            kind: text("kind").unwrap_or_default(),
            form: text("form").unwrap_or_default(),
            alias: text("alias"),
            test: text("test").unwrap_or_default(),
            tickets: text("tickets"),
            ticket: text("ticket"),
            reason: text("reason"),
            condition: text("condition"),
            since_declared: cell(batch, "since_declared", row),
            since_text: text("since_text"),
            newly_seen: first_seen
                .filter(|_| opened_by.as_deref() == Some(qaduct_records::Cause::Commit.as_str()))
                .map(|at| at.to_zoned(TimeZone::UTC).date()),
            effective: cell(batch, "effective", row).unwrap_or(true),
        }
    }

    /// The day since when it is muted and how we know; see `docs/concepts.md`.
    pub(crate) fn since(&self) -> Option<(Date, &'static str)> {
        self.since_declared
            .map(|day| (day, "declared"))
            .or(self.newly_seen.map(|day| (day, "first seen")))
    }
}

fn cell<T>(batch: &RecordBatch, column: &str, row: usize) -> Option<T>
where
    Option<T>: Cell,
{
    let array = batch.column_by_name(column)?;
    <Option<T> as Cell>::cell(array, row).ok().flatten()
}

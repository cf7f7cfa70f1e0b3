//! What a command that lists mutes has to print: the rows and what was looked at.

use std::collections::{HashMap, HashSet};

use arrow_array::{Array as _, BooleanArray, StringArray};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use qaduct_records::{
    Branch, Direction, FileProblem, Query, Reader, RecordBatch, Row as _, Run, Test, Value,
    table::Cell,
};
use serde::Serialize;

use crate::checking::Part;
use crate::error::CommandError;
use crate::report::{Code, Report};
use crate::scanning::Scanned;

/// How many files that could not be read in full are named one by one.
const SHOWN: usize = 5;

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
    /// What of the repository is listed.
    pub part: Part,
    /// When it is, for ages.
    pub as_of: Timestamp,
}

/// The numbers without which an empty result would look like success. A mute
/// that several branches carry counts once for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Summary {
    /// Mutes that silence something.
    pub mutes: u64,
    /// What they name, each once a repository: tests, classes, files.
    pub tests: u64,
    /// Files that declare them, each once a repository.
    pub files: u64,
    /// Mutes without a ticket.
    pub without_ticket: u64,
    /// Mutes without a reason.
    pub without_reason: u64,
    /// Further declarations, which silence nothing.
    pub ineffective: u64,
    /// Branches looked at.
    pub branches: u64,
    /// Files of these branches, each once a branch.
    pub files_seen: u64,
    /// Of these, files that the test framework would search for tests.
    pub test_files: u64,
    /// Files of which a part could not be read or parsed.
    pub files_with_problems: u64,
    /// Further files with tests, left out as vendored, generated or excluded.
    pub files_excluded: u64,
    /// Of the mutes, those of tests that should run and do not.
    pub debt: u64,
    /// Of the mutes, those of tests that have no meaning on some system.
    pub platform: u64,
    /// Of the mutes, those of tests that need what is not there.
    pub environment: u64,
    /// Of the mutes, those of tests that are kept out on purpose.
    pub intentional: u64,
    /// Of the mutes, those of which neither a condition nor words tell what they are for.
    pub unknown: u64,
    /// Of the mutes, those of files for which nobody is known to answer.
    pub without_owner: u64,
    /// Of the mutes, those of which nobody knows since when they are there.
    pub without_since: u64,
}

impl Listing {
    /// Reads what is stored of the branches that were scanned: all mutes, or those for
    /// these intents.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read(
        reader: &mut dyn Reader,
        done: &[Scanned],
        intents: &[String],
        as_of: Timestamp,
    ) -> Result<Self, CommandError> {
        let view = super::view();
        let mut listing = Self {
            mutes: RecordBatch::new_empty(qaduct_records::table::schema_of(&view.columns)),
            branches: Vec::new(),
            problems: Vec::new(),
            failures: Vec::new(),
            part: Part::default(),
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
            let mut mutes = within(Query::of(view.name.as_str(), view.columns.clone()));
            if !intents.is_empty() {
                let words = intents.iter().map(|it| it.as_str().into()).collect();
                mutes = mutes.filter("intent", Test::In(words));
            }
            let mutes = order
                .into_iter()
                .fold(mutes, |query, column| query.order_by(column, Direction::Up));
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
        listing.mutes = concatenated(listing.mutes, batches)?;
        Ok(listing)
    }

    /// The same, of a part of the repository.
    ///
    /// # Errors
    /// When the rows cannot be taken apart.
    pub fn of_part(mut self, part: Part) -> Result<Self, CommandError> {
        let paths = self.mutes.column_by_name("path");
        let paths = paths.and_then(|it| it.as_any().downcast_ref::<StringArray>());
        let is_within = |path: Option<&str>| path.is_some_and(|it| part.has(it));
        if let Some(paths) = paths {
            let rows: BooleanArray = paths.iter().map(|it| Some(is_within(it))).collect();
            self.mutes = arrow_select::filter::filter_record_batch(&self.mutes, &rows)
                .map_err(|error| CommandError::new(Code::Internal, error, None))?;
        }
        self.problems.retain(|it| part.has(&it.path));
        self.part = part;
        Ok(self)
    }

    /// The day it is, in UTC.
    #[must_use]
    pub fn today(&self) -> Date {
        self.as_of.to_zoned(TimeZone::UTC).date()
    }

    /// What was found and looked at, in three lines.
    #[must_use]
    pub fn told(&self, done: &[Scanned], store: &str) -> Vec<String> {
        let summary = self.summary();
        let place = match self.branches.as_slice() {
            [one] => format!("on {} at {:.9}", one.branch, one.commit_id),
            branches => format!("on {} branches", branches.len()),
        };
        let part = self.part.name();
        let part = part.map_or_else(String::new, |it| format!(" in {it}"));
        let ineffective = match summary.ineffective {
            0 => String::new(),
            some => format!("; {} more without effect", counted(some, "mark", "marks")),
        };
        let sum = |count: fn(&Run) -> i64| {
            let all: i64 = done.iter().map(|it| count(&it.recorded.run)).sum();
            u64::try_from(all).unwrap_or(0)
        };
        let parsed = match summary.files_with_problems {
            0 => "all of them parsed".to_owned(),
            some => format!("{some} not read in full"),
        };
        let purposes = [
            (summary.debt, "debt"),
            (summary.unknown, "unknown"),
            (summary.platform, "platform"),
            (summary.environment, "environment"),
            (summary.intentional, "intentional"),
        ];
        let purposes = purposes.iter().filter(|(count, _)| *count > 0);
        let purposes: Vec<_> = purposes
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let purposes = match purposes.as_slice() {
            [] => String::new(),
            some => format!(": {}", some.join(", ")),
        };
        let left_out = match summary.files_excluded {
            0 => String::new(),
            some => format!(
                "; left out {} (`--include-vendored` reads them)",
                counted(
                    some,
                    "vendored or generated file",
                    "vendored or generated files"
                )
            ),
        };
        vec![
            format!(
                "{} by {} in {} {place}{part}{purposes}; {} without a ticket, {} without a reason{ineffective}",
                counted(summary.tests, "muted test", "muted tests"),
                counted(summary.mutes, "mute", "mutes"),
                counted(summary.files, "file", "files"),
                summary.without_ticket,
                summary.without_reason,
            ),
            format!(
                "looked at {}{}, {} of them for tests, {parsed}{left_out}; read {} in {:.2} s",
                counted(summary.files_seen, "file", "files"),
                if part.is_empty() { "" } else { " in all" },
                summary.test_files,
                counted(
                    sum(|run| run.blobs_read),
                    "file content",
                    "distinct file contents"
                ),
                sum(|run| run.duration_ms) as f64 / 1000.0,
            ),
            match sum(|run| run.branches_changed) {
                0 => format!("nothing has changed since the last scan in {store}"),
                _ => format!(
                    "stored in {store}: {} more, {} gone",
                    sum(|run| run.mutes_opened),
                    sum(|run| run.mutes_closed)
                ),
            },
        ]
    }

    /// What to type to know more.
    #[must_use]
    pub fn next(&self) -> Option<String> {
        let count = self.summary().without_since;
        (count > 0).then(|| {
            format!(
                "since when: not known for {}; `--history` reads it from the commits",
                counted(count, "mute", "mutes")
            )
        })
    }

    /// What should be known before the numbers are believed, also where nobody
    /// wants to hear of anything else.
    #[must_use]
    pub fn doubts(&self) -> Vec<Report> {
        // What is wrong on each of many branches is told once.
        let mut problems: Vec<(&FileProblem, usize)> = Vec::new();
        let mut seen: HashMap<(&str, i64, &str), usize> = HashMap::new();
        for it in &self.problems {
            let key = (it.path.as_str(), it.line, it.message.as_str());
            match seen.get(&key) {
                Some(at) => problems[*at].1 += 1,
                None => {
                    seen.insert(key, problems.len());
                    problems.push((it, 0));
                }
            }
        }
        let unread = |(problem, others): &(&FileProblem, usize)| {
            let message = format!("{} was not read in full: {}", problem.path, problem.message);
            let others = match others {
                0 => String::new(),
                more => format!(" and {}", counted(*more as u64, "other", "others")),
            };
            let line = match problem.line {
                0 => String::new(),
                line => format!(", line {line}"),
            };
            let place = format!("on branch {}{others}{line}", problem.branch);
            Report::new(Code::NotRead, message).note(place)
        };
        let mut doubts: Vec<Report> = problems.iter().take(SHOWN).map(unread).collect();
        if problems.len() > SHOWN {
            let more = problems.len() - SHOWN;
            let message = format!(
                "{} not read in full either",
                counted(more as u64, "file was", "files were")
            );
            doubts.push(
                Report::new(Code::NotRead, message)
                    .help("`--format json` and the table `file_problems` have all of them"),
            );
        }
        // A list that could not be understood was recognised.
        let is_empty = self.mutes.num_rows() == 0 && self.problems.is_empty();
        if is_empty && self.branches.iter().all(|it| it.test_files == 0) {
            doubts.push(
                Report::new(
                    Code::NoTests,
                    "no test file was recognised, so nothing could be found",
                )
                .help("is this the right branch (`--branch`), and is it committed? docs/frameworks lists the languages that are read"),
            );
        }
        doubts
    }

    /// Counts what there is.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut tests = HashSet::new();
        let mut files = HashSet::new();
        let mut summary = Summary {
            mutes: 0,
            tests: 0,
            files: 0,
            without_ticket: 0,
            without_reason: 0,
            ineffective: 0,
            branches: self.branches.len() as u64,
            files_seen: sum(&self.branches, |it| it.files_seen),
            test_files: sum(&self.branches, |it| it.test_files),
            files_with_problems: sum(&self.branches, |it| it.files_with_problems),
            files_excluded: sum(&self.branches, |it| it.files_excluded.unwrap_or(0)),
            debt: 0,
            platform: 0,
            environment: 0,
            intentional: 0,
            unknown: 0,
            without_owner: 0,
            without_since: 0,
        };
        let text = |column| {
            let array = self.mutes.column_by_name(column);
            let array = array.and_then(|it| it.as_any().downcast_ref::<StringArray>());
            move |row| array.filter(|it| it.is_valid(row)).map(|it| it.value(row))
        };
        let (repository, path, test_id) = (text("repository"), text("path"), text("test_id"));
        let (tickets, reason) = (text("tickets"), text("reason"));
        let (intent, owner, since) = (text("intent"), text("owner"), text("age_source"));
        for row in 0..self.mutes.num_rows() {
            if cell(&self.mutes, "effective", row) == Some(false) {
                summary.ineffective += 1;
                continue;
            }
            summary.mutes += 1;
            summary.without_ticket += u64::from(tickets(row).is_none());
            summary.without_reason += u64::from(reason(row).is_none());
            summary.without_owner += u64::from(owner(row).is_none());
            summary.without_since += u64::from(since(row).is_none());
            match intent(row) {
                Some("debt") => summary.debt += 1,
                Some("platform") => summary.platform += 1,
                Some("environment") => summary.environment += 1,
                Some("intentional") => summary.intentional += 1,
                _ => summary.unknown += 1,
            }
            files.insert((repository(row), path(row)));
            tests.insert((repository(row), test_id(row)));
        }
        summary.tests = tests.len() as u64;
        summary.files = files.len() as u64;
        summary
    }

    /// The rows with the columns that people read.
    pub fn rows(&self) -> impl Iterator<Item = Shown> + '_ {
        (0..self.mutes.num_rows()).map(|row| Shown::of(&self.mutes, row))
    }
}

fn concatenated(
    empty: RecordBatch,
    batches: Vec<RecordBatch>,
) -> Result<RecordBatch, CommandError> {
    match <[RecordBatch; 1]>::try_from(batches) {
        Ok([one]) => Ok(one),
        Err(several) => arrow_select::concat::concat_batches(&empty.schema(), &several)
            .map_err(|error| CommandError::new(Code::Internal, error, None)),
    }
}

pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
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
    /// The day on which it landed on the branch, where its history was read.
    pub(crate) since_git: Option<Date>,
    /// The day a scan saw it first, where the code changed that day or before;
    /// `None` where the first scan found it already there.
    pub(crate) newly_seen: Option<Date>,
    pub(crate) intent: Option<String>,
    pub(crate) owner: Option<String>,
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
            intent: text("intent"),
            owner: text("owner"),
            since_declared: cell(batch, "since_declared", row),
            since_text: text("since_text"),
            since_git: cell::<Timestamp>(batch, "since_git", row)
                .map(|at| at.to_zoned(TimeZone::UTC).date()),
            newly_seen: first_seen
                .filter(|_| opened_by.as_deref() == Some(qaduct_records::Cause::Commit.as_str()))
                .map(|at| at.to_zoned(TimeZone::UTC).date()),
            effective: cell(batch, "effective", row).unwrap_or(true),
        }
    }

    /// How it mutes. A mark without effect is a mistake, whatever it was meant to be.
    pub(crate) fn kind(&self) -> &str {
        if self.effective {
            &self.kind
        } else {
            "no effect"
        }
    }

    /// The day since when it is muted and how we know; see `docs/concepts.md`.
    pub(crate) fn since(&self) -> Option<(Date, &'static str)> {
        self.since_declared
            .map(|day| (day, "declared"))
            .or(self.since_git.map(|day| (day, "git")))
            .or(self.newly_seen.map(|day| (day, "first seen")))
    }
}

/// A value of a row; `None` where it is NULL or the column is not there.
pub(crate) fn cell<T>(batch: &RecordBatch, column: &str, row: usize) -> Option<T>
where
    Option<T>: Cell,
{
    let array = batch.column_by_name(column)?;
    <Option<T> as Cell>::cell(array, row).ok().flatten()
}

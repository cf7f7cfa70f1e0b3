//! The seam between what reads a service and what keeps the rows.
//!
//! A source gives pages: rows, and the position after them. It never knows
//! where they go. What moves them stores each page and its position in one
//! transaction, so that a reading that is killed goes on after its last page.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use crate::stream::Stream;
use crate::{RecordBatch, Table, Value};

/// A service that can be read.
pub trait Source: Send {
    /// Its name in the configuration and in the column `source`.
    fn name(&self) -> &str;

    /// What it is: `testrail`, `jira`.
    fn kind(&self) -> &'static str;

    /// Its streams, parents before their children.
    fn streams(&self) -> &'static [&'static Stream];

    /// The parts into which the configuration divides a stream with
    /// [`Parts::Scopes`](crate::stream::Parts::Scopes): none only where the configuration
    /// asks for none, whose rows are then no longer asked for.
    ///
    /// # Errors
    /// When the service has to be asked and fails or lists nothing to divide the stream by,
    /// or when the configuration names something that it does not have.
    fn scopes(&mut self, stream: &'static Stream) -> Result<Vec<Scope>, SourceError>;

    /// How a stream is switched on that the settings leave off; `None` for one that is read.
    fn off(&self, stream: &'static Stream) -> Option<String> {
        let _ = stream;
        None
    }

    /// What shapes the rows of a stream, beside the values of a scope and the bounds:
    /// fields, options, what becomes of people, the columns. A part whose last reading was
    /// shaped otherwise is read from its start.
    fn shape(&self, stream: &'static Stream) -> String {
        let _ = stream;
        String::new()
    }

    /// Whether the rows of a stream are people who are hidden: one that is gone, which it is
    /// also when it got another hash, is not kept.
    fn is_of_hidden_people(&self, stream: &'static Stream) -> bool {
        let _ = stream;
        false
    }

    /// The stream whose rows have the rows of this one as details, in parts of the same
    /// names. They are read where those rows change; [`Source::poll`] asks for them by the
    /// keys of those rows.
    fn details_of(&self, stream: &'static Stream) -> Option<&'static str> {
        let _ = stream;
        None
    }

    /// Begins or continues to read a part. Nothing needs to be asked yet.
    ///
    /// # Errors
    /// When the position is none of this version's.
    fn read<'s>(
        &'s mut self,
        stream: &'static Stream,
        reading: &Reading,
    ) -> Result<Box<dyn Pages + 's>, SourceError>;

    /// Asks for rows by their key (without `source`), in the order of the key's columns.
    /// A row that is not found comes back as [`Gone`].
    ///
    /// # Errors
    /// When the stream cannot be asked by key.
    fn poll<'s>(
        &'s mut self,
        stream: &'static Stream,
        scope: &Scope,
        keys: Vec<Vec<Value>>,
    ) -> Result<Box<dyn Pages + 's>, SourceError>;

    /// Lists all keys of a part (without `source`), cheaply.
    ///
    /// # Errors
    /// When the service fails; a census that is not complete is an error.
    fn census(
        &mut self,
        stream: &'static Stream,
        scope: &Scope,
    ) -> Result<Vec<Vec<Value>>, SourceError>;

    /// How many rows a reading would bring, asked with as few requests as possible;
    /// `None` where the service cannot say. Also how many a page holds.
    ///
    /// # Errors
    /// When the service fails.
    fn predict(
        &mut self,
        stream: &'static Stream,
        reading: &Reading,
    ) -> Result<Prediction, SourceError>;

    /// What the requests of a stream are counted as.
    fn budget(&self, stream: &Stream) -> Budget {
        let _ = stream;
        Budget::default()
    }

    /// Names of what the service counts apart; none where it counts all requests together.
    fn resources(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Other processes have sent so many requests with the same credential in the last
    /// minute, of a resource or, where it is empty, in all: they count against the limit
    /// that we share.
    fn others_sent(&mut self, resource: &str, requests: u32) {
        let _ = (resource, requests);
    }

    /// What is odd about the settings and was gone on with: each is told once, and is no
    /// failure.
    fn notices(&mut self) -> Vec<SourceError> {
        Vec::new()
    }

    /// The smallest call that needs the credential: who we are, what we may, what is left.
    ///
    /// # Errors
    /// When the service refuses or cannot be reached.
    fn probe(&mut self) -> Result<Probe, SourceError>;

    /// What could be asked for: projects, suites, filters, boards, with their ids.
    ///
    /// # Errors
    /// When the service fails.
    fn discover(&mut self) -> Result<Vec<Discovered>, SourceError>;
}

/// The pages of a reading.
pub trait Pages {
    /// The next page, or `None` when all was read.
    ///
    /// # Errors
    /// When the service fails; the reading can be begun again from the last position.
    fn next(&mut self) -> Result<Option<Page>, SourceError>;
}

/// A part of a stream.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scope {
    /// Its name, unique in the stream, the same in every run: `project_id=12`.
    pub name: String,
    /// What the service is asked with.
    pub values: BTreeMap<String, Value>,
}

impl Scope {
    /// A scope named by its values.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        let values: Vec<_> = values.into_iter().collect();
        Self {
            name: values
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join(","),
            values: values
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }

    /// The value of that name as text; empty where there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.values
            .get(name)
            .map(ToString::to_string)
            .unwrap_or_default()
    }
}

/// What is to be read of a part.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The part.
    pub scope: Scope,
    /// Rows that changed at this instant or later; `None`: all.
    pub lower: Option<Timestamp>,
    /// Rows that changed before this instant, where the service can be asked so.
    pub upper: Timestamp,
    /// Where an earlier reading with the same bounds stopped.
    pub position: Option<String>,
    /// What the last whole reading of the part gave to tell whether anything has changed
    /// since; `None` where all is to be read whether it has or not.
    pub validator: Option<String>,
}

/// A page: what one request brought.
#[derive(Debug, Default)]
pub struct Page {
    /// Rows of the stream's own table, without the lineage columns.
    pub rows: Option<RecordBatch>,
    /// Rows of other tables that stand inside these records.
    pub nested: Vec<Nested>,
    /// Rows that are gone.
    pub gone: Vec<Gone>,
    /// What could not be read as it should be.
    pub problems: Vec<RowProblem>,
    /// Keys whose past problems are over beside those of the rows: parents whose rows came.
    pub mended: Vec<String>,
    /// The request that brought it; `None` for a page that only ends a reading.
    pub exchange: Option<Exchange>,
    /// Where to go on after this page; `None` when nothing follows or nothing can.
    pub position: Option<String>,
    /// How many rows the service says the whole reading has, where it says so.
    pub expected: Option<u64>,
    /// On the first page: what tells the next reading whether anything of the part has
    /// changed since; `None` where nothing does.
    pub validator: Option<String>,
    /// Nothing of the part has changed since the reading whose validator was given. That
    /// is no empty page: all rows are there still.
    pub unchanged: bool,
    /// Why the reading cannot be complete: a cap of the service, a refused part.
    pub incomplete: Option<String>,
}

/// Rows that stand inside records: all that there are for these parents.
#[derive(Debug)]
pub struct Nested {
    /// Their table.
    pub table: &'static Table,
    /// The rows.
    pub rows: RecordBatch,
    /// The column that names the parent.
    pub parent: &'static str,
    /// The parents; rows of theirs that are not in the batch are gone.
    pub parents: Vec<Value>,
}

/// A row that is gone.
#[derive(Debug, Clone, PartialEq)]
pub struct Gone {
    /// Its key without `source`.
    pub key: Vec<Value>,
    /// How: a word of [`gone`](crate::stream::gone).
    pub how: &'static str,
    /// When, where the service says so.
    pub at: Option<Timestamp>,
}

/// A value that is not what its column holds. The row is kept, the value is NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The table.
    pub table: &'static str,
    /// The key of the row, as text; of all rows of a parent, the [name](Scope::of) of its
    /// key: `bug_id=7`, which is that of no row.
    pub key: String,
    /// The column, or the path in the record.
    pub field: String,
    /// What is wrong.
    pub problem: String,
    /// The value as JSON, cut to 200 characters.
    pub value: String,
}

/// A request and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exchange {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The URL without anything secret.
    pub url: String,
    /// The status of the last answer.
    pub status: u16,
    /// How often it was sent.
    pub attempts: u32,
    /// How long it took, waiting included, in milliseconds.
    pub duration_ms: u64,
    /// How long of that was waiting for the rate limit, in milliseconds.
    pub waited_ms: u64,
    /// Size of the body as it was received, unpacked.
    pub bytes: u64,
    /// What the service counts it as, where it keeps several counts: `search`.
    pub resource: Option<String>,
    /// Requests that the service allows in its window, where it says so.
    pub quota_limit: Option<u64>,
    /// Requests that are left of them.
    pub quota_left: Option<u64>,
    /// The time by the clock of the service.
    pub server_time: Option<Timestamp>,
}

/// What requests are counted as.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Budget {
    /// The word of the service for it; empty where it counts all requests together.
    pub resource: &'static str,
    /// Requests a minute that its declared limit allows us; `None` where there is none.
    pub pace: Option<f64>,
}

/// What a reading would cost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prediction {
    /// Rows, where the service says so.
    pub rows: Option<u64>,
    /// Requests for the rows; at least one. Without the rows, it takes so many at least.
    pub requests: Option<u64>,
}

/// Who we are to a service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Probe {
    /// The user, or `anonymous`.
    pub user: String,
    /// What the user may do, where the service says so.
    pub permissions: Vec<String>,
    /// The version of the service.
    pub version: Option<String>,
    /// Requests that are left.
    pub quota_left: Option<u64>,
    /// Requests in the window.
    pub quota_limit: Option<u64>,
    /// What is left of each resource that the service counts apart.
    pub resources: Vec<ResourceQuota>,
}

/// What is left of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceQuota {
    /// The word of the service for it.
    pub resource: String,
    /// Requests that are left.
    pub left: u64,
    /// Requests in the window.
    pub limit: u64,
}

/// Something that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// What it is: `project`, `filter`.
    pub what: &'static str,
    /// Its id as the configuration takes it.
    pub id: String,
    /// Its name for people.
    pub name: String,
}

/// What can go wrong with a source. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {trouble}")]
pub struct SourceError {
    /// The kind of failure, for the exit status and for what happens next.
    pub kind: Failure,
    /// Where: source, stream, part and page, or the configuration key.
    pub place: String,
    /// What happened.
    pub trouble: String,
    /// The command or the line that helps.
    pub hint: Option<String>,
    /// The last request, where there was one.
    pub exchange: Option<Box<Exchange>>,
}

/// Kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// The configuration asks for what there is not.
    Config,
    /// The credential is missing, wrong or expired.
    Credential,
    /// The credential may not see this; other parts may work.
    Forbidden,
    /// This is not there; other parts may work.
    Missing,
    /// The service cannot be reached, fails or stays silent; nothing else of it will work.
    Unavailable,
    /// The limit of the service is used up for longer than we wait.
    Quota,
    /// The answer is not what the service promises.
    Answer,
    /// The position is too old or of another version; reading from the start works.
    Position,
}

impl SourceError {
    /// An error without a request.
    #[must_use]
    pub fn new(kind: Failure, place: impl Into<String>, trouble: impl Into<String>) -> Self {
        Self {
            kind,
            place: place.into(),
            trouble: trouble.into(),
            hint: None,
            exchange: None,
        }
    }

    /// The same with what helps.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether other parts of the source may still work.
    #[must_use]
    pub const fn is_local(&self) -> bool {
        matches!(
            self.kind,
            Failure::Forbidden | Failure::Missing | Failure::Answer | Failure::Position
        )
    }
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Text(text) => out.write_str(text),
            Self::Int(int) => write!(out, "{int}"),
            Self::Float(float) => write!(out, "{float}"),
            Self::Bool(flag) => write!(out, "{flag}"),
            Self::Timestamp(at) => write!(out, "{at}"),
            Self::Date(day) => write!(out, "{day}"),
        }
    }
}

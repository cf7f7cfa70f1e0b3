//! The seams: what a store promises to those who write, and to those who read.
//!
//! The traits block: a store is used from a thread that may wait. Whoever lives
//! on an async runtime calls them from its blocking threads.

use std::fmt;

use jiff::{Timestamp, civil::Date};

use crate::RecordBatch;
use crate::table::{Column, Mismatch, Table};

/// A database that keeps records.
///
/// Promises, each tested for every store: what is not committed is not seen;
/// what is committed survives the death of the process; upserting the same
/// batch twice leaves the same rows; readers never wait for writers and never
/// see half of a transaction.
pub trait Store: Send {
    /// Brings the database up to these tables and views: creates what is
    /// missing, adds columns, replaces views that differ. Safe to call by
    /// several processes at once, cheap when there is nothing to do.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer version has written the database.
    fn migrate(&mut self, tables: &[&Table], views: &[View]) -> Result<(), StoreError>;

    /// Begins a transaction. Others that begin with the same `lock` wait until
    /// this one ends; a transaction that is dropped changes nothing.
    ///
    /// # Errors
    /// When the database cannot be reached or the wait is too long.
    fn begin(&mut self, lock: &str) -> Result<Box<dyn Transaction + '_>, StoreError>;

    /// Opens another connection that only reads.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError>;

    /// Where the data is, for messages: never with a password.
    fn location(&self) -> String;
}

/// A transaction that writes. Nothing is kept unless [`Transaction::commit`] succeeds.
pub trait Transaction {
    /// Runs a query as [`Reader::query`] does, over what this transaction has written too.
    ///
    /// # Errors
    /// As [`Reader::query`].
    fn query(&mut self, query: &Query) -> Result<RecordBatch, StoreError>;

    /// The rows of a table whose columns equal these values.
    ///
    /// # Errors
    /// When the database fails.
    fn select(&mut self, table: &Table, equal: &[(&str, Value)])
    -> Result<RecordBatch, StoreError>;

    /// Inserts rows and replaces those with the same key. A batch that holds a
    /// key twice keeps the later row. Rows equal to the stored ones are left alone,
    /// whatever their columns of [`Table::lineage`]; others keep those of [`Table::once`].
    /// A table without a key takes every row.
    ///
    /// # Errors
    /// When the batch does not fit the table or the database fails.
    fn upsert(&mut self, table: &Table, rows: &RecordBatch) -> Result<Written, StoreError>;

    /// Deletes the rows of a table that pass all filters; with no filter, all rows.
    ///
    /// # Errors
    /// When the database fails.
    fn delete(&mut self, table: &Table, filters: &[Filter]) -> Result<u64, StoreError>;

    /// Deletes the rows of `table` for which no row of any of the `referrers` has the
    /// same value in `column`.
    ///
    /// # Errors
    /// When the database fails.
    fn delete_orphans(
        &mut self,
        table: &Table,
        column: &str,
        referrers: &[&Table],
    ) -> Result<u64, StoreError>;

    /// Keeps what was done.
    ///
    /// # Errors
    /// When the database fails; then nothing is kept.
    fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// What an upsert did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Rows that were not there before.
    pub inserted: u64,
    /// Rows that were there and differed.
    pub updated: u64,
}

/// A connection that reads tables and views.
pub trait Reader: Send {
    /// Runs a query. The batch has the columns of the query in its order.
    ///
    /// # Errors
    /// When the relation or a column does not exist, or the database fails.
    fn query(&mut self, query: &Query) -> Result<RecordBatch, StoreError>;

    /// How many rows the query has without its limit and offset.
    ///
    /// # Errors
    /// As [`Reader::query`].
    fn count(&mut self, query: &Query) -> Result<u64, StoreError>;

    /// A text that changes whenever the data may have changed.
    ///
    /// # Errors
    /// When the database fails.
    fn version(&mut self) -> Result<String, StoreError>;
}

/// A view: a documented SELECT over tables and earlier views.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its name in SQL, beginning with `v_`.
    pub name: String,
    /// What a row of it is.
    pub description: String,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// The SELECT. Where dialects differ it holds `{function:argument}`, which
    /// the store's dialect replaces; the functions are documented there.
    pub sql: String,
}

/// A question to a table or view.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Table or view.
    pub relation: String,
    /// The columns of the answer.
    pub columns: Vec<Column>,
    /// Rows must pass all of these.
    pub filters: Vec<Filter>,
    /// Of each of these groups rows must pass at least one.
    pub any: Vec<Vec<Filter>>,
    /// Order of the rows: columns, most significant first. NULL sorts last.
    /// Text sorts by code point on every store.
    pub order: Vec<(String, Direction)>,
    /// At most so many rows.
    pub limit: Option<u64>,
    /// Rows to leave out at the beginning.
    pub offset: u64,
}

impl Query {
    /// All rows of a relation in no particular order.
    #[must_use]
    pub fn of(relation: impl Into<String>, columns: impl Into<Vec<Column>>) -> Self {
        Self {
            relation: relation.into(),
            columns: columns.into(),
            filters: Vec::new(),
            any: Vec::new(),
            order: Vec::new(),
            limit: None,
            offset: 0,
        }
    }

    /// The same query with one more filter.
    #[must_use]
    pub fn filter(mut self, column: impl Into<String>, test: Test) -> Self {
        self.filters.push(Filter::new(column, test));
        self
    }

    /// The same query for rows that pass at least one of these filters as well.
    #[must_use]
    pub fn any(mut self, group: impl Into<Vec<Filter>>) -> Self {
        self.any.push(group.into());
        self
    }

    /// The same query, sorted by one more column.
    #[must_use]
    pub fn order_by(mut self, column: impl Into<String>, direction: Direction) -> Self {
        self.order.push((column.into(), direction));
        self
    }
}

/// A condition on one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// What its value must pass.
    pub test: Test,
}

impl Filter {
    /// A condition.
    pub fn new(column: impl Into<String>, test: Test) -> Self {
        Self {
            column: column.into(),
            test,
        }
    }
}

/// What a value must pass. NULL passes only [`Test::Missing`].
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Equal to one of these.
    In(Vec<Value>),
    /// Equal to none of these.
    NotIn(Vec<Value>),
    /// NULL.
    Missing,
    /// Not NULL.
    Present,
    /// Less than this.
    Below(Value),
    /// Equal to this or greater.
    AtLeast(Value),
    /// Text that holds this text; upper and lower case are the same for ASCII letters.
    Contains(String),
    /// Text that is a list, joined by a comma and a space, and has one of these in it.
    Lists(Vec<String>),
}

/// A value of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// Text.
    Text(String),
    /// An integer.
    Int(i64),
    /// A number.
    Float(f64),
    /// A flag.
    Bool(bool),
    /// An instant.
    Timestamp(Timestamp),
    /// A day.
    Date(Date),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Which way to sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Up,
    /// Greatest first.
    Down,
}

/// Tells the time. Tests hold it still.
pub trait Clock: Send + Sync {
    /// The instant it is now.
    fn now(&self) -> Timestamp;
}

/// What can go wrong with a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address is not one that a store understands.
    #[error("`{url}` is no store: {why}")]
    Url {
        /// The address, without a password.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The database cannot be opened or reached.
    #[error("cannot open {location}: {cause}")]
    Open {
        /// Where it should be.
        location: String,
        /// What the system or the server says.
        cause: String,
    },
    /// There is nothing to read.
    #[error("no database at {location}")]
    Absent {
        /// Where it should be.
        location: String,
    },
    /// There is a database that qaduct has never written.
    #[error("{location} is there and is none of qaduct's")]
    Foreign {
        /// Where it is.
        location: String,
    },
    /// A newer version of qaduct has written the database.
    #[error("{location} has schema version {found}; this qaduct knows up to {known}")]
    Newer {
        /// Where it is.
        location: String,
        /// Version in the database.
        found: i64,
        /// Version of this program.
        known: i64,
    },
    /// Somebody else holds the database for too long.
    #[error("{location} is locked by another process: {cause}")]
    Busy {
        /// Where it is.
        location: String,
        /// What the database says.
        cause: String,
    },
    /// A batch or a row does not fit its table.
    #[error("rows do not fit table `{table}`: {mismatch}")]
    Fit {
        /// The table.
        table: String,
        /// What does not fit.
        mismatch: Mismatch,
    },
    /// A query names something that does not exist or has another type.
    #[error("{0}")]
    Query(String),
    /// The database refused a statement.
    #[error("{location} failed while {doing}: {cause}")]
    Database {
        /// Where it is.
        location: String,
        /// What was being done.
        doing: String,
        /// What the database says.
        cause: String,
    },
}

impl StoreError {
    /// The command or the line that helps, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Url { .. } => Some(
                "write `--store qaduct.db` for a SQLite file, or \
                 `--store postgresql://user@host/database`, or `--store mysql://user@host/database`"
                    .to_owned(),
            ),
            Self::Open { location, .. } if !location.contains("://") => Some(
                "check the path and the rights to it; \
                 `qaduct config show --origin` tells where the path comes from"
                    .to_owned(),
            ),
            Self::Open { .. } => Some(
                "check the address, the user and the password, and that the server has the database; \
                 `qaduct config show --origin` tells where they come from"
                    .to_owned(),
            ),
            Self::Absent { .. } => Some(
                "`qaduct scan` and `qaduct pull` create it; where it is elsewhere, name it with `--store`"
                    .to_owned(),
            ),
            Self::Foreign { .. } => Some(
                "name qaduct's with `--store`; `qaduct scan` and `qaduct pull` make one of this"
                    .to_owned(),
            ),
            Self::Newer { .. } => Some("update qaduct, or use another `--store`".to_owned()),
            Self::Busy { .. } => {
                Some("run the command again when the other one has ended".to_owned())
            }
            _ => None,
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Up => "asc",
            Self::Down => "desc",
        })
    }
}

//! What a stream of a source promises, as data.
//!
//! A stream is one list of a service: its cases, its issues, its builds. The
//! contract says what identifies a row, how changes are noticed, when a row is
//! final, how a row that is gone shows, and what proves that a reading was
//! complete. Who moves the rows asks the contract and never the name.

use crate::{Column, ColumnType, Table};
use std::borrow::Cow;

/// A stream and its contract.
#[derive(Debug)]
pub struct Stream {
    /// Its name within the source: `cases`.
    pub name: &'static str,
    /// The table of its rows. The first column of its key is [`SOURCE`].
    pub table: &'static Table,
    /// Tables of what stands inside its records: labels, flags, steps.
    pub nested: &'static [&'static Table],
    /// How the stream is divided.
    pub parts: Parts,
    /// Which rows are of a part: columns of the table that hold the scope's values
    /// of the same names. Empty where parts may share rows, as queries and boards do;
    /// then the members of each part are kept in `part_rows`.
    pub part_columns: &'static [&'static str],
    /// How changes are noticed; without it a part is always read from its start.
    pub cursor: Option<Cursor>,
    /// When a row stops changing.
    pub finality: Finality,
    /// How a row that is gone shows.
    pub deletes: Deletes,
    /// What proves that a reading was complete.
    pub count: Count,
}

impl Stream {
    /// Whether its parts may share rows, and rows can leave them, so that it has to be
    /// remembered which part has which row.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.part_columns.is_empty()
            && matches!(self.deletes, Deletes::Listed(_) | Deletes::Census(_))
    }

    /// The column of a table of what stands inside its records that names the record: the
    /// one with which a longer key begins, else that of the record's own key. `None` where
    /// the rows are told by several records, as a group is by its tasks.
    #[must_use]
    pub fn names_parent(&self, nested: &Table) -> Option<&'static str> {
        let name = if nested.key.len() > 2 {
            nested.key[1]
        } else {
            self.table.key[1]
        };
        nested.column(name).is_some().then_some(name)
    }

    /// Whether a reading must remember which rows it has brought: to tell what is
    /// gone, to count, or to ask for what is still open.
    #[must_use]
    pub const fn remembers(&self) -> bool {
        matches!(self.deletes, Deletes::Listed(_) | Deletes::Census(_))
            || !matches!(self.count, Count::None)
            || matches!(self.finality, Finality::Once { .. })
    }
}

/// How a stream is divided into parts, each with a cursor of its own.
#[derive(Debug, Clone, Copy)]
pub enum Parts {
    /// As the configuration says: projects, repositories, queries; one if it says nothing.
    Scopes,
    /// One for each stored row of another stream of the source.
    Each {
        /// The stream whose rows are the parts. It is pulled first.
        parent: &'static str,
        /// The columns of the parent that the stream is asked with; their values name the part.
        columns: &'static [&'static str],
        /// Only parents that have one of these values in a column; `None`: all.
        only: Option<(&'static str, &'static [&'static str])>,
        /// When a part that was read whole is read again.
        again: Again,
    },
}

/// When a part that was read whole is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Each time.
    Always,
    /// When one of these columns of the parent has changed, and as long as the
    /// parent was not final when the part was read.
    Changed(&'static [&'static str]),
    /// When one of these columns of the parent has changed, and as long as another one
    /// did not have one of these values when the part was read.
    Until {
        /// The columns that change.
        changed: &'static [&'static str],
        /// The column that tells that nothing more comes.
        column: &'static str,
        /// Its final values.
        values: &'static [&'static str],
    },
}

/// How changes are noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The column that holds the instant of the last change.
    pub column: &'static str,
    /// Whether that column only moves when a row is made, not when it changes.
    pub immutable: bool,
    /// Seconds that are read again at each start: at least the precision of the service.
    pub overlap: u32,
    /// Seconds before now in which the service may still change its mind; the
    /// upper bound of a reading.
    pub settle: u32,
}

/// When a row stops changing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finality {
    /// At once.
    Immutable,
    /// Never; the cursor or a whole reading brings changes.
    Mutable,
    /// When the column has one of these values, written as text: `true`, `completed`.
    /// Until then it is asked for by its key, whatever the cursor says.
    Once {
        /// The column that tells.
        column: &'static str,
        /// Its final values.
        values: &'static [&'static str],
    },
    /// When it has been older than so many days, by this column, for its last reading.
    After {
        /// The column that holds its age.
        column: &'static str,
        /// Days.
        days: u16,
    },
}

/// How a row that is gone shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletes {
    /// Not at all.
    Never,
    /// The row stays and says so itself.
    Flagged,
    /// A part that is read without a lower bound lists all that is there; what is
    /// missing is gone so: a word of [`gone`].
    Listed(&'static str),
    /// A cheap list of all keys is asked for after the reading: what is missing in it
    /// is gone so, and what is missing in the store is asked for by key.
    Census(&'static str),
    /// The service lists what it deleted.
    Feed,
    /// A row that is asked for by its key is not found.
    Polled,
    /// The service forgets it after a time, and with it what a part is named after: a part
    /// that was read and is missing has expired, and its rows are asked for by their keys.
    Expiring,
}

/// What proves that a reading was complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// The service has no count; the end of the pages is the proof.
    None,
    /// The service counts the same question exactly.
    Exact,
    /// The service estimates: a difference of more than a hundredth is reported.
    Estimate,
}

/// How a row is gone.
pub mod gone {
    /// The service no longer has it.
    pub const DELETED: &str = "deleted";
    /// The service has it and no longer shows it to us.
    pub const HIDDEN: &str = "hidden";
    /// It left what is asked for: a filter, a project.
    pub const LEFT: &str = "left";
    /// It is past the time for which the service keeps it.
    pub const EXPIRED: &str = "expired";
    /// What it hung on is gone: a result of a run of a plan that was deleted.
    pub const ORPHANED: &str = "orphaned";
    /// The service may still have it; its query or its project is no longer among those
    /// that are asked for.
    pub const UNASKED: &str = "unasked";
}

/// Column of the name of the configured source; the first of every key.
pub const SOURCE: &str = "source";
/// Column of the unknown fields, as a JSON object.
pub const EXTRA: &str = "_extra";
/// Column of when a row was found gone.
pub const GONE_AT: &str = "_gone_at";
/// Column of how a row is gone: a word of [`gone`].
pub const GONE: &str = "_gone";
/// Column of when we first saw a row.
pub const FIRST_SEEN_AT: &str = "_first_seen_at";
/// Column of when we saw the last change of a row.
pub const CHANGED_AT: &str = "_changed_at";
/// Column of the request that brought the last change of a row.
pub const REQUEST: &str = "_request_id";

const fn column(
    name: &'static str,
    kind: ColumnType,
    nullable: bool,
    description: &'static str,
) -> Column {
    Column {
        name: Cow::Borrowed(name),
        kind,
        nullable,
        description: Cow::Borrowed(description),
    }
}

/// The first column of every pulled table.
pub const SOURCE_COLUMN: Column = column(
    SOURCE,
    ColumnType::Text,
    false,
    " Name of the configured source.",
);

/// Unknown fields; the last columns of every pulled table begin here.
pub const EXTRA_COLUMN: Column = column(
    EXTRA,
    ColumnType::Text,
    true,
    " Fields of the record that have no column, as a JSON object.",
);
/// When a row was found gone.
pub const GONE_AT_COLUMN: Column = column(
    GONE_AT,
    ColumnType::Timestamp,
    true,
    " When the row was found gone, or no longer asked for; NULL while it is there.",
);
/// How a row is gone.
pub const GONE_COLUMN: Column = column(
    GONE,
    ColumnType::Text,
    true,
    " How it is gone: `deleted`, `hidden`, `left`, `expired`, `orphaned` or `unasked`.",
);
/// When we first saw a row.
pub const FIRST_SEEN_AT_COLUMN: Column = column(
    FIRST_SEEN_AT,
    ColumnType::Timestamp,
    false,
    " When qaduct first saw the row.",
);
/// When we saw the last change of a row.
pub const CHANGED_AT_COLUMN: Column = column(
    CHANGED_AT,
    ColumnType::Timestamp,
    false,
    " When qaduct saw the last change of the row.",
);
/// The request that brought the last change of a row.
pub const REQUEST_COLUMN: Column = column(
    REQUEST,
    ColumnType::Text,
    false,
    " The request that brought the last change: see `requests`.",
);

/// The lineage of every pulled table.
pub const LINEAGE: &[&str] = &[FIRST_SEEN_AT, CHANGED_AT, REQUEST];
/// Those that stay.
pub const ONCE: &[&str] = &[FIRST_SEEN_AT];

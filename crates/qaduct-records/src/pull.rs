//! The tables of pulling: what was asked, how far each part is, what was wrong.

use jiff::Timestamp;

use crate::{Outcome, table};

table! {
    /// One stream in one run of `qaduct pull`.
    pub struct StreamRun in "stream_runs" key ["run_id", "stream"] {
        /// The run: see `runs`.
        pub run_id: String,
        /// Name of the configured source.
        pub source: String,
        /// Name of the stream.
        pub stream: String,
        /// When its first part began.
        pub started_at: Timestamp,
        /// When its last part ended.
        pub finished_at: Timestamp,
        /// How it ended: `complete`, `unchanged`, `incomplete`, `limited`, `interrupted` or
        /// `failed`.
        pub outcome: Outcome,
        /// Parts that were read.
        pub parts: i64,
        /// Requests that were answered, retries not counted.
        pub requests: i64,
        /// Times that a request had to be sent again.
        pub retries: i64,
        /// Rows that the source sent; a row that it sent twice counts twice.
        pub rows_read: i64,
        /// Rows that were new.
        pub rows_inserted: i64,
        /// Rows that had changed.
        pub rows_updated: i64,
        /// Rows that were found gone.
        pub rows_gone: i64,
        /// Values that did not fit their column: see `row_problems`.
        pub problems: i64,
        /// Rows that the source says there are, where it says so.
        pub rows_expected: Option<i64>,
        /// Milliseconds spent waiting for limits of the service.
        pub waited_ms: i64,
        /// What went wrong, where something did.
        pub error: Option<String>,
        /// Number of the run among those of the source, from 1, in the order in which they
        /// began, whatever their clocks said.
        pub nth: Option<i64>,
    }
}

table! {
    /// How far a part of a stream is: its cursor, committed with its rows.
    pub struct Part in "pull_parts" key ["source", "stream", "part"] {
        /// Name of the configured source.
        pub source: String,
        /// Name of the stream.
        pub stream: String,
        /// Name of the part; empty for a stream that is not divided.
        pub part: String,
        /// All that changed before this instant is stored.
        pub watermark: Option<Timestamp>,
        /// Lower bound of the reading under way; NULL also when it has none.
        pub lower: Option<Timestamp>,
        /// Upper bound of the reading under way; NULL when none is.
        pub upper: Option<Timestamp>,
        /// Where the reading under way goes on.
        pub position: Option<String>,
        /// Rows that the reading under way has brought so far.
        pub rows_so_far: i64,
        /// State of the parent row when the part was last read whole.
        pub mark: Option<String>,
        /// When the part was last read whole.
        pub completed_at: Option<Timestamp>,
        /// Nothing older was asked for when it was read from its start: `since` of the source.
        pub since: Option<Timestamp>,
        /// What tells the source whether anything has changed since; NULL where nothing does.
        pub validator: Option<String>,
        /// Digest of what shapes its rows: the question, fields, options, what becomes of
        /// people, the columns. Where it changes, the part is read from its start.
        pub shape: Option<String>,
        /// When its last whole reading began.
        pub read_at: Option<Timestamp>,
        /// When this row was stored.
        pub stored_at: Option<Timestamp>,
        /// Why it says nothing about how far the stream is: `range`, a pull of a range;
        /// `done`, nothing of it was left to read. NULL where it does.
        pub aside: Option<String>,
    }
}

table! {
    /// A row's membership in a part, for parts that are queries and may share rows.
    pub struct Member in "part_rows" key ["source", "stream", "part", "row_key"] {
        /// Name of the configured source.
        pub source: String,
        /// Name of the stream.
        pub stream: String,
        /// Name of the part, such as a query.
        pub part: String,
        /// Key of the row, without the source, as text.
        pub row_key: String,
        /// When the row was first seen in the part.
        pub first_seen_at: Timestamp,
        /// When the row was found to have left the part; NULL while it is in it.
        pub gone_at: Option<Timestamp>,
        /// When the row came into the part last.
        pub joined_at: Option<Timestamp>,
    }
}

table! {
    /// A row that the reading under way of a part has brought. Emptied at its end.
    pub struct Seen in "pull_seen" key ["source", "stream", "part", "row_key"] {
        /// Name of the configured source.
        pub source: String,
        /// Name of the stream.
        pub stream: String,
        /// Name of the part.
        pub part: String,
        /// Key of the row, without the source, as text.
        pub row_key: String,
    }
}

table! {
    /// A request that brought rows.
    pub struct Request in "requests" key ["request_id"] {
        /// Name of the request; names of a run sort by time.
        pub request_id: String,
        /// The run: see `runs`.
        pub run_id: String,
        /// Name of the configured source.
        pub source: String,
        /// Name of the stream.
        pub stream: String,
        /// Name of the part.
        pub part: String,
        /// Number of the page in the part, from 1, in this run.
        pub page: i64,
        /// When the answer was stored.
        pub at: Timestamp,
        /// `GET` or `POST`.
        pub method: String,
        /// The URL, without anything secret.
        pub url: String,
        /// Status of the last answer.
        pub status: i64,
        /// How often it was sent.
        pub attempts: i64,
        /// How long it took, waiting included, in milliseconds.
        pub duration_ms: i64,
        /// Size of the answer, unpacked.
        pub bytes: i64,
        /// Rows in the answer.
        pub rows: i64,
        /// What the service counts it as, where it keeps several counts: `search`.
        pub resource: Option<String>,
        /// Requests that the service allows in its window, where it says so.
        pub quota_limit: Option<i64>,
        /// Requests that were left, where the service says so.
        pub quota_left: Option<i64>,
    }
}

table! {
    /// A value that did not fit its column: the row is stored, the value is NULL. Or a row that
    /// its service lists and does not have when it is asked for: then it is not stored.
    pub struct Problem in "row_problems" key ["source", "table_name", "row_key", "field"] {
        /// Name of the configured source.
        pub source: String,
        /// The table of the row.
        pub table_name: String,
        /// Key of the row, without the source, as text; `bug_id=7` where it is about all
        /// rows of a parent.
        pub row_key: String,
        /// The column, or the path in the record.
        pub field: String,
        /// What is wrong.
        pub problem: String,
        /// The value as JSON, cut to 200 characters.
        pub value: String,
        /// The request that brought it: see `requests`.
        pub request_id: String,
    }
}

//! What qaduct talks about: its tables, the rows in them, and the seams
//! between those who find rows, those who keep them and those who show them.
//!
//! Owns every name that two rooms of the house must agree on. Reads and writes
//! nothing: no files, no network, no SQL, no environment, no clock.
//!
//! * [`mod@table`]: a table is a Rust struct; columns, keys and descriptions are
//!   derived from its fields.
//! * [`mute`], [`run`], [`branch`]: the tables of a scan.
//! * [`history`]: what git says of mutes.
//! * [`scan`]: what a scan hands to whoever keeps it.
//! * [`stream`], [`source`]: what a stream promises, and what a source hands over.
//! * [`pull`]: the tables of pulling.
//! * [`publication`]: what was published.
//! * [`job`]: the tables of the schedule.
//! * [`rules`], [`report`]: what rules find in pulled rows, and what reports need beside.
//! * [`contract`]: the traits [`Store`], [`Transaction`], [`Reader`], [`Clock`].
//! * [`secret`]: text that cannot be printed by accident.

pub mod branch;
pub mod contract;
pub mod digest;
pub mod history;
pub mod job;
pub mod mute;
mod nearest;
pub mod publication;
pub mod pull;
pub mod report;
pub mod rules;
pub mod run;
pub mod scan;
pub mod secret;
pub mod source;
pub mod stream;
pub mod table;
pub mod values;
pub mod words;

pub use arrow_array::RecordBatch;
pub use branch::{Branch, FileOwner, FileProblem};
pub use contract::{
    Clock, Direction, Filter, Query, Reader, Store, StoreError, Test, Transaction, Value, View,
    Written,
};
pub use mute::{
    Cause, Confidence, Declaration, Intent, Kind, Mute, MuteTicket, Scope, TicketSource,
};
pub use nearest::{alike, nearest, nearest_first};
pub use run::{Outcome, Run};
pub use secret::Secret;
pub use table::{Column, ColumnType, Row, Table};

/// Every table of this version, in the order in which they can be created.
pub static TABLES: &[&Table] = &[
    <Run as Row>::TABLE,
    <Branch as Row>::TABLE,
    <FileProblem as Row>::TABLE,
    <FileOwner as Row>::TABLE,
    <Declaration as Row>::TABLE,
    <MuteTicket as Row>::TABLE,
    <Mute as Row>::TABLE,
    <history::MuteRun as Row>::TABLE,
    <history::Walked as Row>::TABLE,
    <pull::StreamRun as Row>::TABLE,
    <pull::Part as Row>::TABLE,
    <pull::Member as Row>::TABLE,
    <pull::Seen as Row>::TABLE,
    <pull::Request as Row>::TABLE,
    <pull::Problem as Row>::TABLE,
    <job::Job as Row>::TABLE,
    <job::JobRun as Row>::TABLE,
    <rules::Extract as Row>::TABLE,
    <rules::Applied as Row>::TABLE,
    <publication::Publication as Row>::TABLE,
    <report::Project as Row>::TABLE,
    <report::ProjectGroup as Row>::TABLE,
    <report::ProjectSource as Row>::TABLE,
    <report::Release as Row>::TABLE,
    <report::ReleaseCalendar as Row>::TABLE,
    <report::Parameter as Row>::TABLE,
    <report::CoverageSnapshot as Row>::TABLE,
    <report::SuiteSnapshot as Row>::TABLE,
    <report::QaNeededSnapshot as Row>::TABLE,
    <report::QeVerifySnapshot as Row>::TABLE,
    <report::UserSnapshot as Row>::TABLE,
    <report::ReleaseIssueSnapshot as Row>::TABLE,
];

/// Version of the tables together. A store refuses a database that a newer
/// version has written.
pub const SCHEMA_VERSION: i64 = 1;

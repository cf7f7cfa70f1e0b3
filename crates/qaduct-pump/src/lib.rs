//! Moves what was found into a store: rows, cursor and ledger in one transaction.
//!
//! Knows the records and the traits of a store; knows no store and no source
//! by name. [`record_scan`] keeps a scan of a repository, [`record_failure`]
//! a run that found nothing to keep. [`schedule`] says when jobs are due, [`queue`] who
//! runs them.
//!
//! Promises: a scan is kept whole or not at all; keeping the same scan twice
//! changes nothing but the ledger; a scan that started from a state which
//! somebody else has meanwhile replaced is refused with
//! [`PumpError::Overtaken`], to be made again.

pub mod calendar;
mod history;
mod intervals;
mod ledger;
mod prune;
pub mod pull;
pub mod queue;
pub mod rules;
mod scan;
pub mod schedule;
pub mod settled;
pub mod snapshot;

pub use history::known_histories;
pub use ledger::{Ledger, record_failure, record_interruption};
pub use prune::{Pruned, prune};
pub use scan::{Recorded, known_branches, record_scan, record_scan_with_history};

use qaduct_records::{StoreError, table::Mismatch};

/// Everyone who writes mutes holds this lock. Scanning itself happens before,
/// so that it is held for milliseconds; one lock for all keeps a scan from
/// pointing to a declaration that is being pruned.
const LOCK: &str = "mutes";

/// What can go wrong while something is kept. Nothing is stored then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PumpError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another process stored a newer state of the branch while this one was reading.
    #[error("branch `{branch}` of {repository} was scanned by another process at the same time")]
    Overtaken {
        /// The repository.
        repository: String,
        /// The branch.
        branch: String,
    },
    /// Another process pulls the same part of a stream.
    #[error("{place} is being pulled by another process at the same time")]
    PulledElsewhere {
        /// Source and stream, and the part where the stream has several.
        place: String,
    },
    /// Another process is at the job.
    #[error("job `{job}` is being run by {worker} since {since:.0}")]
    RunsElsewhere {
        /// The job.
        job: String,
        /// Who is at it.
        worker: String,
        /// Since when.
        since: jiff::Timestamp,
    },
    /// Somebody else has taken over a run that this process was at.
    #[error("{job_run} was taken over by another process")]
    LostRun {
        /// The run.
        job_run: String,
    },
    /// A rule of the configuration asks for what there is not.
    #[error("rule `{rule}`: {trouble}")]
    Rule {
        /// Its name.
        rule: String,
        /// What is wrong with it.
        trouble: String,
    },
    /// A stored row is not what this version would have written.
    #[error("table `{table}` holds a row of another shape: {mismatch}")]
    Row {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        mismatch: Mismatch,
    },
}

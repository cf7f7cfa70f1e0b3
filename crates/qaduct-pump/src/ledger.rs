//! The ledger: one row for each run.

use jiff::Timestamp;
use qaduct_records::{Clock, Outcome, Row, Run, Store, Value, digest::digest};

use crate::{LOCK, PumpError};

/// What is known of a run before it ends.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// The command that runs: `scan`.
    pub command: &'static str,
    /// What it runs on.
    pub subject: String,
    /// When it began.
    pub started_at: Timestamp,
    /// Version of qaduct.
    pub version: &'static str,
    /// Something that two runs at the same instant do not share, such as the process id.
    pub salt: u64,
}

impl Ledger {
    /// The row of this run, ended now; counts are zero.
    pub(crate) fn row(&self, clock: &dyn Clock, outcome: Outcome) -> Run {
        let finished_at = clock.now().max(self.started_at);
        let micros = self.started_at.as_microsecond();
        let name = digest([
            Some(self.subject.as_str()),
            Some(self.command),
            Some(&self.salt.to_string()),
        ]);
        Run {
            // Names sort by start; the digest keeps runs of the same instant apart.
            run_id: format!("{micros:016x}-{}", &name[..12]),
            command: self.command.to_owned(),
            subject: self.subject.clone(),
            started_at: self.started_at,
            finished_at,
            duration_ms: finished_at.as_millisecond() - self.started_at.as_millisecond(),
            outcome,
            branches: 0,
            branches_changed: 0,
            files_seen: 0,
            test_files: 0,
            blobs_read: 0,
            files_with_problems: 0,
            mutes_found: 0,
            mutes_opened: 0,
            mutes_closed: 0,
            mutes_changed: 0,
            rows_deleted: 0,
            error: None,
            version: self.version.to_owned(),
        }
    }
}

/// Keeps a run that failed before anything could be stored.
///
/// # Errors
/// When the store fails.
pub fn record_failure(
    store: &mut dyn Store,
    ledger: &Ledger,
    error: &str,
    clock: &dyn Clock,
) -> Result<Run, PumpError> {
    let run = Run {
        error: Some(error.to_owned()),
        ..ledger.row(clock, Outcome::Failed)
    };
    let mut transaction = store.begin(LOCK)?;
    transaction.upsert(Run::TABLE, &Run::batch(std::slice::from_ref(&run)))?;
    transaction.commit()?;
    Ok(run)
}

/// Keeps that a run was asked to stop, unless it has come to an end all the
/// same; should it still do so, its own row replaces this one.
///
/// # Errors
/// When the store fails.
pub fn record_interruption(
    store: &mut dyn Store,
    ledger: &Ledger,
    clock: &dyn Clock,
) -> Result<(), PumpError> {
    let run = ledger.row(clock, Outcome::Interrupted);
    // Waits for the run itself, should it be writing.
    let mut transaction = store.begin(LOCK)?;
    let name = Value::from(run.run_id.as_str());
    let ended = transaction.select(Run::TABLE, &[("run_id", name)])?;
    if ended.num_rows() == 0 {
        transaction.upsert(Run::TABLE, &Run::batch(std::slice::from_ref(&run)))?;
        transaction.commit()?;
    }
    Ok(())
}

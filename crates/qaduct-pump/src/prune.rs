//! Removes what is older than anybody wants to know: the cleaning procedure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use qaduct_records::pull::{Request, StreamRun};
use qaduct_records::{
    Branch, Clock, Declaration, Filter, Mute, MuteTicket, Outcome, Row, Run, Store, Test,
    Transaction, Value,
};

use crate::{LOCK, Ledger, PumpError};

/// How many rows were removed, or would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Intervals of mutes that are gone.
    pub mutes: u64,
    /// Declarations that no interval refers to any more, and edits of the past.
    pub declarations: u64,
    /// Tickets of these declarations.
    pub tickets: u64,
    /// Branches that are gone.
    pub branches: u64,
    /// Rows of the ledger.
    pub runs: u64,
    /// Streams of these runs; the newest and the newest whole one of each stream stay.
    pub stream_runs: u64,
    /// Requests of pulls.
    pub requests: u64,
}

impl Pruned {
    /// All of them together.
    #[must_use]
    pub fn rows(self) -> u64 {
        self.mutes
            + self.declarations
            + self.tickets
            + self.branches
            + self.runs
            + self.stream_runs
            + self.requests
    }
}

/// The newest run of each stream and the newest that read all of it: without them
/// nobody could say how old the data are.
fn latest(transaction: &mut dyn Transaction) -> Result<Vec<Value>, PumpError> {
    let all = transaction.select(StreamRun::TABLE, &[])?;
    let all = StreamRun::rows(&all).map_err(|mismatch| PumpError::Row {
        table: StreamRun::TABLE.name,
        mismatch,
    })?;
    let mut latest: BTreeMap<(&str, &str, bool), &str> = BTreeMap::new();
    for run in &all {
        let whole = matches!(run.outcome, Outcome::Complete | Outcome::Unchanged);
        for whole in [false, whole] {
            let found = latest.entry((&run.source, &run.stream, whole)).or_default();
            *found = (*found).max(&run.run_id);
        }
    }
    let names: BTreeSet<&str> = latest.into_values().collect();
    Ok(names.into_iter().map(Value::from).collect())
}

/// Removes what was gone before `cutoff`.
///
/// That is intervals and branches, the ledger up to then, and the declarations
/// that nothing refers to any more. What is muted now always stays. With
/// `dry_run` nothing is removed, only counted.
///
/// # Errors
/// When the store fails; then nothing is removed.
pub fn prune(
    store: &mut dyn Store,
    cutoff: Timestamp,
    dry_run: bool,
    ledger: &Ledger,
    clock: &dyn Clock,
) -> Result<Pruned, PumpError> {
    let before = |column: &str| {
        [Filter {
            column: column.to_owned(),
            test: Test::Below(Value::Timestamp(cutoff)),
        }]
    };
    let mut transaction = store.begin(LOCK)?;
    let mutes = transaction.delete(Mute::TABLE, &before("gone_at"))?;
    let declarations =
        transaction.delete_orphans(Declaration::TABLE, "declaration_id", Mute::TABLE)?;
    let pruned = Pruned {
        mutes,
        declarations,
        tickets: transaction.delete_orphans(
            MuteTicket::TABLE,
            "declaration_id",
            Declaration::TABLE,
        )?,
        branches: transaction.delete(Branch::TABLE, &before("gone_at"))?,
        runs: transaction.delete(Run::TABLE, &before("finished_at"))?,
        stream_runs: {
            let keep = latest(transaction.as_mut())?;
            let mut filters = before("finished_at").to_vec();
            if !keep.is_empty() {
                filters.push(Filter::new("run_id", Test::NotIn(keep)));
            }
            transaction.delete(StreamRun::TABLE, &filters)?
        },
        requests: transaction.delete(Request::TABLE, &before("at"))?,
    };
    if dry_run {
        return Ok(pruned);
    }
    let run = Run {
        rows_deleted: i64::try_from(pruned.rows()).unwrap_or(i64::MAX),
        ..ledger.row(clock, Outcome::Complete)
    };
    transaction.upsert(Run::TABLE, &Run::batch(std::slice::from_ref(&run)))?;
    transaction.commit()?;
    Ok(pruned)
}

//! Removes what is older than anybody wants to know: the cleaning procedure.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use qaduct_records::history::{MuteRun, Walked};
use qaduct_records::job::JobRun;
use qaduct_records::pull::{Problem, Request, StreamRun};
use qaduct_records::stream::REQUEST;
use qaduct_records::values::values_of;
use qaduct_records::{
    Branch, Clock, Declaration, Direction, Filter, Mute, MuteTicket, Outcome, Query, Row, Run,
    Store, Table, Test, Transaction, Value,
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
    /// Rows of the ledger; a run that brought a row that is there stays.
    pub runs: u64,
    /// Streams of these runs; the newest and the newest whole one of each stream stay.
    pub stream_runs: u64,
    /// Requests of pulls; one that brought a row that is there stays.
    pub requests: u64,
    /// Runs of jobs; the newest one of each job stays.
    pub job_runs: u64,
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
            + self.job_runs
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

/// The newest run of each job: without it nobody could say how the job is.
fn newest_runs(transaction: &mut dyn Transaction) -> Result<Vec<Value>, PumpError> {
    let all = transaction.select(JobRun::TABLE, &[])?;
    let all = JobRun::rows(&all).map_err(|mismatch| PumpError::Row {
        table: JobRun::TABLE.name,
        mismatch,
    })?;
    let mut newest: BTreeMap<&str, &JobRun> = BTreeMap::new();
    for run in &all {
        let found = newest.entry(&run.job).or_insert(run);
        if run.fire_at > found.fire_at {
            *found = run;
        }
    }
    let names = newest.into_values().map(|it| it.job_run.as_str());
    Ok(names.map(Value::from).collect())
}

/// Names that one deletion lists.
const CHUNK: usize = 500;
/// Rows that one question brings.
const PAGE: u64 = 50_000;

/// The requests and runs that stored rows name as where they came from, among those
/// that began before `cutoff`.
fn named(
    transaction: &mut dyn Transaction,
    pulled: &[&'static Table],
    cutoff: Timestamp,
) -> Result<HashSet<String>, PumpError> {
    // Names of requests and runs begin with the start of the run.
    let newest = format!("{:016x}", cutoff.as_microsecond());
    let mut named = HashSet::new();
    let tables = pulled.iter().map(|it| (*it, REQUEST));
    for (table, name) in tables.chain([(Problem::TABLE, "request_id")]) {
        let is_old = Filter::new(name, Test::Below(newest.as_str().into()));
        let mut after = None;
        while let Some(names) = names(transaction, table, name, &is_old, &mut after)? {
            named.extend(names);
        }
    }
    Ok(named)
}

/// The next names in a column, each once, of the rows that pass a test; `None` behind the
/// last one. A table may have any number of rows.
fn names(
    transaction: &mut dyn Transaction,
    table: &'static Table,
    column: &str,
    test: &Filter,
    after: &mut Option<String>,
) -> Result<Option<Vec<String>>, PumpError> {
    let mut query = Query::of(table.name, table.columns).order_by(column, Direction::Up);
    query.filters.push(test.clone());
    if let Some(after) = after {
        // No name has such a letter.
        let next = format!("{after}\u{1}");
        query = query.filter(column, Test::AtLeast(next.as_str().into()));
    }
    query.columns.retain(|it| it.name == column);
    query.limit = Some(PAGE);
    let batch = transaction.query(&query)?;
    let values = values_of(&batch, column).map_err(|mismatch| PumpError::Row {
        table: table.name,
        mismatch,
    })?;
    let mut names: Vec<String> = values.iter().map(ToString::to_string).collect();
    names.dedup();
    *after = names.last().cloned();
    Ok(after.is_some().then_some(names))
}

/// Deletes the rows of a table that began or ended before, but for those that are to stay.
/// Their names are listed: those of the others are too many for one statement.
fn remove_but(
    transaction: &mut dyn Transaction,
    table: &'static Table,
    column: &str,
    is_old: &Filter,
    stay: &HashSet<String>,
) -> Result<u64, PumpError> {
    let mut removed = 0;
    let mut after = None;
    while let Some(mut old) = names(transaction, table, column, is_old, &mut after)? {
        old.retain(|it| !stay.contains(it));
        for chunk in old.chunks(CHUNK) {
            let names = chunk.iter().map(|it| it.as_str().into()).collect();
            let names = Filter::new(column, Test::In(names));
            removed += transaction.delete(table, &[names])?;
        }
    }
    Ok(removed)
}

/// Removes the history of branches that went before `cutoff`. That of a branch that is there stays
/// whole: it is what git says, and git goes on saying it.
fn forget_histories(transaction: &mut dyn Transaction, cutoff: Timestamp) -> Result<(), PumpError> {
    let gone = Query::of(Branch::TABLE.name, Branch::TABLE.columns)
        .filter("gone_at", Test::Below(Value::Timestamp(cutoff)));
    let gone = Branch::rows(&transaction.query(&gone)?).map_err(|mismatch| PumpError::Row {
        table: Branch::TABLE.name,
        mismatch,
    })?;
    for it in gone {
        let of_branch = [("repository", it.repository), ("branch", it.branch)]
            .map(|(column, value)| Filter::new(column, Test::In(vec![Value::Text(value)])));
        transaction.delete(MuteRun::TABLE, &of_branch)?;
        transaction.delete(Walked::TABLE, &of_branch)?;
    }
    Ok(())
}

/// Removes the requests and runs of before `cutoff` but for those that brought a row
/// that is still there: it can be told where the row came from as long as it is.
fn forget(
    transaction: &mut dyn Transaction,
    pulled: &[&'static Table],
    cutoff: Timestamp,
) -> Result<(u64, u64), PumpError> {
    let before = |column: &str| Filter::new(column, Test::Below(Value::Timestamp(cutoff)));
    let is_old = before("at");
    let mut stay = HashSet::new();
    let mut requests = 0;
    // Who never pulled has none of the tables either.
    if names(
        transaction,
        Request::TABLE,
        "request_id",
        &is_old,
        &mut None,
    )?
    .is_some()
    {
        stay = named(transaction, pulled, cutoff)?;
        requests = remove_but(transaction, Request::TABLE, "request_id", &is_old, &stay)?;
    }
    // `RUN-000017` is a request of `RUN`; what was found gone names the run itself.
    let run = |name: &str| match name.rsplit_once('-') {
        Some((run, number)) if number.len() < 12 => run.to_owned(),
        _ => name.to_owned(),
    };
    let stay: HashSet<String> = stay.iter().map(|it| run(it)).collect();
    let is_old = before("finished_at");
    let runs = remove_but(transaction, Run::TABLE, "run_id", &is_old, &stay)?;
    Ok((requests, runs))
}

/// Removes what was gone before `cutoff`.
///
/// That is intervals and branches, the ledger up to then, and the declarations
/// that nothing refers to any more. What is muted now always stays, and with the rows
/// of the tables of services, `pulled`, the requests and runs that brought them. With
/// `dry_run` nothing is removed, only counted.
///
/// # Errors
/// When the store fails; then nothing is removed.
pub fn prune(
    store: &mut dyn Store,
    pulled: &[&'static Table],
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
    forget_histories(transaction.as_mut(), cutoff)?;
    let declarations = transaction.delete_orphans(
        Declaration::TABLE,
        "declaration_id",
        &[Mute::TABLE, MuteRun::TABLE],
    )?;
    let (requests, runs) = forget(transaction.as_mut(), pulled, cutoff)?;
    let pruned = Pruned {
        mutes,
        declarations,
        tickets: transaction.delete_orphans(
            MuteTicket::TABLE,
            "declaration_id",
            &[Declaration::TABLE],
        )?,
        branches: transaction.delete(Branch::TABLE, &before("gone_at"))?,
        runs,
        stream_runs: {
            let keep = latest(transaction.as_mut())?;
            let mut filters = before("finished_at").to_vec();
            if !keep.is_empty() {
                filters.push(Filter::new("run_id", Test::NotIn(keep)));
            }
            transaction.delete(StreamRun::TABLE, &filters)?
        },
        requests,
        job_runs: {
            let mut filters = before("finished_at").to_vec();
            let keep = newest_runs(transaction.as_mut())?;
            if !keep.is_empty() {
                filters.push(Filter::new("job_run", Test::NotIn(keep)));
            }
            transaction.delete(JobRun::TABLE, &filters)?
        },
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

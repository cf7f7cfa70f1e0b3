//! The entry of a run into the ledger: its number, and the end of runs that were killed.

use jiff::Timestamp;
use qaduct_records::pull::{Request, StreamRun};
use qaduct_records::stream::SOURCE;
use qaduct_records::values::values_of;
use qaduct_records::{Direction, Outcome, Query, Row, Run, Test, Transaction, Value};

use super::Keeper;
use super::mark::unfit;
use crate::PumpError;

impl Keeper<'_> {
    /// Begins the run: it gets its number, and those that were killed before it an end.
    /// Should one of them be alive, its own end will replace that.
    pub(super) fn enter(&mut self) -> Result<(), PumpError> {
        let lock = self.lock();
        let mut transaction = self.store.begin(&lock)?;
        self.nth = 1 + newest(transaction.as_mut(), &self.name)?;
        let query = Query::of(Run::TABLE.name, Run::TABLE.columns)
            .filter("command", Test::In(vec![self.run.command.as_str().into()]))
            .filter("subject", Test::In(vec![self.name.as_str().into()]))
            .filter("outcome", Test::In(vec![Outcome::Running.as_str().into()]));
        let runs = transaction.query(&query)?;
        let mut runs = Run::rows(&runs).map_err(unfit(Run::TABLE.name))?;
        runs.retain(|it| it.run_id != self.run.run_id);
        for run in &mut runs {
            let last = last_request(transaction.as_mut(), &run.run_id)?;
            run.outcome = Outcome::Interrupted;
            run.finished_at = last.unwrap_or(run.started_at).max(run.started_at);
            run.duration_ms = run.finished_at.as_millisecond() - run.started_at.as_millisecond();
            run.error = Some("it was killed, or has not yet said how it ended".to_owned());
        }
        runs.push(self.run.clone());
        transaction.upsert(Run::TABLE, &Run::batch(&runs))?;
        transaction.commit()?;
        self.forget_ranges()
    }
}

/// The highest number of a run of a source.
fn newest(transaction: &mut dyn Transaction, source: &str) -> Result<i64, PumpError> {
    let mut query = Query::of(StreamRun::TABLE.name, StreamRun::TABLE.columns)
        .filter(SOURCE, Test::In(vec![source.into()]))
        .filter("nth", Test::Present)
        .order_by("nth", Direction::Down);
    query.columns.retain(|it| it.name == "nth");
    query.limit = Some(1);
    let rows = transaction.query(&query)?;
    let nth = values_of(&rows, "nth").map_err(unfit(StreamRun::TABLE.name))?;
    Ok(match nth.first() {
        Some(Value::Int(nth)) => *nth,
        _ => 0,
    })
}

/// When the last request of a run was answered.
fn last_request(
    transaction: &mut dyn Transaction,
    run: &str,
) -> Result<Option<Timestamp>, PumpError> {
    let mut query = Query::of(Request::TABLE.name, Request::TABLE.columns)
        .filter("run_id", Test::In(vec![run.into()]))
        .order_by("request_id", Direction::Down);
    query
        .columns
        .retain(|it| it.name == "request_id" || it.name == "at");
    query.limit = Some(1);
    let rows = transaction.query(&query)?;
    let at = values_of(&rows, "at").map_err(unfit(Request::TABLE.name))?;
    Ok(match at.first() {
        Some(Value::Timestamp(at)) => Some(*at),
        _ => None,
    })
}

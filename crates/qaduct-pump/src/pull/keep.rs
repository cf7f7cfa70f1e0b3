//! Keeps a page: its rows, the request that brought it, and the position after it,
//! in one transaction.

use std::collections::HashSet;

use jiff::Timestamp;
use qaduct_records::pull::{Member, Part, Problem, Request, Seen, StreamRun};
use qaduct_records::source::{Nested, Page, Scope};
use qaduct_records::stream::{Deletes, GONE_AT, SOURCE, Stream, gone};
use qaduct_records::{Filter, Row, Table, Test, Transaction, Value};

use super::burial::{Burial, Going};
use super::mark::{equals, is_shared, of_source, unfit};
use super::{Keeper, Trouble, lineage, number};
use crate::PumpError;

/// Where a page belongs.
pub(super) struct Place<'p> {
    pub(super) stream: &'static Stream,
    pub(super) scope: &'p Scope,
    /// Name of the part as its state is kept: a range has its own.
    pub(super) part: &'p str,
    /// Number of the page in this run.
    pub(super) page: u64,
}

/// A step of a part from the state that this process believes to be stored to the
/// next one. Somebody else's state is never overwritten, and whatever else a reading
/// writes, it writes in the transaction of a step or of its [`check`](Step::check).
pub(super) struct Step<'p> {
    pub(super) before: Option<&'p Part>,
    pub(super) after: &'p Part,
}

impl Step<'_> {
    /// Takes it.
    pub(super) fn take(&self, transaction: &mut dyn Transaction) -> Result<(), PumpError> {
        self.check(transaction)?;
        let after = Part::batch(std::slice::from_ref(self.after));
        transaction.upsert(Part::TABLE, &after)?;
        Ok(())
    }

    /// Whether it could be taken: nobody else has gone on with the part.
    pub(super) fn check(&self, transaction: &mut dyn Transaction) -> Result<(), PumpError> {
        let Part {
            source,
            stream,
            part,
            ..
        } = self.after;
        let key = [
            (SOURCE, source.as_str().into()),
            ("stream", stream.as_str().into()),
            ("part", part.as_str().into()),
        ];
        let stored = transaction.select(Part::TABLE, &key)?;
        let stored = Part::rows(&stored).map_err(unfit(Part::TABLE.name))?;
        // As batches: stores keep microseconds, a clock may tell finer.
        let believed: Vec<Part> = self.before.into_iter().cloned().collect();
        if Part::batch(&stored) != Part::batch(&believed) {
            let stream = format!("{source}.{stream}");
            let place = match part.as_str() {
                "" => stream,
                part => format!("{stream} ({part})"),
            };
            return Err(PumpError::PulledElsewhere { place });
        }
        Ok(())
    }
}

impl Keeper<'_> {
    /// Keeps a page, and the state of its part after it where that is to be kept.
    pub(super) fn keep(
        &mut self,
        place: &Place<'_>,
        page: &Page,
        state: Option<&Step<'_>>,
        row: &mut StreamRun,
    ) -> Result<(), Trouble> {
        let stream = place.stream;
        let now = self.clock.now();
        self.requests += 1;
        let request = format!("{}-{:06}", self.run.run_id, self.requests);
        let (lock, burial) = (self.lock(), self.burial(&request));
        let mut transaction = self.store.begin(&lock)?;
        let transaction_ref = transaction.as_mut();
        if let Some(step) = state {
            step.take(transaction_ref)?;
        }

        let (mut keys, mut stored) = (Vec::new(), None);
        if let Some(rows) = &page.rows {
            keys = lineage::keys(stream.table, rows).map_err(unfit(stream.table.name))?;
            row.rows_read += number(keys.len() as u64);
            let rows = lineage::with_lineage(stream.table, rows, &request, now)
                .map_err(unfit(stream.table.name))?;
            let rows = burial.since(transaction_ref, stream.table, rows)?;
            let written = transaction_ref.upsert(stream.table, &rows)?;
            row.rows_inserted += number(written.inserted);
            row.rows_updated += number(written.updated);
            stored = Some(rows);
        }
        for nested in &page.nested {
            let marked = keep_nested(transaction_ref, &burial, stream, nested, &request, now)?;
            row.rows_gone += number(marked);
        }
        if let Some(rows) = stored {
            // Rows may come with the word that they are gone, and with what stands in them.
            row.rows_gone += number(burial.follow(transaction_ref, stream.table, &rows)?);
        }
        let gone = page.gone.iter();
        let gone: Vec<_> = gone.map(|it| (it.key.clone(), it.how, it.at)).collect();
        row.rows_gone += number(burial.mark(transaction_ref, stream.table, &gone)?);
        let names: Vec<String> = keys.iter().map(|key| lineage::text(key)).collect();
        if stream.remembers() && state.is_some() && !names.is_empty() {
            remember(transaction_ref, &self.name, place, &names)?;
        }
        if is_shared(stream, place.scope) && !names.is_empty() {
            join(transaction_ref, &self.name, place, &names, now)?;
        }
        row.problems += number(page.problems.len() as u64);
        keep_problems(transaction_ref, &self.name, place, &names, page, &request)?;
        if let Some(exchange) = &page.exchange {
            row.requests += 1;
            row.retries += i64::from(exchange.attempts.saturating_sub(1));
            row.waited_ms += number(exchange.waited_ms);
            self.quota_left = exchange.quota_left.or(self.quota_left);
            let request = Request {
                request_id: request,
                run_id: self.run.run_id.clone(),
                source: self.name.clone(),
                stream: stream.name.to_owned(),
                part: place.scope.name.clone(),
                page: number(place.page),
                at: now,
                method: exchange.method.to_owned(),
                url: exchange.url.clone(),
                status: exchange.status.into(),
                attempts: exchange.attempts.into(),
                duration_ms: number(exchange.duration_ms),
                bytes: number(exchange.bytes),
                rows: number(names.len() as u64),
                resource: exchange.resource.clone(),
                quota_limit: exchange.quota_limit.map(number),
                quota_left: exchange.quota_left.map(number),
            };
            transaction_ref.upsert(
                Request::TABLE,
                &Request::batch(std::slice::from_ref(&request)),
            )?;
        }
        transaction.commit()?;
        Ok(())
    }
}

/// Rows inside records: what is no longer there goes, the rest is merged. Rows that are
/// those of another stream are marked, with what hangs on them; gives how many were.
/// Past problems of all of them go: the page brings those that there are.
fn keep_nested(
    transaction: &mut dyn Transaction,
    burial: &Burial,
    stream: &Stream,
    nested: &Nested,
    request: &str,
    now: Timestamp,
) -> Result<u64, PumpError> {
    let (table, source) = (nested.table, burial.source());
    let unfit = unfit(table.name);
    let owner = burial.owner(table);
    let mut marked = 0;
    let keys = lineage::keys(table, &nested.rows).map_err(&unfit)?;
    let there: HashSet<String> = keys.iter().map(|key| lineage::text(key)).collect();
    let mut names: Vec<_> = there.iter().map(|it| Value::from(it.as_str())).collect();
    for parents in nested.parents.chunks(500) {
        let of_parents = Filter::new(nested.parent, Test::In(parents.to_vec()));
        let mut query = of_source(table, source, vec![of_parents]);
        if owner.is_some() {
            query = query.filter(GONE_AT, Test::Missing);
        }
        query
            .columns
            .retain(|it| table.key.contains(&it.name.as_ref()));
        let stored = transaction.query(&query)?;
        let mut missing = lineage::keys(table, &stored).map_err(&unfit)?;
        missing.retain(|key| !there.contains(&lineage::text(key)));
        if let Some(owner) = owner {
            let how = match stream.deletes {
                Deletes::Listed(how) | Deletes::Census(how) => how,
                _ => gone::DELETED,
            };
            let missing: Vec<_> = missing.into_iter().map(|key| (key, how, None)).collect();
            marked += burial.mark(transaction, owner.table, &missing)?;
            continue;
        }
        for key in missing {
            names.push(lineage::text(&key).as_str().into());
            let columns = table.key.iter().skip(1);
            let mut filters: Vec<_> = columns
                .zip(key)
                .map(|(name, it)| equals(name, it))
                .collect();
            filters.push(equals(SOURCE, source));
            transaction.delete(table, &filters)?;
        }
    }
    forget_problems(transaction, source, table, &names)?;
    if nested.rows.num_rows() > 0 {
        let rows = lineage::with_lineage(table, &nested.rows, request, now).map_err(&unfit)?;
        transaction.upsert(table, &rows)?;
    }
    Ok(marked)
}

/// Remembers which rows the reading has brought.
fn remember(
    transaction: &mut dyn Transaction,
    source: &str,
    place: &Place<'_>,
    names: &[String],
) -> Result<(), PumpError> {
    let seen: Vec<_> = names
        .iter()
        .map(|name| Seen {
            source: source.to_owned(),
            stream: place.stream.name.to_owned(),
            part: place.part.to_owned(),
            row_key: name.clone(),
        })
        .collect();
    transaction.upsert(Seen::TABLE, &Seen::batch(&seen))?;
    Ok(())
}

/// The rows are in the part; those that had left it are back.
fn join(
    transaction: &mut dyn Transaction,
    source: &str,
    place: &Place<'_>,
    names: &[String],
    now: Timestamp,
) -> Result<(), PumpError> {
    let mut query = of_source(
        Member::TABLE,
        source,
        vec![
            equals("stream", place.stream.name),
            equals("part", place.scope.name.as_str()),
        ],
    );
    query.filters.push(Filter {
        column: "row_key".to_owned(),
        test: Test::In(names.iter().map(|it| it.as_str().into()).collect()),
    });
    let stored = transaction.query(&query)?;
    let stored = Member::rows(&stored).map_err(unfit(Member::TABLE.name))?;
    let inside: HashSet<&str> = stored
        .iter()
        .filter(|it| it.gone_at.is_none())
        .map(|it| it.row_key.as_str())
        .collect();
    let new: Vec<_> = names
        .iter()
        .filter(|name| !inside.contains(name.as_str()))
        .map(|name| Member {
            source: source.to_owned(),
            stream: place.stream.name.to_owned(),
            part: place.scope.name.clone(),
            row_key: name.clone(),
            first_seen_at: stored
                .iter()
                .find(|it| it.row_key == *name)
                .map_or(now, |it| it.first_seen_at),
            gone_at: None,
            joined_at: Some(now),
        })
        .collect();
    if !new.is_empty() {
        transaction.upsert(Member::TABLE, &Member::batch(&new))?;
    }
    Ok(())
}

/// Past problems of these rows go.
fn forget_problems(
    transaction: &mut dyn Transaction,
    source: &str,
    table: &Table,
    names: &[Value],
) -> Result<(), PumpError> {
    for names in names.chunks(500) {
        let of_rows = [
            equals(SOURCE, source),
            equals("table_name", table.name),
            Filter::new("row_key", Test::In(names.to_vec())),
        ];
        transaction.delete(Problem::TABLE, &of_rows)?;
    }
    Ok(())
}

/// Past problems of rows that go, and of all that they are the parents of.
pub(super) fn forget_buried(
    transaction: &mut dyn Transaction,
    source: &str,
    table: &'static Table,
    keys: &[Going],
) -> Result<(), PumpError> {
    let names: Vec<Value> = keys
        .iter()
        .map(|(key, ..)| lineage::text(key).as_str().into())
        .collect();
    forget_problems(transaction, source, table, &names)?;
    for keys in keys.chunks(500) {
        let name = |key: &[Value]| {
            let columns = table.key.iter().skip(1).copied();
            Value::Text(Scope::of(columns.zip(key.iter().cloned())).name)
        };
        let names = keys.iter().map(|(key, ..)| name(key)).collect();
        let of_parents = [
            equals(SOURCE, source),
            Filter::new("row_key", Test::In(names)),
        ];
        transaction.delete(Problem::TABLE, &of_parents)?;
    }
    Ok(())
}

/// Past problems of rows that parts listed and nobody could ask for, but those of `there`:
/// the parts no longer have them.
pub(super) fn forget_unlisted(
    transaction: &mut dyn Transaction,
    source: &str,
    stream: &Stream,
    parts: &[&str],
    there: &HashSet<String>,
) -> Result<(), PumpError> {
    let table = stream.table;
    if !matches!(stream.deletes, Deletes::Census(_)) {
        return Ok(());
    }
    // Only those name the key itself as what is wrong.
    let filters = vec![
        equals("table_name", table.name),
        equals("field", table.key[1..].join(",").as_str()),
    ];
    let stored = transaction.query(&of_source(Problem::TABLE, source, filters))?;
    let mut past = Problem::rows(&stored).map_err(unfit(Problem::TABLE.name))?;
    past.retain(|it| !there.contains(&it.row_key));
    for past in past.chunks(500) {
        let requests = past.iter().map(|it| it.request_id.as_str().into());
        let parts = parts.iter().map(|it| Value::from(*it));
        let filters = vec![
            equals("stream", stream.name),
            Filter::new("part", Test::In(parts.collect())),
            Filter::new("request_id", Test::In(requests.collect())),
        ];
        let told = transaction.query(&of_source(Request::TABLE, source, filters))?;
        let told = Request::rows(&told).map_err(unfit(Request::TABLE.name))?;
        let told: HashSet<_> = told.into_iter().map(|it| it.request_id).collect();
        let names = past.iter().filter(|it| told.contains(&it.request_id));
        let names: Vec<_> = names.map(|it| it.row_key.as_str().into()).collect();
        forget_problems(transaction, source, table, &names)?;
    }
    Ok(())
}

/// The problems of these rows as they are now; past ones of the same rows go.
fn keep_problems(
    transaction: &mut dyn Transaction,
    source: &str,
    place: &Place<'_>,
    names: &[String],
    page: &Page,
    request: &str,
) -> Result<(), PumpError> {
    let over = names.iter().chain(&page.mended);
    let over: Vec<_> = over.map(|it| Value::from(it.as_str())).collect();
    forget_problems(transaction, source, place.stream.table, &over)?;
    let problems: Vec<_> = page
        .problems
        .iter()
        .map(|it| Problem {
            source: source.to_owned(),
            table_name: it.table.to_owned(),
            row_key: it.key.clone(),
            field: it.field.clone(),
            problem: it.problem.clone(),
            value: it.value.clone(),
            request_id: request.to_owned(),
        })
        .collect();
    if !problems.is_empty() {
        transaction.upsert(Problem::TABLE, &Problem::batch(&problems))?;
    }
    Ok(())
}

//! The rows that are still open, and those that the reading has already brought.

use std::collections::HashSet;

use qaduct_records::pull::Seen;
use qaduct_records::stream::{Count, Deletes, Finality, SOURCE};
use qaduct_records::{Direction, Filter, Query, Row, Table, Test, Transaction, Value};

use super::keep::Step;
use super::mark::{self, equals, unfit};
use super::part::{Read, Under};
use super::{Keeper, Trouble, lineage};
use crate::PumpError;

/// Keys that one question names, and rows that one answer has.
const AT_ONCE: usize = 500;
const PAGE: u64 = 20_000;
/// So many rows more than twice as many as are counted are too many.
const SURPLUS: u64 = 100;

impl Keeper<'_> {
    /// The rows of the part that are not final, and were not among the pages.
    pub(super) fn open(&mut self, under: &Under<'_>) -> Result<Vec<Vec<Value>>, Trouble> {
        // Without a cursor all was read.
        if under.stream.cursor.is_none() {
            return Ok(Vec::new());
        }
        let lock = self.lock();
        let mut transaction = self.store.begin(&lock)?;
        let keys = still_open(transaction.as_mut(), &self.name, under)?;
        Ok(unseen(transaction.as_mut(), &self.name, under, keys)?)
    }

    /// What the reading under way has brought.
    pub(super) fn seen(&mut self, under: &Under<'_>) -> Result<HashSet<String>, PumpError> {
        let lock = self.lock();
        let mut transaction = self.store.begin(&lock)?;
        let rows = transaction.query(&brought(&self.name, under))?;
        let seen = Seen::rows(&rows).map_err(unfit(Seen::TABLE.name))?;
        Ok(seen.into_iter().map(|it| it.row_key).collect())
    }

    /// How many rows the reading under way has brought. Counted page by page: a reading may
    /// have any number of rows.
    fn many(&mut self, under: &Under<'_>) -> Result<u64, PumpError> {
        let lock = self.lock();
        let mut query = brought(&self.name, under);
        query.columns.retain(|it| it.name == "row_key");
        query.order = vec![("row_key".to_owned(), Direction::Up)];
        query.limit = Some(PAGE);
        let mut transaction = self.store.begin(&lock)?;
        loop {
            let rows = transaction.query(&query)?.num_rows() as u64;
            query.offset += rows;
            if rows < PAGE {
                return Ok(query.offset);
            }
        }
    }

    /// Forgets what an earlier reading has brought: this one begins at its first page.
    ///
    /// Where one is under way, its state goes with it: whoever should still be at it finds
    /// that it is no longer theirs, instead of ending it without the pages it had kept.
    /// Where none is, nothing is to be forgotten, and the first page takes the part.
    pub(super) fn forget(&mut self, under: &mut Under<'_>) -> Result<(), PumpError> {
        under.state.rows_so_far = 0;
        // A pull of some rows leaves alone what an interrupted one has to remember.
        if !under.stream.remembers() || self.wanted.limit.is_some() {
            return Ok(());
        }
        under.state.stored_at = Some(self.stamp(under));
        let step = Step {
            before: under.known.as_ref(),
            after: &under.state,
        };
        let is_under_way = under.known.as_ref().is_some_and(|it| it.upper.is_some());
        let lock = self.lock();
        let mut transaction = self.store.begin(&lock)?;
        if is_under_way {
            step.take(transaction.as_mut())?;
        } else {
            step.check(transaction.as_mut())?;
        }
        transaction.delete(Seen::TABLE, &of_reading(&self.name, under))?;
        transaction.commit()?;
        if is_under_way {
            under.known = Some(under.state.clone());
        }
        Ok(())
    }

    /// What the source counts and what it sent, where that does not agree. More than it
    /// counts is what has changed since it was sent and is no longer in the bounds; so much
    /// more that it cannot be that is no answer to what was counted.
    pub(super) fn differs(
        &mut self,
        under: &Under<'_>,
        read: &Read,
    ) -> Result<Option<(u64, u64)>, PumpError> {
        let Some(expected) = read.expected else {
            return Ok(None);
        };
        let seen = self.many(under)?;
        let lack = match under.stream.count {
            Count::None => return Ok(None),
            Count::Exact => 0,
            Count::Estimate => expected.max(100) / 100,
        };
        let least = expected.saturating_sub(lack);
        let most = expected.saturating_mul(2).saturating_add(SURPLUS);
        Ok((seen < least || seen > most).then_some((expected, seen)))
    }

    /// Whether the reading lists all that there is, so that what is missing is gone.
    pub(super) fn lists_all(&self, under: &Under<'_>) -> Option<&'static str> {
        // What names no part may list less when less is asked for.
        let is_whole = !self.wanted.narrowed || !under.due.scope.name.is_empty();
        let is_whole = is_whole && under.state.lower.is_none() && !self.wanted.is_aside();
        match under.stream.deletes {
            Deletes::Listed(how) if is_whole => Some(how),
            _ => None,
        }
    }
}

/// The stored rows of a part that are not final.
pub(super) fn still_open(
    transaction: &mut dyn Transaction,
    source: &str,
    under: &Under<'_>,
) -> Result<Vec<Vec<Value>>, PumpError> {
    let (stream, scope) = (under.stream, &under.due.scope);
    let Finality::Once { column, values } = stream.finality else {
        return Ok(Vec::new());
    };
    let mut keys = Vec::new();
    for test in not_final(stream.table, column, values) {
        let filter = Filter {
            column: column.to_owned(),
            test,
        };
        keys.extend(mark::living(
            transaction,
            stream,
            source,
            scope,
            vec![filter],
        )?);
    }
    Ok(keys)
}

/// Those of the keys that the reading under way has not brought. Looked up in pieces: a
/// reading may have any number of rows.
pub(super) fn unseen(
    transaction: &mut dyn Transaction,
    source: &str,
    under: &Under<'_>,
    mut keys: Vec<Vec<Value>>,
) -> Result<Vec<Vec<Value>>, PumpError> {
    let mut brought_of = |chunk: &[Vec<Value>]| -> Result<HashSet<String>, PumpError> {
        let names = chunk.iter().map(|key| Value::Text(lineage::text(key)));
        let query = brought(source, under).filter("row_key", Test::In(names.collect()));
        let seen = Seen::rows(&transaction.query(&query)?).map_err(unfit(Seen::TABLE.name))?;
        Ok(seen.into_iter().map(|it| it.row_key).collect())
    };
    let mut unseen = Vec::new();
    while !keys.is_empty() {
        let chunk = keys.split_off(keys.len().saturating_sub(AT_ONCE));
        let seen = brought_of(&chunk)?;
        unseen.extend(
            chunk
                .into_iter()
                .filter(|it| !seen.contains(&lineage::text(it))),
        );
    }
    Ok(unseen)
}

/// The question for the rows of `pull_seen` of a reading.
fn brought(source: &str, under: &Under<'_>) -> Query {
    let mut query = Query::of(Seen::TABLE.name, Seen::TABLE.columns);
    query.filters = of_reading(source, under).into();
    query
}

/// The rows of `pull_seen` of a reading.
pub(super) fn of_reading(source: &str, under: &Under<'_>) -> [Filter; 3] {
    [
        equals(SOURCE, source),
        equals("stream", under.stream.name),
        equals("part", under.state.part.as_str()),
    ]
}

/// The tests of which a row passes one as long as it is not final.
pub(super) fn not_final(table: &Table, column: &str, values: &[&str]) -> [Test; 2] {
    let kind = table.column(column).map(|it| it.kind);
    let values = values.iter().map(|it| value(kind, it)).collect();
    [Test::Missing, Test::NotIn(values)]
}

/// A final value, written as text in the contract, as the column holds it.
pub(super) fn value(kind: Option<qaduct_records::ColumnType>, text: &str) -> Value {
    use qaduct_records::ColumnType::{Bool, Int};
    match kind {
        Some(Bool) => Value::Bool(text == "true"),
        Some(Int) => text.parse().map_or(Value::Null, Value::Int),
        _ => text.into(),
    }
}

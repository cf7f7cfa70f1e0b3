//! The rows that are still open, and those that the reading has already brought.

use std::collections::HashSet;

use qaduct_records::pull::Seen;
use qaduct_records::stream::{Count, Deletes, Finality, SOURCE};
use qaduct_records::{Filter, Row, Table, Test, Value};

use super::mark::{self, equals, unfit};
use super::part::{Read, Under};
use super::{Keeper, Trouble, lineage};
use crate::PumpError;

impl Keeper<'_> {
    /// The rows of the part that are not final, and were not among the pages.
    pub(super) fn open(&mut self, under: &Under<'_>) -> Result<Vec<Vec<Value>>, Trouble> {
        let Finality::Once { column, values } = under.stream.finality else {
            return Ok(Vec::new());
        };
        // Without a cursor all was read.
        if under.stream.cursor.is_none() {
            return Ok(Vec::new());
        }
        let seen = self.seen(under)?;
        let lock = self.lock();
        let mut transaction = self.store.begin(&lock)?;
        let mut keys = Vec::new();
        for test in not_final(under.stream.table, column, values) {
            let filter = Filter {
                column: column.to_owned(),
                test,
            };
            keys.extend(mark::living(
                transaction.as_mut(),
                under.stream,
                &self.name,
                &under.due.scope,
                vec![filter],
            )?);
        }
        keys.retain(|key| !seen.contains(&lineage::text(key)));
        Ok(keys)
    }

    /// What the reading under way has brought.
    pub(super) fn seen(&mut self, under: &Under<'_>) -> Result<HashSet<String>, PumpError> {
        let lock = self.lock();
        let mut transaction = self.store.begin(&lock)?;
        let rows = transaction.select(
            Seen::TABLE,
            &[
                (SOURCE, self.name.as_str().into()),
                ("stream", under.stream.name.into()),
                ("part", under.state.part.as_str().into()),
            ],
        )?;
        let seen = Seen::rows(&rows).map_err(unfit(Seen::TABLE.name))?;
        Ok(seen.into_iter().map(|it| it.row_key).collect())
    }

    /// Forgets what an earlier reading has brought: this one begins at its first page.
    pub(super) fn forget(&mut self, under: &mut Under<'_>) -> Result<(), PumpError> {
        under.state.rows_so_far = 0;
        // A pull of some rows leaves alone what an interrupted one has to remember.
        if !under.stream.remembers() || self.wanted.limit.is_some() {
            return Ok(());
        }
        let lock = self.lock();
        let mut transaction = self.store.begin(&lock)?;
        transaction.delete(Seen::TABLE, &of_reading(&self.name, under))?;
        transaction.commit()?;
        Ok(())
    }

    /// What the source counts and what it sent, where the two differ.
    pub(super) fn differs(
        &mut self,
        under: &Under<'_>,
        read: &Read,
    ) -> Result<Option<(u64, u64)>, PumpError> {
        let Some(expected) = read.expected else {
            return Ok(None);
        };
        let seen = self.seen(under)?.len() as u64;
        let differ = match under.stream.count {
            Count::None => false,
            Count::Exact => seen != expected,
            Count::Estimate => seen.abs_diff(expected) * 100 > expected.max(100),
        };
        Ok(differ.then_some((expected, seen)))
    }

    /// Whether the reading lists all that there is, so that what is missing is gone.
    pub(super) fn lists_all(&self, under: &Under<'_>) -> Option<&'static str> {
        match under.stream.deletes {
            Deletes::Listed(how) if under.state.lower.is_none() && !self.wanted.is_aside() => {
                Some(how)
            }
            _ => None,
        }
    }
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
fn value(kind: Option<qaduct_records::ColumnType>, text: &str) -> Value {
    use qaduct_records::ColumnType::{Bool, Int};
    match kind {
        Some(Bool) => Value::Bool(text == "true"),
        Some(Int) => text.parse().map_or(Value::Null, Value::Int),
        _ => text.into(),
    }
}

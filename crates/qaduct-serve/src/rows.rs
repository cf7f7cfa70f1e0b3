//! Reads the rows that answer a question, a chunk at a time.
//!
//! A place in the rows is an offset, which holds as long as the data is the
//! same, and the key of the last row, from which the offset is counted anew
//! when the data has changed meanwhile. So no row that was there all the time
//! is left out or given twice, and no transaction stays open between pages.

use std::ops::Range;
use std::sync::Arc;

use qaduct_records::digest::digest;
use qaduct_records::{
    Column, Direction, Filter, Query, Reader, RecordBatch, StoreError, Test, Value,
};

use crate::error::Failure;
use qaduct_formats::Cells;

/// Rows of a chunk at most, and of the first one, which tells how long rows are.
const CHUNK: u64 = 5_000;
const FIRST_CHUNK: u64 = 1_000;
/// About so many bytes go into a chunk.
const CHUNK_BYTES: u64 = 8 * 1024 * 1024;

/// What a caller wants to know: filters and a total order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Question {
    pub(crate) query: Query,
}

impl Default for Question {
    fn default() -> Self {
        Self::of(Query::of("", Vec::new()))
    }
}

impl Question {
    pub(crate) fn of(query: Query) -> Self {
        Self { query }
    }

    /// Names the question, so that a page token of another one is noticed.
    pub(crate) fn fingerprint(&self) -> String {
        let Query {
            relation,
            filters,
            any,
            order,
            ..
        } = &self.query;
        digest([
            Some(relation.as_str()),
            Some(&format!("{filters:?}{order:?}{any:?}")),
        ])
    }

    /// How many rows there are.
    pub(crate) fn total(&self, reader: &mut dyn Reader) -> Result<u64, Failure> {
        Ok(reader.count(&self.query)?)
    }

    /// All rows, of which only some columns matter, at once. They come in no
    /// order unless there is a limit.
    pub(crate) fn numbers(
        &self,
        reader: &mut dyn Reader,
        columns: &[&str],
    ) -> Result<Piece, Failure> {
        let is_wanted = |column: &&Column| columns.iter().any(|name| column.name == *name);
        let wanted = self.query.columns.iter().filter(is_wanted).cloned();
        let query = self.over(wanted.collect());
        let batch = reader.query(&query)?;
        Ok(Piece {
            columns: query.columns,
            rows: batch.num_rows(),
            batch,
        })
    }

    /// The query over some columns. Sorting is spared where nobody notices.
    fn over(&self, columns: Vec<Column>) -> Query {
        let order = self
            .query
            .limit
            .map_or(Vec::new(), |_| self.query.order.clone());
        Query {
            columns,
            order,
            ..self.query.clone()
        }
    }
}

/// A place between two rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Place {
    /// Names the data that the offset belongs to.
    pub(crate) version: String,
    /// Rows before this place.
    pub(crate) offset: u64,
    /// The row before this place, by the columns of the order.
    pub(crate) after: Option<Vec<Value>>,
}

/// Rows that were read together.
pub(crate) struct Piece {
    columns: Vec<Column>,
    batch: RecordBatch,
    /// So many rows of the batch count, from its first.
    rows: usize,
}

impl Piece {
    /// The rows.
    pub(crate) fn rows(&self) -> Range<usize> {
        0..self.rows
    }

    /// All columns, in the order of the query.
    pub(crate) fn cells(&self) -> Result<Vec<Cells<'_>>, Failure> {
        Ok(Cells::of(&self.batch, &self.columns)?)
    }

    /// The columns of these names.
    pub(crate) fn named<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<[Cells<'_>; N], Failure> {
        let mut cells: Vec<_> = self.cells()?.into_iter().map(Some).collect();
        let mut named = Vec::with_capacity(N);
        for name in names {
            let at = self.columns.iter().position(|column| column.name == name);
            let taken = at.and_then(|at| cells[at].take());
            named.push(
                taken.ok_or_else(|| StoreError::Query(format!("there is no column `{name}`")))?,
            );
        }
        named.try_into().map_err(|_| Failure::Internal)
    }
}

/// A walk over the rows of an answer.
#[derive(Clone)]
pub(crate) struct Walk {
    pub(crate) question: Arc<Question>,
    place: Place,
    /// Rows still wanted; `None` wants all.
    left: Option<u64>,
    /// Whether there are rows after this place; not known before the first piece.
    more: bool,
    /// Rows of the next chunk.
    chunk: u64,
}

impl Walk {
    pub(crate) fn new(question: Arc<Question>, place: Place, limit: Option<u64>) -> Self {
        Self {
            question,
            place,
            left: limit,
            more: true,
            chunk: FIRST_CHUNK,
        }
    }

    /// Where the next page begins, if there is one.
    pub(crate) fn rest(&self) -> Option<&Place> {
        self.more.then_some(&self.place)
    }

    /// The next rows; `None` when all that were wanted have been read.
    pub(crate) fn next(&mut self, reader: &mut dyn Reader) -> Result<Option<Piece>, Failure> {
        if !self.more || self.left == Some(0) {
            return Ok(None);
        }
        self.find_place(reader)?;
        // One row more than wanted tells whether there is a next page; it is
        // read again with the next chunk.
        let wanted = self.left.map_or(self.chunk, |left| left.min(self.chunk));
        let query = Query {
            limit: Some(wanted + 1),
            offset: self.place.offset,
            ..self.question.query.clone()
        };
        let batch = reader.query(&query)?;
        self.chunk = chunk_after(&batch);
        self.more = batch.num_rows() as u64 > wanted;
        let rows = batch.num_rows() - usize::from(self.more);
        if let Some(left) = &mut self.left {
            *left -= rows as u64;
        }
        if let Some(last) = rows.checked_sub(1) {
            let cells = Cells::of(&batch, &query.columns)?;
            self.place.offset += rows as u64;
            self.place.after = Some(key(&query, &cells, last));
        }
        Ok(Some(Piece {
            columns: query.columns,
            batch,
            rows,
        }))
    }

    /// Makes the offset fit the data as it is now.
    fn find_place(&mut self, reader: &mut dyn Reader) -> Result<(), Failure> {
        let version = digest([Some(reader.version()?.as_str())]);
        if self.place.version != version {
            self.place.offset = match &self.place.after {
                Some(after) => rows_up_to(reader, &self.question.query, after)?,
                None if self.place.offset == 0 => 0,
                None => return Err(Failure::StaleToken),
            };
            self.place.version = version;
        }
        Ok(())
    }
}

/// How many rows go into the next chunk, judging by those of this one.
fn chunk_after(batch: &RecordBatch) -> u64 {
    let rows = batch.num_rows().max(1) as u64;
    let row = (batch.get_array_memory_size() as u64 / rows).max(1);
    (CHUNK_BYTES / row).clamp(1, CHUNK)
}

/// A row by the columns of the order.
fn key(query: &Query, cells: &[Cells<'_>], row: usize) -> Vec<Value> {
    let value = |(name, _): &(String, Direction)| {
        let at = query.columns.iter().position(|column| column.name == *name);
        at.map_or(Value::Null, |at| cells[at].value(row))
    };
    query.order.iter().map(value).collect()
}

/// How many rows come before this one in the order of the query, with itself.
///
/// Those that are smaller in the first column, those that are equal in it and
/// smaller in the second, and so on: each a plain count.
fn rows_up_to(reader: &mut dyn Reader, query: &Query, key: &[Value]) -> Result<u64, StoreError> {
    let mut equal = Query {
        order: Vec::new(),
        limit: None,
        offset: 0,
        ..query.clone()
    };
    let mut rows = 0;
    for ((column, direction), value) in query.order.iter().zip(key) {
        let mut smaller = equal.clone();
        for test in before(*direction, value) {
            smaller.filters.push(Filter::new(column, test));
        }
        rows += reader.count(&smaller)?;
        equal.filters.push(Filter::new(column, same(value)));
    }
    Ok(rows + reader.count(&equal)?)
}

/// What a value must pass to come before this one. NULL comes last either way.
fn before(direction: Direction, value: &Value) -> Vec<Test> {
    match (direction, value) {
        (_, Value::Null) => vec![Test::Present],
        (Direction::Up, value) => vec![Test::Below(value.clone())],
        (Direction::Down, value) => vec![
            Test::AtLeast(value.clone()),
            Test::NotIn(vec![value.clone()]),
        ],
    }
}

fn same(value: &Value) -> Test {
    match value {
        Value::Null => Test::Missing,
        value => Test::In(vec![value.clone()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{ArrayRef, StringArray};

    #[test]
    fn long_rows_come_in_small_chunks() {
        let batch = |text: &str, rows| {
            let array: ArrayRef = Arc::new(StringArray::from(vec![text; rows]));
            RecordBatch::try_from_iter([("text", array)]).unwrap()
        };
        assert_eq!(chunk_after(&batch("short", 1_000)), CHUNK);
        assert!((40..=80).contains(&chunk_after(&batch(&"x".repeat(130_000), 10))));
        assert_eq!(chunk_after(&batch(&"x".repeat(20_000_000), 1)), 1);
        assert_eq!(chunk_after(&batch("", 0)), CHUNK);
    }
}

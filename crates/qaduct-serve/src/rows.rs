//! Reads the rows that answer a question, a chunk at a time.
//!
//! A place in the rows is an offset, which holds as long as the data is the
//! same, and the key of the last row, from which the offset is counted anew
//! when the data has changed meanwhile. So no row that was there all the time
//! is left out or given twice, and no transaction stays open between pages.

use std::sync::Arc;

use qaduct_records::digest::digest;
use qaduct_records::{
    Column, Direction, Filter, Query, Reader, RecordBatch, StoreError, Test, Value,
};

use crate::error::Failure;
use crate::format::Cells;

/// Rows of a chunk at most, and of the first one, which tells how long rows are.
const CHUNK: u64 = 5_000;
const FIRST_CHUNK: u64 = 1_000;
/// About so many bytes go into a chunk.
const CHUNK_BYTES: u64 = 8 * 1024 * 1024;

/// What a caller wants to know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Question {
    /// What the store can answer: filters and a total order.
    pub(crate) query: Query,
    /// What it cannot, because its conditions are about one column each.
    pub(crate) sieves: Vec<Sieve>,
}

impl Default for Question {
    fn default() -> Self {
        Self::of(Query::of("", Vec::new()))
    }
}

/// A condition that rows must pass after they were read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sieve {
    /// One of the columns holds a text.
    Contains { columns: Vec<String>, text: String },
    /// A column is NULL or has one of the values.
    AbsentOr { column: String, values: Vec<Value> },
}

impl Sieve {
    fn columns(&self) -> &[String] {
        match self {
            Self::Contains { columns, .. } => columns,
            Self::AbsentOr { column, .. } => std::slice::from_ref(column),
        }
    }

    /// Whether a row passes, given the cells of [`Self::columns`].
    fn passes(&self, cells: &[&Cells<'_>], row: usize) -> bool {
        match self {
            Self::Contains { text, .. } => cells
                .iter()
                .any(|cells| cells.text(row).is_some_and(|it| contains(it, text))),
            Self::AbsentOr { values, .. } => cells.iter().any(|cells| {
                let value = cells.value(row);
                value == Value::Null || values.contains(&value)
            }),
        }
    }
}

/// As [`Test::Contains`] has it: upper and lower case are the same for ASCII letters.
fn contains(text: &str, part: &str) -> bool {
    part.is_empty()
        || text
            .as_bytes()
            .windows(part.len())
            .any(|it| it.eq_ignore_ascii_case(part.as_bytes()))
}

impl Question {
    /// A question that the store can answer alone.
    pub(crate) fn of(query: Query) -> Self {
        Self {
            query,
            sieves: Vec::new(),
        }
    }

    /// Names the question, so that a page token of another one is noticed.
    pub(crate) fn fingerprint(&self) -> String {
        let Query {
            relation,
            filters,
            order,
            ..
        } = &self.query;
        digest([
            Some(relation.as_str()),
            Some(&format!("{filters:?}{order:?}{:?}", self.sieves)),
        ])
    }

    /// How many rows there are.
    pub(crate) fn total(&self, reader: &mut dyn Reader) -> Result<u64, Failure> {
        if self.sieves.is_empty() {
            return Ok(reader.count(&self.query)?);
        }
        let columns = self
            .query
            .columns
            .iter()
            .filter(|column| {
                self.sieves
                    .iter()
                    .any(|it| it.columns().iter().any(|name| column.name == *name))
            })
            .cloned()
            .collect();
        let query = self.over(columns);
        let batch = reader.query(&query)?;
        Ok(self.picks(&query, &batch)?.len() as u64)
    }

    /// All rows, of which only some columns matter, at once. They come in no
    /// order unless there is a limit.
    pub(crate) fn numbers(
        &self,
        reader: &mut dyn Reader,
        columns: &[&str],
    ) -> Result<Piece, Failure> {
        let wanted = self
            .query
            .columns
            .iter()
            .filter(|column| {
                columns.iter().any(|name| column.name == *name)
                    || self
                        .sieves
                        .iter()
                        .any(|it| it.columns().iter().any(|name| column.name == *name))
            })
            .cloned()
            .collect();
        let query = self.over(wanted);
        let batch = reader.query(&query)?;
        let picks = self.picks(&query, &batch)?;
        Ok(Piece {
            columns: query.columns,
            batch,
            picks,
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

    /// The rows of a batch that pass all sieves.
    fn picks(&self, query: &Query, batch: &RecordBatch) -> Result<Vec<usize>, Failure> {
        let cells = Cells::of(batch, &query.columns)?;
        let sieves: Vec<(&Sieve, Vec<&Cells<'_>>)> = self
            .sieves
            .iter()
            .map(|sieve| {
                let named = |name: &String| {
                    let at = query
                        .columns
                        .iter()
                        .position(|column| column.name == *name)?;
                    cells.get(at)
                };
                (sieve, sieve.columns().iter().filter_map(named).collect())
            })
            .collect();
        Ok((0..batch.num_rows())
            .filter(|&row| sieves.iter().all(|(sieve, cells)| sieve.passes(cells, row)))
            .collect())
    }
}

/// A place between two rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Place {
    /// Names the data that the offset belongs to.
    pub(crate) version: String,
    /// Rows before this place, whether they pass the sieves or not.
    pub(crate) offset: u64,
    /// The row before this place, by the columns of the order.
    pub(crate) after: Option<Vec<Value>>,
}

/// Rows that were read together.
pub(crate) struct Piece {
    columns: Vec<Column>,
    batch: RecordBatch,
    /// The rows of the batch that count.
    pub(crate) picks: Vec<usize>,
}

impl Piece {
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
    pub(crate) fn rest(&self, reader: &mut dyn Reader) -> Result<Option<&Place>, Failure> {
        let mut is_there = self.more;
        if is_there && !self.question.sieves.is_empty() {
            // There are rows; whether one of them passes has to be looked up.
            let mut ahead = Self {
                left: Some(1),
                ..self.clone()
            };
            is_there = false;
            while let Some(piece) = ahead.next(reader)? {
                is_there |= !piece.picks.is_empty();
            }
        }
        Ok(is_there.then_some(&self.place))
    }

    /// The next rows; `None` when all that were wanted have been read.
    pub(crate) fn next(&mut self, reader: &mut dyn Reader) -> Result<Option<Piece>, Failure> {
        if !self.more || self.left == Some(0) {
            return Ok(None);
        }
        self.find_place(reader)?;
        // One row more than wanted tells whether there is a next page.
        let chunk = match self.left {
            Some(left) if self.question.sieves.is_empty() => left.min(self.chunk) + 1,
            _ => self.chunk + 1,
        };
        let query = Query {
            limit: Some(chunk),
            offset: self.place.offset,
            ..self.question.query.clone()
        };
        let batch = reader.query(&query)?;
        self.chunk = chunk_after(&batch);
        let is_end = (batch.num_rows() as u64) < chunk;
        let mut picks = self.question.picks(&query, &batch)?;
        let mut seen = batch.num_rows();
        if !is_end {
            // The extra row is read again with the next chunk.
            seen -= 1;
            if picks.last() == Some(&seen) {
                picks.pop();
            }
        }
        self.more = !is_end;
        if let Some(left) = self.left {
            let wanted = usize::try_from(left).unwrap_or(usize::MAX);
            if picks.len() > wanted {
                picks.truncate(wanted);
                seen = picks.last().map_or(0, |&last| last + 1);
                self.more = true;
            }
            self.left = Some(left - picks.len() as u64);
        }
        if let Some(last) = seen.checked_sub(1) {
            let cells = Cells::of(&batch, &query.columns)?;
            self.place.offset += seen as u64;
            self.place.after = Some(key(&query, &cells, last));
        }
        Ok(Some(Piece {
            columns: query.columns,
            batch,
            picks,
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
            smaller.filters.push(Filter {
                column: column.clone(),
                test,
            });
        }
        rows += reader.count(&smaller)?;
        equal.filters.push(Filter {
            column: column.clone(),
            test: same(value),
        });
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

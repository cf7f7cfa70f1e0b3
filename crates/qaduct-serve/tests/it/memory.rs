//! A store in memory that reads as `Reader` promises: the contract in a page.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use jiff::Timestamp;
use qaduct_records::table::{date_of, days_of, schema_of};
use qaduct_records::{Column, ColumnType, Direction, Query, Reader, Row, StoreError, Test, Value};

#[derive(Default)]
struct Relation {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
}

/// The data and its version, shared by all readers.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    relations: Arc<Mutex<BTreeMap<String, Relation>>>,
    version: Arc<AtomicUsize>,
    /// Questions that were asked, without those for the version.
    pub(crate) questions: Arc<AtomicUsize>,
    /// Readers that were opened.
    pub(crate) opened: Arc<AtomicUsize>,
    /// How long a query takes.
    pub(crate) delay: Arc<Mutex<Duration>>,
    /// How often the data still changes right after a question.
    pub(crate) unrest: Arc<AtomicUsize>,
    /// Whether the store is out of reach.
    pub(crate) is_down: Arc<AtomicBool>,
}

impl Memory {
    /// Replaces the rows of a relation.
    pub(crate) fn put(&self, name: &str, columns: Vec<Column>, rows: Vec<Vec<Value>>) {
        self.relations
            .lock()
            .unwrap()
            .insert(name.to_owned(), Relation { columns, rows });
        self.version.fetch_add(1, SeqCst);
    }

    /// Replaces the rows of a table.
    pub(crate) fn put_table<R: Row>(&self, rows: &[R]) {
        self.put(
            R::TABLE.name,
            R::TABLE.columns.to_vec(),
            values(R::TABLE.columns, &R::batch(rows)),
        );
    }

    pub(crate) fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.opened.fetch_add(1, SeqCst);
        self.alive()?;
        Ok(Box::new(self.clone()))
    }

    fn alive(&self) -> Result<(), StoreError> {
        if self.is_down.load(SeqCst) {
            return Err(StoreError::Open {
                location: "postgresql://db.internal/qaduct".to_owned(),
                cause: "password hunter2 refused".to_owned(),
            });
        }
        Ok(())
    }

    /// The rows that a query has without its limit and offset.
    fn rows(&self, query: &Query) -> Result<Vec<Vec<Value>>, StoreError> {
        self.alive()?;
        self.questions.fetch_add(1, SeqCst);
        std::thread::sleep(*self.delay.lock().unwrap());
        let calmer = |it: usize| it.checked_sub(1);
        if self.unrest.fetch_update(SeqCst, SeqCst, calmer).is_ok() {
            self.version.fetch_add(1, SeqCst);
        }
        let relations = self.relations.lock().unwrap();
        let unknown = |what: &str| StoreError::Query(format!("there is no `{what}`"));
        let relation = relations
            .get(&query.relation)
            .ok_or_else(|| unknown(&query.relation))?;
        let at = |name: &str| {
            relation
                .columns
                .iter()
                .position(|it| it.name == name)
                .ok_or_else(|| unknown(name))
        };
        let one_each = query.filters.iter().map(std::slice::from_ref);
        let mut groups = Vec::new();
        for group in one_each.chain(query.any.iter().map(Vec::as_slice)) {
            let mut any = Vec::new();
            for filter in group {
                any.push((at(&filter.column)?, &filter.test));
            }
            groups.push(any);
        }
        let mut order = Vec::new();
        for (name, direction) in &query.order {
            order.push((at(name)?, *direction));
        }
        let mut columns = Vec::new();
        for column in &query.columns {
            columns.push(at(&column.name)?);
        }
        let mut rows: Vec<&Vec<Value>> = relation
            .rows
            .iter()
            .filter(|row| {
                let any = |group: &Vec<(usize, &Test)>| {
                    group.iter().any(|(at, test)| passes(test, &row[*at]))
                };
                groups.iter().all(any)
            })
            .collect();
        rows.sort_by(|a, b| {
            let one = |(at, direction): &(usize, Direction)| sorted(&a[*at], &b[*at], *direction);
            order
                .iter()
                .map(one)
                .find(|it| it.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        Ok(rows
            .iter()
            .map(|row| columns.iter().map(|&at| row[at].clone()).collect())
            .collect())
    }
}

impl Reader for Memory {
    fn query(&mut self, query: &Query) -> Result<RecordBatch, StoreError> {
        let rows = self.rows(query)?;
        let rows: Vec<_> = rows
            .into_iter()
            .skip(usize::try_from(query.offset).unwrap())
            .take(
                query
                    .limit
                    .map_or(usize::MAX, |it| usize::try_from(it).unwrap()),
            )
            .collect();
        Ok(batch(&query.columns, &rows))
    }

    fn count(&mut self, query: &Query) -> Result<u64, StoreError> {
        Ok(self.rows(query)?.len() as u64)
    }

    fn version(&mut self) -> Result<String, StoreError> {
        self.alive()?;
        Ok(self.version.load(SeqCst).to_string())
    }
}

fn passes(test: &Test, value: &Value) -> bool {
    if *value == Value::Null {
        return *test == Test::Missing;
    }
    match test {
        Test::In(values) => values.contains(value),
        Test::NotIn(values) => !values.contains(value),
        Test::Missing => false,
        Test::Present => true,
        Test::Below(limit) => compared(value, limit).is_lt(),
        Test::AtLeast(limit) => compared(value, limit).is_ge(),
        Test::Contains(part) => {
            matches!(value, Value::Text(text) if text.to_ascii_lowercase().contains(&part.to_ascii_lowercase()))
        }
        Test::Lists(items) => {
            matches!(value, Value::Text(text) if text.split(", ").any(|it| items.iter().any(|item| item == it)))
        }
    }
}

/// Sorts with NULL at the end, whichever way.
fn sorted(a: &Value, b: &Value, direction: Direction) -> Ordering {
    match (a, b, direction) {
        (Value::Null, Value::Null, _) => Ordering::Equal,
        (Value::Null, _, _) => Ordering::Greater,
        (_, Value::Null, _) => Ordering::Less,
        (a, b, Direction::Up) => compared(a, b),
        (a, b, Direction::Down) => compared(b, a),
    }
}

fn compared(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        _ => panic!("a query compares {a:?} with {b:?}"),
    }
}

fn batch(columns: &[Column], rows: &[Vec<Value>]) -> RecordBatch {
    macro_rules! cells {
        ($at:expr, $array:ty, $kind:ident, $value:ident => $into:expr) => {
            rows.iter()
                .map(|row| match &row[$at] {
                    Value::Null => None,
                    Value::$kind($value) => Some($into),
                    other => panic!("{other:?} is in the wrong column"),
                })
                .collect::<$array>()
        };
    }
    let arrays = columns.iter().enumerate().map(|(at, column)| -> ArrayRef {
        match column.kind {
            ColumnType::Text => Arc::new(cells!(at, StringArray, Text, it => it.as_str())),
            ColumnType::Int => Arc::new(cells!(at, Int64Array, Int, it => *it)),
            ColumnType::Float => Arc::new(cells!(at, Float64Array, Float, it => *it)),
            ColumnType::Bool => Arc::new(cells!(at, BooleanArray, Bool, it => *it)),
            ColumnType::Date => Arc::new(cells!(at, Date32Array, Date, it => days_of(*it))),
            ColumnType::Timestamp => Arc::new(
                cells!(at, TimestampMicrosecondArray, Timestamp, it => it.as_microsecond())
                    .with_timezone("UTC"),
            ),
        }
    });
    RecordBatch::try_new(schema_of(columns), arrays.collect()).unwrap()
}

/// The values of a batch, row by row.
pub(crate) fn values(columns: &[Column], batch: &RecordBatch) -> Vec<Vec<Value>> {
    let value = |at: usize, row: usize| {
        let array = batch.column(at);
        if array.is_null(row) {
            return Value::Null;
        }
        let any = array.as_any();
        macro_rules! cell {
            ($array:ty) => {
                any.downcast_ref::<$array>().unwrap().value(row)
            };
        }
        match columns[at].kind {
            ColumnType::Text => Value::from(cell!(StringArray)),
            ColumnType::Int => Value::Int(cell!(Int64Array)),
            ColumnType::Float => Value::Float(cell!(Float64Array)),
            ColumnType::Bool => Value::Bool(cell!(BooleanArray)),
            ColumnType::Date => Value::Date(date_of(cell!(Date32Array)).unwrap()),
            ColumnType::Timestamp => Value::Timestamp(
                Timestamp::from_microsecond(cell!(TimestampMicrosecondArray)).unwrap(),
            ),
        }
    };
    (0..batch.num_rows())
        .map(|row| (0..columns.len()).map(|at| value(at, row)).collect())
        .collect()
}

//! The cells of a batch, typed by the types that tables have.

use std::io;

use arrow_array::{
    Array, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use jiff::Timestamp;
use jiff::civil::Date;
use qaduct_records::table::{Mismatch, date_of};
use qaduct_records::{Column, ColumnType, RecordBatch, StoreError, Value};

/// The cells of one column of a batch.
pub enum Cells<'a> {
    /// Text.
    Text(&'a StringArray),
    /// Whole numbers.
    Int(&'a Int64Array),
    /// Numbers.
    Float(&'a Float64Array),
    /// Yes and no.
    Bool(&'a BooleanArray),
    /// Instants.
    Timestamp(&'a TimestampMicrosecondArray),
    /// Days.
    Date(&'a Date32Array),
}

impl<'a> Cells<'a> {
    /// The columns of a batch, which has these.
    ///
    /// # Errors
    /// When the batch has others.
    pub fn of(batch: &'a RecordBatch, columns: &[Column]) -> Result<Vec<Self>, StoreError> {
        let cells = |(column, array): (&Column, &'a arrow_array::ArrayRef)| {
            let any = array.as_any();
            match column.kind {
                ColumnType::Text => any.downcast_ref().map(Self::Text),
                ColumnType::Int => any.downcast_ref().map(Self::Int),
                ColumnType::Float => any.downcast_ref().map(Self::Float),
                ColumnType::Bool => any.downcast_ref().map(Self::Bool),
                ColumnType::Timestamp => any.downcast_ref().map(Self::Timestamp),
                ColumnType::Date => any.downcast_ref().map(Self::Date),
            }
            .ok_or_else(|| mismatch(&column.name, column.kind.name()))
        };
        if batch.num_columns() != columns.len() {
            return Err(mismatch("", "batch with the columns of its query"));
        }
        columns.iter().zip(batch.columns()).map(cells).collect()
    }

    /// Whether there is no value. A number that is none counts as no value,
    /// because JSON cannot write it.
    pub fn is_null(&self, row: usize) -> bool {
        match self {
            Self::Text(array) => array.is_null(row),
            Self::Int(array) => array.is_null(row),
            Self::Float(array) => array.is_null(row) || !array.value(row).is_finite(),
            Self::Bool(array) => array.is_null(row),
            Self::Timestamp(array) => array.is_null(row),
            Self::Date(array) => array.is_null(row),
        }
    }

    /// The value of a row, where it is looked at one by one.
    pub fn value(&self, row: usize) -> Value {
        if self.is_null(row) {
            return Value::Null;
        }
        match self {
            Self::Text(array) => Value::Text(array.value(row).to_owned()),
            Self::Int(array) => Value::Int(array.value(row)),
            Self::Float(array) => Value::Float(array.value(row)),
            Self::Bool(array) => Value::Bool(array.value(row)),
            Self::Timestamp(array) => {
                instant(array.value(row)).map_or(Value::Null, Value::Timestamp)
            }
            Self::Date(array) => day(array.value(row)).map_or(Value::Null, Value::Date),
        }
    }

    /// The instant of a row, where the column holds instants and has one.
    pub fn instant(&self, row: usize) -> Option<Timestamp> {
        match self.value(row) {
            Value::Timestamp(at) => Some(at),
            _ => None,
        }
    }

    /// The day of a row, where the column holds days and has one.
    pub fn day(&self, row: usize) -> Option<Date> {
        match self.value(row) {
            Value::Date(day) => Some(day),
            _ => None,
        }
    }

    /// The number of a row, where the column holds whole numbers and has one.
    pub fn int(&self, row: usize) -> Option<i64> {
        match self.value(row) {
            Value::Int(int) => Some(int),
            _ => None,
        }
    }

    /// The text of a row, where the column is text and has one.
    pub fn text(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Text(array) if !array.is_null(row) => Some(array.value(row)),
            _ => None,
        }
    }
}

fn mismatch(column: &str, expected: &'static str) -> StoreError {
    StoreError::Fit {
        table: String::new(),
        mismatch: Mismatch::expected(expected).of(column),
    }
}

/// The instant so many microseconds after 1970.
pub(crate) fn instant(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| mismatch("", "instant of the calendar"))
}

/// The day so many days after 1970.
pub(crate) fn day(days: i32) -> Result<Date, StoreError> {
    date_of(days).ok_or_else(|| mismatch("", "day of the calendar"))
}

/// The columns of a batch, by the types that tables have.
#[must_use]
pub fn columns(rows: &RecordBatch) -> Vec<Column> {
    let kinds = [
        ColumnType::Text,
        ColumnType::Int,
        ColumnType::Float,
        ColumnType::Bool,
        ColumnType::Timestamp,
        ColumnType::Date,
    ];
    rows.schema()
        .fields()
        .iter()
        .zip(rows.columns())
        .map(|(field, array)| Column {
            name: field.name().clone().into(),
            kind: kinds
                .into_iter()
                .find(|kind| kind.arrow() == *array.data_type())
                .unwrap_or(ColumnType::Text),
            nullable: field.is_nullable(),
            description: "".into(),
        })
        .collect()
}

/// A value as people read it; empty for NULL.
#[must_use]
pub fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Bool(flag) => flag.to_string(),
        Value::Timestamp(at) => at.to_string(),
        Value::Date(day) => day.to_string(),
    }
}

/// The cells of each row as people read them; empty for NULL.
///
/// # Errors
/// When a column has a type that no table has.
pub fn written_rows(rows: &RecordBatch) -> io::Result<Vec<Vec<String>>> {
    let columns = columns(rows);
    let cells = Cells::of(rows, &columns).map_err(io::Error::other)?;
    let line = |row| cells.iter().map(|it| written(&it.value(row))).collect();
    Ok((0..rows.num_rows()).map(line).collect())
}

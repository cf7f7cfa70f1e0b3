//! From Arrow to bytes: one file per format.

pub(crate) mod csv;
pub(crate) mod json;

use arrow_array::{
    Array, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use jiff::Timestamp;
use jiff::civil::Date;
use qaduct_records::table::{Mismatch, date_of};
use qaduct_records::{Column, ColumnType, RecordBatch, StoreError, Value};

use crate::error::Failure;

/// The cells of one column of a batch.
pub(crate) enum Cells<'a> {
    Text(&'a StringArray),
    Int(&'a Int64Array),
    Float(&'a Float64Array),
    Bool(&'a BooleanArray),
    Timestamp(&'a TimestampMicrosecondArray),
    Date(&'a Date32Array),
}

impl<'a> Cells<'a> {
    /// The columns of a batch, which has these.
    pub(crate) fn of(batch: &'a RecordBatch, columns: &[Column]) -> Result<Vec<Self>, StoreError> {
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
    pub(crate) fn is_null(&self, row: usize) -> bool {
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
    pub(crate) fn value(&self, row: usize) -> Value {
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
    pub(crate) fn instant(&self, row: usize) -> Option<Timestamp> {
        match self.value(row) {
            Value::Timestamp(at) => Some(at),
            _ => None,
        }
    }

    /// The day of a row, where the column holds days and has one.
    pub(crate) fn day(&self, row: usize) -> Option<Date> {
        match self.value(row) {
            Value::Date(day) => Some(day),
            _ => None,
        }
    }

    /// The number of a row, where the column holds whole numbers and has one.
    pub(crate) fn int(&self, row: usize) -> Option<i64> {
        match self.value(row) {
            Value::Int(int) => Some(int),
            _ => None,
        }
    }

    /// The text of a row, where the column is text and has one.
    pub(crate) fn text(&self, row: usize) -> Option<&'a str> {
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
fn instant(micros: i64) -> Result<Timestamp, Failure> {
    Timestamp::from_microsecond(micros).map_err(|_| mismatch("", "instant of the calendar").into())
}

/// The day so many days after 1970.
fn day(days: i32) -> Result<Date, Failure> {
    date_of(days).ok_or_else(|| mismatch("", "day of the calendar").into())
}

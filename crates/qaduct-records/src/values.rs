//! Values out of a batch, and single columns put into one.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use jiff::Timestamp;

use crate::table::{Mismatch, date_of, days_of, schema_of};
use crate::{Column, ColumnType, Value};

/// The values of a column, found by name.
///
/// # Errors
/// When the batch has no such column, or one of another type than tables have.
pub fn values_of(batch: &RecordBatch, name: &str) -> Result<Vec<Value>, Mismatch> {
    let array = batch
        .column_by_name(name)
        .ok_or_else(|| Mismatch::expected("column").of(name))?;
    let rows = 0..array.len();
    macro_rules! of {
        ($($array:ty, $value:ident => $into:expr;)*) => {
            $(if let Some(array) = array.as_any().downcast_ref::<$array>() {
                return Ok(rows
                    .map(|row| {
                        if array.is_null(row) {
                            return Value::Null;
                        }
                        let $value = array.value(row);
                        $into
                    })
                    .collect());
            })*
        };
    }
    of! {
        StringArray, it => Value::Text(it.to_owned());
        Int64Array, it => Value::Int(it);
        Float64Array, it => Value::Float(it);
        BooleanArray, it => Value::Bool(it);
        TimestampMicrosecondArray, it =>
            Timestamp::from_microsecond(it).map_or(Value::Null, Value::Timestamp);
        Date32Array, it => date_of(it).map_or(Value::Null, Value::Date);
    }
    Err(Mismatch::expected("value of a table").of(name))
}

/// A column of these values; a value of another type becomes NULL.
#[must_use]
pub fn array_of_values(kind: ColumnType, values: impl IntoIterator<Item = Value>) -> ArrayRef {
    let values = values.into_iter();
    macro_rules! of {
        ($array:ty, $variant:ident, $value:ident => $into:expr) => {
            values
                .map(|it| match it {
                    Value::$variant($value) => Some($into),
                    _ => None,
                })
                .collect::<$array>()
        };
    }
    match kind {
        ColumnType::Text => Arc::new(of!(StringArray, Text, it => it)),
        ColumnType::Int => Arc::new(of!(Int64Array, Int, it => it)),
        ColumnType::Float => Arc::new(of!(Float64Array, Float, it => it)),
        ColumnType::Bool => Arc::new(of!(BooleanArray, Bool, it => it)),
        ColumnType::Timestamp => Arc::new(
            of!(TimestampMicrosecondArray, Timestamp, it => it.as_microsecond())
                .with_timezone("UTC"),
        ),
        ColumnType::Date => Arc::new(of!(Date32Array, Date, it => days_of(it))),
    }
}

/// The batch of these columns of values.
///
/// # Errors
/// When the columns are not equally long, or one that must have a value has none.
pub fn batch_of_values(
    columns: &[Column],
    values: Vec<Vec<Value>>,
) -> Result<RecordBatch, Mismatch> {
    let arrays = columns
        .iter()
        .zip(values)
        .map(|(column, values)| array_of_values(column.kind, values))
        .collect();
    RecordBatch::try_new(schema_of(columns), arrays).map_err(|_| Mismatch::expected("row"))
}

//! Rows on their way out of a database, gathered into a batch.

use std::sync::Arc;

use arrow_array::builder::{
    ArrayBuilder, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use qaduct_records::table::schema_of;
use qaduct_records::{Column, ColumnType};

/// One column that grows.
pub(crate) enum Growing {
    Text(StringBuilder),
    Int(Int64Builder),
    Float(Float64Builder),
    Bool(BooleanBuilder),
    Timestamp(TimestampMicrosecondBuilder),
    Date(Date32Builder),
}

impl Growing {
    fn of(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Text => Self::Text(StringBuilder::new()),
            ColumnType::Int => Self::Int(Int64Builder::new()),
            ColumnType::Float => Self::Float(Float64Builder::new()),
            ColumnType::Bool => Self::Bool(BooleanBuilder::new()),
            ColumnType::Timestamp => {
                Self::Timestamp(TimestampMicrosecondBuilder::new().with_timezone("UTC"))
            }
            ColumnType::Date => Self::Date(Date32Builder::new()),
        }
    }

    pub(crate) fn push_null(&mut self) {
        match self {
            Self::Text(it) => it.append_null(),
            Self::Int(it) => it.append_null(),
            Self::Float(it) => it.append_null(),
            Self::Bool(it) => it.append_null(),
            Self::Timestamp(it) => it.append_null(),
            Self::Date(it) => it.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(it) => Arc::new(it.finish()),
            Self::Int(it) => Arc::new(it.finish()),
            Self::Float(it) => Arc::new(it.finish()),
            Self::Bool(it) => Arc::new(it.finish()),
            Self::Timestamp(it) => Arc::new(it.finish()),
            Self::Date(it) => Arc::new(it.finish()),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(it) => it.len(),
            Self::Int(it) => it.len(),
            Self::Float(it) => it.len(),
            Self::Bool(it) => it.len(),
            Self::Timestamp(it) => it.len(),
            Self::Date(it) => it.len(),
        }
    }
}

/// The columns of an answer.
pub(crate) fn growing(columns: &[Column]) -> Vec<Growing> {
    columns
        .iter()
        .map(|column| Growing::of(column.kind))
        .collect()
}

/// Makes a batch; says what is wrong where a column holds NULL that must not.
pub(crate) fn finish(columns: &[Column], mut growing: Vec<Growing>) -> Result<RecordBatch, String> {
    let rows = growing.first().map_or(0, Growing::len);
    let arrays = growing.iter_mut().map(Growing::finish).collect::<Vec<_>>();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema_of(columns), arrays, &options)
        .map_err(|error| error.to_string())
}

//! Gives rows the columns that say where they came from.

use std::sync::Arc;

use jiff::Timestamp;
use qaduct_records::stream::{CHANGED_AT, FIRST_SEEN_AT, REQUEST};
use qaduct_records::table::Mismatch;
use qaduct_records::values::{array_of_values, values_of};
use qaduct_records::{RecordBatch, Table, Value};

/// The rows with the lineage of this request.
///
/// # Errors
/// When the rows do not fit the table.
pub(super) fn with_lineage(
    table: &Table,
    rows: &RecordBatch,
    request: &str,
    now: Timestamp,
) -> Result<RecordBatch, Mismatch> {
    let count = rows.num_rows();
    let mut columns = Vec::new();
    for column in table.columns {
        let name = column.name.as_ref();
        let value = match name {
            FIRST_SEEN_AT | CHANGED_AT => Value::Timestamp(now),
            REQUEST => request.into(),
            _ => {
                let found = rows.column_by_name(name);
                columns.push(Arc::clone(
                    found.ok_or_else(|| Mismatch::expected("column").of(name))?,
                ));
                continue;
            }
        };
        columns.push(array_of_values(column.kind, vec![value; count]));
    }
    RecordBatch::try_new(table.schema(), columns).map_err(|_| Mismatch::expected("row"))
}

/// The keys of rows, without the source.
///
/// # Errors
/// When a column of the key is missing.
pub(crate) fn keys(table: &Table, rows: &RecordBatch) -> Result<Vec<Vec<Value>>, Mismatch> {
    let columns = table
        .key
        .iter()
        .skip(1)
        .map(|name| values_of(rows, name))
        .collect::<Result<Vec<_>, _>>()?;
    Ok((0..rows.num_rows())
        .map(|row| columns.iter().map(|column| column[row].clone()).collect())
        .collect())
}

/// A key as text, as it stands in `row_key`.
pub(crate) fn text(key: &[Value]) -> String {
    key.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(",")
}

//! Values on their way into SQLite and out of it.

use qaduct_records::{Column, RecordBatch};
use rusqlite::Statement;
use rusqlite::types::ValueRef;

use crate::cells::Cell;
use crate::columns::{self, Growing};
use crate::moment;

/// Binds a parameter, counted from 1.
pub(super) fn bind(
    statement: &mut Statement<'_>,
    n: usize,
    cell: Cell<'_>,
) -> rusqlite::Result<()> {
    match cell {
        Cell::Null => statement.raw_bind_parameter(n, rusqlite::types::Null),
        Cell::Text(text) => statement.raw_bind_parameter(n, text),
        Cell::Int(int) => statement.raw_bind_parameter(n, int),
        // See the dialect: SQLite would make it NULL.
        Cell::Float(float) if float.is_nan() => statement.raw_bind_parameter(n, "NaN"),
        Cell::Float(float) => statement.raw_bind_parameter(n, float),
        Cell::Bool(flag) => statement.raw_bind_parameter(n, i64::from(flag)),
        Cell::Timestamp(at) => statement.raw_bind_parameter(n, moment::text(at)),
        Cell::Date(day) => statement.raw_bind_parameter(n, moment::day_text(day)),
    }
}

/// Binds all parameters and reads all rows.
pub(super) fn read(
    statement: &mut Statement<'_>,
    parameters: &[Cell<'_>],
    columns: &[Column],
) -> rusqlite::Result<Result<RecordBatch, String>> {
    for (n, cell) in (1..).zip(parameters) {
        bind(statement, n, *cell)?;
    }
    let mut growing = columns::growing(columns);
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        for (n, (growing, column)) in growing.iter_mut().zip(columns).enumerate() {
            let value = row.get_ref(n)?;
            if !push(growing, value) {
                let (name, kind) = (&column.name, column.kind.name());
                let found = value.data_type();
                return Ok(Err(format!(
                    "column `{name}` holds {found} that is no {kind}"
                )));
            }
        }
    }
    Ok(columns::finish(columns, growing))
}

/// Appends a value; false where it has another type.
fn push(growing: &mut Growing, value: ValueRef<'_>) -> bool {
    match (growing, value) {
        (growing, ValueRef::Null) => growing.push_null(),
        (Growing::Text(column), ValueRef::Text(text)) => match std::str::from_utf8(text) {
            Ok(text) => column.append_value(text),
            Err(_) => return false,
        },
        (Growing::Int(column), ValueRef::Integer(int)) => column.append_value(int),
        (Growing::Float(column), ValueRef::Real(float)) => column.append_value(float),
        (Growing::Float(column), ValueRef::Text(b"NaN")) => column.append_value(f64::NAN),
        (Growing::Bool(column), ValueRef::Integer(flag @ (0 | 1))) => {
            column.append_value(flag == 1);
        }
        (Growing::Timestamp(column), ValueRef::Text(text)) => match moment::parse(text) {
            Some(at) => column.append_value(at),
            None => return false,
        },
        (Growing::Date(column), ValueRef::Text(text)) => match moment::parse_day(text) {
            Some(day) => column.append_value(day),
            None => return false,
        },
        _ => return false,
    }
    true
}

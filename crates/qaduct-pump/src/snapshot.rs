//! Keeps the rows of views day by day.
//!
//! What a view gives as of now is kept under the day; taking it again on the same day
//! replaces that day, so that the last run of a day counts. A count of 0 is a row.

use jiff::civil::Date;
use qaduct_records::report::Snapshot;
use qaduct_records::values::{batch_of_values, values_of};
use qaduct_records::{Filter, Query, Store, Test, Value};

use crate::PumpError;

/// What was kept of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The table.
    pub table: &'static str,
    /// Rows of the day.
    pub rows: u64,
}

/// Keeps the rows of these views under a day, each view in one transaction.
///
/// # Errors
/// When the store fails or a view lacks a column.
pub fn take(
    store: &mut dyn Store,
    snapshots: &[Snapshot],
    day: Date,
) -> Result<Vec<Taken>, PumpError> {
    let mut taken = Vec::new();
    for snapshot in snapshots {
        let table = snapshot.table;
        let unfit = |mismatch| PumpError::Row {
            table: table.name,
            mismatch,
        };
        let counted: Vec<_> = table.columns[2..].to_vec();
        let mut transaction = store.begin("snapshots")?;
        let now = transaction.query(&Query::of(snapshot.view, counted.clone()))?;
        let rows = now.num_rows();
        let mut columns = vec![vec![Value::Date(day); rows]];
        let dimensions = snapshot.dimensions.iter().map(|it| values_of(&now, it));
        let dimensions: Vec<_> = dimensions.collect::<Result<_, _>>().map_err(unfit)?;
        columns.push((0..rows).map(|row| key(&dimensions, row)).collect());
        for column in &counted {
            columns.push(values_of(&now, &column.name).map_err(unfit)?);
        }
        let batch = batch_of_values(table.columns, columns).map_err(unfit)?;
        let of_day = Filter {
            column: "snapshot_date".to_owned(),
            test: Test::In(vec![Value::Date(day)]),
        };
        transaction.delete(table, &[of_day])?;
        transaction.upsert(table, &batch)?;
        transaction.commit()?;
        taken.push(Taken {
            table: table.name,
            rows: rows as u64,
        });
    }
    Ok(taken)
}

/// What was counted, as text.
fn key(dimensions: &[Vec<Value>], row: usize) -> Value {
    let parts: Vec<_> = dimensions
        .iter()
        .map(|values| match &values[row] {
            Value::Null => "-".to_owned(),
            // A text that looks like the sign of NULL or holds a comma is told apart.
            Value::Text(text) => text
                .replace('\\', "\\\\")
                .replace(',', "\\,")
                .replace('-', "\\-"),
            value => value.to_string(),
        })
        .collect();
    Value::Text(parts.join(","))
}

//! The statements that change rows, where the other dialects say it otherwise.

use qaduct_records::{StoreError, Table};

use crate::dialect::{list, quote};
use crate::long_key;
use crate::query::{self, orphans};

/// The columns of a table and, where the key has text, its digest.
pub(super) fn targets(table: &Table) -> Result<String, StoreError> {
    let mut columns = list(table.columns.iter().map(|column| column.name.as_ref()))?;
    if long_key::digest(table)?.is_some() {
        columns = format!("{columns}, {}", quote(long_key::DIGEST)?);
    }
    Ok(columns)
}

/// So many rows of parameters. A row may use the columns that stand before.
pub(super) fn rows(table: &Table, rows: usize) -> Result<String, StoreError> {
    let mut marks = vec!["?".to_owned(); table.columns.len()];
    marks.extend(long_key::digest(table)?);
    let row = format!("({})", marks.join(", "));
    Ok(format!("VALUES {}", vec![row; rows].join(", ")))
}

/// All rows of a table like this one.
pub(super) fn rows_of(table: &Table, other: &str) -> Result<String, StoreError> {
    let mut columns = list(table.columns.iter().map(|column| column.name.as_ref()))?;
    if let Some(digest) = long_key::digest(table)? {
        columns = format!("{columns}, {digest}");
    }
    Ok(format!("SELECT {columns} FROM {}", quote(other)?))
}

/// An insertion from `source` that replaces rows with the same key and leaves rows
/// alone that are equal but for their lineage. Where there is no key every row is new.
///
/// Assignments happen in order, so those of lineage come first, while the row still
/// is what it was. The server leaves a row alone to which nothing new is assigned.
pub(super) fn upsert(table: &Table, source: &str) -> Result<String, StoreError> {
    let (name, columns) = (quote(table.name)?, targets(table)?);
    let insert = format!("INSERT INTO {name} ({columns}) {source}");
    let Some(first) = table.key.first() else {
        return Ok(insert);
    };
    let mut compared = Vec::new();
    let mut differs = Vec::new();
    for column in query::compared(table) {
        let column = quote(column)?;
        differs.push(format!("NOT {name}.{column} <=> VALUES({column})"));
        compared.push(format!("{name}.{column} = VALUES({column})"));
    }
    let mut set = Vec::new();
    if !differs.is_empty() {
        let differs = differs.join(" OR ");
        for column in query::replaced(table).filter(|it| table.lineage.contains(it)) {
            let column = quote(column)?;
            let new = format!("IF({differs}, VALUES({column}), {name}.{column})");
            set.push(format!("{name}.{column} = {new}"));
        }
    }
    set.extend(compared);
    if set.is_empty() {
        let key = quote(first)?;
        set.push(format!("{name}.{key} = {name}.{key}"));
    }
    let set = set.join(", ");
    Ok(format!("{insert} ON DUPLICATE KEY UPDATE {set}"))
}

/// The deletion of rows whose value no row of other tables has.
pub(super) fn delete_orphans(
    table: &Table,
    column: &str,
    referrers: &[&Table],
) -> Result<String, StoreError> {
    let (name, orphans) = orphans(table, column, referrers)?;
    let column = quote(column)?;
    Ok(format!(
        "DELETE {name} FROM {name} JOIN ({orphans}) AS gone \
         ON {name}.{column} = gone.{column}"
    ))
}

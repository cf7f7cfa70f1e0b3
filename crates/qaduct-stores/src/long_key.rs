//! Keys of unbounded text for databases whose indexes are bounded.
//!
//! MySQL indexes no more than the beginning of a text. Where text is part of a
//! key, the table has one more column, which `SELECT *` does not show: a SHA-256
//! of all text of the key, each with its length before it. The primary key is the
//! beginning of each text, the other columns of the key, and that digest. So keys
//! of any length differ where they differ, rows lie in the order of their keys,
//! and questions for the first columns of the key find them by the index.

use qaduct_records::{ColumnType, StoreError, Table};

use crate::dialect::quote;

/// The column of the digest.
pub(crate) const DIGEST: &str = "qaduct_key";
/// How many characters of a text go into the index, at most.
const BEGINNING: usize = 100;
/// How many characters of four bytes an index of InnoDB takes, without the digest
/// and with room for a few numbers.
const CHARACTERS: usize = 700;

/// The digest of a row's key as SQL over its columns, where the key has text.
pub(crate) fn digest(table: &Table) -> Result<Option<String>, StoreError> {
    let parts = table.key.iter().filter(|name| is_text(table, name));
    let parts = parts.map(|name| {
        let name = quote(name)?;
        Ok(format!("octet_length({name}), ':', {name}"))
    });
    let parts = parts.collect::<Result<Vec<_>, StoreError>>()?;
    Ok((!parts.is_empty()).then(|| format!("unhex(sha2(concat({}), 256))", parts.join(", "))))
}

/// The definition of the digest's column, where there is one. The default is for
/// rows that somebody writes by hand.
pub(crate) fn definition(table: &Table) -> Result<Option<String>, StoreError> {
    let name = quote(DIGEST)?;
    Ok(digest(table)?
        .map(|digest| format!("{name} BINARY(32) NOT NULL DEFAULT ({digest}) INVISIBLE")))
}

/// The columns of the primary key.
pub(crate) fn primary_key(table: &Table) -> Result<String, StoreError> {
    let texts = table.key.iter().filter(|name| is_text(table, name)).count();
    let mut parts = Vec::new();
    for name in table.key {
        let length = BEGINNING.min(CHARACTERS / texts.max(1));
        parts.push(match is_text(table, name) {
            true => format!("{}({length})", quote(name)?),
            false => quote(name)?,
        });
    }
    if texts > 0 {
        parts.push(quote(DIGEST)?);
    }
    Ok(parts.join(", "))
}

fn is_text(table: &Table, name: &str) -> bool {
    table
        .column(name)
        .is_some_and(|column| column.kind == ColumnType::Text)
}

//! `LOAD DATA LOCAL`: rows as a file that the server asks for and that never was one.

use std::io::{self, Write as _};

use mysql::prelude::Queryable as _;
use mysql::{Conn, Error, LocalInfileHandler};
use qaduct_records::{StoreError, Table};

use super::address::refuses_local_files;
use super::values;
use crate::cells::Rows;
use crate::dialect::{list, quote};
use crate::long_key;

/// What became of rows.
pub(super) enum Loaded {
    /// The server takes no files from its clients.
    Refused,
    /// So many went in; others had a key that was there.
    Rows(u64),
}

/// The statement that loads rows of a table into another that has the same columns,
/// and the digest of the key if that is wanted.
pub(super) fn statement(table: &Table, into: &str, digest: bool) -> Result<String, StoreError> {
    let columns = list(table.columns.iter().map(|column| column.name.as_ref()))?;
    let set = match long_key::digest(table)? {
        Some(value) if digest => format!(" SET {} = {value}", quote(long_key::DIGEST)?),
        _ => String::new(),
    };
    let (into, format) = (quote(into)?, values::FORMAT);
    Ok(format!(
        "LOAD DATA LOCAL INFILE 'rows' INTO TABLE {into} {format} ({columns}){set}"
    ))
}

/// Sends rows. A client's file may not stop the statement: what the server could not
/// read as it stands it makes up and warns, so that a warning is an error here.
pub(super) fn send(connection: &mut Conn, load: &str, rows: &Rows<'_>) -> Result<Loaded, Error> {
    let mut data = Vec::new();
    for row in 0..rows.len() {
        values::put_row(rows, row, &mut data);
    }
    // Whatever file the server asks for, it gets these rows.
    let handler = LocalInfileHandler::new(move |_, file| file.write_all(&data));
    connection.set_local_infile_handler(Some(handler));
    let answer = connection.query_drop(load);
    connection.set_local_infile_handler(None);
    match answer {
        Err(error) if refuses_local_files(&error) => return Ok(Loaded::Refused),
        answer => answer?,
    }
    let loaded = connection.affected_rows();
    let (skipped, warnings) = match counts(&connection.info_str())[..] {
        [_, _, skipped, warnings] => (skipped, warnings),
        _ => (0, u64::from(connection.warnings())),
    };
    if warnings > skipped || loaded + skipped != rows.len() as u64 {
        let said: Option<(String, u32, String)> = connection.query_first("SHOW WARNINGS")?;
        let said = said.map_or(String::new(), |(.., said)| said);
        return Err(Error::IoError(io::Error::other(format!(
            "the server did not take every value as it is: {said}"
        ))));
    }
    Ok(Loaded::Rows(loaded))
}

/// The numbers in what the server says of a statement, whatever its language:
/// `Records: 3  Deleted: 0  Skipped: 1  Warnings: 1`.
pub(super) fn counts(said: &str) -> Vec<u64> {
    said.split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_in_any_language() {
        assert_eq!(
            counts("Datens\u{e4}tze: 3  Duplikate: 1  Warnungen: 0"),
            [3, 1, 0]
        );
        assert!(counts("").is_empty());
    }
}

//! Adds rows once to a table of any server that speaks the protocol of PostgreSQL.
//!
//! For servers such as Redshift that have the protocol and little else: every
//! statement is text of the simple protocol, with values quoted here; no
//! parameters, no `ON CONFLICT`, no `RETURNING`, no COPY. Tables that are missing
//! are created; tables that are there are filled by the names of their columns
//! and may have other types, as long as the server reads the values as such.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use postgres::{Client, Config, SimpleQueryMessage};
use qaduct_records::{RecordBatch, Secret, StoreError, Table};

use crate::cells::{Cell, Rows};
use crate::ddl;
use crate::dialect::{REDSHIFT, list};
use crate::moment;
use crate::nul;
use crate::postgres::Address;

pub use crate::postgres::tls::{Tls, TlsMode};

/// Statements are at most about so long; Redshift takes 16 MB.
const MAX_STATEMENT: usize = 1_000_000;
/// How long one statement may take, waiting for other pushes included.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(120);

/// A server to add rows to.
#[derive(Debug, Clone)]
pub struct PostgresTarget {
    /// Name of the host, or the folder of its socket.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database.
    pub database: String,
    /// User.
    pub user: String,
    /// Password.
    pub password: Secret,
    /// How long to wait for the connection.
    pub connect_timeout: Duration,
    /// How the connection is protected.
    pub tls: Tls,
}

/// What [`append_once`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// The rows and the entry of the ledger are written.
    Written {
        /// Rows that were added.
        rows: u64,
        /// Texts that were longer than their column and were cut.
        cut: u64,
    },
    /// The ledger has such an entry already; nothing is written.
    AlreadyThere,
}

/// Adds rows and one entry of a ledger in one transaction, unless the ledger has that key.
///
/// Pushes at the same time wait for each other. Names of tables may be `schema.name`;
/// the schema and the tables are created where they are missing.
///
/// Instants are written in UTC. Text longer than its column takes is cut at a character.
///
/// # Errors
/// When the server cannot be reached, refuses a statement, or a batch does not fit its
/// table; then nothing is written.
///
/// # Panics
/// When `entry` is not exactly one row.
pub fn append_once(
    target: &PostgresTarget,
    table: &Table,
    rows: &RecordBatch,
    ledger: &Table,
    entry: &RecordBatch,
) -> Result<Appended, StoreError> {
    assert_eq!(entry.num_rows(), 1, "an entry of the ledger is one row");
    let rows = Rows::all(table, rows)?;
    let entry = Rows::all(ledger, entry)?;

    let mut session = Session::open(target)?;
    let row_limits = session.prepare(table)?;
    let entry_limits = session.prepare(ledger)?;

    session.run("beginning", "BEGIN")?;
    // Whoever comes second waits here, and sees the entry of the first below.
    session.run(
        "locking the ledger",
        &format!("LOCK TABLE {}", ddl::relation(ledger.name)?),
    )?;
    let there = session.select(
        "reading the ledger",
        &format!(
            "SELECT 1 FROM {} WHERE {} LIMIT 1",
            ddl::relation(ledger.name)?,
            session.key_of(ledger, &entry, &entry_limits)?
        ),
    )?;
    if !there.is_empty() {
        session.run("ending", "ROLLBACK")?;
        return Ok(Appended::AlreadyThere);
    }
    let cut = session.insert(table, &rows, &row_limits)?
        + session.insert(ledger, &entry, &entry_limits)?;
    session.run("committing", "COMMIT")?;
    Ok(Appended::Written {
        rows: rows.len() as u64,
        cut,
    })
}

/// How many bytes each column of text takes, by name.
type Limits = HashMap<String, usize>;

/// A connection, and how its server reads quoted text.
struct Session {
    client: Client,
    address: Address,
    backslash_escapes: bool,
}

impl Session {
    fn open(target: &PostgresTarget) -> Result<Self, StoreError> {
        let mut config = Config::new();
        config
            .host(&target.host)
            .port(target.port)
            .dbname(&target.database)
            .user(&target.user)
            .password(target.password.expose())
            .connect_timeout(target.connect_timeout);
        let address = Address::new(config, target.tls.clone());
        let mut session = Self {
            client: address.connect()?,
            address,
            backslash_escapes: false,
        };
        session.run("connecting", "SET TIME ZONE 'UTC'")?;
        let timeout = STATEMENT_TIMEOUT.as_millis();
        session.run("connecting", &format!("SET statement_timeout TO {timeout}"))?;
        // Whether a backslash is an ordinary character depends on the server and its
        // settings; its own answer is better than what it reports about itself.
        let length = session.select("connecting", r"SELECT octet_length('\\')")?;
        session.backslash_escapes = length.first().is_some_and(|row| row[0] == "1");
        Ok(session)
    }

    fn run(&mut self, doing: &str, sql: &str) -> Result<(), StoreError> {
        self.client
            .batch_execute(sql)
            .map_err(|error| self.address.failure(doing, error))
    }

    /// The rows of an answer as text; NULL is empty.
    fn select(&mut self, doing: &str, sql: &str) -> Result<Vec<Vec<String>>, StoreError> {
        let answer = self
            .client
            .simple_query(sql)
            .map_err(|error| self.address.failure(doing, error))?;
        let rows = answer.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(
                (0..row.len())
                    .map(|n| row.get(n).unwrap_or_default().to_owned())
                    .collect(),
            ),
            _ => None,
        });
        Ok(rows.collect())
    }

    /// Creates the table and its schema where they are missing, and asks how long texts may be.
    fn prepare(&mut self, table: &Table) -> Result<Limits, StoreError> {
        let (schema, name) = match table.name.split_once('.') {
            Some((schema, name)) => (self.quote(schema), name),
            None => ("current_schema()".to_owned(), table.name),
        };
        let columns = format!(
            "SELECT column_name, character_maximum_length FROM information_schema.columns \
             WHERE table_schema = {schema} AND table_name = {}",
            self.quote(name)
        );
        let mut found = self.select("looking for tables", &columns)?;
        if found.is_empty() {
            let created = self.create(table);
            found = self.select("looking for tables", &columns)?;
            // Another push may have created it in the meantime.
            if found.is_empty() {
                created?;
            }
        }
        let max = REDSHIFT.max_text.unwrap_or(usize::MAX);
        let limit = |text: &str| text.parse::<usize>().unwrap_or(max).min(max);
        Ok(found
            .into_iter()
            .map(|row| (row[0].clone(), limit(&row[1])))
            .collect())
    }

    fn create(&mut self, table: &Table) -> Result<(), StoreError> {
        if let Some((schema, _)) = table.name.split_once('.') {
            let there = format!(
                "SELECT 1 FROM pg_namespace WHERE nspname = {}",
                self.quote(schema)
            );
            // The right to create schemas is needed even for `IF NOT EXISTS`.
            if self.select("looking for the schema", &there)?.is_empty() {
                let create = format!("CREATE SCHEMA IF NOT EXISTS {}", list([schema])?);
                self.run("creating the schema", &create)?;
            }
        }
        for sql in ddl::create_table(&REDSHIFT, table)? {
            self.run(&format!("creating table `{}`", table.name), &sql)?;
        }
        Ok(())
    }

    /// The condition for an entry with the same key.
    fn key_of(
        &self,
        ledger: &Table,
        entry: &Rows<'_>,
        limits: &Limits,
    ) -> Result<String, StoreError> {
        let mut conditions = Vec::new();
        for (n, column) in ledger.columns.iter().enumerate() {
            if ledger.key.contains(&column.name.as_ref()) {
                let name = list([column.name.as_ref()])?;
                let cell = shortened(entry.cell(0, n), limits.get(column.name.as_ref()));
                let value = Literal {
                    cell,
                    session: self,
                };
                conditions.push(format!("{name} = {value}"));
            }
        }
        Ok(conditions.join(" AND "))
    }

    /// Inserts all rows, and counts the texts that it had to cut.
    fn insert(
        &mut self,
        table: &Table,
        rows: &Rows<'_>,
        limits: &Limits,
    ) -> Result<u64, StoreError> {
        let columns = list(table.columns.iter().map(|column| column.name.as_ref()))?;
        let head = format!(
            "INSERT INTO {} ({columns}) VALUES ",
            ddl::relation(table.name)?
        );
        let doing = format!("writing table `{}`", table.name);
        let mut cut = 0;
        let mut sql = String::new();
        for row in 0..rows.len() {
            let values = table.columns.iter().enumerate().map(|(n, column)| {
                let whole = rows.cell(row, n);
                let cell = shortened(whole, limits.get(column.name.as_ref()));
                cut += u64::from(matches!(cell, Cell::Text(_)) && cell != whole);
                Literal {
                    cell,
                    session: self,
                }
                .to_string()
            });
            let values = values.collect::<Vec<_>>().join(", ");
            sql += if sql.is_empty() { &head } else { ", " };
            sql += &["(", &values, ")"].concat();
            if sql.len() > MAX_STATEMENT {
                self.run(&doing, &std::mem::take(&mut sql))?;
            }
        }
        if !sql.is_empty() {
            self.run(&doing, &sql)?;
        }
        Ok(cut)
    }

    fn quote(&self, text: &str) -> String {
        let text = nul::hide(text).replace('\'', "''");
        if self.backslash_escapes {
            format!("'{}'", text.replace('\\', r"\\"))
        } else {
            format!("'{text}'")
        }
    }
}

/// A value as SQL that every server of the protocol reads.
struct Literal<'s> {
    cell: Cell<'s>,
    session: &'s Session,
}

impl fmt::Display for Literal<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cell {
            Cell::Null => out.write_str("NULL"),
            Cell::Text(text) => out.write_str(&self.session.quote(text)),
            Cell::Int(int) => write!(out, "{int}"),
            Cell::Float(float) if float.is_nan() => out.write_str("'NaN'"),
            Cell::Float(float) if float.is_infinite() => out.write_str(if float > 0.0 {
                "'Infinity'"
            } else {
                "'-Infinity'"
            }),
            Cell::Float(float) => write!(out, "{float:e}"),
            Cell::Bool(flag) => write!(out, "{flag}"),
            // Without a zone: columns without one take it as it is, others as that of
            // the session, which is UTC.
            Cell::Timestamp(at) => {
                write!(
                    out,
                    "'{}'",
                    moment::text(at).trim_end_matches('Z').replace('T', " ")
                )
            }
            Cell::Date(day) => write!(out, "'{}'", moment::day_text(day)),
        }
    }
}

/// The value, or of a text that is too long the longest beginning that is whole characters
/// and, in the form in which it is stored, not longer than so many bytes.
fn shortened<'a>(cell: Cell<'a>, max: Option<&usize>) -> Cell<'a> {
    let (Cell::Text(text), Some(&max)) = (cell, max) else {
        return cell;
    };
    let mut end = text.floor_char_boundary(max);
    while nul::hide(&text[..end]).len() > max {
        end = text.floor_char_boundary(end - 1);
    }
    Cell::Text(&text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_a_character() {
        for (text, max, kept) in [
            ("abc", 3, "abc"),
            ("aé", 2, "a"),
            ("a😀b", 4, "a"),
            ("a\0\0", 4, "a\0"),
            ("é", 0, ""),
        ] {
            assert_eq!(shortened(Cell::Text(text), Some(&max)), Cell::Text(kept));
        }
    }
}

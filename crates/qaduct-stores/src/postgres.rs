//! PostgreSQL: a server, written and read by many at once.
//!
//! Loads go by binary COPY. Writers that name the same lock wait for each other
//! through an advisory lock; others do not.

mod address;
mod connection;
mod reader;
mod transaction;
mod values;

pub(crate) mod tls;

use postgres::IsolationLevel;
use qaduct_records::digest::digest;
use qaduct_records::{Reader, Secret, Store, StoreError, Table, Transaction, View};

use crate::dialect::POSTGRES;
use crate::migrate::{Found, Layout, Schema};
use crate::{Absent, LOCK_WAIT};

pub(crate) use address::Address;
use connection::Connection;
use transaction::PostgresTransaction;

/// Connects to the database at a URL.
pub(crate) fn open(
    url: &str,
    password: Option<&Secret>,
    absent: Absent,
) -> Result<Box<dyn Store>, StoreError> {
    let address = Address::parse(url, password)?;
    let client = connect(&address)?;
    let mut store = Postgres { client, address };
    // The database is there; what may be missing is what is ours in it.
    if absent == Absent::Refuse && store.meta()?.0.is_none() {
        return Err(StoreError::Foreign {
            location: store.location(),
        });
    }
    Ok(Box::new(store))
}

struct Postgres {
    client: Connection,
    address: Address,
}

impl Postgres {
    /// What `qaduct_meta` says of the schema and the layout.
    fn meta(&mut self) -> Result<(Option<String>, Option<String>), StoreError> {
        let sql = "SELECT (SELECT value FROM qaduct_meta WHERE key = 'schema'), \
                          (SELECT value FROM qaduct_meta WHERE key = 'layout')";
        match self.client.query_one(sql, &[]) {
            Ok(row) => Ok((row.get(0), row.get(1))),
            Err(error) if address::is_missing(&error) => Ok((None, None)),
            Err(error) => Err(self.address.failure("reading `qaduct_meta`", error)),
        }
    }

    /// A server that was restarted closes the connection; the next transaction opens another.
    fn reconnect_if_closed(&mut self) -> Result<(), StoreError> {
        if self.client.is_closed() || self.client.simple_query("").is_err() {
            self.client = connect(&self.address)?;
        }
        Ok(())
    }
}

impl Store for Postgres {
    fn migrate(&mut self, tables: &[&Table], views: &[View]) -> Result<(), StoreError> {
        let layout = Layout {
            dialect: &POSTGRES,
            tables,
            views,
        };
        let (schema, found) = self.meta()?;
        let location = self.location();
        if layout.is_up_to_date(&location, schema.as_deref(), found.as_deref())? {
            return Ok(());
        }
        let address = &self.address;
        let failed = |error| address.failure("migrating", error);
        let mut transaction = self.client.transaction().map_err(failed)?;
        transaction
            .batch_execute(&lock_statements("qaduct migrate"))
            .map_err(failed)?;
        let encoding: String = transaction
            .query_one("SHOW server_encoding", &[])
            .map_err(failed)?
            .get(0);
        if encoding != "UTF8" {
            let cause = format!(
                "the database is in {encoding}, which cannot hold every text; \
                                 create one with `ENCODING 'UTF8'`"
            );
            return Err(StoreError::Open { location, cause });
        }
        layout.migrate(&mut Migration {
            transaction: &mut transaction,
            address,
        })?;
        transaction.commit().map_err(failed)
    }

    fn begin(&mut self, lock: &str) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.reconnect_if_closed()?;
        let address = &self.address;
        let failed = |error| address.failure("beginning a transaction", error);
        let mut inner = self
            .client
            .build_transaction()
            .isolation_level(IsolationLevel::ReadCommitted)
            .start()
            .map_err(failed)?;
        inner
            .batch_execute(&lock_statements(lock))
            .map_err(failed)?;
        Ok(Box::new(PostgresTransaction::new(inner, address)))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        reader::open(&self.address)
    }

    fn location(&self) -> String {
        self.address.location()
    }
}

/// A connection whose session is in UTC.
fn connect(address: &Address) -> Result<Connection, StoreError> {
    let mut client = Connection::from(address.connect()?);
    client
        .batch_execute("SET TIME ZONE 'UTC'")
        .map_err(|error| address.failure("connecting", error))?;
    Ok(client)
}

/// Takes the lock of that name until the transaction ends.
fn lock_statements(lock: &str) -> String {
    let digest = digest([Some("qaduct"), Some(lock)]);
    let number = u64::from_str_radix(&digest[..16], 16)
        .unwrap_or_default()
        .cast_signed();
    let wait = LOCK_WAIT.as_millis();
    format!("SET LOCAL lock_timeout = {wait}; SELECT pg_advisory_xact_lock({number})")
}

/// The transaction that migrates.
struct Migration<'t, 'c> {
    transaction: &'t mut postgres::Transaction<'c>,
    address: &'t Address,
}

impl Schema for Migration<'_, '_> {
    fn execute(&mut self, doing: &str, sql: &str) -> Result<(), StoreError> {
        self.transaction
            .batch_execute(sql)
            .map_err(|error| self.address.failure(doing, error))
    }

    fn attempt(&mut self, statements: &[String]) -> Result<bool, StoreError> {
        let failed = |error| self.address.failure("migrating", error);
        let mut attempt = self.transaction.transaction().map_err(failed)?;
        let done = statements
            .iter()
            .all(|sql| attempt.batch_execute(sql).is_ok());
        if done {
            attempt.commit()
        } else {
            attempt.rollback()
        }
        .map_err(failed)?;
        Ok(done)
    }

    fn columns(&mut self, table: &Table) -> Result<Vec<Found>, StoreError> {
        let sql = "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), \
                   array_position(string_to_array(i.indkey::text, ' '), a.attnum::text)::bigint \
                   FROM pg_attribute a \
                   LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary \
                   WHERE a.attrelid = to_regclass($1::text) \
                   AND a.attnum > 0 AND NOT a.attisdropped";
        let name = crate::dialect::quote(table.name)?;
        let rows = self.transaction.query(sql, &[&name]).map_err(|error| {
            self.address
                .failure("reading the columns of a table", error)
        })?;
        let found = rows.iter().map(|row| Found {
            name: row.get(0),
            kind: row.get(1),
            place: row.get(2),
        });
        Ok(found.collect())
    }

    fn meta(&mut self, key: &str) -> Result<Option<String>, StoreError> {
        self.transaction
            .query_opt("SELECT value FROM qaduct_meta WHERE key = $1", &[&key])
            .map(|row| row.map(|row| row.get(0)))
            .map_err(|error| self.address.failure("reading `qaduct_meta`", error))
    }

    fn set_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO qaduct_meta (key, value) VALUES ($1, $2) \
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.transaction
            .execute(sql, &[&key, &value])
            .map_err(|error| self.address.failure("writing `qaduct_meta`", error))?;
        Ok(())
    }

    fn location(&self) -> String {
        self.address.location()
    }
}

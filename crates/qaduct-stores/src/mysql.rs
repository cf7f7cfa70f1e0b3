//! MySQL and MariaDB: a server, written and read by many at once.
//!
//! Every session speaks ANSI SQL in UTC, so that the statements of the other stores
//! mean the same here. Two things that others do by themselves need care:
//!
//! * Writers that name the same lock wait for each other by `GET_LOCK`, which belongs
//!   to the session and not to the transaction: it is given back when the
//!   transaction ends, and the server does that for a process that was killed.
//! * Statements that change tables commit by themselves, so a migration that was
//!   killed leaves what it had done. The next one finds out what is missing.

mod address;
mod extremes;
mod load;
mod lock;
mod reader;
mod transaction;
mod upsert;
mod values;

use std::time::Duration;

use mysql::prelude::Queryable as _;
use mysql::{Conn, Error};
use qaduct_records::{Reader, Secret, Store, StoreError, Table, Transaction, View};

use crate::dialect::{Dialect, MARIADB, MYSQL};
use crate::long_key;
use crate::migrate::{Found, Layout, Schema};
use crate::{Absent, LOCK_WAIT};

use address::Address;
use lock::Lock;
use transaction::MysqlTransaction;

/// Connects to the database at a URL.
pub(crate) fn open(
    url: &str,
    password: Option<&Secret>,
    absent: Absent,
) -> Result<Box<dyn Store>, StoreError> {
    let address = Address::parse(url, password)?;
    let mut session = Session::connect(&address)?;
    // The database is there; what may be missing is what is ours in it.
    let failed = |error| address.failure("reading `qaduct_meta`", &error);
    if absent == Absent::Refuse && session.meta("schema").map_err(failed)?.is_none() {
        return Err(StoreError::Foreign {
            location: address.location(),
        });
    }
    Ok(Box::new(Mysql { session, address }))
}

/// What is at the other end of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Server {
    Mysql,
    Mariadb,
}

impl Server {
    fn of(version: &str) -> Self {
        match version.contains("MariaDB") {
            true => Self::Mariadb,
            false => Self::Mysql,
        }
    }

    fn dialect(self) -> &'static Dialect {
        match self {
            Self::Mysql => &MYSQL,
            Self::Mariadb => &MARIADB,
        }
    }

    /// The oldest version that has what is needed: columns that `SELECT *` does not show,
    /// `EXCEPT`, and a collation that sorts by code point and counts trailing blanks.
    fn oldest(self) -> (u32, u32, u32) {
        match self {
            Self::Mysql => (8, 0, 31),
            Self::Mariadb => (10, 5, 0),
        }
    }

    /// The setting that ends a question that takes longer.
    fn read_timeout(self, time: Duration) -> String {
        match self {
            Self::Mysql => format!("max_execution_time = {}", time.as_millis()),
            Self::Mariadb => format!("max_statement_time = {}", time.as_secs_f64()),
        }
    }
}

/// Bytes of the longest list that a view joins. MySQL cuts lists at 1,024 bytes where nobody says
/// otherwise, and tells nobody.
const JOINED: u32 = 64 << 20;

/// A connection, and what the server at its other end is.
struct Session {
    connection: Conn,
    server: Server,
    dialect: &'static Dialect,
    /// Whether the server takes rows by `LOAD DATA LOCAL`, as far as is known.
    takes_files: bool,
}

impl Session {
    /// Connects and makes the session speak as we do.
    fn connect(address: &Address) -> Result<Self, StoreError> {
        let mut connection = address.connect()?;
        let failed = |error: Error| address.failure("connecting", &error);
        let version: Option<String> = connection.query_first("SELECT version()").map_err(failed)?;
        let version = version.unwrap_or_default();
        let server = Server::of(&version);
        let dialect = server.dialect();
        if numbers(&version) < server.oldest() {
            return Err(StoreError::Open {
                location: address.location(),
                cause: format!(
                    "the server is {version}; MySQL {} or MariaDB {} is needed, or a newer one",
                    dotted(Server::Mysql.oldest()),
                    dotted(Server::Mariadb.oldest())
                ),
            });
        }
        let (collation, wait) = (
            dialect.collation.unwrap_or("utf8mb4_bin"),
            LOCK_WAIT.as_secs(),
        );
        for sql in [
            format!("SET NAMES utf8mb4 COLLATE {collation}"),
            format!(
                "SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = {wait}, \
                 group_concat_max_len = {JOINED}, sql_mode = \
                 'ANSI_QUOTES,PIPES_AS_CONCAT,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,\
                 NO_ENGINE_SUBSTITUTION'"
            ),
            "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned(),
        ] {
            connection.query_drop(sql).map_err(failed)?;
        }
        Ok(Self {
            connection,
            server,
            dialect,
            takes_files: true,
        })
    }

    /// A value of `qaduct_meta`; none where there is no such table either.
    fn meta(&mut self, key: &str) -> Result<Option<String>, Error> {
        let sql = "SELECT value FROM qaduct_meta WHERE \"key\" = ?";
        match self.connection.exec_first(sql, (key,)) {
            Err(error) if address::is_missing(&error) => Ok(None),
            found => found,
        }
    }
}

/// The numbers at the beginning of a version.
fn numbers(version: &str) -> (u32, u32, u32) {
    let mut parts = version
        .split(|letter: char| !letter.is_ascii_digit())
        .map(|part| part.parse().unwrap_or_default());
    let mut next = || parts.next().unwrap_or_default();
    (next(), next(), next())
}

fn dotted((major, minor, patch): (u32, u32, u32)) -> String {
    format!("{major}.{minor}.{patch}")
}

struct Mysql {
    session: Session,
    address: Address,
}

impl Mysql {
    /// A server that was restarted closes the connection; the next transaction opens another.
    fn reconnect_if_closed(&mut self) -> Result<(), StoreError> {
        if self.session.connection.ping().is_err() {
            self.session = Session::connect(&self.address)?;
        }
        Ok(())
    }
}

impl Store for Mysql {
    fn migrate(&mut self, tables: &[&Table], views: &[View]) -> Result<(), StoreError> {
        self.reconnect_if_closed()?;
        let layout = Layout {
            dialect: self.session.dialect,
            tables,
            views,
        };
        let address = &self.address;
        let failed = |error| address.failure("reading `qaduct_meta`", &error);
        let (schema, found) = (
            self.session.meta("schema").map_err(failed)?,
            self.session.meta("layout").map_err(failed)?,
        );
        if layout.is_up_to_date(&address.location(), schema.as_deref(), found.as_deref())? {
            return Ok(());
        }
        let mut lock = Lock::take(&mut self.session, address, "qaduct migrate")?;
        layout.migrate(&mut Migration {
            session: lock.session(),
            address,
        })
    }

    fn begin(&mut self, lock: &str) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.reconnect_if_closed()?;
        let lock = Lock::take(&mut self.session, &self.address, lock)?;
        Ok(Box::new(MysqlTransaction::begin(lock, &self.address)?))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        reader::open(&self.address)
    }

    fn location(&self) -> String {
        self.address.location()
    }
}

/// A migration under its lock. Each statement is kept when it is done.
struct Migration<'m> {
    session: &'m mut Session,
    address: &'m Address,
}

impl Schema for Migration<'_> {
    fn execute(&mut self, doing: &str, sql: &str) -> Result<(), StoreError> {
        self.session
            .connection
            .query_drop(sql)
            .map_err(|error| self.address.failure(doing, &error))
    }

    /// What was done stays done; to do it once more makes no difference.
    fn attempt(&mut self, statements: &[String]) -> Result<bool, StoreError> {
        let connection = &mut self.session.connection;
        Ok(statements
            .iter()
            .all(|sql| connection.query_drop(sql).is_ok()))
    }

    fn columns(&mut self, table: &Table) -> Result<Vec<Found>, StoreError> {
        let sql = "SELECT c.column_name, c.column_type, s.seq_in_index \
                   FROM information_schema.columns c \
                   LEFT JOIN information_schema.statistics s ON s.index_name = 'PRIMARY' \
                   AND s.table_schema = c.table_schema AND s.table_name = c.table_name \
                   AND s.column_name = c.column_name \
                   WHERE c.table_schema = database() AND c.table_name = ? \
                   AND c.column_name <> ?";
        let found = self.session.connection.exec_map(
            sql,
            (table.name, long_key::DIGEST),
            |(name, kind, place): (String, String, Option<i64>)| Found {
                name,
                // MariaDB says how wide it would show a number; MySQL no longer does.
                kind: match kind.as_str() {
                    "bigint(20)" => "bigint".to_owned(),
                    _ => kind,
                },
                place,
            },
        );
        found.map_err(|error| {
            self.address
                .failure("reading the columns of a table", &error)
        })
    }

    fn meta(&mut self, key: &str) -> Result<Option<String>, StoreError> {
        self.session
            .meta(key)
            .map_err(|error| self.address.failure("reading `qaduct_meta`", &error))
    }

    fn set_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO qaduct_meta (\"key\", value) VALUES (?, ?) \
                   ON DUPLICATE KEY UPDATE value = VALUES(value)";
        self.session
            .connection
            .exec_drop(sql, (key, value))
            .map_err(|error| self.address.failure("writing `qaduct_meta`", &error))
    }

    fn location(&self) -> String {
        self.address.location()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_their_numbers() {
        assert_eq!(numbers("10.11.19-MariaDB-0+deb12u1"), (10, 11, 19));
        assert_eq!(numbers("8.4.6"), (8, 4, 6));
        let oldest = Server::of("5.7.44-log").oldest();
        assert!(numbers("5.7.44-log") < oldest && numbers("8.0.9") < oldest);
        assert!(numbers("9.1.0-cloud") > oldest);
    }
}

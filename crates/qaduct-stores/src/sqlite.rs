//! SQLite: a file, written by one transaction at a time and read by many.
//!
//! The file is in WAL mode, so that readers and the writer do not wait for each
//! other, with `synchronous=NORMAL`: a commit survives the death of the process,
//! and a loss of power leaves a whole, perhaps slightly older database. It is
//! created with the rights that the user's umask gives to any file.

mod frozen;
mod reader;
mod rows;
mod transaction;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use qaduct_records::{Query, Reader, Secret, Store, StoreError, Table, Transaction, View};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, TransactionBehavior, params};

use crate::dialect::SQLITE;
use crate::migrate::{Found, Layout, Schema};
use crate::{Absent, LOCK_WAIT};

use transaction::{Changes, SqliteTransaction};

/// How much of the database a connection keeps in memory, in KiB.
const CACHE_KIB: i64 = 16_384;

/// Opens a file, or creates it. A password has no meaning here.
pub(crate) fn open(
    url: &str,
    _password: Option<&Secret>,
    absent: Absent,
) -> Result<Box<dyn Store>, StoreError> {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path == ":memory:" {
        let why = "a database needs a file".to_owned();
        return Err(StoreError::Url {
            url: url.to_owned(),
            why,
        });
    }
    let path = PathBuf::from(path);
    if absent == Absent::Refuse && !is_written(&path)? {
        let location = path.display().to_string();
        return Err(match path.exists() {
            true => StoreError::Foreign { location },
            false => StoreError::Absent { location },
        });
    }
    match (Sqlite::open(path.clone()), absent) {
        // Who only reads needs no right to write.
        (Err(error @ StoreError::Open { .. }), Absent::Refuse) => {
            Ok(Box::new(Sqlite::as_it_is(path).map_err(|_| error)?))
        }
        (opened, _) => Ok(Box::new(opened?)),
    }
}

/// Whether there is a file that was written by qaduct. Does not touch it.
fn is_written(path: &Path) -> Result<bool, StoreError> {
    if matches!(fs::exists(path), Ok(false)) {
        return Ok(false);
    }
    let (connection, _) = frozen::connect(path)?;
    let version = meta(&connection, "schema");
    Ok(version.map_err(|error| opening(path, error))?.is_some())
}

/// A value of `qaduct_meta`, which a new file does not have.
fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT value FROM qaduct_meta WHERE key = ?1";
    let found = connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_row([key], |row| row.get(0)).optional());
    match found {
        Err(error) if error.to_string().contains("no such table") => Ok(None),
        found => found,
    }
}

struct Sqlite {
    connection: Connection,
    changes: Changes,
    path: PathBuf,
}

impl Sqlite {
    fn open(path: PathBuf) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = connect(&path, flags)?;
        let open = |error| opening(&path, error);
        switch_to_wal(&connection).map_err(open)?;
        connection
            .pragma_update(None, "synchronous", "NORMAL")
            .map_err(open)?;
        let mut store = Self {
            connection,
            changes: Changes::default(),
            path,
        };
        store
            .changes
            .count(&mut store.connection)
            .map_err(|error| opening(&store.path, error))?;
        Ok(store)
    }

    /// A file that may not be written, or whose folder may not.
    fn as_it_is(path: PathBuf) -> Result<Self, StoreError> {
        let (connection, _) = frozen::connect(&path)?;
        Ok(Self {
            connection,
            changes: Changes::default(),
            path,
        })
    }
}

impl Store for Sqlite {
    fn migrate(&mut self, tables: &[&Table], views: &[View]) -> Result<(), StoreError> {
        let layout = Layout {
            dialect: &SQLITE,
            tables,
            views,
        };
        let failed = |error| failure(&self.path, "reading `qaduct_meta`", error);
        let (schema, found) = (
            meta(&self.connection, "schema").map_err(failed)?,
            meta(&self.connection, "layout").map_err(failed)?,
        );
        if layout.is_up_to_date(&self.location(), schema.as_deref(), found.as_deref())? {
            return Ok(());
        }
        let failed = |error| failure(&self.path, "migrating", error);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        layout.migrate(&mut Migration {
            connection: &transaction,
            path: &self.path,
        })?;
        transaction.commit().map_err(failed)
    }

    fn begin(&mut self, _lock: &str) -> Result<Box<dyn Transaction + '_>, StoreError> {
        // SQLite has one writer at a time, so every lock is the same lock.
        let inner = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| failure(&self.path, "beginning a transaction", error))?;
        Ok(Box::new(SqliteTransaction::new(
            inner,
            &self.changes,
            &self.path,
        )))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        reader::open(&self.path)
    }

    fn location(&self) -> String {
        self.path.display().to_string()
    }
}

/// A connection with the settings that readers and the writer share.
fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    connected(path, flags).map_err(|error| opening(path, error))
}

fn connected(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(LOCK_WAIT)?;
    // A name in quotes that is no column is an error and not a text.
    for config in [
        DbConfig::SQLITE_DBCONFIG_DQS_DML,
        DbConfig::SQLITE_DBCONFIG_DQS_DDL,
    ] {
        connection.set_db_config(config, false)?;
    }
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Switches the file to WAL. Of several processes that do this to a new file at
/// once all but one are told at once that it is locked, whatever the timeout.
fn switch_to_wal(connection: &Connection) -> rusqlite::Result<()> {
    let begun = Instant::now();
    loop {
        let mode = connection
            .query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0))
            .and_then(|mode| match mode.as_str() {
                "wal" => Ok(mode),
                _ => connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)),
            });
        match mode {
            Err(error) if is_busy(&error) && begun.elapsed() < LOCK_WAIT => {
                thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error),
            // Some file systems have no WAL; what the file stays in works too.
            Ok(_) => return Ok(()),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// What SQLite says, without the SQL.
fn cause(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, .. }
        | rusqlite::Error::SqliteFailure(_, Some(msg)) => msg.clone(),
        _ => error.to_string(),
    }
}

/// The error of a database that cannot be opened, with the reason where it can be seen.
fn opening(path: &Path, error: rusqlite::Error) -> StoreError {
    let location = path.display().to_string();
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let cause = if is_busy(&error) {
        return StoreError::Busy {
            location,
            cause: cause(&error),
        };
    } else if !folder.is_dir() {
        format!("there is no folder `{}`", folder.display())
    } else if path.is_dir() {
        "it is a folder".to_owned()
    } else if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) {
        "the file is no SQLite database".to_owned()
    } else if !path.exists() {
        // SQLite says of every such file only that it cannot open it.
        match fs::OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(path)
        {
            Err(why) => format!("the file cannot be created: {why}"),
            Ok(_) => {
                drop(fs::remove_file(path));
                cause(&error)
            }
        }
    } else {
        match fs::OpenOptions::new().append(true).open(path) {
            Err(why) => format!("the file cannot be written: {why}"),
            Ok(_) => cause(&error),
        }
    };
    StoreError::Open { location, cause }
}

/// The error of a statement that failed.
fn failure(path: &Path, doing: &str, error: rusqlite::Error) -> StoreError {
    let location = path.display().to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy {
            location,
            cause: cause(&error),
        },
        Some(ErrorCode::NotADatabase | ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
            opening(path, error)
        }
        _ => StoreError::Database {
            location,
            doing: doing.to_owned(),
            cause: cause(&error),
        },
    }
}

/// The error of a question. The statement is ours; what can be wrong with it are the names.
fn asking(path: &Path, error: rusqlite::Error) -> StoreError {
    match (&error, error.sqlite_error_code()) {
        (rusqlite::Error::SqlInputError { .. }, _) | (_, Some(ErrorCode::Unknown)) => {
            StoreError::Query(cause(&error))
        }
        _ => failure(path, "reading", error),
    }
}

/// The error of an answer that does not have the declared types.
fn unreadable(path: &Path, query: &Query, cause: &str) -> StoreError {
    StoreError::Database {
        location: path.display().to_string(),
        doing: "reading".to_owned(),
        cause: format!("`{}`: {cause}", query.relation),
    }
}

/// The transaction that migrates.
struct Migration<'c> {
    connection: &'c Connection,
    path: &'c Path,
}

impl Schema for Migration<'_> {
    fn execute(&mut self, doing: &str, sql: &str) -> Result<(), StoreError> {
        self.connection
            .execute_batch(sql)
            .map_err(|error| failure(self.path, doing, error))
    }

    fn attempt(&mut self, statements: &[String]) -> Result<bool, StoreError> {
        let run = |sql: &str| self.connection.execute_batch(sql);
        let failed = |error| failure(self.path, "migrating", error);
        run("SAVEPOINT attempt").map_err(failed)?;
        let done = statements.iter().all(|sql| run(sql).is_ok());
        run(if done {
            "RELEASE attempt"
        } else {
            "ROLLBACK TO attempt; RELEASE attempt"
        })
        .map_err(failed)?;
        Ok(done)
    }

    fn columns(&mut self, table: &Table) -> Result<Vec<Found>, StoreError> {
        let sql = "SELECT name, type, nullif(pk, 0) FROM pragma_table_info(?1)";
        let read = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map([table.name], |row| {
                Ok(Found {
                    name: row.get(0)?,
                    kind: row.get(1)?,
                    place: row.get(2)?,
                })
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| failure(self.path, "reading the columns of a table", error))
    }

    fn meta(&mut self, key: &str) -> Result<Option<String>, StoreError> {
        self.connection
            .prepare_cached("SELECT value FROM qaduct_meta WHERE key = ?1")
            .and_then(|mut it| it.query_row([key], |row| row.get(0)).optional())
            .map_err(|error| failure(self.path, "reading `qaduct_meta`", error))
    }

    fn set_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO qaduct_meta (key, value) VALUES (?1, ?2)")
            .and_then(|mut it| it.execute(params![key, value]))
            .map_err(|error| failure(self.path, "writing `qaduct_meta`", error))?;
        Ok(())
    }

    fn location(&self) -> String {
        self.path.display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qaduct_records::{Row as _, table};
    use tempfile::TempDir;

    table! {
        /// A page.
        struct Page in "pages" key ["number"] {
            /// Number.
            pub number: i64,
            /// Text.
            pub text: String,
        }
    }

    fn store(folder: &TempDir) -> Sqlite {
        let mut store = Sqlite::open(folder.path().join("qaduct.db")).unwrap();
        store.migrate(&[Page::TABLE], &[]).unwrap();
        store
    }

    fn pages(text: &str) -> qaduct_records::RecordBatch {
        let page = |number| Page {
            number,
            text: text.to_owned(),
        };
        Page::batch(&(0..100).map(page).collect::<Vec<_>>())
    }

    #[test]
    fn a_full_disk_is_told_and_leaves_what_was_there() {
        let folder = TempDir::new().unwrap();
        let mut store = store(&folder);
        let mut transaction = store.begin("pages").unwrap();
        transaction.upsert(Page::TABLE, &pages("old")).unwrap();
        transaction.commit().unwrap();
        // To SQLite a file that may not grow is a disk that is full.
        let pages_now: i64 = store
            .connection
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .unwrap();
        store
            .connection
            .pragma_update(None, "max_page_count", pages_now + 2)
            .unwrap();

        let mut transaction = store.begin("pages").unwrap();
        let error = transaction
            .upsert(Page::TABLE, &pages(&"x".repeat(5_000)))
            .unwrap_err();
        let location = folder.path().join("qaduct.db").display().to_string();
        assert_eq!(
            error.to_string(),
            format!("{location} failed while writing table `pages`: database or disk is full")
        );
        transaction.commit().unwrap_err();
        let mut transaction = store.begin("pages").unwrap();
        let rows = Page::rows(&transaction.select(Page::TABLE, &[]).unwrap()).unwrap();
        assert!(rows.len() == 100 && rows.iter().all(|page| page.text == "old"));
    }

    #[test]
    fn a_writer_that_waits_too_long_says_so() {
        let folder = TempDir::new().unwrap();
        let (mut first, mut second) = (store(&folder), store(&folder));
        second
            .connection
            .busy_timeout(Duration::from_millis(20))
            .unwrap();
        let held = first.begin("one").unwrap();
        let error = second.begin("two").err().unwrap();
        assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
        drop(held);
        drop(second.begin("two").unwrap());
    }
}

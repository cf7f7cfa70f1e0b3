//! Reading from SQLite.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use qaduct_records::{Query, Reader, RecordBatch, StoreError};
use rusqlite::{Connection, ErrorCode};

use crate::READ_TIMEOUT;
use crate::dialect::SQLITE;
use crate::query::{self, Statement};

use super::frozen::{self, Frozen};
use super::{asking, failure, rows, unreadable};

/// How many steps of SQLite's machine go between two looks at the watch.
const STEPS: i32 = 100_000;

/// Opens a file that exists, for reading only.
pub(super) fn open(path: &Path) -> Result<Box<dyn Reader>, StoreError> {
    Ok(Box::new(SqliteReader::open(path, READ_TIMEOUT)?))
}

struct SqliteReader {
    connection: Connection,
    path: PathBuf,
    timeout: Duration,
    deadline: Arc<Mutex<Instant>>,
    /// Which file was opened, whatever stands at its path later.
    file: Option<(u64, u64)>,
    /// How it was, where it is read as if it never changed.
    frozen: Option<Frozen>,
}

/// Device and number of the file at a path, where the system numbers files.
fn file(path: &Path) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let it = std::fs::metadata(path).ok()?;
        Some((it.dev(), it.ino()))
    }
    #[cfg(not(unix))]
    {
        path.exists().then_some((0, 0))
    }
}

impl SqliteReader {
    fn open(path: &Path, timeout: Duration) -> Result<Self, StoreError> {
        let (mut connection, frozen) = frozen::connect(path)?;
        let deadline = Arc::new(Mutex::new(Instant::now() + timeout));
        let watched = Arc::clone(&deadline);
        let late = move || Instant::now() > *watched.lock().unwrap_or_else(PoisonError::into_inner);
        connection
            .progress_handler(STEPS, Some(late))
            .map_err(|error| failure(path, "opening a reader", error))?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            timeout,
            deadline,
            file: file(path),
            frozen,
        })
    }

    fn run<T>(
        &self,
        statement: &Statement<'_>,
        read: impl FnOnce(&mut rusqlite::Statement<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner) =
            Instant::now() + self.timeout;
        let mut prepared = self
            .connection
            .prepare_cached(&statement.sql)
            .map_err(|error| asking(&self.path, error))?;
        read(&mut prepared).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => {
                let seconds = self.timeout.as_secs_f32();
                StoreError::Database {
                    location: self.path.display().to_string(),
                    doing: "reading".to_owned(),
                    cause: format!("the query took longer than {seconds} s"),
                }
            }
            _ => failure(&self.path, "reading", error),
        })
    }
}

impl Reader for SqliteReader {
    fn query(&mut self, query: &Query) -> Result<RecordBatch, StoreError> {
        let statement = query::select(&SQLITE, query)?;
        let batch = self.run(&statement, |prepared| {
            rows::read(prepared, &statement.parameters, &query.columns)
        })?;
        batch.map_err(|cause| unreadable(&self.path, query, &cause))
    }

    fn count(&mut self, query: &Query) -> Result<u64, StoreError> {
        let statement = query::count(&SQLITE, query)?;
        let count: i64 = self.run(&statement, |prepared| {
            for (n, cell) in (1..).zip(&statement.parameters) {
                rows::bind(prepared, n, *cell)?;
            }
            let mut rows = prepared.raw_query();
            rows.next()?
                .ok_or(rusqlite::Error::QueryReturnedNoRows)?
                .get(0)
        })?;
        Ok(count.cast_unsigned())
    }

    fn version(&mut self) -> Result<String, StoreError> {
        let is_frozen = self.frozen.is_some();
        if is_frozen && Frozen::of(&self.path) != self.frozen {
            return Err(StoreError::Open {
                location: self.path.display().to_string(),
                cause: "the file was written by somebody else".to_owned(),
            });
        }
        if file(&self.path) != self.file {
            return Err(StoreError::Open {
                location: self.path.display().to_string(),
                cause: "the file was removed or replaced".to_owned(),
            });
        }
        self.connection
            .prepare_cached("SELECT value FROM qaduct_meta WHERE key = 'data'")
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
            .map_err(|error| failure(&self.path, "reading the version of the data", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qaduct_records::{Column, ColumnType};
    use tempfile::TempDir;

    fn number() -> [Column; 1] {
        let (name, description) = ("number".into(), "A number.".into());
        [Column {
            name,
            kind: ColumnType::Int,
            nullable: false,
            description,
        }]
    }

    #[test]
    fn a_query_that_takes_too_long_is_stopped_and_the_next_one_is_not() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("qaduct.db");
        let endless = "WITH RECURSIVE n(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n)";
        Connection::open(&path)
            .unwrap()
            .execute_batch(&format!(
                "CREATE VIEW v_endless AS {endless} SELECT number FROM n WHERE number < 0;
                 CREATE VIEW v_short AS SELECT 1 AS number;"
            ))
            .unwrap();
        let mut reader = SqliteReader::open(&path, Duration::from_millis(50)).unwrap();
        let error = reader.query(&Query::of("v_endless", number())).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("the query took longer than 0.05 s"),
            "{error}"
        );
        assert_eq!(reader.count(&Query::of("v_short", number())).unwrap(), 1);
    }

    #[test]
    fn a_reader_cannot_write_and_creates_no_file() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("qaduct.db");
        let error = SqliteReader::open(&path, READ_TIMEOUT).err().unwrap();
        assert!(
            matches!(error, StoreError::Open { .. }) && !path.exists(),
            "{error:?}"
        );
        Connection::open(&path)
            .unwrap()
            .execute_batch("CREATE TABLE t (number)")
            .unwrap();
        let reader = SqliteReader::open(&path, READ_TIMEOUT).unwrap();
        let error = reader
            .connection
            .execute("INSERT INTO t VALUES (1)", [])
            .unwrap_err();
        assert_eq!(error.sqlite_error_code(), Some(ErrorCode::ReadOnly));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_replaced_is_noticed() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("qaduct.db");
        let fill = || {
            Connection::open(&path)
                .unwrap()
                .execute_batch(
                    "CREATE TABLE qaduct_meta (key, value);
                     INSERT INTO qaduct_meta VALUES ('data', '1')",
                )
                .unwrap();
        };
        fill();
        let mut reader = SqliteReader::open(&path, READ_TIMEOUT).unwrap();
        assert_eq!(reader.version().unwrap(), "1");
        // Beside the old one, so that it does not get the number of the old one.
        std::fs::rename(&path, folder.path().join("old.db")).unwrap();
        fill();
        let error = reader.version().unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("the file was removed or replaced"),
            "{error}"
        );
    }
}

//! Writing to SQLite.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use qaduct_records::{Filter, Query, RecordBatch, StoreError, Table, Transaction, Value, Written};
use rusqlite::Connection;
use rusqlite::hooks::Action;

use crate::cells::Rows;
use crate::dialect::SQLITE;
use crate::query::{self, Statement};

use super::{asking, failure, rows, unreadable};

/// Rows that the connection inserted and updated since it was opened.
///
/// An upsert is one statement; only the hook tells which of the two it was.
#[derive(Default)]
pub(super) struct Changes {
    inserted: Arc<AtomicU64>,
    updated: Arc<AtomicU64>,
}

impl Changes {
    /// Counts from now on.
    pub(super) fn count(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        let (inserted, updated) = (Arc::clone(&self.inserted), Arc::clone(&self.updated));
        connection.update_hook(Some(move |action, _: &str, _: &str, _| {
            match action {
                Action::SQLITE_INSERT => inserted.fetch_add(1, Relaxed),
                Action::SQLITE_UPDATE => updated.fetch_add(1, Relaxed),
                _ => 0,
            };
        }))
    }

    fn so_far(&self) -> Written {
        Written {
            inserted: self.inserted.load(Relaxed),
            updated: self.updated.load(Relaxed),
        }
    }

    fn since(&self, before: Written) -> Written {
        let now = self.so_far();
        Written {
            inserted: now.inserted - before.inserted,
            updated: now.updated - before.updated,
        }
    }
}

pub(super) struct SqliteTransaction<'c> {
    inner: rusqlite::Transaction<'c>,
    changes: &'c Changes,
    path: &'c Path,
    changed: bool,
    failed: bool,
}

impl<'c> SqliteTransaction<'c> {
    pub(super) fn new(
        inner: rusqlite::Transaction<'c>,
        changes: &'c Changes,
        path: &'c Path,
    ) -> Self {
        Self {
            inner,
            changes,
            path,
            changed: false,
            failed: false,
        }
    }

    /// Runs a part of the transaction; after a failure nothing can be committed,
    /// because a part of a batch may have been written.
    fn run<T>(
        &mut self,
        doing: &str,
        table: &Table,
        part: impl FnOnce(&Self) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        part(self).map_err(|error| {
            self.failed = true;
            failure(self.path, &format!("{doing} table `{}`", table.name), error)
        })
    }

    fn delete_by(&mut self, table: &Table, statement: Statement<'_>) -> Result<u64, StoreError> {
        let deleted = self.run("deleting from", table, |this| {
            let mut prepared = this.inner.prepare_cached(&statement.sql)?;
            for (n, cell) in (1..).zip(&statement.parameters) {
                rows::bind(&mut prepared, n, *cell)?;
            }
            prepared.raw_execute()
        })?;
        self.changed |= deleted > 0;
        Ok(deleted as u64)
    }
}

impl Transaction for SqliteTransaction<'_> {
    fn query(&mut self, query: &Query) -> Result<RecordBatch, StoreError> {
        let statement = query::select(&SQLITE, query)?;
        let answer = self
            .inner
            .prepare_cached(&statement.sql)
            .map_err(|error| asking(self.path, error))
            .and_then(|mut prepared| {
                rows::read(&mut prepared, &statement.parameters, &query.columns)
                    .map_err(|error| failure(self.path, "reading", error))
            });
        self.failed |= answer.is_err();
        answer?.map_err(|cause| unreadable(self.path, query, &cause))
    }

    fn select(
        &mut self,
        table: &Table,
        equal: &[(&str, Value)],
    ) -> Result<RecordBatch, StoreError> {
        self.query(&query::equal(table, equal))
    }

    fn upsert(&mut self, table: &Table, batch: &RecordBatch) -> Result<Written, StoreError> {
        let rows = Rows::of(table, batch)?;
        let marks: Vec<_> = (1..=rows.width()).map(|n| format!("?{n}")).collect();
        let sql = query::upsert(table, &format!("VALUES ({})", marks.join(", ")))?;
        let before = self.changes.so_far();
        self.run("writing", table, |this| {
            let mut statement = this.inner.prepare_cached(&sql)?;
            for row in 0..rows.len() {
                for column in 0..rows.width() {
                    rows::bind(&mut statement, column + 1, rows.cell(row, column))?;
                }
                statement.raw_execute()?;
            }
            Ok(())
        })?;
        let written = self.changes.since(before);
        self.changed |= written != Written::default();
        Ok(written)
    }

    fn delete(&mut self, table: &Table, filters: &[Filter]) -> Result<u64, StoreError> {
        let statement = query::delete(&SQLITE, table, filters)?;
        self.delete_by(table, statement)
    }

    fn delete_orphans(
        &mut self,
        table: &Table,
        column: &str,
        referrers: &[&Table],
    ) -> Result<u64, StoreError> {
        let sql = query::delete_orphans(table, column, referrers)?;
        self.delete_by(
            table,
            Statement {
                sql,
                parameters: Vec::new(),
            },
        )
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let doing = "committing";
        if self.failed {
            return Err(StoreError::Database {
                location: self.path.display().to_string(),
                doing: doing.to_owned(),
                cause: "a part of the transaction failed".to_owned(),
            });
        }
        if self.changed {
            let token = SQLITE.token;
            self.inner
                .execute(
                    &format!("UPDATE qaduct_meta SET value = {token} WHERE key = 'data'"),
                    [],
                )
                .map_err(|error| failure(self.path, doing, error))?;
        }
        self.inner
            .commit()
            .map_err(|error| failure(self.path, doing, error))
    }
}

//! Writing to MySQL.
//!
//! Three ways in, by what is cheapest: few rows go as parameters of one statement;
//! many by `LOAD DATA` into a temporary table and from there in one statement; many
//! into a table that was empty by `LOAD DATA` straight into it. Where the server
//! takes no files from its clients, all go as parameters.

use std::collections::HashMap;

use mysql::prelude::Queryable as _;
use mysql::{Conn, Error, Params, Value as Parameter};
use qaduct_records::{Filter, Query, RecordBatch, StoreError, Table, Transaction, Value, Written};

use crate::cells::{Cell, Rows};
use crate::ddl;
use crate::dialect::quote;
use crate::query::{self, Statement};

use super::address::Address;
use super::load::{self, Loaded};
use super::lock::Lock;
use super::reader::{parameters, read};
use super::{upsert, values};

/// From so many rows on `LOAD DATA` is worth its preparation.
const LOAD_FROM: usize = 500;
/// One statement carries so many bytes of text, or one row that is longer.
const STATEMENT: usize = 2 * 1024 * 1024;
/// One statement carries so many parameters.
const PARAMETERS: usize = 20_000;
const STAGE: &str = "qaduct_stage";

/// How many rows go into a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Road {
    /// Nothing was in it, so nothing can be in the way.
    Straight,
    /// Through the temporary table.
    Staged,
}

pub(super) struct MysqlTransaction<'s> {
    lock: Lock<'s>,
    address: &'s Address,
    roads: HashMap<&'static str, Road>,
    changed: bool,
    failed: bool,
    ended: bool,
}

impl<'s> MysqlTransaction<'s> {
    pub(super) fn begin(mut lock: Lock<'s>, address: &'s Address) -> Result<Self, StoreError> {
        lock.session()
            .connection
            .query_drop("START TRANSACTION")
            .map_err(|error| address.failure("beginning a transaction", &error))?;
        Ok(Self {
            lock,
            address,
            roads: HashMap::new(),
            changed: false,
            failed: false,
            ended: false,
        })
    }

    fn connection(&mut self) -> &mut Conn {
        &mut self.lock.session().connection
    }

    /// Runs a part of the transaction; after a failure nothing can be committed,
    /// because a part of a batch may have been written.
    fn run<T>(
        &mut self,
        doing: &str,
        table: &Table,
        part: impl FnOnce(&mut Conn) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        part(self.connection()).map_err(|error| {
            self.failed = true;
            self.address
                .failure(&format!("{doing} table `{}`", table.name), &error)
        })
    }

    fn delete_by(&mut self, table: &Table, statement: &Statement<'_>) -> Result<u64, StoreError> {
        let deleted = self.run("deleting from", table, |connection| {
            connection.exec_drop(&statement.sql, parameters(statement))?;
            Ok(connection.affected_rows())
        })?;
        self.changed |= deleted > 0;
        Ok(deleted)
    }

    /// Writes rows as parameters, in as many statements as they need.
    fn upsert_parameters(&mut self, table: &Table, rows: &Rows<'_>) -> Result<Written, StoreError> {
        let mut written = Written::default();
        let mut row = 0;
        while row < rows.len() {
            let (from, mut bytes, mut cells) = (row, 0, Vec::new());
            while row < rows.len()
                && (row == from || bytes < STATEMENT && cells.len() + rows.width() <= PARAMETERS)
            {
                for column in 0..rows.width() {
                    let cell = rows.cell(row, column);
                    bytes += if let Cell::Text(text) = cell {
                        text.len()
                    } else {
                        8
                    };
                    cells.push(values::parameter(cell));
                }
                row += 1;
            }
            let part = self.upsert_part(table, row - from, cells)?;
            written.inserted += part.inserted;
            written.updated += part.updated;
        }
        Ok(written)
    }

    fn upsert_part(
        &mut self,
        table: &Table,
        rows: usize,
        cells: Vec<Parameter>,
    ) -> Result<Written, StoreError> {
        let sql = upsert::upsert(table, &upsert::rows(table, rows)?)?;
        self.run("writing", table, |connection| {
            connection.exec_drop(sql, Params::Positional(cells))?;
            Ok(written(connection))
        })
    }

    /// Writes rows by way of a temporary table; none where the server takes no files.
    fn upsert_staged(
        &mut self,
        table: &Table,
        rows: &Rows<'_>,
    ) -> Result<Option<Written>, StoreError> {
        let dialect = self.lock.session().dialect;
        let stage = quote(STAGE)?;
        let create = format!(
            "CREATE TEMPORARY TABLE {stage} ({}) {}",
            ddl::bare_columns(dialect, table)?,
            dialect.table_options
        );
        let merge = upsert::upsert(table, &upsert::rows_of(table, STAGE)?)?;
        let load = load::statement(table, STAGE, false)?;
        let drop = format!("DROP TEMPORARY TABLE IF EXISTS {stage}");
        self.run("writing", table, |connection| {
            connection.query_drop(&drop)?;
            connection.query_drop(&create)?;
            let written = match load::send(connection, &load, rows)? {
                Loaded::Refused => None,
                Loaded::Rows(_) => {
                    connection.query_drop(&merge)?;
                    Some(written(connection))
                }
            };
            connection.query_drop(&drop)?;
            Ok(written)
        })
    }

    /// False where a row was in the way after all; none where the server takes no files.
    fn insert_straight(
        &mut self,
        table: &Table,
        rows: &Rows<'_>,
    ) -> Result<Option<bool>, StoreError> {
        let load = load::statement(table, table.name, true)?;
        self.run("writing", table, |connection| {
            connection.query_drop("SAVEPOINT qaduct_load")?;
            let Loaded::Rows(loaded) = load::send(connection, &load, rows)? else {
                return Ok(None);
            };
            let all = loaded == rows.len() as u64;
            if !all {
                connection.query_drop("ROLLBACK TO SAVEPOINT qaduct_load")?;
            }
            Ok(Some(all))
        })
    }

    /// Many rows; none where the server takes no files.
    fn load(&mut self, table: &Table, rows: &Rows<'_>) -> Result<Option<Written>, StoreError> {
        if self.road(table)? == Road::Straight {
            match self.insert_straight(table, rows)? {
                None => return Ok(None),
                Some(true) => {
                    let inserted = rows.len() as u64;
                    return Ok(Some(Written {
                        inserted,
                        updated: 0,
                    }));
                }
                Some(false) => {}
            }
        }
        self.roads.insert(table.name, Road::Staged);
        self.upsert_staged(table, rows)
    }

    fn road(&mut self, table: &Table) -> Result<Road, StoreError> {
        if let Some(road) = self.roads.get(table.name) {
            return Ok(*road);
        }
        let sql = format!("SELECT 1 FROM {} LIMIT 1", quote(table.name)?);
        let found: Option<i64> =
            self.run("reading", table, |connection| connection.query_first(sql))?;
        let road = match found {
            None => Road::Straight,
            Some(_) => Road::Staged,
        };
        self.roads.insert(table.name, road);
        Ok(road)
    }
}

impl Transaction for MysqlTransaction<'_> {
    fn query(&mut self, query: &Query) -> Result<RecordBatch, StoreError> {
        let statement = query::select(self.lock.session().dialect, query)?;
        let answer = read(self.connection(), &statement, query);
        self.failed |= answer.is_err();
        answer
            .map_err(|error| self.address.asking(&error))?
            .map_err(|cause| self.address.unreadable(query, &cause))
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
        values::check(table, &rows).map_err(|mismatch| StoreError::Fit {
            table: table.name.to_owned(),
            mismatch,
        })?;
        let mut loaded = None;
        if rows.len() >= LOAD_FROM && self.lock.session().takes_files {
            loaded = self.load(table, &rows)?;
            self.lock.session().takes_files = loaded.is_some();
        }
        let written = match loaded {
            Some(written) => written,
            None => self.upsert_parameters(table, &rows)?,
        };
        self.changed |= written != Written::default();
        Ok(written)
    }

    fn delete(&mut self, table: &Table, filters: &[Filter]) -> Result<u64, StoreError> {
        let statement = query::delete(self.lock.session().dialect, table, filters)?;
        self.delete_by(table, &statement)
    }

    fn delete_orphans(
        &mut self,
        table: &Table,
        column: &str,
        referrers: &[&Table],
    ) -> Result<u64, StoreError> {
        let sql = upsert::delete_orphans(table, column, referrers)?;
        self.delete_by(
            table,
            &Statement {
                sql,
                parameters: Vec::new(),
            },
        )
    }

    fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        let doing = "committing";
        if self.failed {
            let cause = "a part of the transaction failed".to_owned();
            return Err(self.address.failed(doing, cause));
        }
        let token = self.lock.session().dialect.token;
        let changed = self
            .changed
            .then(|| format!("UPDATE qaduct_meta SET value = {token} WHERE \"key\" = 'data'"));
        for sql in changed.into_iter().chain(["COMMIT".to_owned()]) {
            self.connection()
                .query_drop(sql)
                .map_err(|error| self.address.failure(doing, &error))?;
        }
        self.ended = true;
        Ok(())
    }
}

impl Drop for MysqlTransaction<'_> {
    fn drop(&mut self) {
        if !self.ended {
            // Where this fails the session is lost, and the server forgets the transaction.
            drop(self.connection().query_drop("ROLLBACK"));
        }
    }
}

/// What the last upsert did. The server counts a new row once and a changed one
/// twice; of many rows it also says how many were changed.
fn written(connection: &Conn) -> Written {
    let affected = connection.affected_rows();
    let updated = match load::counts(&connection.info_str())[..] {
        [_, updated, ..] => updated,
        _ => affected / 2,
    };
    Written {
        inserted: affected - 2 * updated,
        updated,
    }
}

//! Writing to PostgreSQL.
//!
//! Three ways in, by what is cheapest: few rows go as arrays in one statement;
//! many by COPY into a temporary table and from there in one statement; many
//! into a table that was empty by COPY straight into it.

use std::collections::HashMap;
use std::io::Write as _;

use postgres::types::ToSql;
use qaduct_records::{Filter, Query, RecordBatch, StoreError, Table, Transaction, Value, Written};

use crate::cells::{Cell, Rows};
use crate::dialect::{POSTGRES, list, quote};
use crate::query::{self, Statement};

use super::address::{Address, Failure};
use super::reader::read;
use super::values::{self, Array};

/// From so many rows on a COPY is worth its preparation.
const COPY_FROM: usize = 1000;
/// COPY sends so many bytes at once.
const CHUNK: usize = 64 * 1024;
const STAGE: &str = "qaduct_stage";

/// How many rows go into a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Road {
    /// Nothing was in it, so nothing can be in the way.
    Straight,
    /// Through the temporary table.
    Staged,
}

pub(super) struct PostgresTransaction<'c> {
    inner: postgres::Transaction<'c>,
    address: &'c Address,
    roads: HashMap<&'static str, Road>,
    changed: bool,
    failed: bool,
}

impl<'c> PostgresTransaction<'c> {
    pub(super) fn new(inner: postgres::Transaction<'c>, address: &'c Address) -> Self {
        Self {
            inner,
            address,
            roads: HashMap::new(),
            changed: false,
            failed: false,
        }
    }

    /// Runs a part of the transaction. After a failure the server refuses all
    /// further parts, and answers a commit with a quiet rollback.
    fn run<T>(
        &mut self,
        doing: &str,
        table: &Table,
        part: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        part(self).map_err(|error| {
            self.failed = true;
            self.address
                .failure(&format!("{doing} table `{}`", table.name), error)
        })
    }

    fn delete_by(&mut self, table: &Table, statement: &Statement<'_>) -> Result<u64, StoreError> {
        let deleted = self.run("deleting from", table, |this| {
            Ok(this
                .inner
                .execute(&statement.sql, &parameters(&statement.parameters))?)
        })?;
        self.changed |= deleted > 0;
        Ok(deleted)
    }

    fn upsert_arrays(&mut self, table: &Table, rows: &Rows<'_>) -> Result<Written, StoreError> {
        let kinds = table
            .columns
            .iter()
            .map(|column| values::type_of(column.kind));
        let marks: Vec<_> = (1..)
            .zip(kinds)
            .map(|(n, kind)| format!("${n}::{kind}[]"))
            .collect();
        let sql = query::upsert(
            table,
            &format!("SELECT * FROM unnest({})", marks.join(", ")),
        )?;
        let arrays: Vec<_> = table
            .columns
            .iter()
            .enumerate()
            .map(|(column, it)| Array {
                rows,
                column,
                kind: it.kind,
            })
            .collect();
        let arrays: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(|it| it as _).collect();
        self.run("writing", table, |this| {
            Ok(count(&mut this.inner, &sql, &arrays)?)
        })
    }

    fn upsert_staged(&mut self, table: &Table, rows: &Rows<'_>) -> Result<Written, StoreError> {
        let name = quote(table.name)?;
        let columns = list(table.columns.iter().map(|column| column.name.as_ref()))?;
        let sql = query::upsert(table, &format!("SELECT {columns} FROM pg_temp.{STAGE}"))?;
        let copy = format!("COPY pg_temp.{STAGE} ({columns}) FROM STDIN (FORMAT binary)");
        self.run("writing", table, |this| {
            this.inner
                .batch_execute(&format!("CREATE TEMPORARY TABLE {STAGE} (LIKE {name})"))?;
            copy_in(&mut this.inner, &copy, rows)?;
            let written = count(&mut this.inner, &sql, &[])?;
            this.inner
                .batch_execute(&format!("DROP TABLE pg_temp.{STAGE}"))?;
            Ok(written)
        })
    }

    /// False where a row was in the way after all.
    fn insert_straight(&mut self, table: &Table, rows: &Rows<'_>) -> Result<bool, StoreError> {
        let columns = list(table.columns.iter().map(|column| column.name.as_ref()))?;
        let copy = format!(
            "COPY {} ({columns}) FROM STDIN (FORMAT binary)",
            quote(table.name)?
        );
        self.run("writing", table, |this| {
            let mut attempt = this.inner.transaction()?;
            match copy_in(&mut attempt, &copy, rows) {
                Ok(()) => Ok(attempt.commit().map(|()| true)?),
                Err(error) if error.is_duplicate() => Ok(attempt.rollback().map(|()| false)?),
                Err(error) => Err(error),
            }
        })
    }

    fn road(&mut self, table: &Table) -> Result<Road, StoreError> {
        if let Some(road) = self.roads.get(table.name) {
            return Ok(*road);
        }
        let sql = format!("SELECT 1 FROM {} LIMIT 1", quote(table.name)?);
        let found = self.run("reading", table, |this| Ok(this.inner.query(&sql, &[])?))?;
        let road = if found.is_empty() {
            Road::Straight
        } else {
            Road::Staged
        };
        self.roads.insert(table.name, road);
        Ok(road)
    }
}

impl Transaction for PostgresTransaction<'_> {
    fn query(&mut self, query: &Query) -> Result<RecordBatch, StoreError> {
        let statement = query::select(&POSTGRES, query)?;
        let answer = read(&mut self.inner, &statement, query);
        self.failed |= answer.is_err();
        answer
            .map_err(|error| self.address.asking(error))?
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
        if rows.len() == 0 {
            return Ok(Written::default());
        }
        let written = if rows.len() < COPY_FROM {
            self.upsert_arrays(table, &rows)?
        } else if self.road(table)? == Road::Straight && self.insert_straight(table, &rows)? {
            Written {
                inserted: rows.len() as u64,
                updated: 0,
            }
        } else {
            self.roads.insert(table.name, Road::Staged);
            self.upsert_staged(table, &rows)?
        };
        self.changed |= written != Written::default();
        Ok(written)
    }

    fn delete(&mut self, table: &Table, filters: &[Filter]) -> Result<u64, StoreError> {
        self.delete_by(table, &query::delete(&POSTGRES, table, filters)?)
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
            &Statement {
                sql,
                parameters: Vec::new(),
            },
        )
    }

    fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        let doing = "committing";
        if self.failed {
            return Err(StoreError::Database {
                location: self.address.location(),
                doing: doing.to_owned(),
                cause: "a part of the transaction failed".to_owned(),
            });
        }
        let address = self.address;
        if self.changed {
            let token = POSTGRES.token;
            let sql = format!("UPDATE qaduct_meta SET value = {token} WHERE key = 'data'");
            self.inner
                .execute(&sql, &[])
                .map_err(|error| address.failure(doing, error))?;
        }
        self.inner
            .commit()
            .map_err(|error| address.failure(doing, error))
    }
}

/// The parameters as the driver takes them.
pub(super) fn parameters<'p>(cells: &'p [Cell<'_>]) -> Vec<&'p (dyn ToSql + Sync)> {
    cells.iter().map(|cell| cell as _).collect()
}

/// Runs an upsert and counts. A row that was inserted was never locked, so its `xmax` is 0.
fn count(
    transaction: &mut postgres::Transaction<'_>,
    upsert: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Written, postgres::Error> {
    let sql = format!(
        "WITH written AS ({upsert} RETURNING xmax = 0 AS fresh) \
         SELECT count(*) FILTER (WHERE fresh), count(*) FILTER (WHERE NOT fresh) FROM written"
    );
    let row = transaction.query_one(&sql, parameters)?;
    let number = |n| row.get::<_, i64>(n).cast_unsigned();
    Ok(Written {
        inserted: number(0),
        updated: number(1),
    })
}

fn copy_in(
    transaction: &mut postgres::Transaction<'_>,
    copy: &str,
    rows: &Rows<'_>,
) -> Result<(), Failure> {
    let mut writer = transaction.copy_in(copy)?;
    let mut chunk = Vec::with_capacity(2 * CHUNK);
    values::put_copy_head(&mut chunk);
    for row in 0..rows.len() {
        values::put_copy_row(rows, row, &mut chunk)?;
        if chunk.len() >= CHUNK {
            writer.write_all(&chunk)?;
            chunk.clear();
        }
    }
    values::put_copy_tail(&mut chunk);
    writer.write_all(&chunk)?;
    writer.finish()?;
    Ok(())
}

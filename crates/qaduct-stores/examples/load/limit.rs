//! The same rows into the same table by the databases' own tools: what a load costs at
//! least. COPY in its binary form, `LOAD DATA`, and a prepared statement of SQLite's driver,
//! each in one transaction; an upsert goes through a staging table and one statement.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use crate::cpu::{Cpu, Spent};
use crate::database_server::Database;
use crate::outcome::{BATCH, Outcome, outcome};

const COLUMNS: &str = "id, run_id, test_id, status, elapsed, created_on, comment";

fn values() -> impl Iterator<Item = &'static str> {
    COLUMNS.split(", ").skip(1)
}

/// The assignments of an upsert, with `new` for the new value of a column.
fn assignments(new: impl Fn(&str) -> String) -> String {
    let each = values().map(|column| format!("{column} = {}", new(column)));
    each.collect::<Vec<_>>().join(", ")
}

/// An upsert that leaves rows alone that are as they were.
fn upsert(source: &str) -> String {
    let differs = values().map(|it| format!("outcomes.{it} IS DISTINCT FROM excluded.{it}"));
    format!(
        "INSERT INTO outcomes ({COLUMNS}) {source} ON CONFLICT (id) DO UPDATE SET {} WHERE {}",
        assignments(|column| format!("excluded.{column}")),
        differs.collect::<Vec<_>>().join(" OR ")
    )
}

/// A load into an empty table, and the same rows again with some changed.
pub(crate) type Pair = [Spent; 2];

/// The rows as tab-separated text and in the binary form of COPY, as they are and changed.
pub(crate) struct Files {
    text: [PathBuf; 2],
    binary: [PathBuf; 2],
    rows: i64,
}

impl Files {
    pub(crate) fn write(folder: &Path, rows: i64) -> Self {
        let text = [false, true].map(|changed| {
            let path = folder.join(format!("{changed}.tsv"));
            let mut file = std::io::BufWriter::new(fs::File::create(&path).unwrap());
            let mut line = String::new();
            for id in 1..=rows {
                let row = outcome(id, changed);
                let at = row.created_on.strftime("%Y-%m-%d %H:%M:%S");
                let Outcome {
                    run_id,
                    test_id,
                    status,
                    elapsed,
                    comment,
                    ..
                } = row;
                line.clear();
                writeln!(
                    line,
                    "{id}\t{run_id}\t{test_id}\t{status}\t{elapsed}\t{at}\t{comment}"
                )
                .unwrap();
                file.write_all(line.as_bytes()).unwrap();
            }
            file.flush().unwrap();
            path
        });
        let binary = ["first.bin", "second.bin"].map(|name| folder.join(name));
        Self { text, binary, rows }
    }

    /// A prepared INSERT, and a prepared upsert. Reading and making rows is not counted.
    pub(crate) fn sqlite(&self, path: &str) -> Pair {
        let mut connection = Connection::open(path).unwrap();
        connection
            .execute_batch("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384")
            .unwrap();
        let values = "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let insert = format!("INSERT INTO outcomes ({COLUMNS}) {values}");
        [(insert, false), (upsert(values), true)].map(|(sql, changed)| {
            let mut spent = Spent::default();
            let transaction = connection.transaction().unwrap();
            let mut statement = transaction.prepare(&sql).unwrap();
            for start in (1..=self.rows).step_by(usize::try_from(BATCH).unwrap()) {
                let rows: Vec<_> = (start..=self.rows.min(start + BATCH - 1))
                    .map(|id| {
                        let row = outcome(id, changed);
                        let at = row
                            .created_on
                            .strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
                            .to_string();
                        (row, at)
                    })
                    .collect();
                spent += Cpu(None).of(|| {
                    for (row, at) in &rows {
                        let (id, run, test, status) =
                            (row.id, row.run_id, &row.test_id, &row.status);
                        statement
                            .execute(params![id, run, test, status, row.elapsed, at, row.comment])
                            .unwrap();
                    }
                });
            }
            drop(statement);
            spent += Cpu(None).of(|| transaction.commit().unwrap());
            spent
        })
    }

    /// `\copy`, and `\copy` into a table from which one statement merges.
    pub(crate) fn postgres(&self, database: &Database) -> Pair {
        let psql = |commands: &[&str]| {
            let each = commands.iter().flat_map(|command| ["-c", command]);
            let run = std::process::Command::new("psql")
                .args(["-X", "-q", "-v", "ON_ERROR_STOP=1"])
                .args(each)
                .arg(database.url())
                .status();
            assert!(run.unwrap().success());
        };
        if !self.binary[0].exists() {
            for (text, binary) in self.text.iter().zip(&self.binary) {
                let (text, binary) = (text.display(), binary.display());
                psql(&[
                    "CREATE TEMPORARY TABLE stage (LIKE outcomes)",
                    &format!("\\copy stage ({COLUMNS}) FROM '{text}'"),
                    &format!("\\copy stage ({COLUMNS}) TO '{binary}' (FORMAT binary)"),
                ]);
            }
        }
        let copy = |table: &str, file: &Path| {
            let file = file.display();
            format!("\\copy {table} ({COLUMNS}) FROM '{file}' (FORMAT binary)")
        };
        let cpu = Cpu(Some(database.server_pid()));
        let [first, second] = &self.binary;
        [
            cpu.of(|| psql(&[&copy("outcomes", first)])),
            cpu.of(|| {
                psql(&[
                    "CREATE TEMPORARY TABLE stage (LIKE outcomes)",
                    &copy("stage", second),
                    &upsert(&format!("SELECT {COLUMNS} FROM stage")),
                ]);
            }),
        ]
    }

    /// `LOAD DATA`, and `LOAD DATA` into a table from which one statement merges.
    pub(crate) fn mariadb(&self, database: &Database) -> Pair {
        let load = |table: &str, file: &Path| {
            format!(
                "LOAD DATA LOCAL INFILE '{}' INTO TABLE {table} CHARACTER SET utf8mb4 ({COLUMNS})",
                file.display()
            )
        };
        let merge = format!(
            "INSERT INTO outcomes ({COLUMNS}) SELECT {COLUMNS} FROM stage ON DUPLICATE KEY UPDATE {}",
            assignments(|column| format!("VALUES({column})"))
        );
        let cpu = Cpu(Some(database.server_pid()));
        let [first, second] = &self.text;
        [
            cpu.of(|| drop(database.sql(&load("outcomes", first)))),
            cpu.of(|| {
                let load = load("stage", second);
                drop(database.sql(&format!(
                    "CREATE TEMPORARY TABLE stage LIKE outcomes; {load}; {merge}"
                )));
            }),
        ]
    }
}

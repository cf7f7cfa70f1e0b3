//! The same rows by the servers' own tools, and by SQLite's driver: what a load costs
//! at least, measured in the same run.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::{Outcome, cpu::Cpu, outcome};

const COLUMNS: &str = "id, run_id, test_id, status, elapsed, created_on, comment";

fn create(text: &str, float: &str, instant: &str) -> String {
    format!(
        "CREATE TABLE base (id BIGINT PRIMARY KEY, run_id BIGINT NOT NULL, test_id {text} NOT NULL, \
         status {text} NOT NULL, elapsed {float} NOT NULL, created_on {instant} NOT NULL, \
         comment {text} NOT NULL)"
    )
}

/// The assignments of an upsert, with `new` for the new value of a column.
fn assignments(new: impl Fn(&str) -> String) -> String {
    let columns = COLUMNS.split(", ").skip(1);
    let each = columns.map(|column| format!("{column} = {}", new(column)));
    each.collect::<Vec<_>>().join(", ")
}

/// Files with the rows as they are and as they are after a change.
pub(crate) struct Files {
    first: PathBuf,
    second: PathBuf,
    rows: i64,
}

impl Files {
    pub(crate) fn write(folder: &Path, rows: i64) -> Self {
        let write = |name: &str, changed| {
            let path = folder.join(name);
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
        };
        Self {
            first: write("first.tsv", false),
            second: write("second.tsv", true),
            rows,
        }
    }

    fn measure(&self, what: &str, cpu: &Cpu, work: impl FnOnce()) {
        let before = cpu.spent();
        work();
        let spent = cpu.spent() - before;
        println!(
            "{what}: {:.2} us of CPU a row",
            spent * 1e6 / self.rows as f64
        );
    }

    /// A prepared INSERT, and a prepared upsert, in one transaction each.
    pub(crate) fn sqlite(&self, folder: &Path) {
        let mut connection = Connection::open(folder.join("base.db")).unwrap();
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
            .unwrap();
        let create = create("TEXT", "REAL", "TEXT");
        connection.execute_batch(&create).unwrap();
        let insert = format!("INSERT INTO base ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        let differs: Vec<_> = COLUMNS
            .split(", ")
            .skip(1)
            .map(|column| format!("base.{column} IS NOT excluded.{column}"))
            .collect();
        let upsert = format!(
            "{insert} ON CONFLICT (id) DO UPDATE SET {} WHERE {}",
            assignments(|column| format!("excluded.{column}")),
            differs.join(" OR ")
        );
        for (what, sql, file) in [
            ("insert", &insert, &self.first),
            ("upsert", &upsert, &self.second),
        ] {
            let text = fs::read_to_string(file).unwrap();
            self.measure(
                &format!("SQLite, driver alone, {what}"),
                &Cpu::own(),
                || {
                    let transaction = connection.transaction().unwrap();
                    let mut statement = transaction.prepare(sql).unwrap();
                    for line in text.lines() {
                        let mut cells = line.split('\t');
                        let mut next = || cells.next().unwrap();
                        let (id, run) = (next().parse::<i64>(), next().parse::<i64>());
                        let (test, status) = (next(), next());
                        let elapsed = next().parse::<f64>().unwrap();
                        let row = (
                            id.unwrap(),
                            run.unwrap(),
                            test,
                            status,
                            elapsed,
                            next(),
                            next(),
                        );
                        statement.execute(row).unwrap();
                    }
                    drop(statement);
                    transaction.commit().unwrap();
                },
            );
        }
    }

    /// `\copy`, and `\copy` into a table from which one statement merges.
    pub(crate) fn postgres(&self, server: u32, run: impl Fn(&[&str])) {
        run(&[&create("TEXT", "DOUBLE PRECISION", "TIMESTAMP")]);
        let cpu = Cpu::of_children(server);
        let copy = |table: &str, file: &Path| format!("\\copy {table} FROM '{}'", file.display());
        self.measure("PostgreSQL, \\copy alone, insert", &cpu, || {
            run(&[&copy("base", &self.first)]);
        });
        let merge = format!(
            "INSERT INTO base SELECT * FROM stage ON CONFLICT (id) DO UPDATE SET {} \
             WHERE base IS DISTINCT FROM excluded",
            assignments(|column| format!("excluded.{column}"))
        );
        self.measure("PostgreSQL, \\copy alone, upsert", &cpu, || {
            run(&[
                "CREATE TEMPORARY TABLE stage (LIKE base)",
                &copy("stage", &self.second),
                &merge,
            ]);
        });
    }

    /// `LOAD DATA`, and `LOAD DATA` into a table from which one statement merges.
    pub(crate) fn mariadb(&self, server: u32, run: impl Fn(&str)) {
        run(&create(
            "TEXT CHARACTER SET utf8mb4",
            "DOUBLE",
            "DATETIME(6)",
        ));
        let cpu = Cpu::of_process(server);
        let load = |table: &str, file: &Path| {
            format!(
                "LOAD DATA LOCAL INFILE '{}' INTO TABLE {table} CHARACTER SET utf8mb4",
                file.display()
            )
        };
        self.measure("MariaDB, LOAD DATA alone, insert", &cpu, || {
            run(&load("base", &self.first));
        });
        let merge = format!(
            "INSERT INTO base SELECT * FROM stage ON DUPLICATE KEY UPDATE {}",
            assignments(|column| format!("VALUES({column})"))
        );
        self.measure("MariaDB, LOAD DATA alone, upsert", &cpu, || {
            run(&format!(
                "CREATE TEMPORARY TABLE stage LIKE base; {}; {merge}",
                load("stage", &self.second)
            ));
        });
    }
}

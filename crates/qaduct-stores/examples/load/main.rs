//! What loading and reading cost, in CPU time of this process and of the server.
//!
//! `cargo run --release -p qaduct-stores --example load [ROWS] [ROUNDS]` loads rows that look
//! like results of tests into SQLite and into a private PostgreSQL and MariaDB, and writes
//! them again with one in a hundred changed. In each round the database's own tools do the
//! same into the same table of another database; what is printed are medians of the rounds.
//! Then a view of muted tests is read.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement prints or fails"
)]

use qaduct_records::{Row as _, Store, TABLES};

#[path = "../../tests/it/database_server.rs"]
mod database_server;

mod cpu;
mod limit;
mod outcome;
mod view;

use cpu::{Cpu, Spent, forget_peak, peak_mib};
use database_server::Database;
use limit::{Files, Pair};
use outcome::{BATCH, Outcome, outcome};

/// A store with our tables at a place where there is none.
fn open(url: &str) -> Box<dyn Store> {
    let mut tables = TABLES.to_vec();
    tables.push(Outcome::TABLE);
    let mut store = qaduct_stores::open(url, None).unwrap();
    store.migrate(&tables, &qaduct_models::views()).unwrap();
    store
}

/// What our load costs. Making the rows is not counted.
fn load(store: &mut dyn Store, rows: i64, cpu: Cpu) -> Pair {
    [false, true].map(|changed| {
        let before = cpu.spent();
        let mut transaction = store.begin("outcomes").unwrap();
        let mut spent = cpu.spent() - before;
        let mut written = 0;
        for start in (1..=rows).step_by(usize::try_from(BATCH).unwrap()) {
            let ids = start..=rows.min(start + BATCH - 1);
            let batch = Outcome::batch(&ids.map(|id| outcome(id, changed)).collect::<Vec<_>>());
            spent += cpu.of(|| {
                let one = transaction.upsert(Outcome::TABLE, &batch).unwrap();
                written += if changed { one.updated } else { one.inserted };
            });
        }
        spent += cpu.of(|| transaction.commit().unwrap());
        let expected = if changed { (rows + 63) / 100 } else { rows };
        assert_eq!(i64::try_from(written).unwrap(), expected);
        spent
    })
}

/// The rounds of one database.
#[derive(Default)]
struct Rounds {
    limit: Vec<Pair>,
    ours: Vec<Pair>,
    peak: u64,
}

impl Rounds {
    /// Who goes first takes turns: what a server still has to put on disk the next one pays.
    fn add(&mut self, mut limit: impl FnMut() -> Pair, mut ours: impl FnMut() -> Pair) {
        let limit_first = self.limit.len().is_multiple_of(2);
        for turn in [limit_first, !limit_first] {
            if turn {
                self.limit.push(limit());
            } else {
                forget_peak();
                self.ours.push(ours());
                self.peak = self.peak.max(peak_mib());
            }
        }
    }

    fn print(&self, what: &str, rows: i64) {
        for (n, step) in ["insert", "upsert"].into_iter().enumerate() {
            let micros = |pairs: &[Pair]| {
                let one = |part: fn(Spent) -> f64| {
                    median(pairs.iter().map(|pair| part(pair[n]) * 1e6 / rows as f64))
                };
                let (client, server) = (one(|it| it.client), one(|it| it.server));
                format!("{:.2} ({client:.2} + {server:.2})", one(Spent::sum))
            };
            let pairs = self.ours.iter().zip(&self.limit);
            let ratio = median(pairs.map(|(ours, limit)| ours[n].sum() / limit[n].sum()));
            println!(
                "| {what}, {step} | {} | {} | {ratio:.2} | {} |",
                micros(&self.limit),
                micros(&self.ours),
                self.peak
            );
        }
    }
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn main() {
    let argument = |n, default| {
        let given = std::env::args().nth(n);
        given.map_or(default, |it| it.parse::<i64>().unwrap())
    };
    let (rows, rounds) = (argument(1, 1_000_000), argument(2, 3));
    let folder = tempfile::TempDir::new().unwrap();
    let files = Files::write(folder.path(), rows);
    let [mut sqlite, mut postgres, mut mariadb] = std::array::from_fn(|_| Rounds::default());
    for round in 0..rounds {
        let [one, other] = ["limit", "ours"].map(|name| {
            let path = folder.path().join(format!("{name}{round}.db"));
            path.to_str().unwrap().to_owned()
        });
        drop(open(&one));
        let mut store = open(&other);
        sqlite.add(|| files.sqlite(&one), || load(&mut *store, rows, Cpu(None)));

        let [one, other] = std::array::from_fn(|_| Database::postgres());
        drop(open(&one.url()));
        let (mut store, cpu) = (open(&other.url()), Cpu(Some(other.server_pid())));
        let settled = |database: &Database| drop(database.sql("CHECKPOINT"));
        postgres.add(
            || {
                settled(&one);
                files.postgres(&one)
            },
            || {
                settled(&other);
                load(&mut *store, rows, cpu)
            },
        );

        let [one, other] = std::array::from_fn(|_| Database::mariadb());
        drop(open(&one.url()));
        let (mut store, cpu) = (open(&other.url()), Cpu(Some(other.server_pid())));
        mariadb.add(|| files.mariadb(&one), || load(&mut *store, rows, cpu));
    }
    println!(
        "{rows} rows, medians of {rounds}; us of CPU a row: all (client + server); peak in MiB\n\n\
         | what | limit | ours | ours / limit | peak |\n|---|---|---|---|---|"
    );
    sqlite.print("SQLite", rows);
    postgres.print("PostgreSQL", rows);
    mariadb.print("MariaDB", rows);
    println!();

    view::fresh(folder.path(), open);
    let path = folder.path().join("view.db").display().to_string();
    view::view("SQLite", &mut *open(&path), Cpu(None));
    let database = Database::postgres();
    let cpu = Cpu(Some(database.server_pid()));
    view::view("PostgreSQL", &mut *open(&database.url()), cpu);
    let database = Database::mariadb();
    let cpu = Cpu(Some(database.server_pid()));
    view::view("MariaDB", &mut *open(&database.url()), cpu);
}

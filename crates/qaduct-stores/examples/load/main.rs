//! What loading and reading cost, in CPU time of this process and of the server.
//!
//! `cargo run --release -p qaduct-stores --example load [ROWS]` loads rows that look
//! like results of tests, about 180 bytes each, into SQLite and into a private
//! PostgreSQL and MariaDB; writes them again with one in a hundred changed; and reads
//! a view of muted tests. Before each, the tools of that database load the same rows.
//! It needs Linux, for the clocks of processes in `/proc`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement prints or fails"
)]

use std::fs;
use std::process::Command;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use qaduct_records::{
    Branch, Cause, Declaration, Kind, Mute, Query, RecordBatch, Row, Store, TABLES, Written, table,
};

#[path = "../../tests/it/mariadb_server.rs"]
mod mariadb_server;
#[path = "../../tests/it/postgres_server.rs"]
mod postgres_server;

mod baseline;
mod cpu;

use baseline::Files;
use cpu::Cpu;

const BATCH: i64 = 10_000;
const WORDS: [&str; 12] = [
    "assert",
    "expected",
    "timeout",
    "waiting",
    "node",
    "master",
    "refused",
    "retry",
    "scheduler",
    "launched",
    "status",
    "polling",
];

table! {
    /// The result of a test.
    struct Outcome in "outcomes" key ["id"] {
        /// Number.
        pub id: i64,
        /// Run.
        pub run_id: i64,
        /// Test.
        pub test_id: String,
        /// How it ended.
        pub status: String,
        /// Seconds.
        pub elapsed: f64,
        /// When.
        pub created_on: Timestamp,
        /// What it said.
        pub comment: String,
    }
}

/// A number that looks random and is the same each time.
fn scramble(seed: i64) -> usize {
    let mut bits = seed.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits ^= bits >> 29;
    bits = bits.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (bits >> 33) as usize
}

fn outcome(id: i64, changed: bool) -> Outcome {
    let (run, test) = ((id - 1) / 2000 + 1, (id - 1) % 2000);
    let changed = changed && id % 100 == 37;
    let mut comment = if changed { "changed" } else { "" }.to_owned();
    for n in 0..12 {
        comment.push_str(WORDS[scramble(id * 16 + n) % WORDS.len()]);
        comment.push(' ');
    }
    comment.truncate(80);
    let statuses = [
        "passed", "passed", "passed", "passed", "passed", "failed", "skipped",
    ];
    let status = if changed {
        "error"
    } else {
        statuses[scramble(id) % statuses.len()]
    };
    Outcome {
        id,
        run_id: run,
        test_id: format!(
            "tests/pkg_{:02}/test_mod_{:03}.py::TestCase{}::test_case_{test:04}",
            test % 20,
            test % 200,
            test % 7
        ),
        status: status.to_owned(),
        elapsed: scramble(-id) as f64 / 1000.0,
        created_on: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_767_225_600 + id * 3),
        comment,
    }
}

fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1024
}

fn load(what: &str, store: &mut dyn Store, rows: i64, changed: bool, clock: &Cpu) {
    let (mut spent, mut sum) = (0.0, Written::default());
    let begun = Instant::now();
    let before = clock.spent();
    let mut transaction = store.begin("outcomes").unwrap();
    spent += clock.spent() - before;
    for start in (1..=rows).step_by(usize::try_from(BATCH).unwrap()) {
        let batch: Vec<_> = (start..=rows.min(start + BATCH - 1))
            .map(|id| outcome(id, changed))
            .collect();
        let batch: RecordBatch = Outcome::batch(&batch);
        let before = clock.spent();
        let written = transaction.upsert(Outcome::TABLE, &batch).unwrap();
        spent += clock.spent() - before;
        sum.inserted += written.inserted;
        sum.updated += written.updated;
    }
    let before = clock.spent();
    transaction.commit().unwrap();
    spent += clock.spent() - before;
    println!(
        "{what}: {:.2} us of CPU a row; {} inserted, {} updated; {:.1} s; peak {} MiB",
        spent * 1e6 / rows as f64,
        sum.inserted,
        sum.updated,
        begun.elapsed().as_secs_f64(),
        peak_mib()
    );
}

fn declaration(number: i64) -> Declaration {
    let mut declaration = Declaration {
        container: format!("TestCase{}", number % 7),
        line_start: number,
        line_end: number + 3,
        form: "pytest.mark.skipif".to_owned(),
        kind: Kind::CondSkip,
        condition: Some("sys.platform == 'win32'".to_owned()),
        reason: Some(format!("SHOP-{number} the scheduler launched no task")),
        since_declared: Some("2026-01-02".parse().unwrap()),
        since_text: Some("2026-01-02".to_owned()),
        ..Declaration::skip(
            "example.org/shop",
            &format!(
                "tests/pkg_{:02}/test_mod_{:03}.py",
                number % 20,
                number % 200
            ),
            &format!("test_case_{number:04}"),
        )
    };
    declaration.seal(&mut []);
    declaration
}

fn view(what: &str, store: &mut dyn Store, clock: &Cpu) {
    let declarations: Vec<_> = (0..5000).map(declaration).collect();
    let seen = "2026-11-22T07:15:16Z".parse().unwrap();
    let mutes: Vec<_> = declarations
        .iter()
        .map(|declaration| Mute {
            repository: declaration.repository.clone(),
            branch: "main".to_owned(),
            group_id: declaration.group_id(),
            nth: 1,
            declaration_id: declaration.declaration_id.clone(),
            opened_by: Cause::Baseline,
            first_seen_at: seen,
            first_seen_commit: "3dda66a0a3dda66a0a3dda66a0a3dda66a0a3dda".to_owned(),
            last_seen_at: None,
            last_seen_commit: None,
            closed_by: None,
            gone_at: None,
            gone_commit: None,
        })
        .collect();
    let branch = Branch {
        repository: "example.org/shop".to_owned(),
        branch: "main".to_owned(),
        commit_id: "3dda66a0a3dda66a0a3dda66a0a3dda66a0a3dda".to_owned(),
        committed_at: seen,
        committed_offset_min: 0,
        rules: "1".to_owned(),
        complete: true,
        files_seen: 1,
        test_files: 1,
        files_with_problems: 0,
        mutes: 5000,
        first_scanned_at: seen,
        scanned_at: seen,
        gone_at: None,
        only_in_clone: None,
    };
    let mut transaction = store.begin("mutes").unwrap();
    transaction
        .upsert(Declaration::TABLE, &Declaration::batch(&declarations))
        .unwrap();
    transaction
        .upsert(Mute::TABLE, &Mute::batch(&mutes))
        .unwrap();
    transaction
        .upsert(Branch::TABLE, &Branch::batch(&[branch]))
        .unwrap();
    transaction.commit().unwrap();

    let current = qaduct_models::views()
        .into_iter()
        .find(|it| it.name == "v_mutes_current")
        .unwrap();
    let few = [
        "test_id",
        "ticket",
        "path",
        "repository",
        "branch",
        "since_declared",
        "reason",
        "kind",
        "form",
        "first_seen_at",
    ];
    let few: Vec<_> = current
        .columns
        .iter()
        .filter(|it| few.contains(&it.name.as_ref()))
        .cloned()
        .collect();
    for columns in [current.columns, few] {
        let mut reader = store.reader().unwrap();
        let width = columns.len();
        let query = Query::of("v_mutes_current", columns);
        let mut best = f64::MAX;
        for _ in 0..20 {
            let before = clock.spent();
            assert_eq!(reader.query(&query).unwrap().num_rows(), 5000);
            best = best.min(clock.spent() - before);
        }
        println!(
            "{what}: v_mutes_current, 5,000 rows of {width} columns: {:.2} ms of CPU",
            best * 1e3
        );
    }
}

fn measure(what: &str, url: &str, rows: i64, clock: &Cpu) {
    let mut tables = TABLES.to_vec();
    tables.push(Outcome::TABLE);
    let views = qaduct_models::views();
    let open = || {
        let mut store = qaduct_stores::open(url, None).unwrap();
        store.migrate(&tables, &views).unwrap();
        store
    };
    let mut store = open();
    load(&format!("{what}, insert"), &mut *store, rows, false, clock);
    load(&format!("{what}, upsert"), &mut *store, rows, true, clock);
    view(what, &mut *store, clock);
    let begun = Instant::now();
    let _again = open();
    println!(
        "{what}: opened again in {:.2} ms",
        begun.elapsed().as_secs_f64() * 1e3
    );
}

fn main() {
    let rows = std::env::args()
        .nth(1)
        .map_or(1_000_000, |it| it.parse().unwrap());
    let folder = tempfile::TempDir::new().unwrap();
    let files = Files::write(folder.path(), rows);

    files.sqlite(folder.path());
    let path = folder.path().join("qaduct.db");
    measure("SQLite", path.to_str().unwrap(), rows, &Cpu::own());

    let database = postgres_server::Database::new();
    files.postgres(database.server_pid(), |commands| {
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1"]);
        for command in commands {
            psql.args(["-c", command]);
        }
        assert!(psql.arg(database.url()).status().unwrap().success());
    });
    let clock = Cpu::of_children(database.server_pid());
    measure("PostgreSQL", &database.url(), rows, &clock);

    let database = mariadb_server::Database::new();
    files.mariadb(database.server_pid(), |sql| drop(database.sql(sql)));
    let clock = Cpu::of_process(database.server_pid());
    measure("MariaDB", &database.url(), rows, &clock);
}

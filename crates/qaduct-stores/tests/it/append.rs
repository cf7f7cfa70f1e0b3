//! Adding rows once, to a server that is spoken to as if it were Redshift.

use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use qaduct_records::{RecordBatch, Row as _, Secret, StoreError, table};
use qaduct_stores::append::{Appended, PostgresTarget, Tls, TlsMode, append_once};

use crate::database_server::{Database, PASSWORD, USER};

table! {
    /// The table of the predecessor.
    struct Line in "dashboards.xfailflake_history_v1" key ["test", "ticket"] {
        /// Test.
        pub test: String,
        /// Ticket.
        pub ticket: String,
        /// File.
        pub file: Option<String>,
        /// When it was pushed.
        pub timestamp: Timestamp,
        /// Since when.
        pub since: Option<Timestamp>,
    }
}

table! {
    /// What was pushed.
    struct Push in "dashboards.pushes" key ["branch", "commit_id"] {
        /// Branch.
        pub branch: String,
        /// Commit.
        pub commit_id: String,
        /// Rows.
        pub rows: i64,
        /// A fraction.
        pub fraction: Option<f64>,
        /// A flag.
        pub flag: bool,
        /// A day.
        pub day: Option<jiff::civil::Date>,
    }
}

fn target(database: &Database) -> PostgresTarget {
    PostgresTarget {
        host: "127.0.0.1".to_owned(),
        port: database.port(),
        database: database.name().to_owned(),
        user: USER.to_owned(),
        password: Secret::new(PASSWORD),
        connect_timeout: Duration::from_secs(5),
        tls: Tls {
            mode: TlsMode::Require,
            roots: None,
        },
    }
}

fn line(test: &str) -> Line {
    Line {
        test: test.to_owned(),
        ticket: "SHOP-1".to_owned(),
        file: None,
        timestamp: "2026-11-22T07:15:16.000001+01:00".parse().unwrap(),
        since: Some("2026-01-02T00:00:00Z".parse().unwrap()),
    }
}

fn push(commit: &str) -> RecordBatch {
    let (branch, commit_id) = ("main".to_owned(), commit.to_owned());
    let day = Some("2026-11-22".parse().unwrap());
    Push::batch(&[Push {
        branch,
        commit_id,
        rows: 1,
        fraction: Some(-0.5),
        flag: true,
        day,
    }])
}

fn append(database: &Database, lines: &[Line], commit: &str) -> Result<Appended, StoreError> {
    append_once(
        &target(database),
        Line::TABLE,
        &Line::batch(lines),
        Push::TABLE,
        &push(commit),
    )
}

fn written(rows: u64) -> Appended {
    Appended::Written { rows, cut: 0 }
}

const ALL: &str = "SELECT test, ticket, file, timestamp, since \
                   FROM dashboards.xfailflake_history_v1 ORDER BY test";

#[test]
fn rows_are_added_once_for_each_entry() {
    let database = Database::postgres();
    assert_eq!(
        append(&database, &[line("a"), line("b")], "1").unwrap(),
        written(2)
    );
    assert_eq!(
        append(&database, &[line("a"), line("c")], "1").unwrap(),
        Appended::AlreadyThere
    );
    assert_eq!(append(&database, &[line("d")], "2").unwrap(), written(1));
    assert_eq!(append(&database, &[], "3").unwrap(), written(0));
    insta::assert_snapshot!(database.sql(ALL), @r"
    a|SHOP-1||2026-11-22 06:15:16.000001|2026-01-02 00:00:00
    b|SHOP-1||2026-11-22 06:15:16.000001|2026-01-02 00:00:00
    d|SHOP-1||2026-11-22 06:15:16.000001|2026-01-02 00:00:00
    ");
    insta::assert_snapshot!(database.sql("SELECT * FROM dashboards.pushes ORDER BY 2"), @r"
    main|1|1|-0.5|t|2026-11-22
    main|2|1|-0.5|t|2026-11-22
    main|3|1|-0.5|t|2026-11-22
    ");
}

#[test]
fn the_table_of_the_predecessor_is_filled_as_it_is() {
    let database = Database::postgres();
    database.sql(
        "CREATE SCHEMA dashboards; CREATE TABLE dashboards.xfailflake_history_v1 ( \
           test VARCHAR, ticket VARCHAR, file VARCHAR, repo VARCHAR, branch VARCHAR, \
           timestamp timestamp default current_timestamp, since timestamp)",
    );
    database.sql(&format!(
        "ALTER DATABASE {} SET timezone TO 'Asia/Tokyo'",
        database.name()
    ));
    assert_eq!(append(&database, &[line("a")], "1").unwrap(), written(1));
    assert_eq!(
        database.sql(ALL),
        "a|SHOP-1||2026-11-22 06:15:16.000001|2026-01-02 00:00:00"
    );
}

#[test]
fn columns_with_a_zone_get_the_same_instant() {
    let database = Database::postgres();
    database.sql(
        "CREATE SCHEMA dashboards; CREATE TABLE dashboards.xfailflake_history_v1 ( \
           test TEXT, ticket TEXT, file TEXT, timestamp timestamptz, since timestamptz)",
    );
    database.sql(&format!(
        "ALTER DATABASE {} SET timezone TO 'Asia/Tokyo'",
        database.name()
    ));
    append(&database, &[line("a")], "1").unwrap();
    let sql = "SELECT timestamp AT TIME ZONE 'UTC' FROM dashboards.xfailflake_history_v1";
    assert_eq!(database.sql(sql), "2026-11-22 06:15:16.000001");
}

#[test]
fn any_text_arrives_however_the_server_reads_backslashes() {
    let strange = [
        "it's",
        r"C:\new\'x",
        "'; DROP TABLE x; --",
        "😀\nline",
        "\\",
        "''",
        "$1 %s {}",
    ];
    let lines = strange.map(line);
    for setting in ["on", "off"] {
        let database = Database::postgres();
        database.sql(&format!(
            "ALTER DATABASE {} SET standard_conforming_strings TO {setting}",
            database.name()
        ));
        assert_eq!(append(&database, &lines, r"\'1").unwrap(), written(7));
        assert_eq!(
            append(&database, &lines, r"\'1").unwrap(),
            Appended::AlreadyThere
        );
        let mut found: Vec<_> = strange
            .iter()
            .map(|text| text.replace('\n', "<>"))
            .collect();
        found.sort();
        let sql = "SELECT replace(test, chr(10), '<>') COLLATE \"C\" \
                   FROM dashboards.xfailflake_history_v1 ORDER BY 1";
        assert_eq!(database.sql(sql), found.join("\n"));
    }
}

#[test]
fn long_text_is_cut_at_a_character_and_counted() {
    let database = Database::postgres();
    let lines = [
        line(&"é".repeat(40_000)),
        line(&format!("x{}", "😀".repeat(20_000))),
        line("a"),
    ];
    assert_eq!(
        append(&database, &lines, "1").unwrap(),
        Appended::Written { rows: 3, cut: 2 }
    );
    let sql = "SELECT octet_length(test) FROM dashboards.xfailflake_history_v1 ORDER BY 1";
    assert_eq!(database.sql(sql), "1\n65533\n65534");
}

#[test]
fn a_shorter_column_of_an_existing_table_is_respected() {
    let database = Database::postgres();
    database.sql(
        "CREATE SCHEMA dashboards; CREATE TABLE dashboards.xfailflake_history_v1 ( \
           test VARCHAR(4), ticket VARCHAR, file VARCHAR, timestamp timestamp, since timestamp)",
    );
    let appended = append(&database, &[line("abcdef")], "1").unwrap();
    assert_eq!(appended, Appended::Written { rows: 1, cut: 1 });
}

#[test]
fn two_pushes_at_once_write_once() {
    let database = Database::postgres();
    let lines: Vec<_> = (0..500).map(|n| line(&format!("test {n}"))).collect();
    let outcomes: Vec<_> = thread::scope(|scope| {
        let pushes: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| append(&database, &lines, "1").unwrap()))
            .collect();
        pushes
            .into_iter()
            .map(|push| push.join().unwrap())
            .collect()
    });
    let first = outcomes
        .iter()
        .filter(|outcome| **outcome == written(500))
        .count();
    let later = outcomes
        .iter()
        .filter(|outcome| **outcome == Appended::AlreadyThere)
        .count();
    assert_eq!((first, later), (1, 3));
    assert_eq!(
        database.sql("SELECT count(*) FROM dashboards.xfailflake_history_v1"),
        "500"
    );
}

#[test]
fn many_rows_need_several_statements_and_one_transaction() {
    let database = Database::postgres();
    let mut lines: Vec<_> = (0..12_000)
        .map(|n| line(&format!("{n} {}", "x".repeat(100))))
        .collect();
    assert_eq!(append(&database, &lines, "1").unwrap(), written(12_000));
    // The last row fails: its key is there already.
    lines
        .iter_mut()
        .for_each(|line| line.ticket = "SHOP-2".to_owned());
    lines.push(Line {
        ticket: "SHOP-1".to_owned(),
        ..lines[0].clone()
    });
    let error = append(&database, &lines, "2").unwrap_err().to_string();
    assert!(
        error.contains("writing table `dashboards.xfailflake_history_v1`"),
        "{error}"
    );
    assert_eq!(
        database.sql("SELECT count(*) FROM dashboards.xfailflake_history_v1"),
        "12000"
    );
    assert_eq!(database.sql("SELECT count(*) FROM dashboards.pushes"), "1");
}

#[test]
fn the_rights_to_insert_are_enough_where_the_tables_are_there() {
    let database = Database::postgres();
    append(&database, &[], "1").unwrap();
    let role = format!("pusher_{}", database.name());
    database.sql(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'; \
         GRANT USAGE ON SCHEMA dashboards TO {role}; \
         GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA dashboards TO {role}; \
         GRANT UPDATE ON dashboards.pushes TO {role}"
    ));
    let target = PostgresTarget {
        user: role,
        ..target(&database)
    };
    let (lines, entry) = (Line::batch(&[line("a")]), push("2"));
    let appended = append_once(&target, Line::TABLE, &lines, Push::TABLE, &entry).unwrap();
    assert_eq!(appended, written(1));
}

#[test]
fn no_error_has_the_password() {
    let database = Database::postgres();
    let planted = "wr0ng-and-pl4nted";
    let target = PostgresTarget {
        password: Secret::new(planted),
        ..target(&database)
    };
    assert!(!format!("{target:?}").contains(planted));
    let (lines, entry) = (Line::batch(&[]), push("1"));
    let error = append_once(&target, Line::TABLE, &lines, Push::TABLE, &entry).unwrap_err();
    let said = format!("{error} {error:?}");
    assert!(
        said.contains("password authentication failed") && !said.contains(planted),
        "{said}"
    );
}

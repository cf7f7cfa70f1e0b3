//! The views of `qaduct-models` on a small story, with the rows they must give.
//!
//! The story, all of November 2026. Branch `main` is scanned on Monday the 2nd
//! with mutes of `a` and `b`; on Wednesday the 4th `c` is new; on Monday the 9th
//! `a` is gone. `f`, there from the 4th to the 9th, silences nothing and counts nowhere. Branch `dev`
//! is scanned on the 4th for the first time, with `b` and `d`. Branch `clean` is scanned on the 2nd without a mute, and `c` and `e` appear
//! on the 5th, `c` for want of a scan before. Branch `old` has `a` on the 2nd and disappears on the 10th. On the
//! 10th other rules no longer see `c` on `main`, at the same commit.
//!
//! The history of `clean` was read: it parted from another branch on the 3rd, with `a`, which Bea
//! had brought on the 1st and Cy removed on the 4th, and with `b`, which was gone before. `e` came
//! on the 1st, before all that was read. That of `old` was read too, back to its beginning.

mod story;

use jiff::Timestamp;
use qaduct_models::views;
use qaduct_records::history::{MuteRun, Walked};
use qaduct_records::job::{JobRun, JobState, Occasion};
use qaduct_records::pull::{Part, StreamRun};
use qaduct_records::{
    Branch, Cause, Declaration, Direction, FileOwner, Mute, MuteTicket, Outcome, Query,
    RecordBatch, Row, Run, Store, TABLES, TicketSource, View,
};

use crate::database_server::Database;
use crate::place::Place;

use story::*;

const REPOSITORY: &str = "example.org/shop";

fn view(name: &str) -> View {
    views().into_iter().find(|view| view.name == name).unwrap()
}

/// Some columns of a view, a line a row, sorted by the columns in order.
fn shown(store: &dyn Store, name: &str, columns: &str) -> String {
    let names: Vec<_> = columns.split(' ').collect();
    let declared = view(name).columns;
    let columns: Vec<_> = names
        .iter()
        .map(|name| {
            declared
                .iter()
                .find(|column| column.name == *name)
                .unwrap()
                .clone()
        })
        .collect();
    let mut query = Query::of(name, columns);
    for name in names {
        query = query.order_by(name, Direction::Up);
    }
    lines(&store.reader().unwrap().query(&query).unwrap())
}

fn lines(batch: &RecordBatch) -> String {
    use arrow_array::{Array as _, cast::AsArray as _, types};
    let cell = |column: &arrow_array::ArrayRef, row| {
        if column.is_null(row) {
            return "-".to_owned();
        }
        match column.data_type() {
            arrow_schema::DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
            arrow_schema::DataType::Int64 => column
                .as_primitive::<types::Int64Type>()
                .value(row)
                .to_string(),
            arrow_schema::DataType::Boolean => column.as_boolean().value(row).to_string(),
            arrow_schema::DataType::Date32 => {
                let days = column.as_primitive::<types::Date32Type>().value(row);
                qaduct_records::table::date_of(days).unwrap().to_string()
            }
            _ => {
                let at = column
                    .as_primitive::<types::TimestampMicrosecondType>()
                    .value(row);
                Timestamp::from_microsecond(at).unwrap().to_string()
            }
        }
    };
    let line = |row| {
        let cells: Vec<_> = batch
            .columns()
            .iter()
            .map(|column| cell(column, row))
            .collect();
        cells.join(" ")
    };
    (0..batch.num_rows())
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_story_gives_the_rows_it_must_on_every_store() {
    let places = [Place::sqlite(), Place::postgres(), Place::mariadb()];
    let stores = places.each_ref().map(|place| {
        let mut store = place.with_views(TABLES, &views());
        tell(&mut *store);
        store
    });
    let shown = |name, columns| {
        let [sqlite, postgres, mariadb] = stores
            .each_ref()
            .map(|store| shown(&**store, name, columns));
        assert_eq!(sqlite, postgres);
        assert_eq!(sqlite, mariadb);
        sqlite
    };

    let columns = "branch test muted opened_by closed_by last_seen_at last_seen_commit gone_commit";
    insta::assert_snapshot!(shown("v_mutes", columns), @r"
    clean c true baseline - 2026-11-05T23:30:00.000001Z clean5 -
    clean e true commit - 2026-11-05T23:30:00.000001Z clean5 -
    dev b true baseline - 2026-11-04T23:30:00.000001Z dev4 -
    dev d true baseline - 2026-11-04T23:30:00.000001Z dev4 -
    main a false baseline commit 2026-11-04T23:30:00.000001Z main4 main9
    main b true baseline - 2026-11-09T23:30:00.000001Z main9 -
    main c false commit rules 2026-11-09T23:30:00.000001Z main9 main9
    main f false commit commit 2026-11-04T23:30:00.000001Z main4 main9
    old a false baseline branch 2026-11-02T23:30:00.000001Z old2 -
    ");
    let columns = "branch test ticket reason last_seen_commit commit_id";
    insta::assert_snapshot!(shown("v_mutes_current", columns), @r"
    clean c - it's broken 😀 clean5 clean5
    clean e SHOP-0000 it's broken 😀 clean5 clean5
    dev b SHOP-1 it's broken 😀 dev4 dev4
    dev d - it's broken 😀 dev4 dev4
    main b SHOP-1 it's broken 😀 main9 main9
    ");
    let columns =
        "branch test since_git since_git_commit since_git_author muted_before age_days age_source";
    insta::assert_snapshot!(shown("v_mutes_current", columns), @r"
    clean c 2026-11-04T23:30:00.000001Z c4 Bea 2 6 git
    clean e - - - 2 5 first_seen
    dev b - - - - - -
    dev d - - - - - -
    main b - - - - - -
    ");
    insta::assert_snapshot!(shown("v_mutes", columns), @r"
    clean c 2026-11-04T23:30:00.000001Z c4 Bea 2 6 git
    clean e - - - 2 5 first_seen
    dev b - - - - - -
    dev d - - - - - -
    main a - - - - - -
    main b - - - - - -
    main c - - - - - -
    main f - - - - - -
    old a - - - - - -
    ");
    let columns = "branch test_id from_author to_author muted days ticket";
    insta::assert_snapshot!(shown("v_mutes_history", columns), @r"
    clean tests/test_shop.py::a Bea Cy false 3 SHOP-1
    clean tests/test_shop.py::b Bea Cy false 1 SHOP-1
    clean tests/test_shop.py::c Bea - true 6 -
    clean tests/test_shop.py::e - - true - SHOP-0000
    clean tests/test_shop.py::f Bea - true 6 -
    old tests/test_shop.py::a Bea - false 9 SHOP-1
    ");
    let columns = "branch day event baseline source";
    insta::assert_snapshot!(shown("v_mutes_events", columns), @r"
    clean 2026-11-03 muted true git
    clean 2026-11-03 muted true git
    clean 2026-11-04 muted false git
    clean 2026-11-04 muted false git
    clean 2026-11-04 unmuted false git
    dev 2026-11-04 muted true scan
    dev 2026-11-04 muted true scan
    main 2026-11-02 muted true scan
    main 2026-11-02 muted true scan
    main 2026-11-04 muted false scan
    main 2026-11-04 muted false scan
    main 2026-11-09 unmuted false scan
    main 2026-11-09 unmuted false scan
    main 2026-11-10 unmuted true scan
    old 2026-11-01 muted false git
    old 2026-11-10 unmuted true git
    ");
    let columns = "branch owner mutes debt unknown without_ticket";
    insta::assert_snapshot!(shown("v_mutes_by_owner", columns), @r"
    clean - 2 0 2 1
    dev - 2 0 2 1
    main @qa @shop 1 0 1 0
    ");
    let columns = "day branch event test_id cause baseline happened_at week commit_id";
    insta::assert_snapshot!(shown("v_mutes_changes", columns), @r"
    2026-11-02 main muted tests/test_shop.py::a baseline true 2026-11-02T23:30:00.000001Z 2026-11-02 main2
    2026-11-02 main muted tests/test_shop.py::b baseline true 2026-11-02T23:30:00.000001Z 2026-11-02 main2
    2026-11-02 old muted tests/test_shop.py::a baseline true 2026-11-02T23:30:00.000001Z 2026-11-02 old2
    2026-11-04 dev muted tests/test_shop.py::b baseline true 2026-11-04T23:30:00.000001Z 2026-11-02 dev4
    2026-11-04 dev muted tests/test_shop.py::d baseline true 2026-11-04T23:30:00.000001Z 2026-11-02 dev4
    2026-11-04 main muted tests/test_shop.py::c commit false 2026-11-04T23:30:00.000001Z 2026-11-02 main4
    2026-11-04 main muted tests/test_shop.py::f commit false 2026-11-04T23:30:00.000001Z 2026-11-02 main4
    2026-11-05 clean muted tests/test_shop.py::c baseline true 2026-11-05T23:30:00.000001Z 2026-11-02 clean5
    2026-11-05 clean muted tests/test_shop.py::e commit false 2026-11-05T23:30:00.000001Z 2026-11-02 clean5
    2026-11-09 main unmuted tests/test_shop.py::a commit false 2026-11-09T23:30:00.000001Z 2026-11-09 main9
    2026-11-09 main unmuted tests/test_shop.py::f commit false 2026-11-09T23:30:00.000001Z 2026-11-09 main9
    2026-11-10 main unmuted tests/test_shop.py::c rules true 2026-11-10T23:30:00.000001Z 2026-11-09 main9
    2026-11-10 old unmuted tests/test_shop.py::a branch true 2026-11-10T23:30:00.000001Z 2026-11-09 -
    ");
    let columns = "branch week newly_muted unmuted net";
    insta::assert_snapshot!(shown("v_mutes_weekly", columns), @r"
    clean 2026-11-02 1 1 0
    main 2026-11-02 1 0 1
    main 2026-11-09 0 1 -1
    old 2026-10-26 1 0 1
    ");
    let columns = "branch day newly_muted unmuted muted";
    insta::assert_snapshot!(shown("v_mutes_trend", columns), @r"
    clean 2026-11-03 2 0 2
    clean 2026-11-04 1 1 2
    dev 2026-11-04 2 0 2
    main 2026-11-02 2 0 2
    main 2026-11-04 1 0 3
    main 2026-11-09 0 1 2
    main 2026-11-10 0 1 1
    old 2026-11-01 1 0 1
    old 2026-11-10 0 1 0
    ");
    let columns = "day newly_muted unmuted muted";
    insta::assert_snapshot!(shown("v_mutes_total", columns), @r"
    2026-11-01 1 0 1
    2026-11-02 2 0 3
    2026-11-03 2 0 5
    2026-11-04 4 1 8
    2026-11-09 0 1 7
    2026-11-10 0 2 5
    ");
    let columns = "branch other_branch test_id ticket";
    insta::assert_snapshot!(shown("v_branch_drift", columns), @r"
    clean dev tests/test_shop.py::c -
    clean dev tests/test_shop.py::e SHOP-0000
    clean main tests/test_shop.py::c -
    clean main tests/test_shop.py::e SHOP-0000
    dev clean tests/test_shop.py::b SHOP-1
    dev clean tests/test_shop.py::d -
    dev main tests/test_shop.py::d -
    main clean tests/test_shop.py::b SHOP-1
    ");
    let columns = "ticket tracker url placeholder mutes tests branches";
    insta::assert_snapshot!(shown("v_tickets", columns), @r"
    SHOP-0000 jira - true 1 1 1
    SHOP-1 jira https://example.org/SHOP-1 false 2 1 2
    ");
    let columns = "command subject finished_at";
    insta::assert_snapshot!(shown("v_last_success", columns), @r"
    prune example.org/shop 2026-11-04T23:30:00.000001Z
    scan example.org/shop 2026-11-09T23:30:00.000001Z
    ");
    let columns = "job fire_at state attempt exit_code error";
    insta::assert_snapshot!(shown("v_jobs", columns), @"daily 2026-11-04T23:30:00.000001Z failed 3 5 jira did not answer");
}

/// The first day is of a clock that was ahead of those of the others.
#[test]
fn how_far_a_stream_is_follows_the_order_of_runs_and_the_parts_that_may_still_change() {
    let runs = [
        (1, 20, Outcome::Complete),
        (2, 4, Outcome::Complete),
        (3, 5, Outcome::Failed),
        (4, 6, Outcome::Limited),
    ];
    let runs = runs.map(|(nth, day, outcome)| StreamRun {
        run_id: format!("{day:02}-pull"),
        nth: Some(nth),
        started_at: at(day),
        finished_at: at(day),
        outcome,
        ..pulled()
    });
    let part = |stream: &str, name: &str, day: Option<i64>, aside: Option<&str>| Part {
        stream: stream.to_owned(),
        part: name.to_owned(),
        watermark: day.map(at),
        upper: day.is_none().then(|| at(9)),
        aside: aside.map(str::to_owned),
        ..part()
    };
    let parts = [
        part("issues", "old", Some(2), Some("done")),
        part("issues", "new", Some(4), None),
        part("issues", "newer", Some(5), None),
        part("issues", "new@2026..", None, Some("range")),
    ];
    for place in [Place::sqlite(), Place::postgres(), Place::mariadb()] {
        let mut store = place.with_views(TABLES, &views());
        let mut keep = |parts: &[Part]| {
            let mut transaction = store.begin(REPOSITORY).unwrap();
            transaction
                .upsert(StreamRun::TABLE, &StreamRun::batch(&runs))
                .unwrap();
            transaction
                .upsert(Part::TABLE, &Part::batch(parts))
                .unwrap();
            transaction.commit().unwrap();
            let columns = "outcome last_success_at watermark parts open_parts";
            shown(&*store, "v_source_status", columns)
        };
        let day = |day: i64| at(day).to_string();
        let success = day(4);
        assert_eq!(keep(&parts), format!("limited {success} {} 3 0", day(4)));
        // One that was never read whole makes the whole unknown.
        let never = part("issues", "never", None, None);
        assert_eq!(keep(&[never]), format!("limited {success} - 4 1"));
        let all_done = ["new", "newer", "never"].map(|it| {
            let day = (it != "never").then_some(4);
            part("issues", it, day, Some("done"))
        });
        assert_eq!(keep(&all_done), format!("limited {success} {} 4 0", day(4)));
    }
}

fn every_view_answers_with_all_of_its_columns(place: &Place) {
    let mut store = place.with_views(TABLES, &views());
    tell(&mut *store);
    let mut reader = store.reader().unwrap();
    for view in views() {
        // The types are checked value by value, so there must be some.
        let batch = reader
            .query(&Query::of(view.name.as_str(), view.columns))
            .unwrap();
        assert!(batch.num_rows() > 0, "{}", view.name);
    }
}

#[test]
fn every_view_answers_with_all_of_its_columns_on_sqlite() {
    every_view_answers_with_all_of_its_columns(&Place::sqlite());
}

#[test]
fn every_view_answers_with_all_of_its_columns_on_postgres() {
    every_view_answers_with_all_of_its_columns(&Place::postgres());
}

#[test]
fn every_view_answers_with_all_of_its_columns_on_mariadb() {
    every_view_answers_with_all_of_its_columns(&Place::mariadb());
}

#[test]
fn a_question_about_a_branch_reads_the_mutes_of_that_branch_alone() {
    let place = Place::sqlite();
    let _store = place.with_views(TABLES, &views());
    let connection = rusqlite::Connection::open(place.url()).unwrap();
    for name in ["v_mutes", "v_mutes_current", "v_mutes_changes"] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT * FROM {name} WHERE repository = 'a' AND branch = 'b'"
        );
        let mut statement = connection.prepare(&sql).unwrap();
        let steps = statement
            .query_map([], |row| row.get::<_, String>(3))
            .unwrap();
        let plan = steps.map(Result::unwrap).collect::<Vec<_>>().join("\n");
        assert!(
            plan.contains("SEARCH m USING INDEX") && !plan.contains("SCAN m"),
            "{plan}"
        );
    }
}

#[test]
fn postgres_knows_the_types_and_the_meaning_of_every_column() {
    let database = Database::postgres();
    let mut store = qaduct_stores::open(&database.url(), None).unwrap();
    store.migrate(TABLES, &views()).unwrap();
    for view in views() {
        let sql = format!(
            "SELECT attname || ' ' || CASE format_type(atttypid, atttypmod) \
               WHEN 'bigint' THEN 'int' WHEN 'boolean' THEN 'bool' \
               WHEN 'timestamp with time zone' THEN 'timestamp' \
               ELSE format_type(atttypid, atttypmod) END \
               || ' ' || replace(col_description(attrelid, attnum), E'\\n', ' ') \
             FROM pg_attribute WHERE attrelid = '{}'::regclass ORDER BY attnum",
            view.name
        );
        let line = |column: &qaduct_records::Column| {
            let about: Vec<_> = column.description.trim().lines().map(str::trim).collect();
            format!("{} {} {}", column.name, column.kind.name(), about.join(" "))
        };
        let declared: Vec<_> = view.columns.iter().map(line).collect();
        assert_eq!(database.sql(&sql), declared.join("\n"));
    }
}

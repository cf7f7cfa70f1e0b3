//! What is cleaned up of the ledger, and what stays because a row came from it.

use jiff::{SignedDuration, Timestamp};
use qaduct_pump::{Ledger, Pruned, prune};
use qaduct_records::pull::Request;
use qaduct_records::values::{array_of_values, values_of};
use qaduct_records::{Outcome, Query, RecordBatch, Row, Run, Store, TABLES, Table, Value};

use crate::service::{NOTES, at};
use crate::time::Time;

/// More than one statement takes as values.
const MANY: i64 = 35_000;

fn run(nth: i64) -> Run {
    let started_at = began(nth);
    Run {
        run_id: format!("{:016x}-{:012}", started_at.as_microsecond(), nth),
        command: "pull".to_owned(),
        subject: "made-up".to_owned(),
        started_at,
        finished_at: started_at,
        duration_ms: 0,
        outcome: Outcome::Complete,
        branches: 0,
        branches_changed: 0,
        files_seen: 0,
        test_files: 0,
        blobs_read: 0,
        files_with_problems: 0,
        mutes_found: 0,
        mutes_opened: 0,
        mutes_closed: 0,
        mutes_changed: 0,
        rows_deleted: 0,
        error: None,
        version: "0".to_owned(),
    }
}

/// A run a second.
fn began(nth: i64) -> Timestamp {
    at("00:00") - SignedDuration::from_hours(48) + SignedDuration::from_secs(nth)
}

fn request(nth: i64) -> Request {
    let run = run(nth);
    Request {
        request_id: format!("{}-000001", run.run_id),
        run_id: run.run_id,
        source: "made-up".to_owned(),
        stream: "notes".to_owned(),
        part: String::new(),
        page: 1,
        at: run.started_at,
        method: "GET".to_owned(),
        url: "http://made-up/notes".to_owned(),
        status: 200,
        attempts: 1,
        duration_ms: 0,
        bytes: 0,
        rows: 1,
        resource: None,
        quota_limit: None,
        quota_left: None,
    }
}

/// A row that each of these requests has brought.
fn notes(of: impl Iterator<Item = i64> + Clone) -> RecordBatch {
    let columns = NOTES.columns.iter().map(|column| {
        let value = |nth: i64| match column.name.as_ref() {
            "source" => "made-up".into(),
            "id" => Value::Int(nth),
            "_request_id" => request(nth).request_id.as_str().into(),
            "_first_seen_at" | "_changed_at" => Value::Timestamp(began(nth)),
            _ => Value::Null,
        };
        array_of_values(column.kind, of.clone().map(value))
    });
    RecordBatch::try_new(NOTES.schema(), columns.collect()).unwrap()
}

fn count(store: &dyn Store, table: &Table) -> usize {
    let mut query = Query::of(table.name, table.columns);
    query.columns.truncate(1);
    let rows = store.reader().unwrap().query(&query).unwrap();
    values_of(&rows, &query.columns[0].name).unwrap().len()
}

#[test]
fn what_many_old_runs_have_brought_hinders_no_cleaning() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("qaduct.db");
    let mut store = qaduct_stores::open(path.to_str().unwrap(), None).unwrap();
    let mut tables = TABLES.to_vec();
    tables.push(&NOTES);
    store.migrate(&tables, &[]).unwrap();
    // One run in a hundred has brought nothing that is there.
    let all: Vec<i64> = (0..MANY).collect();
    let runs: Vec<_> = all.iter().map(|it| run(*it)).collect();
    let requests: Vec<_> = all.iter().map(|it| request(*it)).collect();
    let mut transaction = store.begin("test").unwrap();
    transaction.upsert(Run::TABLE, &Run::batch(&runs)).unwrap();
    transaction
        .upsert(Request::TABLE, &Request::batch(&requests))
        .unwrap();
    transaction
        .upsert(&NOTES, &notes((0..MANY).filter(|it| it % 100 > 0)))
        .unwrap();
    transaction.commit().unwrap();

    let now = at("12:00");
    let ledger = Ledger {
        command: "prune",
        subject: String::new(),
        started_at: now,
        version: "0",
        salt: 1,
    };
    let clock = Time(std::sync::Mutex::new(now));
    let cutoff = began(MANY - 1_000);
    let mut prune =
        |dry_run| prune(store.as_mut(), &[&NOTES], cutoff, dry_run, &ledger, &clock).unwrap();
    let expected = Pruned {
        runs: 340,
        requests: 340,
        ..Pruned::default()
    };
    assert_eq!(prune(true), expected);
    assert_eq!(prune(false), expected);
    assert_eq!(prune(false), Pruned::default());
    // The cleanings are runs too.
    let (runs, requests) = (
        count(store.as_ref(), Run::TABLE),
        count(store.as_ref(), Request::TABLE),
    );
    let left = usize::try_from(MANY).unwrap() - 340;
    assert_eq!((runs, requests), (left + 1, left));
}

//! A process that dies in the middle of a transaction.

use std::io::{BufRead as _, BufReader, stdin};
use std::process::{Command, Stdio};

use qaduct_records::Row as _;

use crate::place::Place;
use crate::sample::Sample;

const READY: &str = "rows are written";
const STORE: &str = "CHILD_WRITES_TO";

/// Starts a process that writes without committing, and kills it.
pub(crate) fn writes_and_is_killed(place: &Place) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child::writes_and_waits", "--nocapture"])
        .env(STORE, place.url())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pipe = child.stdin.take().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.contains(READY)));
    child.kill().unwrap();
    child.wait().unwrap();
    drop(pipe);
}

/// Writes to the store that the environment names and waits to be killed; where
/// it names none, a store of its own is written to the end.
#[test]
fn writes_and_waits() {
    let folder = tempfile::tempdir().unwrap();
    let named = std::env::var_os(STORE).map(|url| url.into_string().unwrap());
    let own = folder.path().join("own.db").to_str().unwrap().to_owned();
    let mut store = qaduct_stores::open(named.as_ref().unwrap_or(&own), None).unwrap();
    if named.is_none() {
        store.migrate(&[Sample::TABLE], &[]).unwrap();
    }
    let mut transaction = store.begin("samples").unwrap();
    let rows: Vec<_> = (0..5_000).map(Sample::nth).collect();
    let written = transaction
        .upsert(Sample::TABLE, &Sample::batch(&rows))
        .unwrap();
    assert_eq!(written.inserted, 5_000);
    if named.is_some() {
        println!("{READY}");
        // The pipe stays open until the parent kills this process.
        while stdin().lines().map_while(Result::ok).next().is_some() {}
    }
    transaction.commit().unwrap();
}

//! A process that dies in the middle of a transaction.

use std::io::{BufRead as _, BufReader, Write as _, stdin};
use std::process::{Command, Stdio};

use qaduct_records::Row as _;

use crate::place::Place;
use crate::sample::Sample;

const READY: &str = "rows are written";

/// Starts a process that writes without committing, and kills it.
pub(crate) fn writes_and_is_killed(place: &Place) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "child::writes_and_waits",
            "--nocapture",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    writeln!(pipe, "{}", place.url()).unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.contains(READY)));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
#[ignore = "the process that `writes_and_is_killed` starts; alone it does nothing"]
fn writes_and_waits() {
    let mut lines = stdin().lines().map_while(Result::ok);
    let Some(url) = lines.next() else { return };
    let mut store = qaduct_stores::open(&url, None).unwrap();
    let mut transaction = store.begin("samples").unwrap();
    let rows: Vec<_> = (0..5_000).map(Sample::nth).collect();
    transaction
        .upsert(Sample::TABLE, &Sample::batch(&rows))
        .unwrap();
    println!("{READY}");
    // The pipe stays open until the parent kills this process.
    while lines.next().is_some() {}
    transaction.commit().unwrap();
}

//! Scans that are cut off, and scans that run at once.

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Home;
use crate::repo::Repo;
use crate::rows::Rows;
use crate::server::Process;

/// A repository that takes a while: thousands of mutes on three branches.
fn home() -> Home {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work/repo"));
    for branch in 0..3 {
        for file in 0..120 {
            let tests: String = (0..10)
                .map(|n| {
                    format!(
                        "@pytest.mark.skip(reason=\"reason {n} of {branch}, BIG-{file}{n}\")\n\
                         def test_{n}():\n    pass\n\n\n"
                    )
                })
                .collect();
            repo.file(
                &format!("tests/test_{file}.py"),
                format!("import pytest\n\n\n{tests}"),
            );
        }
        repo.commit("BIG-1: more");
        repo.git(&["branch", &format!("release-{branch}")]);
    }
    home
}

const SCAN: &str = "scan repo --name big --all-branches -qq -f csv --columns test";

fn start(home: &Home, store: &str) -> Child {
    let mut command = home.qaduct(&format!("{SCAN} --store {store}")).command();
    command
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

fn finish(home: &Home, store: &str) -> Duration {
    let begun = Instant::now();
    assert_eq!(start(home, store).wait().unwrap().code(), Some(0));
    begun.elapsed()
}

/// All rows of a sound store.
fn rows(path: &Path) -> String {
    let database = rusqlite::Connection::open(path).unwrap();
    let sound: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
    Rows::of(path).all()
}

fn place(home: &Home, store: &str) -> PathBuf {
    home.path("work").join(store)
}

#[test]
fn a_scan_killed_at_any_moment_leaves_a_store_that_the_next_scan_completes() {
    let home = home();
    let duration = finish(&home, "undisturbed.db");
    let undisturbed = rows(&place(&home, "undisturbed.db"));
    assert!(undisturbed.lines().count() > 3_600);

    // Ten moments of the whole duration, the same in every run.
    let mut random = 20_261_122_u64;
    let mut killed = 0;
    for attempt in 0..10 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let part = (attempt as f64 + (random >> 40) as f64 / (1 << 24) as f64) / 10.0;
        let store = format!("killed-{attempt}.db");
        let mut child = start(&home, &store);
        thread::sleep(duration.mul_f64(part));
        // Fails where it has ended already.
        child.kill().ok();
        killed += usize::from(child.wait().unwrap().signal() == Some(9));
        finish(&home, &store);
        assert!(
            rows(&place(&home, &store)) == undisturbed,
            "killed after {part:.2} of it"
        );
    }
    assert!(killed >= 5, "only {killed} scans were cut off");
}

#[test]
fn scans_at_once_into_one_store_give_the_rows_of_one() {
    let home = home();
    finish(&home, "alone.db");
    let alone = rows(&place(&home, "alone.db"));
    for count in [2, 4] {
        let store = format!("shared-{count}.db");
        let scans: Vec<Child> = (0..count).map(|_| start(&home, &store)).collect();
        for mut scan in scans {
            assert_eq!(scan.wait().unwrap().code(), Some(0));
        }
        assert!(rows(&place(&home, &store)) == alone, "{count} at once");
        let runs = Rows::of(place(&home, &store)).runs(&["outcome"]);
        let complete = runs.lines().filter(|it| *it == "complete").count();
        let unchanged = runs.lines().filter(|it| *it == "unchanged").count();
        assert_eq!((complete, unchanged), (1, count - 1), "{runs}");
    }
}

#[test]
fn a_signal_ends_a_scan_with_its_status_and_nothing_half_done() {
    let home = home();
    finish(&home, "undisturbed.db");
    let undisturbed = rows(&place(&home, "undisturbed.db"));
    for (signal, status) in [("TERM", 143), ("INT", 130)] {
        let store = format!("{signal}.db");
        let run = home.qaduct(&format!(
            "scan repo --name big --all-branches --store {store}"
        ));
        let mut scan = Process::start(run);
        scan.wait_for("started");
        scan.signal(signal);
        assert_eq!(scan.end().code(), Some(status), "{}", scan.said);
        assert!(!scan.said.contains("error"), "{}", scan.said);
        let runs = Rows::of(place(&home, &store)).runs(&["subject", "outcome", "error"]);
        assert_eq!(runs, "subject,outcome,error\nbig,interrupted,\n");
        finish(&home, &store);
        assert!(rows(&place(&home, &store)) == undisturbed);
    }
}

/// A remote that accepts connections and says nothing.
fn silent_remote() -> (std::net::TcpListener, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap();
    (listener, format!("{host}/silent"))
}

/// The processes of git whose command line has this text.
fn gits(text: &str) -> Vec<String> {
    let lines = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = lines.filter_map(|it| std::fs::read(it.path().join("cmdline")).ok());
    lines
        .filter_map(|it| Some(String::from_utf8(it).ok()?.replace('\0', " ")))
        .filter(|it| it.contains(text) && it.contains("git") && !it.contains("qaduct"))
        .collect()
}

fn within_seconds(condition: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if condition() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    false
}

#[test]
fn a_scan_that_is_stopped_leaves_no_git_behind_and_says_so_in_the_ledger() {
    for (scheme, signal, status) in [("http", "TERM", 143), ("git", "INT", 130)] {
        let home = Home::new();
        let (_listener, place) = silent_remote();
        let mut process = Process::start(home.qaduct(&format!("scan {scheme}://{place}")));
        assert!(within_seconds(|| !gits(&place).is_empty()), "{scheme}");
        process.signal(signal);
        assert_eq!(process.end().code(), Some(status), "{}", process.said);
        assert!(!process.said.contains("error"), "{}", process.said);
        assert!(
            within_seconds(|| gits(&place).is_empty()),
            "{:?}",
            gits(&place)
        );
        let runs = Rows::of(self::place(&home, "qaduct.db")).runs(&["outcome"]);
        assert_eq!(runs.lines().skip(1).collect::<Vec<_>>(), ["interrupted"]);
    }
}

//! Pulls that are killed after each page, and while a page is being stored.
//!
//! The server is what knows the moment: the request for the next page is sent when the
//! page before is committed, and then it falls silent. For the moment within, the store
//! itself is slowed down by a trigger that never ends.
//!
//! Some moments stand for all of them; with `QADUCT_CUT_OFF=each` it is after each page.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use qaduct_replay::{Options, Server, World};

use crate::Home;
use crate::stands::{self, differing, dump, run};

/// Moments of a pull at which it is killed, about.
const MOMENTS: u64 = 6;

/// A service of which all streams are pulled.
struct Subject {
    kind: &'static str,
    service: &'static str,
    size: usize,
    settings: &'static str,
}

fn home(server: &Server, subject: &Subject) -> Home {
    let Subject { kind, settings, .. } = subject;
    let url = server.url(subject.service);
    let text = format!(
        "[pull]\ntimeout = \"60s\"\n[source.{kind}]\nkind = \"{kind}\"\nurl = \"{url}\"\n\
         token = {{ env = \"REPLAY_TOKEN\" }}\nrequests_per_minute = 10000000\n{settings}\n"
    );
    Home::new().file("work/qaduct.toml", &text)
}

fn start(home: &Home, store: &str) -> Child {
    let mut command = run(home, &format!("pull -qq --store {store}")).command();
    command
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

fn finish(home: &Home, store: &str) {
    assert_eq!(start(home, store).wait().unwrap().code(), Some(0));
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None);
}

/// Waits, or says what for.
fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        sleep(Duration::from_millis(1));
    }
}

fn stored(database: &rusqlite::Connection) -> i64 {
    let count = "SELECT count(*) FROM requests";
    database.query_row(count, [], |row| row.get(0)).unwrap()
}

/// Kills a pull that has written the next page and not committed it; false where it
/// came to its end because there was none.
fn kill_within_a_page(home: &Home, store: &str, path: &Path) -> bool {
    let database = rusqlite::Connection::open(path).unwrap();
    database.busy_timeout(Duration::ZERO).unwrap();
    let before = stored(&database);
    database
        .execute_batch(
            "CREATE TRIGGER endless AFTER INSERT ON requests BEGIN
               SELECT count(*) FROM (WITH RECURSIVE n(n) AS
                 (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT n FROM n LIMIT 1000000000000);
             END",
        )
        .unwrap();
    let mut child = start(home, store);
    let (mut held, mut ended) = (0, false);
    until("no page is stored", || {
        ended = child.try_wait().unwrap().is_some();
        // Who waits for the lock in vain for so long waits for the trigger.
        let free = database.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_ok();
        held = if free { 0 } else { held + 1 };
        ended || held > 20
    });
    if !ended {
        kill(child);
    }
    assert_eq!(stored(&database), before, "a page was committed");
    database.execute_batch("DROP TRIGGER endless").unwrap();
    !ended
}

#[expect(
    clippy::print_stdout,
    reason = "who runs the test says how thorough it is, and is told what was tried"
)]
fn survives_being_killed_after_each_page(subject: &Subject) {
    let options = Options {
        credentials: vec![stands::TOKEN.to_owned()],
        clock: Some(std::sync::Arc::new(|| stands::NOW.parse().unwrap())),
        page: Some(6),
        ..Options::default()
    };
    let world = World::of(subject.kind, 7, subject.size);
    let server = Server::start(world, options).unwrap();
    let home = home(&server, subject);
    let place = |store: &str| home.path("work").join(store);
    finish(&home, "undisturbed.db");
    let undisturbed = dump(&place("undisturbed.db"));
    let requests = server.counters().requests;
    let pages = stored(&rusqlite::Connection::open(place("undisturbed.db")).unwrap());
    assert!(pages > 7, "{pages} pages in {requests} requests");
    let each = std::env::var_os("QADUCT_CUT_OFF").is_some();
    let step = if each { 1 } else { (requests / MOMENTS).max(1) };
    let (mut committed, mut tried, mut within) = (BTreeSet::new(), 0, 0);
    for nth in (2..=requests).step_by(usize::try_from(step).unwrap()) {
        let store = format!("after-{}.db", nth - 1);
        server.clear_log();
        server.set_faults(&[format!("silent@{nth}").parse().unwrap()]);
        let child = start(&home, &store);
        until("the request does not come", || {
            server.counters().faults == 1
        });
        kill(child);
        server.set_faults(&[]);
        tried += 1;
        committed.insert(stored(&rusqlite::Connection::open(place(&store)).unwrap()));
        within += i64::from(kill_within_a_page(&home, &store, &place(&store)));
        finish(&home, &store);
        let found = dump(&place(&store));
        assert!(
            found == undisturbed,
            "killed before request {nth}: {}",
            differing(&undisturbed, &found)
        );
        std::fs::remove_file(place(&store)).unwrap();
    }
    println!(
        "{}: killed at {tried} of {requests} requests, after {} of {pages} pages, within {within}",
        subject.kind,
        committed.len()
    );
    // After each page, but for the last, behind which nothing is asked.
    let missed: Vec<_> = (1..pages).filter(|it| !committed.contains(it)).collect();
    assert!(!each || missed.is_empty(), "not killed after {missed:?}");
    assert!(
        each || committed.len() * 2 > tried,
        "{} of {tried} kills were after a page of their own",
        committed.len()
    );
    assert!(
        within * 2 > committed.len() as i64,
        "{within} pages were cut off"
    );
}

#[test]
fn a_pull_of_testrail_killed_after_each_page_and_within_is_completed_by_the_next() {
    survives_being_killed_after_each_page(&Subject {
        kind: "testrail",
        service: "testrail",
        size: 12,
        settings: "user = \"qa@example.org\"\nprojects = [\"17\"]\noptions = { edition = \"server\" }",
    });
}

#[test]
fn a_pull_of_bugzilla_killed_after_each_page_and_within_is_completed_by_the_next() {
    survives_being_killed_after_each_page(&Subject {
        kind: "bugzilla",
        service: "bmo",
        size: 60,
        settings: "options = { edition = \"mozilla\" }\n\
            queries = { core = \"product=Core\", fenix = \"product=Fenix\",\
            focus = \"product=Focus\" }",
    });
}

#[test]
fn a_pull_of_jira_killed_after_each_page_and_within_is_completed_by_the_next() {
    survives_being_killed_after_each_page(&Subject {
        kind: "jira",
        service: "jira",
        size: 12,
        settings: "user = \"qa@example.org\"\noptions = { edition = \"cloud\" }",
    });
}

#[test]
fn a_pull_of_github_killed_after_each_page_and_within_is_completed_by_the_next() {
    survives_being_killed_after_each_page(&Subject {
        kind: "github",
        service: "github",
        size: 12,
        settings: "projects = [\"mozilla-mobile/firefox-ios\"]",
    });
}

#[test]
fn a_pull_of_sentry_killed_after_each_page_and_within_is_completed_by_the_next() {
    survives_being_killed_after_each_page(&Subject {
        kind: "sentry",
        service: "sentry",
        size: 60,
        settings: stands::SENTRY,
    });
}

#[test]
fn a_pull_of_bitrise_killed_after_each_page_and_within_is_completed_by_the_next() {
    survives_being_killed_after_each_page(&Subject {
        kind: "bitrise",
        service: "bitrise",
        size: 150,
        settings: "projects = [\"firefox-ios\"]\noptions = { test_results = \"true\" }",
    });
}

#[test]
fn a_pull_of_confluence_killed_after_each_page_and_within_is_completed_by_the_next() {
    survives_being_killed_after_each_page(&Subject {
        kind: "confluence",
        service: "confluence",
        size: 60,
        settings: "user = \"qa@example.org\"\nprojects = [\"MTE\"]",
    });
}

#[test]
fn a_pull_of_a_confluence_data_center_killed_after_each_page_and_within_is_completed_by_the_next() {
    survives_being_killed_after_each_page(&Subject {
        kind: "confluence",
        service: "confluence-dc",
        size: 60,
        settings: "projects = [\"MTE\"]\noptions = { edition = \"datacenter\" }",
    });
}

#[test]
fn a_pull_of_looker_killed_after_each_page_and_within_is_completed_by_the_next() {
    survives_being_killed_after_each_page(&Subject {
        kind: "looker",
        service: "looker",
        size: 40,
        settings: "user = \"qa\"\noptions = { results = \"2800, folder:1946\" }",
    });
}

#[test]
fn a_pull_of_taskcluster_killed_after_each_page_and_within_is_completed_by_the_next() {
    survives_being_killed_after_each_page(&Subject {
        kind: "taskcluster",
        service: "taskcluster",
        size: 12,
        settings: "user = \"qa\"\noptions = { artifacts = \"true\" }\n\
            projects = [\"gecko.v2.mozilla-central.nightly.*\"]",
    });
}

//! What went wrong with every service: failures that were successes, tables that were empty for a
//! while, and people in logs.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use qaduct_records::values::values_of;
use qaduct_records::{Filter, Query, Test, Value};
use serde_json::json;

use super::{Scene, bugzilla, github, jira, testrail};
use crate::database_server::Database;

/// All services, each with a record and what it needs to be read.
fn everything() -> Scene {
    let scene = Scene::new(&[], "");
    let more = [jira::SETTINGS, &github::source(&scene)].concat();
    scene.configure(&["testrail", "bmo", "jira"], &more);
    testrail::fill(&scene);
    jira::fill(&scene);
    let cases = (1..=3).map(|id| testrail::case(id, 1, json!({})));
    scene.put("testrail.cases", cases);
    scene.put("jira.issues", (1..=3).map(|id| jira::issue(id, json!({}))));
    let bugs = (1..=3).map(|id| bugzilla::bug(id, "2026-10-01T10:00:00Z", json!({})));
    scene.put("bugzilla.bugs", bugs);
    scene.put(
        "github.issues",
        (1..=3).map(|it| github::issue(it, "guest")),
    );
    scene
}

/// The cases of TestRail are read suite by suite.
const STREAMS: &str =
    "testrail.projects testrail.suites testrail.cases jira.issues bmo.bugs github.issues";

/// Source, stream, table, and what the address of a page holds.
const LISTS: [(&str, &str, &str, &str); 4] = [
    ("testrail", "cases", "testrail_cases", "get_cases"),
    ("jira", "issues", "jira_issues", "search/jql"),
    ("bmo", "bugs", "bugzilla_bugs", "rest/bug?"),
    ("github", "issues", "github_issues", "/issues?"),
];

/// The old pump printed an error, or not even that, and ended with success.
#[test]
fn a_failure_of_any_service_has_a_status_of_its_own_and_is_never_called_a_success() {
    let scene = everything();
    scene.pull(STREAMS, 0);
    scene.at("2026-11-22T07:00:00Z");
    for (source, stream, table, page) in LISTS {
        for (fault, status) in [("500", 5), ("html", 5), ("cut", 5), ("403", 4), ("401", 4)] {
            scene.faults(&[&format!("{fault}@{page}:1!")]);
            // What cases hang on is read with them, and was.
            let status = if stream == "cases" { 3 } else { status };
            let told = scene.pull(&format!("{source}.{stream} --full"), status);
            assert!(told.stderr.contains("error[QP"), "{source} {fault}: {told}");
            let outcome = format!(
                "SELECT outcome FROM runs WHERE subject = '{source}' ORDER BY finished_at DESC, rowid DESC LIMIT 1"
            );
            let outcome = scene.rows(&outcome);
            assert!(
                matches!(outcome[0].as_str(), "failed" | "incomplete"),
                "{source} {fault}: {outcome:?}"
            );
        }
        assert_eq!(
            scene.rows(&format!(
                "SELECT finished_at FROM v_last_success WHERE subject = '{source}'"
            )),
            ["2026-11-21T07:00:00.000000Z"]
        );
        assert_eq!(
            scene.rows(&format!("SELECT count(*), count(_gone_at) FROM {table}")),
            ["3 | 0"],
            "{table}"
        );
    }
}

/// The old pump went on with the next report and said in the end what became of the last.
#[test]
fn one_service_that_fails_fails_the_pull_and_the_others_are_read() {
    let scene = everything();
    scene.faults(&["500@jira:1!"]);
    let told = scene.pull(STREAMS, 3);
    assert!(told.stderr.contains("jira"), "{told}");
    for (source, _, table, _) in LISTS {
        let rows = if source == "jira" { "0" } else { "3" };
        assert_eq!(
            scene.rows(&format!("SELECT count(*) FROM {table}")),
            [rows],
            "{table}"
        );
    }
}

/// The old pump deleted, committed, and then began to fetch: a failure left nothing.
#[test]
fn a_pull_that_fails_half_way_leaves_everything_that_was_there() {
    let scene = everything();
    let cases = (1..=600).map(|id| testrail::case(id, 1, json!({})));
    scene.put("testrail.cases", cases);
    scene.pull("", 0);
    scene.at("2026-11-22T07:00:00Z");
    for page in 1..=3 {
        scene.faults(&[&format!("500@get_cases:{page}!")]);
        // What cases hang on was read.
        scene.pull("testrail.cases --full", 3);
        assert_eq!(
            scene.rows("SELECT count(*), count(_gone_at) FROM testrail_cases"),
            ["600 | 0"],
            "page {page}"
        );
    }
}

/// Whoever looked at the old database while a report was written saw an empty table.
#[test]
fn who_reads_while_everything_is_read_anew_sees_every_row_at_every_moment() {
    let database = Database::postgres();
    let scene = everything();
    let cases = |word: &str| {
        let cases = (1..=1_200).map(|id| testrail::case(id, 1, json!({ "title": word })));
        scene.put("testrail.cases", cases);
    };
    let sqlite = scene.store().to_str().unwrap().to_owned();
    for url in [sqlite.as_str(), database.url().as_str()] {
        cases("before");
        scene.at("2026-11-21T07:00:00Z");
        scene.pull(&format!("testrail --store {url}"), 0);
        cases("after");
        scene.at("2026-11-22T07:00:00Z");
        let ended = AtomicBool::new(false);
        let seen = thread::scope(|scope| {
            let reader = scope.spawn(|| look(url, &ended));
            scene.pull(&format!("testrail --full --store {url}"), 0);
            ended.store(true, Ordering::SeqCst);
            reader.join().unwrap()
        });
        assert!(seen.len() > 3, "nobody looked: {seen:?}");
        assert_eq!(seen.first(), Some(&(1_200, 0)));
        assert_eq!(seen.last(), Some(&(1_200, 1_200)));
        assert!(seen.iter().all(|(rows, _)| *rows == 1_200), "{seen:?}");
        // Each of the five pages is there as a whole or not at all.
        let states: BTreeSet<_> = seen.iter().map(|(_, new)| new).collect();
        assert!(states.len() <= 6, "{states:?}");
    }
}

/// Looks again and again, and once more at the end: how many cases that are not gone there are, and
/// how many of them are new.
fn look(url: &str, ended: &AtomicBool) -> Vec<(usize, usize)> {
    let store = qaduct_stores::open(url, None).unwrap();
    let tables = qaduct_sources::tables();
    let table = tables
        .iter()
        .find(|it| it.name == "testrail_cases")
        .unwrap();
    let mut query = Query::of(table.name, table.columns);
    query.filters.push(Filter {
        column: "_gone_at".to_owned(),
        test: Test::Missing,
    });
    query.columns.retain(|it| it.name == "title");
    let mut reader = store.reader().unwrap();
    let mut seen = Vec::new();
    loop {
        let last = ended.load(Ordering::SeqCst);
        let rows = values_of(&reader.query(&query).unwrap(), "title").unwrap();
        let new = rows.iter().filter(|it| **it == Value::from("after"));
        seen.push((rows.len(), new.count()));
        if last {
            return seen;
        }
    }
}

/// The old pump printed what it read: names, addresses, and the text of bugs that are not public.
#[test]
fn no_log_has_a_person_or_the_text_of_a_record() {
    const PERSON: &str = "Grace-Planted";
    const ADDRESS: &str = "grace.planted@example.org";
    const TEXT: &str = "heap overflow in the planted parser";
    let scene = everything();
    let mut user = testrail::user(2);
    user["name"] = PERSON.into();
    user["email"] = ADDRESS.into();
    scene.put("testrail.users", [user]);
    scene.put(
        "testrail.cases",
        [testrail::case(
            9,
            1,
            json!({ "title": TEXT, "estimate": TEXT }),
        )],
    );
    let person = json!({ "accountId": "2", "displayName": PERSON, "emailAddress": ADDRESS });
    let fields = json!({ "summary": TEXT, "assignee": person, "updated": TEXT, "description": 7 });
    scene.put("jira.issues", [jira::issue(9, fields)]);
    let fields = json!({
        "summary": TEXT, "creator": ADDRESS, "groups": ["mozilla-employee-confidential"],
        "creation_time": TEXT, "votes": TEXT,
        "flags": [{ "id": 1, "name": "qe-verify", "status": "+", "setter": ADDRESS }],
    });
    scene.put(
        "bugzilla.bugs",
        [bugzilla::bug(9, "2026-10-01T10:00:00Z", fields)],
    );
    let mut issue = github::issue(9, PERSON);
    issue["title"] = TEXT.into();
    issue["closed_at"] = TEXT.into();
    scene.put("github.issues", [issue]);
    let silent = |printed: &crate::home::Outcome| {
        let all = printed.to_string();
        for planted in [PERSON, ADDRESS, TEXT] {
            assert!(!all.contains(planted), "{planted}: {all}");
        }
    };
    let streams = format!("{STREAMS} testrail.users");
    silent(&scene.pull(&format!("-vv --progress plain {streams}"), 0));
    silent(&scene.run("status -vv"));
    assert_ne!(
        scene.rows("SELECT count(*) FROM row_problems"),
        ["0"],
        "what does not fit is told, in the database"
    );
    assert_eq!(
        scene.rows("SELECT summary FROM bugzilla_bugs WHERE bug_id = 9"),
        [TEXT]
    );
    scene.at("2026-11-22T07:00:00Z");
    for fault in ["500", "403", "cut", "html"] {
        let faults = LISTS.map(|(_, _, _, page)| format!("{fault}@{page}:1!"));
        scene.faults(&faults.each_ref().map(String::as_str));
        let printed = scene.run(&format!("pull -vv --progress plain --full {streams}"));
        assert_ne!(printed.status, Some(0), "{printed}");
        silent(&printed);
    }
}

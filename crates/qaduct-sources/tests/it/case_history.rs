//! The history of TestRail's cases: a call for each case, and only where it is asked for.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use qaduct_records::source::Source;
use qaduct_replay::{Server, World};

use crate::reader::{assert_no_secret, open, read, read_some, reading, serve, setup, stream};
use crate::shelf::{Shelf, assert_same};

/// A source that reads the history of cases too.
fn with_history(server: &Server, service: &str) -> Box<dyn Source> {
    let mut settings = setup(server, "testrail", service);
    let on = ("case_history".to_owned(), "true".to_owned());
    settings.options.extend([on]);
    open(settings)
}

/// The changes that the world has of cases that are there.
fn known_changes(server: &Server) -> BTreeSet<String> {
    let world = server.world();
    let cases = world.ids("testrail.cases");
    let of_case = |it: &serde_json::Value| cases.contains(&it["_case"].to_string());
    world.ids_where("testrail.case_history", of_case)
}

fn read_changes(shelf: &Shelf) -> BTreeSet<String> {
    let rows = shelf.rows("testrail_case_history").into_iter();
    rows.map(|it| it["change_id"].to_string()).collect()
}

#[test]
fn the_history_of_cases_is_read_where_it_is_asked_for() {
    let server = serve(World::of("testrail", 7, 4_000), &[]);
    let now = server.world().now();
    let mut plain = open(setup(&server, "testrail", "testrail"));
    let stream = stream(plain.as_ref(), "case_history");
    assert_eq!(plain.scopes(stream).unwrap(), []);
    for service in ["testrail", "testrail-old"] {
        let mut source = with_history(&server, service);
        let shelf = read_some(source.as_mut(), now, &["case_history"]);
        assert_eq!(read_changes(&shelf), known_changes(&server), "{service}");
        assert_eq!(shelf.problems, []);
        assert_no_secret(&shelf, &server);
        let rows = shelf.rows("testrail_case_history");
        let title = rows
            .iter()
            .find(|it| it.get("field") == Some(&"title".into()));
        let title = title.unwrap();
        assert_eq!(title["old_value"], "\"Old title 🦊\"".into());
        assert_eq!(title["old_text"], "Old title 🦊".into());
        let extra: serde_json::Value = serde_json::from_str(&title["_extra"].to_string()).unwrap();
        assert_eq!(extra, serde_json::json!({ "options": [] }));
        assert!(rows.iter().any(|it| !it.contains_key("field")));
    }
}

#[test]
fn of_cases_that_changed_the_history_is_read_again_and_goes_on_from_each_of_its_positions() {
    let server = serve(World::of("testrail", 7, 300), &[]);
    let mut source = with_history(&server, "testrail");
    let source = source.as_mut();
    let stream = stream(source, "case_history");
    let now = server.world().now();
    let mut shelf = Shelf::default();
    for scope in source.scopes(stream).unwrap() {
        let reading = reading(scope, None, now);
        let mut all = Shelf::default();
        let positions = read(source, stream, &reading, &mut all).unwrap();
        for (n, position) in positions.iter().enumerate().step_by(7) {
            let Some(position) = position else { continue };
            let mut later = reading.clone();
            later.position = Some(position.clone());
            let mut rest = Shelf::default();
            let pages = read(source, stream, &later, &mut rest).unwrap();
            assert_eq!(pages.len(), positions.len() - n - 1);
            let mut pages = source.read(stream, &reading).unwrap();
            for _ in 0..=n {
                rest.keep(stream.table, &pages.next().unwrap().unwrap());
            }
            assert_same(&all, &rest, &format!("from page {n}"));
        }
        read(source, stream, &reading, &mut shelf).unwrap();
    }
    let lower = now - SignedDuration::from_secs(60);
    let before = server.counters().requests;
    server.world().advance(1);
    let now = server.world().now();
    for scope in source.scopes(stream).unwrap() {
        read(
            source,
            stream,
            &reading(scope, Some(lower), now),
            &mut shelf,
        )
        .unwrap();
    }
    let missing: Vec<_> = known_changes(&server)
        .difference(&read_changes(&shelf))
        .cloned()
        .collect();
    assert_eq!(missing, [""; 0]);
    assert!(
        server.counters().requests - before < 60,
        "not all cases again"
    );
}

#[test]
fn a_case_that_goes_before_its_history_is_read_is_a_problem_and_no_failure() {
    // It goes when its page was served.
    let server = serve(World::of("testrail", 7, 300), &["drop@get_cases:1"]);
    let now = server.world().now();
    let mut source = with_history(&server, "testrail");
    let shelf = read_some(source.as_mut(), now, &["case_history"]);
    assert_eq!(
        known_changes(&server)
            .difference(&read_changes(&shelf))
            .count(),
        0
    );
    let [problem] = shelf.problems.as_slice() else {
        panic!("{:?}", shelf.problems);
    };
    assert!(problem.key.starts_with("case_id="), "{problem:?}");
    assert!(
        problem.problem.contains("has no history of it"),
        "{problem:?}"
    );
}

//! What is asked for: streams with those that they need, and queries that are removed.

use qaduct_records::pull::{Member, Part, Problem};
use qaduct_records::source::Failure;
use qaduct_records::{Outcome, Row};

use crate::service::{ISSUES, Item, RESULTS, RUNS, Service, at};
use crate::world::World;

fn shelves() -> Service {
    let mut service = Service::at("12:00");
    let runs = vec![Item::new(1, "a", "10:00"), Item::new(2, "b", "10:00")];
    service.items.insert("runs", runs);
    service.scopes.insert("runs", vec!["a", "b"]);
    let results = vec![
        Item::new(11, "id=1", "10:00"),
        Item::new(21, "id=2", "10:00"),
    ];
    service.items.insert("results", results);
    service
}

fn queries() -> Service {
    let mut service = Service::at("12:00");
    let issues = vec![
        Item::new(1, "one+two", "10:00"),
        Item::new(2, "one", "10:00"),
        Item::new(3, "two", "10:00"),
    ];
    service.items.insert("issues", issues);
    service.scopes.insert("issues", vec!["one", "two"]);
    service
}

/// The last column of each row: how it is gone.
fn how(rows: &[String]) -> Vec<&str> {
    rows.iter()
        .map(|it| it.rsplit(' ').next().unwrap())
        .collect()
}

#[test]
fn a_stream_is_read_with_those_whose_rows_are_its_parts() {
    let (mut world, mut service) = (World::new(), shelves());
    world.wanted.streams = vec!["results".to_owned()];
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Complete);
    assert_eq!(pulled.needed, ["runs"]);
    assert_eq!(world.rows(&RUNS).len(), 2);
    assert_eq!(world.rows(&RESULTS).len(), 2);
    world.wanted.streams = vec!["runs".to_owned()];
    assert_eq!(world.pull(&mut service).needed, [""; 0]);
}

#[test]
fn a_stream_whose_parent_was_never_read_to_its_end_is_no_success() {
    let (mut world, mut service) = (World::new(), shelves());
    service.fail_at = Some((1, Failure::Answer));
    service.scopes.insert("runs", vec!["a"]);
    let pulled = world.pull(&mut service);
    let results = pulled.streams.iter().find(|it| it.stream == "results");
    let results = results.unwrap();
    assert_eq!(results.outcome, Outcome::Failed);
    assert_eq!(
        results.error.as_deref(),
        Some("made-up.results: its parts are rows of `runs`, which was never read to its end")
    );
    service.fail_at = None;
    world.pull(&mut service);
    service.now = at("13:00");
    service.fail_at = Some((1, Failure::Answer));
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.streams[1].error, None, "it was read once");
}

#[test]
fn parts_of_parents_that_are_not_asked_for_are_not_read() {
    let (mut world, mut service) = (World::new(), shelves());
    world.pull(&mut service);
    service.scopes.insert("runs", vec!["b"]);
    world.wanted.narrowed = true;
    world.wanted.full = true;
    world.pull(&mut service);
    let asked = service.asked.borrow();
    assert!(
        asked.iter().any(|it| it.starts_with("results id=2")),
        "{asked:?}"
    );
    assert!(
        !asked.iter().any(|it| it.starts_with("results id=1")),
        "{asked:?}"
    );
    assert_eq!(
        how(&world.rows(&RUNS)),
        ["-", "-"],
        "a narrow pull ends nothing"
    );
}

#[test]
fn a_query_that_is_removed_leaves_the_reports_and_its_rows_are_not_called_deleted() {
    let (mut world, mut service) = (World::new(), queries());
    world.pull(&mut service);
    service.now = at("13:00");
    service.scopes.insert("issues", vec!["two"]);
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.streams[2].rows_gone, 1);
    assert_eq!(how(&world.rows(&ISSUES)), ["-", "unasked", "-"]);
    assert_eq!(
        world.rows(Member::TABLE),
        [
            "issues | one | 1 | 12:00 | 13:00 | 12:00",
            "issues | one | 2 | 12:00 | 13:00 | 12:00",
            "issues | two | 1 | 12:00 | - | 12:00",
            "issues | two | 3 | 12:00 | - | 12:00"
        ]
    );
    let parts = world.rows(Part::TABLE);
    assert!(
        !parts.iter().any(|it| it.starts_with("issues | one")),
        "{parts:?}"
    );

    // Asked for again, it is read from the start.
    service.now = at("14:00");
    service.scopes.insert("issues", vec!["one", "two"]);
    world.pull(&mut service);
    assert_eq!(how(&world.rows(&ISSUES)), ["-", "-", "-"]);
}

#[test]
fn a_source_that_lists_nothing_to_divide_it_by_takes_no_part_away() {
    let (mut world, mut service) = (World::new(), shelves());
    world.pull(&mut service);
    service.now = at("13:00");
    service.scopes.insert("runs", Vec::new());
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Incomplete);
    assert_eq!(
        pulled.streams[0].error.as_deref(),
        Some("made-up.runs: the service lists nothing to divide it by: what is stored stays")
    );
    assert_eq!(how(&world.rows(&RUNS)), ["-", "-"]);
    assert_eq!(how(&world.rows(&RESULTS)), ["-", "-"]);

    // While another stream is asked for something, the settings ask for nothing of this one.
    let mut asked = queries();
    service.items.extend(std::mem::take(&mut asked.items));
    service.scopes.insert("issues", vec!["one", "two"]);
    world.pull(&mut service);
    assert_eq!(how(&world.rows(&RUNS)), ["unasked", "unasked"]);
}

#[test]
fn a_query_is_not_ended_before_all_others_were_read() {
    let (mut world, mut service) = (World::new(), queries());
    world.pull(&mut service);
    service.scopes.insert("issues", vec!["two", "uno"]);
    service.items.get_mut("issues").unwrap()[1]
        .part
        .push("uno".to_owned());
    service.refused = Some("uno".to_owned());
    world.pull(&mut service);
    assert_eq!(how(&world.rows(&ISSUES)), ["-", "-", "-"]);
    service.refused = None;
    world.pull(&mut service);
    assert_eq!(
        how(&world.rows(&ISSUES)),
        ["-", "-", "-"],
        "it has another name now"
    );
    let members = world.rows(Member::TABLE);
    assert!(
        !members
            .iter()
            .any(|it| it.starts_with("issues | one") && it.ends_with('-'))
    );
}

#[test]
fn problems_of_what_stands_inside_a_record_go_when_they_are_mended() {
    let (mut world, mut service) = (World::new(), shelves());
    let run = &mut service.items.get_mut("runs").unwrap()[0];
    run.labels = vec!["?red", "?blue"];
    world.pull(&mut service);
    assert_eq!(
        world.rows(Problem::TABLE),
        [
            "t_labels | 1,?blue | label | odd | {}",
            "t_labels | 1,?red | label | odd | {}"
        ]
    );
    let run = &mut service.items.get_mut("runs").unwrap()[0];
    run.labels = vec!["?blue"];
    run.updated = at("12:10");
    service.now = at("12:30");
    world.pull(&mut service);
    assert_eq!(
        world.rows(Problem::TABLE),
        ["t_labels | 1,?blue | label | odd | {}"]
    );

    service.tolerant = true;
    service.items.get_mut("runs").unwrap()[0].updated = at("12:40");
    service.now = at("13:00");
    world.pull(&mut service);
    assert_eq!(world.rows(Problem::TABLE), [""; 0]);
}

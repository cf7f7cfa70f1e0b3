//! Parts: what fails alone, and what follows its parent.

use std::cell::RefCell;

use qaduct_records::pull::Part;
use qaduct_records::source::Failure;
use qaduct_records::{Outcome, Row, Run};

use crate::service::{Item, RESULTS, RUNS, Service, at};
use crate::world::World;

fn with_results() -> Service {
    let mut service = Service::at("12:00");
    let mut open = Item::new(2, "a", "10:00");
    open.done = false;
    service
        .items
        .insert("runs", vec![Item::new(1, "a", "10:00"), open]);
    service.scopes.insert("runs", vec!["a"]);
    let results = vec![
        Item::new(11, "id=1", "10:00"),
        Item::new(21, "id=2", "10:00"),
    ];
    service.items.insert("results", results);
    service
}

fn asked(service: &Service, what: &str) -> usize {
    service
        .asked
        .borrow()
        .iter()
        .filter(|it| it.starts_with(what))
        .count()
}

#[test]
fn children_of_an_open_parent_are_read_each_time_and_once_more_when_it_is_final() {
    let (mut world, mut service) = (World::new(), with_results());
    world.pull(&mut service);
    assert_eq!(world.rows(&RESULTS).len(), 2);

    service.now = at("12:30");
    service
        .items
        .get_mut("results")
        .unwrap()
        .push(Item::new(22, "id=2", "12:10"));
    world.pull(&mut service);
    assert_eq!(asked(&service, "results id=1"), 0);
    assert_eq!(world.rows(&RESULTS).len(), 3);

    service.now = at("13:00");
    service.items.get_mut("runs").unwrap()[1].done = true;
    service
        .items
        .get_mut("results")
        .unwrap()
        .push(Item::new(23, "id=2", "12:50"));
    world.pull(&mut service);
    assert_eq!(
        world.rows(&RESULTS).len(),
        4,
        "the last results are not lost"
    );

    service.now = at("13:30");
    world.pull(&mut service);
    assert_eq!(asked(&service, "results"), 0);
}

#[test]
fn a_part_that_is_refused_fails_alone_and_the_run_is_incomplete() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    service.items.insert(
        "runs",
        vec![Item::new(1, "a", "10:00"), Item::new(2, "b", "10:00")],
    );
    service.scopes.insert("runs", vec!["a", "b"]);
    service.refused = Some("shelf=a".to_owned());
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Incomplete);
    assert_eq!(pulled.run.error.as_deref(), Some("shelf=a: not for you"));
    assert_eq!(world.rows(&RUNS).len(), 1);

    // It is given back: nothing was passed over.
    service.refused = None;
    service.now = at("13:00");
    world.pull(&mut service);
    assert_eq!(world.rows(&RUNS).len(), 2);
}

#[test]
fn a_service_that_fails_ends_the_pull_and_what_was_not_reached_is_named() {
    let (mut world, mut service) = (World::new(), with_results());
    service.fail_at = Some((1, Failure::Credential));
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Failed);
    assert_eq!(pulled.unreached, ["results", "issues", "notes"]);
    assert!(
        pulled
            .run
            .error
            .unwrap()
            .contains("not asked for: results, issues, notes")
    );
}

#[test]
fn a_stream_that_there_is_not_is_an_error_that_names_those_there_are() {
    let (mut world, mut service) = (World::new(), with_results());
    world.wanted.streams = vec!["reslts".to_owned()];
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Failed);
    assert_eq!(
        pulled.errors[0].hint.as_deref(),
        Some("streams are runs, results, issues, notes")
    );
}

#[test]
fn a_run_that_was_killed_is_still_called_running_and_no_success() {
    let (mut world, mut service) = (World::new(), with_results());
    let pulled = world.try_pull(&mut service, 2).unwrap();
    assert_eq!(
        pulled.run.outcome,
        Outcome::Incomplete,
        "it was stopped, not killed"
    );
    assert!(world.rows(Run::TABLE)[0].contains("incomplete"));
}

#[test]
fn two_pulls_of_one_part_at_a_time_do_not_overwrite_each_other() {
    let shelf = || {
        let mut service = Service::at("12:00");
        let items = (1..=5).map(|id| Item::new(id, "a", "10:00"));
        service.items.insert("runs", items.collect());
        service.scopes.insert("runs", vec!["a"]);
        service
    };
    let (mut world, mut service) = (World::new(), shelf());
    let mut other = world.beside();
    service.meanwhile = RefCell::new(Some(Box::new(move || {
        other.pull(&mut shelf());
    })));
    let error = world.try_pull(&mut service, u64::MAX).unwrap_err();
    assert_eq!(
        error.to_string(),
        "made-up.runs (shelf=a) is being pulled by another process at the same time"
    );
    assert_eq!(
        world.rows(&RUNS).len(),
        5,
        "what the other one stored stands"
    );
    let stored = world.rows(Part::TABLE);
    assert!(
        stored
            .iter()
            .any(|it| it.contains("runs | shelf=a | 12:00 | - | - | -")),
        "{stored:?}"
    );
}

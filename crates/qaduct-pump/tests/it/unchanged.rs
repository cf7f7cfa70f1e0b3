//! Parts of which the source says that nothing has changed.

use qaduct_records::pull::{Part, Request};
use qaduct_records::source::Failure;
use qaduct_records::{Outcome, Row};

use crate::service::{Item, NOTES, Service, at};
use crate::world::World;

fn with_notes() -> (World, Service) {
    let mut service = Service::at("12:00");
    let notes = (1..=4).map(|id| Item::new(id, "", "10:00"));
    service.items.insert("notes", notes.collect());
    service.tags = true;
    (World::new(), service)
}

fn asked(service: &Service) -> Vec<String> {
    service.asked.borrow().clone()
}

#[test]
fn what_is_unchanged_is_asked_once_and_nothing_of_it_is_gone() {
    let (mut world, mut service) = with_notes();
    world.pull(&mut service);
    let before = world.rows(&NOTES);
    service.now = at("12:30");
    let pulled = world.pull(&mut service);
    assert_eq!(asked(&service), ["notes  0 unless"]);
    assert_eq!(world.rows(&NOTES), before);
    assert_eq!(pulled.run.outcome, Outcome::Unchanged);
    assert_eq!(world.rows(Request::TABLE).len(), 3, "the question is kept");
    // What was read whole is as old as the word that it is the same.
    assert!(world.rows(Part::TABLE)[0].contains("12:30"));
}

#[test]
fn what_has_changed_is_read_whole_and_so_is_what_comes_after() {
    let (mut world, mut service) = with_notes();
    world.pull(&mut service);
    service.items.get_mut("notes").unwrap().remove(0);
    service.now = at("12:30");
    world.pull(&mut service);
    assert_eq!(asked(&service), ["notes  0 unless", "notes  2"]);
    assert!(world.rows(&NOTES)[0].contains("deleted"));
    service.now = at("13:00");
    world.pull(&mut service);
    assert_eq!(asked(&service), ["notes  0 unless"]);
    assert!(world.rows(&NOTES)[0].contains("12:30 | deleted"));
}

#[test]
fn who_wants_all_of_it_gets_it() {
    let (mut world, mut service) = with_notes();
    world.pull(&mut service);
    world.wanted.full = true;
    world.pull(&mut service);
    assert_eq!(asked(&service), ["notes  0", "notes  2"]);
    world.wanted.full = false;
    world.wanted.from = Some(at("09:00"));
    world.pull(&mut service);
    assert_eq!(asked(&service), ["notes  0", "notes  2"]);
}

#[test]
fn a_reading_that_was_cut_short_is_gone_on_with_before_anything_is_unchanged() {
    let (mut world, mut service) = with_notes();
    service.fail_at = Some((2, Failure::Unavailable));
    world.pull(&mut service);
    service.fail_at = None;
    world.pull(&mut service);
    assert_eq!(asked(&service), ["notes  2"]);
    world.pull(&mut service);
    assert_eq!(asked(&service), ["notes  0 unless"]);
    assert_eq!(world.rows(&NOTES).len(), 4);
}

#[test]
fn a_reading_that_lacks_something_is_made_again_whole() {
    let (mut world, mut service) = with_notes();
    service.lacks = Some(2);
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Incomplete);
    service.lacks = None;
    world.pull(&mut service);
    assert_eq!(asked(&service), ["notes  0", "notes  2"]);
}

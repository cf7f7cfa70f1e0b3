//! Pages, positions and cursors.

use qaduct_records::pull::{Part, Request, Seen};
use qaduct_records::source::Failure;
use qaduct_records::{Outcome, Row};

use crate::service::{ISSUES, Item, NOTES, RUNS, Service, at};
use crate::world::World;

fn shelf_of(items: impl IntoIterator<Item = i64>) -> Service {
    let mut service = Service::at("12:00");
    let items = items.into_iter().map(|id| Item::new(id, "a", "10:00"));
    service.items.insert("runs", items.collect());
    service.scopes.insert("runs", vec!["a"]);
    service
}

#[test]
fn every_row_is_stored_with_the_request_that_brought_it() {
    let (mut world, mut service) = (World::new(), shelf_of(1..=5));
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Complete);
    assert_eq!(world.rows(&RUNS).len(), 5);
    assert_eq!(
        world.rows(&RUNS)[0],
        "1 | a | item 1 | true | 10:00 | - | - | -"
    );
    let requests = world.rows(Request::TABLE);
    let of_runs = requests.iter().filter(|it| it.contains("| runs |"));
    assert_eq!(of_runs.count(), 3);
    let run = &pulled.streams[0];
    assert_eq!((run.rows_read, run.rows_inserted, run.requests), (5, 5, 3));
}

#[test]
fn a_second_pull_reads_from_the_watermark_and_changes_nothing() {
    let (mut world, mut service) = (World::new(), shelf_of(1..=5));
    world.pull(&mut service);
    let rows = world.rows(&RUNS);
    service.now = at("12:30");
    let pulled = world.pull(&mut service);
    assert_eq!(service.asked.borrow()[0], "runs shelf=a 0 from 11:59");
    assert_eq!(pulled.run.outcome, Outcome::Unchanged);
    assert_eq!(world.rows(&RUNS), rows);
}

#[test]
fn a_change_comes_with_the_cursor() {
    let (mut world, mut service) = (World::new(), shelf_of(1..=5));
    world.pull(&mut service);
    service.now = at("12:30");
    let item = &mut service.items.get_mut("runs").unwrap()[3];
    item.name = "renamed".to_owned();
    item.updated = at("12:10");
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.streams[0].rows_updated, 1);
    assert!(world.rows(&RUNS)[3].contains("renamed"));
}

#[test]
fn a_service_whose_clock_is_behind_loses_no_change() {
    let (mut world, mut service) = (World::new(), shelf_of(1..=2));
    service.behind = 600;
    world.pull(&mut service);
    // By the clock of the service this is after the first pull.
    service.items.get_mut("runs").unwrap()[0].updated = at("11:52");
    service.items.get_mut("runs").unwrap()[0].name = "late".to_owned();
    service.now = at("12:30");
    world.pull(&mut service);
    assert!(
        world.rows(&RUNS)[0].contains("late"),
        "{:?}",
        world.rows(&RUNS)
    );
}

#[test]
fn a_pull_that_is_stopped_after_any_page_ends_like_an_undisturbed_one() {
    let busy = || {
        let mut service = shelf_of(1..=5);
        service.items.get_mut("runs").unwrap()[2].done = false;
        for run in 1..=5 {
            let results = (0..3).map(|n| Item::new(run * 10 + n, &format!("id={run}"), "09:00"));
            service.items.entry("results").or_default().extend(results);
        }
        let notes = (1..=5).map(|id| Item::new(id, "", "10:00"));
        service.items.insert("notes", notes.collect());
        let issues = (1..=5).map(|id| Item::new(id, "old+new", "10:00"));
        service.items.insert("issues", issues.collect());
        service.scopes.insert("issues", vec!["old", "new"]);
        service
    };
    let later = |service: &mut Service| {
        service.now = at("12:30");
        service.items.get_mut("notes").unwrap().remove(1);
        service.items.get_mut("issues").unwrap()[2].part = vec!["new".into()];
        service.items.get_mut("issues").unwrap().remove(4);
        let runs = service.items.get_mut("runs").unwrap();
        runs[2].done = true;
        runs[2].name = "finished".into();
        runs.remove(3);
    };
    let (mut undisturbed, mut service) = (World::new(), busy());
    undisturbed.pull(&mut service);
    later(&mut service);
    undisturbed.pull(&mut service);
    let expected = undisturbed.dump();
    assert!(expected.iter().any(|it| it.contains("finished")));
    assert!(!expected.iter().any(|it| it.starts_with(Seen::TABLE.name)));

    for failure in [None, Some(Failure::Unavailable)] {
        for n in 1..40 {
            let (mut world, mut service) = (World::new(), busy());
            world.pull(&mut service);
            later(&mut service);
            match failure {
                None => {
                    world.try_pull(&mut service, n + 1).unwrap();
                }
                Some(failure) => {
                    service.fail_at = Some((n, failure));
                    world.pull(&mut service);
                    service.fail_at = None;
                }
            }
            let interrupted = world.dump() != expected;
            world.pull(&mut service);
            assert_eq!(world.dump(), expected, "{failure:?} at {n}");
            if !interrupted {
                assert!(n > 5, "{failure:?} ended the pull nowhere");
                break;
            }
        }
    }
}

#[test]
fn an_interrupted_pull_goes_on_after_its_last_page() {
    let (mut world, mut service) = (World::new(), shelf_of(1..=5));
    service.fail_at = Some((2, Failure::Unavailable));
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Incomplete);
    assert_eq!(world.rows(&RUNS).len(), 2);
    service.fail_at = None;
    world.pull(&mut service);
    assert_eq!(service.asked.borrow()[0], "runs shelf=a 2");
    assert_eq!(world.rows(&RUNS).len(), 5);
}

#[test]
fn a_position_that_the_service_has_forgotten_is_read_again_from_the_start() {
    let (mut world, mut service) = (World::new(), shelf_of(1..=5));
    service.fail_at = Some((2, Failure::Unavailable));
    world.pull(&mut service);
    service.fail_at = None;
    service.forgetful = true;
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Complete);
    assert_eq!(world.rows(&RUNS).len(), 5);
}

#[test]
fn a_range_is_read_beside_the_cursor_and_leaves_it_where_it_is() {
    let (mut world, mut service) = (World::new(), shelf_of(1..=3));
    world.pull(&mut service);
    let state = world.rows(Part::TABLE);
    world.wanted.from = Some(at("01:00"));
    world.wanted.to = Some(at("11:00"));
    service.now = at("13:00");
    world.pull(&mut service);
    assert_eq!(service.asked.borrow()[0], "runs shelf=a 0 from 01:00");
    assert_eq!(world.rows(Part::TABLE), state);
}

#[test]
fn some_rows_are_stored_and_the_cursor_does_not_move() {
    let (mut world, mut service) = (World::new(), shelf_of(1..=5));
    world.wanted.limit = Some(2);
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Limited);
    assert_eq!(world.rows(&RUNS).len(), 2);
    assert!(world.rows(Part::TABLE).is_empty());
    world.wanted.limit = None;
    world.pull(&mut service);
    assert_eq!(world.rows(&RUNS).len(), 5);
}

#[test]
fn a_full_pull_reads_everything_whatever_the_cursor_says() {
    let (mut world, mut service) = (World::new(), shelf_of(1..=3));
    world.pull(&mut service);
    world.wanted.full = true;
    service.now = at("13:00");
    world.pull(&mut service);
    assert_eq!(service.asked.borrow()[0], "runs shelf=a 0");
}

#[test]
fn nothing_older_than_the_start_is_asked_for_until_the_start_is_put_earlier() {
    let (mut world, mut service) = (World::new(), shelf_of(1..=2));
    service.items.get_mut("runs").unwrap()[0].updated = at("08:00");
    world.wanted.since = Some(at("09:00"));
    world.pull(&mut service);
    assert_eq!(service.asked.borrow()[0], "runs shelf=a 0 from 09:00");
    assert_eq!(world.rows(&RUNS).len(), 1);

    // The cursor goes on from where it is, also where the start is put later.
    for (now, since) in [("12:30", "09:00"), ("12:40", "11:00")] {
        service.now = at(now);
        world.wanted.since = Some(at(since));
        world.pull(&mut service);
        assert!(service.asked.borrow()[0].as_str() > "runs shelf=a 0 from 11:58");
    }

    // What lies between is read by the next pull, and only by that, however it is interrupted.
    world.wanted.since = Some(at("07:00"));
    service.fail_at = Some((1, Failure::Unavailable));
    world.pull(&mut service);
    service.fail_at = None;
    world.pull(&mut service);
    assert_eq!(service.asked.borrow()[0], "runs shelf=a 0 from 07:00");
    assert_eq!(world.rows(&RUNS).len(), 2);
    world.pull(&mut service);
    assert_eq!(service.asked.borrow()[0], "runs shelf=a 0 from 12:39");
    world.wanted.since = None;
    world.pull(&mut service);
    assert_eq!(service.asked.borrow()[0], "runs shelf=a 0");
}

#[test]
fn what_is_listed_by_a_census_is_read_whatever_the_start() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let issues = vec![Item::new(1, "old", "08:00"), Item::new(2, "old", "10:00")];
    service.items.insert("issues", issues);
    service.scopes.insert("issues", vec!["old"]);
    world.wanted.since = Some(at("09:00"));
    world.pull(&mut service);
    assert_eq!(service.asked.borrow()[0], "issues old 0");
    assert_eq!(world.rows(&ISSUES).len(), 2);
}

#[test]
fn a_stream_without_a_cursor_is_always_read_from_its_start() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    service
        .items
        .insert("notes", vec![Item::new(1, "", "10:00")]);
    world.pull(&mut service);
    world.pull(&mut service);
    assert_eq!(*service.asked.borrow(), ["notes  0"]);
    assert_eq!(world.rows(&NOTES).len(), 1);
}

#[test]
fn a_source_is_told_what_other_processes_have_asked_of_it() {
    let (mut world, mut service) = (World::new(), shelf_of(1..=5));
    world.pull(&mut service);
    let sent = u32::try_from(service.asked.borrow().len()).unwrap();
    assert!(sent > 0 && service.others.iter().all(|it| *it == 0));

    // Half a minute later it counts, two minutes later it does not.
    for (time, expected) in [("12:00", sent), ("12:02", 0)] {
        service.now = at(time);
        service.others.clear();
        let mut beside = world.beside();
        beside.wanted.limit = Some(1);
        beside.pull(&mut service);
        assert_eq!(service.others[0], expected, "{time}");
    }
}

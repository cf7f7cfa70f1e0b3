//! Rows that go, and rows that are still open.

use qaduct_records::Row;
use qaduct_records::pull::{Member, Problem};

use crate::service::{ISSUES, Item, LABELS, NOTES, RUNS, Service, at};
use crate::world::World;

fn gone(rows: &[String]) -> Vec<&str> {
    let words = rows.iter().filter_map(|row| {
        let (row, how) = row.rsplit_once(" | ")?;
        (how != "-").then(|| row.split(' ').next().unwrap())
    });
    words.collect()
}

#[test]
fn what_a_whole_list_no_longer_has_is_marked_and_kept() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let notes = (1..=4).map(|id| Item::new(id, "", "10:00"));
    service.items.insert("notes", notes.collect());
    world.pull(&mut service);
    let lost = service.items.get_mut("notes").unwrap().remove(2);
    service.now = at("12:30");
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.streams.iter().map(|it| it.rows_gone).sum::<i64>(), 1);
    assert_eq!(world.rows(&NOTES)[2], "3 | item 3 | - | 12:30 | deleted");

    service.now = at("13:00");
    world.pull(&mut service);
    assert!(
        world.rows(&NOTES)[2].contains("12:30"),
        "it stays gone since then"
    );

    service.items.get_mut("notes").unwrap().push(lost);
    world.pull(&mut service);
    assert_eq!(gone(&world.rows(&NOTES)), [""; 0], "what is back is back");
}

#[test]
fn a_narrowed_pull_marks_nothing_in_a_list_that_no_part_divides() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let notes = (1..=4).map(|id| Item::new(id, "", "10:00"));
    service.items.insert("notes", notes.collect());
    world.pull(&mut service);
    service.items.get_mut("notes").unwrap().remove(2);
    world.wanted.narrowed = true;
    world.pull(&mut service);
    assert_eq!(gone(&world.rows(&NOTES)), [""; 0], "it may list less");
    world.wanted.narrowed = false;
    world.pull(&mut service);
    assert_eq!(gone(&world.rows(&NOTES)), ["3"]);
}

#[test]
fn a_list_that_was_not_read_to_its_end_marks_nothing() {
    use qaduct_records::source::Failure;
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let notes = (1..=4).map(|id| Item::new(id, "", "10:00"));
    service.items.insert("notes", notes.collect());
    world.pull(&mut service);
    service.fail_at = Some((2, Failure::Unavailable));
    world.pull(&mut service);
    assert_eq!(gone(&world.rows(&NOTES)), [""; 0]);
}

#[test]
fn a_census_after_a_reading_that_lacks_something_marks_nothing() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let issues = (1..=4).map(|id| Item::new(id, "old", "10:00"));
    service.items.insert("issues", issues.collect());
    service.scopes.insert("issues", vec!["old"]);
    world.pull(&mut service);
    service.items.get_mut("issues").unwrap().remove(1);
    service.items.get_mut("issues").unwrap()[0].updated = at("12:10");
    service.lacks = Some(0);
    service.now = at("12:30");
    world.pull(&mut service);
    assert_eq!(gone(&world.rows(&ISSUES)), [""; 0]);
    service.lacks = None;
    service.now = at("13:00");
    world.pull(&mut service);
    assert_eq!(gone(&world.rows(&ISSUES)), ["2"]);
}

#[test]
fn an_open_row_is_asked_for_until_it_is_final_whatever_the_cursor_says() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let mut open = Item::new(7, "a", "10:00");
    open.done = false;
    service
        .items
        .insert("runs", vec![open, Item::new(8, "a", "10:30")]);
    service.scopes.insert("runs", vec!["a"]);
    world.pull(&mut service);

    // It finishes, and the service does not touch what the cursor follows.
    service.now = at("13:00");
    service.items.get_mut("runs").unwrap()[0].done = true;
    world.pull(&mut service);
    assert!(service.asked.borrow().contains(&"runs #7".to_owned()));
    assert!(world.rows(&RUNS)[0].contains("true"));

    service.now = at("14:00");
    world.pull(&mut service);
    assert!(!service.asked.borrow().contains(&"runs #7".to_owned()));
}

#[test]
fn an_open_row_that_is_not_found_is_gone() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let mut open = Item::new(7, "a", "10:00");
    open.done = false;
    service.items.insert("runs", vec![open]);
    service.scopes.insert("runs", vec!["a"]);
    world.pull(&mut service);
    service.items.get_mut("runs").unwrap().clear();
    service.now = at("13:00");
    world.pull(&mut service);
    assert_eq!(gone(&world.rows(&RUNS)), ["7"]);
}

#[test]
fn a_row_that_leaves_one_query_and_stays_in_another_is_not_gone() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let issues = vec![
        Item::new(1, "old+new", "10:00"),
        Item::new(2, "old", "10:00"),
    ];
    service.items.insert("issues", issues);
    service.scopes.insert("issues", vec!["old", "new"]);
    world.pull(&mut service);
    assert_eq!(world.rows(&ISSUES).len(), 2);

    service.now = at("13:00");
    service.items.get_mut("issues").unwrap()[0].part = vec!["new".into()];
    service.items.get_mut("issues").unwrap()[1].part = vec![];
    world.pull(&mut service);
    assert_eq!(gone(&world.rows(&ISSUES)), ["2"]);
    assert_eq!(
        world.rows(Member::TABLE),
        [
            "issues | new | 1 | 12:00 | - | 12:00",
            "issues | old | 1 | 12:00 | 13:00 | 12:00",
            "issues | old | 2 | 12:00 | 13:00 | 12:00"
        ]
    );
}

#[test]
fn a_row_that_enters_a_query_without_a_change_is_asked_for() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let issues = vec![
        Item::new(1, "old", "10:00"),
        Item::new(2, "elsewhere", "09:00"),
    ];
    service.items.insert("issues", issues);
    service.scopes.insert("issues", vec!["old"]);
    world.pull(&mut service);
    assert_eq!(world.rows(&ISSUES).len(), 1);

    service.now = at("13:00");
    service.items.get_mut("issues").unwrap()[1].part = vec!["old".into()];
    world.pull(&mut service);
    assert!(service.asked.borrow().contains(&"issues #2".to_owned()));
    assert_eq!(world.rows(&ISSUES).len(), 2);
    assert_eq!(world.rows(Member::TABLE).len(), 2);
}

#[test]
fn what_stands_inside_a_record_goes_with_the_list_that_lost_it() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let mut run = Item::new(1, "a", "10:00");
    run.labels = vec!["red", "blue"];
    service.items.insert("runs", vec![run]);
    service.scopes.insert("runs", vec!["a"]);
    world.pull(&mut service);
    assert_eq!(world.rows(&LABELS).len(), 2);

    service.now = at("12:30");
    let run = &mut service.items.get_mut("runs").unwrap()[0];
    run.labels = vec!["blue", "green"];
    run.updated = at("12:10");
    world.pull(&mut service);
    assert_eq!(
        world.rows(&LABELS),
        ["1 | blue | - | - | -", "1 | green | - | - | -"]
    );

    let run = &mut service.items.get_mut("runs").unwrap()[0];
    run.labels = vec![];
    run.updated = at("12:40");
    service.now = at("13:00");
    world.pull(&mut service);
    assert_eq!(world.rows(&LABELS), [""; 0]);
}

#[test]
fn what_stands_inside_a_record_that_is_gone_is_gone_and_its_problems_are_over() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let mut run = Item::new(1, "a", "10:00");
    run.done = false;
    run.labels = vec!["red", "?blue"];
    let mut other = Item::new(2, "a", "10:00");
    other.labels = vec!["red"];
    service.items.insert("runs", vec![run.clone(), other]);
    service.scopes.insert("runs", vec!["a"]);
    world.pull(&mut service);
    let there = world.rows(&LABELS);
    assert_eq!(there.len(), 3);
    assert_eq!(world.rows(Problem::TABLE).len(), 1);

    service.items.get_mut("runs").unwrap().remove(0);
    service.now = at("13:00");
    let pulled = world.pull(&mut service);
    assert_eq!(gone(&world.rows(&RUNS)), ["1"]);
    assert_eq!(
        world.rows(&LABELS),
        [
            "1 | ?blue | - | 13:00 | orphaned",
            "1 | red | - | 13:00 | orphaned",
            "2 | red | - | - | -"
        ]
    );
    assert_eq!(world.rows(Problem::TABLE), [""; 0]);
    let marked: i64 = pulled.streams.iter().map(|it| it.rows_gone).sum();
    assert_eq!(marked, 1, "what stands inside is not counted");

    run.updated = at("13:30");
    service.items.get_mut("runs").unwrap().push(run);
    service.now = at("14:00");
    world.pull(&mut service);
    assert_eq!(world.rows(&LABELS), there);
}

#[test]
fn a_pull_of_some_rows_does_not_make_an_interrupted_one_forget_what_it_saw() {
    use qaduct_records::source::Failure;
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let notes = (1..=7).map(|id| Item::new(id, "", "10:00"));
    service.items.insert("notes", notes.collect());
    service.fail_at = Some((3, Failure::Unavailable));
    world.pull(&mut service);
    service.fail_at = None;
    world.wanted.limit = Some(1);
    world.pull(&mut service);
    world.wanted.limit = None;
    world.pull(&mut service);
    assert_eq!(world.rows(&NOTES).len(), 7);
    assert_eq!(gone(&world.rows(&NOTES)), [""; 0]);
}

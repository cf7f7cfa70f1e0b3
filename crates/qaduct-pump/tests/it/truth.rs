//! Counts, problems and what is said of them.

use qaduct_records::pull::{Part, Problem};
use qaduct_records::{Outcome, Row};

use crate::service::{ISSUES, Item, RUNS, Service, at};
use crate::world::World;

fn shelf() -> Service {
    let mut service = Service::at("12:00");
    let items = (1..=5).map(|id| Item::new(id, "a", "10:00"));
    service.items.insert("runs", items.collect());
    service.scopes.insert("runs", vec!["a"]);
    service
}

#[test]
fn a_source_that_counts_more_than_it_sends_makes_the_run_incomplete_and_keeps_the_watermark() {
    let (mut world, mut service) = (World::new(), shelf());
    service.says = Some(6);
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Incomplete);
    assert_eq!(
        pulled.streams[0].error.as_deref(),
        Some("made-up.runs (shelf=a): the source counts 6 rows and sent 5")
    );
    assert_eq!(pulled.streams[0].rows_expected, Some(6));
    let state = world.rows(Part::TABLE);
    let of_runs = state.iter().find(|it| it.starts_with("runs")).unwrap();
    assert!(of_runs.starts_with("runs | shelf=a | - |"), "{of_runs}");
}

#[test]
fn rows_that_left_the_bounds_after_they_were_sent_are_no_lack() {
    let (mut world, mut service) = (World::new(), shelf());
    service.says = Some(3);
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Complete);
    assert_eq!(pulled.streams[0].rows_expected, Some(3));
    assert_eq!(world.rows(&RUNS).len(), 5);
}

#[test]
fn far_more_rows_than_are_counted_are_no_answer_to_what_was_counted() {
    let (mut world, mut service) = (World::new(), shelf());
    let items = (1..=120).map(|id| Item::new(id, "a", "10:00"));
    service.items.insert("runs", items.collect());
    service.says = Some(3);
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Incomplete);
    assert_eq!(
        pulled.streams[0].error.as_deref(),
        Some("made-up.runs (shelf=a): the source counts 3 rows and sent 120")
    );
}

#[test]
fn counts_beyond_all_bounds_add_up_to_no_small_one() {
    let (mut world, mut service) = (World::new(), shelf());
    service.scopes.insert("runs", vec!["a", "b"]);
    service.says = Some(u64::MAX);
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Incomplete);
    assert_eq!(pulled.streams[0].rows_expected, Some(i64::MAX));
}

#[test]
fn a_row_that_moves_between_pages_is_found_by_a_second_reading() {
    let (mut world, mut service) = (World::new(), shelf());
    service.moves.set(true);
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.run.outcome, Outcome::Complete);
    assert_eq!(world.rows(&RUNS).len(), 5);
    assert!(pulled.streams[0].requests > 3);
}

#[test]
fn a_bad_value_is_null_with_a_problem_that_goes_when_the_value_is_mended() {
    let (mut world, mut service) = (World::new(), shelf());
    service.items.get_mut("runs").unwrap()[1].bad = true;
    let pulled = world.pull(&mut service);
    assert_eq!(pulled.streams[0].problems, 1);
    assert_eq!(world.rows(&RUNS)[1], "2 | a | - | true | 10:00 | - | - | -");
    assert_eq!(
        world.rows(Problem::TABLE),
        ["t_runs | 2 | name | not a text | {}"]
    );

    let item = &mut service.items.get_mut("runs").unwrap()[1];
    item.bad = false;
    item.updated = at("12:10");
    service.now = at("12:30");
    world.pull(&mut service);
    assert_eq!(world.rows(Problem::TABLE), [""; 0]);
}

#[test]
fn a_reading_that_lacks_something_stays_incomplete_however_it_is_interrupted() {
    use qaduct_records::source::Failure;
    let (mut world, mut service) = (World::new(), shelf());
    service.lacks = Some(0);
    service.fail_at = Some((2, Failure::Unavailable));
    world.pull(&mut service);
    service.fail_at = None;
    // The first page is read again, not passed over.
    let pulled = world.pull(&mut service);
    assert_eq!(service.asked.borrow()[0], "runs shelf=a 0");
    assert_eq!(pulled.run.outcome, Outcome::Incomplete);
    service.lacks = None;
    assert_eq!(world.pull(&mut service).run.outcome, Outcome::Unchanged);
}

#[test]
fn a_row_that_is_listed_and_not_there_when_it_is_asked_for_is_named_until_it_is_there() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let issues = [(1, "mine"), (2, "elsewhere")].map(|(id, query)| Item::new(id, query, "09:00"));
    service.items.insert("issues", issues.to_vec());
    service.scopes.insert("issues", vec!["mine"]);
    world.pull(&mut service);

    service.now = at("13:00");
    service.items.get_mut("issues").unwrap()[1].part = vec!["mine".into()];
    service.unfound = Some(2);
    let pulled = world.pull(&mut service);
    let problems: i64 = pulled.streams.iter().map(|it| it.problems).sum();
    assert_eq!(problems, 1);
    assert_eq!(world.rows(&ISSUES).len(), 1);
    assert_eq!(
        world.rows(Problem::TABLE),
        ["t_issues | 2 | id | it is listed, and the answer to who asks for it is 404 | 2"]
    );

    service.now = at("14:00");
    service.unfound = None;
    world.pull(&mut service);
    assert_eq!(world.rows(&ISSUES).len(), 2);
    assert_eq!(world.rows(Problem::TABLE), [""; 0]);
}

/// Two queries of which one lists an issue that cannot be asked for.
fn listed_and_not_there() -> (World, Service) {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let issues = [(1, "mine"), (2, "elsewhere"), (3, "theirs")];
    let issues = issues.map(|(id, query)| Item::new(id, query, "09:00"));
    service.items.insert("issues", issues.to_vec());
    service.scopes.insert("issues", vec!["mine", "theirs"]);
    world.pull(&mut service);
    service.now = at("13:00");
    service.items.get_mut("issues").unwrap()[1].part = vec!["mine".into()];
    service.unfound = Some(2);
    world.pull(&mut service);
    assert_eq!(world.rows(Problem::TABLE).len(), 1);
    service.now = at("14:00");
    (world, service)
}

#[test]
fn a_row_that_is_listed_and_not_there_is_named_no_longer_than_it_is_listed() {
    let (mut world, mut service) = listed_and_not_there();
    // Another query that does not find it says nothing.
    service.refused = Some("mine".to_owned());
    world.pull(&mut service);
    assert_eq!(world.rows(Problem::TABLE).len(), 1);
    service.refused = None;
    service.items.get_mut("issues").unwrap().remove(1);
    world.pull(&mut service);
    assert_eq!(world.rows(Problem::TABLE), [""; 0]);
}

#[test]
fn a_row_that_is_listed_and_not_there_is_not_named_where_nobody_asks_for_its_part() {
    let (mut world, mut service) = listed_and_not_there();
    service.scopes.insert("issues", vec!["theirs"]);
    world.pull(&mut service);
    assert_eq!(world.rows(Problem::TABLE), [""; 0]);
}

#[test]
fn problems_of_a_row_go_with_it() {
    let (mut world, mut service) = (World::new(), shelf());
    let item = &mut service.items.get_mut("runs").unwrap()[1];
    (item.bad, item.done) = (true, false);
    world.pull(&mut service);
    assert_eq!(world.rows(Problem::TABLE).len(), 1);
    service.now = at("12:30");
    service.items.get_mut("runs").unwrap().remove(1);
    world.pull(&mut service);
    assert_eq!(world.rows(Problem::TABLE), [""; 0]);
}

/// A run whose results are withheld, with an id that a result has too.
fn withheld() -> (World, Service) {
    let (mut world, mut service) = (World::new(), shelf());
    service.items.get_mut("runs").unwrap()[0].done = false;
    let results = vec![Item::new(1, "id=2", "10:00"), Item::new(9, "id=1", "10:00")];
    service.items.insert("results", results);
    service.scopes.remove("results");
    service.withheld = Some("id=1");
    world.pull(&mut service);
    assert_eq!(
        world.rows(Problem::TABLE),
        ["t_results | id=1 |  | withheld | "]
    );
    service.now = at("12:30");
    (world, service)
}

#[test]
fn what_was_withheld_is_a_problem_until_it_comes() {
    let (mut world, mut service) = withheld();
    service.withheld = None;
    service.items.get_mut("runs").unwrap()[0].updated = at("12:10");
    world.pull(&mut service);
    assert_eq!(world.rows(&crate::service::RESULTS).len(), 2);
    assert_eq!(world.rows(Problem::TABLE), [""; 0]);
}

#[test]
fn what_is_withheld_is_a_problem_until_its_parent_goes() {
    let (mut world, mut service) = withheld();
    service.items.get_mut("runs").unwrap().remove(0);
    world.pull(&mut service);
    assert_eq!(world.rows(Problem::TABLE), [""; 0]);
}

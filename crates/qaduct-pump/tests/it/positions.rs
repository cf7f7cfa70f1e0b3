//! Positions: for what they hold, and what is told of them.

use qaduct_records::pull::{Part, Seen, StreamRun};
use qaduct_records::{Outcome, Query, Row, Run};

use crate::service::{Item, RUNS, Service, at};
use crate::world::World;

/// A shelf of five runs.
fn shelf() -> Service {
    let mut service = Service::at("12:00");
    let items = (1..=5).map(|id| Item::new(id, "a", "10:00"));
    service.items.insert("runs", items.collect());
    service.scopes.insert("runs", vec!["a"]);
    service
}

/// Something that was there before, and that only another question finds.
fn older(service: &mut Service) {
    let items = service.items.get_mut("runs").unwrap();
    items.push(Item::new(6, "a", "08:00"));
}

fn parts(world: &World, what: impl Fn(&Part) -> bool) -> Vec<Part> {
    let query = Query::of(Part::TABLE.name, Part::TABLE.columns);
    let rows = world.store.reader().unwrap().query(&query).unwrap();
    Part::rows(&rows)
        .unwrap()
        .into_iter()
        .filter(what)
        .collect()
}

#[test]
fn a_part_is_read_from_its_start_when_what_shapes_its_rows_has_changed() {
    type Change = fn(&mut Service);
    let changes: [Change; 2] = [|it| it.shape = "other columns", |it| it.question = "wider"];
    for change in changes {
        let (mut world, mut service) = (World::new(), shelf());
        world.pull(&mut service);
        older(&mut service);
        service.now = at("12:30");
        let pulled = world.pull(&mut service);
        assert_eq!(world.rows(&RUNS).len(), 5, "its cursor does not bring it");
        assert!(pulled.again.is_empty());

        change(&mut service);
        service.now = at("13:00");
        let pulled = world.pull(&mut service);
        assert!(pulled.again.contains(&"runs"));
        assert_eq!(world.rows(&RUNS).len(), 6);

        service.now = at("13:30");
        let pulled = world.pull(&mut service);
        assert!(pulled.again.is_empty(), "once");
        assert_eq!(service.asked.borrow()[0], "runs shelf=a 0 from 12:59");
    }
}

#[test]
fn what_was_interrupted_is_not_gone_on_with_for_another_question() {
    let (mut world, mut service) = (World::new(), shelf());
    world.try_pull(&mut service, 3).unwrap();
    assert_eq!(world.rows(&RUNS).len(), 4);
    service.question = "another";
    world.pull(&mut service);
    assert_eq!(service.asked.borrow()[0], "runs shelf=a 0");
}

#[test]
fn a_watermark_of_a_clock_that_was_ahead_holds_nothing_back() {
    let (mut world, mut service) = (World::new(), shelf());
    service.now = at("20:00");
    world.pull(&mut service);
    older(&mut service);
    service.now = at("12:30");
    let pulled = world.pull(&mut service);
    assert!(pulled.again.contains(&"runs"));
    assert_eq!(world.rows(&RUNS).len(), 6);
}

#[test]
fn rows_that_come_into_a_part_unchanged_bring_their_details() {
    let (mut world, mut service) = (World::new(), shelf());
    // Here the runs are details of the issues of the same part.
    service.details = Some(("runs", "issues"));
    service.scopes.insert("issues", vec!["shelf=a"]);
    service.items.insert(
        "issues",
        vec![Item::new(1, "a", "10:00"), Item::new(6, "b", "08:00")],
    );
    world.pull(&mut service);
    older(&mut service);
    let issues = service.items.get_mut("issues").unwrap();
    issues[1].part = vec!["a".to_owned()];
    service.now = at("12:30");
    world.wanted.streams = vec!["issues".to_owned()];
    world.pull(&mut service);
    assert_eq!(world.rows(&RUNS).len(), 5);

    world.wanted.streams.clear();
    service.now = at("13:00");
    world.pull(&mut service);
    assert_eq!(world.rows(&RUNS).len(), 6);
    let asked: Vec<_> = service.asked.borrow().clone();
    assert_eq!(asked[..2], ["runs shelf=a 0 from 11:59", "runs #6"]);

    service.now = at("13:30");
    world.pull(&mut service);
    assert!(!service.asked.borrow().contains(&"runs #6".to_owned()));
}

#[test]
fn a_pull_of_less_than_all_is_limited_and_no_success() {
    for narrow in [
        |world: &mut World| world.wanted.narrowed = true,
        |world: &mut World| world.wanted.from = Some(at("09:00")),
        |world: &mut World| world.wanted.to = Some(at("09:00")),
        |world: &mut World| world.wanted.limit = Some(100),
    ] {
        let (mut world, mut service) = (World::new(), shelf());
        narrow(&mut world);
        let pulled = world.pull(&mut service);
        assert_eq!(pulled.run.outcome, Outcome::Limited);
        assert!(
            pulled
                .streams
                .iter()
                .all(|it| it.outcome == Outcome::Limited)
        );
    }
}

#[test]
fn a_run_that_was_killed_is_ended_by_the_next_one() {
    let (mut world, mut service) = (World::new(), shelf());
    world.pull(&mut service);
    let rows = |world: &World| {
        let query = Query::of(Run::TABLE.name, Run::TABLE.columns);
        let rows = world.store.reader().unwrap().query(&query).unwrap();
        Run::rows(&rows).unwrap()
    };
    let killed = Run {
        run_id: "killed".to_owned(),
        outcome: Outcome::Running,
        ..rows(&world).remove(0)
    };
    let mut transaction = world.store.begin("a test").unwrap();
    let batch = Run::batch(std::slice::from_ref(&killed));
    transaction.upsert(Run::TABLE, &batch).unwrap();
    transaction.commit().unwrap();
    service.now = at("12:30");
    world.pull(&mut service);
    let rows = rows(&world);
    let killed = rows.iter().find(|it| it.run_id == "killed").unwrap();
    assert_eq!(killed.outcome, Outcome::Interrupted);
    assert_eq!(
        killed.error.as_deref(),
        Some("it was killed, or has not yet said how it ended")
    );
    assert!(rows.iter().all(|it| it.outcome != Outcome::Running));
}

#[test]
fn a_range_that_was_killed_goes_on_and_is_forgotten_when_nobody_does() {
    let (mut world, mut service) = (World::new(), shelf());
    world.wanted.from = Some(at("09:00"));
    world.try_pull(&mut service, 3).unwrap();
    let ranges = |world: &World| parts(world, |it| it.aside.as_deref() == Some("range")).len();
    assert_eq!((ranges(&world), world.rows(Seen::TABLE).len()), (1, 4));

    service.now = at("13:00");
    world.wanted.from = None;
    world.pull(&mut service);
    assert_eq!(ranges(&world), 1, "it may be under way");

    service.now = at("16:00");
    world.wanted.from = Some(at("09:00"));
    world.try_pull(&mut service, 2).unwrap();
    assert_eq!(service.asked.borrow()[0], "runs shelf=a 4 from 09:00");

    let (mut world, mut service) = (World::new(), shelf());
    world.wanted.from = Some(at("09:00"));
    world.try_pull(&mut service, 3).unwrap();
    service.now = at("15:00");
    world.wanted.from = None;
    world.pull(&mut service);
    assert_eq!((ranges(&world), world.rows(Seen::TABLE).len()), (0, 0));
}

#[test]
fn parts_of_which_nothing_is_left_to_read_are_set_aside() {
    let (mut world, mut service) = (World::new(), Service::at("12:00"));
    let mut open = Item::new(2, "a", "10:00");
    open.done = false;
    let runs = vec![Item::new(1, "a", "10:00"), open];
    service.items.insert("runs", runs);
    let results = vec![Item::new(11, "id=1", "10:00")];
    service.items.insert("results", results);
    world.pull(&mut service);
    let done = |world: &World| {
        let done = parts(world, |it| it.aside.as_deref() == Some("done"));
        done.into_iter().map(|it| it.part).collect::<Vec<_>>()
    };
    assert_eq!(done(&world), ["id=1"]);
    service.items.get_mut("runs").unwrap()[1].done = true;
    service.now = at("12:30");
    world.pull(&mut service);
    assert_eq!(done(&world), ["id=1", "id=2"]);
}

#[test]
fn runs_are_numbered_whatever_their_clocks_say() {
    let (mut world, mut service) = (World::new(), shelf());
    for now in ["20:00", "12:00", "13:00"] {
        service.now = at(now);
        world.pull(&mut service);
    }
    let query = Query::of(StreamRun::TABLE.name, StreamRun::TABLE.columns);
    let rows = world.store.reader().unwrap().query(&query).unwrap();
    let mut rows = StreamRun::rows(&rows).unwrap();
    rows.retain(|it| it.stream == "runs");
    rows.sort_by_key(|it| it.nth);
    let starts: Vec<_> = rows.iter().map(|it| (it.nth, it.started_at)).collect();
    assert_eq!(
        starts,
        [
            (Some(1), at("20:00")),
            (Some(2), at("12:00")),
            (Some(3), at("13:00"))
        ]
    );
}

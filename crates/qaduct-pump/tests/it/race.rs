//! Two pulls of the same part at the same time, in every order in which their steps can
//! follow each other.

use std::sync::{Arc, Condvar, Mutex};

use qaduct_pump::PumpError;
use qaduct_pump::pull::Pulled;
use qaduct_records::pull::Seen;
use qaduct_records::source::Failure;
use qaduct_records::{Outcome, Row, Table};

use crate::service::{ISSUES, Item, NOTES, RUNS, Service, at};
use crate::world::World;

/// Whose turn it is, turn by turn: a pull goes from one request to the next and waits.
struct Turns {
    order: Vec<usize>,
    now: usize,
    ended: [bool; 2],
}

type Shared = Arc<(Mutex<Turns>, Condvar)>;

impl Turns {
    /// Whose turn it is; when one has ended, or the order has, it is the other's.
    fn whose(&self) -> usize {
        match self.ended {
            [true, _] => 1,
            [_, true] => 0,
            _ => *self.order.get(self.now).unwrap_or(&0),
        }
    }
}

/// Ends the turn of a pull, unless it has not had one, and waits for its next one.
fn wait(shared: &Shared, who: usize, had_turn: bool) {
    let (turns, changed) = &**shared;
    let mut turns = turns.lock().unwrap();
    if had_turn {
        turns.now += 1;
        changed.notify_all();
    }
    drop(changed.wait_while(turns, |it| it.whose() != who).unwrap());
}

/// Two pulls in this order; how each ended.
fn race(
    worlds: [World; 2],
    service: fn() -> Service,
    order: &[usize],
) -> [(World, Result<Pulled, PumpError>); 2] {
    let turns = Turns {
        order: order.to_vec(),
        now: 0,
        ended: [false; 2],
    };
    let shared: Shared = Arc::new((Mutex::new(turns), Condvar::new()));
    let mut who = 0;
    let threads = worlds.map(|mut world| {
        let (shared, me) = (Arc::clone(&shared), who);
        who += 1;
        std::thread::spawn(move || {
            wait(&shared, me, false);
            let mut service = service();
            let at_each = Arc::clone(&shared);
            service.always = Some(Box::new(move || wait(&at_each, me, true)));
            let pulled = world.try_pull(&mut service, u64::MAX);
            let (turns, changed) = &*shared;
            turns.lock().unwrap().ended[me] = true;
            changed.notify_all();
            (world, pulled)
        })
    });
    threads.map(|it| it.join().unwrap())
}

/// All orders of so many turns of each in which the turn changes so often at most; which of
/// the two is first makes no difference.
fn orders(each: usize, changes: usize) -> Vec<Vec<usize>> {
    let all = (0_u32..1 << (2 * each)).filter(|it| it.count_ones() as usize == each);
    let order = |bits: u32| (0..2 * each).map(move |n| (bits >> n & 1) as usize);
    let orders = all.map(|bits| order(bits).collect::<Vec<_>>());
    let changes_of = |it: &[usize]| it.windows(2).filter(|it| it[0] != it[1]).count();
    orders
        .filter(|it| it[0] == 0 && changes_of(it) <= changes)
        .collect()
}

/// Two pulls that meet.
struct Meeting {
    /// What is there before: as it is stored by a pull.
    before: Option<Service>,
    /// What both pull.
    service: fn() -> Service,
    stream: &'static str,
    table: &'static Table,
    orders: Vec<Vec<usize>>,
    /// As messages name it.
    part: &'static str,
}

impl Meeting {
    /// In every order what is stored is what one pull alone would have stored, at least one
    /// of the two is complete, and the other one is too or says why not.
    fn ends_well_in_every_order(self) {
        let mut world = World::new();
        if let Some(mut before) = self.before {
            world.pull(&mut before);
        }
        let world = world.copy();
        let (service, table) = (self.service, self.table);
        let alone = {
            let mut world = world();
            world.pull(&mut service());
            world.rows(table)
        };
        let mut gave_way = 0;
        for order in &self.orders {
            let mut one = world();
            let mut other = one.beside();
            // Without what hangs on them.
            for world in [&mut one, &mut other] {
                world.wanted.streams = vec![self.stream.to_owned()];
            }
            let [(mut world, one), (_, other)] = race([one, other], service, order);
            assert!(one.is_ok() || other.is_ok(), "{order:?}: both gave way");
            for pulled in [one, other] {
                let outcome = pulled.map(|it| it.run.outcome);
                match outcome {
                    Ok(Outcome::Complete | Outcome::Unchanged) => {}
                    Ok(outcome) => panic!("{order:?}: {outcome:?}"),
                    Err(error) => {
                        gave_way += 1;
                        let why = "is being pulled by another process at the same time";
                        let place = format!("made-up.{}{}", self.stream, self.part);
                        assert_eq!(error.to_string(), format!("{place} {why}"));
                    }
                }
            }
            assert_eq!(world.rows(table), alone, "{order:?}");
            assert!(world.rows(Seen::TABLE).is_empty(), "{order:?}");
            world.pull(&mut service());
            assert_eq!(world.rows(table), alone, "{order:?}: the next pull");
        }
        assert!(gave_way > self.orders.len() / 2, "they hardly met");
    }
}

fn of(stream: &'static str, ids: impl Iterator<Item = i64>) -> Service {
    let mut service = Service::at("12:00");
    let items = ids.map(|id| {
        let mut item = Item::new(id, "a", "10:00");
        item.done = id % 2 == 0;
        item
    });
    service.items.insert(stream, items.collect());
    if stream != "notes" {
        service.scopes.insert(stream, vec!["a"]);
    }
    service
}

/// At another time, so that what changed before is read again.
fn later(mut service: Service) -> Service {
    service.now = at("13:00");
    for item in service.items.values_mut().flatten() {
        item.updated = at("12:30");
    }
    service
}

#[test]
fn two_first_pulls_of_a_list_call_nothing_gone_that_is_there() {
    let meeting = Meeting {
        before: None,
        service: || of("notes", 1..=4),
        stream: "notes",
        table: &NOTES,
        orders: orders(5, 9),
        part: "",
    };
    meeting.ends_well_in_every_order();
}

#[test]
fn two_pulls_of_a_list_that_is_stored_call_gone_what_is_gone_and_nothing_else() {
    let meeting = Meeting {
        before: Some(of("notes", 1..=6)),
        service: || later(of("notes", 2..=6)),
        stream: "notes",
        table: &NOTES,
        orders: orders(6, 3),
        part: "",
    };
    meeting.ends_well_in_every_order();
}

#[test]
fn two_pulls_that_go_on_with_one_that_was_cut_off_call_nothing_gone_that_is_there() {
    let mut cut = of("notes", 1..=6);
    cut.fail_at = Some((2, Failure::Unavailable));
    let meeting = Meeting {
        before: Some(cut),
        service: || later(of("notes", 1..=6)),
        stream: "notes",
        table: &NOTES,
        orders: orders(5, 3),
        part: "",
    };
    meeting.ends_well_in_every_order();
}

#[test]
fn two_pulls_with_a_list_of_all_keys_call_gone_what_is_gone_and_nothing_else() {
    let meeting = Meeting {
        before: Some(of("issues", 1..=4)),
        service: || later(of("issues", 2..=4)),
        stream: "issues",
        table: &ISSUES,
        orders: orders(7, 3),
        part: " (a)",
    };
    meeting.ends_well_in_every_order();
}

#[test]
fn two_pulls_that_ask_for_what_is_open_call_gone_what_is_gone_and_nothing_else() {
    let meeting = Meeting {
        before: Some(of("runs", 1..=4)),
        service: || later(of("runs", 2..=4)),
        stream: "runs",
        table: &RUNS,
        orders: orders(6, 3),
        part: " (shelf=a)",
    };
    meeting.ends_well_in_every_order();
}

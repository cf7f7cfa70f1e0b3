//! A message is sent once as long as it tells the same, whatever happens in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use qaduct_http::Kind;
use qaduct_publish::{Effect, PublishError};
use qaduct_records::{Reader, Store, StoreError, Table, Transaction, View};

use super::desk::{BOT, Desk, HOOK};
use super::{HEALTH, ISSUES, NEW_ISSUES, RATES};

#[test]
fn the_same_is_sent_once_and_what_changed_again() {
    for to in [BOT, HOOK] {
        let mut desk = Desk::with("v_release_health", RATES);
        let send = |desk: &mut Desk| desk.send_to(to, "health", HEALTH).unwrap().effect;
        assert_eq!(send(&mut desk), Effect::Created);
        desk.server.clear_log();
        // The clock goes on, the data of the day are the same.
        desk.pass_hours(3);
        assert_eq!(send(&mut desk), Effect::Unchanged);
        assert_eq!(
            desk.server.counters().requests,
            0,
            "nobody was asked anything"
        );
        desk.view("v_release_health", &RATES[..1]);
        assert_eq!(send(&mut desk), Effect::Updated);
        assert_eq!(desk.posted().len(), 2);
        // What it told before is news again.
        desk.view("v_release_health", RATES);
        assert_eq!(send(&mut desk), Effect::Updated);
        assert_eq!(send(&mut desk), Effect::Unchanged);
        assert_eq!(desk.posted().len(), 3);
    }
}

#[test]
fn what_is_always_sent_is_sent_each_time() {
    let mut desk = Desk::with("v_release_health", RATES);
    let settings = HEALTH.replacen('\n', "\nalways = true\n", 1);
    for _ in 0..3 {
        desk.send("health", &settings).unwrap();
    }
    assert_eq!(desk.posted().len(), 3);
}

#[test]
fn what_is_always_sent_is_sent_once_for_each_time_of_a_job() {
    for (to, posts) in [(BOT, 3), (HOOK, 1)] {
        let mut desk = Desk::with("v_release_issues", ISSUES);
        let thread = if to == BOT { "thread = true\n" } else { "" };
        let settings = format!("always = true\n{thread}{}", NEW_ISSUES.trim_start());
        let send = |desk: &mut Desk, slot| {
            desk.slot = Some(slot);
            desk.send_to(to, "new", &settings).unwrap().effect
        };
        assert_eq!(send(&mut desk, "nightly@1"), Effect::Created);
        // It is tried again, and meanwhile there is more to tell.
        desk.view("v_release_issues", &ISSUES[1..]);
        assert_eq!(send(&mut desk, "nightly@1"), Effect::Unchanged);
        assert_eq!(desk.posted().len(), posts);
        assert_eq!(send(&mut desk, "nightly@2"), Effect::Updated);
        assert_eq!(desk.posted().len(), 2 * posts);
    }
}

#[test]
fn a_dry_run_sends_nothing_and_remembers_nothing() {
    let mut desk = Desk::with("v_release_health", RATES);
    assert!(desk.show("health", HEALTH).contains("Firefox for iOS"));
    assert_eq!(desk.server.counters().requests, 0);
    assert_eq!(desk.send("health", HEALTH).unwrap().effect, Effect::Created);
    assert_eq!(desk.show("health", HEALTH), "");
}

/// A store of which somebody hears before each of its transactions.
struct Watched<F> {
    store: Box<dyn Store>,
    before: F,
}

impl<F: FnMut() -> Result<(), StoreError> + Send> Store for Watched<F> {
    fn migrate(&mut self, tables: &[&Table], views: &[View]) -> Result<(), StoreError> {
        self.store.migrate(tables, views)
    }

    fn begin(&mut self, lock: &str) -> Result<Box<dyn Transaction + '_>, StoreError> {
        (self.before)()?;
        self.store.begin(lock)
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.store.reader()
    }

    fn location(&self) -> String {
        self.store.location()
    }
}

/// Runs that are killed at each of their transactions, and one that comes to its end.
fn killed_everywhere(to: &str, settings: &str) -> Vec<usize> {
    let mut counts = Vec::new();
    for moment in 0..40 {
        let mut desk = Desk::with("v_release_issues", ISSUES);
        let left = Arc::new(AtomicI64::new(moment));
        desk.wrap(|store| {
            let left = Arc::clone(&left);
            let before = move || match left.fetch_sub(1, Ordering::SeqCst) <= 0 {
                true => Err(StoreError::Query("killed".to_owned())),
                false => Ok(()),
            };
            Box::new(Watched { store, before })
        });
        let killed = desk.send_to(to, "deep", settings);
        assert!(
            !matches!(&killed, Err(error) if !matches!(error, PublishError::Store(_))),
            "{killed:?}"
        );
        left.store(i64::MAX, Ordering::SeqCst);
        desk.pass_hours(1);
        desk.send_to(to, "deep", settings).unwrap();
        let last = desk.send_to(to, "deep", settings).unwrap();
        assert_eq!(last.effect, Effect::Unchanged, "{moment}");
        counts.push(desk.posted().len());
        if killed.is_ok() {
            return counts;
        }
    }
    panic!("no run came to its end");
}

/// Whether another run is at it.
fn is_busy(error: &PublishError) -> bool {
    let PublishError::Service { kind, why, .. } = error else {
        return false;
    };
    (*kind, why.as_str()) == (Kind::Unavailable, "another run is sending it")
}

#[test]
fn two_runs_at_a_time_send_each_message_once() {
    let thread = NEW_ISSUES.replace("title = \"New", "thread = true\ntitle = \"New");
    for (to, settings, messages) in [(BOT, thread.as_str(), 3), (HOOK, NEW_ISSUES, 1)] {
        for moment in 0.. {
            let mut desk = Desk::with("v_release_issues", ISSUES);
            let (mut other, mut left) = (Some(desk.other(to, "deep", settings)), moment);
            let came = Arc::new(AtomicI64::new(0));
            let comes = Arc::clone(&came);
            desk.wrap(|store| {
                let before = move || {
                    left -= 1;
                    if let Some(other) = other.take_if(|_| left < 0) {
                        comes.fetch_add(1, Ordering::SeqCst);
                        let done = other();
                        assert!(!done.as_ref().is_err_and(|it| !is_busy(it)), "{done:?}");
                    }
                    Ok(())
                };
                Box::new(Watched { store, before })
            });
            let done = desk.send_to(to, "deep", settings);
            assert!(!done.as_ref().is_err_and(|it| !is_busy(it)), "{done:?}");
            desk.pass_hours(1);
            desk.send_to(to, "deep", settings).unwrap();
            assert_eq!(desk.posted().len(), messages, "{to} {moment}");
            if came.load(Ordering::SeqCst) == 0 {
                assert!(moment > 2, "{moment}");
                break;
            }
        }
    }
}

#[test]
fn a_message_that_another_run_is_sending_is_left_to_it() {
    for to in [BOT, HOOK] {
        let mut desk = Desk::with("v_release_health", RATES);
        let other = desk.other(to, "health", HEALTH);
        let (tell, told) = std::sync::mpsc::channel();
        desk.meanwhile(move || tell.send(other()).unwrap());
        desk.fault("429+7@/slack:1");
        assert_eq!(
            desk.send_to(to, "health", HEALTH).unwrap().effect,
            Effect::Created
        );
        let error = told.recv().unwrap().unwrap_err();
        assert!(is_busy(&error), "{error}");
        assert!(!error.is_in_doubt());
        assert_eq!(desk.posted().len(), 1);
    }
}

#[test]
fn a_bot_that_is_killed_at_any_moment_has_sent_each_message_once() {
    let settings = NEW_ISSUES.replace("title = \"New", "thread = true\ntitle = \"New");
    let counts = killed_everywhere(BOT, &settings);
    assert!(counts.len() > 8, "{counts:?}");
    assert!(counts.iter().all(|it| *it == 3), "{counts:?}");
}

#[test]
fn a_webhook_that_is_killed_at_any_moment_has_sent_each_message_at_least_once() {
    let counts = killed_everywhere(HOOK, NEW_ISSUES);
    assert!(counts.iter().all(|it| *it == 1 || *it == 2), "{counts:?}");
    assert_eq!(
        counts.iter().filter(|it| **it == 2).count(),
        1,
        "{counts:?}"
    );
}

#[test]
fn an_answer_that_does_not_come_leaves_a_doubt_that_the_next_run_settles() {
    let mut desk = Desk::with("v_release_health", RATES);
    desk.fault("reset@chat.postMessage:1");
    let error = desk.send("health", HEALTH).unwrap_err();
    assert!(error.is_in_doubt(), "{error}");
    assert_eq!(desk.posted().len(), 1, "Slack has taken it");
    let change = desk.send("health", HEALTH).unwrap();
    assert_eq!(
        (change.effect, change.detail.as_str()),
        (Effect::Unchanged, "an earlier run had sent it")
    );
    // What came meanwhile does not hide the doubt.
    desk.pass_hours(1);
    desk.fault("reset@chat.postMessage:1");
    desk.view("v_release_health", &RATES[..2]);
    desk.send("health", HEALTH).unwrap_err();
    desk.view("v_release_health", &RATES[..1]);
    desk.pass_hours(1);
    assert_eq!(desk.send("health", HEALTH).unwrap().effect, Effect::Updated);
    assert_eq!(desk.posted().len(), 3);
    assert_eq!(
        desk.send("health", HEALTH).unwrap().effect,
        Effect::Unchanged
    );
}

#[test]
fn what_was_refused_was_not_sent_and_what_was_there_before_is_remembered() {
    let mut desk = Desk::with("v_release_health", RATES);
    desk.send("health", HEALTH).unwrap();
    desk.view("v_release_health", &RATES[..1]);
    desk.fault("400@chat.postMessage:/1");
    desk.send("health", HEALTH).unwrap_err();
    desk.server.set_faults(&[]);
    desk.view("v_release_health", RATES);
    assert_eq!(
        desk.send("health", HEALTH).unwrap().effect,
        Effect::Unchanged
    );
}

#[test]
fn a_first_message_that_was_refused_leaves_nothing_to_look_for() {
    let mut desk = Desk::with("v_release_health", RATES);
    // Also where an earlier run had left a doubt: it was looked for.
    desk.fault("500@chat.postMessage:1");
    assert!(desk.send("other", HEALTH).unwrap_err().is_in_doubt());
    desk.view("v_release_health", &RATES[..1]);
    for name in ["health", "other"] {
        desk.pass_hours(1);
        desk.fault("400@chat.postMessage:/1");
        desk.send(name, HEALTH).unwrap_err();
        desk.pass_hours(1);
        // Whoever looks is refused.
        desk.fault("400@conversations:/1");
        let change = desk.send(name, HEALTH).unwrap();
        assert_eq!(
            (change.effect, change.detail.as_str()),
            (Effect::Created, ""),
            "{name}"
        );
    }
}

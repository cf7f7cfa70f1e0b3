//! A world in which waiting takes no time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use qaduct_http::{Auth, Client, Limit, QuotaHeaders, Settings, Sleep};
use qaduct_records::{Clock, Secret};

/// A clock that only moves while somebody sleeps.
pub(crate) struct World {
    now: Mutex<Timestamp>,
    slept: Mutex<Vec<Duration>>,
    /// The program is asked to stop when so many have slept.
    stop_after: Option<usize>,
}

pub(crate) const START: &str = "2026-03-01T12:00:00Z";

impl World {
    pub(crate) fn new() -> Arc<Self> {
        Self::stopping(None)
    }

    pub(crate) fn stopping(stop_after: Option<usize>) -> Arc<Self> {
        Arc::new(Self {
            now: Mutex::new(START.parse().unwrap()),
            slept: Mutex::default(),
            stop_after,
        })
    }

    /// How long was slept, in milliseconds.
    pub(crate) fn slept(&self) -> Vec<u128> {
        self.slept
            .lock()
            .unwrap()
            .iter()
            .map(Duration::as_millis)
            .collect()
    }

    pub(crate) fn pass(&self, time: Duration) {
        let mut now = self.now.lock().unwrap();
        *now += time;
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }
}

impl Sleep for World {
    fn sleep(&self, time: Duration) -> bool {
        let mut slept = self.slept.lock().unwrap();
        if self.stop_after.is_some_and(|most| slept.len() >= most) {
            return false;
        }
        slept.push(time);
        self.pass(time);
        true
    }
}

pub(crate) fn settings(base: &str) -> Settings {
    Settings {
        name: "example".to_owned(),
        base: base.parse().unwrap(),
        auth: Auth::Bearer(Secret::new(TOKEN)),
        headers: vec![("x-ours", "yes".to_owned())],
        limit: None,
        reserve: 0.0,
        quota: QuotaHeaders {
            limit: Some("x-ratelimit-limit"),
            left: Some("x-ratelimit-remaining"),
            reset: Some("x-ratelimit-reset"),
            ..QuotaHeaders::default()
        },
        attempts: 4,
        timeout: Duration::from_secs(5),
        deadline: Duration::from_secs(3600),
        max_bytes: 1024 * 1024,
    }
}

pub(crate) const TOKEN: &str = "planted/token+4711";

pub(crate) fn client(settings: Settings, world: &Arc<World>) -> Client {
    let (clock, sleep) = (Arc::clone(world), Arc::clone(world));
    Client::new(settings, clock, sleep).unwrap()
}

pub(crate) const fn limit(requests: u32, seconds: u64) -> Option<Limit> {
    Some(Limit {
        requests,
        per: Duration::from_secs(seconds),
    })
}

//! How fast one credential may ask one host.
//!
//! Spreads the declared limit evenly, keeps the reserve for others, and holds
//! everybody who shares the client when the service asks for it. Waits only with
//! the `Sleep` it is given, outside of its lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use qaduct_records::Clock;

use crate::instant::{between, later};
use crate::{Limit, Sleep};

/// At most so many requests follow one another without a pause.
const MOST_AT_ONCE: u32 = 5;
/// The instant of a reset is told in whole seconds, and so is the service's clock.
const ROUNDING: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// What a service has said about its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quota {
    /// Requests in the window.
    pub limit: Option<u64>,
    /// Requests that are left.
    pub left: Option<u64>,
    /// When the window ends, by our clock.
    pub reset: Option<Timestamp>,
}

/// Why a request may not be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not before this instant, which is too late.
    Until(Timestamp),
    /// The program is asked to stop.
    Stopped,
}

pub(crate) struct Governor {
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
    pace: Option<Pace>,
    reserve: f64,
    state: Mutex<State>,
}

/// A declared limit, evenly spread. In no window do more requests pass than it allows:
/// those at once and those that follow make up the limit together.
#[derive(Debug, Clone, Copy)]
struct Pace {
    per: Duration,
    /// Requests in that time, the reserve taken off.
    requests: f64,
    at_once: f64,
}

impl Pace {
    fn new(limit: Limit, reserve: f64) -> Self {
        let requests = (f64::from(limit.requests) * (1.0 - reserve))
            .floor()
            .max(1.0);
        let at_once = (requests / 20.0)
            .floor()
            .clamp(1.0, f64::from(MOST_AT_ONCE));
        Self {
            per: limit.per,
            requests,
            at_once,
        }
    }

    /// The time between two requests while others send so many in a minute. They are
    /// never locked out, nor are we: a tenth is ours.
    fn interval(&self, others: u32) -> Duration {
        let theirs = f64::from(others) * self.per.as_secs_f64() / MINUTE.as_secs_f64();
        let ours = (self.requests - theirs).max(self.requests / 10.0);
        let shares = (ours - self.at_once + 1.0).max(0.1);
        Duration::try_from_secs_f64(self.per.as_secs_f64() / shares).unwrap_or(self.per)
    }
}

#[derive(Default)]
struct State {
    /// When the bucket is full again; the earliest instant without debt.
    full_at: Option<Timestamp>,
    /// Nobody sends before.
    held_until: Option<Timestamp>,
    quota: Quota,
    /// Requests that are sent and not answered: the quota does not know them yet.
    under_way: u64,
    others: u32,
    others_at: Option<Timestamp>,
}

/// Leave to send one request; given back when its answer is there.
pub(crate) struct Permit<'g> {
    governor: &'g Governor,
    /// How long was waited for it.
    pub(crate) waited: Duration,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.governor.state();
        state.under_way = state.under_way.saturating_sub(1);
    }
}

impl Governor {
    pub(crate) fn new(
        limit: Option<Limit>,
        reserve: f64,
        clock: Arc<dyn Clock>,
        sleep: Arc<dyn Sleep>,
    ) -> Self {
        let reserve = if reserve.is_finite() {
            reserve.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let limit = limit.filter(|it| it.requests > 0 && !it.per.is_zero());
        Self {
            clock,
            sleep,
            pace: limit.map(|it| Pace::new(it, reserve)),
            reserve,
            state: Mutex::default(),
        }
    }

    /// Waits for leave to send a request, at the longest until the deadline.
    pub(crate) fn acquire(&self, deadline: Timestamp) -> Result<Permit<'_>, Refusal> {
        let mut waited = Duration::ZERO;
        let mut turn = None;
        // Who has slept that long has, whatever was done to the clock meanwhile.
        let mut slept_until = Timestamp::MIN;
        loop {
            let now = self.clock.now().max(slept_until);
            let ready = {
                let mut state = self.state();
                let turn = match turn {
                    Some(turn) => turn,
                    None => *turn.insert(self.take_turn(&mut state, now, deadline)?),
                };
                let ready = turn.max(self.barred_until(&mut state, now).unwrap_or(turn));
                if ready <= now {
                    state.under_way += 1;
                    return Ok(Permit {
                        governor: self,
                        waited,
                    });
                }
                ready
            };
            if ready > deadline {
                return Err(Refusal::Until(ready));
            }
            let time = between(now, ready);
            if !self.sleep.sleep(time) {
                return Err(Refusal::Stopped);
            }
            slept_until = ready;
            waited += between(now, self.clock.now().max(ready));
        }
    }

    /// Takes what an answer says about the quota.
    pub(crate) fn learn(&self, quota: Quota) {
        let mut state = self.state();
        if quota.left.is_some() {
            state.quota = quota;
        } else if quota.limit.is_some() {
            state.quota.limit = quota.limit;
        }
    }

    /// Lets nobody send before this instant.
    pub(crate) fn hold(&self, until: Timestamp) {
        let mut state = self.state();
        state.held_until = state.held_until.max(Some(until));
    }

    /// Leaves room for what others have sent with the same credential in the last minute.
    pub(crate) fn others_sent(&self, requests: u32) {
        let now = self.clock.now();
        let mut state = self.state();
        state.others = requests;
        state.others_at = Some(now);
    }

    /// What is known of the quota.
    pub(crate) fn quota(&self) -> Quota {
        let now = self.clock.now();
        let mut state = self.state();
        state.forget_past(now);
        state.quota
    }

    /// The turn of a request in the even spread.
    fn take_turn(
        &self,
        state: &mut State,
        now: Timestamp,
        deadline: Timestamp,
    ) -> Result<Timestamp, Refusal> {
        let Some(pace) = self.pace else {
            return Ok(now);
        };
        let fresh = state.others_at.is_some_and(|at| between(at, now) < MINUTE);
        let interval = pace.interval(if fresh { state.others } else { 0 });
        let debt = interval.mul_f64(pace.at_once - 1.0);
        let full_at = state.full_at.unwrap_or(now).max(now);
        let turn = later(now, between(later(now, debt), full_at));
        if turn > deadline {
            return Err(Refusal::Until(turn));
        }
        state.full_at = Some(later(full_at, interval));
        Ok(turn)
    }

    /// Until when nobody may send, if so.
    fn barred_until(&self, state: &mut State, now: Timestamp) -> Option<Timestamp> {
        state.forget_past(now);
        let spent = match (state.quota.left, state.quota.reset) {
            (Some(left), Some(reset)) => {
                let kept = state.quota.limit.map_or(0.0, |it| it as f64 * self.reserve);
                let ours = left.saturating_sub(state.under_way) as f64;
                (ours <= kept.floor()).then(|| later(reset, ROUNDING))
            }
            _ => None,
        };
        spent.max(state.held_until)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change of the state is whole before anything can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What was said about a window that has ended says nothing more.
    fn forget_past(&mut self, now: Timestamp) {
        if self
            .quota
            .reset
            .is_some_and(|reset| later(reset, ROUNDING) <= now)
        {
            self.quota.left = None;
            self.quota.reset = None;
        }
        if self.held_until.is_some_and(|until| until <= now) {
            self.held_until = None;
        }
    }
}

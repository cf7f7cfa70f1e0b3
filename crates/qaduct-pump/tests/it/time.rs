//! A clock that only waits move, and somebody who watches a pull and does nothing.

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use qaduct_http::Sleep;
use qaduct_pump::pull::{Progress, Watch};
use qaduct_records::Clock;

/// The clock.
pub(crate) struct Time(pub(crate) Mutex<Timestamp>);

impl Clock for Time {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Sleep for Time {
    fn sleep(&self, time: Duration) -> bool {
        *self.0.lock().unwrap() += time;
        true
    }
}

/// Who watches and does nothing.
pub(crate) struct Nobody;

impl Watch for Nobody {
    fn progress(&self, _: &Progress<'_>) {}

    fn stopped(&self) -> bool {
        false
    }
}

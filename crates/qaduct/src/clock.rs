//! The time of the system: the one place that asks for it.

use jiff::Timestamp;
use qaduct_records::Clock;

/// The clock of the machine, or one that stands still.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    /// The instant at which it stands, where it does.
    fixed: Option<Timestamp>,
}

impl SystemClock {
    /// A clock that runs, unless an instant is given.
    #[must_use]
    pub fn new(fixed: Option<Timestamp>) -> Self {
        Self { fixed }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> Timestamp {
        self.fixed.unwrap_or_else(Timestamp::now)
    }
}

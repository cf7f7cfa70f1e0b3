//! Counts requests in windows of time, as the services do.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// The windows of all services and credentials.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    windows: BTreeMap<String, (i64, u32)>,
}

/// What is left of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) limit: u32,
    pub(crate) used: u32,
    /// When it ends, in seconds since 1970.
    pub(crate) reset: i64,
}

impl Window {
    pub(crate) const fn left(self) -> u32 {
        self.limit.saturating_sub(self.used)
    }

    pub(crate) const fn exceeded(self) -> bool {
        self.used > self.limit
    }
}

impl Limits {
    /// Counts a request (`cost` 1) or only looks (0). A window begins with its first request.
    pub(crate) fn count(
        &mut self,
        name: String,
        limit: u32,
        seconds: i64,
        now: Timestamp,
        cost: u32,
    ) -> Window {
        let now = now.as_second();
        let window = self.windows.entry(name).or_insert((now + seconds, 0));
        if now >= window.0 {
            *window = (now + seconds, 0);
        }
        window.1 += cost;
        Window {
            limit,
            used: window.1,
            reset: window.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_and_begins_anew() {
        let mut limits = Limits::default();
        let mut ask = |second| {
            let now = Timestamp::from_second(second).unwrap();
            limits.count("a".to_owned(), 2, 60, now, 1)
        };
        assert_eq!((ask(100).left(), ask(101).left()), (1, 0));
        assert!(ask(159).exceeded());
        assert!(!ask(160).exceeded());
    }
}

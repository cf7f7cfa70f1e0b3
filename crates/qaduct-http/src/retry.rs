//! What a failure means for the next attempt, and how long to wait for it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::error::Kind;
use crate::instant::{between, http_date};

const FIRST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_secs(60);
/// What GitHub asks for when it does not say how long.
const SLOW: Duration = Duration::from_secs(60);
const SLOWEST: Duration = Duration::from_secs(960);

/// Why an attempt brought no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) kind: Kind,
    pub(crate) what: String,
    pub(crate) message: Option<String>,
    pub(crate) again: Again,
}

impl Trouble {
    pub(crate) fn new(kind: Kind, what: impl Into<String>, again: Again) -> Self {
        Self {
            kind,
            what: what.into(),
            message: None,
            again,
        }
    }

    /// Whether a service that has seen the request may have done what it asks for.
    pub(crate) const fn leaves_in_doubt(&self) -> bool {
        matches!(self.kind, Kind::Unavailable | Kind::Answer)
    }
}

/// When to send again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// Never: it would be the same.
    No,
    /// Soon, a little later each time.
    Soon,
    /// After the time that the service names.
    After(Duration),
    /// The limit is used up: nobody sends for so long, or a little longer each time.
    Limited(Option<Duration>),
    /// The quota of what was asked is used up: nobody asks that for so long.
    Spent(Duration),
    /// We are too fast: nobody sends for a minute, twice as long each time.
    Slower,
}

impl Again {
    /// How long to wait after so many attempts.
    pub(crate) fn wait(self, attempts: u32, jitter: &Jitter) -> Duration {
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        match self {
            Self::No => Duration::ZERO,
            Self::Soon | Self::Limited(None) => {
                jitter.up_to(FIRST.saturating_mul(doubled).min(MOST))
            }
            Self::After(time) | Self::Limited(Some(time)) | Self::Spent(time) => time,
            Self::Slower => SLOW.saturating_mul(doubled).min(SLOWEST),
        }
    }

    /// Whether everybody has to wait.
    pub(crate) const fn is_limit(self) -> bool {
        matches!(self, Self::Limited(_) | Self::Spent(_) | Self::Slower)
    }
}

/// How long `Retry-After` asks to wait: seconds, or a date by the clock of the service.
pub(crate) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let is_number = value.starts_with(|it: char| it.is_ascii_digit())
        && value.bytes().all(|it| it.is_ascii_digit() || it == b'.');
    if is_number {
        let seconds = value.parse::<f64>().ok()?;
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    Some(between(now, http_date(value)?))
}

/// Random times that are the same for the same seed.
pub(crate) struct Jitter {
    state: Mutex<u64>,
}

impl Jitter {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new(seed),
        }
    }

    /// A time from nothing to this, all equally likely.
    pub(crate) fn up_to(&self, most: Duration) -> Duration {
        // The upper 53 bits fill the fraction of a float.
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        most.mul_f64(share)
    }

    /// `SplitMix64`: Steele, Lea, Flood, 2014.
    fn next(&self) -> u64 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn seconds_and_all_forms_of_dates_are_understood() {
        for (value, seconds) in [
            ("0", 0),
            (" 120 ", 120),
            ("Sun, 01 Mar 2026 12:00:09 GMT", 9),
            ("Sunday, 01-Mar-26 12:00:09 GMT", 9),
            ("Sun Mar  1 12:00:09 2026", 9),
            ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ] {
            assert_eq!(
                retry_after(value, now()),
                Some(Duration::from_secs(seconds)),
                "{value}"
            );
        }
        assert_eq!(retry_after("1.5", now()), Some(Duration::from_millis(1500)));
    }

    #[test]
    fn what_is_neither_is_ignored() {
        for value in [
            "",
            "soon",
            "-1",
            "+1",
            "1e3",
            "1.2.3",
            "NaN",
            "inf",
            "0x10",
            "1 s",
            ".",
            "2026-03-01",
        ] {
            assert_eq!(retry_after(value, now()), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn no_value_is_too_strange(value in ".*") {
            retry_after(&value, now());
        }

        #[test]
        fn every_number_of_seconds_is_kept(seconds in 0..1_u64 << 50) {
            let found = retry_after(&seconds.to_string(), now());
            prop_assert_eq!(found, Some(Duration::from_secs(seconds)));
        }

        #[test]
        fn a_date_is_as_far_away_as_it_is(seconds in 0..100_000_000_u64) {
            let at = SystemTime::from(now()) + Duration::from_secs(seconds);
            let found = retry_after(&httpdate::fmt_http_date(at), now());
            prop_assert_eq!(found, Some(Duration::from_secs(seconds)));
        }

        #[test]
        fn jitter_stays_in_its_bounds(seed: u64, most in 0..100_000_u64) {
            let most = Duration::from_millis(most);
            let jitter = Jitter::new(seed);
            prop_assert!((0..20).all(|_| jitter.up_to(most) <= most));
        }
    }
}

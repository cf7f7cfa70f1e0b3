//! Arithmetic of instants that never fails: a clock may be set back, a service
//! may name a time in the far future.

use std::time::Duration;

use jiff::Timestamp;

/// The instant so much later; the last one there is, where that is too late.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// The time from one instant to another; none where the other is earlier.
pub(crate) fn between(from: Timestamp, to: Timestamp) -> Duration {
    to.duration_since(from).try_into().unwrap_or(Duration::ZERO)
}

/// Whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// An HTTP date, in any of its three forms.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    let at = httpdate::parse_http_date(text.trim()).ok()?;
    Timestamp::try_from(at).ok()
}

//! Instants as JQL writes them: to the minute, in the time zone of the user.
//!
//! Jira reads `updated >= "2026/11/01 01:30"` in the time zone of the user's profile,
//! and at the end of summer time that minute comes twice. Which of the two is meant is
//! not documented, so a bound is moved until both are on the safe side.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// What the bounds are moved by as long as they are not on the safe side.
const STEP: SignedDuration = SignedDuration::from_hours(1);

/// A minute that is at this instant or before it, whatever Jira makes of it.
#[must_use]
pub fn at_or_before(zone: Option<&TimeZone>, at: Timestamp) -> String {
    let minute = at.as_second().div_euclid(60) * 60;
    let Some(zone) = zone else {
        // No zone is farther west.
        return civil(&TimeZone::UTC, add(at_second(minute), STEP * -12));
    };
    let mut at_minute = at_second(minute);
    while meanings(zone, civil_of(zone, at_minute)).1 > at {
        at_minute = add(at_minute, -STEP);
    }
    civil(zone, at_minute)
}

/// A minute that is at this instant or after it, whatever Jira makes of it.
#[must_use]
pub fn at_or_after(zone: Option<&TimeZone>, at: Timestamp) -> String {
    let seconds = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    let minute = at_second(-((-seconds).div_euclid(60)) * 60);
    let Some(zone) = zone else {
        // No zone is farther east.
        return civil(&TimeZone::UTC, add(minute, STEP * 14));
    };
    let mut at_minute = minute;
    while meanings(zone, civil_of(zone, at_minute)).0 < at {
        at_minute = add(at_minute, STEP);
    }
    civil(zone, at_minute)
}

/// The first and the last instant that a time of the calendar can mean.
fn meanings(zone: &TimeZone, time: DateTime) -> (Timestamp, Timestamp) {
    let at = |offset: jiff::tz::Offset| offset.to_timestamp(time).unwrap_or_default();
    match zone.to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Unambiguous { offset } => (at(offset), at(offset)),
        AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
            (at(before).min(at(after)), at(before).max(at(after)))
        }
    }
}

fn at_second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or_default()
}

fn add(at: Timestamp, time: SignedDuration) -> Timestamp {
    at.saturating_add(time).unwrap_or(at)
}

fn civil_of(zone: &TimeZone, at: Timestamp) -> DateTime {
    zone.to_datetime(at)
}

fn civil(zone: &TimeZone, at: Timestamp) -> String {
    civil_of(zone, at).strftime("%Y/%m/%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_bound_is_written_in_the_zone_of_the_user() {
        let phoenix = zone("America/Phoenix");
        let instant = at("2026-01-31T10:00:30Z");
        assert_eq!(at_or_before(Some(&phoenix), instant), "2026/01/31 03:00");
        assert_eq!(at_or_after(Some(&phoenix), instant), "2026/01/31 03:01");
        assert_eq!(
            at_or_after(Some(&phoenix), at("2026-01-31T10:00:00Z")),
            "2026/01/31 03:00"
        );
    }

    #[test]
    fn in_the_hour_that_comes_twice_a_bound_is_moved_to_where_no_issue_is_lost() {
        let pacific = zone("America/Los_Angeles");
        // 01:30 comes at 08:30 UTC and again at 09:30 UTC.
        let first = at("2026-11-01T08:30:00Z");
        let second = at("2026-11-01T09:30:00Z");
        assert_eq!(at_or_before(Some(&pacific), first), "2026/11/01 00:30");
        assert_eq!(at_or_before(Some(&pacific), second), "2026/11/01 01:30");
        assert_eq!(at_or_after(Some(&pacific), first), "2026/11/01 01:30");
        assert_eq!(at_or_after(Some(&pacific), second), "2026/11/01 02:30");
    }

    #[test]
    fn an_unknown_zone_costs_hours_of_overlap_and_no_issue() {
        let instant = at("2026-01-31T10:00:00Z");
        assert_eq!(at_or_before(None, instant), "2026/01/30 22:00");
        assert_eq!(at_or_after(None, instant), "2026/02/01 00:00");
    }

    proptest! {
        #[test]
        fn a_bound_is_safe_in_every_zone_whichever_way_it_is_read(
            second in 0..4_000_000_000_i64,
            name in proptest::sample::select(vec![
                "America/Los_Angeles", "America/Phoenix", "Europe/Berlin", "Australia/Lord_Howe",
                "Antarctica/Troll", "Asia/Kolkata", "Pacific/Apia", "UTC", "Africa/Casablanca",
            ]),
        ) {
            let zone = zone(name);
            let instant = at_second(second);
            let read = |text: String| {
                let time = DateTime::strptime("%Y/%m/%d %H:%M", text).unwrap();
                meanings(&zone, time)
            };
            let lower = read(at_or_before(Some(&zone), instant));
            let upper = read(at_or_after(Some(&zone), instant));
            prop_assert!(lower.1 <= instant && upper.0 >= instant);
            let hours = SignedDuration::from_hours(5);
            prop_assert!(lower.0 >= add(instant, -hours) && upper.1 <= add(instant, hours));
        }
    }
}

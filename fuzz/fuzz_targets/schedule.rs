#![no_main]
//! Schedules: what is due comes later and later, and says itself.

use libfuzzer_sys::fuzz_target;
use qaduct_fuzz::choice;
use qaduct_pump::schedule::Schedule;

const ZONES: [&str; 5] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
];

fuzz_target!(|text: &str| {
    let zone = ZONES[usize::try_from(choice(text.as_bytes(), 5)).expect("small")];
    let anchor = Some(jiff::civil::date(2026, 3, 2));
    let Ok(schedule) = Schedule::parse(text, zone, anchor) else {
        return;
    };
    let begin = "2026-03-20T00:00:00Z".parse().expect("an instant");
    let mut at = begin;
    let mut times = Vec::new();
    while times.len() < 40
        && let Some(next) = schedule.next_after(at)
    {
        assert!(next > at, "{next} is not after {at}");
        // Nothing lies between.
        let before = next - jiff::SignedDuration::from_secs(1);
        if before > at {
            assert_eq!(schedule.next_after(before), Some(next));
        }
        times.push(next);
        at = next;
    }
    let again = Schedule::parse(schedule.text(), zone, anchor).expect("it was read before");
    assert_eq!(again.describe(), schedule.describe());
    assert_eq!(again.next_after(begin), times.first().copied());
    let cron = matches!(schedule.rule(), qaduct_pump::schedule::Rule::Cron(_));
    let written = text.to_uppercase();
    if !cron && let Ok(upper) = Schedule::parse(&written, zone, anchor) {
        assert_eq!(upper.next_after(begin), times.first().copied());
    }
});

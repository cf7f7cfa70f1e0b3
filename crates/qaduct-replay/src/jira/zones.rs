//! Time zones of users, by the rules of their clocks; no database of zones is needed.

use jiff::tz::TimeZone;

/// Names of zones and their rules as POSIX writes them.
const ZONES: &[(&str, &str)] = &[
    ("UTC", "UTC0"),
    ("America/Los_Angeles", "PST8PDT,M3.2.0,M11.1.0"),
    ("America/Phoenix", "MST7"),
    ("America/New_York", "EST5EDT,M3.2.0,M11.1.0"),
    ("America/St_Johns", "NST3:30NDT,M3.2.0,M11.1.0"),
    ("Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Europe/Bucharest", "EET-2EEST,M3.5.0/3,M10.5.0/4"),
    ("Asia/Kolkata", "IST-5:30"),
    (
        "Australia/Lord_Howe",
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
    ),
];

/// The zone of that name.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    let (_, rules) = ZONES.iter().find(|(it, _)| *it == name)?;
    TimeZone::posix(rules).ok()
}

/// The names that are known, for a message.
pub(crate) fn names() -> String {
    ZONES
        .iter()
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_that_comes_twice_means_its_first_time() {
        let time = |text: &str| text.parse::<jiff::civil::DateTime>().unwrap();
        let at = |text: &str| {
            time(text)
                .to_zoned(zone("America/Los_Angeles").unwrap())
                .unwrap()
        };
        assert_eq!(
            at("2025-11-02T01:30").timestamp().to_string(),
            "2025-11-02T08:30:00Z"
        );
        assert_eq!(
            at("2025-11-02T02:00").timestamp().to_string(),
            "2025-11-02T10:00:00Z"
        );
    }

    #[test]
    fn every_zone_can_be_read() {
        for (name, _) in ZONES {
            assert!(zone(name).is_some(), "{name}");
        }
    }
}

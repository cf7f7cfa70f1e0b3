//! A point in time as people write it: a day, or an instant.

use std::fmt;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day in UTC, or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String", extend("format" = "moment"))]
pub enum Moment {
    /// A day of UTC.
    Day(Date),
    /// An instant.
    Instant(Timestamp),
}

impl Moment {
    /// Where it begins.
    #[must_use]
    pub fn start(self) -> Timestamp {
        match self {
            Self::Day(day) => midnight(day).unwrap_or(Timestamp::MIN),
            Self::Instant(at) => at,
        }
    }

    /// The first instant after it; an instant takes no time.
    #[must_use]
    pub fn end(self) -> Timestamp {
        match self {
            Self::Day(day) => day
                .tomorrow()
                .ok()
                .and_then(midnight)
                .unwrap_or(Timestamp::MAX),
            Self::Instant(at) => at,
        }
    }
}

fn midnight(day: Date) -> Option<Timestamp> {
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

impl std::str::FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // An instant begins like a day, which would take its hours away.
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(Self::Instant(at));
        }
        match Date::strptime("%Y-%m-%d", text) {
            Ok(day) => Ok(Self::Day(day)),
            Err(_) => Err("it is neither 2026-01-31 nor 2026-01-31T10:00:00Z".to_owned()),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(out),
            Self::Instant(at) => at.fmt(out),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_all_of_it_and_an_instant_no_time_at_all() {
        let day: Moment = "2026-01-31".parse().unwrap();
        assert_eq!(day.start().to_string(), "2026-01-31T00:00:00Z");
        assert_eq!(day.end().to_string(), "2026-02-01T00:00:00Z");
        let at: Moment = "2026-01-31T10:00:00+02:00".parse().unwrap();
        assert_eq!(at.start().to_string(), "2026-01-31T08:00:00Z");
        assert_eq!(at.end(), at.start());
        for text in [
            "yesterday",
            "2026-01-31T10:00",
            "31.01.2026",
            "2026-02-30",
            "",
        ] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}

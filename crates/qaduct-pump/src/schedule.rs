//! When a job is due: rules of the calendar, read in a time zone.
//!
//! Owns what a schedule may say and which instants it means. Knows neither jobs nor the time.
//!
//! A rule says times as a clock on a wall shows them, and clocks are put forward and back:
//! a time that a day does not have is the first instant behind the gap, and of a time that a
//! day has twice only the first one counts. What is said by the hour ([`Rule::follows_hours`])
//! comes once in each hour that passes, also in one whose name comes twice.

mod cron;
mod parse;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

pub use cron::Cron;

/// When something is due.
#[derive(Debug, Clone)]
pub struct Schedule {
    text: String,
    rule: Rule,
    zone: TimeZone,
}

/// The times of a clock on a wall that a schedule means.
#[derive(Debug, Clone)]
pub enum Rule {
    /// Each hour at this minute.
    Hourly(i8),
    /// Each day.
    Daily(Time),
    /// Each week on this day.
    Weekly(Weekday, Time),
    /// Every other week, counted from a day on which it is due.
    Fortnightly(Date, Time),
    /// Each month on this day, or on the last one where the month is shorter.
    Monthly(i8, Time),
    /// What five fields say.
    Cron(Cron),
}

/// What is wrong with a schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{trouble}")]
pub struct BadSchedule {
    /// What is wrong.
    pub trouble: String,
    /// What to write.
    pub hint: Option<String>,
}

impl Schedule {
    /// Reads `text` in the zone of that name. `anchor` is a day on which a job of every other
    /// week is due.
    ///
    /// # Errors
    /// When it says nothing, or nothing that ever comes.
    pub fn parse(text: &str, zone: &str, anchor: Option<Date>) -> Result<Self, BadSchedule> {
        let rule = parse::rule(text, anchor)?;
        let zone = parse::zone(zone)?;
        let words: Vec<&str> = text.split_whitespace().collect();
        let schedule = Self {
            text: words.join(" "),
            rule,
            zone,
        };
        // Whatever is due at all is due within eight years: on a 29 February.
        match schedule.next_after(Timestamp::UNIX_EPOCH) {
            Some(_) => Ok(schedule),
            None => Err(BadSchedule {
                trouble: format!("`{text}` never comes"),
                hint: None,
            }),
        }
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its rule.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Its time zone.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The name of its time zone.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// All that it says in one text: another text is another schedule.
    #[must_use]
    pub fn describe(&self) -> String {
        match self.rule {
            Rule::Fortnightly(anchor, _) => {
                format!("{} from {anchor}, {}", self.text, self.zone_name())
            }
            _ => format!("{}, {}", self.text, self.zone_name()),
        }
    }

    /// The first time it is due after an instant; `None` at the end of time.
    #[must_use]
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        match self.rule.follows_hours() {
            true => self.next_hour_after(after),
            false => self.next_time_after(after),
        }
    }

    /// Each time of a clock is one instant: the instants come in the order of the times, so
    /// that no time up to that of `after` can be later than it.
    fn next_time_after(&self, after: Timestamp) -> Option<Timestamp> {
        let mut time = self.zone.to_datetime(after);
        loop {
            time = self.rule.next_after(time)?;
            let instant = self.instant(time)?;
            if instant > after {
                return Some(instant);
            }
        }
    }

    /// The instant at which a clock shows this for the first time, or would have.
    fn instant(&self, time: DateTime) -> Option<Timestamp> {
        match self.zone.to_ambiguous_timestamp(time).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(time).ok(),
            AmbiguousOffset::Fold { before, .. } => before.to_timestamp(time).ok(),
            AmbiguousOffset::Gap { before, .. } => {
                // With the offset of before it is an instant behind the gap.
                let behind = before.to_timestamp(time).ok()?;
                let behind = behind.checked_add(SignedDuration::from_secs(1)).ok()?;
                self.zone.preceding(behind).next().map(|it| it.timestamp())
            }
        }
    }

    /// Between two changes of the offset all hours are as long as each other.
    fn next_hour_after(&self, after: Timestamp) -> Option<Timestamp> {
        let mut at = after;
        let mut time = self.zone.to_datetime(at);
        loop {
            let next = self.rule.next_after(time)?;
            let instant = self.zone.to_offset(at).to_timestamp(next).ok()?;
            let change = self.zone.following(at).next().map(|it| it.timestamp());
            match change.filter(|change| *change <= instant) {
                None => return Some(instant),
                Some(change) => {
                    at = change;
                    // What is due at the change itself counts.
                    time = self.zone.to_datetime(at).checked_sub(1.nanosecond()).ok()?;
                }
            }
        }
    }
}

impl Rule {
    /// Whether it means hours that pass, rather than certain times of a day.
    #[must_use]
    pub fn follows_hours(&self) -> bool {
        match self {
            Self::Hourly(_) => true,
            Self::Cron(cron) => cron.follows_hours(),
            _ => false,
        }
    }

    /// The first time that it means after this one.
    fn next_after(&self, time: DateTime) -> Option<DateTime> {
        let today = time.date();
        let later = |first: DateTime, more: &dyn Fn() -> Option<DateTime>| match first > time {
            true => Some(first),
            false => more(),
        };
        match self {
            Self::Hourly(minute) => {
                let hour = today.at(time.hour(), 0, 0, 0);
                let first = hour.checked_add(i64::from(*minute).minutes()).ok()?;
                later(first, &|| first.checked_add(1.hour()).ok())
            }
            Self::Daily(at) => {
                let first = today.to_datetime(*at);
                later(first, &|| first.checked_add(1.day()).ok())
            }
            Self::Weekly(day, at) => {
                let days = today.weekday().until(*day);
                let first = today.checked_add(i64::from(days).days()).ok()?;
                let first = first.to_datetime(*at);
                later(first, &|| first.checked_add(7.days()).ok())
            }
            Self::Fortnightly(anchor, at) => {
                let since = i64::from(anchor.until(today).ok()?.get_days());
                let first = today.checked_add((-since).rem_euclid(14).days()).ok()?;
                let first = first.to_datetime(*at);
                later(first, &|| first.checked_add(14.days()).ok())
            }
            Self::Monthly(day, at) => {
                let on = |month: Date| {
                    let day = month.days_in_month().min(*day);
                    Some(month.with().day(day).build().ok()?.to_datetime(*at))
                };
                let month = today.first_of_month();
                let next = || on(month.checked_add(1.month()).ok()?);
                later(on(month)?, &next)
            }
            Self::Cron(cron) => cron.next_after(time),
        }
    }
}

#[cfg(test)]
mod tests;

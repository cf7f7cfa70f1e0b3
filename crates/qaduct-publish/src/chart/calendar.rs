//! Instants along an axis: which of them are named, and how. All in UTC.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

const DAY: f64 = 86_400.0;
/// Weeks begin on Mondays; the first of them in seconds after 1970.
const MONDAY: f64 = 4.0 * DAY;

/// How exactly an instant is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Second,
    Minute,
    Day,
    Month,
    Year,
}

/// A name in two lines: the second one is seen where it changes.
pub(super) type Name = (String, String);

/// The name of an instant, in seconds after 1970.
pub(super) fn name(at: f64, grain: Grain) -> Name {
    let (line, context) = match grain {
        Grain::Second => ("%H:%M:%S", "%-d %b %Y"),
        Grain::Minute => ("%H:%M", "%-d %b %Y"),
        Grain::Day => ("%-d %b", "%Y"),
        Grain::Month => ("%b", "%Y"),
        Grain::Year => ("%Y", ""),
    };
    (written(at, line), written(at, context))
}

/// The whole name in one line.
pub(super) fn full(at: f64, days: bool) -> String {
    written(
        at,
        if days {
            "%-d %b %Y"
        } else {
            "%-d %b %Y %H:%M UTC"
        },
    )
}

fn written(at: f64, format: &str) -> String {
    let zoned = instant(at).to_zoned(TimeZone::UTC);
    zoned.strftime(format).to_string()
}

#[expect(clippy::cast_possible_truncation, reason = "saturates, and is checked")]
fn instant(at: f64) -> Timestamp {
    let end = match at < 0.0 {
        true => Timestamp::MIN,
        false => Timestamp::MAX,
    };
    Timestamp::from_second(at.floor() as i64).unwrap_or(end)
}

#[derive(Clone, Copy)]
enum Step {
    Seconds(f64),
    Weeks(f64),
    Months(u16),
    Years(i16),
}

const STEPS: &[Step] = &[
    Step::Seconds(1.0),
    Step::Seconds(5.0),
    Step::Seconds(15.0),
    Step::Seconds(60.0),
    Step::Seconds(300.0),
    Step::Seconds(900.0),
    Step::Seconds(1800.0),
    Step::Seconds(3600.0),
    Step::Seconds(3.0 * 3600.0),
    Step::Seconds(6.0 * 3600.0),
    Step::Seconds(12.0 * 3600.0),
    Step::Seconds(DAY),
    Step::Seconds(2.0 * DAY),
    Step::Weeks(1.0),
    Step::Weeks(2.0),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Years(1),
    Step::Years(2),
    Step::Years(5),
    Step::Years(10),
    Step::Years(50),
    Step::Years(100),
    Step::Years(1000),
    Step::Years(5000),
];

impl Step {
    fn seconds(self) -> f64 {
        match self {
            Self::Seconds(it) => it,
            Self::Weeks(it) => it * 7.0 * DAY,
            Self::Months(it) => f64::from(it) * 30.4 * DAY,
            Self::Years(it) => f64::from(it) * 365.2 * DAY,
        }
    }

    fn grain(self) -> Grain {
        match self {
            Self::Seconds(it) if it < 60.0 => Grain::Second,
            Self::Seconds(it) if it < DAY => Grain::Minute,
            Self::Seconds(_) | Self::Weeks(_) => Grain::Day,
            Self::Months(_) => Grain::Month,
            Self::Years(_) => Grain::Year,
        }
    }
}

/// Round instants between two, at most so many, with their names.
pub(super) fn ticks(min: f64, max: f64, most: f32, days: bool) -> Vec<(f64, Name)> {
    let fits = |it: &&Step| {
        (!days || it.seconds() >= DAY) && (max - min) / it.seconds() <= f64::from(most.max(1.0))
    };
    let step = STEPS.iter().find(fits).copied();
    let step = step.unwrap_or(Step::Years(5000));
    let even = |width: f64, offset: f64| {
        let first = ((min - offset) / width).ceil();
        let all = std::iter::successors(Some(first), |at| Some(at + 1.0));
        let all = all.map(|at| at * width + offset);
        all.take_while(|at| *at <= max).take(64).collect::<Vec<_>>()
    };
    let places = match step {
        Step::Seconds(width) => even(width, 0.0),
        Step::Weeks(weeks) => even(weeks * 7.0 * DAY, MONDAY),
        Step::Months(months) => firsts(min, max, |day| {
            (u16::from(day.month().unsigned_abs()) - 1).is_multiple_of(months)
        }),
        Step::Years(years) => years_between(min, max, years),
    };
    let named = |at| (at, name(at, step.grain()));
    places.into_iter().map(named).collect()
}

fn seconds(day: Date) -> Option<f64> {
    let zoned = day.to_zoned(TimeZone::UTC).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "the calendar ends before")]
    let seconds = zoned.timestamp().as_second() as f64;
    Some(seconds)
}

fn day(at: f64) -> Date {
    instant(at).to_zoned(TimeZone::UTC).date()
}

/// The first days of months.
fn firsts(min: f64, max: f64, is_wanted: impl Fn(Date) -> bool) -> Vec<f64> {
    let mut month = day(min).first_of_month();
    let mut found = Vec::new();
    while let Some(at) = seconds(month).filter(|at| *at <= max) {
        if at >= min && is_wanted(month) {
            found.push(at);
        }
        let Ok(next) = month.checked_add(jiff::Span::new().months(1)) else {
            break;
        };
        month = next;
    }
    found
}

fn years_between(min: f64, max: f64, every: i16) -> Vec<f64> {
    let years = day(min).year()..=day(max).year();
    let years = years.filter(|year| year.rem_euclid(every) == 0);
    let starts = years.filter_map(|year| seconds(date(year, 1, 1)));
    starts.filter(|at| (min..=max).contains(at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(from: Date, to: Date, days: bool) -> Vec<String> {
        let (from, to) = (seconds(from).unwrap(), seconds(to).unwrap());
        let ticks = ticks(from, to, 5.0, days).into_iter();
        ticks.map(|(_, (a, b))| format!("{a} {b}")).collect()
    }

    #[test]
    fn the_step_follows_the_span() {
        assert_eq!(
            names(date(2026, 11, 20), date(2026, 11, 22), false),
            [
                "00:00 20 Nov 2026",
                "12:00 20 Nov 2026",
                "00:00 21 Nov 2026",
                "12:00 21 Nov 2026",
                "00:00 22 Nov 2026"
            ]
        );
        assert_eq!(
            names(date(2026, 11, 1), date(2026, 11, 28), true),
            ["2 Nov 2026", "9 Nov 2026", "16 Nov 2026", "23 Nov 2026"]
        );
        assert_eq!(
            names(date(2025, 8, 10), date(2026, 8, 9), true),
            ["Oct 2025", "Jan 2026", "Apr 2026", "Jul 2026"]
        );
        assert_eq!(
            names(date(2016, 3, 1), date(2026, 3, 1), true),
            ["2018 ", "2020 ", "2022 ", "2024 ", "2026 "]
        );
    }

    #[test]
    fn days_are_not_cut_into_hours() {
        assert_eq!(
            names(date(2026, 11, 20), date(2026, 11, 21), true),
            ["20 Nov 2026", "21 Nov 2026"]
        );
    }
}

//! Reads the time spans of TestRail: `1m 45s`, `2d 3h`; newer servers write
//! `1min 45sec` and `1wk 2d 3hr`.
//!
//! A day is a working day: TestRail counts 8 hours a day and 5 days a week unless its
//! owner has set other working hours; then `hours_per_day` and `days_per_week` of the
//! source say so. The text of the service is kept beside the seconds in any case.

use qaduct_records::Value;
use serde_json::Value as Json;

use crate::setup::Setup;

/// How long days and weeks are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WorkingTime {
    /// Hours of a day.
    pub(super) hours_per_day: f64,
    /// Days of a week.
    pub(super) days_per_week: f64,
}

impl WorkingTime {
    /// As the options of the source say; `Err` names the one that is no number.
    pub(super) fn of(setup: &Setup) -> Result<Self, &'static str> {
        let option = |name: &'static str, default: f64| match setup.options.get(name) {
            None => Ok(default),
            Some(text) => match text.trim().parse::<f64>() {
                Ok(number) if number > 0.0 && number <= 24.0 => Ok(number),
                _ => Err(name),
            },
        };
        Ok(Self {
            hours_per_day: option("hours_per_day", 8.0)?,
            days_per_week: option("days_per_week", 5.0)?,
        })
    }

    /// The seconds of a span; `None` when it is none.
    pub(super) fn seconds(&self, span: &str) -> Option<i64> {
        let day = self.hours_per_day * 3600.0;
        let mut rest = span.trim();
        let (mut sum, mut parts) = (0.0, 0);
        while !rest.is_empty() {
            let end = rest.find(|it: char| !it.is_ascii_digit() && it != '.')?;
            let number: f64 = rest[..end].parse().ok()?;
            let unit = rest[end..].trim_start();
            let end = unit.find(|it: char| !it.is_ascii_alphabetic());
            let (unit, after) = unit.split_at(end.unwrap_or(unit.len()));
            sum += number
                * match unit.to_ascii_lowercase().as_str() {
                    "w" | "wk" | "wks" | "week" | "weeks" => day * self.days_per_week,
                    "d" | "day" | "days" => day,
                    "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
                    "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
                    "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
                    _ => return None,
                };
            parts += 1;
            rest = after.trim_start_matches([',', ' ', '\t']);
        }
        // Beyond 2^53 a second is no longer a second.
        let whole = sum.round();
        #[expect(clippy::cast_possible_truncation, reason = "its size was looked at")]
        (parts > 0 && whole < 9.0e15).then_some(whole as i64)
    }
}

/// Puts the seconds of the spans of a record beside them: `#estimate_seconds`. What is
/// no span stays as it is, for the problem that [`read`] makes of it.
pub(super) fn measure(time: &WorkingTime, record: &mut Json, spans: &[&str]) {
    let Json::Object(fields) = record else {
        return;
    };
    for name in spans {
        let measured = match fields.get(*name) {
            None | Some(Json::Null) => continue,
            Some(Json::String(text)) if text.trim().is_empty() => continue,
            Some(Json::String(text)) => match time.seconds(text) {
                Some(seconds) => seconds.into(),
                None => text.as_str().into(),
            },
            Some(other) => other.to_string().into(),
        };
        fields.insert(format!("#{name}_seconds"), measured);
    }
}

/// Reads what [`measure`] has put.
pub(super) fn read(json: &Json) -> Result<Value, String> {
    match json {
        Json::Null => Ok(Value::Null),
        Json::Number(seconds) => seconds
            .as_i64()
            .map(Value::Int)
            .ok_or_else(|| "not a time span".to_owned()),
        _ => Err("not a time span".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DEFAULT: WorkingTime = WorkingTime {
        hours_per_day: 8.0,
        days_per_week: 5.0,
    };

    #[test]
    fn spans_are_read_in_the_words_of_old_and_new_servers() {
        let cases = [
            ("30s", 30),
            ("1m 45s", 105),
            ("1h 2m", 3720),
            ("1min 45sec", 105),
            ("2hr 5min", 7500),
            ("2 min 3 sec", 123),
            ("1h2m3s", 3723),
            (" 1m,  5s ", 65),
            ("0s", 0),
            ("1.5h", 5400),
        ];
        for (span, seconds) in cases {
            assert_eq!(DEFAULT.seconds(span), Some(seconds), "{span}");
        }
    }

    #[test]
    fn days_and_weeks_are_working_time() {
        assert_eq!(DEFAULT.seconds("2d 3h"), Some((2 * 8 + 3) * 3600));
        assert_eq!(DEFAULT.seconds("1w 2d"), Some(7 * 8 * 3600));
        assert_eq!(DEFAULT.seconds("1wk 2d 3hr"), Some((7 * 8 + 3) * 3600));
        let around_the_clock = WorkingTime {
            hours_per_day: 24.0,
            days_per_week: 7.0,
        };
        assert_eq!(around_the_clock.seconds("1w 2d"), Some(9 * 24 * 3600));
    }

    #[test]
    fn what_is_no_span_is_none() {
        for text in [
            "", "soon", "5", "m", "1x", "1m 2", "-1m", "1..5h", "∞s", "1µs",
        ] {
            assert_eq!(DEFAULT.seconds(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _seconds = DEFAULT.seconds(&text);
        }

        #[test]
        fn what_is_put_together_of_units_adds_up(
            weeks in 0..99i64, days in 0..9i64, hours in 0..24i64,
            minutes in 0..60i64, seconds in 0..60i64,
        ) {
            let span = format!("{weeks}w {days}d {hours}h {minutes}m {seconds}s");
            let sum = (weeks * 5 + days) * 8 * 3600 + hours * 3600 + minutes * 60 + seconds;
            prop_assert_eq!(DEFAULT.seconds(&span), Some(sum));
        }
    }
}

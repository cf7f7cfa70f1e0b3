//! Schedules as the five fields of cron.

use jiff::civil::{Time, Weekday};
use qaduct_pump::schedule::{Rule, Schedule};

/// Names of days by their numbers; Sunday is 0 and 7.
pub(super) const DAYS: [&str; 8] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Five fields, and whether they mean the times of the schedule and no more.
pub(super) struct Fields {
    pub(super) fields: [String; 5],
    pub(super) is_exact: bool,
}

impl Fields {
    pub(super) fn of(schedule: &Schedule) -> Self {
        let exact = |fields: [String; 5]| Self {
            fields,
            is_exact: true,
        };
        let any = || "*".to_owned();
        let at = |time: &Time, rest: [String; 3]| {
            let [day, month, weekday] = rest;
            let (minute, hour) = (time.minute().to_string(), time.hour().to_string());
            [minute, hour, day, month, weekday]
        };
        match schedule.rule() {
            Rule::Hourly(minute) => exact([minute.to_string(), any(), any(), any(), any()]),
            Rule::Daily(time) => exact(at(time, [any(), any(), any()])),
            Rule::Weekly(day, time) => exact(at(time, [any(), any(), number(*day)])),
            Rule::Fortnightly(anchor, time) => Self {
                fields: at(time, [any(), any(), number(anchor.weekday())]),
                is_exact: false,
            },
            Rule::Monthly(day, time) if *day <= 28 => {
                exact(at(time, [day.to_string(), any(), any()]))
            }
            Rule::Monthly(day, time) => Self {
                fields: at(time, [format!("28-{day}"), any(), any()]),
                is_exact: false,
            },
            Rule::Cron(cron) => {
                let mut fields = cron.fields().clone();
                // Not every cron knows Sunday as 7.
                if fields[4].contains('7') && !fields[4].starts_with('*') {
                    let days = weekdays(&fields[4]);
                    let days: Vec<String> = days.iter().map(usize::to_string).collect();
                    fields[4] = days.join(",");
                }
                exact(fields)
            }
        }
    }

    pub(super) fn text(&self) -> String {
        self.fields.join(" ")
    }
}

fn number(day: Weekday) -> String {
    day.to_sunday_zero_offset().to_string()
}

/// The days that the fifth field means, from 0 for Sunday on.
pub(super) fn weekdays(field: &str) -> Vec<usize> {
    let number = |text: &str| {
        let by_name = DAYS.iter().position(|it| it.eq_ignore_ascii_case(text));
        by_name.or_else(|| text.parse().ok()).unwrap_or(0)
    };
    let mut found = [false; 7];
    for item in field.split(',') {
        let (range, step) = item.split_once('/').unwrap_or((item, "1"));
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (0, 6),
            Some((from, to)) => (number(from), number(to)),
            None if item.contains('/') => (number(range), 7),
            None => (number(range), number(range)),
        };
        let step = step.parse::<usize>().unwrap_or(1).max(1);
        (from..=to)
            .step_by(step)
            .for_each(|it| found[it % 7] = true);
    }
    (0..7).filter(|it| found[*it]).collect()
}

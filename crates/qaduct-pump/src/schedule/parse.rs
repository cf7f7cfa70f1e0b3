//! From words to rules.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use qaduct_records::nearest;

use super::{BadSchedule, Cron, Rule};

const WORDS: [&str; 5] = ["hourly", "daily", "weekly", "fortnightly", "monthly"];
const FORMS: &str = "write `hourly`, `hourly :30`, `daily 08:00`, `weekly sat 07:00`, \
                     `fortnightly mon 08:00`, `monthly 1 08:00`, `monthly last 08:00` or the five \
                     fields of cron";
const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// The rule that a text says.
pub(super) fn rule(text: &str, anchor: Option<Date>) -> Result<Rule, BadSchedule> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let rule = match words.as_slice() {
        ["hourly"] => Rule::Hourly(0),
        ["hourly", minute] => Rule::Hourly(minute_of(minute)?),
        ["daily", at] => Rule::Daily(time(at)?),
        ["weekly", on, at] => Rule::Weekly(day(on)?, time(at)?),
        ["fortnightly", on, at] => Rule::Fortnightly(anchored(anchor, day(on)?)?, time(at)?),
        ["monthly", "last", at] => Rule::Monthly(31, time(at)?),
        ["monthly", on, at] => Rule::Monthly(day_of_month(on)?, time(at)?),
        [word, ..] if WORDS.contains(word) => {
            return Err(bad(format!("`{text}` is no schedule"), FORMS));
        }
        [a, b, c, d, e] => Rule::Cron(Cron::parse([a, b, c, d, e])?),
        [word, ..] => {
            let near = nearest(word, WORDS.iter().copied());
            let hint = near.map_or(FORMS.to_owned(), |near| format!("did you mean `{near}`?"));
            return Err(bad(format!("`{text}` is no schedule"), &hint));
        }
        [] => return Err(bad("a schedule cannot be empty".to_owned(), FORMS)),
    };
    match (&rule, anchor) {
        (Rule::Fortnightly(..), _) | (_, None) => Ok(rule),
        (_, Some(_)) => Err(bad(
            format!("`{text}` needs no `anchor`"),
            "only `fortnightly` counts from a day; leave `anchor` out",
        )),
    }
}

/// The zone of that name.
pub(super) fn zone(name: &str) -> Result<TimeZone, BadSchedule> {
    // An offset is no place: it would not follow the clocks of anybody.
    TimeZone::get(name).map_err(|_| {
        let all: Vec<String> = jiff::tz::db()
            .available()
            .map(|it| it.to_string())
            .collect();
        let last = |name: &str| name.rsplit('/').next().map(str::to_ascii_lowercase);
        let place = all.iter().find(|it| last(it) == last(name));
        let near = place.map(String::as_str);
        let near = near.or_else(|| nearest(name, all.iter().map(String::as_str)));
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write a name such as `Europe/Berlin` or `UTC`".to_owned(),
        };
        bad(format!("there is no time zone `{name}`"), &hint)
    })
}

fn time(text: &str) -> Result<Time, BadSchedule> {
    let read = || {
        let (hour, minute) = text.split_once(':')?;
        let number = |text: &str, longest: usize| {
            let fits = (1..=longest).contains(&text.len());
            let digits = fits && text.bytes().all(|it| it.is_ascii_digit());
            digits.then(|| text.parse::<i8>().ok()).flatten()
        };
        let minute = number(minute, 2).filter(|_| minute.len() == 2)?;
        Time::new(number(hour, 2)?, minute, 0, 0).ok()
    };
    read().ok_or_else(|| {
        bad(
            format!("`{text}` is no time of a day"),
            "write it as `08:00` or `23:30`",
        )
    })
}

fn minute_of(text: &str) -> Result<i8, BadSchedule> {
    let minute = text.strip_prefix(':').filter(|it| it.len() == 2);
    minute
        .and_then(|it| it.parse().ok())
        .filter(|it| (0..60).contains(it))
        .ok_or_else(|| {
            bad(
                format!("`{text}` is no minute of an hour"),
                "write `hourly :30`",
            )
        })
}

fn day(text: &str) -> Result<Weekday, BadSchedule> {
    let word = text.to_ascii_lowercase();
    let is_meant = |name: &str| word == name || word == name[..3];
    let found = DAYS.iter().find(|(name, _)| is_meant(name));
    found.map(|(_, day)| *day).ok_or_else(|| {
        bad(
            format!("`{text}` is no day of a week"),
            "write mon, tue, wed, thu, fri, sat or sun",
        )
    })
}

fn day_of_month(text: &str) -> Result<i8, BadSchedule> {
    let day = text.parse().ok().filter(|it| (1..=31).contains(it));
    day.ok_or_else(|| {
        bad(
            format!("`{text}` is no day of a month"),
            "write a number from 1 to 31, or `last`",
        )
    })
}

/// The day from which every other week is counted.
fn anchored(anchor: Option<Date>, day: Weekday) -> Result<Date, BadSchedule> {
    let Some(anchor) = anchor else {
        return Err(bad(
            "nobody knows which weeks `fortnightly` means".to_owned(),
            "add `anchor`, a day on which it is due, such as anchor = \"2026-01-05\"",
        ));
    };
    if anchor.weekday() == day {
        return Ok(anchor);
    }
    let name = |day: Weekday| DAYS.iter().find(|it| it.1 == day).map_or("", |it| it.0);
    let near = anchor.nth_weekday(1, day).unwrap_or(anchor);
    Err(bad(
        format!(
            "`anchor` is a {}, and the job is due on a {}",
            name(anchor.weekday()),
            name(day)
        ),
        &format!("write a day on which it is due, such as anchor = \"{near}\""),
    ))
}

fn bad(trouble: String, hint: &str) -> BadSchedule {
    BadSchedule {
        trouble,
        hint: Some(hint.to_owned()),
    }
}

//! Five fields of cron: minute, hour, day of the month, month, day of the week.

use cronexpr::{FallbackTimezoneOption, MakeTimestamp, ParseOptions, parse_crontab_with};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::BadSchedule;

/// Five fields.
#[derive(Debug, Clone)]
pub struct Cron {
    fields: [String; 5],
    parsed: cronexpr::Crontab,
}

impl Cron {
    pub(super) fn parse(fields: [&str; 5]) -> Result<Self, BadSchedule> {
        let text = fields.join(" ");
        let wrong = |trouble: String, hint: &str| BadSchedule {
            trouble: format!("`{text}`: {trouble}"),
            hint: Some(hint.to_owned()),
        };
        let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "*,-/".contains(sign);
        let special = |field: &&str| {
            // Names of months and days are three letters; `L`, `5W` and `H` mean different
            // things to different programs.
            let mut words = field.split(|sign: char| !sign.is_ascii_alphabetic());
            !field.chars().all(is_plain) || words.any(|word| !matches!(word.len(), 0 | 3))
        };
        if let Some(field) = fields.iter().find(|it| special(it)) {
            return Err(wrong(
                format!("`{field}` is none of numbers, names, `*`, `,`, `-` and `/`"),
                "`monthly last 08:00` means the last day of a month",
            ));
        }
        let mut options = ParseOptions::default();
        // The times of a clock on a wall, as if its zone were this.
        options.fallback_timezone_option = FallbackTimezoneOption::UTC;
        let parsed = parse_crontab_with(&text, options).map_err(|error| {
            let said = error.to_string();
            let why = said.lines().last().unwrap_or_default();
            let why = why.trim_start_matches([' ', '^', '-']).trim().to_owned();
            wrong(
                why,
                "the five fields are minute, hour, day of the month, month, day of the week",
            )
        })?;
        Ok(Self {
            fields: fields.map(str::to_owned),
            parsed,
        })
    }

    /// Its fields.
    #[must_use]
    pub fn fields(&self) -> &[String; 5] {
        &self.fields
    }

    /// Whether it means all hours or every so many.
    pub(super) fn follows_hours(&self) -> bool {
        self.fields[1].starts_with('*')
    }

    pub(super) fn next_after(&self, time: DateTime) -> Option<DateTime> {
        let utc = TimeZone::UTC;
        let after = MakeTimestamp(utc.to_timestamp(time).ok()?);
        Some(self.parsed.find_next(after).ok()?.datetime())
    }
}

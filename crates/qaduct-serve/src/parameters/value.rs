//! Values of parameters: from text to what a query compares with.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use qaduct_records::{Column, ColumnType, Direction, Value};

use super::NONE;
use crate::api::LARGEST_PAGE;
use crate::catalogue::Resource;

/// A value that a column is to have; the word `none` is NULL where it may be.
pub(super) fn equal(resource: &Resource, column: &Column, text: &str) -> Result<Value, String> {
    if column.nullable && text == NONE {
        return Ok(Value::Null);
    }
    if let Some((_, words)) = resource.words.iter().find(|(name, _)| column.name == *name) {
        return word(words, text).map(Value::from);
    }
    of(column.kind, text)
}

/// A value of a type.
pub(super) fn of(kind: ColumnType, text: &str) -> Result<Value, String> {
    match kind {
        ColumnType::Text => Ok(Value::from(text)),
        ColumnType::Int => text
            .parse()
            .map(Value::Int)
            .map_err(|_| "it is no whole number".to_owned()),
        ColumnType::Float => text
            .parse()
            .ok()
            .filter(|it: &f64| it.is_finite())
            .map(Value::Float)
            .ok_or_else(|| "it is no number".to_owned()),
        ColumnType::Bool => word(&["true", "false"], text).map(|it| Value::Bool(it == "true")),
        ColumnType::Date => date(text)
            .map(Value::Date)
            .ok_or_else(|| "write a day as 2026-11-21".to_owned()),
        ColumnType::Timestamp => text
            .parse::<Timestamp>()
            .ok()
            .or_else(|| {
                date(text)?
                    .to_zoned(TimeZone::UTC)
                    .ok()
                    .map(|it| it.timestamp())
            })
            .map(Value::Timestamp)
            .ok_or_else(|| {
                "write an instant as 2026-11-21T07:00:00Z, or a day as 2026-11-21".to_owned()
            }),
    }
}

/// A day written `YYYY-MM-DD`, and in no other way that a library may know.
fn date(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// One of these words.
pub(super) fn word<'a>(words: &[&'a str], text: &str) -> Result<&'a str, String> {
    words
        .iter()
        .find(|it| **it == text)
        .copied()
        .ok_or_else(|| format!("it is none of: {}", words.join(", ")))
}

pub(super) fn limit(text: &str) -> Result<u64, String> {
    text.parse()
        .ok()
        .filter(|it| (1..=LARGEST_PAGE).contains(it))
        .ok_or_else(|| format!("it is no number from 1 to {LARGEST_PAGE}"))
}

/// Names of columns, joined by commas.
pub(super) fn columns(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Columns to sort by, each with `-` before it to turn it around.
pub(super) fn order(resource: &Resource, text: &str) -> Result<Vec<(String, Direction)>, String> {
    let mut order: Vec<(String, Direction)> = Vec::new();
    for item in columns(text) {
        let (name, direction) = match item.strip_prefix('-') {
            Some(name) => (name, Direction::Down),
            None => (item.as_str(), Direction::Up),
        };
        if resource.column(name).is_none() {
            let known = resource.columns.iter().map(|it| it.name.as_ref());
            return Err(match qaduct_records::nearest(name, known) {
                Some(nearest) => format!("there is no column `{name}`; did you mean `{nearest}`?"),
                None => format!("there is no column `{name}`"),
            });
        }
        if !order.iter().any(|(it, _)| it == name) {
            order.push((name.to_owned(), direction));
        }
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_may_be_written_as_a_day_and_a_day_only_as_a_day() {
        let midnight = of(ColumnType::Timestamp, "2026-11-21").unwrap();
        assert_eq!(
            midnight,
            of(ColumnType::Timestamp, "2026-11-21T01:00:00+01:00").unwrap()
        );
        assert_eq!(
            of(ColumnType::Date, "2026-11-21").unwrap(),
            Value::Date(jiff::civil::date(2026, 11, 21))
        );
        for wrong in [
            "2026-11-21T07:00:00Z",
            "21.11.2026",
            "2026-02-30",
            "",
            "yesterday",
            "20261121",
        ] {
            assert!(of(ColumnType::Date, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_and_flags_are_strict() {
        assert_eq!(of(ColumnType::Int, "-5").unwrap(), Value::Int(-5));
        assert_eq!(of(ColumnType::Bool, "true").unwrap(), Value::Bool(true));
        for (kind, wrong) in [
            (ColumnType::Int, "5.0"),
            (ColumnType::Int, "99999999999999999999"),
            (ColumnType::Float, "NaN"),
            (ColumnType::Bool, "yes"),
        ] {
            assert!(of(kind, wrong).is_err(), "{wrong}");
        }
        assert_eq!(limit("5000").unwrap(), 5_000);
        for wrong in ["0", "5001", "-1", "ten", ""] {
            assert!(limit(wrong).is_err(), "{wrong}");
        }
    }
}

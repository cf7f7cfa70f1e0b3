//! What is asked of a row in words: `events > 500 or users > 500`.
//!
//! Columns are compared with a number, a day (also `today`), a flag or a text; a time with a
//! day as that begins in UTC. `and` binds closer than `or`. Of a NULL nobody knows whether it passes, as in SQL; `is set` and
//! `is missing` ask for that. Reads nothing.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use qaduct_records::{ColumnType, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A condition on the columns of a row.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(with = "String", extend("format" = "condition"))]
pub struct Condition {
    text: String,
    /// One of these groups holds whole.
    any: Vec<Vec<Comparison>>,
}

/// One column and what it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The column.
    pub column: String,
    operator: Operator,
    /// With what, as it was written.
    pub operand: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    Unequal,
    Set,
    Missing,
}

/// As they are written; what another begins with comes behind it.
const OPERATORS: [(&str, Operator); 6] = [
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("!=", Operator::Unequal),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("=", Operator::Equal),
];

impl Condition {
    /// All that is compared, in the order in which it was written.
    pub fn comparisons(&self) -> impl Iterator<Item = &Comparison> {
        self.any.iter().flatten()
    }

    /// Whether a row passes; `None` where a missing value leaves it open.
    pub fn holds(&self, today: Date, value: impl Fn(&str) -> Value) -> Option<bool> {
        let groups = self.any.iter().map(|group| {
            let passed = group.iter().map(|it| it.holds(today, &value(&it.column)));
            settled(passed, false)
        });
        settled(groups, true)
    }
}

/// What one value settles for all; else whether the others leave it open.
fn settled(values: impl Iterator<Item = Option<bool>>, by: bool) -> Option<bool> {
    let values: Vec<_> = values.collect();
    if values.contains(&Some(by)) {
        return Some(by);
    }
    (!values.contains(&None)).then_some(!by)
}

impl Comparison {
    /// Whether a value passes; `None` for one that is missing or cannot be compared.
    #[must_use]
    pub fn holds(&self, today: Date, value: &Value) -> Option<bool> {
        match self.operator {
            Operator::Set => return Some(*value != Value::Null),
            Operator::Missing => return Some(*value == Value::Null),
            _ => {}
        }
        let order = self.order(today, value)?;
        Some(match self.operator {
            Operator::Less => order == Ordering::Less,
            Operator::LessOrEqual => order != Ordering::Greater,
            Operator::Greater => order == Ordering::Greater,
            Operator::GreaterOrEqual => order != Ordering::Less,
            Operator::Equal => order == Ordering::Equal,
            Operator::Unequal => order != Ordering::Equal,
            Operator::Set | Operator::Missing => return None,
        })
    }

    /// How a value stands to the operand.
    fn order(&self, today: Date, value: &Value) -> Option<Ordering> {
        let operand = self.operand.as_str();
        let number = |it: f64| it.partial_cmp(&operand.parse().ok()?);
        let day = || match operand {
            "today" => Some(today),
            operand => Date::strptime("%Y-%m-%d", operand).ok(),
        };
        let time = || match day() {
            Some(day) => Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp()),
            None => operand.parse().ok(),
        };
        match value {
            Value::Null => None,
            Value::Text(text) => Some(text.as_str().cmp(operand)),
            Value::Int(it) => match operand.parse::<i64>() {
                Ok(whole) => Some(it.cmp(&whole)),
                Err(_) => number(*it as f64),
            },
            Value::Float(it) => number(*it),
            Value::Bool(it) => Some(it.cmp(&operand.parse().ok()?)),
            Value::Timestamp(it) => Some(it.cmp(&time()?)),
            Value::Date(it) => Some(it.cmp(&day()?)),
        }
    }

    /// Whether values of this kind can be compared with the operand.
    ///
    /// # Errors
    /// When they cannot, so that it would never be known whether one passes.
    pub fn fits(&self, kind: ColumnType) -> Result<(), String> {
        if matches!(self.operator, Operator::Set | Operator::Missing) {
            return Ok(());
        }
        let (any, with) = match kind {
            ColumnType::Text => (Value::Text(String::new()), "a text"),
            ColumnType::Int => (Value::Int(0), "a number"),
            ColumnType::Float => (Value::Float(0.0), "a number"),
            ColumnType::Bool => (Value::Bool(false), "`true` or `false`"),
            ColumnType::Timestamp => (
                Value::Timestamp(Timestamp::UNIX_EPOCH),
                "a day such as `2026-11-21`, `today` or a time such as `2026-11-21T08:00:00Z`",
            ),
            ColumnType::Date => (
                Value::Date(Date::constant(1970, 1, 1)),
                "a day such as `2026-11-21` or `today`",
            ),
        };
        match self.order(Date::constant(1970, 1, 1), &any) {
            Some(_) => Ok(()),
            None => Err(format!(
                "`{}` is compared with {with}, not with `{}`",
                self.column, self.operand
            )),
        }
    }

    /// In words, of a value that passes: `below 99.5`.
    #[must_use]
    pub fn words(&self) -> String {
        let word = match self.operator {
            Operator::Less => "below",
            Operator::LessOrEqual => "at most",
            Operator::Greater => "above",
            Operator::GreaterOrEqual => "at least",
            Operator::Equal => "",
            Operator::Unequal => "not",
            Operator::Set => "set",
            Operator::Missing => "missing",
        };
        format!("{word} {}", self.operand).trim().to_owned()
    }
}

/// Parts of a text at a word that stands outside of quotes.
fn split<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, sign) in text.char_indices() {
        if sign == '\'' {
            quoted = !quoted;
        }
        if !quoted && at >= start && text[at..].starts_with(word) {
            parts.push(text[start..at].trim());
            start = at + word.len();
        }
    }
    parts.push(text[start..].trim());
    parts
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let any = split(text, " or ").into_iter().map(|group| {
            let all = split(group, " and ").into_iter().map(comparison);
            all.collect::<Result<_, String>>()
        });
        Ok(Self {
            text: text.trim().to_owned(),
            any: any.collect::<Result<_, String>>()?,
        })
    }
}

fn comparison(text: &str) -> Result<Comparison, String> {
    let unread = || format!("`{text}` is no comparison such as `events > 500`");
    let name = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let end = text.find(|it| !name(it)).unwrap_or(text.len());
    let (column, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let state = [("is set", Operator::Set), ("is missing", Operator::Missing)];
    if let Some((_, operator)) = state.into_iter().find(|(words, _)| rest == *words)
        && !column.is_empty()
    {
        return Ok(Comparison {
            column: column.to_owned(),
            operator,
            operand: String::new(),
        });
    }
    let known = OPERATORS.iter();
    let found = known
        .filter_map(|(sign, it)| Some((it, rest.strip_prefix(sign)?.trim())))
        .next();
    let (operator, operand) = found.filter(|_| !column.is_empty()).ok_or_else(unread)?;
    let operand = match operand.strip_prefix('\'') {
        Some(quoted) => quoted.strip_suffix('\'').ok_or_else(unread)?,
        None if operand.is_empty() || operand.contains(|it: char| "<>=' ".contains(it)) => {
            return Err(unread());
        }
        None => operand,
    };
    Ok(Comparison {
        column: column.to_owned(),
        operator: *operator,
        operand: operand.to_owned(),
    })
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, events: Value, users: Value) -> Option<bool> {
        let condition: Condition = text.parse().unwrap();
        condition.holds("2026-11-21".parse().unwrap(), |column| match column {
            "events" => events.clone(),
            _ => users.clone(),
        })
    }

    #[test]
    fn a_value_that_is_missing_leaves_open_what_the_others_do_not_settle() {
        let text = "events > 500 or users > 500";
        let (little, much) = (|| Value::Int(500), || Value::Int(501));
        assert_eq!(holds(text, little(), little()), Some(false));
        assert_eq!(holds(text, little(), much()), Some(true));
        assert_eq!(holds(text, Value::Null, much()), Some(true));
        assert_eq!(holds(text, Value::Null, little()), None);
        let text = "events is set and events > 500 or users is missing";
        assert_eq!(holds(text, Value::Null, little()), Some(false));
        assert_eq!(holds(text, Value::Null, Value::Null), Some(true));
        let text = "events > 500 and users > 500";
        assert_eq!(holds(text, Value::Null, little()), Some(false));
        assert_eq!(holds(text, Value::Null, much()), None);
    }

    #[test]
    fn numbers_days_flags_and_texts_are_compared() {
        for (text, value, passes) in [
            ("events<99.5", Value::Float(99.4999), true),
            ("events < 99.5", Value::Int(99), true),
            ("events >= 99.5", Value::Float(99.5), true),
            ("events = failed", Value::Text("failed".to_owned()), true),
            (
                "events != 'a or b'",
                Value::Text("a or b".to_owned()),
                false,
            ),
            ("events = true", Value::Bool(true), true),
            (
                "events < 2026-11-21",
                Value::Date("2026-11-20".parse().unwrap()),
                true,
            ),
            (
                "events < today",
                Value::Date("2026-11-21".parse().unwrap()),
                false,
            ),
        ] {
            assert_eq!(holds(text, value, Value::Null), Some(passes), "{text}");
        }
        assert_eq!(holds("events < many", Value::Int(1), Value::Null), None);
    }

    #[test]
    fn a_time_is_compared_with_a_day_as_that_begins_in_utc() {
        for (text, passes) in [
            ("events > 2026-11-21", true),
            ("events >= today", true),
            ("events < today", false),
            ("events < 2026-11-22", true),
            ("events < 2026-11-21T00:00:00.000001Z", false),
            ("events < 2026-11-21T02:00:00+01:00", true),
        ] {
            let time = Value::Timestamp("2026-11-21T00:00:00.000001Z".parse().unwrap());
            assert_eq!(holds(text, time, Value::Null), Some(passes), "{text}");
        }
    }

    #[test]
    fn what_can_never_be_compared_is_told() {
        let told = |text: &str, kind| {
            let condition: Condition = text.parse().unwrap();
            let told = condition.comparisons().map(|it| it.fits(kind));
            told.collect::<Result<(), _>>().err().unwrap_or_default()
        };
        for (text, kind, wrong) in [
            (
                "a < many",
                ColumnType::Int,
                "`a` is compared with a number, not with `many`",
            ),
            (
                "a < nan",
                ColumnType::Float,
                "`a` is compared with a number, not with `nan`",
            ),
            (
                "a = yes",
                ColumnType::Bool,
                "`a` is compared with `true` or `false`, not with `yes`",
            ),
            (
                "a < 7",
                ColumnType::Date,
                "`a` is compared with a day such as `2026-11-21` or `today`, not with `7`",
            ),
            (
                "a < 2026-11-21T08:00",
                ColumnType::Timestamp,
                "`a` is compared with a day such as `2026-11-21`, `today` or a time such as `2026-11-21T08:00:00Z`, not with `2026-11-21T08:00`",
            ),
            ("a < 7.5", ColumnType::Int, ""),
            ("a = true", ColumnType::Bool, ""),
            ("a < today", ColumnType::Timestamp, ""),
            ("a < today", ColumnType::Date, ""),
            ("a = 7", ColumnType::Text, ""),
            ("a is set", ColumnType::Date, ""),
        ] {
            assert_eq!(told(text, kind), wrong, "{text}");
        }
    }

    #[test]
    fn what_is_no_comparison_is_refused_and_the_rest_comes_back_as_written() {
        for text in [
            "",
            "events",
            "events >",
            "> 5",
            "events > 5 users > 6",
            "events = 'a",
            "a > 1 or",
        ] {
            assert!(text.parse::<Condition>().is_err(), "{text}");
        }
        let text = "events > 500 or users > 500 and events != 7";
        assert_eq!(text.parse::<Condition>().unwrap().to_string(), text);
    }
}

//! How a value is written: `99.8123`, `5.4k`, `2026-11-20`; what is missing is said.

use std::fmt;
use std::str::FromStr;

use qaduct_records::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text::{cut, line};

/// What stands for a number that nobody knows.
pub const NO_DATA: &str = "no data";

/// How the values of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String", extend("format" = "format"))]
pub enum Format {
    /// So many digits behind the point.
    Decimals(usize),
    /// `5.4k` for 5,400.
    Thousands,
    /// At most so many letters.
    Letters(usize),
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| text.trim().parse::<usize>().ok();
        let found = match text.trim() {
            "thousands" => Some(Self::Thousands),
            text => match text.split_once(' ') {
                Some((count, "decimals" | "decimal")) => {
                    number(count).filter(|it| *it <= 9).map(Self::Decimals)
                }
                Some((count, "letters")) => number(count)
                    .filter(|it| (2..=500).contains(it))
                    .map(Self::Letters),
                _ => None,
            },
        };
        found.ok_or_else(|| "it is none of `4 decimals`, `50 letters` and `thousands`".to_owned())
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimals(count) => write!(out, "{count} decimals"),
            Self::Thousands => out.write_str("thousands"),
            Self::Letters(count) => write!(out, "{count} letters"),
        }
    }
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A value as people read it, in one line.
#[must_use]
pub fn written(value: &Value, format: Option<Format>) -> String {
    let text = match (value, format) {
        (Value::Null, _) => NO_DATA.to_owned(),
        (Value::Int(it), Some(Format::Thousands)) => thousands(*it as f64),
        (Value::Float(it), Some(Format::Thousands)) => thousands(*it),
        (Value::Int(it), Some(Format::Decimals(count))) if count > 0 => {
            format!("{it}.{}", "0".repeat(count))
        }
        (Value::Float(it), Some(Format::Decimals(count))) => format!("{it:.count$}"),
        (Value::Int(it), _) => grouped(*it),
        (Value::Float(it), _) => format!("{it:.2}"),
        (Value::Bool(it), _) => if *it { "yes" } else { "no" }.to_owned(),
        (Value::Date(it), _) => it.to_string(),
        (Value::Timestamp(it), _) => it.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        (Value::Text(it), _) => line(it),
    };
    match format {
        Some(Format::Letters(most)) => cut(&text, most),
        _ => text,
    }
}

fn thousands(number: f64) -> String {
    let steps = [(1e9, "G"), (1e6, "M"), (1e3, "k")];
    let size = number.abs();
    let Some((step, sign)) = steps.into_iter().find(|(step, _)| size >= *step) else {
        return format!("{number}");
    };
    // Never rounded up: 4,999 is no 5k.
    let shown = (number / step * 10.0).trunc() / 10.0;
    if shown.abs() < 10.0 && shown.fract() != 0.0 {
        format!("{shown:.1}{sign}")
    } else {
        format!("{:.0}{sign}", shown.trunc())
    }
}

fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_asked_for_and_never_rounded_up_to_more() {
        let int = |it, format: Option<&str>| {
            written(&Value::Int(it), format.map(|it| it.parse().unwrap()))
        };
        assert_eq!(int(12_345, None), "12,345");
        assert_eq!(int(-100, None), "-100");
        assert_eq!(int(950, Some("thousands")), "950");
        assert_eq!(int(4_999, Some("thousands")), "4.9k");
        assert_eq!(int(5_000, Some("thousands")), "5k");
        assert_eq!(int(12_999, Some("thousands")), "12k");
        assert_eq!(int(1_250_000, Some("thousands")), "1.2M");
        let rate = |it| written(&Value::Float(it), Some(Format::Decimals(4)));
        assert_eq!(rate(99.812_34), "99.8123");
        assert_eq!(rate(100.0), "100.0000");
    }

    #[test]
    fn what_is_missing_is_no_number() {
        for format in [None, Some(Format::Thousands), Some(Format::Decimals(4))] {
            assert_eq!(written(&Value::Null, format), NO_DATA);
        }
        let text = Value::Text("a\nbcdef".to_owned());
        assert_eq!(written(&text, Some(Format::Letters(4))), "a b…");
    }

    #[test]
    fn what_is_no_format_is_refused() {
        for text in ["", "decimals", "10 decimals", "1 letters", "4 digits"] {
            assert!(text.parse::<Format>().is_err(), "{text}");
        }
        assert_eq!("1 decimal".parse(), Ok(Format::Decimals(1)));
    }
}

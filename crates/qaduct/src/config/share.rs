//! A share of a whole: `50%`, `0.5`.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A share, above 0 and up to 1.
#[derive(Debug, Clone, Copy, PartialEq, JsonSchema)]
#[schemars(with = "String", extend("format" = "share"))]
pub struct Share(pub f64);

impl std::str::FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (number, whole) = match text.strip_suffix('%') {
            Some(number) => (number.trim(), 100.0),
            None => (text, 1.0),
        };
        let number: f64 = number
            .parse()
            .map_err(|_| "it is neither a percentage nor a fraction".to_owned())?;
        let share = number / whole;
        if share > 0.0 && share <= 1.0 {
            Ok(Self(share))
        } else {
            Err("it has to be above 0 and up to 100%".to_owned())
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}%", self.0 * 100.0)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Share {
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
    fn a_share_is_a_percentage_or_a_fraction() {
        assert_eq!("50%".parse(), Ok(Share(0.5)));
        assert_eq!("0.25".parse(), Ok(Share(0.25)));
        assert_eq!(Share(0.25).to_string(), "25%");
        for text in ["0", "120%", "-1", "half", "NaN", ""] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }
}

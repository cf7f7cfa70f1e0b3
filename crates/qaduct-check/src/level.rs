//! How bad a finding is, and from when on a check fails.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Good to know.
    Info,
    /// Should be looked at.
    Warning,
    /// Must not stay.
    Error,
}

impl Level {
    /// As it is written: `error`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Which findings make a check fail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FailOn {
    level: Option<Level>,
    rules: BTreeSet<&'static str>,
}

impl FailOn {
    /// Reads a list of levels and rules: `error`, `QM005`; `never` for none.
    ///
    /// # Errors
    /// With the word that means nothing.
    pub fn read<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownWord> {
        let mut read = Self::default();
        for word in words.into_iter().map(str::trim) {
            let level = match word {
                "never" => continue,
                "info" => Some(Level::Info),
                "warning" => Some(Level::Warning),
                "error" => Some(Level::Error),
                _ => None,
            };
            match (level, crate::rule(word)) {
                (Some(level), _) => {
                    read.level = Some(read.level.map_or(level, |it| it.min(level)));
                }
                (None, Some(rule)) => {
                    read.rules.insert(rule.id);
                }
                (None, None) => return Err(UnknownWord(word.to_owned())),
            }
        }
        Ok(read)
    }

    /// Whether a finding of this rule and level makes a check fail.
    #[must_use]
    pub fn fails(&self, rule: &str, level: Level) -> bool {
        self.level.is_some_and(|least| level >= least) || self.rules.contains(rule)
    }

    /// The rules that are named one by one.
    pub fn named(&self) -> impl Iterator<Item = &'static str> {
        self.rules.iter().copied()
    }
}

/// A word that is neither a rule nor a level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a rule such as `QM001`, nor `error`, `warning`, `info` or `never`")]
pub struct UnknownWord(pub String);

/// The level of a rule in the settings; a rule that is off is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(with = "String", extend("enum" = ["off", "info", "warning", "error"]))]
pub enum Setting {
    /// The rule is not asked.
    Off,
    /// Good to know.
    Info,
    /// Should be looked at.
    Warning,
    /// Must not stay.
    Error,
}

impl Setting {
    /// The level, unless the rule is off.
    #[must_use]
    pub fn level(self) -> Option<Level> {
        match self {
            Self::Off => None,
            Self::Info => Some(Level::Info),
            Self::Warning => Some(Level::Warning),
            Self::Error => Some(Level::Error),
        }
    }
}

impl FromStr for FailOn {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::read(text.split(','))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_fails_on_a_level_and_all_above_it_and_on_what_is_named() {
        let fail_on: FailOn = "warning,QM008".parse().unwrap();
        assert!(fail_on.fails("QM001", Level::Error));
        assert!(fail_on.fails("QM005", Level::Warning));
        assert!(fail_on.fails("QM008", Level::Info));
        assert!(!fail_on.fails("QM009", Level::Info));
        let never: FailOn = "never".parse().unwrap();
        assert!(!never.fails("QM001", Level::Error));
        let wrong = "QM404".parse::<FailOn>().unwrap_err();
        insta::assert_snapshot!(wrong, @"`QM404` is neither a rule such as `QM001`, nor `error`, `warning`, `info` or `never`");
    }
}

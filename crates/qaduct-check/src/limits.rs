//! What the settings say about the rules.

use std::collections::BTreeMap;

use qaduct_records::{Declaration, Intent};

use crate::level::Setting;
use crate::{Level, Rule};

/// What the settings say about the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Days after which a mute is too old.
    pub max_age: i64,
    /// Days after which it is worth a warning.
    pub warn_age: i64,
    /// Projects and repositories whose tickets count: `SHOP`, `acme/shop`; none: all.
    pub projects: Vec<String>,
    /// Mutes for these purposes need no ticket, and may grow old.
    pub exempt: Vec<Intent>,
    /// Levels other than those of the rules themselves.
    pub levels: BTreeMap<String, Setting>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_age: 90,
            warn_age: 14,
            projects: Vec::new(),
            exempt: vec![Intent::Platform, Intent::Environment, Intent::Intentional],
            levels: BTreeMap::new(),
        }
    }
}

impl Limits {
    /// The level of a rule; `None` for one that is off.
    #[must_use]
    pub fn level(&self, rule: &Rule) -> Option<Level> {
        match self.levels.get(rule.id) {
            Some(setting) => setting.level(),
            None => Some(rule.level),
        }
    }

    /// Whether a mute is no debt: not meant to be lifted some day.
    #[must_use]
    pub fn exempts(&self, mute: &Declaration) -> bool {
        mute.intent.is_some_and(|it| self.exempt.contains(&it))
    }
}

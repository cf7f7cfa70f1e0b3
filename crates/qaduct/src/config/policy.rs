//! `[check]`: what `qaduct check` asks of mutes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use qaduct_check::level::Setting;
use qaduct_check::{FailOn, Limits, RULES};
use qaduct_records::Intent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::lacks;
use super::tree::{Node, Value};
use crate::report::{Code, Report};

/// `[check]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Check {
    /// Days after which a mute is too old (QM004).
    #[schemars(range(min = 1, max = 36_500))]
    pub max_age_days: i64,
    /// Days after which that is worth a warning (QM004).
    #[schemars(range(min = 1, max = 36_500))]
    pub warn_age_days: i64,
    /// Projects and repositories whose tickets count (QM007): `SHOP`, `acme/shop`; empty: all.
    pub projects: Vec<String>,
    /// Mutes for these purposes need no ticket and may grow old: `debt`, `platform`,
    /// `environment`, `intentional`, `unknown`.
    #[schemars(extend("items" = purposes()))]
    pub exempt: Vec<String>,
    /// The branch to compare with (QM008); none is compared with where it is not set.
    pub reference: Option<String>,
    /// The file of the baseline.
    #[schemars(extend("format" = "path"))]
    pub baseline: Option<PathBuf>,
    /// What makes a check fail: `error`, `warning`, `info`, rules such as `QM005`, or `never`.
    pub fail_on: Vec<String>,
    /// Levels of rules, by their codes: `off`, `info`, `warning` or `error`.
    pub rules: BTreeMap<String, Setting>,
}

impl Default for Check {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            max_age_days: limits.max_age,
            warn_age_days: limits.warn_age,
            projects: limits.projects,
            exempt: limits.exempt.iter().map(ToString::to_string).collect(),
            reference: None,
            baseline: None,
            fail_on: vec!["error".to_owned()],
            rules: BTreeMap::new(),
        }
    }
}

/// What may stand in `exempt`, for the schema.
fn purposes() -> serde_json::Value {
    let words: Vec<_> = Intent::ALL.iter().map(|it| it.as_str()).collect();
    serde_json::json!({ "type": "string", "enum": words })
}

impl Check {
    /// What the rules are told.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let intent = |word: &String| Intent::ALL.iter().find(|it| it.as_str() == word);
        Limits {
            max_age: self.max_age_days,
            warn_age: self.warn_age_days,
            projects: self.projects.clone(),
            exempt: self.exempt.iter().filter_map(intent).copied().collect(),
            levels: self.rules.clone(),
        }
    }
}

/// Rules that there are not.
pub(super) fn check(tree: &Node) -> Vec<Report> {
    let known: Vec<&str> = RULES.iter().map(|it| it.id).collect();
    let mut reports = Vec::new();
    let Some(Value::Table(keys)) = tree.entry("check") else {
        return reports;
    };
    if let Some(Value::Table(rules)) = keys.get("rules").map(|it| &it.node.value) {
        for (name, entry) in rules {
            if !known.contains(&name.as_str()) {
                let message = format!("there is no rule `{name}`");
                reports.push(lacks(&entry.node, &message, name, &known));
            }
        }
    }
    if let Some(Value::List(words)) = keys.get("fail_on").map(|it| &it.node.value) {
        for node in words {
            let Value::Text(word) = &node.value else {
                continue;
            };
            if let Err(error) = FailOn::read([word.as_str()]) {
                let report = Report::new(Code::WrongValue, format!("`check.fail_on`: {error}"));
                reports.push(node.origin.mark(report, ""));
            }
        }
    }
    reports
}

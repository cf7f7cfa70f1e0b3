//! `[reports]`: what the views over pulled rows need to know.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[reports]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Reports {
    /// The calendar of releases; the only one where it is not set.
    pub calendar: Option<String>,
    /// Story points that a person can do for a release.
    pub capacity: Option<u32>,
    /// Story points above or below that are still fine.
    pub capacity_margin: u32,
    /// Ids of the users of TestRail whose results count; empty: all.
    pub automation_users: Vec<String>,
    /// The custom field of cases for the status of automation.
    pub automation_status_field: String,
    /// The custom field of cases for coverage by automation.
    pub automation_coverage_field: String,
    /// The custom field of cases for sub-suites.
    pub sub_suite_field: String,
    /// Choices of the status that mean automated.
    pub automated: Vec<String>,
    /// Choices that mean: could be automated.
    pub suitable: Vec<String>,
    /// Choices that mean: cannot be automated.
    pub unsuitable: Vec<String>,
    /// Authors whose issues on GitHub need no triage.
    pub ignored_authors: Vec<String>,
}

impl Default for Reports {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect();
        Self {
            calendar: None,
            capacity: None,
            capacity_margin: 0,
            automation_users: Vec::new(),
            automation_status_field: "custom_automation_status".to_owned(),
            automation_coverage_field: "custom_automation_coverage".to_owned(),
            sub_suite_field: "custom_sub_test_suites".to_owned(),
            automated: words(&["Automated", "Completed"]),
            suitable: words(&["Suitable"]),
            unsuitable: words(&["Unsuitable"]),
            ignored_authors: Vec::new(),
        }
    }
}

impl Reports {
    /// The parameters of views: names and values.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut found: Vec<(&'static str, String)> = Vec::new();
        found.extend(self.capacity.map(|it| ("capacity", it.to_string())));
        found.push(("capacity_margin", self.capacity_margin.to_string()));
        for (name, value) in [
            ("automation_status_field", &self.automation_status_field),
            ("automation_coverage_field", &self.automation_coverage_field),
            ("sub_suite_field", &self.sub_suite_field),
        ] {
            found.push((name, value.clone()));
        }
        for (name, values) in [
            ("automation_user", &self.automation_users),
            ("automated", &self.automated),
            ("suitable", &self.suitable),
            ("unsuitable", &self.unsuitable),
            ("ignored_author", &self.ignored_authors),
        ] {
            found.extend(values.iter().map(|it| (name, it.clone())));
        }
        found
    }
}

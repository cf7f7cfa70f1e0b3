//! `[[mark]]`: marks of your own.

use qaduct_records::Kind;
use qaduct_scan::MarkRule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[[mark]]`: the name of a mark, what it does, and which of its arguments
/// carry what. An argument is named, or counted from 0 as text: `"0"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Name of the mark, without `pytest.mark.`.
    pub name: String,
    /// What it does to the test.
    #[schemars(with = "String", extend("enum" = kinds()))]
    pub kind: Kind,
    /// Arguments that carry a ticket.
    #[serde(default)]
    pub ticket: Vec<String>,
    /// Arguments that carry the reason; the first one present counts.
    #[serde(default)]
    pub reason: Vec<String>,
    /// Arguments that carry the day since when.
    #[serde(default)]
    pub since: Vec<String>,
    /// Arguments that carry the day until when.
    #[serde(default)]
    pub until: Vec<String>,
    /// Arguments that carry a condition.
    #[serde(default)]
    pub condition: Vec<String>,
    /// Arguments that carry a condition under which it does not mute.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Arguments that identify something that is no ticket, such as a test case.
    #[serde(default)]
    pub case: Vec<String>,
    /// Whether the body of the test runs; follows from the kind where it is not set.
    #[serde(default)]
    pub runs: Option<bool>,
    /// Whether a success fails the run.
    #[serde(default)]
    pub strict: Option<bool>,
}

fn kinds() -> Vec<&'static str> {
    Kind::ALL.iter().map(|kind| kind.as_str()).collect()
}

impl From<Mark> for MarkRule {
    fn from(mark: Mark) -> Self {
        let Mark {
            name,
            kind,
            ticket,
            reason,
            since,
            until,
            condition,
            unless,
            case,
            runs,
            strict,
        } = mark;
        Self {
            name,
            kind,
            ticket,
            reason,
            since,
            until,
            condition,
            unless,
            case,
            runs,
            strict,
        }
    }
}

//! Marks: which names mute, and which of their arguments say why.
//!
//! The marks that ship are in `frameworks/*.toml`; a user's own are `[[mark]]`
//! in `qaduct.toml`, of the same shape.

use qaduct_records::Kind;
use serde::Deserialize;

/// A mark of a framework or of a user: its name, what it does, and which
/// arguments carry what.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkRule {
    /// Name of the mark, without `pytest.mark.`: `xfailflake`.
    pub name: String,
    /// What it does to the test.
    pub kind: Kind,
    /// Arguments that carry a ticket: names, or positions from 0 as text.
    #[serde(default)]
    pub ticket: Vec<String>,
    /// Arguments that carry the reason, first one present wins.
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
    /// Arguments that identify something that is no ticket, such as a test-case id.
    #[serde(default)]
    pub case: Vec<String>,
    /// Whether the body of the test runs; decided by the kind where not said.
    #[serde(default)]
    pub runs: Option<bool>,
    /// Whether a success fails the run; NULL where that has no meaning.
    #[serde(default)]
    pub strict: Option<bool>,
}

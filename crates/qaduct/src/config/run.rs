//! `[run]`: how patient `qaduct run` is.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Period;
use super::names::table;
use super::tree::{Entry, Node, Value};
use crate::report::{Code, Report};

/// A step whose process was killed may go on for ten seconds, and somebody who is at a run says
/// so every quarter of the lease: a shorter one would be over before that.
const SHORTEST: Duration = Duration::from_secs(30);

/// `[run]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Run {
    /// Jobs that one process runs at a time.
    #[schemars(range(min = 1, max = 64))]
    pub at_once: u32,
    /// How long a job is held without a word of the process that runs it; then another one
    /// takes it over; at least 30s. The clocks of all machines have to agree to a second.
    pub lease: Period,
    /// How long jobs may go on when `qaduct run` is asked to stop.
    pub grace: Period,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            at_once: 2,
            lease: Period(Duration::from_secs(120)),
            grace: Period(Duration::from_secs(15)),
        }
    }
}

/// A lease that is shorter than a step may live on.
pub(super) fn check(tree: &Node) -> Option<Report> {
    let (_, Entry { node, .. }) = table(tree.entry("run")).find(|it| it.0 == "lease")?;
    // What is no length was told already.
    let Value::Text(text) = &node.value else {
        return None;
    };
    let Period(lease) = text.parse().ok()?;
    (lease < SHORTEST).then(|| {
        let message = format!("`run.lease` cannot be {text}");
        let report = Report::new(Code::WrongValue, message).help("write 30s or more");
        node.origin.mark(report, "")
    })
}

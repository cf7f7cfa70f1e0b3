//! `[run]`: how patient `qaduct run` is.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Period;

/// `[run]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Run {
    /// Jobs that one process runs at a time.
    #[schemars(range(min = 1, max = 64))]
    pub at_once: u32,
    /// How long a job is held without a word of the process that runs it; then another one
    /// takes it over. The clocks of all machines have to agree better than this.
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

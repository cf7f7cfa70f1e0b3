//! `[freshness]`: how old data may be before somebody should know.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Period;

/// `[freshness]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Freshness {
    /// Age of the last pull without a failure from which `qaduct status` warns.
    pub warn_after: Period,
    /// Age from which `qaduct status` ends with status 3.
    pub error_after: Period,
}

impl Default for Freshness {
    fn default() -> Self {
        let hours = |count: u64| Period(Duration::from_secs(count * 3_600));
        Self {
            warn_after: hours(36),
            error_after: hours(7 * 24),
        }
    }
}

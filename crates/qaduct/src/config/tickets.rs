//! `[tickets]`: how tickets are recognised.

use qaduct_scan::TicketRules;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[tickets]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Tickets {
    /// Project keys that are tickets wherever they stand: `DCOS`.
    pub projects: Vec<String>,
    /// Words that look like a project key and are none: `UTF`.
    pub not_projects: Vec<String>,
}

impl From<Tickets> for TicketRules {
    fn from(
        Tickets {
            projects,
            not_projects,
        }: Tickets,
    ) -> Self {
        Self {
            projects,
            not_projects,
        }
    }
}

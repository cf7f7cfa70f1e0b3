//! `[pull]`: how patient a pull is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Period;

/// `[pull]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Pull {
    /// How often a request is sent at most, where a service fails; 6 where it is not set.
    #[schemars(range(min = 1, max = 20))]
    pub attempts: Option<u32>,
    /// How long one attempt may take; a minute or two where it is not set, as the
    /// service needs.
    pub timeout: Option<Period>,
    /// How long a request may take with all attempts and waiting; 15 minutes where
    /// it is not set. A longer wait that a service asks for ends the pull of it.
    pub deadline: Option<Period>,
}

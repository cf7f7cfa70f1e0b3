//! `[release_calendar.NAME]`: when releases came out, and will.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[release_calendar.NAME]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Calendar {
    /// Addresses of JSON objects with a day for each version.
    #[schemars(extend("items" = address()))]
    pub urls: Vec<String>,
    /// Versions and their days; they count more than what an address says.
    pub releases: BTreeMap<String, String>,
}

fn address() -> serde_json::Value {
    serde_json::json!({ "type": "string", "format": "service" })
}

//! `[store]`: the database.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SecretRef;

/// `[store]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// A SQLite file, `postgresql://user@host:port/database` or
    /// `mysql://user@host:port/database`.
    #[schemars(extend("format" = "store"))]
    pub url: String,
    /// Password of the database user; never part of the URL.
    pub password: Option<SecretRef>,
    /// Older programs whose tables are there as views, for what was built on them.
    #[schemars(extend("items" = programs()))]
    pub compatibility: Vec<String>,
}

fn programs() -> serde_json::Value {
    serde_json::json!({ "type": "string", "enum": qaduct_models::COMPATIBILITY })
}

impl Default for Store {
    fn default() -> Self {
        Self {
            url: "qaduct.db".to_owned(),
            password: None,
            compatibility: Vec::new(),
        }
    }
}

//! `[project.NAME]`: one product, and what it is called in each source.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[project.NAME]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Project {
    /// Its name for people.
    pub title: Option<String>,
    /// Groups it belongs to, such as a platform: `mobile`.
    pub groups: Vec<String>,
    /// By source, or by kind of source: what stands there in `projects` for this
    /// product, or `query=NAME` for one of its `queries`.
    pub sources: BTreeMap<String, Vec<String>>,
}

//! `[serve]`: the HTTP server.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Period, SecretRef};

/// `[serve]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Serve {
    /// Address and port; any address but loopback needs a token.
    #[schemars(extend("format" = "address"))]
    pub bind: String,
    /// What callers must bring: as a Bearer token, or as the password of Basic.
    pub token: Option<SecretRef>,
    /// How often the repositories of `[scan]` are scanned again in the
    /// background: `1h`; never where it is not set.
    pub rescan: Option<Period>,
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            bind: "127.0.0.1:7700".to_owned(),
            token: None,
            rescan: None,
        }
    }
}

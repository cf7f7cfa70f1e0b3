//! `[git]`: how repositories are reached.

use std::collections::BTreeMap;

use qaduct_scan::Credential;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SecretRef;
use super::tree::path;
use crate::context::Context;
use crate::error::CommandError;

/// The user name that goes with a token where none is set: GitHub asks for
/// this one, GitLab takes any.
const USER: &str = "x-access-token";

/// `[git]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Git {
    /// Credentials by host, such as `github.com`; with the port where it is not
    /// 443. Other hosts are reached with what git itself is set up with.
    pub hosts: BTreeMap<String, Host>,
}

/// `[git.hosts."github.com"]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Host {
    /// The user name that goes with the token; `x-access-token` where it is not set.
    pub user: Option<String>,
    /// A token that may read.
    pub token: Option<SecretRef>,
}

impl Git {
    /// The credential for a host. Reads the token, so only ask for hosts that
    /// are about to be reached.
    ///
    /// # Errors
    /// When the token cannot be read.
    pub fn credential(
        &self,
        host: &str,
        context: &Context,
    ) -> Result<Option<Credential>, CommandError> {
        let Some((name, settings)) = self.hosts.get_key_value(host) else {
            return Ok(None);
        };
        let key = path(&["git", "hosts", name, "token"]);
        let token = context.secret(&key, settings.token.as_ref())?;
        Ok(token
            .zip(settings.token.as_ref())
            .map(|(token, reference)| Credential {
                host: name.clone(),
                user: settings.user.clone().unwrap_or_else(|| USER.to_owned()),
                token,
                origin: reference.to_string(),
            }))
    }
}

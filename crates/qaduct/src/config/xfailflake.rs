//! `[xfailflake]`: the commands of the predecessor, `qaduct xfailflake`.

use std::path::PathBuf;

use qaduct_stores::append::TlsMode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SecretRef;

/// `[xfailflake]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Xfailflake {
    /// Where `qaduct xfailflake redshift` writes.
    pub redshift: Redshift,
}

/// `[xfailflake.redshift]`: a server that speaks the protocol of PostgreSQL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Redshift {
    /// Host of the server.
    pub host: Option<String>,
    /// Port of the server.
    pub port: u16,
    /// Name of the database.
    pub database: Option<String>,
    /// Name of the user.
    pub user: Option<String>,
    /// Password of the user.
    pub password: Option<SecretRef>,
    /// How the connection is protected, in the words of libpq: `prefer` where
    /// it is not set; `verify-full` also checks who answers.
    #[schemars(with = "Option<String>", extend("enum" = TlsMode::WORDS))]
    pub sslmode: Option<String>,
    /// A file of certificates to trust instead of the system's.
    #[schemars(extend("format" = "path"))]
    pub sslrootcert: Option<PathBuf>,
}

impl Default for Redshift {
    fn default() -> Self {
        Self {
            host: None,
            port: 5439,
            database: None,
            user: None,
            password: None,
            sslmode: None,
            sslrootcert: None,
        }
    }
}

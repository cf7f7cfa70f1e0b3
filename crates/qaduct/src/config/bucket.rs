//! `[bucket.NAME]`: what opens a bucket that exports go to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SecretRef;

/// `[bucket.NAME]`, the name being that of the bucket.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bucket {
    /// The name of the key; `AWS_ACCESS_KEY_ID` where it is not set. For `gs://` that of an HMAC key.
    pub key_id: Option<SecretRef>,
    /// The key; `AWS_SECRET_ACCESS_KEY` where it is not set.
    pub secret: Option<SecretRef>,
    /// The token of a session; `AWS_SESSION_TOKEN` where it is set and the key is too.
    pub session: Option<SecretRef>,
    /// The region; `AWS_REGION` or `us-east-1` where it is not set, `auto` for `gs://`.
    pub region: Option<String>,
    /// Another address than the service's own, such as that of a server of your own.
    #[schemars(extend("format" = "service"))]
    pub endpoint: Option<String>,
    /// Whether the bucket stands in the path of the address and not in its host.
    pub path_style: bool,
}

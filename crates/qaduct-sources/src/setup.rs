//! How a source is set up: what the settings say of it, secrets resolved.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use qaduct_records::Secret;

use crate::people::People;

/// What the settings say of a source.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Its name: `[source.NAME]`.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Address of the service, where the kind has none of its own.
    pub url: Option<String>,
    /// The user that goes with the token.
    pub user: Option<String>,
    /// The credential.
    pub token: Option<Secret>,
    /// Projects, products or repositories: ids, keys, `owner/name`; empty: all.
    pub projects: Vec<String>,
    /// Named questions in the words of the service: JQL, `filter=13789`, parameters.
    pub queries: BTreeMap<String, String>,
    /// Names for custom fields of the service: `story_points` → `customfield_10037`.
    pub fields: BTreeMap<String, String>,
    /// Settings of the kind itself: `edition = "server"`.
    pub options: BTreeMap<String, String>,
    /// What becomes of people.
    pub people: People,
    /// The share of the quota that is left to others.
    pub reserve: f64,
    /// Another limit than the one that is known of the service.
    pub requests_per_minute: Option<u32>,
    /// When the run began.
    pub now: Timestamp,
}

/// How patient we are with a service; what is `None` is as its kind needs it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Patience {
    /// How often a call is sent at most.
    pub attempts: Option<u32>,
    /// How long one attempt may take.
    pub timeout: Option<Duration>,
    /// How long a call may take with all attempts and waiting.
    pub deadline: Option<Duration>,
}

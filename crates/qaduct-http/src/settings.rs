//! What differs between services.

use std::time::Duration;

use qaduct_records::Secret;
use url::Url;

use crate::Login;

/// How a service is reached.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of the configured source, for messages.
    pub name: String,
    /// What calls are relative to; ends with `/`.
    pub base: Url,
    /// The credential.
    pub auth: Auth,
    /// Headers of every call, such as `Accept`. None of them is secret.
    pub headers: Vec<(&'static str, String)>,
    /// The declared limit of all calls together, before the service has said anything.
    pub limit: Option<Limit>,
    /// The share of the limit and of the quota that is left to others, 0.0 to 1.0.
    pub reserve: f64,
    /// How the service tells what is left.
    pub quota: QuotaHeaders,
    /// How often a call is sent at most.
    pub attempts: u32,
    /// How long one attempt may take, from the connection to the last byte.
    pub timeout: Duration,
    /// How long a call may take with all attempts and waiting; a longer wait is an error.
    pub deadline: Duration,
    /// Largest answer, unpacked, in bytes.
    pub max_bytes: u64,
}

/// A credential.
#[derive(Debug, Clone)]
pub enum Auth {
    /// None.
    Anonymous,
    /// `Authorization: Basic`.
    Basic {
        /// The user.
        user: String,
        /// The password or key.
        password: Secret,
    },
    /// `Authorization: Bearer`.
    Bearer(Secret),
    /// A header of its own.
    Header {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: Secret,
    },
    /// `Authorization: Hawk`: each request is signed, and the key never sent.
    Hawk {
        /// The name of the credential, which is not secret.
        id: String,
        /// The key.
        key: Secret,
    },
    /// A parameter, for services that know nothing better. It is put on the wire only:
    /// no URL that is kept or printed holds it.
    Parameter {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: Secret,
    },
    /// A token for which a form is sent first, and again when it ends.
    Session(Login),
}

/// So many requests in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Requests.
    pub requests: u32,
    /// The time for them.
    pub per: Duration,
}

/// A part of a service for which it counts the requests apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource {
    /// The word of the service for it: `search`.
    pub name: &'static str,
    /// What the paths that belong to it begin with, relative to the base; empty for all
    /// that no other resource claims.
    pub path: &'static str,
    /// Its declared limit, beside the one of all calls.
    pub limit: Option<Limit>,
}

/// How a service tells what is left, and what it counts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QuotaHeaders {
    /// Requests in the window.
    pub limit: Option<&'static str>,
    /// Requests that are left.
    pub left: Option<&'static str>,
    /// When the window ends: seconds since 1970 or from now, an ISO instant, or an HTTP
    /// date; by the clock of the service.
    pub reset: Option<&'static str>,
    /// The name of the resource that these are about.
    pub resource: Option<&'static str>,
    /// The resources that are counted apart; none where all calls count together.
    pub resources: &'static [Resource],
    /// GitHub's secondary limit: 403 is a limit, too, when it comes with `Retry-After`,
    /// when nothing is left, or when its message says so; then everybody waits a minute
    /// at least.
    pub forbidden_may_mean_slow_down: bool,
}

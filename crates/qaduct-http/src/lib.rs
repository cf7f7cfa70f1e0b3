//! One HTTP client for every service: credentials, limits, retries, redirects.
//!
//! Owns the connections and the waiting. Knows no service: what differs
//! between them is in [`Settings`]. Reads and writes the network, and reads what the
//! machine says about proxies and trusted certificates; time and sleep are handed in.

pub mod body;
mod budget;
pub mod call;
pub mod client;
pub mod error;
pub mod governor;
mod hawk;
mod instant;
pub mod link;
mod message;
mod moves;
mod redact;
mod redirect;
mod retry;
mod session;
pub mod settings;
mod target;
mod transport;
mod verdict;

pub use body::Body;
pub use call::{Answer, Call, Method};
pub use client::{Client, Refusals};
pub use error::{HttpError, Kind};
pub use governor::Quota;
pub use link::Link;
pub use session::Login;
pub use settings::{Auth, Limit, QuotaHeaders, Resource, Settings};

/// Waits. Tests wait in no time; a program that is asked to stop does not wait on.
pub trait Sleep: Send + Sync {
    /// Waits that long; false when the program is asked to stop.
    fn sleep(&self, time: std::time::Duration) -> bool;
}

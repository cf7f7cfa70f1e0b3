//! One HTTP client for every service: credentials, limits, retries, redirects.
//!
//! Owns the connections and the waiting. Knows no service: what differs
//! between them is in [`Settings`]. Reads and writes the network, nothing else;
//! time and sleep are handed in.

pub mod call;
pub mod client;
pub mod error;
pub mod settings;

pub use call::{Answer, Call, Method};
pub use client::Client;
pub use error::HttpError;
pub use settings::{Auth, Limit, QuotaHeaders, Settings};

/// Waits. Tests wait in no time; a program that is asked to stop does not wait on.
pub trait Sleep: Send + Sync {
    /// Waits that long; false when the program is asked to stop.
    fn sleep(&self, time: std::time::Duration) -> bool;
}

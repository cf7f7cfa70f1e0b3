//! The server as its callers see it: one file per resource or promise.

#![expect(clippy::unwrap_used, reason = "what is wrong with a test ends it")]

mod api_mutes;
mod api_runs;
mod auth;
mod caching;
mod errors;
mod exports;
mod health;
mod legacy;
mod memory;
mod metrics;
mod openapi;
mod redash;
mod redash_oracle;
mod server;
mod world;

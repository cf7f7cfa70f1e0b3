//! The client against services whose every byte is chosen.
#![expect(clippy::unwrap_used, reason = "what is wrong with a test ends it")]

mod calls;
mod hawk;
mod limits;
mod links;
mod redirects;
mod resources;
mod retries;
mod secrets;
mod server;
mod session;
mod world;
mod writes;

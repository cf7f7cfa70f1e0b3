//! The client against services whose every byte is chosen.

mod calls;
mod redirects;
mod retries;
mod server;
mod world;

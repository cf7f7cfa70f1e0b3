//! The client against services whose every byte is chosen.

mod calls;
mod server;
mod world;

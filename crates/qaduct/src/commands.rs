//! The commands: one file each, with its arguments and what it does.

pub mod completions;
pub mod config;
pub mod man;
pub mod version;

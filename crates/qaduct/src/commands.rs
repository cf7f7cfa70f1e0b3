//! The commands: one file each, with its arguments and what it does.

pub mod completions;
pub mod config;
pub mod db;
pub mod man;
pub mod pull;
pub mod scan;
pub mod serve;
pub mod version;
pub mod xfailflake;

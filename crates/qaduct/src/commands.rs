//! The commands: one file each, with its arguments and what it does.

pub mod baseline;
pub mod chart;
pub mod check;
pub mod completions;
pub mod config;
pub mod db;
pub mod diff;
pub mod explain;
pub mod man;
pub mod publish;
pub mod pull;
pub mod replay;
pub mod run;
pub mod scan;
pub mod schedule;
pub mod serve;
pub mod sources;
pub mod status;
pub mod version;
pub mod xfailflake;

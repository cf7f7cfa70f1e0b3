//! The sources against servers on the loopback.

mod github;
mod house;
mod jira;
mod openapi;

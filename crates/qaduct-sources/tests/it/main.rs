//! The sources against servers on the loopback.

mod canned;
mod github;
mod house;
mod jira;
mod openapi;

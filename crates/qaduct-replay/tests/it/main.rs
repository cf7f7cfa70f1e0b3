//! The server, asked over its socket.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bugzilla;
mod client;
mod control;
mod faults;
mod github;
mod jira;
mod recorded;
mod specification;
mod taskcluster;
mod testrail;
mod world;

//! The server, asked over its socket.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bitrise;
mod bugzilla;
mod client;
mod confluence;
mod confluence_datacenter;
mod control;
mod faults;
mod github;
mod jira;
mod looker;
mod recorded;
mod sentry;
mod specification;
mod taskcluster;
mod testrail;
mod world;

//! Sources against servers on the loopback that stand in for the services: what is served
//! is read, whatever goes wrong on the way.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bugzilla;
mod github;
mod github_asking;
mod github_caps;
mod house;
mod jira;
mod openapi;
mod reader;
mod shelf;
mod tables;
mod testrail;

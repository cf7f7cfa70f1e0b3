//! Sources against servers on the loopback that stand in for the services: what is served
//! is read, whatever goes wrong on the way.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bitrise;
mod bugzilla;
mod case_history;
mod confluence;
mod github;
mod github_asking;
mod github_caps;
mod github_newest;
mod hostile;
mod house;
mod jira;
mod looker;
mod looker_render;
mod openapi;
mod options;
mod people;
mod reader;
#[path = "../../../qaduct-http/tests/it/server.rs"]
#[expect(dead_code, reason = "not every test needs all of it")]
mod script;
mod sentry;
mod shapes;
mod shelf;
mod tables;
mod taskcluster;
mod testrail;

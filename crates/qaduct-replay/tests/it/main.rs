//! The server, asked over its socket.
mod bugzilla;
mod client;
mod github;
mod jira;
mod recorded;
mod testrail;
mod world;

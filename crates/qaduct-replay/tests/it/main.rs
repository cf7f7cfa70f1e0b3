//! The server, asked over its socket.
mod bugzilla;
mod client;
mod faults;
mod github;
mod jira;
mod recorded;
mod specification;
mod testrail;
mod world;

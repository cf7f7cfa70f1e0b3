//! Sources against a server that stands in for the services: what is served is read,
//! whatever goes wrong on the way.

mod bugzilla;
mod canned;
mod github;
mod house;
mod jira;
mod openapi;
mod reader;
mod shelf;
mod tables;
mod testrail;

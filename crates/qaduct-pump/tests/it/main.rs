//! What pulling promises, over a store on disk and a service made up for it.

#![expect(clippy::unwrap_used, reason = "tests and what they stand on")]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the matrix is told how thorough to be, and tells how thorough it was"
)]

mod asked;
mod bench;
mod bitrise;
mod bugzilla;
mod confluence;
#[path = "../../../qaduct-stores/tests/it/database_server.rs"]
mod database_server;
mod deletes;
mod github;
mod gone;
mod matrix;
mod pages;
mod parts;
mod positions;
mod prune;
mod queue;
mod race;
mod rules;
mod scan;
mod service;
mod taskcluster;
mod time;
mod truth;
mod unchanged;
mod world;

//! Ruby: `RSpec`, minitest and test-unit.
//!
//! * [`grammar`]: files, comments and strings; [`walk`]: suites, examples and methods;
//! * [`metadata`]: what stands behind a title; [`body`]: what mutes while a test runs.

mod body;
mod grammar;
mod metadata;
mod walk;

pub(crate) use grammar::Ruby;

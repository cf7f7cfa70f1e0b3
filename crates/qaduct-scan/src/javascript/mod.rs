//! JavaScript and TypeScript: suites and tests that are calls, with words, options and
//! conditions that mute them.
//!
//! * [`grammar`]: which files, and what the language says to the engine;
//! * [`walk`]: the way through a file; [`declare`]: what declares a suite or test;
//!   [`body`]: what mutes while a test runs; [`options`]: what an object of options says;
//! * [`base`]: which word declares what, through chains, conditions and aliases;
//!   [`exports`]: which of these words others get;
//! * [`project`]: which framework a file is written for; [`config`]: what runners leave out.

mod base;
mod body;
mod config;
mod declare;
mod exports;
mod grammar;
mod options;
mod project;
mod walk;

pub(crate) use grammar::JavaScript;

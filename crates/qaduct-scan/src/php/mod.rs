//! PHP: `PHPUnit` with attributes, doc comments and calls, and Pest.
//!
//! * [`grammar`]: files, comments and strings; [`walk`]: classes, methods and calls;
//! * [`docs`]: what doc comments say; [`pest`]: tests that are calls.

mod docs;
mod grammar;
mod pest;
mod walk;

pub(crate) use grammar::Php;

//! Rust: attributes of functions, tests of documentation, and directives of the compiler's own.

mod attributes;
mod grammar;
mod items;
mod meta;
mod texts;

pub(crate) use grammar::Rust;

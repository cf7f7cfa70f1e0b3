//! C and C++: googletest, Catch2, doctest, Boost.Test, Qt Test and the small ones.
//!
//! Macros make the grammar of the language fail on many a file, so that tests are read from
//! tokens: what a macro is called, what stands in its brackets and which braces are open.

mod declared;
mod frameworks;
mod grammar;
mod macros;
mod reached;
mod reader;
mod stack;

pub(crate) use grammar::Cpp;

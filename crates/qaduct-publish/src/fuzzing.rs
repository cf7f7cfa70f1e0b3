//! Readers and writers of storage XML that have no public entry, for the targets in `fuzz/`
//! alone.

pub use crate::confluence::fuzzing::{is_storage, markdown, merged};

//! What pulling promises, over a store on disk and a service made up for it.

#![expect(clippy::unwrap_used, reason = "tests and what they stand on")]

mod deletes;
mod matrix;
mod pages;
mod parts;
mod rules;
mod scan;
mod service;
mod truth;

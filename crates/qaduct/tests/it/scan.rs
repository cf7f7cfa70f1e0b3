//! `qaduct scan`: from a repository to what is printed, stored and said.

mod branches;
mod content;
mod formats;
mod trouble;

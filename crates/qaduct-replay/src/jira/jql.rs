//! JQL: read, and evaluated on the issues of the world.
//!
//! Dates without an offset are read in the time zone of the user who asks, to the minute; an hour that
//! clocks show twice means its first time. A number is milliseconds since 1970.

mod evaluate;
mod parse;

use serde_json::Value;

pub(super) use evaluate::{Evaluation, Place, SortKey};

/// A query.
#[derive(Debug, Clone, Default)]
pub(super) struct Query {
    /// What must hold; `None` for every issue.
    pub(super) condition: Option<Condition>,
    /// Fields to sort by, and whether downwards.
    pub(super) order: Vec<(String, bool)>,
}

/// A condition.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Clause {
        field: String,
        operator: Operator,
        values: Vec<String>,
    },
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    NotIn,
    Empty,
    NotEmpty,
    Contains,
}

impl Query {
    /// Reads a query. An error is the message of the server.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        parse::read(text)
    }
}

/// The last word of an issue's key as a number, for sorting.
pub(super) fn key_parts(issue: &Value) -> (String, u64) {
    let key = issue["key"].as_str().unwrap_or_default();
    let (project, number) = key.rsplit_once('-').unwrap_or((key, "0"));
    (project.to_owned(), number.parse().unwrap_or(0))
}

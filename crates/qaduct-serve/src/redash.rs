//! Documents for Redash, whose JSON data source infers the type of a column
//! from the first row that has it, and takes `null` for text.
//!
//! So rows are flat, have no key for NULL, write a float with its point, an
//! instant as ISO 8601 with `T` and `Z`, a day as `YYYY-MM-DD`. Nothing is ever
//! redirected, and a question that can be answered is answered with 200.

pub(crate) mod summary;
pub(crate) mod view;

use qaduct_records::ColumnType;
use serde_json::json;

use crate::api::mutes;
use crate::catalogue::Resource;

/// The columns of the predecessor's document, under its names, and `since`,
/// which its rows had and its columns forgot: name, column of ours, heading.
const FORMER: [(&str, &str, &str); 6] = [
    ("test", "test", "Test"),
    ("ticket", "ticket", "JIRA ticket"),
    ("file", "path", "File"),
    ("repo", "repository", "Repository"),
    ("branch", "branch", "Branch"),
    ("since", "since_declared", "Since"),
];

/// A column of a document.
#[derive(Clone)]
pub(crate) struct Shown {
    /// Its name in the document.
    pub(crate) name: String,
    /// The column of the resource that it shows.
    pub(crate) column: String,
    /// Its heading.
    heading: String,
    kind: ColumnType,
}

impl Shown {
    pub(crate) fn new(name: &str, kind: ColumnType) -> Self {
        Self {
            name: name.to_owned(),
            column: name.to_owned(),
            heading: heading(name),
            kind,
        }
    }
}

/// The columns of the document of a resource, in order.
pub(crate) fn shown(resource: &Resource) -> Vec<Shown> {
    let former = if resource.name == mutes::NAME {
        FORMER.as_slice()
    } else {
        &[]
    };
    let mut shown: Vec<Shown> = former
        .iter()
        .filter_map(|&(name, column, heading)| {
            let kind = resource.column(column)?.kind;
            Some(Shown {
                name: name.to_owned(),
                column: column.to_owned(),
                heading: heading.to_owned(),
                kind,
            })
        })
        .collect();
    for column in &resource.columns {
        if !shown.iter().any(|it| it.column == column.name) {
            shown.push(Shown::new(&column.name, column.kind));
        }
    }
    shown
}

/// The column of ours that the predecessor gave another name, or the same name.
pub(crate) fn column_shown_as(name: &str) -> &str {
    FORMER
        .iter()
        .find(|it| it.0 == name)
        .map_or(name, |it| it.1)
}

/// `First seen at` for `first_seen_at`.
fn heading(name: &str) -> String {
    let text = name.replace('_', " ");
    match text.char_indices().nth(1) {
        Some((second, _)) => text[..second].to_uppercase() + &text[second..],
        None => text.to_uppercase(),
    }
}

/// The word of Redash for a type.
pub(crate) const fn type_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "string",
        ColumnType::Int => "integer",
        ColumnType::Float => "float",
        ColumnType::Bool => "boolean",
        ColumnType::Timestamp => "datetime",
        ColumnType::Date => "date",
    }
}

/// Begins a document: its columns and the bracket of its rows.
pub(crate) fn open(out: &mut Vec<u8>, shown: &[Shown]) {
    out.extend_from_slice(b"{\"columns\":[");
    for (n, it) in shown.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        let column =
            json!({"name": it.name, "type": type_name(it.kind), "friendly_name": it.heading});
        out.extend_from_slice(column.to_string().as_bytes());
    }
    out.extend_from_slice(b"],\"rows\":[");
}

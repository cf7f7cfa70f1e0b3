//! The contract of a stream in words, for `qaduct sources` and the reference page.

use qaduct_records::Table;
use qaduct_records::stream::{Again, Count, Cursor, Deletes, Finality, Parts, Stream};
use serde_json::{Value, json};

use super::table::one_line;

/// A line for each clause: what it is about, and what is promised.
#[must_use]
pub fn clauses(stream: &Stream) -> [(&'static str, String); 5] {
    [
        ("parts", parts(stream)),
        ("changes", changes(stream)),
        ("final", finality(stream)),
        ("gone", deletes(stream).to_owned()),
        ("proof", count(stream).to_owned()),
    ]
}

fn parts(stream: &Stream) -> String {
    match stream.parts {
        Parts::Scopes => "as the configuration says".to_owned(),
        Parts::Each {
            parent,
            only,
            again,
            ..
        } => {
            let only = only.map_or(String::new(), |(column, values)| {
                format!(" whose `{column}` is {}", values.join(" or "))
            });
            let again = match again {
                Again::Always => "each time".to_owned(),
                Again::Changed(columns) => {
                    format!(
                        "again when {} of it changes, and until it is final",
                        any(columns)
                    )
                }
                Again::Until {
                    changed,
                    column,
                    values,
                } => format!(
                    "again when {} of it changes, and until its `{column}` is {}",
                    any(changed),
                    values.join(" or ")
                ),
            };
            format!("one for each row of `{parent}`{only}; read {again}")
        }
    }
}

fn any(columns: &[&str]) -> String {
    let columns: Vec<_> = columns.iter().map(|it| format!("`{it}`")).collect();
    columns.join(" or ")
}

fn changes(stream: &Stream) -> String {
    match stream.cursor {
        None => "all of it is read each time".to_owned(),
        Some(Cursor {
            column,
            immutable,
            overlap,
            settle,
        }) => {
            let what = if immutable {
                "new rows"
            } else {
                "new and changed rows"
            };
            format!(
                "{what} by `{column}`; the last {overlap} s are read again, the newest {settle} s wait"
            )
        }
    }
}

fn finality(stream: &Stream) -> String {
    match stream.finality {
        Finality::Immutable => "at once".to_owned(),
        Finality::Mutable => "never".to_owned(),
        Finality::Once { column, values } => format!(
            "when `{column}` is {}; until then it is asked for, whatever the cursor says",
            values.join(" or ")
        ),
        Finality::After { column, days } => format!("{days} days after `{column}`"),
    }
}

fn deletes(stream: &Stream) -> &'static str {
    match stream.deletes {
        Deletes::Never => "not noticed",
        Deletes::Flagged => "the row says so itself",
        Deletes::Listed(_) => "what a whole reading does not list is gone",
        Deletes::Census(_) => "a list of all keys is compared after each pull",
        Deletes::Feed => "the service lists what it deleted",
        Deletes::Polled => "a row that is asked for is not found",
        Deletes::Expiring => "asked for when what names its part is not found",
    }
}

fn count(stream: &Stream) -> &'static str {
    match stream.count {
        Count::None => "the end of the pages",
        Count::Exact => "the count of the service",
        Count::Estimate => "the estimate of the service, to a hundredth",
    }
}

/// The tables of a stream: its own, then what stands inside its records.
pub fn tables(stream: &Stream) -> impl Iterator<Item = &'static Table> + use<> {
    std::iter::once(stream.table).chain(stream.nested.iter().copied())
}

/// A stream for programs.
#[must_use]
pub fn json(stream: &Stream) -> Value {
    let contract: serde_json::Map<String, Value> = clauses(stream)
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.into()))
        .collect();
    json!({
        "stream": stream.name,
        "contract": contract,
        "tables": tables(stream).map(|table| json!({
            "table": table.name,
            "description": one_line(table.description),
            "key": table.key,
            "columns": table.columns.iter().map(|it| json!({
                "name": it.name,
                "type": it.kind.name(),
                "nullable": it.nullable,
                "description": one_line(&it.description),
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

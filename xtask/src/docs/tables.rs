//! `docs/tables.md`: every table and view, column by column.

use qaduct_records::{Column, TABLES};

/// The page.
pub(crate) fn page() -> String {
    let mut page = "\
# Tables and views

Written by `cargo run -p xtask -- docs` from the definitions that make the database.
Types: `text` is unbounded UTF-8, `int` has 64 bits, `timestamp` is an instant in UTC,
`date` a day without a time zone; `?` marks a column that may be NULL. See
[stores.md](stores.md) for what each is for and [concepts.md](concepts.md) for the words.

## Tables
"
    .to_owned();
    for table in TABLES {
        page += &format!("\n### `{}`\n\n{}\n\n", table.name, prose(table.description));
        page += &format!("Key: `{}`.\n\n", table.key.join("`, `"));
        page += &columns(table.columns);
    }
    page += "\n## Views\n";
    for view in qaduct_models::views() {
        page += &format!("\n### `{}`\n\n{}\n\n", view.name, prose(&view.description));
        page += &columns(&view.columns);
    }
    page
}

fn columns(columns: &[Column]) -> String {
    let rows = columns.iter().map(|column| {
        let optional = if column.nullable { "?" } else { "" };
        let about = prose(&column.description).replace('|', "\\|");
        format!(
            "| `{}` | {}{optional} | {about} |\n",
            column.name,
            column.kind.name()
        )
    });
    format!(
        "| Column | Type | Meaning |\n|---|---|---|\n{}",
        rows.collect::<String>()
    )
}

fn prose(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

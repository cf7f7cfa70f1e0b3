//! `docs/tables.md`: every table and view, column by column.

use qaduct_records::Column;

/// The page.
pub(crate) fn page() -> String {
    let head = "\
# Tables and views

Written by `cargo run -p xtask -- docs` from the definitions that make the database.
Types: `text` is unbounded UTF-8, `int` has 64 bits, `timestamp` is an instant in UTC,
`date` a day without a time zone; `?` marks a column that may be NULL. See
[stores.md](stores.md) for what each is for and [concepts.md](concepts.md) for the words.

## Tables
";
    let tables = qaduct::wire::tables().into_iter().map(|table| {
        let (name, about) = (table.name, prose(table.description));
        let key = table.key.join("`, `");
        format!(
            "\n### `{name}`\n\n{about}\n\nKey: `{key}`.\n\n{}",
            columns(table.columns)
        )
    });
    let views = qaduct_models::views().into_iter().map(|view| {
        let (name, about) = (view.name, prose(&view.description));
        format!("\n### `{name}`\n\n{about}\n\n{}", columns(&view.columns))
    });
    let (tables, views): (String, String) = (tables.collect(), views.collect());
    format!("{head}{tables}\n## Views\n{views}")
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

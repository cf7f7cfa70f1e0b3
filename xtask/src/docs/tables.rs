//! Every table and view, column by column: `docs/tables.md`, `docs/reports.md` for the views
//! over what was pulled, and `docs/compatibility.md` for those with the names of other programs.

use qaduct_records::{Column, View};

/// `docs/tables.md`.
pub(crate) fn page() -> String {
    let head = "\
# Tables and views

Written by `cargo run -p xtask -- docs` from the definitions that make the database.
Types: `text` is unbounded UTF-8, `int` has 64 bits, `timestamp` is an instant in UTC,
`date` a day without a time zone; `?` marks a column that may be NULL. See
[stores.md](stores.md) for what each is for and [concepts.md](concepts.md) for the words. The
views over what was pulled are in [reports.md](reports.md), those with the names of older programs
in [compatibility.md](compatibility.md).

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
    let views = sections("###", &qaduct_models::views());
    format!("{head}{}\n## Views\n{views}", tables.collect::<String>())
}

/// `docs/reports.md`.
pub(crate) fn reports() -> String {
    let head = "\
# Views over what was pulled

Written by `cargo run -p xtask -- docs` from the heads of the views. `qaduct pull` creates them; a
view into whose tables nothing was pulled is empty. Types are those of [tables.md](tables.md), which
has the tables and the views over mutes and the ledger.
";
    let views = qaduct_models::reports();
    format!("{head}\n{}{}", list(&views), sections("##", &views))
}

/// `docs/compatibility.md`.
pub(crate) fn compatibility() -> String {
    let mut page = "\
# Views with the names of older programs

Written by `cargo run -p xtask -- docs` from the heads of the views. They are there where
`compatibility` in `[store]` names the program, so that what was built on its tables goes on; types are
those of [tables.md](tables.md). How to come from such a program is told in
[migrate-from-testops-dashboard.md](migrate-from-testops-dashboard.md).
"
    .to_owned();
    for program in qaduct_models::COMPATIBILITY {
        let views = qaduct_models::compatibility(program).unwrap_or_default();
        let parts = [
            format!("\n## `{program}`\n\n"),
            list(&views),
            sections("###", &views),
        ];
        page.extend(parts);
    }
    page
}

/// The views of a page, each with the first sentence about it.
fn list(views: &[View]) -> String {
    let rows = views.iter().map(|view| {
        let about = prose(&view.description).replace('|', "\\|");
        let first = about.split_once(". ").map_or(about.as_str(), |it| it.0);
        let (name, first) = (&view.name, first.trim_end_matches('.'));
        format!("| [`{name}`](#{name}) | {first} |\n")
    });
    let rows: String = rows.collect();
    format!("| View | Shows |\n|---|---|\n{rows}")
}

fn sections(heading: &str, views: &[View]) -> String {
    let sections = views.iter().map(|view| {
        let (name, about) = (&view.name, prose(&view.description));
        let columns = columns(&view.columns);
        format!("\n{heading} `{name}`\n\n{about}\n\n{columns}")
    });
    sections.collect()
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

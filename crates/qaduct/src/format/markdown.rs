//! A table for a pull request, a job summary or a wiki.

use qaduct_formats::cells;
use qaduct_records::RecordBatch;

use super::listing::Listing;
use super::table::{age, one_line};

/// GitHub refuses comments over 65,536 characters.
const MOST_CHARACTERS: usize = 60_000;

/// How much of a text a cell shows: one long text must not push out the other rows.
const MOST_OF_A_CELL: usize = 200;

/// Renders the mutes as a Markdown table of at most 60,000 characters, then
/// says how many more there are.
#[must_use]
pub fn render(listing: &Listing) -> String {
    let several = listing.branches.len() > 1;
    let heads: &[&str] = if several {
        &["Test", "Branch", "Kind", "Ticket", "Since", "Age", "Reason"]
    } else {
        &["Test", "Kind", "Ticket", "Since", "Age", "Reason"]
    };
    let rows = listing.rows().map(|row| {
        let since = row.since();
        let test = one_line(&row.test_id).replace('`', "'");
        let mut cells = vec![format!(
            "`{}:{}`",
            shortened(&test).replace('|', "\\|"),
            row.line
        )];
        if several {
            cells.push(cell(&row.branch));
        }
        cells.push(cell(row.kind()));
        cells.push(cell(row.tickets.as_deref().unwrap_or_default()));
        cells.push(since.map(|(day, _)| day.to_string()).unwrap_or_default());
        cells.push(
            since
                .map(|(day, _)| age(listing.today(), day))
                .unwrap_or_default(),
        );
        cells.push(cell(row.reason.as_deref().unwrap_or_default()));
        cells
    });
    table(heads, rows, listing.mutes.num_rows())
}

/// Renders chosen columns, one line for each row.
#[must_use]
pub fn of_columns(batch: &RecordBatch) -> String {
    let schema = batch.schema();
    let heads: Vec<_> = schema
        .fields()
        .iter()
        .map(|it| it.name().as_str())
        .collect();
    let rows = cells::written_rows(batch).unwrap_or_default();
    let rows = rows
        .into_iter()
        .map(|row| row.iter().map(|text| cell(text)).collect());
    table(&heads, rows, batch.num_rows())
}

/// A table of cells that are Markdown already.
fn table(heads: &[&str], rows: impl Iterator<Item = Vec<String>>, count: usize) -> String {
    let mut text = format!(
        "| {} |\n|{}\n",
        heads.join(" | "),
        "---|".repeat(heads.len())
    );
    let mut used = text.chars().count();
    let mut left = count;
    for cells in rows {
        let line = format!("| {} |\n", cells.join(" | "));
        used += line.chars().count();
        if used > MOST_CHARACTERS {
            break;
        }
        text.push_str(&line);
        left -= 1;
    }
    if left > 0 {
        text.push_str(&format_args!("\nand {left} more\n").to_string());
    }
    text
}

/// The beginning of a text, with an ellipsis where that is not all of it.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_OF_A_CELL) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

/// Text that stays text in a cell: no markup, no end of the cell, no mention of people.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for it in shortened(&one_line(text)).chars() {
        if matches!(it, '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#') {
            safe.push('\\');
        }
        match it {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '@' => safe.push_str("&#64;"),
            it => safe.push(it),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_the_code_cannot_end_a_cell_or_become_markup() {
        assert_eq!(
            cell("a | b <img src=x> @team\n**now** [x](y)"),
            r"a \| b &lt;img src=x&gt; &#64;team \*\*now\*\* \[x\](y)"
        );
    }

    #[test]
    fn a_long_text_is_cut_and_the_rows_after_it_are_there() {
        let long = cell(&"xy\n".repeat(100_000));
        assert_eq!(long.chars().count(), 201);
        assert!(long.ends_with("xy xy…"), "{long}");
        let rows = [long, "short".to_owned()].map(|it| vec![it]);
        let text = table(&["Reason"], rows.into_iter(), 2);
        assert!(text.ends_with("| short |\n"), "{text}");
    }
}

//! A table for a pull request, a job summary or a wiki.

use super::listing::Listing;
use super::table::{age, one_line};

/// GitHub refuses comments over 65,536 characters.
const MOST_CHARACTERS: usize = 60_000;

/// Renders the mutes as a Markdown table of at most 60,000 characters, then
/// says how many more there are.
#[must_use]
pub fn render(listing: &Listing) -> String {
    let several = listing.branches.len() > 1;
    let mut text = if several {
        "| Test | Branch | Kind | Ticket | Since | Age | Reason |\n|---|---|---|---|---|---|---|\n"
            .to_owned()
    } else {
        "| Test | Kind | Ticket | Since | Age | Reason |\n|---|---|---|---|---|---|\n".to_owned()
    };
    let mut used = text.chars().count();
    let mut left = listing.mutes.num_rows();
    for row in listing.rows() {
        let since = row.since();
        let mut cells = vec![format!(
            "`{}:{}`",
            one_line(&row.test_id).replace('`', "'").replace('|', "\\|"),
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
        let line = format!("| {} |\n", cells.join(" | ").replace('\n', " "));
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

/// Text that stays text in a cell: no markup, no end of the cell, no mention of people.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for it in one_line(text).chars() {
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
}

//! A table for a terminal: as wide as the terminal allows, in full when piped.

use std::collections::BTreeMap;

use comfy_table::{Cell, CellAlignment, Table, presets};
use qaduct_records::RecordBatch;

use super::listing::{Listing, Shown};

/// How the table may look.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// Columns of the terminal; `None` where the output goes elsewhere.
    pub width: Option<u16>,
}

/// Renders the mutes: one line for each, or one for each declaration and the
/// branches that carry it where there are several branches.
#[must_use]
pub fn render(listing: &Listing, look: Look) -> String {
    if listing.mutes.num_rows() == 0 {
        return String::new();
    }
    let lines = lines(listing);
    let repositories = distinct(listing.branches.iter().map(|it| it.repository.as_str()));
    let branches = listing.branches.len() > 1;

    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let mut head = vec!["TEST", "KIND", "TICKET", "SINCE", "AGE"];
    if branches {
        head.push("BRANCHES");
    }
    if repositories > 1 {
        head.insert(0, "REPOSITORY");
    }
    head.push("REASON");
    table.set_header(head);
    let path_width = look.width.map(|width| usize::from(width) * 2 / 5);
    for (shown, on) in &lines {
        let since = shown.since();
        let age = since.map(|(day, _)| age(listing.today(), day));
        let kind = if shown.effective { shown.kind.clone() } else { format!("{} (no effect)", shown.kind) };
        let mut cells = vec![
            Cell::new(shortened(&place(shown), path_width)),
            Cell::new(kind),
            Cell::new(shown.tickets.as_deref().unwrap_or("-")),
            Cell::new(since_text(shown)),
            Cell::new(age.unwrap_or_else(|| "?".to_owned())).set_alignment(CellAlignment::Right),
        ];
        if branches {
            cells.push(Cell::new(some_of(on)));
        }
        if repositories > 1 {
            cells.insert(0, Cell::new(&shown.repository));
        }
        cells.push(Cell::new(one_line(&words(shown))));
        table.add_row(cells);
    }
    finished(table, look)
}

/// Renders chosen columns, one line for each row.
#[must_use]
pub fn of_columns(batch: &RecordBatch, look: Look) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let schema = batch.schema();
    table.set_header(schema.fields().iter().map(|field| field.name().to_uppercase()));
    for row in 0..batch.num_rows() {
        let cells = (0..batch.num_columns()).map(|column| {
            one_line(&qaduct_serve::documents::cell(batch, column, row).unwrap_or_default())
        });
        table.add_row(cells);
    }
    finished(table, look)
}

fn finished(mut table: Table, look: Look) -> String {
    if let Some(width) = look.width {
        table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
        table.set_width(width);
        table.row_iter_mut().for_each(|row| {
            row.max_height(1);
        });
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Mutes that differ only in their branch, with these branches.
fn lines(listing: &Listing) -> Vec<(Shown, Vec<String>)> {
    let mut order: Vec<(Shown, Vec<String>)> = Vec::new();
    let mut at: BTreeMap<(String, String), usize> = BTreeMap::new();
    for shown in listing.rows() {
        // Line numbers differ between branches; what people read does not.
        let words = format!(
            "{}\0{}\0{:?}\0{:?}\0{:?}\0{:?}",
            shown.test_id, shown.form, shown.tickets, shown.reason, shown.condition, shown.since_text
        );
        let key = (shown.repository.clone(), words);
        let branch = shown.branch.clone();
        match at.get(&key) {
            // The same branch again is a second declaration of the same words.
            Some(&n) if !order[n].1.contains(&branch) => order[n].1.push(branch),
            _ => {
                at.insert(key, order.len());
                order.push((shown, vec![branch]));
            }
        }
    }
    order
}

fn place(shown: &Shown) -> String {
    if shown.test_id == shown.path { format!("{}:{}", shown.path, shown.line) } else { shown.test_id.clone() }
}

fn since_text(shown: &Shown) -> String {
    match (shown.since(), &shown.since_text) {
        (Some((day, "declared")), _) => day.to_string(),
        (_, Some(text)) => format!("{} !", one_line(text)),
        (Some((day, _)), None) => format!("~{day}"),
        (None, None) => "-".to_owned(),
    }
}

/// The reason, or the condition where there is no reason.
fn words(shown: &Shown) -> String {
    match (&shown.reason, &shown.condition) {
        (Some(reason), _) => reason.clone(),
        (None, Some(condition)) => format!("if {condition}"),
        (None, None) => "-".to_owned(),
    }
}

fn some_of(branches: &[String]) -> String {
    match branches {
        [one] => one.clone(),
        [one, two] => format!("{one}, {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} +{}", rest.len()),
        [] => String::new(),
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.collect::<std::collections::BTreeSet<_>>().len()
}

/// Cuts out of the middle of the path, so that the test and the file stay.
fn shortened(test_id: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|&width| test_id.chars().count() > width) else {
        return test_id.to_owned();
    };
    let (path, test) = test_id.split_once("::").map_or((test_id, ""), |(path, _)| (path, &test_id[path.len()..]));
    let mut folders: Vec<&str> = path.split('/').collect();
    while folders.len() > 1 && folders.join("/").chars().count() + 2 + test.chars().count() > width {
        folders.remove(0);
    }
    format!("…/{}{test}", folders.join("/"))
}

/// Text on one line: control characters cannot move the cursor or hide a row.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().map(|it| if it.is_control() { '\u{fffd}' } else { it }));
    }
    line
}

/// How long ago a day is, in the unit that people would use.
pub(crate) fn age(today: jiff::civil::Date, day: jiff::civil::Date) -> String {
    let days = (today - day).get_days();
    match days {
        ..0 => "in the future".to_owned(),
        0..60 => format!("{days} d"),
        60..700 => format!("{} mo", days / 30),
        _ => format!("{:.1} y", f64::from(days) / 365.25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_long_path_loses_its_beginning_and_keeps_file_and_test() {
        let id = "packages/dcos-integration-test/extra/test_checks.py::TestCli::test_checks_cli";
        assert_eq!(shortened(id, Some(60)), "…/extra/test_checks.py::TestCli::test_checks_cli");
        assert_eq!(shortened(id, None), id);
    }

    #[test]
    fn ages_are_in_days_then_months_then_years() {
        let today = date(2026, 11, 22);
        assert_eq!(age(today, date(2026, 11, 1)), "21 d");
        assert_eq!(age(today, date(2026, 5, 22)), "6 mo");
        assert_eq!(age(today, date(2018, 11, 20)), "8.0 y");
        assert_eq!(age(today, date(2027, 1, 1)), "in the future");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(one_line("a\n  b\u{1b}[2Jc"), "a b\u{fffd}[2Jc");
    }
}

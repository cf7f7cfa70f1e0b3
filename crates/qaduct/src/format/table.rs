//! A table for a terminal: as wide as the terminal allows, in full when piped.

mod layout;

use std::collections::BTreeMap;

use qaduct_formats::cells;
use qaduct_records::RecordBatch;
use unicode_width::UnicodeWidthStr;

use super::listing::{Listing, Shown};

/// How the table may look.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// Columns of the terminal; `None` where the output goes elsewhere.
    pub width: Option<usize>,
}

/// Renders the mutes: one line for each, or one for each declaration and the
/// branches that carry it where there are several branches.
#[must_use]
pub fn render(listing: &Listing, look: Look) -> String {
    if listing.mutes.num_rows() == 0 {
        return String::new();
    }
    let repositories = distinct(listing.branches.iter().map(|it| it.repository.as_str())) > 1;
    let branches = listing.branches.len() > 1;
    let chosen = |name: &str| match name {
        // Both do not fit a small terminal beside a test and a reason.
        "SINCE" => look.width.is_none_or(|width| width >= 100),
        "INTENT" | "OWNER" => look.width.is_none_or(|width| width >= 140),
        "REPOSITORY" => repositories,
        "BRANCHES" => branches,
        _ => true,
    };
    let heads = [
        "REPOSITORY",
        "TEST",
        "KIND",
        "INTENT",
        "TICKET",
        "SINCE",
        "AGE",
        "BRANCHES",
        "OWNER",
        "REASON",
    ];
    let rows = lines(listing).into_iter().map(|(shown, on)| {
        let age = shown.since().map(|(day, _)| age(listing.today(), day));
        let cells = [
            shown.repository.clone(),
            place(&shown),
            shown.kind().to_owned(),
            shown.intent.clone().unwrap_or_else(|| "?".to_owned()),
            shown.tickets.clone().unwrap_or_else(|| "-".to_owned()),
            since_text(&shown),
            age.unwrap_or_else(|| "?".to_owned()),
            some_of(&on),
            shown.owner.clone().unwrap_or_else(|| "-".to_owned()),
            words(&shown),
        ];
        heads
            .into_iter()
            .zip(cells)
            .filter(|(head, _)| chosen(head))
            .map(|(_, cell)| cell)
            .collect()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let heads = heads
        .into_iter()
        .filter(|head| chosen(head))
        .map(str::to_owned)
        .collect();
    layout::render(heads, rows, look.width)
}

/// Renders rows of text.
#[must_use]
pub fn grid(heads: &[&str], rows: Vec<Vec<String>>, look: Look) -> String {
    let heads = heads.iter().map(|it| (*it).to_owned()).collect();
    layout::render(heads, rows, look.width)
}

/// Whether a table has room on the terminal; everywhere else all have.
#[must_use]
pub fn fits(table: &str, look: Look) -> bool {
    let plain = anstream::adapter::strip_str(table).to_string();
    let widest = plain.lines().map(UnicodeWidthStr::width).max();
    look.width.is_none_or(|width| widest.unwrap_or(0) <= width)
}

/// Renders chosen columns, one line for each row.
#[must_use]
pub fn of_columns(batch: &RecordBatch, look: Look) -> String {
    let heads = batch
        .schema()
        .fields()
        .iter()
        .map(|it| it.name().to_uppercase())
        .collect();
    let rows = cells::written_rows(batch).unwrap_or_default();
    layout::render(heads, rows, look.width)
}

/// Mutes that differ only in their branch, with these branches.
fn lines(listing: &Listing) -> Vec<(Shown, Vec<String>)> {
    let mut order: Vec<(Shown, Vec<String>)> = Vec::new();
    let mut at: BTreeMap<(String, String), usize> = BTreeMap::new();
    for shown in listing.rows() {
        // Line numbers differ between branches; what people read does not.
        let words = format!(
            "{}\0{}\0{:?}\0{:?}\0{:?}\0{:?}",
            shown.test_id,
            shown.form,
            shown.tickets,
            shown.reason,
            shown.condition,
            shown.since_text
        );
        let key = (shown.repository.clone(), words);
        let branch = shown.branch.clone();
        match at.get(&key) {
            // The same branch again is a second declaration of the same words.
            Some(&n) if !order[n].1.contains(&branch) => {
                let (first, on) = &mut order[n];
                on.push(branch);
                // The oldest of them tells how long it has been around.
                let days = first.since_git.into_iter().chain(shown.since_git);
                first.since_git = days.min();
            }
            _ => {
                at.insert(key, order.len());
                order.push((shown, vec![branch]));
            }
        }
    }
    order
}

fn place(shown: &Shown) -> String {
    if shown.test_id == shown.path {
        format!("{}:{}", shown.path, shown.line)
    } else {
        shown.test_id.clone()
    }
}

fn since_text(shown: &Shown) -> String {
    match (shown.since(), &shown.since_text) {
        (Some((day, "declared")), _) => day.to_string(),
        (_, Some(text)) => format!("{} !", one_line(text)),
        (Some((day, "git")), None) => format!("{day} git"),
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

/// Text on one line: control characters cannot move the cursor or hide a row.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().map(|it| {
            if it.is_control() || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
                '\u{fffd}'
            } else {
                it
            }
        }));
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

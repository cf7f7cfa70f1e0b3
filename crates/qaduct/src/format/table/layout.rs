//! Columns side by side: as wide as their content, or as the terminal allows.

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::one_line;

/// Between two columns.
const GAP: &str = "  ";
/// What a column that is too wide keeps at least.
const LEAST: usize = 16;
/// What the last column keeps when the others need room: it is prose.
const LEAST_OF_LAST: usize = 28;
const HEAD: Style = Style::new().bold();

/// Renders a table. Where the terminal is too narrow the last column gives way
/// first, then the widest: a test loses folders at its beginning, other text its end.
pub(super) fn render(
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
    terminal: Option<usize>,
) -> String {
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| row.iter().map(|cell| one_line(cell)).collect())
        .collect();
    let mut widths: Vec<usize> = heads.iter().map(|head| head.width()).collect();
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    if let Some(terminal) = terminal {
        shrink(&mut widths, terminal);
    }
    let mut text = String::new();
    line(&mut text, &heads, &widths, HEAD);
    for row in &rows {
        line(&mut text, row, &widths, Style::new());
    }
    text
}

fn shrink(widths: &mut [usize], terminal: usize) {
    let gaps = GAP.len() * widths.len().saturating_sub(1);
    let too_wide =
        |widths: &[usize]| (widths.iter().sum::<usize>() + gaps).saturating_sub(terminal);
    if let Some(&last) = widths.last() {
        let spare = last.saturating_sub(LEAST_OF_LAST).min(too_wide(widths));
        widths[widths.len() - 1] -= spare;
    }
    for least in [LEAST, LEAST / 2] {
        while too_wide(widths) > 0
            && let Some(widest) = widths.iter_mut().max().filter(|it| **it > least)
        {
            *widest -= 1;
        }
    }
}

fn line(text: &mut String, cells: &[String], widths: &[usize], style: Style) {
    let mut shown = String::new();
    for (n, (cell, &width)) in cells.iter().zip(widths).enumerate() {
        if n > 0 {
            shown.push_str(GAP);
        }
        let cell = fitted(cell, width);
        let missing = width - cell.width();
        shown.push_str(&cell);
        shown.extend(std::iter::repeat_n(' ', missing));
    }
    let styled = format!("{style}{}{style:#}\n", shown.trim_end());
    text.push_str(&styled);
}

/// The same text in so many columns.
fn fitted(cell: &str, width: usize) -> String {
    if cell.width() <= width {
        return cell.to_owned();
    }
    // A test is known by its end: file, class and name.
    if let Some((path, test)) = cell.split_once("::") {
        let mut rest = path;
        while let Some((_, inner)) = rest.split_once('/') {
            rest = inner;
            let short = format!("…/{rest}::{test}");
            if short.width() <= width {
                return short;
            }
        }
        return cut(cell.chars().rev(), width).chars().rev().collect();
    }
    cut(cell.chars(), width)
}

fn cut(signs: impl Iterator<Item = char>, width: usize) -> String {
    let mut left = width.saturating_sub(1);
    let mut text = String::new();
    for sign in signs {
        let Some(rest) = left.checked_sub(sign.width().unwrap_or(0)) else {
            break;
        };
        left = rest;
        text.push(sign);
    }
    text.push('…');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_test_loses_folders_and_keeps_file_and_name() {
        let id = "packages/dcos-integration-test/extra/test_checks.py::TestCli::test_checks_cli";
        assert_eq!(
            fitted(id, 60),
            "…/extra/test_checks.py::TestCli::test_checks_cli"
        );
        assert_eq!(fitted(id, 20), "…li::test_checks_cli");
        assert_eq!(fitted(id, 200), id);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let row =
            |test: &str, reason: &str| vec![test.to_owned(), "xfail".to_owned(), reason.to_owned()];
        let rows = vec![
            row(
                "tests/checkout/test_pay.py::test_pays_by_card",
                &"payment gateway times out ".repeat(9),
            ),
            row("tests/test_a.py::test_\u{540d}\u{524d}", "\u{1f600} flaky"),
        ];
        let heads: Vec<String> = ["TEST", "KIND", "REASON"].map(str::to_owned).to_vec();
        let text = render(heads, rows, Some(60));
        let plain = anstream::adapter::strip_str(&text).to_string();
        assert!(plain.lines().all(|line| line.width() <= 60), "{plain}");
        insta::assert_snapshot!(plain, @r"
            TEST                        KIND   REASON
            …pay.py::test_pays_by_card  xfail  payment gateway times ou…
            tests/test_a.py::test_名前  xfail  😀 flaky
            ");
    }
}

//! For people, by file.
//!
//! On a terminal the file stands above its findings, and lines are cut to the width; elsewhere
//! each line has its place as an editor opens it, and nothing is cut. Where there are many
//! findings, numbers stand at their end.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Scene, aside, judged, levels, wall};
use crate::{Finding, Level, Verdict};

const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const WARNING: Style = AnsiColor::BrightYellow.on_default().bold();
const INFO: Style = AnsiColor::BrightBlue.on_default().bold();
const FINE: Style = AnsiColor::BrightGreen.on_default().bold();
const STRONG: Style = Style::new().bold();
const WEAK: Style = Style::new().dimmed();
const HEAD: Style = Style::new().underline();

/// How it may look.
pub struct Look<'a> {
    /// Columns of the terminal; `None` where it goes elsewhere.
    pub width: Option<usize>,
    /// Makes text from outside harmless.
    pub clean: &'a dyn for<'t> Fn(&'t str) -> Cow<'t, str>,
}

/// Writes a verdict, with styles.
#[must_use]
pub fn render(verdict: &Verdict, scene: &Scene, look: &Look<'_>) -> String {
    let open: Vec<&Finding> = verdict.open().collect();
    let clean = |text: &str| (look.clean)(text).into_owned();
    let mut lines = findings(&open, look);
    if !open.is_empty() {
        lines.push(String::new());
    }
    let told = wall::lines(&open);
    if !told.is_empty() {
        lines.extend(
            told.iter()
                .map(|it| begin_of(&clean(it), look.width).into_owned()),
        );
        lines.push(String::new());
    }
    let worst = open.iter().map(|it| it.level).max();
    let style = worst.map_or(FINE, style);
    lines.push(format!(
        "{style}{}{style:#}; {}",
        levels(verdict),
        clean(&judged(verdict, scene))
    ));
    lines.extend(aside(verdict, scene).iter().map(|it| clean(it)));
    // The first of those that are equally bad.
    let worst = open
        .iter()
        .rev()
        .max_by_key(|it| (scene.fails(it), it.level));
    lines.extend(worst.map(|it| {
        format!(
            "{STRONG}next{STRONG:#}: {} (`qaduct explain {}`)",
            clean(&it.help),
            it.rule.id
        )
    }));
    if !told.is_empty() && scene.since.is_none() && scene.baseline.is_none() {
        lines.push(
            "or: `qaduct check --since REV` judges only what is new since then, `qaduct baseline write` accepts what is there"
                .to_owned(),
        );
    }
    lines.join("\n") + "\n"
}

/// The findings, a line each. A terminal has no room to name the file in each of them, and it
/// stands above them.
fn findings(open: &[&Finding], look: &Look<'_>) -> Vec<String> {
    // Each is one line: a name with a line end in it is no finding of its own.
    let clean = |text: &str| (look.clean)(text).replace('\n', "\\n");
    let place = |it: &Finding| match look.width {
        Some(_) => format!("  {}", it.line),
        None => clean(&format!("{}:{}", it.path, it.line)),
    };
    let widest = |of: &dyn Fn(&Finding) -> usize| open.iter().map(|it| of(it)).max().unwrap_or(0);
    let places = widest(&|it| place(it).width());
    let rules = widest(&|it| it.rule.name.width());
    // Between the place and what is wrong stand the level and the rule.
    let before = places + "  warning  QM001 ".len() + rules + "  ".len();
    let room = look.width.map(|it| it.saturating_sub(before));
    let mut lines: Vec<String> = Vec::new();
    let mut last: Option<(&str, &str)> = None;
    for it in open {
        let here = (it.path.as_str(), it.test.as_str());
        if last.is_none_or(|last| last.0 != here.0) {
            lines.extend(last.map(|_| String::new()));
            let path = clean(&it.path);
            let head = |width| format!("{HEAD}{}{HEAD:#}", end_of(&path, width));
            lines.extend(look.width.map(head));
        }
        let subject = match last == Some(here) {
            true => "",
            false => it.name(),
        };
        lines.push(format!(
            "{:places$}  {}  {STRONG}{}{STRONG:#} {:rules$}  {}",
            place(it),
            level(it.level),
            it.rule.id,
            it.rule.name,
            words(&clean(&it.message), &clean(subject), room),
        ));
        last = Some(here);
    }
    lines
}

fn style(level: Level) -> Style {
    match level {
        Level::Error => ERROR,
        Level::Warning => WARNING,
        Level::Info => INFO,
    }
}

fn level(level: Level) -> String {
    let style = style(level);
    let gap = " ".repeat("warning".len() - level.as_str().len());
    format!("{style}{level}{style:#}{gap}")
}

/// What is wrong, and of what, in the room that there is.
fn words(message: &str, subject: &str, room: Option<usize>) -> String {
    let message = begin_of(message, room);
    if subject.is_empty() {
        return message.into_owned();
    }
    let left = room.map(|it| it.saturating_sub(message.width() + "  []".len()));
    match left {
        // A name of a few signs names nothing.
        Some(left) if left < subject.width().min(8) => message.into_owned(),
        _ => format!("{message}  {WEAK}[{}]{WEAK:#}", begin_of(subject, left)),
    }
}

/// A text without its end, where it is too wide.
pub(super) fn begin_of(text: &str, width: Option<usize>) -> Cow<'_, str> {
    match width {
        Some(width) if text.width() > width => {
            let kept: String = kept(text.chars(), width).collect();
            Cow::Owned(kept + "…")
        }
        _ => Cow::Borrowed(text),
    }
}

/// A path without its beginning, where it is too wide: the file is known by its end.
fn end_of(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let signs: Vec<char> = kept(text.chars().rev(), width).collect();
    Cow::Owned(
        std::iter::once('…')
            .chain(signs.into_iter().rev())
            .collect(),
    )
}

/// The signs that fit beside the one that stands for the rest.
fn kept(signs: impl Iterator<Item = char>, width: usize) -> impl Iterator<Item = char> {
    let mut left = width.saturating_sub(1);
    signs.map_while(move |it| {
        left = left.checked_sub(it.width().unwrap_or(0))?;
        Some(it)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_wide_is_cut_at_its_end_and_a_path_at_its_beginning() {
        assert_eq!(begin_of("no ticket", Some(5)), "no t…");
        assert_eq!(begin_of("no ticket", None), "no ticket");
        assert_eq!(begin_of("日本語", Some(5)), "日本…");
        assert_eq!(end_of("a/b/test_c.py", 8), "…st_c.py");
        assert_eq!(
            words("no ticket", "test_pays", Some(30)),
            words("no ticket", "test_pays", None)
        );
        assert_eq!(words("no ticket", "test_pays", Some(16)), "no ticket");
    }
}

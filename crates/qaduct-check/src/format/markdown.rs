//! Markdown, for comments on pull requests and summaries of jobs: at most 60,000
//! characters, because GitHub takes 65,536.

use super::{Outcome, Scene, aside, counted, judged, levels};
use crate::{Finding, Verdict};

/// The first line, by which a comment is found again.
pub const MARKER: &str = "<!-- qaduct check -->";

/// Characters at most.
const MOST: usize = 60_000;

/// Findings that are not folded away.
const OPEN: usize = 20;

/// Characters of a text that somebody wrote.
const CELL: usize = 300;

/// Writes a verdict.
#[must_use]
pub fn render(verdict: &Verdict, scene: &Scene) -> String {
    let sign = match scene.outcome(verdict) {
        Outcome::Fails => "❌ fails",
        Outcome::Incomplete => "❌ could not judge all",
        Outcome::Passes => "✅ passes",
    };
    let mut text = format!(
        "{MARKER}\n### qaduct check {sign}\n\n{}; {}\n",
        levels(verdict),
        plain(&judged(verdict, scene))
    );
    for line in aside(verdict, scene) {
        text += &["\n- ", &plain(&line)].concat();
    }
    text += match text.ends_with('\n') {
        true => "",
        false => "\n",
    };
    let mut findings: Vec<&Finding> = verdict.open().collect();
    findings.sort_by_key(|it| (!scene.fails(it), std::cmp::Reverse(it.level)));
    let foot = |left: usize| format!("\n… and {} more\n", counted(left as u64, "finding"));
    let (shown, folded) = findings.split_at(findings.len().min(OPEN));
    let mut room = MOST - text.chars().count() - foot(findings.len()).chars().count() - 400;
    let mut written = 0;
    let mut table = |rows: &[&Finding]| {
        let mut table = "\n| | Rule | Test | What is wrong |\n|---|---|---|---|\n".to_owned();
        for it in rows {
            let row = row(it, scene);
            let length = row.chars().count();
            if length > room {
                // One that is left out leaves out all behind it: the worst come first.
                room = 0;
                break;
            }
            room -= length;
            written += 1;
            table += &row;
        }
        table
    };
    if !shown.is_empty() {
        text += &table(shown);
    }
    if !folded.is_empty() {
        let table = table(folded);
        let summary = counted(folded.len() as u64, "more finding");
        text += &["\n<details><summary>", &summary, "</summary>\n"].concat();
        text += &[&table, "\n</details>\n"].concat();
    }
    if written < findings.len() {
        text += &foot(findings.len() - written);
    }
    text
}

fn row(it: &Finding, scene: &Scene) -> String {
    let sign = match (scene.fails(it), it.level) {
        (true, _) => "❌",
        (false, crate::Level::Info) => "ℹ️",
        (false, _) => "⚠️",
    };
    format!(
        "| {sign} {} | [{}]({}) {} | `{}`<br>{}:{} | {}<br>*{}* |\n",
        it.level,
        it.rule.id,
        it.rule.url(),
        it.rule.name,
        code(it.subject()),
        plain(&it.path),
        it.line,
        plain(&it.message),
        plain(&it.help),
    )
}

/// Text in which no sign means anything, and nobody is called.
pub(super) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    for sign in cut(text).chars() {
        match sign {
            '<' => shown += "&lt;",
            '>' => shown += "&gt;",
            '&' => shown += "&amp;",
            // A zero-width space behind it: a name that is no mention.
            '@' => shown += "@\u{200b}",
            '\\' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '#' => {
                shown.push('\\');
                shown.push(sign);
            }
            it if it.is_control() => shown.push(' '),
            it => shown.push(it),
        }
    }
    shown
}

/// Text between backticks in a table: a bar is escaped there too.
pub(super) fn code(text: &str) -> String {
    let sign = |it: char| match it {
        '`' => "'".to_owned(),
        '|' => "\\|".to_owned(),
        it if it.is_control() => " ".to_owned(),
        it => it.to_string(),
    };
    cut(text).chars().map(sign).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(CELL) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_means_nothing() {
        assert_eq!(
            plain("@team <b> *x* a|b"),
            "@\u{200b}team &lt;b&gt; \\*x\\* a\\|b"
        );
        assert_eq!(code("a`b|c"), "a'b\\|c");
    }
}

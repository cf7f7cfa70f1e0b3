//! Annotations of GitHub: ten of a kind are shown for a step, and so ten are written in
//! all, the worst ones.
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use std::cmp::Reverse;

use super::Scene;
use crate::{Finding, Level, Verdict};

/// Annotations that are shown.
const MOST: usize = 10;

/// Writes a verdict.
#[must_use]
pub fn render(verdict: &Verdict, scene: &Scene) -> String {
    let mut all: Vec<&Finding> = verdict.open().collect();
    all.sort_by_key(|it| (Reverse(scene.fails(it)), Reverse(it.level)));
    // The last of ten says how many more there are.
    let shown = match all.len() {
        count if count > MOST => MOST - 1,
        count => count,
    };
    let mut text: String = all[..shown].iter().map(|it| annotation(it)).collect();
    let rest = &all[shown..];
    if let Some(worst) = rest.iter().map(|it| it.level).max() {
        let message = format!("and {} more in the summary of the job", rest.len());
        let message = escape(&message, false);
        text += &["::", command(worst), " title=qaduct::", &message, "\n"].concat();
    }
    text
}

fn annotation(it: &Finding) -> String {
    let title = format!("{} {}", it.rule.id, it.rule.name);
    let message = match it.test.as_str() {
        "" => format!("{}\n{}", it.message, it.help),
        test => format!("{test}: {}\n{}", it.message, it.help),
    };
    format!(
        "::{} file={},line={},endLine={},title={}::{}\n",
        command(it.level),
        escape(&it.path, true),
        it.line,
        it.end_line.max(it.line),
        escape(&title, true),
        escape(&message, false),
    )
}

fn command(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "notice",
    }
}

/// What a workflow command takes for its own signs; a property has more of them.
fn escape(text: &str, property: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '%' => escaped += "%25",
            '\r' => escaped += "%0D",
            '\n' => escaped += "%0A",
            ':' if property => escaped += "%3A",
            ',' if property => escaped += "%2C",
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_a_command_or_begins_another() {
        assert_eq!(escape("50%\r\n::error::x", false), "50%25%0D%0A::error::x");
        assert_eq!(escape("a,b:c", true), "a%2Cb%3Ac");
    }
}

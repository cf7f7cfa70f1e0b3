//! For people: by file, each place as an editor opens it.

use super::{Scene, aside, judged, levels};
use crate::{Finding, Verdict};

/// Writes a verdict; texts from outside are as they came.
#[must_use]
pub fn render(verdict: &Verdict, scene: &Scene) -> String {
    let mut lines: Vec<String> = Vec::new();
    let open: Vec<&Finding> = verdict.open().collect();
    let width = |of: fn(&Finding) -> String| {
        let widths = open.iter().map(|it| of(it).chars().count());
        widths.max().unwrap_or(0)
    };
    let place = |it: &Finding| format!("{}:{}", it.path, it.line);
    let (places, rules) = (width(place), width(|it| it.rule.name.to_owned()));
    let mut last: Option<(&str, &str)> = None;
    for it in &open {
        let subject = match it.test.strip_prefix(&it.path) {
            Some(name) if name.len() > 2 => &name[2..],
            _ => "",
        };
        let here = (it.path.as_str(), it.test.as_str());
        if last.is_some_and(|last| last.0 != here.0) {
            lines.push(String::new());
        }
        let name = match (last == Some(here), subject) {
            (false, subject) if !subject.is_empty() => format!("  [{subject}]"),
            _ => String::new(),
        };
        lines.push(format!(
            "{:places$}  {:7}  {} {:rules$}  {}{name}",
            place(it),
            it.level.as_str(),
            it.rule.id,
            it.rule.name,
            it.message,
        ));
        last = Some(here);
    }
    if !open.is_empty() {
        lines.push(String::new());
    }
    lines.push(format!("{}; {}", levels(verdict), judged(verdict, scene)));
    lines.extend(aside(verdict, scene));
    // The first of those that are equally bad.
    let worst = open
        .iter()
        .rev()
        .max_by_key(|it| (scene.fails(it), it.level));
    lines.extend(worst.map(|it| format!("next: {} (`qaduct explain {}`)", it.help, it.rule.id)));
    lines.join("\n") + "\n"
}

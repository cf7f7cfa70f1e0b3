//! For people: by file, each place as an editor opens it.

use super::{Scene, aside, judged, levels};
use crate::{Finding, Verdict};

/// Writes a verdict; texts from outside are as they came.
#[must_use]
pub fn render(verdict: &Verdict, scene: &Scene) -> String {
    let mut text = String::new();
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
            text.push('\n');
        }
        let name = match (last == Some(here), subject) {
            (false, subject) if !subject.is_empty() => format!("  [{subject}]"),
            _ => String::new(),
        };
        text += &format!(
            "{:places$}  {:7}  {} {:rules$}  {}{name}\n",
            place(it),
            it.level.as_str(),
            it.rule.id,
            it.rule.name,
            it.message,
        );
        last = Some(here);
    }
    if !open.is_empty() {
        text.push('\n');
    }
    text += &format!("{}; {}\n", levels(verdict), judged(verdict, scene));
    for line in aside(verdict, scene) {
        text += &line;
        text.push('\n');
    }
    let worst = open.iter().max_by_key(|it| (scene.fails(it), it.level));
    if let Some(worst) = worst {
        text += &format!(
            "next: {} (`qaduct explain {}`)\n",
            worst.help, worst.rule.id
        );
    }
    text
}

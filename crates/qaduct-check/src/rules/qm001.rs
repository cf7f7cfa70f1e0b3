//! QM001: a mute names no ticket.

use qaduct_records::Kind;

use crate::rule::{Answer, Asked, Complaint};
use crate::{Level, Rule};

/// A mute names no ticket.
pub(crate) static RULE: Rule = Rule {
    id: "QM001",
    name: "no-ticket",
    about: "A mute names no ticket.",
    level: Level::Error,
    page: include_str!("qm001.md"),
    ask,
};

fn ask(asked: &Asked<'_>) -> Answer {
    let mute = asked.mute();
    // A ticket makes no focus better: that is another rule.
    if mute.kind == Kind::Focus {
        return Answer::Fine;
    }
    if asked.found.tickets.iter().any(|it| !it.placeholder) {
        return Answer::Fine;
    }
    // A stand-in for a ticket is something else that is wrong.
    if !asked.found.tickets.is_empty() {
        return Answer::Fine;
    }
    if asked.limits.exempts(mute) {
        return Answer::Exempt;
    }
    let reason = mute.reason.as_deref().unwrap_or_default();
    if let Some(key) = (asked.facts.looks_like_ticket)(reason) {
        let project = key.split('-').next().unwrap_or(&key);
        let help = format!(
            "`{key}` looks like a ticket: put `projects = [\"{project}\"]` under `[tickets]`, if it is one"
        );
        return Complaint::new("no ticket", help).into();
    }
    let example = asked.limits.projects.first();
    let example = example.map_or_else(
        || "`SHOP-412` or an address".to_owned(),
        |it| format!("`{}`", example_of(it)),
    );
    Complaint::new(
        "no ticket",
        format!("name the ticket in the reason, in an argument or in a comment above: {example}"),
    )
    .into()
}

/// A ticket of a project or repository.
fn example_of(project: &str) -> String {
    match project.contains('/') {
        true => format!("{project}#123"),
        false => format!("{project}-123"),
    }
}

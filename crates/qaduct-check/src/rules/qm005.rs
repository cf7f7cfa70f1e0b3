//! QM005: a mute does not say why.

use qaduct_records::Kind;

use crate::rule::{Answer, Asked, Complaint};
use crate::{Level, Rule};

/// A mute does not say why.
pub(crate) static RULE: Rule = Rule {
    id: "QM005",
    name: "no-reason",
    about: "A mute does not say why.",
    level: Level::Warning,
    page: include_str!("qm005.md"),
    ask,
};

fn ask(asked: &Asked<'_>) -> Answer {
    let reason = asked.mute().reason.as_deref().unwrap_or_default();
    match reason.trim().is_empty() && asked.mute().kind != Kind::Focus {
        false => Answer::Fine,
        true => Complaint::new("no reason", "say in a few words what fails, and where").into(),
    }
}

//! QM006: nobody answers for a mute.

use crate::rule::{Answer, Asked, Complaint};
use crate::{Level, Rule};

/// Nobody answers for a mute.
pub(crate) static RULE: Rule = Rule {
    id: "QM006",
    name: "no-owner",
    about: "Nobody answers for a mute.",
    level: Level::Warning,
    page: include_str!("qm006.md"),
    ask,
};

fn ask(asked: &Asked<'_>) -> Answer {
    let mute = asked.mute();
    if mute.owner_declared.is_some() {
        return Answer::Fine;
    }
    let Some(owner) = asked.facts.owner else {
        return Answer::NotJudged("neither CODEOWNERS nor the settings name owners");
    };
    match owner(&mute.path) {
        Some(_) => Answer::Fine,
        None => Complaint::new("no owner", "add the path to CODEOWNERS").into(),
    }
}

//! QM012: a focus silences all tests but its own.

use qaduct_records::{Kind, Scope};

use crate::rule::{Answer, Asked, Complaint};
use crate::{Level, Rule};

/// A focus silences all tests but its own.
pub(crate) static RULE: Rule = Rule {
    id: "QM012",
    name: "focus",
    about: "A focus silences all tests but its own.",
    level: Level::Error,
    page: include_str!("qm012.md"),
    ask,
};

fn ask(asked: &Asked<'_>) -> Answer {
    let mute = asked.mute();
    if mute.kind != Kind::Focus {
        return Answer::Fine;
    }
    let what = match mute.scope {
        Scope::Class => "class or suite",
        _ => "test",
    };
    Complaint::new(
        format!("the focus on this {what} silences all others"),
        "take the focus away before it is merged",
    )
    .into()
}

//! QM009: a mute silences more than one test.

use qaduct_records::{Kind, Scope};

use crate::rule::{Answer, Asked, Complaint};
use crate::{Level, Rule};

/// A mute silences more than one test.
pub(crate) static RULE: Rule = Rule {
    id: "QM009",
    name: "blast-radius",
    about: "A mute silences more than one test.",
    level: Level::Warning,
    page: include_str!("qm009.md"),
    ask,
};

fn ask(asked: &Asked<'_>) -> Answer {
    let mute = asked.mute();
    if mute.kind == Kind::Focus {
        return Answer::Fine;
    }
    let what = match mute.scope {
        Scope::Class => "a whole class or suite",
        Scope::Module => "a whole file",
        Scope::Dir => "a whole folder",
        Scope::Target => "a whole build target",
        Scope::Global => "every test",
        Scope::Test | Scope::ParamCase | Scope::Fixture | Scope::Hook => return Answer::Fine,
    };
    if asked.limits.exempts(mute) {
        return Answer::Exempt;
    }
    Complaint::new(
        format!("{what} is muted"),
        "mute the tests that fail, each by itself",
    )
    .into()
}

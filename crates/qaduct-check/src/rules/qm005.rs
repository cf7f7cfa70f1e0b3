//! QM005: a mute does not say why.

use qaduct_records::{Declaration, Intent, Kind};

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
    let mute = asked.mute();
    let reason = mute.reason.as_deref().unwrap_or_default();
    let is_focus = mute.kind == Kind::Focus;
    if !reason.trim().is_empty() || is_focus || says_by_its_condition(mute) {
        return Answer::Fine;
    }
    Complaint::new("no reason", "say in a few words what fails, and where").into()
}

/// Whether where it mutes says why: on a system, without a package, in a short run.
fn says_by_its_condition(mute: &Declaration) -> bool {
    let has_condition = mute.kind == Kind::CondSkip || mute.condition.is_some();
    let is_no_debt = matches!(
        mute.intent,
        Some(Intent::Platform | Intent::Environment | Intent::Intentional)
    );
    has_condition && is_no_debt
}

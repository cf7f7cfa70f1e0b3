//! QM008: a test is muted on one branch and not on the reference branch, or the reverse.

use std::sync::Arc;

use qaduct_records::Declaration;
use qaduct_records::scan::Found;

use crate::rule::{Answer, Asked, Complaint};
use crate::{Level, Reference, Rule};

/// A test is muted on one branch and not on the reference branch, or the reverse.
pub(crate) static RULE: Rule = Rule {
    id: "QM008",
    name: "drift",
    about: "A test is muted on one branch and not on the reference branch, or the reverse.",
    level: Level::Info,
    page: include_str!("qm008.md"),
    ask,
};

fn ask(asked: &Asked<'_>) -> Answer {
    // That there is none is told once, and not for each mute.
    let Ok(reference) = asked.facts.reference else {
        return Answer::Fine;
    };
    match mutes(reference.mutes, asked.mute()) {
        true => Answer::Fine,
        false => Complaint::new(
            format!("muted here, not on {}", reference.name),
            "bring the fix over, or the mute",
        )
        .about(reference.name)
        .into(),
    }
}

/// The mutes of the reference branch that are not among these, unless their file is
/// not here at all.
pub(crate) fn only_there<'a>(
    reference: Reference<'a>,
    here: &[Arc<Found>],
    has_file: &dyn Fn(&str) -> bool,
) -> Vec<&'a Arc<Found>> {
    let missing = |it: &&Arc<Found>| {
        let mute = &it.declaration;
        mute.effective && has_file(&mute.path) && !mutes(here, mute)
    };
    reference.mutes.iter().filter(missing).collect()
}

/// What is wrong with one of them.
pub(crate) fn missing(reference: Reference<'_>) -> Complaint {
    Complaint::new(
        format!("muted on {}, not here", reference.name),
        "bring the fix over to it, or the mute here",
    )
    .about(reference.name)
}

/// Whether a branch mutes the same test, in whatever form.
fn mutes(branch: &[Arc<Found>], mute: &Declaration) -> bool {
    let mut all = branch.iter().map(|it| &it.declaration);
    all.any(|it| it.effective && it.test_id == mute.test_id)
}

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
    let Some(reference) = asked.facts.reference else {
        return Answer::Fine;
    };
    let mute = asked.mute();
    let there = reference.mutes.iter().any(|it| same(&it.declaration, mute));
    match there {
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
        mute.effective && has_file(&mute.path) && !here.iter().any(|it| same(&it.declaration, mute))
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

/// Whether two branches mute the same test, in whatever form.
fn same(one: &Declaration, other: &Declaration) -> bool {
    one.test_id == other.test_id
}

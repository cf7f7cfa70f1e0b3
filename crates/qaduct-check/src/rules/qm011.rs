//! QM011: a comment lets pass what is not there, or does so no longer.

use jiff::civil::Date;

use crate::rule::{Answer, Asked, Complaint};
use crate::{Level, Rule};

/// A comment lets pass what is not there, or does so no longer.
pub(crate) static RULE: Rule = Rule {
    id: "QM011",
    name: "stale-allow",
    about: "A comment lets pass what is not there, or does so no longer.",
    level: Level::Warning,
    page: include_str!("qm011.md"),
    ask,
};

/// It is asked about comments, not about mutes.
fn ask(_: &Asked<'_>) -> Answer {
    Answer::Fine
}

/// What is wrong with an allowance that stands at no mute.
pub(crate) fn left_over(text: &str) -> Complaint {
    Complaint::new(
        "this comment stands at no mute, and lets nothing pass",
        "take it away, or write it directly above the mark that mutes, or behind it",
    )
    .about(text)
}

/// What is wrong with an allowance that cannot be read.
pub(crate) fn unreadable(why: &str) -> Complaint {
    Complaint::new(
        format!("the allowance cannot be read: {why}"),
        "write `qaduct: allow[QM004] until=2027-03-01 reason=\"…\"`",
    )
}

/// What is wrong with an allowance whose day has passed.
pub(crate) fn expired(rule: &str, until: Date) -> Complaint {
    Complaint::new(
        format!("{rule} was allowed until {until}"),
        "mend what it allowed, or say until when it is needed",
    )
    .about(rule)
}

/// What is wrong with an allowance for nothing.
pub(crate) fn unused(rule: &str) -> Complaint {
    Complaint::new(
        format!("{rule} is allowed and finds nothing here"),
        "take it out of the comment",
    )
    .about(rule)
}

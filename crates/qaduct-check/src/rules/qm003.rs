//! QM003: a mute has passed the day until which it was to last.

use crate::rule::{Answer, Asked, Complaint};
use crate::{Level, Rule};

/// A mute has passed the day until which it was to last.
pub(crate) static RULE: Rule = Rule {
    id: "QM003",
    name: "expired",
    about: "A mute has passed the day until which it was to last.",
    level: Level::Error,
    page: include_str!("qm003.md"),
    ask,
};

fn ask(asked: &Asked<'_>) -> Answer {
    let mute = asked.mute();
    match (mute.until_declared, &mute.until_text) {
        (Some(until), _) if until < asked.facts.today => Complaint::new(
            format!("expired on {until}"),
            "take the mute away, or say until when it is needed",
        )
        .about(until.to_string())
        .into(),
        (None, Some(text)) => Complaint::new(
            format!("`{text}` is no date, so that the mute never expires"),
            format!("write the day as `{}`", asked.facts.today),
        )
        .about(text.as_str())
        .into(),
        _ => Answer::Fine,
    }
}

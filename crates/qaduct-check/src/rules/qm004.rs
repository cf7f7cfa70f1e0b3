//! QM004: a mute is older than is allowed.

use jiff::civil::Date;

use crate::rule::{Answer, Asked, Complaint};
use crate::{Basis, Level, Rule, Since};

/// A mute is older than is allowed.
pub(crate) static RULE: Rule = Rule {
    id: "QM004",
    name: "too-old",
    about: "A mute is older than is allowed.",
    level: Level::Error,
    page: include_str!("qm004.md"),
    ask,
};

fn ask(asked: &Asked<'_>) -> Answer {
    let mute = asked.mute();
    if asked.limits.exempts(mute) {
        return Answer::Exempt;
    }
    let Some(since) = since(asked) else {
        if asked.is_new {
            return Answer::Fine;
        }
        return Answer::NotJudged("nobody knows since when the mute is there");
    };
    let days = days_between(since.day, asked.facts.today);
    if days < 0 {
        return Answer::NotJudged("the day since when the mute is there lies ahead");
    }
    let limits = asked.limits;
    let level = match days {
        it if it > limits.max_age => Level::Error,
        it if it > limits.warn_age => Level::Warning,
        _ => return Answer::Fine,
    };
    let message = format!("muted for {days} days, since {} {}", since.day, since.basis);
    let limit = match level {
        Level::Error => limits.max_age,
        _ => limits.warn_age,
    };
    Complaint::new(
        message,
        format!("mend the test or delete it; the limit is {limit} days"),
    )
    .at_most(level)
    .into()
}

/// Declared, else what others know.
fn since(asked: &Asked<'_>) -> Option<Since> {
    let declared = asked.mute().since_declared.map(|day| Since {
        day,
        basis: Basis::Declared,
    });
    declared.or_else(|| (asked.facts.since)(asked.mute()))
}

fn days_between(one: Date, other: Date) -> i64 {
    // Days alone cannot fail to be counted.
    one.until(other).map_or(0, |it| it.get_days().into())
}

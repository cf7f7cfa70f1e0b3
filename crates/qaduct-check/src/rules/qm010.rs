//! QM010: a mark is seen, and what it mutes is not known.

use qaduct_records::{FileProblem, Scope};

use crate::rule::{Answer, Asked, Complaint};
use crate::{Level, Rule};

/// A mark is seen, and what it mutes is not known.
pub(crate) static RULE: Rule = Rule {
    id: "QM010",
    name: "unresolved",
    about: "A mark is seen, and what it mutes is not known.",
    level: Level::Warning,
    page: include_str!("qm010.md"),
    ask,
};

fn ask(asked: &Asked<'_>) -> Answer {
    let mute = asked.mute();
    let nameless = mute.scope == Scope::Test && mute.test.is_empty();
    if mute.dynamic || nameless {
        return Complaint::new(
            "what is muted here is known only when the tests run",
            "write the name out, or keep the list of muted tests in a file",
        )
        .into();
    }
    if mute.partly_parsed {
        return Complaint::new(
            "the parser found errors in this file, so that the mute may be understood wrongly",
            "mend the file, or report it where its framework accepts it",
        )
        .into();
    }
    Answer::Fine
}

/// What is wrong with a file that could not be read in full.
pub(crate) fn of_file(problem: &FileProblem) -> Complaint {
    Complaint::new(
        format!("this file was not read in full: {}", problem.message),
        "mutes behind this place are not seen; see whether its framework reads it",
    )
    .about(problem.problem.as_str())
}

//! QM002: the ticket of a mute is closed or does not exist.

use crate::rule::{Answer, Asked, Complaint};
use crate::{Level, Rule, TicketState};

/// The ticket of a mute is closed or does not exist.
pub(crate) static RULE: Rule = Rule {
    id: "QM002",
    name: "ticket-closed",
    about: "The ticket of a mute is closed or does not exist.",
    level: Level::Error,
    page: include_str!("qm002.md"),
    ask,
};

fn ask(asked: &Asked<'_>) -> Answer {
    let tickets = asked.found.tickets.iter().filter(|it| !it.placeholder);
    let mut unknown = 0;
    let mut wrong: Vec<(String, String)> = Vec::new();
    for ticket in tickets {
        match (asked.facts.ticket)(ticket) {
            // One open ticket is a reason to wait, whatever became of the others.
            TicketState::Open => return Answer::Fine,
            TicketState::Unknown => unknown += 1,
            TicketState::Closed(status) => {
                let status = match status.as_str() {
                    "" => String::new(),
                    status => format!(" ({status})"),
                };
                let text = format!("{} is closed{status}", ticket.key);
                wrong.push((ticket.key.clone(), text));
            }
            TicketState::Absent => {
                let text = format!("{} does not exist or is hidden", ticket.key);
                wrong.push((ticket.key.clone(), text));
            }
        }
    }
    match (unknown, wrong.is_empty()) {
        (0, true) => Answer::Fine,
        (0, false) => {
            let (keys, texts): (Vec<_>, Vec<_>) = wrong.into_iter().unzip();
            let help = "take the mute away, or name the ticket under which the rest is done";
            Complaint::new(texts.join(", "), help)
                .about(keys.join(", "))
                .into()
        }
        _ => Answer::NotJudged("no tracker of the ticket is in the database"),
    }
}

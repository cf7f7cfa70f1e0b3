//! QM007: the ticket of a mute is malformed, or of a project that is not allowed.

use qaduct_records::{MuteTicket, TicketSource};

use crate::rule::{Answer, Asked, Complaint};
use crate::{Level, Rule};

/// The ticket of a mute is malformed, or of a project that is not allowed.
pub(crate) static RULE: Rule = Rule {
    id: "QM007",
    name: "malformed-ticket",
    about: "The ticket of a mute is malformed, or of a project that is not allowed.",
    level: Level::Error,
    page: include_str!("qm007.md"),
    ask,
};

fn ask(asked: &Asked<'_>) -> Answer {
    let allowed = &asked.limits.projects;
    let mut wrong = Vec::new();
    let mut keys = Vec::new();
    for ticket in &asked.found.tickets {
        let key = &ticket.key;
        let text = if ticket.placeholder {
            format!("`{key}` is a stand-in for a ticket")
        } else if ticket.source == TicketSource::Argument && ticket.tracker == UNKNOWN {
            format!("`{key}` is no ticket of any tracker")
        } else if !allowed.is_empty() && !is_of(ticket, allowed) {
            format!("`{key}` is of a project that is not allowed")
        } else {
            continue;
        };
        wrong.push(text);
        keys.push(key.as_str());
    }
    if wrong.is_empty() {
        return Answer::Fine;
    }
    let help = match allowed.as_slice() {
        [] => "name a ticket that exists, such as `SHOP-412`".to_owned(),
        names => format!("tickets are of {}", names.join(", ")),
    };
    Complaint::new(wrong.join(", "), help)
        .about(keys.join(", "))
        .into()
}

/// What stands for a tracker where none is recognised.
const UNKNOWN: &str = "other";

/// Whether a ticket is of one of these projects: `SHOP` of `SHOP-12`, `acme/shop` of
/// `acme/shop#12`. One without a project, such as `#12`, is of the repository itself.
fn is_of(ticket: &MuteTicket, projects: &[String]) -> bool {
    let key = ticket.key.as_str();
    let project = match key.rsplit_once('#') {
        Some((project, _)) => project,
        None => key.rsplit_once('-').map_or("", |(project, _)| project),
    };
    project.is_empty() || projects.iter().any(|it| it == project)
}

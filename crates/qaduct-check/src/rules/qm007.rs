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
/// `acme/shop#12`, `bugzilla` of `bug 12`. `#12` is of the repository itself.
fn is_of(ticket: &MuteTicket, projects: &[String]) -> bool {
    let key = ticket.key.as_str();
    let project = match (key.rsplit_once('#'), key.rsplit_once('-')) {
        (Some(("", _)), _) => return true,
        (Some((project, _)), _) | (None, Some((project, _))) => project,
        (None, None) => "",
    };
    let is_its = |it: &String| match it.contains('/') {
        // Owners and names of repositories have no case.
        true => it.eq_ignore_ascii_case(project),
        false => it == project || it.eq_ignore_ascii_case(&ticket.tracker),
    };
    projects.iter().any(is_its)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_allowed(key: &str, tracker: &str, projects: &[&str]) -> bool {
        let projects: Vec<String> = projects.iter().map(|&it| it.to_owned()).collect();
        let ticket = MuteTicket {
            declaration_id: String::new(),
            position: 0,
            tracker: tracker.to_owned(),
            key: key.to_owned(),
            url: None,
            source: TicketSource::Reason,
            placeholder: false,
        };
        is_of(&ticket, &projects)
    }

    #[test]
    fn a_ticket_is_of_its_project_its_repository_or_its_tracker() {
        let ours = ["SHOP", "acme/shop"];
        assert!(is_allowed("SHOP-12", "jira", &ours));
        assert!(!is_allowed("OTHER-12", "jira", &ours));
        assert!(is_allowed("Acme/Shop#77", "github", &ours));
        assert!(!is_allowed("acme/other#77", "github", &ours));
        assert!(is_allowed("#77", "github", &ours));
        assert!(!is_allowed("bug 1234567", "bugzilla", &ours));
        assert!(is_allowed("bug 1234567", "bugzilla", &["SHOP", "bugzilla"]));
    }
}

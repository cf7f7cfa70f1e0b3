//! What others know of mutes: owners, ages, tickets, the mutes of another branch.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use qaduct_records::scan::Found;
use qaduct_records::{Declaration, MuteTicket};

/// Who answers for a path.
pub type Owner<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What others know. The rules ask, and know nothing of where it comes from.
pub struct Facts<'a> {
    /// The day on which is judged.
    pub today: Date,
    /// Who answers for a path; `None` where nothing says so of any path.
    pub owner: Option<Owner<'a>>,
    /// Since when a mute is there, apart from what it says itself.
    pub since: &'a dyn Fn(&Declaration) -> Option<Since>,
    /// What looks like a ticket in a text, and would be one if its project were known.
    pub looks_like_ticket: &'a dyn Fn(&str) -> Option<String>,
    /// What a tracker says of a ticket.
    pub ticket: &'a dyn Fn(&MuteTicket) -> TicketState,
    /// The branch to compare with, or why there is none.
    pub reference: Result<Reference<'a>, &'static str>,
}

impl Facts<'_> {
    /// A day on which nobody knows anything.
    #[must_use]
    pub fn none(today: Date) -> Self {
        Self {
            today,
            owner: None,
            since: &|_| None,
            looks_like_ticket: &|_| None,
            ticket: &|_| TicketState::Unknown,
            reference: Err("no branch is set to compare with"),
        }
    }
}

/// A day since when a mute is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// The day.
    pub day: Date,
    /// Who says so.
    pub basis: Basis,
}

/// Who says since when a mute is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The declaration.
    Declared,
    /// The history of the repository.
    Git,
    /// Our scans.
    FirstSeen,
}

impl fmt::Display for Basis {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Declared => "as declared",
            Self::Git => "by git",
            Self::FirstSeen => "first seen",
        })
    }
}

/// What a tracker says of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketState {
    /// Somebody has to do something about it.
    Open,
    /// It is done, in the words of the tracker.
    Closed(String),
    /// The tracker was read whole and does not have it.
    Absent,
    /// No tracker was read that could know it.
    Unknown,
}

/// The mutes of another branch.
#[derive(Debug, Clone, Copy)]
pub struct Reference<'a> {
    /// Its name.
    pub name: &'a str,
    /// What is muted there.
    pub mutes: &'a [Arc<Found>],
}

//! Readers of texts that have no public entry, for the targets in `fuzz/` alone.

use std::sync::Arc;

use jiff::civil::Date;
use qaduct_records::{Declaration, MuteTicket, TicketSource};

use crate::attributes::Attributes;
use crate::language::RawMute;
use crate::tickets::Tickets;
use crate::{TicketRules, conditions, dates};

/// The day that a text names.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    dates::day(text)
}

/// What a condition of this form asks for: systems, architectures, versions, variables,
/// features.
#[must_use]
pub fn condition(text: &str, form: &str) -> [Vec<String>; 5] {
    let it = conditions::read(text, form);
    [it.os, it.arch, it.version, it.env, it.feature]
}

/// The tickets that a text names, where the history knows every project.
#[must_use]
pub fn tickets(text: &str, source: TicketSource, repository: &str) -> Vec<MuteTicket> {
    let rules = TicketRules::default();
    let mutes = [RawMute {
        declaration: Declaration::skip("", "", ""),
        texts: vec![(source, text.to_owned())],
        options: String::new(),
    }];
    let mut tickets = Tickets::new(&rules, repository);
    let doubtful = tickets.read(&mutes);
    tickets.of_commit(&mutes, &doubtful).concat()
}

/// What `.gitattributes` of the root and of a folder say of a file.
#[must_use]
pub fn attributes(root: &[u8], folder: &str, nearer: &[u8], path: &str) -> Option<bool> {
    let root = Attributes::read("", root, None).map(Arc::new);
    let nearer = Attributes::read(folder, nearer, root.as_ref()).map(Arc::new);
    nearer.or(root)?.of(path)
}

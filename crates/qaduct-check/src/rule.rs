//! What a rule is.

use std::sync::Arc;

use qaduct_records::Declaration;
use qaduct_records::scan::Found;

use crate::{Facts, Level, Limits};

/// Where the pages of the rules are.
const PAGES: &str = "https://github.com/qaduct/qaduct/blob/main/docs/rules.md";

/// Something that is asked of every mute.
#[derive(Debug)]
pub struct Rule {
    /// Its code, which never gets a second meaning.
    pub id: &'static str,
    /// Its name, in a few words.
    pub name: &'static str,
    /// What it finds, in one sentence.
    pub about: &'static str,
    /// How bad that is, unless the settings say otherwise.
    pub level: Level,
    /// Its page: what, why, an example, how to mend it, how to silence it.
    pub page: &'static str,
    /// Asks a mute.
    pub(crate) ask: fn(&Asked<'_>) -> Answer,
}

impl Rule {
    /// The address of its page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{PAGES}#{}", self.id.to_ascii_lowercase())
    }
}

/// A mute that is asked, and what there is to ask with.
pub(crate) struct Asked<'a> {
    pub(crate) found: &'a Arc<Found>,
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) limits: &'a Limits,
    /// Whether the change that is judged has brought it.
    pub(crate) is_new: bool,
}

impl<'a> Asked<'a> {
    pub(crate) fn mute(&self) -> &'a Declaration {
        &self.found.declaration
    }
}

/// What a rule says of a mute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing to object to.
    Fine,
    /// The rule does not apply to mutes of this purpose.
    Exempt,
    /// Nobody knows what would have to be known, in words.
    NotJudged(&'static str),
    /// What is wrong.
    Wrong(Complaint),
}

/// What is wrong with a mute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// In words: lower case, no full stop.
    pub(crate) message: String,
    /// What would be right.
    pub(crate) help: String,
    /// What else than the mute it is about, such as a ticket: another one is another finding.
    pub(crate) detail: Option<String>,
    /// Where it is less bad than the rule says.
    pub(crate) at_most: Level,
}

impl Complaint {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
            detail: None,
            at_most: Level::Error,
        }
    }

    pub(crate) fn about(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(crate) fn at_most(mut self, level: Level) -> Self {
        self.at_most = level;
        self
    }
}

impl From<Complaint> for Answer {
    fn from(complaint: Complaint) -> Self {
        Self::Wrong(complaint)
    }
}

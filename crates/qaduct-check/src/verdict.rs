//! What was judged: the findings, and what was not judged and why.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use qaduct_records::digest::digest;
use qaduct_records::scan::Found;

use crate::baseline::Entry;
use crate::{Level, Rule};

/// What was judged.
#[derive(Debug, Default)]
pub struct Verdict {
    /// The findings, in order of path, line and rule; those that were let pass as well.
    pub findings: Vec<Finding>,
    /// What could not be judged, in order of rules.
    pub not_judged: Vec<NotJudged>,
    /// Rules that were not asked at all: they are off, or there is nothing to compare with.
    pub unasked: Vec<NotJudged>,
    /// Mutes that are there.
    pub mutes: u64,
    /// Mutes that were judged: all, or those that a change adds or renews.
    pub judged: u64,
    /// Mutes that a rule did not ask because they are no debt, by what they are for.
    pub exempt: BTreeMap<&'static str, u64>,
    /// What the change does; `None` where all mutes were judged.
    pub change: Option<Counts>,
    /// Entries of the baseline that are mended: their rule was judged, and finds nothing.
    pub fixed: Vec<Entry>,
    /// Entries of files that were renamed: as they are, and as they would be written now.
    pub moved: Vec<(Entry, Entry)>,
}

/// What a change does, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Newly muted.
    pub added: u64,
    /// Un-muted.
    pub removed: u64,
    /// Muted as before, in other words.
    pub edited: u64,
    /// Muted as before, at another place.
    pub moved: u64,
    /// Muted before, in files that could not be read now.
    pub unknown: u64,
}

/// A rule that a mute breaks.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad it is.
    pub level: Level,
    /// Where.
    pub path: String,
    /// First line, from 1.
    pub line: i64,
    /// Last line.
    pub end_line: i64,
    /// The test; empty where it is about a file.
    pub test: String,
    /// The form of the mute; empty where it is about a file.
    pub form: String,
    /// What else it is about, such as a ticket.
    pub detail: Option<String>,
    /// What is wrong, in words.
    pub message: String,
    /// What would be right.
    pub help: String,
    /// Who answers for the file, where anybody is known to.
    pub owner: Option<String>,
    /// The mute.
    pub mute: Option<Arc<Found>>,
    /// Which of several findings that are alike in all of that, from 0.
    pub nth: usize,
    /// Whether it counts.
    pub state: State,
}

/// Whether a finding counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It does.
    Open,
    /// A comment lets it pass.
    Allowed {
        /// Until when.
        until: Option<Date>,
        /// Why.
        reason: Option<String>,
    },
    /// The baseline has it.
    Known,
}

impl State {
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Allowed { .. } => "allowed",
            Self::Known => "known",
        }
    }
}

/// A rule that could not be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJudged {
    /// The rule.
    pub rule: &'static Rule,
    /// Mutes that it was not asked of; 0 where it was not asked at all.
    pub mutes: u64,
    /// Why.
    pub why: String,
}

impl Finding {
    /// The test by its name in the file, or the part of a file that a list names; empty where it
    /// is about a file.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self.test.strip_prefix(&self.path).unwrap_or_default();
        name.strip_prefix("::").unwrap_or(name)
    }

    /// Names it, whatever its line: the same finding has the same name tomorrow.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let nth = self.nth.to_string();
        digest([
            Some(self.rule.id),
            Some(self.subject()),
            Some(&self.form),
            self.detail.as_deref(),
            Some(&nth),
        ])
    }

    /// The test, or the file where it is about no test.
    #[must_use]
    pub fn subject(&self) -> &str {
        match self.test.as_str() {
            "" => &self.path,
            test => test,
        }
    }

    /// Whether it counts.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }
}

impl Verdict {
    /// The findings that count.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|it| it.is_open())
    }

    /// How many findings of a level count.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.open().filter(|it| it.level == level).count()
    }
}

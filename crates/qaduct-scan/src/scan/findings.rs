//! What is reported of a commit, once for all branches that hold it, and of a branch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use qaduct_records::scan::{Findings, Found};
use qaduct_records::{FileOwner, FileProblem, MuteTicket, TicketSource};
use rustc_hash::FxHashMap;

use super::files::Folder;
use crate::language::{RawMute, Resolved};
use crate::notes::ADDRESS;
use crate::tickets::Tickets;
use crate::{Owners, conditions, dates, intent};

/// The problem of a file or folder that the repository should have and has not.
pub(super) const MISSING: &str = "missing_object";

/// A file that could not be read: its path, the kind of problem, the same in words.
pub(super) type Unread = (Arc<str>, &'static str, String);

/// The mutes that are reported, each once: most commits hold the same ones.
#[derive(Default)]
pub(super) struct Sealed<'a>(FxHashMap<&'a RawMute, Vec<WithTickets>>);

/// A mute that is reported, and its tickets before they were sealed with it.
type WithTickets = (Vec<MuteTicket>, Arc<Found>);

impl<'a> Sealed<'a> {
    /// What is reported of a mute that names these tickets.
    fn found(
        &mut self,
        repository: &str,
        mute: &'a RawMute,
        tickets: Vec<MuteTicket>,
    ) -> Arc<Found> {
        let known = self.0.entry(mute).or_default();
        if let Some((_, found)) = known.iter().find(|(its, _)| *its == tickets) {
            return Arc::clone(found);
        }
        let found = Arc::new(seal(repository, mute, tickets.clone()));
        known.push((tickets, Arc::clone(&found)));
        found
    }
}

/// What is reported of a mute that names these tickets.
pub(super) fn seal(repository: &str, mute: &RawMute, mut tickets: Vec<MuteTicket>) -> Found {
    let mut declaration = mute.declaration.clone();
    let day = |text: &Option<String>| text.as_deref().and_then(dates::day);
    declaration.since_declared = day(&declaration.since_text);
    declaration.until_declared = day(&declaration.until_text);
    conditions::fill(&mut declaration);
    declaration.intent = Some(intent::of(mute, &declaration, !tickets.is_empty()));
    repository.clone_into(&mut declaration.repository);
    declaration.seal(&mut tickets);
    let comments = mute.texts.iter().filter(|(source, text)| {
        let comment = [TicketSource::CommentAbove, TicketSource::CommentTrailing];
        comment.contains(source) && text.contains(ADDRESS)
    });
    let notes = comments.map(|(_, text)| text.clone()).collect();
    Found {
        declaration,
        tickets,
        notes,
        options: mute.options.clone(),
    }
}

/// The findings of the files of a commit, for any branch that holds them and
/// whose history tells these project keys.
pub(super) fn of_commit<'a>(
    repository: &str,
    resolved: &'a Resolved,
    unread: Vec<Unread>,
    tickets: &Tickets<'_>,
    learned: &BTreeSet<String>,
    sealed: &mut Sealed<'a>,
) -> Findings {
    let tickets = tickets.of_commit(&resolved.mutes, learned);
    let mutes = resolved.mutes.iter().zip(tickets);
    let mutes = mutes.map(|(mute, tickets)| sealed.found(repository, mute, tickets));
    let unread = unread
        .into_iter()
        .map(|(path, problem, message)| at(&path, problem, message));
    Findings {
        files_seen: 0,
        test_files: resolved.test_files,
        files_excluded: resolved.excluded,
        files_partly_parsed: resolved.partly_parsed,
        marks_lexed: resolved.marks_lexed,
        marks_parsed: resolved.marks_parsed,
        mutes: mutes.collect(),
        problems: unread.chain(resolved.problems.iter().cloned()).collect(),
        owners: Vec::new(),
    }
}

/// The findings of a branch: those of its commit, under its name.
pub(super) fn of_branch(
    commit: &Findings,
    root: &Folder,
    owners: &Owners,
    repository: &str,
    branch: &str,
) -> Findings {
    let folder = |path: &Arc<str>| {
        at(
            &format!("{path}/"),
            MISSING,
            "the repository does not have this folder".to_owned(),
        )
    };
    // One problem for a line of a file, in order of path and line.
    let mut problems: BTreeMap<(String, i64), FileProblem> = BTreeMap::new();
    for mut it in root
        .missing
        .iter()
        .map(folder)
        .chain(commit.problems.iter().cloned())
        .chain(owners.problems().iter().cloned())
    {
        repository.clone_into(&mut it.repository);
        branch.clone_into(&mut it.branch);
        problems.entry((it.path.clone(), it.line)).or_insert(it);
    }
    Findings {
        files_seen: root.files,
        test_files: commit.test_files,
        files_excluded: root.excluded + commit.files_excluded,
        files_partly_parsed: commit.files_partly_parsed,
        marks_lexed: commit.marks_lexed,
        marks_parsed: commit.marks_parsed,
        mutes: commit.mutes.clone(),
        problems: problems.into_values().collect(),
        owners: owned(commit, owners, repository, branch),
    }
}

/// Who answers for the files that hold mutes.
fn owned(commit: &Findings, owners: &Owners, repository: &str, branch: &str) -> Vec<FileOwner> {
    let paths = commit.mutes.iter().map(|it| it.declaration.path.as_str());
    let paths: BTreeSet<&str> = paths.collect();
    let owner = |path: &str| {
        let owned = owners.of(path)?;
        Some(FileOwner {
            repository: repository.to_owned(),
            branch: branch.to_owned(),
            path: path.to_owned(),
            owners: (!owned.owners.is_empty()).then(|| owned.owners.join(" ")),
            rule: owned.rule,
            source: owned.source,
        })
    };
    paths.into_iter().filter_map(owner).collect()
}

/// A problem of a file as a whole.
fn at(path: &str, problem: &str, message: String) -> FileProblem {
    FileProblem {
        repository: String::new(),
        branch: String::new(),
        path: path.to_owned(),
        line: 0,
        problem: problem.to_owned(),
        unread: true,
        message,
    }
}

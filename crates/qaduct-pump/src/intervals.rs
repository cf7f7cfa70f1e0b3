//! From what is there now to since when: the intervals of one branch.
//!
//! Pure: the stored intervals and the new findings go in, the rows to write
//! come out.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use qaduct_records::{Cause, Declaration, Mute, scan::Found};

/// The scan that the intervals are brought up to.
#[derive(Debug, Clone)]
pub(crate) struct At<'a> {
    pub(crate) repository: &'a str,
    pub(crate) branch: &'a str,
    /// The commit; `None` where the branch is gone.
    pub(crate) commit: Option<&'a str>,
    /// When the scan ran.
    pub(crate) now: Timestamp,
    /// Why things appear and disappear in this scan.
    pub(crate) cause: Cause,
    /// When the branch was scanned before, and its commit then.
    pub(crate) before: Option<(Timestamp, &'a str)>,
    /// Files, and folders with a slash at the end, that could not be read: what
    /// they hold is unknown, not gone.
    pub(crate) unread: &'a [&'a str],
    /// Those of the scan before: nobody knows since when they hold what they hold.
    pub(crate) unread_before: &'a [String],
    /// Whether the repository had all of the branch. Where not, other files may
    /// lack what the lost ones lend them, so that nothing counts as gone.
    pub(crate) complete: bool,
}

impl At<'_> {
    fn has_not_read(&self, path: &str) -> bool {
        self.unread.iter().any(|it| covers(it, path))
    }

    fn had_not_read(&self, path: &str) -> bool {
        self.unread_before.iter().any(|it| covers(it, path))
    }
}

/// Whether a file, or a folder with a slash at the end, is or holds a path.
fn covers(file_or_folder: &str, path: &str) -> bool {
    file_or_folder == path || file_or_folder.ends_with('/') && path.starts_with(file_or_folder)
}

/// What a scan changes.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Changes {
    /// The intervals that are new or differ.
    pub(crate) rows: Vec<Mute>,
    pub(crate) opened: i64,
    pub(crate) closed: i64,
    pub(crate) changed: i64,
    /// Mutes that were not found and stay open, because they may be there.
    pub(crate) kept: i64,
}

/// Brings the intervals of a branch up to what was found.
///
/// Within a group (same target, same form) an open interval goes on when its
/// declaration is found unchanged, else when a declaration with the same
/// tickets is, else with the same reason and condition, else with any: an
/// edited mute is the same mute. A mute that may be there and could not be read
/// stays open. `stored` is every interval of the branch, `old`
/// gives the declaration of an open one.
pub(crate) fn advance<E>(
    stored: Vec<Mute>,
    found: &[Arc<Found>],
    at: &At<'_>,
    mut old: impl FnMut(&Mute) -> Result<Option<Declaration>, E>,
) -> Result<Changes, E> {
    let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
    for mute in stored {
        let group = groups.entry(mute.group_id.clone()).or_default();
        group.last = group.last.max(mute.nth);
        if mute.gone_at.is_none() {
            group.open.push(mute);
        }
    }
    for it in found {
        groups
            .entry(it.declaration.group_id())
            .or_default()
            .found
            .push(&it.declaration);
    }

    let mut changes = Changes::default();
    for (group_id, group) in groups {
        group.advance(group_id, at, &mut changes, &mut old)?;
    }
    Ok(changes)
}

#[derive(Default)]
struct Group<'a> {
    open: Vec<Mute>,
    found: Vec<&'a Declaration>,
    /// The greatest `nth` in use.
    last: i64,
}

impl Group<'_> {
    fn advance<E>(
        mut self,
        group_id: String,
        at: &At<'_>,
        changes: &mut Changes,
        old: &mut impl FnMut(&Mute) -> Result<Option<Declaration>, E>,
    ) -> Result<(), E> {
        self.open.retain(|mute| {
            let same = self
                .found
                .iter()
                .position(|it| it.declaration_id == mute.declaration_id);
            same.map(|n| self.found.remove(n)).is_none()
        });

        let mut edited = Vec::new();
        if !self.open.is_empty() && !self.found.is_empty() {
            for mute in std::mem::take(&mut self.open) {
                let declaration = old(&mute)?;
                edited.push((mute, declaration));
            }
            for alike in [same_tickets, same_words, |_: &_, _: &_| true] {
                edited.retain_mut(|(mute, declaration)| {
                    let Some(n) = self.found.iter().position(|it| {
                        declaration
                            .as_ref()
                            .is_none_or(|declaration| alike(declaration, it))
                    }) else {
                        return true;
                    };
                    mute.declaration_id
                        .clone_from(&self.found.remove(n).declaration_id);
                    changes.changed += 1;
                    changes.rows.push(mute.clone());
                    false
                });
            }
        }

        for mut mute in self
            .open
            .into_iter()
            .chain(edited.into_iter().map(|(mute, _)| mute))
        {
            let unknown = !at.complete
                || !at.unread.is_empty() && old(&mute)?.is_some_and(|it| at.has_not_read(&it.path));
            if unknown {
                changes.kept += 1;
                continue;
            }
            mute.last_seen_at = at.before.map(|(when, _)| when);
            mute.last_seen_commit = at.before.map(|(_, commit)| commit.to_owned());
            mute.gone_at = Some(at.now);
            mute.gone_commit = at.commit.map(str::to_owned);
            mute.closed_by = Some(at.cause);
            changes.closed += 1;
            changes.rows.push(mute);
        }

        for declaration in self.found {
            self.last += 1;
            changes.opened += 1;
            changes.rows.push(Mute {
                repository: at.repository.to_owned(),
                branch: at.branch.to_owned(),
                group_id: group_id.clone(),
                nth: self.last,
                declaration_id: declaration.declaration_id.clone(),
                opened_by: match at.cause {
                    Cause::Commit if at.had_not_read(&declaration.path) => Cause::Baseline,
                    cause => cause,
                },
                first_seen_at: at.now,
                first_seen_commit: at.commit.unwrap_or_default().to_owned(),
                last_seen_at: None,
                last_seen_commit: None,
                closed_by: None,
                gone_at: None,
                gone_commit: None,
            });
        }
        Ok(())
    }
}

fn same_tickets(one: &Declaration, other: &Declaration) -> bool {
    one.tickets.is_some() && one.tickets == other.tickets
}

fn same_words(one: &Declaration, other: &Declaration) -> bool {
    (&one.reason, &one.condition, &one.param) == (&other.reason, &other.condition, &other.param)
}

#[cfg(test)]
mod tests;

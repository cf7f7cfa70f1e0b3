//! From what is there now to since when: the intervals of one branch.
//!
//! Pure: the stored intervals and the new findings go in, the rows to write
//! come out.

use std::collections::{BTreeMap, HashMap, VecDeque};
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
/// stays open. `stored` is every interval of the branch, `old` holds the
/// declarations of the open ones that were not found unchanged.
pub(crate) fn advance(
    stored: Vec<Mute>,
    found: &[Arc<Found>],
    at: &At<'_>,
    old: &BTreeMap<String, Declaration>,
) -> Changes {
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
        group.advance(group_id, at, &mut changes, old);
    }
    changes
}

#[derive(Default)]
struct Group<'a> {
    open: Vec<Mute>,
    found: Vec<&'a Declaration>,
    /// The greatest `nth` in use.
    last: i64,
}

impl Group<'_> {
    fn advance(
        mut self,
        group_id: String,
        at: &At<'_>,
        changes: &mut Changes,
        old: &BTreeMap<String, Declaration>,
    ) {
        let old_of = |mute: &Mute| old.get(&mute.declaration_id);
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (n, it) in self.found.iter().enumerate().rev() {
            places.entry(&it.declaration_id).or_default().push(n);
        }
        let mut taken = vec![false; self.found.len()];
        self.open.retain(|mute| {
            let same = places.get_mut(mute.declaration_id.as_str());
            let same = same.and_then(Vec::pop);
            same.inspect(|n| taken[*n] = true).is_none()
        });

        for alike in [tickets, words, anything] {
            let mut places: HashMap<Likeness<'_>, VecDeque<usize>> = HashMap::new();
            for (n, it) in self.found.iter().enumerate().filter(|(n, _)| !taken[*n]) {
                if let Some(likeness) = alike(Some(it)) {
                    places.entry(likeness).or_default().push_back(n);
                }
            }
            self.open.retain_mut(|mute| {
                let place = alike(old_of(mute)).and_then(|it| places.get_mut(&it)?.pop_front());
                let Some(n) = place else {
                    return true;
                };
                taken[n] = true;
                mute.declaration_id
                    .clone_from(&self.found[n].declaration_id);
                changes.changed += 1;
                changes.rows.push(mute.clone());
                false
            });
        }
        let mut left = taken.iter().map(|taken| !taken);
        self.found.retain(|_| left.next().unwrap_or(false));

        for mut mute in self.open {
            let unknown = !at.complete || old_of(&mute).is_some_and(|it| at.has_not_read(&it.path));
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
    }
}

/// What makes an edited mute the same mute.
#[derive(PartialEq, Eq, Hash)]
enum Likeness<'a> {
    Tickets(&'a str),
    Words([Option<&'a str>; 3]),
    Anything,
}

fn tickets(it: Option<&Declaration>) -> Option<Likeness<'_>> {
    it?.tickets.as_deref().map(Likeness::Tickets)
}

fn words(it: Option<&Declaration>) -> Option<Likeness<'_>> {
    let it = it?;
    let words = [&it.reason, &it.condition, &it.param].map(Option::as_deref);
    Some(Likeness::Words(words))
}

/// Also a mute whose old declaration nobody knows any more.
fn anything(_: Option<&Declaration>) -> Option<Likeness<'_>> {
    Some(Likeness::Anything)
}

#[cfg(test)]
mod tests;

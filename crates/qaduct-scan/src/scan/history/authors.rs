//! Who is behind a change that a merge brought: often a bot merges what people write.

use std::sync::Arc;

use jiff::Timestamp;
use qaduct_records::history::Landing;
use rustc_hash::FxHashMap;

use crate::git::log::{Change, Head, Which};
use crate::{Repository, ScanError};

/// Where a run began or ended: a commit, and the file in which it did.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    pub(super) commit: Arc<Head>,
    pub(super) path: Arc<str>,
}

/// A person and when they wrote something.
type Written = (String, Timestamp);

/// The authors of what merges brought.
pub(super) struct Authors {
    /// By merge and file.
    known: FxHashMap<(Arc<str>, Arc<str>), Written>,
}

impl Authors {
    /// Looks into the merges among these commits. The author of a change is whoever alone has
    /// touched the file in the merged branch.
    pub(super) fn of<'a>(
        spots: impl Iterator<Item = &'a Spot>,
        repository: &Repository,
    ) -> Result<Self, ScanError> {
        let mut merges: FxHashMap<&Arc<str>, (&Head, Vec<&Arc<str>>)> = FxHashMap::default();
        for spot in spots.filter(|it| it.commit.parents.len() > 1) {
            let (_, paths) = merges
                .entry(&spot.commit.id)
                .or_insert_with(|| (&spot.commit, Vec::new()));
            if !paths.contains(&&spot.path) {
                paths.push(&spot.path);
            }
        }
        let mut known = FxHashMap::default();
        for (id, (merge, paths)) in merges {
            for (path, written) in within(merge, &paths, repository)? {
                known.insert((Arc::clone(id), path), written);
            }
        }
        Ok(Self { known })
    }

    /// A commit as it is told of.
    pub(super) fn landing(&self, spot: &Spot) -> Landing {
        let Spot { commit, path } = spot;
        let key = (Arc::clone(&commit.id), Arc::clone(path));
        let (author, authored_at) = match self.known.get(&key) {
            Some((author, at)) => (author.clone(), *at),
            None => (commit.author.clone(), commit.authored_at),
        };
        Landing {
            commit_id: commit.id.to_string(),
            at: commit.at,
            committed_at: commit.committed_at,
            offset_min: commit.offset_min,
            authored_at,
            author,
        }
    }
}

/// Those of the files that one person alone has touched in the branch that was merged, with the
/// newest of their changes.
fn within(
    merge: &Head,
    paths: &[&Arc<str>],
    repository: &Repository,
) -> Result<Vec<(Arc<str>, Written)>, ScanError> {
    let mut found: FxHashMap<Arc<str>, Option<Written>> = FxHashMap::default();
    let mut log = repository.log(Which::Merged(&merge.parents))?;
    while let Some(step) = log.step()? {
        let head = &step.head;
        let touches = |path: &Arc<str>| {
            let is = |it: &Change| {
                let mut sides = it.old.iter().chain(&it.new);
                sides.any(|(its, _)| its == path)
            };
            step.changes.iter().any(is)
        };
        for &path in paths.iter().filter(|it| touches(it)) {
            let first = || Some((head.author.clone(), head.authored_at));
            let known = found.entry(Arc::clone(path)).or_insert_with(first);
            if known.as_ref().is_some_and(|it| it.0 != head.author) {
                *known = None;
            }
        }
    }
    let alone = found.into_iter();
    Ok(alone.filter_map(|(path, it)| Some((path, it?))).collect())
}

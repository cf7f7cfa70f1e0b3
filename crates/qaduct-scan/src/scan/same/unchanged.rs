//! The mutes of files in which none has changed: what a commit leaves of nearly all.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Mute, Renamed};

/// Each of them with itself. Nothing of another file has their path, so that the first stage
/// would find the same, with more work.
pub(super) fn in_same_files<M: Mute>(
    newer: &[M],
    older: &[M],
    renamed: &Renamed,
) -> Vec<(usize, usize)> {
    let is_renamed: FxHashSet<&str> = renamed
        .iter()
        .flat_map(|(old, new)| [&**old, &**new])
        .collect();
    let known = by_file(older);
    let mut found = Vec::new();
    for (path, its) in by_file(newer) {
        let Some(were) = known.get(path).filter(|it| it.len() == its.len()) else {
            continue;
        };
        let both = its.iter().copied().zip(were.iter().copied());
        if !is_renamed.contains(path) && both.clone().all(|(at, was)| newer[at] == older[was]) {
            found.extend(both);
        }
    }
    found
}

/// The numbers of the mutes of each file.
fn by_file<M: Mute>(mutes: &[M]) -> FxHashMap<&str, Vec<usize>> {
    let mut files: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, mute) in mutes.iter().enumerate() {
        files.entry(&mute.declaration().path).or_default().push(at);
    }
    files
}

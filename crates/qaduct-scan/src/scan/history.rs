//! Since when and by whom: the runs of mutes on the first-parent history of branches.
//!
//! One walk for all branches and all mutes, from the newest commits backwards. A commit that
//! changes no file with a part in any mute costs its line in `git log` alone; else the files that
//! it changes are read as its parent has them, and what both versions hold is compared. Branches
//! share the walk below the commit at which they parted. What is known of files is dropped on the
//! way, so that a long history takes no more memory than a short one.
//!
//! * [`state`]: the files and mutes of a commit; [`super::same`]: which mutes of two commits are one;
//! * [`walk`]: the way back; [`authors`]: who is behind a merge.

mod authors;
mod state;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use qaduct_records::history::{History, KnownHistory};
use qaduct_records::scan::Found;
use rustc_hash::FxHashSet;

use super::blobs::Blobs;
use super::files::Folders;
use super::{Options, branches, findings, languages, learned, parallel, rules, small};
use crate::git::tree::Trees;
use crate::language::{BlobId, Files, RawMute};
use crate::languages::Languages;
use crate::manifests::Manifests;
use crate::tickets::Tickets;
use crate::vendored::Excluded;
use crate::{Progress, Repository, ScanError, Stage};
use state::State;
use walk::{Line, Walk};

/// How much of the past is asked for.
#[derive(Debug, Default)]
pub struct Past {
    /// No further back than this: mutes that were there then begin before.
    pub since: Option<Timestamp>,
    /// Only the mutes that are there now: it ends as soon as the beginning of each is known.
    pub current_only: bool,
    /// What is stored of branches: what is new is read, where that is still true; else again as
    /// far back as was asked for then.
    pub known: HashMap<String, KnownHistory>,
}

/// Tells since when and by whom the mutes of commits are there, and which were there before:
/// of each branch, given as its name and its commit. A branch whose newest commit cannot be read
/// is left out.
///
/// Needs no database. Of [`Options`] the marks and the tickets count.
///
/// # Errors
/// When git cannot be run or the history is damaged.
pub fn history(
    repository: &Repository,
    tips: &[(String, String)],
    options: &Options,
    past: &Past,
    progress: &dyn Progress,
) -> Result<Vec<History>, ScanError> {
    let languages = languages(&options.marks, Manifests::new(&options.manifests)?)?;
    history_with(&languages, repository, tips, options, past, progress)
}

/// The same with these languages.
fn history_with(
    languages: &Languages,
    repository: &Repository,
    tips: &[(String, String)],
    options: &Options,
    past: &Past,
    progress: &dyn Progress,
) -> Result<Vec<History>, ScanError> {
    let mut done = Err(ScanError::Stopped);
    // What people nest is resolved on a large stack, as in a scan.
    parallel::with_each(&mut [&mut done], |done| {
        **done = on_this_thread(languages, repository, tips, options, past, progress);
    });
    done
}

fn on_this_thread(
    languages: &Languages,
    repository: &Repository,
    tips: &[(String, String)],
    options: &Options,
    past: &Past,
    progress: &dyn Progress,
) -> Result<Vec<History>, ScanError> {
    let rules = rules(languages, options);
    let mut blobs = Blobs::new(languages, repository);
    let excluded = Excluded::new(&options.exclusion)?;
    let tips = read_tips(tips, languages, &excluded, &mut blobs, progress)?;
    let mut tickets = Tickets::new(&options.tickets, repository.name());
    let states: Vec<State> = tips
        .files
        .iter()
        .map(|files| State::of(files, languages, &blobs))
        .collect();
    let mutes: Vec<Vec<RawMute>> = states.iter().map(State::all_mutes).collect();
    let doubts: Vec<_> = mutes.iter().map(|it| tickets.read(it)).collect();
    let of_branches = tips.branches.iter();
    let learned = learned(
        repository,
        of_branches.map(|it| (&*it.commit, &doubts[it.files])),
    )?;

    let default = match tips.branches.len() {
        0 | 1 => None,
        _ => repository.refs(blobs.objects())?.default,
    };
    let reads = |path: &str| {
        let is_read = !tips.set_aside.contains(path) && !excluded.has_by_name(path);
        is_read.then(|| languages.readers(path)).flatten()
    };
    let mut walk = Walk::new(
        languages, &reads, repository, blobs, tickets, past, &learned,
    );
    let mut states: Vec<_> = states.into_iter().map(Some).collect();
    let mut left = vec![0_usize; states.len()];
    tips.branches.iter().for_each(|it| left[it.files] += 1);
    for (number, (tip, learned)) in tips.branches.iter().zip(&learned).enumerate() {
        left[tip.files] -= 1;
        let state = &mut states[tip.files];
        let state = match left[tip.files] {
            0 => state.take(),
            _ => state.clone(),
        };
        let state = state.expect("as many branches as were counted");
        let known = past.known.get(&tip.branch);
        let since = past.since.or(known.and_then(|it| it.since));
        let known = known.filter(|it| it.rules == rules);
        let found = sealed(&mutes[tip.files], repository.name(), &walk.tickets, learned);
        let mut line = Line::new(number, known, since, &state, found);
        line.is_default = default.as_ref() == Some(&tip.branch);
        walk.begin(Arc::clone(&tip.commit), state, line);
    }
    drop((states, mutes));
    let ended = walk.go(&tips.commits(), progress)?;

    let history = |(tip, line): (Tip, walk::Told)| History {
        branch: tip.branch,
        commit_id: tip.commit.to_string(),
        rules: rules.clone(),
        since: line.since,
        extends: line.extends,
        begins_at: line.begins_at,
        parted_at: line.parted_at,
        runs: line.runs,
    };
    Ok(tips.branches.into_iter().zip(ended).map(history).collect())
}

/// Mutes of a commit with their tickets, as a scan reports them.
fn sealed(
    mutes: &[RawMute],
    repository: &str,
    tickets: &Tickets<'_>,
    learned: &BTreeSet<String>,
) -> Vec<Arc<Found>> {
    let of_mutes = tickets.of_commit(mutes, learned);
    let sealed = mutes.iter().zip(of_mutes);
    sealed
        .map(|(mute, tickets)| Arc::new(findings::seal(repository, mute, tickets)))
        .collect()
}

/// A branch and its newest commit.
struct Tip {
    branch: String,
    commit: Arc<str>,
    /// Number of its set of files.
    files: usize,
}

/// The newest commits.
struct Tips {
    branches: Vec<Tip>,
    /// The sets of files that they hold, each once.
    files: Vec<Files>,
    /// Files that one of them has and that are not read.
    set_aside: FxHashSet<Arc<str>>,
}

impl Tips {
    /// The commits, each once.
    fn commits(&self) -> Vec<Arc<str>> {
        let commits: BTreeSet<_> = self.branches.iter().map(|it| &it.commit).collect();
        commits.into_iter().cloned().collect()
    }
}

/// Reads the trees and the files of the newest commits.
fn read_tips(
    tips: &[(String, String)],
    languages: &Languages,
    excluded: &Excluded,
    blobs: &mut Blobs<'_>,
    progress: &dyn Progress,
) -> Result<Tips, ScanError> {
    progress.begin(Stage::Walking, None);
    let mut roots = Vec::new();
    for (branch, commit) in tips {
        if let Ok(tip) = branches::tip(blobs.objects(), commit)? {
            roots.push((branch.clone(), Arc::<str>::from(commit.as_str()), tip.tree));
        }
    }
    let mut trees = Trees::default();
    let all = roots.iter().map(|(.., tree)| BlobId::clone(tree));
    trees.read(all, blobs.objects(), progress)?;
    let missing = trees.missing();
    if blobs.fetched(&missing) {
        trees.read(missing, blobs.objects(), progress)?;
    }
    let small = small::read(trees.attributes.iter().cloned(), blobs)?;
    let reads = |path: &str| languages.readers(path);
    let mut folders = Folders::new(&trees, reads, excluded, &small);
    let mut set_aside = FxHashSet::default();
    let mut known: HashMap<Files, usize> = HashMap::new();
    let mut files = Vec::new();
    let mut branches = Vec::new();
    for (branch, commit, tree) in roots {
        let Some(root) = folders.root(&tree) else {
            continue;
        };
        set_aside.extend(root.set_aside.iter().cloned());
        let its: Files = root.read.iter().cloned().collect();
        let number = *known.entry(its).or_insert_with_key(|its| {
            files.push(its.clone());
            files.len() - 1
        });
        branches.push(Tip {
            branch,
            commit,
            files: number,
        });
    }
    blobs.first_pass(&files, progress)?;
    Ok(Tips {
        branches,
        files,
        set_aside,
    })
}

//! States of a repository beside each other: commits, the index, and a work tree as it is on
//! disk.
//!
//! The same two passes as in a scan of branches, and the same findings. What the states
//! share is read once, so that two of them cost hardly more than one.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use qaduct_records::scan::{Findings, Found, LeftOver};

use super::blobs::{Blobs, LARGEST};
use super::files::{Folder, Folders};
use super::places::Versions;
use super::same::{Renamed, When};
use super::work_tree::OnDisk;
use super::{Options, branches, findings, languages, parallel, renames, same, small};
use crate::git::objects::{Answer, Objects};
use crate::git::tree::Trees;
use crate::language::{BlobId, Content, Files};
use crate::languages::{Languages, notes_of};
use crate::manifests::Manifests;
use crate::notes;
use crate::owners::{self, Owners};
use crate::tickets::Tickets;
use crate::vendored::Excluded;
use crate::{Progress, Repository, ScanError, Stage};

/// A state of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// A commit, by its id.
    Commit(String),
    /// The files on disk, whether committed or not, told from those of a commit.
    WorkTree {
        /// The folder of the work tree.
        folder: PathBuf,
        /// A commit that it is close to, by its id.
        commit: String,
    },
    /// What will be committed next, told from a commit.
    Index {
        /// The folder of the work tree.
        folder: PathBuf,
        /// The file of the index below it, where it is not the usual one.
        file: Option<PathBuf>,
        /// A commit that it is close to, by its id.
        commit: String,
    },
}

impl State {
    fn commit(&self) -> &str {
        match self {
            Self::Commit(commit) | Self::WorkTree { commit, .. } | Self::Index { commit, .. } => {
                commit
            }
        }
    }
}

/// What the states of a repository hold.
pub struct States<'a> {
    repository: &'a Repository,
    /// What was found, in the order of the states.
    pub findings: Vec<Findings>,
    files: Vec<Files>,
    on_disk: OnDisk,
    has_owners: bool,
    languages: Languages,
    left_over: Vec<Vec<LeftOver>>,
}

/// What is read of a state.
struct Read {
    folder: Arc<Folder>,
    files: Files,
    owners: Owners,
}

/// Scans states of a repository; of the options neither branches nor what is stored count.
///
/// # Errors
/// When one of them cannot be read.
pub fn scan_states<'a>(
    repository: &'a Repository,
    states: &[State],
    options: &Options,
    progress: &dyn Progress,
) -> Result<States<'a>, ScanError> {
    let languages = languages(&options.marks, Manifests::new(&options.manifests)?)?;
    let mut blobs = Blobs::new(&languages, repository);
    let mut on_disk = OnDisk::default();
    let read = read_states(
        repository,
        states,
        options,
        &languages,
        &mut blobs,
        &mut on_disk,
    )?;
    let files: Vec<Files> = read.iter().map(|it| it.files.clone()).collect();
    blobs.look_on_disk(on_disk.files());
    blobs.first_pass(&files, progress)?;
    progress.begin(Stage::Resolving, Some(files.len() as u64));
    let resolved = parallel::each(&files, |files| {
        let resolved = languages.resolve(files, &|id| blobs.facts(id));
        progress.advance(1);
        resolved
    });

    // The states believe the same project keys: a ticket that only one of them knew
    // would look like a change of the mute.
    let mut tickets = Tickets::new(&options.tickets, repository.name());
    let doubts = resolved.iter().map(|it| tickets.read(&it.mutes));
    let doubts: BTreeSet<String> = doubts.flatten().collect();
    let learned: BTreeSet<String> = match doubts.is_empty() {
        true => BTreeSet::new(),
        false => {
            let tips: BTreeSet<&str> = states.iter().map(State::commit).collect();
            let tips: Vec<&str> = tips.into_iter().collect();
            let doubts = doubts.iter().map(String::as_str).collect();
            let known = repository.keys_in_messages(&tips, &doubts)?;
            known.into_iter().flatten().collect()
        }
    };
    let mut sealed = findings::Sealed::default();
    let found = read.iter().zip(&resolved).map(|(read, resolved)| {
        let unread = blobs.problems(&read.files);
        let name = repository.name();
        let commit = findings::of_commit(name, resolved, unread, &tickets, &learned, &mut sealed);
        findings::of_branch(&commit, &read.folder, &read.owners, name, "")
    });
    let found: Vec<Findings> = found.collect();
    let left_over = found.iter().zip(&files);
    let left_over = left_over.map(|(found, files)| left_over_of(found, files, &blobs));
    let left_over = left_over.collect();
    let has_owners = read.iter().any(|it| !it.owners.is_empty());
    drop(blobs);
    Ok(States {
        repository,
        findings: found,
        files,
        on_disk,
        has_owners,
        languages,
        left_over,
    })
}

/// The comments of a state that speak to qaduct and stand at no mute.
fn left_over_of(found: &Findings, files: &Files, blobs: &Blobs<'_>) -> Vec<LeftOver> {
    let mut left = Vec::new();
    for (path, content) in files {
        let Some(facts) = blobs.facts(content) else {
            continue;
        };
        let notes = notes_of(&facts);
        if notes.is_empty() {
            continue;
        }
        let its = found.mutes.iter().map(|it| &**it);
        let its: Vec<&Found> = its.filter(|it| it.declaration.path == **path).collect();
        left.extend(notes::left_over(path, notes, &its));
    }
    left
}

/// What the states hold: counts, the files to read, and who owns them.
fn read_states(
    repository: &Repository,
    states: &[State],
    options: &Options,
    languages: &Languages,
    blobs: &mut Blobs<'_>,
    on_disk: &mut OnDisk,
) -> Result<Vec<Read>, ScanError> {
    let mut roots = Vec::new();
    for state in states {
        let tip = branches::tip(blobs.objects(), state.commit())?;
        roots.push(tip.map_err(|why| unreadable(repository, why))?.tree);
    }
    let mut trees = Trees::default();
    let wanted = roots.iter().map(BlobId::clone);
    trees.read(wanted, blobs.objects(), &crate::Silent)?;
    let missing = trees.missing();
    if blobs.fetched(&missing) {
        trees.read(missing, blobs.objects(), &crate::Silent)?;
    }
    for (state, root) in states.iter().zip(&mut roots) {
        match state {
            State::Commit(_) => {}
            State::WorkTree { folder, commit } => {
                let place = (folder.as_path(), commit.as_str());
                let is_read = |path: &str| languages.readers(path).is_some();
                *root = on_disk.over(
                    repository,
                    place,
                    root,
                    &mut trees,
                    blobs.objects(),
                    is_read,
                )?;
            }
            State::Index {
                folder,
                file,
                commit,
            } => {
                let staged = repository.staged(folder, file.as_deref(), commit)?;
                *root = on_disk.staged(staged, root, &mut trees);
            }
        }
    }
    let gitlab = owners::is_gitlab(repository.name());
    let owner_file = |root: &BlobId| {
        let mut places = owners::places(gitlab).into_iter();
        places.find_map(|path| Some((path, trees.file(root, path)?)))
    };
    let owner_files: Vec<_> = roots.iter().map(owner_file).collect();
    let ids = owner_files.iter().flatten().map(|(_, id)| id);
    let ids: BTreeSet<&BlobId> = ids.chain(&trees.attributes).collect();
    let (here, in_git): (Vec<&BlobId>, Vec<_>) =
        ids.into_iter().partition(|it| on_disk.path(it).is_some());
    let mut small = small::read(in_git.into_iter().cloned(), blobs)?;
    for id in here {
        let text = on_disk.path(id).and_then(|it| std::fs::read(it).ok());
        small.extend(text.map(|it| (BlobId::clone(id), it.into())));
    }
    let excluded = Excluded::new(&options.exclusion)?;
    let reads = |path: &str| languages.readers(path);
    let mut folders = Folders::new(&trees, reads, &excluded, &small);
    let states = states.iter().zip(&roots).zip(&owner_files);
    let states = states.map(|((state, root), file)| {
        let folder = folders.root(root).ok_or_else(|| {
            let why = format!("the tree of {} is missing", state.commit());
            unreadable(repository, why)
        })?;
        let file = file.as_ref();
        let file = file.and_then(|(path, id)| Some((*path, &**small.get(id)?)));
        Ok(Read {
            files: folder.read.iter().cloned().collect(),
            owners: Owners::new(&options.owners, file, gitlab),
            folder,
        })
    });
    let mut states = states.collect::<Result<Vec<Read>, ScanError>>()?;
    share(&mut states, &roots, &trees, languages);
    Ok(states)
}

/// What one of the states reads is read in all that have it: else a change of what is left out
/// would look like a change of mutes.
fn share(states: &mut [Read], roots: &[BlobId], trees: &Trees, languages: &Languages) {
    if states.len() < 2 {
        return;
    }
    let all = states.iter().flat_map(|it| it.files.keys().cloned());
    let all: BTreeSet<Arc<str>> = all.collect();
    for (state, root) in states.iter_mut().zip(roots) {
        let files = &state.files;
        let others: Vec<_> = all.iter().filter(|it| !files.contains_key(*it)).collect();
        for path in others {
            let blob = trees.file(root, path);
            if let Some((blob, readers)) = blob.zip(languages.readers(path)) {
                let content = Content { blob, readers };
                state.files.insert(Arc::clone(path), content);
            }
        }
    }
}

fn unreadable(repository: &Repository, why: String) -> ScanError {
    ScanError::NothingReadable {
        repository: repository.name().to_owned(),
        failures: vec![why],
    }
}

impl States<'_> {
    /// Whether a state has a file of this path that a language reads.
    #[must_use]
    pub fn has(&self, state: usize, path: &str) -> bool {
        self.files[state].contains_key(path)
    }

    /// Whether a state has a file, of such a path, that a language reads.
    #[must_use]
    pub fn any(&self, state: usize, is_such: impl Fn(&str) -> bool) -> bool {
        self.files[state].iter().any(|(path, _)| is_such(path))
    }

    /// Whether anything says who answers for files.
    #[must_use]
    pub fn has_owners(&self) -> bool {
        self.has_owners
    }

    /// The comments of a state that speak to qaduct and stand at no mute.
    #[must_use]
    pub fn left_over(&self, state: usize) -> &[LeftOver] {
        &self.left_over[state]
    }

    /// Whether two states hold another file of this path.
    #[must_use]
    pub fn differs(&self, one: usize, other: usize, path: &str) -> bool {
        self.files[one].get(path) != self.files[other].get(path)
    }

    /// Which mutes of two states are the same, gone, or new.
    #[must_use]
    pub fn compare(&self, before: usize, after: usize) -> Compared {
        let mut compared = Compared::default();
        // What people nest is read on a large stack, as in a scan.
        parallel::with_each(&mut [&mut compared], |it| {
            **it = self.compare_here(before, after);
        });
        compared
    }

    fn compare_here(&self, before: usize, after: usize) -> Compared {
        // Marks without effect mute nothing.
        let effective = |state: usize| -> Vec<Arc<Found>> {
            let mutes = self.findings[state].mutes.iter();
            mutes
                .filter(|it| it.declaration.effective)
                .cloned()
                .collect()
        };
        let (older, newer) = (effective(before), effective(after));
        let mut objects = self.repository.objects(LARGEST);
        let mut text = |it: &Content| self.text(it, &mut objects);
        let (then, now) = (&self.files[before], &self.files[after]);
        // A file without mutes may have any name.
        let is_gone = |it: &Arc<Found>| !now.contains_key(it.declaration.path.as_str());
        let is_new = |it: &Arc<Found>| !then.contains_key(it.declaration.path.as_str());
        let renamed = match older.iter().any(is_gone) && newer.iter().any(is_new) {
            true => renames::renamed(then, now, &mut text),
            false => Renamed::default(),
        };
        let file = |when: When, path: &str| {
            let files = match when {
                When::Before => then,
                When::After => now,
            };
            files.get(path).cloned()
        };
        let mut places = Versions::new(&self.languages, &file, &mut text);
        let mut tickets = |mutes: &[Arc<Found>]| -> Vec<Option<String>> {
            let tickets = mutes.iter().map(|it| it.declaration.tickets.clone());
            tickets.collect()
        };
        let pairs = same::pairs(&newer, &older, &renamed, &mut tickets, &mut places);
        // What could not be read is unknown, and not gone.
        let problems = &self.findings[after].problems;
        let unread: BTreeSet<&str> = problems.iter().map(|it| it.path.as_str()).collect();
        let is_unread = |it: &Arc<Found>| {
            let path = it.declaration.path.as_str();
            unread.contains(renamed.get(path).map_or(path, |it| it))
        };
        let gone = pairs.ended.iter().map(|at| Arc::clone(&older[*at]));
        let (unknown, gone) = gone.partition(is_unread);
        let mut compared = Compared {
            same: Vec::new(),
            new: Vec::new(),
            gone,
            unknown,
        };
        for (mute, pair) in newer.into_iter().zip(pairs.older) {
            match pair {
                Some(at) => compared.same.push((Arc::clone(&older[at]), mute)),
                None => compared.new.push(mute),
            }
        }
        compared
    }

    fn text(&self, content: &Content, objects: &mut Objects) -> Option<Vec<u8>> {
        if let Some(path) = self.on_disk.path(&content.blob) {
            return std::fs::read(path).ok();
        }
        match objects.one(&content.blob) {
            Ok(Answer::Found(text)) => Some(text.to_vec()),
            _ => None,
        }
    }
}

/// Which mutes of two states are the same, gone, or new; those without effect are left out.
#[derive(Debug, Default)]
pub struct Compared {
    /// In both: as it was, and as it is.
    pub same: Vec<(Arc<Found>, Arc<Found>)>,
    /// Only in the newer state.
    pub new: Vec<Arc<Found>>,
    /// Only in the older state.
    pub gone: Vec<Arc<Found>>,
    /// In the older state, in files of which the newer one could not be read in full.
    pub unknown: Vec<Arc<Found>>,
}

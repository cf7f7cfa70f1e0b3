//! States of a repository beside each other: commits, and a work tree as it is on disk.
//!
//! The same two passes as in a scan of branches, and the same findings. What the states
//! share is read once, so that two of them cost hardly more than one.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use qaduct_records::scan::Findings;
use rustc_hash::FxHashSet;

use super::blobs::{Blobs, LARGEST};
use super::files::{Folder, Folders};
use super::{Options, branches, findings, languages, parallel, small};
use crate::git::objects::Answer;
use crate::git::tree::Trees;
use crate::language::{BlobId, Content, Files};
use crate::languages::Languages;
use crate::manifests::Manifests;
use crate::tickets::Tickets;
use crate::vendored::Excluded;
use crate::{OwnerRule, Owners, Progress, Repository, ScanError, Stage, owners};

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
}

impl State {
    fn commit(&self) -> &str {
        match self {
            Self::Commit(commit) | Self::WorkTree { commit, .. } => commit,
        }
    }
}

/// What the states of a repository hold.
pub struct States<'a> {
    repository: &'a Repository,
    /// What was found, in the order of the states.
    pub findings: Vec<Findings>,
    files: Vec<Files>,
    /// The files that were read from disk.
    on_disk: Vec<(BlobId, PathBuf)>,
}

/// Scans states of a repository.
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
    let reading = Reading {
        repository,
        languages: &languages,
        excluded: Excluded::new(&options.exclusion)?,
        owners: &options.owners,
    };
    let mut on_disk = Vec::new();
    let (folders, files) = reading.files(states, &mut blobs, &mut on_disk)?;
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
    let found = folders.iter().zip(&files).zip(&resolved);
    let found = found.map(|(((folder, owners), files), resolved)| {
        let unread = blobs.problems(files);
        let commit = findings::of_commit(
            repository.name(),
            resolved,
            unread,
            &tickets,
            &learned,
            &mut sealed,
        );
        findings::of_branch(&commit, folder, owners, repository.name(), "")
    });
    let found = found.collect();
    Ok(States {
        repository,
        findings: found,
        files,
        on_disk,
    })
}

/// What a state holds beside the files that are read.
type Held = (Folder, Owners);

/// What is read of a state.
struct Reading<'a> {
    repository: &'a Repository,
    languages: &'a Languages,
    excluded: Excluded,
    owners: &'a [OwnerRule],
}

impl Reading<'_> {
    /// What the states hold: counts and owners, and the files to read.
    fn files(
        &self,
        states: &[State],
        blobs: &mut Blobs<'_>,
        on_disk: &mut Vec<(BlobId, PathBuf)>,
    ) -> Result<(Vec<Held>, Vec<Files>), ScanError> {
        let (repository, languages) = (self.repository, self.languages);
        let mut roots = Vec::new();
        for state in states {
            let tip = branches::tip(blobs.objects(), state.commit())?;
            roots.push(tip.map_err(|why| unreadable(repository, why))?.tree);
        }
        let mut trees = Trees::default();
        let wanted = || roots.iter().map(BlobId::clone);
        trees.read(wanted(), blobs.objects(), &crate::Silent)?;
        let missing = trees.missing();
        if blobs.fetched(&missing) {
            trees.read(missing, blobs.objects(), &crate::Silent)?;
        }
        let gitlab = owners::is_gitlab(repository.name());
        let owner_file = |root: &BlobId| {
            let file = |path: &'static str| Some((path, trees.file(root, path)?));
            owners::places(gitlab).into_iter().find_map(file)
        };
        let owner_files: Vec<_> = roots.iter().map(owner_file).collect();
        let ids = owner_files
            .iter()
            .flatten()
            .map(|(_, id)| BlobId::clone(id));
        let ids: FxHashSet<BlobId> = ids.chain(trees.attributes.iter().cloned()).collect();
        let small = small::read(ids, blobs)?;
        let reads = |path: &str| languages.readers(path);
        let mut put_together = Folders::new(&trees, reads, &self.excluded, &small);
        let mut folders = Vec::new();
        let mut files = Vec::new();
        for ((state, root), owner_file) in states.iter().zip(&roots).zip(&owner_files) {
            let folder = put_together.root(root).ok_or_else(|| {
                let why = format!("the tree of {} is missing", state.commit());
                unreadable(repository, why)
            })?;
            let mut folder = Folder {
                files: folder.files,
                excluded: folder.excluded,
                set_aside: folder.set_aside.clone(),
                read: folder.read.clone(),
                missing: folder.missing.clone(),
            };
            let mut its: Files = folder.read.drain(..).collect();
            if let State::WorkTree { folder: at, commit } = state {
                for changed in repository.changed(at, commit)? {
                    let path = at.join(&changed.path);
                    let there = path.symlink_metadata().ok().filter(|it| !it.is_dir());
                    match (changed.known, &there) {
                        (true, None) => folder.files -= 1,
                        (false, Some(_)) => folder.files += 1,
                        _ => {}
                    }
                    let name: Arc<str> = changed.name.into();
                    its.remove(&name);
                    let is_file = there.is_some_and(|it| it.is_file());
                    let is_read = is_file
                        && !folder.set_aside.contains(&name)
                        && !self.excluded.has_by_name(&name);
                    if let Some(readers) = languages.readers(&name).filter(|_| is_read) {
                        let blob: BlobId = format!("on disk: {name}").into_bytes().into();
                        let content = Content {
                            blob: BlobId::clone(&blob),
                            readers,
                        };
                        blobs.read_from_disk(&content, &path);
                        on_disk.push((blob, path));
                        its.insert(name, content);
                    }
                }
            }
            let text = owner_file.as_ref();
            let text = text.and_then(|(path, id)| Some((*path, &**small.get(id)?)));
            folders.push((folder, Owners::new(self.owners, text, gitlab)));
            files.push(its);
        }
        Ok((folders, files))
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

    /// Whether two states hold another file of this path.
    #[must_use]
    pub fn differs(&self, one: usize, other: usize, path: &str) -> bool {
        self.files[one].get(path) != self.files[other].get(path)
    }

    /// Whether the file of this path says this word in a state: that a test is still there,
    /// even where nothing mutes it any more.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn says(&self, state: usize, path: &str, word: &str) -> Result<bool, ScanError> {
        let Some(content) = self.files[state].get(path) else {
            return Ok(false);
        };
        let on_disk = self.on_disk.iter().find(|(id, _)| *id == content.blob);
        if let Some((_, path)) = on_disk {
            return Ok(std::fs::read(path).is_ok_and(|text| holds(&text, word)));
        }
        let mut objects = self.repository.objects(LARGEST);
        Ok(match objects.one(&content.blob)? {
            Answer::Found(text) => holds(text, word),
            _ => false,
        })
    }
}

/// Whether a text holds a word that is no part of a longer one.
fn holds(text: &[u8], word: &str) -> bool {
    let part = |byte: Option<&u8>| byte.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_');
    memchr::memmem::find_iter(text, word).any(|at| {
        let before = at.checked_sub(1).and_then(|it| text.get(it));
        !part(before) && !part(text.get(at + word.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_where_it_stands_alone() {
        assert!(holds(b"def test_a():", "test_a"));
        assert!(holds(b"it('adds up', fn)", "adds up"));
        assert!(!holds(b"def test_ab(): x_test_a", "test_a"));
    }
}

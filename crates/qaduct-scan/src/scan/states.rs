//! States of a repository beside each other: commits, and a work tree as it is on disk.
//!
//! The same two passes as in a scan of branches, and the same findings. What the states
//! share is read once, so that two of them cost hardly more than one.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use qaduct_records::scan::Findings;

use super::blobs::{Blobs, LARGEST};
use super::files::{Folder, Folders};
use super::work_tree::OnDisk;
use super::{Options, branches, findings, languages, parallel, small};
use crate::git::objects::Answer;
use crate::git::tree::Trees;
use crate::language::{BlobId, Files};
use crate::languages::Languages;
use crate::manifests::Manifests;
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
    on_disk: OnDisk,
    has_owners: bool,
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
    let found = found.collect();
    Ok(States {
        repository,
        findings: found,
        files,
        on_disk,
        has_owners: read.iter().any(|it| !it.owners.is_empty()),
    })
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
        if let State::WorkTree { folder, commit } = state {
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
    states.collect()
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

    /// Whether anything says who answers for files.
    #[must_use]
    pub fn has_owners(&self) -> bool {
        self.has_owners
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
        if let Some(path) = self.on_disk.path(&content.blob) {
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

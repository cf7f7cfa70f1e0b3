//! The files on disk, or those of the index, as the tree of a commit, so that all that is asked
//! of a commit can be asked of them: who owns what, what is left out, what is read.
//!
//! Only what differs from a commit is told anew. What git does not have gets ids that no
//! hash gives, and is read from disk. Git itself writes nothing.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

use rustc_hash::FxHashMap;

use super::blobs::LARGEST;
use crate::git::index::Staged;
use crate::git::objects::{Answer, Objects};
use crate::git::tree::{Kind, Trees};
use crate::language::BlobId;
use crate::{Repository, ScanError};

/// Contents that are on disk and that git does not have.
#[derive(Debug, Default)]
pub(super) struct OnDisk {
    files: FxHashMap<BlobId, PathBuf>,
    made: u64,
}

/// What becomes of an entry of a folder.
enum Edit {
    Folder(BTreeMap<Vec<u8>, Self>),
    File(Kind, BlobId),
    Gone,
}

impl OnDisk {
    /// All of them, by the ids that they were given.
    pub(super) fn files(&self) -> &FxHashMap<BlobId, PathBuf> {
        &self.files
    }

    /// Where a content is, if it is on disk.
    pub(super) fn path(&self, id: &BlobId) -> Option<&Path> {
        self.files.get(id).map(PathBuf::as_path)
    }

    /// The tree of a commit with what is on disk instead. Files that are read are compared:
    /// git tells by their times alone that they may have changed.
    pub(super) fn over(
        &mut self,
        repository: &Repository,
        (folder, commit): (&Path, &str),
        root: &BlobId,
        trees: &mut Trees,
        objects: &mut Objects,
        is_read: impl Fn(&str) -> bool,
    ) -> Result<BlobId, ScanError> {
        let mut edits = BTreeMap::new();
        for changed in repository.changed(folder, commit)? {
            let path = folder.join(&changed);
            let edit = match path.symlink_metadata().map(|it| it.file_type()) {
                Ok(it) if it.is_file() => {
                    let its = changed.to_str().filter(|it| is_read(it));
                    if let Some(committed) = its.and_then(|it| trees.file(root, it))
                        && is_same(&path, objects.one(&committed)?)
                    {
                        continue;
                    }
                    let id = self.id(root.len());
                    self.files.insert(BlobId::clone(&id), path);
                    Edit::File(Kind::File, id)
                }
                Ok(it) if it.is_symlink() => Edit::File(Kind::Link, self.id(root.len())),
                _ => Edit::Gone,
            };
            put(&mut edits, &changed, edit);
        }
        Ok(self.edited(root, edits, trees))
    }

    /// The tree of a commit with what is staged instead.
    pub(super) fn staged(
        &mut self,
        staged: Vec<Staged>,
        root: &BlobId,
        trees: &mut Trees,
    ) -> BlobId {
        let mut edits = BTreeMap::new();
        for (path, content) in staged {
            let edit = content.map_or(Edit::Gone, |(kind, id)| Edit::File(kind, id));
            put(&mut edits, &path, edit);
        }
        self.edited(root, edits, trees)
    }

    fn edited(
        &mut self,
        root: &BlobId,
        edits: BTreeMap<Vec<u8>, Edit>,
        trees: &mut Trees,
    ) -> BlobId {
        match edits.is_empty() {
            true => BlobId::clone(root),
            false => self.apply(Some(root), edits, root.len(), trees),
        }
    }

    fn apply(
        &mut self,
        tree: Option<&BlobId>,
        mut edits: BTreeMap<Vec<u8>, Edit>,
        length: usize,
        trees: &mut Trees,
    ) -> BlobId {
        let entries = tree.and_then(|it| trees.entries(it)).unwrap_or_default();
        let entries = entries.iter();
        let old: Vec<(Kind, Vec<u8>, BlobId)> = entries
            .map(|it| (it.kind, it.name.to_vec(), BlobId::from(it.id)))
            .collect();
        let mut new = Vec::with_capacity(old.len());
        for (kind, name, id) in old {
            match edits.remove(&name) {
                None => new.push((kind, name, id)),
                Some(Edit::Gone) => {}
                Some(Edit::File(kind, id)) => new.push((kind, name, id)),
                Some(Edit::Folder(below)) => {
                    let within = (kind == Kind::Tree).then_some(&id);
                    let id = self.apply(within, below, length, trees);
                    new.push((Kind::Tree, name, id));
                }
            }
        }
        for (name, edit) in edits {
            match edit {
                Edit::Gone => {}
                Edit::File(kind, id) => new.push((kind, name, id)),
                Edit::Folder(below) => {
                    let id = self.apply(None, below, length, trees);
                    new.push((Kind::Tree, name, id));
                }
            }
        }
        let id = self.id(length);
        trees.put(BlobId::clone(&id), &new);
        id
    }

    /// An id that no content has.
    fn id(&mut self, length: usize) -> BlobId {
        self.made += 1;
        let mut id = vec![0xff; length];
        let number = self.made.to_be_bytes();
        id[length - number.len()..].copy_from_slice(&number);
        id.into()
    }
}

/// Whether a file holds what was committed, but for the ends of its lines, which git may
/// have been told to change.
fn is_same(path: &Path, committed: Answer<'_>) -> bool {
    let Answer::Found(committed) = committed else {
        return false;
    };
    let is_small = |it: fs::Metadata| it.len() <= LARGEST;
    if !path.metadata().is_ok_and(is_small) {
        return false;
    }
    let Ok(here) = fs::read(path) else {
        return false;
    };
    let lines = |text: &[u8]| -> Vec<u8> {
        let ends = |it: &usize| text[*it] != b'\r' || text.get(it + 1) != Some(&b'\n');
        (0..text.len()).filter(ends).map(|it| text[it]).collect()
    };
    here == committed || memchr::memchr(b'\r', &here).is_some() && lines(&here) == lines(committed)
}

/// Puts an edit where its path leads.
fn put(edits: &mut BTreeMap<Vec<u8>, Edit>, path: &Path, edit: Edit) {
    let names = path.components().filter_map(|it| match it {
        Component::Normal(name) => Some(bytes(name)),
        _ => None,
    });
    let mut names: Vec<Vec<u8>> = names.collect();
    let Some(last) = names.pop() else { return };
    let mut at = edits;
    for name in names {
        // What was in a folder that has become a file.
        if matches!(edit, Edit::Gone) && matches!(at.get(&name), Some(Edit::File(..))) {
            return;
        }
        let below = at
            .entry(name)
            .or_insert_with(|| Edit::Folder(BTreeMap::new()));
        // A file that has become a folder is told as gone first.
        if !matches!(below, Edit::Folder(_)) {
            *below = Edit::Folder(BTreeMap::new());
        }
        let Edit::Folder(inside) = below else { return };
        at = inside;
    }
    match (at.get(&last), &edit) {
        (Some(Edit::Folder(_)), Edit::Gone) => {}
        _ => {
            at.insert(last, edit);
        }
    }
}

#[cfg(unix)]
fn bytes(name: &OsStr) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(name).to_vec()
}

#[cfg(not(unix))]
fn bytes(name: &OsStr) -> Vec<u8> {
    name.to_string_lossy().into_owned().into_bytes()
}

//! What a commit holds: its folders with the files that a language reads.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::git::command::readable;
use crate::git::tree::{Kind, Trees};
use crate::language::BlobId;

/// Folders inside folders that are still followed; git itself has no limit.
const DEEPEST: usize = 500;

/// A folder with all that is below it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Folder {
    /// Files and symbolic links.
    pub(super) files: u64,
    /// The files to read.
    pub(super) read: Vec<(Arc<str>, BlobId)>,
    /// Folders that the repository should have and has not.
    pub(super) missing: Vec<Arc<str>>,
}

/// Puts folders together; the same tree at the same path is looked at once,
/// however many commits hold it.
pub(super) struct Folders<'a, R> {
    trees: &'a Trees,
    reads: R,
    known: FxHashMap<(BlobId, String), Arc<Folder>>,
}

impl<'a, R: Fn(&str) -> bool> Folders<'a, R> {
    pub(super) fn new(trees: &'a Trees, reads: R) -> Self {
        Self {
            trees,
            reads,
            known: FxHashMap::default(),
        }
    }

    /// The root folder of a commit; `None` where its tree is missing.
    pub(super) fn root(&mut self, tree: &BlobId) -> Option<Arc<Folder>> {
        self.trees.entries(tree)?;
        Some(self.folder(tree, "", 0))
    }

    fn folder(&mut self, tree: &BlobId, path: &str, depth: usize) -> Arc<Folder> {
        let key = (BlobId::clone(tree), path.to_owned());
        if let Some(known) = self.known.get(&key) {
            return Arc::clone(known);
        }
        let mut folder = Folder::default();
        let trees = self.trees;
        let entries = trees.entries(tree).filter(|_| depth < DEEPEST);
        if entries.is_none() {
            folder.missing.push(path.into());
        }
        let mut name = path.to_owned();
        for entry in entries.unwrap_or_default() {
            name.truncate(path.len());
            if !path.is_empty() {
                name.push('/');
            }
            match str::from_utf8(entry.name) {
                Ok(text) => name.push_str(text),
                Err(_) => name.push_str(&readable(entry.name)),
            }
            match entry.kind {
                Kind::Tree => {
                    let below = self.folder(&BlobId::from(entry.id), &name, depth + 1);
                    folder.files += below.files;
                    folder.read.extend(below.read.iter().cloned());
                    folder.missing.extend(below.missing.iter().cloned());
                }
                Kind::File => {
                    folder.files += 1;
                    if (self.reads)(&name) {
                        folder
                            .read
                            .push((name.as_str().into(), BlobId::from(entry.id)));
                    }
                }
                Kind::Link => folder.files += 1,
                Kind::Submodule => {}
            }
        }
        let folder = Arc::new(folder);
        self.known.insert(key, Arc::clone(&folder));
        folder
    }
}

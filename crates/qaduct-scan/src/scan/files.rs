//! What a commit holds: its folders with the files that a language reads.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::small::Small;
use crate::attributes::Attributes;
use crate::git::command::readable;
use crate::git::tree::{Entry, Kind, Trees};
use crate::language::{BlobId, Content, Readers};
use crate::vendored::{self, Excluded};

/// Folders inside folders that are still followed; git itself has no limit.
const DEEPEST: usize = 500;

/// A folder with all that is below it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Folder {
    /// Files and symbolic links.
    pub(super) files: u64,
    /// Files that would be read and are left out: vendored, generated, excluded.
    pub(super) excluded: u64,
    /// Of these, the files of which `.gitattributes` says so.
    pub(super) set_aside: Vec<Arc<str>>,
    /// The files to read.
    pub(super) read: Vec<(Arc<str>, Content)>,
    /// Folders that the repository should have and has not.
    pub(super) missing: Vec<Arc<str>>,
}

/// What the folders above say of one: the number of its attributes, and whether it is
/// within a folder of others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Above {
    attributes: Option<u32>,
    vendored: bool,
}

/// Puts folders together; the same tree at the same path below the same folders is
/// looked at once, however many commits hold it.
pub(super) struct Folders<'a, R> {
    trees: &'a Trees,
    reads: R,
    excluded: &'a Excluded,
    /// The contents of `.gitattributes`.
    small: &'a Small,
    known: FxHashMap<(BlobId, String, Above), Arc<Folder>>,
    attributes: Vec<Arc<Attributes>>,
    /// The number of what a file in a folder says below others.
    numbers: FxHashMap<(BlobId, String, Option<u32>), Option<u32>>,
}

impl<'a, R: Fn(&str) -> Option<Readers>> Folders<'a, R> {
    pub(super) fn new(
        trees: &'a Trees,
        reads: R,
        excluded: &'a Excluded,
        small: &'a Small,
    ) -> Self {
        Self {
            trees,
            reads,
            excluded,
            small,
            known: FxHashMap::default(),
            attributes: Vec::new(),
            numbers: FxHashMap::default(),
        }
    }

    /// The root folder of a commit; `None` where its tree is missing.
    pub(super) fn root(&mut self, tree: &BlobId) -> Option<Arc<Folder>> {
        self.trees.entries(tree)?;
        Some(self.folder(tree, "", 0, Above::default()))
    }

    fn folder(&mut self, tree: &BlobId, path: &str, depth: usize, above: Above) -> Arc<Folder> {
        let key = (BlobId::clone(tree), path.to_owned(), above);
        if let Some(known) = self.known.get(&key) {
            return Arc::clone(known);
        }
        let mut folder = Folder::default();
        let trees = self.trees;
        let entries = trees.entries(tree).filter(|_| depth < DEEPEST);
        if entries.is_none() {
            folder.missing.push(path.into());
        }
        let entries = entries.unwrap_or_default();
        let here = Above {
            attributes: self.number(&entries, path, above.attributes),
            ..above
        };
        let attributes = here
            .attributes
            .map(|it| Arc::clone(&self.attributes[it as usize]));
        let mut name = path.to_owned();
        for entry in &entries {
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
                    let id = BlobId::from(entry.id);
                    let below = Above {
                        vendored: here.vendored || self.is_vendored(entry, &id, &entries),
                        ..here
                    };
                    let below = self.folder(&id, &name, depth + 1, below);
                    folder.files += below.files;
                    folder.excluded += below.excluded;
                    folder.set_aside.extend(below.set_aside.iter().cloned());
                    folder.read.extend(below.read.iter().cloned());
                    folder.missing.extend(below.missing.iter().cloned());
                }
                Kind::File => {
                    folder.files += 1;
                    let Some(readers) = (self.reads)(&name) else {
                        continue;
                    };
                    if self
                        .excluded
                        .has(&name, attributes.as_deref(), here.vendored)
                    {
                        folder.excluded += 1;
                        if !self.excluded.has_by_name(&name) {
                            folder.set_aside.push(name.as_str().into());
                        }
                    } else {
                        let blob = BlobId::from(entry.id);
                        let content = Content { blob, readers };
                        folder.read.push((name.as_str().into(), content));
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

    fn is_vendored(&self, folder: &Entry<'_>, id: &BlobId, beside: &[Entry<'_>]) -> bool {
        let Ok(name) = str::from_utf8(folder.name) else {
            return false;
        };
        let has =
            |entries: &[Entry<'_>], name: &str| entries.iter().any(|it| it.name == name.as_bytes());
        vendored::is_vendored(
            name,
            |it| has(beside, it),
            |it| {
                self.trees
                    .entries(id)
                    .is_some_and(|inside| has(&inside, it))
            },
        )
    }

    /// The number of the attributes that hold in a folder.
    fn number(&mut self, entries: &[Entry<'_>], path: &str, above: Option<u32>) -> Option<u32> {
        let its = |it: &&Entry<'_>| it.kind == Kind::File && it.name == b".gitattributes";
        let Some(file) = entries.iter().find(its) else {
            return above;
        };
        let key = (BlobId::from(file.id), path.to_owned(), above);
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let outer = above.map(|it| &self.attributes[it as usize]);
        let read = self.small.get(&key.0);
        let read = read.and_then(|text| Attributes::read(path, text, outer));
        let number = match read {
            Some(read) => {
                self.attributes.push(Arc::new(read));
                u32::try_from(self.attributes.len() - 1).ok()
            }
            None => above,
        };
        self.numbers.insert(key, number);
        number
    }
}

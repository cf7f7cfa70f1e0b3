//! Trees: each distinct one is read once, however many commits hold it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::objects::{Answer, Objects};
use crate::language::BlobId;
use crate::{Progress, ScanError};

/// What an entry of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A folder.
    Tree,
    /// A file.
    File,
    /// A symbolic link; not followed, because what it names is listed anyway
    /// or lies outside.
    Link,
    /// A commit of another repository; not followed.
    Submodule,
}

/// An entry of a tree.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    pub(crate) kind: Kind,
    pub(crate) name: &'a [u8],
    pub(crate) id: &'a [u8],
}

/// All trees below some commits.
#[derive(Default)]
pub(crate) struct Trees {
    /// As git has them; `None` where git has them not, or not readable.
    content: FxHashMap<BlobId, Option<Box<[u8]>>>,
    /// The `.gitattributes` in them.
    pub(crate) attributes: FxHashSet<BlobId>,
}

impl Trees {
    /// Reads these trees and all below that are not known yet.
    pub(crate) fn read(
        &mut self,
        roots: impl IntoIterator<Item = BlobId>,
        objects: &mut Objects,
        progress: &dyn Progress,
    ) -> Result<(), ScanError> {
        let mut queue: Vec<BlobId> = Vec::new();
        for root in roots {
            if !matches!(self.content.get(&root), Some(Some(_))) {
                self.content.insert(BlobId::clone(&root), None);
                queue.push(root);
            }
        }
        loop {
            while objects.has_room()
                && let Some(id) = queue.pop()
            {
                objects.ask(id);
            }
            let Some((id, answer)) = objects.answer()? else {
                return Ok(());
            };
            progress.advance(1);
            let Answer::Found(bytes) = answer else {
                continue;
            };
            let Some(entries) = parse(bytes, id.len()) else {
                continue;
            };
            for entry in entries.iter().filter(|it| it.kind == Kind::Tree) {
                if !self.content.contains_key(entry.id) {
                    let below = BlobId::from(entry.id);
                    self.content.insert(BlobId::clone(&below), None);
                    queue.push(below);
                }
            }
            let attributes =
                |it: &&Entry<'_>| it.kind == Kind::File && it.name == b".gitattributes";
            if let Some(attributes) = entries.iter().find(attributes) {
                self.attributes.insert(BlobId::from(attributes.id));
            }
            self.content.insert(id, Some(bytes.into()));
        }
    }

    /// Trees that should be there and are not.
    pub(crate) fn missing(&self) -> Vec<BlobId> {
        let missing = self.content.iter().filter(|(_, content)| content.is_none());
        missing.map(|(id, _)| BlobId::clone(id)).collect()
    }

    /// The file of this path below a tree.
    pub(crate) fn file(&self, tree: &BlobId, path: &str) -> Option<BlobId> {
        let (name, rest) = path
            .split_once('/')
            .map_or((path, None), |(it, rest)| (it, Some(rest)));
        let entries = self.entries(tree)?;
        let entry = entries.into_iter().find(|it| it.name == name.as_bytes())?;
        match (entry.kind, rest) {
            (Kind::Tree, Some(rest)) => self.file(&BlobId::from(entry.id), rest),
            (Kind::File, None) => Some(BlobId::from(entry.id)),
            _ => None,
        }
    }

    /// Takes in a tree that git does not have.
    pub(crate) fn put(&mut self, id: BlobId, entries: &[(Kind, Vec<u8>, BlobId)]) {
        let mut bytes = Vec::new();
        for (kind, name, entry) in entries {
            let mode: &[u8] = match kind {
                Kind::Tree => b"40000 ",
                Kind::File => b"100644 ",
                Kind::Link => b"120000 ",
                Kind::Submodule => b"160000 ",
            };
            if *kind == Kind::File && name == b".gitattributes" {
                self.attributes.insert(BlobId::clone(entry));
            }
            for part in [mode, name, &[0], entry] {
                bytes.extend_from_slice(part);
            }
        }
        self.content.insert(id, Some(bytes.into()));
    }

    /// The entries of a tree, in git's order; `None` where it is missing.
    pub(crate) fn entries(&self, id: &BlobId) -> Option<Vec<Entry<'_>>> {
        parse(self.content.get(id)?.as_deref()?, id.len())
    }
}

/// Takes a tree apart: `MODE NAME NUL ID`, and so on; `None` where it is damaged.
fn parse(mut bytes: &[u8], id_len: usize) -> Option<Vec<Entry<'_>>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let space = memchr::memchr(b' ', bytes)?;
        let end = space + memchr::memchr(0, &bytes[space..])?;
        let (mode, name) = (&bytes[..space], &bytes[space + 1..end]);
        let id = bytes.get(end + 1..end + 1 + id_len)?;
        let kind = match mode {
            b"40000" | b"040000" => Kind::Tree,
            b"120000" => Kind::Link,
            b"160000" => Kind::Submodule,
            _ => Kind::File,
        };
        entries.push(Entry { kind, name, id });
        bytes = &bytes[end + 1 + id_len..];
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_tree_is_taken_apart() {
        let mut raw = Vec::new();
        for (mode, name, byte) in [
            ("100644", "a b.py", 0),
            ("40000", "dir", 10),
            ("120000", "link", 32),
            ("160000", "sub", 255),
        ] {
            raw.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            raw.extend_from_slice(&[byte; 20]);
        }
        let entries = parse(&raw, 20).unwrap();
        let kinds: Vec<_> = entries.iter().map(|it| (it.kind, it.name)).collect();
        assert_eq!(
            kinds,
            [
                (Kind::File, b"a b.py".as_slice()),
                (Kind::Tree, b"dir"),
                (Kind::Link, b"link"),
                (Kind::Submodule, b"sub"),
            ]
        );
        assert_eq!(entries[3].id, [255; 20]);
        assert!(
            parse(&raw[..raw.len() - 1], 20).is_none(),
            "a cut tree is damaged"
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _done = parse(&bytes, 20).is_some();
        }
    }
}

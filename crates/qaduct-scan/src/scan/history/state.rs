//! The files of a commit that are read and the mutes that they give, and how both change on the
//! way to its parent.

use std::sync::Arc;

use super::super::blobs::Blobs;
use crate::ScanError;
use crate::git::log::{At, Change};
use crate::language::{Content, Files, RawMute, Readers};
use crate::languages::Languages;

/// What a commit holds, by the number of the language.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    pub(super) parts: Vec<Part>,
}

/// What a commit holds in one language.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    files: Files,
    pub(super) mutes: Arc<[RawMute]>,
}

impl State {
    /// Of a commit whose files were read.
    pub(super) fn of(files: &Files, languages: &Languages, blobs: &Blobs<'_>) -> Self {
        let part = |number| {
            let its = files.iter().filter(|(_, it)| it.readers.has(number));
            let its = its.map(|(path, it)| (Arc::clone(path), it.clone()));
            let mut part = Part {
                files: its.collect(),
                mutes: Arc::default(),
            };
            part.resolve(number, languages, blobs);
            part
        };
        Self {
            parts: (0..languages.count()).map(part).collect(),
        }
    }

    /// All mutes, in the order in which a scan reports them.
    pub(super) fn all_mutes(&self) -> Vec<RawMute> {
        let mutes = self.parts.iter().flat_map(|it| it.mutes.iter().cloned());
        mutes.collect()
    }

    /// The files, for whoever has to know what is in use.
    pub(super) fn contents(&self) -> impl Iterator<Item = &Content> {
        self.parts.iter().flat_map(|it| it.files.values())
    }

    /// The file of a path that a language reads.
    pub(super) fn file(&self, number: u8, path: &str) -> Option<&Content> {
        self.parts[usize::from(number)].files.get(path)
    }

    /// The same as it was before these changes were gone back over.
    pub(super) fn newer_file<'a>(
        &'a self,
        number: u8,
        path: &str,
        changes: &'a [Undone],
    ) -> Option<&'a Content> {
        let its = |side: &'a Option<(Arc<str>, Content)>| {
            let (_, content) = side.as_ref().filter(|it| *it.0 == *path)?;
            Some(content)
        };
        if let Some(new) = changes.iter().find_map(|it| its(&it.new)) {
            return Some(new).filter(|it| it.readers.has(number));
        }
        match changes.iter().any(|it| its(&it.old).is_some()) {
            true => None,
            false => self.file(number, path),
        }
    }

    /// Goes back over changes; the numbers of the languages whose mutes may differ before them.
    pub(super) fn undo(
        &mut self,
        changes: &[Undone],
        languages: &Languages,
        blobs: &Blobs<'_>,
    ) -> Vec<u8> {
        let parts = (0..).zip(&mut self.parts);
        let touched = parts.filter_map(|(number, part)| {
            let matters = part.undo(number, changes, languages, blobs);
            matters.then_some(number)
        });
        touched.collect()
    }

    /// The same part as the files now give it.
    pub(super) fn resolve(
        &mut self,
        number: u8,
        languages: &Languages,
        blobs: &mut Blobs<'_>,
    ) -> Result<(), ScanError> {
        let part = &mut self.parts[usize::from(number)];
        loop {
            let wanted = languages.wanted_of(number, &part.files, &|it| blobs.facts(it));
            if !blobs.read_in_full(wanted)? {
                break;
            }
        }
        part.resolve(number, languages, blobs);
        Ok(())
    }
}

impl Part {
    fn resolve(&mut self, number: u8, languages: &Languages, blobs: &Blobs<'_>) {
        if self.files.is_empty() {
            self.mutes = Arc::default();
            return;
        }
        let resolved = languages.resolve_of(number, &self.files, &|it| blobs.facts(it));
        self.mutes = resolved.mutes.into();
    }

    /// Goes back over changes; whether any of them may matter.
    fn undo(
        &mut self,
        number: u8,
        changes: &[Undone],
        languages: &Languages,
        blobs: &Blobs<'_>,
    ) -> bool {
        let mut matters = false;
        let mut older = Vec::new();
        for change in changes {
            let its = |side: &Option<(Arc<str>, Content)>| {
                side.clone().filter(|(_, it)| it.readers.has(number))
            };
            let (old, new) = (its(&change.old), its(&change.new));
            let facts = |it: &Content| blobs.facts(it);
            let was = old.as_ref().map(|(_, it)| facts(it));
            // What the repository has not, or nobody can read, is unknown and not gone: then the
            // newer version stays.
            if let Some(None) = was {
                continue;
            }
            let newer = new.and_then(|(path, _)| self.files.remove(&path));
            if old.is_none() && newer.is_none() {
                continue;
            }
            let is = newer.as_ref().and_then(facts);
            let was = was.flatten();
            matters |= change.renamed().is_some()
                || !languages.alike(number, was.as_deref(), is.as_deref());
            older.extend(old);
        }
        // A path may be both where a file came from and where another went.
        self.files.extend(older);
        matters
    }
}

/// A change of a file that somebody reads.
#[derive(Debug)]
pub(super) struct Undone {
    old: Option<(Arc<str>, Content)>,
    new: Option<(Arc<str>, Content)>,
}

impl Undone {
    /// What is to be done for a change; `None` where nobody reads the file.
    pub(super) fn of(change: Change, reads: impl Fn(&str) -> Option<Readers>) -> Option<Self> {
        let read = |side: Option<At>| {
            let (path, blob) = side?;
            let readers = reads(&path)?;
            Some((path, Content { blob, readers }))
        };
        let (old, new) = (read(change.old), read(change.new));
        (old.is_some() || new.is_some()).then_some(Self { old, new })
    }

    /// What has to be read of it.
    pub(super) fn older(&self) -> Option<&Content> {
        self.old.as_ref().map(|(_, it)| it)
    }

    /// The path before and behind, where it was renamed.
    pub(super) fn renamed(&self) -> Option<(&Arc<str>, &Arc<str>)> {
        let (old, new) = self.old.as_ref().zip(self.new.as_ref())?;
        (old.0 != new.0).then_some((&old.0, &new.0))
    }
}

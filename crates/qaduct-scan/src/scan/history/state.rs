//! The files of a commit that are read and the mutes that they give, and how both change on the
//! way to its parent.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::super::blobs::Blobs;
use crate::ScanError;
use crate::git::log::{At, Change};
use crate::language::{Content, Files, Names, RawMute, Readers};
use crate::languages::{Facts, Languages};

/// What a commit holds, by the number of the language.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    pub(super) parts: Vec<Part>,
}

/// What a commit holds in one language.
#[derive(Debug, Clone)]
pub(super) struct Part {
    files: Files,
    /// Those of them that make a difference to mutes.
    taking: Files,
    /// What they lend to others.
    lent: Names,
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
                taking: Files::default(),
                lent: Names::default(),
                mutes: Arc::default(),
            };
            part.take(number, part.files.clone(), languages, blobs);
            part.lent = part.lends(number, languages, blobs);
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

    /// What the files lend to each other, by the number of the language.
    pub(super) fn lent(&self) -> impl Iterator<Item = &Names> {
        self.parts.iter().map(|it| &it.lent)
    }

    /// Goes back over changes; the numbers of the languages whose mutes may differ before them.
    pub(super) fn undo(
        &mut self,
        changes: &[Undone],
        languages: &Languages,
        blobs: &mut Blobs<'_>,
    ) -> Result<Vec<u8>, ScanError> {
        let mut touched = Vec::new();
        for (number, part) in (0..).zip(&mut self.parts) {
            if part.undo(number, changes, languages, blobs)? {
                part.resolve(number, languages, blobs);
                touched.push(number);
            }
        }
        Ok(touched)
    }
}

/// What takes part follows from the files, as far as anybody has looked.
impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.files == other.files && self.mutes == other.mutes
    }
}

impl Part {
    fn resolve(&mut self, number: u8, languages: &Languages, blobs: &Blobs<'_>) {
        if self.taking.is_empty() {
            self.mutes = Arc::default();
            return;
        }
        let resolved = languages.resolve_of(number, &self.taking, &|it| blobs.facts(it));
        self.mutes = resolved.mutes.into();
    }

    /// Notes which of these files take part; whether any of them does.
    fn take(
        &mut self,
        number: u8,
        files: impl IntoIterator<Item = (Arc<str>, Content)>,
        languages: &Languages,
        blobs: &Blobs<'_>,
    ) -> bool {
        let takes_part = |(_, it): &(Arc<str>, Content)| takes_part(number, it, languages, blobs);
        let mut any = false;
        for (path, content) in files.into_iter().filter(takes_part) {
            self.taking.insert(path, content);
            any = true;
        }
        any
    }

    fn lends(&self, number: u8, languages: &Languages, blobs: &Blobs<'_>) -> Names {
        let mut lent = Names::default();
        for facts in self.taking.values().filter_map(|it| blobs.facts(it)) {
            languages.lends(number, &facts, &mut lent);
        }
        lent
    }

    /// Goes back over changes; whether any of them may matter.
    fn undo(
        &mut self,
        number: u8,
        changes: &[Undone],
        languages: &Languages,
        blobs: &mut Blobs<'_>,
    ) -> Result<bool, ScanError> {
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
            let newer = new.and_then(|(path, _)| {
                self.taking.remove(&path);
                self.files.remove(&path)
            });
            if old.is_none() && newer.is_none() {
                continue;
            }
            let is = newer.as_ref().and_then(facts);
            let was = was.flatten();
            let takes_part = |it: &Arc<Facts>| languages.takes_part(number, it);
            matters |= (was.as_ref().is_some_and(takes_part)
                || is.as_ref().is_some_and(takes_part))
                && (change.renamed().is_some()
                    || !languages.alike(number, was.as_deref(), is.as_deref()));
            older.extend(old);
        }
        if older.is_empty() && !matters {
            return Ok(false);
        }
        // A path may be both where a file came from and where another went.
        self.files.extend(older.iter().cloned());
        self.take(number, older.iter().cloned(), languages, blobs);
        matters |= self.read_in_full(number, older, languages, blobs, matters)?;
        Ok(matters)
    }

    /// Reads in full what uses what others lend: of the files that are new here, and of all where
    /// something else is lent than before. Whether more files take part than before.
    fn read_in_full(
        &mut self,
        number: u8,
        fresh: Vec<(Arc<str>, Content)>,
        languages: &Languages,
        blobs: &mut Blobs<'_>,
        mut matters: bool,
    ) -> Result<bool, ScanError> {
        let mut fresh: Files = fresh.into_iter().collect();
        loop {
            let before = matters.then(|| {
                let lent = self.lends(number, languages, blobs);
                std::mem::replace(&mut self.lent, lent)
            });
            let is_more = before.is_some_and(|it| !self.lent.is_subset(&it));
            let among = match is_more {
                true => &self.files,
                false => &fresh,
            };
            let borrows = |it: &&Content| {
                let facts = blobs.facts(it);
                facts.is_some_and(|it| languages.borrows(number, &it, &self.lent))
            };
            let mut wanted: Vec<Content> = match self.lent.is_empty() {
                true => Vec::new(),
                false => among.values().filter(borrows).cloned().collect(),
            };
            if matters {
                let its = languages.wanted_of(number, &self.taking, &|it| blobs.facts(it));
                wanted.extend(its);
            }
            if !blobs.read_in_full(wanted.clone())? {
                return Ok(matters);
            }
            let wanted: FxHashSet<Content> = wanted.into_iter().collect();
            let its = self.files.iter().filter(|(_, it)| wanted.contains(it));
            fresh = its
                .map(|(path, it)| (Arc::clone(path), it.clone()))
                .collect();
            matters |= self.take(number, fresh.clone(), languages, blobs);
        }
    }
}

fn takes_part(number: u8, it: &Content, languages: &Languages, blobs: &Blobs<'_>) -> bool {
    let facts = blobs.facts(it);
    facts.is_some_and(|it| languages.takes_part(number, &it))
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
    pub(super) fn older(&self) -> Option<&(Arc<str>, Content)> {
        self.old.as_ref()
    }

    /// The path before and behind, where it was renamed.
    pub(super) fn renamed(&self) -> Option<(&Arc<str>, &Arc<str>)> {
        let (old, new) = self.old.as_ref().zip(self.new.as_ref())?;
        (old.0 != new.0).then_some((&old.0, &new.0))
    }
}

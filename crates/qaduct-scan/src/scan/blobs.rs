//! The first pass: each distinct blob is read from git and by the language once.
//!
//! One git process and one thread per core; a thread takes a blob from its
//! process, has it read and drops it, so that no more than one blob per core
//! is ever in memory.

use std::collections::VecDeque;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::remembered::{self, Remembered};
use super::{findings, parallel};
use crate::git::objects::{Answer, Objects};
use crate::language::{BlobId, Content, Files, Names};
use crate::languages::{Facts, Languages};
use crate::{Progress, Repository, ScanError, Silent, Stage};

/// Larger files are no tests that anybody wrote.
pub(super) const LARGEST: u64 = 16 << 20;

/// Blobs that one thread takes at a time: neighbours in a pack share deltas.
const RUN: usize = 32;

/// All that is known of blobs.
pub(super) struct Blobs<'a> {
    languages: &'a Languages,
    repository: &'a Repository,
    /// One process each.
    readers: Vec<Objects>,
    known: FxHashMap<Content, Blob>,
    /// What git does not have: where it is on disk.
    on_disk: FxHashMap<BlobId, PathBuf>,
    /// Distinct blobs that were read.
    pub(super) read: u64,
    /// Why what is missing could not be fetched.
    not_fetched: Option<String>,
}

/// What became of a blob.
enum Blob {
    Read {
        facts: Arc<Facts>,
        thorough: bool,
    },
    TooLarge(u64),
    Missing,
    Damaged,
    /// The language gave up on it.
    Unreadable,
}

/// How much of a file is read.
#[derive(Clone, Copy)]
enum Depth<'a> {
    /// What it tells at first sight.
    First,
    /// With the uses of what is lent, by the number of the language.
    IfBorrowing(&'a [Names]),
    /// All of it.
    Full,
}

impl<'a> Blobs<'a> {
    pub(super) fn new(languages: &'a Languages, repository: &'a Repository) -> Self {
        Self {
            languages,
            repository,
            readers: vec![repository.objects(LARGEST)],
            known: FxHashMap::default(),
            on_disk: FxHashMap::default(),
            read: 0,
            not_fetched: None,
        }
    }

    /// A reader for other objects, while no blob is read.
    pub(super) fn objects(&mut self) -> &mut Objects {
        &mut self.readers[0]
    }

    /// Reads all files of these commits, the shared ones once; and once more in
    /// full those that the language then asks for.
    pub(super) fn first_pass(
        &mut self,
        commits: &[Files],
        progress: &dyn Progress,
    ) -> Result<(), ScanError> {
        let mut seen = FxHashSet::default();
        let mut all: Vec<(&Arc<str>, &Content)> = commits
            .iter()
            .flatten()
            .filter(|(_, id)| !self.known.contains_key(*id) && seen.insert(*id))
            .collect();
        // One git reads the versions of a file: in a pack they are deltas of each other.
        all.sort_by_key(|(path, _)| *path);
        let ids: Vec<Content> = all.into_iter().map(|(_, id)| id.clone()).collect();
        progress.begin(Stage::Reading, Some(ids.len() as u64));
        let mut remembered = self.remembered(ids.len());
        let mut left = ids.clone();
        if let Some(remembered) = &remembered {
            left.retain(|it| !self.recall(it, remembered));
            progress.advance((ids.len() - left.len()) as u64);
        }
        self.read_all(&left, Depth::First, progress)?;
        if let Some(remembered) = &mut remembered {
            self.leave(&ids, &left, remembered);
        }
        let missing: Vec<Content> = left
            .iter()
            .filter(|&it| matches!(self.known.get(it), Some(Blob::Missing)))
            .cloned()
            .collect();
        let lacking: Vec<BlobId> = missing.iter().map(|it| Arc::clone(&it.blob)).collect();
        if self.fetched(&lacking) {
            self.read_all(&missing, Depth::First, progress)?;
        }
        self.read = self
            .known
            .values()
            .filter(|it| matches!(it, Blob::Read { .. }))
            .count() as u64;
        loop {
            let wanted = parallel::each(commits, |files| {
                self.languages.wanted(files, &|id| self.facts(id))
            });
            let mut seen = FxHashSet::default();
            let again: Vec<Content> = wanted
                .into_iter()
                .flatten()
                .filter(|id| {
                    matches!(
                        self.known.get(id),
                        Some(Blob::Read {
                            thorough: false,
                            ..
                        })
                    )
                })
                .filter(|id| seen.insert(id.clone()))
                .collect();
            if again.is_empty() {
                return Ok(());
            }
            self.read_all(&again, Depth::Full, progress)?;
        }
    }

    /// What earlier runs have left, where a run of so many files profits by it.
    fn remembered(&self, files: usize) -> Option<Remembered> {
        let folder = self.repository.remembered_in()?;
        let name = self.repository.name();
        (files >= remembered::FEWEST).then(|| Remembered::of(&folder, name, self.languages))
    }

    /// Takes what an earlier run knew of a content; whether there was something.
    fn recall(&mut self, content: &Content, remembered: &Remembered) -> bool {
        let facts = remembered.facts(content, self.languages);
        let blob = facts.map(|it| Blob::Read {
            facts: Arc::new(it),
            thorough: false,
        });
        let is_known = blob.is_some();
        self.known.extend(blob.map(|it| (content.clone(), it)));
        is_known
    }

    /// Leaves to the next run what was read of committed files.
    fn leave(&self, all: &[Content], read: &[Content], remembered: &mut Remembered) {
        for content in read {
            if let Some(Blob::Read { facts, .. }) = self.known.get(content)
                && !self.on_disk.contains_key(&content.blob)
            {
                remembered.learn(content, facts, self.languages);
            }
        }
        remembered.save(&all.iter().collect());
    }

    /// Reads those of these files that are not known yet, with their uses of what is `lent` to
    /// their language.
    pub(super) fn read(&mut self, ids: &mut Vec<Content>, lent: &[Names]) -> Result<(), ScanError> {
        ids.retain(|it| !self.known.contains_key(it));
        let depth = Depth::IfBorrowing(lent);
        self.read_all(ids, depth, &Silent)?;
        ids.retain(|it| matches!(self.known.get(it), Some(Blob::Missing)));
        let lacking: Vec<BlobId> = ids.iter().map(|it| Arc::clone(&it.blob)).collect();
        if self.fetched(&lacking) {
            self.read_all(ids, depth, &Silent)?;
        }
        Ok(())
    }

    /// Reads again in full those of these files that were not; whether there were any.
    pub(super) fn read_in_full(&mut self, mut ids: Vec<Content>) -> Result<bool, ScanError> {
        let is_short = |it: &Blob| {
            matches!(
                it,
                Blob::Read {
                    thorough: false,
                    ..
                }
            )
        };
        ids.retain(|it| self.known.get(it).is_some_and(is_short));
        self.read_all(&ids, Depth::Full, &Silent)?;
        Ok(!ids.is_empty())
    }

    /// Forgets what is not in use, once it is more than this.
    pub(super) fn forget(&mut self, most: usize, used: impl FnOnce() -> FxHashSet<Content>) {
        if self.known.len() > most {
            let used = used();
            self.known.retain(|it, _| used.contains(it));
        }
    }

    /// Takes these contents from files on disk: as they were committed in all else.
    pub(super) fn look_on_disk(&mut self, files: &FxHashMap<BlobId, PathBuf>) {
        self.on_disk.clone_from(files);
    }

    /// What the language keeps of a blob.
    pub(super) fn facts(&self, id: &Content) -> Option<Arc<Facts>> {
        match self.known.get(id) {
            Some(Blob::Read { facts, .. }) => Some(Arc::clone(facts)),
            _ => None,
        }
    }

    /// The files that could not be read, with the kind of problem and in words.
    pub(super) fn problems(&self, files: &Files) -> Vec<findings::Unread> {
        let problem = |(path, id): (&Arc<str>, &Content)| {
            let (problem, message) = match self.known.get(id)? {
                Blob::Read { .. } => return None,
                Blob::TooLarge(size) => (
                    "size",
                    format!("{size} bytes, more than the {LARGEST} that are read"),
                ),
                Blob::Missing => (
                    findings::MISSING,
                    "the repository does not have its content".to_owned(),
                ),
                Blob::Damaged => (findings::MISSING, "its content is damaged".to_owned()),
                Blob::Unreadable => ("syntax", "the parser gave up".to_owned()),
            };
            Some((Arc::clone(path), problem, message))
        };
        files.iter().filter_map(problem).collect()
    }

    /// Fetches what a partial clone lacks; whether it is worth looking again.
    pub(super) fn fetched(&mut self, missing: &[BlobId]) -> bool {
        let missing = missing.iter().filter(|it| !self.on_disk.contains_key(*it));
        let missing: Vec<BlobId> = missing.cloned().collect();
        if missing.is_empty() || !self.repository.is_partial() {
            return false;
        }
        let result = self.repository.fetch_missing(&missing);
        self.not_fetched = result.as_ref().err().map(ToString::to_string);
        // A running process may not see packs that came after it began to look.
        self.readers = vec![self.repository.objects(LARGEST)];
        result.is_ok()
    }

    /// What failed for the repository as a whole.
    pub(super) fn failures(&self) -> Option<String> {
        let why = self.not_fetched.as_ref()?;
        Some(format!(
            "the files that this partial clone lacks were not fetched: {why}"
        ))
    }

    fn read_all(
        &mut self,
        ids: &[Content],
        depth: Depth<'_>,
        progress: &dyn Progress,
    ) -> Result<(), ScanError> {
        if ids.is_empty() {
            return Ok(());
        }
        let wanted = parallel::threads(ids.len().div_ceil(RUN));
        while self.readers.len() < wanted {
            self.readers.push(self.repository.objects(LARGEST));
        }
        let work = Work {
            languages: self.languages,
            on_disk: &self.on_disk,
            ids,
            next: AtomicUsize::new(0),
            depth,
            progress,
        };
        let done = Mutex::new((Vec::new(), None));
        parallel::with_each(&mut self.readers[..wanted], |reader| {
            let mut read = Vec::new();
            let result = work.one_thread(reader, &mut read);
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.0.extend(read);
            done.1 = done.1.take().or(result.err());
        });
        let (read, error) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.known.extend(read);
        error.map_or(Ok(()), Err)
    }
}

/// What the threads share while they read.
struct Work<'a> {
    languages: &'a Languages,
    on_disk: &'a FxHashMap<BlobId, PathBuf>,
    ids: &'a [Content],
    /// The first that no thread has taken yet.
    next: AtomicUsize,
    depth: Depth<'a>,
    progress: &'a dyn Progress,
}

impl Work<'_> {
    /// What one thread does: takes runs of blobs until none is left.
    fn one_thread(
        &self,
        reader: &mut Objects,
        read: &mut Vec<(Content, Blob)>,
    ) -> Result<(), ScanError> {
        let mut run = self.ids[..0].iter();
        // Answers come in the order of the questions.
        let mut asked = VecDeque::new();
        loop {
            while reader.has_room() {
                if run.len() == 0 {
                    let start = self.next.fetch_add(RUN, Ordering::Relaxed);
                    let start = start.min(self.ids.len());
                    run = self.ids[start..self.ids.len().min(start + RUN)].iter();
                }
                let Some(id) = run.next() else { break };
                if let Some(path) = self.on_disk.get(&id.blob) {
                    read.push((id.clone(), self.of_disk(id, path)));
                    self.progress.advance(1);
                    continue;
                }
                reader.ask(Arc::clone(&id.blob));
                asked.push_back(id);
            }
            let Some((_, answer)) = reader.answer()? else {
                return Ok(());
            };
            let id = asked.pop_front().expect("an answer has its question");
            let blob = match answer {
                Answer::Found(source) => self.one(id, source),
                Answer::TooLarge(size) => Blob::TooLarge(size),
                Answer::Missing => Blob::Missing,
                Answer::Damaged => Blob::Damaged,
            };
            read.push((id.clone(), blob));
            self.progress.advance(1);
        }
    }

    fn of_disk(&self, content: &Content, path: &Path) -> Blob {
        match fs::metadata(path).map(|it| it.len()) {
            Ok(size) if size > LARGEST => Blob::TooLarge(size),
            _ => match fs::read(path) {
                Ok(source) => self.one(content, &source),
                Err(_) => Blob::Missing,
            },
        }
    }

    /// What becomes of a content. A fault of a parser costs one file, not the scan.
    fn one(&self, content: &Content, source: &[u8]) -> Blob {
        let (languages, readers) = (self.languages, content.readers);
        let read = catch_unwind(AssertUnwindSafe(|| {
            if let Depth::Full = self.depth {
                return (languages.read(readers, source, true), true);
            }
            let facts = languages.read(readers, source, false);
            let borrowing = match self.depth {
                Depth::IfBorrowing(lent) => languages.read_borrowing(readers, source, &facts, lent),
                Depth::First | Depth::Full => None,
            };
            (borrowing.unwrap_or(facts), false)
        }));
        read.map_or(Blob::Unreadable, |(facts, thorough)| Blob::Read {
            facts: Arc::new(facts),
            thorough,
        })
    }
}

//! All languages together: who reads which file, and what they find in a commit.
//!
//! A file may have several readers: a settings file of Python is also one in which tests
//! are left out. What each of them keeps of a blob is its own secret.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use qaduct_records::digest::digest;

use crate::language::{
    Commit, Content, Files, Language, Manner, Names, Outline, Readers, Resolved,
};
use crate::notes::{self, Note};
use crate::syntax::lexer::Lexicon;
use crate::syntax::source::utf8;

/// What a language keeps of a blob, for itself alone.
type Kept = Arc<dyn Any + Send + Sync>;

/// The number under which the comments are that speak to qaduct, whoever reads the file.
const NOTES: u8 = u8::MAX;

/// What all readers of a blob keep of it, each under its number.
pub(crate) type Facts = Box<[(u8, Kept)]>;

/// A language whose facts are of an unknown type.
pub(crate) trait AnyLanguage: Send + Sync {
    fn rules_digest(&self) -> String;
    fn reads(&self, path: &str) -> Option<Manner>;
    fn read(&self, source: &[u8], manner: Manner, thorough: bool) -> Kept;
    fn wanted(&self, commit: &Commit<'_, dyn Any + Send + Sync>) -> Vec<Content>;
    fn resolve(&self, commit: &Commit<'_, dyn Any + Send + Sync>) -> Resolved;
    fn alike(&self, one: Option<&Kept>, other: Option<&Kept>) -> bool;
    fn outline(&self, source: &[u8], manner: Manner) -> Outline;
    fn lexicon(&self, manner: Manner) -> Option<&'static Lexicon>;
    fn takes_part(&self, kept: &Kept) -> bool;
    fn pack(&self, kept: &Kept) -> Option<Vec<u8>>;
    fn unpack(&self, bytes: &[u8]) -> Option<Kept>;
    fn lends(&self, kept: &Kept, names: &mut Names);
    fn borrows(&self, kept: &Kept, lent: &Names) -> bool;
    fn read_borrowing(&self, source: &[u8], manner: Manner, lent: &Names) -> Kept;
}

impl<L: Language + Send> AnyLanguage for L
where
    L::Facts: 'static,
{
    fn rules_digest(&self) -> String {
        Language::rules_digest(self)
    }

    fn reads(&self, path: &str) -> Option<Manner> {
        Language::reads(self, path)
    }

    fn read(&self, source: &[u8], manner: Manner, thorough: bool) -> Kept {
        Arc::new(Language::read(self, source, manner, thorough))
    }

    fn wanted(&self, commit: &Commit<'_, dyn Any + Send + Sync>) -> Vec<Content> {
        Language::wanted(
            self,
            &Commit {
                files: commit.files,
                facts: &|id| (commit.facts)(id)?.downcast().ok(),
            },
        )
    }

    fn resolve(&self, commit: &Commit<'_, dyn Any + Send + Sync>) -> Resolved {
        Language::resolve(
            self,
            &Commit {
                files: commit.files,
                facts: &|id| (commit.facts)(id)?.downcast().ok(),
            },
        )
    }

    fn alike(&self, one: Option<&Kept>, other: Option<&Kept>) -> bool {
        let [one, other] = [one, other].map(|it| it.and_then(|it| it.downcast_ref()));
        Language::alike(self, one, other)
    }

    fn outline(&self, source: &[u8], manner: Manner) -> Outline {
        Language::outline(self, source, manner)
    }

    fn lexicon(&self, manner: Manner) -> Option<&'static Lexicon> {
        Language::lexicon(self, manner)
    }

    fn takes_part(&self, kept: &Kept) -> bool {
        let facts = kept.downcast_ref();
        facts.is_none_or(|it| Language::takes_part(self, it))
    }

    fn pack(&self, kept: &Kept) -> Option<Vec<u8>> {
        Language::pack(self, kept.downcast_ref()?)
    }

    fn unpack(&self, bytes: &[u8]) -> Option<Kept> {
        Some(Arc::new(Language::unpack(self, bytes)?))
    }

    fn lends(&self, kept: &Kept, names: &mut Names) {
        if let Some(facts) = kept.downcast_ref() {
            Language::lends(self, facts, names);
        }
    }

    fn borrows(&self, kept: &Kept, lent: &Names) -> bool {
        let facts = kept.downcast_ref();
        facts.is_some_and(|it| Language::borrows(self, it, lent))
    }

    fn read_borrowing(&self, source: &[u8], manner: Manner, lent: &Names) -> Kept {
        Arc::new(Language::read_borrowing(self, source, manner, lent))
    }
}

/// The languages of a scan.
pub(crate) struct Languages {
    all: Vec<Arc<dyn AnyLanguage>>,
}

impl Languages {
    pub(crate) fn new(all: Vec<Arc<dyn AnyLanguage>>) -> Self {
        assert!(
            all.len() <= usize::from(u8::MAX),
            "a number for each language"
        );
        Self { all }
    }

    /// Names the rules: the same files give the same mutes as long as this is the same.
    pub(crate) fn rules_digest(&self) -> String {
        let each: Vec<_> = self.all.iter().map(|it| it.rules_digest()).collect();
        digest(each.iter().map(|it| Some(it.as_str())))
    }

    /// Who reads the file of this path; `None` for nobody.
    pub(crate) fn readers(&self, path: &str) -> Option<Readers> {
        let reads = |(number, language): (u8, &Arc<dyn AnyLanguage>)| {
            language.reads(path).map(|manner| (number, manner))
        };
        Readers::of((0..).zip(&self.all).filter_map(reads))
    }

    /// First pass: what its readers keep of a blob.
    pub(crate) fn read(&self, readers: Readers, source: &[u8], thorough: bool) -> Facts {
        let source = utf8(source);
        let read = |(number, manner): (u8, Manner)| {
            let language = &self.all[usize::from(number)];
            (number, language.read(&source, manner, thorough))
        };
        let notes = notes::read(&source, || self.lexicon(readers));
        let notes = (!notes.is_empty()).then(|| (NOTES, Arc::new(notes) as Kept));
        readers.each().map(read).chain(notes).collect()
    }

    /// What a file tells of its tests to each of its readers. A fault of a parser leaves its words.
    pub(crate) fn outlines(&self, readers: Readers, source: &[u8]) -> Vec<Outline> {
        let source = utf8(source);
        let outline = |(number, manner): (u8, Manner)| {
            let language = &self.all[usize::from(number)];
            let outline = catch_unwind(AssertUnwindSafe(|| language.outline(&source, manner)));
            outline.unwrap_or(Outline::Words)
        };
        readers.each().map(outline).collect()
    }

    /// How a file writes comments and strings, as the first of its readers knows.
    pub(crate) fn lexicon(&self, readers: Readers) -> Option<&'static Lexicon> {
        let mut each = readers.each();
        each.find_map(|(number, manner)| self.all[usize::from(number)].lexicon(manner))
    }

    /// First pass where something is lent to the languages, by number: what a file that borrows
    /// of it has besides; `None` where none of its readers finds a use of it.
    pub(crate) fn read_borrowing(
        &self,
        readers: Readers,
        source: &[u8],
        first: &Facts,
        lent: &[Names],
    ) -> Option<Facts> {
        let lent = |number: u8| lent.get(usize::from(number)).filter(|it| !it.is_empty());
        let borrows = |number| lent(number).is_some_and(|it| self.borrows(number, first, it));
        if !readers.each().any(|(number, _)| borrows(number)) {
            return None;
        }
        let source = utf8(source);
        let read = |(number, manner): (u8, Manner)| {
            let language = &self.all[usize::from(number)];
            let kept = match lent(number).filter(|_| borrows(number)) {
                Some(lent) => language.read_borrowing(&source, manner, lent),
                None => Arc::clone(kept_of(number, first)?),
            };
            Some((number, kept))
        };
        let notes = kept_of(NOTES, first).map(|it| Some((NOTES, Arc::clone(it))));
        readers.each().map(read).chain(notes).collect()
    }

    /// What has to be read thoroughly before [`Languages::resolve`].
    pub(crate) fn wanted(&self, files: &Files, facts: Lookup<'_>) -> Vec<Content> {
        self.each(files, facts, |it, commit| it.wanted(commit))
            .concat()
    }

    /// Second pass: the mutes of a commit, in order of path and line.
    pub(crate) fn resolve(&self, files: &Files, facts: Lookup<'_>) -> Resolved {
        let mut all = Resolved::default();
        for found in self.each(files, facts, |it, commit| it.resolve(commit)) {
            all.test_files += found.test_files;
            all.excluded += found.excluded;
            all.partly_parsed += found.partly_parsed;
            all.marks_lexed += found.marks_lexed;
            all.marks_parsed += found.marks_parsed;
            all.mutes.extend(found.mutes);
            all.problems.extend(found.problems);
        }
        all.mutes.sort_by(|a, b| {
            let (a, b) = (&a.declaration, &b.declaration);
            (&a.path, a.line_start).cmp(&(&b.path, b.line_start))
        });
        all
    }

    /// How many languages there are; their numbers are below it.
    pub(crate) fn count(&self) -> u8 {
        u8::try_from(self.all.len()).expect("a number for each language")
    }

    /// Whether one version of a file may stand for the other: see [`Language::alike`].
    pub(crate) fn alike(&self, number: u8, one: Option<&Facts>, other: Option<&Facts>) -> bool {
        let [one, other] = [one, other].map(|it| it.and_then(|it| kept_of(number, it)));
        self.all[usize::from(number)].alike(one, other)
    }

    /// Whether a file makes a difference to mutes: see [`Language::takes_part`].
    pub(crate) fn takes_part(&self, number: u8, facts: &Facts) -> bool {
        kept_of(number, facts).is_some_and(|it| self.all[usize::from(number)].takes_part(it))
    }

    /// What all readers keep of a file in a few bytes; `None` where that is more.
    pub(crate) fn pack(&self, facts: &Facts) -> Option<Box<[u8]>> {
        let mut packed = Vec::new();
        for (number, kept) in facts {
            // What nobody but the file tells, as a comment that speaks to us, is no language's.
            let its = self.all.get(usize::from(*number))?.pack(kept)?;
            packed.extend(u32::try_from(its.len()).ok()?.to_le_bytes());
            packed.extend(its);
        }
        Some(packed.into())
    }

    /// The same from these bytes.
    pub(crate) fn unpack(&self, readers: Readers, mut bytes: &[u8]) -> Option<Facts> {
        let unpack = |(number, _): (u8, Manner)| {
            let (length, rest) = bytes.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            let (its, rest) = rest.split_at_checked(length)?;
            bytes = rest;
            let kept = self.all.get(usize::from(number))?.unpack(its)?;
            Some((number, kept))
        };
        readers.each().map(unpack).collect()
    }

    /// What a file lends: see [`Language::lends`].
    pub(crate) fn lends(&self, number: u8, facts: &Facts, names: &mut Names) {
        if let Some(kept) = kept_of(number, facts) {
            self.all[usize::from(number)].lends(kept, names);
        }
    }

    /// Whether a file uses what others lend: see [`Language::borrows`].
    pub(crate) fn borrows(&self, number: u8, facts: &Facts, lent: &Names) -> bool {
        kept_of(number, facts).is_some_and(|it| self.all[usize::from(number)].borrows(it, lent))
    }

    /// What one language wants read thoroughly, of the files that it reads.
    pub(crate) fn wanted_of(&self, number: u8, its: &Files, facts: Lookup<'_>) -> Vec<Content> {
        self.show(number, its, facts, |it, commit| it.wanted(commit))
    }

    /// The mutes of one language, from the files that it reads.
    pub(crate) fn resolve_of(&self, number: u8, its: &Files, facts: Lookup<'_>) -> Resolved {
        self.show(number, its, facts, |it, commit| it.resolve(commit))
    }

    /// Shows each language its part of a commit; who has none is not asked.
    fn each<R>(
        &self,
        files: &Files,
        facts: Lookup<'_>,
        ask: impl Fn(&dyn AnyLanguage, &Commit<'_, dyn Any + Send + Sync>) -> R,
    ) -> Vec<R> {
        let of_language = |number: u8| {
            let its = files.iter().filter(|(_, it)| it.readers.has(number));
            let its: Files = its
                .map(|(path, it)| (Arc::clone(path), it.clone()))
                .collect();
            if its.is_empty() {
                return None;
            }
            Some(self.show(number, &its, facts, &ask))
        };
        (0..self.count()).filter_map(of_language).collect()
    }

    /// Shows a language the files that it reads.
    fn show<R>(
        &self,
        number: u8,
        its: &Files,
        facts: Lookup<'_>,
        ask: impl Fn(&dyn AnyLanguage, &Commit<'_, dyn Any + Send + Sync>) -> R,
    ) -> R {
        let kept = |content: &Content| {
            let all = facts(content)?;
            kept_of(number, &all).map(Arc::clone)
        };
        let commit = Commit {
            files: its,
            facts: &kept,
        };
        ask(self.all[usize::from(number)].as_ref(), &commit)
    }
}

/// The comments of a file that speak to qaduct.
pub(crate) fn notes_of(facts: &Facts) -> &[Note] {
    let kept = kept_of(NOTES, facts).and_then(|it| it.downcast_ref::<Vec<Note>>());
    kept.map_or(&[], Vec::as_slice)
}

/// What the language of this number keeps of a blob.
fn kept_of(number: u8, facts: &Facts) -> Option<&Kept> {
    let its = facts.iter().find(|(it, _)| *it == number);
    its.map(|(_, kept)| kept)
}

/// What all readers keep of a content.
pub(crate) type Lookup<'a> = &'a (dyn Fn(&Content) -> Option<Arc<Facts>> + 'a);

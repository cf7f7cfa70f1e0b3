//! What a language does with the files of a commit.
//!
//! Two passes. The first sees each distinct blob once, however many branches
//! and paths hold it, and knows neither: [`Language::read`]. The second sees a
//! commit as a whole, with what the first pass made of its files, and resolves
//! what crosses files: imports, configuration, inheritance.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use qaduct_records::{Declaration, FileProblem, TicketSource};
use rustc_hash::FxHashSet;

use crate::syntax::lexer::Lexicon;

/// Name of a blob: its object id in binary (20 bytes, or 32 with SHA-256).
pub(crate) type BlobId = Arc<[u8]>;

/// How a language reads a file, by a number of its own: its path tells that the file is
/// TypeScript, say, or a list of one of many formats.
pub(crate) type Manner = u8;

/// Languages that may read one file.
const MOST: usize = 4;

/// The languages that read a file, each with the manner in which it reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Readers([Option<(u8, Manner)>; MOST]);

impl Readers {
    /// These readers; `None` for nobody.
    ///
    /// # Panics
    /// When they are more than [`MOST`], which no file of any language has.
    pub(crate) fn of(each: impl Iterator<Item = (u8, Manner)>) -> Option<Self> {
        let mut readers = Self::default();
        let mut places = readers.0.iter_mut();
        for reader in each {
            *places.next().expect("no file has more readers") = Some(reader);
        }
        readers.0[0].is_some().then_some(readers)
    }

    /// The number of each language and its manner.
    pub(crate) fn each(self) -> impl Iterator<Item = (u8, Manner)> {
        self.0.into_iter().flatten()
    }

    /// Whether the language of this number is one of them.
    pub(crate) fn has(self, number: u8) -> bool {
        self.each().any(|(it, _)| it == number)
    }
}

/// What stands in a file and who reads it: the same bytes are another thing to another
/// language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Content {
    /// The bytes.
    pub(crate) blob: BlobId,
    /// Who reads them.
    pub(crate) readers: Readers,
}

/// Files that are read, by path.
pub(crate) type Files = BTreeMap<Arc<str>, Content>;

/// The files of one commit that the language reads, by path, with what the
/// first pass made of each distinct blob.
pub(crate) struct Commit<'a, F: ?Sized> {
    /// In order of path.
    pub(crate) files: &'a Files,
    /// What was read of a file.
    pub(crate) facts: &'a dyn Fn(&Content) -> Option<Arc<F>>,
}

/// A language and its test frameworks.
pub(crate) trait Language: Sync {
    /// What the first pass keeps of a blob.
    type Facts: Send + Sync;

    /// Names the rules: the same files give the same mutes as long as this is the same.
    fn rules_digest(&self) -> String;

    /// Whether files of this path are read at all, sources and configuration, and how.
    fn reads(&self, path: &str) -> Option<Manner>;

    /// First pass: reads one blob. `thorough` asks for all of a file whose
    /// first reading was cut short because it holds no marker.
    fn read(&self, source: &[u8], manner: Manner, thorough: bool) -> Self::Facts;

    /// The files whose first reading has to be made thorough before
    /// [`Language::resolve`], because another file of the commit lends them a marker.
    fn wanted(&self, commit: &Commit<'_, Self::Facts>) -> Vec<Content>;

    /// Second pass: the mutes of a commit, in order of path and line.
    fn resolve(&self, commit: &Commit<'_, Self::Facts>) -> Resolved;

    /// Whether an older version of a file may stand where a newer one stood without a difference
    /// to any mute of the commit, by what it holds or lends or is lent; `None` where there is no
    /// file. It saves the history of mutes a second pass; `false` is never wrong.
    fn alike(&self, _older: Option<&Self::Facts>, _newer: Option<&Self::Facts>) -> bool {
        false
    }

    /// What a file tells of its tests, muted or not.
    fn outline(&self, _source: &[u8], _manner: Manner) -> Outline {
        Outline::Words
    }

    /// How a file writes comments and strings, where that is known.
    fn lexicon(&self, _manner: Manner) -> Option<&'static Lexicon> {
        None
    }

    /// Whether the second pass makes more of a file than its counts: with or without the others
    /// the mutes of a commit are the same. `true` is never wrong.
    fn takes_part(&self, _: &Self::Facts) -> bool {
        true
    }

    /// What is kept of a file in a few bytes, for the next run; `None` where it is more.
    fn pack(&self, _: &Self::Facts) -> Option<Vec<u8>> {
        None
    }

    /// The same from these bytes; `None` where they are of something else.
    fn unpack(&self, _: &[u8]) -> Option<Self::Facts> {
        None
    }

    /// Adds what a file lends to all others, as hashes of names. A language that tells it also
    /// tells by [`Language::borrows`] what else than files that take part is to be read thoroughly.
    fn lends(&self, _: &Self::Facts, _: &mut Names) {}

    /// Whether a file uses a name that another one lends and that was not looked for in it: it
    /// was neither read thoroughly nor with that name lent.
    fn borrows(&self, _: &Self::Facts, _lent: &Names) -> bool {
        false
    }

    /// First pass for a file that borrows: thorough, as far as what is lent goes.
    fn read_borrowing(&self, source: &[u8], manner: Manner, _lent: &Names) -> Self::Facts {
        self.read(source, manner, true)
    }
}

/// What a file tells of its tests, muted or not.
#[derive(Debug)]
pub(crate) enum Outline {
    /// Its tests and suites: what each stands in, and its name; as mutes name them.
    Places(FxHashSet<(String, String)>),
    /// No more than its words do.
    Words,
    /// Nothing: it lists mutes of tests that stand elsewhere.
    List,
}

/// Hashes of names that files lend to others.
pub(crate) type Names = FxHashSet<u32>;

/// What a commit holds.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    /// Files that the frameworks would search for tests.
    pub(crate) test_files: u64,
    /// Files that are not read because a machine made them.
    pub(crate) excluded: u64,
    /// Files in which a parser found errors.
    pub(crate) partly_parsed: u64,
    /// Marks of mutes that a lexer sees in the code.
    pub(crate) marks_lexed: u64,
    /// Of these, marks that the parser saw too.
    pub(crate) marks_parsed: u64,
    /// The mutes.
    pub(crate) mutes: Vec<RawMute>,
    /// Files that could not be read in full; `repository` and `branch` are empty.
    pub(crate) problems: Vec<FileProblem>,
}

/// A mute as the language saw it: texts are not yet read as tickets and dates.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawMute {
    /// All that the language knows. Left for later: `declaration_id`,
    /// `repository`, `test_id`, `ticket`, `tickets`, `since_declared`, `until_declared`.
    pub(crate) declaration: Declaration,
    /// Texts that may name a ticket, best source first. A text of
    /// [`TicketSource::Argument`] is a ticket whatever it looks like.
    pub(crate) texts: Vec<(TicketSource, String)>,
    /// What else is said, as written: arguments of which nothing else is known here, such as
    /// which exception is expected. Not stored; with another one it mutes other failures.
    pub(crate) options: String,
}

impl Eq for RawMute {}

/// By what is muted where, which hardly ever two mutes share.
impl Hash for RawMute {
    fn hash<H: Hasher>(&self, hash: &mut H) {
        let it = &self.declaration;
        (&it.path, it.line_start, &it.test, &it.param, &it.form).hash(hash);
    }
}

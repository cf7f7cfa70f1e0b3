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

/// Name of a blob: its object id in binary (20 bytes, or 32 with SHA-256).
pub(crate) type BlobId = Arc<[u8]>;

/// The files of one commit that the language reads, by path, with what the
/// first pass made of each distinct blob.
pub(crate) struct Commit<'a, F> {
    /// Path to blob, in order of path.
    pub(crate) files: &'a BTreeMap<Arc<str>, BlobId>,
    /// What was read of a blob.
    pub(crate) facts: &'a dyn Fn(&BlobId) -> Option<Arc<F>>,
}

/// A language and its test frameworks.
pub(crate) trait Language: Sync {
    /// What the first pass keeps of a blob.
    type Facts: Send + Sync;

    /// Whether files of this path are read at all: sources and configuration.
    fn reads(&self, path: &str) -> bool;

    /// First pass: reads one blob. `thorough` asks for all of a file whose
    /// first reading was cut short because it holds no marker.
    fn read(&self, source: &[u8], thorough: bool) -> Self::Facts;

    /// The files whose first reading has to be made thorough before
    /// [`Language::resolve`], because another file of the commit lends them a marker.
    fn wanted(&self, commit: &Commit<'_, Self::Facts>) -> Vec<BlobId>;

    /// Second pass: the mutes of a commit, in order of path and line.
    fn resolve(&self, commit: &Commit<'_, Self::Facts>) -> Resolved;
}

/// What a commit holds.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    /// Files that the frameworks would search for tests.
    pub(crate) test_files: u64,
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
}

impl Eq for RawMute {}

/// By what is muted where, which hardly ever two mutes share.
impl Hash for RawMute {
    fn hash<H: Hasher>(&self, hash: &mut H) {
        let it = &self.declaration;
        (&it.path, it.line_start, &it.test, &it.param, &it.form).hash(hash);
    }
}

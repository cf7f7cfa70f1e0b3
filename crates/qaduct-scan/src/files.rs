//! Reads files that are in no repository: a folder, or what a test makes up.
//!
//! The same two passes as in [`crate::scan()`], without git, tickets and dates.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use qaduct_records::{Declaration, FileProblem, TicketSource};

use crate::language::{BlobId, Commit, Language as _};
use crate::marks::{MarkError, MarkRule};
use crate::python::Python;

/// What files hold.
#[derive(Debug, Default)]
pub struct FileMutes {
    /// Files that the frameworks would search for tests.
    pub test_files: u64,
    /// The mutes in order of path and line, each with the texts that may name
    /// its ticket.
    pub mutes: Vec<(Declaration, Vec<(TicketSource, String)>)>,
    /// Files that could not be read in full.
    pub problems: Vec<FileProblem>,
}

/// Finds the mutes of files, given by path and content.
///
/// # Errors
/// When one of the marks cannot be used.
pub fn read_files(
    files: &BTreeMap<String, Vec<u8>>,
    marks: &[MarkRule],
) -> Result<FileMutes, MarkError> {
    let python = Python::new(marks)?;
    let mut paths: BTreeMap<Arc<str>, BlobId> = BTreeMap::new();
    let mut sources: HashMap<BlobId, &[u8]> = HashMap::new();
    for (path, source) in files.iter().filter(|(path, _)| python.reads(path)) {
        let blob: BlobId = path.as_bytes().into();
        paths.insert(path.as_str().into(), Arc::clone(&blob));
        sources.insert(blob, source);
    }
    let mut facts: HashMap<BlobId, Arc<_>> = sources
        .iter()
        .map(|(blob, source)| (Arc::clone(blob), Arc::new(python.read(source, false))))
        .collect();
    let wanted = {
        let find = |blob: &BlobId| facts.get(blob).cloned();
        python.wanted(&Commit {
            files: &paths,
            facts: &find,
        })
    };
    for blob in wanted {
        let thorough = Arc::new(python.read(sources[&blob], true));
        facts.insert(blob, thorough);
    }
    let find = |blob: &BlobId| facts.get(blob).cloned();
    let resolved = python.resolve(&Commit {
        files: &paths,
        facts: &find,
    });
    Ok(FileMutes {
        test_files: resolved.test_files,
        mutes: resolved
            .mutes
            .into_iter()
            .map(|mute| (mute.declaration, mute.texts))
            .collect(),
        problems: resolved.problems,
    })
}

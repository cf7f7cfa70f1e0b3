//! Reads files that are in no repository: a folder, or what a test makes up.
//!
//! The same two passes as in [`crate::scan()`], without git, tickets and dates.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use qaduct_records::{Declaration, FileProblem, TicketSource};

use crate::language::BlobId;
use crate::language::{Content, Files};
use crate::languages::{Facts, Languages};
use crate::manifests::Manifests;
use crate::marks::{MarkError, MarkRule};
use crate::{conditions, intent, scan};

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
    static PLAIN: LazyLock<Languages> = LazyLock::new(|| {
        let plain = scan::languages(&[], Manifests::shipped());
        plain.expect("without marks of a user none is wrong")
    });
    let own;
    let languages = match marks {
        [] => &*PLAIN,
        marks => {
            own = scan::languages(marks, Manifests::shipped())?;
            &own
        }
    };
    let mut paths = Files::new();
    let mut facts: HashMap<Content, Arc<Facts>> = HashMap::new();
    for (path, source) in files {
        let Some(readers) = languages.readers(path) else {
            continue;
        };
        let blob: BlobId = path.as_bytes().into();
        let content = Content { blob, readers };
        let read = languages.read(readers, source, false);
        facts.insert(content.clone(), Arc::new(read));
        paths.insert(path.as_str().into(), content);
    }
    for wanted in languages.wanted(&paths, &|it| facts.get(it).cloned()) {
        let path = str::from_utf8(&wanted.blob).expect("blobs are named by their paths");
        let thorough = languages.read(wanted.readers, &files[path], true);
        facts.insert(wanted, Arc::new(thorough));
    }
    let resolved = languages.resolve(&paths, &|it| facts.get(it).cloned());
    Ok(FileMutes {
        test_files: resolved.test_files,
        mutes: resolved
            .mutes
            .into_iter()
            .map(|mute| {
                let mut declaration = mute.declaration.clone();
                conditions::fill(&mut declaration);
                // What an argument carries is a ticket; other texts were not read.
                let ticket = mute
                    .texts
                    .iter()
                    .any(|(it, _)| *it == TicketSource::Argument);
                declaration.intent = Some(intent::of(&mute, &declaration, ticket));
                (declaration, mute.texts)
            })
            .collect(),
        problems: resolved.problems,
    })
}

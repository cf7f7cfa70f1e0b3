//! Reads files that are in no repository: a folder, or what a test makes up.
//!
//! The same two passes as in [`crate::scan()`], without git, tickets and dates.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use qaduct_records::{Declaration, FileProblem, TicketSource};

use crate::language::BlobId;
use crate::language::{Content, Files, Resolved};
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
    let resolved = resolve(languages, files, false);
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

/// Both passes over files; `thorough` has all of them read in full, asked for or not.
fn resolve(languages: &Languages, files: &BTreeMap<String, Vec<u8>>, thorough: bool) -> Resolved {
    let mut paths = Files::new();
    let mut facts: HashMap<Content, Arc<Facts>> = HashMap::new();
    for (path, source) in files {
        let Some(readers) = languages.readers(path) else {
            continue;
        };
        let blob: BlobId = path.as_bytes().into();
        let content = Content { blob, readers };
        let read = languages.read(readers, source, thorough);
        facts.insert(content.clone(), Arc::new(read));
        paths.insert(path.as_str().into(), content);
    }
    let mut read_in_full = HashSet::new();
    loop {
        let mut wanted = languages.wanted(&paths, &|it| facts.get(it).cloned());
        wanted.retain(|it| !thorough && read_in_full.insert(it.clone()));
        if wanted.is_empty() {
            return languages.resolve(&paths, &|it| facts.get(it).cloned());
        }
        for wanted in wanted {
            let path = str::from_utf8(&wanted.blob).expect("blobs are named by their paths");
            let read = languages.read(wanted.readers, &files[path], true);
            facts.insert(wanted, Arc::new(read));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn files(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap().replace('@', "");
            let path = format!("{prefix}{name}");
            match entry.file_type().unwrap().is_dir() {
                true => files(&entry.path(), &format!("{path}/"), found),
                false => drop(found.insert(path, fs::read(entry.path()).unwrap())),
            }
        }
    }

    #[test]
    fn to_read_every_file_in_full_finds_no_more() {
        let languages = scan::languages(&[], Manifests::shipped()).unwrap();
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases");
        for language in fs::read_dir(cases).unwrap().map(Result::unwrap) {
            for case in fs::read_dir(language.path()).unwrap().map(Result::unwrap) {
                let mut all = BTreeMap::new();
                files(&case.path(), "", &mut all);
                let [short, full] = [false, true].map(|it| resolve(&languages, &all, it));
                let shown = |it: &Resolved| -> Vec<String> {
                    let mutes = it.mutes.iter().map(|it| &it.declaration);
                    let mutes =
                        mutes.map(|it| format!("{}:{} {}", it.path, it.line_start, it.test));
                    mutes.collect()
                };
                assert_eq!(shown(&short), shown(&full), "{}", case.path().display());
            }
        }
    }
}

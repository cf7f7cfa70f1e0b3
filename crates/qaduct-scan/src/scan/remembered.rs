//! What was read of files in which nothing was found, kept from one run to the next in the cache
//! folder: nearly all files of a repository, and a look at a change need not read them again.
//!
//! A file by the names of contents: what a content tells never changes for the same program and
//! the same rules, and both are in the name of the file. Whatever is wrong with it (another
//! version, half of it, a folder that cannot be written) makes the run slower and nothing else.
//! It is replaced as a whole, so that a run that is killed or runs beside another leaves a whole
//! one behind; the last one wins.

use std::fs;
use std::hash::Hasher as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use qaduct_records::digest::digest;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::language::{Content, Readers};
use crate::languages::{Facts, Languages};

/// Fewer files are read faster than they are remembered.
pub(super) const FEWEST: usize = 256;

/// New ones that are worth writing all of them.
const WORTH: usize = 32;

/// Bytes of a file; what is not in use goes first.
const LARGEST: usize = 16 << 20;

/// Files in the folder; the oldest go first.
const MOST_FILES: usize = 32;

/// How a file begins.
const MAGIC: &[u8] = b"qaduct read 1\n";

/// What is remembered of the files of a repository.
#[derive(Debug)]
pub(super) struct Remembered {
    file: PathBuf,
    known: FxHashMap<Content, Box<[u8]>>,
    fresh: usize,
}

impl Remembered {
    /// What earlier runs have left in a folder under this name.
    pub(super) fn of(folder: &Path, name: &str, languages: &Languages) -> Self {
        let key = digest([
            Some(name),
            Some(&program()),
            Some(&languages.rules_digest()),
        ]);
        let file = folder.join(key);
        let bytes = fs::metadata(&file)
            .is_ok_and(|it| it.len() <= (2 * LARGEST) as u64)
            .then(|| fs::read(&file).ok())
            .flatten();
        Self {
            known: bytes.and_then(|it| parsed(&it)).unwrap_or_default(),
            fresh: 0,
            file,
        }
    }

    /// What a content told an earlier run.
    pub(super) fn facts(&self, content: &Content, languages: &Languages) -> Option<Facts> {
        languages.unpack(content.readers, self.known.get(content)?)
    }

    /// Notes what a content has told, where that can be said in a few bytes.
    pub(super) fn learn(&mut self, content: &Content, facts: &Facts, languages: &Languages) {
        if let Some(packed) = languages.pack(facts) {
            self.known.insert(content.clone(), packed);
            self.fresh += 1;
        }
    }

    /// Leaves it to the next run, where it is worth it.
    pub(super) fn save(&self, used: &FxHashSet<&Content>) {
        if self.fresh >= WORTH {
            // Nobody misses it.
            let _saved = self.write(used).is_ok();
        }
    }

    fn write(&self, used: &FxHashSet<&Content>) -> std::io::Result<()> {
        let Some(folder) = self.file.parent() else {
            return Ok(());
        };
        fs::create_dir_all(folder)?;
        let mut bytes = MAGIC.to_vec();
        let (now, then): (Vec<_>, Vec<_>) =
            self.known.iter().partition(|(it, _)| used.contains(it));
        for (content, packed) in now.into_iter().chain(then) {
            if bytes.len() + packed.len() > LARGEST {
                break;
            }
            let readers: Vec<u8> = content.readers.each().flat_map(<[u8; 2]>::from).collect();
            for part in [&content.blob, &*readers, packed] {
                let length = u32::try_from(part.len()).map_err(std::io::Error::other)?;
                bytes.extend(length.to_le_bytes());
                bytes.extend(part);
            }
        }
        bytes.extend(checksum(&bytes));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&bytes)?;
        file.persist(&self.file)?;
        prune(folder)
    }
}

/// Names this program, also while it is being worked on.
fn program() -> String {
    let file = std::env::current_exe().and_then(fs::metadata);
    let built = file.ok().map(|it| {
        let changed = it.modified().ok();
        let changed = changed.and_then(|it| it.duration_since(UNIX_EPOCH).ok());
        (it.len(), changed)
    });
    format!("{} {built:?}", env!("CARGO_PKG_VERSION"))
}

fn checksum(bytes: &[u8]) -> [u8; 8] {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish().to_le_bytes()
}

/// What a file holds; `None` where it is not whole.
fn parsed(bytes: &[u8]) -> Option<FxHashMap<Content, Box<[u8]>>> {
    let (body, sum) = bytes.split_last_chunk::<8>()?;
    let mut rest = body.strip_prefix(MAGIC)?;
    if checksum(body) != *sum {
        return None;
    }
    let mut known = FxHashMap::default();
    while !rest.is_empty() {
        let blob = part(&mut rest)?;
        let readers = part(&mut rest)?.as_chunks::<2>().0;
        let readers = readers.iter().map(|&[number, manner]| (number, manner));
        let content = Content {
            blob: blob.into(),
            readers: Readers::of(readers)?,
        };
        known.insert(content, part(&mut rest)?.into());
    }
    Some(known)
}

/// The next part, behind its length.
fn part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, behind) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (part, behind) = behind.split_at_checked(length)?;
    *rest = behind;
    Some(part)
}

/// Removes the oldest files of the folder.
fn prune(folder: &Path) -> std::io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files.push((entry.metadata()?.modified()?, entry.path()));
    }
    files.sort();
    let surplus = files.len().saturating_sub(MOST_FILES);
    for (_, file) in &files[..surplus] {
        fs::remove_file(file)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::tests::languages_that_ship;

    fn content(languages: &Languages, path: &str, number: u32) -> Content {
        Content {
            blob: format!("{number:020}").into_bytes().into(),
            readers: languages.readers(path).unwrap(),
        }
    }

    /// A folder in which a run has left what it has learnt of so many files.
    fn left_by_a_run(files: u32, languages: &Languages) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut run = Remembered::of(folder.path(), "shop", languages);
        for it in 0..files {
            let content = content(languages, "a/ATest.java", it);
            let facts = languages.read(content.readers, b"class A { B b = c(); }", false);
            run.learn(&content, &facts, languages);
        }
        run.save(&FxHashSet::default());
        folder
    }

    fn only_file(folder: &tempfile::TempDir) -> PathBuf {
        let mut files = fs::read_dir(folder.path()).unwrap();
        let file = files.next().unwrap().unwrap().path();
        assert!(files.next().is_none());
        file
    }

    #[test]
    fn a_file_without_a_mute_tells_the_next_run_what_it_told_this_one() {
        let languages = languages_that_ship();
        for (path, text) in [
            (
                "ATest.java",
                "class ATest { @Test void a() { skipOnMac(); } }",
            ),
            (
                "test_a.py",
                "import os\nfrom .b import c as d\nclass A(TestCase): pass\n",
            ),
            ("a.test.ts", "it('a', () => { b() })"),
            ("pom.xml", "<project/>"),
            ("a.bats", "echo a"),
        ] {
            let content = content(&languages, path, 0);
            let facts = languages.read(content.readers, text.as_bytes(), false);
            let packed = languages.pack(&facts).expect(path);
            let again = languages.unpack(content.readers, &packed).expect(path);
            assert_eq!(languages.pack(&again).as_deref(), Some(&*packed), "{path}");
            for (number, _) in content.readers.each() {
                assert_eq!(
                    languages.takes_part(number, &again),
                    languages.takes_part(number, &facts),
                    "{path}"
                );
            }
        }
    }

    #[test]
    fn a_file_with_a_mute_or_with_a_word_to_us_is_read_each_time() {
        let languages = languages_that_ship();
        for (path, text) in [
            ("ATest.java", "class ATest { @Disabled @Test void a() {} }"),
            (
                "test_a.py",
                "import pytest\n@pytest.mark.skip\ndef test_a(): pass\n",
            ),
            ("a.test.ts", "it.skip('a', () => {})"),
            ("a.test.ts", "// qaduct: allow[QM001]\nit('a', () => {})"),
            ("a.bats", "@test 'a' { skip; }"),
            ("package.json", "{\"devDependencies\": {\"vitest\": \"1\"}}"),
        ] {
            let readers = languages.readers(path).unwrap();
            let facts = languages.read(readers, text.as_bytes(), false);
            assert_eq!(languages.pack(&facts), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_whole_or_of_others_is_as_good_as_nothing() {
        let languages = languages_that_ship();
        let folder = left_by_a_run(64, &languages);
        let run = Remembered::of(folder.path(), "shop", &languages);
        let content = content(&languages, "a/ATest.java", 7);
        assert!(run.facts(&content, &languages).is_some());
        let other = Remembered::of(folder.path(), "other", &languages);
        assert!(other.known.is_empty());
        let file = only_file(&folder);
        let whole = fs::read(&file).unwrap();
        for at in [0, 20, whole.len() / 2, whole.len() - 1] {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&file, damaged).unwrap();
            assert!(
                Remembered::of(folder.path(), "shop", &languages)
                    .known
                    .is_empty()
            );
            fs::write(&file, &whole[..at]).unwrap();
            assert!(
                Remembered::of(folder.path(), "shop", &languages)
                    .known
                    .is_empty()
            );
        }
    }

    #[test]
    fn little_that_is_new_and_a_folder_that_cannot_be_made_leave_nothing() {
        let languages = languages_that_ship();
        let folder = left_by_a_run(3, &languages);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut run = Remembered::of(&file.path().join("x"), "shop", &languages);
        let facts = languages.read(content(&languages, "a.bats", 0).readers, b"", false);
        for it in 0..64 {
            run.learn(&content(&languages, "a.bats", it), &facts, &languages);
        }
        run.save(&FxHashSet::default());
        assert_eq!(fs::read(file.path()).unwrap(), b"");
    }

    #[test]
    fn a_folder_does_not_grow_with_the_repositories() {
        let languages = languages_that_ship();
        let folder = left_by_a_run(64, &languages);
        for it in 0..MOST_FILES + 8 {
            fs::write(folder.path().join(format!("old-{it}")), "").unwrap();
        }
        prune(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), MOST_FILES);
    }
}

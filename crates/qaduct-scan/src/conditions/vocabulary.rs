//! The words of conditions, read from `conditions.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

/// The data, also for the digest of the rules.
pub(crate) const SOURCE: &str = include_str!("../../conditions.toml");

/// What ships.
pub(super) static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let file: File = toml::from_str(SOURCE).unwrap_or_else(|broken| {
        unreachable!("conditions.toml is tested to be readable: {broken}")
    });
    Vocabulary {
        os: by_word(file.os),
        arch: by_word(file.arch),
        subjects: Subjects {
            os: set(file.subjects.os),
            arch: set(file.subjects.arch),
            feature: set(file.subjects.feature),
            env: set(file.subjects.env),
        },
        versions: file.versions,
        version_words: file.version_words,
        calls: file.calls,
        features: file.features,
        fillers: file.fillers,
    }
});

type Set = FxHashSet<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    os: BTreeMap<String, Vec<String>>,
    arch: BTreeMap<String, Vec<String>>,
    subjects: Subjects<Vec<String>>,
    versions: BTreeMap<String, String>,
    version_words: BTreeMap<String, String>,
    calls: Calls,
    features: Features,
    fillers: Fillers,
}

/// All words.
pub(super) struct Vocabulary {
    os: FxHashMap<String, String>,
    arch: FxHashMap<String, String>,
    pub(super) subjects: Subjects,
    versions: BTreeMap<String, String>,
    pub(super) version_words: BTreeMap<String, String>,
    pub(super) calls: Calls,
    pub(super) features: Features,
    pub(super) fillers: Fillers,
}

/// What a condition asks with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subjects<S = Set> {
    os: S,
    arch: S,
    feature: S,
    env: S,
}

/// Functions and methods.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Calls {
    pub(super) join: Set,
    pub(super) not: Set,
    pub(super) users: Set,
    pub(super) wrap: Set,
    pub(super) compare: Set,
    pub(super) compare_two: Set,
    pub(super) noise: Set,
    pub(super) missing: Set,
}

/// What is a feature by its name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Features {
    pub(super) words: Set,
    pub(super) before: Vec<String>,
    pub(super) behind: Vec<String>,
    pub(super) methods: Set,
    pub(super) absent: Set,
    pub(super) lookups: Set,
}

/// Words that say nothing, or no.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fillers {
    pub(super) words: Set,
    pub(super) not: Set,
}

fn set(words: Vec<String>) -> Set {
    words.into_iter().collect()
}

fn by_word(names: BTreeMap<String, Vec<String>>) -> FxHashMap<String, String> {
    let each = names
        .into_iter()
        .flat_map(|(name, words)| words.into_iter().map(move |word| (word, name.clone())));
    each.collect()
}

/// What a condition asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    Os,
    Arch,
    Feature,
    /// The version of something.
    Version(String),
    /// Environment variables; with its name where the path says it.
    Env(Option<String>),
}

impl Vocabulary {
    /// The canonical name of an operating system.
    pub(super) fn os(&self, word: &str) -> Option<&str> {
        find(&self.os, word)
    }

    /// The canonical name of an architecture.
    pub(super) fn arch(&self, word: &str) -> Option<&str> {
        self.arch.get(word).map(String::as_str)
    }

    /// What a path asks for, by its whole or by its end.
    pub(super) fn subject(&self, path: &str) -> Option<Subject> {
        let lower = path.to_lowercase();
        for at in starts(&lower) {
            let end = &lower[at..];
            if let Some(name) = self.versions.get(end) {
                return Some(Subject::Version(name.clone()));
            }
            if self.subjects.os.contains(end) {
                return Some(Subject::Os);
            }
            if self.subjects.arch.contains(end) {
                return Some(Subject::Arch);
            }
            if self.subjects.feature.contains(end) {
                return Some(Subject::Feature);
            }
            if self.subjects.env.contains(end) {
                return Some(Subject::Env(None));
            }
            if let Some((head, _)) = end.rsplit_once('.')
                && self.subjects.env.contains(head)
            {
                // Lower case may have another length than what was written.
                let name = path.rsplit('.').next().unwrap_or(path);
                return Some(Subject::Env(Some(name.to_owned())));
            }
        }
        of_version(&lower).map(Subject::Version)
    }
}

/// `numpy.__version__`, `TORCH_VERSION`.
fn of_version(path: &str) -> Option<String> {
    let (head, last) = path.rsplit_once('.').unwrap_or(("", path));
    let rest = last
        .strip_suffix("version_info")
        .or_else(|| last.strip_suffix("version"));
    let rest = rest.or_else(|| last.strip_suffix("__version__"))?;
    let name = rest.trim_matches('_');
    let name = if name.is_empty() {
        head.rsplit('.').next()?
    } else {
        name
    };
    (!name.is_empty()).then(|| name.to_owned())
}

/// Where the parts of a path begin.
fn starts(path: &str) -> impl Iterator<Item = usize> + '_ {
    std::iter::once(0).chain(path.match_indices('.').map(|(at, _)| at + 1))
}

/// A word in a list, also with a number behind: `win10`, `mac10.15`, `linux2204_64`.
fn find<'a>(words: &'a FxHashMap<String, String>, word: &str) -> Option<&'a str> {
    let bare = word.trim_end_matches(|it: char| it.is_ascii_digit() || matches!(it, '.' | '_'));
    let name = words.get(word).or_else(|| words.get(bare));
    name.map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ships_can_be_read_and_no_word_means_two_things() {
        let file: File = toml::from_str(SOURCE).unwrap();
        let mut seen = Set::default();
        for word in file.os.values().chain(file.arch.values()).flatten() {
            assert!(seen.insert(word.clone()), "`{word}` is there twice");
            assert_eq!(word, &word.to_lowercase());
        }
    }

    #[test]
    fn a_subject_is_found_behind_any_prefix() {
        let subject = |path: &str| VOCABULARY.subject(path);
        assert_eq!(subject("compat.sys.platform"), Some(Subject::Os));
        assert_eq!(
            subject("process.env.CI"),
            Some(Subject::Env(Some("CI".into())))
        );
        assert_eq!(subject("std.env.var"), Some(Subject::Env(None)));
        assert_eq!(
            subject("np.__version__"),
            Some(Subject::Version("np".into()))
        );
        assert_eq!(subject("something.else"), None);
    }
}

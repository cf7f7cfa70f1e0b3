//! Which files were renamed between two states: what git would say of them.
//!
//! A file that is gone and one that is new are the same where their contents are, or at least
//! half of what stands in the larger one. The most alike find each other first. Git is not asked,
//! as it knows nothing of files on disk that nobody added yet.

use std::cmp::Reverse;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::same::Renamed;
use crate::language::{Content, Files};

/// As many files on each side are compared in pairs, as git has it.
const MOST: usize = 400;

/// Half of a file, in parts of a thousand.
const ENOUGH: usize = 500;

/// A file that only one of the states has.
type Only<'a> = (&'a Arc<str>, &'a Content);

/// What stands in a file: bytes of each of its lines, and of all.
struct Lines {
    lines: FxHashMap<Vec<u8>, usize>,
    size: usize,
}

/// The files that were renamed. `text` reads one, where it can be read.
pub(super) fn renamed(
    before: &Files,
    after: &Files,
    text: &mut dyn FnMut(&Content) -> Option<Vec<u8>>,
) -> Renamed {
    let mut gone: Vec<Only<'_>> = only(before, after);
    let mut new: Vec<Only<'_>> = only(after, before);
    let mut renamed = Renamed::default();
    // The same content; under the same name, where there are several of it.
    let names: [fn(&str, &str) -> bool; 2] = [|one, two| name(one) == name(two), |_, _| true];
    for alike in names {
        gone.retain(|(old, content)| {
            let mut places = new.iter();
            let at = places.position(|(path, it)| it.blob == content.blob && alike(old, path));
            let Some(at) = at else { return true };
            renamed.insert(Arc::clone(old), Arc::clone(new.remove(at).0));
            false
        });
    }
    if gone.is_empty() || new.is_empty() || gone.len().max(new.len()) > MOST {
        return renamed;
    }
    let mut read = |files: &[Only<'_>]| -> Vec<Option<Lines>> {
        let read = files
            .iter()
            .map(|(_, it)| text(it).map(|it| Lines::of(&it)));
        read.collect()
    };
    let (old_lines, new_lines) = (read(&gone), read(&new));
    let mut pairs = Vec::new();
    for (one, old) in old_lines.iter().enumerate() {
        for (two, new_lines) in new_lines.iter().enumerate() {
            let likeness = old
                .as_ref()
                .zip(new_lines.as_ref())
                .map(|(one, two)| one.likeness(two));
            let likeness = likeness.filter(|it| *it >= ENOUGH);
            let other_name = name(gone[one].0) != name(new[two].0);
            pairs.extend(likeness.map(|it| (Reverse(it), other_name, one, two)));
        }
    }
    pairs.sort_unstable();
    let (mut left_old, mut left_new) = (vec![true; gone.len()], vec![true; new.len()]);
    for (_, _, one, two) in pairs {
        if left_old[one] && left_new[two] {
            (left_old[one], left_new[two]) = (false, false);
            renamed.insert(Arc::clone(gone[one].0), Arc::clone(new[two].0));
        }
    }
    renamed
}

fn only<'a>(these: &'a Files, those: &Files) -> Vec<Only<'a>> {
    let only = these.iter().filter(|(path, _)| !those.contains_key(*path));
    only.collect()
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Lines {
    fn of(text: &[u8]) -> Self {
        let mut lines: FxHashMap<Vec<u8>, usize> = FxHashMap::default();
        for line in text.split_inclusive(|it| *it == b'\n') {
            let end = line.strip_suffix(b"\n").unwrap_or(line);
            // As git has it, the two ways to end a line are one.
            let end = end.strip_suffix(b"\r").unwrap_or(end);
            *lines.entry(end.to_owned()).or_default() += line.len();
        }
        Self {
            lines,
            size: text.len(),
        }
    }

    /// How much of the larger file stands in both, in parts of a thousand.
    fn likeness(&self, other: &Self) -> usize {
        let (small, large) = (self.size.min(other.size), self.size.max(other.size));
        if large == 0 || small * 1000 / large < ENOUGH {
            return 0;
        }
        let shared = self.lines.iter().filter_map(|(line, bytes)| {
            let there = other.lines.get(line)?;
            Some(*bytes.min(there))
        });
        shared.sum::<usize>() * 1000 / large
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Readers;

    fn told(before: &[(&str, &str)], after: &[(&str, &str)]) -> Vec<String> {
        let files = |all: &[(&str, &str)]| -> Files {
            let content = |text: &str| Content {
                blob: text.as_bytes().into(),
                readers: Readers::default(),
            };
            let all = all.iter();
            all.map(|(path, text)| (Arc::from(*path), content(text)))
                .collect()
        };
        let renamed = renamed(&files(before), &files(after), &mut |it| {
            Some(it.blob.to_vec())
        });
        let mut told: Vec<_> = renamed
            .iter()
            .map(|(old, new)| format!("{old} > {new}"))
            .collect();
        told.sort();
        told
    }

    #[test]
    fn a_file_of_the_same_content_is_the_same_and_the_one_of_the_same_name_first() {
        assert_eq!(
            told(&[("a/x", "1\n")], &[("b/y", "1\n"), ("c/x", "1\n")]),
            ["a/x > c/x"]
        );
        assert_eq!(
            told(&[("a/x", "1\n")], &[("a/x", "2\n"), ("c/x", "1\n")]),
            [""; 0]
        );
    }

    #[test]
    fn half_of_a_file_is_enough_and_the_most_alike_are_first() {
        let text = "one\ntwo\nsix\nten\n";
        assert_eq!(
            told(&[("a", text)], &[("b", "one\ntwo\n123\n456\n")]),
            ["a > b"]
        );
        assert_eq!(
            told(&[("a", text)], &[("b", "one\n012\n123\n456\n")]),
            [""; 0]
        );
        let after = [("b", "one\ntwo\n123\n456\n"), ("c", "one\ntwo\nsix\n456\n")];
        assert_eq!(told(&[("a", text)], &after), ["a > c"]);
        assert_eq!(
            told(&[("a", text), ("z", text)], &after),
            ["a > c", "z > b"]
        );
    }
}

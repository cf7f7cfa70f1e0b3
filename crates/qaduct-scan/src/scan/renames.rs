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

/// As many files on each side are compared in pairs. Of more, each is first looked for where its
/// folder may have gone.
const MOST: usize = 400;

/// As much of a path says where a file is: its name and so many folders above it.
const DEEP: usize = 4;

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
    if gone.is_empty() || new.is_empty() {
        return renamed;
    }
    if gone.len().max(new.len()) > MOST {
        follow_folders(&mut gone, &mut new, text, &mut renamed);
    }
    if gone.len().max(new.len()) > MOST {
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

/// Finds the files whose folders were moved or renamed: those of which the end of the path is
/// that of one other file alone.
fn follow_folders(
    gone: &mut Vec<Only<'_>>,
    new: &mut Vec<Only<'_>>,
    text: &mut dyn FnMut(&Content) -> Option<Vec<u8>>,
    renamed: &mut Renamed,
) {
    for depth in (1..=DEEP).rev() {
        let by_end = |files: &[Only<'_>]| {
            let mut found: FxHashMap<String, Option<usize>> = FxHashMap::default();
            for (at, (path, _)) in files.iter().enumerate() {
                let several = found.entry(end(path, depth).to_owned());
                several.and_modify(|it| *it = None).or_insert(Some(at));
            }
            found
        };
        let places = by_end(new);
        let mut pairs = Vec::new();
        for (end, one) in by_end(gone) {
            if let (Some(one), Some(&Some(two))) = (one, places.get(&end)) {
                pairs.push((one, two));
            }
        }
        pairs.retain(|&(one, two)| {
            let (one, two) = (text(gone[one].1), text(new[two].1));
            let likeness = |one: Vec<u8>, two: Vec<u8>| Lines::of(&one).likeness(&Lines::of(&two));
            one.zip(two)
                .is_some_and(|(one, two)| likeness(one, two) >= ENOUGH)
        });
        let (mut left_old, mut left_new) = (vec![true; gone.len()], vec![true; new.len()]);
        for (one, two) in pairs {
            (left_old[one], left_new[two]) = (false, false);
            renamed.insert(Arc::clone(gone[one].0), Arc::clone(new[two].0));
        }
        let (mut left_old, mut left_new) = (left_old.into_iter(), left_new.into_iter());
        gone.retain(|_| left_old.next().unwrap_or(true));
        new.retain(|_| left_new.next().unwrap_or(true));
    }
}

/// The name of a file and so many folders above it, less one.
fn end(path: &str, parts: usize) -> &str {
    let start = path.rmatch_indices('/').nth(parts - 1);
    start.map_or(path, |(at, _)| &path[at + 1..])
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

    #[test]
    fn a_folder_of_many_files_is_followed() {
        let text =
            |n: usize, head: &str| format!("{head}\nfile {n}\nand more of it\nand its end\n");
        let file = |folder: &str, n: usize| format!("{folder}/a{n}/test_x.py");
        let files = |folder: &str, head: &str| -> Vec<(String, String)> {
            (0..450).map(|n| (file(folder, n), text(n, head))).collect()
        };
        let (before, after) = (files("tests", "import a"), files("checks", "import b"));
        fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
            files
                .iter()
                .map(|(path, text)| (&**path, &**text))
                .collect()
        }
        let told = told(&borrowed(&before), &borrowed(&after));
        assert_eq!(told.len(), 450);
        assert!(told.contains(&format!("{} > {}", file("tests", 449), file("checks", 449))));
    }

    #[test]
    fn the_end_of_a_path_is_its_name_and_the_folders_above() {
        assert_eq!(
            [1, 2, 4].map(|it| end("a/b/c.py", it)),
            ["c.py", "b/c.py", "a/b/c.py"]
        );
    }
}

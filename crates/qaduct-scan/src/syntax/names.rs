//! The names that a file uses, as short as they can be kept: who uses a name that another
//! file lends is read a second time, and nobody else.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};

use super::facts::Facts;
use crate::language::{self, Commit, Content};

/// Hashes of the names that stand before a `(` or behind a `@` or `[`. Where functions are
/// members of classes, the name of one that is called on something has that in front; where
/// a name alone is a call (`bare`), the first words of lines are such names.
pub(super) fn called(source: &[u8], members: bool, bare: bool) -> Box<[u32]> {
    let is_word = |byte: &u8| WORD[usize::from(*byte)];
    let mut names = Names::default();
    for at in memchr::memchr3_iter(b'(', b'@', b'[', source) {
        let name = if source[at] == b'(' {
            let length = source[..at]
                .iter()
                .rev()
                .take_while(|it| is_word(it))
                .count();
            let start = at - length;
            match member(source, start).filter(|_| members) {
                Some(0) => continue,
                Some(owner) => &source[start - owner..at],
                None => &source[start..at],
            }
        } else {
            let rest = &source[at + 1..];
            // The last word of a path such as `@a.b.Name`.
            let path = rest
                .iter()
                .take_while(|it| is_word(it) || **it == b'.')
                .count();
            let path = &rest[..path];
            path.rsplit(|it| *it == b'.').next().unwrap_or_default()
        };
        if !name.is_empty() {
            names.add(name);
        }
    }
    if bare {
        let words = source.split(|it| *it == b'\n').map(|line| {
            let line = line.trim_ascii_start();
            &line[..line.iter().take_while(|it| is_word(it)).count()]
        });
        words.filter(|it| it.len() > 3).for_each(|it| names.add(it));
    }
    names.sorted()
}

/// The bytes that stand in words.
const WORD: [bool; 256] = {
    let mut word = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let it = byte as u8;
        word[byte] = it.is_ascii_alphanumeric() || it == b'_' || it >= 0x80;
        byte += 1;
    }
    word
};

/// Hashes of names; most of those that come again are not noted again.
struct Names {
    all: Vec<u32>,
    noted: [u32; 256],
}

impl Default for Names {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            noted: [0; 256],
        }
    }
}

impl Names {
    fn add(&mut self, name: &[u8]) {
        let it = hash(name);
        let noted = &mut self.noted[it as usize % 256];
        if *noted != it || it == 0 {
            *noted = it;
            self.all.push(it);
        }
    }

    fn sorted(mut self) -> Box<[u32]> {
        self.all.sort_unstable();
        self.all.dedup();
        self.all.into()
    }
}

/// The length of what a name is called on, with the dot: `Owner.`; 0 where that is no name.
fn member(source: &[u8], start: usize) -> Option<usize> {
    let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let before = source[..start].strip_suffix(b".")?;
    let length = before.iter().rev().take_while(is_word).count();
    match &before[before.len() - length..] {
        b"this" | b"super" | b"base" => None,
        b"" => Some(0),
        _ => Some(length + 1),
    }
}

/// What a name is known by.
pub(super) fn hash(name: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    name.hash(&mut hasher);
    (hasher.finish() >> 32) as u32
}

/// Adds the names that a file lends.
pub(super) fn lent(facts: &Facts, members: bool, names: &mut language::Names) {
    for it in &facts.lent {
        names.insert(hash(it.name.as_bytes()));
        let unit = &facts.units[it.sighting.unit.0 as usize];
        let owner = &facts.units[unit.parent.0 as usize].name;
        if members && !owner.is_empty() {
            names.insert(hash(format!("{owner}.{}", it.name).as_bytes()));
        }
    }
}

/// The files that use a name which a file of the commit lends.
pub(super) fn wanted(commit: &Commit<'_, Facts>, members: bool) -> Vec<Content> {
    let contents: FxHashSet<&Content> = commit.files.values().collect();
    let mut names = language::Names::default();
    for content in &contents {
        if let Some(facts) = (commit.facts)(content) {
            lent(&facts, members, &mut names);
        }
    }
    if names.is_empty() {
        return Vec::new();
    }
    let uses = |content: &&Content| {
        let facts = (commit.facts)(content);
        facts.is_some_and(|it| it.names.iter().any(|name| names.contains(name)))
    };
    let mut wanted: Vec<Content> = contents.into_iter().filter(uses).cloned().collect();
    wanted.sort_unstable();
    wanted
}

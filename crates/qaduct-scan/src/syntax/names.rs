//! The names that a file uses, as short as they can be kept: who uses a name that another
//! file lends is read a second time, and nobody else.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};

use super::facts::Facts;
use crate::language::{Commit, Content};

/// Hashes of the names that stand before a `(` or behind a `@` or `[`. Where functions are
/// members of classes, the name of one that is called on something has that in front; where
/// a name alone is a call (`bare`), the first words of lines are such names.
pub(super) fn called(source: &[u8], members: bool, bare: bool) -> Box<[u32]> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let mut names: Vec<u32> = Vec::new();
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
            names.push(hash(name));
        }
    }
    if bare {
        let words = source.split(|it| *it == b'\n').map(|line| {
            let line = line.trim_ascii_start();
            &line[..line.iter().take_while(|it| is_word(it)).count()]
        });
        names.extend(words.filter(|it| it.len() > 3).map(hash));
    }
    names.sort_unstable();
    names.dedup();
    names.into()
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

fn hash(name: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    name.hash(&mut hasher);
    (hasher.finish() >> 32) as u32
}

/// The files that use a name which a file of the commit lends.
pub(super) fn wanted(commit: &Commit<'_, Facts>, members: bool) -> Vec<Content> {
    let contents: FxHashSet<&Content> = commit.files.values().collect();
    let mut lent: FxHashSet<u32> = FxHashSet::default();
    for content in &contents {
        if let Some(facts) = (commit.facts)(content) {
            for it in &facts.lent {
                lent.insert(hash(it.name.as_bytes()));
                let unit = &facts.units[it.sighting.unit.0 as usize];
                let owner = &facts.units[unit.parent.0 as usize].name;
                if members && !owner.is_empty() {
                    lent.insert(hash(format!("{owner}.{}", it.name).as_bytes()));
                }
            }
        }
    }
    if lent.is_empty() {
        return Vec::new();
    }
    let uses = |content: &&Content| {
        let facts = (commit.facts)(content);
        facts.is_some_and(|it| it.names.iter().any(|name| lent.contains(name)))
    };
    let mut wanted: Vec<Content> = contents.into_iter().filter(uses).cloned().collect();
    wanted.sort_unstable();
    wanted
}

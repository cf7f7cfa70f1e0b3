//! Which mutes of two neighbouring commits are one and the same.
//!
//! A mute goes on through edits, another spelling, renames and moves. What is most alike finds
//! each other first; where not even its place tells, it must be the only one of its kind on both
//! sides.

use std::collections::VecDeque;
use std::sync::Arc;

use qaduct_records::Declaration;
use rustc_hash::FxHashMap;

use crate::language::RawMute;

/// Files that were renamed: the new path by the old one.
pub(super) type Renamed = FxHashMap<Arc<str>, Arc<str>>;

/// How the mutes of a commit and those of its parent belong together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pairs {
    /// For each mute of the commit the number of the same one in the parent.
    pub(super) older: Vec<Option<usize>>,
    /// Those of the parent that are gone with the commit.
    pub(super) ended: Vec<usize>,
}

/// A mute as it is compared.
#[derive(Clone, Copy)]
struct Seen<'a> {
    /// The path that its file has in the commit.
    path: &'a str,
    it: &'a Declaration,
    texts: &'a RawMute,
    tickets: Option<&'a str>,
}

/// What two mutes have in common.
type Key<'a> = Vec<Option<&'a str>>;

/// By what mutes are compared, and whether it must be the only one of its kind.
struct Stage {
    key: for<'a> fn(&Seen<'a>) -> Option<Key<'a>>,
    alone: bool,
}

const fn by(key: for<'a> fn(&Seen<'a>) -> Option<Key<'a>>) -> Stage {
    Stage { key, alone: false }
}

const fn if_alone(key: for<'a> fn(&Seen<'a>) -> Option<Key<'a>>) -> Stage {
    Stage { key, alone: true }
}

/// Nothing but lines differs: what most edits of a file leave of its mutes.
static SAME: Stage = by(|it| {
    let texts = it.texts.texts.iter().map(|(_, text)| Some(text.as_str()));
    let mut key = join([it.target(), it.form(), it.words()]);
    key.extend(texts);
    Some(key)
});

/// From the surest to the least sure.
static STAGES: &[Stage] = &[
    // The same test, edited: the form may be another, as an alias becomes a mark of its own.
    by(|it| Some(join([it.target(), it.form(), it.tickets()?]))),
    by(|it| Some(join([it.target(), it.form(), it.words()]))),
    by(|it| Some(join([it.target(), it.tickets()?]))),
    by(|it| Some(join([it.target(), it.form()]))),
    by(|it| Some(it.target())),
    // Another number of a parameter.
    by(|it| Some(join([it.place(), it.named()?, it.form(), it.words()]))),
    // The class was renamed.
    if_alone(|it| Some(join([it.file(), it.named()?, it.param(), it.tickets()?]))),
    if_alone(|it| Some(join([it.file(), it.named()?, it.param(), it.form()]))),
    if_alone(|it| Some(join([it.file(), it.inside()?, it.form(), it.tickets()?]))),
    if_alone(|it| Some(join([it.file(), it.inside()?, it.form(), it.reason()?]))),
    // The test was renamed.
    if_alone(|it| Some(join([it.place(), it.param(), it.form(), it.tickets()?]))),
    if_alone(|it| Some(join([it.place(), it.param(), it.form(), it.reason()?]))),
    // It was moved to another file, and perhaps to another class.
    if_alone(|it| Some(join([it.inner()?, it.param(), it.tickets()?]))),
    if_alone(|it| Some(join([it.inner()?, it.param(), it.form()]))),
    if_alone(|it| Some(join([it.named()?, it.param(), it.form(), it.tickets()?]))),
    if_alone(|it| Some(join([it.named()?, it.param(), it.form(), it.reason()?]))),
];

fn join<const N: usize>(parts: [Key<'_>; N]) -> Key<'_> {
    parts.concat()
}

impl<'a> Seen<'a> {
    fn file(&self) -> Key<'a> {
        vec![Some(self.path), Some(self.it.scope.as_str())]
    }

    fn place(&self) -> Key<'a> {
        join([self.file(), vec![Some(&self.it.container)]])
    }

    fn param(&self) -> Key<'a> {
        vec![self.it.param.as_deref()]
    }

    fn target(&self) -> Key<'a> {
        join([self.place(), vec![Some(&self.it.test)], self.param()])
    }

    /// The name of a test.
    fn named(&self) -> Option<Key<'a>> {
        let named = !self.it.test.is_empty();
        named.then(|| vec![Some(self.it.scope.as_str()), Some(self.it.test.as_str())])
    }

    /// A class as a whole.
    fn inside(&self) -> Option<Key<'a>> {
        let class = self.it.test.is_empty() && !self.it.container.is_empty();
        class.then(|| vec![self.it.param.as_deref()])
    }

    /// A test or a class by its name inside its file.
    fn inner(&self) -> Option<Key<'a>> {
        let parts = [&self.it.container, &self.it.test].map(String::as_str);
        let any = parts.iter().any(|it| !it.is_empty());
        any.then(|| {
            let [container, test] = parts.map(Some);
            vec![Some(self.it.scope.as_str()), container, test]
        })
    }

    fn form(&self) -> Key<'a> {
        vec![Some(&self.it.form)]
    }

    fn words(&self) -> Key<'a> {
        vec![self.it.reason.as_deref(), self.it.condition.as_deref()]
    }

    fn reason(&self) -> Option<Key<'a>> {
        self.it.reason.as_deref().map(|it| vec![Some(it)])
    }

    fn tickets(&self) -> Option<Key<'a>> {
        self.tickets.map(|it| vec![Some(it)])
    }
}

/// One of the two commits.
struct Side<'a> {
    mutes: &'a [RawMute],
    renamed: Option<&'a Renamed>,
    tickets: Vec<Option<String>>,
    left: Vec<usize>,
}

impl<'a> Side<'a> {
    fn of(mutes: &'a [RawMute], renamed: Option<&'a Renamed>) -> Self {
        Self {
            mutes,
            renamed,
            tickets: Vec::new(),
            left: (0..mutes.len()).collect(),
        }
    }

    fn seen(&self, number: usize) -> Seen<'_> {
        let texts = &self.mutes[number];
        let it = &texts.declaration;
        let renamed = self.renamed.and_then(|them| them.get(it.path.as_str()));
        Seen {
            path: renamed.map_or(it.path.as_str(), |it| it),
            it,
            texts,
            tickets: self.tickets.get(number).and_then(Option::as_deref),
        }
    }

    /// What is left, in order, by what it has in common with others.
    fn by_key(&self, stage: &Stage) -> FxHashMap<Key<'_>, VecDeque<usize>> {
        let mut found: FxHashMap<Key<'_>, VecDeque<usize>> = FxHashMap::default();
        for &number in &self.left {
            if let Some(key) = (stage.key)(&self.seen(number)) {
                found.entry(key).or_default().push_back(number);
            }
        }
        found
    }
}

/// Finds the pairs. `tickets` tells those of mutes, each joined to one text; it is only asked
/// where some are left that were edited.
pub(super) fn pairs(
    newer: &[RawMute],
    older: &[RawMute],
    renamed: &Renamed,
    tickets: &mut dyn FnMut(&[RawMute]) -> Vec<Option<String>>,
) -> Pairs {
    let mut new = Side::of(newer, None);
    let mut old = Side::of(older, Some(renamed));
    let mut pairs = vec![None; newer.len()];
    pair(&SAME, &mut new, &mut old, &mut pairs);
    if !new.left.is_empty() && !old.left.is_empty() {
        new.tickets = tickets(newer);
        old.tickets = tickets(older);
        for stage in STAGES {
            pair(stage, &mut new, &mut old, &mut pairs);
        }
    }
    Pairs {
        older: pairs,
        ended: old.left,
    }
}

fn pair(stage: &Stage, new: &mut Side<'_>, old: &mut Side<'_>, pairs: &mut [Option<usize>]) {
    if new.left.is_empty() || old.left.is_empty() {
        return;
    }
    let mut found = Vec::new();
    {
        let (of_new, mut of_old) = (new.by_key(stage), old.by_key(stage));
        for (key, newer) in of_new {
            let Some(older) = of_old.remove(&key) else {
                continue;
            };
            if !stage.alone || (newer.len() == 1 && older.len() == 1) {
                found.extend(newer.into_iter().zip(older));
            }
        }
    }
    let mut taken = vec![false; old.mutes.len()];
    for (newer, older) in found {
        pairs[newer] = Some(older);
        taken[older] = true;
    }
    new.left.retain(|&it| pairs[it].is_none());
    old.left.retain(|&it| !taken[it]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::tiny::blank_mute;

    fn mute(path: &str, container: &str, test: &str, form: &str, reason: &str) -> RawMute {
        let mut mute = blank_mute();
        let it = &mut mute.declaration;
        path.clone_into(&mut it.path);
        container.clone_into(&mut it.container);
        test.clone_into(&mut it.test);
        form.clone_into(&mut it.form);
        it.reason = (!reason.is_empty()).then(|| reason.to_owned());
        mute
    }

    /// The ticket is the first word of a reason that has a hyphen.
    fn tickets(mutes: &[RawMute]) -> Vec<Option<String>> {
        let ticket = |it: &RawMute| {
            let reason = it.declaration.reason.as_deref()?;
            let word = reason.split(' ').next().filter(|it| it.contains('-'))?;
            Some(word.to_owned())
        };
        mutes.iter().map(ticket).collect()
    }

    fn older(newer: &[RawMute], old: &[RawMute]) -> Vec<Option<usize>> {
        pairs(newer, old, &Renamed::default(), &mut tickets).older
    }

    #[test]
    fn a_mute_goes_on_when_its_words_its_ticket_or_its_spelling_change() {
        let old = [mute("a", "", "t", "skip", "A-1 flaky")];
        for new in [
            mute("a", "", "t", "skip", "A-1 very flaky"),
            mute("a", "", "t", "skip", "B-2 something else"),
            mute("a", "", "t", "xfail", "A-1 flaky"),
            mute("a", "", "t", "xfail", ""),
        ] {
            assert_eq!(older(&[new], &old), [Some(0)]);
        }
    }

    #[test]
    fn of_two_stacked_mutes_each_finds_its_own() {
        let old = [
            mute("a", "", "t", "xfail", "A-1 one"),
            mute("a", "", "t", "xfail", "A-2 two"),
        ];
        let new = [
            mute("a", "", "t", "flake", "A-2 two, now"),
            mute("a", "", "t", "flake", "A-1 one, now"),
        ];
        assert_eq!(older(&new, &old), [Some(1), Some(0)]);
        assert_eq!(older(&old[1..], &old), [Some(1)]);
        let pairs = pairs(&old[1..], &old, &Renamed::default(), &mut tickets);
        assert_eq!(pairs.ended, [0]);
    }

    #[test]
    fn a_mute_goes_on_under_another_path_class_or_name() {
        let old = [mute("a", "C", "t", "skip", "because")];
        for new in [
            mute("a", "D", "t", "skip", "because"),
            mute("a", "C", "u", "skip", "because"),
            mute("b", "C", "t", "skip", "for another reason"),
            mute("b", "D", "t", "skip", "because"),
        ] {
            assert_eq!(older(&[new], &old), [Some(0)]);
        }
        let renamed = [(Arc::from("a"), Arc::from("b"))].into_iter().collect();
        let new = [mute("b", "C", "t", "other", "whatever")];
        assert_eq!(pairs(&new, &old, &renamed, &mut tickets).older, [Some(0)]);
    }

    #[test]
    fn another_test_without_anything_in_common_is_another_mute() {
        let old = [mute("a", "C", "t", "skip", "")];
        assert_eq!(older(&[mute("a", "C", "u", "skip", "")], &old), [None]);
        assert_eq!(older(&[mute("b", "C", "u", "skip", "")], &old), [None]);
    }

    #[test]
    fn where_several_could_have_moved_none_has() {
        let old = [
            mute("a", "C", "t", "skip", "x"),
            mute("b", "C", "t", "skip", "x"),
        ];
        let new = [mute("c", "C", "t", "skip", "x")];
        assert_eq!(older(&new, &old), [None]);
    }
}

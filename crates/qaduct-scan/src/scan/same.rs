//! Which mutes of two states of a repository are one and the same: of a commit and its parent in
//! the history, of a work tree and where it comes from in a check.
//!
//! A mute goes on through edits and another spelling. What is most alike finds each other first.
//! It has moved, to another file or class or with its test to another name, only where three
//! things are true: it is the only one of its kind on both sides, its test is gone from the old
//! place, and there was none at the new one. Whoever takes a mark from one test and gives it to
//! another, which was there before, has muted a test.

mod unchanged;

use std::collections::VecDeque;
use std::sync::Arc;

use qaduct_records::Declaration;
use qaduct_records::scan::Found;
use rustc_hash::{FxHashMap, FxHashSet};

use self::unchanged::in_same_files;
use crate::language::RawMute;

/// Files that were renamed: the new path by the old one.
pub(crate) type Renamed = FxHashMap<Arc<str>, Arc<str>>;

/// A mute of either kind: as a language sees it, or with its tickets.
pub(crate) trait Mute: PartialEq {
    /// What is muted, how and why.
    fn declaration(&self) -> &Declaration;
    /// What tells apart those that are alike in all else.
    fn texts(&self) -> impl Iterator<Item = &str>;
}

impl Mute for RawMute {
    fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|(_, text)| text.as_str())
    }
}

impl Mute for Arc<Found> {
    fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.tickets.iter().map(|it| it.key.as_str())
    }
}

/// One of the two states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum When {
    /// The older one.
    Before,
    /// The newer one.
    After,
}

/// Whether a test is at a place, muted or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is.
    There,
    /// It is not.
    Absent,
    /// The file is a list of mutes, and tells nothing of tests that are not muted.
    Listed,
    /// Nobody can tell.
    Unknown,
}

/// Who knows of tests that are not muted. It is asked only about mutes that may have moved.
pub(crate) trait Places {
    /// Whether the test of a mute is in the file of this path in another state than its own.
    fn standing(&mut self, when: When, path: &str, mute: &Declaration) -> Standing;
}

/// How the mutes of two states belong together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pairs {
    /// For each mute of the newer state the number of the same one in the older.
    pub(crate) older: Vec<Option<usize>>,
    /// Those of the older one that are gone.
    pub(crate) ended: Vec<usize>,
}

/// A mute as it is compared.
#[derive(Clone, Copy)]
struct Seen<'a> {
    /// The path that its file has in the newer state.
    path: &'a str,
    it: &'a Declaration,
    tickets: Option<&'a str>,
    reason: Option<&'a str>,
}

/// What two mutes have in common.
type Key<'a> = Vec<Option<&'a str>>;

/// By what mutes are compared.
struct Stage {
    key: for<'a> fn(&Seen<'a>) -> Option<Key<'a>>,
    believed: Believed,
}

/// When two mutes that have something in common are the same one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Believed {
    /// Always: their place is the same. In order, where they are several.
    Here,
    /// Where each is the only one that has moved, with a test of the same name.
    Moved,
    /// Where each is the only one whose test has moved to another name.
    Renamed,
    /// Where the names of their tests are alike, and no other's is as much.
    Alike,
}

const fn by(key: for<'a> fn(&Seen<'a>) -> Option<Key<'a>>) -> Stage {
    let believed = Believed::Here;
    Stage { key, believed }
}

const fn if_(believed: Believed, key: for<'a> fn(&Seen<'a>) -> Option<Key<'a>>) -> Stage {
    Stage { key, believed }
}

/// Nothing but lines differs: what most edits of a file leave of its mutes.
fn same<'a>(it: &'a Declaration, path: &'a str, texts: impl Iterator<Item = &'a str>) -> Key<'a> {
    let mut key = vec![
        Some(path),
        Some(it.scope.as_str()),
        Some(it.container.as_str()),
    ];
    key.extend([
        Some(it.test.as_str()),
        it.param.as_deref(),
        Some(it.form.as_str()),
    ]);
    key.extend([it.reason.as_deref(), it.condition.as_deref()]);
    key.extend([it.since_text.as_deref(), it.until_text.as_deref()]);
    key.extend(texts.map(Some));
    key
}

/// From the surest to the least sure.
static STAGES: &[Stage] = &[
    // The same test, edited: the form may be another, as an alias becomes a mark of its own.
    by(|it| Some(join([it.target(), it.form(), it.tickets()?]))),
    by(|it| Some(join([it.target(), it.form(), it.words()]))),
    by(|it| Some(join([it.target(), it.tickets()?]))),
    by(|it| Some(join([it.target(), it.form()]))),
    by(|it| Some(it.target())),
    // Another number of a parameter.
    by(|it| {
        Some(join([
            it.place(),
            it.named()?,
            it.numbered()?,
            it.form(),
            it.words(),
        ]))
    }),
    // The class was renamed.
    if_(Believed::Moved, |it| {
        Some(join([it.file(), it.named()?, it.param(), it.tickets()?]))
    }),
    if_(Believed::Moved, |it| {
        Some(join([it.file(), it.named()?, it.param(), it.form()]))
    }),
    if_(Believed::Renamed, |it| {
        Some(join([it.file(), it.inside()?, it.form(), it.tickets()?]))
    }),
    if_(Believed::Renamed, |it| {
        Some(join([it.file(), it.inside()?, it.form(), it.reason()?]))
    }),
    if_(Believed::Alike, |it| {
        Some(join([it.file(), it.inside()?, it.form()]))
    }),
    // The test was renamed.
    if_(Believed::Renamed, |it| {
        Some(join([it.place(), it.param(), it.form(), it.tickets()?]))
    }),
    if_(Believed::Renamed, |it| {
        Some(join([it.place(), it.param(), it.form(), it.reason()?]))
    }),
    if_(Believed::Alike, |it| {
        Some(join([it.place(), it.test()?, it.param(), it.form()]))
    }),
    // Its parameter was.
    if_(Believed::Renamed, |it| {
        Some(join([it.place(), it.named()?, it.form(), it.words()]))
    }),
    // It was moved to another file, and perhaps to another class.
    if_(Believed::Moved, |it| {
        Some(join([it.inner()?, it.param(), it.tickets()?]))
    }),
    if_(Believed::Moved, |it| {
        Some(join([it.inner()?, it.param(), it.form()]))
    }),
    if_(Believed::Renamed, |it| {
        Some(join([it.named()?, it.param(), it.form(), it.tickets()?]))
    }),
    if_(Believed::Renamed, |it| {
        Some(join([it.named()?, it.param(), it.form(), it.reason()?]))
    }),
    // Another file and another name: a ticket and the same words.
    if_(Believed::Renamed, |it| {
        Some(join([
            it.scope(),
            it.test()?,
            it.param(),
            it.form(),
            it.tickets()?,
            it.words(),
        ]))
    }),
];

fn join<const N: usize>(parts: [Key<'_>; N]) -> Key<'_> {
    parts.concat()
}

impl<'a> Seen<'a> {
    fn scope(&self) -> Key<'a> {
        vec![Some(self.it.scope.as_str())]
    }

    fn file(&self) -> Key<'a> {
        join([vec![Some(self.path)], self.scope()])
    }

    fn place(&self) -> Key<'a> {
        join([self.file(), vec![Some(&self.it.container)]])
    }

    fn param(&self) -> Key<'a> {
        vec![self.it.param.as_deref()]
    }

    /// Whatever the number of a parameter; not one that has a name.
    fn numbered(&self) -> Option<Key<'a>> {
        (!has_name(self.it.param.as_deref())).then(Vec::new)
    }

    fn target(&self) -> Key<'a> {
        join([self.place(), vec![Some(&self.it.test)], self.param()])
    }

    /// Whatever the name of a test.
    fn test(&self) -> Option<Key<'a>> {
        (!self.it.test.is_empty()).then(Vec::new)
    }

    /// The name of a test.
    fn named(&self) -> Option<Key<'a>> {
        self.test()?;
        Some(join([self.scope(), vec![Some(self.it.test.as_str())]]))
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
        any.then(|| join([self.scope(), parts.map(Some).to_vec()]))
    }

    fn form(&self) -> Key<'a> {
        vec![Some(&self.it.form)]
    }

    fn words(&self) -> Key<'a> {
        vec![self.reason, self.it.condition.as_deref()]
    }

    fn reason(&self) -> Option<Key<'a>> {
        self.reason.map(|it| vec![Some(it)])
    }

    fn tickets(&self) -> Option<Key<'a>> {
        self.tickets.map(|it| vec![Some(it)])
    }

    /// The name that says most: that of the test, else that of its class.
    fn name(&self) -> &'a str {
        match self.it.test.as_str() {
            "" => self.it.container.rsplit("::").next().unwrap_or_default(),
            test => test,
        }
    }
}

/// Whether a parameter has a name, and not only a number.
pub(crate) fn has_name(param: Option<&str>) -> bool {
    param.is_some_and(|it| it.bytes().any(|it| !it.is_ascii_digit()))
}

/// The name of a test as it is while it runs, without what disables it: `DISABLED_` of `GoogleTest`,
/// and the name of a macro that stands for such a name on some platforms.
pub(super) fn running(name: &str) -> &str {
    let rest = name
        .strip_prefix("DISABLED_")
        .or_else(|| name.strip_prefix("MAYBE_"));
    rest.filter(|it| !it.is_empty()).unwrap_or(name)
}

/// How much the names of two tests are alike, from 0 to 1, apart from how all tests are called.
fn likeness(one: &str, other: &str) -> f64 {
    let own = |name: &str| {
        let name = running(name).to_lowercase();
        let own = name.strip_prefix("test").unwrap_or(&name);
        own.trim_matches(|it: char| !it.is_alphanumeric())
            .to_owned()
    };
    let (one, other) = (own(one), own(other));
    let (short, long) = match one.len() <= other.len() {
        true => (&one, &other),
        false => (&other, &one),
    };
    let likeness = strsim::normalized_damerau_levenshtein(&one, &other);
    // To a name more was added, and not a whole other one.
    let has_grown = !short.is_empty() && long.starts_with(short.as_str());
    match has_grown && long.len() <= short.len() * GROWN + A_WORD {
        true => likeness.max(LEAST_ALIKE),
        false => likeness,
    }
}

/// So many pairs of names are compared, of tests that stand in one place.
const MOST_PAIRS: usize = 100_000;

/// A name that has grown to more than so many times its length, and a word, is another.
const GROWN: usize = 4;
const A_WORD: usize = 8;

/// Names that are less alike are those of two tests.
const LEAST_ALIKE: f64 = 0.6;

/// One of the two states.
struct Side<'a, M> {
    mutes: &'a [M],
    renamed: Option<&'a Renamed>,
    tickets: Vec<Option<String>>,
    reasons: Vec<Option<String>>,
    left: Vec<usize>,
    /// Of those of which it was asked: where the test is in the other state.
    standing: FxHashMap<usize, Standing>,
}

impl<'a, M: Mute> Side<'a, M> {
    fn of(mutes: &'a [M], renamed: Option<&'a Renamed>) -> Self {
        Self {
            mutes,
            renamed,
            tickets: Vec::new(),
            reasons: Vec::new(),
            left: (0..mutes.len()).collect(),
            standing: FxHashMap::default(),
        }
    }

    fn path(&self, number: usize) -> &'a str {
        let path = self.mutes[number].declaration().path.as_str();
        let renamed = self.renamed.and_then(|them| them.get(path));
        renamed.map_or(path, |it| it)
    }

    fn seen(&self, number: usize) -> Seen<'_> {
        Seen {
            path: self.path(number),
            it: self.mutes[number].declaration(),
            tickets: self.tickets.get(number).and_then(Option::as_deref),
            reason: self.reasons.get(number).and_then(Option::as_deref),
        }
    }

    /// Where blanks stand in a reason is a matter of format.
    fn read_reasons(&mut self) {
        let reasons = self.mutes.iter().map(|it| it.declaration().reason.as_ref());
        let reasons = reasons.map(|it| it.map(|it| it.split_whitespace().collect::<String>()));
        self.reasons = reasons.map(|it| it.filter(|it| !it.is_empty())).collect();
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

/// Finds the pairs. `tickets` tells those of mutes, each joined to one text; it and `places` are
/// only asked where some are left that were edited.
pub(crate) fn pairs<M: Mute>(
    newer: &[M],
    older: &[M],
    renamed: &Renamed,
    tickets: &mut dyn FnMut(&[M]) -> Vec<Option<String>>,
    places: &mut dyn Places,
) -> Pairs {
    let mut both = Both {
        new: Side::of(newer, None),
        old: Side::of(older, Some(renamed)),
        pairs: vec![None; newer.len()],
        origins: renamed.iter().map(|(old, new)| (&**new, &**old)).collect(),
        places,
    };
    both.take(&in_same_files(newer, older, renamed));
    both.find_same();
    if !both.is_done() {
        both.new.tickets = tickets(newer);
        both.old.tickets = tickets(older);
        both.new.read_reasons();
        both.old.read_reasons();
        for stage in STAGES {
            both.find(stage);
        }
    }
    Pairs {
        older: both.pairs,
        ended: both.old.left,
    }
}

/// The two states, and what was found.
struct Both<'a, M> {
    new: Side<'a, M>,
    old: Side<'a, M>,
    pairs: Vec<Option<usize>>,
    /// Files that were renamed: the old path by the new one.
    origins: FxHashMap<&'a str, &'a str>,
    places: &'a mut dyn Places,
}

impl<M: Mute> Both<'_, M> {
    fn is_done(&self) -> bool {
        self.new.left.is_empty() || self.old.left.is_empty()
    }

    /// Those of which nothing but lines differs.
    fn find_same(&mut self) {
        if self.is_done() {
            return;
        }
        let mut of_old: FxHashMap<Key<'_>, VecDeque<usize>> = FxHashMap::default();
        for &at in &self.old.left {
            let mute = &self.old.mutes[at];
            let key = same(mute.declaration(), self.old.path(at), mute.texts());
            of_old.entry(key).or_default().push_back(at);
        }
        let mut found = Vec::new();
        for &at in &self.new.left {
            let mute = &self.new.mutes[at];
            let key = same(mute.declaration(), self.new.path(at), mute.texts());
            let older = of_old.get_mut(&key).and_then(VecDeque::pop_front);
            found.extend(older.map(|it| (at, it)));
        }
        drop(of_old);
        self.take(&found);
    }

    fn find(&mut self, stage: &Stage) {
        if self.is_done() {
            return;
        }
        let mut groups = Vec::new();
        {
            let (of_new, mut of_old) = (self.new.by_key(stage), self.old.by_key(stage));
            for (key, newer) in of_new {
                groups.extend(of_old.remove(&key).map(|older| (newer, older)));
            }
        }
        let mut found: Vec<(usize, usize)> = Vec::new();
        for (newer, older) in groups {
            if stage.believed == Believed::Here {
                found.extend(newer.into_iter().zip(older));
                continue;
            }
            let newer: Vec<usize> = newer.into_iter().filter(|it| self.came(*it)).collect();
            let older: Vec<usize> = older.into_iter().filter(|it| self.went(*it)).collect();
            match (stage.believed, newer.as_slice(), older.as_slice()) {
                (Believed::Alike, ..) => found.extend(self.alike(&newer, &older)),
                (believed, &[newer], &[older]) if self.may_be_one(believed, newer, older) => {
                    found.push((newer, older));
                }
                _ => {}
            }
        }
        self.take(&found);
    }

    /// Whether there was no test at the place of a newer mute.
    fn came(&mut self, number: usize) -> bool {
        let (mute, places) = (self.new.mutes[number].declaration(), &mut self.places);
        let path = self.origins.get(mute.path.as_str());
        let path = path.copied().unwrap_or(&mute.path);
        let standing = self.new.standing.entry(number);
        let ask = || places.standing(When::Before, path, mute);
        matches!(
            *standing.or_insert_with(ask),
            Standing::Absent | Standing::Listed
        )
    }

    /// Whether the test of an older mute is gone from its place.
    fn went(&mut self, number: usize) -> bool {
        let (mute, places) = (self.old.mutes[number].declaration(), &mut self.places);
        let path = self.old.path(number);
        let standing = self.old.standing.entry(number);
        let ask = || places.standing(When::After, path, mute);
        matches!(
            *standing.or_insert_with(ask),
            Standing::Absent | Standing::Listed
        )
    }

    /// What a list holds is the same test only under the same name.
    fn may_be_one(&self, believed: Believed, newer: usize, older: usize) -> bool {
        let is_listed = |of: &FxHashMap<usize, Standing>, it| of.get(it) == Some(&Standing::Listed);
        let listed = is_listed(&self.new.standing, &newer) || is_listed(&self.old.standing, &older);
        let (new, old) = (self.new.seen(newer), self.old.seen(older));
        !listed || (believed == Believed::Moved && new.inner() == old.inner())
    }

    /// Pairs of tests whose names are more alike than any other two. Of very many nobody could say.
    fn alike(&self, newer: &[usize], older: &[usize]) -> Vec<(usize, usize)> {
        if newer.len() * older.len() > MOST_PAIRS {
            return Vec::new();
        }
        let mut all = Vec::new();
        for &new in newer {
            for &old in older {
                let likeness = likeness(self.new.seen(new).name(), self.old.seen(old).name());
                if likeness >= LEAST_ALIKE && self.may_be_one(Believed::Alike, new, old) {
                    all.push((likeness, new, old));
                }
            }
        }
        all.sort_by(|one, other| other.0.total_cmp(&one.0));
        let mut found = Vec::new();
        // What was found, and what is as much like one as like another.
        let (mut new_done, mut old_done) = (FxHashSet::default(), FxHashSet::default());
        for equal in all.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
            let is_left =
                |it: &&(f64, usize, usize)| !new_done.contains(&it.1) && !old_done.contains(&it.2);
            let left: Vec<_> = equal.iter().filter(is_left).collect();
            let mut uses: [FxHashMap<usize, usize>; 2] = Default::default();
            for (_, new, old) in &left {
                *uses[0].entry(*new).or_default() += 1;
                *uses[1].entry(*old).or_default() += 1;
            }
            for &&(_, new, old) in &left {
                if uses[0][&new] == 1 && uses[1][&old] == 1 {
                    found.push((new, old));
                }
                new_done.insert(new);
                old_done.insert(old);
            }
        }
        found
    }

    fn take(&mut self, found: &[(usize, usize)]) {
        let mut taken = vec![false; self.old.mutes.len()];
        for &(newer, older) in found {
            self.pairs[newer] = Some(older);
            taken[older] = true;
        }
        self.new.left.retain(|&it| self.pairs[it].is_none());
        self.old.left.retain(|&it| !taken[it]);
    }
}

#[cfg(test)]
mod tests;

//! The way back from the newest commits, and what it tells.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use qaduct_records::history::{Beginning, KnownHistory, Run};
use qaduct_records::scan::Found;
use qaduct_records::{Declaration, MuteTicket};
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::blobs::Blobs;
use super::super::places::Versions;
use super::super::same::{Pairs, Renamed, When, pairs};
use super::authors::{Authors, Spot};
use super::state::{State, Undone};
use super::{Past, findings, sealed};
use crate::git::log::{Head, Which};
use crate::git::objects::{Answer, unhex};
use crate::language::{Content, Names, RawMute, Readers};
use crate::languages::Languages;
use crate::tickets::Tickets;
use crate::{Progress, Repository, ScanError, Stage};

/// Commits whose files are read together.
const TOGETHER: usize = 256;

/// Files of which more is kept than is in use.
const KEPT: usize = 4096;

/// A mute of a commit: the number of its language, and its place there.
type Place = (u8, usize);

/// A run whose beginning is still to be found.
#[derive(Debug, Clone)]
struct Open {
    found: Arc<Found>,
    ended: Option<Spot>,
    moved_from: Option<String>,
    /// Its group as far back as it was followed, where that is another.
    began_as: Option<String>,
}

impl Open {
    /// Notes that the mute had another name before a commit.
    fn was_called(&mut self, was: &RawMute, is: &RawMute) {
        let own = &self.found.declaration;
        let (old, new) = (name(was), name(is));
        if old != new {
            self.moved_from = (own.test_id != old).then_some(old);
        }
        let (old, new) = (was.declaration.group_id(), is.declaration.group_id());
        if old != new {
            self.began_as = (own.group_id() != old).then_some(old);
        }
    }
}

/// A run that was followed to its beginning.
#[derive(Debug)]
struct Traced {
    open: Open,
    began: Began,
}

#[derive(Debug)]
enum Began {
    At(Spot),
    Before,
    Stored(String),
}

/// The way back of one branch.
#[derive(Debug)]
pub(super) struct Line<'a> {
    number: usize,
    known: Option<&'a KnownHistory>,
    /// Further back than this is not asked for.
    since: Option<Timestamp>,
    open: FxHashMap<Place, Open>,
    traced: Vec<Traced>,
    extends: Option<String>,
    begins_at: Option<Timestamp>,
    /// Whether the others part from it, and not it from them.
    pub(super) is_default: bool,
    parted_at: Option<Timestamp>,
    /// The commit that it was at before.
    last: Option<Arc<Head>>,
}

/// What the way of one branch told.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) since: Option<Timestamp>,
    pub(super) runs: Vec<Run>,
    pub(super) extends: Option<String>,
    pub(super) begins_at: Option<Timestamp>,
    pub(super) parted_at: Option<Timestamp>,
}

impl<'a> Line<'a> {
    /// From a commit with these mutes.
    pub(super) fn new(
        number: usize,
        known: Option<&'a KnownHistory>,
        since: Option<Timestamp>,
        state: &State,
        found: Vec<Arc<Found>>,
    ) -> Self {
        let mut seen = FxHashSet::default();
        let open = places(state).zip(found).filter_map(|(place, found)| {
            // What is the same in all, its lines too, is one.
            let id = found.declaration.declaration_id.clone();
            let open = Open {
                found,
                ended: None,
                moved_from: None,
                began_as: None,
            };
            seen.insert(id).then_some((place, open))
        });
        Self {
            number,
            known,
            since,
            open: open.collect(),
            traced: Vec::new(),
            extends: None,
            begins_at: None,
            is_default: false,
            parted_at: None,
            last: None,
        }
    }

    /// All that is open began in this way.
    fn end(&mut self, began: impl Fn(Place, &Open) -> Began) {
        let open = std::mem::take(&mut self.open).into_iter();
        let traced = open.map(|(place, open)| Traced {
            began: began(place, &open),
            open,
        });
        self.traced.extend(traced);
    }
}

/// The places of all mutes, in the order of [`State::all_mutes`].
fn places(state: &State) -> impl Iterator<Item = Place> {
    let parts = (0..).zip(&state.parts);
    parts.flat_map(|(number, part)| (0..part.mutes.len()).map(move |at| (number, at)))
}

/// Branches that share their way from here on, and what there is.
struct Group<'a> {
    state: State,
    lines: Vec<Line<'a>>,
}

/// The way of all branches.
pub(super) struct Walk<'a> {
    languages: &'a Languages,
    /// Who reads a file of the past.
    reads: &'a dyn Fn(&str) -> Option<Readers>,
    repository: &'a Repository,
    blobs: Blobs<'a>,
    pub(super) tickets: Tickets<'a>,
    past: &'a Past,
    /// Which doubtful project keys count, by the number of the branch.
    learned: &'a [BTreeSet<String>],
    /// Which count wherever a branch does not matter.
    learned_by_any: BTreeSet<String>,
    /// By the commit at which they are.
    waiting: FxHashMap<Arc<str>, Vec<Group<'a>>>,
    done: Vec<Line<'a>>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        languages: &'a Languages,
        reads: &'a dyn Fn(&str) -> Option<Readers>,
        repository: &'a Repository,
        blobs: Blobs<'a>,
        tickets: Tickets<'a>,
        past: &'a Past,
        learned: &'a [BTreeSet<String>],
    ) -> Self {
        Self {
            languages,
            reads,
            repository,
            blobs,
            tickets,
            past,
            learned,
            learned_by_any: learned.iter().flatten().cloned().collect(),
            waiting: FxHashMap::default(),
            done: Vec::new(),
        }
    }

    /// A branch begins its way at a commit.
    pub(super) fn begin(&mut self, commit: Arc<str>, state: State, line: Line<'a>) {
        let lines = vec![line];
        self.arrive(commit, Group { state, lines });
    }

    /// Groups that hold the same go on as one.
    fn arrive(&mut self, commit: Arc<str>, group: Group<'a>) {
        let there = self.waiting.entry(commit).or_default();
        match there.iter_mut().find(|it| it.state == group.state) {
            Some(same) => same.lines.extend(group.lines),
            None => there.push(group),
        }
    }

    /// Goes all the way; what it told, by the number of the branch.
    pub(super) fn go(
        mut self,
        tips: &[Arc<str>],
        progress: &dyn Progress,
    ) -> Result<Vec<Told>, ScanError> {
        progress.begin(Stage::History, None);
        let mut log = self.repository.log(Which::Landings(tips))?;
        let mut together = Vec::with_capacity(TOGETHER);
        while !self.waiting.is_empty() {
            while together.len() < TOGETHER
                && let Some(step) = log.step()?
            {
                let changes = step.changes.into_iter();
                let changes = changes.filter_map(|it| Undone::of(it, self.reads));
                together.push((step.head, changes.collect::<Vec<_>>()));
            }
            if together.is_empty() {
                break;
            }
            let older = together.iter().flat_map(|(_, changes)| changes);
            let mut older: Vec<_> = older.filter_map(Undone::older).collect();
            // In a pack the versions of a file are deltas of each other.
            older.sort_by(|one, other| one.0.cmp(&other.0));
            let mut seen = FxHashSet::default();
            older.retain(|it| seen.insert(&it.1));
            let mut older: Vec<_> = older.into_iter().map(|it| it.1.clone()).collect();
            let lent = self.lent();
            self.blobs.read(&mut older, &lent)?;
            progress.advance(together.len() as u64);
            for (head, changes) in together.drain(..) {
                let mut groups = self.waiting.remove(&head.id).unwrap_or_default();
                part(&head, &mut groups);
                for group in groups {
                    self.pass(&head, &changes, group)?;
                }
            }
            let waiting = &self.waiting;
            self.blobs.forget(KEPT, || {
                let groups = waiting.values().flatten();
                groups.flat_map(|it| it.state.contents()).cloned().collect()
            });
        }
        drop(log);
        if let Some(commit) = self.waiting.keys().next() {
            return Err(ScanError::Git {
                doing: "read the history",
                repository: self.repository.name().to_owned(),
                reason: format!("it does not list {commit}"),
            });
        }
        self.told()
    }

    /// What files of any branch lend to others, by the number of the language.
    fn lent(&self) -> Vec<Names> {
        let mut lent = vec![Names::default(); usize::from(self.languages.count())];
        for group in self.waiting.values().flatten() {
            for (all, its) in lent.iter_mut().zip(group.state.lent()) {
                all.extend(its);
            }
        }
        lent
    }

    /// Takes branches over a commit.
    fn pass(
        &mut self,
        head: &Arc<Head>,
        changes: &[Undone],
        mut group: Group<'a>,
    ) -> Result<(), ScanError> {
        self.end_known(head, &mut group);
        let is_cut = self.is_cut(head)?;
        for line in &mut group.lines {
            if is_cut || line.since.is_some_and(|since| head.at < since) {
                line.begins_at = Some(head.at);
                line.end(|_, _| Began::Before);
            }
        }
        let Some(parent) = head.parents.first() else {
            let state = group.state;
            for mut line in group.lines {
                line.end(|place, _| Began::At(spot(head, mute_at(&state, place))));
                self.done.push(line);
            }
            return Ok(());
        };
        self.leave(&mut group);
        if group.lines.is_empty() {
            return Ok(());
        }
        let before: Vec<_> = group
            .state
            .parts
            .iter()
            .map(|it| Arc::clone(&it.mutes))
            .collect();
        let touched = group.state.undo(changes, self.languages, &mut self.blobs)?;
        for number in touched {
            let newer = &before[usize::from(number)];
            if *newer != group.state.parts[usize::from(number)].mutes {
                let Group { state, lines } = &mut group;
                self.compare(head, changes, number, newer, state, lines);
            }
        }
        self.arrive(Arc::clone(parent), group);
        Ok(())
    }

    /// Takes out the branches that have no more to find.
    fn leave(&mut self, group: &mut Group<'a>) {
        let over = |line: &Line<'_>| {
            line.extends.is_some()
                || line.begins_at.is_some()
                || self.past.current_only && line.open.is_empty()
        };
        let lines = std::mem::take(&mut group.lines);
        let (over, on): (Vec<_>, Vec<_>) = lines.into_iter().partition(over);
        self.done.extend(over);
        group.lines = on;
    }

    /// Ends the way of branches at the commit up to which it is stored, where what is there is
    /// what is stored.
    fn end_known(&mut self, head: &Head, group: &mut Group<'a>) {
        let is_known = |it: &Line<'_>| it.known.is_some_and(|it| *it.commit_id == *head.id);
        if !group.lines.iter().any(is_known) {
            return;
        }
        let mutes = group.state.all_mutes();
        self.tickets.read(&mutes);
        for line in &mut group.lines {
            let Some(known) = line.known.filter(|it| *it.commit_id == *head.id) else {
                continue;
            };
            let learned = &self.learned[line.number];
            let found = sealed(&mutes, self.repository.name(), &self.tickets, learned);
            let ids = found.iter().map(|it| &it.declaration.declaration_id);
            let ids: FxHashMap<Place, &String> = places(&group.state).zip(ids).collect();
            let open: BTreeSet<&String> = line.open.keys().map(|it| ids[it]).collect();
            if open.len() == line.open.len() && open.iter().copied().eq(&known.open) {
                line.end(|place, _| Began::Stored(ids[&place].clone()));
                line.extends = Some(head.id.to_string());
            }
        }
    }

    /// Whether the repository lacks the parents of a commit, as a shallow clone does.
    fn is_cut(&mut self, head: &Head) -> Result<bool, ScanError> {
        if !head.parents.is_empty() {
            return Ok(false);
        }
        let Some(id) = unhex(&head.id) else {
            return Ok(false);
        };
        let Answer::Found(commit) = self.blobs.objects().one(&id)? else {
            return Ok(false);
        };
        let mut head = commit
            .split(|&it| it == b'\n')
            .take_while(|it| !it.is_empty());
        Ok(head.any(|it| it.starts_with(b"parent ")))
    }

    /// Follows the runs of branches to the parent of a commit.
    fn compare(
        &mut self,
        head: &Arc<Head>,
        changes: &[Undone],
        number: u8,
        newer: &[RawMute],
        state: &State,
        lines: &mut [Line<'a>],
    ) {
        let older = &*state.parts[usize::from(number)].mutes;
        let renamed = changes.iter().filter_map(Undone::renamed);
        let renamed: Renamed = renamed
            .map(|(old, new)| (Arc::clone(old), Arc::clone(new)))
            .collect();
        let objects = self.blobs.objects();
        let mut text = |it: &Content| match objects.one(&it.blob) {
            Ok(Answer::Found(text)) => Some(text.to_vec()),
            _ => None,
        };
        let file = |when: When, path: &str| {
            let file = match when {
                When::Before => state.file(number, path),
                When::After => state.newer_file(number, path, changes),
            };
            file.cloned()
        };
        let mut places = Versions::new(self.languages, &file, &mut text);
        let (tickets, learned) = (&mut self.tickets, &self.learned_by_any);
        let mut tickets = |mutes: &[RawMute]| -> Vec<Option<String>> {
            tickets.read(mutes);
            let tickets = tickets.of_commit(mutes, learned).into_iter();
            tickets.map(|its| joined(&its)).collect()
        };
        let mut pairs = pairs(newer, older, &renamed, &mut tickets, &mut places);
        // A mark that begins to mute begins a run, and one that no longer does ends it.
        for (at, mute) in newer.iter().enumerate() {
            let was = pairs.older[at]
                .filter(|it| older[*it].declaration.effective != mute.declaration.effective);
            if let Some(was) = was {
                pairs.older[at] = None;
                pairs.ended.push(was);
            }
        }
        let ended = match self.past.current_only {
            true => Vec::new(),
            false => self.ended(head, &pairs, older),
        };
        for line in lines {
            let open = std::mem::take(&mut line.open);
            for (place, mut open) in open {
                if place.0 != number {
                    line.open.insert(place, open);
                    continue;
                }
                match pairs.older[place.1] {
                    Some(at) => {
                        let (was, is) = (&older[at], &newer[place.1]);
                        if called(was) != called(is) {
                            open.was_called(was, is);
                        }
                        line.open.insert((number, at), open);
                    }
                    None => line.traced.push(Traced {
                        began: Began::At(spot(head, &newer[place.1])),
                        open,
                    }),
                }
            }
            let ended = ended.iter().cloned();
            line.open
                .extend(ended.map(|(at, open)| ((number, at), open)));
        }
    }

    /// The runs that ended with a commit, by their place in its parent.
    fn ended(&mut self, head: &Arc<Head>, pairs: &Pairs, older: &[RawMute]) -> Vec<(usize, Open)> {
        if pairs.ended.is_empty() {
            return Vec::new();
        }
        let mut tickets = self.tickets_of(older);
        let open = |&at: &usize| {
            let its = std::mem::take(&mut tickets[at]);
            let found = findings::seal(self.repository.name(), &older[at], its);
            let open = Open {
                found: Arc::new(found),
                ended: Some(spot(head, &older[at])),
                moved_from: None,
                began_as: None,
            };
            (at, open)
        };
        pairs.ended.iter().map(open).collect()
    }

    fn tickets_of(&mut self, mutes: &[RawMute]) -> Vec<Vec<MuteTicket>> {
        self.tickets.read(mutes);
        self.tickets.of_commit(mutes, &self.learned_by_any)
    }

    /// What each branch was told, with the people behind the commits.
    fn told(mut self) -> Result<Vec<Told>, ScanError> {
        self.done.sort_by_key(|it| it.number);
        let traced = || self.done.iter().flat_map(|it| &it.traced);
        let spots = traced().flat_map(|it| {
            let began = match &it.began {
                Began::At(spot) => Some(spot),
                Began::Before | Began::Stored(_) => None,
            };
            began.into_iter().chain(&it.open.ended)
        });
        let authors = Authors::of(spots, self.repository)?;
        let run = |traced: Traced| Run {
            found: traced.open.found,
            began: match traced.began {
                Began::At(spot) => Beginning::Landed(authors.landing(&spot)),
                Began::Before => Beginning::Before,
                Began::Stored(id) => Beginning::Stored(id),
            },
            ended: traced.open.ended.map(|it| authors.landing(&it)),
            moved_from: traced.open.moved_from,
            began_as: traced.open.began_as,
        };
        let told = |line: Line<'_>| {
            let mut runs: Vec<Run> = line.traced.into_iter().map(run).collect();
            runs.sort_by(|one, two| order(one).cmp(&order(two)));
            Told {
                since: line.since,
                runs,
                extends: line.extends,
                begins_at: line.begins_at,
                parted_at: line.parted_at,
            }
        };
        Ok(self.done.into_iter().map(told).collect())
    }
}

/// Notes which branches part at a commit: all that did not come from the same commit as the
/// branch that counts for most.
fn part(head: &Arc<Head>, groups: &mut [Group<'_>]) {
    let lines = groups.iter().flat_map(|it| &it.lines);
    let trunk = lines.min_by_key(|it| (!it.is_default, it.parted_at.is_some(), it.number));
    let Some(trunk) = trunk.map(|it| it.last.clone()) else {
        return;
    };
    for line in groups.iter_mut().flat_map(|it| &mut it.lines) {
        if line.last != trunk && line.parted_at.is_none() {
            // A branch without a commit of its own is left by the other one.
            line.parted_at = line.last.as_ref().or(trunk.as_ref()).map(|it| it.at);
        }
        line.last = Some(Arc::clone(head));
    }
}

/// What is there first, and then what ended last.
fn order(run: &Run) -> impl Ord {
    let it = &run.found.declaration;
    let ended = run.ended.as_ref();
    (
        ended.is_some(),
        std::cmp::Reverse(ended.map(|it| it.at)),
        it.path.clone(),
        it.line_start,
        it.declaration_id.clone(),
    )
}

fn mute_at(state: &State, (number, at): Place) -> &RawMute {
    &state.parts[usize::from(number)].mutes[at]
}

fn spot(head: &Arc<Head>, mute: &RawMute) -> Spot {
    Spot {
        commit: Arc::clone(head),
        path: mute.declaration.path.as_str().into(),
    }
}

/// The test as its framework writes it; it is not sealed yet.
fn name(mute: &RawMute) -> String {
    let it = &mute.declaration;
    Declaration::node_id(&it.path, &it.container, &it.test, it.param.as_deref())
}

/// What its name and its group are made of.
fn called(mute: &RawMute) -> impl PartialEq + use<'_> {
    let it = &mute.declaration;
    let place = (&it.path, &it.container, &it.test, &it.param);
    (place, it.scope, &it.form)
}

fn joined(tickets: &[MuteTicket]) -> Option<String> {
    let keys: BTreeSet<&str> = tickets.iter().map(|it| it.key.as_str()).collect();
    let keys: Vec<&str> = keys.into_iter().collect();
    (!keys.is_empty()).then(|| keys.join(" "))
}

//! The outline of a file: the tests and suites in it, and what mutes them.
//!
//! A language walks its tree and tells this builder what it meets; the builder knows the
//! forms, the comments and where in the file the walk is, and makes [`Facts`] of it.

mod comments;
mod constants;
mod finish;
mod last;
mod lent;
mod lost;
mod modifiers;
mod text;
mod tree;
mod values;

use std::ops::Range;

use qaduct_records::Scope;
use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::Node;

use self::comments::Comment;
pub(crate) use self::tree::each;
use self::tree::{Survey, around, survey};
use super::facts::{Arg, Facts, Lent, Role, Seen, Sighting, Unit, UnitId};
use super::forms::{Forms, Usage, last_word};
use super::lexer::Lexicon;
use super::parameters::Param;
use super::source::{Source, last_line, line, one_line};
use crate::language::{Manner, Names};

/// Where the walk through a file stands.
pub(crate) struct Outline<'a> {
    /// The file.
    pub(crate) source: &'a Source<'a>,
    root: Node<'a>,
    /// The forms of its language.
    pub(crate) forms: &'a Forms,
    /// The manner in which it is read.
    pub(crate) manner: Manner,
    lexicon: &'a Lexicon,
    thorough: bool,
    /// Of which names a thorough reader wants to know; `None` for all.
    lent: Option<&'a Names>,
    facts: Facts,
    /// Last lines of the units.
    ends: Vec<u32>,
    here: UnitId,
    comments: Vec<Comment>,
    /// Tests and functions in which the parser did not understand something: they may end
    /// elsewhere.
    broken: FxHashSet<UnitId>,
    /// Places in them, and in tests whose class it may have lost: where the word stands, the unit
    /// that the parser gives, the first line.
    doubtful: FxHashMap<usize, (UnitId, u32)>,
    /// Functions that do more than to decide whether a test runs.
    unlent: FxHashSet<UnitId>,
    /// What functions take, by their names.
    takes: FxHashMap<UnitId, Box<[Box<str>]>>,
    /// Where words stand that have nothing around them, because the parser lost it.
    bare: FxHashSet<usize>,
    /// Whether the tree is of no use, and the lexer reads the file.
    lexed: bool,
    /// Whether the language reads the tokens itself, whatever the tree says.
    by_tokens: bool,
    /// Where the words stand of which something was made.
    taken: FxHashSet<usize>,
    /// The words of forms, and where the parser understood one.
    words: &'a FxHashSet<&'a str>,
    understood: FxHashSet<usize>,
    /// Texts that the lexer does not know.
    texts: Vec<Range<usize>>,
}

/// The condition under which a place is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guard {
    /// As written.
    pub(crate) text: String,
    /// First line of the statement that asks.
    pub(crate) line: u32,
}

/// A place that mutes, as a language meets it. What is not said follows from where it stands.
#[derive(Debug)]
pub(crate) struct Place<'t> {
    /// The declaration: annotation, call or option.
    pub(crate) node: Node<'t>,
    /// The word by which it is known.
    pub(crate) word: Node<'t>,
    /// The name of the form, as the forms have it.
    pub(crate) name: String,
    /// How the name is used.
    pub(crate) usage: Usage,
    /// What it mutes; where the walk is, if nothing is said.
    pub(crate) unit: Option<UnitId>,
    /// Its arguments.
    pub(crate) args: Vec<Arg>,
    /// The condition around it.
    pub(crate) guard: Option<Guard>,
}

impl<'t> Place<'t> {
    /// A place with nothing said of it but its name.
    pub(crate) fn new(
        usage: Usage,
        name: impl Into<String>,
        node: Node<'t>,
        word: Node<'t>,
    ) -> Self {
        Self {
            node,
            word,
            name: name.into(),
            usage,
            unit: None,
            args: Vec::new(),
            guard: None,
        }
    }

    /// With these arguments.
    pub(crate) fn args(self, args: Vec<Arg>) -> Self {
        Self { args, ..self }
    }

    /// Under this condition.
    pub(crate) fn guard(self, guard: Option<Guard>) -> Self {
        Self { guard, ..self }
    }

    /// Muting this unit.
    pub(crate) fn on(self, unit: UnitId) -> Self {
        Self {
            unit: Some(unit),
            ..self
        }
    }
}

impl<'a> Outline<'a> {
    pub(super) fn new(
        root: Node<'a>,
        source: &'a Source<'a>,
        forms: &'a Forms,
        lexicon: &'a Lexicon,
        manner: Manner,
        thorough: bool,
        words: &'a FxHashSet<&'a str>,
    ) -> Self {
        let Survey {
            comments,
            understood,
            texts,
        } = survey(root, source, words);
        let comments = comments.into_iter().map(|it| Comment::of(it, source));
        let file = Unit {
            role: Role::File,
            name: "".into(),
            dynamic: false,
            parent: UnitId::FILE,
            line: 1,
            params: None,
        };
        Self {
            source,
            root,
            forms,
            manner,
            lexicon,
            thorough,
            lent: None,
            facts: Facts {
                units: vec![file],
                ..Facts::default()
            },
            ends: vec![u32::MAX],
            here: UnitId::FILE,
            comments: comments.collect(),
            broken: FxHashSet::default(),
            doubtful: FxHashMap::default(),
            unlent: FxHashSet::default(),
            takes: FxHashMap::default(),
            bare: FxHashSet::default(),
            lexed: false,
            by_tokens: false,
            taken: FxHashSet::default(),
            words,
            understood,
            texts,
        }
    }

    /// The text of a node.
    pub(crate) fn text(&self, node: Node<'_>) -> &'a str {
        let source: &'a Source<'a> = self.source;
        source.of(node)
    }

    /// The nodes around a node, the innermost first.
    pub(crate) fn around<'n>(&'n self, node: Node<'n>) -> impl Iterator<Item = Node<'n>> {
        around(self.root, node).into_iter().rev()
    }

    /// Notes what the file imports, as the imports of forms are written.
    pub(crate) fn import(&mut self, path: &str) {
        self.facts.imports.push(path.into());
    }

    /// What the file imports, as far as the walk has come.
    pub(crate) fn imports(&self) -> &[Box<str>] {
        &self.facts.imports
    }

    /// Begins a unit where the walk is; `node` is all of it, with what is written above its name.
    pub(crate) fn open(&mut self, role: Role, name: &str, node: Node<'_>) -> UnitId {
        self.open_dynamic(role, name, false, node)
    }

    /// The same for a unit whose name may be known at run time only.
    pub(crate) fn open_dynamic(
        &mut self,
        role: Role,
        name: &str,
        dynamic: bool,
        node: Node<'_>,
    ) -> UnitId {
        let id = UnitId(u32::try_from(self.facts.units.len()).expect("no file has so many units"));
        self.facts.units.push(Unit {
            role,
            name: one_line(name).into(),
            dynamic,
            parent: self.here,
            line: line(node),
            params: None,
        });
        self.ends.push(last_line(node));
        if role != Role::Suite && node.has_error() {
            self.broken.insert(id);
        }
        id
    }

    /// Walks what stands in a unit.
    pub(crate) fn within<R>(&mut self, unit: UnitId, walk: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.here, unit);
        let result = walk(self);
        self.here = before;
        result
    }

    /// Notes what a suite is derived from.
    pub(crate) fn base(&mut self, suite: UnitId, name: &str) {
        self.facts.bases.push((suite, last_word(name).into()));
    }

    /// The names of all that suites are derived from, as far as the walk has come.
    pub(crate) fn bases(&self) -> impl Iterator<Item = &str> {
        self.facts.bases.iter().map(|(_, name)| &**name)
    }

    /// Goes on in another unit, for a walk that has no tree to go back in.
    pub(crate) fn go_to(&mut self, unit: UnitId) {
        self.here = unit;
    }

    /// The unit in which the walk is.
    pub(crate) fn here(&self) -> UnitId {
        self.here
    }

    /// What is known of a unit.
    pub(crate) fn unit(&self, unit: UnitId) -> &Unit {
        &self.facts.units[unit.0 as usize]
    }

    /// The units of this role and name.
    pub(crate) fn units_named(&self, role: Role, name: &str) -> impl Iterator<Item = UnitId> {
        let its = (0..).map(UnitId).zip(&self.facts.units);
        let its = its.filter(move |(_, it)| it.role == role && &*it.name == name);
        its.map(|(id, _)| id)
    }

    /// The names of all suites, as far as the walk has come.
    pub(crate) fn suites(&self) -> impl Iterator<Item = &str> {
        let suites = self.facts.units.iter().filter(|it| it.role == Role::Suite);
        suites.map(|it| &*it.name)
    }

    /// The unit of this name that begins on a line.
    pub(crate) fn unit_on(&self, line: u32, name: &str) -> Option<UnitId> {
        let mut its = (0..).map(UnitId).zip(&self.facts.units);
        let its = its.find(|(_, it)| it.line == line && &*it.name == name);
        its.map(|(id, _)| id)
    }

    /// Says that a unit is something else than it looked like at first.
    pub(crate) fn becomes(&mut self, unit: UnitId, role: Role) {
        self.facts.units[unit.0 as usize].role = role;
    }

    /// Says what a function takes.
    pub(crate) fn declares(&mut self, unit: UnitId, params: Vec<Param>) {
        self.facts.units[unit.0 as usize].params = Some(params.into());
    }

    /// Says that a function mutes nobody but who is in it: it does more than to decide that.
    pub(crate) fn keep(&mut self, unit: UnitId) {
        self.unlent.insert(unit);
    }

    /// Notes the names of what a function takes, in order, from the list of it.
    pub(crate) fn takes(&mut self, unit: UnitId, list: Option<Node<'_>>) {
        let mut names: Vec<Box<str>> = Vec::new();
        let Some(list) = list else { return };
        let mut cursor = list.walk();
        for it in list.named_children(&mut cursor).filter(|it| !it.is_extra()) {
            let before = names.len();
            let mut cursor = it.walk();
            let its = it.children_by_field_name("name", &mut cursor);
            names.extend(its.map(|it| Box::from(self.text(it))));
            if names.len() > before {
                continue;
            }
            let mut first = None;
            each(&mut it.walk(), |it| {
                if it.kind() == "identifier" {
                    first = first.or(Some(it));
                }
                first.is_none()
            });
            names.push(first.map_or("", |it| self.text(it)).into());
        }
        self.takes.insert(unit, names.into());
    }

    /// Whether the walk is in a unit of this role, however deep.
    pub(crate) fn is_in(&self, role: Role) -> bool {
        let mut around = self.around_unit(self.here);
        role == Role::File || around.any(|it| self.unit(it).role == role)
    }

    /// Walks the children of a node; safe however deep code is nested.
    pub(crate) fn children<'t>(
        &mut self,
        node: Node<'t>,
        mut walk: impl FnMut(&mut Self, Node<'t>),
    ) {
        // Most nodes are leaves.
        if node.child_count() == 0 {
            return;
        }
        stacker::maybe_grow(128 << 10, 4 << 20, || {
            let mut cursor = node.walk();
            for child in node.children(&mut cursor) {
                walk(self, child);
            }
        });
    }

    /// Notes a place that may mute; what it is called decides. Whether it does.
    pub(crate) fn place(&mut self, place: Place<'_>) -> bool {
        let form = self
            .forms
            .find(place.usage, &place.name, &self.facts.imports);
        let seen = match form {
            Some(form) if self.forms.form(form).guess => {
                let name = self.text(place.word);
                Seen::Guess(place.usage, last_word(name).into(), form)
            }
            Some(form) => Seen::Form(form),
            // Another file may say what the name means; that is asked in a second reading.
            None if self.asks(place.usage, &place.name) => {
                Seen::Name(place.usage, place.name.as_str().into())
            }
            None => return false,
        };
        let sighting = self.sighting(seen, place);
        self.facts.sightings.push(sighting);
        form.is_some()
    }

    /// Notes that a name mutes whoever uses it as this place would.
    pub(crate) fn lend(&mut self, name: &str, place: Place<'_>) -> bool {
        let form = self
            .forms
            .find(place.usage, &place.name, &self.facts.imports);
        let Some(form) = form else { return false };
        let sighting = self.sighting(Seen::Form(form), place);
        self.facts.lent.push(Lent {
            name: name.into(),
            sighting,
            takes: None,
        });
        true
    }

    /// The sighting of a place, for what is to be added to it.
    pub(crate) fn sighting(&mut self, seen: Seen, place: Place<'_>) -> Sighting {
        // What only another file knows is to the lexer as if it was not seen.
        if !matches!(seen, Seen::Name(..)) {
            self.taken.insert(place.word.start_byte());
        }
        let unit = place.unit.unwrap_or(self.here);
        let lines = (line(place.node), last_line(place.node));
        let mut above = self.above(lines.0);
        if above.is_empty()
            && let Some(guard) = &place.guard
        {
            above = self.above(guard.line);
        }
        // A form on a declaration may be the second of several things above its name.
        if above.is_empty() && place.usage != Usage::Call && place.usage != Usage::Throw {
            above = self.above(self.unit(unit).line);
        }
        let heuristic = matches!(place.usage, Usage::Call | Usage::Throw)
            && self.around_unit(unit).any(|it| self.broken.contains(&it));
        let its = self.unit(unit);
        let is_outside = its.parent == UnitId::FILE && its.role == Role::Test;
        if heuristic || is_outside && self.root.has_error() {
            let start = place.word.start_byte();
            self.doubtful.insert(start, (unit, lines.0));
        }
        let written = self.text(place.word);
        let known = match &seen {
            Seen::Form(form) => self.forms.form(*form).word().to_owned(),
            Seen::Guess(_, name, _) | Seen::Name(_, name) => last_word(name).to_owned(),
        };
        Sighting {
            seen,
            alias: (known != written && !known.is_empty() && place.usage == Usage::Call)
                .then(|| written.into()),
            unit,
            scope: None,
            param: None,
            lines,
            args: place.args,
            guard: place.guard.map(|it| one_line(&it.text).into()),
            ineffective: None,
            above: above.into(),
            trailing: self.trailing(lines).into(),
            heuristic,
        }
    }

    /// A unit and those around it.
    fn around_unit(&self, unit: UnitId) -> impl Iterator<Item = UnitId> {
        let around = std::iter::successors(Some(unit), |it| Some(self.unit(*it).parent));
        around.take_while(|it| *it != UnitId::FILE)
    }

    /// Says that the word at a place of the text was read, whatever was made of it.
    pub(crate) fn take(&mut self, start: usize) {
        self.taken.insert(start);
    }

    /// Whether a form of this name is one of the file.
    pub(crate) fn knows(&self, usage: Usage, name: &str) -> bool {
        let form = self.forms.find(usage, name, &self.facts.imports);
        form.is_some()
    }

    /// How many places there are so far.
    pub(crate) fn count(&self) -> usize {
        self.facts.sightings.len()
    }

    /// Says of the places from this one on that they mute some of what they stand beside: where
    /// this holds.
    pub(crate) fn only_where(&mut self, from: usize, condition: &str) {
        for it in self.facts.sightings.iter_mut().skip(from) {
            it.scope = Some(Scope::Hook);
            it.guard = Some(match it.guard.take() {
                Some(guard) => format!("{condition} and {guard}").into(),
                None => condition.into(),
            });
        }
    }

    /// Says that a word stands in no class and no function, though there must be one.
    pub(crate) fn is_bare(&mut self, word: Node<'_>) {
        self.bare.insert(word.start_byte());
    }

    /// Says that the tree of this language tells nothing: the lexer reads the file.
    pub(crate) fn leave_to_lexer(&mut self) {
        self.lexed = true;
    }

    /// Says that the language reads the tokens of the file: errors in the tree are none of its.
    pub(crate) fn reads_tokens(&mut self) {
        self.by_tokens = true;
    }

    /// Says that a word was looked at, whatever came of it.
    pub(crate) fn looked_at(&mut self, word: Node<'_>) {
        self.taken.insert(word.start_byte());
    }

    /// Adds a sighting that a language made itself.
    pub(crate) fn add(&mut self, sighting: Sighting) {
        self.facts.sightings.push(sighting);
    }

    /// Whether a place is in a text that the parser knows and the lexer does not.
    fn is_in_text(&self, at: usize) -> bool {
        let before = self.texts.partition_point(|it| it.start <= at);
        self.texts[..before]
            .last()
            .is_some_and(|it| it.contains(&at))
    }
}

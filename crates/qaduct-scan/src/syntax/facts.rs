//! What the first pass keeps of a source file: its tests, and what mutes them.
//!
//! Knows neither path nor commit, so that files with the same content share it.

use std::borrow::Cow;

use qaduct_records::Scope;

use super::forms::{FormId, Usage};
use super::parameters::Param;

/// What is kept of a file.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// Suites, tests and functions in order of their first line; [`UnitId::FILE`] is the file.
    pub(crate) units: Vec<Unit>,
    /// What mutes, or may mute if another file says so.
    pub(crate) sightings: Vec<Sighting>,
    /// What this file lends to those who call it by name.
    pub(crate) lent: Vec<Lent>,
    /// What suites are derived from: the suite, and the name of its base.
    pub(crate) bases: Vec<(UnitId, Box<str>)>,
    /// What the file imports, as written.
    pub(crate) imports: Vec<Box<str>>,
    /// Hashes of the names that the file calls or uses as annotations, sorted; empty where
    /// the file was read thoroughly, without those that were looked for where it was read for them.
    pub(crate) names: Box<[u32]>,
    /// Line of the first syntax error.
    pub(crate) error: Option<u32>,
    /// Words of forms that the lexer sees in the code.
    pub(crate) lexed: u32,
    /// Of these, words that the parser saw too.
    pub(crate) parsed: u32,
    /// Machine-made text in one line, which is not read.
    pub(crate) minified: bool,
}

impl Facts {
    /// Whether the file holds a mute or lends one, or is a description by which others are judged.
    pub(super) fn takes_part(&self) -> bool {
        let describes = self.units.is_empty() && !self.imports.is_empty();
        !self.sightings.is_empty() || !self.lent.is_empty() || describes
    }

    /// What is kept of a file that was not parsed: the names that it uses.
    pub(super) fn pack(&self) -> Option<Vec<u8>> {
        let Self {
            units,
            sightings,
            lent,
            bases,
            imports,
            names,
            error: None,
            lexed: 0,
            parsed: 0,
            minified: false,
        } = self
        else {
            return None;
        };
        let is_bare = units.is_empty()
            && sightings.is_empty()
            && lent.is_empty()
            && bases.is_empty()
            && imports.is_empty();
        is_bare.then(|| names.iter().flat_map(|it| it.to_le_bytes()).collect())
    }

    /// The same from its bytes.
    pub(super) fn unpack(bytes: &[u8]) -> Option<Self> {
        let (names, rest) = bytes.as_chunks::<4>();
        rest.is_empty().then(|| Self {
            names: names.iter().map(|it| u32::from_le_bytes(*it)).collect(),
            ..Self::default()
        })
    }
}

/// Number of a unit in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct UnitId(pub(super) u32);

impl UnitId {
    /// The file itself.
    pub(crate) const FILE: Self = Self(0);

    /// Its place among the units.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The file.
    File,
    /// A class, suite or group: what stands in it belongs to it.
    Suite,
    /// A test.
    Test,
    /// What runs before or after each test of its suite: it mutes them all.
    Setup,
    /// A function that is no test; whoever calls it is muted by it.
    Function,
    /// The definition of an annotation; whatever bears it is muted by what it bears itself.
    Annotation,
}

/// A suite, a test or a function.
#[derive(Debug)]
pub(crate) struct Unit {
    /// What it is.
    pub(crate) role: Role,
    /// Its name or title; empty for the file.
    pub(crate) name: Box<str>,
    /// Whether its name is only known at run time; `name` is the expression then.
    pub(crate) dynamic: bool,
    /// What it stands in.
    pub(crate) parent: UnitId,
    /// First line, counted from 1.
    pub(crate) line: u32,
    /// What it takes, where the language tells.
    pub(crate) params: Option<Box<[Param]>>,
}

/// What a sighting saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A form, by its own name.
    Form(FormId),
    /// A name with what stands before it, used so, that means something only if a file of the
    /// commit lends it.
    Name(Usage, Box<str>),
    /// The same for a name that is taken for a form where no file of the commit lends it.
    Guess(Usage, Box<str>, FormId),
}

/// A place that mutes.
#[derive(Debug, Clone)]
pub(crate) struct Sighting {
    /// What was seen there.
    pub(crate) seen: Seen,
    /// The name as written, where that is not the name of the form.
    pub(crate) alias: Option<Box<str>>,
    /// What it mutes.
    pub(crate) unit: UnitId,
    /// Scope, where it is not that of the unit.
    pub(crate) scope: Option<Scope>,
    /// The one case of a test that it mutes.
    pub(crate) param: Option<Box<str>>,
    /// First and last line of the declaration, counted from 1.
    pub(crate) lines: (u32, u32),
    /// Its arguments.
    pub(crate) args: Vec<Arg>,
    /// The condition under which the code gets there.
    pub(crate) guard: Option<Box<str>>,
    /// Why it mutes nothing, where the file alone tells.
    pub(crate) ineffective: Option<Box<str>>,
    /// Comments directly above.
    pub(crate) above: Box<str>,
    /// Comments at the end of its lines.
    pub(crate) trailing: Box<str>,
    /// Whether it was recognised by its look alone.
    pub(crate) heuristic: bool,
}

/// An argument of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arg {
    /// Its name; empty where it has none.
    pub(crate) name: Box<str>,
    /// Its value.
    pub(crate) value: ArgValue,
}

/// The value of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ArgValue {
    /// A text without the signs around it; parts that are computed stand in it as written.
    Text(Box<str>),
    /// Anything else, as written.
    Code(Box<str>),
}

impl ArgValue {
    /// Whether it is a text.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// The text or code.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Text(it) | Self::Code(it) => it,
        }
    }

    /// As it stands in code: a text in quotes.
    pub(crate) fn code(&self) -> Cow<'_, str> {
        match self {
            Self::Text(it) => format!("\"{it}\"").into(),
            Self::Code(it) => (&**it).into(),
        }
    }
}

/// A name that mutes whoever uses it: a function that skips, an annotation that bears one.
#[derive(Debug, Clone)]
pub(crate) struct Lent {
    /// The name by which it is used.
    pub(crate) name: Box<str>,
    /// What it does.
    pub(crate) sighting: Sighting,
    /// Names of what it takes, in order; `None` where that is not known.
    pub(crate) takes: Option<Box<[Box<str>]>>,
}

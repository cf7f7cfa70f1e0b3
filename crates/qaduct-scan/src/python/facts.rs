//! What the first pass keeps of a file, for the second pass to put together.
//!
//! Independent of the path of the file, and small: most files keep no more
//! than their imports. Names of other modules stay names here; they are looked
//! up once all files of a commit are known.

use qaduct_records::Kind;

use super::settings::Settings;
use super::text::offset;
use crate::marks::FormId;

/// What was read of a blob.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// The names that imports bind.
    pub(super) imports: Imports,
    /// What the file holds, where it was parsed.
    pub(super) module: Option<Box<Module>>,
    /// The settings of pytest that it holds, were it a configuration file.
    pub(super) settings: Option<Box<Settings>>,
    /// What could not be read.
    pub(super) trouble: Option<Box<Trouble>>,
    /// Whether it defines a subclass of something that is called a test case.
    pub(super) test_case: bool,
}

impl Facts {
    /// Whether neither of the two holds more than imports, and both the same ones.
    pub(super) fn is_bare_as(&self, other: &Self) -> bool {
        let bare = |it: &Self| it.module.is_none() && it.settings.is_none() && it.trouble.is_none();
        bare(self)
            && bare(other)
            && self.test_case == other.test_case
            && self.imports == other.imports
    }
}

impl Facts {
    /// What is kept of a file that was not parsed: what it imports.
    pub(super) fn pack(&self) -> Option<Vec<u8>> {
        let Self {
            imports,
            module: None,
            settings: None,
            trouble: None,
            test_case,
        } = self
        else {
            return None;
        };
        let mut packed = vec![u8::from(*test_case)];
        packed.extend(u32::try_from(imports.ends.len()).ok()?.to_le_bytes());
        for (middle, end) in &imports.ends {
            packed.extend(middle.to_le_bytes());
            packed.extend(end.to_le_bytes());
        }
        packed.extend(imports.text.as_bytes());
        Some(packed)
    }

    /// The same from its bytes.
    pub(super) fn unpack(bytes: &[u8]) -> Option<Self> {
        let (test_case, bytes) = bytes.split_first()?;
        let (count, bytes) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*count))
            .ok()?
            .checked_mul(8)?;
        let (ends, text) = bytes.split_at_checked(length)?;
        let text = str::from_utf8(text).ok()?;
        let number = |bytes: [u8; 4]| u32::from_le_bytes(bytes);
        let ends = ends.as_chunks::<8>().0.iter();
        let ends =
            ends.map(|&[a, b, c, d, e, f, g, h]| (number([a, b, c, d]), number([e, f, g, h])));
        let ends: Box<[(u32, u32)]> = ends.collect();
        let mut start = 0;
        for (middle, end) in &ends {
            text.get(start..*middle as usize)?;
            text.get(*middle as usize..*end as usize)?;
            start = *end as usize;
        }
        Some(Self {
            imports: Imports {
                text: text.into(),
                ends,
            },
            test_case: *test_case != 0,
            ..Self::default()
        })
    }
}

/// Something about a file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) kind: &'static str,
    pub(super) line: u32,
    pub(super) message: String,
}

impl Trouble {
    pub(super) fn encoding(line: u32, message: String) -> Self {
        Self {
            kind: "encoding",
            line,
            message,
        }
    }
}

/// Names that imports bind, in one text: bound name and path in turns. A path
/// is dotted, with leading dots where it is relative; `*` binds all of a module.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Imports {
    text: Box<str>,
    /// Where each name and each path ends.
    ends: Box<[(u32, u32)]>,
}

impl Imports {
    pub(super) fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut text = String::new();
        let mut ends = Vec::new();
        for (bound, path) in pairs {
            text.push_str(&bound);
            let middle = offset(text.len());
            text.push_str(&path);
            ends.push((middle, offset(text.len())));
        }
        Self {
            text: text.into(),
            ends: ends.into(),
        }
    }

    /// Bound name and path of each import.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |&(middle, end)| {
            let pair = (
                &self.text[start..middle as usize],
                &self.text[middle as usize..end as usize],
            );
            start = end as usize;
            pair
        })
    }

    /// The path that a name is bound to.
    pub(super) fn find<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.iter()
            .filter(move |(bound, _)| *bound == name)
            .map(|(_, path)| path)
    }
}

/// A file that was parsed.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// Whether the parser found errors.
    pub(super) partly: bool,
    pub(super) classes: Vec<Class>,
    pub(super) sightings: Vec<Sighting>,
    /// What other files may use of this one, in order of name.
    pub(super) exports: Vec<(Box<str>, Export)>,
}

impl Module {
    pub(super) fn export(&self, name: &str) -> Option<&Export> {
        let at = self
            .exports
            .binary_search_by(|(known, _)| (**known).cmp(name))
            .ok()?;
        Some(&self.exports[at].1)
    }
}

/// A class: whether a framework collects it depends on these.
#[derive(Debug, Clone)]
pub(super) struct Class {
    /// Its name with the classes around it, joined by `::`.
    pub(super) path: Box<str>,
    pub(super) bases: Box<[Base]>,
    /// Whether it has an `__init__` or `__new__`: pytest then leaves it alone.
    pub(super) init: bool,
    /// What `__test__` says.
    pub(super) test: Option<bool>,
}

/// A base of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Base {
    /// A class of the same file.
    Local(Box<str>),
    /// A class of another file.
    Imported(Box<str>),
    /// An expression that only a run can tell.
    Unknown,
}

/// What a file lends to others.
#[derive(Debug)]
pub(super) enum Export {
    /// A mark, or one of several.
    Marks(Vec<Mark>),
    /// A function that makes a mark, or mutes whoever calls it.
    Wrapper(Wrapper),
    /// A list of parameters, some of them muted.
    Cases(Vec<Sighting>),
    /// A text.
    Text(Text),
    /// Another name of something else.
    Path(Box<str>),
}

/// A function that mutes on behalf of others.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Wrapper {
    /// Names of its parameters with the texts of their defaults.
    pub(super) params: Vec<(Box<str>, Option<Text>)>,
    /// What it does as a decorator.
    pub(super) decorates: Vec<Mark>,
    /// What it does when a test calls it.
    pub(super) calls: Vec<Mark>,
}

/// A use of something that mutes, wherever it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    pub(super) target: Target,
    pub(super) args: Vec<Arg>,
    /// The condition under which it is this and not something else.
    pub(super) guard: Option<Guard>,
    /// How sure we are that it is this.
    pub(super) followed: bool,
    /// Whether somebody wrote it down as a rule of thumb only.
    pub(super) guessed: bool,
}

/// What a use names.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    /// A form that is known.
    Form(FormId),
    /// Something of another file: a dotted path as in [`Imports`].
    Named(Box<str>),
}

/// An argument.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arg {
    /// Its name; `*` and `**` for arguments that are unpacked; none for a position.
    pub(super) name: Option<Box<str>>,
    /// As written.
    pub(super) source: Box<str>,
    /// How tightly it binds.
    pub(super) binds: Binds,
    pub(super) value: Value,
    /// What it says, read as a text.
    pub(super) text: Text,
}

/// The value of an argument, as far as we care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    True,
    False,
    None,
    Text,
    Other,
}

/// A text that may hold parts that only another file knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text(pub(super) Vec<Piece>);

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Words(String),
    /// A constant of another file, and how it is written here.
    Constant {
        path: String,
        written: String,
    },
    /// A parameter of the function around it, and how it is written.
    Param {
        name: String,
        written: String,
    },
}

impl Text {
    pub(super) fn words(words: impl Into<String>) -> Self {
        Self(vec![Piece::Words(words.into())])
    }

    /// The text, with what `known` knows of the constants of other files.
    pub(super) fn render(&self, known: &dyn Fn(&str) -> Option<String>) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Constant { path, written } => {
                    text.push_str(&known(path).unwrap_or_else(|| written.clone()));
                }
                Piece::Param { written, .. } => text.push_str(written),
            }
        }
        text
    }

    /// The text where nothing of it is left to others.
    pub(super) fn plain(&self) -> Option<String> {
        let whole = self.0.iter().all(|piece| matches!(piece, Piece::Words(_)));
        whole.then(|| self.render(&|_| None))
    }
}

/// A condition as written, and how tightly it binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guard {
    pub(super) text: Box<str>,
    /// What it binds like.
    pub(super) binds: Binds,
    /// Its value where that is written out.
    pub(super) always: Option<bool>,
}

/// How tightly a condition binds: what it can stand in without parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binds {
    /// A conditional expression, a lambda, an assignment.
    Loose,
    Or,
    And,
    Not,
    /// A comparison.
    Compare,
    /// Anything else.
    Tight,
}

impl Guard {
    pub(super) fn new(text: impl Into<Box<str>>, binds: Binds) -> Self {
        Self {
            text: text.into(),
            binds,
            always: None,
        }
    }

    fn within(&self, binds: Binds) -> String {
        if self.binds < binds {
            format!("({})", self.text)
        } else {
            self.text.to_string()
        }
    }

    /// Both of them.
    pub(super) fn and(first: Option<Self>, second: Option<Self>) -> Option<Self> {
        match (first, second) {
            (Some(one), Some(two)) if one.text == two.text => Some(one),
            (Some(one), Some(two)) => {
                let text = format!("{} and {}", one.within(Binds::And), two.within(Binds::And));
                let always = match (one.always, two.always) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), other) | (other, Some(true)) => other,
                    _ => None,
                };
                Some(Self {
                    text: text.into(),
                    binds: Binds::And,
                    always,
                })
            }
            (one, two) => one.or(two),
        }
    }

    /// Either of them.
    pub(super) fn or(first: Self, second: &Self) -> Self {
        let text = format!(
            "{} or {}",
            first.within(Binds::Or),
            second.within(Binds::Or)
        );
        let always = match (first.always, second.always) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), other) | (other, Some(false)) => other,
            _ => None,
        };
        Self {
            text: text.into(),
            binds: Binds::Or,
            always,
        }
    }

    /// The opposite.
    pub(super) fn negate(&self) -> Self {
        let always = self.always.map(|value| !value);
        if self.binds == Binds::Not
            && let Some(text) = self.text.strip_prefix("not ")
        {
            let text = text.trim_start();
            let inner = text
                .strip_prefix('(')
                .and_then(|inner| inner.strip_suffix(')'));
            // Only parentheses that belong together may go: `(a) == (b)` keeps its own.
            let (text, binds) = match inner.filter(|inner| !inner.contains(['(', ')'])) {
                Some(inner) => (inner, Binds::Loose),
                None => (text, Binds::Not),
            };
            return Self {
                text: text.into(),
                binds,
                always,
            };
        }
        let text = format!("not {}", self.within(Binds::Tight));
        Self {
            text: text.into(),
            binds: Binds::Not,
            always,
        }
    }
}

/// A place in the code that mutes.
#[derive(Debug, Clone)]
pub(super) struct Sighting {
    pub(super) owner: Owner,
    pub(super) site: Site,
    pub(super) mark: Mark,
    /// The name in the code, where it is not the form's own.
    pub(super) alias: Option<Box<str>>,
    pub(super) lines: (u32, u32),
    /// Conditions around it.
    pub(super) guard: Option<Guard>,
    /// Whether what it mutes is only known at run time.
    pub(super) dynamic: bool,
    /// Whether it stands in a function within the owner.
    pub(super) deep: bool,
    pub(super) comments: Comments,
}

/// What people wrote around a declaration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Comments {
    pub(super) above: Option<Box<str>>,
    pub(super) trailing: Option<Box<str>>,
    pub(super) docstring: Option<Box<str>>,
}

/// Where a mute stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Site {
    /// A decorator of the owner.
    Decorator,
    /// In `pytestmark` of the owner.
    Marks,
    /// On a parameter of the owner: its id or index.
    Param(Option<Box<str>>),
    /// Parameters of the owner that another file lists.
    Cases,
    /// Code that runs: of the owner, or around it.
    Code,
    /// Code that gives a mark to an item: `add_marker`, `applymarker`.
    Add,
    /// An assignment to or in the owner: `test_x.skip = "why"`.
    Attribute(&'static str, Kind, &'static str),
    /// A setting that leaves something out: the pattern.
    Excluded(&'static str, Box<str>),
}

/// The function, class or module that a mute belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    /// Classes around it, joined by `::`; with the class itself for a class.
    pub(super) container: Box<str>,
    /// Name of the function; empty for a class or a module.
    pub(super) name: Box<str>,
    pub(super) role: Role,
    /// The outermost function around it, where it is nested in one.
    pub(super) inside: Option<Box<str>>,
}

/// What the owner of a mute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Module,
    Class,
    /// A function: a test or a helper, which settings decide.
    Function,
    Fixture,
    /// Runs before each or all tests of a class.
    ClassSetup,
    /// Runs before the tests of a module.
    ModuleSetup,
    /// A hook of pytest.
    Hook,
}

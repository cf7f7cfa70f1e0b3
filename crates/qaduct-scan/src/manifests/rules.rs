//! What the presets say: which files are lists of mutes, and where in them
//! stands what. Data in `manifests/*.toml`, one preset a file; a user's own are
//! `[[manifest]]` in `qaduct.toml`. Reads nothing at run time.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use qaduct_records::{Intent, Kind, Scope};
use regex::Regex;
use serde::Deserialize;

use crate::shipped::MANIFESTS;

/// One kind of file and the mutes in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Preset {
    /// Whose format it is.
    pub(crate) framework: String,
    /// What the file is, for people.
    pub(crate) title: String,
    /// Where the format is described, or a repository that uses it.
    pub(crate) url: String,
    /// What is not seen, a sentence each.
    pub(crate) limits: Vec<String>,
    /// The language of the tests, or `manifest`.
    #[serde(default = "manifest")]
    pub(crate) language: String,
    /// Globs of the files.
    pub(crate) path: Vec<String>,
    /// How the files are written.
    pub(crate) format: Format,
    /// A file that holds none of these words holds no mute.
    #[serde(default)]
    pub(crate) needles: Vec<String>,
    /// What begins a comment, in formats that leave it open.
    #[serde(default = "hash")]
    pub(crate) comment: Vec<String>,
    /// Lines that say something about those that follow, up to the next such line.
    #[serde(default)]
    pub(crate) section: Vec<Pattern>,
    /// Lines that are no entries.
    #[serde(default)]
    pub(crate) ignore: Vec<Pattern>,
    /// Whether a file of such a name is nothing but a list: one in which no entry can stand is
    /// a problem.
    #[serde(default)]
    pub(crate) list: bool,
    /// Presets whose forms this one has too.
    #[serde(default)]
    pub(crate) include: Vec<String>,
    /// What mutes.
    #[serde(default)]
    pub(crate) form: Vec<Form>,
}

fn manifest() -> String {
    "manifest".to_owned()
}

fn hash() -> Vec<String> {
    vec!["#".to_owned()]
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    /// One entry a line; what is none is a problem.
    Lines,
    /// Text in which entries are looked for.
    Text,
    /// YAML.
    Yaml,
    /// JSON, also with comments and commas at the end.
    Json,
    /// TOML.
    Toml,
    /// XML.
    Xml,
    /// Rows under a row of names, separated by commas.
    Csv,
    /// Sections and keys below each other by their indent.
    Outline,
    /// A literal of Python.
    Python,
    /// Either that, or lines.
    Status,
}

impl Format {
    /// The word for it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Text => "text",
            Self::Yaml => "YAML",
            Self::Json => "JSON",
            Self::Toml => "TOML",
            Self::Xml => "XML",
            Self::Csv => "CSV",
            Self::Outline => "an outline",
            Self::Python => "Python",
            Self::Status => "lines or Python",
        }
    }
}

/// A way in which a file mutes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    /// Its name: `elasticsearch.muted-tests`.
    pub(crate) name: String,
    /// What it does.
    pub(crate) kind: Kind,
    /// What it looks like.
    #[serde(default)]
    pub(crate) example: String,
    /// The framework, where it is not that of the preset.
    #[serde(default)]
    pub(crate) framework: Option<String>,
    /// The language, likewise.
    #[serde(default)]
    pub(crate) language: Option<String>,
    /// Where entries stand in a tree: `tests/*`. `*` is anything, `**` anything at any
    /// depth, `[]` each item of a list or what is no list.
    #[serde(default)]
    pub(crate) at: Option<String>,
    /// Where the targets stand in an entry that has several.
    #[serde(default)]
    pub(crate) each: Option<String>,
    /// What an entry must have: the text of a place and what it is.
    #[serde(default)]
    pub(crate) when: BTreeMap<String, Pattern>,
    /// What an entry must not have.
    #[serde(default)]
    pub(crate) unless: BTreeMap<String, Pattern>,
    /// Places without which an entry cannot be understood.
    #[serde(default)]
    pub(crate) needs: Vec<String>,
    /// What the lines of the table that an entry stands in must speak of.
    #[serde(default)]
    pub(crate) mentions: Option<Pattern>,
    /// What is muted; without it, the text of the entry.
    #[serde(default)]
    pub(crate) target: Vec<String>,
    /// How a line or the target is written; its groups have the names of the fields below.
    #[serde(default)]
    pub(crate) pattern: Option<Pattern>,
    /// Entries are found anywhere in the text by this.
    #[serde(default)]
    pub(crate) find: Option<Pattern>,
    /// Each match of this is searched by `find`, such as a whole command; else all of the text.
    #[serde(default)]
    pub(crate) within: Option<Pattern>,
    /// What separates several targets.
    #[serde(default)]
    pub(crate) split: Option<Pattern>,
    #[serde(default)]
    pub(crate) container: Vec<String>,
    #[serde(default)]
    pub(crate) test: Vec<String>,
    #[serde(default)]
    pub(crate) param: Vec<String>,
    #[serde(default)]
    pub(crate) condition: Vec<String>,
    #[serde(default)]
    pub(crate) ticket: Vec<String>,
    #[serde(default)]
    pub(crate) reason: Vec<String>,
    #[serde(default)]
    pub(crate) since: Vec<String>,
    #[serde(default)]
    pub(crate) until: Vec<String>,
    #[serde(default)]
    pub(crate) owner: Vec<String>,
    /// What tells the kind.
    #[serde(default)]
    pub(crate) kind_from: Vec<String>,
    /// What the text that tells the kind means; the first that fits counts.
    #[serde(default)]
    pub(crate) kinds: Vec<KindRule>,
    /// What tells whether a success fails the run.
    #[serde(default)]
    pub(crate) strict_from: Vec<String>,
    /// What joins several conditions: `and`, `or`.
    #[serde(default)]
    pub(crate) join: Option<String>,
    /// What tells that.
    #[serde(default)]
    pub(crate) join_from: Vec<String>,
    /// Whether the condition is one for running.
    #[serde(default)]
    pub(crate) negated: bool,
    /// Conditions that always hold.
    #[serde(default)]
    pub(crate) always: Option<Pattern>,
    /// Conditions that never hold.
    #[serde(default)]
    pub(crate) never: Option<Pattern>,
    /// How much it mutes; otherwise what the target looks like.
    #[serde(default)]
    pub(crate) scope: Option<Scope>,
    /// Whether the target is a path.
    #[serde(default)]
    pub(crate) paths: bool,
    /// Whether the target is a pattern whatever it looks like.
    #[serde(default)]
    pub(crate) dynamic: bool,
    /// Whether it was recognised by a guess.
    #[serde(default)]
    pub(crate) heuristic: bool,
    /// Whether the body of the test runs; follows from the kind where it is not set.
    #[serde(default)]
    pub(crate) runs: Option<bool>,
    /// What the mute is for, where the file itself tells.
    #[serde(default)]
    pub(crate) intent: Option<Intent>,
    /// Which comments belong to an entry.
    #[serde(default = "comments")]
    pub(crate) comments: Vec<CommentRule>,
}

fn comments() -> Vec<CommentRule> {
    vec![CommentRule::Trailing, CommentRule::Block]
}

/// What the text that tells the kind means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KindRule {
    /// What it looks like.
    pub(crate) text: Pattern,
    /// The kind; none where it is no mute.
    #[serde(default)]
    pub(crate) kind: Option<Kind>,
}

/// Where a comment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CommentRule {
    /// At the end of a line of the entry.
    Trailing,
    /// Directly above.
    Above,
    /// Above, with nothing but other entries in between; in a tree, directly above.
    Block,
    /// At the first line of what holds the entry, or directly above it.
    Head,
    /// At what holds the entry: its key, the end of its list, the head of its section.
    Around,
}

/// A regular expression that is made when it is needed.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Pattern {
    text: String,
    made: OnceLock<Regex>,
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self {
            text,
            made: OnceLock::new(),
        }
    }
}

impl Pattern {
    /// The expression; those that ship are tested, those of a user were checked.
    pub(crate) fn get(&self) -> &Regex {
        self.made.get_or_init(|| {
            Regex::new(&self.text)
                .unwrap_or_else(|broken| unreachable!("patterns are checked before: {broken}"))
        })
    }

    /// What is wrong with it.
    pub(crate) fn check(&self) -> Result<(), String> {
        Regex::new(&self.text).map(drop).map_err(|wrong| {
            wrong
                .to_string()
                .lines()
                .last()
                .unwrap_or_default()
                .to_owned()
        })
    }
}

/// Which files a preset reads.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub(super) framework: String,
    pub(super) path: Vec<String>,
}

/// The heads of the presets that ship, in their order, and their texts.
pub(super) fn heads() -> impl Iterator<Item = (Head, &'static str)> {
    MANIFESTS.iter().map(|(file, text)| {
        let head = text.split("\n[[form]]").next().unwrap_or(text);
        (parsed(file, head), *text)
    })
}

/// The preset of this number.
pub(super) fn preset(at: usize) -> Preset {
    let (file, text) = MANIFESTS[at];
    let mut preset: Preset = parsed(file, text);
    let included = preset.include.iter();
    let included = included.filter_map(|name| MANIFESTS.iter().find(|(file, _)| file == name));
    let included: Vec<Preset> = included.map(|(file, text)| parsed(file, text)).collect();
    for other in included.into_iter().filter(|it| it.path.is_empty()) {
        preset.form.extend(other.form.into_iter().map(|mut form| {
            form.framework
                .get_or_insert_with(|| other.framework.clone());
            form
        }));
        preset.needles.extend(other.needles);
    }
    preset
}

/// The presets that ship, with the names of their files, each with its own forms alone.
pub(super) fn named() -> impl Iterator<Item = (&'static str, Preset)> {
    MANIFESTS
        .iter()
        .map(|(file, text)| (*file, parsed(file, text)))
}

/// The presets that ship.
#[cfg(test)]
pub(super) fn shipped() -> impl Iterator<Item = Preset> {
    (0..MANIFESTS.len()).map(preset)
}

fn parsed<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|broken| {
        unreachable!("manifests/{file}.toml is tested to be readable: {broken}")
    })
}

//! Lists of mutes that a user describes: `[[manifest]]` in `qaduct.toml`.

use std::collections::BTreeMap;

use qaduct_records::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules::{CommentRule, Form, Format, Pattern, Preset};

/// A list of muted tests of your own: its files, how they are written, and where in an
/// entry stands what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManifestRule {
    /// A name for it; the form of its mutes is called so.
    pub name: String,
    /// Globs of the files, from the root of the repository: `ci/**/*.skip`. Of several
    /// lists that match a file, the first counts, and yours come before those that ship.
    #[schemars(extend("items" = text_of("lists")))]
    pub path: Vec<String>,
    /// How the files are written.
    #[serde(default)]
    pub format: ManifestFormat,
    /// What an entry does to its test.
    #[schemars(with = "String", extend("enum" = kinds()))]
    pub kind: Kind,
    /// Where entries stand in a structured file: `tests/*`; `*` is anything, `**` anything
    /// at any depth. Without it, the items of the file.
    #[serde(default)]
    pub at: Option<String>,
    /// A regular expression for the line or the target, with groups named `container`, `test`,
    /// `param`, `condition`, `ticket`, `reason`, `since`, `until` and `owner`.
    #[serde(default)]
    #[schemars(extend("format" = "pattern"))]
    pub pattern: Option<String>,
    /// Keys of an entry that hold the class or file of the test; the first one present counts.
    /// `$1` is what stood for the first `*` of `at`.
    #[serde(default)]
    pub container: Vec<String>,
    /// Keys that hold the test.
    #[serde(default)]
    pub test: Vec<String>,
    /// Keys that hold a condition.
    #[serde(default)]
    pub condition: Vec<String>,
    /// Keys that hold a ticket.
    #[serde(default)]
    pub ticket: Vec<String>,
    /// Keys that hold the reason.
    #[serde(default)]
    pub reason: Vec<String>,
    /// Keys that hold the day since when.
    #[serde(default)]
    pub since: Vec<String>,
    /// Keys that hold the day until when.
    #[serde(default)]
    pub until: Vec<String>,
    /// Keys that hold who answers for it.
    #[serde(default)]
    pub owner: Vec<String>,
    /// What begins a comment in a list of lines; `#` where nothing is set.
    #[serde(default)]
    pub comment: Vec<String>,
}

/// How a list of muted tests is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManifestFormat {
    /// One entry a line.
    #[default]
    Lines,
    /// YAML.
    Yaml,
    /// JSON.
    Json,
    /// TOML.
    Toml,
    /// XML; an attribute is a key that begins with `@`.
    Xml,
    /// Rows separated by commas under a row of names.
    Csv,
}

fn kinds() -> Vec<&'static str> {
    Kind::ALL.iter().map(|kind| kind.as_str()).collect()
}

/// What a text is, for the schema.
fn text_of(format: &'static str) -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([("type", "string"), ("format", format)])
}

impl ManifestRule {
    /// What is wrong with a glob of files.
    ///
    /// # Errors
    /// When it cannot be used, with the reason.
    pub fn check_glob(glob: &str) -> Result<(), String> {
        let checked = super::paths::compile(glob);
        checked.map(drop).map_err(|wrong| wrong.kind().to_string())
    }

    /// What is wrong with a pattern.
    ///
    /// # Errors
    /// When it cannot be used, with the reason.
    pub fn check_pattern(pattern: &str) -> Result<(), String> {
        Pattern::from(pattern.to_owned()).check()
    }
}

/// What is wrong with a user's list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// It has no files.
    #[error("manifest `{name}` has no path")]
    NoPath {
        /// Its name.
        name: String,
    },
    /// A glob cannot be used.
    #[error("manifest `{name}`: the path `{glob}` cannot be used: {reason}")]
    Glob {
        /// Its name.
        name: String,
        /// What was written.
        glob: String,
        /// Why.
        reason: String,
    },
    /// A pattern cannot be used.
    #[error("manifest `{name}`: the pattern cannot be used: {reason}")]
    Pattern {
        /// Its name.
        name: String,
        /// Why.
        reason: String,
    },
    /// There are more than can be told apart.
    #[error("there are more manifests than can be told apart; put some into one")]
    TooMany,
}

/// The presets of a user; those of the same files and format are one.
pub(super) fn presets(rules: &[ManifestRule]) -> Result<Vec<Preset>, ManifestError> {
    let mut presets: Vec<Preset> = Vec::new();
    for rule in rules {
        let name = || rule.name.clone();
        if rule.path.is_empty() {
            return Err(ManifestError::NoPath { name: name() });
        }
        let pattern = rule.pattern.clone().map(Pattern::from);
        if let Some(Err(reason)) = pattern.as_ref().map(Pattern::check) {
            return Err(ManifestError::Pattern {
                name: name(),
                reason,
            });
        }
        let (format, at) = match rule.format {
            ManifestFormat::Lines => (Format::Lines, None),
            ManifestFormat::Yaml => (Format::Yaml, Some("*")),
            ManifestFormat::Json => (Format::Json, Some("*")),
            ManifestFormat::Toml => (Format::Toml, Some("*")),
            ManifestFormat::Xml => (Format::Xml, Some("*/*")),
            ManifestFormat::Csv => (Format::Csv, Some("*")),
        };
        let form = Form {
            at: at.map(|at| rule.at.clone().unwrap_or_else(|| at.to_owned())),
            pattern,
            container: rule.container.clone(),
            test: rule.test.clone(),
            condition: rule.condition.clone(),
            ticket: rule.ticket.clone(),
            reason: rule.reason.clone(),
            since: rule.since.clone(),
            until: rule.until.clone(),
            owner: rule.owner.clone(),
            ..form(rule)
        };
        let comment = match rule.comment.is_empty() {
            true => vec!["#".to_owned()],
            false => rule.comment.clone(),
        };
        let same =
            |it: &&mut Preset| it.path == rule.path && it.format == format && it.comment == comment;
        match presets.iter_mut().find(same) {
            Some(preset) => preset.form.push(form),
            None => presets.push(Preset {
                framework: name(),
                title: name(),
                url: String::new(),
                limits: Vec::new(),
                language: "manifest".to_owned(),
                path: rule.path.clone(),
                format,
                needles: Vec::new(),
                comment,
                section: Vec::new(),
                ignore: Vec::new(),
                list: false,
                include: Vec::new(),
                form: vec![form],
            }),
        }
    }
    Ok(presets)
}

/// A form of a user that says nothing yet.
fn form(rule: &ManifestRule) -> Form {
    Form {
        name: rule.name.clone(),
        kind: rule.kind,
        example: String::new(),
        framework: Some(rule.name.clone()),
        language: None,
        at: None,
        each: None,
        when: BTreeMap::new(),
        unless: BTreeMap::new(),
        needs: Vec::new(),
        mentions: None,
        target: Vec::new(),
        pattern: None,
        find: None,
        within: None,
        split: None,
        container: Vec::new(),
        test: Vec::new(),
        param: Vec::new(),
        condition: Vec::new(),
        ticket: Vec::new(),
        reason: Vec::new(),
        since: Vec::new(),
        until: Vec::new(),
        owner: Vec::new(),
        kind_from: Vec::new(),
        kinds: Vec::new(),
        strict_from: Vec::new(),
        join: None,
        join_from: Vec::new(),
        negated: false,
        always: None,
        never: None,
        scope: None,
        paths: false,
        dynamic: false,
        heuristic: false,
        runs: None,
        intent: None,
        comments: vec![CommentRule::Trailing, CommentRule::Block],
    }
}

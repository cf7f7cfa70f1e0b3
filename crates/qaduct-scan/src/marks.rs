//! Marks: which names mute, and which of their arguments say why.
//!
//! The forms that ship are data, in `frameworks/python/*.toml`; a user's own marks are
//! `[[mark]]` in `qaduct.toml`, of the same shape. Reads nothing at run time.

use std::collections::BTreeMap;

use qaduct_records::Kind;
use rustc_hash::{FxHashMap, FxHashSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::shipped::PYTHON;

/// A mark of a framework or of a user: its name, what it does, and which
/// arguments carry what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkRule {
    /// Name of the mark, without `pytest.mark.`: `xfailflake`. A name with
    /// dots is that of a decorator: `mylib.skip_if_open`; that of a tag may hold `-`.
    #[schemars(extend("format" = "mark"))]
    pub name: String,
    /// What it does to the test.
    #[schemars(with = "String", extend("enum" = kinds()))]
    pub kind: Kind,
    /// Arguments that carry a ticket: names, positions from 0 as text, or `*`
    /// for all positions.
    #[serde(default)]
    #[schemars(extend("items" = argument()))]
    pub ticket: Vec<String>,
    /// Arguments that carry the reason; the first one present counts.
    #[serde(default)]
    #[schemars(extend("items" = argument()))]
    pub reason: Vec<String>,
    /// Arguments that carry the day since when.
    #[serde(default)]
    #[schemars(extend("items" = argument()))]
    pub since: Vec<String>,
    /// Arguments that carry the day until when.
    #[serde(default)]
    #[schemars(extend("items" = argument()))]
    pub until: Vec<String>,
    /// Arguments that carry a condition.
    #[serde(default)]
    #[schemars(extend("items" = argument()))]
    pub condition: Vec<String>,
    /// Arguments that carry a condition under which it does not mute.
    #[serde(default)]
    #[schemars(extend("items" = argument()))]
    pub unless: Vec<String>,
    /// Arguments that identify something that is no ticket, such as a test case.
    #[serde(default)]
    #[schemars(extend("items" = argument()))]
    pub case: Vec<String>,
    /// Whether the body of the test runs; follows from the kind where it is not set.
    #[serde(default)]
    pub runs: Option<bool>,
    /// Whether a success fails the run.
    #[serde(default)]
    pub strict: Option<bool>,
}

fn kinds() -> Vec<&'static str> {
    Kind::ALL.iter().map(|kind| kind.as_str()).collect()
}

/// What an argument is, for the schema.
fn argument() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([("type", "string"), ("format", "argument")])
}

impl MarkRule {
    /// The name as it is looked for.
    #[must_use]
    pub fn bare_name(name: &str) -> &str {
        name.strip_prefix("pytest.mark.").unwrap_or(name)
    }

    /// Whether a mark can have this name. Tags may hold `-` and `:` where names of code may not.
    #[must_use]
    pub fn is_name(name: &str) -> bool {
        let parts = Self::bare_name(name).split('.');
        parts.into_iter().all(|it| it.split(['-', ':']).all(is_tag))
    }

    /// Whether an argument can be referred to by this text.
    #[must_use]
    pub fn is_argument(text: &str) -> bool {
        text == "*" || text.parse::<usize>().is_ok() || is_word(text)
    }
}

fn is_tag(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|it| it.is_alphanumeric() || it == '_')
}

fn is_word(part: &str) -> bool {
    part.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && part
            .chars()
            .all(|each| each.is_alphanumeric() || each == '_')
}

/// What is wrong with a user's mark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MarkError {
    /// The name is none of a mark.
    #[error("no mark can be named `{name}`")]
    Name {
        /// What was written.
        name: String,
    },
    /// Two marks have the same name.
    #[error("mark `{name}` is defined twice")]
    Twice {
        /// The name.
        name: String,
    },
    /// An argument is neither a name nor a position.
    #[error(
        "mark `{name}`: `{argument}` is neither the name of an argument, nor a position from 0, nor `*`"
    )]
    Argument {
        /// Name of the mark.
        name: String,
        /// What was written.
        argument: String,
    },
}

/// How a form is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Usage {
    /// An attribute of `pytest.mark`: a decorator that can stand in lists too.
    Mark,
    /// A decorator.
    Decorator,
    /// A function that is called while a test or a module runs.
    Call,
    /// An exception that is raised.
    Raise,
}

/// A form that mutes: its full name and its rule.
#[derive(Debug)]
pub(crate) struct Form {
    /// Name with its package: `pytest.mark.skipif`.
    pub(crate) name: String,
    /// The framework it belongs to.
    pub(crate) framework: String,
    pub(crate) usage: Usage,
    pub(crate) rule: MarkRule,
}

/// Index of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FormId(u16);

/// All forms: those that ship and those of a user.
#[derive(Debug)]
pub(crate) struct Forms {
    forms: Vec<Form>,
    by_name: FxHashMap<String, FormId>,
    /// Marks known by their last name alone, wherever they are imported from.
    custom: FxHashMap<String, FormId>,
    /// Other names of packages and of what is in them.
    modules: BTreeMap<String, String>,
    /// First parts of all names.
    roots: FxHashSet<String>,
    /// All texts that the forms were made from, for a digest.
    pub(crate) texts: Vec<String>,
}

/// A framework, as its file describes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Framework {
    framework: String,
    /// Its name as its authors write it.
    pub(crate) title: String,
    /// Where its authors describe how tests are muted.
    pub(crate) url: String,
    /// What qaduct does not see of it, a sentence each.
    pub(crate) limits: Vec<String>,
    /// How each form looks, by its name.
    pub(crate) examples: BTreeMap<String, String>,
    #[serde(default)]
    modules: BTreeMap<String, String>,
    #[serde(default)]
    mark: Vec<MarkRule>,
    #[serde(default)]
    decorator: Vec<MarkRule>,
    #[serde(default)]
    call: Vec<MarkRule>,
    #[serde(default)]
    raise: Vec<MarkRule>,
}

impl Framework {
    /// All its forms: their full names and rules.
    pub(crate) fn forms(self) -> impl Iterator<Item = (String, Usage, MarkRule)> {
        let of = |usage| move |rule: MarkRule| (rule.name.clone(), usage, rule);
        let marks = self.mark.into_iter().map(|rule| {
            let name = format!("pytest.mark.{}", rule.name);
            (name, Usage::Mark, rule)
        });
        marks
            .chain(self.decorator.into_iter().map(of(Usage::Decorator)))
            .chain(self.call.into_iter().map(of(Usage::Call)))
            .chain(self.raise.into_iter().map(of(Usage::Raise)))
    }
}

/// The frameworks that ship: the name of the file, what is in it, and its text.
pub(crate) fn shipped() -> impl Iterator<Item = (&'static str, Framework, &'static str)> {
    PYTHON.iter().map(|(file, text)| {
        let framework = toml::from_str(text).unwrap_or_else(|broken| {
            unreachable!("frameworks/python/{file}.toml is tested to be readable: {broken}")
        });
        (*file, framework, *text)
    })
}

impl Forms {
    /// The forms that ship and the user's marks; the same name replaces.
    pub(crate) fn new(user: &[MarkRule]) -> Result<Self, MarkError> {
        let mut forms = Self {
            forms: Vec::new(),
            by_name: FxHashMap::default(),
            custom: FxHashMap::default(),
            modules: BTreeMap::new(),
            roots: FxHashSet::default(),
            texts: Vec::new(),
        };
        for (file, mut framework, text) in shipped() {
            forms.texts.push(text.to_owned());
            forms.modules.append(&mut framework.modules);
            let name = framework.framework.clone();
            // What has a file of its own and is no framework is a preset.
            let preset = file != name;
            for (full, usage, rule) in framework.forms() {
                let custom = preset && usage == Usage::Mark;
                let last = custom.then(|| rule.name.clone());
                let id = forms.add(full, &name, usage, rule);
                forms.custom.extend(last.map(|it| (it, id)));
            }
        }
        for (n, rule) in user.iter().enumerate() {
            let mut rule = rule.clone();
            rule.name = MarkRule::bare_name(&rule.name).to_owned();
            check(&rule)?;
            let is_same = |other: &MarkRule| MarkRule::bare_name(&other.name) == rule.name;
            if user[..n].iter().any(is_same) {
                return Err(MarkError::Twice { name: rule.name });
            }
            forms.texts.push(format!("{rule:?}"));
            if rule.name.contains('.') {
                let id = forms.add(rule.name.clone(), "pytest", Usage::Decorator, rule.clone());
                forms.custom.insert(last(&rule.name).to_owned(), id);
            } else {
                forms.mark("pytest", rule, true);
            }
        }
        let names = forms.by_name.keys().chain(forms.modules.keys());
        forms.roots = names.map(|name| root(name).to_owned()).collect();
        Ok(forms)
    }

    fn mark(&mut self, framework: &str, rule: MarkRule, custom: bool) {
        let name = rule.name.clone();
        let id = self.add(format!("pytest.mark.{name}"), framework, Usage::Mark, rule);
        if custom {
            self.custom.insert(name, id);
        }
    }

    fn add(&mut self, name: String, framework: &str, usage: Usage, rule: MarkRule) -> FormId {
        let form = Form {
            name: name.clone(),
            framework: framework.to_owned(),
            usage,
            rule,
        };
        if let Some(&id) = self.by_name.get(&name) {
            self.forms[usize::from(id.0)] = form;
            return id;
        }
        let id = FormId(u16::try_from(self.forms.len()).unwrap_or(u16::MAX));
        self.forms.push(form);
        self.by_name.insert(name, id);
        id
    }

    /// The form of that number.
    pub(crate) fn form(&self, id: FormId) -> &Form {
        &self.forms[usize::from(id.0)]
    }

    /// The form with that full name, also by another name of its package.
    pub(crate) fn find(&self, path: &str) -> Option<FormId> {
        // Nearly all paths are of something else altogether.
        if !self.roots.contains(root(path)) {
            return None;
        }
        if let Some(&id) = self.by_name.get(path) {
            return Some(id);
        }
        self.renamed(path)
            .and_then(|name| self.by_name.get(&name).copied())
    }

    /// The usual name of what this path names, where that is another one.
    pub(crate) fn renamed(&self, path: &str) -> Option<String> {
        if !self.roots.contains(root(path)) {
            return None;
        }
        let mut end = path.len();
        loop {
            if let Some(name) = self.modules.get(&path[..end]) {
                return Some(format!("{name}{}", &path[end..]));
            }
            end = path[..end].rfind('.')?;
        }
    }

    /// The mark that is known by its last name alone.
    pub(crate) fn custom(&self, path: &str) -> Option<FormId> {
        self.custom.get(last(path)).copied()
    }

    /// Names of the marks that are known by their last name alone.
    pub(crate) fn custom_names(&self) -> impl Iterator<Item = &str> {
        self.custom.keys().map(String::as_str)
    }
}

fn root(path: &str) -> &str {
    &path[..path
        .bytes()
        .position(|byte| byte == b'.')
        .unwrap_or(path.len())]
}

/// The last part of a dotted name.
pub(crate) fn last(path: &str) -> &str {
    // Paths are short: looking at each byte is faster than a search.
    let dot = path.bytes().rposition(|byte| byte == b'.');
    dot.map_or(path, |dot| &path[dot + 1..])
}

fn check(rule: &MarkRule) -> Result<(), MarkError> {
    if !MarkRule::is_name(&rule.name) {
        return Err(MarkError::Name {
            name: rule.name.clone(),
        });
    }
    let lists = [
        &rule.ticket,
        &rule.reason,
        &rule.since,
        &rule.until,
        &rule.condition,
        &rule.unless,
        &rule.case,
    ];
    for argument in lists.into_iter().flatten() {
        if !MarkRule::is_argument(argument) {
            return Err(MarkError::Argument {
                name: rule.name.clone(),
                argument: argument.clone(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> MarkRule {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn everything_that_ships_can_be_read_and_passes_the_check_of_user_marks() {
        let forms = Forms::new(&[]).unwrap();
        for form in &forms.forms {
            assert_eq!(check(&form.rule), Ok(()), "{}", form.name);
        }
    }

    #[test]
    fn a_form_is_found_by_every_name_of_its_package() {
        let forms = Forms::new(&[]).unwrap();
        let skip = forms.find("unittest.skip").unwrap();
        assert_eq!(forms.find("unittest2.skip"), Some(skip));
        assert_eq!(forms.find("unittest2.case.skip"), Some(skip));
        assert_eq!(forms.find("django.utils.unittest.skip"), Some(skip));
        assert_eq!(
            forms.find("py.test.mark.skip"),
            forms.find("pytest.mark.skip")
        );
        assert_eq!(forms.find("other.skip"), None);
        assert_eq!(forms.find("unittest.mock.skip"), None);
    }

    #[test]
    fn a_user_mark_replaces_the_one_that_ships() {
        let forms = Forms::new(&[rule(
            "name = 'xfailflake'\nkind = 'quarantine'\nticket = ['bug']",
        )])
        .unwrap();
        let id = forms.find("pytest.mark.xfailflake").unwrap();
        assert_eq!(forms.form(id).rule.kind, Kind::Quarantine);
        assert_eq!(forms.custom("common.xfailflake"), Some(id));
    }

    #[test]
    fn an_unusable_mark_is_refused_with_what_is_wrong() {
        let wrong = |text| Forms::new(&[rule(text)]).unwrap_err().to_string();
        insta::assert_snapshot!(wrong("name = 'a b'\nkind = 'skip'"),
            @"no mark can be named `a b`");
        insta::assert_snapshot!(wrong("name = 'a'\nkind = 'skip'\nreason = ['-1']"),
            @"mark `a`: `-1` is neither the name of an argument, nor a position from 0, nor `*`");
        let twice = rule("name = 'a'\nkind = 'skip'");
        assert_eq!(
            Forms::new(&[twice.clone(), twice]).unwrap_err(),
            MarkError::Twice {
                name: "a".to_owned()
            }
        );
    }
}

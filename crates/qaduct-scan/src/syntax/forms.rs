//! Forms of the languages that tree-sitter reads: which words mute, and which of their
//! arguments say why.
//!
//! All of it is data, in `frameworks/*.toml`; a user's `[[mark]]`s are added to it.

use std::borrow::Cow;
use std::sync::OnceLock;

use qaduct_records::{Kind, Scope};
use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::MarkRule;
use crate::shipped::FRAMEWORKS;

/// The framework of a user's marks.
const CUSTOM: &str = "custom";

/// A test framework, as its file describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Framework {
    /// Its name in the table of mutes.
    pub(crate) framework: String,
    /// Its name as its authors write it.
    pub(crate) title: String,
    /// Where its authors describe how tests are muted.
    pub(crate) url: String,
    /// Languages whose files it stands in.
    pub(crate) languages: Vec<String>,
    /// Packages of which an import or a dependency tells that it is used.
    #[serde(default)]
    pub(crate) packages: Vec<String>,
    /// Objects that only it has.
    #[serde(default)]
    pub(crate) signs: Vec<String>,
    /// What qaduct does not see of it, a sentence each.
    #[serde(default)]
    pub(crate) limits: Vec<String>,
    /// Its forms.
    #[serde(rename = "form")]
    pub(crate) forms: Vec<Form>,
}

/// How a form is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Usage {
    /// Stands on a test or suite: `@Disabled`, `[Ignore]`, `#[ignore]`.
    Annotation,
    /// Is called while a test or what sets it up runs: `t.Skip()`.
    Call,
    /// Is thrown or raised there.
    Throw,
    /// Changes the word that declares a test: `it.skip`, `xit`, `PIt`.
    Modifier,
    /// An option of a declaration: `{ skip: true }`, `skip: "why"`.
    Option,
    /// A sign in the name or the tags of a test: `DISABLED_`, `[.]`.
    Name,
}

impl Usage {
    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Annotation => "annotation",
            Self::Call => "call",
            Self::Throw => "throw",
            Self::Modifier => "modifier",
            Self::Option => "option",
            Self::Name => "name",
        }
    }
}

/// A form, as the file of its framework describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    /// The word or path that is looked for: `Disabled`, `t.Skip`, `it.skip`.
    pub(crate) name: String,
    /// Other words for the same, such as the name that a static import gives it.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    /// What it is called in the table of mutes; `framework.name` where it is not said.
    #[serde(default)]
    pub(crate) form: Option<String>,
    /// How it is used.
    pub(crate) usage: Usage,
    /// What it does to the test.
    pub(crate) kind: Kind,
    /// What it mutes, where that is not what it stands on or in.
    #[serde(default)]
    pub(crate) scope: Option<Scope>,
    /// Literals of which a file must hold one to hold the form; the last word of each name
    /// where it is not said.
    #[serde(default, deserialize_with = "one_or_several")]
    pub(crate) needle: Vec<String>,
    /// Whether the name means this only where the repository itself does not define it.
    #[serde(default)]
    pub(crate) guess: bool,
    /// Beginnings of imports of which a file must have one; none asks for nothing.
    #[serde(default)]
    pub(crate) imports: Vec<String>,
    /// Arguments that carry the reason, by name or position from 0; the first present counts.
    #[serde(default)]
    pub(crate) reason: Vec<String>,
    /// Arguments that carry a ticket; `*` for all positions.
    #[serde(default)]
    pub(crate) ticket: Vec<String>,
    /// Arguments that carry a condition.
    #[serde(default)]
    pub(crate) condition: Vec<String>,
    /// Arguments that carry a condition under which it does not mute.
    #[serde(default)]
    pub(crate) unless: Vec<String>,
    /// Arguments that carry the day since when.
    #[serde(default)]
    pub(crate) since: Vec<String>,
    /// Arguments that carry the day until when.
    #[serde(default)]
    pub(crate) until: Vec<String>,
    /// Arguments that name who answers for it.
    #[serde(default)]
    pub(crate) owner: Vec<String>,
    /// Whether the body runs; follows from the kind where it is not said.
    #[serde(default)]
    pub(crate) runs: Option<bool>,
    /// Whether a success fails the run.
    #[serde(default)]
    pub(crate) strict: Option<bool>,
    /// How it looks, for its page.
    #[serde(default)]
    pub(crate) example: Option<String>,
    /// The framework, filled in when it is read.
    #[serde(skip)]
    pub(crate) framework: String,
}

impl Form {
    /// What it is called in the table of mutes.
    pub(crate) fn id(&self) -> Cow<'_, str> {
        match &self.form {
            Some(form) => Cow::Borrowed(form),
            None => Cow::Owned(format!("{}.{}", self.framework, self.name)),
        }
    }

    /// The last word of the name.
    pub(crate) fn word(&self) -> &str {
        last_word(&self.name)
    }

    /// The last words of all its names.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        let names = self.also.iter().chain([&self.name]);
        names.map(|it| last_word(it))
    }

    /// Whether it is a form of a file with these imports.
    pub(crate) fn fits(&self, imports: &[Box<str>]) -> bool {
        self.imports.is_empty()
            || imports
                .iter()
                .any(|it| self.imports.iter().any(|prefix| it.starts_with(&**prefix)))
    }

    /// A mark of a user, which is one wherever its name stands.
    fn of_user(rule: &MarkRule, usage: Usage) -> Self {
        let name = MarkRule::bare_name(&rule.name).to_owned();
        Self {
            form: Some(name.clone()),
            name,
            also: Vec::new(),
            usage,
            kind: rule.kind,
            scope: None,
            needle: Vec::new(),
            guess: false,
            imports: Vec::new(),
            reason: rule.reason.clone(),
            ticket: rule.ticket.clone(),
            condition: rule.condition.clone(),
            unless: rule.unless.clone(),
            since: rule.since.clone(),
            until: rule.until.clone(),
            owner: Vec::new(),
            runs: rule.runs,
            strict: rule.strict,
            example: None,
            framework: CUSTOM.to_owned(),
        }
    }
}

/// A text, or a list of texts.
fn one_or_several<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Texts {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Texts::deserialize(from)? {
        Texts::One(text) => vec![text],
        Texts::Several(texts) => texts,
    })
}

/// What stands behind the last dot or colon of a path.
pub(crate) fn last_word(path: &str) -> &str {
    path.rsplit(['.', ':']).next().unwrap_or(path)
}

/// Number of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FormId(u16);

/// The forms of a language.
#[derive(Debug)]
pub(crate) struct Forms {
    forms: Vec<Form>,
    by_name: FxHashMap<(Usage, String), Vec<FormId>>,
}

/// The frameworks that ship: the name of the file, what is in it, and its text.
pub(crate) fn shipped() -> impl Iterator<Item = (&'static str, &'static Framework, &'static str)> {
    let all = FRAMEWORKS.iter().enumerate();
    all.map(|(at, (file, text))| (*file, framework(at), *text))
}

/// The framework of a file that ships. It is read when it is first asked for: most
/// repositories are written in one language or two.
fn framework(at: usize) -> &'static Framework {
    static READ: [OnceLock<Framework>; FRAMEWORKS.len()] =
        [const { OnceLock::new() }; FRAMEWORKS.len()];
    READ[at].get_or_init(|| {
        let (file, text) = FRAMEWORKS[at];
        toml::from_str(text).unwrap_or_else(|broken| {
            unreachable!("frameworks/{file}.toml is tested to be readable: {broken}")
        })
    })
}

/// The frameworks that ship for one of these languages.
pub(crate) fn for_languages(languages: &[&str]) -> impl Iterator<Item = &'static Framework> {
    of_languages(languages).map(framework)
}

/// The numbers of the files that ship for one of these languages.
fn of_languages(languages: &[&str]) -> impl Iterator<Item = usize> {
    let is_for = |text: &str| {
        let mut lines = text.lines();
        let line = lines.find_map(|it| it.strip_prefix("languages = "));
        let names = line.unwrap_or_default().split(['[', '"', ',', ' ', ']']);
        names.into_iter().any(|it| languages.contains(&it))
    };
    (0..FRAMEWORKS.len()).filter(move |at| is_for(FRAMEWORKS[*at].1))
}

/// All texts that the forms of these languages are made from, for a digest.
pub(crate) fn texts<'a>(
    languages: &'a [&str],
    user: &'a [MarkRule],
) -> impl Iterator<Item = Cow<'static, str>> + 'a {
    let user = user.iter().map(|rule| Cow::Owned(format!("{rule:?}")));
    user.chain(of_languages(languages).map(|at| Cow::Borrowed(FRAMEWORKS[at].1)))
}

impl Forms {
    /// The forms of these languages, and a user's marks in front of them.
    pub(crate) fn new(languages: &[&str], user: &[MarkRule]) -> Self {
        let mut forms = Self {
            forms: Vec::new(),
            by_name: FxHashMap::default(),
        };
        for rule in user {
            for usage in [Usage::Annotation, Usage::Call, Usage::Option] {
                forms.add(Form::of_user(rule, usage));
            }
        }
        for framework in of_languages(languages).map(framework) {
            for mut form in framework.forms.iter().cloned() {
                form.framework.clone_from(&framework.framework);
                forms.add(form);
            }
        }
        forms
    }

    fn add(&mut self, form: Form) {
        let id = FormId(u16::try_from(self.forms.len()).expect("forms are counted in hundreds"));
        for name in form.also.iter().chain([&form.name]) {
            let name = (form.usage, name.clone());
            self.by_name.entry(name).or_default().push(id);
        }
        self.forms.push(form);
    }

    /// The form of that number.
    pub(crate) fn form(&self, id: FormId) -> &Form {
        &self.forms[usize::from(id.0)]
    }

    /// All forms.
    pub(crate) fn all(&self) -> impl Iterator<Item = (FormId, &Form)> {
        (0..).map(FormId).zip(&self.forms)
    }

    /// The forms of that exact name; several frameworks may have one.
    pub(crate) fn named(&self, usage: Usage, name: &str) -> &[FormId] {
        // A key of borrowed text would need a type of its own; names are short.
        let known = self.by_name.get(&(usage, name.to_owned()));
        known.map_or(&[], Vec::as_slice)
    }

    /// The same form of the first of these frameworks that has it. Where none has, a shape
    /// that is a mute in some framework only is none; a word that mutes is one in any.
    pub(crate) fn among(&self, id: FormId, frameworks: &[String]) -> Option<FormId> {
        let form = self.form(id);
        if form.framework == CUSTOM {
            return Some(id);
        }
        let its = self.named(form.usage, &form.name);
        let of = |framework: &String| {
            let mut its = its.iter();
            its.find(|it| self.form(**it).framework == *framework)
                .copied()
        };
        let is_word = form.usage != Usage::Option && !form.needle.is_empty();
        let known = frameworks.iter().find_map(of);
        known.or_else(|| is_word.then_some(id))
    }

    /// The form of that name in a file with these imports: a user's own first, then one that
    /// asks for an import that is there, then one that asks for none.
    pub(crate) fn find(&self, usage: Usage, name: &str, imports: &[Box<str>]) -> Option<FormId> {
        let fitting = || {
            let its = self.named(usage, name).iter().copied();
            its.filter(|it| self.form(*it).fits(imports))
        };
        let is_nearer = |it: &FormId| {
            let form = self.form(*it);
            form.framework == CUSTOM || !form.imports.is_empty()
        };
        fitting().find(is_nearer).or_else(|| fitting().next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_languages_of_a_framework_are_known_before_its_file_is_read() {
        for (at, (file, framework, _)) in shipped().enumerate() {
            for language in &framework.languages {
                let known: Vec<usize> = of_languages(&[language]).collect();
                assert!(known.contains(&at), "{file}: {language}");
            }
        }
        let go = of_languages(&["go"]).map(|at| FRAMEWORKS[at].0);
        assert_eq!(go.collect::<Vec<_>>(), ["ginkgo", "go"]);
    }
}

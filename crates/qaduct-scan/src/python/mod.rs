//! Finds mutes in Python: pytest, unittest and what is built on them.
//!
//! First pass, per blob: [`needles`] decides whether a file is worth parsing,
//! [`walk`] notes what mutes in it ([`facts`]). Second pass, per commit:
//! [`resolve`] follows names to other files ([`modules`]), applies pytest's
//! [`settings`], and tells what mutes nothing ([`judge`], [`collect`]); [`lend`]
//! asks for a second look at files whose markers come from elsewhere.

mod assign;
mod calls;
mod collect;
mod declare;
mod exports;
mod facts;
mod file;
mod guard;
mod imports;
mod ini;
mod judge;
mod lend;
mod markers;
mod modules;
mod needles;
mod outline;
mod params;
mod parse;
mod places;
mod resolve;
mod scope;
mod settings;
mod text;
mod value;
mod walk;
mod wrappers;

use qaduct_records::digest::digest;

pub(crate) use self::facts::Facts;
use self::needles::Needles;
use crate::language::{Commit, Content, Language, Manner, Outline, Resolved};
use crate::marks::{Forms, MarkError, MarkRule};
use crate::syntax::lexer::Lexicon;

/// Changes whenever the same files give other mutes than before.
const RULES_VERSION: &str = "2";

/// Python, with the marks of its user.
#[derive(Debug)]
pub(crate) struct Python {
    forms: Forms,
    needles: Needles,
}

impl Python {
    /// Python with the marks that ship and those of a user.
    pub(crate) fn new(user_marks: &[MarkRule]) -> Result<Self, MarkError> {
        let forms = Forms::new(user_marks)?;
        let needles = Needles::new(&forms);
        Ok(Self { forms, needles })
    }
}

impl Language for Python {
    type Facts = Facts;

    fn rules_digest(&self) -> String {
        let texts = self.forms.texts.iter().map(String::as_str);
        digest(std::iter::once(RULES_VERSION).chain(texts).map(Some))
    }

    fn reads(&self, path: &str) -> Option<Manner> {
        let name = path.rsplit('/').next().unwrap_or(path);
        (is_python(path) || settings::FILES.contains(&name)).then_some(0)
    }

    fn read(&self, source: &[u8], _: Manner, thorough: bool) -> Facts {
        parse::read(source, thorough, &self.forms, &self.needles)
    }

    fn wanted(&self, commit: &Commit<'_, Facts>) -> Vec<Content> {
        lend::wanted(commit, &self.forms)
    }

    fn resolve(&self, commit: &Commit<'_, Facts>) -> Resolved {
        resolve::resolve(commit, &self.forms)
    }

    fn alike(&self, one: Option<&Facts>, other: Option<&Facts>) -> bool {
        match (one, other) {
            (Some(one), Some(other)) => one.is_bare_as(other),
            // A file that is new or gone may be what an import finds.
            _ => false,
        }
    }

    fn pack(&self, facts: &Facts) -> Option<Vec<u8>> {
        facts.pack()
    }

    fn unpack(&self, bytes: &[u8]) -> Option<Facts> {
        Facts::unpack(bytes)
    }

    fn outline(&self, source: &[u8], _: Manner) -> Outline {
        places::outline(source)
    }

    fn lexicon(&self, _: Manner) -> Option<&'static Lexicon> {
        Some(&places::LEXICON)
    }
}

/// Whether a path is that of a Python file.
fn is_python(path: &str) -> bool {
    path.ends_with(".py") || path.ends_with(".pyw")
}

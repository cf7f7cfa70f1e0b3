//! Finds mutes in lists of them and in the settings of runners: muted-tests.yml,
//! `TestExpectations`, workflows of a CI and what else a preset describes.
//!
//! What a format looks like is data, `manifests/*.toml` ([`rules`]); [`paths`]
//! tells which preset reads a file. First pass, per blob: [`mod@read`] takes it as
//! lines or as a tree ([`tree`], from [`yaml`], [`json`] and others), and
//! [`entry`] makes mutes of what it finds. The second pass adds the path.

mod csv_tree;
mod described;
mod entry;
mod json;
mod outline;
mod paths;
mod python;
mod read;
mod rules;
#[cfg(test)]
mod tests;
mod text;
mod toml_tree;
mod tree;
mod user;
mod xml;
mod yaml;

use std::borrow::Cow;
use std::sync::OnceLock;

use qaduct_records::FileProblem;
use qaduct_records::digest::digest;

pub use self::described::{List, ListForm, lists};
use self::paths::Paths;
pub(crate) use self::read::Facts;
use self::rules::Preset;
pub use self::user::{ManifestError, ManifestFormat, ManifestRule};
use crate::language::{Commit, Content, Language, Manner, Outline, Resolved};
use crate::shipped::MANIFESTS;

/// Changes whenever the same files give other mutes than before.
const RULES_VERSION: &str = "1";

/// Lists of mutes, with those of a user.
#[derive(Debug)]
pub(crate) struct Manifests {
    /// Those of the user, which come first.
    own: Vec<Preset>,
    /// Those that ship: each is read for its first file, which for most never comes.
    shipped: [OnceLock<Preset>; MANIFESTS.len()],
    paths: Paths,
    /// All texts that the presets were made from, for a digest.
    texts: Vec<Cow<'static, str>>,
}

impl Manifests {
    /// The lists that ship.
    pub(crate) fn shipped() -> Self {
        Self::new(&[]).unwrap_or_else(|wrong| unreachable!("what ships is tested: {wrong}"))
    }

    /// The lists that ship and those of a user, which come first.
    pub(crate) fn new(user: &[ManifestRule]) -> Result<Self, ManifestError> {
        let mut all = Self {
            own: user::presets(user)?,
            shipped: [const { OnceLock::new() }; MANIFESTS.len()],
            paths: Paths::default(),
            texts: Vec::new(),
        };
        for (number, preset) in all.own.iter().enumerate() {
            all.texts.push(Cow::Owned(format!("{preset:?}")));
            add(&mut all.paths, number, &preset.framework, &preset.path)?;
        }
        for (number, (head, text)) in (all.own.len()..).zip(rules::heads()) {
            all.texts.push(Cow::Borrowed(text));
            add(&mut all.paths, number, &head.framework, &head.path)?;
        }
        Ok(all)
    }

    fn preset(&self, number: usize) -> &Preset {
        match number.checked_sub(self.own.len()) {
            None => &self.own[number],
            Some(at) => self.shipped[at].get_or_init(|| rules::preset(at)),
        }
    }
}

fn add(
    paths: &mut Paths,
    number: usize,
    name: &str,
    globs: &[String],
) -> Result<(), ManifestError> {
    let number = Manner::try_from(number).map_err(|_| ManifestError::TooMany)?;
    for glob in globs {
        let added = paths.add(glob, number);
        added.map_err(|wrong| ManifestError::Glob {
            name: name.to_owned(),
            glob: glob.clone(),
            reason: wrong.kind().to_string(),
        })?;
    }
    Ok(())
}

impl Language for Manifests {
    type Facts = Facts;

    fn rules_digest(&self) -> String {
        let texts = self.texts.iter().map(|it| &**it);
        digest(std::iter::once(RULES_VERSION).chain(texts).map(Some))
    }

    fn reads(&self, path: &str) -> Option<Manner> {
        self.paths.find(path)
    }

    fn read(&self, source: &[u8], manner: Manner, _: bool) -> Facts {
        read::read(source, self.preset(usize::from(manner)))
    }

    fn alike(&self, older: Option<&Facts>, newer: Option<&Facts>) -> bool {
        let [older, newer] = [older, newer].map(|it| it.map_or(&[][..], |it| &it.mutes));
        older == newer
    }

    fn takes_part(&self, facts: &Facts) -> bool {
        !facts.mutes.is_empty()
    }

    fn pack(&self, facts: &Facts) -> Option<Vec<u8>> {
        (facts.mutes.is_empty() && facts.troubles.is_empty()).then(Vec::new)
    }

    fn unpack(&self, bytes: &[u8]) -> Option<Facts> {
        bytes.is_empty().then(Facts::default)
    }

    fn wanted(&self, _: &Commit<'_, Facts>) -> Vec<Content> {
        Vec::new()
    }

    fn resolve(&self, commit: &Commit<'_, Facts>) -> Resolved {
        let mut resolved = Resolved::default();
        for (path, content) in commit.files {
            let Some(facts) = (commit.facts)(content) else {
                continue;
            };
            resolved
                .mutes
                .extend(facts.mutes.iter().cloned().map(|mut mute| {
                    mute.declaration.path = path.to_string();
                    mute
                }));
            resolved
                .problems
                .extend(facts.troubles.iter().map(|it| FileProblem {
                    repository: String::new(),
                    branch: String::new(),
                    path: path.to_string(),
                    line: i64::from(it.line),
                    problem: it.kind.to_owned(),
                    unread: it.kind == "size",
                    message: it.message.clone(),
                }));
        }
        resolved
    }

    fn outline(&self, _: &[u8], _: Manner) -> Outline {
        Outline::List
    }
}

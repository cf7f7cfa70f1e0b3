//! Who answers for a file: `CODEOWNERS` of the commit, and `[[owner]]` of the user.
//!
//! The file is that of GitHub or of GitLab, which differ in where it stands, in what a
//! path means, and in sections. The last rule that matches decides, in GitLab that of
//! each section; a rule without owners says that nobody answers. What a user configures
//! goes before all of it.

mod file;
#[cfg(test)]
mod tests;

use std::fmt::Display;

use globset::{Glob, GlobSet};
use qaduct_records::FileProblem;
use qaduct_records::digest::digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::git::command::readable;
use crate::paths;
use file::Line;

/// Owners of files, as a user sets them: `[[owner]]` of `qaduct.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerRule {
    /// Files, as in `CODEOWNERS` of GitHub: `/tests/shop/`, `*.spec.ts`.
    #[schemars(extend("format" = "files"))]
    pub path: String,
    /// Who answers for them: `@team`, a mail address, any word; empty for nobody.
    pub owners: Vec<String>,
}

impl OwnerRule {
    /// Reads a pattern without using it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn check(path: &str) -> Result<(), String> {
        match paths::like_gitignore(path) {
            _ if path.trim_matches('/').is_empty() => Err("names no file".to_owned()),
            Err(wrong) => Err(wrong.kind().to_string()),
            Ok(_) => Ok(()),
        }
    }

    /// Names rules by what they say.
    pub(crate) fn digest(rules: &[Self]) -> String {
        let texts = rules.iter().map(|it| format!("{it:?}"));
        let texts: Vec<String> = texts.collect();
        digest(texts.iter().map(|it| Some(it.as_str())))
    }
}

/// Who answers for a file, and what says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owned {
    /// The owners as they are written; empty where a rule says that there is none.
    pub owners: Vec<String>,
    /// The patterns that match, one in each section, joined by a comma and a space.
    pub rule: String,
    /// Where they stand: `.github/CODEOWNERS:12`, or `qaduct.toml`.
    pub source: String,
}

/// The owners of the files of a commit.
#[derive(Debug, Default)]
pub struct Owners {
    own: Section,
    sections: Vec<Section>,
    problems: Vec<FileProblem>,
}

/// Rules of which the last that matches decides.
#[derive(Debug, Default)]
struct Section {
    globs: GlobSet,
    /// The rule of each glob.
    rules: Vec<usize>,
    owners: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    pattern: String,
    source: String,
    /// `None` for what a section of GitLab leaves out.
    owners: Option<Vec<String>>,
}

/// Where `CODEOWNERS` may stand, the first that counts in front.
#[must_use]
pub fn places(gitlab: bool) -> [&'static str; 4] {
    if gitlab {
        [
            "CODEOWNERS",
            "docs/CODEOWNERS",
            ".gitlab/CODEOWNERS",
            ".github/CODEOWNERS",
        ]
    } else {
        [
            ".github/CODEOWNERS",
            "CODEOWNERS",
            "docs/CODEOWNERS",
            ".gitlab/CODEOWNERS",
        ]
    }
}

/// Whether a repository of this name lives on GitLab.
pub(crate) fn is_gitlab(repository: &str) -> bool {
    let host = repository.split('/').next().unwrap_or_default();
    host.contains("gitlab")
}

impl Owners {
    /// Reads the rules of a user and the file of a commit, given by its path and bytes;
    /// `gitlab` says that the repository lives there.
    #[must_use]
    pub fn new(own: &[OwnerRule], file: Option<(&str, &[u8])>, gitlab: bool) -> Self {
        let mut owners = Self::default();
        let mut section = Builder::default();
        for rule in own {
            let it = Rule {
                pattern: rule.path.clone(),
                source: "qaduct.toml".to_owned(),
                owners: Some(rule.owners.clone()),
            };
            // The configuration was checked when it was read.
            section
                .add(paths::like_gitignore(&rule.path), it)
                .unwrap_or_default();
        }
        owners.own = section.build();
        if let Some((path, text)) = file {
            owners.read(path, text, gitlab);
        }
        owners
    }

    fn read(&mut self, path: &str, text: &[u8], gitlab: bool) {
        // As paths are written that are no UTF-8.
        let text = readable(text);
        let lines = file::lines(&text);
        let has_sections = lines
            .iter()
            .any(|(_, it)| matches!(it, Line::Section { .. }));
        let gitlab = match path.split_once('/') {
            Some((".github", _)) => false,
            Some((".gitlab", _)) => true,
            _ => gitlab || has_sections,
        };
        let mut sections: Vec<(String, Vec<String>, Builder)> = vec![Default::default()];
        let mut current = 0;
        for (number, line) in lines {
            match line {
                Line::Section { name, .. } if !gitlab => {
                    let wrong = "GitHub knows no sections";
                    let heading = format!("[{name}]");
                    self.problems.push(problem(path, number, &heading, wrong));
                }
                Line::Section { name, owners } => {
                    let key = name.to_lowercase();
                    current = match sections.iter().position(|(it, ..)| *it == key) {
                        Some(known) => known,
                        None => {
                            sections.push((key, Vec::new(), Builder::default()));
                            sections.len() - 1
                        }
                    };
                    sections[current].1 = owners;
                }
                Line::Rule { pattern, .. } if pattern.len() > paths::LONGEST => {
                    let shown: String = pattern.chars().take(40).collect();
                    let wrong = "it is longer than any path";
                    self.problems
                        .push(problem(path, number, &format!("{shown}…"), wrong));
                }
                Line::Rule { pattern, owners } => {
                    let (_, default, builder) = &mut sections[current];
                    let (bare, left_out) = match pattern.strip_prefix('!') {
                        Some(bare) if gitlab => (bare, true),
                        _ => (pattern.as_str(), false),
                    };
                    let owners = if owners.is_empty() && gitlab {
                        default.clone()
                    } else {
                        owners
                    };
                    let rule = Rule {
                        source: format!("{path}:{number}"),
                        owners: (!left_out).then_some(owners),
                        pattern: pattern.clone(),
                    };
                    // Lines that GitHub passes over.
                    if !gitlab && pattern.contains(['[', '!']) {
                        let wrong = "GitHub knows no ranges and no exceptions";
                        self.problems.push(problem(path, number, &pattern, wrong));
                        continue;
                    }
                    let globs = if gitlab {
                        file::gitlab(bare)
                    } else {
                        file::github(bare)
                    };
                    if let Err(wrong) = builder.add(globs, rule) {
                        self.problems
                            .push(problem(path, number, &pattern, wrong.kind()));
                    }
                }
            }
        }
        self.sections = sections.into_iter().map(|(.., it)| it.build()).collect();
    }

    /// Whether nothing is said of any file.
    pub(crate) fn is_empty(&self) -> bool {
        self.own.owners.is_empty() && self.sections.iter().all(|it| it.owners.is_empty())
    }

    /// Lines of the file that could not be used; `repository` and `branch` are empty.
    pub(crate) fn problems(&self) -> &[FileProblem] {
        &self.problems
    }

    /// Who answers for a file; `None` where nothing says so.
    #[must_use]
    pub fn of(&self, path: &str) -> Option<Owned> {
        let mut rules: Vec<&Rule> = self.own.last(path).into_iter().collect();
        if rules.is_empty() {
            rules = self
                .sections
                .iter()
                .filter_map(|it| it.last(path))
                .collect();
        }
        if rules.is_empty() {
            return None;
        }
        let mut owned = Owned::default();
        for owner in rules.iter().filter_map(|it| it.owners.as_ref()).flatten() {
            if !owned.owners.contains(owner) {
                owned.owners.push(owner.clone());
            }
        }
        let joined = |text: fn(&Rule) -> &str| {
            let texts: Vec<&str> = rules.iter().map(|it| text(it)).collect();
            texts.join(", ")
        };
        owned.rule = joined(|it| &it.pattern);
        owned.source = joined(|it| &it.source);
        Some(owned)
    }
}

impl Section {
    fn last(&self, path: &str) -> Option<&Rule> {
        let matching = self.globs.matches(path);
        let rules = matching.into_iter().map(|it| self.rules[it]);
        // What a section leaves out it cannot take in again.
        let out = rules.clone().find(|it| self.owners[*it].owners.is_none());
        out.or(rules.max()).map(|it| &self.owners[it])
    }
}

#[derive(Default)]
struct Builder {
    globs: Vec<Glob>,
    rules: Vec<usize>,
    owners: Vec<Rule>,
}

impl Builder {
    fn add(
        &mut self,
        globs: Result<Vec<Glob>, globset::Error>,
        rule: Rule,
    ) -> Result<(), globset::Error> {
        for glob in globs? {
            self.globs.push(glob);
            self.rules.push(self.owners.len());
        }
        self.owners.push(rule);
        Ok(())
    }

    fn build(self) -> Section {
        Section {
            // Each glob was built before; together they are only too large.
            globs: GlobSet::new(self.globs).unwrap_or_default(),
            rules: self.rules,
            owners: self.owners,
        }
    }
}

fn problem(path: &str, line: usize, pattern: &str, wrong: impl Display) -> FileProblem {
    FileProblem {
        repository: String::new(),
        branch: String::new(),
        path: path.to_owned(),
        line: i64::try_from(line).unwrap_or(i64::MAX),
        problem: "configuration".to_owned(),
        unread: false,
        message: format!("`{pattern}` is no pattern of files: {wrong}"),
    }
}

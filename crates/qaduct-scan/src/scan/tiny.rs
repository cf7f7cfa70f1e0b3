//! A tiny language for tests: each line of a `.tiny` file that begins with
//! `skip ` is a mute, `skip NAME REASON`. A line `lend MARK` lends a marker to
//! all files, which makes those with `borrow` wanted in full.

use std::sync::Mutex;

use qaduct_records::{Declaration, FileProblem, TicketSource};

use crate::language::{Commit, Content, Language, Manner, RawMute, Resolved};

/// The language, and what it was given to read.
#[derive(Default)]
pub(crate) struct Tiny {
    pub(crate) read: Mutex<Vec<(String, bool)>>,
}

/// What is kept of a file.
pub(crate) struct Facts {
    skips: Vec<(i64, String, String)>,
    lends: bool,
    borrows: bool,
}

impl Language for Tiny {
    type Facts = Facts;

    fn rules_digest(&self) -> String {
        "tiny 1".to_owned()
    }

    fn reads(&self, path: &str) -> Option<Manner> {
        path.ends_with(".tiny").then_some(0)
    }

    fn read(&self, source: &[u8], _: Manner, thorough: bool) -> Facts {
        let text = str::from_utf8(source).expect("tests write text");
        assert!(!text.contains("the parser has a fault"), "as asked for");
        self.read.lock().unwrap().push((text.to_owned(), thorough));
        let borrows = text.contains("borrow");
        let skip = |(number, line): (i64, &str)| {
            let (name, reason) = line.strip_prefix("skip ")?.split_once(' ')?;
            Some((number, name.to_owned(), reason.to_owned()))
        };
        let skips = (1..).zip(text.lines()).filter_map(skip).collect();
        let skips = if borrows && !thorough {
            Vec::new()
        } else {
            skips
        };
        Facts {
            skips,
            lends: text.contains("lend"),
            borrows,
        }
    }

    fn wanted(&self, commit: &Commit<'_, Facts>) -> Vec<Content> {
        let facts = |id: &Content| (commit.facts)(id);
        let lent = commit.files.values().filter_map(facts).any(|it| it.lends);
        let borrows = |id: &&Content| facts(id).is_some_and(|it| lent && it.borrows);
        commit.files.values().filter(borrows).cloned().collect()
    }

    fn resolve(&self, commit: &Commit<'_, Facts>) -> Resolved {
        let mut resolved = Resolved::default();
        for (path, id) in commit.files {
            let Some(facts) = (commit.facts)(id) else {
                continue;
            };
            resolved.test_files += 1;
            for (line, name, reason) in &facts.skips {
                let mut mute = blank_mute();
                mute.declaration.path = path.to_string();
                mute.declaration.test.clone_from(name);
                (mute.declaration.line_start, mute.declaration.line_end) = (*line, *line);
                mute.declaration.reason = Some(reason.clone());
                mute.texts = vec![(TicketSource::Reason, reason.clone())];
                resolved.mutes.push(mute);
            }
            if facts.skips.is_empty() {
                resolved.problems.push(FileProblem {
                    repository: String::new(),
                    branch: String::new(),
                    path: path.to_string(),
                    line: 1,
                    problem: "syntax".to_owned(),
                    unread: false,
                    message: "nothing in it".to_owned(),
                });
            }
        }
        resolved
    }
}

/// A mute of nothing in particular.
pub(crate) fn blank_mute() -> RawMute {
    let declaration = Declaration {
        language: "tiny".to_owned(),
        framework: "tiny".to_owned(),
        form: "skip".to_owned(),
        ..Declaration::skip("", "", "")
    };
    RawMute {
        declaration,
        texts: Vec::new(),
        options: String::new(),
    }
}

//! Which branches are scanned, and what their newest commits say.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};
use jiff::Timestamp;
use qaduct_records::alike;

use super::Branches;
use crate::ScanError;
use crate::git::Refs;
use crate::git::objects::{Answer, Objects, unhex};
use crate::language::BlobId;

/// The branches to scan, in order of name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Selected {
    pub(super) names: BTreeSet<String>,
    /// Patterns without a branch, beside others that have one.
    pub(super) failures: Vec<String>,
}

/// Chooses branches.
pub(super) fn select(
    refs: &Refs,
    branches: &Branches,
    repository: &str,
) -> Result<Selected, ScanError> {
    if refs.branches.is_empty() {
        return Err(ScanError::Empty {
            repository: repository.to_owned(),
        });
    }
    let no_branch = |asked: &str| ScanError::NoBranch {
        repository: repository.to_owned(),
        asked: asked.to_owned(),
        nearest: nearest(refs, asked)
            .into_iter()
            .map(|it| match branches {
                Branches::Named(_) => typed(it),
                _ => option(it),
            })
            .collect(),
    };
    match branches {
        Branches::All => Ok(Selected {
            names: refs.branches.keys().cloned().collect(),
            failures: Vec::new(),
        }),
        Branches::Default => match &refs.default {
            Some(name) if refs.branches.contains_key(name) => Ok(Selected {
                names: BTreeSet::from([name.clone()]),
                failures: Vec::new(),
            }),
            unborn => Err(no_branch(unborn.as_deref().unwrap_or("HEAD"))),
        },
        Branches::Named(text) => {
            let name = text.strip_prefix("refs/heads/").unwrap_or(text);
            if !refs.branches.contains_key(name) {
                return Err(no_branch(text));
            }
            Ok(Selected {
                names: BTreeSet::from([name.to_owned()]),
                failures: Vec::new(),
            })
        }
        Branches::Matching(globs) => {
            let mut selected = Selected::default();
            let mut first_missing = None;
            for text in globs {
                let glob = glob(text)?;
                let matching: Vec<_> = refs
                    .branches
                    .keys()
                    .filter(|it| glob.is_match(it))
                    .collect();
                if matching.is_empty() {
                    let error = no_branch(text);
                    let hint = error.hint().unwrap_or_default();
                    selected.failures.push(format!("{error}: {hint}"));
                    first_missing.get_or_insert(error);
                }
                selected.names.extend(matching.into_iter().cloned());
            }
            match first_missing {
                Some(error) if selected.names.is_empty() => Err(error),
                _ => Ok(selected),
            }
        }
    }
}

impl Branches {
    /// Reads a glob without looking for branches.
    ///
    /// # Errors
    /// [`ScanError::BadGlob`].
    pub fn check_glob(text: &str) -> Result<(), ScanError> {
        glob(text).map(|_| ())
    }
}

/// `*` also stands for a slash, as in `git branch --list`.
fn glob(text: &str) -> Result<GlobMatcher, ScanError> {
    let name = text.strip_prefix("refs/heads/").unwrap_or(text);
    let glob = GlobBuilder::new(name)
        .literal_separator(false)
        .backslash_escape(true)
        .build();
    let bad = |error: globset::Error| ScanError::BadGlob {
        glob: text.to_owned(),
        reason: error.kind().to_string(),
    };
    Ok(glob.map_err(bad)?.compile_matcher())
}

/// Up to three branches whose names are alike or hold what was asked for, the
/// most alike first.
fn nearest<'a>(refs: &'a Refs, asked: &str) -> Vec<&'a str> {
    let lower = asked.to_lowercase();
    let core = lower.trim_matches(['*', '?', '/']);
    let names = || refs.branches.keys().map(String::as_str);
    let mut found = alike(core, names());
    if !core.is_empty() {
        found.extend(names().filter(|name| name.to_lowercase().contains(core)));
    }
    let mut seen = BTreeSet::new();
    found.retain(|name| seen.insert(*name));
    found.truncate(3);
    found
}

/// The option by which a branch of this name is chosen: what a glob would take
/// for more than itself is escaped.
fn option(name: &str) -> String {
    let mut glob = String::with_capacity(name.len());
    for it in name.chars() {
        if matches!(it, '*' | '?' | '[' | ']' | '{' | '}' | '\\') {
            glob.push('\\');
        }
        glob.push(it);
    }
    // A value that looks like an option has to be tied to its own.
    let tie = if glob.starts_with('-') { '=' } else { ' ' };
    format!("--branch{tie}{}", typed(&glob))
}

/// A text as it is typed into a shell.
fn typed(text: &str) -> String {
    let plain = |it: char| it.is_alphanumeric() || "-_./+@%:,=".contains(it);
    if text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The newest commit of a branch.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tip {
    pub(super) tree: BlobId,
    pub(super) committed_at: Timestamp,
    pub(super) committed_offset_min: i64,
}

/// Reads a commit; the inner error says in words why that branch fails. The tree without
/// files stands for what there is before the first commit.
pub(super) fn tip(objects: &mut Objects, commit: &str) -> Result<Result<Tip, String>, ScanError> {
    let Some(id) = unhex(commit) else {
        return Ok(Err(format!("`{commit}` is no name of a commit")));
    };
    Ok(match objects.one(&id)? {
        Answer::Found([]) => Ok(Tip {
            tree: id,
            committed_at: Timestamp::UNIX_EPOCH,
            committed_offset_min: 0,
        }),
        Answer::Found(bytes) => {
            parse(bytes).ok_or_else(|| format!("its commit {commit} cannot be understood"))
        }
        Answer::Missing => Err(format!(
            "its commit {commit} is missing from the repository"
        )),
        Answer::Damaged | Answer::TooLarge(_) => Err(format!("its commit {commit} is damaged")),
    })
}

/// Whether the repository does not have a commit.
pub(super) fn lacks(objects: &mut Objects, commit: &str) -> Result<bool, ScanError> {
    let Some(id) = unhex(commit) else {
        return Ok(true);
    };
    Ok(matches!(objects.one(&id)?, Answer::Missing))
}

/// Takes the tree and the committer's clock out of a commit.
fn parse(commit: &[u8]) -> Option<Tip> {
    let head = commit
        .split(|&byte| byte == b'\n')
        .take_while(|line| !line.is_empty());
    let field = |name: &[u8]| {
        head.clone()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(b" "))
    };
    let tree = unhex(str::from_utf8(field(b"tree")?).ok()?)?;
    // The name before the clock may hold anything but `>`.
    let clock = field(b"committer")?.rsplit(|&byte| byte == b'>').next()?;
    let mut clock = str::from_utf8(clock).ok()?.split_whitespace();
    let seconds: i64 = clock.next()?.parse().ok()?;
    let offset: i64 = clock.next().and_then(|it| it.parse().ok()).unwrap_or(0);
    Some(Tip {
        tree,
        committed_at: Timestamp::from_second(seconds).ok()?,
        committed_offset_min: offset / 100 * 60 + offset % 100,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refs(names: &[&str], default: Option<&str>) -> Refs {
        Refs {
            branches: names
                .iter()
                .map(|&it| (it.to_owned(), String::new()))
                .collect(),
            default: default.map(str::to_owned),
        }
    }

    fn matching(refs: &Refs, globs: &[&str]) -> Result<Selected, ScanError> {
        let globs = globs.iter().map(|&it| it.to_owned()).collect();
        select(refs, &Branches::Matching(globs), "shop")
    }

    #[test]
    fn globs_choose_branches_across_slashes() {
        let refs = refs(
            &["main", "release-1", "release-2/fix", "feature/x"],
            Some("main"),
        );
        let names = |globs: &[&str]| {
            matching(&refs, globs)
                .unwrap()
                .names
                .into_iter()
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&["release-*"]), ["release-1", "release-2/fix"]);
        assert_eq!(
            names(&["refs/heads/main", "feature/*"]),
            ["feature/x", "main"]
        );
        assert_eq!(names(&["{main,release-[0-9]}"]), ["main", "release-1"]);
    }

    #[test]
    fn a_missing_branch_names_the_nearest() {
        let refs = refs(&["main", "1.12", "1.13", "release-2024"], Some("main"));
        let error = matching(&refs, &["1.21"]).unwrap_err();
        assert_eq!(error.to_string(), "no branch of `shop` matches `1.21`");
        let error = matching(&refs, &["relase-2024"]).unwrap_err();
        assert_eq!(
            error.hint().unwrap(),
            "did you mean `--branch release-2024`?"
        );
        let some = matching(&refs, &["main", "nope"]).unwrap();
        assert_eq!(
            (some.names.len(), some.failures.len()),
            (1, 1),
            "the rest goes on"
        );
    }

    #[test]
    fn what_is_proposed_chooses_the_branch_when_it_is_typed() {
        let refs = refs(&["a{b}", "-dash", "it's"], None);
        let hint = |glob| matching(&refs, &[glob]).unwrap_err().hint().unwrap();
        assert_eq!(hint("a{b}"), r"did you mean `--branch 'a\{b\}'`?");
        assert_eq!(matching(&refs, &[r"a\{b\}"]).unwrap().names.len(), 1);
        assert_eq!(hint("-dahs"), "did you mean `--branch=-dash`?");
        assert_eq!(hint("its"), r"did you mean `--branch 'it'\''s'`?");
    }

    #[test]
    fn a_name_is_not_read_as_a_pattern() {
        let refs = refs(&["1.12", "a{b}"], None);
        let named = |name: &str| select(&refs, &Branches::Named(name.to_owned()), "shop");
        assert_eq!(named("refs/heads/a{b}").unwrap().names.len(), 1);
        let error = named("1.*").unwrap_err();
        assert_eq!(error.to_string(), "no branch of `shop` matches `1.*`");
        assert_eq!(error.hint().unwrap(), "did you mean `1.12`?");
    }

    #[test]
    fn a_pattern_that_is_none_is_refused() {
        let error = matching(&refs(&["main"], None), &["release-["]).unwrap_err();
        assert!(matches!(error, ScanError::BadGlob { .. }), "{error}");
    }

    #[test]
    fn a_commit_gives_its_tree_and_the_clock_of_its_committer() {
        let commit = "tree 0123456789abcdef0123456789abcdef01234567\nauthor A > <a@b> 1 +0000\n\
                      committer C <c> <c@d> 1543400000 -0330\ngpgsig x\n\ncommitter no";
        let tip = parse(commit.as_bytes()).unwrap();
        assert_eq!(tip.committed_at.to_string(), "2018-11-28T10:13:20Z");
        assert_eq!(tip.committed_offset_min, -210);
        assert!(parse(b"tree x\n").is_none());
    }
}

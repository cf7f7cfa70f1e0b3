//! Branches: which there are, which is the current one.

use std::collections::BTreeMap;
use std::path::Path;

use super::command::{read, readable, reading, run};
use super::objects::Objects;
use crate::ScanError;

/// The branches of a repository, each with its newest commit in hexadecimal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Refs {
    /// By name, without `refs/heads/` or the name of the remote.
    pub(crate) branches: BTreeMap<String, String>,
    /// The branch to scan when none is named.
    pub(crate) default: Option<String>,
}

/// One line of `git for-each-ref`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ref {
    pub(crate) commit: String,
    pub(crate) name: String,
    /// What it points to, where it is symbolic.
    target: Option<String>,
    /// Whether it is checked out.
    current: bool,
}

const HEADS: &str = "refs/heads/";
const REMOTES: &str = "refs/remotes/";

/// Lists references below these names.
fn list(git_dir: &Path, below: &[&str]) -> Result<Vec<Ref>, ScanError> {
    list_with(git_dir, "", below)
}

/// Lists the branches of a mirror; an error where it lacks one of their commits.
pub(crate) fn sound(git_dir: &Path) -> Result<Vec<Ref>, ScanError> {
    list_with(git_dir, "%00%(objecttype)", &[HEADS])
}

fn list_with(git_dir: &Path, more: &str, below: &[&str]) -> Result<Vec<Ref>, ScanError> {
    let mut git = reading(git_dir);
    let format = format!("--format=%(objectname)%00%(HEAD)%00%(symref)%00%(refname){more}");
    git.args(["for-each-ref", &format, "--"]).args(below);
    let out = read(&mut git, "list the branches")?;
    let line = |line: &[u8]| {
        let mut fields = line.split(|&byte| byte == 0).map(readable);
        let (commit, head) = (fields.next()?, fields.next()?);
        let (target, name) = (fields.next()?, fields.next()?);
        let target = (!target.is_empty()).then_some(target);
        Some(Ref {
            commit,
            name,
            target,
            current: head == "*",
        })
    };
    Ok(out.split(|&byte| byte == b'\n').filter_map(line).collect())
}

/// Whether one commit is in the history of another; not where that history is
/// cut off before it, as in a shallow clone.
fn is_ancestor(git_dir: &Path, old: &str, new: &str) -> bool {
    let mut git = reading(git_dir);
    git.args(["merge-base", "--is-ancestor", old, new]);
    run(&mut git).is_ok_and(|it| it.status.success())
}

impl Refs {
    /// The branches of a repository on this machine: its own, and those it
    /// knows of its remote. Where both have one of a name, its own counts, with
    /// the work that is not pushed yet; unless it merely lags behind, that is,
    /// its commit is an ancestor of the one that the remote had when it was
    /// last fetched from.
    pub(crate) fn local(
        git_dir: &Path,
        remote: Option<&str>,
        objects: &mut Objects,
    ) -> Result<Self, ScanError> {
        let refs = list(git_dir, &[HEADS, REMOTES])?;
        let prefix = remote.map(|it| format!("{REMOTES}{it}/"));
        let of_remote = |name: &str| Some(name.strip_prefix(prefix.as_deref()?)?.to_owned());

        let mut branches = BTreeMap::new();
        for it in refs.iter().filter(|it| it.target.is_none()) {
            if let Some(name) = of_remote(&it.name) {
                branches.insert(name, it.commit.clone());
            }
        }
        for it in &refs {
            let Some(name) = it.name.strip_prefix(HEADS) else {
                continue;
            };
            // Only where the two differ does this cost a process.
            let lags = branches.get(name).is_some_and(|of_remote| {
                *of_remote != it.commit && is_ancestor(git_dir, &it.commit, of_remote)
            });
            if !lags {
                branches.insert(name.to_owned(), it.commit.clone());
            }
        }
        let of_remote_default = prefix.as_ref().and_then(|prefix| {
            let head = refs.iter().find(|it| it.name == format!("{prefix}HEAD"))?;
            of_remote(head.target.as_deref()?).filter(|it| branches.contains_key(it))
        });

        let current = refs
            .iter()
            .find(|it| it.current)
            .and_then(|it| it.name.strip_prefix(HEADS));
        if let Some(current) = current {
            return Ok(Self {
                default: Some(current.to_owned()),
                branches,
            });
        }
        // No branch is checked out, or one without a commit.
        if let Some(commit) = objects.head()? {
            let name = checked_out(&refs, &commit, &of_remote, of_remote_default.as_deref());
            branches.insert(name.clone(), commit);
            return Ok(Self {
                default: Some(name),
                branches,
            });
        }
        let usual = ["main", "master"]
            .into_iter()
            .find(|it| branches.contains_key(*it));
        let only = branches
            .keys()
            .next()
            .filter(|_| branches.len() == 1)
            .cloned();
        let default = of_remote_default.or(only).or(usual.map(str::to_owned));
        Ok(Self { branches, default })
    }
}

/// A name for a commit that is checked out without a branch, as CI systems do:
/// that of a branch of the remote that points at it, else that of a branch,
/// else that of any reference from afar (`pull/7/merge`), else `HEAD`.
fn checked_out(
    refs: &[Ref],
    commit: &str,
    of_remote: &dyn Fn(&str) -> Option<String>,
    remote_default: Option<&str>,
) -> String {
    let here = || {
        refs.iter()
            .filter(|it| it.commit == commit && it.target.is_none())
    };
    let ours = || here().filter_map(|it| of_remote(&it.name));
    ours()
        .find(|it| Some(it.as_str()) == remote_default)
        .or_else(|| ours().next())
        .or_else(|| here().find_map(|it| it.name.strip_prefix(HEADS).map(str::to_owned)))
        .or_else(|| here().find_map(|it| it.name.strip_prefix(REMOTES).map(str::to_owned)))
        .unwrap_or_else(|| "HEAD".to_owned())
}

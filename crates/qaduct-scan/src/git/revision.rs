//! Revisions as people name them, and what a work tree has that a commit has not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Repository;
use super::command::{check_version, path, read, readable, reading, run};
use super::log::RENAMES;
use crate::ScanError;

impl Repository {
    /// The commit that a revision names: a branch, a tag, `HEAD~2`, an id. A branch that
    /// only the remote has is found by its short name as well.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn commit(&self, revision: &str) -> Result<String, ScanError> {
        let mut names = vec![revision.to_owned()];
        if let super::Kind::Local(settings) = &self.kind
            && let Some(remote) = &settings.remote
        {
            names.push(format!("refs/remotes/{remote}/{revision}"));
        }
        for name in names {
            let mut git = reading(&self.git_dir);
            git.args(["rev-parse", "--verify", "--quiet", "--end-of-options"]);
            git.arg(format!("{name}^{{commit}}"));
            let ran = run(&mut git)?;
            if ran.status.success() {
                return Ok(readable(ran.stdout.trim_ascii()));
            }
        }
        check_version()?;
        Err(ScanError::NoRevision {
            repository: self.name.clone(),
            asked: revision.to_owned(),
        })
    }

    /// What stands for `HEAD` before the first commit: the tree without files.
    ///
    /// # Errors
    /// When git cannot be run.
    pub fn before_first_commit(&self) -> Result<Option<String>, ScanError> {
        let is_branch = run(reading(&self.git_dir).args(["symbolic-ref", "--quiet", "HEAD"]))?;
        let head = ["rev-parse", "--verify", "--quiet", "HEAD"];
        let is_there = run(reading(&self.git_dir).args(head))?;
        if !is_branch.status.success() || is_there.status.success() {
            return Ok(None);
        }
        // git knows its name, and reads it where it was never written.
        let mut git = reading(&self.git_dir);
        git.args(["hash-object", "-t", "tree", "--stdin"]);
        let name = read(&mut git, "name the empty tree")?;
        Ok(Some(readable(name.trim_ascii())))
    }

    /// The commit from which two others went apart.
    ///
    /// # Errors
    /// When they have none in common, or the clone does not reach back to it.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<String, ScanError> {
        if one == other {
            return Ok(one.to_owned());
        }
        let mut git = reading(&self.git_dir);
        let ran = run(git.args(["merge-base", one, other]))?;
        let id = readable(ran.stdout.trim_ascii());
        match ran.status.success() && !id.is_empty() {
            true => Ok(id),
            false => Err(ScanError::NothingInCommon {
                repository: self.name.clone(),
                shallow: self.is_shallow(),
            }),
        }
    }

    /// Whether the clone lacks a part of its history.
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        self.git_dir.join("shallow").exists()
    }

    /// The files of a work tree that differ from those of a commit: changed, gone, and new
    /// ones that git is not told to ignore.
    pub(crate) fn changed(&self, folder: &Path, commit: &str) -> Result<Vec<PathBuf>, ScanError> {
        let mut git = self.reading_work_tree(folder);
        // Plumbing: it looks at times and sizes, and runs no filter that the repository names.
        git.args(["diff-index", "--name-only", "--no-renames", "-z"]);
        git.args(["--ignore-submodules=all", commit, "--"]);
        let mut out = read(&mut git, "compare the work tree")?;
        let mut git = self.reading_work_tree(folder);
        git.args(["ls-files", "--others", "--exclude-standard", "-z"]);
        out.extend(read(&mut git, "list the new files of the work tree")?);
        let names = out.split(|&byte| byte == 0).filter(|it| !it.is_empty());
        Ok(names.map(path).collect())
    }

    /// The files that git sees as renamed in a work tree since the commit that last changed a
    /// file, or since this one where none did: the new path by the old one.
    ///
    /// # Errors
    /// When git cannot compare them.
    pub fn renamed_since(
        &self,
        folder: &Path,
        file: &Path,
        commit: &str,
    ) -> Result<BTreeMap<String, String>, ScanError> {
        let mut git = self.reading_work_tree(folder);
        git.args(["log", "--max-count=1", "--format=%H", commit, "--"]);
        let ran = run(git.arg(file))?;
        let last = readable(ran.stdout.trim_ascii());
        let last = match ran.status.success() && !last.is_empty() {
            true => last.as_str(),
            // It is outside, or was never committed.
            false => commit,
        };
        let mut git = self.reading_work_tree(folder);
        git.args(["diff-index", "-M", RENAMES, "--name-status"]);
        git.args(["--diff-filter=R", "-z"]);
        git.args(["--ignore-submodules=all", last, "--"]);
        let out = read(&mut git, "compare the work tree")?;
        let mut words = out.split(|&byte| byte == 0).map(readable);
        let mut renamed = BTreeMap::new();
        while let (Some(_), Some(old), Some(new)) = (words.next(), words.next(), words.next()) {
            renamed.insert(old, new);
        }
        Ok(renamed)
    }

    pub(super) fn reading_work_tree(&self, folder: &Path) -> std::process::Command {
        let mut git = reading(&self.git_dir);
        git.env("GIT_WORK_TREE", folder).current_dir(folder);
        // A program that tells what has changed would be one that the repository names.
        git.args(["-c", "core.fsmonitor=false"]);
        git
    }
}

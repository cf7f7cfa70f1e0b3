//! The index: what the next commit will hold, and what a merge brings to it.

use std::fs;
use std::path::{Path, PathBuf};

use super::Repository;
use super::command::{path, read, readable};
use super::objects::unhex;
use super::tree::Kind;
use crate::ScanError;
use crate::language::BlobId;

/// What the index has of a path that a commit has not: a content, or nothing.
pub(crate) type Staged = (PathBuf, Option<(Kind, BlobId)>);

impl Repository {
    /// What the index of a work tree has other than a commit. `index` is the file of it, where
    /// git was told of another than its own.
    pub(crate) fn staged(
        &self,
        folder: &Path,
        index: Option<&Path>,
        commit: &str,
    ) -> Result<Vec<Staged>, ScanError> {
        let mut git = self.reading_work_tree(folder);
        if let Some(index) = index {
            git.env("GIT_INDEX_FILE", folder.join(index));
        }
        git.args(["diff-index", "--cached", "--raw", "--no-abbrev", "-z"]);
        git.args(["--no-renames", "--ignore-submodules=none", commit, "--"]);
        let out = read(&mut git, "compare the index")?;
        let mut words = out.split(|&byte| byte == 0);
        let mut staged = Vec::new();
        while let (Some(change), Some(name)) = (words.next(), words.next()) {
            // `:100644 100755 ID ID M`
            let change = readable(change);
            let mut fields = change.split(' ').skip(1);
            let mode = fields.next().unwrap_or_default();
            let id = fields.nth(1).and_then(unhex);
            let is_unmerged = fields.next() == Some("U");
            let name = path(name);
            if is_unmerged {
                return Err(ScanError::Unmerged {
                    repository: self.name.clone(),
                    path: name,
                });
            }
            let kind = match mode {
                "000000" => None,
                "120000" => Some(Kind::Link),
                "160000" => Some(Kind::Submodule),
                _ => Some(Kind::File),
            };
            staged.push((name, kind.zip(id)));
        }
        Ok(staged)
    }

    /// The commits that a merge which is not committed yet brings in.
    #[must_use]
    pub fn merging(&self) -> Vec<String> {
        let text = fs::read_to_string(self.git_dir.join("MERGE_HEAD")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

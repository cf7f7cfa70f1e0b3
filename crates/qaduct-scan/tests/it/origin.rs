//! Repositories in temporary folders, made with the real git.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A repository with a work tree, whose commits have the same names everywhere.
pub(crate) struct Origin {
    folder: TempDir,
}

impl Origin {
    /// An empty one, on the branch `main`.
    pub(crate) fn empty() -> Self {
        let origin = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        origin.git(&["init", "--quiet", "--initial-branch=main"]);
        origin.git(&["config", "uploadpack.allowFilter", "true"]);
        origin.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
        origin.git(&["config", "gc.auto", "0"]);
        origin
    }

    /// One with a commit of these files.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let origin = Self::empty();
        origin.commit("first", files);
        origin
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Its path as text.
    pub(crate) fn place(&self) -> &str {
        self.path().to_str().unwrap()
    }

    /// Commits these files beside those that are there; the name of the commit.
    pub(crate) fn commit(&self, message: &str, files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            let path = self.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs git in it; its output without the last line feed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        git(self.path(), args)
    }
}

/// Runs git in a folder, with settings that are the same everywhere.
pub(crate) fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "protocol.file.allow=always"])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_NAME", "Ada")
        .env("GIT_AUTHOR_EMAIL", "ada@example.com")
        .env("GIT_AUTHOR_DATE", "2018-11-28T10:13:20+0100")
        .env("GIT_COMMITTER_NAME", "Ada")
        .env("GIT_COMMITTER_EMAIL", "ada@example.com")
        .env("GIT_COMMITTER_DATE", "2018-11-28T10:13:20+0100")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    assert!(
        output.status.success(),
        "git {args:?}: {}",
        text(output.stderr)
    );
    text(output.stdout).trim_end().to_owned()
}

//! Finds the repository around a folder, as git itself would, without a process.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::ScanError;

/// A repository on this machine.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// What git calls the git directory; that of a linked work tree is its own.
    pub(crate) git_dir: PathBuf,
    /// The folder that people call the repository; linked work trees share it.
    pub(crate) root: PathBuf,
}

impl Place {
    /// Looks in the folder and then upwards.
    pub(crate) fn around(path: &Path) -> Result<Self, ScanError> {
        let shown = || path.display().to_string();
        let start = fs::canonicalize(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => ScanError::NoRepository { location: shown() },
            _ => ScanError::Unreadable {
                location: shown(),
                reason: error.to_string(),
            },
        })?;
        // Where a folder cannot be listed, nothing in it can be found: say that
        // instead of "no repository".
        let folder = if start.is_file() {
            start.parent().unwrap_or(&start)
        } else {
            &start
        };
        fs::read_dir(folder).map_err(|error| ScanError::Unreadable {
            location: shown(),
            reason: error.to_string(),
        })?;
        folder
            .ancestors()
            .find_map(Self::at)
            .ok_or_else(|| ScanError::NoRepository { location: shown() })
    }

    /// The repository of exactly this folder.
    fn at(folder: &Path) -> Option<Self> {
        let dot_git = folder.join(".git");
        if is_git_dir(&dot_git) {
            return Some(Self {
                git_dir: dot_git,
                root: folder.to_owned(),
            });
        }
        if let Ok(link) = fs::read_to_string(&dot_git) {
            let git_dir = folder.join(link.strip_prefix("gitdir:")?.trim());
            let git_dir = fs::canonicalize(git_dir).ok()?;
            return is_git_dir(&git_dir).then(|| Self {
                root: shared_root(&git_dir).unwrap_or_else(|| folder.to_owned()),
                git_dir,
            });
        }
        is_git_dir(folder).then(|| {
            let inside = folder.file_name().is_some_and(|it| it == ".git");
            let root = shared_root(folder)
                .or_else(|| folder.parent().filter(|_| inside).map(Path::to_owned));
            Self {
                git_dir: folder.to_owned(),
                root: root.unwrap_or_else(|| folder.to_owned()),
            }
        })
    }
}

/// The repository that a path is only a part of; `None` for a repository itself,
/// and for what is in none or is no path at all.
#[must_use]
pub fn around(path: &Path) -> Option<PathBuf> {
    let start = fs::canonicalize(path).ok()?;
    if Place::at(&start).is_some() {
        return None;
    }
    Place::around(&start).ok().map(|it| it.root)
}

/// The folder of the work tree around a path; `None` in a bare repository, wherever that is.
#[must_use]
pub fn work_tree(path: &Path) -> Option<PathBuf> {
    let start = fs::canonicalize(path).ok()?;
    let folder = start.ancestors().find(|it| Place::at(it).is_some())?;
    folder.join(".git").exists().then(|| folder.to_owned())
}

/// The repository that a linked work tree belongs to.
fn shared_root(git_dir: &Path) -> Option<PathBuf> {
    let common = fs::read_to_string(git_dir.join("commondir")).ok()?;
    let common = fs::canonicalize(git_dir.join(common.trim())).ok()?;
    match common.file_name() {
        Some(name) if name == ".git" => common.parent().map(Path::to_owned),
        _ => Some(common),
    }
}

/// Whether the folder is a git directory; the same three signs that git takes.
fn is_git_dir(path: &Path) -> bool {
    let shared = path.join("commondir").is_file();
    let head = path.join("HEAD");
    (head.is_file() || head.is_symlink())
        && (shared || (path.join("objects").is_dir() && path.join("refs").is_dir()))
}

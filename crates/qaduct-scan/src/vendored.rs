//! What is left out of a scan: code of others and generated code.
//!
//! In this order: what the user includes is read, what the user excludes is not; then
//! `.gitattributes` decide, then the defaults of `vendored.toml`.

use std::sync::LazyLock;

use globset::{Error, Glob, GlobSet};
use qaduct_records::digest::digest;
use rustc_hash::FxHashSet;
use serde::Deserialize;

use crate::ScanError;
use crate::attributes::Attributes;
use crate::paths::{glob, like_gitignore};

/// The defaults.
const SOURCE: &str = include_str!("../vendored.toml");

static DEFAULTS: LazyLock<Defaults> = LazyLock::new(|| {
    let file: File = toml::from_str(SOURCE)
        .unwrap_or_else(|broken| unreachable!("vendored.toml is tested to be readable: {broken}"));
    let each =
        |patterns: &[String]| set(patterns).expect("vendored.toml is tested to hold patterns");
    Defaults {
        files: each(&file.files),
        kept: each(&file.kept),
        folders: file.folders.into_iter().collect(),
        doubtful: file.doubtful,
    }
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    folders: Vec<String>,
    kept: Vec<String>,
    files: Vec<String>,
    doubtful: Vec<Doubtful>,
}

struct Defaults {
    folders: FxHashSet<String>,
    kept: GlobSet,
    files: GlobSet,
    doubtful: Vec<Doubtful>,
}

/// A folder whose name alone does not tell.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Doubtful {
    name: String,
    beside: Vec<String>,
    holds: Vec<String>,
}

/// What the user wants left out and read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exclusion {
    /// Files that are not read: patterns as in `.gitignore`.
    pub exclude: Vec<String>,
    /// Files that are read, whatever else would leave them out.
    pub include: Vec<String>,
    /// Whether vendored and generated files are read too.
    pub include_vendored: bool,
}

impl Exclusion {
    /// Names what it leaves out.
    pub(crate) fn digest(&self) -> String {
        let text = format!("{self:?}");
        digest([Some(SOURCE), Some(&text)])
    }
}

/// The rules of a scan.
pub(crate) struct Excluded {
    exclude: GlobSet,
    include: GlobSet,
    include_vendored: bool,
}

impl Excluded {
    pub(crate) fn new(exclusion: &Exclusion) -> Result<Self, ScanError> {
        let each = |patterns: &[String]| {
            let mut globs = Vec::new();
            for pattern in patterns {
                let bad = |error: Error| ScanError::BadGlob {
                    glob: pattern.clone(),
                    reason: error.kind().to_string(),
                };
                globs.extend(like_gitignore(pattern).map_err(bad)?);
            }
            GlobSet::new(globs).map_err(|error| ScanError::BadGlob {
                glob: patterns.join(", "),
                reason: error.kind().to_string(),
            })
        };
        Ok(Self {
            exclude: each(&exclusion.exclude)?,
            include: each(&exclusion.include)?,
            include_vendored: exclusion.include_vendored,
        })
    }

    /// Whether a file is left out; `vendored` where it is in a folder of others.
    pub(crate) fn has(&self, path: &str, attributes: Option<&Attributes>, vendored: bool) -> bool {
        if self.include.is_match(path) {
            return false;
        }
        if self.exclude.is_match(path) {
            return true;
        }
        if self.include_vendored {
            return false;
        }
        let said = attributes.and_then(|it| it.of(path));
        said.unwrap_or_else(|| {
            (vendored && !DEFAULTS.kept.is_match(path)) || DEFAULTS.files.is_match(path)
        })
    }

    /// The same where nothing is known but the path, as of a file of the past.
    pub(crate) fn has_by_name(&self, path: &str) -> bool {
        let mut folders = path.split('/').rev().skip(1);
        self.has(path, None, folders.any(|it| DEFAULTS.folders.contains(it)))
    }
}

/// Whether a folder of this name is one of others; asks what stands beside it, and what
/// is in it.
pub(crate) fn is_vendored(
    name: &str,
    beside: impl Fn(&str) -> bool,
    holds: impl Fn(&str) -> bool,
) -> bool {
    if DEFAULTS.folders.contains(name) {
        return true;
    }
    let doubtful = DEFAULTS.doubtful.iter().find(|it| it.name == name);
    doubtful.is_some_and(|it| {
        it.beside.iter().any(|it| beside(it)) || it.holds.iter().any(|it| holds(it))
    })
}

fn set(patterns: &[String]) -> Result<GlobSet, Error> {
    let mut globs: Vec<Glob> = Vec::new();
    for pattern in patterns {
        // A default is of files, or of a folder where it ends with a slash.
        match pattern.strip_suffix('/') {
            Some(folder) => globs.push(glob(&format!("{folder}/**"))?),
            None if pattern.starts_with("**/") => globs.push(glob(pattern)?),
            None => globs.push(glob(&format!("**/{pattern}"))?),
        }
    }
    GlobSet::new(globs)
}

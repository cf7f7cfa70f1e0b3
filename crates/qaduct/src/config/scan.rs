//! `[scan]`: what is read.

use std::path::PathBuf;

use qaduct_scan::{Branches, Exclusion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[scan]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Scan {
    /// Globs of branches; empty means the current branch, or the default branch
    /// of a remote; `*` alone means all.
    #[schemars(extend("items" = glob()))]
    pub branches: Vec<String>,
    /// Folder for mirrors of remote repositories and what is remembered of files; `qaduct` in the user's
    /// cache folder where it is not set.
    #[schemars(extend("format" = "path"))]
    pub cache_dir: Option<PathBuf>,
    /// Files that are not read, as in `.gitignore`: `/tests/generated/`, `*.snap.ts`.
    #[schemars(extend("items" = files()))]
    pub exclude: Vec<String>,
    /// Files that are read though something else would leave them out.
    #[schemars(extend("items" = files()))]
    pub include: Vec<String>,
    /// Whether vendored and generated files are read too: those that
    /// `.gitattributes` or their usual names call so.
    pub include_vendored: bool,
    /// What `qaduct scan` without arguments and `qaduct serve --rescan` read;
    /// empty means the repository around the current folder.
    pub repositories: Vec<Repository>,
}

/// `[[scan.repositories]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// A URL or a folder.
    #[schemars(extend("format" = "repository"))]
    pub location: String,
    /// Its name in the database, where it is not to be derived from the location.
    #[serde(default)]
    pub name: Option<String>,
    /// Globs of branches; those of `[scan]` where it is not set.
    #[serde(default)]
    #[schemars(extend("items" = glob()))]
    pub branches: Option<Vec<String>>,
}

/// What a glob is, for the schema.
fn glob() -> serde_json::Value {
    serde_json::json!({"type": "string", "format": "glob"})
}

/// What a pattern of files is, for the schema.
fn files() -> serde_json::Value {
    serde_json::json!({"type": "string", "format": "files"})
}

impl Scan {
    /// The files that are left out, and those that are read all the same.
    #[must_use]
    pub fn exclusion(&self) -> Exclusion {
        Exclusion {
            exclude: self.exclude.clone(),
            include: self.include.clone(),
            include_vendored: self.include_vendored,
        }
    }

    /// The branches to read of a repository of the list, or of one that is not in it.
    #[must_use]
    pub fn branches(&self, repository: Option<&Repository>) -> Branches {
        let own = repository.and_then(|repository| repository.branches.as_ref());
        let globs = own.unwrap_or(&self.branches);
        if globs.is_empty() {
            Branches::Default
        } else if globs.iter().any(|glob| glob == "*") {
            Branches::All
        } else {
            Branches::Matching(globs.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_can_have_branches_of_its_own() {
        let mut scan = Scan::default();
        assert_eq!(scan.branches(None), Branches::Default);
        scan.branches = vec!["release-*".into()];
        let mut shop = Repository {
            location: "shop".into(),
            name: None,
            branches: None,
        };
        assert_eq!(
            scan.branches(Some(&shop)),
            Branches::Matching(vec!["release-*".into()])
        );
        shop.branches = Some(vec!["*".into()]);
        assert_eq!(scan.branches(Some(&shop)), Branches::All);
        shop.branches = Some(Vec::new());
        assert_eq!(scan.branches(Some(&shop)), Branches::Default);
    }
}

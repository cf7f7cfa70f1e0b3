//! What a hook is to judge: the index as git hands it over, what a merge brings to it, or the
//! commits that pre-commit names. Reads variables and the state of the repository.

use std::path::PathBuf;

use qaduct_scan::Repository;

use crate::context::Context;

/// What a hook is to judge.
#[derive(Debug)]
pub struct Staged {
    /// The file of the index, where git has made another for this commit.
    pub index: Option<PathBuf>,
    /// What a merge brings in: that is not the work of this commit.
    pub merging: Vec<String>,
    /// Where pre-commit judges commits that are there already, before a push or in CI: from
    /// which one, and which.
    pub commits: Option<(String, String)>,
}

impl Staged {
    /// As the hook was called.
    #[must_use]
    pub fn of(context: &Context, repository: &Repository) -> Self {
        let from = context.variable("PRE_COMMIT_FROM_REF");
        let mut merging = repository.merging();
        // git runs the hook of a merge without conflicts before it writes down what is merged,
        // and names it in variables.
        let named = context.variables("GITHEAD_");
        let is_commit = |it: &&str| repository.commit(it).is_ok();
        let named = named.filter(is_commit).map(str::to_owned);
        merging.extend(named);
        merging.sort();
        merging.dedup();
        Self {
            index: context.variable("GIT_INDEX_FILE").map(PathBuf::from),
            merging,
            commits: from.zip(context.variable("PRE_COMMIT_TO_REF")),
        }
    }
    /// The revision from which the change is counted.
    #[must_use]
    pub fn since(&self) -> &str {
        self.commits.as_ref().map_or("HEAD", |(from, _)| from)
    }
}

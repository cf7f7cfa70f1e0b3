//! A scan: branches to trees to blobs to mutes.

use std::collections::HashMap;

use qaduct_records::scan::{Known, RepositoryScan};

use crate::{MarkRule, Progress, Repository, ScanError, TicketRules};

/// Which branches to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Branches {
    /// The current branch, or the default branch of a remote.
    Default,
    /// Those that match one of these globs.
    Matching(Vec<String>),
    /// All of them.
    All,
}

/// What to scan and how.
#[derive(Debug)]
pub struct Options {
    /// Which branches.
    pub branches: Branches,
    /// Branches that are stored already: where commit and rules are the same, nothing is read.
    pub known: HashMap<String, Known>,
    /// Marks of the user, beside those that ship; the same name replaces.
    pub marks: Vec<MarkRule>,
    /// How tickets are recognised.
    pub tickets: TicketRules,
}

/// Scans a repository.
///
/// # Errors
/// When nothing at all can be scanned. What fails for one branch or file only
/// is in [`RepositoryScan::failures`] or in its problems.
pub fn scan(
    _repository: &Repository,
    _options: &Options,
    _progress: &dyn Progress,
) -> Result<RepositoryScan, ScanError> {
    Err(ScanError::NoRepository { location: String::new() })
}

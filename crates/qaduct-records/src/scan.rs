//! What a scan of one repository hands over to be stored.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::{Declaration, FileOwner, FileProblem, MuteTicket};

/// A scan of one repository.
#[derive(Debug, Clone, PartialEq)]
pub struct RepositoryScan {
    /// The repository, as `host/owner/name` or as a path.
    pub repository: String,
    /// The branches that were asked for and exist.
    pub branches: Vec<BranchScan>,
    /// Every branch that the repository has, asked for or not: a stored branch
    /// that is not in this list is gone. `None` for a clone of another
    /// repository, which may hold only some of its branches.
    pub existing: Option<Vec<String>>,
    /// What was stored of the repository's branches when the scan began.
    pub known: HashMap<String, Known>,
    /// Distinct file contents that were read.
    pub blobs_read: u64,
    /// What failed without stopping the rest, in words: a branch that could
    /// not be read, for instance. Not empty means that the run is incomplete.
    pub failures: Vec<String>,
}

/// One branch of a scan.
#[derive(Debug, Clone, PartialEq)]
pub struct BranchScan {
    /// Its name.
    pub branch: String,
    /// Its newest commit.
    pub commit_id: String,
    /// When that commit was made.
    pub committed_at: Timestamp,
    /// Offset from UTC of the committer's clock, in minutes.
    pub committed_offset_min: i64,
    /// Digest of the rules and of the configuration.
    pub rules: String,
    /// What the caller knew of this branch when the scan began.
    pub known: Option<Known>,
    /// What was found; `None` where commit and rules are those already known,
    /// so that nothing was read.
    pub findings: Option<Findings>,
}

/// The stored state of a branch: when commit and rules still are these, there
/// is nothing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The commit that was scanned.
    pub commit_id: String,
    /// When that commit was made.
    pub committed_at: Timestamp,
    /// Digest of the rules that were used.
    pub rules: String,
}

/// What one commit holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    /// Files of the commit.
    pub files_seen: u64,
    /// Files recognised as test files.
    pub test_files: u64,
    /// Files that would have been read and were left out: vendored, generated, excluded.
    pub files_excluded: u64,
    /// Files in which a parser found errors.
    pub files_partly_parsed: u64,
    /// Marks of mutes that a lexer sees in the code of the files that were parsed.
    pub marks_lexed: u64,
    /// Of these, marks that the parser saw too.
    pub marks_parsed: u64,
    /// The mutes, in order of path and line; branches that hold the same share them.
    pub mutes: Vec<Arc<Found>>,
    /// Files of which a part could not be read or parsed. `repository` and
    /// `branch` are filled.
    pub problems: Vec<FileProblem>,
    /// Who answers for the files that hold mutes, in order of path; files that nothing
    /// says anything of are not in it. `repository` and `branch` are filled.
    pub owners: Vec<FileOwner>,
}

/// A comment that speaks to qaduct, and stands at no mute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOver {
    /// The file.
    pub path: String,
    /// The line, counted from 1.
    pub line: i64,
    /// What it says.
    pub text: String,
}

/// A mute and the tickets it names; [`Declaration::seal`]ed.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What the code says.
    pub declaration: Declaration,
    /// The tickets, best source first.
    pub tickets: Vec<MuteTicket>,
    /// The comments of the declaration that speak to qaduct; not stored.
    pub notes: Vec<String>,
    /// What else the declaration says, as written: which exception is expected, how often it is
    /// tried again; not stored.
    pub options: String,
}

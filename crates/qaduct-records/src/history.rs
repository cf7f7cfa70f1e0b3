//! What git says of mutes: since when a branch carries them, and who brought and removed them.
//!
//! Kept apart from [`crate::mute`], which is what our scans saw. [`MuteRun`] is one unbroken
//! time of a mute on the first-parent history of a branch, [`Walked`] is how far that history was
//! read. The other structs are what a scan hands over to be kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::scan::Found;
use crate::table;

table! {
    /// One unbroken time of a mute in the history of a branch, as its commits tell it.
    ///
    /// The commits are those of the first-parent history: the landings on the branch. A run goes
    /// on through moves, renames, reformatting and edits of the mute.
    pub struct MuteRun in "mute_history" key ["repository", "branch", "group_id", "nth"] {
        /// Repository.
        pub repository: String,
        /// Branch.
        pub branch: String,
        /// Digest of what is muted and how, as it stood last: see `mutes`.
        pub group_id: String,
        /// Number of this time among all times of the same mute on this branch, from 1, in order of beginning.
        pub nth: i64,
        /// The declaration as it stood last.
        pub declaration_id: String,
        /// Times of the same mute on this branch that had ended before this one began, moved and renamed since or not.
        pub muted_before: i64,
        /// The commit with which it came to the branch; NULL where the history that was read does not reach back to it.
        pub from_commit: Option<String>,
        /// When that commit landed, in UTC: when its committer made it, or the latest of those that it is built on where clocks ran backwards.
        pub from_at: Option<Timestamp>,
        /// Offset from UTC of the committer's clock, in minutes.
        pub from_offset_min: Option<i64>,
        /// When its author wrote it, in UTC. Of a merge the change in the merged branch, where it is known.
        pub from_authored_at: Option<Timestamp>,
        /// Who wrote it. Of a merge the author of the change in the merged branch, where that is one person.
        pub from_author: Option<String>,
        /// Whether it was there before the history that was read, so that nobody knows since when.
        pub begins_before: bool,
        /// The commit that removed it; NULL while it is there.
        pub to_commit: Option<String>,
        /// When that commit landed, in UTC, as in `from_at`; NULL while it is there.
        pub to_at: Option<Timestamp>,
        /// Offset from UTC of that committer's clock, in minutes.
        pub to_offset_min: Option<i64>,
        /// When the author of the removal wrote it, in UTC.
        pub to_authored_at: Option<Timestamp>,
        /// Who removed it; of a merge as in `from_author`.
        pub to_author: Option<String>,
        /// The test under which it began, where it was moved or renamed since.
        pub moved_from: Option<String>,
        /// The group under which it began, where that was another: it was moved, renamed or edited since.
        pub from_group_id: Option<String>,
        /// When the commit with which it came was made, by the clock of its committer, in UTC.
        pub from_committed_at: Option<Timestamp>,
        /// When the commit that removed it was made, by the clock of its committer, in UTC.
        pub to_committed_at: Option<Timestamp>,
    }
}

table! {
    /// How far the history of a branch was read.
    pub struct Walked in "branch_history" key ["repository", "branch"] {
        /// Repository.
        pub repository: String,
        /// Branch.
        pub branch: String,
        /// The newest commit that was read.
        pub commit_id: String,
        /// Digest of the rules and of the configuration with which it was read.
        pub rules: String,
        /// Further back than this was not asked for; NULL where all was.
        pub since: Option<Timestamp>,
        /// When the oldest commit that was read was made, where there is history before it: it was not asked for, or a shallow clone lacks it.
        pub begins_at: Option<Timestamp>,
        /// When the branch begins for counts over time: when it parted from another one that was read with it, else `begins_at`; NULL where all of its history counts.
        pub starts_at: Option<Timestamp>,
    }
}

/// A commit of the first-parent history, and who is behind what it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landing {
    /// The commit.
    pub commit_id: String,
    /// When it landed: never before a commit that it is built on.
    pub at: Timestamp,
    /// When its committer made it, by their clock.
    pub committed_at: Timestamp,
    /// Offset from UTC of the committer's clock, in minutes.
    pub offset_min: i64,
    /// When the change was written.
    pub authored_at: Timestamp,
    /// Who wrote the change.
    pub author: String,
}

/// How a run began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beginning {
    /// With this commit.
    Landed(Landing),
    /// Before the history that was read.
    Before,
    /// It was open in what is stored, with this declaration.
    Stored(String),
}

/// A run that history tells of.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The mute as it stood last.
    pub found: Arc<Found>,
    /// How it began.
    pub began: Beginning,
    /// The commit that removed it; `None` while it is there.
    pub ended: Option<Landing>,
    /// The test under which it began, where that is another.
    pub moved_from: Option<String>,
    /// The group under which it began, where that is another.
    pub began_as: Option<String>,
}

/// The history of a branch, or what is new of it.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The branch.
    pub branch: String,
    /// Its newest commit.
    pub commit_id: String,
    /// Digest of the rules.
    pub rules: String,
    /// Further back than this was not asked for.
    pub since: Option<Timestamp>,
    /// The commit up to which history was stored and is still true; `None` where all is told anew.
    pub extends: Option<String>,
    /// When the oldest commit that was read was made, where there is history before it.
    pub begins_at: Option<Timestamp>,
    /// When the first commit was made that it does not share with a branch that was read with it
    /// and counts for more: the default branch, or one that was given before it.
    pub parted_at: Option<Timestamp>,
    /// The runs, in order of path and line; those of the past after those of the newest commit.
    pub runs: Vec<Run>,
}

/// What is stored of the history of a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownHistory {
    /// The newest commit that was read.
    pub commit_id: String,
    /// The rules with which it was read.
    pub rules: String,
    /// How far back was asked for.
    pub since: Option<Timestamp>,
    /// When the oldest commit that was read was made, where there is history before it.
    pub begins_at: Option<Timestamp>,
    /// The declarations of the runs that are open.
    pub open: BTreeSet<String>,
}

//! The ledger: what ran, when, how long, on what, and how it ended.

use jiff::Timestamp;

use crate::{table, words};

words! {
    /// How a run ended.
    pub enum Outcome {
        /// All of it is stored.
        Complete = "complete",
        /// All was looked at and nothing had changed since the last run.
        Unchanged = "unchanged",
        /// Some of it failed; the rest is stored.
        Incomplete = "incomplete",
        /// Nothing is stored.
        Failed = "failed",
        /// Nothing is stored, because the run was asked to stop.
        Interrupted = "interrupted",
        /// It was asked for a part only, and got it.
        Limited = "limited",
        /// It is under way, or was killed.
        Running = "running",
    }
}

table! {
    /// One run of a command that reads and stores: the ledger.
    pub struct Run in "runs" key ["run_id"] {
        /// Name of the run; names sort by start.
        pub run_id: String,
        /// What ran: `scan`, `pull` or `prune`.
        pub command: String,
        /// What it ran on: a repository, a source, or the store.
        pub subject: String,
        /// When it began.
        pub started_at: Timestamp,
        /// When it ended.
        pub finished_at: Timestamp,
        /// How long it took, in milliseconds.
        pub duration_ms: i64,
        /// How it ended: `complete`, `unchanged`, `incomplete`, `failed`, `interrupted` or
        /// `limited`; `running` until then.
        pub outcome: Outcome,
        /// Branches in question.
        pub branches: i64,
        /// Branches whose state had changed since they were stored.
        pub branches_changed: i64,
        /// Files seen, each once a branch.
        pub files_seen: i64,
        /// Files recognised as test files, each once a branch.
        pub test_files: i64,
        /// Distinct file contents that were read.
        pub blobs_read: i64,
        /// Files of which a part could not be parsed or read, each once a branch.
        pub files_with_problems: i64,
        /// Mutes found, over all branches.
        pub mutes_found: i64,
        /// Mutes that this run saw first.
        pub mutes_opened: i64,
        /// Mutes that this run saw gone.
        pub mutes_closed: i64,
        /// Mutes whose declaration changed.
        pub mutes_changed: i64,
        /// Rows that were deleted because they were old.
        pub rows_deleted: i64,
        /// What went wrong, where something did.
        pub error: Option<String>,
        /// Version of qaduct that ran.
        pub version: String,
    }
}

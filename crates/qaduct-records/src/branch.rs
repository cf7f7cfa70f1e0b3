//! Branches as they were seen last, and what could not be read of them.

use jiff::Timestamp;

use crate::table;

table! {
    /// A branch as our last scan of it found it: the cursor of scanning.
    pub struct Branch in "branches" key ["repository", "branch"] {
        /// Repository.
        pub repository: String,
        /// Branch, without `refs/heads/` or the name of a remote.
        pub branch: String,
        /// Its newest commit.
        pub commit_id: String,
        /// When that commit was made, in UTC.
        pub committed_at: Timestamp,
        /// Offset from UTC of the committer's clock, in minutes.
        pub committed_offset_min: i64,
        /// Digest of the rules and of the configuration that the scan used.
        pub rules: String,
        /// Whether the repository had all of the branch; where not, the next scan looks again.
        pub complete: bool,
        /// Files of the branch.
        pub files_seen: i64,
        /// Of these, files that the framework would search for tests.
        pub test_files: i64,
        /// Files of which a part could not be parsed or read.
        pub files_with_problems: i64,
        /// Files with tests that were left out as vendored, generated or excluded; NULL where an older version scanned.
        pub files_excluded: Option<i64>,
        /// Files with marks of mutes in which a parser found errors.
        pub files_partly_parsed: Option<i64>,
        /// Marks of mutes that a lexer sees in the code of the files that were parsed.
        pub marks_lexed: Option<i64>,
        /// Of these, marks that the parser saw too: the agreement of both is the health of the scan.
        pub marks_parsed: Option<i64>,
        /// Mutes on the branch.
        pub mutes: i64,
        /// When a scan saw the branch first: the baseline of its history.
        pub first_scanned_at: Timestamp,
        /// When a scan saw this commit with these rules first.
        pub scanned_at: Timestamp,
        /// When a scan saw that the branch is gone; NULL while it is there.
        pub gone_at: Option<Timestamp>,
        /// Whether only clones were seen to have the branch, and never the repository itself.
        pub only_in_clone: Option<bool>,
    }
}

table! {
    /// Who answers for a file of a branch that holds a mute, where anything says so.
    pub struct FileOwner in "file_owners" key ["repository", "branch", "path"] {
        /// Repository.
        pub repository: String,
        /// Branch.
        pub branch: String,
        /// File.
        pub path: String,
        /// The owners as they are written, joined by a space; NULL where a rule says that nobody answers.
        pub owners: Option<String>,
        /// The patterns that match, joined by a comma and a space where several sections have one.
        pub rule: String,
        /// Where they stand: `.github/CODEOWNERS:12`, or `qaduct.toml`.
        pub source: String,
    }
}

table! {
    /// A file of a branch that could not be read or parsed in full.
    pub struct FileProblem in "file_problems" key ["repository", "branch", "path", "line"] {
        /// Repository.
        pub repository: String,
        /// Branch.
        pub branch: String,
        /// File.
        pub path: String,
        /// Line of the first trouble, counted from 1; 0 where it is the file as a whole.
        pub line: i64,
        /// What is wrong: `syntax`, `encoding`, `size`, `missing_object` or `configuration`.
        pub problem: String,
        /// Whether nothing of the file could be read, so that its mutes are unknown.
        pub unread: bool,
        /// What is wrong, in words.
        pub message: String,
    }
}

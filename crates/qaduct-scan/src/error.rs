//! What can go wrong with a scan, and what helps.

use std::path::PathBuf;

/// What kind of trouble it is; the binary makes it an exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// What was asked for does not exist or makes no sense.
    Usage,
    /// Some of it failed.
    Partial,
    /// The credentials are missing or were refused.
    Access,
    /// The remote did not answer.
    Unavailable,
}

/// What stops a scan. No variant ever holds a token or a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The program `git` is not there.
    #[error("the program `git` was not found")]
    GitMissing,

    /// The program `git` is too old for what is asked of it.
    #[error("git {found} is too old, at least {needed} is needed")]
    GitTooOld {
        /// The version that is there.
        found: String,
        /// The version that is needed.
        needed: &'static str,
    },

    /// A mark of the user makes no sense.
    #[error(transparent)]
    Mark(#[from] crate::MarkError),
    /// A list of muted tests of the user cannot be used.
    #[error(transparent)]
    Manifest(#[from] crate::ManifestError),
    /// There is no repository there.
    #[error("no git repository at `{location}`")]
    NoRepository {
        /// What was asked for, without credentials.
        location: String,
    },

    /// The folder may not be read.
    #[error("`{location}` cannot be read: {reason}")]
    Unreadable {
        /// What was asked for.
        location: String,
        /// What the system says.
        reason: String,
    },

    /// The address is of no known form.
    #[error("`{location}` is neither a path nor an address that git can fetch from")]
    BadLocation {
        /// What was asked for, without credentials.
        location: String,
    },

    /// The repository has no commit.
    #[error("the repository `{repository}` has no commits yet")]
    Empty {
        /// The repository.
        repository: String,
    },

    /// No branch has that name.
    #[error("no branch of `{repository}` matches `{asked}`")]
    NoBranch {
        /// The repository.
        repository: String,
        /// The name or glob.
        asked: String,
        /// What could have been typed instead, fit for a shell.
        nearest: Vec<String>,
    },

    /// No commit has that name.
    #[error("`{asked}` names no commit of `{repository}`")]
    NoRevision {
        /// The repository.
        repository: String,
        /// The name.
        asked: String,
    },

    /// Two commits have no history in common, or none that is here.
    #[error("the two revisions of `{repository}` have no commit in common{}", if *.shallow { ", as far as this shallow clone reaches" } else { "" })]
    NothingInCommon {
        /// The repository.
        repository: String,
        /// Whether the history is cut off.
        shallow: bool,
    },

    /// The index has no one content of a file, so that it cannot be committed.
    #[error("`{}` of `{repository}` is not merged yet", path.display())]
    Unmerged {
        /// The repository.
        repository: String,
        /// The file.
        path: PathBuf,
    },

    /// The glob for branches cannot be read.
    #[error("`{glob}` is no pattern for branches: {reason}")]
    BadGlob {
        /// What was asked for.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },

    /// The remote has no such repository, or hides it from us.
    #[error("`{location}` does not exist, or may not be seen{}", with(.origin.as_ref()))]
    RemoteMissing {
        /// The address, without credentials.
        location: String,
        /// Where the credentials came from, where any were sent.
        origin: Option<String>,
    },

    /// The remote wants other credentials, or any.
    #[error("`{location}` refused access{}", with(.origin.as_ref()))]
    Refused {
        /// The address, without credentials.
        location: String,
        /// Where the credentials came from, where any were sent.
        origin: Option<String>,
        /// What helps.
        hint: String,
    },

    /// The address leads to another host, and the credentials are not for that one.
    #[error("`{location}` has moved to {}, which gets no credentials", other(.to.as_ref()))]
    Moved {
        /// The address, without credentials.
        location: String,
        /// The new one, without credentials, where git tells.
        to: Option<String>,
    },

    /// The program `ssh` is not there.
    #[error("the program `ssh` was not found, which git needs for `{location}`")]
    SshMissing {
        /// The address.
        location: String,
    },

    /// The remote did not answer, or broke off.
    #[error("`{location}` did not answer: {reason}")]
    Unreachable {
        /// The address, without credentials.
        location: String,
        /// What git says.
        reason: String,
    },

    /// The remote took too long.
    #[error("`{location}` did not answer within {seconds} s")]
    TimedOut {
        /// The address, without credentials.
        location: String,
        /// How long we waited.
        seconds: u64,
    },

    /// Another process keeps the mirror to itself.
    #[error("another scan of `{location}` has gone on for {minutes} min, and only one can fetch")]
    InUse {
        /// The address, without credentials.
        location: String,
        /// How long we waited.
        minutes: u64,
    },

    /// The process was asked to stop while git was at work.
    #[error("git was stopped at its work")]
    Stopped,

    /// The folder for mirrors cannot be used.
    #[error("the cache folder `{}` cannot be used", path.display())]
    Cache {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },

    /// A git command failed in a way that has no name here.
    #[error("git could not {doing} of `{repository}`: {reason}")]
    Git {
        /// What it was to do.
        doing: &'static str,
        /// The repository.
        repository: String,
        /// What git says.
        reason: String,
    },

    /// None of the branches could be read.
    #[error("nothing of `{repository}` could be read: {}", failures.join("; "))]
    NothingReadable {
        /// The repository.
        repository: String,
        /// Why, branch by branch.
        failures: Vec<String>,
    },
}

/// The credentials that were sent, for a message.
fn with(origin: Option<&String>) -> String {
    origin
        .map(|it| format!(" with the credentials given in {it}"))
        .unwrap_or_default()
}

/// A new address, for a message.
fn other(to: Option<&String>) -> String {
    to.map_or_else(|| "another address".to_owned(), |it| format!("`{it}`"))
}

impl ScanError {
    /// The kind of trouble.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Refused { .. } | Self::Moved { .. } | Self::Unreadable { .. } => Class::Access,
            Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::InUse { .. }
            | Self::Stopped => Class::Unavailable,
            Self::NothingReadable { .. } => Class::Partial,
            Self::GitMissing
            | Self::GitTooOld { .. }
            | Self::SshMissing { .. }
            | Self::Mark(_)
            | Self::Manifest(_)
            | Self::NoRepository { .. }
            | Self::BadLocation { .. }
            | Self::Empty { .. }
            | Self::NoBranch { .. }
            | Self::BadGlob { .. }
            | Self::NoRevision { .. }
            | Self::NothingInCommon { .. }
            | Self::Unmerged { .. }
            | Self::RemoteMissing { .. }
            | Self::Cache { .. }
            | Self::Git { .. } => Class::Usage,
        }
    }

    /// What to do next, where we know.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::GitMissing => "install git, such as with `apt install git`".to_owned(),
            Self::Mark(_) => "see `[[mark]]` in `qaduct config default`".to_owned(),
            Self::Manifest(_) => "see `[[manifest]]` in `qaduct config default`".to_owned(),
            Self::GitTooOld { .. } => "update git; `git --version` tells what is there".to_owned(),
            Self::NoRepository { location } => {
                format!(
                    "try `git -C '{location}' status`, or name a repository: `qaduct scan PATH`"
                )
            }
            Self::Unreadable { location, .. } => format!("check `ls -ld '{location}'`"),
            Self::BadLocation { .. } => {
                "write a path, `https://host/owner/repo` or `git@host:owner/repo`".to_owned()
            }
            Self::Empty { .. } => "make a commit, then scan again".to_owned(),
            Self::NoBranch { nearest, .. } if nearest.is_empty() => {
                "`git branch --all` lists the branches".to_owned()
            }
            Self::NoBranch { nearest, .. } => {
                format!("did you mean `{}`?", nearest.join("`, `"))
            }
            Self::BadGlob { .. } => "`--branch 'release-*'` is a pattern".to_owned(),
            Self::NoRevision { .. } => {
                "`git branch --all` lists the branches; a CI system may have to fetch the one that is meant"
                    .to_owned()
            }
            Self::NothingInCommon { shallow: true, .. } => {
                "`git fetch --unshallow` brings the rest; for GitHub's checkout set `fetch-depth: 0`"
                    .to_owned()
            }
            Self::NothingInCommon { shallow: false, .. } => {
                "name a revision from which this branch was made".to_owned()
            }
            Self::Unmerged { path, .. } => {
                format!("mend it, and `git add {}`", path.display())
            }
            Self::RemoteMissing {
                location,
                origin: None,
            } => {
                let spelling = format!("check the spelling with `git ls-remote {location}`");
                match crate::git::advice(location) {
                    Some(advice) => format!("{spelling}; for a private repository {advice}"),
                    None => spelling,
                }
            }
            Self::RemoteMissing {
                origin: Some(origin),
                ..
            } => {
                format!(
                    "check the spelling, and that the token in {origin} may read the repository"
                )
            }
            Self::Moved { to: Some(to), .. } => format!("name the new address: `qaduct scan {to}`"),
            Self::Moved { location, to: None } => {
                format!(
                    "`curl -I '{location}/info/refs?service=git-upload-pack'` tells the new one"
                )
            }
            Self::SshMissing { .. } => {
                "install it, such as with `apt install openssh-client`, or name an https address"
                    .to_owned()
            }
            Self::Refused { hint, .. } => hint.clone(),
            Self::Unreachable { location, .. } | Self::TimedOut { location, .. } => {
                format!("check the connection with `git ls-remote {location}`, then scan again")
            }
            Self::InUse { .. } => "look for it with `pgrep -a qaduct`, then scan again".to_owned(),
            Self::Stopped => "scan again".to_owned(),
            Self::Cache { .. } => {
                "name another folder: set `scan.cache_dir` or QADUCT_SCAN__CACHE_DIR".to_owned()
            }
            Self::Git { .. } => "`git fsck` in the repository tells more".to_owned(),
            Self::NothingReadable { .. } => {
                "`git fsck` in the repository names what is damaged; a new clone repairs it"
                    .to_owned()
            }
        })
    }
}

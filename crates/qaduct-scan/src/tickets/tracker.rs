//! Kinds of trackers.

use std::fmt;

/// A kind of tracker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tracker {
    /// Radar.
    Apple,
    /// Azure DevOps Boards.
    Azure,
    /// Bitbucket.
    Bitbucket,
    /// A Bugzilla.
    Bugzilla,
    /// Chromium's tracker.
    Chromium,
    /// Debian's bug tracking system.
    Debian,
    /// Forgejo or Gitea.
    Gitea,
    /// GitHub, and whatever is written like it.
    Github,
    /// A GitLab.
    Gitlab,
    /// Google's issue tracker.
    Google,
    /// A Jira.
    Jira,
    /// Launchpad.
    Launchpad,
    /// Linear.
    Linear,
    /// Pagure.
    Pagure,
    /// A Phabricator.
    Phabricator,
    /// Python's former tracker.
    Python,
    /// Sourceforge.
    Sourceforge,
    /// A Trac.
    Trac,
    /// The Bugzilla of `WebKit`.
    Webkit,
    /// A `YouTrack`.
    Youtrack,
    /// Of none of these forms.
    Other,
}

impl Tracker {
    /// The tracker of a repository on this host.
    pub(super) fn of_host(host: &str) -> Self {
        let host = host.to_ascii_lowercase();
        let named = |names: &[&str]| names.iter().any(|it| host.contains(it));
        if named(&["gitlab"]) {
            Self::Gitlab
        } else if named(&["bitbucket"]) {
            Self::Bitbucket
        } else if named(&["gitea", "forgejo", "codeberg"]) {
            Self::Gitea
        } else {
            Self::Github
        }
    }

    /// The word for it in a column.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Apple => "apple",
            Self::Azure => "azure",
            Self::Bitbucket => "bitbucket",
            Self::Bugzilla => "bugzilla",
            Self::Chromium => "chromium",
            Self::Debian => "debian",
            Self::Gitea => "gitea",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Google => "google",
            Self::Jira => "jira",
            Self::Launchpad => "launchpad",
            Self::Linear => "linear",
            Self::Pagure => "pagure",
            Self::Phabricator => "phabricator",
            Self::Python => "python",
            Self::Sourceforge => "sourceforge",
            Self::Trac => "trac",
            Self::Webkit => "webkit",
            Self::Youtrack => "youtrack",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Tracker {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

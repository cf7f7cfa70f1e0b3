//! What can go wrong with a publication. Never holds a secret.

use qaduct_models::PanelError;
use qaduct_records::StoreError;

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
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

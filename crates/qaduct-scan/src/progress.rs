//! Tells whoever waits what a scan is doing.

/// What a scan is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Waiting for another scan that brings the same mirror up to date.
    Waiting,
    /// Asking a remote for its branches and fetching what is new.
    Fetching,
    /// Walking the trees of the branches.
    Walking,
    /// Reading and parsing files.
    Reading,
    /// Putting the findings of each branch together.
    Resolving,
    /// Going back in the history.
    History,
}

/// Receives the progress of a scan. Called often: must be cheap.
pub trait Progress: Sync {
    /// A stage begins; `total` is the number of its steps, where it is known.
    fn begin(&self, stage: Stage, total: Option<u64>);
    /// So many more steps are done.
    fn advance(&self, steps: u64);
}

/// Progress that nobody looks at.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: Stage, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
}

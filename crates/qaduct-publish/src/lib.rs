//! Brings what is stored to people: files, pages, messages.
//!
//! Every publication is idempotent: what is there already in the same form is not
//! written again. With [`Mode::DryRun`] nothing is written, and the [`Change`]s say what
//! would be.
//!
//! * [`bucket`]: objects of S3 and Google Cloud Storage.
//! * [`chart`]: a panel as a picture.
//! * [`confluence`]: sections of text, tables and charts as a page.
//! * [`file`](mod@file): rows of a view as a file.
//! * [`ledger`]: what was published, as the store remembers it.
//! * [`slack`]: messages, threads and alerts.
//!
//! Reads the store through a [`Reader`](qaduct_records::Reader); writes files and calls
//! services. Knows no driver and no configuration file.

pub mod bucket;
pub mod chart;
pub mod confluence;
pub mod error;
pub mod file;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod ledger;
mod rowless;
pub mod slack;

pub use error::PublishError;

/// Whether something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is.
    Write,
    /// It is not; the changes say what would be.
    DryRun,
}

/// What became of one target: a file, a page, an attachment, a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The target, as people know it.
    pub target: String,
    /// What was done to it, or would be.
    pub effect: Effect,
    /// More about it: a count, or the differences, a line each.
    pub detail: String,
    /// What else there is to know, a sentence each.
    pub notes: Vec<String>,
    /// What would be sent, as the service takes it, where a dry run can show that.
    pub document: Option<serde_json::Value>,
}

/// What was done to a target, or would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It was not there.
    Created,
    /// It was there and differed.
    Updated,
    /// It was there in the same form: nothing was written.
    Unchanged,
}

impl Effect {
    /// The word for it, done or not.
    #[must_use]
    pub const fn word(self, mode: Mode) -> &'static str {
        match (self, mode) {
            (Self::Created, Mode::Write) => "created",
            (Self::Updated, Mode::Write) => "updated",
            (Self::Created, Mode::DryRun) => "would be created",
            (Self::Updated, Mode::DryRun) => "would be updated",
            (Self::Unchanged, _) => "unchanged",
        }
    }
}

/// Whether nobody on the way can read what is sent there: TLS, or the own machine.
fn is_protected(url: &url::Url) -> bool {
    match url.host() {
        Some(_) if url.scheme() == "https" => true,
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(it)) => it.is_loopback(),
        Some(url::Host::Ipv6(it)) => it.is_loopback(),
        None => false,
    }
}

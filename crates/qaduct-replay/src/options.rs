//! How a server behaves, beside the records it serves.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::Fault;

/// How a server behaves.
#[derive(Clone)]
pub struct Options {
    /// Port on the loopback; 0 for a free one.
    pub port: u16,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// Passwords, keys and tokens that are accepted; empty: each one that is given.
    pub credentials: Vec<String>,
    /// Whether the limits of the services hold: TestRail's per minute, GitHub's per hour and
    /// for searches per minute. The headers come in any case.
    pub limits: bool,
    /// TestRail's limit per minute.
    pub testrail_per_minute: u32,
    /// GitHub's limit per hour with a token.
    pub github_per_hour: u32,
    /// Time zone of the user who asks Jira, by its name.
    pub time_zone: String,
    /// Most rows of a page, where that is less than the service would give: of lists that
    /// say themselves where they go on. Small ones let few records fill several pages.
    pub page: Option<usize>,
    /// Pause between the bytes of a slow answer.
    pub drip: Duration,
    /// The time; without it, that of the world, which stands still.
    pub clock: Option<Arc<dyn Fn() -> Timestamp + Send + Sync>>,
}

impl Options {
    /// Most rows of a page of which the service gives so many.
    pub(crate) fn most(&self, rows: usize) -> usize {
        self.page.map_or(rows, |it| it.clamp(1, rows))
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            faults: Vec::new(),
            credentials: Vec::new(),
            limits: false,
            testrail_per_minute: 180,
            github_per_hour: 5_000,
            time_zone: "America/Los_Angeles".to_owned(),
            page: None,
            drip: Duration::from_millis(20),
            clock: None,
        }
    }
}

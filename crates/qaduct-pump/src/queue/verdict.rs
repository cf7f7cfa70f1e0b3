//! What becomes of a run, by how it has ended: over, or to be tried again.

use jiff::{SignedDuration, Timestamp};
use qaduct_records::job::{JobRun, JobState, Occasion};

use super::Plan;

/// It is never tried again later than this.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// How an attempt has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// How.
    pub status: Status,
    /// Steps from the first one on that are done.
    pub steps_done: i64,
    /// What went wrong, where something did.
    pub error: Option<String>,
}

/// How an attempt has ended, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// With this exit status of the documentation.
    Code(u8),
    /// Without one: by a signal that nobody of us has sent, or not begun at all.
    Broken,
    /// It took longer than it may.
    TimedOut,
    /// We were asked to stop, and have stopped it.
    Stopped,
}

impl Status {
    /// Whether the same may go well a little later. Who was refused or asked for nonsense is
    /// refused again; a remote comes back, a database is unlocked, and of what was stored in
    /// part the rest may follow.
    #[must_use]
    pub fn may_pass(self) -> bool {
        matches!(
            self,
            Self::Code(3 | 5 | 6) | Self::Broken | Self::TimedOut | Self::Stopped
        )
    }

    fn code(self) -> Option<i64> {
        match self {
            Self::Code(code) => Some(code.into()),
            _ => None,
        }
    }
}

/// The run after an attempt.
pub(super) fn after(run: JobRun, plan: &Plan, ending: &Ending, now: Timestamp) -> JobRun {
    let status = ending.status;
    let failed = !matches!(status, Status::Code(0) | Status::Stopped);
    let failures = run.failures + i64::from(failed);
    let is_by_hand = run.occasion == Occasion::ByHand;
    let ended = JobRun {
        failures,
        steps_done: ending.steps_done,
        lease_until: None,
        heartbeat_at: Some(now),
        exit_code: status.code(),
        error: ending.error.clone().or(run.error.clone()),
        ..run
    };
    let again = match status {
        Status::Stopped if !is_by_hand => Some(now),
        _ if is_by_hand || !status.may_pass() || failures > plan.retries => None,
        _ => Some(now + pause(plan, failures)),
    };
    match again {
        Some(due_at) => JobRun {
            state: JobState::Waiting,
            due_at,
            ..ended
        },
        None => JobRun {
            state: match status {
                Status::Code(0) => JobState::Complete,
                Status::Code(3) => JobState::Incomplete,
                Status::Stopped => JobState::Interrupted,
                _ => JobState::Failed,
            },
            finished_at: Some(now),
            ..ended
        },
    }
}

/// How long to wait after so many failures.
fn pause(plan: &Plan, failures: i64) -> SignedDuration {
    let doublings = u32::try_from(failures - 1).unwrap_or(0).min(16);
    let pause = plan.retry_after.saturating_mul(1 << doublings);
    pause.min(LONGEST.max(plan.retry_after))
}

//! How each job is: what became of its last run, when the next one is, and whether one is late.

use jiff::{SignedDuration, Timestamp};
use qaduct_records::job::{Job as Planned, JobRun, JobState};
use qaduct_records::table::Mismatch;
use qaduct_records::{Direction, Query, Reader, Row as _, Test};

use super::Job;
use crate::error::CommandError;
use crate::report::{Code, Report};

/// A job that has not begun so long after its time is overdue.
const OVERDUE: SignedDuration = SignedDuration::from_mins(15);
/// Runs of a job that are looked at.
const LOOKED_AT: u64 = 20;

/// How a job is.
#[derive(Debug, Clone)]
pub struct State {
    /// The job.
    pub job: String,
    /// Its newest run.
    pub last: Option<JobRun>,
    /// Since when its runs have ended as the last one that has ended.
    pub since: Option<Timestamp>,
    /// When it is due next.
    pub next: Option<Timestamp>,
    /// The time that should have begun and did not.
    pub overdue: Option<Timestamp>,
    /// The process that was at it is not heard of any more.
    pub is_lost: bool,
}

impl State {
    /// In a word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match &self.last {
            None if self.overdue.is_none() => "never",
            _ if self.overdue.is_some() => "overdue",
            Some(run) if self.is_lost && run.state == JobState::Running => "lost",
            Some(run) => run.state.as_str(),
            None => "never",
        }
    }

    /// Whether somebody has to look at it.
    #[must_use]
    pub fn is_error(&self) -> bool {
        let bad = |it: &JobRun| {
            matches!(it.state, JobState::Failed | JobState::Incomplete)
                || it.state == JobState::Waiting && it.failures > 0
        };
        self.overdue.is_some() || self.is_lost || self.last.as_ref().is_some_and(bad)
    }
}

/// How the jobs are.
///
/// # Errors
/// When the store cannot be read.
pub fn states(
    reader: &mut dyn Reader,
    jobs: &[Job],
    now: Timestamp,
) -> Result<Vec<State>, CommandError> {
    jobs.iter().map(|job| state(reader, job, now)).collect()
}

/// Until when a job is planned with the times that it has now.
fn planned_until(reader: &mut dyn Reader, job: &Job) -> Result<Option<Timestamp>, CommandError> {
    let query = Query::of(Planned::TABLE.name, Planned::TABLE.columns)
        .filter("job", Test::In(vec![job.name().into()]))
        .filter(
            "schedule",
            Test::In(vec![job.plan.schedule.describe().as_str().into()]),
        );
    let batch = reader.query(&query)?;
    let rows = Planned::rows(&batch).map_err(|mismatch| unfit(Planned::TABLE.name, &mismatch))?;
    Ok(rows.first().map(|it| it.planned_until))
}

fn unfit(table: &str, mismatch: &Mismatch) -> CommandError {
    let message = format!("table `{table}` holds a row of another shape: {mismatch}");
    Report::new(Code::StoreFailed, message).into()
}

fn state(reader: &mut dyn Reader, job: &Job, now: Timestamp) -> Result<State, CommandError> {
    let mut query = Query::of(JobRun::TABLE.name, JobRun::TABLE.columns)
        .filter("job", Test::In(vec![job.name().into()]))
        .order_by("fire_at", Direction::Down);
    query.limit = Some(LOOKED_AT);
    let batch = reader.query(&query)?;
    let runs = JobRun::rows(&batch).map_err(|mismatch| unfit(JobRun::TABLE.name, &mismatch))?;
    let ended: Vec<&JobRun> = runs.iter().filter(|it| it.state.is_final()).collect();
    let since = ended.first().and_then(|last| {
        let same = ended.iter().take_while(|it| it.state == last.state);
        same.last().and_then(|it| it.finished_at)
    });
    // Whoever has begun it: a process of ours, or somebody else's schedule by hand.
    let due = now.checked_sub(OVERDUE).unwrap_or(now);
    let schedule = &job.plan.schedule;
    let jitter = job.plan.jitter;
    let begun = runs.iter().map(|it| it.started_at.unwrap_or(it.fire_at));
    // What is planned has a run, or had no time yet.
    let newest = begun.chain(planned_until(reader, job)?).max();
    let overdue = newest.and_then(|newest| {
        let next = schedule.next_after(newest)?;
        let waits = runs
            .iter()
            .any(|it| it.state == JobState::Waiting && it.due_at > now);
        (next + jitter <= due && !waits).then_some(next)
    });
    // One that waits for an earlier one of its job is not late: that one is looked at.
    let is_held = |it: &JobRun| {
        it.state == JobState::Running && it.lease_until.is_some_and(|until| until > now)
    };
    let left = runs
        .iter()
        .filter(|it| it.state == JobState::Waiting && it.due_at <= due)
        .map(|it| it.fire_at)
        .min()
        .filter(|_| !runs.iter().any(is_held));
    let lost = |it: &JobRun| {
        it.state == JobState::Running && it.lease_until.is_none_or(|until| until <= now)
    };
    Ok(State {
        job: job.name().to_owned(),
        is_lost: runs.first().is_some_and(lost),
        since,
        next: schedule.next_after(now),
        overdue: left.or(overdue),
        last: runs.into_iter().next(),
    })
}

//! From the times of jobs to runs that wait.

use jiff::{SignedDuration, Timestamp};
use qaduct_records::digest::digest;
use qaduct_records::job::{Job, JobRun, JobState, Occasion};
use qaduct_records::{Row as _, Transaction};

use super::{Notice, Plan, planned, put, rows};
use crate::PumpError;

/// A clock that is set back by no more than this goes by the same times again, and they are
/// not due again; who was planned for longer ahead was planned by a clock that was wrong.
const BACK: SignedDuration = SignedDuration::from_hours(24);
/// No more missed times are counted.
const COUNTED: usize = 1000;
/// How far back the last time is looked for, in hours: none is found sooner than it has to be,
/// as there may be thousands before it. The last of them is longer than any schedule pauses.
const LOOKS: [i64; 4] = [2, 50, 24 * 40, 24 * 366 * 9];

/// Plans all jobs up to now.
pub(super) fn all(
    transaction: &mut dyn Transaction,
    plans: &[Plan],
    now: Timestamp,
) -> Result<Vec<Notice>, PumpError> {
    let mut notices = Vec::new();
    for plan in plans {
        one(transaction, plan, now, &mut notices)?;
    }
    Ok(notices)
}

fn one(
    transaction: &mut dyn Transaction,
    plan: &Plan,
    now: Timestamp,
    notices: &mut Vec<Notice>,
) -> Result<(), PumpError> {
    let job = || plan.job.clone();
    let schedule = plan.schedule.describe();
    let stored = planned(transaction, &plan.job)?;
    let known = stored.filter(|it| it.schedule == schedule);
    let until = match known.map(|it| it.planned_until) {
        None => {
            notices.push(Notice::Planned { job: job() });
            now
        }
        Some(until) if until > now + BACK => {
            notices.push(Notice::Ahead { job: job(), until });
            now
        }
        Some(until) if until >= now => return Ok(()),
        Some(until) => match passed(plan, until, now) {
            // Nothing to keep: what has passed without a time can be looked through again.
            None => return Ok(()),
            Some((last, missed)) => {
                enqueue(transaction, plan, last, missed, now, notices)?;
                now
            }
        },
    };
    let row = Job {
        job: job(),
        schedule,
        planned_until: until,
    };
    transaction.upsert(Job::TABLE, &Job::batch(&[row]))?;
    Ok(())
}

/// The last time after `since` up to now, and how many there are before it.
fn passed(plan: &Plan, since: Timestamp, now: Timestamp) -> Option<(Timestamp, usize)> {
    let next = |it: &Timestamp| plan.schedule.next_after(*it).filter(|it| *it <= now);
    let looks = LOOKS.iter().map(|hours| {
        let from = now.checked_sub(SignedDuration::from_hours(*hours));
        from.unwrap_or(since).max(since)
    });
    let first = looks.into_iter().find_map(|from| next(&from))?;
    let last = std::iter::successors(Some(first), next).last()?;
    let all = std::iter::successors(next(&since), next);
    Some((last, all.take_while(|it| *it < last).take(COUNTED).count()))
}

/// Puts a run for a time of a job into the queue, in place of those that wait.
fn enqueue(
    transaction: &mut dyn Transaction,
    plan: &Plan,
    fire_at: Timestamp,
    missed: usize,
    now: Timestamp,
    notices: &mut Vec<Notice>,
) -> Result<(), PumpError> {
    let missed = i64::try_from(missed).unwrap_or(i64::MAX);
    let is_late = now.duration_since(fire_at) > plan.late;
    let occasion = match is_late || missed > 0 {
        true => Occasion::CaughtUp,
        false => Occasion::Slot,
    };
    let run = JobRun {
        missed,
        due_at: fire_at + delay(plan, fire_at),
        ..JobRun::new(&plan.job, fire_at, occasion)
    };
    let name = run.job_run.as_str().into();
    // A clock may have gone by it before.
    if !rows(transaction, &[("job_run", name)])?.is_empty() {
        return Ok(());
    }
    let times = missed + i64::from(is_late);
    let job = plan.job.clone();
    if is_late && !plan.catch_up {
        let run = JobRun {
            state: JobState::Skipped,
            finished_at: Some(now),
            error: Some("nobody was there at its time, and `catch_up` is `none`".to_owned()),
            ..run
        };
        notices.push(Notice::Missed { job, times });
        return put(transaction, &run);
    }
    let equal = [
        ("job", plan.job.as_str().into()),
        ("state", JobState::Waiting.as_str().into()),
    ];
    for waiting in rows(transaction, &equal)? {
        notices.push(Notice::Superseded {
            job_run: waiting.job_run.clone(),
        });
        put(transaction, &superseded(waiting, fire_at, now))?;
    }
    if occasion == Occasion::CaughtUp {
        notices.push(Notice::CaughtUp { job, times });
    }
    put(transaction, &run)
}

/// A run in whose place a later one is begun.
fn superseded(run: JobRun, by: Timestamp, now: Timestamp) -> JobRun {
    let state = match (run.failures, run.exit_code) {
        (0, _) => JobState::Skipped,
        (_, Some(3)) => JobState::Incomplete,
        _ => JobState::Failed,
    };
    let error = run
        .error
        .unwrap_or_else(|| format!("not begun before the next one, of {by}"));
    JobRun {
        state,
        finished_at: Some(now),
        error: Some(error),
        ..run
    }
}

/// How much later a run begins: the same for everybody who plans it.
fn delay(plan: &Plan, fire_at: Timestamp) -> SignedDuration {
    let most = plan.jitter.as_millis();
    let name = digest([Some(plan.job.as_str()), Some(&fire_at.to_string())]);
    let share = i128::from(u32::from_str_radix(&name[..8], 16).unwrap_or(0));
    let millis = most * share / (1 << 32);
    SignedDuration::from_millis(i64::try_from(millis).unwrap_or(0))
}

//! Who runs which job now: the runs of jobs in a store that several workers share.
//!
//! Owns the tables `jobs` and `job_runs`. Every step is one transaction under one lock, so that
//! a look at the rows and what is done about it are one.
//!
//! Promises: each time of a job is one row, whoever plans it and however often; a job is held by
//! one worker at a time, for as long as its lease lasts; of a worker that is not heard of any
//! more the job is taken over; a worker that has lost a run can no longer say what became of it.

mod plan;
mod verdict;

use jiff::{SignedDuration, Timestamp};
use qaduct_records::job::{Job, JobRun, JobState, Occasion};
use qaduct_records::{Clock, Row, Store, Table, Transaction, Value};

use crate::PumpError;
use crate::schedule::Schedule;

pub use verdict::{Ending, Status};

/// Everyone who plans or runs jobs holds this lock, for milliseconds.
const LOCK: &str = "jobs";

/// A job as the schedule runs it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its name.
    pub job: String,
    /// When it is due.
    pub schedule: Schedule,
    /// A time that has passed for longer than this was missed.
    pub late: SignedDuration,
    /// Whether a time that was missed is made up for.
    pub catch_up: bool,
    /// So often it is tried again after a failure that may pass.
    pub retries: i64,
    /// How long after the first failure it is tried again; twice as long after each further one.
    pub retry_after: SignedDuration,
    /// Up to so much later it begins, always as much later for the same time.
    pub jitter: SignedDuration,
}

/// The queue, as one worker sees it.
pub struct Queue<'a> {
    /// Where the rows are.
    pub store: &'a mut dyn Store,
    /// The time.
    pub clock: &'a dyn Clock,
    /// The name of the worker: no two have the same.
    pub worker: &'a str,
    /// How long a run is held without a word of its worker.
    pub lease: SignedDuration,
}

/// What there is to say about planning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A job is planned from now on: it is new, or its times are others now.
    Planned {
        /// The job.
        job: String,
    },
    /// Times have passed without a run, and one run stands for all of them.
    CaughtUp {
        /// The job.
        job: String,
        /// How many times.
        times: i64,
    },
    /// Times have passed without a run, and are not made up for.
    Missed {
        /// The job.
        job: String,
        /// How many times.
        times: i64,
    },
    /// A run that waited is not begun any more: a later one stands for it.
    Superseded {
        /// The run.
        job_run: String,
    },
    /// A clock was ahead: the job was planned until long after now.
    Ahead {
        /// The job.
        job: String,
        /// Until when.
        until: Timestamp,
    },
    /// The worker of a run was lost, and it is not tried again.
    Lost {
        /// The run.
        job_run: String,
    },
}

/// A run that this worker holds.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its row, as it was stored last.
    pub run: JobRun,
    /// Whether it was begun before, by a worker that is lost.
    pub taken_over: bool,
}

impl Queue<'_> {
    /// Puts the times that have come since the last look into the queue.
    ///
    /// # Errors
    /// When the store fails; then nothing is planned.
    pub fn plan(&mut self, plans: &[Plan]) -> Result<Vec<Notice>, PumpError> {
        let now = self.clock.now();
        let mut transaction = self.store.begin(LOCK)?;
        let notices = plan::all(transaction.as_mut(), plans, now)?;
        transaction.commit()?;
        Ok(notices)
    }

    /// Takes the run of these jobs that has been due for the longest time, if there is one.
    /// Runs that are given up because their worker was lost too often are told.
    ///
    /// # Errors
    /// When the store fails; then nothing is taken.
    pub fn claim(&mut self, plans: &[Plan]) -> Result<(Option<Claim>, Vec<Notice>), PumpError> {
        let now = self.clock.now();
        let mut transaction = self.store.begin(LOCK)?;
        let open = open(transaction.as_mut())?;
        let mut notices = Vec::new();
        let mut candidates: Vec<(&Plan, JobRun)> = Vec::new();
        for plan in plans {
            let of_job: Vec<&JobRun> = open.iter().filter(|it| it.job == plan.job).collect();
            if of_job.iter().any(|it| is_held(it, now)) {
                continue;
            }
            for run in of_job {
                match run.state {
                    // Nobody waits for the answer any more.
                    JobState::Running if run.occasion == Occasion::ByHand => {
                        give_up(transaction.as_mut(), run, now)?;
                        notices.push(lost(run));
                    }
                    JobState::Running if run.failures >= plan.retries => {
                        give_up(transaction.as_mut(), run, now)?;
                        notices.push(lost(run));
                    }
                    JobState::Running => candidates.push((plan, run.clone())),
                    _ if run.due_at <= now => candidates.push((plan, run.clone())),
                    _ => {}
                }
            }
        }
        let first = candidates.into_iter().min_by_key(|(_, run)| run.fire_at);
        let claim = match first {
            None => None,
            Some((_, run)) => {
                let taken_over = run.state == JobState::Running;
                let error = taken_over.then(|| gone(&run));
                let run = JobRun {
                    failures: run.failures + i64::from(taken_over),
                    error: error.or(run.error.clone()),
                    ..held(run, self.worker, now, self.lease)
                };
                put(transaction.as_mut(), &run)?;
                Some(Claim { run, taken_over })
            }
        };
        transaction.commit()?;
        Ok((claim, notices))
    }

    /// Takes a job now, whatever its schedule says.
    ///
    /// # Errors
    /// [`PumpError::RunsElsewhere`] when somebody is at it.
    pub fn claim_by_hand(&mut self, job: &str) -> Result<Claim, PumpError> {
        let now = self.clock.now();
        let mut transaction = self.store.begin(LOCK)?;
        let open = open(transaction.as_mut())?;
        let mut of_job = open.iter().filter(|it| it.job == job);
        if let Some(held) = of_job.find(|it| is_held(it, now)) {
            return Err(PumpError::RunsElsewhere {
                job: job.to_owned(),
                worker: held.worker.clone().unwrap_or_default(),
                since: held.started_at.unwrap_or(held.fire_at),
            });
        }
        let run = held(
            JobRun::new(job, now, Occasion::ByHand),
            self.worker,
            now,
            self.lease,
        );
        put(transaction.as_mut(), &run)?;
        transaction.commit()?;
        Ok(Claim {
            run,
            taken_over: false,
        })
    }

    /// Says that this worker is still at a run, and how many of its steps are done.
    ///
    /// # Errors
    /// [`PumpError::LostRun`] when somebody else is at it now.
    pub fn beat(&mut self, claim: &mut Claim, steps_done: i64) -> Result<(), PumpError> {
        let now = self.clock.now();
        let lease = self.lease;
        self.change(claim, |run| JobRun {
            steps_done,
            heartbeat_at: Some(now),
            lease_until: Some(now + lease),
            ..run
        })
    }

    /// Says how a run has ended; what becomes of it follows from that.
    ///
    /// # Errors
    /// [`PumpError::LostRun`] when somebody else is at it now.
    pub fn finish(
        &mut self,
        claim: &mut Claim,
        plan: &Plan,
        ending: &Ending,
    ) -> Result<(), PumpError> {
        let now = self.clock.now();
        self.change(claim, |run| verdict::after(run, plan, ending, now))
    }

    /// Changes a run that this worker holds.
    fn change(
        &mut self,
        claim: &mut Claim,
        change: impl FnOnce(JobRun) -> JobRun,
    ) -> Result<(), PumpError> {
        let mut transaction = self.store.begin(LOCK)?;
        let name = Value::from(claim.run.job_run.as_str());
        let stored = rows(transaction.as_mut(), &[("job_run", name)])?.pop();
        let mine = stored.filter(|it| {
            // The number of the attempt is the fence: each that begins it takes the next one.
            it.state == JobState::Running
                && it.attempt == claim.run.attempt
                && it.worker.as_deref() == Some(self.worker)
        });
        let Some(run) = mine else {
            return Err(PumpError::LostRun {
                job_run: claim.run.job_run.clone(),
            });
        };
        let run = change(run);
        put(transaction.as_mut(), &run)?;
        transaction.commit()?;
        claim.run = run;
        Ok(())
    }
}

/// A run, held by a worker from now on.
fn held(run: JobRun, worker: &str, now: Timestamp, lease: SignedDuration) -> JobRun {
    JobRun {
        state: JobState::Running,
        attempt: run.attempt + 1,
        worker: Some(worker.to_owned()),
        started_at: Some(now),
        heartbeat_at: Some(now),
        lease_until: Some(now + lease),
        finished_at: None,
        exit_code: None,
        ..run
    }
}

/// Whether a worker is at it that may still be heard of.
fn is_held(run: &JobRun, now: Timestamp) -> bool {
    run.state == JobState::Running && run.lease_until.is_some_and(|until| until > now)
}

fn gone(run: &JobRun) -> String {
    let worker = run.worker.as_deref().unwrap_or("nobody");
    let heard = run.heartbeat_at.unwrap_or(run.fire_at);
    format!("{worker} was not heard of after {heard:.0}")
}

fn lost(run: &JobRun) -> Notice {
    Notice::Lost {
        job_run: run.job_run.clone(),
    }
}

/// Ends a run whose worker is lost and that nobody tries again.
fn give_up(
    transaction: &mut dyn Transaction,
    run: &JobRun,
    now: Timestamp,
) -> Result<(), PumpError> {
    let run = JobRun {
        state: JobState::Failed,
        failures: run.failures + 1,
        finished_at: Some(now),
        lease_until: None,
        error: Some(gone(run)),
        ..run.clone()
    };
    put(transaction, &run)
}

/// The runs of which something will still become.
fn open(transaction: &mut dyn Transaction) -> Result<Vec<JobRun>, PumpError> {
    let mut open = Vec::new();
    for state in [JobState::Waiting, JobState::Running] {
        open.extend(rows(transaction, &[("state", state.as_str().into())])?);
    }
    Ok(open)
}

fn rows(
    transaction: &mut dyn Transaction,
    equal: &[(&str, Value)],
) -> Result<Vec<JobRun>, PumpError> {
    let batch = transaction.select(JobRun::TABLE, equal)?;
    JobRun::rows(&batch).map_err(unfit(JobRun::TABLE))
}

fn put(transaction: &mut dyn Transaction, run: &JobRun) -> Result<(), PumpError> {
    transaction.upsert(JobRun::TABLE, &JobRun::batch(std::slice::from_ref(run)))?;
    Ok(())
}

fn unfit(table: &'static Table) -> impl FnOnce(qaduct_records::table::Mismatch) -> PumpError {
    |mismatch| PumpError::Row {
        table: table.name,
        mismatch,
    }
}

/// How far a job is planned.
fn planned(transaction: &mut dyn Transaction, job: &str) -> Result<Option<Job>, PumpError> {
    let batch = transaction.select(Job::TABLE, &[("job", job.into())])?;
    Ok(Job::rows(&batch).map_err(unfit(Job::TABLE))?.pop())
}

//! The tables of the schedule: how far each job is planned, and what became of each of its runs.

use jiff::Timestamp;

use crate::{table, words};

words! {
    /// What became of a run of a job.
    pub enum JobState {
        /// It is due, or will be: not begun, given back, or to be tried again.
        Waiting = "waiting",
        /// A worker is at it, or was killed.
        Running = "running",
        /// All steps were done.
        Complete = "complete",
        /// All steps were done, some of them in part.
        Incomplete = "incomplete",
        /// A step failed, and is not tried again.
        Failed = "failed",
        /// It was stopped, and is not gone on with.
        Interrupted = "interrupted",
        /// It was never begun: a later one stands for it, or it was missed and is not caught up.
        Skipped = "skipped",
    }
}

impl JobState {
    /// Whether nothing more becomes of it.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

words! {
    /// Why a job runs.
    pub enum Occasion {
        /// Its time has come.
        Slot = "slot",
        /// Its time has passed while nobody was there.
        CaughtUp = "caught_up",
        /// Somebody asked for it.
        ByHand = "by_hand",
    }
}

table! {
    /// A job of the schedule: how far it is planned.
    pub struct Job in "jobs" key ["job"] {
        /// Its name: `[job.NAME]` of the configuration.
        pub job: String,
        /// Its times, as the configuration says them. Where they change, it is planned anew.
        pub schedule: String,
        /// Every time of it up to this instant is in `job_runs`, or one that stands for it.
        pub planned_until: Timestamp,
    }
}

table! {
    /// A run of a job: one for each of its times, and one for each time it was asked for.
    pub struct JobRun in "job_runs" key ["job_run"] {
        /// Name of the run: the job, `@`, and its time in UTC. There is one of each.
        pub job_run: String,
        /// The job.
        pub job: String,
        /// The time that it is for.
        pub fire_at: Timestamp,
        /// Why it runs: `slot`, `caught_up` or `by_hand`.
        pub occasion: Occasion,
        /// Earlier times that were missed and that it stands for; no more than 1000 are counted.
        pub missed: i64,
        /// What became of it: `waiting`, `running`, `complete`, `incomplete`, `failed`,
        /// `interrupted` or `skipped`.
        pub state: JobState,
        /// It is not begun before this instant.
        pub due_at: Timestamp,
        /// How often it was begun. Only the worker that began it last may say what became of it.
        pub attempt: i64,
        /// How often it failed or its worker was lost.
        pub failures: i64,
        /// Steps from the first one on that are done and are not done again.
        pub steps_done: i64,
        /// Who is at it, or was last: host, process and a random part.
        pub worker: Option<String>,
        /// When it was begun last.
        pub started_at: Option<Timestamp>,
        /// When its worker was heard of last.
        pub heartbeat_at: Option<Timestamp>,
        /// Until when nobody else begins it; NULL where nobody is at it.
        pub lease_until: Option<Timestamp>,
        /// When it ended.
        pub finished_at: Option<Timestamp>,
        /// The exit status of the step that decided; NULL where a signal ended it.
        pub exit_code: Option<i64>,
        /// What went wrong last, also where a later attempt did better.
        pub error: Option<String>,
    }
}

impl JobRun {
    /// A run that waits for its time.
    #[must_use]
    pub fn new(job: &str, fire_at: Timestamp, occasion: Occasion) -> Self {
        Self {
            job_run: format!("{job}@{fire_at}"),
            job: job.to_owned(),
            fire_at,
            occasion,
            missed: 0,
            state: JobState::Waiting,
            due_at: fire_at,
            attempt: 0,
            failures: 0,
            steps_done: 0,
            worker: None,
            started_at: None,
            heartbeat_at: None,
            lease_until: None,
            finished_at: None,
            exit_code: None,
            error: None,
        }
    }
}

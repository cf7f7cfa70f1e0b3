//! Plans jobs, takes those that are due and looks after their processes: one loop on one
//! thread, whose state is in the store.

use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use qaduct_pump::PumpError;
use qaduct_pump::queue::{Claim, Ending, Notice, Plan, Queue, Status};
use qaduct_records::job::JobRun;
use qaduct_records::{Clock, Store, StoreError};

use super::Job;
use super::step::{Held, Process};
use super::telling;
use crate::config::Config;
use crate::config::job::length;
use crate::context::Context;
use crate::error::{CommandError, Kind};
use crate::report::{Code, Report};
use crate::wire::StoreSettings;

/// The variable that makes leases shorter than settings may, for tests.
pub const LEASE: &str = "QADUCT_LEASE";

/// The variable that tells a step for which run of its job it is done: all tries have one name.
pub const SLOT: &str = "QADUCT_SLOT";

/// How often processes are looked after.
const TICK: Duration = Duration::from_millis(50);
/// How often it is looked for jobs that somebody else has left, at most.
const LOOK: Duration = Duration::from_secs(15);

/// How long to wait for what.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Jobs at a time.
    pub at_once: usize,
    /// How long a run is held without a word.
    pub lease: Duration,
    /// How long runs may go on when we are asked to stop.
    pub grace: Duration,
}

impl Patience {
    /// What `[run]` says.
    #[must_use]
    pub fn of(context: &Context, settings: &Config) -> Self {
        let run = &settings.run;
        let lease = context.variable(LEASE).and_then(|it| it.parse().ok());
        Self {
            at_once: usize::try_from(run.at_once).unwrap_or(1),
            lease: lease.unwrap_or(run.lease).0,
            grace: run.grace.0,
        }
    }
}

/// One that runs jobs.
pub struct Worker<'a> {
    /// Screen, flags, environment.
    pub context: &'a Context,
    /// The jobs that it runs.
    pub jobs: Vec<Job>,
    /// Where the queue is.
    pub settings: StoreSettings,
    /// A connection to it; none while it cannot be reached.
    pub store: Option<Box<dyn Store>>,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Its name in the queue.
    pub name: String,
    /// How long to wait for what.
    pub patience: Patience,
    /// This program.
    pub program: PathBuf,
    /// What every step is begun with, before its own arguments.
    pub flags: Vec<String>,
    /// Where the queue is, for the steps.
    pub url: String,
    /// Runs so far that were lost to somebody else, or given up because somebody else was lost.
    pub lost: usize,
}

/// Why a run was asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Stopped,
    TimedOut,
    /// Somebody else is at it.
    Lost,
}

/// A run that is under way.
pub(super) struct Going {
    job: Job,
    claim: Claim,
    /// The step that is under way.
    at: usize,
    /// Steps from the first one on that ended with 0.
    done: usize,
    process: Option<Process>,
    begun: Instant,
    /// Until when it is ours.
    held: Held,
    /// When the queue was told of it last, and when that was tried last.
    heard: Instant,
    tried: Instant,
    /// What the worst step so far ended with, and what it said.
    worst: Option<(u8, Option<String>)>,
    why: Option<Why>,
    /// How it has ended, where that is still to be stored.
    ending: Option<Ending>,
}

impl Worker<'_> {
    /// Goes on until it is asked to stop.
    ///
    /// # Errors
    /// When the queue cannot be reached from the start.
    pub fn serve(&mut self, stop: &crate::stop::Stop) -> Result<(), CommandError> {
        let mut going = Vec::new();
        self.look(&mut going)?;
        let (mut looked, mut next) = (Instant::now(), self.next());
        while stop.requested().is_none() {
            std::thread::sleep(TICK);
            self.tend(&mut going);
            let has_come = next.is_some_and(|it| it <= self.clock.now());
            if looked.elapsed() >= self.pause() || has_come {
                (looked, next) = (Instant::now(), self.next());
                if let Err(error) = self.look(&mut going) {
                    self.context.ui.error(&error);
                }
            }
        }
        self.wind_up(going);
        Ok(())
    }

    /// Runs what is due now, and nothing else. How each run has ended.
    ///
    /// # Errors
    /// When the queue cannot be reached, or we are asked to stop.
    pub fn due(&mut self, stop: &crate::stop::Stop) -> Result<Vec<JobRun>, CommandError> {
        let mut going: Vec<Going> = Vec::new();
        let mut ended = Vec::new();
        loop {
            let looked = self.look(&mut going);
            let under_way = going.len();
            while looked.is_ok() && stop.requested().is_none() && going.len() == under_way {
                if going.is_empty() {
                    return Ok(ended);
                }
                std::thread::sleep(TICK);
                ended.extend(self.tend(&mut going));
            }
            if looked.is_err() || stop.requested().is_some() {
                self.wind_up(going);
                looked?;
                stop.check()?;
                return Ok(ended);
            }
        }
    }

    /// Runs a job now, whatever its schedule says. How it has ended.
    ///
    /// # Errors
    /// When somebody is at it, the queue cannot be reached, or we are asked to stop.
    pub fn by_hand(&mut self, job: &Job, stop: &crate::stop::Stop) -> Result<JobRun, CommandError> {
        let heard = Instant::now();
        let claim = self.queue(|queue| queue.claim_by_hand(job.name()))?;
        let mut going = vec![self.begin(job.clone(), claim, heard)];
        loop {
            std::thread::sleep(TICK);
            if let Some(run) = self.tend(&mut going).pop() {
                return stop.check().map(|()| run);
            }
            if going.is_empty() {
                // Somebody else has taken it, and we have said so.
                return Err(CommandError::silent(Kind::Unavailable));
            }
            if stop.requested().is_some() {
                going.iter_mut().for_each(|it| it.ask(Why::Stopped));
            }
        }
    }

    fn tell(&mut self, notices: &[Notice]) {
        let now = self.clock.now();
        for notice in notices {
            self.lost += usize::from(matches!(notice, Notice::Lost { .. }));
            telling::notice(&self.context.ui, &self.jobs, now, notice);
        }
    }

    /// How long it is at most until the next look at the queue.
    fn pause(&self) -> Duration {
        (self.patience.lease / 4).clamp(TICK, LOOK)
    }

    /// When the next time of any job comes.
    fn next(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        let jobs = self.jobs.iter();
        jobs.filter_map(|it| it.plan.schedule.next_after(now)).min()
    }

    /// Plans, and takes what is due as long as there is room.
    fn look(&mut self, going: &mut Vec<Going>) -> Result<(), CommandError> {
        let plans: Vec<Plan> = self.jobs.iter().map(|it| it.plan.clone()).collect();
        let notices = self.queue(|queue| queue.plan(&plans))?;
        self.tell(&notices);
        while going.len() < self.patience.at_once {
            let heard = Instant::now();
            let (claim, notices) = self.queue(|queue| queue.claim(&plans))?;
            self.tell(&notices);
            let Some(claim) = claim else { break };
            let job = self.jobs.iter().find(|it| it.name() == claim.run.job);
            let Some(job) = job.cloned() else { break };
            let it = self.begin(job, claim, heard);
            going.push(it);
        }
        Ok(())
    }

    /// Asks the queue, over a new connection where the last one is gone.
    fn queue<T>(
        &mut self,
        ask: impl FnOnce(&mut Queue<'_>) -> Result<T, PumpError>,
    ) -> Result<T, CommandError> {
        let mut store = match self.store.take() {
            Some(store) => store,
            None => self.settings.connect()?,
        };
        let mut queue = Queue {
            store: store.as_mut(),
            clock: self.clock,
            worker: &self.name,
            lease: length(crate::config::Period(self.patience.lease)),
        };
        let answer = ask(&mut queue);
        // A connection that is only busy is as good as before.
        let is_gone = matches!(&answer, Err(PumpError::Store(error))
            if !matches!(error, StoreError::Busy { .. }));
        if !is_gone {
            self.store = Some(store);
        }
        Ok(answer?)
    }

    /// Begins a run with the first step that is not done. It is ours since `heard`.
    fn begin(&self, job: Job, claim: Claim, heard: Instant) -> Going {
        let done = usize::try_from(claim.run.steps_done).unwrap_or(0);
        let done = done.min(job.steps.len());
        let again = match (claim.taken_over, claim.run.attempt) {
            (true, _) => ", taken over",
            (_, 1) => "",
            _ => ", again",
        };
        telling::say(&self.context.ui, &claim.run, &format!("begun{again}"));
        let mut going = Going {
            job,
            claim,
            at: done,
            done,
            process: None,
            begun: Instant::now(),
            held: Held::since(heard, self.patience.lease),
            heard,
            tried: heard,
            worst: None,
            why: None,
            ending: None,
        };
        self.step(&mut going);
        going
    }

    /// Begins the next step, or finds that there is none left.
    fn step(&self, going: &mut Going) {
        let Some(step) = going.job.steps.get(going.at) else {
            let (code, error) = going.worst.take().unwrap_or((0, None));
            going.end(Status::Code(code), error);
            return;
        };
        let mut command = Command::new(&self.program);
        command.args(&self.flags).args(step.arguments());
        command.env("QADUCT_STORE", &self.url);
        // All mutes stand in the store; each time in the log they would bury the rest.
        command.stdout(match step.scan {
            Some(true) => Stdio::null(),
            _ => Stdio::piped(),
        });
        command.env(SLOT, &going.claim.run.job_run);
        match Process::begin(&mut command, going.job.name(), going.held, &self.context.ui) {
            Ok(process) => going.process = Some(process),
            Err(error) => {
                let error = format!("cannot begin `{}`: {error}", step.words());
                going.end(Status::Broken, Some(error));
            }
        }
    }

    /// Looks after all runs. Those that have ended, as they are stored.
    fn tend(&mut self, going: &mut Vec<Going>) -> Vec<JobRun> {
        let mut ended = Vec::new();
        let mut still = Vec::new();
        for mut it in going.drain(..) {
            self.advance(&mut it);
            match self.keep(&mut it) {
                Kept::Ended => {
                    telling::outcome(&self.context.ui, &it.claim.run);
                    ended.push(it.claim.run);
                }
                Kept::Lost => self.lost += 1,
                Kept::Going => still.push(it),
            }
        }
        *going = still;
        ended
    }

    /// Looks whether the process of a run has ended, and what comes next.
    fn advance(&self, going: &mut Going) {
        if going.begun.elapsed() > going.job.timeout {
            going.ask(Why::TimedOut);
        }
        // Whatever became of telling the queue: somebody else may soon be at it.
        let until = match going.process {
            Some(_) => going.held.ask,
            None => going.held.end,
        };
        if Instant::now() >= until && going.why != Some(Why::Lost) {
            let message = format!(
                "the database was not told for too long that {} goes on: another process may \
                 take it over",
                going.claim.run.job_run
            );
            self.context
                .ui
                .error(&CommandError::from(Report::new(Code::LostRun, message)));
            going.ask(Why::Lost);
        }
        let Some(process) = &mut going.process else {
            return;
        };
        let status = match process.ended() {
            Ok(None) => return,
            Ok(Some(status)) => status,
            Err(error) => {
                let error = format!("cannot look after a step: {error}");
                return going.end(Status::Broken, Some(error));
            }
        };
        let error = process.error();
        going.process = None;
        let code = status.code().and_then(|it| u8::try_from(it).ok());
        match (code, going.why) {
            (Some(0), _) => {
                if going.done == going.at {
                    going.done += 1;
                }
            }
            (_, Some(Why::TimedOut)) => return going.time_out(),
            (_, Some(_)) => return going.end(Status::Stopped, None),
            // The rest was done: so is the rest of the job, and then it is told.
            (Some(3), _) => {
                let error = error.map(|it| going.of_step(&it));
                going.worst.get_or_insert((3, error));
            }
            (Some(code), _) if !matches!(code, 130 | 143) => {
                return going.end(Status::Code(code), error);
            }
            _ => {
                let error = format!("a step was ended by {}", ending(status));
                return going.end(Status::Broken, Some(error));
            }
        }
        going.at += 1;
        let is_more = going.at < going.job.steps.len();
        match going.why {
            Some(Why::TimedOut) if is_more => going.time_out(),
            Some(_) if is_more => going.end(Status::Stopped, None),
            _ => self.step(going),
        }
    }

    /// Tells the queue that a run goes on, or how it has ended.
    fn keep(&mut self, going: &mut Going) -> Kept {
        if going.why == Some(Why::Lost) {
            return match going.process {
                Some(_) => Kept::Going,
                None => Kept::Lost,
            };
        }
        let pause = self.patience.lease / 4;
        let is_due = going.heard.elapsed() >= pause && going.tried.elapsed() >= pause / 4;
        // What is stored counts from some instant behind this one.
        let before = Instant::now();
        let told = match going.ending.clone() {
            Some(_) if !is_due && self.store.is_none() => return Kept::Going,
            Some(ending) => {
                let (claim, plan) = (&mut going.claim, &going.job.plan);
                self.queue(|queue| queue.finish(claim, plan, &ending))
            }
            None if !is_due => return Kept::Going,
            None => {
                let done = i64::try_from(going.done).unwrap_or(0);
                let claim = &mut going.claim;
                self.queue(|queue| queue.beat(claim, done))
            }
        };
        going.tried = Instant::now();
        let error = match told {
            Ok(()) if going.ending.is_some() => return Kept::Ended,
            Ok(()) => {
                going.heard = before;
                going.held = Held::since(before, self.patience.lease);
                if let Some(process) = &going.process {
                    process.hold(going.held);
                }
                return Kept::Going;
            }
            Err(error) => error,
        };
        match error.reports().first().map(|it| it.code) {
            Some(Code::LostRun) => {
                self.context.ui.error(&error);
                going.ask(Why::Lost);
            }
            Some(Code::StoreBusy) => {}
            _ => self.context.ui.error(&error),
        }
        Kept::Going
    }

    /// No new runs: those under way may go on for a while, and are then stopped.
    fn wind_up(&mut self, mut going: Vec<Going>) {
        let until = Instant::now() + self.patience.grace;
        if !going.is_empty() {
            let names: Vec<&str> = going
                .iter()
                .map(|it| it.claim.run.job_run.as_str())
                .collect();
            self.context.ui.say(&format!(
                "stopping when {} ended, or in {:?}",
                match names.as_slice() {
                    [one] => format!("{one} has"),
                    all => format!("{} have", all.join(", ")),
                },
                self.patience.grace
            ));
        }
        let mut unsaid = Instant::now() + self.patience.grace + 4 * TICK;
        while !going.is_empty() {
            self.tend(&mut going);
            if Instant::now() > until {
                going.iter_mut().for_each(|it| it.ask(Why::Stopped));
            }
            if going.iter().any(|it| it.process.is_some()) {
                unsaid = Instant::now() + 4 * TICK;
            } else if self.store.is_none() && Instant::now() > unsaid {
                // The queue is gone; the lease says the rest.
                break;
            }
            std::thread::sleep(TICK);
        }
    }
}

/// What the queue makes of a run.
enum Kept {
    Going,
    Ended,
    Lost,
}

impl Going {
    fn end(&mut self, status: Status, error: Option<String>) {
        self.process = None;
        let error = match status {
            Status::Code(0) => None,
            _ => error.map(|it| self.of_step(&it)),
        };
        self.ending = Some(Ending {
            status,
            steps_done: i64::try_from(self.done).unwrap_or(0),
            error,
        });
    }

    fn time_out(&mut self) {
        let error = format!("not done after {:?}", self.job.timeout);
        self.end(Status::TimedOut, Some(error));
    }

    /// What a step says, behind the step; at the end of all, as it is.
    fn of_step(&self, said: &str) -> String {
        let step = self.job.steps.get(self.at);
        step.map_or(said.to_owned(), |it| format!("{}: {said}", it.words()))
    }

    /// Asks its process to end; the first reason counts, but for having lost it.
    fn ask(&mut self, why: Why) {
        if self.why.is_none() || why == Why::Lost {
            self.why = Some(why);
        }
        if let Some(process) = &self.process {
            process.ask();
        }
    }
}

/// How a process has ended that gave no status of its own.
fn ending(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("signal {signal}");
    }
    status.to_string()
}

#[cfg(unix)]
#[cfg(test)]
mod tests;

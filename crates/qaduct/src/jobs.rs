//! Jobs of the settings: which there are, and running them.
//!
//! A step runs as a process of its own: it can be stopped, one that breaks takes nobody with
//! it, and what it ends with is what its command ends with for anybody.
//!
//! * [`worker`]: plans jobs, takes those that are due, looks after them.
//! * [`step`]: the process of a step.
//! * [`telling`]: what is said about runs, and the one place that knows what became of each.
//! * [`state`]: how each job is, for `qaduct status`.

pub mod state;
mod step;
mod telling;
mod worker;

use std::path::PathBuf;
use std::time::Duration;

use qaduct_pump::queue::Plan;
use qaduct_records::nearest;

use crate::config::Config;
use crate::config::job::Step;
use crate::error::CommandError;
use crate::report::{Code, Report};

pub use step::ATTENDED;
pub use worker::{LEASE, Patience, SLOT, Worker};

/// A job of the settings.
#[derive(Debug, Clone)]
pub struct Job {
    /// When it is due, and what becomes of failures.
    pub plan: Plan,
    /// What it does, in order.
    pub steps: Vec<Step>,
    /// How long it may take.
    pub timeout: Duration,
}

impl Job {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.plan.job
    }
}

/// The jobs of the settings, by name.
///
/// # Errors
/// When a schedule makes no sense, which the check of the settings rules out.
pub fn configured(settings: &Config) -> Result<Vec<Job>, CommandError> {
    let job = |(name, job): (&String, &crate::config::job::Job)| {
        let plan = job.plan(name).map_err(|bad| {
            CommandError::from(Report::new(
                Code::WrongValue,
                format!("`job.{name}`: {bad}"),
            ))
        })?;
        Ok(Job {
            plan,
            steps: job.run.clone(),
            timeout: job.timeout.0,
        })
    };
    settings.job.iter().map(job).collect()
}

/// The jobs that are named; all where none is.
///
/// # Errors
/// When there is no job of that name, or none at all.
pub fn select(settings: &Config, names: &[String]) -> Result<Vec<Job>, CommandError> {
    let all = configured(settings)?;
    if all.is_empty() {
        return Err(CommandError::usage("the settings have no job")
            .help("`qaduct config default` shows how to write `[job.NAME]`"));
    }
    for name in names {
        let known = || all.iter().map(Job::name);
        if !known().any(|it| it == name) {
            let error = CommandError::usage(format!("there is no job `{name}`"));
            return Err(match nearest(name, known()) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help(format!(
                    "jobs are {}",
                    known().collect::<Vec<_>>().join(", ")
                )),
            });
        }
    }
    let wanted = |it: &Job| names.is_empty() || names.iter().any(|name| name == it.name());
    Ok(all.into_iter().filter(wanted).collect())
}

/// This program.
///
/// # Errors
/// When the system does not tell.
pub fn program() -> Result<PathBuf, CommandError> {
    std::env::current_exe().map_err(|error| {
        let message = format!("cannot find this program, which runs the steps: {error}");
        Report::new(Code::Internal, message).into()
    })
}

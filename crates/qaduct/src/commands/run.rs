//! `qaduct run`: does what is due, when it is due.

use qaduct_records::job::{JobRun, JobState};
use serde_json::json;

use crate::config::job::LATE_BY_OTHERS;
use crate::context::Context;
use crate::error::{CommandError, Kind};
use crate::format::Plain;
use crate::format::table::{Look, grid};
use crate::jobs::{self, Job, Patience, Worker};
use crate::wire::{StoreArgs, StoreSettings};

/// How many times of a job `--dry-run` tells.
const TOLD: usize = 5;

/// Run the jobs of the settings when they are due
///
/// Without arguments it goes on until it is stopped. Several may run on one database: each
/// job is run once for each of its times, by one of them.
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct run
  qaduct run --dry-run
  qaduct run --once nightly     # now, whatever its schedule says
  qaduct run --once             # what is due, and then end: for cron
  qaduct run nightly --once     # the same for one job: nothing where it is not due")]
pub struct Args {
    /// Jobs that are run, when they are due; else all
    #[arg(value_name = "JOB")]
    names: Vec<String>,

    /// Run this job now and end; without a name, what is due now
    #[arg(long, value_name = "JOB", num_args = 0..=1, default_missing_value = "")]
    once: Option<String>,

    /// Tell the next five times of each job and what it would do; do nothing
    #[arg(short = 'n', long)]
    dry_run: bool,

    #[command(flatten)]
    store: StoreArgs,

    #[command(flatten)]
    format: Plain,
}

impl Args {
    /// Runs jobs, or tells when they are due.
    ///
    /// # Errors
    /// When there is no such job, the database cannot be reached, or a job that was asked
    /// for has failed.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        let settings = context.config(&self.store.flags())?.config;
        let mut names = self.names.clone();
        let by_hand = self.once.as_deref().filter(|it| !it.is_empty());
        names.extend(by_hand.map(str::to_owned));
        if by_hand.is_some() && names.len() > 1 {
            return Err(CommandError::usage("`--once JOB` runs one job"));
        }
        let jobs = jobs::select(&settings, &names)?;
        if self.dry_run {
            return self.tell(context, &jobs);
        }
        if self.format.is_json() {
            return Err(
                CommandError::usage("`--format json` tells when jobs are due, and runs none")
                    .help("write `qaduct run --dry-run --format json`; what has become of jobs is told by `qaduct status --format json`"),
            );
        }
        let stop = context.stop()?;
        let clock = context.clock()?;
        let store = StoreSettings::new(context, &settings)?;
        let opened = store.open()?;
        let location = opened.location();
        let mut worker = Worker {
            context,
            name: worker_name(clock.as_ref()),
            patience: Patience::of(context, &settings),
            program: jobs::program()?,
            flags: flags(context),
            url: settings.store.url.clone(),
            store: Some(opened),
            settings: store,
            clock: clock.as_ref(),
            jobs,
            lost: 0,
        };
        match (&self.once, by_hand) {
            (_, Some(_)) => {
                let job = worker.jobs.remove(0);
                ended(&[worker.by_hand(&job, &stop)?], 0)
            }
            (Some(_), None) => {
                for job in &mut worker.jobs {
                    // Nobody comes back for what would be due a little later.
                    job.plan.jitter = jiff::SignedDuration::ZERO;
                    job.plan.late = LATE_BY_OTHERS;
                }
                let runs = worker.due(&stop)?;
                if runs.is_empty() && worker.lost == 0 {
                    context.ui.say(&match self.names.as_slice() {
                        [name] => format!(
                            "{name} is not due; `qaduct run --once {name}` runs it all the same"
                        ),
                        _ => "nothing is due".to_owned(),
                    });
                }
                ended(&runs, worker.lost)
            }
            (None, None) => {
                context.ui.say(&format!(
                    "running {} of {location} as {} (Ctrl-C stops)",
                    count(worker.jobs.len()),
                    worker.name
                ));
                worker.serve(&stop)?;
                // Asked to stop is how it ends: a success.
                context.ui.say("stopped");
                Ok(())
            }
        }
    }

    /// Tells when the jobs are due next, and what they do.
    fn tell(&self, context: &Context, jobs: &[Job]) -> Result<(), CommandError> {
        let now = context.clock()?.now();
        let times = |job: &Job| -> Vec<jiff::Timestamp> {
            let next = |it: &jiff::Timestamp| job.plan.schedule.next_after(*it);
            let times = std::iter::successors(next(&now), next);
            times.take(TOLD).collect()
        };
        if self.format.is_json() {
            let item = |job: &Job| {
                json!({
                    "job": job.name(),
                    "schedule": job.plan.schedule.text(),
                    "time_zone": job.plan.schedule.zone_name(),
                    "times": times(job),
                    "run": job.steps.iter().map(|it| it.arguments()).collect::<Vec<_>>(),
                })
            };
            let document = json!({
                "schema_version": 1,
                "tool": { "name": "qaduct", "version": env!("CARGO_PKG_VERSION") },
                "as_of": now,
                "items": jobs.iter().map(item).collect::<Vec<_>>(),
            });
            return context.ui.data(|out| {
                serde_json::to_writer_pretty(&mut *out, &document)?;
                writeln!(out)
            });
        }
        let mut rows = Vec::new();
        for job in jobs {
            let zone = job.plan.schedule.zone();
            for (at, time) in times(job).into_iter().enumerate() {
                let name = if at == 0 { job.name() } else { "" };
                let there = time.to_zoned(zone.clone());
                rows.push(vec![
                    name.to_owned(),
                    there.strftime("%a %F %H:%M %Z").to_string(),
                    time.strftime("%a %H:%M UTC").to_string(),
                ]);
            }
        }
        let look = Look {
            width: context.ui.width(),
        };
        context
            .ui
            .text(&grid(&["JOB", "TIME", "UTC"], rows, look))?;
        for job in jobs {
            let steps: Vec<String> = job.steps.iter().map(|it| it.words()).collect();
            context.ui.say(&format!(
                "{} ({}) would do: {}",
                job.name(),
                job.plan.schedule.describe(),
                steps.join("; ")
            ));
        }
        Ok(())
    }
}

/// Ends as the runs have ended. What became of those that were lost nobody knows here.
fn ended(runs: &[JobRun], lost: usize) -> Result<(), CommandError> {
    let kind = |run: &JobRun| match (run.state, run.exit_code) {
        (JobState::Complete, _) => None,
        (_, Some(code)) => {
            let kind = Kind::ALL.iter().find(|it| i64::from(it.status()) == code);
            Some(kind.copied().unwrap_or(Kind::Usage))
        }
        // Ended by a signal, or after too long a time: it may go well another time.
        _ => Some(Kind::Unavailable),
    };
    let mut failed: Vec<Kind> = runs.iter().filter_map(kind).collect();
    failed.extend((0..lost).map(|_| Kind::Unavailable));
    match failed.as_slice() {
        [] => Ok(()),
        [kind, ..] if failed.len() == runs.len() + lost => Err(CommandError::silent(*kind)),
        _ => Err(CommandError::silent(Kind::Partial)),
    }
}

fn count(jobs: usize) -> String {
    match jobs {
        1 => "1 job".to_owned(),
        several => format!("{several} jobs"),
    }
}

/// Host, process, and when it began: no two processes share all three.
fn worker_name(clock: &dyn qaduct_records::Clock) -> String {
    let began = clock.now().as_microsecond();
    format!("{}:{}:{:x}", host(), std::process::id(), began & 0xff_ffff)
}

#[cfg(unix)]
fn host() -> String {
    let name = rustix::system::uname();
    name.nodename().to_str().unwrap_or("host").to_owned()
}

#[cfg(not(unix))]
fn host() -> String {
    "host".to_owned()
}

/// The flags of all steps: they read the same settings, and say as much.
fn flags(context: &Context) -> Vec<String> {
    let globals = &context.globals;
    let mut flags = vec!["--progress=none".to_owned(), "--color=never".to_owned()];
    if let Some(file) = &globals.config {
        flags.push(format!("--config={}", file.display()));
    }
    if globals.no_config {
        flags.push("--no-config".to_owned());
    }
    flags.extend((0..globals.quiet).map(|_| "--quiet".to_owned()));
    flags.extend((0..globals.verbose).map(|_| "--verbose".to_owned()));
    flags
}

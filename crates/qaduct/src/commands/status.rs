//! `qaduct status`: how old the scans, the data of each stream and each release calendar are, how
//! the jobs are, and what went wrong last.

mod scans;
mod seen;

use jiff::Timestamp;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, Kind};
use crate::format::Plain;
use crate::format::table::Look;
use crate::freshness::{self, Freshness, State};
use crate::jobs::{self, state::State as JobState};
use crate::report::{Code, Report};
use crate::sources;
use crate::wire::{StoreArgs, StoreSettings};
use seen::seconds;

/// Show how old scans and the data of each source are, and what went wrong last
#[derive(Debug, clap::Args)]
#[command(before_long_help = "Examples:
  qaduct status
  qaduct status testrail --format json")]
pub struct Args {
    /// Sources; all of the configuration where none is named
    #[arg(value_name = "SOURCE")]
    names: Vec<String>,

    #[command(flatten)]
    store: StoreArgs,

    #[command(flatten)]
    format: Plain,
}

impl Args {
    /// Shows it.
    ///
    /// # Errors
    /// When a stream is past `error_after`, or the store cannot be read.
    pub fn run(self, context: &Context) -> Result<(), CommandError> {
        let settings = context.config(&self.store.flags())?.config;
        let wanted = if self.names.is_empty() {
            sources::configured(&settings)?
        } else {
            let names = self.names.iter();
            names
                .map(|it| sources::named(&settings, it))
                .collect::<Result<_, _>>()?
        };
        let now = context.clock()?.now();
        let store = StoreSettings::new(context, &settings)?;
        let store = match wanted.is_empty() {
            true => store.open_existing()?,
            // Who has only scanned has no tables of the services yet.
            false => store.open_existing_for_pulls()?,
        };
        let mut reader = store.reader()?;
        let mut states = freshness::states(reader.as_mut(), &settings, &wanted, now)?;
        // They belong to no source.
        if self.names.is_empty() {
            states.extend(freshness::calendars(reader.as_mut(), &settings, now)?);
        }
        let jobs = match self.names.as_slice() {
            [] => jobs::configured(&settings)?,
            _ => Vec::new(),
        };
        let jobs = jobs::state::states(reader.as_mut(), &jobs, now)?;
        let scans = match self.names.as_slice() {
            [] => scans::read(reader.as_mut())?,
            _ => Vec::new(),
        };
        if self.format.is_json() {
            let items: Vec<_> = states.iter().map(|it| item(it, now)).collect();
            let document = json!({
                "schema_version": 1,
                "tool": { "name": "qaduct", "version": env!("CARGO_PKG_VERSION") },
                "as_of": now,
                "items": items,
                "scans": scans.iter().map(|it| scans::item(it, now)).collect::<Vec<_>>(),
                "jobs": jobs.iter().map(|it| job_item(it, now)).collect::<Vec<_>>(),
            });
            context.ui.data(|out| {
                serde_json::to_writer_pretty(&mut *out, &document)?;
                writeln!(out)
            })?;
        } else {
            let look = Look {
                width: context.ui.width(),
            };
            let tables = [
                scans::shown(&scans, now, look),
                seen::streams(&states, now, look),
                seen::jobs(&jobs, now, look),
            ];
            let tables: Vec<_> = tables.into_iter().filter(|it| !it.is_empty()).collect();
            context.ui.text(&tables.join("\n"))?;
            if states.is_empty() && jobs.is_empty() {
                context
                    .ui
                    .say("no source is configured; `qaduct config default` shows how to write one");
            }
        }
        let of_jobs = finish_jobs(context, &jobs);
        finish(context, &states).and(of_jobs)
    }
}

fn finish(context: &Context, states: &[State]) -> Result<(), CommandError> {
    let of = |freshness: Freshness| states.iter().filter(move |it| it.freshness == freshness);
    let list = |states: Vec<&State>| {
        let names = states.iter().take(6);
        let names: Vec<_> = names
            .map(|it| format!("{}.{}", it.source, it.stream))
            .collect();
        let more = states.len() - names.len();
        match more {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    };
    let old: Vec<_> = of(Freshness::Warn).collect();
    if !old.is_empty() {
        let message = format!("older than `warn_after`: {}", list(old));
        context.ui.warn(&Report::new(Code::Aging, message));
    }
    let ahead: Vec<_> = of(Freshness::Ahead).collect();
    if !ahead.is_empty() {
        let message = format!("read by a clock that is ahead of this one: {}", list(ahead));
        let help = "set both clocks; the next `qaduct pull` tells how old they are";
        context
            .ui
            .error(&Report::new(Code::Stale, message).help(help).into());
    }
    let bad: Vec<_> = states.iter().filter(|it| it.freshness.is_error()).collect();
    if bad.is_empty() {
        return Ok(());
    }
    let old: Vec<_> = bad
        .into_iter()
        .filter(|it| it.freshness != Freshness::Ahead)
        .collect();
    if old.is_empty() {
        return Err(CommandError::silent(Kind::Partial));
    }
    let message = format!(
        "older than `error_after`, or never read whole: {}",
        list(old)
    );
    context.ui.error(
        &Report::new(Code::Stale, message)
            .help("`qaduct pull` reads them; the limits stand in `[freshness]`")
            .into(),
    );
    Err(CommandError::silent(Kind::Partial))
}

/// Jobs that somebody has to look at.
fn finish_jobs(context: &Context, jobs: &[JobState]) -> Result<(), CommandError> {
    let list = |is: &dyn Fn(&JobState) -> bool| {
        let names = jobs.iter().filter(|it| is(it)).map(|it| it.job.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    let overdue = list(&|it| it.overdue.is_some());
    if !overdue.is_empty() {
        let message = format!("due and not run: {overdue}");
        let report = Report::new(Code::Overdue, message)
            .help("`qaduct run` runs jobs when they are due; is it running?");
        context.ui.error(&report.into());
    }
    let failed = list(&|it| it.overdue.is_none() && it.is_error());
    if !failed.is_empty() {
        let message = format!("the last run failed: {failed}");
        let report = Report::new(Code::JobFailed, message)
            .help("`qaduct run --once JOB` runs it now and shows what it says");
        context.ui.error(&report.into());
    }
    match jobs.iter().any(JobState::is_error) {
        true => Err(CommandError::silent(Kind::Partial)),
        false => Ok(()),
    }
}

fn job_item(state: &JobState, now: Timestamp) -> serde_json::Value {
    let last = state.last.as_ref();
    json!({
        "job": state.job,
        "state": state.word(),
        "since": state.since,
        "since_seconds": state.since.map(|at| seconds(at, now)),
        "last_run": last.map(|it| json!({
            "job_run": it.job_run,
            "fire_at": it.fire_at,
            "occasion": it.occasion,
            "missed": it.missed,
            "state": it.state,
            "attempt": it.attempt,
            "failures": it.failures,
            "worker": it.worker,
            "started_at": it.started_at,
            "finished_at": it.finished_at,
            "exit_code": it.exit_code,
            "error": it.error,
        })),
        "next": state.next,
        "overdue": state.overdue,
    })
}

fn item(state: &State, now: Timestamp) -> serde_json::Value {
    json!({
        "source": state.source,
        "stream": state.stream,
        "freshness": state.freshness.word(),
        "last_success_at": state.last_success_at,
        "age_seconds": state.last_success_at.map(|at| seconds(at, now)),
        "rows": state.rows,
        "problems": state.problems,
        "watermark": state.watermark,
        "open_parts": state.open_parts,
        "run_id": state.run_id,
        "outcome": state.outcome,
        "finished_at": state.finished_at,
        "error": state.error,
    })
}

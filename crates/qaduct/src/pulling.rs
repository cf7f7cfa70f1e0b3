//! Pulls sources into the store: one thread and one connection for each.

use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use qaduct_pump::pull::{Progress, Pulled, Wanted, Watch, pull};
use qaduct_pump::{Ledger, PumpError, record_failure};
use qaduct_records::Clock;
use qaduct_records::pull::StreamRun;
use qaduct_records::source::Source;

use crate::error::CommandError;
use crate::stop::Stop;
use crate::ui::{self, Ui};
use crate::wire::StoreSettings;

/// A source that is about to be pulled.
pub struct Job {
    /// The source.
    pub source: Box<dyn Source>,
    /// What of it.
    pub wanted: Wanted,
}

/// What became of a source.
pub struct Done {
    /// Its name.
    pub source: String,
    /// What was pulled, or why nothing could be kept.
    pub pulled: Result<Pulled, CommandError>,
}

/// Pulls all of them at once, in the order given.
#[must_use]
pub fn pull_all(
    jobs: Vec<Job>,
    store: &StoreSettings,
    clock: &Arc<dyn Clock>,
    stop: &Stop,
    ui: &Ui,
) -> Vec<Done> {
    thread::scope(|scope| {
        let threads: Vec<_> = jobs
            .into_iter()
            .map(|job| scope.spawn(|| pull_one(job, store, clock.as_ref(), stop, ui)))
            .collect();
        let joined = threads.into_iter().map(|thread| {
            thread
                .join()
                .unwrap_or_else(|defect| std::panic::resume_unwind(defect))
        });
        joined.collect()
    })
}

fn pull_one(mut job: Job, store: &StoreSettings, clock: &dyn Clock, stop: &Stop, ui: &Ui) -> Done {
    let source = job.source.name().to_owned();
    let pulled = store.connect().and_then(|mut store| {
        let ledger = Ledger {
            command: "pull",
            subject: source.clone(),
            started_at: clock.now(),
            version: env!("CARGO_PKG_VERSION"),
            salt: std::process::id().into(),
        };
        let watch = Watching {
            progress: ui.progress(&source),
            ui,
            stop,
            began: Mutex::default(),
        };
        let (store, source) = (store.as_mut(), job.source.as_mut());
        let pulled = pull(store, source, &job.wanted, &ledger, clock, &watch);
        if let Err(error @ PumpError::PulledElsewhere { .. }) = &pulled {
            // Without this the ledger would say for ever that it is under way.
            record_failure(store, &ledger, &error.to_string(), clock)?;
        }
        Ok(pulled?)
    });
    Done { source, pulled }
}

/// Shows how far a source is, and asks it to stop.
struct Watching<'a> {
    progress: ui::Progress,
    ui: &'a Ui,
    stop: &'a Stop,
    /// The stream that is being read, and since when.
    began: Mutex<Option<(String, Instant)>>,
}

impl Watch for Watching<'_> {
    fn progress(&self, progress: &Progress<'_>) {
        let words = words(progress, self.taken(&progress.run.stream));
        self.progress.tell(&self.ui.clean(&words));
        if progress.ended && self.progress.is_lines() {
            let source = &progress.run.source;
            self.ui.say(&format!("{source}: {words}"));
        }
    }

    fn stopped(&self) -> bool {
        self.stop.requested().is_some()
    }
}

impl Watching<'_> {
    /// How long the stream has taken so far.
    fn taken(&self, stream: &str) -> Duration {
        let mut began = self.began.lock().unwrap_or_else(PoisonError::into_inner);
        match began.as_ref().filter(|(name, _)| name == stream) {
            Some((_, at)) => at.elapsed(),
            None => {
                *began = Some((stream.to_owned(), Instant::now()));
                Duration::ZERO
            }
        }
    }
}

/// How far a stream is: `cases: 1250 rows, 5 requests, part 3 of 12, 142 requests left, 40 s to go`.
fn words(progress: &Progress<'_>, taken: Duration) -> String {
    let StreamRun {
        stream,
        rows_read,
        requests,
        outcome,
        rows_inserted,
        rows_updated,
        rows_gone,
        ..
    } = progress.run;
    if progress.ended {
        return format!(
            "{stream}: {outcome}, {rows_read} rows, {rows_inserted} new, {rows_updated} changed, {rows_gone} gone"
        );
    }
    let mut words = vec![
        format!("{stream}: {rows_read} rows"),
        format!("{requests} requests"),
    ];
    if progress.parts > 1 {
        words.push(format!("part {} of {}", progress.nth, progress.parts));
    }
    if let Some(left) = progress.quota_left {
        words.push(format!("{left} requests left"));
    }
    let done = progress.nth.saturating_sub(1);
    if done > 0 && taken > Duration::from_secs(2) {
        let left = taken.as_secs_f64() / done as f64 * (progress.parts - done) as f64;
        words.push(format!("{left:.0} s to go"));
    }
    words.join(", ")
}

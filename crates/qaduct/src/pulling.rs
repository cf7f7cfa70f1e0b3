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
use crate::format::planned::time;
use crate::stop::Stop;
use crate::ui::{self, Ui};
use crate::wire::StoreSettings;

/// How long a stream is read before it is said how long it will take.
const SOON: Duration = Duration::from_secs(1);

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
    /// The stream that is being read.
    began: Mutex<Option<Began>>,
}

/// Since when a stream is read, and how much of it was there then: a pull may go on
/// where another one was cut off.
struct Began {
    stream: String,
    at: Instant,
    share: f64,
}

impl Watch for Watching<'_> {
    fn progress(&self, progress: &Progress<'_>) {
        let words = words(progress, self.left(progress));
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
    /// How long the stream will take from now on; `None` where nothing can be said yet.
    fn left(&self, progress: &Progress<'_>) -> Option<Duration> {
        let mut began = self.began.lock().unwrap_or_else(PoisonError::into_inner);
        let (stream, share) = (&progress.run.stream, progress.share());
        let since = began.as_ref().filter(|it| it.stream == *stream);
        let Some(since) = since else {
            *began = Some(Began {
                stream: stream.clone(),
                at: Instant::now(),
                share,
            });
            return None;
        };
        left(since.at.elapsed(), share - since.share, 1.0 - share)
    }
}

/// How long the rest takes when a share took so long. Nothing is said of the first
/// moments: a page or two say little.
fn left(taken: Duration, share: f64, rest: f64) -> Option<Duration> {
    if share <= 0.0 || taken < SOON {
        return None;
    }
    Duration::try_from_secs_f64(taken.as_secs_f64() / share * rest).ok()
}

/// How far a stream is: `cases: 1250 of 5000 rows, 5 pages, 142 requests left, 40 s to go`.
fn words(progress: &Progress<'_>, left: Option<Duration>) -> String {
    let StreamRun {
        stream,
        rows_read,
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
    let rows = match progress.expected {
        // Rows of this pull, of all that there are.
        Some(all) if progress.parts == 1 => format!("{} of {all}", progress.rows),
        _ => rows_read.to_string(),
    };
    let mut words = vec![
        format!("{stream}: {rows} rows"),
        format!("{} pages", progress.pages),
    ];
    if progress.parts > 1 {
        words.push(format!("part {} of {}", progress.nth, progress.parts));
    }
    if let Some(quota) = progress.quota_left {
        words.push(format!("{quota} requests left"));
    }
    if let Some(left) = left {
        words.push(format!("{} to go", time(left.as_secs_f64())));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_from_the_share_that_is_read() {
        let seconds = Duration::from_secs;
        // A quarter took ten seconds, half of it was there before.
        assert_eq!(left(seconds(10), 0.25, 0.25), Some(seconds(10)));
        assert_eq!(left(seconds(10), 0.2, 0.8), Some(seconds(40)));
        assert_eq!(left(seconds(10), 0.0, 1.0), None);
        assert_eq!(left(Duration::from_millis(900), 0.5, 0.5), None);
    }
}

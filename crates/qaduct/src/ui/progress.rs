//! Progress on standard error: a bar on a terminal, a few lines elsewhere.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use qaduct_scan::Stage;

use crate::cli::ProgressMode;
use crate::ui::Ui;

/// How often a bar moves although nothing happens.
const TICK: Duration = Duration::from_millis(120);

/// How often a line is written where there is no terminal.
const PAUSE: Duration = Duration::from_secs(10);

/// Shows how far something is, until it is dropped.
#[derive(Debug)]
pub struct Progress {
    shown: Shown,
}

#[derive(Debug)]
enum Shown {
    Bar(ProgressBar),
    Lines(Lines),
    Nothing,
}

impl Progress {
    pub(crate) fn new(ui: &Ui, mode: ProgressMode, subject: &str) -> Self {
        let shown = match mode {
            ProgressMode::None => Shown::Nothing,
            ProgressMode::Plain => {
                let ui = ui.clone();
                Shown::Lines(Lines::new(subject, PAUSE, move |line| ui.say(line)))
            }
            ProgressMode::Auto | ProgressMode::Bar => {
                let bar = ui.bars().add(ProgressBar::new_spinner());
                bar.set_prefix(ui.clean(subject));
                bar.set_style(style("{spinner} {prefix} {wide_msg}"));
                bar.enable_steady_tick(TICK);
                Shown::Bar(bar)
            }
        };
        Self { shown }
    }

    /// Says in words where it is. They are fit for a terminal.
    pub fn tell(&self, words: &str) {
        match &self.shown {
            Shown::Bar(bar) => bar.set_message(words.to_owned()),
            Shown::Lines(lines) => lines.state.tell(words),
            Shown::Nothing => {}
        }
    }

    /// Whether it is shown as lines, so that an event may have one of its own.
    #[must_use]
    pub fn is_lines(&self) -> bool {
        matches!(self.shown, Shown::Lines(_))
    }
}

impl qaduct_scan::Progress for Progress {
    fn begin(&self, stage: Stage, total: Option<u64>) {
        match &self.shown {
            Shown::Bar(bar) => {
                bar.set_style(match total {
                    Some(_) => style("{spinner} {prefix} {msg} {wide_bar} {human_pos}/{human_len}"),
                    None => style("{spinner} {prefix} {msg} {human_pos}"),
                });
                bar.set_length(total.unwrap_or(0));
                bar.set_position(0);
                bar.set_message(word(stage));
            }
            Shown::Lines(lines) => lines.state.begin(stage, total),
            Shown::Nothing => {}
        }
    }

    fn advance(&self, steps: u64) {
        match &self.shown {
            Shown::Bar(bar) => bar.inc(steps),
            Shown::Lines(lines) => {
                lines.state.done.fetch_add(steps, Ordering::Relaxed);
            }
            Shown::Nothing => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting => "waiting for another scan of",
        Stage::Fetching => "fetching",
        Stage::Walking => "walking",
        Stage::Reading => "reading",
        Stage::Resolving => "resolving",
        Stage::History => "reading the history",
    }
}

fn style(template: &str) -> ProgressStyle {
    // Only a template of ours could be wrong, and a test looks at all of them.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// A line at the start, one at the end, and one every pause in between.
#[derive(Debug)]
struct Lines {
    state: Arc<State>,
    writer: Option<thread::JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    stage: Mutex<Option<(Stage, Option<u64>)>>,
    words: Mutex<Option<String>>,
    done: AtomicU64,
    ended: Mutex<bool>,
    wake: Condvar,
}

impl State {
    fn begin(&self, stage: Stage, total: Option<u64>) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = Some((stage, total));
        self.done.store(0, Ordering::Relaxed);
    }

    fn tell(&self, words: &str) {
        *self.words.lock().unwrap_or_else(PoisonError::into_inner) = Some(words.to_owned());
    }

    /// Where it is: `reading 12 of 40`.
    fn words(&self) -> String {
        let told = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(words) = told.as_ref() {
            return words.clone();
        }
        let done = self.done.load(Ordering::Relaxed);
        match *self.stage.lock().unwrap_or_else(PoisonError::into_inner) {
            None => "starting".to_owned(),
            Some((stage, Some(total))) => format!("{} {done} of {total}", word(stage)),
            Some((stage, None)) if done == 0 => word(stage).to_owned(),
            Some((stage, None)) => format!("{} {done}", word(stage)),
        }
    }
}

impl Lines {
    fn new(subject: &str, pause: Duration, say: impl Fn(&str) + Send + 'static) -> Self {
        let started = Instant::now();
        let subject = subject.to_owned();
        say(&format!("{subject}: started"));
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let writer = thread::spawn(move || {
            let mut ended = shared.ended.lock().unwrap_or_else(PoisonError::into_inner);
            while !*ended {
                let (guard, waited) = shared
                    .wake
                    .wait_timeout(ended, pause)
                    .unwrap_or_else(PoisonError::into_inner);
                ended = guard;
                if waited.timed_out() && !*ended {
                    say(&format!("{subject}: {}", shared.words()));
                }
            }
            say(&format!(
                "{subject}: ended after {:.1} s",
                started.elapsed().as_secs_f64()
            ));
        });
        Self {
            state,
            writer: Some(writer),
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        *self
            .state
            .ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = true;
        self.state.wake.notify_all();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has nothing more to say.
            writer.join().ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn lines_are_written_at_the_start_in_between_and_at_the_end() {
        let (tell, told) = mpsc::channel();
        let lines = Lines::new("acme/shop", Duration::from_millis(5), move |line| {
            tell.send(line.to_owned()).unwrap();
        });
        lines.state.begin(Stage::Reading, Some(40));
        lines.state.done.fetch_add(12, Ordering::Relaxed);
        assert_eq!(told.recv().unwrap(), "acme/shop: started");
        while told.recv().unwrap() != "acme/shop: reading 12 of 40" {}
        drop(lines);
        let last = told.iter().last().unwrap();
        assert!(last.starts_with("acme/shop: ended after "), "{last}");
    }

    #[test]
    fn a_bar_without_a_terminal_does_no_harm() {
        use qaduct_scan::Progress as _;

        let ui = Ui::new(&Default::default(), &Default::default());
        let bar = Progress::new(&ui, ProgressMode::Bar, "acme/shop");
        bar.begin(Stage::Fetching, None);
        bar.advance(3);
        ui.say("said while a bar is shown");
        bar.begin(Stage::Reading, Some(40));
        bar.advance(40);
    }

    #[test]
    fn the_templates_of_the_bar_are_valid() {
        for template in [
            "{spinner} {prefix} {wide_msg}",
            "{spinner} {prefix} {msg} {wide_bar} {human_pos}/{human_len}",
            "{spinner} {prefix} {msg} {human_pos}",
        ] {
            ProgressStyle::with_template(template).unwrap();
        }
    }
}

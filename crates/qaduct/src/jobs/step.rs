//! The process of a step: begun, listened to, stopped.
//!
//! Its arguments come from typed settings and go to it one by one. Secrets stand in the
//! environment that it shares with this process, or where their references say. It is in a
//! process group of its own, so that Ctrl-C asks this process alone, which then decides; and
//! it ends when this process is gone, however that went: its standard input ends then.
//!
//! It is looked after by a thread of its own, too: whatever this process waits for, a step has
//! ended before somebody else may take its run over ([`Held`]).

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::ui::Ui;

/// The variable that tells a process that it has to end when its standard input does.
pub const ATTENDED: &str = "QADUCT_ATTENDED";

/// Who does not end when asked to is ended after this.
const PATIENCE: Duration = Duration::from_secs(10);
/// So long before somebody else may take a run over, its step has ended.
const MARGIN: Duration = Duration::from_secs(2);
/// How often it is looked whether a run is still held.
const LOOK: Duration = Duration::from_millis(20);
/// Lines of an error that are kept.
const KEPT: usize = 12;

/// The last lines on standard error.
type Tail = Arc<Mutex<VecDeque<String>>>;

/// Until when a run is ours, if nothing more is heard.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// When its step is asked to end.
    pub(super) ask: Instant,
    /// When its step is ended.
    pub(super) end: Instant,
}

impl Held {
    /// From the instant before the queue was told of it. Of a short lease, parts of it have
    /// to do.
    pub(super) fn since(heard: Instant, lease: Duration) -> Self {
        let end = heard + lease - MARGIN.min(lease / 15);
        let ask = end - PATIENCE.min(lease / 3);
        Self { ask, end }
    }
}

/// A process that is under way.
#[derive(Debug)]
pub(super) struct Process {
    state: Arc<Mutex<State>>,
    readers: [JoinHandle<()>; 2],
    tail: Tail,
}

/// What the thread that looks after it shares.
#[derive(Debug)]
struct State {
    child: Child,
    held: Held,
    asked: Option<Instant>,
    /// Nobody has that number any more, or somebody else.
    is_reaped: bool,
}

impl Process {
    /// Begins it. What it says is said here, behind the name of its job; what it prints too,
    /// as far as the command says so.
    pub(super) fn begin(command: &mut Command, job: &str, held: Held, ui: &Ui) -> io::Result<Self> {
        command
            .env(ATTENDED, "1")
            .stdin(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut child = command.spawn()?;
        let tail = Tail::default();
        let out = child.stdout.take();
        let err = child.stderr.take();
        let readers = [
            listen(out, job, ui, None),
            listen(err, job, ui, Some(Arc::clone(&tail))),
        ];
        let state = Arc::new(Mutex::new(State {
            child,
            held,
            asked: None,
            is_reaped: false,
        }));
        let theirs = Arc::clone(&state);
        thread::spawn(move || {
            while lock(&theirs).look() {
                thread::sleep(LOOK);
            }
        });
        Ok(Self {
            state,
            readers,
            tail,
        })
    }

    /// Until when its run is ours now.
    pub(super) fn hold(&self, held: Held) {
        lock(&self.state).held = held;
    }

    /// How it has ended, where it has. Then all that it has begun has ended, too, where it was
    /// broken off or leaves somebody behind who holds its pipes.
    pub(super) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        let Some(is_broken) = lock(&self.state).has_ended()? else {
            return Ok(None);
        };
        // What it has said is still on its way.
        let until = Instant::now() + Duration::from_secs(1);
        let hangs = || !self.readers.iter().all(JoinHandle::is_finished);
        while !is_broken && hangs() && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
        }
        let mut state = lock(&self.state);
        if is_broken || hangs() {
            state.signal(true);
        }
        let status = state.child.wait()?;
        state.is_reaped = true;
        drop(state);
        while hangs() && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(Some(status))
    }

    /// Asks it to end, as often as one likes.
    pub(super) fn ask(&self) {
        lock(&self.state).ask();
    }

    /// What went wrong, in its own words: the last error and what stands below it.
    pub(super) fn error(&self) -> Option<String> {
        let lines = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        let from = lines.iter().rposition(|it| it.starts_with("error"));
        let from = from.unwrap_or(lines.len().saturating_sub(1));
        let text: Vec<&str> = lines.iter().skip(from).map(String::as_str).collect();
        let text = text.join("\n");
        (!text.is_empty()).then_some(text)
    }
}

impl State {
    /// Does what is to be done by the time; whether there is more to look at.
    fn look(&mut self) -> bool {
        let now = Instant::now();
        if self.is_reaped {
            return false;
        }
        if now >= self.held.ask {
            self.ask();
        }
        let is_late = self.asked.is_some_and(|it| now >= it + PATIENCE);
        if is_late || now >= self.held.end {
            self.signal(true);
        }
        true
    }

    fn ask(&mut self) {
        if self.asked.is_none() && !self.is_reaped {
            self.asked = Some(Instant::now());
            self.signal(false);
        }
    }

    /// Whether it has ended, and if so whether by a signal. Its number stays its own, so that
    /// what it has begun can still be reached.
    #[cfg(unix)]
    fn has_ended(&mut self) -> io::Result<Option<bool>> {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let Some(pid) = self.pid() else {
            return Ok(Some(true));
        };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let status = waitid(WaitId::Pid(pid), options)?;
        Ok(status.map(|it| !it.exited()))
    }

    #[cfg(not(unix))]
    fn has_ended(&mut self) -> io::Result<Option<bool>> {
        Ok(self.child.try_wait()?.map(|_| false))
    }

    #[cfg(unix)]
    fn pid(&self) -> Option<rustix::process::Pid> {
        let id = i32::try_from(self.child.id()).ok();
        id.and_then(rustix::process::Pid::from_raw)
    }

    /// Asks it, or ends it and all that it has begun.
    #[cfg(unix)]
    fn signal(&mut self, at_once: bool) {
        use rustix::process::{Signal, kill_process, kill_process_group};
        let Some(pid) = self.pid() else {
            return;
        };
        // Fails where it has ended, and then nothing is left to do.
        match at_once {
            true => kill_process_group(pid, Signal::KILL).ok(),
            false => kill_process(pid, Signal::TERM).ok(),
        };
    }

    /// Elsewhere nobody can be asked.
    #[cfg(not(unix))]
    fn signal(&mut self, _: bool) {
        self.child.kill().ok();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        // Nobody would look after it any more.
        if !state.is_reaped {
            state.signal(true);
            state.child.wait().ok();
            state.is_reaped = true;
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn listen(
    pipe: Option<impl Read + Send + 'static>,
    job: &str,
    ui: &Ui,
    tail: Option<Tail>,
) -> JoinHandle<()> {
    let (job, ui) = (job.to_owned(), ui.clone());
    thread::spawn(move || {
        let Some(pipe) = pipe else { return };
        let mut pipe = BufReader::new(pipe);
        let mut bytes = Vec::new();
        // Whatever it says is read, or it would wait for that.
        while pipe.read_until(b'\n', &mut bytes).is_ok_and(|it| it > 0) {
            let line: String = bytes.utf8_chunks().map(|it| it.valid()).collect();
            let line = line.trim_end();
            let said = format!("{job} | {line}");
            if let Some(tail) = &tail {
                // How much of that is said the step has decided, which has the same flags.
                ui.detail(i16::MIN, &said);
                let mut lines = tail.lock().unwrap_or_else(PoisonError::into_inner);
                lines.push_back(line.to_owned());
                if lines.len() > KEPT {
                    lines.pop_front();
                }
            } else {
                ui.say(&said);
            }
            bytes.clear();
        }
    })
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Globals;
    use crate::config::Environment;

    #[test]
    fn what_a_broken_step_has_begun_ends_with_it() {
        let ui = Ui::new(&Globals::default(), &Environment::of([]));
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "sleep 100 & kill -KILL $$"]);
        let held = Held::since(Instant::now(), Duration::from_secs(120));
        let mut process = Process::begin(&mut command, "job", held, &ui).unwrap();
        while process.ended().unwrap().is_none() {
            thread::sleep(Duration::from_millis(5));
        }
        // Nobody holds its pipes any more.
        assert!(process.readers.iter().all(JoinHandle::is_finished));
    }
}

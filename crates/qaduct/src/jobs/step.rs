//! The process of a step: begun, listened to, stopped.
//!
//! Its arguments come from typed settings and go to it one by one. Secrets stand in the
//! environment that it shares with this process, or where their references say. It is in a
//! process group of its own, so that Ctrl-C asks this process alone, which then decides; and
//! it ends when this process is gone, however that went: its standard input ends then.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::ui::Ui;

/// The variable that tells a process that it has to end when its standard input does.
pub const ATTENDED: &str = "QADUCT_ATTENDED";

/// Who does not end when asked to is ended after this.
const PATIENCE: Duration = Duration::from_secs(10);
/// Lines of an error that are kept.
const KEPT: usize = 12;

/// The last lines on standard error.
type Tail = Arc<Mutex<VecDeque<String>>>;

/// A process that is under way.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    readers: [JoinHandle<()>; 2],
    tail: Tail,
    asked: Option<Instant>,
}

impl Process {
    /// Begins it. What it says is said here, behind the name of its job.
    pub(super) fn begin(command: &mut Command, job: &str, ui: &Ui) -> io::Result<Self> {
        command
            .env(ATTENDED, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
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
        Ok(Self {
            child,
            readers,
            tail,
            asked: None,
        })
    }

    /// How it has ended, where it has.
    pub(super) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        if let Some(asked) = self.asked
            && asked.elapsed() > PATIENCE
        {
            self.kill();
        }
        let status = self.child.try_wait()?;
        if status.is_some() {
            // What it has begun may hold the pipes for longer than it lives.
            let until = Instant::now() + Duration::from_secs(1);
            while !self.readers.iter().all(JoinHandle::is_finished) && Instant::now() < until {
                thread::sleep(Duration::from_millis(5));
            }
        }
        Ok(status)
    }

    /// Asks it to end, as often as one likes.
    pub(super) fn ask(&mut self) {
        if self.asked.is_none() {
            self.asked = Some(Instant::now());
            self.signal(false);
        }
    }

    /// Ends it and all that it has begun.
    pub(super) fn kill(&mut self) {
        self.signal(true);
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

    #[cfg(unix)]
    fn signal(&mut self, at_once: bool) {
        use rustix::process::{Pid, Signal, kill_process, kill_process_group};
        let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) else {
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
        // Nobody would look after it any more.
        if let Ok(None) = self.child.try_wait() {
            self.kill();
            self.child.wait().ok();
        }
    }
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

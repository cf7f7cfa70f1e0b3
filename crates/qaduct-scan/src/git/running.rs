//! Runs of `git` that speak with a remote: none outlives its use.
//!
//! A run ends when the remote is silent for too long, and when the process is
//! asked to stop. Each is known by its number while it runs, and is reaped
//! under the same lock, so that no signal ever reaches a stranger.

use std::io::{self, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::command::{Ran, not_started, readable};
use super::location::without_login;
use crate::ScanError;

/// What is running now.
static RUNS: Mutex<Runs> = Mutex::new(Runs {
    stopped: false,
    ids: Vec::new(),
});

struct Runs {
    stopped: bool,
    ids: Vec<u32>,
}

/// How often a run is looked after while it says nothing.
const TICK: Duration = Duration::from_millis(100);

/// How long git may take to clear its locks away before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// Ends every fetch that is under way, and lets no other begin: for a process
/// that was asked to stop. What was fetched becomes [`ScanError::Stopped`].
pub fn stop_fetching() {
    let mut runs = runs();
    runs.stopped = true;
    runs.ids.iter().for_each(|&id| ask_to_end(id));
}

fn runs() -> MutexGuard<'static, Runs> {
    RUNS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a run says, as it says it.
enum Said {
    Out(Vec<u8>),
    Error(Vec<u8>),
}

/// Runs a command to its end, and shows each line or piece of progress of its
/// standard error to `heard`; `None` when it said nothing for so long.
pub(crate) fn watched(
    git: &mut Command,
    silence: Duration,
    mut heard: impl FnMut(&str),
) -> Result<Option<Ran>, ScanError> {
    git.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = Run::start(git)?;
    // Not joined: a program that git leaves behind may keep the pipes open, as
    // ssh does where it shares connections.
    let said = run.listen();
    let (mut stdout, mut stderr) = (Vec::new(), String::new());
    let mut last = Instant::now();
    let status = loop {
        match said.recv_timeout(TICK) {
            Ok(Said::Out(piece)) => {
                last = Instant::now();
                stdout.extend(piece);
            }
            Ok(Said::Error(piece)) => {
                last = Instant::now();
                let piece = readable(&piece);
                heard(&piece);
                if !is_progress(&piece) {
                    stderr.push_str(&piece);
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = run.ended()? {
                    break status;
                }
                if last.elapsed() >= silence {
                    return Ok(None);
                }
            }
            Err(RecvTimeoutError::Disconnected) => break run.wait()?,
        }
    };
    if runs().stopped && !status.success() {
        return Err(ScanError::Stopped);
    }
    Ok(Some(Ran {
        status,
        stdout,
        stderr: without_login(&stderr),
    }))
}

/// A child that ends with this value at the latest.
struct Run {
    child: Child,
    reaped: bool,
}

impl Run {
    fn start(git: &mut Command) -> Result<Self, ScanError> {
        let mut runs = runs();
        if runs.stopped {
            return Err(ScanError::Stopped);
        }
        let child = git.spawn().map_err(not_started)?;
        runs.ids.push(child.id());
        Ok(Self {
            child,
            reaped: false,
        })
    }

    fn listen(&mut self) -> mpsc::Receiver<Said> {
        let (tell, said) = mpsc::channel();
        if let Some(pipe) = self.child.stdout.take() {
            pass_on(pipe, tell.clone(), Said::Out);
        }
        if let Some(pipe) = self.child.stderr.take() {
            pass_on(pipe, tell, Said::Error);
        }
        said
    }

    /// Its status, once it has ended.
    fn ended(&mut self) -> Result<Option<ExitStatus>, ScanError> {
        let mut runs = runs();
        let status = self.child.try_wait().map_err(not_started)?;
        if status.is_some() && !self.reaped {
            self.reaped = true;
            let id = self.child.id();
            runs.ids.retain(|&it| it != id);
        }
        Ok(status)
    }

    /// Waits for one that has closed its pipes, and so is about to end.
    fn wait(&mut self) -> Result<ExitStatus, ScanError> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !matches!(self.ended(), Ok(None)) {
            return;
        }
        ask_to_end(self.child.id());
        let begun = Instant::now();
        while begun.elapsed() < GRACE {
            if !matches!(self.ended(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        kill(self.child.id());
        let _gone = self.child.kill().is_ok();
        let _ended = self.wait().is_ok();
    }
}

fn pass_on(
    pipe: impl io::Read + Send + 'static,
    tell: Sender<Said>,
    said: impl Fn(Vec<u8>) -> Said + Send + 'static,
) {
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut piece = Vec::new();
        while let Ok(1..) = read_piece(&mut pipe, &mut piece) {
            if tell.send(said(std::mem::take(&mut piece))).is_err() {
                return;
            }
        }
    });
}

/// Asks git to end, which clears its locks away and ends its helpers: by the
/// group that a command has of its own, else git alone.
#[cfg(unix)]
fn ask_to_end(id: u32) {
    signal(id, rustix::process::Signal::TERM);
}

#[cfg(unix)]
fn kill(id: u32) {
    signal(id, rustix::process::Signal::KILL);
}

#[cfg(unix)]
fn signal(id: u32, signal: rustix::process::Signal) {
    use rustix::process::{Pid, kill_process, kill_process_group};
    let Some(id) = i32::try_from(id).ok().and_then(Pid::from_raw) else {
        return;
    };
    // It may have ended just now; then there is nothing to end.
    let _sent = kill_process_group(id, signal)
        .or_else(|_| kill_process(id, signal))
        .is_ok();
}

/// Elsewhere a child ends with its pipes.
#[cfg(not(unix))]
fn ask_to_end(_: u32) {}

#[cfg(not(unix))]
fn kill(_: u32) {}

/// Reads up to the end of a line or of a piece of progress, which ends with a
/// carriage return.
fn read_piece(pipe: &mut impl io::BufRead, piece: &mut Vec<u8>) -> io::Result<usize> {
    piece.clear();
    loop {
        let buffer = pipe.fill_buf()?;
        if buffer.is_empty() {
            return Ok(piece.len());
        }
        let end = memchr::memchr2(b'\r', b'\n', buffer);
        let taken = end.map_or(buffer.len(), |it| it + 1);
        piece.extend_from_slice(&buffer[..taken]);
        pipe.consume(taken);
        if end.is_some() {
            return Ok(piece.len());
        }
    }
}

/// Whether a piece tells how far git or the remote is, such as
/// `remote: Counting objects:  42% (5/12)`, and nothing of what went wrong.
fn is_progress(piece: &str) -> bool {
    let said = piece.strip_prefix("remote: ").unwrap_or(piece).trim_end();
    let counts = |it: &str| it.trim_start().starts_with(|it: char| it.is_ascii_digit());
    piece.ends_with('\r')
        || said.starts_with("Total ")
        || said.split_once(": ").is_some_and(|(_, it)| {
            counts(it) && (it.contains("% (") || it.ends_with("done.") || it.ends_with("done"))
        })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn shell(text: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", text]);
        shell
    }

    #[test]
    fn a_remote_that_falls_silent_is_given_up() {
        // It accepts connections and says nothing.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("git://{}/shop", silent.local_addr().unwrap());
        let mut git = Command::new("git");
        git.args(["ls-remote", &url]).stdin(Stdio::null());
        let silence = Duration::from_millis(300);
        assert!(watched(&mut git, silence, |_| {}).unwrap().is_none());
    }

    #[test]
    fn a_remote_that_is_slow_but_says_so_is_waited_for() {
        let mut slow =
            shell("for n in 1 2 3 4 5 6; do printf '%s%% (x)\\r' $n >&2; sleep 0.2; done");
        let mut pieces = 0;
        let ran = watched(&mut slow, Duration::from_millis(700), |_| pieces += 1);
        assert!(ran.unwrap().is_some_and(|it| it.status.success()));
        assert_eq!(pieces, 6);
    }

    #[test]
    fn what_a_command_leaves_behind_is_not_waited_for() {
        let mut leaving = shell("sleep 20 & echo out; echo error >&2");
        let begun = Instant::now();
        let ran = watched(&mut leaving, Duration::from_secs(10), |_| {})
            .unwrap()
            .unwrap();
        assert_eq!(
            (ran.stdout.as_slice(), ran.stderr.as_str()),
            (&b"out\n"[..], "error\n")
        );
        assert!(begun.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn progress_is_told_from_what_went_wrong() {
        for piece in [
            "remote: Counting objects:  42% (5/12)\r",
            "remote: Enumerating objects: 5, done.        \n",
            "remote: Compressing objects: 100% (3/3), done.\n",
            "remote: Total 3 (delta 0), reused 0 (delta 0), pack-reused 0\n",
            "Receiving objects: 100% (3/3), 1.2 KiB | 1.2 MiB/s, done.\n",
        ] {
            assert!(is_progress(piece), "{piece}");
        }
        for piece in [
            "remote: Repository not found.\n",
            "fatal: the remote end hung up: 500\n",
            "error: RPC failed; HTTP 500\n",
            "remote: aborting due to possible repository corruption\n",
        ] {
            assert!(!is_progress(piece), "{piece}");
        }
    }
}

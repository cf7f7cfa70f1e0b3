//! A process of the program that goes on until it is told to stop.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::client::{Answer, get};
use crate::home::Run;

/// Longer than anything that is waited for takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running process, and the lines that it writes on standard error.
pub(crate) struct Process {
    child: Child,
    lines: Receiver<String>,
    /// All lines that were read.
    pub(crate) said: String,
}

impl Process {
    pub(crate) fn start(run: Run<'_>) -> Self {
        let mut command = run.command();
        command.stdout(Stdio::null());
        Self::of(command)
    }

    /// One whose standard output somebody reads.
    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || {
            // Ends with the process, or with the test.
            errors
                .lines()
                .map_while(Result::ok)
                .all(|line| tell.send(line).is_ok())
        });
        Self {
            child,
            lines,
            said: String::new(),
        }
    }

    /// Waits for a line with this text.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("`{text}` was not said, but:\n{}", self.said);
            };
            self.said.extend([line.as_str(), "\n"]);
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([&format!("-{name}"), &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the end, and for what is said until then.
    pub(crate) fn end(&mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        for line in self.lines.iter() {
            self.said.extend([line.as_str(), "\n"]);
        }
        status
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Where the test failed before the end; fails where it has ended.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// `qaduct serve`, and where it listens.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(run: Run<'_>) -> Self {
        let mut process = Process::start(run);
        let line = process.wait_for(" on http://");
        let address = line
            .split("http://")
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap();
        let mut address: SocketAddr = address.parse().unwrap();
        if address.ip().is_unspecified() {
            address.set_ip([127, 0, 0, 1].into());
        }
        Self { process, address }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        get(self.address, path, &[])
    }
}

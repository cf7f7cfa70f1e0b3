//! A user of the program: a home folder, a working folder in it, and nothing
//! in the environment that the test did not put there.

#![expect(clippy::unwrap_used, reason = "a test that cannot begin fails")]

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A home folder; the working folder is `work` in it.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("work")).unwrap();
        Self { folder }
    }

    /// With a file, relative to the home folder.
    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        let file = self.path(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
        self
    }

    /// A path in the home folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with arguments, separated by blanks.
    pub(crate) fn qaduct(&self, arguments: &str) -> Run<'_> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qaduct"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.path("work"))
            .stdin(Stdio::null())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.folder.path())
            .env("QADUCT_CLOCK", "2026-11-21T07:00:00Z");
        Run {
            command,
            home: self.folder.path(),
        }
    }
}

/// A run of the program that has not begun.
pub(crate) struct Run<'a> {
    command: Command,
    home: &'a Path,
}

impl Run<'_> {
    /// One more argument, blanks and all.
    pub(crate) fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// In another folder, relative to the home folder.
    pub(crate) fn within(mut self, folder: &str) -> Self {
        let folder = self.home.join(folder);
        fs::create_dir_all(&folder).unwrap();
        self.command.current_dir(folder);
        self
    }

    /// The command itself, for what a finished run cannot show.
    pub(crate) fn command(self) -> Command {
        self.command
    }

    pub(crate) fn run(mut self) -> Outcome {
        let output = self.command.output().unwrap();
        // The folder has another name in every run, also behind links.
        let real = self.home.canonicalize().unwrap();
        let text = |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            let text = text
                .replace(real.to_str().unwrap(), "[HOME]")
                .replace(self.home.to_str().unwrap(), "[HOME]");
            without_durations(&text)
        };
        Outcome {
            status: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

/// The progress lines tell how long it really took, which no test knows.
fn without_durations(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match line.split_once(": ended after ") {
            Some((what, _)) => lines.extend([what, ": ended after [..] s\n"]),
            None => lines.push_str(line),
        }
    }
    lines
}

/// What a run left behind, with `[HOME]` for the home folder.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// `None` where a signal ended it.
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.stdout)?;
        if !self.stderr.is_empty() {
            write!(out, "[stderr]\n{}", self.stderr)?;
        }
        match self.status {
            Some(status) => write!(out, "[status {status}]"),
            None => write!(out, "[ended by a signal]"),
        }
    }
}

//! Objects: commits, trees and blobs, read through `git cat-file --batch`.
//!
//! One process answers any number of requests. Requests run ahead of answers
//! by a window, so that there is no round trip for each object; the window is
//! smaller than the smallest buffer of a pipe (4 KiB), so that git never waits
//! for us to read while we wait for it to do so. Half of a window is sent at once.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::command::{check_version, not_started, reading};
use crate::ScanError;
use crate::language::BlobId;

/// Requests that may be under way: 48 of 65 bytes are 3,120.
const WINDOW: usize = 48;

/// Damaged objects for which git is started anew; a repository with more is no
/// longer worth reading.
const RESTARTS: usize = 200;

/// Reads objects in the order in which they are asked for.
pub(crate) struct Objects {
    git_dir: PathBuf,
    process: Option<Process>,
    /// Asked for and not yet answered.
    pending: VecDeque<BlobId>,
    /// How many of these git has been told of, and the lines that tell it the rest.
    sent: usize,
    unsent: Vec<u8>,
    content: Vec<u8>,
    largest: u64,
    restarts: usize,
}

struct Process {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What git says of an object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer<'a> {
    /// Its content.
    Found(&'a [u8]),
    /// It is larger than is read; its size in bytes.
    TooLarge(u64),
    /// The repository has it not.
    Missing,
    /// The repository has it, but git cannot read it.
    Damaged,
}

/// The first line of an answer.
enum Header {
    Object { id: String, size: u64 },
    Missing,
}

impl Objects {
    /// Reads objects of this repository, up to this size in bytes.
    pub(crate) fn of(git_dir: &Path, largest: u64) -> Self {
        Self {
            git_dir: git_dir.to_owned(),
            process: None,
            pending: VecDeque::new(),
            sent: 0,
            unsent: Vec::new(),
            content: Vec::new(),
            largest,
            restarts: 0,
        }
    }

    /// Whether another request may be sent before an answer is taken.
    pub(crate) fn has_room(&self) -> bool {
        self.pending.len() < WINDOW
    }

    /// Asks for an object. Only while there is room.
    pub(crate) fn ask(&mut self, id: BlobId) {
        debug_assert!(
            self.has_room(),
            "the window keeps both sides from waiting for each other"
        );
        self.unsent.extend(request(&id));
        self.pending.push_back(id);
    }

    /// Takes the next answer; `None` when nothing was asked for.
    pub(crate) fn answer(&mut self) -> Result<Option<(BlobId, Answer<'_>)>, ScanError> {
        if self.sent <= WINDOW / 2 && !self.unsent.is_empty() {
            let lines = std::mem::take(&mut self.unsent);
            // Where git has died, the next answer tells.
            let _sent = self.process()?.requests.write_all(&lines).is_ok();
            self.sent = self.pending.len();
        }
        let Some(id) = self.pending.pop_front() else {
            return Ok(None);
        };
        self.sent -= 1;
        let Some(header) = self.header() else {
            return self.after_death(id);
        };
        let Header::Object { size, .. } = header else {
            return Ok(Some((id, Answer::Missing)));
        };
        if self.body(size).is_none() {
            return self.after_death(id);
        }
        let answer = match size <= self.largest {
            true => Answer::Found(&self.content),
            false => Answer::TooLarge(size),
        };
        Ok(Some((id, answer)))
    }

    /// Asks for one object and takes its answer; nothing else may be under way.
    pub(crate) fn one(&mut self, id: &BlobId) -> Result<Answer<'_>, ScanError> {
        self.ask(BlobId::clone(id));
        Ok(self.answer()?.map_or(Answer::Missing, |(_, answer)| answer))
    }

    /// The commit that is checked out, in hexadecimal, where there is one.
    pub(crate) fn head(&mut self) -> Result<Option<String>, ScanError> {
        let _sent = self.process()?.requests.write_all(b"HEAD\n").is_ok();
        match self.header() {
            Some(Header::Object { id, size }) if self.body(size).is_some() => Ok(Some(id)),
            Some(_) => Ok(None),
            None => {
                self.process = None;
                check_version()?;
                Ok(None)
            }
        }
    }

    fn process(&mut self) -> Result<&mut Process, ScanError> {
        if self.process.is_none() {
            let mut git = reading(&self.git_dir);
            git.args(["cat-file", "--batch"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                // Its complaints about damaged objects say no more than their
                // absence does, and a full pipe would stop it.
                .stderr(Stdio::null());
            let mut child = git.spawn().map_err(not_started)?;
            let ends = child.stdin.take().zip(child.stdout.take());
            let (requests, answers) = ends.expect("both are pipes");
            let answers = BufReader::with_capacity(64 * 1024, answers);
            self.process = Some(Process {
                child,
                requests,
                answers,
            });
        }
        Ok(self.process.as_mut().expect("it was started just now"))
    }

    /// Reads `ID TYPE SIZE` or `ID missing`; `None` where git has died.
    fn header(&mut self) -> Option<Header> {
        self.content.clear();
        self.process
            .as_mut()?
            .answers
            .read_until(b'\n', &mut self.content)
            .ok()?;
        let line = str::from_utf8(self.content.strip_suffix(b"\n")?).ok()?;
        let mut words = line.split(' ');
        let id = words.next()?.to_owned();
        match (words.next()?, words.next()) {
            (_, Some(size)) => Some(Header::Object {
                id,
                size: size.parse().ok()?,
            }),
            // `missing`, or `ambiguous`, which a full name never is.
            (_, None) => Some(Header::Missing),
        }
    }

    /// Reads the content and the line feed behind it; skips what is too large.
    fn body(&mut self, size: u64) -> Option<()> {
        let answers = &mut self.process.as_mut()?.answers;
        self.content.clear();
        let mut object = answers.take(size);
        let read = match size <= self.largest {
            true => object.read_to_end(&mut self.content).ok()? as u64,
            false => std::io::copy(&mut object, &mut std::io::sink()).ok()?,
        };
        let mut end = [0];
        answers.read_exact(&mut end).ok()?;
        (read == size && end == *b"\n").then_some(())
    }

    /// git ends at an object that it cannot read: that object is damaged, the
    /// others are asked for again.
    fn after_death(&mut self, id: BlobId) -> Result<Option<(BlobId, Answer<'_>)>, ScanError> {
        self.restarts += 1;
        self.process = None;
        if self.restarts == 1 {
            check_version()?;
        }
        if self.restarts > RESTARTS {
            return Err(ScanError::Git {
                doing: "read the objects",
                repository: self.git_dir.display().to_string(),
                reason: format!("more than {RESTARTS} of them are damaged"),
            });
        }
        self.unsent = self.pending.iter().flat_map(|it| request(it)).collect();
        self.sent = 0;
        Ok(Some((id, Answer::Damaged)))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Not interested in the rest: without this, a process that still has
        // answers to write would be waited for in vain.
        let _gone = self.child.kill().is_ok();
        let _ended = self.child.wait().is_ok();
    }
}

/// The line that asks for an object.
fn request(id: &[u8]) -> Vec<u8> {
    let mut line = hex(id).into_bytes();
    line.push(b'\n');
    line
}

/// A name in hexadecimal.
pub(crate) fn hex(id: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |it: u8| char::from(DIGITS[usize::from(it)]);
    id.iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// A name from hexadecimal: 40 digits, or 64 with SHA-256.
pub(crate) fn unhex(text: &str) -> Option<BlobId> {
    if !matches!(text.len(), 40 | 64) {
        return None;
    }
    let digit = |it: u8| {
        char::from(it)
            .to_digit(16)
            .and_then(|it| u8::try_from(it).ok())
    };
    text.as_bytes()
        .chunks(2)
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_way_through_hexadecimal() {
        let text = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(hex(&unhex(text).unwrap()), text);
        assert!(unhex("0123").is_none() && unhex(&"x".repeat(40)).is_none());
    }

    #[test]
    fn a_window_of_requests_fits_the_smallest_pipe() {
        assert!(WINDOW * request(&[0; 32]).len() < 4096);
    }
}

//! Commits and the files that they change, as a stream of `git log --raw`.
//!
//! A commit cannot land before one that it is built on, whatever the clocks of their
//! committers said: [`Late`] knows where they ran backwards.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::Arc;

use jiff::Timestamp;
use rustc_hash::FxHashMap;

use super::command::{check_version, not_started, readable, reading};
use super::objects::unhex;
use crate::ScanError;
use crate::language::BlobId;

/// A commit without what it changes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) id: Arc<str>,
    pub(crate) parents: Vec<Arc<str>>,
    pub(crate) author: String,
    pub(crate) authored_at: Timestamp,
    /// When it landed: when the committer made it, or the latest that it is built on.
    pub(crate) at: Timestamp,
    /// When the committer made it, by their clock.
    pub(crate) committed_at: Timestamp,
    pub(crate) offset_min: i64,
}

/// A file at a path.
pub(crate) type At = (Arc<str>, BlobId);

/// What became of a file; with both sides at another path where it was renamed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// As it was in the first parent.
    pub(crate) old: Option<At>,
    /// As it is in the commit.
    pub(crate) new: Option<At>,
}

/// A commit with the files that it changes against its first parent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) head: Arc<Head>,
    pub(crate) changes: Vec<Change>,
}

/// Which commits are listed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which<'a> {
    /// The first-parent histories of these commits, each commit behind all of its children.
    Landings(&'a [Arc<str>]),
    /// What a merge brought with it: the commits of its other parents that are not in the
    /// history of the first one, without merges.
    Merged(&'a [Arc<str>]),
}

/// Files of a commit that differ more than this many times over are not compared in pairs to
/// find out which of them were renamed.
pub(super) const RENAMES: &str = "-l400";

/// Commits of one merge that are looked at.
const MERGED: usize = 1000;

/// git keeps no more of a pack in memory than it looks at: a long history takes no more than a
/// short one, and hardly more time.
const SMALL: [&str; 6] = [
    "-c",
    "core.packedGitWindowSize=1m",
    "-c",
    "core.packedGitLimit=16m",
    "-c",
    "core.deltaBaseCacheLimit=16m",
];

/// How renamed files are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renames {
    /// Half of the text is the same.
    Alike,
    /// All of it is, for one commit: no text is read, which the repository may not have.
    SameOnce,
    /// All of it is, from here on.
    Same,
}

/// Commits with texts that are missing for which git is started anew.
const RESTARTS: usize = 20;

/// Lists commits, newest first. Ends git when it is dropped.
pub(crate) struct Log {
    asked: Asked,
    renames: Renames,
    restarts: usize,
    /// Commits that were listed.
    listed: usize,
    child: Child,
    tokens: BufReader<ChildStdout>,
    /// The head of the next commit, which ends the changes of the one before.
    next: Option<Head>,
    late: Late,
    ended: bool,
}

/// Which commits are listed, as git is told.
struct Asked {
    git_dir: PathBuf,
    args: Vec<&'static str>,
    input: String,
    most: Option<usize>,
}

impl Asked {
    /// Lists them behind so many.
    fn start(
        &self,
        renames: Renames,
        behind: usize,
    ) -> Result<(Child, BufReader<ChildStdout>), ScanError> {
        let most = match renames {
            Renames::SameOnce => Some(1),
            Renames::Alike | Renames::Same => self.most.map(|it| it.saturating_sub(behind)),
        };
        let mut git = reading(&self.git_dir);
        git.args(SMALL)
            .args(["log", "--stdin", "-z", "--raw", "-r", "--root"])
            .args(match renames {
                Renames::Alike => ["-M", RENAMES],
                Renames::SameOnce | Renames::Same => ["-M100%", RENAMES],
            })
            .args(["--no-abbrev", "--no-show-signature"])
            .args(["--no-ext-diff", "--encoding=UTF-8", "--date=raw"])
            .arg("--format=%H%n%P%n%an%n%ad%n%cd")
            .args(&self.args)
            .arg(format!("--skip={behind}"))
            .args(most.map(|it| format!("--max-count={it}")));
        let mut child = git
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(not_started)?;
        let ends = child.stdin.take().zip(child.stdout.take());
        let (mut requests, output) = ends.expect("both are pipes");
        // git reads all of its input before it writes, so that neither waits for the other.
        let _sent = requests.write_all(self.input.as_bytes()).is_ok();
        Ok((child, BufReader::with_capacity(64 * 1024, output)))
    }
}

impl Log {
    pub(crate) fn of(git_dir: &Path, which: Which<'_>) -> Result<Self, ScanError> {
        let mut args = Vec::new();
        let mut input = String::new();
        let mut late = Late::default();
        match which {
            Which::Landings(tips) => {
                late = Late::of(git_dir, tips)?;
                args.extend(["--first-parent", "--diff-merges=first-parent"]);
                // One history is in order by itself, and begins at once.
                args.extend((tips.len() > 1).then_some("--topo-order"));
                tips.iter().for_each(|it| input.extend([&**it, "\n"]));
            }
            Which::Merged(parents) => {
                args.push("--no-merges");
                for (number, it) in parents.iter().enumerate() {
                    input.extend([if number == 0 { "^" } else { "" }, &**it, "\n"]);
                }
            }
        }
        let asked = Asked {
            git_dir: git_dir.to_owned(),
            most: matches!(which, Which::Merged(_)).then_some(MERGED),
            args,
            input,
        };
        let (child, tokens) = asked.start(Renames::Alike, 0)?;
        Ok(Self {
            asked,
            renames: Renames::Alike,
            restarts: 0,
            listed: 0,
            child,
            tokens,
            next: None,
            late,
            ended: false,
        })
    }

    /// The next commit.
    pub(crate) fn step(&mut self) -> Result<Option<Step>, ScanError> {
        let head = match self.next.take() {
            Some(head) => head,
            None => match self.token()? {
                Some(token) => self.head(&token)?,
                None => return Ok(None),
            },
        };
        let mut changes = Vec::new();
        while let Some(token) = self.token()? {
            if !token.starts_with(b":") {
                self.next = Some(self.head(&token)?);
                break;
            }
            let change = self.change(&token)?;
            changes.extend(change);
        }
        let at = self.late.landed(&head);
        Ok(Some(Step {
            head: Arc::new(Head { at, ..head }),
            changes,
        }))
    }

    fn head(&mut self, token: &[u8]) -> Result<Head, ScanError> {
        let head = head_of(token).ok_or_else(|| self.strange())?;
        self.listed += 1;
        Ok(head)
    }

    /// Reads `:OLD-MODE NEW-MODE OLD-ID NEW-ID STATUS` and the paths behind it. What is no
    /// file on either side is no change.
    fn change(&mut self, token: &[u8]) -> Result<Option<Change>, ScanError> {
        let text = str::from_utf8(&token[1..]).map_err(|_| self.strange())?;
        let mut words = text.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let modes = [word(), word()];
        let ids = [word(), word()];
        let status = word().as_bytes().first().copied();
        let first = self.path()?;
        let second = match status {
            Some(b'R' | b'C') => self.path()?,
            _ => Arc::clone(&first),
        };
        let side = |number: usize, path: &Arc<str>| {
            let is_file = modes[number].starts_with("100");
            is_file.then(|| Some((Arc::clone(path), unhex(ids[number])?)))?
        };
        let change = Change {
            old: side(0, &first),
            new: side(1, &second),
        };
        Ok(Some(change).filter(|it| it.old.is_some() || it.new.is_some()))
    }

    fn path(&mut self) -> Result<Arc<str>, ScanError> {
        let token = self.token()?.ok_or_else(|| self.strange())?;
        Ok(readable(&token).into())
    }

    /// Reads up to the next NUL; `None` at the end.
    fn token(&mut self) -> Result<Option<Vec<u8>>, ScanError> {
        loop {
            if self.ended {
                return Ok(None);
            }
            let mut token = Vec::new();
            let read = self.tokens.read_until(0, &mut token).unwrap_or(0);
            if read == 0 {
                let is_well = self.child.wait().is_ok_and(|it| it.success());
                match self.after_end(is_well)? {
                    Some(renames) => {
                        (self.child, self.tokens) = self.asked.start(renames, self.listed)?;
                        self.renames = renames;
                        continue;
                    }
                    None => {
                        self.ended = true;
                        return Ok(None);
                    }
                }
            }
            if token.last() == Some(&0) {
                token.pop();
            }
            // A line feed stands between a head and its changes.
            let start = token.iter().position(|&it| it != b'\n');
            if let Some(start) = start {
                token.drain(..start);
                return Ok(Some(token));
            }
        }
    }

    /// How to go on where git has ended; `None` where all was listed. To compare texts git needs
    /// all of them, and ends at a commit for which one is missing: that one is listed without.
    fn after_end(&mut self, is_well: bool) -> Result<Option<Renames>, ScanError> {
        match (self.renames, is_well) {
            (Renames::SameOnce, true) => Ok(Some(Renames::Alike)),
            (_, true) => Ok(None),
            (Renames::Alike, false) => {
                check_version()?;
                self.restarts += 1;
                Ok(Some(match self.restarts <= RESTARTS {
                    true => Renames::SameOnce,
                    false => Renames::Same,
                }))
            }
            (Renames::SameOnce | Renames::Same, false) => Err(self.strange()),
        }
    }

    fn strange(&self) -> ScanError {
        ScanError::Git {
            doing: "read the history",
            repository: self.asked.git_dir.display().to_string(),
            reason: "it ended early; `git fsck` tells what is damaged".to_owned(),
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _gone = self.child.kill().is_ok();
        let _ended = self.child.wait().is_ok();
    }
}

/// Takes the head of a commit apart.
fn head_of(token: &[u8]) -> Option<Head> {
    let text = readable(token);
    let mut lines = text.split('\n');
    let id = lines.next().filter(|it| unhex(it).is_some())?;
    let parents = lines.next()?.split(' ').filter(|it| !it.is_empty());
    let parents = parents.map(Arc::from).collect();
    let author = lines.next()?.to_owned();
    let (authored_at, _) = clock(lines.next()?)?;
    let (at, offset_min) = clock(lines.next()?)?;
    Some(Head {
        id: id.into(),
        parents,
        author,
        authored_at,
        at,
        committed_at: at,
        offset_min,
    })
}

/// The commits whose clocks cannot have been right: they were made before one that they are built
/// on, or after one that is built on them.
#[derive(Default)]
struct Late(FxHashMap<u64, Timestamp>);

impl Late {
    /// Those of the first-parent histories of these commits.
    fn of(git_dir: &Path, tips: &[Arc<str>]) -> Result<Self, ScanError> {
        let mut git = reading(git_dir);
        git.args(["rev-list", "--stdin", "--first-parent"])
            .args(["--timestamp", "--parents"]);
        let mut child = git
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(not_started)?;
        let ends = child.stdin.take().zip(child.stdout.take());
        let (mut requests, output) = ends.expect("both are pipes");
        let input: String = tips.iter().flat_map(|it| [&**it, "\n"]).collect();
        let _sent = requests.write_all(input.as_bytes()).is_ok();
        drop(requests);
        let mut made: FxHashMap<u64, (i64, Option<u64>)> = FxHashMap::default();
        // What ends early is told by the reading of the commits themselves.
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let mut words = line.split(' ');
            let at = words.next().and_then(|it| it.parse().ok());
            let (Some(at), Some(id)) = (at, words.next().and_then(key)) else {
                continue;
            };
            made.insert(id, (at, words.next().and_then(key)));
        }
        let _ended = child.wait().is_ok();
        Ok(Self::told(&made, tips.iter().filter_map(|it| key(it))))
    }

    /// The same of commits with their times and first parents.
    fn told(made: &FxHashMap<u64, (i64, Option<u64>)>, tips: impl Iterator<Item = u64>) -> Self {
        let mut landed: FxHashMap<u64, i64> = FxHashMap::default();
        let mut late = Self::default();
        for tip in tips {
            let mut own = Vec::new();
            let mut next = Some(tip);
            while let Some(id) = next.filter(|it| !landed.contains_key(it))
                && let Some(&(at, parent)) = made.get(&id)
            {
                own.push((id, at));
                next = parent;
            }
            let built_on = next.and_then(|it| landed.get(&it).copied());
            own.reverse();
            let times: Vec<_> = own.iter().map(|(_, at)| *at).collect();
            for ((id, at), time) in own.into_iter().zip(settled(&times, built_on)) {
                landed.insert(id, time);
                if at != time
                    && let Ok(time) = Timestamp::from_second(time)
                {
                    late.0.insert(id, time);
                }
            }
        }
        late
    }

    fn landed(&self, head: &Head) -> Timestamp {
        let late = key(&head.id).and_then(|it| self.0.get(&it));
        late.copied().unwrap_or(head.at)
    }
}

/// Times that never run backwards, of times of which a few may be wrong, oldest first.
///
/// As many as can all be right together are taken for right: the longest run that does not go
/// backwards, and of equally long ones that with the older commits. Any other is as old as the one
/// before it.
fn settled(times: &[i64], built_on: Option<i64>) -> Vec<i64> {
    let least = built_on.unwrap_or(i64::MIN);
    // From the newest to the oldest: ends of runs by their length, each as late as can be.
    let mut ends: Vec<usize> = Vec::new();
    let mut newer = vec![None; times.len()];
    for at in (0..times.len()).rev().filter(|&at| times[at] >= least) {
        let length = ends.partition_point(|&end| times[end] >= times[at]);
        newer[at] = length.checked_sub(1).map(|it| ends[it]);
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut right = ends.last().copied();
    let mut before = built_on.or(right.map(|it| times[it]));
    let settle = |(at, &time): (usize, &i64)| {
        if right == Some(at) {
            right = newer[at];
            before = Some(time);
        }
        before.unwrap_or(time)
    };
    times.iter().enumerate().map(settle).collect()
}

/// The beginning of the name of a commit: as much as tells it from others.
fn key(id: &str) -> Option<u64> {
    u64::from_str_radix(id.get(..16)?, 16).ok()
}

/// Reads `1545261486 -0800`.
fn clock(text: &str) -> Option<(Timestamp, i64)> {
    let (seconds, offset) = text.split_once(' ')?;
    let offset: i64 = offset.trim().parse().unwrap_or(0);
    let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
    Some((at, offset / 100 * 60 + offset % 100))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_head_is_taken_apart() {
        let id = "fb942a71b05a2165224cd3d01c7c4b458a696572";
        let text = format!("{id}\n{id} {id}\nAda Lovelace\n1545261486 -0800\n1545261486 +0530");
        let head = head_of(text.as_bytes()).unwrap();
        assert_eq!((&*head.id, head.parents.len()), (id, 2));
        assert_eq!(head.author, "Ada Lovelace");
        assert_eq!(head.at.to_string(), "2018-12-19T23:18:06Z");
        assert_eq!(head.offset_min, 330);
        assert!(head_of(b"no\n\n\n").is_none());
    }

    #[test]
    fn a_clock_that_was_wrong_dates_its_own_commit_alone() {
        // Ahead, in the middle and at the beginning; behind, in the middle and at the end.
        assert_eq!(settled(&[19, 99, 20, 21], None), [19, 19, 20, 21]);
        assert_eq!(settled(&[99, 19, 20, 21], None), [19, 19, 20, 21]);
        assert_eq!(settled(&[19, 20, 1, 21, 22], None), [19, 20, 20, 21, 22]);
        assert_eq!(settled(&[20, 10], None), [20, 20]);
        // A branch is not older than what it is built on.
        assert_eq!(settled(&[5, 31, 6, 32], Some(30)), [30, 31, 31, 32]);
        assert_eq!(settled(&[5], Some(30)), [30]);
        assert!(settled(&[], Some(30)).is_empty());
    }

    #[test]
    fn branches_share_the_times_of_what_they_have_in_common() {
        let commits = [
            (1, 10, None),
            (2, 99, Some(1)),
            (3, 11, Some(2)),
            (4, 12, Some(3)),
            (5, 9, Some(2)),
        ];
        let made = commits
            .map(|(id, at, parent)| (id, (at, parent)))
            .into_iter()
            .collect();
        let late = Late::told(&made, [4, 5].into_iter());
        let at = |id| late.0.get(&id).map(|it| it.as_second());
        assert_eq!(
            [1, 2, 3, 4, 5].map(at),
            [None, Some(10), None, None, Some(10)]
        );
    }

    proptest! {
        #[test]
        fn settled_times_never_run_backwards_and_right_ones_stay(
            times in prop::collection::vec(0..30i64, 0..30), built_on in prop::option::of(0..30i64),
        ) {
            let settled = settled(&times, built_on);
            prop_assert_eq!(settled.len(), times.len());
            prop_assert!(settled.is_sorted());
            prop_assert!(settled.first().is_none_or(|it| built_on.is_none_or(|least| least <= *it)));
            if times.is_sorted() && times.first() >= built_on.as_ref() {
                prop_assert_eq!(settled, times);
            }
        }
    }
}

//! Mirrors of remote repositories, in the cache folder.
//!
//! A mirror is a bare repository with all branches of the remote. It is asked
//! for first what the remote has; nothing is fetched when nothing moved. One
//! process at a time brings it up to date, which takes nothing away from those
//! who read it meanwhile. It can be killed at any moment: what is left is
//! repaired by the next run, or remade.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use qaduct_records::digest::digest;

use super::command::{self, network, readable};
use super::location::Remote;
use super::refs::{self, Refs};
use super::trouble::{self, Trouble};
use super::{Access, Credential, redirect, running};
use crate::{Progress, ScanError, Stage};

/// How long a remote may take to name its branches.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// How long a fetch may go on without a word, whatever the transport.
pub(crate) const SILENCE: Duration = Duration::from_secs(300);

/// How long another process may keep the mirror to itself.
const TURN: Duration = Duration::from_secs(30 * 60);

/// A mirror that is up to date; nothing is cleared away from it while this lives.
#[derive(Debug)]
pub(crate) struct Mirror {
    pub(crate) git_dir: PathBuf,
    /// The branch that the remote calls its default.
    pub(crate) default: Option<String>,
    _readers: File,
}

impl Mirror {
    /// Brings the mirror of a remote up to date, or makes it.
    pub(crate) fn update(
        remote: &Remote,
        access: &Access,
        progress: &dyn Progress,
    ) -> Result<Self, ScanError> {
        command::check_version()?;
        let git_dir = access.cache_dir.join(folder(&remote.name));
        let unusable = |source| ScanError::Cache {
            path: git_dir.clone(),
            source,
        };
        let open = |extension| {
            let mut options = OpenOptions::new();
            let options = options.create(true).truncate(false).write(true);
            options.open(git_dir.with_extension(extension))
        };
        fs::create_dir_all(&access.cache_dir).map_err(unusable)?;
        let update = open("lock").map_err(unusable)?;
        let readers = open("readers").map_err(unusable)?;
        wait_for_turn(&update, remote, TURN, progress)?.map_err(unusable)?;
        progress.begin(Stage::Fetching, None);

        let login = login(remote, access);
        let (on_remote, moved) = ask(&git_dir, remote, login, PATIENCE)?;
        let remote = moved.as_ref().unwrap_or(remote);
        if refs::sound(&git_dir).map_or(true, |here| !on_remote.same_as(&here)) {
            let locks = Locks {
                update: &update,
                readers: &readers,
            };
            fetch(&git_dir, remote, login, &locks, progress)?;
            // Packs of many fetches become one, where nobody reads them.
            if readers.try_lock().is_ok() {
                clear(&git_dir, locks.held().map_err(unusable)?);
                readers.unlock().map_err(unusable)?;
            }
        }
        readers.lock_shared().map_err(unusable)?;
        Ok(Self {
            git_dir,
            default: on_remote.default,
            _readers: readers,
        })
    }
}

/// The two locks of a mirror, both files beside it.
struct Locks<'a> {
    /// Of whoever brings it up to date.
    update: &'a File,
    /// Shared by those who read it.
    readers: &'a File,
}

impl Locks<'_> {
    /// The lock of updates as the standard input of a command, which reads
    /// nothing from it: where we are killed, it stays locked until the command
    /// has ended, so that the next one does not take it for left behind.
    fn held(&self) -> io::Result<Stdio> {
        self.update.try_clone().map(Stdio::from)
    }
}

/// Waits until no other process brings the mirror up to date.
fn wait_for_turn(
    update: &File,
    remote: &Remote,
    patience: Duration,
    progress: &dyn Progress,
) -> Result<io::Result<()>, ScanError> {
    let begun = Instant::now();
    let mut told = false;
    loop {
        match update.try_lock() {
            Ok(()) => return Ok(Ok(())),
            Err(TryLockError::Error(error)) => return Ok(Err(error)),
            Err(TryLockError::WouldBlock) => {}
        }
        if !told {
            told = true;
            progress.begin(Stage::Waiting, None);
        }
        if begun.elapsed() >= patience {
            return Err(ScanError::InUse {
                location: remote.url.clone(),
                minutes: patience.as_secs() / 60,
            });
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Lets git pack what many fetches have left, where it thinks it worth it. That
/// it fails does no harm: the next one tries again.
fn clear(git_dir: &Path, lock: Stdio) {
    let mut git = command::reading(git_dir);
    git.args(["-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"])
        .stdin(lock);
    let _done = command::run(&mut git).is_ok();
}

/// A readable name for the folder of a mirror, which no other remote has.
fn folder(name: &str) -> String {
    let readable = |it: char| {
        if it.is_ascii_alphanumeric() || "._-".contains(it) {
            it
        } else {
            '+'
        }
    };
    let short: String = name.chars().map(readable).take(80).collect();
    format!(
        "{}-{}.git",
        short.trim_matches('.'),
        &digest([Some(name)])[..8]
    )
}

/// The credentials for a remote: those of its address, else those of its host.
pub(crate) fn login<'a>(remote: &'a Remote, access: &'a Access) -> Option<&'a Credential> {
    let of_host = || {
        let safe = remote.is_safe_for_login();
        access
            .credentials
            .iter()
            .find(|it| safe && it.host.eq_ignore_ascii_case(&remote.host))
    };
    remote.login.as_ref().or_else(of_host)
}

/// Asks the remote for its branches; also where it has moved to, if so.
fn ask(
    git_dir: &Path,
    remote: &Remote,
    login: Option<&Credential>,
    patience: Duration,
) -> Result<(Refs, Option<Remote>), ScanError> {
    // Not from inside the mirror, which may not exist or be damaged.
    let nowhere = git_dir.with_extension("none");
    let branches_of = |remote: &Remote| {
        let mut git = network(&nowhere, remote, login);
        git.args(["ls-remote", "--symref", "--", &remote.url])
            .args(["HEAD", "refs/heads/*"]);
        running::watched(&mut git, patience, |_| {})?.ok_or_else(|| ScanError::TimedOut {
            location: remote.url.clone(),
            seconds: patience.as_secs(),
        })
    };
    let mut ran = branches_of(remote)?;
    let mut moved = None;
    if let Some(login) = login.filter(|_| redirect::is_redirect(&ran)) {
        let to = redirect::followed(&nowhere, remote, login, patience)?;
        ran = branches_of(&to)?;
        moved = Some(to);
    }
    if !ran.status.success() {
        let origin = login.map(|it| it.origin.clone());
        return Err(trouble::with_remote(
            remote,
            origin,
            "list the branches",
            &ran.stderr,
        ));
    }
    Ok((Refs::listed(&readable(&ran.stdout)), moved))
}

impl Refs {
    /// From the output of `git ls-remote --symref`.
    fn listed(text: &str) -> Self {
        let mut found = Self::default();
        for (left, name) in text.lines().filter_map(|it| it.split_once('\t')) {
            if let Some(target) = left.strip_prefix("ref: refs/heads/") {
                found.default = Some(target.to_owned()).filter(|_| name == "HEAD");
            } else if let Some(name) = name.strip_prefix("refs/heads/") {
                found.branches.insert(name.to_owned(), left.to_owned());
            }
        }
        found.default = found.default.filter(|it| found.branches.contains_key(it));
        found
    }

    /// Whether a mirror has exactly these branches.
    fn same_as(&self, mirror: &[refs::Ref]) -> bool {
        mirror.len() == self.branches.len()
            && mirror.iter().all(|it| {
                let name = it.name.strip_prefix("refs/heads/");
                name.and_then(|it| self.branches.get(it)) == Some(&it.commit)
            })
    }
}

/// Fetches what is new. A mirror that a killed process left behind is freed of
/// its stale locks; where that does not help, it is made anew, if nobody reads
/// it and the remote is there to make it from.
fn fetch(
    git_dir: &Path,
    remote: &Remote,
    login: Option<&Credential>,
    locks: &Locks<'_>,
    progress: &dyn Progress,
) -> Result<(), ScanError> {
    let unusable = |source| ScanError::Cache {
        path: git_dir.to_owned(),
        source,
    };
    let mut trial = 0;
    loop {
        if !git_dir.is_dir() {
            make(git_dir)?;
        }
        let mut git = network(git_dir, remote, login);
        git.args([
            "fetch",
            "--prune",
            "--no-tags",
            "--no-write-fetch-head",
            "--progress",
        ])
        .args([
            "--no-recurse-submodules",
            "--",
            &remote.url,
            "+refs/heads/*:refs/heads/*",
        ])
        .stdin(locks.held().map_err(unusable)?);
        progress.begin(Stage::Fetching, Some(100));
        let mut percent = 0;
        let heard = |piece: &str| {
            if let Some(now) = received(piece) {
                progress.advance(now.saturating_sub(percent));
                percent = percent.max(now);
            }
        };
        let ran = running::watched(&mut git, SILENCE, heard)?;
        let ran = ran.ok_or_else(|| ScanError::TimedOut {
            location: remote.url.clone(),
            seconds: SILENCE.as_secs(),
        })?;
        if ran.status.success() {
            return Ok(());
        }
        let repairable = Trouble::of(&ran.stderr) == Trouble::Other
            && !["No space left", "Read-only file system"]
                .iter()
                .any(|it| ran.stderr.contains(it));
        trial += 1;
        match trial {
            1 if repairable => unlock(git_dir),
            2 if repairable && locks.readers.try_lock().is_ok() => {
                fs::remove_dir_all(git_dir).map_err(unusable)?;
                // New readers wait for the lock of updates, which is ours.
                locks.readers.unlock().map_err(unusable)?;
            }
            _ => {
                let origin = login.map(|it| it.origin.clone());
                return Err(trouble::with_remote(
                    remote,
                    origin,
                    "fetch the branches",
                    &ran.stderr,
                ));
            }
        }
    }
}

/// Makes an empty mirror: beside its place first, so that a half-made one is
/// never taken for one.
fn make(git_dir: &Path) -> Result<(), ScanError> {
    let unusable = |source| ScanError::Cache {
        path: git_dir.to_owned(),
        source,
    };
    let beside = git_dir.with_extension("new");
    if beside.exists() {
        fs::remove_dir_all(&beside).map_err(unusable)?;
    }
    let mut git = command::reading(&beside);
    git.args(["init", "--quiet", "--bare", "--template="]);
    command::read(&mut git, "make a mirror")?;
    fs::rename(&beside, git_dir).map_err(unusable)
}

/// Removes the locks of processes that were killed. Ours is held, so that
/// nobody else can be at work.
fn unlock(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|it| it.is_dir());
        if is_folder && !path.ends_with("objects") {
            unlock(&path);
        } else if path.extension().is_some_and(|it| it == "lock") {
            let _removed = fs::remove_file(path).is_ok();
        }
    }
}

/// The hundredths of `Receiving objects:  42% (…)`.
fn received(piece: &str) -> Option<u64> {
    let rest = piece.strip_prefix("Receiving objects:")?;
    rest.split('%').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_readable_and_of_one_remote_only() {
        assert_eq!(
            folder("github.com/acme/shop"),
            "github.com+acme+shop-f2ae60a9.git"
        );
        assert_ne!(folder("host/a+b"), folder("host/a/b"));
        assert!(folder(&"x".repeat(500)).len() < 100);
        assert!(!folder("../../etc").contains('/'));
    }

    #[test]
    fn a_remote_names_its_branches_and_its_default() {
        let refs = Refs::listed(
            "ref: refs/heads/main\tHEAD\n1\tHEAD\n1\trefs/heads/main\n2\trefs/heads/x/y\n",
        );
        assert_eq!(refs.default.as_deref(), Some("main"));
        assert_eq!(refs.branches.keys().collect::<Vec<_>>(), ["main", "x/y"]);
        assert_eq!(Refs::listed("").branches.len(), 0);
    }

    #[test]
    fn progress_is_told_from_errors() {
        assert_eq!(received("Receiving objects:  42% (5/12)\r"), Some(42));
        assert_eq!(received("fatal: no\n"), None);
    }

    /// Remembers the stages.
    #[derive(Default)]
    struct Told(std::sync::Mutex<Vec<Stage>>);

    impl Progress for Told {
        fn begin(&self, stage: Stage, _: Option<u64>) {
            self.0.lock().unwrap().push(stage);
        }
        fn advance(&self, _: u64) {}
    }

    #[test]
    fn whoever_waits_for_another_scan_says_so_and_does_not_wait_for_ever() {
        let Ok(super::super::Location::Remote(remote)) =
            super::super::Location::parse("https://me:hunter2@host.example/acme/shop")
        else {
            panic!("it is a remote");
        };
        let folder = tempfile::tempdir().unwrap();
        let open = || File::create(folder.path().join("lock")).unwrap();
        let (other, own, told) = (open(), open(), Told::default());
        other.lock().unwrap();
        let error = wait_for_turn(&own, &remote, Duration::ZERO, &told).unwrap_err();
        assert_eq!(*told.0.lock().unwrap(), [Stage::Waiting]);
        insta::assert_snapshot!(error, @"another scan of `https://host.example/acme/shop` has gone on for 0 min, and only one can fetch");
        // A command that was handed the lock keeps it when its parent is gone.
        let locks = Locks {
            update: &other,
            readers: &own,
        };
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .stdin(locks.held().unwrap())
            .spawn()
            .unwrap();
        drop(other);
        assert!(wait_for_turn(&own, &remote, Duration::ZERO, &told).is_err());
        child.kill().unwrap();
        child.wait().unwrap();
        wait_for_turn(&own, &remote, Duration::ZERO, &told)
            .unwrap()
            .unwrap();
    }
}

//! Mirrors of remote repositories, in the cache folder.
//!
//! A mirror is a bare repository with all branches of the remote. It is asked
//! for first what the remote has; nothing is fetched when nothing moved. One
//! process at a time brings it up to date, which takes nothing away from those
//! who read it meanwhile. It can be killed at any moment: what is left is
//! repaired by the next run, or remade.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use qaduct_records::digest::digest;

use super::command::{self, Ran, network, readable};
use super::location::{Remote, Transport, without_login};
use super::refs::{self, Refs};
use super::trouble::{self, Trouble};
use super::{Access, Credential};
use crate::{Progress, ScanError, Stage};

/// How long a remote may take to name its branches.
const PATIENCE: Duration = Duration::from_secs(90);

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
        progress.begin(Stage::Fetching, None);
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
        update.lock().map_err(unusable)?;

        let login = login(remote, access);
        let on_remote = ask(&git_dir, remote, login, PATIENCE)?;
        if refs::sound(&git_dir).map_or(true, |here| !on_remote.same_as(&here)) {
            fetch(&git_dir, remote, login, &readers, progress)?;
            // Packs of many fetches become one, where nobody reads them.
            if readers.try_lock().is_ok() {
                clear(&git_dir);
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

/// Lets git pack what many fetches have left, where it thinks it worth it. That
/// it fails does no harm: the next one tries again.
fn clear(git_dir: &Path) {
    let mut git = command::reading(git_dir);
    git.args(["-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"]);
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
/// Nobody's token goes out in the clear, but to this machine itself.
pub(crate) fn login<'a>(remote: &'a Remote, access: &'a Access) -> Option<&'a Credential> {
    let of_host = || {
        let here = ["localhost", "127.0.0.1", "[::1]"];
        let bare = remote
            .host
            .rsplit_once(':')
            .map_or(remote.host.as_str(), |(host, _)| host);
        let safe = match remote.transport {
            Transport::Https => true,
            Transport::Http => here.contains(&bare),
            Transport::Ssh | Transport::Git => false,
        };
        access
            .credentials
            .iter()
            .find(|it| safe && it.host.eq_ignore_ascii_case(&remote.host))
    };
    remote.login.as_ref().or_else(of_host)
}

/// Asks the remote for its branches.
fn ask(
    git_dir: &Path,
    remote: &Remote,
    login: Option<&Credential>,
    patience: Duration,
) -> Result<Refs, ScanError> {
    // Not from inside the mirror, which may not exist or be damaged.
    let mut git = network(&git_dir.with_extension("none"), remote, login);
    git.args([
        "ls-remote",
        "--symref",
        "--",
        &remote.url,
        "HEAD",
        "refs/heads/*",
    ]);
    let ran = within(&mut git, patience)?.ok_or_else(|| ScanError::TimedOut {
        location: remote.url.clone(),
        seconds: patience.as_secs(),
    })?;
    if !ran.status.success() {
        let origin = login.map(|it| it.origin.clone());
        return Err(trouble::with_remote(
            remote,
            origin,
            "list the branches",
            &ran.stderr,
        ));
    }
    Ok(Refs::listed(&readable(&ran.stdout)))
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
    readers: &File,
    progress: &dyn Progress,
) -> Result<(), ScanError> {
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
        ]);
        let ran = watched(&mut git, progress)?;
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
            2 if repairable && readers.try_lock().is_ok() => {
                let unusable = |source| ScanError::Cache {
                    path: git_dir.to_owned(),
                    source,
                };
                fs::remove_dir_all(git_dir).map_err(unusable)?;
                // New readers wait for the lock of updates, which is ours.
                readers.unlock().map_err(unusable)?;
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

/// Runs a command that may take only so long; `None` when it took longer.
fn within(git: &mut Command, patience: Duration) -> Result<Option<Ran>, ScanError> {
    git.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = git.spawn().map_err(command::not_started)?;
    let (stdout, stderr) = child
        .stdout
        .take()
        .zip(child.stderr.take())
        .expect("both are pipes");
    let (done, wait) = mpsc::channel();
    // Not joined: a grandchild that hangs may keep the pipes open.
    thread::spawn(move || {
        let errors = thread::spawn(move || all_of(stderr));
        let out = all_of(stdout);
        let _heard = done.send((out, errors.join().unwrap_or_default())).is_ok();
    });
    match wait.recv_timeout(patience) {
        Ok((stdout, stderr)) => {
            let status = child.wait().map_err(command::not_started)?;
            Ok(Some(Ran {
                status,
                stdout,
                stderr: readable(&stderr),
            }))
        }
        Err(_) => {
            let _gone = child.kill().is_ok();
            let _ended = child.wait().is_ok();
            Ok(None)
        }
    }
}

fn all_of(mut pipe: impl io::Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _whole = pipe.read_to_end(&mut bytes).is_ok();
    bytes
}

/// Runs a fetch and passes on how far it is, in hundredths.
fn watched(git: &mut Command, progress: &dyn Progress) -> Result<Ran, ScanError> {
    let mut child = git
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(command::not_started)?;
    progress.begin(Stage::Fetching, Some(100));
    let mut errors = String::new();
    let mut percent = 0;
    let mut pipe = BufReader::new(child.stderr.take().expect("it is a pipe"));
    let mut piece = Vec::new();
    // Progress ends with a carriage return, all else with a line feed.
    while let Ok(1..) = read_piece(&mut pipe, &mut piece) {
        let text = readable(&piece);
        match received(&text) {
            Some(now) => {
                progress.advance(now.saturating_sub(percent));
                percent = percent.max(now);
            }
            None => errors.push_str(&text),
        }
    }
    let status = child.wait().map_err(command::not_started)?;
    Ok(Ran {
        status,
        stdout: Vec::new(),
        stderr: without_login(&errors),
    })
}

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
    fn a_command_that_hangs_is_given_up() {
        let mut hanging = Command::new("sleep");
        hanging.arg("30");
        assert!(
            within(&mut hanging, Duration::from_millis(50))
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn progress_is_told_from_errors() {
        assert_eq!(received("Receiving objects:  42% (5/12)\r"), Some(42));
        assert_eq!(received("fatal: no\n"), None);
    }
}

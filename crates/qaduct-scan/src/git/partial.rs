//! Fetches what a partial clone lacks, into that clone, as git itself would.
//!
//! The configuration of the clone has no say in it: whoever made the clone could
//! name programs, proxies and other addresses there. git runs in an empty
//! repository of ours that borrows the folder of objects of the clone, and is
//! given the address as we have read it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::location::{Location, Remote, Transport};
use super::objects::hex;
use super::{Access, command, mirror, redirect, running, trouble};
use crate::ScanError;
use crate::language::BlobId;

const DOING: &str = "fetch the missing objects";

/// Fetches these objects, all at once, from where the clone came from. Only
/// over https and ssh: from a path git would fetch by running the program that
/// the repository there names.
pub(crate) fn fetch(
    git_dir: &Path,
    promisor: Option<&Location>,
    name: &str,
    ids: &[BlobId],
    access: &Access,
) -> Result<(), ScanError> {
    let remote = match promisor {
        Some(Location::Remote(remote)) if remote.transport != Transport::Git => remote,
        _ => {
            return Err(ScanError::Git {
                doing: DOING,
                repository: name.to_owned(),
                reason: "that is only done over https and ssh, and its remote is elsewhere"
                    .to_owned(),
            });
        }
    };
    let unusable = |source| ScanError::Cache {
        path: access.cache_dir.clone(),
        source,
    };
    fs::create_dir_all(&access.cache_dir).map_err(unusable)?;
    let ours = tempfile::Builder::new()
        .prefix("partial-")
        .tempdir_in(&access.cache_dir)
        .map_err(unusable)?;
    let names: String = ids.iter().map(|id| hex(id) + "\n").collect();
    let wanted = ours.path().join("wanted");
    fs::write(&wanted, names).map_err(unusable)?;
    let empty = empty(ours.path(), ids)?;
    let objects = objects(git_dir)?;
    fetch_into(&empty, &objects, remote, &wanted, access)
}

/// An empty repository that names objects in the same way.
fn empty(folder: &Path, ids: &[BlobId]) -> Result<PathBuf, ScanError> {
    let place = folder.join("empty.git");
    let format = match ids.first().map(|it| it.len()) {
        Some(32) => "sha256",
        _ => "sha1",
    };
    let mut git = command::reading(&place);
    git.args(["init", "--quiet", "--bare", "--template="])
        .arg(format!("--object-format={format}"));
    command::read(&mut git, "make a place to fetch to")?;
    Ok(place)
}

/// The folder with the objects of a repository, which linked work trees share.
fn objects(git_dir: &Path) -> Result<PathBuf, ScanError> {
    let mut git = command::reading(git_dir);
    git.args(["rev-parse", "--git-path", "objects"]);
    let said = command::read(&mut git, "find the objects")?;
    let place = command::path(said.strip_suffix(b"\n").unwrap_or(&said));
    fs::canonicalize(&place).map_err(|error| ScanError::Unreadable {
        location: place.display().to_string(),
        reason: error.to_string(),
    })
}

fn fetch_into(
    empty: &Path,
    objects: &Path,
    remote: &Remote,
    wanted: &Path,
    access: &Access,
) -> Result<(), ScanError> {
    let login = mirror::login(remote, access);
    let run = |remote: &Remote| {
        let mut git = command::network(empty, remote, login);
        git.env("GIT_OBJECT_DIRECTORY", objects)
            .env("GIT_NO_LAZY_FETCH", "1");
        if std::env::var_os("GIT_ALLOW_PROTOCOL").is_none() {
            git.env("GIT_ALLOW_PROTOCOL", "http:https:ssh");
        }
        let names = File::open(wanted).map_err(|source| ScanError::Cache {
            path: wanted.to_owned(),
            source,
        })?;
        // Without the first, git would ask the remote what both have, for nothing;
        // without the second, it would look for that in whatever the clone borrows from.
        git.args(["-c", "fetch.negotiationAlgorithm=noop"])
            .args(["-c", "core.alternateRefsCommand=true"])
            .args(["fetch", "--progress", "--no-tags", "--no-write-fetch-head"])
            .args(["--recurse-submodules=no", "--filter=blob:none"])
            .args(["--stdin", "--", &remote.url])
            .stdin(Stdio::from(names));
        let silence = mirror::SILENCE;
        running::watched(&mut git, silence, |_| {})?.ok_or_else(|| ScanError::TimedOut {
            location: remote.url.clone(),
            seconds: silence.as_secs(),
        })
    };
    let mut ran = run(remote)?;
    if let Some(login) = login.filter(|_| redirect::is_redirect(&ran)) {
        ran = run(&redirect::followed(empty, remote, login, mirror::PATIENCE)?)?;
    }
    if ran.status.success() {
        return Ok(());
    }
    let origin = login.map(|it| it.origin.clone());
    Err(trouble::with_remote(remote, origin, DOING, &ran.stderr))
}

//! Access to git repositories: runs the `git` program.
//!
//! * [`location`]: what a path or an address means, and the name it gives.
//! * [`place`]: finds the repository around a folder.
//! * [`redirect`]: addresses that have moved.
//! * [`mirror`]: copies of remote repositories in the cache folder.
//! * [`partial`]: what a partial clone lacks.
//! * [`command`]: how git is run; [`running`]: how it ends; [`trouble`]: what
//!   its messages mean.
//! * [`refs`], [`revision`], [`index`], [`tree`], [`objects`], [`log`], [`history`]: what is
//!   read.
//!
//! Writes only mirrors, below [`Access::cache_dir`], and what a partial clone
//! lacks, into that clone, as git itself does.

pub(crate) mod command;
mod history;
pub(crate) mod index;
mod location;
pub(crate) mod log;
mod mirror;
pub(crate) mod objects;
mod partial;
mod place;
mod redirect;
mod refs;
mod revision;
mod running;
pub(crate) mod tree;
mod trouble;

pub use location::{host_of, label_of, name_of};
pub use place::{around, work_tree};
pub use running::stop_fetching;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use qaduct_records::Secret;

use crate::language::BlobId;
use crate::{Progress, ScanError};
use location::{Location, without_login};
use mirror::Mirror;
use objects::Objects;
use place::Place;
pub(crate) use refs::Refs;
pub(crate) use trouble::advice;

/// How repositories are reached.
#[derive(Debug, Clone)]
pub struct Access {
    /// Folder for mirrors of remote repositories, and for what is remembered of files that were
    /// read; of the latter nothing where it is empty.
    pub cache_dir: PathBuf,
    /// Tokens by host.
    pub credentials: Vec<Credential>,
}

/// A token for a host.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The host, such as `github.com`, with its port where it is not 443.
    pub host: String,
    /// The user name that goes with it; `x-access-token` for a GitHub token.
    pub user: String,
    /// The token.
    pub token: Secret,
    /// Where it came from, for messages: `GITHUB_TOKEN`.
    pub origin: String,
}

/// An open repository: a folder, or a mirror of a remote one.
#[derive(Debug)]
pub struct Repository {
    name: String,
    git_dir: PathBuf,
    kind: Kind,
    access: Access,
}

#[derive(Debug)]
enum Kind {
    /// On this machine.
    Local(Settings),
    /// Mirrored.
    Mirror(Mirror),
}

/// What the configuration of a repository says of its remotes.
#[derive(Debug, Default)]
struct Settings {
    /// The remote whose branches count: `origin`, or the only one.
    remote: Option<String>,
    /// Where the remotes are.
    urls: BTreeMap<String, Location>,
    /// The remote that has promised the objects that a partial clone lacks.
    promisor: Option<String>,
}

impl Repository {
    /// Opens the repository at a path or URL; a URL is mirrored into the cache
    /// folder, or its mirror is brought up to date.
    ///
    /// # Errors
    /// When there is none, access is refused or the remote does not answer.
    pub fn open(
        location: &str,
        access: &Access,
        progress: &dyn Progress,
    ) -> Result<Self, ScanError> {
        match Location::parse(location)? {
            Location::Local(path) => Self::local(&path, access),
            Location::Remote(remote) => {
                let mirror = Mirror::update(&remote, access, progress)?;
                Ok(Self {
                    name: remote.name,
                    git_dir: mirror.git_dir.clone(),
                    kind: Kind::Mirror(mirror),
                    access: access.clone(),
                })
            }
        }
    }

    fn local(path: &Path, access: &Access) -> Result<Self, ScanError> {
        let place = Place::around(path)?;
        let settings = Settings::of(&place.git_dir)?;
        let remote = settings.remote.as_ref();
        let name = match remote.and_then(|it| settings.urls.get(it)) {
            Some(Location::Remote(remote)) => remote.name.clone(),
            _ => place.root.display().to_string(),
        };
        let kind = Kind::Local(settings);
        Ok(Self {
            name,
            git_dir: place.git_dir,
            kind,
            access: access.clone(),
        })
    }

    /// Its name in the database: `host/owner/name` where it has a remote, else its path.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same repository under another name.
    #[must_use]
    pub fn named(mut self, name: String) -> Self {
        self.name = name;
        self
    }

    /// The folder in which a run leaves to the next one what it has read; `None` where it was
    /// given no folder.
    pub(crate) fn remembered_in(&self) -> Option<PathBuf> {
        let folder = &self.access.cache_dir;
        (!folder.as_os_str().is_empty()).then(|| folder.join("read"))
    }

    /// A reader of its objects, up to this size in bytes.
    pub(crate) fn objects(&self, largest: u64) -> Objects {
        Objects::of(&self.git_dir, largest)
    }

    /// Lists commits with the files that they change.
    pub(crate) fn log(&self, which: log::Which<'_>) -> Result<log::Log, ScanError> {
        log::Log::of(&self.git_dir, which)
    }

    /// Its branches as they are now.
    pub(crate) fn refs(&self, objects: &mut Objects) -> Result<Refs, ScanError> {
        match &self.kind {
            Kind::Local(settings) => {
                Refs::local(&self.git_dir, settings.remote.as_deref(), objects)
            }
            Kind::Mirror(mirror) => {
                let refs = Refs::local(&self.git_dir, None, objects)?;
                let default = mirror.default.clone();
                Ok(Refs {
                    default: default.or(refs.default),
                    ..refs
                })
            }
        }
    }

    /// Whether a branch that is not here is nowhere: so in a mirror and in a
    /// repository without a remote. A clone may have been made of one branch
    /// only, as CI systems do, or have fetched long ago.
    pub(crate) fn has_all_branches(&self) -> bool {
        match &self.kind {
            Kind::Local(settings) => settings.urls.is_empty(),
            Kind::Mirror(_) => true,
        }
    }

    /// For each of these commits those of the project keys that its people write
    /// in the messages of its history.
    pub(crate) fn keys_in_messages(
        &self,
        tips: &[&str],
        keys: &BTreeSet<&str>,
    ) -> Result<Vec<BTreeSet<String>>, ScanError> {
        history::keys_in_messages(&self.git_dir, tips, keys)
    }

    /// Whether it is a partial clone, whose remote has what is missing here.
    pub(crate) fn is_partial(&self) -> bool {
        matches!(
            &self.kind,
            Kind::Local(Settings {
                promisor: Some(_),
                ..
            })
        )
    }

    /// Fetches what a partial clone lacks, all at once.
    pub(crate) fn fetch_missing(&self, ids: &[BlobId]) -> Result<(), ScanError> {
        let Kind::Local(settings) = &self.kind else {
            return Ok(());
        };
        let Some(promisor) = &settings.promisor else {
            return Ok(());
        };
        let remote = settings.urls.get(promisor);
        partial::fetch(&self.git_dir, remote, &self.name, ids, &self.access)
    }
}

/// The host whose credentials a partial clone needs to get what it lacks.
fn host_of_clone(path: &Path) -> Option<String> {
    let git_dir = Place::around(path).ok()?.git_dir;
    // Most are no partial clones, which costs no process to see.
    let common = fs::read_to_string(git_dir.join("commondir")).unwrap_or_default();
    let config = fs::read_to_string(git_dir.join(common.trim()).join("config")).ok()?;
    let config = config.to_ascii_lowercase();
    if !config.contains("promisor") && !config.contains("partialclone") {
        return None;
    }
    let mut settings = Settings::of(&git_dir).ok()?;
    match settings.urls.remove(&settings.promisor?)? {
        Location::Remote(remote) => remote.host_of_login(),
        Location::Local(_) => None,
    }
}

impl Settings {
    /// Reads the configuration of a repository; not that of the user, so that
    /// a repository has the same name for everyone.
    fn of(git_dir: &Path) -> Result<Self, ScanError> {
        let mut git = command::reading(git_dir);
        git.args(["config", "--list", "-z"]);
        let out = command::read(&mut git, "read the configuration")?;
        let mut found = Self::default();
        for entry in out.split(|&byte| byte == 0) {
            let entry = command::readable(entry);
            let (key, value) = entry.split_once('\n').unwrap_or((&entry, "true"));
            if key == "extensions.partialclone" {
                found.promisor = Some(value.to_owned());
            }
            let Some((name, field)) = key
                .strip_prefix("remote.")
                .and_then(|it| it.rsplit_once('.'))
            else {
                continue;
            };
            match field {
                "url" => {
                    let other = || Location::Local(without_login(value).into());
                    let place = Location::parse(value).unwrap_or_else(|_| other());
                    found.urls.entry(name.to_owned()).or_insert(place);
                }
                "promisor" if value == "true" => found.promisor = Some(name.to_owned()),
                _ => {}
            }
        }
        let origin = Some("origin").filter(|it| found.urls.contains_key(*it));
        let only = found.urls.keys().next().filter(|_| found.urls.len() == 1);
        found.remote = origin.or(only.map(String::as_str)).map(str::to_owned);
        Ok(found)
    }
}

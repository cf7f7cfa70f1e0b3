//! Scans a repository and keeps what it found: the one way from git to the store,
//! for `scan`, `serve --rescan` and `xfailflake`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use qaduct_pump::{
    Ledger, PumpError, Recorded, known_branches, known_histories, record_failure,
    record_scan_with_history,
};
use qaduct_records::{Clock, Store};
use qaduct_scan::{
    Access, Branches, Exclusion, History, Known, KnownHistory, ManifestRule, MarkRule, Options,
    OwnerRule, Past, Progress, Repository, RepositoryScan, ScanError, TicketRules,
};

/// A scan that another process overtakes is made again so often.
const TRIES: usize = 3;

/// What to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// A path or URL.
    pub location: String,
    /// Its name in the database; from its remote or path where not given.
    pub name: Option<String>,
    /// Which branches.
    pub branches: Branches,
}

impl Target {
    /// The location as people may see it: without the login that it may hold.
    #[must_use]
    pub fn label(&self) -> String {
        qaduct_scan::label_of(&self.location)
    }
}

/// The scan that is going on, for whoever has to say that it was interrupted.
#[derive(Debug, Clone, Default)]
pub struct Running(Arc<Mutex<Option<Ledger>>>);

impl Running {
    fn set(&self, ledger: Option<&Ledger>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = ledger.cloned();
    }

    /// What is known of it, if there is one.
    #[must_use]
    pub fn ledger(&self) -> Option<Ledger> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// How to scan.
pub struct Scanning<'a> {
    /// How repositories are reached.
    pub access: &'a Access,
    /// Marks of the user.
    pub marks: &'a [MarkRule],
    /// Lists of muted tests of the user.
    pub manifests: &'a [ManifestRule],
    /// How tickets are recognised.
    pub tickets: &'a TicketRules,
    /// Files that are left out, or read all the same.
    pub exclusion: &'a Exclusion,
    /// Who answers for files, before `CODEOWNERS`.
    pub owners: &'a [OwnerRule],
    /// Who is told.
    pub progress: &'a dyn Progress,
    /// Told which scan is going on.
    pub running: &'a Running,
    /// Tells the time.
    pub clock: &'a dyn Clock,
    /// How much of the past is read.
    pub depth: Depth,
}

/// How much of the past of its branches a scan reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// What is new, of the branches whose past is stored.
    #[default]
    New,
    /// All of it, or back to an instant.
    Back(Option<Timestamp>),
}

/// What became of a target.
#[derive(Debug)]
pub struct Scanned {
    /// The repository's name in the database.
    pub repository: String,
    /// The ledger row and the branches.
    pub recorded: Recorded,
    /// What failed without stopping the rest.
    pub failures: Vec<String>,
    /// Whether the clone lacks a part of the history.
    pub shallow: bool,
}

/// What stopped a target.
#[derive(Debug, thiserror::Error)]
pub enum ScanningError {
    /// The repository could not be scanned; the ledger has it.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// What was found could not be kept.
    #[error(transparent)]
    Keep(#[from] PumpError),
    /// The repository could not be scanned, and that could not be kept either.
    #[error("{error}; and the ledger does not have it: {ledger}")]
    Both {
        /// Why the repository could not be scanned.
        error: Box<ScanError>,
        /// Why the ledger could not be written.
        ledger: Box<PumpError>,
    },
}

/// Scans a target into the store: all of it in one transaction, or nothing but
/// a row of the ledger that says why not.
///
/// # Errors
/// When nothing could be scanned or kept.
pub fn scan_into(
    store: &mut dyn Store,
    target: &Target,
    scanning: &Scanning<'_>,
) -> Result<Scanned, ScanningError> {
    let mut ledger = Ledger {
        command: "scan",
        subject: target
            .name
            .clone()
            .unwrap_or_else(|| qaduct_scan::name_of(&target.location)),
        started_at: scanning.clock.now(),
        version: env!("CARGO_PKG_VERSION"),
        salt: std::process::id().into(),
    };
    scanning.running.set(Some(&ledger));
    let error = match try_scan(store, target, scanning, &mut ledger) {
        // Whoever asked to stop says so in the ledger; for that the scan stays known.
        Err(ScanningError::Scan(ScanError::Stopped)) => return Err(ScanError::Stopped.into()),
        Err(ScanningError::Scan(error)) => error,
        Err(ScanningError::Keep(error @ PumpError::Overtaken { .. })) => {
            record_failure(store, &ledger, &error.to_string(), scanning.clock)?;
            scanning.running.set(None);
            return Err(error.into());
        }
        other => {
            scanning.running.set(None);
            return other;
        }
    };
    let kept = record_failure(store, &ledger, &error.to_string(), scanning.clock);
    scanning.running.set(None);
    match kept {
        Ok(_) => Err(error.into()),
        Err(ledger) => Err(ScanningError::Both {
            error: Box::new(error),
            ledger: Box::new(ledger),
        }),
    }
}

fn try_scan(
    store: &mut dyn Store,
    target: &Target,
    scanning: &Scanning<'_>,
    ledger: &mut Ledger,
) -> Result<Scanned, ScanningError> {
    let mut tries = TRIES;
    loop {
        // What is stored is read before what is there: whoever stores something
        // newer in between is noticed, and its state is not replaced by an older one.
        let stored = known(store, &ledger.subject)?;
        let mut repository =
            Repository::open(&target.location, scanning.access, scanning.progress)?;
        if let Some(name) = &target.name {
            repository = repository.named(name.clone());
        }
        let known = if repository.name() == ledger.subject {
            stored
        } else {
            repository.name().clone_into(&mut ledger.subject);
            scanning.running.set(Some(ledger));
            known(store, repository.name())?
        };
        let options = Options {
            branches: target.branches.clone(),
            known,
            marks: scanning.marks.to_vec(),
            manifests: scanning.manifests.to_vec(),
            tickets: scanning.tickets.clone(),
            exclusion: scanning.exclusion.clone(),
            owners: scanning.owners.to_vec(),
        };
        let mut scan = qaduct_scan::scan(&repository, &options, scanning.progress)?;
        let stored = histories(store, repository.name())?;
        let told = past(&repository, &mut scan, &options, stored, scanning)?;
        tries -= 1;
        match record_scan_with_history(store, &scan, &told, ledger, scanning.clock) {
            Err(PumpError::Overtaken { .. }) if tries > 0 => {}
            Err(error) => return Err(error.into()),
            Ok(recorded) => {
                return Ok(Scanned {
                    repository: repository.name().to_owned(),
                    recorded,
                    failures: scan.failures,
                    shallow: repository.is_shallow(),
                });
            }
        }
    }
}

/// Reads the past of the branches as far as it is asked for and not stored. A scan is worth
/// keeping without it.
fn past(
    repository: &Repository,
    scan: &mut RepositoryScan,
    options: &Options,
    mut stored: HashMap<String, KnownHistory>,
    scanning: &Scanning<'_>,
) -> Result<Vec<History>, ScanError> {
    let since = match scanning.depth {
        Depth::New => None,
        Depth::Back(since) => {
            stored.retain(|_, it| reaches(it, since));
            since
        }
    };
    let wanted = scan
        .branches
        .iter()
        .filter(|it| match stored.get(&it.branch) {
            Some(known) => known.commit_id != it.commit_id || known.rules != it.rules,
            None => scanning.depth != Depth::New,
        });
    let tips: Vec<_> = wanted
        .map(|it| (it.branch.clone(), it.commit_id.clone()))
        .collect();
    if tips.is_empty() {
        return Ok(Vec::new());
    }
    let past = Past {
        since,
        current_only: false,
        known: stored,
    };
    match qaduct_scan::history(repository, &tips, options, &past, scanning.progress) {
        Err(ScanError::Stopped) => Err(ScanError::Stopped),
        Err(error) => {
            let failure = format!("the history of {} was not read: {error}", repository.name());
            scan.failures.push(failure);
            Ok(Vec::new())
        }
        Ok(histories) => Ok(histories),
    }
}

/// Whether what is stored goes back as far as is asked for.
fn reaches(stored: &KnownHistory, since: Option<Timestamp>) -> bool {
    match since {
        None => stored.since.is_none() && stored.begins_at.is_none(),
        Some(since) => stored.since.is_none_or(|it| it <= since),
    }
}

fn known(store: &dyn Store, repository: &str) -> Result<HashMap<String, Known>, PumpError> {
    known_branches(store.reader()?.as_mut(), repository)
}

fn histories(
    store: &dyn Store,
    repository: &str,
) -> Result<HashMap<String, KnownHistory>, PumpError> {
    known_histories(store.reader()?.as_mut(), repository)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use qaduct_pump::record_interruption;
    use qaduct_records::{Outcome, Query, Row as _, Run, TABLES};
    use qaduct_scan::{Silent, Stage};

    use super::*;
    use crate::clock::SystemClock;

    #[derive(Debug)]
    struct At(Timestamp);

    impl Clock for At {
        fn now(&self) -> Timestamp {
            self.0
        }
    }

    fn git(folder: &Path, arguments: &[&str]) {
        let status = Command::new("git")
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
            .args(arguments)
            .current_dir(folder)
            .status();
        assert!(status.unwrap().success());
    }

    fn store(folder: &Path) -> Box<dyn Store> {
        let file = folder.join("qaduct.db");
        let mut store = qaduct_stores::open(file.to_str().unwrap(), None).unwrap();
        store.migrate(TABLES, &qaduct_models::views()).unwrap();
        store
    }

    /// Somebody who scans a newer commit whenever our scan begins, and then makes
    /// another, so that ours has something to do the next time too.
    struct Faster {
        folder: PathBuf,
        target: Target,
        access: Access,
    }

    impl Faster {
        fn scan(&self, progress: &dyn Progress) -> Result<Scanned, ScanningError> {
            let scanning = Scanning {
                access: &self.access,
                marks: &[],
                manifests: &[],
                tickets: &TicketRules::default(),
                exclusion: &Exclusion::default(),
                owners: &[],
                progress,
                running: &Running::default(),
                clock: &At(Timestamp::UNIX_EPOCH),
                depth: Depth::New,
            };
            scan_into(store(&self.folder).as_mut(), &self.target, &scanning)
        }
    }

    impl Progress for Faster {
        fn begin(&self, stage: Stage, _: Option<u64>) {
            if stage == Stage::Walking {
                let commit = || git(&self.folder, &["commit", "-qm", "next", "--allow-empty"]);
                commit();
                self.scan(&Silent).unwrap();
                commit();
            }
        }
        fn advance(&self, _: u64) {}
    }

    #[test]
    fn a_scan_that_is_overtaken_each_time_leaves_a_row_that_says_so() {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "-q"]);
        git(folder.path(), &["commit", "-qm", "first", "--allow-empty"]);
        let faster = Faster {
            folder: folder.path().to_owned(),
            target: Target {
                location: folder.path().to_str().unwrap().to_owned(),
                name: Some("shop".to_owned()),
                branches: Branches::Default,
            },
            access: Access {
                cache_dir: folder.path().join("cache"),
                credentials: Vec::new(),
            },
        };
        let error = faster.scan(&faster).unwrap_err();
        assert!(
            matches!(error, ScanningError::Keep(PumpError::Overtaken { .. })),
            "{error}"
        );
        let database = rusqlite::Connection::open(folder.path().join("qaduct.db")).unwrap();
        let runs = "SELECT count(*) FROM runs WHERE outcome = 'failed' AND subject = 'shop'";
        let failed: u32 = database.query_row(runs, [], |it| it.get(0)).unwrap();
        assert_eq!(failed, 1);
    }

    #[test]
    fn an_interruption_is_not_written_over_how_the_run_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("qaduct.db");
        let mut store = qaduct_stores::open(path.to_str().unwrap(), None).unwrap();
        store.migrate(TABLES, &[]).unwrap();
        let clock = SystemClock::new(Some(Timestamp::UNIX_EPOCH));
        let ledger = Ledger {
            command: "scan",
            subject: "shop".to_owned(),
            started_at: clock.now(),
            version: "0",
            salt: 1,
        };
        let outcomes = |store: &dyn Store| {
            let all = Query::of(Run::TABLE.name, Run::TABLE.columns);
            let batch = store.reader().unwrap().query(&all).unwrap();
            let runs = Run::rows(&batch).unwrap();
            runs.into_iter().map(|run| run.outcome).collect::<Vec<_>>()
        };
        record_interruption(store.as_mut(), &ledger, &clock).unwrap();
        assert_eq!(outcomes(store.as_ref()), [Outcome::Interrupted]);
        record_failure(store.as_mut(), &ledger, "no", &clock).unwrap();
        assert_eq!(outcomes(store.as_ref()), [Outcome::Failed]);
        record_interruption(store.as_mut(), &ledger, &clock).unwrap();
        assert_eq!(outcomes(store.as_ref()), [Outcome::Failed]);
    }
}

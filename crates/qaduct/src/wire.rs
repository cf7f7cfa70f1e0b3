//! Wiring: from settings to stores, readers and scans. The only place that
//! knows which crate stands behind which setting.

use std::path::Path;
use std::sync::Arc;

use qaduct_records::{Clock, Secret, Store, StoreError, TABLES, Table, View};
use qaduct_scan::{
    Access, Credential, Exclusion, ManifestRule, MarkRule, OwnerRule, Progress, TicketRules,
    host_of,
};
use tempfile::TempDir;

use crate::config::{Config, Flag};
use crate::context::Context;
use crate::error::CommandError;
use crate::report::Code;
use crate::scanning::{Depth, Running, Scanning, ScanningError, Target};
use crate::stop::Stop;
use crate::ui::Ui;

/// `--store`, for every command that needs the database.
#[derive(Debug, Clone, clap::Args)]
pub struct StoreArgs {
    /// The database: a file, `postgresql://…` or `mysql://…`
    #[arg(short, long, value_name = "URL", env = "QADUCT_STORE")]
    store: Option<String>,
}

impl StoreArgs {
    /// Whether the command line or its variable names one.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.store.is_some()
    }

    /// The flag as a layer of the settings.
    #[must_use]
    pub fn flags(&self) -> Vec<Flag<'_>> {
        vec![Flag::one("store.url", "--store", self.store.as_ref())]
    }
}

/// Where the store is and how it is unlocked.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    url: String,
    password: Option<Secret>,
    compatibility: Vec<String>,
}

impl StoreSettings {
    /// Reads the password, if the settings name one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn new(context: &Context, settings: &Config) -> Result<Self, CommandError> {
        let password = context.secret("store.password", settings.store.password.as_ref())?;
        Ok(Self {
            url: settings.store.url.clone(),
            password,
            compatibility: settings.store.compatibility.clone(),
        })
    }

    /// Opens or creates the store and brings it up to the tables and views of scanning.
    ///
    /// # Errors
    /// When it cannot be opened or was written by a newer version.
    pub fn open(&self) -> Result<Box<dyn Store>, CommandError> {
        let mut store = qaduct_stores::open(&self.url, self.password.as_ref())?;
        store.migrate(TABLES, &qaduct_models::views())?;
        Ok(store)
    }

    /// The same with the tables and reports of all services, which are many.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_for_pulls(&self) -> Result<Box<dyn Store>, CommandError> {
        self.migrated(qaduct_stores::open(&self.url, self.password.as_ref())?)
    }

    /// One more connection to a store that [`Self::open`] has opened.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn connect(&self) -> Result<Box<dyn Store>, CommandError> {
        Ok(qaduct_stores::open_existing(
            &self.url,
            self.password.as_ref(),
        )?)
    }

    fn migrated(&self, mut store: Box<dyn Store>) -> Result<Box<dyn Store>, CommandError> {
        store.migrate(&tables(), &all_views(&self.compatibility))?;
        Ok(store)
    }

    /// A store with the views that it can be asked for: where something was pulled, those over
    /// that too, brought up to this version.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn with_views(
        &self,
        store: Box<dyn Store>,
    ) -> Result<(Box<dyn Store>, Vec<View>), CommandError> {
        let mut views = qaduct_models::views();
        if !is_for_pulls(store.as_ref())? {
            return Ok((store, views));
        }
        views.extend(qaduct_models::reports());
        Ok((self.migrated(store)?, views))
    }

    /// A store to look at what was pulled so far: the one of the settings as it is,
    /// or an empty one beside it that is gone with the folder. Neither is brought up
    /// to anything.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn look(&self) -> Result<(Box<dyn Store>, Option<TempDir>), CommandError> {
        match self.connect() {
            // What only a scan has written lacks the tables of the services.
            Ok(store) if is_for_pulls(store.as_ref())? => return Ok((store, None)),
            Err(error)
                if error
                    .reports()
                    .iter()
                    .all(|it| it.code != Code::StoreAbsent) =>
            {
                return Err(error);
            }
            _ => {}
        }
        let folder = tempfile::tempdir()
            .map_err(|error| CommandError::output("the temporary folder", &error))?;
        let path = folder.path().join("empty.db").display().to_string();
        Ok((
            self.migrated(qaduct_stores::open(&path, None)?)?,
            Some(folder),
        ))
    }

    /// The same for commands that add nothing: refuses to create it.
    ///
    /// # Errors
    /// When there is none, and as [`Self::open`].
    pub fn open_existing(&self) -> Result<Box<dyn Store>, CommandError> {
        let mut store = self.connect()?;
        store.migrate(TABLES, &qaduct_models::views())?;
        Ok(store)
    }

    /// The same for commands that look at what was pulled.
    ///
    /// # Errors
    /// As [`Self::open_existing`].
    pub fn open_existing_for_pulls(&self) -> Result<Box<dyn Store>, CommandError> {
        self.migrated(self.connect()?)
    }
}

/// Whether a store has the tables and reports of the services.
pub(crate) fn is_for_pulls(store: &dyn Store) -> Result<bool, StoreError> {
    let reports = qaduct_models::reports();
    let mut names = reports.iter().map(|it| it.name.as_str());
    qaduct_stores::has_any_view(store.reader()?.as_mut(), &mut names)
}

/// Every view of a store with these settings.
#[must_use]
pub fn views(settings: &Config) -> Vec<View> {
    all_views(&settings.store.compatibility)
}

fn all_views(programs: &[String]) -> Vec<View> {
    let mut views = qaduct_models::views();
    views.extend(qaduct_models::reports());
    let programs = programs.iter();
    let compatible = programs.filter_map(|it| qaduct_models::compatibility(it));
    views.extend(compatible.flatten());
    views
}

/// Every table that this program keeps.
#[must_use]
pub fn tables() -> Vec<&'static Table> {
    TABLES
        .iter()
        .copied()
        .chain(qaduct_sources::tables())
        .collect()
}

/// What a command needs to scan, apart from the screen, so that it can be
/// handed to another thread.
#[derive(Clone)]
pub struct Job {
    store: StoreSettings,
    access: Access,
    marks: Vec<MarkRule>,
    manifests: Vec<ManifestRule>,
    tickets: TicketRules,
    exclusion: Exclusion,
    owners: Vec<OwnerRule>,
    running: Running,
    clock: Arc<dyn Clock>,
}

impl Job {
    /// Reads the secrets of the hosts that the targets are on.
    ///
    /// # Errors
    /// When a secret cannot be read or there is no folder for mirrors.
    pub fn new(
        context: &Context,
        settings: &Config,
        targets: &[Target],
    ) -> Result<Self, CommandError> {
        Ok(Self {
            store: StoreSettings::new(context, settings)?,
            access: Access {
                cache_dir: context.cache_dir(settings)?,
                credentials: credentials(context, settings, targets)?,
            },
            marks: settings.mark.clone(),
            manifests: settings.manifest.clone(),
            tickets: settings.tickets.clone().into(),
            exclusion: settings.scan.exclusion(),
            owners: settings.owner.clone(),
            running: Running::default(),
            clock: context.clock()?,
        })
    }

    /// Opens the store.
    ///
    /// # Errors
    /// See [`StoreSettings::open`].
    pub fn store(&self) -> Result<Box<dyn Store>, CommandError> {
        self.store.open()
    }

    /// Fails where no folder of several holds a repository and there is no database yet: a
    /// mistyped path leaves no empty one behind. Addresses count as repositories unseen.
    ///
    /// # Errors
    /// See [`qaduct_scan::Repository::open`].
    pub fn expect_a_repository(&self, targets: &[Target]) -> Result<(), CommandError> {
        if self.store.connect().is_ok() {
            return Ok(());
        }
        let mut last = None;
        for target in targets {
            let location = target.location.as_str();
            let opened = match Path::new(location).is_dir() {
                true => qaduct_scan::Repository::open(location, &self.access, &qaduct_scan::Silent),
                false => return Ok(()),
            };
            match opened {
                Ok(_) => return Ok(()),
                Err(error) => last = Some(error),
            }
        }
        last.map_or(Ok(()), |error| Err(ScanningError::from(error).into()))
    }

    /// Does work until the process is asked to stop; then the ledger says so of
    /// the scan that was going on.
    ///
    /// # Errors
    /// When the process was asked to stop first.
    pub fn race<T: Send + 'static>(
        &self,
        stop: &Stop,
        ui: &Ui,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, CommandError> {
        let job = self.clone();
        let outcome = stop.race(move || work(&job));
        if outcome.is_err() {
            self.record_interruption(ui);
        }
        outcome
    }

    /// Tells the ledger that the process was asked to stop while a scan was going on.
    pub fn record_interruption(&self, ui: &Ui) {
        let Some(ledger) = self.running.ledger() else {
            return;
        };
        let recorded = self.store().and_then(|mut store| {
            qaduct_pump::record_interruption(store.as_mut(), &ledger, self.clock.as_ref())
                .map_err(CommandError::from)
        });
        if let Err(error) = recorded {
            ui.error(&error);
        }
    }

    /// How to scan, telling `progress`.
    #[must_use]
    pub fn scanning<'a>(&'a self, progress: &'a dyn Progress) -> Scanning<'a> {
        Scanning {
            access: &self.access,
            marks: &self.marks,
            manifests: &self.manifests,
            tickets: &self.tickets,
            exclusion: &self.exclusion,
            owners: &self.owners,
            progress,
            running: &self.running,
            clock: self.clock.as_ref(),
            depth: Depth::default(),
        }
    }
}

/// What is scanned when nothing is named: the repositories of the settings,
/// else the one around the current folder.
#[must_use]
pub fn targets(settings: &Config) -> Vec<Target> {
    if settings.scan.repositories.is_empty() {
        return vec![Target {
            location: ".".to_owned(),
            name: None,
            branches: settings.scan.branches(None),
        }];
    }
    settings
        .scan
        .repositories
        .iter()
        .map(|it| Target {
            location: it.location.clone(),
            name: it.name.clone(),
            branches: settings.scan.branches(Some(it)),
        })
        .collect()
}

fn credentials(
    context: &Context,
    settings: &Config,
    targets: &[Target],
) -> Result<Vec<Credential>, CommandError> {
    let mut hosts: Vec<String> = targets
        .iter()
        .filter_map(|it| host_of(&it.location))
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    let mut found = Vec::new();
    for host in hosts {
        found.extend(settings.git.credential(&host, context)?);
    }
    Ok(found)
}

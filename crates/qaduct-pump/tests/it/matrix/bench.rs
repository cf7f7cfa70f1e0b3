//! A service, the settings of a source that reads it, and a store as it is before a pull.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use qaduct_http::Sleep;
use qaduct_pump::Ledger;
use qaduct_pump::pull::{Pulled, Wanted, pull};
use qaduct_records::{Clock, Outcome, Secret, Store, TABLES, Table};
use qaduct_replay::{Fault, Kind, Options, Server, World};
use qaduct_sources::{Patience, People, Setup};

use super::asked::{Asked, Journal};
use super::stored::{self, Rows};
use crate::time::Time;

/// How long an answer may take where one does not end.
const ANSWER: Duration = Duration::from_millis(200);
const TOKEN: &str = "matrix-token";

/// A service to be read.
pub(super) struct Subject {
    pub(super) kind: &'static str,
    pub(super) service: &'static str,
    pub(super) size: usize,
    /// Rows of a page, so that few records fill several.
    pub(super) page: usize,
    /// Makes what a small world lacks.
    pub(super) prepare: fn(&mut World),
    /// Tables of lists that are read by numbers of pages and counted nowhere: a row that
    /// slips into a page that was read, as another one goes, comes with the next pull that
    /// reads all of the list.
    pub(super) slip: &'static [&'static str],
    /// Tables of rows that are not read where a row that they hang on is said not to be there.
    pub(super) hanging: &'static [&'static str],
    pub(super) queries: &'static [(&'static str, &'static str)],
    pub(super) projects: &'static [&'static str],
    pub(super) options: &'static [(&'static str, &'static str)],
}

/// What became of a pull.
pub(super) struct Ended {
    pub(super) pulled: Pulled,
    pub(super) asked: Vec<Asked>,
}

pub(super) struct Bench {
    pub(super) server: Server,
    pub(super) streams: Vec<&'static str>,
    pub(super) hanging: &'static [&'static str],
    setup: Setup,
    slip: &'static [&'static str],
    tables: Vec<&'static Table>,
    /// The store before a pull, to be copied: hundreds of them are needed.
    before: tempfile::TempDir,
}

impl Bench {
    /// With a store that holds nothing.
    pub(super) fn new(subject: &Subject) -> Self {
        let mut world = World::of(subject.kind, 7, subject.size);
        (subject.prepare)(&mut world);
        let options = Options {
            credentials: vec![TOKEN.to_owned()],
            page: Some(subject.page),
            drip: Duration::from_millis(1),
            ..Options::default()
        };
        let server = Server::start(world, options).unwrap();
        let now = server.world().now();
        let named = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        let setup = Setup {
            name: "tools".to_owned(),
            kind: subject.kind.to_owned(),
            url: Some(server.url(subject.service)),
            user: Some("ada@example.org".to_owned()),
            token: Some(Secret::new(TOKEN)),
            projects: subject.projects.iter().map(|it| (*it).to_owned()).collect(),
            queries: subject.queries.iter().map(named).collect(),
            fields: BTreeMap::new(),
            options: subject.options.iter().map(named).collect(),
            people: People::Keep,
            reserve: 0.0,
            requests_per_minute: None,
            now,
        };
        let kind = qaduct_sources::kind(subject.kind, &setup.options).unwrap();
        let tables = qaduct_sources::tables();
        let before = tempfile::tempdir().unwrap();
        let mut all = TABLES.to_vec();
        all.extend(&tables);
        open(&before).migrate(&all, &[]).unwrap();
        Self {
            server,
            streams: kind.contracts.iter().map(|it| it.name).collect(),
            setup,
            hanging: subject.hanging,
            slip: subject.slip,
            tables,
            before,
        }
    }

    /// Some hours after a pull that nothing disturbed.
    pub(super) fn hours_later(&mut self, hours: u64) {
        let (folder, mut store) = self.store();
        let first = self.pull(store.as_mut(), 100, Patience::default());
        assert_eq!(first.pulled.run.outcome, Outcome::Complete);
        drop(store);
        self.before = folder;
        self.server.world().advance(hours);
        self.setup.now = self.server.world().now();
    }

    pub(super) fn store(&self) -> (tempfile::TempDir, Box<dyn Store>) {
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(self.before.path()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        let store = open(&folder);
        (folder, store)
    }

    pub(super) fn pull(&self, store: &mut dyn Store, salt: u64, patience: Patience) -> Ended {
        self.wanted(store, salt, patience, &Wanted::default())
    }

    /// A pull that reads all lists from their start.
    pub(super) fn full(&self, store: &mut dyn Store, salt: u64) -> Ended {
        let wanted = Wanted {
            full: true,
            ..Wanted::default()
        };
        self.wanted(store, salt, Patience::default(), &wanted)
    }

    fn wanted(
        &self,
        store: &mut dyn Store,
        salt: u64,
        patience: Patience,
        wanted: &Wanted,
    ) -> Ended {
        let time = Arc::new(Time(Mutex::new(self.setup.now)));
        let clock = Arc::clone(&time) as Arc<dyn Clock>;
        let setup = self.setup.clone();
        let sleep = Arc::clone(&time) as Arc<dyn Sleep>;
        let mut source = qaduct_sources::open_patiently(setup, patience, clock, sleep).unwrap();
        let ledger = Ledger {
            command: "pull",
            subject: "tools".to_owned(),
            started_at: self.setup.now,
            version: "0",
            salt,
        };
        let journal = Journal::new(&self.server);
        let pulled = pull(
            store,
            source.as_mut(),
            wanted,
            &ledger,
            time.as_ref(),
            &journal,
        );
        let asked = journal.asked();
        let pulled = pulled.unwrap_or_else(|error| panic!("{error}, after {asked:#?}"));
        Ended { pulled, asked }
    }

    /// A pull that nothing disturbs: what was asked, and what is stored then, and after
    /// one more.
    pub(super) fn undisturbed(&self) -> (Vec<Asked>, Rows, Rows) {
        self.server.set_faults(&[]);
        let (_folder, mut store) = self.store();
        let Ended { pulled, asked } = self.pull(store.as_mut(), 1, Patience::default());
        assert_eq!(pulled.errors, []);
        let outcome = pulled.run.outcome;
        assert_eq!(outcome, Outcome::Complete, "{:?}", pulled.run.error);
        let once = self.rows(store.as_ref());
        self.pull(store.as_mut(), 2, Patience::default());
        (asked, once, self.rows(store.as_ref()))
    }

    /// A pull with faults, into a store that is given.
    pub(super) fn disturbed(&self, store: &mut dyn Store, faults: &[Fault]) -> Ended {
        self.server.set_faults(faults);
        let patience = Patience {
            // A loaded machine may miss it a few times.
            attempts: Some(20).filter(|_| faults.iter().any(|it| is_endless(&it.kind))),
            timeout: Some(ANSWER).filter(|_| faults.iter().any(|it| is_endless(&it.kind))),
            deadline: None,
        };
        let ended = self.pull(store, 1, patience);
        self.server.set_faults(&[]);
        ended
    }

    /// Whether a row may be lost until all of its list is read again.
    pub(super) fn may_slip(&self, key: &str) -> bool {
        let table = key.split(' ').next().unwrap_or_default();
        self.slip.contains(&table)
    }

    pub(super) fn rows(&self, store: &dyn Store) -> Rows {
        stored::rows(store, &self.tables)
    }
}

/// Whether a fault makes who asks wait for real.
pub(super) fn is_endless(kind: &Kind) -> bool {
    matches!(kind, Kind::Silent | Kind::Slow)
}

fn open(folder: &tempfile::TempDir) -> Box<dyn Store> {
    let path = folder.path().join("qaduct.db");
    qaduct_stores::open(path.to_str().unwrap(), None).unwrap()
}

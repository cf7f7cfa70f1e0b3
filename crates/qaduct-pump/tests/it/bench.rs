//! A service that is stood in for, a store, and pulls of one into the other, an hour apart.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::time::{Nobody, Time};
use jiff::SignedDuration;
use qaduct_pump::Ledger;
use qaduct_pump::pull::{Pulled, Wanted, pull};
use qaduct_records::stream::GONE_AT;
use qaduct_records::values::values_of;
use qaduct_records::{Clock, Query, Secret, Store, TABLES, Test};
use qaduct_replay::{Options, Server, World};
use qaduct_sources::{People, Setup};

/// A service, a store, and how often was pulled.
pub(crate) struct Bench {
    kind: &'static str,
    /// Where the server has the service.
    service: &'static str,
    /// Settings that only this kind of service has.
    options: BTreeMap<String, String>,
    pub(crate) server: Server,
    _folder: tempfile::TempDir,
    store: Box<dyn Store>,
    /// Questions of the settings.
    pub(crate) queries: BTreeMap<String, String>,
    /// Whether less is asked for than the settings say.
    pub(crate) narrowed: bool,
    pulls: u64,
}

impl Bench {
    /// A world of that many records of a service, behind a server that behaves so.
    pub(crate) fn with(kind: &'static str, size: usize, options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("qaduct.db");
        let mut store = qaduct_stores::open(path.to_str().unwrap(), None).unwrap();
        let mut tables = TABLES.to_vec();
        tables.extend(qaduct_sources::tables());
        store.migrate(&tables, &[]).unwrap();
        Self {
            kind,
            service: kind,
            options: BTreeMap::new(),
            server: Server::start(World::of(kind, 7, size), options).unwrap(),
            _folder: folder,
            store,
            queries: BTreeMap::new(),
            narrowed: false,
            pulls: 0,
        }
    }

    /// Another edition of the service, which the server has there.
    pub(crate) fn edition(mut self, service: &'static str, edition: &str) -> Self {
        self.service = service;
        self.options = [("edition".to_owned(), edition.to_owned())].into();
        self
    }

    /// Pulls these streams of projects, `A+B`, an hour after the last time.
    pub(crate) fn pull(&mut self, projects: &str, streams: &[&str]) -> Pulled {
        let pulled = self.try_pull(projects, streams);
        assert_eq!(pulled.errors, []);
        pulled
    }

    /// The same, whatever comes of it.
    pub(crate) fn try_pull(&mut self, projects: &str, streams: &[&str]) -> Pulled {
        self.server.clear_log();
        self.server.world().pass(SignedDuration::from_hours(1));
        self.pulls += 1;
        let now = self.server.world().now();
        let setup = Setup {
            name: self.kind.to_owned(),
            kind: self.kind.to_owned(),
            url: Some(self.server.url(self.service)),
            // Where a user stands beside the token, there is none to ask without one.
            user: (self.kind == "confluence").then(|| "ada@example.org".to_owned()),
            token: Some(Secret::new("token")),
            projects: projects.split_terminator('+').map(str::to_owned).collect(),
            queries: self.queries.clone(),
            fields: BTreeMap::new(),
            options: self.options.clone(),
            people: People::Keep,
            reserve: 0.0,
            requests_per_minute: None,
            now,
        };
        let time = Arc::new(Time(Mutex::new(now)));
        let clock = Arc::clone(&time) as Arc<dyn Clock>;
        let mut source = qaduct_sources::open(setup, clock, Arc::clone(&time) as _).unwrap();
        let ledger = Ledger {
            command: "pull",
            subject: self.kind.to_owned(),
            started_at: now,
            version: "0",
            salt: self.pulls,
        };
        let wanted = Wanted {
            streams: streams.iter().map(|it| (*it).to_owned()).collect(),
            narrowed: self.narrowed,
            ..Wanted::default()
        };
        let store = self.store.as_mut();
        let pulled = pull(
            store,
            source.as_mut(),
            &wanted,
            &ledger,
            time.as_ref(),
            &Nobody,
        );
        pulled.unwrap()
    }

    /// The values of a column of the living rows.
    pub(crate) fn values(&self, table: &str, column: &str) -> Vec<String> {
        self.values_where(table, column, Some((GONE_AT, Test::Missing)))
    }

    /// The values of a column of the rows that pass a test.
    pub(crate) fn values_where(
        &self,
        table: &str,
        column: &str,
        test: Option<(&str, Test)>,
    ) -> Vec<String> {
        let tables = qaduct_sources::tables();
        let table = tables.iter().find(|it| it.name == table).unwrap();
        let mut query = Query::of(table.name, table.columns);
        if let Some((column, test)) = test {
            query = query.filter(column, test);
        }
        query.columns.retain(|it| it.name == column);
        let rows = self.store.reader().unwrap().query(&query).unwrap();
        let values = values_of(&rows, column).unwrap();
        let mut values: Vec<_> = values.iter().map(ToString::to_string).collect();
        values.sort();
        values
    }

    /// The statuses of the answers to what was asked so.
    pub(crate) fn asked(&self, what: &str) -> Vec<u16> {
        let log = self.server.log();
        let found = log.iter().filter(|it| it.target.contains(what));
        found.map(|it| it.status).collect()
    }
}

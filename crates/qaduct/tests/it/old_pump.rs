//! The defects that were found and proved in testops-dashboard, each with the right answer: the
//! program itself pulls from servers that stand in for the services, from data of a few lines.
//!
//! A story begins with what the old pump did. `docs/migrate-from-testops-dashboard.md` names the
//! stories of each defect; a test here keeps that table true.

pub(crate) mod bugzilla;
mod everywhere;
pub(crate) mod github;
pub(crate) mod jira;
mod table;
mod testrail;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use qaduct_replay::{Options, Server, World};
use serde_json::Value;

use crate::Home;
use crate::home::Outcome;
use crate::stands::{TOKEN, settings};

/// Services with the records of a story, somebody who pulls from them, and the time of both.
pub(crate) struct Scene {
    pub(crate) server: Server,
    home: Home,
    now: Arc<Mutex<Timestamp>>,
}

impl Scene {
    /// It is seven o'clock on 21 November 2026, and no service has any record.
    pub(crate) fn new(sources: &[&str], more: &str) -> Self {
        let now = Arc::new(Mutex::new("2026-11-21T07:00:00Z".parse().unwrap()));
        let clock = Arc::clone(&now);
        let options = Options {
            credentials: vec![TOKEN.to_owned()],
            clock: Some(Arc::new(move || *clock.lock().unwrap())),
            ..Options::default()
        };
        let server = Server::start(World::empty(), options).unwrap();
        let scene = Self {
            server,
            home: Home::new(),
            now,
        };
        scene.configure(sources, more);
        scene
    }

    /// Writes the configuration: these sources, and lines behind the last of them.
    pub(crate) fn configure(&self, sources: &[&str], more: &str) {
        let settings: String = sources
            .iter()
            .map(|it| settings(&self.server, it))
            .collect();
        let text = format!(
            "[store]\ncompatibility = [\"testops-dashboard\"]\n\
             [pull]\nattempts = 1\ntimeout = \"5s\"\ndeadline = \"10s\"\n{settings}{more}"
        );
        std::fs::write(self.home.path("work/qaduct.toml"), text).unwrap();
    }

    /// Time goes on until then.
    pub(crate) fn at(&self, now: &str) {
        *self.now.lock().unwrap() = now.parse().unwrap();
    }

    /// Puts records into a collection of a service, or in the place of those with their ids.
    pub(crate) fn put(&self, collection: &str, records: impl IntoIterator<Item = Value>) {
        let mut world = self.server.world();
        for record in records {
            world.put(collection, record);
        }
    }

    /// What goes wrong from now on, and nothing else.
    pub(crate) fn faults(&self, faults: &[&str]) {
        let faults: Vec<_> = faults.iter().map(|it| it.parse().unwrap()).collect();
        self.server.set_faults(&faults);
    }

    /// A pull, in a time zone of the machine.
    pub(crate) fn pull_in(&self, zone: &str, arguments: &str, status: i32) -> Outcome {
        let now = self.now.lock().unwrap().to_string();
        let run = self.home.qaduct(&format!("pull {arguments}"));
        let run = run.env("REPLAY_TOKEN", TOKEN).env("QADUCT_CLOCK", now);
        let outcome = run.env("TZ", zone).run();
        assert_eq!(outcome.status, Some(status), "{outcome}");
        outcome
    }

    /// A pull that ends with this status.
    pub(crate) fn pull(&self, arguments: &str, status: i32) -> Outcome {
        self.pull_in("UTC", arguments, status)
    }

    /// Another command.
    pub(crate) fn run(&self, arguments: &str) -> Outcome {
        let now = self.now.lock().unwrap().to_string();
        let run = self.home.qaduct(arguments).env("REPLAY_TOKEN", TOKEN);
        run.env("QADUCT_CLOCK", now).run()
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.home.path("work/qaduct.db")
    }

    /// The rows of a question as text, `-` for NULL.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        use rusqlite::types::ValueRef;
        let database = rusqlite::Connection::open(self.store()).unwrap();
        let mut statement = database.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let cells = (0..columns).map(|n| match row.get_ref_unwrap(n) {
                ValueRef::Null => "-".to_owned(),
                ValueRef::Integer(int) => int.to_string(),
                ValueRef::Real(real) => real.to_string(),
                ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
                ValueRef::Blob(_) => panic!("bytes in {sql}"),
            });
            Ok(cells.collect::<Vec<_>>().join(" | "))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }
}

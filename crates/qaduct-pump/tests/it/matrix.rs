//! Faults at the requests of every stream: the same rows as an undisturbed pull, or
//! an error that is named, and then the same rows after the next pull.
//!
//! `QADUCT_MATRIX_STEP=1` puts every fault at every request, which takes long;
//! `QADUCT_MATRIX_ONLY="401@27 again@30"` tries these faults alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use qaduct_http::Sleep;
use qaduct_pump::Ledger;
use qaduct_pump::pull::{Progress, Pulled, Wanted, Watch, pull};
use qaduct_records::stream::{EXTRA, GONE_AT, LINEAGE, SOURCE};
use qaduct_records::values::values_of;
use qaduct_records::{Clock, Outcome, Query, Secret, Store, TABLES, Table, Test};
use qaduct_replay::{Fault, Options, Server, World};
use qaduct_sources::{People, Setup};

/// Faults after which nothing may differ.
const EXACT: &[&str] = &[
    "429+1",
    "429",
    "500",
    "503+1",
    "cut",
    "cut-chunk",
    "cut-gzip",
    "html",
    "again",
    "loop",
    "reset",
    "skew",
    "401",
    "403",
    GONE,
];
/// Of a call by key this is an answer where the service says so: the row is gone.
const GONE: &str = "410";
/// Faults that change the world while it is read: nothing that stays may be lost.
const CHANGING: &[&str] = &["move", "drop"];
const TOKEN: &str = "matrix-token";

struct Time(Mutex<Timestamp>);

impl Clock for Time {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Sleep for Time {
    fn sleep(&self, time: Duration) -> bool {
        *self.0.lock().unwrap() += time;
        true
    }
}

struct Nobody;

impl Watch for Nobody {
    fn progress(&self, _: &Progress<'_>) {}

    fn stopped(&self) -> bool {
        false
    }
}

/// A service, the settings of a source that reads it, and a store.
struct Bench {
    server: Server,
    setup: Setup,
    tables: Vec<&'static Table>,
    /// A migrated store, to be copied: hundreds of stores are needed.
    template: tempfile::TempDir,
}

type Rows = BTreeMap<String, String>;

impl Bench {
    fn new(kind: &str, service: &str, queries: &[(&str, &str)], projects: &[&str]) -> Self {
        let world = World::of(kind, 7, 40);
        let options = Options {
            credentials: vec![TOKEN.to_owned()],
            ..Options::default()
        };
        let server = Server::start(world, options).unwrap();
        let now = server.world().now();
        let named = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        let setup = Setup {
            name: "tools".to_owned(),
            kind: kind.to_owned(),
            url: Some(server.url(service)),
            user: Some("ada@example.org".to_owned()),
            token: Some(Secret::new(TOKEN)),
            projects: projects.iter().map(|it| (*it).to_owned()).collect(),
            queries: queries.iter().map(named).collect(),
            fields: BTreeMap::new(),
            options: BTreeMap::new(),
            people: People::Keep,
            reserve: 0.0,
            requests_per_minute: None,
            now,
        };
        let tables = qaduct_sources::tables();
        let template = tempfile::tempdir().unwrap();
        let path = template.path().join("qaduct.db");
        let mut store = qaduct_stores::open(path.to_str().unwrap(), None).unwrap();
        let mut all = TABLES.to_vec();
        all.extend(&tables);
        store.migrate(&all, &[]).unwrap();
        Self {
            server,
            setup,
            tables,
            template,
        }
    }

    fn store(&self) -> (tempfile::TempDir, Box<dyn Store>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("qaduct.db");
        std::fs::copy(self.template.path().join("qaduct.db"), &path).unwrap();
        let store = qaduct_stores::open(path.to_str().unwrap(), None).unwrap();
        (folder, store)
    }

    fn pull(&self, store: &mut dyn Store, salt: u64) -> Pulled {
        let time = Arc::new(Time(Mutex::new(self.setup.now)));
        let clock = Arc::clone(&time) as Arc<dyn Clock>;
        let mut source =
            qaduct_sources::open(self.setup.clone(), clock, Arc::clone(&time) as _).unwrap();
        let ledger = Ledger {
            command: "pull",
            subject: "tools".to_owned(),
            started_at: self.setup.now,
            version: "0",
            salt,
        };
        let wanted = Wanted::default();
        pull(
            store,
            source.as_mut(),
            &wanted,
            &ledger,
            time.as_ref(),
            &Nobody,
        )
        .unwrap()
    }

    /// The living rows of all tables, lineage left out.
    fn rows(&self, store: &dyn Store) -> Rows {
        let mut reader = store.reader().unwrap();
        let mut all = Rows::new();
        for table in &self.tables {
            let mut query = Query::of(table.name, table.columns).filter(GONE_AT, Test::Missing);
            query.columns.retain(|it| {
                let name = it.name.as_ref();
                name != SOURCE && !LINEAGE.contains(&name)
            });
            let batch = reader.query(&query).unwrap();
            let columns: Vec<_> = query
                .columns
                .iter()
                .map(|it| (it.name.as_ref(), values_of(&batch, &it.name).unwrap()))
                .collect();
            for row in 0..batch.num_rows() {
                let (mut key, mut text) = (table.name.to_owned(), String::new());
                for (name, values) in &columns {
                    let value = values[row].to_string();
                    if table.key.contains(name) {
                        key = format!("{key} {value}");
                    } else if *name == EXTRA || !value.is_empty() {
                        text += &[*name, "=", &value, " "].concat();
                    }
                }
                all.insert(key, text);
            }
        }
        all
    }

    fn undisturbed(&self) -> (Rows, u64) {
        self.server.set_faults(&[]);
        self.server.clear_log();
        let (_folder, mut store) = self.store();
        let pulled = self.pull(store.as_mut(), 1);
        assert_eq!(pulled.errors, []);
        assert_eq!(
            pulled.run.outcome,
            Outcome::Complete,
            "{:?}",
            pulled.run.error
        );
        (self.rows(store.as_ref()), self.server.log().len() as u64)
    }

    /// One fault at one request; the pull after it where that one says that it is not
    /// complete, with the number of its errors.
    fn disturbed(&self, fault: &str) -> (Rows, usize) {
        self.server.set_faults(&[fault.parse::<Fault>().unwrap()]);
        let (_folder, mut store) = self.store();
        let pulled = self.pull(store.as_mut(), 1);
        self.server.set_faults(&[]);
        let ended = pulled.run.outcome;
        if ended == Outcome::Complete {
            assert_eq!(pulled.errors, [], "{fault}: {ended}");
            return (self.rows(store.as_ref()), 0);
        }
        if !pulled.errors.is_empty() {
            assert!(
                matches!(ended, Outcome::Incomplete | Outcome::Failed),
                "{fault}: {ended} in spite of {:?}",
                pulled.errors
            );
        }
        let pulled = self.pull(store.as_mut(), 2);
        (self.rows(store.as_ref()), pulled.errors.len())
    }

    /// What is wrong after a fault after which nothing may differ.
    fn exact(&self, fault: &str, expected: &Rows) -> Option<String> {
        let (rows, errors) = self.disturbed(fault);
        if errors > 0 {
            return Some(format!("{fault}: {errors} errors in the pull after it"));
        }
        (rows != *expected).then(|| format!("{fault}: {}", difference(expected, &rows)))
    }

    /// What is wrong after a fault that changes the world.
    fn changing(&self, fault: &str) -> Option<String> {
        let world = self.server.world().clone();
        let (rows, errors) = self.disturbed(fault);
        let (_folder, mut store) = self.store();
        let pulled = self.pull(store.as_mut(), 3);
        let fresh = self.rows(store.as_ref());
        *self.server.world() = world;
        // What a question of the settings needs may be gone, and is missed each time.
        if errors != pulled.errors.len() {
            return Some(format!(
                "{fault}: {errors} errors, then {:?}",
                pulled.errors
            ));
        }
        let mut lost = fresh.keys().filter(|it| !rows.contains_key(*it));
        lost.next().map(|it| format!("{fault} lost {it}"))
    }

    /// All faults at all requests, but for some kinds.
    fn matrix(&self, except: &[&str]) {
        let (expected, requests) = self.undisturbed();
        assert!(expected.len() > 30, "{} rows", expected.len());
        let step: usize = match std::env::var("QADUCT_MATRIX_STEP") {
            Ok(step) => step.parse().unwrap(),
            Err(_) => 9,
        };
        // Over all kinds each request has its faults.
        let at = |offset: usize, kind: &str| -> Vec<String> {
            let first = 1 + offset as u64 % step as u64;
            let each = (first..=requests).step_by(step);
            each.map(|n| format!("{kind}@{n}")).collect()
        };
        let kinds = EXACT.iter().enumerate();
        let kinds = kinds.filter(|(_, kind)| !except.contains(kind));
        let mut exact: Vec<String> = kinds.flat_map(|(n, kind)| at(n, kind)).collect();
        exact.extend(["500@2!", "429@3!", "html@4!", "401@5!"].map(str::to_owned));
        let mut changing: Vec<String> = CHANGING.iter().flat_map(|kind| at(0, kind)).collect();
        if let Ok(only) = std::env::var("QADUCT_MATRIX_ONLY") {
            let is_changing = |it: &&str| CHANGING.iter().any(|kind| it.starts_with(kind));
            let (change, leave): (Vec<_>, Vec<_>) = only.split_whitespace().partition(is_changing);
            exact = leave.into_iter().map(str::to_owned).collect();
            changing = change.into_iter().map(str::to_owned).collect();
        }
        println!(
            "{} faults at {requests} requests for {} rows",
            exact.len() + changing.len(),
            expected.len()
        );
        let mut wrong: Vec<String> = exact
            .iter()
            .filter_map(|it| self.exact(it, &expected))
            .collect();
        wrong.extend(changing.iter().filter_map(|it| self.changing(it)));
        assert!(
            wrong.is_empty(),
            "{} of them:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
}

fn difference(expected: &Rows, found: &Rows) -> String {
    let lost = expected
        .iter()
        .find(|(key, text)| found.get(*key) != Some(text));
    let more = found.keys().find(|key| !expected.contains_key(*key));
    let lost = lost.map(|(key, text)| (key, text.chars().take(200).collect::<String>()));
    format!(
        "expected {lost:?}, found {:?}; too much: {more:?}",
        lost.as_ref()
            .and_then(|(key, _)| found.get(*key))
            .map(|it| it.chars().take(200).collect::<String>())
    )
}

#[test]
fn testrail_survives_faults_at_its_requests() {
    let mut bench = Bench::new("testrail", "testrail", &[], &["14", "59"]);
    let history = ("case_history".to_owned(), "true".to_owned());
    bench.setup.options.extend([history]);
    bench.matrix(&[]);
}

#[test]
fn bugzilla_survives_faults_at_its_requests() {
    let queries = [(
        "found",
        "cf_qa_whiteboard=qa-found-in-&cf_qa_whiteboard_type=substring",
    )];
    Bench::new("bugzilla", "bmo", &queries, &[]).matrix(&[]);
}

#[test]
fn jira_survives_faults_at_its_requests() {
    let queries = [("requests", "filter=13856")];
    Bench::new("jira", "jira", &queries, &[]).matrix(&[]);
}

#[test]
fn github_survives_faults_at_its_requests() {
    // GitHub says of what it deleted that it is gone: with that status a row that is
    // asked for by its key is not there.
    Bench::new("github", "github", &[], &["mozilla-mobile/firefox-ios"]).matrix(&[GONE]);
}

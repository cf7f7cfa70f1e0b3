//! Taskcluster through a store: groups that are followed, and what becomes of those that
//! the service forgets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use crate::time::{Nobody, Time};
use jiff::SignedDuration;
use qaduct_pump::Ledger;
use qaduct_pump::pull::{Pulled, Wanted, pull};
use qaduct_records::pull::Part;
use qaduct_records::source::Failure;
use qaduct_records::values::values_of;
use qaduct_records::{Outcome, Query, Row as _, Secret, Store, TABLES};
use qaduct_replay::{Options, Server, World};
use qaduct_sources::{People, Setup};

const LATEST: &str = "gecko.v2.mozilla-central.latest.taskgraph.decision";

/// A service, a store, and how often was pulled.
struct Bench {
    server: Server,
    _folder: tempfile::TempDir,
    store: Box<dyn Store>,
    /// What is watched.
    projects: Vec<String>,
    pulls: u64,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("qaduct.db");
        let mut store = qaduct_stores::open(path.to_str().unwrap(), None).unwrap();
        let mut tables = TABLES.to_vec();
        tables.extend(qaduct_sources::tables());
        store.migrate(&tables, &[]).unwrap();
        let world = World::of("taskcluster", 7, 60);
        Self {
            server: Server::start(world, Options::default()).unwrap(),
            _folder: folder,
            store,
            projects: vec![LATEST.to_owned()],
            pulls: 0,
        }
    }

    /// A pull that is complete; gives the paths that were asked for.
    fn pull(&mut self) -> Vec<String> {
        let pulled = self.try_pull();
        assert_eq!(pulled.errors, []);
        assert!(
            matches!(pulled.run.outcome, Outcome::Complete | Outcome::Unchanged),
            "{:?}",
            pulled.run
        );
        let log = self.server.log().into_iter();
        log.map(|it| it.target).collect()
    }

    /// A pull, whatever comes of it.
    fn try_pull(&mut self) -> Pulled {
        self.server.clear_log();
        self.pulls += 1;
        let now = self.server.world().now();
        let setup = Setup {
            name: "ci".to_owned(),
            kind: "taskcluster".to_owned(),
            url: Some(self.server.url("taskcluster")),
            user: Some("qa".to_owned()),
            token: Some(Secret::new("token")),
            projects: self.projects.clone(),
            queries: BTreeMap::new(),
            fields: BTreeMap::new(),
            options: BTreeMap::new(),
            people: People::Keep,
            reserve: 0.0,
            requests_per_minute: None,
            now,
        };
        let time = Arc::new(Time(Mutex::new(now)));
        let (clock, sleep) = (Arc::clone(&time), Arc::clone(&time));
        let mut source = qaduct_sources::open(setup, clock, sleep).unwrap();
        let ledger = Ledger {
            command: "pull",
            subject: "ci".to_owned(),
            started_at: now,
            version: "0",
            salt: self.pulls,
        };
        let wanted = Wanted::default();
        let (store, source) = (self.store.as_mut(), source.as_mut());
        pull(store, source, &wanted, &ledger, time.as_ref(), &Nobody).unwrap()
    }

    /// The values of two columns of a table, in their order.
    fn stored(&self, table: &str, columns: [&str; 2]) -> BTreeSet<[String; 2]> {
        let tables = qaduct_sources::tables();
        let table = tables.iter().find(|it| it.name == table).unwrap();
        let query = Query::of(table.name, table.columns);
        let rows = self.store.reader().unwrap().query(&query).unwrap();
        let [one, other] = columns.map(|it| values_of(&rows, it).unwrap());
        let pairs = one.iter().zip(&other);
        pairs
            .map(|(one, other)| [one.to_string(), other.to_string()])
            .collect()
    }

    /// How many groups are done with.
    fn groups_aside(&self) -> usize {
        let query = Query::of(Part::TABLE.name, Part::TABLE.columns);
        let rows = self.store.reader().unwrap().query(&query).unwrap();
        let parts = Part::rows(&rows).unwrap().into_iter();
        let of_tasks = parts.filter(|it| it.stream == "tasks");
        of_tasks.filter(|it| it.aside.is_some()).count()
    }

    fn tasks(&self) -> BTreeSet<String> {
        let stored = self.stored("taskcluster_tasks", ["task_id", "state"]);
        stored.into_iter().map(|[id, _]| id).collect()
    }

    fn latest(&self) -> String {
        let world = self.server.world();
        let entry = world.get("taskcluster.index", LATEST).unwrap();
        entry["taskId"].as_str().unwrap().to_owned()
    }

    fn of_group(&self, group: &str) -> BTreeSet<String> {
        self.server
            .world()
            .ids_where("taskcluster.tasks", |it| it["_group"] == group)
    }

    /// Lets every task end.
    fn end_all(&self) {
        let mut world = self.server.world();
        for id in world.ids("taskcluster.tasks") {
            world.change("taskcluster.tasks", &id, |it| {
                let state = it["status"]["state"].as_str().unwrap();
                if ["running", "pending", "unscheduled"].contains(&state) {
                    it["status"]["state"] = "exception".into();
                }
            });
        }
    }
}

fn lists(asked: &[String]) -> usize {
    asked
        .iter()
        .filter(|it| it.contains("/task-group/"))
        .count()
}

#[test]
fn a_group_is_followed_until_its_tasks_have_ended_and_are_past_their_deadlines() {
    let mut bench = Bench::new();
    let first = bench.latest();
    assert_eq!(lists(&bench.pull()), 1);
    assert_eq!(bench.tasks(), bench.of_group(&first));
    // It is not done with, and so tells how old the data are.
    assert_eq!(bench.groups_aside(), 0);

    // A push, and somebody adds a task to the group before it.
    let before = bench.of_group(&first).len();
    bench.server.world().advance(1);
    let second = bench.latest();
    assert_eq!(lists(&bench.pull()), 2);
    let both: BTreeSet<_> = bench
        .of_group(&first)
        .union(&bench.of_group(&second))
        .cloned()
        .collect();
    assert_eq!(bench.of_group(&first).len(), before + 1);
    assert_eq!(bench.tasks(), both);

    // What has ended can be run again until its deadline.
    bench.end_all();
    assert_eq!(lists(&bench.pull()), 2);
    let states = bench.stored("taskcluster_tasks", ["state", "is_settled"]);
    assert!(
        !states.iter().any(|[state, _]| state == "running"),
        "{states:?}"
    );
    assert_eq!(lists(&bench.pull()), 2);
    bench.server.world().pass(SignedDuration::from_hours(30));
    assert_eq!(lists(&bench.pull()), 2);
    assert_eq!(lists(&bench.pull()), 0);
    let settled = bench.stored("taskcluster_tasks", ["is_settled", "_gone"]);
    assert_eq!(settled, [["true".to_owned(), String::new()]].into());
    assert_eq!(bench.groups_aside(), 2);
}

#[test]
fn what_the_service_has_forgotten_stays_and_is_no_longer_asked_for() {
    let mut bench = Bench::new();
    let first = bench.latest();
    bench.pull();
    let known = bench.of_group(&first);
    bench
        .server
        .world()
        .pass(SignedDuration::from_hours(400 * 24));
    bench.server.world().advance(1);
    let second = bench.latest();
    for added in bench.of_group(&first).difference(&known) {
        bench.server.world().remove("taskcluster.tasks", added);
    }
    let asked = bench.pull();
    assert!(
        asked
            .iter()
            .any(|it| it.contains(&format!("/task-group/{first}/")))
    );
    let all: BTreeSet<_> = known.union(&bench.of_group(&second)).cloned().collect();
    assert_eq!(bench.tasks(), all);
    let expired = [first.clone(), "expired".to_owned()];
    assert!(
        bench
            .stored("taskcluster_decisions", ["task_id", "_gone"])
            .contains(&expired)
    );
    let marked = bench.stored("taskcluster_tasks", ["task_id", "_gone"]);
    let marked = marked.into_iter().filter(|[_, how]| how == "orphaned");
    assert_eq!(marked.map(|[id, _]| id).collect::<BTreeSet<_>>(), known);
    let asked = bench.pull();
    assert!(!asked.iter().any(|it| it.contains(&first)), "{asked:?}");
}

#[test]
fn a_watched_task_or_path_that_has_expired_makes_no_pull_incomplete() {
    let mut bench = Bench::new();
    let first = bench.latest();
    bench.projects = vec![first.clone(), LATEST.to_owned()];
    bench.pull();
    let known = bench.tasks();
    bench
        .server
        .world()
        .pass(SignedDuration::from_hours(400 * 24));
    for _ in 0..2 {
        let pulled = bench.try_pull();
        assert_eq!(pulled.errors, []);
        assert_ne!(pulled.run.outcome, Outcome::Incomplete);
        let told: Vec<_> = pulled.notices.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                format!(
                    "ci.index (watched={first}): the service no longer has it; what is stored stays"
                ),
                format!(
                    "ci.index (watched={LATEST}): the service no longer has it; what is stored stays"
                ),
            ]
        );
        assert_eq!(
            pulled.notices[0].hint.as_deref(),
            Some("take it out of `projects` of [source.ci]")
        );
        assert_eq!(
            bench.stored("taskcluster_index", ["task_id", "_gone"]),
            [[first.clone(), "expired".to_owned()],].into()
        );
        assert_eq!(bench.tasks(), known);
    }
}

#[test]
fn a_watched_task_that_was_never_there_is_an_error_and_hinders_no_other() {
    let mut bench = Bench::new();
    let first = bench.latest();
    bench.projects = vec![first.clone(), "M_tLrsF2Q1unMSn-KivVJg".to_owned()];
    for _ in 0..2 {
        let pulled = bench.try_pull();
        assert_eq!(pulled.run.outcome, Outcome::Incomplete);
        assert_eq!(pulled.errors.len(), 1);
        assert_eq!(pulled.errors[0].kind, Failure::Missing);
    }
    assert_eq!(bench.tasks(), bench.of_group(&first));
}

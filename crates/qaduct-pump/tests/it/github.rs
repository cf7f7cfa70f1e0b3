//! GitHub through a store: what only more than one pull shows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use qaduct_http::Sleep;
use qaduct_pump::Ledger;
use qaduct_pump::pull::{Progress, Pulled, Wanted, Watch, pull};
use qaduct_records::stream::GONE_AT;
use qaduct_records::values::values_of;
use qaduct_records::{Clock, Outcome, Query, Secret, Store, TABLES, Test};
use qaduct_replay::{Options, Server, World};
use qaduct_sources::{People, Setup};

const NAME: &str = "mozilla-mobile/firefox-ios";

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

/// A service, a store, and how often was pulled.
struct Bench {
    server: Server,
    _folder: tempfile::TempDir,
    store: Box<dyn Store>,
    pulls: u64,
}

impl Bench {
    fn new() -> Self {
        Self::with(Options::default())
    }

    fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("qaduct.db");
        let mut store = qaduct_stores::open(path.to_str().unwrap(), None).unwrap();
        let mut tables = TABLES.to_vec();
        tables.extend(qaduct_sources::tables());
        store.migrate(&tables, &[]).unwrap();
        Self {
            server: Server::start(World::of("github", 7, 400), options).unwrap(),
            _folder: folder,
            store,
            pulls: 0,
        }
    }

    /// Pulls these streams of a repository, an hour after the last time.
    fn pull(&mut self, repository: &str, streams: &[&str]) -> Pulled {
        self.server.clear_log();
        self.server.world().pass(SignedDuration::from_hours(1));
        self.pulls += 1;
        let now = self.server.world().now();
        let setup = Setup {
            name: "github".to_owned(),
            kind: "github".to_owned(),
            url: Some(self.server.url("github")),
            user: None,
            token: Some(Secret::new("token")),
            projects: vec![repository.to_owned()],
            queries: BTreeMap::new(),
            fields: BTreeMap::new(),
            options: BTreeMap::new(),
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
            subject: "github".to_owned(),
            started_at: now,
            version: "0",
            salt: self.pulls,
        };
        let wanted = Wanted {
            streams: streams.iter().map(|it| (*it).to_owned()).collect(),
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
        let pulled = pulled.unwrap();
        assert_eq!(pulled.errors, []);
        pulled
    }

    /// The values of a column of the living rows.
    fn values(&self, table: &str, column: &str) -> Vec<String> {
        let tables = qaduct_sources::tables();
        let table = tables.iter().find(|it| it.name == table).unwrap();
        let mut query = Query::of(table.name, table.columns).filter(GONE_AT, Test::Missing);
        query.columns.retain(|it| it.name == column);
        let rows = self.store.reader().unwrap().query(&query).unwrap();
        let values = values_of(&rows, column).unwrap();
        let mut values: Vec<_> = values.iter().map(ToString::to_string).collect();
        values.sort();
        values
    }

    fn asked(&self, what: &str) -> Vec<u16> {
        let log = self.server.log();
        let found = log.iter().filter(|it| it.target.contains(what));
        found.map(|it| it.status).collect()
    }
}

#[test]
fn a_check_is_followed_to_its_end_after_its_pull_request_was_closed() {
    let mut bench = Bench::new();
    let streams = ["pulls", "check_runs"];
    bench.pull(NAME, &streams);
    let open = |it: &serde_json::Value| it["_repo"] == NAME && it["status"] == "in_progress";
    let id = bench.server.world().ids_where("github.checks", open);
    let id = id.first().expect("a check that has not ended").clone();
    // The pull request is closed; its check ends an hour later, and nothing else tells.
    let mut check = bench
        .server
        .world()
        .get("github.checks", &id)
        .unwrap()
        .clone();
    let pull = check["pull_requests"][0]["id"].to_string();
    {
        let mut world = bench.server.world();
        let mut pull = world.get("github.pulls", &pull).unwrap().clone();
        pull["state"] = "closed".into();
        pull["updated_at"] = world.now().to_string().into();
        world.put("github.pulls", pull);
    }
    bench.pull(NAME, &streams);
    check["status"] = "completed".into();
    check["conclusion"] = "success".into();
    bench.server.world().put("github.checks", check.clone());
    bench.pull(NAME, &streams);
    // What hangs on a deleted pull request is not to be had.
    let pulls = bench.server.world().ids("github.pulls");
    let there = bench.server.world().ids_where("github.checks", |it| {
        let pull = it["pull_requests"][0]["id"].to_string();
        it["_repo"] == NAME && it["status"] == "completed" && pulls.contains(&pull)
    });
    let completed = bench.values("github_check_runs", "status");
    let completed = completed.iter().filter(|it| *it == "completed").count();
    assert_eq!(completed, there.len());
    bench.pull(NAME, &streams);
    let sha = check["head_sha"].as_str().unwrap();
    assert_eq!(bench.asked(sha), [0; 0], "it has ended");
}

#[test]
fn what_has_not_changed_is_not_read_again_and_stays() {
    let mut bench = Bench::new();
    let streams = ["pulls", "check_runs"];
    bench.pull(NAME, &streams);
    let before = bench.values("github_check_runs", "check_run_id");
    assert!(!before.is_empty());
    let pulled = bench.pull(NAME, &streams);
    assert_eq!(pulled.run.outcome, Outcome::Unchanged);
    let asked = bench.asked("/check-runs");
    assert!(
        !asked.is_empty() && asked.iter().all(|it| *it == 304),
        "{asked:?}"
    );
    assert_eq!(bench.values("github_check_runs", "check_run_id"), before);
}

#[test]
fn a_repository_that_is_renamed_between_two_pulls_stays_one_repository() {
    let mut bench = Bench::new();
    let streams = ["repositories", "issues", "pulls", "pull_details", "reviews"];
    bench.pull(NAME, &streams);
    let tables = [
        ("github_repositories", "repository_id"),
        ("github_issues", "issue_id"),
        ("github_pulls", "pull_id"),
        ("github_pull_details", "pull_id"),
        ("github_reviews", "review_id"),
    ];
    let ids = |bench: &Bench| tables.map(|(table, column)| bench.values(table, column));
    let before = ids(&bench);
    let new = "mozilla/nimbus";
    {
        let mut world = bench.server.world();
        let mut repository = world.get("github.repos", "100001").unwrap().clone();
        let mut old = repository.clone();
        repository["full_name"] = new.into();
        world.put("github.repos", repository);
        old["id"] = 100_098.into();
        old["_moved_to"] = "100001".into();
        world.put("github.repos", old);
        for collection in ["github.issues", "github.pulls"] {
            for id in world.ids_where(collection, |it| it["_repo"] == NAME) {
                let mut record = world.get(collection, &id).unwrap().clone();
                record["_repo"] = new.into();
                world.put(collection, record);
            }
        }
    }
    let pulled = bench.pull(NAME, &streams);
    assert_eq!(pulled.notices.len(), 1);
    assert_eq!(ids(&bench), before);
    for (table, _) in tables {
        let mut names = bench.values(table, "repository");
        names.dedup();
        assert_eq!(names, [new], "{table}");
    }
    // Under whichever name: nothing flips between the two.
    for name in [new, NAME] {
        let pulled = bench.pull(name, &streams);
        assert_eq!(pulled.run.outcome, Outcome::Unchanged);
    }
}

#[test]
fn an_issue_that_goes_while_its_list_is_read_takes_no_other_with_it() {
    // An item of the first page goes when it was served, and all behind it move up.
    let mut bench = Bench::with(Options {
        page: Some(6),
        faults: vec!["drop@/issues?:1".parse().unwrap()],
        ..Options::default()
    });
    bench.pull(NAME, &["issues"]);
    assert_eq!(bench.server.counters().faults, 1);
    let there = |bench: &Bench| {
        let world = bench.server.world();
        let issues = world.collection("github.issues").all();
        let of_repository = issues.filter(|it| {
            let url = it["repository_url"].as_str().unwrap_or_default();
            url.ends_with(NAME) || it["_repo"] == NAME
        });
        let mut ids: Vec<_> = of_repository.map(|it| it["id"].to_string()).collect();
        ids.sort();
        ids
    };
    let ids = there(&bench);
    assert!(ids.len() > 12, "{} issues", ids.len());
    let mut stored = bench.values("github_issues", "issue_id");
    stored.retain(|it| ids.contains(it));
    assert_eq!(stored, ids);
}

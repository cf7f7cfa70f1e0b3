//! What hangs on what is gone, in TestRail, which has the deepest tree: projects, suites
//! with cases, plans with entries and runs, runs with tests and results.

use std::sync::{Arc, Mutex};

use crate::time::{Nobody, Time};
use jiff::SignedDuration;
use qaduct_pump::Ledger;
use qaduct_pump::pull::{Pulled, Wanted, pull};
use qaduct_records::stream::{GONE, GONE_AT};
use qaduct_records::values::values_of;
use qaduct_records::{Clock, Outcome, Query, Secret, Store, TABLES, Test, Value};
use qaduct_replay::{Options, Server, World};
use qaduct_sources::{People, Setup};
use serde_json::json;

const TOKEN: &str = "hierarchy-token";
/// When everything was made: days before the first pull.
const MADE: i64 = 1_772_000_000;
const BELOW_RUNS: [&str; 2] = ["testrail_tests", "testrail_results"];

/// Two projects of the same shape. Each has two suites of one case, a plan that is open
/// with two runs, one that is completed with a run that is not, and two runs outside.
fn world() -> World {
    let mut world = World::empty();
    for (project, base) in [(17, 1_000), (59, 2_000)] {
        let mut put = |collection: &str, id: i64, mut record: serde_json::Value| {
            record["id"] = (base + id).into();
            record["project_id"] = project.into();
            record["created_on"] = MADE.into();
            record["name"] = format!("{collection} {id}").into();
            world.put(collection, record);
        };
        for suite in [1, 2] {
            put("testrail.suites", suite, json!({}));
            put(
                "testrail.sections",
                10 + suite,
                json!({"suite_id": base + suite}),
            );
            let case = json!({
                "suite_id": base + suite, "section_id": base + 10 + suite, "updated_on": MADE,
                "refs": "EX-1,EX-2",
            });
            put("testrail.cases", 20 + suite, case);
        }
        put("testrail.plans", 31, json!({"is_completed": false}));
        put("testrail.plans", 32, json!({"is_completed": true}));
        let runs = [
            (41, 31, false),
            (42, 31, false),
            (43, 32, false),
            (44, 0, false),
            (45, 0, true),
        ];
        for (run, plan, is_completed) in runs {
            let mut record = json!({
                "suite_id": base + 1, "is_completed": is_completed, "plan_id": null,
                "entry_id": format!("entry-{project}-{run}"),
            });
            if plan > 0 {
                record["plan_id"] = (base + plan).into();
            }
            put("testrail.runs", run, record);
            put(
                "testrail.tests",
                run * 10,
                json!({"run_id": base + run, "case_id": base + 21}),
            );
            let result = json!({
                "_run": base + run, "test_id": base + run * 10, "status_id": 1, "defects": "EX-3",
            });
            put("testrail.results", run * 10, result);
        }
        let record =
            json!({"id": project, "name": "Fenix", "suite_mode": 3, "is_completed": false});
        world.put("testrail.projects", record);
    }
    world
}

/// A TestRail, a store, and how the one is pulled into the other.
struct Bench {
    server: Server,
    store: Box<dyn Store>,
    _folder: tempfile::TempDir,
    projects: Vec<&'static str>,
    wanted: Wanted,
    pulls: u64,
}

impl Bench {
    fn new() -> Self {
        let options = Options {
            credentials: vec![TOKEN.to_owned()],
            ..Options::default()
        };
        let server = Server::start(world(), options).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("qaduct.db");
        let mut store = qaduct_stores::open(path.to_str().unwrap(), None).unwrap();
        let mut tables = TABLES.to_vec();
        tables.extend(qaduct_sources::tables());
        store.migrate(&tables, &[]).unwrap();
        Self {
            server,
            store,
            _folder: folder,
            projects: vec!["17", "59"],
            wanted: Wanted::default(),
            pulls: 0,
        }
    }

    /// Pulls an hour later.
    fn pull(&mut self) -> Pulled {
        self.server.world().pass(SignedDuration::from_hours(1));
        self.server.clear_log();
        self.pulls += 1;
        let now = self.server.world().now();
        let time = Arc::new(Time(Mutex::new(now)));
        let setup = Setup {
            name: "tools".to_owned(),
            kind: "testrail".to_owned(),
            url: Some(self.server.url("testrail")),
            user: Some("ada@example.org".to_owned()),
            token: Some(Secret::new(TOKEN)),
            projects: self.projects.iter().map(|it| (*it).to_owned()).collect(),
            queries: [].into(),
            fields: [].into(),
            options: [].into(),
            people: People::Keep,
            reserve: 0.0,
            requests_per_minute: None,
            now,
        };
        let clock = Arc::clone(&time) as Arc<dyn Clock>;
        let mut source = qaduct_sources::open(setup, clock, Arc::clone(&time) as _).unwrap();
        let ledger = Ledger {
            command: "pull",
            subject: "tools".to_owned(),
            started_at: now,
            version: "0",
            salt: self.pulls,
        };
        let source = source.as_mut();
        let store = self.store.as_mut();
        pull(store, source, &self.wanted, &ledger, time.as_ref(), &Nobody).unwrap()
    }

    /// Pulls, which brings no trouble.
    fn pull_well(&mut self) -> Pulled {
        let pulled = self.pull();
        assert_eq!(pulled.run.error, None);
        let whole = [Outcome::Complete, Outcome::Unchanged, Outcome::Limited];
        assert!(whole.contains(&pulled.run.outcome), "{pulled:?}");
        pulled
    }

    fn asked(&self, method: &str) -> usize {
        let log = self.server.log();
        log.iter()
            .filter(|it| format!("{it:?}").contains(method))
            .count()
    }

    /// How many rows of a table are there, and how those are gone that are not.
    fn rows(&self, table: &str, filter: Option<(&str, Test)>) -> (usize, Vec<String>) {
        let tables = qaduct_sources::tables();
        let table = tables.iter().find(|it| it.name == table).unwrap();
        let mut query = Query::of(table.name, table.columns);
        if let Some((column, test)) = filter {
            query = query.filter(column, test);
        }
        query.columns.retain(|it| it.name == GONE);
        let rows = self.store.reader().unwrap().query(&query).unwrap();
        let all = values_of(&rows, GONE).unwrap();
        let mut words: Vec<_> = all.iter().map(ToString::to_string).collect();
        words.retain(|it| !it.is_empty());
        let living = all.len() - words.len();
        words.sort();
        words.dedup();
        (living, words)
    }

    /// Since when a case is gone.
    fn gone_at(&self, table: &str, case: i64) -> Option<String> {
        let tables = qaduct_sources::tables();
        let table = tables.iter().find(|it| it.name == table).unwrap();
        let of_case = Test::In(vec![Value::Int(case)]);
        let mut query = Query::of(table.name, table.columns).filter("case_id", of_case);
        query.columns.retain(|it| it.name == GONE_AT);
        let rows = self.store.reader().unwrap().query(&query).unwrap();
        let at = values_of(&rows, GONE_AT).unwrap().swap_remove(0);
        (at != Value::Null).then(|| at.to_string())
    }

    fn living(&self, table: &str) -> usize {
        self.rows(table, Some((GONE_AT, Test::Missing))).0
    }

    fn remove(&self, collection: &str, id: &str) {
        self.server.world().remove(collection, id);
    }
}

fn with(column: &str, id: i64) -> Option<(&str, Test)> {
    Some((column, Test::In(vec![Value::Int(id)])))
}

#[test]
fn what_hangs_on_deleted_plans_and_runs_goes_with_them_and_comes_back_with_them() {
    let mut bench = Bench::new();
    bench.pull_well();
    let tree = [
        "testrail_plans",
        "testrail_plan_entries",
        "testrail_runs",
        "testrail_tests",
        "testrail_results",
    ];
    let before = tree.map(|it| bench.living(it));
    assert!(before.iter().all(|it| *it > 1), "{before:?}");

    let world = bench.server.world().clone();
    for collection in ["testrail.plans", "testrail.runs"] {
        let ids = bench.server.world().ids(collection);
        ids.iter().for_each(|id| bench.remove(collection, id));
    }
    bench.pull_well();
    assert_eq!(tree.map(|it| bench.living(it)), [0; 5]);
    assert_eq!(bench.rows("testrail_plans", None).1, ["deleted"]);
    assert_eq!(bench.rows("testrail_runs", None).1, ["deleted", "orphaned"]);
    for table in [
        "testrail_plan_entries",
        "testrail_tests",
        "testrail_results",
    ] {
        assert_eq!(bench.rows(table, None).1, ["orphaned"], "{table}");
    }
    let pulled = bench.pull_well();
    assert_eq!(pulled.run.outcome, Outcome::Unchanged);
    assert_eq!(bench.asked("get_tests"), 0);

    *bench.server.world() = world;
    bench.pull_well();
    assert_eq!(tree.map(|it| bench.living(it)), before);
}

#[test]
fn what_stands_inside_records_goes_with_them_and_comes_back_with_them() {
    let mut bench = Bench::new();
    bench.pull_well();
    let inside = ["testrail_case_refs", "testrail_result_defects"];
    let before = inside.map(|it| bench.living(it));
    assert_eq!(before, [8, 10]);

    let world = bench.server.world().clone();
    bench.remove("testrail.suites", "1001");
    bench.remove("testrail.runs", "1041");
    bench.pull_well();
    assert_eq!(inside.map(|it| bench.living(it)), [6, 9]);
    let refs = bench.rows("testrail_case_refs", with("case_id", 1021));
    assert_eq!(refs, (0, vec!["orphaned".to_owned()]));
    let defects = bench.rows("testrail_result_defects", with("result_id", 1410));
    assert_eq!(defects, (0, vec!["orphaned".to_owned()]));

    *bench.server.world() = world;
    bench.pull_well();
    assert_eq!(inside.map(|it| bench.living(it)), before);

    bench.projects = vec!["59"];
    bench.pull_well();
    assert_eq!(inside.map(|it| bench.living(it)), [4, 5]);
    for table in inside {
        assert_eq!(bench.rows(table, None).1, ["unasked"], "{table}");
    }
    bench.projects = vec!["17", "59"];
    bench.pull_well();
    assert_eq!(inside.map(|it| bench.living(it)), before);
}

#[test]
fn what_stands_inside_a_case_in_the_bin_is_in_it_too() {
    let mut bench = Bench::new();
    bench.pull_well();
    let bin = |bench: &Bench, flag: i64| {
        let mut world = bench.server.world();
        let now = world.now().as_second();
        world.change("testrail.cases", "1021", |it| {
            it["is_deleted"] = flag.into();
            it["updated_on"] = now.into();
        });
    };
    bin(&bench, 1);
    bench.pull_well();
    let of_case = || with("case_id", 1021);
    assert_eq!(bench.rows("testrail_cases", of_case()).1, ["deleted"]);
    let refs = bench.rows("testrail_case_refs", of_case());
    assert_eq!(refs, (0, vec!["orphaned".to_owned()]));
    bin(&bench, 0);
    bench.pull_well();
    assert_eq!(bench.rows("testrail_case_refs", of_case()), (2, vec![]));
}

#[test]
fn a_case_is_in_the_bin_since_it_was_found_there() {
    let mut bench = Bench::new();
    bench.pull_well();
    let change = |bench: &Bench, column: &str, value: serde_json::Value| {
        let mut world = bench.server.world();
        world.change("testrail.cases", "1021", |it| it[column] = value.clone());
    };
    change(&bench, "is_deleted", 1.into());
    bench.wanted.full = true;
    bench.pull_well();
    let found = bench.gone_at("testrail_cases", 1021);
    assert!(found.is_some());
    let pulled = bench.pull_well();
    assert_eq!(bench.gone_at("testrail_cases", 1021), found);
    assert_eq!(pulled.run.outcome, Outcome::Unchanged);

    change(&bench, "title", "edited in the bin".into());
    bench.pull_well();
    assert_eq!(bench.gone_at("testrail_cases", 1021), found);
    change(&bench, "is_deleted", 0.into());
    bench.pull_well();
    assert_eq!(bench.gone_at("testrail_cases", 1021), None);
}

#[test]
fn a_run_that_is_taken_out_of_its_plan_is_marked_with_its_tests_and_results() {
    let mut bench = Bench::new();
    bench.pull_well();
    let all = bench.living("testrail_runs");
    bench.remove("testrail.runs", "1041");
    bench.pull_well();
    assert_eq!(bench.living("testrail_runs"), all - 1);
    assert_eq!(
        bench.rows("testrail_runs", with("run_id", 1041)).1,
        ["deleted"]
    );
    for table in BELOW_RUNS {
        assert_eq!(bench.rows(table, with("run_id", 1041)).0, 0, "{table}");
    }
    assert_eq!(
        bench.rows("testrail_tests", with("run_id", 1041)).1,
        ["orphaned"]
    );
}

#[test]
fn a_parent_that_goes_unseen_by_its_own_stream_is_asked_for_when_its_children_are_missing() {
    let mut bench = Bench::new();
    // Its plan is final and not read again; the run itself is open.
    let run = "1043";
    bench.pull_well();
    bench.remove("testrail.runs", run);
    let pulled = bench.pull();
    assert_eq!(pulled.errors, []);
    assert_eq!(bench.rows("testrail_runs", None).1, ["deleted"]);
    assert_eq!(bench.rows("testrail_tests", None).1, ["orphaned"]);
    bench.pull_well();
    assert_eq!(bench.asked(&format!("get_tests/{run}")), 0);
}

#[test]
fn cases_and_sections_of_a_deleted_suite_go_with_it() {
    let mut bench = Bench::new();
    bench.pull_well();
    bench.remove("testrail.suites", "1001");
    bench.pull_well();
    assert_eq!(bench.rows("testrail_suites", None).1, ["deleted"]);
    for table in ["testrail_sections", "testrail_cases"] {
        let (living, how) = bench.rows(table, with("suite_id", 1001));
        assert_eq!((living, how), (0, vec!["orphaned".to_owned()]), "{table}");
    }
}

#[test]
fn a_pull_of_one_project_asks_for_nothing_below_the_others() {
    let mut bench = Bench::new();
    bench.pull_well();
    let before = bench.living("testrail_cases");
    bench.projects = vec!["59"];
    bench.wanted.narrowed = true;
    bench.wanted.full = true;
    bench.pull_well();
    assert_eq!(bench.asked("get_sections/59"), 2);
    assert_eq!(bench.asked("get_results_for_run/2"), 5);
    assert_eq!(bench.asked("get_results_for_run/1"), 0);
    assert_eq!(bench.asked("get_sections/17"), 0);
    assert_eq!(bench.living("testrail_cases"), before);
}

#[test]
fn a_project_that_is_taken_out_of_the_settings_leaves_the_rows_and_comes_back_whole() {
    let mut bench = Bench::new();
    bench.pull_well();
    let tables = [
        "testrail_suites",
        "testrail_cases",
        "testrail_plans",
        "testrail_runs",
        "testrail_tests",
        "testrail_results",
    ];
    let before = tables.map(|it| bench.living(it));
    bench.projects = vec!["59"];
    bench.pull_well();
    for table in tables {
        assert_eq!(bench.rows(table, with("project_id", 17)).0, 0, "{table}");
        assert_eq!(bench.rows(table, None).1, ["unasked"], "{table}");
        assert_eq!(
            bench.rows(table, with("project_id", 59)).1,
            [""; 0],
            "{table}"
        );
    }
    assert_eq!(bench.asked("/17"), 0);
    bench.projects = vec!["17", "59"];
    bench.pull_well();
    assert_eq!(tables.map(|it| bench.living(it)), before);
}

//! TestRail: everything is read, from servers old and new.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::SignedDuration;
use qaduct_records::Value;
use qaduct_records::source::{Failure, Scope, Source};
use qaduct_replay::{Server, World};

use crate::reader::{
    assert_no_secret, open, parts, poll, read, read_all, read_some, reading, serve, setup, stream,
};
use crate::shelf::{Shelf, assert_same};

const TABLES: &[(&str, &str)] = &[
    ("testrail_projects", "testrail.projects"),
    ("testrail_suites", "testrail.suites"),
    ("testrail_sections", "testrail.sections"),
    ("testrail_cases", "testrail.cases"),
    ("testrail_case_fields", "testrail.case_fields"),
    ("testrail_case_types", "testrail.case_types"),
    ("testrail_priorities", "testrail.priorities"),
    ("testrail_statuses", "testrail.statuses"),
    ("testrail_runs", "testrail.runs"),
    ("testrail_plans", "testrail.plans"),
    ("testrail_tests", "testrail.tests"),
    ("testrail_results", "testrail.results"),
    ("testrail_milestones", "testrail.milestones"),
    ("testrail_users", "testrail.users"),
];

/// Made once: it takes longer than to read it.
static WORLD: LazyLock<World> = LazyLock::new(|| World::of("testrail", 7, 2_750));

fn world() -> World {
    WORLD.clone()
}

fn source(server: &Server, service: &str) -> Box<dyn Source> {
    open(setup(server, "testrail", service))
}

/// All that there is and nothing else.
fn assert_all_there(shelf: &Shelf, server: &Server) {
    for (table, collection) in TABLES {
        let living: BTreeSet<String> = shelf
            .keys(table)
            .into_iter()
            .filter(|key| !shelf.row(table, key).contains_key("_gone"))
            .collect();
        assert_eq!(living, server.world().ids(collection), "{table}");
    }
}

#[test]
fn all_that_is_served_is_read_from_servers_old_and_new() {
    let mut shelves = Vec::new();
    for service in ["testrail", "testrail-old"] {
        let server = serve(world(), &[]);
        let now = server.world().now();
        let shelf = read_all(source(&server, service).as_mut(), now);
        assert_all_there(&shelf, &server);
        assert_eq!(shelf.incomplete, Vec::<String>::new());
        assert_eq!(shelf.problems, []);
        assert_no_secret(&shelf, &server);
        shelves.push(shelf);
    }
    assert_same(&shelves[0], &shelves[1], "an old server has the same rows");
}

#[test]
fn runs_inside_of_plans_and_outside_share_a_table() {
    let server = serve(world(), &[]);
    let now = server.world().now();
    let shelf = read_all(source(&server, "testrail").as_mut(), now);
    let runs = shelf.rows("testrail_runs");
    let inside = runs
        .iter()
        .filter(|it| it["is_in_plan"] == Value::Bool(true));
    for run in inside.clone() {
        let plan = run["plan_id"].to_string();
        assert_eq!(
            shelf.row("testrail_plans", &plan)["project_id"],
            run["project_id"]
        );
        let entry = shelf.row("testrail_plan_entries", &run["entry_id"].to_string());
        assert_eq!(entry["plan_id"], run["plan_id"]);
    }
    let many = inside.count();
    assert!(many > 0 && many < runs.len());
}

#[test]
fn a_case_has_its_spans_in_seconds_its_references_as_rows_and_its_custom_fields_in_extra() {
    let mut world = world();
    let id = world.ids("testrail.cases").into_iter().next().unwrap();
    world.change("testrail.cases", &id, |it| {
        it["estimate"] = "1w 2d".into();
        it["estimate_forecast"] = "2hr 5min".into();
        it["refs"] = "MTE-1, 1900001,MTE-1".into();
        it["custom_sub_test_suites"] = serde_json::json!([1, 3]);
    });
    let server = serve(world, &[]);
    let now = server.world().now();
    let shelf = read_all(source(&server, "testrail").as_mut(), now);
    let case = shelf.row("testrail_cases", &id);
    assert_eq!(case["estimate"], "1w 2d".into());
    assert_eq!(case["estimate_seconds"], Value::Int(7 * 8 * 3600));
    assert_eq!(case["estimate_forecast_seconds"], Value::Int(7500));
    assert_eq!(case["refs"], "MTE-1, 1900001,MTE-1".into());
    let extra: serde_json::Value = serde_json::from_str(&case["_extra"].to_string()).unwrap();
    assert_eq!(extra["custom_sub_test_suites"], serde_json::json!([1, 3]));
    assert!(
        extra
            .as_object()
            .unwrap()
            .keys()
            .all(|it| it.starts_with("custom_"))
    );
    let refs: Vec<_> = shelf
        .rows("testrail_case_refs")
        .into_iter()
        .filter(|it| it["case_id"].to_string() == id)
        .map(|it| it["ref"].to_string())
        .collect();
    assert_eq!(refs, ["1900001", "MTE-1"]);
}

#[test]
fn a_span_that_is_none_is_null_and_a_problem_and_the_row_is_kept() {
    let mut world = world();
    let id = world.ids("testrail.results").into_iter().next().unwrap();
    world.change("testrail.results", &id, |it| {
        it["elapsed"] = "a while".into()
    });
    let server = serve(world, &[]);
    let now = server.world().now();
    let shelf = read_all(source(&server, "testrail").as_mut(), now);
    let row = shelf.row("testrail_results", &id);
    assert_eq!(row["elapsed"], "a while".into());
    assert_eq!(row.get("elapsed_seconds"), None);
    let [problem] = shelf.problems.as_slice() else {
        panic!("{:?}", shelf.problems);
    };
    assert_eq!(
        (problem.key.as_str(), problem.field.as_str()),
        (id.as_str(), "elapsed_seconds")
    );
    assert_eq!(problem.problem, "not a time span");
}

/// Streams with lists of more than one page.
const LONG: &[&str] = &["suites", "cases", "plans", "plan_entries", "results"];

#[test]
fn faults_on_the_way_change_nothing() {
    let undisturbed = {
        let server = serve(world(), &[]);
        let now = server.world().now();
        read_some(source(&server, "testrail").as_mut(), now, LONG)
    };
    for (fault, service) in [
        ("429+1@/7", "testrail"),
        ("429@/9", "testrail"),
        ("503@/6", "testrail"),
        ("cut@/8", "testrail-old"),
        ("cut-chunk@/8", "testrail"),
        ("cut-gzip@/11", "testrail"),
        ("html@/10", "testrail-old"),
        ("reset@/9", "testrail"),
        ("again@offset:1", "testrail"),
        ("loop@/4", "testrail"),
        ("move@/2", "testrail-old"),
    ] {
        let server = serve(world(), &[fault]);
        let now = server.world().now();
        let mut shelf = read_some(source(&server, service).as_mut(), now, LONG);
        assert!(server.counters().faults > 0, "{fault}");
        if fault.starts_with("move") {
            // Rows have changed meanwhile; that none is missing is what counts.
            for (table, _) in TABLES {
                assert_eq!(undisturbed.keys(table), shelf.keys(table), "{table}");
            }
            continue;
        }
        shelf.urls.clear();
        assert_same(&undisturbed, &shelf, &format!("{fault} at {service}"));
    }
}

#[test]
fn rows_that_move_up_while_they_are_read_are_not_passed_over() {
    for service in ["testrail", "testrail-old"] {
        for (name, list, collection) in [
            ("cases", "get_cases", "testrail.cases"),
            ("results", "get_results_for_run", "testrail.results"),
        ] {
            // After each page its first row is deleted.
            let server = serve(world(), &[&format!("drop@{list}:/1")]);
            let now = server.world().now();
            let (scope, before) = {
                let world = server.world();
                // The run and the suite with the most rows.
                let scope = match name {
                    "results" => {
                        let run = world.get("testrail.runs", "100001").unwrap();
                        ("run_id", run["id"].as_i64(), run["project_id"].as_i64())
                    }
                    _ => {
                        let case = world.collection("testrail.cases").all().next().unwrap();
                        let suite = world.get("testrail.suites", &case["suite_id"].to_string());
                        let project = suite.unwrap()["project_id"].as_i64();
                        ("suite_id", case["suite_id"].as_i64(), project)
                    }
                };
                let (field, id, _) = scope;
                let field = if field == "run_id" { "_run" } else { field };
                let of_part = |it: &serde_json::Value| it[field].as_i64() == id;
                (scope, world.ids_where(collection, of_part))
            };
            let (field, id, project) = scope;
            let scope = Scope::of([
                ("project_id", Value::Int(project.unwrap())),
                (field, Value::Int(id.unwrap())),
            ]);
            let mut source = source(&server, service);
            let stream = stream(source.as_ref(), name);
            let mut shelf = Shelf::default();
            let reading = reading(scope, None, now);
            read(source.as_mut(), stream, &reading, &mut shelf).unwrap();
            let left = server.world().ids(collection);
            let there: BTreeSet<_> = before.intersection(&left).cloned().collect();
            assert!(before.len() > 250, "{name} has {} rows", before.len());
            if service == "testrail" || name == "results" {
                assert!(server.counters().faults > 1, "{name} of {service}");
            }
            let read = shelf.keys(stream.table.name);
            let missing: Vec<_> = there.difference(&read).collect();
            assert_eq!(missing, Vec::<&String>::new(), "{name} of {service}");
        }
    }
}

#[test]
fn a_reading_goes_on_from_each_of_its_positions() {
    let server = serve(world(), &[]);
    let now = server.world().now();
    let mut source = source(&server, "testrail");
    let source = source.as_mut();
    let whole = read_all(source, now);
    let mut continued = 0;
    for name in ["cases", "tests", "results", "runs", "plans"] {
        let stream = stream(source, name);
        for scope in parts(source, stream, &whole) {
            let reading = reading(scope, None, now);
            let mut all = Shelf::default();
            let positions = read(source, stream, &reading, &mut all).unwrap();
            for (n, position) in positions.iter().enumerate() {
                let Some(position) = position else { continue };
                let mut shelf = Shelf::default();
                let mut pages = source.read(stream, &reading).unwrap();
                for _ in 0..=n {
                    shelf.keep(stream.table, &pages.next().unwrap().unwrap());
                }
                drop(pages);
                let mut later = reading.clone();
                later.position = Some(position.clone());
                read(source, stream, &later, &mut shelf).unwrap();
                assert_same(&all, &shelf, &format!("{name} from page {n}"));
                continued += 1;
            }
        }
    }
    assert!(continued > 3, "{continued} positions");
    let stream = stream(source, "cases");
    let mut foreign = reading(Scope::default(), None, now);
    foreign.position = Some("{}".to_owned());
    let error = source.read(stream, &foreign).err().unwrap();
    assert_eq!(error.kind, Failure::Position);
}

#[test]
fn changes_since_are_enough_to_be_as_a_new_reading() {
    let server = serve(world(), &[]);
    let before = server.world().now();
    let mut source = source(&server, "testrail");
    let source = source.as_mut();
    let mut shelf = read_all(source, before);
    let mut known = BTreeSet::new();
    for stream in source.streams() {
        for scope in parts(source, stream, &shelf) {
            known.insert((stream.name, scope.name));
        }
    }
    for _ in 0..3 {
        let lower = server.world().now() - SignedDuration::from_secs(120);
        server.world().advance(1);
        let now = server.world().now();
        for stream in source.streams() {
            for scope in parts(source, stream, &shelf) {
                let is_new = known.insert((stream.name, scope.name.clone()));
                let bounded = stream.cursor.filter(|_| !is_new).map(|_| lower);
                let week = now - SignedDuration::from_hours(7 * 24);
                let bounded = bounded.map(|it| {
                    if stream.name == "results" {
                        it.min(week)
                    } else {
                        it
                    }
                });
                let mut reading = reading(scope.clone(), bounded, now);
                reading.scope = scope.clone();
                read(source, stream, &reading, &mut shelf).unwrap();
                // What is still open is asked for by its key.
                if ["runs", "plans"].contains(&stream.name) {
                    let open: Vec<_> = shelf
                        .rows(stream.table.name)
                        .into_iter()
                        .filter(|it| it["is_completed"] == Value::Bool(false))
                        .filter(|it| it.get("is_in_plan") != Some(&Value::Bool(true)))
                        .map(|it| vec![it[stream.table.key[1]].clone()])
                        .collect();
                    poll(source, stream, &scope, open, &mut shelf);
                }
                if ["cases", "runs", "plans"].contains(&stream.name) {
                    let there = source.census(stream, &scope).unwrap();
                    let known = shelf.keys(stream.table.name);
                    let is_new = |key: &Vec<Value>| !known.contains(&key[0].to_string());
                    let unknown = there.iter().filter(|it| is_new(it)).cloned().collect();
                    poll(source, stream, &scope, unknown, &mut shelf);
                    let there: BTreeSet<_> = there.iter().map(|it| it[0].to_string()).collect();
                    let of_part = |row: &crate::shelf::Row| {
                        stream
                            .part_columns
                            .iter()
                            .all(|it| row.get(*it) == scope.values.get(*it))
                    };
                    let rows = shelf.rows(stream.table.name).into_iter();
                    let stored = rows.filter(|it| of_part(it));
                    let gone = stored
                        .map(|it| it[stream.table.key[1]].to_string())
                        .filter(|it| !there.contains(it))
                        .collect();
                    shelf.remove(stream.table.name, &gone);
                }
            }
        }
    }
    let now = server.world().now();
    let mut fresh = read_all(source, now);
    let binned = fresh.keys("testrail_cases").into_iter();
    let binned = binned.filter(|it| fresh.row("testrail_cases", it).contains_key("_gone"));
    let binned = binned.collect();
    fresh.remove("testrail_cases", &binned);
    for table in [
        "testrail_cases",
        "testrail_runs",
        "testrail_plans",
        "testrail_results",
        "testrail_tests",
    ] {
        for key in fresh.keys(table) {
            assert_eq!(
                shelf.row(table, &key),
                fresh.row(table, &key),
                "{table} {key}"
            );
        }
    }
    let keys = |it: &Shelf, table| it.keys(table);
    for table in ["testrail_cases", "testrail_runs", "testrail_plans"] {
        assert_eq!(keys(&shelf, table), keys(&fresh, table), "{table}");
    }
}

#[test]
fn a_row_that_is_asked_for_and_not_there_is_gone() {
    let server = serve(world(), &[]);
    let now = server.world().now();
    let mut source = source(&server, "testrail");
    let mut shelf = read_all(source.as_mut(), now);
    let ids = server
        .world()
        .ids_where("testrail.runs", |it| it["plan_id"].is_null());
    let mut ids = ids.into_iter();
    let (gone, stays) = (ids.next().unwrap(), ids.next().unwrap());
    server.world().remove("testrail.runs", &gone);
    let runs = stream(source.as_ref(), "runs");
    let keys = [&gone, &stays].map(|it| vec![Value::Int(it.parse().unwrap())]);
    poll(
        source.as_mut(),
        runs,
        &Scope::default(),
        keys.into(),
        &mut shelf,
    );
    assert_eq!(shelf.row("testrail_runs", &gone)["_gone"], "deleted".into());
    assert_eq!(shelf.row("testrail_runs", &stays).get("_gone"), None);
}

#[test]
fn projects_may_be_named_and_one_that_there_is_not_is_an_error() {
    let server = serve(world(), &[]);
    let name = {
        let world = server.world();
        let id = world.ids("testrail.projects").into_iter().next().unwrap();
        world.get("testrail.projects", &id).unwrap()["name"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let mut settings = setup(&server, "testrail", "testrail");
    settings.projects = vec![name];
    let mut named = open(settings);
    let suites = stream(named.as_ref(), "suites");
    assert_eq!(named.scopes(suites).unwrap().len(), 1);

    let mut settings = setup(&server, "testrail", "testrail");
    settings.projects = vec!["Nowhere".to_owned()];
    let error = open(settings).scopes(suites).unwrap_err();
    assert_eq!(error.kind, Failure::Config);
    assert!(
        error.to_string().contains("no project `Nowhere`"),
        "{error}"
    );
    assert!(error.hint.unwrap().contains("sources discover tools"));
}

#[test]
fn a_probe_tells_who_we_are_and_discovery_what_there_is() {
    let server = serve(world(), &[]);
    let mut source = source(&server, "testrail");
    assert!(source.probe().unwrap().user.contains('@'));
    let found = source.discover().unwrap();
    let ids = |what: &str| -> BTreeSet<String> {
        found
            .iter()
            .filter(|it| it.what == what)
            .map(|it| it.id.clone())
            .collect()
    };
    assert_eq!(ids("project"), server.world().ids("testrail.projects"));
    assert_eq!(ids("suite"), server.world().ids("testrail.suites"));

    let mut settings = setup(&server, "testrail", "testrail");
    settings.token = Some(qaduct_records::Secret::new("expired-token"));
    let error = open(settings).probe().unwrap_err();
    assert_eq!(error.kind, Failure::Credential);
    assert!(!format!("{error:?}").contains("expired-token"));
}

#[test]
fn without_the_rights_of_an_administrator_users_are_read_project_by_project() {
    let server = serve(world(), &["403@api/v2/get_users:1x2"]);
    let mut source = source(&server, "testrail");
    let users = stream(source.as_ref(), "users");
    let scopes = source.scopes(users).unwrap();
    assert_eq!(scopes.len(), server.world().ids("testrail.projects").len());
    let mut shelf = Shelf::default();
    let now = server.world().now();
    for scope in scopes {
        read(
            source.as_mut(),
            users,
            &reading(scope, None, now),
            &mut shelf,
        )
        .unwrap();
    }
    assert!(!shelf.keys("testrail_users").is_empty());
    assert!(shelf.urls.iter().all(|it| it.contains("get_users/")));
}

//! Taskcluster against the replay server.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use qaduct_records::source::{Failure, Scope};
use qaduct_records::{Secret, Value};
use qaduct_replay::{Options, Server, World};
use qaduct_sources::{People, Setup};
use serde_json::{Value as Json, json};

use crate::house::{
    House, TOKEN, all_of, assert_same, open, parts, pull, read, setup, stream, world,
};
use crate::script;

/// Each push of the world.
const PUSHES: &str = "gecko.v2.mozilla-central.nightly.*";
const LATEST: &str = "gecko.v2.mozilla-central.latest.taskgraph.decision";
/// The recorded answers; see `recorded/README.md`.
const RECORDED: &[u8] = include_bytes!("recorded/taskcluster-groups.json.gz");

fn serve(world: World, page: Option<usize>, now: Timestamp) -> Server {
    let options = Options {
        credentials: vec![TOKEN.to_owned()],
        page,
        clock: Some(Arc::new(move || now)),
        ..Options::default()
    };
    Server::start(world, options).unwrap()
}

fn settings(server: &Server, projects: &[&str], now: Timestamp) -> Setup {
    let mut setup = setup("taskcluster", server.url("taskcluster"), now);
    setup.user = Some("mozilla-auth0/qa".to_owned());
    setup.projects = projects.iter().map(|it| (*it).to_owned()).collect();
    let artifacts = ("artifacts".to_owned(), "true".to_owned());
    setup.options = [artifacts].into();
    setup
}

fn anonymous(server: &Server, projects: &[&str], now: Timestamp) -> Setup {
    Setup {
        user: None,
        token: None,
        ..settings(server, projects, now)
    }
}

fn all(setup: Setup) -> House {
    let now = setup.now;
    pull(&mut *open(setup), &[], now).unwrap()
}

fn recorded() -> Vec<Json> {
    let mut text = String::new();
    let mut unpacked = flate2::read::GzDecoder::new(RECORDED);
    unpacked.read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn task_of<'j>(world: &'j World, id: &str) -> &'j Json {
    world.get("taskcluster.tasks", id).unwrap()
}

#[test]
fn every_task_of_the_watched_groups_comes_with_its_runs_and_artifacts() {
    let world = world("taskcluster", 600);
    let now = world.now();
    for page in [None, Some(7)] {
        let server = serve(world.clone(), page, now);
        let house = all(settings(&server, &[PUSHES], now));
        assert_eq!(
            house.values("taskcluster_tasks", "task_id"),
            world.ids("taskcluster.tasks")
        );
        let of_run = |task: &Json| {
            let runs = task["status"]["runs"].as_array().unwrap().iter();
            let id = task["_id"].as_str().unwrap().to_owned();
            runs.map(|it| vec![id.clone(), it["runId"].to_string()])
                .collect::<Vec<_>>()
        };
        let runs = world.collection("taskcluster.tasks").all().flat_map(of_run);
        let stored: BTreeSet<_> = house.tables["taskcluster_runs"].keys().cloned().collect();
        assert_eq!(stored, runs.collect());
        let there = world.ids_where("taskcluster.artifacts", |it| {
            it["expires"]
                .as_str()
                .unwrap()
                .parse::<Timestamp>()
                .unwrap()
                > now
        });
        let stored = house.tables["taskcluster_artifacts"].keys();
        assert_eq!(
            stored.map(|it| it.join("/")).collect::<BTreeSet<_>>(),
            there
        );
        assert!(there.len() < world.ids("taskcluster.artifacts").len());
        assert_eq!((house.problems, house.incomplete), (vec![], vec![]));
        assert_eq!(server.violations(), [""; 0]);
    }
}

#[test]
fn a_group_is_stored_without_what_its_pages_say_of_themselves() {
    let world = world("taskcluster", 600);
    let now = world.now();
    for page in [None, Some(7)] {
        let server = serve(world.clone(), page, now);
        let house = all(settings(&server, &[PUSHES], now));
        assert!(
            !house
                .values("taskcluster_groups", "task_group_id")
                .is_empty()
        );
        assert_eq!(
            house.values("taskcluster_groups", "_extra"),
            BTreeSet::new()
        );
    }
}

#[test]
fn a_task_tells_what_it_is_and_how_its_runs_went() {
    let world = world("taskcluster", 600);
    let (server, now) = (serve(world.clone(), None, world.now()), world.now());
    let house = all(settings(&server, &[PUSHES], now));
    let twice = |it: &Json| it["status"]["runs"][1]["reasonCreated"] == "rerun";
    let id = world
        .ids_where("taskcluster.tasks", twice)
        .pop_first()
        .unwrap();
    let (task, row) = (task_of(&world, &id), house.row("taskcluster_tasks", &[&id]));
    for (column, value) in [
        ("task_group_id", &task["_group"]),
        ("label", &task["task"]["tags"]["label"]),
        ("kind", &task["task"]["tags"]["kind"]),
        (
            "platform",
            &task["task"]["extra"]["treeherder"]["machine"]["platform"],
        ),
        ("created_at", &task["task"]["created"]),
        ("deadline_at", &task["status"]["deadline"]),
    ] {
        assert_eq!(row[column], value.as_str().unwrap(), "{column}");
    }
    assert_eq!(row["task_queue_id"], "gecko-t/t-linux-xlarge");
    assert_eq!(
        (row["state"].as_str(), row["run_count"].as_str()),
        ("completed", "2")
    );
    assert_eq!(
        row["_extra"],
        r#"{"worker-implementation":"docker-worker","animal":"🦊","jobKind":"test"}"#
    );
    let run = house.row("taskcluster_runs", &[&id, "0"]);
    assert_eq!(
        (run["state"].as_str(), run["reason_resolved"].as_str()),
        ("failed", "failed")
    );
    assert_eq!(
        house.row("taskcluster_runs", &[&id, "1"])["state"],
        "completed"
    );
}

#[test]
fn neither_payloads_nor_scopes_nor_the_credential_are_kept() {
    let world = world("taskcluster", 600);
    let (server, now) = (serve(world.clone(), None, world.now()), world.now());
    let mut settings = settings(&server, &[PUSHES, LATEST], now);
    settings.people = People::Hash(Secret::new("salt"));
    let house = all(settings);
    for planted in [
        "not-to-be-stored",
        "secrets:get",
        TOKEN,
        "person3@example.org",
    ] {
        assert!(!house.texts().any(|it| it.contains(planted)), "{planted}");
    }
    for seen in server.log() {
        assert!(!format!("{seen:?}").contains(TOKEN), "{}", seen.target);
    }
}

#[test]
fn without_a_credential_what_is_public_is_read_and_a_wrong_one_is_refused() {
    let world = world("taskcluster", 600);
    let (server, now) = (serve(world.clone(), None, world.now()), world.now());
    let signed = all(settings(&server, &[PUSHES], now));
    server.clear_log();
    let plain = all(anonymous(&server, &[PUSHES], now));
    assert_same(&plain, &signed, "anonymous");
    assert!(
        server
            .log()
            .iter()
            .all(|it| it.header("authorization").is_none())
    );

    let wrong = Setup {
        token: Some(Secret::new("another-key-4712")),
        ..settings(&server, &[PUSHES], now)
    };
    let error = pull(&mut *open(wrong), &[], now).unwrap_err();
    assert_eq!(error.kind, Failure::Credential);
    assert!(error.to_string().contains("Bad mac"), "{error}");
    assert!(!error.to_string().contains("4712"), "{error}");
}

#[test]
fn a_clock_that_is_wrong_by_an_hour_is_no_reason_to_be_refused() {
    let world = world("taskcluster", 600);
    let server = serve(world.clone(), None, world.now());
    let ours = world.now() - SignedDuration::from_hours(1);
    let probe = open(settings(&server, &[PUSHES], ours)).probe().unwrap();
    assert_eq!(probe.user, "mozilla-auth0/qa");
    assert!(!probe.permissions.is_empty());
    let statuses: Vec<_> = server.log().iter().map(|it| it.status).collect();
    assert_eq!(statuses, [401, 200]);
}

#[test]
fn the_recorded_groups_of_2018_load_completely() {
    let mut loaded = 0;
    for group in recorded() {
        let id = group["taskGroupId"].as_str().unwrap().to_owned();
        let tasks = group["tasks"].as_array().unwrap().clone();
        let ids = tasks
            .iter()
            .map(|it| it["status"]["taskId"].as_str().unwrap().to_owned());
        let ids: BTreeSet<String> = ids.collect();
        let made: Timestamp = tasks[0]["task"]["created"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let now = made + SignedDuration::from_hours(4);
        let mut world = World::empty();
        world.record("taskcluster.tasks", group).unwrap();
        let entry = json!({
            "namespace": "wpt.sync", "taskId": ids.first(), "rank": 0, "data": {},
            "expires": "2030-01-01T00:00:00Z", "_parent": "wpt",
        });
        world.put("taskcluster.index", entry);
        let server = serve(world, Some(50), now);
        let house = all(anonymous(&server, &["wpt.sync"], now));
        assert_eq!(house.values("taskcluster_tasks", "task_id"), ids, "{id}");
        assert_eq!((house.problems, house.incomplete), (vec![], vec![]), "{id}");
        for (key, row) in &house.tables["taskcluster_tasks"] {
            let task = tasks
                .iter()
                .find(|it| it["status"]["taskId"] == key[0].as_str());
            let task = task.unwrap();
            assert_eq!(row["state"], task["status"]["state"].as_str().unwrap());
            let of = |name: &str| task["status"][name].as_str().unwrap().to_owned();
            let queue = format!("{}/{}", of("provisionerId"), of("workerType"));
            assert_eq!(row["task_queue_id"], queue);
            assert!(!row.contains_key("project_id"), "{key:?}");
            assert_eq!(
                row["run_count"],
                task["status"]["runs"].as_array().unwrap().len().to_string()
            );
        }
        loaded += house.tables["taskcluster_tasks"].len();
    }
    assert_eq!(loaded, 362);
}

#[test]
fn a_task_is_settled_when_it_has_ended_and_can_no_longer_be_run_again() {
    let world = world("taskcluster", 600);
    let is_settled = |now: Timestamp| {
        let server = serve(world.clone(), None, now);
        let house = all(settings(&server, &[PUSHES], now));
        let rows = house.tables["taskcluster_tasks"].clone().into_iter();
        let settled = rows.filter(|(_, row)| row["is_settled"] == "true");
        settled
            .map(|(key, _)| key[0].clone())
            .collect::<BTreeSet<String>>()
    };
    let ended = world.ids_where("taskcluster.tasks", |it| {
        ["completed", "failed", "exception"].contains(&it["status"]["state"].as_str().unwrap())
    });
    let now = world.now();
    let past = |it: &Json| {
        it["status"]["deadline"]
            .as_str()
            .unwrap()
            .parse::<Timestamp>()
            .unwrap()
            < now
    };
    let past = world.ids_where("taskcluster.tasks", past);
    assert_eq!(
        is_settled(now),
        ended.intersection(&past).cloned().collect()
    );
    assert_eq!(is_settled(now + SignedDuration::from_hours(72)), ended);
    assert!(ended.len() < world.ids("taskcluster.tasks").len());
}

#[test]
fn a_path_leads_to_its_newest_task_a_namespace_to_all_and_a_task_to_its_group() {
    let world = world("taskcluster", 600);
    let (server, now) = (serve(world.clone(), None, world.now()), world.now());
    let newest = world.get("taskcluster.index", LATEST).unwrap()["taskId"]
        .as_str()
        .unwrap();
    let groups = |entry: &str| {
        let house = all(settings(&server, &[entry], now));
        house.values("taskcluster_tasks", "task_group_id")
    };
    let only: BTreeSet<String> = [newest.to_owned()].into();
    assert_eq!(groups(LATEST), only);
    assert_eq!(groups(newest), only);
    let other = |it: &Json| it["_group"] == newest && it["_id"] != newest;
    let other = world
        .ids_where("taskcluster.tasks", other)
        .pop_first()
        .unwrap();
    assert_eq!(groups(&other), only);
    let decisions = world.ids_where("taskcluster.tasks", |it| it["_id"] == it["_group"]);
    assert!(decisions.len() > 2);
    assert_eq!(groups(PUSHES), decisions);
}

#[test]
fn what_is_not_in_the_index_is_an_error_that_names_it() {
    let world = world("taskcluster", 600);
    let (server, now) = (serve(world.clone(), None, world.now()), world.now());
    let mut source = open(settings(&server, &["gecko.v2.misspelt"], now));
    let error = pull(&mut *source, &[], now).unwrap_err();
    assert_eq!(error.kind, Failure::Missing);
    assert!(
        error
            .to_string()
            .contains("taskcluster.index (watched=gecko.v2.misspelt)"),
        "{error}"
    );
    for (projects, expected) in [
        (&[][..], "needs `projects`"),
        (
            &["a b"][..],
            "`a b` is no index path, no namespace and no id of a task",
        ),
    ] {
        let error = pull(&mut *open(settings(&server, projects, now)), &[], now).unwrap_err();
        assert_eq!(error.kind, Failure::Config);
        assert!(error.to_string().contains(expected), "{error}");
    }
    let half = Setup {
        user: None,
        ..settings(&server, &[PUSHES], now)
    };
    let clock = Arc::new(crate::reader::Still::at(now));
    let error = qaduct_sources::open(half, Arc::clone(&clock) as _, clock)
        .err()
        .unwrap();
    assert!(error.to_string().contains("has no `user`"), "{error}");
}

#[test]
fn a_task_that_the_service_has_forgotten_is_found_to_be_expired() {
    let world = world("taskcluster", 600);
    let later = world.now() + SignedDuration::from_hours(400 * 24);
    let server = serve(world.clone(), None, later);
    let mut source = open(settings(&server, &[PUSHES], later));
    let decision = world.get("taskcluster.index", LATEST).unwrap()["taskId"]
        .as_str()
        .unwrap();
    let scope = Scope::of([("task_group_id", decision.into())]);
    let tasks = stream(&*source, "tasks");
    let error = read(
        &mut *source,
        tasks,
        &all_of(&scope, later),
        &mut House::default(),
    );
    assert_eq!(error.unwrap_err().kind, Failure::Missing);
    let decisions = stream(&*source, "decisions");
    let mut pages = source
        .poll(decisions, &scope, vec![vec![decision.into()]])
        .unwrap();
    let page = pages.next().unwrap().unwrap();
    assert_eq!((page.gone.len(), page.gone[0].how), (1, "expired"));
    assert!(pages.next().unwrap().is_none());
}

#[test]
fn a_404_without_a_word_of_taskcluster_does_not_say_that_a_task_has_expired() {
    let server = script::Server::new(|_, _| script::answer(404, "", "<html>not here</html>"));
    let now = Timestamp::UNIX_EPOCH;
    let mut setup = setup("taskcluster", server.url.clone(), now);
    setup.user = Some("qa".to_owned());
    setup.projects = vec![LATEST.to_owned()];
    let mut source = open(setup);
    let index = stream(source.as_ref(), "index");
    let key = [LATEST, LATEST, "M_tLrsF2Q1unMSn-KivVJg"].map(Value::from);
    let mut pages = source
        .poll(index, &Scope::default(), vec![key.to_vec()])
        .unwrap();
    let error = pages.next().unwrap_err();
    assert_eq!(error.kind, Failure::Missing, "{error}");
}

#[test]
fn a_reading_goes_on_behind_each_of_its_pages() {
    let world = world("taskcluster", 200);
    let (server, now) = (serve(world.clone(), Some(2), world.now()), world.now());
    let mut source = open(settings(&server, &[PUSHES], now));
    let whole = pull(&mut *source, &[], now).unwrap();
    for name in ["index", "tasks", "artifacts"] {
        let stream = stream(&*source, name);
        let scopes = parts(&mut *source, stream, &whole).unwrap();
        let scope = scopes.last().unwrap();
        let mut once = House::default();
        let positions = read(&mut *source, stream, &all_of(scope, now), &mut once).unwrap();
        assert!(!positions.is_empty(), "{name} has one page");
        for position in positions {
            let mut rest = House::default();
            let mut reading = all_of(scope, now);
            reading.position = Some(position.clone());
            read(&mut *source, stream, &reading, &mut rest).unwrap();
            let (rest, once) = (
                &rest.tables[stream.table.name],
                &once.tables[stream.table.name],
            );
            assert!(rest.len() < once.len(), "{name} at {position}");
            let last = once.keys().next_back();
            assert!(
                rest.is_empty() || rest.contains_key(last.unwrap()),
                "{name} at {position}"
            );
        }
    }
}

#[test]
fn discover_lists_what_stands_in_a_namespace() {
    let world = world("taskcluster", 600);
    let (server, now) = (serve(world.clone(), None, world.now()), world.now());
    let list = |projects: &[&str]| {
        let found = open(settings(&server, projects, now)).discover().unwrap();
        found
            .into_iter()
            .map(|it| (it.what, it.id))
            .collect::<Vec<_>>()
    };
    let central = list(&["gecko.v2.mozilla-central.*"]);
    assert_eq!(
        central,
        [
            ("namespace", "gecko.v2.mozilla-central.nightly.*".to_owned()),
            ("namespace", "gecko.v2.mozilla-central.latest.*".to_owned()),
        ]
    );
    assert!(list(&[PUSHES]).iter().all(|it| it.0 == "task"));
    assert_eq!(list(&[]), [("namespace", "gecko.*".to_owned())]);
}

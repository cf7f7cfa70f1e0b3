//! Taskcluster as its references have it.

use std::collections::BTreeSet;

use qaduct_replay::{Options, Server, World};
use serde_json::{Value, json};

use crate::client::{Got, send, serve};

const PUSHES: &str = "gecko.v2.mozilla-central.nightly";

/// An extract of `generated/references.json` of Taskcluster (Mozilla, MPL-2.0): the schemas
/// of answers.
fn schemas() -> Value {
    serde_json::from_str(include_str!("../specification/taskcluster.json")).unwrap()
}

fn get(server: &Server, path: &str) -> Got {
    let url = format!("{}/api/{path}", server.url("taskcluster"));
    send("GET", &url, &[], None).unwrap()
}

fn conforms(schema: &str, got: &Got) -> Value {
    let mut whole = schemas();
    whole["$ref"] = format!("#/definitions/{schema}").into();
    let body = got.json();
    let validator = jsonschema::validator_for(&whole).unwrap();
    let errors = validator.iter_errors(&body);
    let errors: Vec<String> = errors
        .map(|it| format!("{it} at {}", it.instance_path()))
        .collect();
    assert_eq!((got.status, errors), (200, Vec::new()), "{schema}");
    body
}

/// All pages of a list.
fn pages(server: &Server, schema: &str, path: &str) -> Vec<Vec<Value>> {
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let body = conforms(schema, &get(server, &format!("{path}?limit=1000{token}")));
        pages.push(body["tasks"].as_array().unwrap().clone());
        match body["continuationToken"].as_str() {
            None => return pages,
            Some(next) => token = format!("&continuationToken={next}"),
        }
    }
}

fn task(world: &World, test: impl Fn(&Value) -> bool) -> String {
    world
        .ids_where("taskcluster.tasks", test)
        .pop_first()
        .unwrap()
}

#[test]
fn answers_are_what_the_schemas_say() {
    let world = World::of("taskcluster", 7, 200);
    let server = serve(world.clone(), &[]);
    let twice = task(&world, |it| it["status"]["runs"][1].is_object());
    for (schema, path) in [
        (
            "index.v1.indexed-task-response",
            "index/v1/task/gecko.v2.mozilla-central.latest.taskgraph.decision".to_owned(),
        ),
        (
            "index.v1.list-tasks-response",
            format!("index/v1/tasks/{PUSHES}"),
        ),
        (
            "index.v1.list-namespaces-response",
            "index/v1/namespaces/gecko.v2".to_owned(),
        ),
        ("queue.v1.task", format!("queue/v1/task/{twice}")),
        (
            "queue.v1.task-status-response",
            format!("queue/v1/task/{twice}/status"),
        ),
        (
            "queue.v1.list-artifacts-response",
            format!("queue/v1/task/{twice}/runs/0/artifacts?limit=1000"),
        ),
    ] {
        conforms(schema, &get(&server, &path));
    }
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_group_is_listed_in_pages_of_which_the_last_may_be_empty() {
    let world = World::of("taskcluster", 7, 200);
    let decision = task(&world, |it| it["_id"] == it["_group"]);
    let of_group = world.ids_where("taskcluster.tasks", |it| it["_group"] == decision.as_str());
    for page in [1, 7, of_group.len(), 1_000] {
        let options = Options {
            page: Some(page),
            ..Options::default()
        };
        let server = Server::start(world.clone(), options).unwrap();
        let path = format!("queue/v1/task-group/{decision}/list");
        let pages = pages(&server, "queue.v1.list-task-group-response", &path);
        let is_filled = of_group.len().is_multiple_of(page);
        assert_eq!(pages.last().unwrap().is_empty(), is_filled, "{page}");
        let ids = pages.iter().flatten();
        let ids = ids.map(|it| it["status"]["taskId"].as_str().unwrap().to_owned());
        assert_eq!(ids.collect::<BTreeSet<_>>(), of_group);
        assert_eq!(pages.iter().flatten().count(), of_group.len());
    }
}

#[test]
fn what_is_past_its_time_is_not_there() {
    let mut world = World::of("taskcluster", 7, 200);
    let id = task(&world, |it| {
        it["_id"] != it["_group"] && it["status"]["state"] == "completed"
    });
    let group = world.get("taskcluster.tasks", &id).unwrap()["_group"]
        .as_str()
        .unwrap()
        .to_owned();
    world.change("taskcluster.tasks", &id, |it| {
        it["status"]["expires"] = "2026-01-01T00:00:00Z".into();
    });
    let server = serve(world, &[]);
    for path in [
        format!("queue/v1/task/{id}"),
        format!("queue/v1/task/{id}/status"),
        format!("queue/v1/task/{id}/runs/0/artifacts"),
        "queue/v1/task-group/M_tLrsF2Q1unMSn-KivVJg/list".to_owned(),
        "index/v1/task/gecko.v2.misspelt".to_owned(),
    ] {
        let got = get(&server, &path);
        assert_eq!(
            (got.status, &got.json()["code"]),
            (404, &json!("ResourceNotFound")),
            "{path}"
        );
    }
    let path = format!("queue/v1/task-group/{group}/list");
    let listed = pages(&server, "queue.v1.list-task-group-response", &path);
    let mut listed = listed.iter().flatten();
    assert!(!listed.any(|it| it["status"]["taskId"] == id.as_str()));
}

#[test]
fn what_is_signed_with_another_key_or_at_another_time_is_refused() {
    let options = Options {
        credentials: vec!["werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn".to_owned()],
        ..Options::default()
    };
    let server = Server::start(World::of("taskcluster", 7, 60), options).unwrap();
    let url = format!("{}/api/auth/v1/scopes/current", server.url("taskcluster"));
    for (header, why) in [
        (
            "Bearer werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn",
            "no Hawk",
        ),
        (
            "Hawk id=\"a\", ts=\"1772442000\", nonce=\"b\"",
            "Missing attributes",
        ),
        (
            "Hawk id=\"a\", ts=\"1772442000\", nonce=\"b\", mac=\"c\"",
            "Bad mac",
        ),
    ] {
        let got = send("GET", &url, &[("Authorization", header)], None).unwrap();
        assert_eq!(got.status, 401, "{header}");
        assert!(got.text.contains(why), "{}", got.text);
    }
    assert_eq!(send("GET", &url, &[], None).unwrap().status, 200);
}

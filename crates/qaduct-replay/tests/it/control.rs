//! What the server tells those who measure a client.

use qaduct_replay::{Server, World};
use serde_json::{Value, json};

use crate::client::{send, serve};

const ISSUES: &str = "repos/mozilla-mobile/firefox-ios/issues?state=all&per_page=50";

fn server() -> Server {
    serve(World::of("github", 1, 1_000), &[])
}

fn ask(server: &Server, client: &str, path: &str) {
    let url = format!("{}/{path}", server.url("github"));
    let headers = [("User-Agent", client), ("Authorization", "Bearer token")];
    send("GET", &url, &headers, None).unwrap();
}

fn told(server: &Server, method: &str, path: &str) -> Value {
    let url = format!("{}/{path}", server.url("replay"));
    send(method, &url, &[], None).unwrap().json()
}

#[test]
fn the_requests_and_rows_of_each_client_are_told_apart() {
    let server = server();
    ask(&server, "one", ISSUES);
    ask(&server, "one", "repos/mozilla-mobile/firefox-ios/issues/1");
    ask(&server, "other", "repos/nobody/nothing");
    let told = told(&server, "GET", "statistics");
    assert_eq!(
        told["one"],
        json!({
            "requests": 2, "refused": 0, "unchanged": 0, "rows": { "github.issues": 51 },
            "paths": {
                "/github/repos/mozilla-mobile/firefox-ios/issues": 1,
                "/github/repos/mozilla-mobile/firefox-ios/issues/*": 1,
            },
        })
    );
    assert_eq!(
        (&told["other"]["requests"], &told["other"]["refused"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn records_inside_others_count_as_shown() {
    let server = serve(World::of("testrail", 1, 2_000), &[]);
    let (plan, project) = {
        let world = server.world();
        let mut runs = world.collection("testrail.runs").all();
        let run = runs.find(|it| !it["plan_id"].is_null()).unwrap();
        (run["plan_id"].clone(), run["project_id"].clone())
    };
    let mine = |field: &str, id: &Value| {
        let all = |it: &Value| it[field] == *id;
        let collection = if field == "plan_id" {
            "runs"
        } else {
            "milestones"
        };
        let ids = server
            .world()
            .ids_where(&format!("testrail.{collection}"), all);
        json!(ids)
    };
    let headers = [
        ("Authorization", "Basic YTpi"),
        ("Content-Type", "application/json"),
    ];
    for path in [
        format!("get_plan/{plan}"),
        format!("get_milestones/{project}"),
    ] {
        let url = format!("{}/index.php?/api/v2/{path}", server.url("testrail"));
        assert_eq!(send("GET", &url, &headers, None).unwrap().status, 200);
    }
    assert_eq!(
        told(&server, "GET", "shown/testrail.runs"),
        mine("plan_id", &plan)
    );
    let milestones = told(&server, "GET", "shown/testrail.milestones");
    assert_eq!(milestones, mine("project_id", &project));
}

#[test]
fn what_is_forgotten_used_no_limit() {
    let server = server();
    ask(&server, "one", ISSUES);
    told(&server, "POST", "forget");
    assert_eq!(told(&server, "GET", "statistics"), json!({}));
}

#[test]
fn one_record_in_so_many_changes_and_all_ids_stay() {
    let server = server();
    let before = told(&server, "GET", "ids/github.issues");
    let changed = told(&server, "POST", "change/github.issues?every=100");
    let (all, changed) = (before.as_array().unwrap(), changed.as_array().unwrap());
    assert_eq!(changed.len(), all.len().div_ceil(100));
    assert_eq!(told(&server, "GET", "ids/github.issues"), before);
    let world = server.world();
    let now = world.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let touched = world.ids_where("github.issues", |it| it["updated_at"] == now.as_str());
    assert!(
        changed
            .iter()
            .all(|it| touched.contains(it.as_str().unwrap()))
    );
}

//! TestRail as its documentation has it.

use std::collections::BTreeSet;

use qaduct_replay::{Server, World};
use serde_json::Value;

use crate::client::{Got, send, serve};

const BASIC: (&str, &str) = ("Authorization", "Basic cGVyc29uMEBleGFtcGxlLm9yZzprZXk=");
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn get(server: &Server, call: &str) -> Got {
    let url = format!("{}/index.php?/api/v2/{call}", server.url("testrail"));
    send("GET", &url, &[BASIC, JSON], None).unwrap()
}

/// All rows of a list, by its links.
fn all(server: &Server, call: &str, envelope: &str) -> Vec<Value> {
    let (mut rows, mut call) = (Vec::new(), call.to_owned());
    loop {
        let body = get(server, &call).json();
        rows.extend(body[envelope].as_array().unwrap().iter().cloned());
        match body["_links"]["next"].as_str() {
            Some(next) => call = next.strip_prefix("/api/v2/").unwrap().to_owned(),
            None => return rows,
        }
    }
}

fn ids(rows: &[Value]) -> BTreeSet<String> {
    rows.iter().map(|it| it["id"].to_string()).collect()
}

#[test]
fn a_list_is_complete_when_its_links_are_followed() {
    let server = serve(World::of("testrail", 1, 3_300), &[]);
    let suite = 701;
    let rows = all(&server, &format!("get_cases/17&suite_id={suite}"), "cases");
    let there = server
        .world()
        .ids_where("testrail.cases", |it| it["suite_id"] == suite);
    assert!(there.len() > 250, "{}", there.len());
    assert_eq!(ids(&rows), there);
    assert_eq!(server.violations(), [""; 0]);
    assert_eq!(server.served("testrail.cases"), there);
}

#[test]
fn users_fill_more_than_a_page() {
    let server = serve(World::of("testrail", 1, 1_100), &[]);
    assert_eq!(all(&server, "get_users", "users").len(), 612);
}

#[test]
fn runs_of_plans_are_in_their_plan_and_in_no_list() {
    let server = serve(World::of("testrail", 1, 4_400), &[]);
    let mut found = BTreeSet::new();
    for project in [17, 59, 14, 48, 27, 71] {
        for run in all(&server, &format!("get_runs/{project}"), "runs") {
            assert!(run["plan_id"].is_null());
            found.insert(run["id"].to_string());
        }
        for plan in all(&server, &format!("get_plans/{project}"), "plans") {
            let plan = get(&server, &format!("get_plan/{}", plan["id"])).json();
            for entry in plan["entries"].as_array().unwrap() {
                found.extend(ids(entry["runs"].as_array().unwrap()));
            }
        }
    }
    assert_eq!(found, server.world().ids("testrail.runs"));
}

#[test]
fn what_the_documentation_does_not_allow_is_refused_or_noted() {
    let server = serve(World::of("testrail", 1, 1_100), &[]);
    let url = format!("{}/index.php?/api/v2/get_projects", server.url("testrail"));
    assert_eq!(send("GET", &url, &[BASIC], None).unwrap().status, 400);
    assert_eq!(send("GET", &url, &[JSON], None).unwrap().status, 401);
    let wrong = get(&server, "get_cases/17");
    assert_eq!(wrong.status, 400);
    assert_eq!(
        wrong.text,
        r#"{"error":"Field :suite_id is a required field."}"#
    );
    assert_eq!(get(&server, "get_runs/17&updated_after=1").status, 200);
    insta::assert_snapshot!(server.violations().join("\n"), @r"
    GET /testrail/index.php?/api/v2/get_projects: no `Content-Type: application/json`
    GET /testrail/index.php?/api/v2/get_runs/17&updated_after=1: unknown parameter `updated_after`
    ");
}

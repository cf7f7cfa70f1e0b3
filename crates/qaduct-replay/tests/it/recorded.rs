//! Recorded answers behind the same paging.

use std::path::Path;

use qaduct_replay::World;
use serde_json::Value;

use crate::client::{send, serve};

/// Excerpts whose sources are named beside them.
const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recorded");

#[test]
fn recorded_issues_are_served_in_pages() {
    let world = World::recorded(RECORDED).unwrap();
    let there = world.ids("github.issues");
    let server = serve(world, &[]);
    let name = |it: &Value| it["full_name"].as_str().unwrap().to_owned();
    let repos: Vec<String> = server
        .world()
        .collection("github.repos")
        .all()
        .map(name)
        .collect();
    assert_eq!(repos.len(), 2);
    for repo in repos {
        for page in 1..9 {
            let url = format!(
                "{}/repos/{repo}/issues?state=all&per_page=3&page={page}",
                server.url("github")
            );
            assert_eq!(
                send("GET", &url, &[("Authorization", "Bearer token")], None)
                    .unwrap()
                    .status,
                200
            );
        }
    }
    assert_eq!(server.served("github.issues"), there);
    assert!(there.len() > 5);
}

#[test]
fn a_file_that_names_no_collection_is_an_error() {
    let error = World::recorded(Path::new(RECORDED).join("wrong"))
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with(
            "issues.json: its name begins with no collection, such as `github.issues.json`"
        ),
        "{error}"
    );
    assert!(
        World::recorded("/nowhere")
            .unwrap_err()
            .to_string()
            .starts_with("cannot serve /nowhere")
    );
}

#[test]
fn recorded_records_stand_beside_generated_ones_and_the_server_says_what_it_shows() {
    let mut world = World::generated(1, 200);
    let generated = world.ids("github.issues");
    world.add_recorded(RECORDED).unwrap();
    let recorded = World::recorded(RECORDED).unwrap().ids("github.issues");
    let all = world.ids("github.issues");
    assert_eq!(all, &generated | &recorded);

    let server = serve(world, &[]);
    let told = |path: &str| {
        let url = server.url(path);
        send("GET", &url, &[], None).unwrap().json()
    };
    assert_eq!(told("replay")["github.issues"]["has"], all.len());
    assert_eq!(told("replay")["github.issues"]["shown"], 0);
    let url = format!(
        "{}/repos/duckdb/duckdb/issues?state=all",
        server.url("github")
    );
    let token = [("Authorization", "Bearer planted")];
    assert_eq!(send("GET", &url, &token, None).unwrap().status, 200);
    let shown = told("replay/shown/github.issues");
    assert_eq!(shown.as_array().unwrap().len(), 5);
    let has = told("replay/ids/github.issues");
    let has = has.as_array().unwrap().iter();
    assert!(has.eq(all.iter().map(String::as_str)));
    // To ask for it is no request to a service.
    assert_eq!(server.counters().requests, 1);
}

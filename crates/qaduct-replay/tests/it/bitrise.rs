//! Bitrise as its documentation has it.

use std::collections::BTreeSet;

use qaduct_replay::{Server, World};
use serde_json::Value;

use crate::client::{Got, send, serve};

const APP: &str = "0a1b2c3d4e5f6071";
const TOKEN: (&str, &str) = ("Authorization", "token");

fn get(server: &Server, path: &str) -> Got {
    let url = format!("{}/v0.1/{path}", server.url("bitrise"));
    send("GET", &url, &[TOKEN], None).unwrap()
}

fn slugs(rows: &Value) -> BTreeSet<String> {
    let rows = rows.as_array().unwrap();
    rows.iter()
        .map(|it| it["slug"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_list_is_complete_when_its_anchors_are_followed_though_builds_come_meanwhile() {
    let server = serve(World::of("bitrise", 1, 600), &[]);
    let list = format!("apps/{APP}/builds");
    let first = get(&server, &list).json();
    let total = first["paging"]["total_item_count"].as_u64().unwrap();
    assert_eq!(first["data"].as_array().unwrap().len(), 50);
    let (mut found, mut page) = (slugs(&first["data"]), first);
    while let Some(next) = page["paging"]["next"].as_str() {
        server.world().advance(1);
        page = get(&server, &format!("{list}?next={next}")).json();
        found.extend(slugs(&page["data"]));
    }
    assert_eq!(found.len() as u64, total);
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn builds_older_than_two_hundred_days_are_in_their_own_list_with_their_artifacts() {
    let server = serve(World::of("bitrise", 1, 600), &[]);
    let path = format!("apps/{APP}/archived-builds?after=0&before=2000000000&limit=1000");
    let archived = get(&server, &path).json();
    let found = slugs(&archived["data"]);
    let there = server.world().ids_where("bitrise.builds", |it| {
        it["_app"] == APP && it["triggered_at"].as_str().unwrap() < "2025-08-14T09:00:00Z"
    });
    assert!(there.len() > 50);
    assert_eq!(found, there);
    let rows = archived["data"].as_array().unwrap();
    assert!(rows.iter().all(|it| it.get("triggered_at").is_none()));
    assert!(
        rows.iter()
            .any(|it| it["build_artifacts"][0]["id"].is_string())
    );
    // One that is asked for by its slug is there at any age.
    let slug = found.first().unwrap();
    let build = get(&server, &format!("apps/{APP}/builds/{slug}"));
    assert_eq!(build.json()["data"]["slug"], slug.as_str());
}

#[test]
fn bounds_of_time_are_not_within() {
    let server = serve(World::of("bitrise", 1, 600), &[]);
    let newest = get(&server, &format!("apps/{APP}/builds?limit=1")).json();
    let at: jiff::Timestamp = newest["data"][0]["triggered_at"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let after = |second: i64| {
        let got = get(&server, &format!("apps/{APP}/builds?after={second}"));
        got.json()["paging"]["total_item_count"].as_u64().unwrap()
    };
    assert_eq!(after(at.as_second()), 0);
    assert_eq!(after(at.as_second() - 1), 1);
}

#[test]
fn what_the_specification_does_not_allow_is_refused_or_noted() {
    let server = serve(World::of("bitrise", 1, 150), &[]);
    let url = format!("{}/v0.1/apps", server.url("bitrise"));
    assert_eq!(send("GET", &url, &[], None).unwrap().status, 401);
    let bearer = ("Authorization", "Bearer token");
    assert_eq!(send("GET", &url, &[bearer], None).unwrap().status, 200);
    let list = format!("apps/{APP}/builds");
    assert_eq!(get(&server, &format!("{list}?next=nobody")).status, 400);
    assert_eq!(get(&server, &format!("{list}?since=1")).status, 200);
    assert_eq!(get(&server, "apps/none/builds").status, 404);
    insta::assert_snapshot!(server.violations().join("\n"), @r"
    GET /bitrise/v0.1/apps: something stands before the token
    GET /bitrise/v0.1/apps/0a1b2c3d4e5f6071/builds?since=1: unknown parameter `since`
    ");
}

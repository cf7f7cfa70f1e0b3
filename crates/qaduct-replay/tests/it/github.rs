//! GitHub as its documentation has it.

use std::collections::BTreeSet;

use qaduct_replay::{Options, Server, World};
use serde_json::Value;

use crate::client::{Got, send, serve};

const TOKEN: (&str, &str) = ("Authorization", "Bearer token");
const IOS: &str = "repos/mozilla-mobile/firefox-ios";

fn get(server: &Server, path: &str) -> Got {
    send(
        "GET",
        &format!("{}/{path}", server.url("github")),
        &[TOKEN],
        None,
    )
    .unwrap()
}

fn link(got: &Got, relation: &str) -> Option<String> {
    let links = got.header("link")?.split(", ");
    let mut found = links.filter(|it| it.ends_with(&format!("rel=\"{relation}\"")));
    Some(found.next()?.split(['<', '>']).nth(1)?.to_owned())
}

/// All rows of a list, by its links.
fn all(server: &Server, path: &str, envelope: &str) -> Vec<Value> {
    let mut url = format!("{}/{path}", server.url("github"));
    let mut rows = Vec::new();
    loop {
        let got = send("GET", &url, &[TOKEN], None).unwrap();
        assert_eq!(got.status, 200, "{}", got.text);
        let body = got.json();
        let page = if envelope.is_empty() {
            &body
        } else {
            &body[envelope]
        };
        rows.extend(page.as_array().unwrap().iter().cloned());
        match link(&got, "next") {
            Some(next) => url = next,
            None => return rows,
        }
    }
}

fn ids(rows: &[Value]) -> BTreeSet<String> {
    rows.iter().map(|it| it["id"].to_string()).collect()
}

fn of_ios(server: &Server, collection: &str, test: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    server.world().ids_where(collection, |it| {
        it["_repo"] == "mozilla-mobile/firefox-ios" && test(it)
    })
}

#[test]
fn lists_are_complete_when_their_links_are_followed() {
    let server = serve(World::of("github", 1, 1_440), &[]);
    let rows = all(
        &server,
        &format!("{IOS}/issues?state=all&sort=updated&direction=asc&per_page=100"),
        "",
    );
    assert!(rows.len() > 200);
    assert_eq!(ids(&rows), of_ios(&server, "github.issues", |_| true));
    assert!(rows.is_sorted_by_key(|it| it["updated_at"].as_str().unwrap()));
    let since = "2025-11-01T00:00:00Z";
    let rows = all(
        &server,
        &format!("{IOS}/issues?state=all&since={since}&per_page=100"),
        "",
    );
    assert_eq!(
        ids(&rows),
        of_ios(&server, "github.issues", |it| it["updated_at"]
            .as_str()
            .unwrap()
            >= since)
    );
    let open = all(&server, &format!("{IOS}/issues"), "");
    assert_eq!(
        ids(&open),
        of_ios(&server, "github.issues", |it| it["state"] == "open")
    );
    assert_eq!(
        ids(&all(
            &server,
            &format!("{IOS}/pulls?state=all&per_page=100"),
            ""
        )),
        of_ios(&server, "github.pulls", |_| true)
    );
    assert_eq!(
        ids(&all(
            &server,
            &format!("{IOS}/issues/comments?per_page=100"),
            ""
        )),
        of_ios(&server, "github.comments", |_| true)
    );
    assert_eq!(
        ids(&all(&server, &format!("{IOS}/releases?per_page=100"), "")),
        of_ios(&server, "github.releases", |_| true)
    );
    assert_eq!(
        ids(&all(
            &server,
            &format!("{IOS}/actions/artifacts?per_page=100"),
            "artifacts"
        )),
        of_ios(&server, "github.artifacts", |_| true)
    );
    for (path, collection) in [
        ("issues/events", "github.events"),
        ("pulls/comments", "github.review_comments"),
    ] {
        let rows = all(&server, &format!("{IOS}/{path}?per_page=100"), "");
        assert_eq!(ids(&rows), of_ios(&server, collection, |_| true));
    }
    let run = server
        .world()
        .ids_where("github.runs", |it| it["run_attempt"] == 2);
    let attempts = format!("{IOS}/actions/runs/{}/attempts", run.first().unwrap());
    assert_eq!(
        get(&server, &format!("{attempts}/1")).json()["conclusion"],
        "failure"
    );
    assert_eq!(
        get(&server, &format!("{attempts}/2/jobs")).json()["total_count"],
        1
    );
    assert_eq!(get(&server, &format!("{attempts}/3")).status, 404);
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn what_has_not_changed_costs_nothing() {
    let server = serve(World::of("github", 1, 600), &[]);
    let url = format!("{}/{IOS}/issues", server.url("github"));
    let first = get(&server, &format!("{IOS}/issues"));
    let tag = first.header("etag").unwrap().to_owned();
    let second = send("GET", &url, &[TOKEN, ("If-None-Match", &tag)], None).unwrap();
    assert_eq!((second.status, second.text.as_str()), (304, ""));
    assert_eq!(
        second.header("x-ratelimit-used"),
        first.header("x-ratelimit-used")
    );
    server.world().advance(1);
    assert_eq!(
        send("GET", &url, &[TOKEN, ("If-None-Match", &tag)], None)
            .unwrap()
            .status,
        200
    );
}

#[test]
fn filtered_runs_end_after_a_thousand() {
    let server = serve(World::of("github", 1, 6_400), &[]);
    let there = of_ios(&server, "github.runs", |_| true);
    assert!(there.len() > 1_000);
    let capped = all(
        &server,
        &format!("{IOS}/actions/runs?created=2020-01-01..2026-12-31&per_page=100"),
        "workflow_runs",
    );
    assert_eq!(capped.len(), 1_000);
    let total = get(
        &server,
        &format!("{IOS}/actions/runs?created=%3E%3D2020-01-01&per_page=1"),
    )
    .json();
    assert_eq!(total["total_count"], there.len());
    let mut split = BTreeSet::new();
    for window in [
        "2020-01-01..2025-06-30",
        "2025-07-01..2025-12-31",
        "2026-01-01..*",
    ] {
        split.extend(ids(&all(
            &server,
            &format!("{IOS}/actions/runs?created={window}&per_page=100"),
            "workflow_runs",
        )));
    }
    assert_eq!(split, there);
    assert_eq!(
        ids(&all(
            &server,
            &format!("{IOS}/actions/runs?per_page=100"),
            "workflow_runs"
        )),
        there
    );
    let run = server
        .world()
        .ids_where("github.runs", |it| it["run_attempt"] == 2);
    let run = run.first().unwrap();
    assert_eq!(
        get(&server, &format!("{IOS}/actions/runs/{run}/jobs")).json()["total_count"],
        1
    );
    assert_eq!(
        get(
            &server,
            &format!("{IOS}/actions/runs/{run}/jobs?filter=all")
        )
        .json()["total_count"],
        2
    );
}

#[test]
fn a_search_finds_what_its_qualifiers_say() {
    let server = serve(World::of("github", 1, 1_440), &[]);
    let q = "repo:mozilla-mobile/firefox-ios+is:issue+state:open+no:assignee+created:%3E%3D2025-10-01+-author:data-sync-user";
    let found = all(
        &server,
        &format!("search/issues?q={q}&per_page=50"),
        "items",
    );
    let expected = of_ios(&server, "github.issues", |it| {
        it.get("pull_request").is_none()
            && it["state"] == "open"
            && it["assignee"].is_null()
            && it["created_at"].as_str().unwrap() >= "2025-10-01"
            && it["user"]["login"] != "data-sync-user"
    });
    assert!(expected.len() > 10, "{}", expected.len());
    assert_eq!(ids(&found), expected);
    let label = all(
        &server,
        "search/issues?q=is:issue+label:%22good+first+issue%22&per_page=100",
        "items",
    );
    assert!(label.len() > 5);
    assert_eq!(
        get(&server, "search/issues?q=is:issue&per_page=100&page=11").status,
        422
    );
    assert_eq!(
        get(&server, "search/issues?q=repo:mozilla/none+is:issue").status,
        422
    );
}

#[test]
fn what_is_deleted_or_moved_says_so() {
    let server = serve(World::of("github", 1, 600), &[]);
    assert_eq!(get(&server, &format!("{IOS}/issues/3")).status, 410);
    let moved = get(&server, &format!("{IOS}/issues/4"));
    assert_eq!(moved.status, 301);
    assert!(
        moved
            .header("location")
            .unwrap()
            .ends_with("/repos/mozilla/experimenter/issues/1")
    );
    let renamed = get(
        &server,
        "repos/mozilla-mobile/firefox-ios-old-name/issues?state=all",
    );
    assert_eq!(renamed.status, 301);
    assert_eq!(
        send("GET", renamed.header("location").unwrap(), &[TOKEN], None)
            .unwrap()
            .status,
        200
    );
}

#[test]
fn limits_hold_when_they_are_asked_for() {
    let options = Options {
        limits: true,
        github_per_hour: 3,
        ..Options::default()
    };
    let server = Server::start(World::of("github", 1, 600), options).unwrap();
    let statuses: Vec<u16> = (0..5).map(|_| get(&server, "user").status).collect();
    assert_eq!(statuses, [200, 200, 200, 403, 403]);
    let limited = get(&server, "user");
    assert_eq!(limited.header("x-ratelimit-remaining"), Some("0"));
    let reset: i64 = limited
        .header("x-ratelimit-reset")
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(reset, server.world().now().as_second() + 3_600);
    assert_eq!(
        get(&server, "rate_limit").json()["resources"]["search"]["remaining"],
        30
    );
    server.world().pass(jiff::SignedDuration::from_hours(1));
    assert_eq!(get(&server, "user").status, 200);
}

#[test]
fn a_wrong_token_is_refused() {
    let options = Options {
        credentials: vec!["right".to_owned()],
        ..Options::default()
    };
    let server = Server::start(World::of("github", 1, 600), options).unwrap();
    assert_eq!(get(&server, "user").status, 401);
    let right = send(
        "GET",
        &format!("{}/user", server.url("github")),
        &[("Authorization", "Bearer right")],
        None,
    );
    assert_eq!(right.unwrap().status, 200);
    assert!(!format!("{:?}", server.log()).contains("right"));
}

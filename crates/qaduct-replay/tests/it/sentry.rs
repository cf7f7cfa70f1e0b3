//! Sentry: cursors, questions, limits of each endpoint.

use qaduct_replay::{Options, Server, World};

use crate::client::{Got, send, serve};

const BASE: &str = "api/0/organizations/mozilla";

fn get(server: &Server, path: &str) -> Got {
    let url = format!("{}/{BASE}/{path}", server.url("sentry"));
    send("GET", &url, &[("Authorization", "Bearer any")], None).unwrap()
}

fn ids(got: &Got) -> Vec<String> {
    let json = got.json();
    let rows = json.as_array().unwrap().iter();
    rows.map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The cursor of the next page, where it has results.
fn next(got: &Got) -> Option<String> {
    let link = got.header("link").unwrap();
    assert!(link.contains("rel=\"previous\""), "{link}");
    let next = link
        .split(", ")
        .find(|it| it.contains("rel=\"next\""))
        .unwrap();
    let cursor = next
        .split("cursor=\"")
        .nth(1)
        .unwrap()
        .trim_end_matches('"');
    next.contains("results=\"true\"").then(|| cursor.to_owned())
}

#[test]
fn what_comes_to_the_top_of_a_list_by_time_shifts_nothing() {
    let server = serve(World::of("sentry", 1, 900), &[]);
    let mut found = Vec::new();
    let mut cursor = String::new();
    for n in 0.. {
        let got = get(&server, &format!("issues/?query=&limit=50{cursor}"));
        found.extend(ids(&got));
        let Some(next) = next(&got) else {
            break;
        };
        cursor = format!("&cursor={next}");
        if n == 0 {
            let first = found[0].clone();
            server.world().touch("sentry.issues", &first);
        }
    }
    found.sort_unstable();
    let all: Vec<_> = server.world().ids("sentry.issues").into_iter().collect();
    assert_eq!(found, all);
}

#[test]
fn without_a_question_only_what_is_open_is_listed() {
    let server = serve(World::of("sentry", 1, 200), &[]);
    let open = server
        .world()
        .ids_where("sentry.issues", |it| it["status"] == "unresolved");
    let mut listed = ids(&get(&server, "issues/"));
    listed.sort_unstable();
    assert_eq!(listed, open.into_iter().collect::<Vec<_>>());
    assert!(ids(&get(&server, "issues/?query=")).len() > listed.len());
}

#[test]
fn an_answer_holds_ten_thousand_numbers_at_most() {
    let server = serve(World::of("sentry", 1, 200), &[]);
    let ask = |groups: usize| {
        let path = format!(
            "sessions/?field=sum(session)&groupBy=release&interval=1d&per_page={groups}\
             &start=2026-02-01T00:00:00Z&end=2026-02-28T23:59:59Z"
        );
        get(&server, &path).status
    };
    assert_eq!((ask(344), ask(345)), (200, 400));
}

#[test]
fn each_endpoint_is_counted_apart_and_says_when_its_window_ends() {
    let options = Options {
        limits: true,
        ..Options::default()
    };
    let server = Server::start(World::of("sentry", 1, 40), options).unwrap();
    let statuses: Vec<_> = (0..41).map(|_| get(&server, "projects/").status).collect();
    assert_eq!((statuses[39], statuses[40]), (200, 429));
    let limited = get(&server, "projects/");
    assert_eq!(limited.header("retry-after"), None);
    let reset = limited.header("x-sentry-rate-limit-reset").unwrap();
    assert_eq!(reset, (server.world().now().as_second() + 1).to_string());
    assert_eq!(get(&server, "releases/").status, 200);
}

#[test]
fn a_path_without_its_slash_is_noted() {
    let server = serve(World::of("sentry", 1, 40), &[]);
    assert_eq!(get(&server, "projects").status, 301);
    assert_eq!(server.violations().len(), 1);
}

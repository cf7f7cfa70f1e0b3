//! Services that count some of their paths apart.

use std::time::Duration;

use qaduct_http::{Call, Client, Kind, Limit, QuotaHeaders, Resource, Settings};

use crate::server::{Reply, Server, answer, json};
use crate::world::{World, client, limit, settings};

static RESOURCES: &[Resource] = &[
    Resource {
        name: "core",
        path: "",
        limit: None,
    },
    Resource {
        name: "search",
        path: "search/",
        limit: Some(Limit {
            requests: 2,
            per: Duration::from_secs(60),
        }),
    },
];

fn counting_apart(server: &Server) -> Settings {
    let settings = settings(&format!("{}api/v3/", server.url));
    Settings {
        quota: QuotaHeaders {
            resource: Some("x-ratelimit-resource"),
            resources: RESOURCES,
            forbidden_may_mean_slow_down: true,
            ..settings.quota
        },
        ..settings
    }
}

fn counted(status: u16, resource: &str, left: u32, more: &str) -> Reply {
    // 2026-03-01T12:10:00Z
    let headers = format!(
        "X-RateLimit-Limit: 60\r\nX-RateLimit-Remaining: {left}\r\nX-RateLimit-Reset: 1772367000\r\nX-RateLimit-Resource: {resource}\r\n{more}"
    );
    answer(status, &headers, "[]")
}

fn ask(client: &Client, path: &str) -> u64 {
    client.send(&Call::get(path)).unwrap().exchange.waited_ms
}

#[test]
fn each_resource_has_its_own_pace_and_its_own_quota() {
    let world = World::new();
    let server = Server::script(vec![
        counted(200, "search", 0, ""),
        counted(200, "core", 4000, ""),
        counted(200, "core", 3999, ""),
        counted(200, "search", 29, ""),
    ]);
    let client = client(counting_apart(&server), &world);
    ask(&client, "search/issues");
    assert_eq!(ask(&client, "repos/a/b"), 0, "nothing of it is used up");
    assert_eq!(ask(&client, "repos/a/search/"), 0);
    assert_eq!(
        (client.quota("core").left, client.quota("search").left),
        (Some(3999), Some(0))
    );
    let exchange = client.send(&Call::get("search/issues")).unwrap().exchange;
    assert_eq!(exchange.waited_ms, 601_000);
    assert_eq!(exchange.resource.as_deref(), Some("search"));
}

#[test]
fn the_limit_of_all_calls_holds_beside_that_of_a_resource() {
    let world = World::new();
    let server = Server::new(|_, _| json("[]"));
    let mut settings = counting_apart(&server);
    settings.limit = limit(6, 60);
    let client = client(settings, &world);
    let waited: Vec<u64> = ["x", "x", "search/a", "search/a", "x"]
        .map(|path| ask(&client, path))
        .to_vec();
    assert_eq!(waited, [0, 10_000, 10_000, 20_000, 10_000]);
    assert_eq!(
        (client.pace(""), client.pace("core"), client.pace("search")),
        (Some(6.0), Some(6.0), Some(2.0))
    );
}

#[test]
fn an_answer_is_believed_about_the_resource_that_it_names() {
    let world = World::new();
    let server = Server::script(vec![
        counted(200, "search", 7, ""),
        counted(200, "code_search", 0, ""),
        counted(200, "core", 9, ""),
    ]);
    let client = client(counting_apart(&server), &world);
    ask(&client, "repos/a/b");
    assert_eq!(client.quota("search").left, Some(7));
    assert_eq!(client.quota("core").left, None);
    // That one is of no call that is ever made, and must not hold up the others.
    ask(&client, "repos/a/b");
    assert_eq!(ask(&client, "repos/a/b"), 0);
}

#[test]
fn what_is_used_up_of_one_resource_does_not_hold_up_another() {
    let world = World::new();
    let server = Server::script(vec![
        counted(403, "search", 0, ""),
        counted(200, "core", 9, ""),
    ]);
    let mut settings = counting_apart(&server);
    settings.attempts = 1;
    let client = client(settings, &world);
    let error = client.send(&Call::get("search/issues")).unwrap_err();
    assert_eq!(error.kind, Kind::Quota);
    assert_eq!(ask(&client, "repos/a/b"), 0);
}

#[test]
fn who_is_too_fast_waits_with_every_resource() {
    let world = World::new();
    let server = Server::script(vec![
        counted(403, "search", 20, "Retry-After: 30\r\n"),
        counted(200, "core", 9, ""),
    ]);
    let mut settings = counting_apart(&server);
    settings.attempts = 1;
    let client = client(settings, &world);
    client.send(&Call::get("search/issues")).unwrap_err();
    assert_eq!(ask(&client, "repos/a/b"), 30_000);
}

#[test]
fn what_others_send_leaves_room_in_the_resource_that_they_ask() {
    let world = World::new();
    let server = Server::new(|_, _| json("[]"));
    let client = client(counting_apart(&server), &world);
    client.others_sent("search", 1);
    ask(&client, "search/a");
    assert_eq!(ask(&client, "search/a"), 60_000);
    assert_eq!(ask(&client, "x"), 0);
}

#[test]
fn a_limit_is_no_answer_even_where_its_status_would_be_one() {
    let world = World::new();
    let slow = "You have exceeded a secondary rate limit.";
    let server = Server::script(vec![
        answer(403, "", format!("{{\"message\": \"{slow}\"}}")),
        answer(
            403,
            "",
            "{\"message\": \"Resource not accessible by integration\"}",
        ),
    ]);
    let client = client(counting_apart(&server), &world);
    let answer = client.send(&Call::get("user").accept(&[403])).unwrap();
    assert_eq!((answer.status, answer.exchange.attempts), (403, 2));
    assert_eq!(answer.exchange.waited_ms, 60_000);
}

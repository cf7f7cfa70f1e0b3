//! Each fault as a client meets it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use qaduct_replay::{Server, World};
use serde_json::Value;

use crate::client::{Got, send, serve};

const TESTRAIL: &[(&str, &str)] = &[
    ("Authorization", "Basic cGVyc29uMEBleGFtcGxlLm9yZzprZXk="),
    ("Content-Type", "application/json"),
];

fn ask(server: &Server, method: &str, call: &str) -> Result<Got, String> {
    let url = format!("{}/index.php?/api/v2/{call}", server.url("testrail"));
    send(method, &url, TESTRAIL, None)
}

fn users(server: &Server, offset: usize) -> Value {
    ask(
        server,
        "GET",
        &format!("get_users&limit=250&offset={offset}"),
    )
    .unwrap()
    .json()
}

fn with(faults: &[&str]) -> Server {
    serve(World::of("testrail", 1, 600), faults)
}

#[test]
fn a_status_comes_in_the_shape_of_the_service() {
    let server = with(&[
        "429+7@get_users:1",
        "503@2",
        "410@search:1",
        "403@rest/bug:1",
        "secondary@issues:1",
        "500@rate_limit:1",
    ]);
    let first = ask(&server, "GET", "get_users").unwrap();
    assert_eq!(
        (first.status, first.header("retry-after")),
        (429, Some("7"))
    );
    let second = ask(&server, "GET", "get_users").unwrap();
    assert_eq!((second.status, second.header("retry-after")), (503, None));
    assert_eq!(ask(&server, "GET", "get_users").unwrap().status, 200);
    let mut shapes = vec![first.text, second.text];
    for path in [
        "jira/rest/api/3/search/jql",
        "bmo/rest/bug",
        "github/repos/a/b/issues",
        "github/rate_limit",
    ] {
        let got = send("GET", &server.url(path), &[], None).unwrap();
        shapes.push(format!("{} {}", got.status, got.text));
    }
    insta::assert_snapshot!(shapes.join("\n"), @r#"
    {"error":"API Rate Limit Exceeded"}
    {"error":"Service Unavailable"}
    410 {"errorMessages":["Gone"],"errors":{}}
    403 {"error":true,"code":102,"message":"You are not authorized to access that resource.","documentation":"https://bmo.readthedocs.io/en/latest/api/"}
    403 {"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.","documentation_url":"https://docs.github.com/rest","status":"403"}
    500 {"message":"Internal Server Error","documentation_url":"https://docs.github.com/rest","status":"500"}
    "#);
    assert_eq!(server.counters().faults, 6);
}

#[test]
fn a_body_that_is_cut_is_never_a_whole_answer() {
    for fault in ["cut@1", "cut-chunk@1", "cut-gzip@1", "reset@1"] {
        let server = with(&[fault]);
        let got = ask(&server, "GET", "get_users");
        assert!(got.is_err(), "{fault}: {got:?}");
        assert!(server.served("testrail.users").is_empty(), "{fault}");
        assert_eq!(
            ask(&server, "GET", "get_users").unwrap().status,
            200,
            "{fault}"
        );
        assert_eq!(server.log()[0].fault.as_deref(), Some(fault));
    }
}

#[test]
fn a_silent_or_slow_peer_takes_longer_than_anybody_waits() {
    for fault in ["silent@1", "slow@1"] {
        let server = with(&[fault]);
        assert!(ask(&server, "QUICK", "get_users").is_err(), "{fault}");
        assert_eq!(
            ask(&server, "GET", "get_users").unwrap().status,
            200,
            "{fault}"
        );
    }
}

#[test]
fn a_server_stops_at_once_though_somebody_waits() {
    let server = with(&["silent@1"]);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .write_all(b"GET /testrail/index.php HTTP/1.1\r\n\r\n")
        .unwrap();
    while server.counters().requests == 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let start = Instant::now();
    drop(server);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(stream.read(&mut [0; 8]).unwrap_or(0), 0);
}

#[test]
fn html_comes_with_status_200() {
    let server = with(&["html@1"]);
    let got = ask(&server, "GET", "get_users").unwrap();
    assert_eq!(got.status, 200);
    assert!(got.header("content-type").unwrap().starts_with("text/html"));
    assert!(got.text.starts_with("<!DOCTYPE html>"));
}

#[test]
fn a_page_comes_again_in_place_of_the_next() {
    let server = with(&["again@get_users:2"]);
    let (first, second) = (users(&server, 0), users(&server, 250));
    assert_eq!(first, second);
    assert_ne!(first, users(&server, 250));
}

#[test]
fn a_next_link_leads_to_its_own_page() {
    let faults = ["loop@get_users:2", "loop@issues:1", "loop@jql:1"];
    let server = serve(World::generated(1, 2_000), &faults);
    users(&server, 0);
    let second = users(&server, 250);
    assert_eq!(
        second["_links"]["next"],
        "/api/v2/get_users&limit=250&offset=250"
    );

    let token = [("Authorization", "Bearer token")];
    let url = format!(
        "{}?state=all",
        server.url("github/repos/mozilla-mobile/firefox-ios/issues")
    );
    let got = send("GET", &url, &token, None).unwrap();
    let again = got
        .header("link")
        .unwrap()
        .split(['<', '>'])
        .nth(1)
        .unwrap()
        .to_owned();
    assert_eq!(
        send("GET", &again, &token, None).unwrap().json(),
        got.json()
    );

    let url = format!(
        "{}?jql=project%3DMTE&maxResults=3",
        server.url("jira/rest/api/3/search/jql")
    );
    let first = send("GET", &url, TESTRAIL, None).unwrap().json();
    let again = format!(
        "{url}&nextPageToken={}",
        first["nextPageToken"].as_str().unwrap()
    );
    let second = send("GET", &again, TESTRAIL, None).unwrap().json();
    assert_eq!(first["issues"], second["issues"]);
}

#[test]
fn a_record_moves_or_goes_between_two_pages() {
    let list =
        "repos/mozilla-mobile/firefox-ios/issues?state=all&sort=updated&direction=asc&per_page=5";
    let numbers = |server: &Server, page: usize| -> Vec<u64> {
        let url = format!("{}&page={page}", server.url(&format!("github/{list}")));
        let rows = send("GET", &url, &[("Authorization", "Bearer token")], None)
            .unwrap()
            .json();
        rows.as_array()
            .unwrap()
            .iter()
            .map(|it| it["number"].as_u64().unwrap())
            .collect()
    };
    let with = |faults: &[&str]| serve(World::of("github", 1, 600), faults);
    let calm = with(&[]);
    let undisturbed = [numbers(&calm, 1), numbers(&calm, 2)].concat();
    for fault in ["move@1", "drop@1"] {
        let server = with(&[fault]);
        assert_eq!(numbers(&server, 1), undisturbed[..5]);
        // All others moved up by one, so that the sixth is on no page that is still read.
        assert_eq!(numbers(&server, 2)[..4], undisturbed[6..]);
    }
}

#[test]
fn a_token_expires_and_stays_so() {
    let server = with(&["401@3!"]);
    let statuses: Vec<u16> = (0..5)
        .map(|_| ask(&server, "GET", "get_users").unwrap().status)
        .collect();
    assert_eq!(statuses, [200, 200, 401, 401, 401]);
}

#[test]
fn a_clock_is_wrong() {
    let server = with(&["skew@1"]);
    let date = || {
        ask(&server, "GET", "get_users")
            .unwrap()
            .header("date")
            .unwrap()
            .to_owned()
    };
    assert_eq!(date(), "Mon, 02 Mar 2026 10:00:00 GMT");
    assert_eq!(date(), "Mon, 02 Mar 2026 09:00:00 GMT");
}

#[test]
fn faults_begin_anew_when_they_are_set() {
    let server = with(&[]);
    for n in 1..4 {
        server.set_faults(&[qaduct_replay::Fault::at(
            qaduct_replay::Kind::Status(500, None),
            n,
        )]);
        let statuses: Vec<u16> = (0..3)
            .map(|_| ask(&server, "GET", "get_users").unwrap().status)
            .collect();
        assert_eq!(
            statuses.iter().position(|it| *it == 500),
            Some(n as usize - 1)
        );
    }
}

#[test]
fn github_wants_to_know_who_asks() {
    let server = with(&[]);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .write_all(b"GET /github/user HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{text}");
    assert_eq!(server.violations(), ["GET /github/user: no `User-Agent`"]);
}

#[test]
fn old_servers_of_testrail_send_bare_lists() {
    let server = with(&[]);
    let get = |call: &str| {
        let url = format!("{}/index.php?/api/v2/{call}", server.url("testrail-old"));
        send("GET", &url, TESTRAIL, None).unwrap().json()
    };
    assert_eq!(get("get_users").as_array().unwrap().len(), 612);
    assert!(get("get_plans/17").is_array());
}

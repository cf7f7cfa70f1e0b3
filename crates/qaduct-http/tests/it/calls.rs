//! What a call sends, and what it gives back.

use std::io::Write;
use std::net::TcpListener;
use std::thread;

use qaduct_http::{Auth, Call, Client, Kind, Method};
use qaduct_records::{Clock, Secret};
use serde_json::json;

use crate::server::{Server, answer, json, read};
use crate::world::{TOKEN, World, client, settings};

#[test]
fn a_path_is_put_behind_the_base_and_parameters_are_encoded() {
    let server = Server::script(vec![json("{}")]);
    let world = World::new();
    let client = client(settings(&format!("{}rest/api/3", server.url)), &world);
    let call = Call::get("search/jql")
        .with("jql", "project = \"A&B\" AND text ~ 'ä+b'")
        .with("maxResults", 50);
    client.send(&call).unwrap();
    client
        .send(&Call::get("/field?x=1").with("y", "2"))
        .unwrap();
    let asked = server.asked();
    assert_eq!(
        asked[0].line,
        "GET /rest/api/3/search/jql?jql=project%20%3D%20%22A%26B%22%20AND%20text%20~%20%27%C3%A4%2Bb%27&maxResults=50 HTTP/1.1"
            .replace('~', "%7E")
    );
    assert_eq!(asked[1].path(), "/rest/api/3/field?x=1&y=2");
}

#[test]
fn a_base_that_holds_a_question_mark_survives_untouched() {
    let server = Server::script(vec![json("[]")]);
    let world = World::new();
    let client = client(
        settings(&format!("{}index.php?/api/v2/", server.url)),
        &world,
    );
    client
        .send(&Call::get("get_cases/1&suite_id=2").with("limit", 250))
        .unwrap();
    client.send(&Call::get("get_statuses")).unwrap();
    let asked = server.asked();
    assert_eq!(
        asked[0].path(),
        "/index.php?/api/v2/get_cases/1&suite_id=2&limit=250"
    );
    assert_eq!(asked[1].path(), "/index.php?/api/v2/get_statuses");
}

#[test]
fn a_whole_url_of_the_same_host_is_asked_as_it_is() {
    let server = Server::script(vec![json("[]")]);
    let world = World::new();
    let client = client(settings(&format!("{}api/", server.url)), &world);
    let next = format!("{}elsewhere?cursor=a%2Bb%3D%3D#top", server.url);
    client.send(&Call::get(next)).unwrap();
    assert_eq!(server.asked()[0].path(), "/elsewhere?cursor=a%2Bb%3D%3D");
}

#[test]
fn a_whole_url_of_another_host_scheme_or_port_is_refused_without_a_request() {
    let server = Server::script(vec![json("[]")]);
    let world = World::new();
    let client = client(settings(&server.url), &world);
    for other in [
        "http://localhost.example/next",
        "https://127.0.0.1/next",
        "http://127.0.0.1:9/next",
    ] {
        let error = client.send(&Call::get(other)).unwrap_err();
        assert_eq!(error.kind, Kind::Refused);
        assert_eq!(
            error.to_string(),
            format!("`{other}` is on another host than the base")
        );
    }
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn a_request_says_who_asks_and_carries_the_credential_and_our_headers() {
    let server = Server::script(vec![json("[]")]);
    let world = World::new();
    let client = client(settings(&server.url), &world);
    let mut call = Call::post("search", json!({"jql": "x = 1", "n": 9007199254740993_i64}));
    call.headers.push(("if-none-match", "\"v1\"".to_owned()));
    assert_eq!(call.method, Method::Post);
    client.send(&call).unwrap();
    let asked = &server.asked()[0];
    let agent = concat!(
        "qaduct/",
        env!("CARGO_PKG_VERSION"),
        " (+https://github.com/qaduct/qaduct)"
    );
    assert_eq!(asked.header("user-agent"), Some(agent));
    assert_eq!(
        asked.header("authorization"),
        Some(&*format!("Bearer {TOKEN}"))
    );
    assert_eq!(asked.header("accept"), Some("application/json"));
    assert_eq!(asked.header("accept-encoding"), Some("gzip"));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("x-ours"), Some("yes"));
    assert_eq!(asked.header("if-none-match"), Some("\"v1\""));
    assert_eq!(asked.body, r#"{"jql":"x = 1","n":9007199254740993}"#);
}

#[test]
fn a_header_of_the_call_replaces_one_of_the_settings() {
    let server = Server::script(vec![json("[]")]);
    let world = World::new();
    let client = client(settings(&server.url), &world);
    let mut call = Call::get("x");
    call.headers.push(("X-Ours", "no".to_owned()));
    call.headers.push(("accept", "text/plain".to_owned()));
    client.send(&call).unwrap();
    let asked = &server.asked()[0];
    let named = |name: &str| asked.headers.iter().filter(|(it, _)| it == name).count();
    assert_eq!((named("x-ours"), asked.header("x-ours")), (1, Some("no")));
    assert_eq!(
        (named("accept"), asked.header("accept")),
        (1, Some("text/plain"))
    );
}

#[test]
fn a_credential_is_sent_in_the_form_that_is_set() {
    let server = Server::script(vec![json("[]")]);
    let world = World::new();
    let secret = || Secret::new("s3cret");
    for auth in [
        Auth::Anonymous,
        Auth::Basic {
            user: "me@example.org".to_owned(),
            password: secret(),
        },
        Auth::Header {
            name: "x-bugzilla-api-key",
            value: secret(),
        },
    ] {
        let mut settings = settings(&server.url);
        settings.auth = auth;
        client(settings, &world).send(&Call::get("x")).unwrap();
    }
    let asked = server.asked();
    assert_eq!(asked[0].header("authorization"), None);
    assert_eq!(
        asked[1].header("authorization"),
        Some("Basic bWVAZXhhbXBsZS5vcmc6czNjcmV0")
    );
    assert_eq!(asked[2].header("x-bugzilla-api-key"), Some("s3cret"));
}

#[test]
fn numbers_keep_every_digit() {
    let server = Server::script(vec![json(
        r#"[1e400,9007199254740993,0.1000000000000000055511]"#,
    )]);
    let world = World::new();
    let answer = client(settings(&server.url), &world)
        .send(&Call::get("x"))
        .unwrap();
    assert_eq!(
        answer.json.to_string(),
        r#"[1e+400,9007199254740993,0.1000000000000000055511]"#
    );
    assert_eq!(answer.json[1].as_i64(), Some(9_007_199_254_740_993));
}

#[test]
fn an_exchange_tells_what_became_of_a_request() {
    let headers = "Date: Sun, 01 Mar 2026 12:00:07 GMT\r\nX-RateLimit-Limit: 5000\r\n\
                   X-RateLimit-Remaining: 4999\r\nX-RateLimit-Reset: 1772370000\r\n";
    let server = Server::script(vec![
        answer(503, "Retry-After: 2\r\n", ""),
        answer(200, headers, "[1]"),
    ]);
    let world = World::new();
    let client = client(settings(&server.url), &world);
    let exchange = client.send(&Call::get("x")).unwrap().exchange;
    assert_eq!(exchange.method, "GET");
    assert_eq!(exchange.url, format!("{}x", server.url));
    assert_eq!((exchange.status, exchange.attempts), (200, 2));
    assert_eq!(
        (exchange.duration_ms, exchange.waited_ms, exchange.bytes),
        (2000, 0, 3)
    );
    assert_eq!(
        (exchange.quota_limit, exchange.quota_left),
        (Some(5000), Some(4999))
    );
    assert_eq!(exchange.server_time, "2026-03-01T12:00:07Z".parse().ok());
    let quota = client.quota("");
    assert_eq!((quota.limit, quota.left), (Some(5000), Some(4999)));
    assert!(quota.reset > Some(world.now()));
}

#[test]
fn an_answer_may_be_empty_where_the_service_says_so() {
    let server = Server::script(vec![
        answer(204, "", ""),
        answer(200, "", ""),
        answer(304, "ETag: \"v1\"\r\n", ""),
    ]);
    let world = World::new();
    let client = client(settings(&server.url), &world);
    assert_eq!(client.send(&Call::get("x")).unwrap().json, json!(null));
    assert_eq!(client.send(&Call::get("x")).unwrap().json, json!(null));
    let call = Call::get("x").accept(&[304]);
    let unchanged = client.send(&call).unwrap();
    assert_eq!((unchanged.status, unchanged.json), (304, json!(null)));
}

#[test]
fn a_base_that_cannot_be_used_is_an_error_that_shows_no_password() {
    for base in ["ftp://example.org/", "https://user:hunter2@example.org/"] {
        let world = World::new();
        let error = Client::new(settings(base), world.clone(), world).unwrap_err();
        assert!(error.to_string().starts_with("the base URL "), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

#[test]
fn one_connection_serves_many_calls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    let service = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        for answer in [
            "200 OK\r\nContent-Length: 2\r\n\r\n[]",
            "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
            "404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
            "200 OK\r\nContent-Length: 2\r\n\r\n[]",
        ] {
            read(&mut stream).unwrap();
            stream
                .write_all(format!("HTTP/1.1 {answer}").as_bytes())
                .unwrap();
        }
    });
    let client = client(settings(&base), &World::new());
    for found in [true, true, false, true] {
        assert_eq!(client.send(&Call::get("x")).is_ok(), found);
    }
    service.join().unwrap();
}

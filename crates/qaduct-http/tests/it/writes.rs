//! Calls that do something: bodies of every kind, and nothing done twice.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use qaduct_http::{Body, Call, Kind};
use qaduct_records::Secret;
use serde_json::json;

use crate::server::{Reply, Server, answer, json, raw};
use crate::world::{World, client, settings};

#[test]
fn a_body_is_sent_as_what_it_is() {
    let server = Server::script(vec![json("{}")]);
    let client = client(settings(&server.url), &World::new());
    let form = Body::Form(vec![
        ("client_id", Secret::new("qa")),
        ("client_secret", Secret::new("a&b=ü +")),
    ]);
    let part = Body::Bytes {
        content_type: "text/plain; charset=utf-8".to_owned(),
        bytes: Arc::from(&b"one\ntwo"[..]),
    };
    for call in [
        Call::post("login", form),
        Call::put("pages/7", json!({"title": "Wöchentlich"})),
        Call::put("file", part),
        Call::delete("pages/7"),
    ] {
        client.send(&call).unwrap();
    }
    let asked = server.asked();
    let seen: Vec<_> = asked
        .iter()
        .map(|it| (&*it.line, it.header("content-type"), &*it.body))
        .collect();
    assert_eq!(
        seen,
        [
            (
                "POST /login HTTP/1.1",
                Some("application/x-www-form-urlencoded"),
                "client_id=qa&client_secret=a%26b%3D%C3%BC+%2B"
            ),
            (
                "PUT /pages/7 HTTP/1.1",
                Some("application/json"),
                r#"{"title":"Wöchentlich"}"#
            ),
            (
                "PUT /file HTTP/1.1",
                Some("text/plain; charset=utf-8"),
                "one\ntwo"
            ),
            ("DELETE /pages/7 HTTP/1.1", None, ""),
        ]
    );
}

#[test]
fn a_form_prints_no_value() {
    let call = Call::post("x", Body::Form(vec![("s", Secret::new("hunter2"))]));
    assert!(!format!("{call:?}").contains("hunter2"));
}

#[test]
fn an_answer_of_bytes_is_given_as_it_came() {
    let png = b"\x89PNG\r\n\x1a\n\0\xff";
    let server = Server::script(vec![
        answer(200, "Content-Type: image/png\r\n", png),
        answer(200, "Content-Length: 0\r\n", ""),
        raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal"),
        answer(200, "", "whole"),
    ]);
    let client = client(settings(&server.url), &World::new());
    let picture = client.send(&Call::get("a.png").raw()).unwrap();
    assert_eq!(
        (picture.bytes.as_slice(), picture.json),
        (&png[..], json!(null))
    );
    assert_eq!(server.asked()[0].header("accept"), Some("*/*"));
    assert!(client.send(&Call::get("b").raw()).unwrap().bytes.is_empty());
    // Half of it is none of it.
    let after = client.send(&Call::get("c").raw()).unwrap();
    assert_eq!(
        (after.bytes.as_slice(), after.exchange.attempts),
        (&b"whole"[..], 2)
    );
}

#[test]
fn what_must_not_be_done_twice_is_sent_again_only_when_it_surely_was_not_done() {
    let world = World::new();
    let send = |replies: Vec<Reply>| {
        let server = Server::script(replies);
        let call = Call::post("message", json!({"text": "hello"})).once();
        let sent = client(settings(&server.url), &world).send(&call);
        (sent, server.asked().len())
    };
    // A limit is said before anything is done.
    let limited = answer(429, "Retry-After: 3\r\n", "{}");
    let (sent, times) = send(vec![limited, json("{}")]);
    assert!(sent.is_ok());
    assert_eq!(times, 2);
    // Nobody knows what became of these.
    for reply in [
        raw(""),
        raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"),
        answer(500, "", "{}"),
        answer(503, "", "{}"),
        answer(504, "", "{}"),
        answer(200, "Content-Type: text/html\r\n", "<html>"),
    ] {
        let (sent, times) = send(vec![reply]);
        let error = sent.unwrap_err();
        assert_eq!((error.in_doubt, times), (true, 1), "{error}");
    }
    // These were refused.
    for (status, kind) in [(400, Kind::Refused), (404, Kind::Missing)] {
        let (sent, times) = send(vec![answer(status, "", "{}")]);
        let error = sent.unwrap_err();
        assert_eq!((error.kind, error.in_doubt, times), (kind, false, 1));
    }
}

#[test]
fn a_service_that_is_not_reached_leaves_no_doubt_and_is_asked_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let world = World::new();
    let call = Call::post("message", json!({})).once();
    let error = client(settings(&base), &world).send(&call).unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (Kind::Unavailable, false));
    assert_eq!(error.exchange.attempts, 4, "{error}");
    assert_eq!(world.slept().len(), 3);
}

#[test]
fn what_a_timeout_cuts_off_is_in_doubt() {
    let server = Server::script(vec![Reply::Silence(Duration::from_millis(300))]);
    let mut settings = settings(&server.url);
    settings.timeout = Duration::from_millis(50);
    let call = Call::post("message", json!({})).once();
    let error = client(settings, &World::new()).send(&call).unwrap_err();
    assert!(error.in_doubt, "{error}");
}

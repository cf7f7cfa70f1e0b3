//! What is sent again, when, and what is not.

use std::net::TcpListener;
use std::time::Duration;

use qaduct_http::{Call, HttpError, Kind};
use qaduct_records::Clock;
use serde_json::json;

use crate::server::{Reply, Server, answer, json, raw};
use crate::world::{World, client, settings};

/// The error after these replies.
fn error(replies: Vec<Reply>) -> (HttpError, Vec<u128>) {
    let server = Server::script(replies);
    let world = World::new();
    let error = client(settings(&server.url), &world)
        .send(&Call::get("x"))
        .unwrap_err();
    (error, world.slept())
}

#[test]
fn what_may_work_later_is_sent_again() {
    let gone = |status| answer(status, "", r#"{"message": "busy"}"#);
    let mut replies = vec![
        raw(""),
        raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1,"),
        raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2"),
        raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[1,2]\r\n0\r\n\r\n"),
        raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[1,"),
        raw("HTTP/1.1 200 OK\r\n\r\n"),
        raw("what is this\r\n\r\n"),
        answer(200, "Content-Encoding: gzip\r\n", &gzip(b"[1,2,3]")[..15]),
        answer(200, "Content-Encoding: gzip\r\n", b"[1]"),
        answer(200, "Content-Type: text/html\r\n", "<html>we are back soon"),
        answer(200, "", "[1"),
    ];
    replies.extend([408, 425, 429, 500, 502, 503, 504].map(gone));
    for reply in replies {
        let server = Server::script(vec![reply.clone(), json("[1]")]);
        let world = World::new();
        let sent = client(settings(&server.url), &world).send(&Call::get("x"));
        let Reply::Bytes(bytes) = reply else {
            unreachable!()
        };
        let answer = sent.unwrap_or_else(|error| panic!("{error}: {}", bytes.escape_ascii()));
        assert_eq!(answer.json, json!([1]));
        assert_eq!(answer.exchange.attempts, 2);
        assert_eq!(server.asked().len(), 2);
    }
}

#[test]
fn what_would_be_the_same_is_not_sent_again() {
    for (status, kind) in [
        (400, Kind::Refused),
        (401, Kind::Credential),
        (403, Kind::Forbidden),
        (404, Kind::Missing),
        (409, Kind::Refused),
        (410, Kind::Removed),
        (422, Kind::Refused),
        (501, Kind::Unavailable),
        (304, Kind::Answer),
    ] {
        let server = Server::script(vec![answer(status, "", "")]);
        let world = World::new();
        let error = client(settings(&server.url), &world)
            .send(&Call::get("x"))
            .unwrap_err();
        assert_eq!(error.kind, kind, "{status}");
        assert_eq!(
            error.to_string(),
            format!("GET {}x: status {status}", server.url)
        );
        assert_eq!(
            (error.exchange.status, error.exchange.attempts),
            (status, 1)
        );
        assert_eq!(server.asked().len(), 1);
    }
}

#[test]
fn the_last_attempt_says_what_was_wrong() {
    let html = "Content-Type: text/html; charset=utf-8\r\n";
    let page = "<!DOCTYPE html>\n<title>Wartung</title> ".to_owned() + &"ä".repeat(100);
    let (error, slept) = error(vec![answer(200, html, page)]);
    assert_eq!(error.kind, Kind::Answer);
    assert!(
        error.trouble.ends_with(
            "x: status 200 with text/html instead of JSON: `<!DOCTYPE html> <title>Wartung</title> \
             ääääääääääääääääääääääääääääääääääääääää…` \
             (expected value at line 1 column 1) (sent 4 times)"
        ),
        "{error}"
    );
    assert_eq!(error.exchange.attempts, 4);
    assert_eq!(slept.len(), 3);
}

#[test]
fn a_cut_answer_is_no_answer_in_the_end() {
    let (error, _) = error(vec![raw(
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1,2]",
    )]);
    assert_eq!(error.kind, Kind::Answer);
    assert!(
        error
            .trouble
            .ends_with("the answer is cut or malformed: the connection ended (sent 4 times)"),
        "{error}"
    );
}

#[test]
fn a_page_of_a_gateway_is_no_answer_even_with_an_accepted_status() {
    let server = Server::script(vec![
        answer(404, "Content-Type: text/html\r\n", "<html>404"),
        answer(404, "", "{}"),
    ]);
    let world = World::new();
    let client = client(settings(&server.url), &world);
    let answer = client.send(&Call::get("x").accept(&[404])).unwrap();
    assert_eq!((answer.status, answer.json), (404, json!({})));
    assert_eq!(answer.exchange.attempts, 2);
}

#[test]
fn a_status_that_is_always_that_of_another_page_means_what_it_means_elsewhere() {
    let page = || answer(404, "Content-Type: text/plain\r\n", "no such page");
    let server = Server::script((0..9).map(|_| page()).collect());
    let world = World::new();
    let client = client(settings(&server.url), &world);
    let error = client.send(&Call::get("x").accept(&[404])).unwrap_err();
    assert_eq!(error.kind, Kind::Missing, "{error}");
    assert!(error.trouble.contains("status 404"), "{error}");
}

#[test]
fn a_server_that_is_not_there_is_unavailable() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let world = World::new();
    let base = format!("http://127.0.0.1:{port}/");
    let error = client(settings(&base), &world)
        .send(&Call::get("x"))
        .unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
    assert_eq!((error.exchange.status, error.exchange.attempts), (0, 4));
    assert!(
        error
            .trouble
            .contains("the connection failed: Connection refused"),
        "{error}"
    );
}

#[test]
fn a_service_that_hangs_up_is_unavailable() {
    let (error, _) = error(vec![raw("")]);
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(
        error
            .trouble
            .ends_with("the connection failed: it ended without an answer (sent 4 times)"),
        "{error}"
    );
}

#[test]
fn a_limit_without_a_time_is_waited_for_until_the_window_ends() {
    let headers = "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1772366500\r\n";
    let server = Server::script(vec![answer(429, headers, ""), json("1")]);
    let world = World::new();
    client(settings(&server.url), &world)
        .send(&Call::get("x"))
        .unwrap();
    assert_eq!(world.slept(), [101_000]);
}

#[test]
fn waits_grow_and_are_random_but_the_same_for_the_same_start() {
    let replies = vec![answer(500, "", "")];
    let slept = |attempts| {
        let server = Server::script(replies.clone());
        let world = World::new();
        let mut settings = settings(&server.url);
        settings.attempts = attempts;
        client(settings, &world).send(&Call::get("x")).unwrap_err();
        world.slept()
    };
    let waits = slept(10);
    assert_eq!(waits, slept(10));
    for (nth, wait) in waits.iter().enumerate() {
        assert!(*wait <= (1000 << nth).min(60_000), "{waits:?}");
    }
    assert!(waits.iter().sum::<u128>() > 10_000, "{waits:?}");
}

#[test]
fn the_service_says_how_long_to_wait() {
    let date = "Date: Sun, 01 Mar 2026 15:00:00 GMT\r\n";
    for (headers, wait) in [
        ("Retry-After: 7\r\n".to_owned(), vec![7000]),
        ("Retry-After: 0\r\n".to_owned(), vec![]),
        (
            "Retry-After: Sun, 01 Mar 2026 12:01:00 GMT\r\n".to_owned(),
            vec![60_000],
        ),
        (
            "Retry-After: Sun, 01 Mar 2026 11:00:00 GMT\r\n".to_owned(),
            vec![],
        ),
        // Its clock is three hours ahead of ours.
        (
            format!("{date}Retry-After: Sun, 01 Mar 2026 15:00:30 GMT\r\n"),
            vec![30_000],
        ),
        // It beats what is said about the window.
        (
            "Retry-After: 5\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 4\r\n".to_owned(),
            vec![5000],
        ),
    ] {
        for status in [429, 503] {
            let server = Server::script(vec![answer(status, &headers, ""), json("1")]);
            let world = World::new();
            client(settings(&server.url), &world)
                .send(&Call::get("x"))
                .unwrap();
            assert_eq!(world.slept(), wait, "{status} {headers}");
        }
    }
}

#[test]
fn a_wait_past_the_deadline_is_an_error_at_once() {
    for (status, kind, text) in [
        (
            429,
            Kind::Quota,
            "status 429: the limit is used up until 2026-03-01T14:00:00Z",
        ),
        (
            503,
            Kind::Unavailable,
            "status 503: the next attempt would be at 2026-03-01T14:00:00Z, after the deadline",
        ),
    ] {
        let (error, slept) = error(vec![answer(status, "Retry-After: 7200\r\n", "")]);
        assert_eq!(error.kind, kind);
        assert!(error.trouble.ends_with(text), "{error}");
        assert_eq!(error.exchange.attempts, 1);
        assert!(slept.is_empty());
    }
    let (error, _) = error(vec![answer(
        429,
        "Retry-After: 99999999999999999999999\r\n",
        "",
    )]);
    assert_eq!(error.kind, Kind::Quota);
}

#[test]
fn a_limit_that_stays_is_a_quota_error() {
    let (error, _) = error(vec![answer(
        429,
        "Retry-After: 1\r\n",
        r#"{"error": "API Rate Limit Exceeded"}"#,
    )]);
    assert_eq!(error.kind, Kind::Quota);
    assert!(
        error
            .to_string()
            .ends_with("status 429 (sent 4 times): API Rate Limit Exceeded"),
        "{error}"
    );
    assert_eq!(
        (error.exchange.duration_ms, error.exchange.waited_ms),
        (3000, 3000)
    );
}

#[test]
fn a_secondary_limit_is_waited_for() {
    let said = |text: &str| format!(r#"{{"message": "{text}"}}"#);
    let slow = said("You have exceeded a secondary rate limit.");
    let abuse = said("You have triggered an abuse detection mechanism.");
    for status in [403, 429] {
        for (headers, body, waits) in [
            ("Retry-After: 30\r\n", &slow, vec![30_000, 30_000]),
            (
                "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1772366500\r\n",
                &slow,
                vec![101_000, 1000],
            ),
            (
                "X-RateLimit-Remaining: 77\r\n",
                &slow,
                vec![60_000, 120_000],
            ),
            ("", &abuse, vec![60_000, 120_000]),
        ] {
            let refusal = answer(status, headers, body);
            let server = Server::script(vec![refusal.clone(), refusal, json("1")]);
            let world = World::new();
            let mut settings = settings(&server.url);
            settings.quota.forbidden_may_mean_slow_down = true;
            let exchange = client(settings, &world)
                .send(&Call::get("x"))
                .unwrap()
                .exchange;
            assert_eq!(world.slept(), waits, "{status} {headers}");
            assert_eq!(u128::from(exchange.waited_ms), waits.iter().sum());
        }
    }
}

#[test]
fn a_refusal_that_is_no_limit_is_not_waited_for() {
    let server = Server::script(vec![answer(
        403,
        "X-RateLimit-Remaining: 77\r\n",
        r#"{"message": "Resource not accessible"}"#,
    )]);
    let world = World::new();
    let mut settings = settings(&server.url);
    settings.quota.forbidden_may_mean_slow_down = true;
    let error = client(settings, &world).send(&Call::get("x")).unwrap_err();
    assert_eq!(error.kind, Kind::Forbidden);
    assert_eq!(error.message.as_deref(), Some("Resource not accessible"));
    assert!(world.slept().is_empty());
}

#[test]
fn who_is_asked_to_stop_waits_no_longer() {
    for (status, stop_after) in [(500, 1), (429, 0)] {
        let server = Server::script(vec![answer(status, "Retry-After: 9\r\n", "")]);
        let world = World::stopping(Some(stop_after));
        let error = client(settings(&server.url), &world)
            .send(&Call::get("x"))
            .unwrap_err();
        assert_eq!(error.kind, Kind::Stopped);
        assert!(error.trouble.ends_with("stopped while waiting"));
        assert_eq!(server.asked().len(), stop_after + 1);
    }
}

#[test]
fn the_message_of_the_service_is_found_in_every_usual_form() {
    for (body, message) in [
        (
            r#"{"error": "Field :run_id is not valid"}"#,
            Some("Field :run_id is not valid"),
        ),
        (
            r#"{"error": true, "code": 102, "message": "You are not authorized"}"#,
            Some("You are not authorized"),
        ),
        (
            r#"{"message": "Not Found", "documentation_url": "https://x"}"#,
            Some("Not Found"),
        ),
        (
            r#"{"errorMessages": ["The value 'X' does not exist", "Bad JQL"], "errors": {}}"#,
            Some("The value 'X' does not exist; Bad JQL"),
        ),
        (
            r#"{"errorMessages": [], "errors": {"project": "is required"}}"#,
            Some("project: is required"),
        ),
        (
            r#"{"message": "Validation Failed", "errors": [{"resource": "Search", "message": "too long"}]}"#,
            Some("Validation Failed; too long"),
        ),
        (
            r#"{"detail": {"code": "x", "message": "gone"}}"#,
            Some("gone"),
        ),
        (
            r#"{"detail": "The requested resource does not exist"}"#,
            Some("The requested resource does not exist"),
        ),
        (
            r#"{"error": "invalid_grant", "error_description": "x"}"#,
            Some("invalid_grant"),
        ),
        (
            "Client must be authenticated\nto access this resource.",
            Some("Client must be authenticated to access this resource."),
        ),
        ("<html><body>no</body></html>", None),
        (r#"{"unknown": "form"}"#, None),
        ("[]", None),
        ("", None),
    ] {
        let (error, _) = error(vec![answer(400, "", body)]);
        assert_eq!(error.message.as_deref(), message, "{body}");
    }
    let long = format!(r#"{{"error": "{}"}}"#, "ä".repeat(5000));
    let (error, _) = error(vec![answer(400, "", long)]);
    assert_eq!(error.message.unwrap().chars().count(), 300);
}

#[test]
fn a_silent_service_ends_at_the_timeout() {
    slow(Reply::Silence(Duration::from_secs(2)));
}

#[test]
fn a_service_that_drips_ends_at_the_timeout() {
    let pause = Duration::from_millis(20);
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n";
    slow(Reply::Drip(format!("{head}{:500}", "").into_bytes(), pause));
    slow(Reply::Drip(
        format!("HTTP/1.1 200 OK\r\nX-Long: {:500}", "").into_bytes(),
        pause,
    ));
}

fn slow(reply: Reply) {
    let server = Server::script(vec![reply]);
    let world = World::new();
    let mut settings = settings(&server.url);
    settings.timeout = Duration::from_millis(40);
    settings.attempts = 2;
    let error = client(settings, &world).send(&Call::get("x")).unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(
        error
            .trouble
            .ends_with("no whole answer in time (sent 2 times)"),
        "{error}"
    );
}

#[test]
fn an_attempt_lasts_no_longer_than_the_deadline() {
    let server = Server::script(vec![Reply::Silence(Duration::from_secs(2))]);
    let world = World::new();
    let mut settings = settings(&server.url);
    settings.deadline = Duration::from_millis(60);
    settings.attempts = 1;
    let error = client(settings, &world).send(&Call::get("x")).unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
    assert_eq!(world.now(), crate::world::START.parse().unwrap());
}

#[test]
fn an_answer_that_is_too_long_is_refused_at_once() {
    let long = format!("[{}1]", "1,".repeat(2000));
    let bomb = gzip(&vec![b' '; 10_000_000]);
    assert!(bomb.len() < 10_000);
    for reply in [
        answer(200, "", &long),
        raw(format!("HTTP/1.1 200 OK\r\n\r\n{long}")),
        answer(200, "Content-Encoding: gzip\r\n", bomb),
        raw(format!(
            "HTTP/1.1 200 OK\r\nX-Long: {}\r\n\r\n[]",
            "a".repeat(80_000)
        )),
    ] {
        let server = Server::script(vec![reply]);
        let world = World::new();
        let mut settings = settings(&server.url);
        settings.max_bytes = 4000;
        let error = client(settings, &world).send(&Call::get("x")).unwrap_err();
        assert_eq!(error.kind, Kind::Answer);
        assert!(error.trouble.ends_with("the answer is too long"), "{error}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[test]
fn an_answer_may_be_packed() {
    let body = format!("[{}1]", "1,".repeat(2000));
    let server = Server::script(vec![answer(
        200,
        "Content-Encoding: gzip\r\n",
        gzip(body.as_bytes()),
    )]);
    let world = World::new();
    let mut settings = settings(&server.url);
    settings.max_bytes = body.len() as u64;
    let answer = client(settings, &world).send(&Call::get("x")).unwrap();
    assert_eq!(answer.json.as_array().unwrap().len(), 2001);
    assert_eq!(answer.exchange.bytes, body.len() as u64);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

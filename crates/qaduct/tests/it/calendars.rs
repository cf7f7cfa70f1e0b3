//! A release calendar that cannot be read: what a pull and `status` say of it, and until when.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

use crate::old_pump::Scene;

/// A calendar that gives these answers, one for each connection.
fn calendar(answers: &'static [(u16, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/releases/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|it| !it.unwrap().is_empty()) {}
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status} It\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            )
            .unwrap();
        }
    });
    url
}

#[test]
fn a_release_calendar_that_failed_is_named_and_shown_until_it_was_read() {
    let url = calendar(&[
        (404, "{}"),
        (200, r#"{"142.0": "2025-08-19"}"#),
        (404, "{}"),
    ]);
    let more = format!("[release_calendar.firefox]\nurls = [\"{url}\"]\n");
    let scene = Scene::new(&["bmo"], &more);
    let row = |outcome: &str| {
        let line = outcome
            .lines()
            .find(|it| it.contains("release_calendar.firefox "));
        let words = line.unwrap_or_else(|| panic!("{outcome}"));
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    };

    let failed = scene.pull("bmo.products", 3);
    assert!(
        failed
            .stderr
            .contains("error[QP404]: release calendar `firefox`: GET http"),
        "{failed}"
    );
    assert!(
        failed
            .stderr
            .contains("`urls` of [release_calendar.firefox]"),
        "{failed}"
    );
    let told = scene.run("status");
    assert_eq!(told.status, Some(3), "{told}");
    let never = row(&told.stdout);
    assert!(
        never.starts_with("release_calendar.firefox never - 0 0 - failed release calendar"),
        "{never}"
    );

    scene.pull("bmo.products", 0);
    let told = scene.run("status bmo");
    assert!(!told.stdout.contains("release_calendar"), "{told}");
    assert_eq!(
        row(&scene.run("status").stdout),
        "release_calendar.firefox fresh 0 s 1 0 - complete -"
    );

    // What was read stays, and how old it is.
    scene.at("2026-11-22T07:00:00Z");
    scene.pull("bmo.products", 3);
    let again = row(&scene.run("status").stdout);
    assert!(
        again.starts_with("release_calendar.firefox fresh 24 h 1 0 - failed release calendar"),
        "{again}"
    );
    assert_eq!(
        scene.rows("SELECT version, release_date FROM releases"),
        ["142.0 | 2025-08-19"]
    );
    // A calendar that is not configured any more is forgotten.
    scene.configure(&["bmo"], "");
    scene.pull("bmo.products", 0);
    assert!(!scene.run("status").stdout.contains("release_calendar"));
    assert_eq!(scene.rows("SELECT count(*) FROM release_calendars"), ["0"]);
}

//! Entity tags, kept bodies, compression.

use std::io::Read as _;
use std::sync::atomic::Ordering::SeqCst;

use crate::world::{Muted, World};

#[tokio::test]
async fn a_caller_that_has_the_answer_gets_304_until_the_data_or_the_day_changes() {
    let world = World::small();
    let server = world.server();
    for path in [
        "/api/v1/mutes",
        "/redash/mutes",
        "/redash/summary",
        "/api/v1/mutes.csv",
        "/api/openapi.json",
    ] {
        let first = server.get(path).await;
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with('"'), "{path}: the tag is strong");
        let again = server.send("GET", path, &[("if-none-match", &etag)]).await;
        assert_eq!(
            (again.status.as_u16(), again.body.len()),
            (304, 0),
            "{path}"
        );
        assert_eq!(again.header("etag"), etag);
        let other = server
            .send("GET", path, &[("if-none-match", "\"other\"")])
            .await;
        assert_eq!(other.status, 200);
    }
    let tag = async |path: &str| server.get(path).await.header("etag").to_owned();
    let before = tag("/api/v1/mutes").await;
    assert_ne!(
        before,
        tag("/api/v1/mutes?limit=1").await,
        "another answer has another tag"
    );
    world.clock.set("2026-11-22T00:00:01Z");
    let next_day = tag("/api/v1/mutes").await;
    assert_ne!(before, next_day);
    world.mutes(&[Muted::new("test_new")]);
    assert_ne!(next_day, tag("/api/v1/mutes").await);
}

#[tokio::test]
async fn the_store_is_asked_once_for_the_same_answer() {
    let world = World::small();
    let server = world.server();
    let first = server.get("/api/v1/mutes").await;
    let asked = world.memory.questions.load(SeqCst);
    for _ in 0..5 {
        assert_eq!(server.get("/api/v1/mutes").await.body, first.body);
    }
    assert_eq!(world.memory.questions.load(SeqCst), asked);
    world.mutes(&[Muted::new("test_new")]);
    assert_ne!(
        server.get("/api/v1/mutes").await.body,
        first.body,
        "new data is seen at once"
    );
}

#[tokio::test]
async fn gzip_is_for_those_who_accept_it() {
    let server = World::small().server();
    let plain = server.get("/redash/mutes").await;
    assert_eq!(plain.header("content-encoding"), "");
    for _ in 0..2 {
        let coded = server
            .send("GET", "/redash/mutes", &[("accept-encoding", "br, gzip")])
            .await;
        assert_eq!(coded.header("content-encoding"), "gzip");
        assert_eq!(coded.header("vary"), "Accept-Encoding");
        assert_ne!(
            coded.header("etag"),
            plain.header("etag"),
            "other bytes, other tag"
        );
        let mut decoded = Vec::new();
        flate2::read::GzDecoder::new(coded.body.as_ref())
            .read_to_end(&mut decoded)
            .unwrap();
        assert_eq!(decoded, plain.body);
    }
}

#[tokio::test]
async fn head_answers_as_get_without_the_body() {
    let server = World::small().server();
    for path in [
        "/redash/mutes",
        "/api/v1/mutes.csv",
        "/healthz",
        "/metrics",
        "/api/openapi.json",
    ] {
        let get = server.get(path).await;
        let head = server.send("HEAD", path, &[]).await;
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.body.is_empty(), "{path}");
        assert_eq!(head.header("etag"), get.header("etag"));
        assert_eq!(head.header("content-type"), get.header("content-type"));
        if path != "/metrics" {
            assert_eq!(
                head.header("content-length"),
                get.body.len().to_string(),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn every_answer_forbids_a_browser_what_it_must_not_do() {
    let server = World::small().server();
    for path in [
        "/redash/mutes",
        "/",
        "/nothing",
        "/api/v1/mutes?x=1",
        "/metrics",
    ] {
        let answer = server
            .send("GET", path, &[("origin", "https://elsewhere.example")])
            .await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'"
        );
        assert!(answer.header("cache-control").starts_with("no-"), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
}

#[tokio::test]
async fn a_tag_names_the_data_that_was_read() {
    let world = World::small();
    let server = world.server();
    world.memory.unrest.store(1, SeqCst);
    let first = server.get("/api/v1/mutes").await;
    let etag = first.header("etag").to_owned();
    let again = server
        .send("GET", "/api/v1/mutes", &[("if-none-match", &etag)])
        .await;
    assert_eq!(
        again.status, 304,
        "the data is what it was when it was read"
    );
    world.memory.unrest.store(1_000, SeqCst);
    let restless = server.get("/api/v1/mutes?limit=1").await;
    assert_eq!(restless.status, 200);
    assert_eq!(restless.header("etag"), "", "of no one state of the data");
}

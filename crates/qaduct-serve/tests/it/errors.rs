//! What goes wrong is told in one shape.

use std::sync::atomic::Ordering::SeqCst;

use crate::world::World;

/// Status, code, message and hint in a line.
async fn told(path: &str) -> String {
    let answer = World::small().server().get(path).await;
    let error = &answer.json()["error"];
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(error.as_object().unwrap().len(), 3);
    let text = |key: &str| error[key].as_str().unwrap().to_owned();
    format!(
        "{} {}: {}\nhint: {}",
        answer.status.as_u16(),
        text("code"),
        text("message"),
        text("hint")
    )
}

#[tokio::test]
async fn an_unknown_parameter_is_refused_with_the_nearest_that_there_is() {
    insta::assert_snapshot!(told("/api/v1/mutes?brnach=main").await, @r#"
    400 unknown_parameter: there is no parameter `brnach` here
    hint: did you mean `branch`?
    "#);
    insta::assert_snapshot!(told("/redash/mutes?filter=branch").await, @r#"
    400 unknown_parameter: there is no parameter `filter` here
    hint: did you mean `filters`?
    "#);
    insta::assert_snapshot!(told("/redash/weekly?zzz=1").await, @r#"
    400 unknown_parameter: there is no parameter `zzz` here
    hint: there are: week, week_before, week_after, branch, muted, change, is_complete, q, sort, limit, page_token, shape, filters, min_row
    "#);
}

#[tokio::test]
async fn a_value_that_cannot_be_is_refused_with_the_reason() {
    insta::assert_snapshot!(told("/api/v1/mutes?kind=skipped").await, @r#"
    400 bad_parameter: parameter `kind` cannot be `skipped`: it is none of: skip, cond_skip, xfail, xfail_strict, xfail_norun, flaky_retry, quarantine, todo, disabled_by_name, excluded_by_config, focus, explicit, known_issue
    hint: GET /api/openapi.json describes every parameter
    "#);
    insta::assert_snapshot!(told("/api/v1/mutes?since_before=05.01.2026").await, @r#"
    400 bad_parameter: parameter `since_before` cannot be `05.01.2026`: write a day as 2026-11-21
    hint: GET /api/openapi.json describes every parameter
    "#);
    insta::assert_snapshot!(told("/api/v1/mutes?limit=100000").await, @r#"
    400 bad_parameter: parameter `limit` cannot be `100000`: it is no number from 1 to 5000
    hint: GET /api/openapi.json describes every parameter
    "#);
    insta::assert_snapshot!(told("/api/v1/mutes?sort=brunch").await, @r#"
    400 bad_parameter: parameter `sort` cannot be `brunch`: there is no column `brunch`; did you mean `branch`?
    hint: GET /api/openapi.json describes every parameter
    "#);
    insta::assert_snapshot!(told("/api/v1/mutes?limit=1&limit=2").await, @r#"
    400 bad_parameter: parameter `limit` is given twice with different values
    hint: give it once
    "#);
    insta::assert_snapshot!(told("/api/v1/mutes?muted=maybe").await, @r#"
    400 bad_parameter: parameter `muted` cannot be `maybe`: it is none of: current, gone, all
    hint: GET /api/openapi.json describes every parameter
    "#);
    insta::assert_snapshot!(told("/api/v1/mutes?page_token=abc").await, @r#"
    400 bad_page_token: this page token is none of ours or belongs to another query
    hint: begin again without `page_token`
    "#);
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    insta::assert_snapshot!(told("/api/v2/mutes").await, @r#"
    404 not_found: there is nothing at `/api/v2/mutes`
    hint: GET / lists what there is
    "#);
    let long = told(&format!("/{}", "x".repeat(5000))).await;
    assert!(long.len() < 300, "{long}");
}

#[tokio::test]
async fn another_method_is_405_and_told_which_are_answered() {
    let server = World::small().server();
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let answer = server.send(method, "/api/v1/mutes", &[]).await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow"), "GET,HEAD");
        assert_eq!(answer.json()["error"]["code"], "method_not_allowed");
    }
}

#[tokio::test]
async fn a_store_out_of_reach_is_503_without_a_word_of_what_it_said() {
    let world = World::small();
    let server = world.server();
    assert_eq!(server.get("/api/v1/mutes").await.status, 200);
    world.memory.is_down.store(true, SeqCst);
    for path in [
        "/api/v1/mutes",
        "/redash/mutes",
        "/redash/summary",
        "/healthz",
        "/api/v1/runs.csv",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 503, "{path}");
        assert_eq!(answer.json()["error"]["code"], "store_unreachable");
        assert_eq!(answer.header("retry-after"), "5");
        assert_eq!(answer.header("cache-control"), "no-store");
        for secret in ["hunter2", "db.internal", "password"] {
            assert!(!answer.text().contains(secret), "{path}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn broken_readers_are_replaced_when_the_store_is_back() {
    let world = World::small();
    let server = world.server();
    assert_eq!(server.get("/api/v1/mutes").await.status, 200);
    assert_eq!(world.memory.opened.load(SeqCst), 1, "a reader is kept");
    assert_eq!(server.get("/api/v1/mutes?limit=2").await.status, 200);
    assert_eq!(world.memory.opened.load(SeqCst), 1);
    world.memory.is_down.store(true, SeqCst);
    assert_eq!(server.get("/api/v1/mutes").await.status, 503);
    world.memory.is_down.store(false, SeqCst);
    assert_eq!(server.get("/api/v1/mutes").await.status, 200);
    assert!(world.memory.opened.load(SeqCst) > 1);
}

#[tokio::test]
async fn a_missing_view_is_a_fault_of_the_server_and_says_what_helps() {
    let world = World::small();
    world.memory.put("v_mutes_current", Vec::new(), Vec::new());
    let answer = world.server().get("/api/v1/mutes").await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.json()["error"]["code"], "store_mismatch");
}

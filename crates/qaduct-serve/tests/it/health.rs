//! `/healthz` and `/`

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn health_tells_the_age_of_the_data() {
    let answer = World::small().server().json("/healthz").await;
    assert_eq!(
        answer,
        json!({"status": "ok", "last_scan_at": "2026-11-21T06:00:02Z", "last_scan_age_seconds": 5398})
    );
}

#[tokio::test]
async fn a_store_without_a_scan_is_healthy_and_has_no_age() {
    let answer = World::empty().server().json("/healthz").await;
    assert_eq!(
        answer,
        json!({"status": "ok", "last_scan_at": null, "last_scan_age_seconds": null})
    );
}

#[tokio::test]
async fn the_root_lists_what_there_is() {
    let answer = World::small().server().json("/").await;
    assert_eq!(
        answer["redash"],
        json!([
            "redash/mutes",
            "redash/weekly",
            "redash/last_success",
            "redash/summary"
        ])
    );
    for path in answer["api"]
        .as_array()
        .unwrap()
        .iter()
        .chain(answer["redash"].as_array().unwrap())
    {
        let path = format!("/{}", path.as_str().unwrap());
        assert_eq!(
            World::small().server().get(&path).await.status,
            200,
            "{path}"
        );
    }
}

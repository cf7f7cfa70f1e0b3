//! `/api/v1/runs`

use qaduct_records::{Outcome, Run};

use crate::world::{World, pluck, run};

#[tokio::test]
async fn the_newest_run_comes_first_with_all_of_its_numbers() {
    let server = World::small().server();
    let page = server.json("/api/v1/runs?limit=1").await;
    assert_eq!(page["total"], 2);
    insta::assert_snapshot!(format!("{:#}", page["items"]), @r#"
    [
      {
        "run_id": "2026-11-21T06:00:00Z-b",
        "command": "scan",
        "subject": "github.com/acme/shop",
        "started_at": "2026-11-21T06:00:00.5Z",
        "finished_at": "2026-11-21T06:00:02Z",
        "duration_ms": 1500,
        "outcome": "unchanged",
        "branches": 2,
        "branches_changed": 1,
        "files_seen": 120,
        "test_files": 40,
        "blobs_read": 33,
        "files_with_problems": 1,
        "mutes_found": 4,
        "mutes_opened": 1,
        "mutes_closed": 0,
        "mutes_changed": 0,
        "rows_deleted": 0,
        "error": null,
        "version": "0.1.0"
      }
    ]
    "#);
}

#[tokio::test]
async fn runs_are_filtered_like_mutes() {
    let world = World::small();
    let mut failed = run(
        "2026-11-21T07:00:00Z-c",
        "/srv/git/pay",
        "2026-11-21T07:00:01Z",
        Outcome::Failed,
    );
    failed.error = Some("branch `x` cannot be read".to_owned());
    let runs = [
        run(
            "2026-11-20T06:00:00Z-a",
            "github.com/acme/shop",
            "2026-11-20T06:00:02Z",
            Outcome::Complete,
        ),
        failed,
    ];
    world.memory.put_table::<Run>(&runs);
    let server = world.server();
    for (query, expected) in [
        ("outcome=failed", vec!["/srv/git/pay"]),
        (
            "outcome=failed&outcome=complete",
            vec!["/srv/git/pay", "github.com/acme/shop"],
        ),
        ("started_before=2026-11-21", vec!["github.com/acme/shop"]),
        ("q=cannot+be", vec!["/srv/git/pay"]),
        ("error=none", vec!["github.com/acme/shop"]),
        ("sort=subject", vec!["/srv/git/pay", "github.com/acme/shop"]),
        (
            "sort=-subject",
            vec!["github.com/acme/shop", "/srv/git/pay"],
        ),
    ] {
        let page = server.json(&format!("/api/v1/runs?{query}")).await;
        assert_eq!(pluck(&page["items"], "subject"), expected, "{query}");
    }
}

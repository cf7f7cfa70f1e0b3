//! `/api/v1/mutes`

use qaduct_records::mute::Declaration;

use crate::world::{Muted, Server, World, pluck};

async fn tests(server: &Server, query: &str) -> Vec<String> {
    let page = server.json(&format!("/api/v1/mutes?{query}")).await;
    let tests = pluck(&page["items"], "test");
    if page["next_page_token"].is_null() && !query.contains("page_token") {
        assert_eq!(page["total"], tests.len(), "{query}");
    }
    tests
}

#[tokio::test]
async fn a_page_has_every_column_of_every_row_and_null_where_there_is_no_value() {
    let server = World::small().server();
    let page = server.json("/api/v1/mutes?test=test_empty").await;
    insta::assert_snapshot!(format!("{page:#}"), @r#"
        {
          "schema_version": 1,
          "items": [
            {
              "declaration_id": "5ccca821a473a25671b88ab9632120b5",
              "repository": "github.com/acme/shop",
              "path": "tests/test_cart.py",
              "container": "",
              "test": "test_empty",
              "param": null,
              "test_id": "tests/test_cart.py::test_empty",
              "line_start": 30,
              "line_end": 11,
              "language": "python",
              "framework": "pytest",
              "form": "pytest.mark.skip",
              "alias": null,
              "kind": "skip",
              "scope": "test",
              "condition": null,
              "condition_os": null,
              "condition_arch": null,
              "condition_version": null,
              "condition_env": null,
              "condition_feature": null,
              "intent": null,
              "runs": false,
              "strict": null,
              "strict_source": null,
              "reason": null,
              "ticket": null,
              "tickets": null,
              "since_declared": null,
              "since_text": null,
              "until_declared": null,
              "until_text": null,
              "owner_declared": null,
              "dynamic": false,
              "effective": true,
              "ineffective_because": null,
              "confidence": "exact",
              "partly_parsed": false,
              "branch": "main",
              "group_id": "166da5c61e6646261892a5567e022054",
              "nth": 1,
              "opened_by": "baseline",
              "first_seen_at": "2026-11-01T06:00:00Z",
              "first_seen_commit": "c0ffee",
              "last_seen_at": null,
              "last_seen_commit": null,
              "closed_by": null,
              "gone_at": null,
              "gone_commit": null,
              "muted": true,
              "commit_id": "c0ffee",
              "since_git": null
            }
          ],
          "total": 1,
          "_links": {},
          "next_page_token": null
        }
        "#);
}

#[tokio::test]
async fn rows_come_by_repository_branch_path_and_line() {
    let server = World::small().server();
    assert_eq!(
        tests(&server, "").await,
        ["test_add", "test_empty", "test_pay", "test_add"]
    );
}

#[tokio::test]
async fn every_column_filters_and_a_repeated_one_takes_any_of_its_values() {
    let server = World::small().server();
    for (query, expected) in [
        (
            "repository=github.com/acme/shop&branch=release",
            vec!["test_add"],
        ),
        ("branch=release&branch=main&test=test_pay", vec!["test_pay"]),
        ("path=tests%2Ftest_pay.py", vec!["test_pay"]),
        (
            "ticket=SHOP-1&ticket=SHOP-2",
            vec!["test_add", "test_pay", "test_add"],
        ),
        ("ticket=none", vec!["test_empty"]),
        ("ticket=none&ticket=SHOP-2", vec!["test_empty", "test_pay"]),
        ("kind=xfail", vec!["test_add", "test_add"]),
        ("form=pytest.mark.skip", vec!["test_empty", "test_pay"]),
        (
            "framework=pytest&scope=test&effective=true&branch=release",
            vec!["test_add"],
        ),
        ("effective=false", vec![]),
        ("strict=false", vec!["test_add", "test_add"]),
        ("line_start=30", vec!["test_empty"]),
        ("first_seen_at=2026-11-20T06:00:00Z", vec!["test_pay"]),
        ("test=' OR 1=1 --", vec![]),
    ] {
        assert_eq!(
            tests(&server, &query.replace(' ', "+")).await,
            expected,
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_ticket_is_any_of_the_tickets_of_a_mute() {
    let world = World::empty();
    let two = |it: &mut Declaration| {
        it.ticket = Some("SHOP-1".to_owned());
        it.tickets = Some("SHOP-1, SHOP-22".to_owned());
    };
    world.mutes(&[
        Muted::new("test_none"),
        Muted::new("test_one").ticket("SHOP-2"),
        Muted::new("test_two").with(two),
    ]);
    let server = world.server();
    for (query, expected) in [
        ("ticket=SHOP-1", vec!["test_two"]),
        ("ticket=SHOP-22", vec!["test_two"]),
        ("ticket=SHOP-2", vec!["test_one"]),
        ("ticket=SHOP-22&ticket=SHOP-2", vec!["test_one", "test_two"]),
        ("ticket=none&ticket=SHOP-22", vec!["test_none", "test_two"]),
        ("ticket=SHOP", vec![]),
        ("tickets=SHOP-1%2C+SHOP-22", vec!["test_two"]),
    ] {
        assert_eq!(tests(&server, query).await, expected, "{query}");
    }
    let redash = server.json("/redash/mutes?ticket=SHOP-22").await;
    assert_eq!(pluck(&redash["rows"], "test"), ["test_two"]);
}

#[tokio::test]
async fn times_are_bounded_below_inclusively_and_above_exclusively() {
    let server = World::small().server();
    for (query, expected) in [
        ("since_before=2026-01-05", vec![]),
        ("since_before=2026-01-06", vec!["test_add", "test_add"]),
        ("since_after=2026-01-05", vec!["test_add", "test_add"]),
        ("since_after=2026-01-06", vec![]),
        ("first_seen_after=2026-11-20T06:00:00Z", vec!["test_pay"]),
        (
            "first_seen_after=2026-11-10&first_seen_before=2026-11-20",
            vec!["test_add"],
        ),
        (
            "first_seen_after=2026-11-20T07:00:00%2B01:00",
            vec!["test_pay"],
        ),
    ] {
        assert_eq!(tests(&server, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn q_searches_test_reason_tickets_and_condition_whatever_the_case() {
    let server = World::small().server();
    for (query, expected) in [
        ("q=GATEWAY", vec!["test_pay"]),
        ("q=shop-1", vec!["test_add", "test_add"]),
        ("q=testcart", vec!["test_add", "test_add"]),
        ("q=test_cart.py&branch=main", vec!["test_add", "test_empty"]),
        ("q=nothing+of+this", vec![]),
    ] {
        assert_eq!(tests(&server, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn mutes_that_are_gone_are_there_for_those_who_ask() {
    let server = World::small().server();
    assert_eq!(tests(&server, "muted=gone").await, ["test_old"]);
    assert_eq!(tests(&server, "muted=all").await.len(), 5);
    assert_eq!(tests(&server, "muted=current").await.len(), 4);
}

#[tokio::test]
async fn rows_are_sorted_as_asked_with_missing_values_last_either_way() {
    let server = World::small().server();
    assert_eq!(
        tests(&server, "sort=-first_seen_at,test_id").await,
        ["test_pay", "test_add", "test_add", "test_empty"]
    );
    for sort in ["since_declared", "-since_declared"] {
        let all = tests(&server, &format!("sort={sort}")).await;
        assert_eq!(all[..2], ["test_add", "test_add"], "{sort}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_by_link_and_by_token_without_gap_or_repetition() {
    let world = World::empty();
    let mutes: Vec<_> = (0..25)
        .map(|n| Muted::new(&format!("test_{:02}", n * 7 % 25)).with(|it| it.line_start = n % 3))
        .collect();
    world.mutes(&mutes);
    let server = world.server();
    for query in [
        "limit=4",
        "limit=4&sort=-line_start",
        "limit=4&q=TEST",
        "limit=5&sort=reason,-test",
        "limit=25",
    ] {
        let mut seen = Vec::new();
        let mut next = format!("?{query}");
        let mut pages = 0;
        loop {
            let page = server.json(&format!("/api/v1/mutes{next}")).await;
            assert_eq!(page["total"], 25);
            assert!(
                !page["items"].as_array().unwrap().is_empty(),
                "no page is empty"
            );
            seen.extend(pluck(&page["items"], "test"));
            pages += 1;
            let Some(token) = page["next_page_token"].as_str() else {
                assert_eq!(page["_links"], serde_json::json!({}));
                break;
            };
            next = page["_links"]["next"]["href"].as_str().unwrap().to_owned();
            assert_eq!(next, format!("?{query}&page_token={token}"));
        }
        assert_eq!(
            seen,
            tests(
                &server,
                &query
                    .replace("limit=4", "limit=100")
                    .replace("limit=5", "limit=100")
            )
            .await
        );
        assert_eq!(
            pages,
            25usize.div_ceil(query[6..].split('&').next().unwrap().parse().unwrap()),
            "{query}"
        );
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 25, "{query}");
    }
}

#[tokio::test]
async fn a_page_goes_on_at_its_place_although_a_scan_has_changed_the_rows_before_it() {
    for sort in [
        "test",
        "-test",
        "reason,test",
        "-since_declared,-test",
        "kind,test",
    ] {
        let world = World::empty();
        let named = |n: usize| {
            let mute = Muted::new(&format!("test_{n:02}"));
            match n % 3 {
                0 => mute,
                1 => mute.reason("because").since("2026-01-05"),
                _ => mute.reason("cause").since("2026-02-05"),
            }
        };
        let even: Vec<_> = (0..20).step_by(2).map(named).collect();
        world.mutes(&even);
        let server = world.server();
        let query = format!("/api/v1/mutes?limit=5&sort={sort}");
        let first = server.json(&query).await;
        let mut seen = pluck(&first["items"], "test");
        // Every other row is new, and two rows of the first page are gone.
        let gone: Vec<_> = seen[3..].to_vec();
        let now: Vec<_> = (0..20)
            .map(named)
            .filter(|it| !gone.contains(&it.declaration.test))
            .collect();
        world.mutes(&now);
        let mut token = first["next_page_token"].as_str().map(str::to_owned);
        while let Some(it) = token {
            let page = server.json(&format!("{query}&page_token={it}")).await;
            seen.extend(pluck(&page["items"], "test"));
            token = page["next_page_token"].as_str().map(str::to_owned);
        }
        let mut unique = seen.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), seen.len(), "{sort}: no row twice");
        for mute in &even {
            assert!(
                seen.contains(&mute.declaration.test),
                "{sort}: {} is there",
                mute.declaration.test
            );
        }
    }
}

#[tokio::test]
async fn a_token_that_cannot_find_its_place_again_says_so() {
    let world = World::empty();
    let long = |n: usize| Muted::new(&format!("test_{n}")).reason(&"x".repeat(300_000));
    world.mutes(&[long(1), long(2), long(3)]);
    let server = world.server();
    let path = "/api/v1/mutes?limit=1&sort=reason";
    let page = server.json(path).await;
    let token = page["next_page_token"].as_str().unwrap();
    let path = format!("{path}&page_token={token}");
    assert_ne!(
        server.json(&path).await["items"],
        page["items"],
        "it holds while the data is the same"
    );
    world.mutes(&[long(0), long(1), long(2), long(3)]);
    let answer = server.get(&path).await;
    assert_eq!(answer.status, 410);
    assert_eq!(answer.json()["error"]["code"], "stale_page_token");
}

#[tokio::test]
async fn any_text_survives() {
    let world = World::empty();
    let name = "test_🦀\u{0}'; DROP TABLE mutes; --\"\\\u{2028}\u{7f}";
    let reason = format!("\u{0}{}\r\n", "ẞ".repeat(100_000));
    world.mutes(&[Muted::new(name).reason(&reason)]);
    let server = world.server();
    let page = server.json("/api/v1/mutes").await;
    assert_eq!(page["items"][0]["test"], name);
    assert_eq!(page["items"][0]["reason"], reason);
}

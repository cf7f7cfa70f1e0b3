//! `/redash/*`

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::redash_oracle::inferred;
use crate::world::{Muted, World, pluck};

/// The types that Redash infers for every column that has a value are those
/// that the document declares.
fn assert_types(document: &Json) {
    let columns = document["columns"].as_array().unwrap();
    let declared: BTreeMap<&str, &str> = columns
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["type"].as_str().unwrap()))
        .collect();
    for (name, kind) in inferred(document, Some("rows")) {
        // The text of a declared day is text to us and looks like a day to Redash.
        if !name.ends_with("_text") {
            assert_eq!(declared.get(name.as_str()), Some(&kind), "column {name}");
        }
    }
    for row in document["rows"].as_array().unwrap() {
        for (name, value) in row.as_object().unwrap() {
            assert!(declared.contains_key(name.as_str()), "{name}");
            assert!(
                !value.is_null() && !value.is_object() && !value.is_array(),
                "{name}: {value}"
            );
        }
    }
}

#[tokio::test]
async fn mutes_have_the_columns_of_the_predecessor_first_then_since_then_ours() {
    let document = World::small().server().json("/redash/mutes").await;
    assert_eq!(
        document["columns"].as_array().unwrap()[..6],
        [
            json!({"name": "test", "type": "string", "friendly_name": "Test"}),
            json!({"name": "ticket", "type": "string", "friendly_name": "JIRA ticket"}),
            json!({"name": "file", "type": "string", "friendly_name": "File"}),
            json!({"name": "repo", "type": "string", "friendly_name": "Repository"}),
            json!({"name": "branch", "type": "string", "friendly_name": "Branch"}),
            json!({"name": "since", "type": "date", "friendly_name": "Since"}),
        ]
    );
    let names = pluck(&document["columns"], "name").join(" ");
    insta::assert_snapshot!(names, @r"test ticket file repo branch since declaration_id container param test_id line_start line_end language framework form alias kind scope condition condition_os condition_arch condition_version condition_env condition_feature intent runs strict strict_source reason tickets since_text until_declared until_text owner_declared dynamic effective ineffective_because confidence partly_parsed group_id nth opened_by first_seen_at first_seen_commit last_seen_at last_seen_commit closed_by gone_at gone_commit muted commit_id since_git");
    assert_eq!(
        document.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["columns", "rows"]
    );
}

#[tokio::test]
async fn rows_are_flat_and_have_no_key_for_null() {
    let server = World::small().server();
    let answer = server.get("/redash/mutes?test=test_empty").await;
    insta::assert_snapshot!(answer.text().split_once("\"rows\":").unwrap().1, @r#"[{"test":"test_empty","file":"tests/test_cart.py","repo":"github.com/acme/shop","branch":"main","declaration_id":"5ccca821a473a25671b88ab9632120b5","container":"","test_id":"tests/test_cart.py::test_empty","line_start":30,"line_end":11,"language":"python","framework":"pytest","form":"pytest.mark.skip","kind":"skip","scope":"test","runs":false,"dynamic":false,"effective":true,"confidence":"exact","partly_parsed":false,"group_id":"166da5c61e6646261892a5567e022054","nth":1,"opened_by":"baseline","first_seen_at":"2026-11-01T06:00:00Z","first_seen_commit":"c0ffee","muted":true,"commit_id":"c0ffee"}]}"#);
}

#[tokio::test]
async fn redash_infers_the_declared_types_also_where_the_first_row_lacks_a_value() {
    let world = World::small();
    assert_types(&world.server().json("/redash/mutes").await);
    assert_types(
        &world
            .server()
            .json("/redash/mutes?sort=test&muted=all")
            .await,
    );
    assert_types(&world.server().json("/redash/weekly").await);
    assert_types(&world.server().json("/redash/summary").await);
    world.mutes(&[
        Muted::new("a"),
        Muted::new("b")
            .since("2026-01-05")
            .reason("r")
            .ticket("T-1")
            .with(|it| it.strict = Some(true)),
        Muted::new("c").gone("2026-11-20T06:00:00Z"),
    ]);
    let document = world
        .server()
        .json("/redash/mutes?sort=test&muted=all")
        .await;
    assert!(
        document["rows"][0].get("since").is_none() && document["rows"][1].get("since").is_some()
    );
    assert_types(&document);
}

#[tokio::test]
async fn a_float_is_written_with_its_point() {
    let answer = World::small().server().get("/redash/weekly").await;
    let rows = answer.text().split_once("\"rows\":").unwrap().1;
    insta::assert_snapshot!(rows, @r#"[{"week":"2026-11-09","branch":"main","muted":2,"is_complete":true},{"week":"2026-11-16","branch":"main","muted":3,"change":1.0}]}"#);
}

#[tokio::test]
async fn both_spellings_of_an_address_are_answered_without_a_redirect() {
    let server = World::small().server();
    for path in [
        "/redash/mutes",
        "/redash/summary",
        "/redash/weekly",
        "/api/v1/mutes",
        "/api/v1/runs.csv",
        "/healthz",
    ] {
        let plain = server.get(path).await;
        let slash = server.get(&format!("{path}/")).await;
        assert_eq!(
            (plain.status, slash.status),
            (200.try_into().unwrap(), 200.try_into().unwrap()),
            "{path}"
        );
        assert_eq!(plain.body, slash.body);
    }
}

#[tokio::test]
async fn a_view_is_served_under_its_own_name_too() {
    let server = World::small().server();
    for (short, own) in [("weekly", "v_weekly"), ("mutes", "v_mutes_current")] {
        let short = server.get(&format!("/redash/{short}")).await;
        let own = server.get(&format!("/redash/{own}")).await;
        assert_eq!((short.status, &short.body), (own.status, &own.body));
        assert_eq!(own.status, 200);
    }
    // The history is what `mutes` shows when it is asked for, and is no view of its own.
    assert_eq!(server.get("/redash/v_mutes").await.status, 404);
}

#[tokio::test]
async fn a_valid_question_without_rows_is_answered_with_200_and_no_rows() {
    let world = World::empty();
    let document = world.server().json("/redash/mutes?branch=nowhere").await;
    assert_eq!(document["rows"], json!([]));
    assert_eq!(
        world.server().json("/redash/mutes?shape=array").await,
        json!([])
    );
}

#[tokio::test]
async fn shape_array_gives_the_rows_alone() {
    let server = World::small().server();
    let rows = server.json("/redash/mutes?shape=array").await;
    assert_eq!(rows, server.json("/redash/mutes").await["rows"]);
    assert_eq!(
        server.json("/redash/mutes?shape=table").await,
        server.json("/redash/mutes").await
    );
}

#[tokio::test]
async fn columns_are_renamed_to_become_filters_of_a_dashboard() {
    let server = World::small().server();
    let document = server
        .json("/redash/mutes?filters=branch,repository,kind&limit=1")
        .await;
    let names = pluck(&document["columns"], "name");
    assert_eq!(names[3..5], ["repo::filter", "branch::filter"]);
    assert!(names.contains(&"kind::filter".to_owned()));
    assert_eq!(document["rows"][0]["branch::filter"], "main");
    assert_eq!(document["columns"][4]["friendly_name"], "Branch");
    assert_types(&document);
    let answer = server.get("/redash/mutes?filters=team,brunch").await;
    assert_eq!(answer.status, 400);
    let answer = server.get("/redash/mutes?filters=brunch").await.json();
    assert_eq!(
        answer["error"]["message"],
        "parameter `filters` cannot be `brunch`: there is no column `brunch`; did you mean `branch`?"
    );
}

#[tokio::test]
async fn the_predecessors_names_filter_too() {
    let server = World::small().server();
    for query in [
        "repo=github.com/acme/shop",
        "file=tests/test_pay.py",
        "test=test_pay",
    ] {
        let rows = server
            .json(&format!("/redash/mutes?shape=array&{query}"))
            .await;
        assert!(
            pluck(&rows, "test").contains(&"test_pay".to_owned()),
            "{query}"
        );
    }
    assert_eq!(
        server.json("/redash/mutes?shape=array&repo=other").await,
        json!([])
    );
}

#[tokio::test]
async fn min_row_counts_rows_and_gives_one_of_zeros_where_there_is_none() {
    let server = World::small().server();
    let rows = server.json("/redash/weekly?min_row=1&shape=array").await;
    assert_eq!(pluck(&rows, "row_count"), ["1", "1"]);
    let document = server.json("/redash/weekly?min_row=1&branch=nowhere").await;
    assert_eq!(
        document["rows"],
        json!([{"week": "", "branch": "", "muted": 0, "change": 0.0, "is_complete": false, "row_count": 0}])
    );
    assert_eq!(
        document["columns"].as_array().unwrap().last().unwrap()["name"],
        "row_count"
    );
    assert_eq!(
        server.json("/redash/weekly?min_row=0&branch=nowhere").await["rows"],
        json!([])
    );
}

#[tokio::test]
async fn pages_come_where_a_limit_asks_for_them_and_survive_what_redash_adds() {
    let world = World::empty();
    world.mutes(
        &(0..7)
            .map(|n| Muted::new(&format!("test_{n}")))
            .collect::<Vec<_>>(),
    );
    let server = world.server();
    assert_eq!(
        server.json("/redash/mutes").await["rows"]
            .as_array()
            .unwrap()
            .len(),
        7,
        "all rows"
    );
    let mut next = "?limit=3&branch=main&sort=test".to_owned();
    let mut tests = Vec::new();
    loop {
        let page = server.json(&format!("/redash/mutes{next}")).await;
        tests.extend(pluck(&page["rows"], "test"));
        let Some(href) = page["_links"]["next"]["href"].as_str() else {
            assert_eq!(page["next_page_token"], Json::Null);
            break;
        };
        // Redash sends the `params` of its query again with every link.
        next = format!("{href}&limit=3&branch=main&sort=test");
        assert!(href.len() < 1200, "links do not grow: {href}");
    }
    assert_eq!(
        tests,
        (0..7).map(|n| format!("test_{n}")).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn the_summary_is_one_row_of_numbers() {
    let world = World::small();
    let document = world.server().json("/redash/summary").await;
    insta::assert_snapshot!(format!("{:#}", document["rows"]), @r#"
    [
      {
        "muted": 4,
        "ineffective": 0,
        "repositories": 1,
        "branches": 2,
        "files": 2,
        "tests": 3,
        "tickets": 2,
        "without_ticket": 1,
        "without_reason": 1,
        "oldest_since": "2026-01-05",
        "oldest_age_days": 320,
        "last_scan_at": "2026-11-21T06:00:02Z"
      }
    ]
    "#);
    assert_eq!(document["columns"].as_array().unwrap().len(), 12);
    assert_eq!(
        world.server().json("/redash/summary?shape=array").await,
        document["rows"]
    );
}

#[tokio::test]
async fn the_summary_obeys_the_filters_and_has_a_row_for_nothing_too() {
    let server = World::small().server();
    let row = server
        .json("/redash/summary?shape=array&branch=release")
        .await[0]
        .clone();
    assert_eq!(
        (&row["muted"], &row["branches"], &row["without_ticket"]),
        (&json!(1), &json!(1), &json!(0))
    );
    let nothing = World::empty()
        .server()
        .json("/redash/summary?shape=array")
        .await;
    insta::assert_snapshot!(format!("{nothing:#}"), @r#"
    [
      {
        "muted": 0,
        "ineffective": 0,
        "repositories": 0,
        "branches": 0,
        "files": 0,
        "tests": 0,
        "tickets": 0,
        "without_ticket": 0,
        "without_reason": 0
      }
    ]
    "#);
}

#[tokio::test]
async fn the_summary_knows_the_oldest_by_its_declared_day_then_git_then_the_scan_that_saw_it_come()
{
    let oldest = async |mutes: &[Muted]| {
        let world = World::empty();
        world.mutes(mutes);
        let row = world.server().json("/redash/summary?shape=array").await[0].clone();
        (row["oldest_since"].clone(), row["oldest_age_days"].clone())
    };
    let there_before = Muted::new("a");
    assert_eq!(
        oldest(std::slice::from_ref(&there_before)).await,
        (Json::Null, Json::Null),
        "it was there before the first scan, nobody knows how long"
    );
    let came = Muted::new("b").first_seen("2026-11-20T06:00:00Z");
    assert_eq!(
        oldest(&[there_before.clone(), came.clone()]).await,
        (json!("2026-11-20"), json!(1))
    );
    let landed = there_before.landed("2026-05-01T12:00:00Z");
    assert_eq!(
        oldest(&[landed.clone(), came]).await,
        (json!("2026-05-01"), json!(204))
    );
    assert_eq!(
        oldest(&[landed.since("2026-06-01")]).await,
        (json!("2026-06-01"), json!(173)),
        "what the code says comes first"
    );
}

#[tokio::test]
async fn the_summary_counts_marks_without_effect_apart() {
    let world = World::empty();
    world.mutes(&[
        Muted::new("a"),
        Muted::new("b")
            .since("2020-01-01")
            .ticket("SHOP-1")
            .with(|it| it.effective = false),
    ]);
    let row = world.server().json("/redash/summary?shape=array").await[0].clone();
    let number = |name: &str| row[name].as_i64();
    assert_eq!((number("muted"), number("ineffective")), (Some(1), Some(1)));
    assert_eq!((number("tests"), number("tickets")), (Some(1), Some(0)));
    assert_eq!(row["oldest_since"], Json::Null);
}

#[tokio::test]
async fn a_view_that_does_not_exist_is_404() {
    let server = World::small().server();
    for path in [
        "/redash/nothing",
        "/redash/v_mutes",
        "/redash/mutes_current",
        "/redash/%ff",
        "/redash/mutes/x",
        "/redash/",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["error"]["code"], "not_found", "{path}");
    }
}

//! Bugzilla as its documentation has it.

use std::collections::BTreeSet;

use qaduct_replay::{Server, World};
use serde_json::Value;

use crate::client::{Got, send, serve};

const KEY: (&str, &str) = ("X-BUGZILLA-API-KEY", "key");

fn get(server: &Server, path: &str) -> Got {
    let url = format!("{}/rest/{path}", server.url("bmo"));
    send("GET", &url, &[KEY], None).unwrap()
}

fn ids(body: &Value) -> BTreeSet<String> {
    let bugs = body["bugs"].as_array().unwrap();
    bugs.iter().map(|it| it["id"].to_string()).collect()
}

/// Ids of the bugs that pass and that somebody with a key may see.
fn expected(server: &Server, test: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let secret = |it: &Value| {
        it["groups"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it == "core-security")
    };
    server
        .world()
        .ids_where("bugzilla.bugs", |it| !secret(it) && test(it))
}

fn holds(bug: &Value, words: &[&str]) -> bool {
    let text = bug["cf_qa_whiteboard"].as_str().unwrap().to_lowercase();
    words.iter().any(|it| text.contains(it))
}

#[test]
fn a_search_finds_what_its_words_say() {
    let server = serve(World::of("bugzilla", 1, 1_080), &[]);
    let tag = get(
        &server,
        "bug?include_fields=id&f1=cf_qa_whiteboard&o1=substring&v1=qa-found-in-",
    );
    let tagged = expected(&server, |it| holds(it, &["qa-found-in-"]));
    assert!(tagged.len() > 100, "{}", tagged.len());
    assert_eq!(ids(&tag.json()), tagged);
    let any = get(
        &server,
        "bug?include_fields=id&f1=cf_qa_whiteboard&o1=anywordssubstr&v1=qa-investig,qa-ver,qa-triage",
    );
    assert_eq!(
        ids(&any.json()),
        expected(&server, |it| holds(
            it,
            &["qa-investig", "qa-ver", "qa-triage"]
        ))
    );
    let keyword = get(
        &server,
        "bug?include_fields=id&keywords=ui-test-bug-auto-found&keywords_type=allwords",
    );
    let found = expected(&server, |it| {
        it["keywords"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it.as_str().unwrap().starts_with("ui-test-bug-auto-found"))
    });
    assert_eq!(ids(&keyword.json()), found);
    let products = get(
        &server,
        "bug?include_fields=id&product=Fenix&product=Focus&f1=flagtypes.name&o1=equals&v1=qe-verify%2B",
    );
    let asked = |it: &Value| {
        it["flags"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["name"] == "qe-verify" && it["status"] == "+")
    };
    assert_eq!(
        ids(&products.json()),
        expected(&server, |it| (it["product"] == "Fenix"
            || it["product"] == "Focus")
            && asked(it))
    );
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_change_time_bounds_a_search_on_both_sides() {
    let server = serve(World::of("bugzilla", 1, 1_080), &[]);
    let query = "bug?include_fields=id,last_change_time&last_change_time=2025-06-01T00:00:00Z&f1=delta_ts&o1=lessthan&v1=2025-09-01T00:00:00Z";
    let between = expected(&server, |it| {
        let at = it["last_change_time"].as_str().unwrap();
        ("2025-06-01T00:00:00Z".."2025-09-01T00:00:00Z").contains(&at)
    });
    assert!(!between.is_empty());
    assert_eq!(ids(&get(&server, query).json()), between);
    let count = get(&server, &format!("{query}&count_only=1")).json();
    assert_eq!(count["bug_count"], between.len());
}

#[test]
fn pages_in_a_unique_order_are_complete() {
    let server = serve(World::of("bugzilla", 1, 1_080), &[]);
    let mut found = BTreeSet::new();
    for page in 0.. {
        let path = format!(
            "bug?include_fields=id&order=changeddate,bug_id&limit=100&offset={}",
            page * 100
        );
        let body = get(&server, &path).json();
        found.extend(ids(&body));
        if body["bugs"].as_array().unwrap().len() < 100 {
            break;
        }
    }
    assert_eq!(found, expected(&server, |_| true));
}

#[test]
fn a_stock_server_does_not_know_who_sends_a_header() {
    let server = serve(World::of("bugzilla", 1, 2_600), &[]);
    let stock = |path: &str| {
        let url = format!("{}/rest/{path}", server.url("bugzilla"));
        send("GET", &url, &[KEY], None).unwrap().json()
    };
    let header = stock("bug?include_fields=id,creator&limit=10000&order=bug_id");
    let parameter =
        stock("bug?include_fields=id,creator&limit=10000&order=bug_id&Bugzilla_api_key=key");
    assert!(ids(&header).len() < ids(&parameter).len());
    assert_eq!(ids(&parameter), expected(&server, |_| true));
    assert!(!header.to_string().contains('@'));
    assert!(parameter.to_string().contains('@'));
    assert_eq!(
        stock("bug?order=bug_id")["bugs"].as_array().unwrap().len(),
        500
    );
}

#[test]
fn errors_have_the_codes_of_the_server() {
    let server = serve(World::of("bugzilla", 1, 1_080), &[]);
    let secret = server.world().ids_where("bugzilla.bugs", |it| {
        it["groups"] == serde_json::json!(["core-security"])
    });
    let secret = secret.first().unwrap();
    let code = |path: &str| {
        let got = get(&server, path);
        (got.status, got.json()["code"].as_u64().unwrap_or(0))
    };
    assert_eq!(code(&format!("bug/{secret}")), (401, 102));
    assert_eq!(code("bug/1"), (404, 101));
    assert_eq!(code(&format!("bug/{secret}/history")), (401, 102));
    assert_eq!(code("bug?f1=cf_nothing&o1=equals&v1=x"), (400, 108));
    let both = get(&server, &format!("bug/1900000,{secret}?permissive=1")).json();
    assert_eq!(both["faults"][0]["faultCode"], 102);
    let long = vec!["1900000"; 1_200].join(",");
    assert_eq!(get(&server, &format!("bug?id={long}")).status, 414);
}

#[test]
fn history_and_comments_of_all_bugs_are_served() {
    let server = serve(World::of("bugzilla", 1, 600), &[]);
    for id in expected(&server, |_| true) {
        get(&server, &format!("bug/{id}/history"));
        get(&server, &format!("bug/{id}/comment"));
    }
    for collection in ["bugzilla.history", "bugzilla.comments"] {
        assert_eq!(
            server.served(collection),
            server.world().visible(collection)
        );
    }
}

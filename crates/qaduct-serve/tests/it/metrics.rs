//! `/metrics`

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering::SeqCst;

use crate::world::{Answer, Muted, Server, World};

async fn page(server: &Server) -> Answer {
    let accept = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";
    server.send("GET", "/metrics", &[("accept", accept)]).await
}

#[tokio::test]
async fn without_a_wish_the_page_has_help_for_the_name_of_every_sample() {
    let server = World::small().server();
    server.get("/redash/weekly").await;
    let answer = server.get("/metrics").await;
    assert_eq!(
        answer.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = answer.text();
    assert!(text.contains("# HELP qaduct_http_requests_total Requests answered.\n"));
    assert!(text.contains("# TYPE qaduct_http_requests_total counter\n"));
    assert!(!text.contains("# UNIT") && !text.contains("# EOF"));
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = &line[..line.find(['{', ' ']).unwrap()];
        let family = ["_bucket", "_count", "_sum"]
            .iter()
            .find_map(|it| name.strip_suffix(it))
            .unwrap_or(name);
        assert!(text.contains(&format!("# HELP {family} ")), "{name}");
    }
}

#[tokio::test]
async fn the_page_tells_of_mutes_scans_requests_and_the_build() {
    let server = World::small().server();
    assert_eq!(server.get("/redash/weekly/").await.status, 200);
    assert_eq!(server.get("/nothing").await.status, 404);
    let answer = page(&server).await;
    assert_eq!(
        answer.header("content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    assert_rules(answer.text());
    insta::assert_snapshot!(sorted(answer.text()), @r#"
    # HELP qaduct_build_info Always 1; the version is a label.
    # TYPE qaduct_build_info gauge
    qaduct_build_info{version="0.1.0"} 1
    # HELP qaduct_store_reachable Whether the store could be read for this page.
    # TYPE qaduct_store_reachable gauge
    qaduct_store_reachable 1
    # HELP qaduct_http_requests Requests answered.
    # TYPE qaduct_http_requests counter
    qaduct_http_requests_total{route="/redash/{view}",method="GET",status="200"} 1
    qaduct_http_requests_total{route="none",method="GET",status="404"} 1
    # HELP qaduct_muted_tests Mutes on a branch now.
    # TYPE qaduct_muted_tests gauge
    qaduct_muted_tests{repo="github.com/acme/shop",branch="main",kind="skip",has_ticket="false"} 1
    qaduct_muted_tests{repo="github.com/acme/shop",branch="main",kind="skip",has_ticket="true"} 1
    qaduct_muted_tests{repo="github.com/acme/shop",branch="main",kind="xfail",has_ticket="true"} 1
    qaduct_muted_tests{repo="github.com/acme/shop",branch="release",kind="xfail",has_ticket="true"} 1
    # HELP qaduct_muted_test_age_seconds Time since a mute was declared, else landed, else was first seen, where known, for the mutes of a branch now.
    # TYPE qaduct_muted_test_age_seconds histogram
    # UNIT qaduct_muted_test_age_seconds seconds
    qaduct_muted_test_age_seconds_bucket{le="1209600.0",repo="github.com/acme/shop",branch="main"} 1
    qaduct_muted_test_age_seconds_bucket{le="1209600.0",repo="github.com/acme/shop",branch="release"} 0
    qaduct_muted_test_age_seconds_bucket{le="7776000.0",repo="github.com/acme/shop",branch="main"} 1
    qaduct_muted_test_age_seconds_bucket{le="7776000.0",repo="github.com/acme/shop",branch="release"} 0
    qaduct_muted_test_age_seconds_count{repo="github.com/acme/shop",branch="main"} 2
    qaduct_muted_test_age_seconds_count{repo="github.com/acme/shop",branch="release"} 1
    qaduct_muted_test_age_seconds_sum{repo="github.com/acme/shop",branch="main"} 27766800.0
    qaduct_muted_test_age_seconds_sum{repo="github.com/acme/shop",branch="release"} 27675000.0
    # HELP qaduct_source_last_success_timestamp_seconds When the newest run without a failure ended; of a stream that is pulled, one that read all of it.
    # TYPE qaduct_source_last_success_timestamp_seconds gauge
    # UNIT qaduct_source_last_success_timestamp_seconds seconds
    qaduct_source_last_success_timestamp_seconds{source="scan",stream="github.com/acme/shop"} 1795240802.0
    # HELP qaduct_scan_files Files of a branch as scanned last.
    # TYPE qaduct_scan_files gauge
    qaduct_scan_files{repo="github.com/acme/shop",branch="main"} 60
    # HELP qaduct_scan_test_files Of these, files recognised as test files.
    # TYPE qaduct_scan_test_files gauge
    qaduct_scan_test_files{repo="github.com/acme/shop",branch="main"} 20
    # HELP qaduct_scan_problem_files Of these, files that could not be read or parsed in full.
    # TYPE qaduct_scan_problem_files gauge
    qaduct_scan_problem_files{repo="github.com/acme/shop",branch="main"} 1
    # EOF
    "#);
}

#[tokio::test]
async fn ages_are_those_of_git_where_the_code_tells_none_and_marks_without_effect_are_no_mutes() {
    let world = World::empty();
    world.mutes(&[
        Muted::new("a").landed("2026-05-01T07:30:00Z"),
        Muted::new("b").with(|it| it.effective = false),
        Muted::new("c"),
    ]);
    let answer = page(&world.server()).await;
    let mut lines: Vec<_> = answer
        .text()
        .lines()
        .filter(|it| it.starts_with("qaduct_muted_test"))
        .filter(|it| !it.contains("_bucket"))
        .collect();
    lines.sort_unstable();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    qaduct_muted_test_age_seconds_count{repo="github.com/acme/shop",branch="main"} 1
    qaduct_muted_test_age_seconds_sum{repo="github.com/acme/shop",branch="main"} 17625600.0
    qaduct_muted_tests{repo="github.com/acme/shop",branch="main",kind="skip",has_ticket="false"} 2
    "#);
}

#[tokio::test]
async fn a_stream_of_a_source_has_the_end_of_the_run_that_read_all_of_it_last() {
    let world = World::small();
    let server = world.pulling(&[
        ("bmo", "bugs", Some("2026-11-21T05:00:00Z")),
        ("bmo", "history", None),
        ("jira", "issues", Some("2026-11-20T05:00:00.5Z")),
    ]);
    let answer = page(&server).await;
    assert_rules(answer.text());
    let samples = |text: &str| {
        let name = "qaduct_source_last_success_timestamp_seconds{";
        let mut lines: Vec<_> = text.lines().filter(|it| it.starts_with(name)).collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    insta::assert_snapshot!(samples(answer.text()), @r#"
    qaduct_source_last_success_timestamp_seconds{source="bmo",stream="bugs"} 1795237200.0
    qaduct_source_last_success_timestamp_seconds{source="jira",stream="issues"} 1795150800.5
    qaduct_source_last_success_timestamp_seconds{source="scan",stream="github.com/acme/shop"} 1795240802.0
    "#);
    let older = server.get("/metrics").await;
    assert_eq!(samples(older.text()), samples(answer.text()));
}

#[tokio::test]
async fn a_page_without_the_store_says_that_it_is_out_of_reach() {
    let world = World::small();
    world.memory.is_down.store(true, SeqCst);
    let answer = page(&world.server()).await;
    assert_eq!(answer.status, 200);
    assert_rules(answer.text());
    assert!(answer.text().contains("qaduct_store_reachable 0\n"));
    assert!(!answer.text().contains("qaduct_muted_tests{"));
}

#[tokio::test]
async fn a_label_is_never_the_name_of_a_test_and_is_escaped() {
    let world = World::small();
    world.mutes(&[Muted::new("test_secret_name").branch("a\"b\\c\nd")]);
    let answer = page(&world.server()).await;
    assert_rules(answer.text());
    assert!(!answer.text().contains("test_secret_name"));
    assert!(answer.text().contains(r#"branch="a\"b\\c\nd""#));
}

#[tokio::test]
async fn the_page_is_new_after_a_scan() {
    let world = World::small();
    let server = world.server();
    assert!(page(&server).await.text().contains("kind=\"xfail\""));
    world.mutes(&[]);
    assert!(!page(&server).await.text().contains("kind=\"xfail\""));
}

/// The page with the series of a family in order; the registry keeps none.
/// Buckets are left out but for those of the limits that policies use.
fn sorted(page: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut family = 0;
    for line in page.lines() {
        if line.starts_with('#') {
            lines[family..].sort_unstable();
            lines.push(line);
            family = lines.len();
        } else if !line.contains("_bucket") || line.contains("1209600") || line.contains("7776000")
        {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// The rules of `OpenMetrics` that a scraper stumbles over: one block a family,
/// its type and help before its samples, names and suffixes that fit the type,
/// no series twice, buckets that grow, a mark at the end.
fn assert_rules(page: &str) {
    assert!(page.ends_with("# EOF\n"));
    assert_eq!(page.matches("# EOF").count(), 1);
    let mut types: BTreeMap<&str, &str> = BTreeMap::new();
    let mut series = BTreeSet::new();
    let mut family = ("", "");
    let mut bucket: (String, u64) = Default::default();
    for line in page.lines().take_while(|line| *line != "# EOF") {
        if let Some(rest) = line.strip_prefix("# ") {
            let (keyword, rest) = rest.split_once(' ').unwrap();
            let (name, value) = rest.split_once(' ').unwrap();
            match keyword {
                "TYPE" => {
                    assert!(types.insert(name, value).is_none(), "{name} has two blocks");
                    family = (name, value);
                }
                "UNIT" => assert!(
                    name.ends_with(&format!("_{value}")),
                    "{name} ends with its unit"
                ),
                "HELP" => {}
                other => panic!("{other}"),
            }
            continue;
        }
        let end = line.find(['{', ' ']).unwrap();
        let (name, rest) = line.split_at(end);
        let suffix = name
            .strip_prefix(family.0)
            .unwrap_or_else(|| panic!("{name} is in the block of {}", family.0));
        let allowed: &[&str] = match family.1 {
            "gauge" => &[""],
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_count", "_sum"],
            other => panic!("{other}"),
        };
        assert!(allowed.contains(&suffix), "{name} in a {}", family.1);
        assert!(name.starts_with("qaduct_"));
        let (labels, value) = rest.rsplit_once(' ').unwrap();
        let number: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
        assert!(series.insert((name, labels)), "{line} is there twice");
        if suffix == "_bucket" {
            let (le, others) = labels.split_once(',').map_or((labels, ""), |it| it);
            assert!(le.starts_with("{le="), "{labels}");
            if bucket.0 == others {
                assert!(number >= bucket.1 as f64, "buckets grow: {line}");
            }
            bucket = (others.to_owned(), number as u64);
        }
    }
}

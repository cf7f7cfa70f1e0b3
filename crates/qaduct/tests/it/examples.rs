//! The examples work: against servers that stand in for the services.

use std::collections::BTreeSet;
use std::path::Path;

use qaduct_models::{compatibility, reports};
use qaduct_replay::World;

use crate::Home;
use crate::stands::{TOKEN, ids, serve, value};

/// The example without what a test cannot have: the network, and TestRail's pace.
fn mozilla() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/mozilla/qaduct.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let (before, rest) = text.split_once("urls = [").unwrap();
    let (_, after) = rest.split_once(']').unwrap();
    let releases: Vec<_> = (138..150)
        .map(|it| format!("\"{it}.0\" = \"2026-{:02}-10\"", it - 137))
        .collect();
    let text = format!("{before}releases = {{ {} }}{after}", releases.join(", "));
    let token = "token = { env = \"TESTRAIL_PASSWORD\" }";
    assert!(text.contains(token));
    text.replace(
        token,
        &format!("{token}\noptions = {{ edition = \"server\" }}"),
    )
}

#[test]
fn the_reports_of_testops_dashboard_are_filled_from_what_the_services_have() {
    let mut world = World::generated(7, 4_000);
    // Names are made by chance; some report is about those of this kind.
    world.change("testrail.plans", "30001", |plan| {
        plan["name"] = "Firefox 142.0b3 Beta Automated testing".into();
    });
    let server = serve(world, &[]);
    let home = Home::new().file("work/qaduct.toml", &mozilla());
    let pull = || {
        let run = home.qaduct("pull --progress none");
        let run = [
            ("TESTRAIL_HOST", server.url("testrail")),
            ("ATLASSIAN_HOST", server.url("jira")),
            ("BUGZILLA_URL", server.url("bmo")),
            ("GITHUB_API_URL", server.url("github")),
        ]
        .iter()
        .fold(run, |run, (name, url)| run.env(name, url));
        let tokens = [
            "TESTRAIL_PASSWORD",
            "ATLASSIAN_API_TOKEN",
            "BUGZILLA_API_KEY",
            "GITHUB_TOKEN",
        ];
        let run = tokens.iter().fold(run, |run, name| run.env(name, TOKEN));
        let outcome = run.run();
        assert_eq!(outcome.status, Some(0), "{outcome}");
    };
    pull();
    let stored = home.path("work").join("qaduct.db");
    for (source, collection, table, column) in [
        ("testrail", "testrail.cases", "testrail_cases", "case_id"),
        ("testrail", "testrail.plans", "testrail_plans", "plan_id"),
        (
            "testrail",
            "testrail.results",
            "testrail_results",
            "result_id",
        ),
        ("jira", "jira.worklogs", "jira_worklogs", "worklog_id"),
    ] {
        let served = server.world().ids(collection);
        assert_eq!(ids(&stored, table, column, source), served, "{table}");
    }
    let views = reports()
        .into_iter()
        .chain(compatibility("testops-dashboard").unwrap());
    let empty: BTreeSet<_> = views
        .map(|it| it.name)
        .filter(|it| value(&stored, &format!("SELECT count(*) FROM {it}")) == "0")
        .collect();
    assert_eq!(empty, BTreeSet::new());

    // Again on the same day: the same counts, each once.
    let counts = "SELECT count(*) || ' ' || sum(cases) FROM coverage_snapshots";
    let (before, found) = (value(&stored, counts), "SELECT count(*) FROM extracts");
    let before = (before, value(&stored, found));
    pull();
    assert_eq!((value(&stored, counts), value(&stored, found)), before);
}

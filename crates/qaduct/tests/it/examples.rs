//! The examples work: against servers that stand in for the services.
//!
//! `EXAMPLE_RECORDS` says how many records the services have together; without it they
//! are [`RECORDS`], as to pull 50,000 of them into three stores takes minutes.

mod report_types;

use std::collections::BTreeSet;
use std::path::Path;

use qaduct_models::{compatibility, reports};
use qaduct_records::values::values_of;
use qaduct_records::{Column, Query, Reader, Table, Test};
use qaduct_replay::{Server, World};

use crate::Home;
use crate::database_server::Database;
use crate::home::Outcome;
use crate::stands::{TOKEN, serve};

const RECORDS: usize = 4_000;

/// The repository that the example reads, beside which the recorded ones are put.
const REPOSITORY: &str = "\"mozilla-mobile/firefox-ios\"";

/// Source, collection of the server, table, the column of its ids, and whether the
/// example asks for all that the server has.
#[rustfmt::skip]
const LOADED: &[(&str, &str, &str, &str, bool)] = &[
    ("testrail", "testrail.projects", "testrail_projects", "project_id", true),
    ("testrail", "testrail.suites", "testrail_suites", "suite_id", true),
    ("testrail", "testrail.sections", "testrail_sections", "section_id", true),
    ("testrail", "testrail.cases", "testrail_cases", "case_id", true),
    ("testrail", "testrail.case_fields", "testrail_case_fields", "field_id", true),
    ("testrail", "testrail.case_types", "testrail_case_types", "type_id", true),
    ("testrail", "testrail.priorities", "testrail_priorities", "priority_id", true),
    ("testrail", "testrail.statuses", "testrail_statuses", "status_id", true),
    ("testrail", "testrail.users", "testrail_users", "user_id", true),
    ("testrail", "testrail.milestones", "testrail_milestones", "milestone_id", true),
    ("testrail", "testrail.plans", "testrail_plans", "plan_id", true),
    ("testrail", "testrail.runs", "testrail_runs", "run_id", true),
    ("testrail", "testrail.tests", "testrail_tests", "test_id", true),
    ("testrail", "testrail.results", "testrail_results", "result_id", true),
    ("jira", "jira.filters", "jira_filters", "filter_id", false),
    ("jira", "jira.issues", "jira_issues", "issue_id", false),
    ("jira", "jira.worklogs", "jira_worklogs", "worklog_id", true),
    ("bmo", "bugzilla.bugs", "bugzilla_bugs", "bug_id", false),
    ("taskcluster", "taskcluster.tasks", "taskcluster_tasks", "task_id", false),
    ("looker", "looker.folders", "looker_folders", "folder_id", true),
    ("looker", "looker.users", "looker_users", "user_id", true),
    ("looker", "looker.looks", "looker_looks", "look_id", false),
    ("github", "github.issues", "github_issues", "issue_id", false),
    ("github", "github.events", "github_issue_events", "event_id", false),
    ("github", "github.runs", "github_workflow_runs", "run_id", false),
    ("bitrise", "bitrise.apps", "bitrise_apps", "app_slug", true),
    ("confluence", "confluence.pages", "confluence_pages", "page_id", false),
    ("confluence", "confluence.attachments", "confluence_attachments", "attachment_id", false),
    ("confluence", "confluence.comments", "confluence_comments", "comment_id", false),
    ("sentry", "sentry.projects", "sentry_projects", "project_id", true),
    ("sentry", "sentry.issues", "sentry_issues", "issue_id", true),
    ("sentry", "sentry.releases", "sentry_releases", "release_id", true),
];

/// The recorded records that belong to this repository.
fn recorded() -> World {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    World::recorded(folder.join("../qaduct-replay/tests/recorded")).unwrap()
}

/// Repositories of the recorded records.
fn repositories() -> Vec<String> {
    let world = recorded();
    let names = world.collection("github.repos").all();
    names
        .map(|it| it["full_name"].as_str().unwrap().to_owned())
        .collect()
}

/// About so many generated records, and all recorded ones.
fn world() -> World {
    let records = std::env::var_os("EXAMPLE_RECORDS");
    world_of(records.map_or(RECORDS, |it| it.to_str().unwrap().parse().unwrap()))
}

fn world_of(records: usize) -> World {
    let mut world = World::generated(7, records);
    assert!(world.size() >= records, "{} records", world.size());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    world
        .add_recorded(folder.join("../qaduct-replay/tests/recorded"))
        .unwrap();
    // Names are made by chance; some report is about those of this kind.
    world.change("testrail.plans", "30001", |plan| {
        plan["name"] = "Firefox 142.0b3 Beta Automated testing".into();
    });
    world
}

/// The example without the network, and with the recorded repositories.
fn mozilla() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/mozilla/qaduct.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let (before, rest) = text.split_once("urls = [").unwrap();
    let (_, after) = rest.split_once(']').unwrap();
    let releases: Vec<_> = (138..150)
        .map(|it| format!("\"{it}.0\" = \"2026-{:02}-10\"", it - 137))
        .collect();
    let text = format!("{before}releases = {{ {} }}{after}", releases.join(", "));
    // The stand-in takes as many messages as there are.
    let unlimited = "requests_per_minute = 10000000\nwebhook = {";
    let text = text.replace("webhook = {", unlimited);
    let text = text.replace(
        "token = { env = \"SLACK",
        &unlimited.replace("webhook = {", "token = { env = \"SLACK"),
    );
    let mine = format!("projects = [{REPOSITORY}]");
    assert!(text.contains(&mine));
    let mut all = REPOSITORY.to_owned();
    for name in repositories() {
        all.extend([", \"", &name, "\""]);
    }
    text.replacen(&mine, &format!("projects = [{all}]"), 1)
}

/// A pull of all sources of the example into a store.
fn pull(home: &Home, server: &Server, store: &str) -> Outcome {
    let outcome = run(
        home,
        server,
        &format!("pull --progress none --store {store}"),
    );
    assert_eq!(outcome.status, Some(0), "{outcome}");
    outcome
}

/// A command with the addresses and credentials of the example.
fn run(home: &Home, server: &Server, command: &str) -> Outcome {
    let mut run = home.qaduct(command);
    for (name, service) in [
        ("TESTRAIL_HOST", "testrail"),
        ("ATLASSIAN_HOST", "jira"),
        ("BUGZILLA_URL", "bmo"),
        ("GITHUB_API_URL", "github"),
        ("SENTRY_HOST", "sentry"),
        ("BITRISE_URL", "bitrise"),
        ("TASKCLUSTER_ROOT_URL", "taskcluster"),
        ("CONFLUENCE_URL", "confluence"),
        ("LOOKER_HOST", "looker"),
    ] {
        run = run.env(name, server.url(service));
    }
    for name in [
        "TESTRAIL_PASSWORD",
        "ATLASSIAN_API_TOKEN",
        "BUGZILLA_API_KEY",
        "GITHUB_TOKEN",
        "SENTRY_API_TOKEN",
        "BITRISE_TOKEN",
        "LOOKER_SECRET",
    ] {
        run = run.env(name, TOKEN);
    }
    // The limits of the services do not hold there.
    for source in [
        "TESTRAIL",
        "JIRA",
        "BMO",
        "GITHUB",
        "SENTRY",
        "BITRISE",
        "CONFLUENCE",
    ] {
        run = run.env(
            &format!("QADUCT_SOURCE__{source}__REQUESTS_PER_MINUTE"),
            "10000000",
        );
    }
    run.run()
}

/// Sends the messages of the example, and how many there are then.
fn publish(home: &Home, server: &Server, store: &str) -> (String, usize) {
    let mut run = home.qaduct(&format!("publish message alert --store {store}"));
    for name in ["ALERTS", "IOS_DEV", "PRODUCT_HEALTH"] {
        let hook = server.url(&format!("slack/services/T1/B1/{TOKEN}"));
        run = run.env(&format!("SLACK_WEBHOOK_{name}"), hook);
    }
    let run = run
        .env("SLACK_BOT_TOKEN", TOKEN)
        .env("SLACK_CHANNEL_IOS_TEAM", "C0DASHBOARD")
        .env("SLACK_API_URL", server.url("slack/api/"));
    let outcome = run.run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    let posted = server.world().collection("slack.messages").len();
    (outcome.stdout, posted)
}

fn table(name: &str) -> &'static Table {
    let mut tables = qaduct::wire::tables().into_iter();
    tables.find(|it| it.name == name).unwrap()
}

/// The ids of a source in a table.
fn ids(reader: &mut dyn Reader, name: &str, column: &str, source: &str) -> BTreeSet<String> {
    let columns = table(name).columns.iter();
    let columns: Vec<_> = columns.filter(|it| it.name == column).cloned().collect();
    let query = Query::of(name, columns).filter("source", Test::In(vec![source.into()]));
    let rows = reader.query(&query).unwrap();
    let ids = values_of(&rows, column).unwrap();
    ids.iter().map(ToString::to_string).collect()
}

/// Pulls the example, and looks whether all of it is there.
fn every_report_is_filled_in(store: &str) {
    let server = serve(world(), &[]);
    let home = Home::new().file("work/qaduct.toml", &mozilla());
    pull(&home, &server, store);
    let place = match store.contains("://") {
        true => store.to_owned(),
        false => home.path("work").join(store).display().to_string(),
    };
    let stored = qaduct_stores::open_existing(&place, None).unwrap();
    let mut reader = stored.reader().unwrap();
    for (source, collection, table, column, whole) in LOADED {
        let loaded = ids(reader.as_mut(), table, column, source);
        assert!(!loaded.is_empty(), "{table} is empty");
        // Of what is asked for by queries, what the server has shown.
        let there = match whole {
            true => server.world().visible(collection),
            false => server.served(collection),
        };
        assert!(
            loaded == there,
            "{table} has {} of {}",
            loaded.len(),
            there.len()
        );
    }
    // Builds are in two lists, by their age.
    let mut builds = ids(reader.as_mut(), "bitrise_builds", "build_slug", "bitrise");
    let archived = "bitrise_archived_builds";
    builds.extend(ids(reader.as_mut(), archived, "build_slug", "bitrise"));
    assert_eq!(builds, server.world().visible("bitrise.builds"));
    let recorded = recorded().ids("github.issues");
    assert!(recorded.is_subset(&ids(reader.as_mut(), "github_issues", "issue_id", "github")));

    let mut count =
        |name: &str, columns: &[Column]| reader.count(&Query::of(name, columns)).unwrap();
    let views = reports()
        .into_iter()
        .chain(compatibility("testops-dashboard").unwrap());
    let empty: BTreeSet<_> = views
        .filter(|it| count(&it.name, &it.columns) == 0)
        .map(|it| it.name)
        .collect();
    assert_eq!(empty, BTreeSet::new());

    // Again on the same day: the same counts, each once.
    let kept = [
        "coverage_snapshots",
        "extracts",
        "testrail_results",
        "jira_issues",
    ];
    let mut counts = || kept.map(|it| count(it, table(it).columns));
    let before = counts();
    pull(&home, &server, store);
    assert_eq!(counts(), before);

    let (told, posted) = publish(&home, &server, store);
    for name in [
        "health-ios",
        "health-fenix",
        "health-fenix-beta",
        "deep-dive",
        "new-issues",
        "new-issues-long",
    ] {
        assert!(told.contains(&format!("message.{name} ")), "{told}");
    }
    assert!(posted > 5, "{told}");
    let (told, again) = publish(&home, &server, store);
    assert_eq!(again, posted, "{told}");
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn the_reports_of_testops_dashboard_are_filled_in_sqlite() {
    every_report_is_filled_in("qaduct.db");
}

#[test]
fn the_reports_of_testops_dashboard_are_filled_in_postgresql() {
    every_report_is_filled_in(&Database::postgres().url());
}

#[test]
fn the_reports_of_testops_dashboard_are_filled_in_mariadb() {
    every_report_is_filled_in(&Database::mariadb().url());
}

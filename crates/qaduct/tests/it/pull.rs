//! Pulling, against servers that stand in for the services.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::thread;
use std::time::Instant;

use insta::assert_snapshot;
use qaduct_replay::{Server, World};

use crate::Home;
use crate::server::Process;
use crate::stands::{self, differing, dump, home, ids, pull, run, serve, value};

pub(crate) fn database(home: &Home, name: &str) -> PathBuf {
    home.path("work").join(name)
}

/// Source, collection of the server, table and the column of its ids.
const SERVED: &[(&str, &str, &str, &str)] = &[
    (
        "testrail",
        "testrail.projects",
        "testrail_projects",
        "project_id",
    ),
    ("testrail", "testrail.suites", "testrail_suites", "suite_id"),
    (
        "testrail",
        "testrail.sections",
        "testrail_sections",
        "section_id",
    ),
    ("testrail", "testrail.cases", "testrail_cases", "case_id"),
    (
        "testrail",
        "testrail.case_fields",
        "testrail_case_fields",
        "field_id",
    ),
    (
        "testrail",
        "testrail.case_types",
        "testrail_case_types",
        "type_id",
    ),
    (
        "testrail",
        "testrail.priorities",
        "testrail_priorities",
        "priority_id",
    ),
    (
        "testrail",
        "testrail.statuses",
        "testrail_statuses",
        "status_id",
    ),
    (
        "testrail",
        "testrail.milestones",
        "testrail_milestones",
        "milestone_id",
    ),
    ("testrail", "testrail.plans", "testrail_plans", "plan_id"),
    ("testrail", "testrail.runs", "testrail_runs", "run_id"),
    ("testrail", "testrail.tests", "testrail_tests", "test_id"),
    (
        "testrail",
        "testrail.results",
        "testrail_results",
        "result_id",
    ),
    ("testrail", "testrail.users", "testrail_users", "user_id"),
    ("bmo", "bugzilla.bugs", "bugzilla_bugs", "bug_id"),
    (
        "bmo",
        "bugzilla.comments",
        "bugzilla_comments",
        "comment_id",
    ),
    (
        "bmo",
        "bugzilla.products",
        "bugzilla_products",
        "product_id",
    ),
    ("bmo", "bugzilla.fields", "bugzilla_fields", "field_id"),
    ("bugzilla", "bugzilla.bugs", "bugzilla_bugs", "bug_id"),
    ("jira", "jira.issues", "jira_issues", "issue_id"),
    ("jira", "jira.fields", "jira_fields", "field_id"),
    ("jira", "jira.projects", "jira_projects", "project_id"),
    ("jira", "jira.boards", "jira_boards", "board_id"),
    ("jira", "jira.worklogs", "jira_worklogs", "worklog_id"),
    ("jira-dc", "jira.issues", "jira_issues", "issue_id"),
    ("sentry", "sentry.projects", "sentry_projects", "project_id"),
    ("sentry", "sentry.issues", "sentry_issues", "issue_id"),
    ("sentry", "sentry.events", "sentry_events", "event_id"),
    ("sentry", "sentry.releases", "sentry_releases", "release_id"),
    ("bitrise", "bitrise.apps", "bitrise_apps", "app_slug"),
    ("looker", "looker.folders", "looker_folders", "folder_id"),
    ("looker", "looker.users", "looker_users", "user_id"),
    ("looker", "looker.looks", "looker_looks", "look_id"),
    (
        "looker",
        "looker.dashboards",
        "looker_dashboards",
        "dashboard_id",
    ),
    (
        "looker",
        "looker.plans",
        "looker_scheduled_plans",
        "plan_id",
    ),
    (
        "confluence",
        "confluence.spaces",
        "confluence_spaces",
        "space_id",
    ),
    (
        "confluence-dc",
        "confluence.spaces",
        "confluence_spaces",
        "space_id",
    ),
    (
        "taskcluster",
        "taskcluster.tasks",
        "taskcluster_tasks",
        "task_id",
    ),
];

/// A Taskcluster that is asked without a credential.
fn anonymous(server: &Server) -> String {
    let url = server.url("taskcluster");
    format!(
        "[source.taskcluster]\nurl = \"{url}\"\n\
         projects = [\"gecko.v2.mozilla-central.nightly.*\"]\n"
    )
}

#[test]
fn what_a_service_has_is_what_is_stored_and_a_second_pull_finds_nothing_new() {
    let server = serve(World::generated(7, 200), &[]);
    let home = home(
        &server,
        &[
            "testrail",
            "bmo",
            "bugzilla",
            "jira",
            "jira-dc",
            "sentry",
            "bitrise",
            "confluence",
            "confluence-dc",
            "looker",
        ],
        &anonymous(&server),
    );
    let streams = "testrail bmo bugzilla.bugs jira.issues jira.fields jira.projects jira.boards \
                   jira.worklogs jira-dc.issues sentry bitrise confluence confluence-dc looker \
                   taskcluster";
    pull(&home, streams, 0);
    let stored = database(&home, "qaduct.db");
    for (source, collection, table, column) in SERVED {
        let served = server.world().ids(collection);
        assert!(!served.is_empty(), "{collection} is empty");
        assert_eq!(
            ids(&stored, table, column, source),
            served,
            "{source}: {table}"
        );
    }
    let rows = || {
        let all = dump(&stored);
        let rows = all.lines().filter(|it| !it.starts_with("pull_parts"));
        rows.map(str::to_owned).collect::<Vec<_>>()
    };
    let before = rows();
    let again = run(&home, &format!("pull -q {streams}"));
    let again = again.env("QADUCT_CLOCK", "2026-11-21T07:30:00Z").run();
    assert_eq!(again.status, Some(0), "{again}");
    let changed = "SELECT group_concat(source || '.' || stream) FROM v_stream_runs
                   WHERE newest AND rows_inserted + rows_updated + rows_gone > 0";
    assert_eq!(value(&stored, changed), "");
    assert!(rows() == before);
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_pull_killed_at_any_moment_is_completed_by_the_next_one() {
    let server = serve(World::of("testrail", 3, 150), &[]);
    let home = home(&server, &["testrail"], "");
    let start = |store: &str| {
        let mut command = run(&home, &format!("pull -qq --store {store}")).command();
        command
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap()
    };
    let begun = Instant::now();
    assert_eq!(start("undisturbed.db").wait().unwrap().code(), Some(0));
    let duration = begun.elapsed();
    let undisturbed = dump(&database(&home, "undisturbed.db"));
    assert!(undisturbed.lines().count() > 100);
    let mut killed = 0;
    for attempt in 0..4 {
        let store = format!("killed-{attempt}.db");
        // Cut off again and again, a little later each time.
        for part in [0.1, 0.35, 0.6] {
            let mut child = start(&store);
            thread::sleep(duration.mul_f64((part + f64::from(attempt) / 13.0) * 0.9));
            // Fails where it has ended already.
            child.kill().ok();
            killed += usize::from(child.wait().unwrap().code().is_none());
        }
        assert_eq!(start(&store).wait().unwrap().code(), Some(0));
        let found = dump(&database(&home, &store));
        assert!(
            found == undisturbed,
            "attempt {attempt}: {}",
            differing(&undisturbed, &found)
        );
    }
    assert!(killed >= 5, "only {killed} pulls were cut off");
}

#[test]
fn pulls_at_once_into_one_store_leave_the_rows_of_one() {
    let server = serve(World::of("testrail", 3, 300), &[]);
    let home = home(&server, &["testrail"], "");
    pull(&home, "--store alone.db", 0);
    let pulls: Vec<_> = (0..2)
        .map(|_| {
            let mut command = run(&home, "pull -qq --store shared.db").command();
            command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    let codes: Vec<_> = pulls
        .into_iter()
        .map(|mut it| it.wait().unwrap().code())
        .collect();
    // One may find the other at the same part, and leave it to it.
    assert!(
        codes.iter().all(|it| matches!(it, Some(0 | 5))),
        "{codes:?}"
    );
    pull(&home, "--store shared.db", 0);
    let (alone, shared) = (
        dump(&database(&home, "alone.db")),
        dump(&database(&home, "shared.db")),
    );
    assert!(alone == shared, "{}", differing(&alone, &shared));
}

#[test]
fn a_part_that_is_refused_is_named_and_the_rest_is_stored() {
    let server = serve(World::of("testrail", 3, 200), &["403@get_plans:1!"]);
    let home = home(&server, &["testrail"], "");
    let told = pull(&home, "", 3);
    assert!(told.contains("testrail.plans"), "{told}");
    assert!(told.contains("error[QP403]"), "{told}");
    let stored = database(&home, "qaduct.db");
    assert_eq!(
        ids(&stored, "testrail_cases", "case_id", "testrail"),
        server.world().ids("testrail.cases")
    );
    let outcome = "SELECT outcome FROM runs WHERE command = 'pull'";
    assert_eq!(value(&stored, outcome), "incomplete");
    // The services that work are not held up by one that does not.
    server.set_faults(&[]);
    pull(&home, "", 0);
}

#[test]
fn the_exit_status_says_what_became_of_the_pull() {
    let server = serve(World::of("testrail", 3, 60), &[]);
    let home = home(&server, &["testrail"], "");
    let refused = home
        .qaduct("pull --progress none")
        .env("REPLAY_TOKEN", "wrong-token-0123456")
        .run();
    assert_eq!(refused.status, Some(4), "{refused}");
    assert!(refused.stderr.contains("error[QP401]"), "{refused}");
    let missing = home.qaduct("pull --progress none").run();
    assert_eq!(missing.status, Some(4), "{missing}");
    pull(&home, "nowhere", 2);
    pull(&home, "testrail.case", 2);
    pull(&home, "--from 2026-02-01 --to 2026-01-01", 2);
    pull(&home, "--project fenix", 2);
    // No days and no rows are no pull.
    pull(&home, "--num-days 0", 2);
    pull(&home, "--limit 0", 2);

    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let away = format!(
        "[pull]\nattempts = 1\n[source.bmo]\nkind = \"bugzilla\"\nurl = \"http://127.0.0.1:{port}\"\n"
    );
    let away = Home::new().file("work/qaduct.toml", &away);
    let told = pull(&away, "", 5);
    assert!(told.contains("error[QP503]"), "{told}");
    let nowhere = "[source.bmo]\nkind = \"bugzilla\"\nurl = \"ftp://example.org\"\n";
    let nowhere = Home::new().file("work/qaduct.toml", nowhere);
    assert_snapshot!(pull(&nowhere, "", 2), @r#"
    [stderr]
    error[QC005]: `source.bmo.url` cannot be `ftp://example.org`: it is no address of a service
     --> qaduct.toml:3:7
      |
    3 | url = "ftp://example.org"
      |       ^^^^^^^^^^^^^^^^^^^
      = help: write the URL of a service, such as https://example.testrail.io
    [status 2]
    "#);
    // Nothing configured at all.
    let told = pull(&Home::new(), "", 2);
    assert!(told.contains("no source is configured"), "{told}");
}

#[test]
fn a_signal_ends_a_pull_after_its_page_and_the_next_one_goes_on() {
    let server = serve(World::of("testrail", 3, 60), &[]);
    let home = home(&server, &["testrail"], "");
    pull(&home, "--store undisturbed.db", 0);
    for (signal, status) in [("INT", 130), ("TERM", 143)] {
        let store = format!("{signal}.db");
        // It waits for seconds, unless it is asked to stop.
        server.set_faults(&["429+8@get_users:1".parse().unwrap()]);
        let mut process = Process::start(run(&home, &format!("pull --store {store}")));
        process.wait_for("testrail: projects");
        process.signal(signal);
        assert_eq!(process.end().code(), Some(status), "{}", process.said);
        assert!(!process.said.contains("error"), "{}", process.said);
        let stored = database(&home, &store);
        let stopped = "SELECT outcome FROM stream_runs WHERE stream = 'users'";
        assert_eq!(value(&stored, stopped), "interrupted");
        drop(stored);
        pull(&home, &format!("--store {store}"), 0);
        let (one, other) = (
            dump(&database(&home, "undisturbed.db")),
            dump(&database(&home, &store)),
        );
        assert!(one == other, "{}", differing(&one, &other));
    }
}

#[test]
fn a_dry_run_counts_and_writes_nothing() {
    let server = serve(World::generated(7, 300), &[]);
    let home = home(&server, &["bmo", "testrail"], "");
    let told = pull(&home, "--dry-run bmo.bugs testrail.cases", 0);
    let bugs = server.world().ids("bugzilla.bugs").len();
    assert!(told.contains("a count of the service"), "{told}");
    let line = told.lines().find(|it| it.starts_with("bmo.bugs")).unwrap();
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(words[1..4], ["1", &bugs.to_string(), "1"]);
    assert_eq!(fs::read_dir(home.path("work")).unwrap().count(), 1);

    pull(&home, "", 0);
    let stored = database(&home, "qaduct.db");
    let before = fs::read(&stored).unwrap();
    let told = pull(&home, "-n --format json", 0);
    let json = told
        .split("[stderr]")
        .next()
        .unwrap()
        .replace("[status 0]", "");
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["summary"][0]["complete"], true, "{document}");
    assert!(fs::read(&stored).unwrap() == before);
}

#[test]
fn a_dry_run_before_the_first_pull_says_at_least_of_what_hangs_on_other_rows() {
    let server = serve(World::generated(7, 300), &[]);
    let home = home(&server, &["bmo", "testrail"], "");
    let plan = |arguments: &str| {
        let told = pull(&home, &format!("--dry-run {arguments}"), 0);
        told.lines()
            .map(str::trim_end)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_snapshot!(plan("bmo"), @"
    STREAM        PARTS  ROWS  REQUESTS  TIME   KNOWN FROM
    bmo.fields    1      ?     >= 1      ?      not known before it was pulled
    bmo.products  1      ?     >= 1      ?      not known before it was pulled
    bmo.bugs      1      60    1         < 1 s  a count of the service
    bmo.history   1      ?     >= 1      ?      not known before it was pulled
    bmo.comments  1      ?     >= 1      ?      not known before it was pulled
    [stderr]
    bmo: at least 5 requests, at 10000000 a minute at most
    [status 0]
    ");
    assert_snapshot!(plan("testrail.tests testrail.results"), @"
    STREAM                 PARTS  ROWS  REQUESTS  TIME  KNOWN FROM
    testrail.plans         6      ?     >= 6      ?     not known before it was pulled
    testrail.runs          6      ?     >= 6      ?     not known before it was pulled
    testrail.plan_entries  ?      ?     ?         ?     not known before `plans` was pulled
    testrail.tests         ?      ?     ?         ?     not known before `runs` was pulled
    testrail.results       ?      ?     ?         ?     not known before `runs` was pulled
    [stderr]
    testrail: at least 12 requests, at 10000000 a minute at most
    [status 0]
    ");
    // A stock server wants a call for each bug.
    let home = stands::home(&server, &["bugzilla"], "");
    let told = pull(&home, "--dry-run bugzilla.history", 0);
    let words = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let history = told.lines().map(words);
    let mut history = history.filter(|it| it.first().is_some_and(|it| it == "bugzilla.history"));
    let bugs = server.world().ids("bugzilla.bugs").len().to_string();
    assert_eq!(
        history.next().unwrap()[1..5],
        ["1", "?", ">=", bugs.as_str()],
        "{told}"
    );
}

#[test]
fn a_range_and_a_limit_leave_the_cursor_where_it_is() {
    let server = serve(World::of("bugzilla", 7, 200), &[]);
    let home = home(&server, &["bmo"], "");
    let stored = database(&home, "qaduct.db");
    let watermark = "SELECT watermark FROM pull_parts WHERE stream = 'bugs'";
    pull(&home, "bmo.bugs --limit 3", 0);
    assert_eq!(value(&stored, watermark), "");
    assert_eq!(value(&stored, "SELECT outcome FROM stream_runs"), "limited");

    pull(&home, "bmo.bugs", 0);
    let before = value(&stored, watermark);
    assert!(before.starts_with("2026-11-21T06:59"), "{before}");
    let all = server.world().ids("bugzilla.bugs");
    // What was lost is found again by a range that lies before the cursor.
    rusqlite::Connection::open(&stored)
        .unwrap()
        .execute("DELETE FROM bugzilla_bugs", [])
        .unwrap();
    pull(&home, "bmo.bugs --from 2000-01-01 --to 2026-11-21", 0);
    assert_eq!(ids(&stored, "bugzilla_bugs", "bug_id", "bmo"), all);
    assert_eq!(value(&stored, watermark), before);
    assert_eq!(value(&stored, "SELECT count(*) FROM pull_parts"), "1");
}

#[test]
fn a_project_narrows_every_source_to_what_it_is_called_there() {
    let server = serve(World::generated(7, 400), &[]);
    let more = "[project.fenix]\ngroups = [\"mobile\"]\n\
                sources = { testrail = [\"59\"], bugzilla = [\"Fenix\"] }\n";
    let home = home(&server, &["testrail", "bmo", "jira"], more);
    pull(&home, "--platform mobile", 0);
    let stored = database(&home, "qaduct.db");
    let projects = "SELECT group_concat(DISTINCT project_id) FROM testrail_suites";
    assert_eq!(value(&stored, projects), "59");
    let products = "SELECT group_concat(DISTINCT product) FROM bugzilla_bugs";
    assert_eq!(value(&stored, products), "Fenix");
    assert_eq!(value(&stored, "SELECT count(*) FROM jira_issues"), "0");
    let told = pull(&home, "jira --project fenix", 2);
    assert!(
        told.contains("no project that is asked for is in `jira`"),
        "{told}"
    );
    let told = pull(&home, "--platform mobil", 2);
    assert!(told.contains("did you mean `mobile`?"), "{told}");
}

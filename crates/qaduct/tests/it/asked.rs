//! What is asked for and what hangs on it: what leaves the reports, and what a pull brings
//! without being named.

use std::fs;
use std::path::PathBuf;

use qaduct_replay::World;

use crate::Home;
use crate::stands::{home as home_of, ids, pull, serve, value};

fn database(home: &Home) -> PathBuf {
    home.path("work").join("qaduct.db")
}

#[test]
fn a_stream_brings_those_that_it_needs_and_says_so() {
    let server = serve(World::of("testrail", 3, 150), &[]);
    let home = home_of(&server, &["testrail"], "");
    let told = pull(&home, "testrail.results", 0);
    let needed = "testrail: read plans, runs, plan_entries, too: others need them";
    assert!(told.contains(needed), "{told}");
    let stored = database(&home);
    assert_eq!(
        ids(&stored, "testrail_results", "result_id", "testrail"),
        server.world().ids("testrail.results")
    );
    assert_eq!(value(&stored, "SELECT count(*) FROM testrail_cases"), "0");
}

#[test]
fn what_hangs_on_what_was_deleted_leaves_the_reports_and_no_later_pull_fails() {
    let server = serve(World::of("testrail", 3, 150), &[]);
    let home = home_of(&server, &["testrail"], "");
    pull(&home, "", 0);
    let stored = database(&home);
    let views = [
        "v_results",
        "v_test_health",
        "v_runs",
        "v_case_automation",
        "v_coverage",
        "v_throughput_weekly",
    ];
    let count = |view: &str| value(&stored, &format!("SELECT count(*) FROM {view}"));
    for view in views {
        assert_ne!(count(view), "0", "{view}");
    }
    for collection in ["testrail.plans", "testrail.runs", "testrail.suites"] {
        let ids = server.world().ids(collection);
        let mut world = server.world();
        ids.iter().for_each(|id| world.remove(collection, id));
    }
    pull(&home, "", 0);
    for view in views {
        assert_eq!(count(view), "0", "{view}");
    }
    pull(&home, "", 0);
}

#[test]
fn a_query_that_is_taken_out_of_the_settings_leaves_the_reports() {
    let server = serve(World::of("bugzilla", 7, 120), &[]);
    let queries = |names: &[&str]| {
        let line = |name: &&str| format!("queries.{name} = \"product=Fenix\"\n");
        names.iter().map(line).collect::<String>()
    };
    let home = home_of(&server, &["bmo"], &queries(&["one", "two"]));
    pull(&home, "bmo.bugs", 0);
    let stored = database(&home);
    let named = |view: &str| format!("SELECT group_concat(DISTINCT query) FROM {view}");
    let reports = ["v_query_bugs", "v_qe_verify_counts"];
    for view in reports {
        assert_eq!(value(&stored, &named(view)), "one,two", "{view}");
    }
    let bugs = "SELECT count(*) FROM v_bugs";
    let before = value(&stored, bugs);
    let settings = home_of(&server, &["bmo"], &queries(&["two"]));
    let settings = settings.path("work").join("qaduct.toml");
    fs::copy(settings, home.path("work").join("qaduct.toml")).unwrap();
    pull(&home, "bmo.bugs", 0);
    for view in reports {
        assert_eq!(value(&stored, &named(view)), "two", "{view}");
    }
    assert_eq!(value(&stored, bugs), before, "the other one has them, too");
}

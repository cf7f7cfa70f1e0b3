//! What is told of a pull and of what it brought.

use std::fs;

use insta::assert_snapshot;
use qaduct_replay::World;

use crate::Home;
use crate::pull::database;
use crate::repo::Repo;
use crate::stands::{home, pull, run, serve, value};

#[test]
fn the_table_at_the_end_tells_of_every_stream() {
    let server = serve(World::of("bugzilla", 7, 120), &[]);
    let home = home(&server, &["bmo"], "");
    assert_snapshot!(pull(&home, "bmo.products bmo.fields", 0), @"
    STREAM        READ  NEW  CHANGED  GONE  REQUESTS  PROBLEMS  OUTCOME
    bmo.fields    27    27   0        0     1         0         complete
    bmo.products  6     6    0        0     1         0         complete
    [stderr]
    stored in qaduct.db
    [status 0]
    ");
}

#[test]
fn status_tells_how_old_the_data_are() {
    let server = serve(World::of("bugzilla", 7, 60), &[]);
    let more = "streams = [\"products\", \"fields\"]\n";
    let home = home(&server, &["bmo"], "");
    let text = fs::read_to_string(home.path("work/qaduct.toml")).unwrap();
    let home = home.file(
        "work/qaduct.toml",
        &text.replace("kind = ", &format!("{more}kind = ")),
    );
    let absent = run(&home, "status").run();
    assert_eq!(absent.status, Some(6), "{absent}");
    assert!(absent.stderr.contains("error[QD006]"), "{absent}");
    pull(&home, "--dry-run", 0);
    pull(&home, "", 0);
    assert_snapshot!(run(&home, "status").run(), @"
    STREAM        STATE  AGE  ROWS  PROBLEMS  UP TO                 LAST RUN  ERROR
    bmo.fields    fresh  0 s  27    0         2026-11-21T07:00:00Z  complete  -
    bmo.products  fresh  0 s  6     0         2026-11-21T07:00:00Z  complete  -
    [status 0]
    ");
    let later = |instant: &str| run(&home, "status").env("QADUCT_CLOCK", instant).run();
    let warned = later("2026-11-24T07:00:00Z");
    assert_eq!(warned.status, Some(0), "{warned}");
    assert!(warned.stderr.contains("warning[QP207]"), "{warned}");
    let old = later("2026-12-23T07:00:00Z");
    assert_eq!(old.status, Some(3), "{old}");
    assert!(old.stderr.contains("error[QP410]"), "{old}");
}

#[test]
fn a_store_that_only_a_scan_has_written_holds_no_rows_of_any_source() {
    let server = serve(World::of("bugzilla", 7, 60), &[]);
    let home = home(&server, &["bmo"], "");
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file("test_a.py", "def test_a():\n    pass\n");
    repo.commit("a test");
    let scanned = home.qaduct("scan repo -q -o /dev/null").run();
    assert_eq!(scanned.status, Some(0), "{scanned}");
    // Before anything else could give it tables.
    let planned = pull(&home, "bmo.products bmo.bugs --dry-run", 0);
    assert!(planned.contains("bmo.bugs"), "{planned}");
    let status = run(&home, "status").run();
    assert_eq!(status.status, Some(3), "{status}");
    let never = |it: &str| {
        it.split_whitespace()
            .take(4)
            .eq(["bmo.bugs", "never", "-", "0"])
    };
    assert!(status.stdout.lines().any(never), "{status}");
    assert!(status.stderr.contains("error[QP410]"), "{status}");
}

#[test]
fn a_file_that_is_there_and_is_none_of_qaducts_is_not_called_missing() {
    let home = Home::new().file("work/other.db", "");
    assert_snapshot!(home.qaduct("status --store other.db").run(), @r"
    [stderr]
    error[QD006]: other.db is there and is none of qaduct's
      help: name qaduct's with `--store`; `qaduct scan` and `qaduct pull` make one of this
    [status 6]
    ");
}

#[test]
fn a_row_is_explained_by_the_request_that_brought_it() {
    let server = serve(World::of("bugzilla", 7, 60), &[]);
    let home = home(&server, &["bmo"], "");
    pull(&home, "bmo.products", 0);
    let stored = database(&home, "qaduct.db");
    let id = value(&stored, "SELECT min(product_id) FROM bugzilla_products");
    let told = run(&home, &format!("explain bugzilla_products {id}")).run();
    assert_eq!(told.status, Some(0), "{told}");
    let asked = format!("GET {}/rest/product", server.url("bmo"));
    assert!(told.stdout.contains(&asked), "{told}");
    assert!(
        told.stdout
            .contains("page                       1 of bmo.products"),
        "{told}"
    );
    let json = run(&home, &format!("explain bugzilla_products {id} -f json")).run();
    let document: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(document["items"][0]["request"]["status"], 200);
    assert_eq!(document["items"][0]["row"]["product_id"].to_string(), id);
    assert_eq!(
        run(&home, "explain bugzilla_products 0").run().status,
        Some(2)
    );
    assert_eq!(
        run(&home, "explain bugzilla_products x").run().status,
        Some(2)
    );
}

#[test]
fn pruning_keeps_what_tells_how_old_the_data_are_and_where_they_came_from() {
    let server = serve(World::of("bugzilla", 7, 60), &[]);
    let home = home(&server, &["bmo"], "");
    for day in ["2024-01-01", "2024-01-02"] {
        let at = format!("{day}T07:00:00Z");
        let outcome = run(&home, "pull bmo.products")
            .env("QADUCT_CLOCK", at)
            .run();
        assert_eq!(outcome.status, Some(0), "{outcome}");
    }
    let pruned = home.qaduct("db prune --older-than 1y").run();
    assert!(
        pruned.stderr.contains("1 runs, 1 stream runs, 1 requests"),
        "{pruned}"
    );
    let stored = database(&home, "qaduct.db");
    let last = "SELECT last_success_at FROM v_source_status";
    assert!(value(&stored, last).starts_with("2024-01-02"));
    let id = value(&stored, "SELECT min(product_id) FROM bugzilla_products");
    let told = run(&home, &format!("explain bugzilla_products {id}")).run();
    // The request of the first day, which brought it, and its run.
    let asked = format!("GET {}/rest/product", server.url("bmo"));
    assert!(told.stdout.contains(&asked), "{told}");
    assert!(told.stdout.contains("at 2024-01-01"), "{told}");
    assert!(told.stdout.contains("qaduct pull"), "{told}");
}

#[test]
fn a_quiet_pull_shows_what_changed_or_failed_and_sums_up_the_rest() {
    let server = serve(World::of("bugzilla", 7, 60), &[]);
    let home = home(&server, &["bmo"], "");
    pull(&home, "bmo.bugs", 0);
    assert_snapshot!(pull(&home, "-q", 0), @"
    STREAM        READ  NEW  CHANGED  GONE  REQUESTS  PROBLEMS  OUTCOME
    bmo.fields    27    27   0        0     1         0         complete
    bmo.products  6     6    0        0     1         0         complete
    bmo.history   193   193  0        0     1         0         complete
    bmo.comments  120   120  0        0     1         0         complete
    bmo.bugs      0     0    0        0     1         0         unchanged
    [status 0]
    ");
    assert_snapshot!(pull(&home, "-q", 0), @"
    STREAM  READ  NEW  CHANGED  GONE  REQUESTS  PROBLEMS  OUTCOME
    all 5   33    0    0        0     5         0         unchanged
    [status 0]
    ");
    server.set_faults(&["500@rest/product:1!".parse().unwrap()]);
    let failed = pull(&home, "-q", 3);
    assert!(
        failed.contains("bmo.products  ") && !failed.contains("bmo.fields  0"),
        "{failed}"
    );
    let silent = pull(&home, "-qq", 3);
    assert!(
        !silent.contains("STREAM") && silent.contains("error[QP503]"),
        "{silent}"
    );
    server.set_faults(&[]);
    assert_snapshot!(pull(&home, "-qq", 0), @"[status 0]");
}

//! What a changed configuration, a range and a clock do to what is told of the data.

use serde_json::{Value, json};

use crate::old_pump::Scene;
use crate::old_pump::bugzilla::{bug, fill};
use crate::old_pump::jira;

const FENIX: &str = "[source.bmo.queries]\nours = \"product=Fenix\"\n";
const BOTH: &str = "[source.bmo.queries]\nours = \"product=Fenix&product=Toolkit\"\n";

fn changed(id: u64, product: &str) -> Value {
    let fields = json!({ "product": product, "creator": "ann@example.org" });
    bug(id, "2026-10-01T10:00:00Z", fields)
}

fn bugs() -> Scene {
    let scene = Scene::new(&["bmo"], FENIX);
    fill(&scene);
    scene.put(
        "bugzilla.bugs",
        [changed(1, "Fenix"), changed(2, "Toolkit")],
    );
    let change = |bug: u64| {
        json!({
            "_id": format!("{bug}-1"), "_bug": bug, "when": "2026-10-01T10:00:00Z",
            "who": "ann@example.org",
            "changes": [{ "field_name": "priority", "removed": "--", "added": "P2" }],
        })
    };
    scene.put("bugzilla.history", [change(1), change(2)]);
    scene
}

#[test]
fn a_question_that_was_widened_is_read_from_the_start_in_every_stream() {
    let scene = bugs();
    scene.pull("", 0);
    scene.configure(&["bmo"], BOTH);
    scene.at("2026-11-22T07:00:00Z");
    let told = scene.pull("", 0);
    assert!(told.stderr.contains("bmo: read from the start"), "{told}");
    for table in ["bugzilla_bugs", "bugzilla_history"] {
        let rows = scene.rows(&format!("SELECT DISTINCT bug_id FROM {table} ORDER BY 1"));
        assert_eq!(rows, ["1", "2"], "{table}");
    }
    scene.at("2026-11-23T07:00:00Z");
    let told = scene.pull("", 0);
    assert!(!told.stderr.contains("read from the start"), "{told}");
}

#[test]
fn people_who_are_to_be_hidden_later_are_hidden_in_what_is_stored() {
    let scene = bugs();
    scene.pull("", 0);
    let clear = "SELECT count(*) FROM bugzilla_bugs WHERE creator LIKE '%@%'";
    assert_eq!(scene.rows(clear), ["1"]);
    let hidden = format!("people = \"drop\"\n{FENIX}");
    scene.configure(&["bmo"], &hidden);
    scene.at("2026-11-22T07:00:00Z");
    scene.pull("", 0);
    assert_eq!(scene.rows(clear), ["0"]);
    let history = "SELECT count(who), count(*) FROM bugzilla_history";
    assert_eq!(scene.rows(history), ["0 | 1"]);
}

#[test]
fn users_whose_keys_are_to_be_hidden_later_are_not_kept_under_the_old_ones() {
    for hidden in [
        "people = \"drop\"\n",
        "people = \"hash\"\npeople_salt = { env = \"REPLAY_TOKEN\" }\n",
    ] {
        let scene = Scene::new(&["jira"], jira::SETTINGS);
        jira::fill(&scene);
        scene.pull("jira.users", 0);
        let plain = "SELECT account_id FROM jira_users WHERE email LIKE '%@%'";
        assert_eq!(scene.rows(plain), ["1"]);
        scene.configure(&["jira"], &format!("{hidden}{}", jira::SETTINGS));
        scene.at("2026-11-22T07:00:00Z");
        scene.pull("jira.users", 0);
        let all = "SELECT count(*) FROM jira_users WHERE _gone IS NOT NULL OR account_id = '1'";
        assert_eq!(scene.rows(all), ["0"], "{hidden}");
    }
}

#[test]
fn an_address_where_no_service_is_is_told_as_a_wrong_setting() {
    let scene = Scene::new(&["bmo"], "");
    let wrong = scene.server.url("nothing");
    let settings = format!(
        "[source.other]\nkind = \"bugzilla\"\nurl = \"{wrong}\"\n\
         token = {{ env = \"REPLAY_TOKEN\" }}\n"
    );
    scene.configure(&["bmo"], &settings);
    let told = scene.pull("other.bugs", 2);
    assert!(told.stderr.contains("error[QP404]"), "{told}");
    assert!(
        told.stderr.contains("check `url` of [source.other]"),
        "{told}"
    );
}

#[test]
fn a_range_is_no_proof_of_how_old_the_data_are() {
    let scene = bugs();
    scene.pull("--from 2001-01-01 --to 2001-01-02", 0);
    let told = scene.run("status");
    assert_eq!(told.status, Some(3), "{told}");
    assert!(told.stdout.contains("never"), "{told}");
    assert!(!told.stdout.contains("fresh"), "{told}");
    assert_eq!(scene.rows("SELECT count(*) FROM v_last_success"), ["0"]);
}

#[test]
fn a_clock_that_was_ahead_is_told_until_another_pull_has_the_right_one() {
    let scene = bugs();
    scene.at("2027-03-01T07:00:00Z");
    scene.pull("", 0);
    scene.at("2026-11-22T07:00:00Z");
    let told = scene.run("status");
    assert_eq!(told.status, Some(3), "{told}");
    assert!(told.stdout.contains("ahead"), "{told}");
    assert!(told.stderr.contains("by a clock that is ahead"), "{told}");
    scene.faults(&["500@rest/bug:1!"]);
    scene.pull("", 3);
    let newest = "SELECT outcome FROM v_source_status WHERE stream = 'bugs'";
    assert_ne!(
        scene.rows(newest),
        ["complete"],
        "the failure is not hidden"
    );
    scene.faults(&[]);
    scene.pull("", 0);
    let told = scene.run("status");
    assert_eq!(told.status, Some(0), "{told}");
}

#[test]
fn the_counts_of_a_day_are_kept_only_of_what_was_read_whole_on_that_day() {
    let scene = bugs();
    let days = "SELECT DISTINCT snapshot_date FROM qe_verify_snapshots";
    let limited = scene.pull("--limit 1", 0);
    assert!(!limited.stderr.contains("not kept"), "{limited}");
    let closely = scene.pull("--limit 1 -v", 0);
    assert!(closely.stderr.contains("not kept"), "{closely}");
    assert_eq!(scene.rows(days), [""; 0]);
    scene.pull("", 0);
    assert_eq!(scene.rows(days), ["2026-11-21"]);
    scene.at("2026-11-22T07:00:00Z");
    scene.faults(&["500@rest/bug:1!"]);
    let told = scene.pull("bmo.bugs", 5);
    assert_eq!(scene.rows(days), ["2026-11-21"]);
    let error = told.stderr.find("error[QP503]: bmo.bugs");
    let warning = "warning[QP208]: the counts of 2026-11-22 are not kept in \
                   `qe_verify_snapshots`: not read whole on that day: bmo.bugs";
    assert!(
        told.stderr.find(warning) > error && error.is_some(),
        "{told}"
    );
}

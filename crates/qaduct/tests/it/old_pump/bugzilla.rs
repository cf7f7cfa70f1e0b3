//! Bugzilla: queries that wiped each other, a first run, and a pump that stood still for days.

use serde_json::{Value, json};

use super::Scene;

pub(crate) fn bug(id: u64, changed: &str, fields: Value) -> Value {
    let mut bug = json!({
        "id": id, "summary": format!("bug {id}"), "product": "Fenix", "component": "General",
        "status": "NEW", "resolution": "", "is_open": true, "severity": "S3", "priority": "P2",
        "creation_time": "2026-09-01T10:00:00Z", "last_change_time": changed, "keywords": [],
        "whiteboard": "", "cf_qa_whiteboard": "[qa-found-in-c141]", "depends_on": [], "blocks": [],
        "groups": [], "flags": [],
    });
    for (name, value) in fields.as_object().unwrap() {
        bug[name] = value.clone();
    }
    bug
}

/// The custom field that queries ask for.
pub(crate) fn fill(scene: &Scene) {
    let field = json!({ "id": 1, "type": 1, "is_custom": true, "name": "cf_qa_whiteboard", "display_name": "QA Whiteboard", "values": [] });
    scene.put("bugzilla.fields", [field]);
}

const FOUND: &str = "[source.bmo.queries]\n\
    found = \"f1=cf_qa_whiteboard&o1=substring&v1=qa-found-in-\"\n";

const LEAKS: &str = "[source.bmo.queries]\nleaks = \"meta=100&depth=1\"\n";

/// The old pump wiped the table of a meta bug or a keyword before it wrote those of another.
#[test]
fn two_meta_bugs_and_two_keywords_are_there_at_the_same_time() {
    let scene = Scene::new(&["bmo"], LEAKS);
    let before = "2026-10-01T10:00:00Z";
    scene.put(
        "bugzilla.bugs",
        [
            bug(100, before, json!({ "depends_on": [1, 2] })),
            bug(200, before, json!({ "depends_on": [2, 3] })),
            bug(1, before, json!({ "keywords": ["crash"] })),
            bug(2, before, json!({ "keywords": ["crash", "regression"] })),
            bug(3, before, json!({ "keywords": ["regression"] })),
        ],
    );
    scene.pull("bmo.bugs", 0);
    // The second one comes later, beside the first.
    let both = [LEAKS, "hangs = \"meta=200&depth=1\"\n"].concat();
    scene.configure(&["bmo"], &both);
    scene.at("2026-11-22T07:00:00Z");
    scene.pull("bmo.bugs", 0);
    assert_eq!(
        scene.rows("SELECT root_id, bug_id FROM v_meta_bugs ORDER BY 1, 2"),
        ["100 | 1", "100 | 2", "200 | 2", "200 | 3"]
    );
    assert_eq!(
        scene.rows("SELECT keyword, bug_id FROM v_bugs_by_keyword ORDER BY 1, 2"),
        ["crash | 1", "crash | 2", "regression | 2", "regression | 3"]
    );
}

/// The old pump needed a row before it could read the first one, and looked back for 48 hours: what
/// changed while it stood still longer stayed as it was.
#[test]
fn the_first_pull_reads_everything_and_one_after_a_long_silence_what_changed_meanwhile() {
    let scene = Scene::new(&["bmo"], FOUND);
    fill(&scene);
    let before = "2026-10-01T10:00:00Z";
    scene.put(
        "bugzilla.bugs",
        (1..=3).map(|id| bug(id, before, json!({}))),
    );
    scene.pull("bmo.bugs", 0);
    assert_eq!(scene.rows("SELECT count(*) FROM bugzilla_bugs"), ["3"]);

    // For ten days nobody pulls. A bug changes on the second day, one is found on the third.
    let fixed = json!({ "status": "RESOLVED", "resolution": "FIXED", "is_open": false });
    let found = json!({ "creation_time": "2026-11-24T10:00:00Z" });
    scene.put(
        "bugzilla.bugs",
        [
            bug(2, "2026-11-23T10:00:00Z", fixed),
            bug(4, "2026-11-24T10:00:00Z", found),
        ],
    );
    scene.at("2026-12-01T07:00:00Z");
    scene.server.clear_log();
    scene.pull("bmo.bugs", 0);
    assert_eq!(
        scene.rows("SELECT bug_id, status FROM v_bugs ORDER BY 1"),
        ["1 | NEW", "2 | RESOLVED", "3 | NEW", "4 | NEW"]
    );
    // It asked from where the first pull had ended, and a little before.
    let log = scene.server.log();
    let asked = log.iter().find(|it| it.target.contains("2026-11-21T06"));
    assert!(asked.is_some(), "{log:#?}");
}

/// The old pump set its mark to the newest change it had seen: what was stored with the same second
/// or came late was passed over.
#[test]
fn a_change_of_the_second_in_which_the_last_pull_ended_is_not_passed_over() {
    let scene = Scene::new(&["bmo"], FOUND);
    fill(&scene);
    let edge = "2026-11-21T07:00:00Z";
    scene.put("bugzilla.bugs", [bug(1, "2026-11-21T06:59:59Z", json!({}))]);
    scene.pull("bmo.bugs", 0);
    let late = json!({ "severity": "S1" });
    scene.put(
        "bugzilla.bugs",
        [
            bug(1, edge, late),
            bug(2, "2026-11-21T06:59:59Z", json!({})),
        ],
    );
    scene.at("2026-11-21T08:00:00Z");
    scene.pull("bmo.bugs", 0);
    assert_eq!(
        scene.rows("SELECT bug_id, severity FROM v_bugs ORDER BY 1"),
        ["1 | S1", "2 | S3"]
    );
}

//! What the rules of `examples/mozilla` read in QA whiteboards as people write them.

use std::path::Path;

use serde_json::json;

use crate::old_pump::Scene;
use crate::old_pump::bugzilla::{bug, fill};

/// The text of a whiteboard, and the work and release that it tells.
const WHITEBOARDS: &[(&str, &[&str])] = &[
    // Asked for, not done.
    ("[qa-triaged][QA-Ver-needed-c147/b146]", &["triaged | -"]),
    ("[qa-ver-needed-c147/b146]", &[]),
    ("[qa-investig-needed]", &[]),
    ("[qa-ver-needed]", &[]),
    ("[qa-regression-triage]", &[]),
    ("[qa-triage-needed-c147]", &[]),
    ("[qa-ver-blocked-c147/b146]", &[]),
    // Done, for the release of nightly and that of beta.
    (
        "[qa-ver-done-c147/b146]",
        &["verified | 146", "verified | 147"],
    ),
    (
        "[QA-Ver-Done-C147/B146]",
        &["verified | 146", "verified | 147"],
    ),
    ("[qa-ver-done-c147]", &["verified | 147"]),
    ("[qa-ver-done]", &["verified | -"]),
    (
        "qa-ver-done-c147/b146",
        &["verified | 146", "verified | 147"],
    ),
    ("[qa-verified]", &["verified | -"]),
    (
        "[qa-found-in-c147][qa-investig-done-c147/b146]",
        &["investigated | 146", "investigated | 147"],
    ),
    ("[qa-investigated]", &["investigated | -"]),
    (
        "[qa-triage-done-c147/b146]",
        &["triaged | 146", "triaged | 147"],
    ),
    ("[qa-triaged]", &["triaged | -"]),
    // Done for one release and asked for in the next.
    (
        "[qa-ver-done-c146/b145] [qa-ver-needed-c147/b146]",
        &["verified | 145", "verified | 146"],
    ),
    (
        "[qa-ver-done-c146/b145][qa-ver-done-c147/b146]",
        &["verified | 145", "verified | 146", "verified | 147"],
    ),
    (
        "[qa-triaged][qa-investig-done-c147/b146][qa-ver-done-c147]",
        &[
            "investigated | 146",
            "investigated | 147",
            "triaged | -",
            "verified | 147",
        ],
    ),
    // None of them.
    ("[qa-not-actionable]", &[]),
    ("[qa-found-in-c147]", &[]),
    ("[qa-version-c147]", &[]),
];

/// The rules of the example for bugs.
fn rules() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/mozilla/qaduct.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let (_, rules) = text.split_once("# --- rules: Bugzilla").unwrap();
    let (rules, _) = rules.split_once("# --- rules: Jira").unwrap();
    format!("#{rules}")
}

#[test]
fn a_whiteboard_tells_what_qa_did_and_not_what_is_asked_of_it() {
    let query = "[source.bmo.queries]\nwork = \"f1=cf_qa_whiteboard&o1=substring&v1=qa-\"\n";
    let scene = Scene::new(&["bmo"], &format!("{query}{}", rules()));
    fill(&scene);
    let changed = "2026-10-01T10:00:00Z";
    let bugs = (1..).zip(WHITEBOARDS);
    let bugs = bugs.map(|(id, (text, _))| bug(id, changed, json!({ "cf_qa_whiteboard": text })));
    scene.put("bugzilla.bugs", bugs);
    scene.pull("bmo.bugs", 0);
    for (id, (text, work)) in (1..).zip(WHITEBOARDS) {
        let rows = scene.rows(&format!(
            "SELECT work, work_release FROM v_bugs_qa_work WHERE bug_id = {id} ORDER BY 1, 2"
        ));
        assert_eq!(&rows, work, "{text}");
    }
    // Of twenty whiteboards each bug counts once in a release and a kind.
    assert_eq!(
        scene.rows("SELECT * FROM v_qa_work_by_release ORDER BY work_release"),
        [
            "bmo | - | 6 | 2 | 1 | 3",
            "bmo | 145 | 2 | 2 | 0 | 0",
            "bmo | 146 | 8 | 5 | 2 | 1",
            "bmo | 147 | 8 | 6 | 2 | 1",
        ]
    );
}

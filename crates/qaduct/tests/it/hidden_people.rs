//! What settings say of people holds also where people are stored under hashes.

use crate::old_pump::Scene;
use crate::old_pump::github::{issue, source};

#[test]
fn authors_that_need_no_triage_are_known_by_their_hashes_too() {
    let scene = Scene::new(&[], "");
    let hashed = "people = \"hash\"\npeople_salt = { env = \"REPLAY_TOKEN\" }\n[reports]";
    scene.configure(&[], &source(&scene).replace("[reports]", hashed));
    scene.put(
        "github.issues",
        [issue(1, "guest"), issue(2, "sync-bot"), issue(3, "guest")],
    );
    scene.pull("github.issues", 0);
    let untriaged = "SELECT number FROM v_github_untriaged ORDER BY 1";
    assert_eq!(scene.rows(untriaged), ["1", "3"]);
    let named = "SELECT count(*) FROM github_issues WHERE author = 'sync-bot'";
    assert_eq!(scene.rows(named), ["0"]);
}

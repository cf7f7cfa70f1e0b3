//! GitHub: the first thirty results, failures that looked like good news, and builds that were
//! still running.

use serde_json::{Value, json};

use super::Scene;

const REPOSITORY: &str = "acme/shop";

/// A repository, and the settings to pull it.
pub(crate) fn source(scene: &Scene) -> String {
    let repository =
        json!({ "id": 7, "name": "shop", "full_name": REPOSITORY, "default_branch": "main" });
    scene.put("github.repos", [repository]);
    format!(
        "[source.github]\nkind = \"github\"\nurl = \"{}\"\nprojects = [\"{REPOSITORY}\"]\n\
         token = {{ env = \"REPLAY_TOKEN\" }}\n[reports]\nignored_authors = [\"sync-bot\"]\n",
        scene.server.url("github")
    )
}

fn scene() -> Scene {
    let scene = Scene::new(&[], "");
    scene.configure(&[], &source(&scene));
    scene
}

pub(crate) fn issue(number: u64, author: &str) -> Value {
    json!({
        "id": 1_000 + number, "number": number, "title": format!("issue {number}"), "state": "open",
        "user": { "login": author, "id": 9 }, "author_association": "NONE", "labels": [],
        "assignee": null, "assignees": [], "comments": 0, "created_at": "2026-11-18T10:00:00Z",
        "updated_at": "2026-11-18T10:00:00Z", "closed_at": null,
        "repository_url": format!("https://api.github.com/repos/{REPOSITORY}"),
        "html_url": format!("https://github.com/{REPOSITORY}/issues/{number}"), "_repo": REPOSITORY,
    })
}

fn run(id: u64, created: &str, status: &str) -> Value {
    let done = status == "completed";
    json!({
        "id": id, "name": "CI", "run_number": id, "run_attempt": 1, "event": "push", "status": status,
        "conclusion": if done { json!("success") } else { Value::Null }, "workflow_id": 1,
        "head_branch": "main", "head_sha": "0123456789012345678901234567890123456789",
        "created_at": created, "updated_at": created, "run_started_at": created,
        "repository": { "id": 7, "full_name": REPOSITORY }, "_repo": REPOSITORY,
    })
}

/// The old pump read the first 30 results of a search.
#[test]
fn all_new_issues_of_a_repository_are_there_however_many_there_are() {
    let scene = scene();
    scene.put("github.issues", (1..=130).map(|it| issue(it, "guest")));
    let mut taken = issue(131, "guest");
    taken["assignees"] = json!([{ "login": "ann", "id": 1 }]);
    scene.put("github.issues", [taken, issue(132, "sync-bot")]);
    scene.pull("github.issues", 0);
    assert_eq!(scene.rows("SELECT count(*) FROM github_issues"), ["132"]);
    assert_eq!(
        scene.rows("SELECT count(*) FROM v_github_untriaged"),
        ["130"]
    );
}

/// The old pump said "no new issues" with a green check when the service had refused to answer.
#[test]
fn a_service_that_does_not_answer_is_an_error_and_no_absence_of_issues() {
    let scene = scene();
    scene.put("github.issues", [issue(1, "guest")]);
    scene.faults(&["500@issues:1!"]);
    let told = scene.pull("github.issues", 5);
    assert!(told.stderr.contains("error[QP"), "{told}");
    assert_eq!(
        scene.rows("SELECT count(*) FROM v_last_success"),
        ["0"],
        "nothing says that issues were ever read"
    );
    scene.faults(&[]);
    scene.pull("github.issues", 0);
    assert_eq!(scene.rows("SELECT count(*) FROM v_github_untriaged"), ["1"]);
    scene.faults(&["500@issues:1!"]);
    scene.at("2026-11-22T07:00:00Z");
    scene.pull("github.issues", 5);
    assert_eq!(
        scene.rows("SELECT count(*) FROM v_github_untriaged"),
        ["1"],
        "what was known is known"
    );
}

/// The old pump's message was no JSON where there was nothing to say.
#[test]
fn a_pull_that_finds_nothing_still_prints_a_document() {
    let scene = scene();
    let told = scene.pull("github.issues --format json --progress none", 0);
    let document: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(document["summary"]["rows_read"], 0, "{told}");
    assert_eq!(scene.rows("SELECT count(*) FROM v_github_untriaged"), ["0"]);
}

/// The old pump never asked again for a build that was running while a later one was stored.
#[test]
fn a_build_that_is_still_running_is_asked_for_until_it_has_ended() {
    let scene = scene();
    scene.put(
        "github.runs",
        [
            run(1, "2026-11-21T06:00:00Z", "in_progress"),
            run(2, "2026-11-21T06:30:00Z", "completed"),
        ],
    );
    let runs = "SELECT run_id, status, conclusion FROM v_workflow_runs ORDER BY 1";
    scene.pull("github.workflow_runs", 0);
    assert_eq!(
        scene.rows(runs),
        ["1 | in_progress | -", "2 | completed | success"]
    );
    // Long after it was made, and with later ones stored.
    scene.put(
        "github.runs",
        [
            run(1, "2026-11-21T06:00:00Z", "completed"),
            run(3, "2026-11-30T06:00:00Z", "completed"),
        ],
    );
    scene.at("2026-11-30T07:00:00Z");
    scene.pull("github.workflow_runs", 0);
    assert_eq!(
        scene.rows(runs),
        [
            "1 | completed | success",
            "2 | completed | success",
            "3 | completed | success"
        ]
    );
}

/// The old pump kept the newest page when the next one failed, and went on from its newest build:
/// the older ones were lost for ever.
#[test]
fn a_pull_that_ends_after_its_first_page_does_not_pass_over_the_pages_behind() {
    let scene = scene();
    let at = |id: u64| format!("2026-11-{:02}T{:02}:00:00Z", 1 + id / 24, id % 24);
    let runs = (1..=230).map(|id| run(id, &at(id), "completed"));
    scene.put("github.runs", runs);
    let count = || scene.rows("SELECT count(*) FROM github_workflow_runs");
    scene.faults(&["500@actions/runs:2!"]);
    scene.pull("github.workflow_runs", 3);
    assert_eq!(count(), ["100"]);
    assert_eq!(
        scene.rows("SELECT watermark FROM pull_parts WHERE stream = 'workflow_runs'"),
        ["-"]
    );
    scene.faults(&[]);
    scene.put(
        "github.runs",
        [run(231, "2026-11-21T08:00:00Z", "completed")],
    );
    scene.at("2026-11-21T09:00:00Z");
    scene.pull("github.workflow_runs", 0);
    scene.pull("github.workflow_runs", 0);
    assert_eq!(count(), ["231"]);
}

/// The old pump built its header before it had the token, and asked as nobody.
#[test]
fn every_request_carries_the_token_and_without_one_the_pull_says_so() {
    let scene = scene();
    scene.put("github.issues", [issue(1, "guest")]);
    scene.pull("github.issues", 0);
    let log = scene.server.log();
    let carries = |headers: &[(String, String)]| headers.iter().any(|it| it.0 == "authorization");
    assert!(
        !log.is_empty() && log.iter().all(|it| carries(&it.headers)),
        "{log:#?}"
    );

    scene.faults(&["401@*:1!"]);
    let told = scene.pull("github.issues", 4);
    assert!(told.stderr.contains("refers to the credential"), "{told}");
}

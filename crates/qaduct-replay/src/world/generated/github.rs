//! Repositories with issues, pull requests, comments, runs, jobs, artifacts and releases.

use serde_json::{Value, json};

use super::Generated;
use super::random::{END, Random, long, people, zulu};
use crate::World;
use crate::world::advance::some;
use crate::world::{Shape, ZULU, shape, text};

const REPOS: &[(u64, &str)] = &[
    (100_001, "mozilla-mobile/firefox-ios"),
    (100_002, "mozilla/experimenter"),
    (100_003, "mozilla-mobile/focus-ios"),
];
const LABELS: &[&str] = &[
    "Bug 🐞",
    "good first issue",
    "Intermittent",
    "eng:intermittent",
    "needs-triage",
];
const ASSOCIATIONS: &[&str] = &[
    "NONE",
    "NONE",
    "CONTRIBUTOR",
    "FIRST_TIME_CONTRIBUTOR",
    "MEMBER",
    "COLLABORATOR",
    "OWNER",
];

/// What a world has of it.
pub(crate) static MADE: Generated = Generated {
    name: "github",
    share: 12,
    salt: 4,
    shapes: SHAPES,
    fill,
    hour,
    forgets: false,
};
const SHAPES: &[Shape] = &[
    shape("github.repos", "id", "", None),
    shape("github.issues", "id", "_repo", ZULU),
    shape("github.pulls", "id", "_repo", ZULU),
    shape("github.reviews", "id", "_pull", None),
    shape("github.comments", "id", "_repo", ZULU),
    shape("github.runs", "id", "_repo", ZULU),
    shape("github.jobs", "id", "_run", None),
    shape("github.artifacts", "id", "_repo", ZULU),
    shape("github.gone", "id", "", None),
    shape("github.review_comments", "id", "_repo", ZULU),
    shape("github.events", "id", "_repo", None),
    shape("github.commits", "sha", "_pull", None),
    shape("github.checks", "id", "head_sha", None),
    shape("github.releases", "id", "_repo", None),
];

/// Fills them with about `size` records.
fn fill(world: &mut World, random: &mut Random, size: usize) {
    for (id, name) in REPOS {
        repository(world, *id, name, None);
    }
    repository(
        world,
        100_099,
        "mozilla-mobile/firefox-ios-old-name",
        Some(100_001),
    );
    let size = size.max(120) as u64;
    let bulk = random.second();
    for number in 1..=size * 22 / 100 {
        let repo = if random.chance(80) {
            0
        } else {
            1 + random.below(2) as usize
        };
        issue(world, random, REPOS[repo].1, number, bulk);
    }
    for number in [3, 4] {
        let name = REPOS[0].1;
        let to = if number == 3 {
            Value::Null
        } else {
            json!("/repos/mozilla/experimenter/issues/1")
        };
        gone(world, name, number, to);
    }
    for nth in 0..size * 18 / 100 {
        let repo = if random.chance(90) { 0 } else { 1 };
        run(world, random, REPOS[repo].1, nth);
    }
    for nth in 0..140u64 {
        let at = zulu(END - (140 - nth).cast_signed() * 86_400);
        world.put(
            "github.releases",
            json!({
                "id": 60_000 + nth, "tag_name": format!("firefox-v{}.{}", 130 + nth / 10, nth % 10), "target_commitish": "main", "name": if nth % 9 == 0 { Value::Null } else { json!(format!("Firefox {}", 130 + nth / 10)) },
                "draft": nth == 139, "prerelease": nth % 3 == 0, "immutable": false, "created_at": at, "published_at": if nth == 139 { Value::Null } else { json!(at) },
                "author": user(0), "assets": [], "body": "Notes 🦊", "html_url": "https://github.com/", "url": "https://api.github.com/", "_repo": REPOS[0].1,
            }),
        );
    }
}

fn repository(world: &mut World, id: u64, name: &str, moved: Option<u64>) {
    let mut record = json!({
        "id": id, "node_id": format!("R_{id}"), "name": name.split('/').next_back(), "full_name": name, "private": false, "fork": false, "archived": false,
        "html_url": format!("https://github.com/{name}"), "default_branch": "main", "owner": { "login": name.split('/').next(), "id": 7, "type": "Organization" },
    });
    if let Some(to) = moved {
        record["_moved_to"] = to.to_string().into();
    }
    world.put("github.repos", record);
}

fn gone(world: &mut World, name: &str, number: u64, to: Value) {
    let of_repo = world.collection("github.issues").of(name);
    let ids: Vec<String> = of_repo
        .filter(|it| it["number"] == number)
        .map(|it| text(&it["id"]))
        .collect();
    for id in ids {
        world.remove("github.issues", &id);
    }
    let of_repo = world.collection("github.pulls").of(name);
    let ids: Vec<String> = of_repo
        .filter(|it| it["number"] == number)
        .map(|it| text(&it["id"]))
        .collect();
    for id in ids {
        world.remove("github.pulls", &id);
    }
    world.put(
        "github.gone",
        json!({ "id": format!("{name}#{number}"), "to": to }),
    );
}

fn user(index: u64) -> Value {
    let name = people()
        .nth(usize::try_from(index % 12).unwrap_or_default())
        .map_or("", |it| it.1);
    let login: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let login = format!("{}{index}", login.to_lowercase());
    json!({ "login": login, "id": 9_000 + index, "node_id": "U_1", "type": "User", "site_admin": false, "html_url": format!("https://github.com/{login}") })
}

fn bot() -> Value {
    json!({ "login": "data-sync-user", "id": 8_999, "node_id": "U_0", "type": "User", "site_admin": false })
}

fn issue(world: &mut World, random: &mut Random, repo: &str, number: u64, bulk: i64) {
    let id = 2_000_000_000 + number;
    let created = random.second();
    let changed = if random.chance(20) {
        bulk.max(created)
    } else {
        random.second_between(created, END + 1)
    };
    let closed = random.chance(55);
    let url = format!("https://api.github.com/repos/{repo}/issues/{number}");
    let labels: Vec<Value> = if random.chance(50) {
        let name = random.pick(LABELS);
        vec![
            json!({ "id": name.len(), "name": name, "color": "d73a4a", "default": false, "description": null }),
        ]
    } else {
        Vec::new()
    };
    let assignee = if random.chance(40) {
        user(random.below(12))
    } else {
        Value::Null
    };
    let author = if random.chance(10) {
        bot()
    } else {
        user(random.below(12))
    };
    let comments = random.below(2);
    let mut record = json!({
        "id": id, "node_id": format!("I_{id}"), "url": url, "repository_url": format!("https://api.github.com/repos/{repo}"),
        "html_url": format!("https://github.com/{repo}/issues/{number}"), "number": number, "title": random.sentence(), "user": author, "labels": labels,
        "state": if closed { "closed" } else { "open" }, "locked": false, "assignee": assignee,
        "assignees": if assignee.is_null() { json!([]) } else { json!([assignee]) }, "milestone": null, "comments": comments,
        "created_at": zulu(created), "updated_at": zulu(changed), "closed_at": if closed { json!(zulu(changed)) } else { Value::Null },
        "author_association": random.pick(ASSOCIATIONS), "type": null, "active_lock_reason": null, "state_reason": if closed { json!("completed") } else { Value::Null },
        "body": match random.below(5) { 0 => Value::Null, _ => json!(random.sentence()) }, "_repo": repo,
    });
    if number == 9 {
        record["body"] = long().into();
    }
    if random.chance(35) {
        let merged = closed && random.chance(70);
        record["pull_request"] = json!({
            "url": format!("https://api.github.com/repos/{repo}/pulls/{number}"), "merged_at": if merged { json!(zulu(changed)) } else { Value::Null },
        });
        pull(world, random, &record, merged);
    }
    for (nth, event) in ["labeled", "assigned", "closed"].iter().enumerate() {
        if !random.chance(40) {
            continue;
        }
        let at = random.second_between(created, changed + 1);
        let id = 16_000_000_000 + number * 4 + nth as u64;
        let label = json!({ "name": "needs-triage", "color": "d73a4a" });
        world.put(
            "github.events",
            json!({
                "id": id, "node_id": "EV_1", "url": "https://api.github.com/", "actor": if random.chance(5) { Value::Null } else { user(random.below(12)) },
                "event": event, "commit_id": null, "commit_url": null, "created_at": zulu(at), "label": if *event == "labeled" { label } else { Value::Null },
                "issue": { "id": record["id"], "number": number, "title": record["title"], "url": url, "state": record["state"] }, "_repo": repo,
            }),
        );
    }
    world.put("github.issues", record);
    for nth in 0..comments {
        let at = random.second_between(created, changed + 1);
        world.put(
            "github.comments",
            json!({
                "id": 3_000_000_000 + number * 4 + nth, "node_id": "IC_1", "issue_url": url, "html_url": "https://github.com/", "url": "https://api.github.com/", "user": user(random.below(12)),
                "created_at": zulu(at), "updated_at": zulu(at), "author_association": "NONE", "body": random.sentence(), "_repo": repo,
            }),
        );
    }
}

fn pull(world: &mut World, random: &mut Random, issue: &Value, merged: bool) {
    let number = issue["number"].as_u64().unwrap_or_default();
    let id = 1_500_000_000 + number;
    let mut record = json!({
        "id": id, "draft": random.chance(10), "merged_at": issue["pull_request"]["merged_at"], "merge_commit_sha": sha(random), "requested_reviewers": [],
        "head": { "label": format!("someone:branch-{number}"), "ref": format!("branch-{number}"), "sha": sha(random) }, "base": { "label": "mozilla:main", "ref": "main", "sha": sha(random) },
        "merged": merged, "mergeable": if random.chance(50) { json!(true) } else { Value::Null }, "mergeable_state": "clean",
        "merged_by": if merged { user(1) } else { Value::Null }, "review_comments": 1, "commits": 1 + random.below(4), "additions": random.below(900),
        "deletions": random.below(400), "changed_files": 1 + random.below(20),
    });
    for field in [
        "number",
        "title",
        "user",
        "labels",
        "state",
        "locked",
        "assignee",
        "assignees",
        "milestone",
        "comments",
        "created_at",
        "updated_at",
        "closed_at",
        "author_association",
        "body",
        "_repo",
    ] {
        record[field] = issue[field].clone();
    }
    let at = record["updated_at"].clone();
    for nth in 0..record["commits"].as_u64().unwrap_or(1) {
        let who = json!({ "name": "Ada Byron", "email": "person0@example.org", "date": at });
        world.put(
            "github.commits",
            json!({
                "sha": sha(random), "node_id": "C_1", "html_url": "https://github.com/", "url": "https://api.github.com/", "parents": [],
                "commit": { "author": who, "committer": who, "message": random.sentence(), "comment_count": 0, "tree": { "sha": sha(random) } },
                "author": if nth == 2 { Value::Null } else { user(0) }, "committer": user(0), "_pull": id,
            }),
        );
    }
    if random.chance(40) {
        let url = format!(
            "https://api.github.com/repos/{}/pulls/{number}",
            text(&record["_repo"])
        );
        world.put(
            "github.review_comments",
            json!({
                "id": 2_400_000_000 + number, "node_id": "PRRC_1", "url": "https://api.github.com/", "html_url": "https://github.com/", "pull_request_url": url,
                "pull_request_review_id": null, "diff_hunk": "@@ -1 +1 @@", "path": "Client/Tab 🦊.swift", "commit_id": sha(random), "original_commit_id": sha(random),
                "line": 1 + random.below(90), "side": "RIGHT", "user": user(random.below(12)), "body": random.sentence(), "created_at": record["created_at"],
                "updated_at": at, "author_association": "MEMBER", "_repo": record["_repo"],
            }),
        );
    }
    checks(world, &record);
    world.put("github.pulls", record);
    for nth in 0..random.below(3) {
        let state = random.pick(&[
            "APPROVED",
            "CHANGES_REQUESTED",
            "COMMENTED",
            "DISMISSED",
            "PENDING",
        ]);
        let mut review = json!({
            "id": 800_000_000 + number * 4 + nth, "node_id": "PRR_1", "user": user(random.below(12)), "body": random.sentence(), "state": state,
            "html_url": "https://github.com/", "pull_request_url": "https://api.github.com/", "author_association": "MEMBER", "commit_id": sha(random), "_pull": id,
        });
        // What is not handed in yet has no date.
        if state != "PENDING" {
            review["submitted_at"] = issue["updated_at"].clone();
        }
        if random.chance(5) {
            review["user"] = Value::Null;
        }
        world.put("github.reviews", review);
    }
}

/// The checks of the last commit of a pull request. Takes nothing from chance, so that the
/// other records are what they were without them.
fn checks(world: &mut World, pull: &Value) {
    let number = pull["number"].as_u64().unwrap_or_default();
    let kinds = [
        ("ui-tests 🦊", "success"),
        ("lint", "failure"),
        ("coverage", "neutral"),
    ];
    for (nth, (name, ended)) in (0..=number % 3).zip(kinds) {
        let open = pull["state"] == "open" && nth == 0 && number.is_multiple_of(4);
        let id = 50_000_000_000 + number * 4 + nth;
        world.put(
            "github.checks",
            json!({
                "id": id, "node_id": format!("CR_{id}"), "head_sha": pull["head"]["sha"], "external_id": format!("task-{id}"), "url": "https://api.github.com/",
                "html_url": format!("https://github.com/{}/runs/{id}", text(&pull["_repo"])), "details_url": null, "status": if open { "in_progress" } else { "completed" },
                "conclusion": if open { Value::Null } else { json!(ended) }, "started_at": pull["created_at"],
                "completed_at": if open { Value::Null } else { pull["updated_at"].clone() }, "name": name,
                "output": { "title": null, "summary": null, "text": null, "annotations_count": nth, "annotations_url": "https://api.github.com/" },
                "check_suite": { "id": 600_000 + number }, "app": { "id": 15, "slug": "firefox-ci", "name": "Firefox CI", "node_id": "A_1" },
                "pull_requests": [{ "id": pull["id"], "number": number, "url": "https://api.github.com/" }], "_repo": pull["_repo"],
            }),
        );
    }
}

fn sha(random: &mut Random) -> String {
    (0..40)
        .map(|_| {
            char::from_digit(u32::try_from(random.below(16)).unwrap_or_default(), 16).unwrap_or('0')
        })
        .collect()
}

fn run(world: &mut World, random: &mut Random, repo: &str, nth: u64) {
    // Ids beyond what a double holds.
    let id = if nth.is_multiple_of(50) {
        9_007_199_254_740_993 + nth
    } else {
        18_000_000_000 + nth
    };
    let created = random.second();
    let open = random.chance(4);
    let attempt = 1 + u64::from(random.chance(10));
    let conclusion = random.pick(&[
        "success",
        "success",
        "success",
        "failure",
        "cancelled",
        "timed_out",
        "skipped",
    ]);
    let end = (created + random.below(7_200).cast_signed()).min(END);
    let actor = user(random.below(12));
    world.put(
        "github.runs",
        json!({
            "id": id, "name": random.pick(&[Some("UI tests"), Some("Build 🛠"), None]), "node_id": "WFR_1", "head_branch": random.pick(&["main", "release/v147", "feature/🦊"]),
            "head_sha": sha(random), "path": ".github/workflows/ui.yml", "display_title": random.sentence(), "run_number": nth, "event": random.pick(&["push", "pull_request", "schedule"]),
            "status": if open { "in_progress" } else { "completed" }, "conclusion": if open { Value::Null } else { json!(conclusion) }, "workflow_id": 161_335, "check_suite_id": 414_944_374 + nth,
            "url": format!("https://api.github.com/repos/{repo}/actions/runs/{id}"), "html_url": format!("https://github.com/{repo}/actions/runs/{id}"), "pull_requests": [],
            "created_at": zulu(created), "updated_at": zulu(end), "run_started_at": zulu(created), "run_attempt": attempt, "actor": actor, "triggering_actor": actor, "_repo": repo,
        }),
    );
    for job in 0..attempt {
        let attempt = job + 1;
        world.put(
            "github.jobs",
            json!({
                "id": 40_000_000_000 + nth * 4 + job, "run_id": id, "run_url": "https://api.github.com/", "node_id": "CR_1", "head_sha": sha(random), "head_branch": "main", "run_attempt": attempt,
                "status": if open { "in_progress" } else { "completed" }, "conclusion": if open { Value::Null } else { json!(conclusion) }, "created_at": zulu(created),
                "started_at": zulu(created + 5), "completed_at": if open { Value::Null } else { json!(zulu(end)) }, "name": "ui (iPhone 16, 18.2)", "labels": ["macos-15"], "runner_id": 1,
                "runner_name": "GitHub Actions 1", "runner_group_id": 2, "runner_group_name": "GitHub Actions", "workflow_name": "UI tests",
                "steps": [
                    { "name": "Set up job", "status": "completed", "conclusion": "success", "number": 1, "started_at": zulu(created + 5), "completed_at": zulu(created + 9) },
                    { "name": "Test 🧪", "status": if open { "in_progress" } else { "completed" }, "conclusion": if open { Value::Null } else { json!(conclusion) }, "number": 2, "started_at": zulu(created + 9), "completed_at": if open { Value::Null } else { json!(zulu(end)) } },
                ],
                "_run": id,
            }),
        );
    }
    if random.chance(50) {
        let expired = created < END - 90 * 86_400;
        world.put(
            "github.artifacts",
            json!({
                "id": 11_000 + nth, "node_id": "MDg", "name": "test-results", "size_in_bytes": random.below(9_000_000), "url": "https://api.github.com/", "archive_download_url": "https://api.github.com/zip",
                "expired": expired, "created_at": zulu(end), "expires_at": zulu(end + 90 * 86_400), "updated_at": zulu(end), "digest": null,
                "workflow_run": { "id": id, "repository_id": 100_001, "head_repository_id": 100_001, "head_branch": "main", "head_sha": "0" }, "_repo": repo,
            }),
        );
    }
}

/// What an hour changes.
fn hour(world: &mut World, random: &mut Random) {
    let now = world.now().as_second();
    // Open runs end, with their jobs; one that had ended is run again.
    for id in some(world, random, "github.runs", 2, |it| {
        it["status"] == "in_progress"
    }) {
        world.touch("github.runs", &id);
        world.change("github.runs", &id, |it| {
            it["status"] = "completed".into();
            it["conclusion"] = "success".into();
        });
        let jobs: Vec<String> = world
            .collection("github.jobs")
            .of(&id)
            .map(|it| text(&it["id"]))
            .collect();
        for job in jobs {
            world.change("github.jobs", &job, |it| {
                it["status"] = "completed".into();
                it["conclusion"] = "success".into();
                it["completed_at"] = zulu(now).into();
            });
        }
    }
    let recent = zulu(END - 20 * 86_400);
    let again = |it: &Value| {
        it["conclusion"] == "failure" && it["run_attempt"] == 1 && text(&it["created_at"]) > recent
    };
    for id in some(world, random, "github.runs", 1, again) {
        world.touch("github.runs", &id);
        world.change("github.runs", &id, |it| {
            it["run_attempt"] = 2.into();
            it["conclusion"] = "success".into();
            it["run_started_at"] = zulu(now).into();
        });
        let first = world.collection("github.jobs").of(&id).next().cloned();
        if let Some(mut job) = first {
            job["id"] = (job["id"].as_u64().unwrap_or_default() + 3).into();
            job["run_attempt"] = 2.into();
            world.put("github.jobs", job);
        }
    }
    // Issues are closed, assigned, and one is deleted.
    for id in some(world, random, "github.issues", 3, |it| {
        it["state"] == "open" && it.get("pull_request").is_none()
    }) {
        world.touch("github.issues", &id);
        world.change("github.issues", &id, |it| {
            it["state"] = "closed".into();
            it["closed_at"] = zulu(now).into();
            it["state_reason"] = "not_planned".into();
        });
    }
    let plain = |it: &Value| it["state"] == "open" && it.get("pull_request").is_none();
    for id in some(world, random, "github.issues", 1, plain) {
        let issue = world.get("github.issues", &id).cloned().unwrap_or_default();
        gone(
            world,
            &text(&issue["_repo"]),
            issue["number"].as_u64().unwrap_or_default(),
            Value::Null,
        );
    }
    let number = 1_000_000 + u64::try_from(now).unwrap_or_default() % 1_000_000;
    let with_it = ["github.events", "github.comments", "github.review_comments"];
    let before = with_it.map(|it| world.ids(it));
    issue(world, random, REPOS[0].1, number, now);
    for (collection, before) in with_it.iter().zip(before) {
        for id in world.ids(collection).difference(&before) {
            world.change(collection, id, |it| {
                it["created_at"] = zulu(now).into();
                if !it["updated_at"].is_null() {
                    it["updated_at"] = zulu(now).into();
                }
            });
        }
    }
    world.change(
        "github.issues",
        &(2_000_000_000 + number).to_string(),
        |it| {
            it["created_at"] = zulu(now).into();
            it["updated_at"] = zulu(now).into();
        },
    );
}

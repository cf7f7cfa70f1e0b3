//! Apps with workflows, builds young and old, and artifacts.

use serde_json::{Value, json};

use super::Generated;
use super::random::{BEGIN, END, Random, zulu};
use crate::World;
use crate::world::advance::some;
use crate::world::{Shape, shape};

const APPS: &[(&str, &str, &str)] = &[
    ("0a1b2c3d4e5f6071", "firefox-ios", "ios"),
    ("1b2c3d4e5f607182", "focus-ios", "ios"),
    ("2c3d4e5f-6071-4293-a4b5-c6d7e8f90a1b", "Fenix", "android"),
];
const WORKFLOWS: &[&str] = &["primary", "pull-request", "L10n screenshots 🦊"];
const DAY: i64 = 24 * 60 * 60;
/// States, with their words.
const STATES: &[(u64, &str)] = &[
    (1, "success"),
    (1, "success"),
    (1, "success"),
    (2, "error"),
    (3, "aborted"),
    (4, "aborted"),
];

/// What a world has of it.
pub(crate) static MADE: Generated = Generated {
    name: "bitrise",
    share: 2,
    salt: 7,
    shapes: SHAPES,
    fill,
    hour,
    forgets: true,
};
const SHAPES: &[Shape] = &[
    shape("bitrise.apps", "slug", "", None),
    shape("bitrise.workflows", "_id", "_app", None),
    shape("bitrise.builds", "slug", "_app", None),
    shape("bitrise.artifacts", "slug", "_build", None),
];

/// Fills them with about `size` records.
fn fill(world: &mut World, random: &mut Random, size: usize) {
    for (slug, title, kind) in APPS {
        world.put(
            "bitrise.apps",
            json!({
                "slug": slug, "title": title, "project_type": kind, "provider": "github",
                "repo_owner": "mozilla-mobile", "repo_slug": title, "status": 1, "project_id": null,
                "repo_url": format!("https://github.com/mozilla-mobile/{title}.git"),
                "is_disabled": false, "is_public": true, "is_github_checks_enabled": false,
                "avatar_url": null,
                "owner": { "account_type": "organization", "name": "Mozilla", "slug": "e0f1a2b3c4d5" },
            }),
        );
        for name in WORKFLOWS {
            world.put(
                "bitrise.workflows",
                json!({ "_id": format!("{slug},{name}"), "_app": slug, "name": name }),
            );
        }
    }
    // More of the first app than fill a page, whatever was asked for.
    let many = (size.max(150) * 2 / 3) as u64;
    for nth in 1..=many {
        let app = if nth.is_multiple_of(20) {
            1 + random.below(2)
        } else {
            0
        };
        let app = APPS[usize::try_from(app).unwrap_or_default()].0;
        // A third is older than 200 days; all in the order of their numbers.
        let old = many / 3;
        let at = if nth <= old {
            BEGIN + (END - 205 * DAY - BEGIN) / (old + 1).cast_signed() * nth.cast_signed()
        } else {
            END - 195 * DAY * (many - nth).cast_signed() / (many - old).cast_signed()
        };
        build(world, random, app, nth, at, nth + 3 > many);
    }
}

fn build(world: &mut World, random: &mut Random, app: &str, number: u64, at: i64, running: bool) {
    let slug = format!("b{number:015x}");
    let (status, word) = match running {
        true => (0, "in-progress"),
        false => random.pick(STATES),
    };
    let started = at + random.second_between(1, 900);
    let finished = started + random.second_between(60, 3_000);
    let artifacts = if running { 0 } else { number % 3 };
    let from_pull = random.chance(50);
    world.put(
        "bitrise.builds",
        json!({
            "slug": slug, "_app": app, "build_number": number, "status": status, "status_text": word,
            "abort_reason": (status == 3).then_some("timeout"), "is_on_hold": false,
            "is_processed": !running, "is_status_sent": !running, "log_format": "json",
            "rebuildable": true, "utility": false,
            "triggered_workflow": random.pick(WORKFLOWS), "pipeline_workflow_id": null,
            "triggered_by": random.pick(&["webhook", "scheduled", "manual-ada"]),
            "triggered_at": zulu(at), "started_on_worker_at": zulu(started),
            "environment_prepare_finished_at": zulu(started + 20),
            "finished_at": (!running).then(|| zulu(finished)),
            "branch": if from_pull { "feature/🦊" } else { "main" },
            "tag": if number.is_multiple_of(17) { json!(format!("v{number}")) } else { Value::Null },
            "commit_hash": format!("{number:040x}"), "commit_message": random.sentence(),
            "commit_view_url": format!("https://github.com/mozilla-mobile/x/commit/{number:040x}"),
            "pull_request_id": if from_pull { number } else { 0 },
            "pull_request_target_branch": from_pull.then_some("main"),
            "pull_request_view_url": from_pull.then(|| format!("https://github.com/mozilla-mobile/x/pull/{number}")),
            "machine_type_id": "g2-m1.8core", "stack_identifier": "osx-xcode-16.2.x",
            "credit_cost": if running { Value::Null } else { json!(random.below(200)) },
            "original_build_params": {
                "branch": "main",
                "environments": [{ "mapped_to": "API_KEY", "value": "planted-environment-value" }],
            },
        }),
    );
    for nth in 0..artifacts {
        world.put(
            "bitrise.artifacts",
            json!({
                "slug": format!("a{number:013x}{nth:02x}"), "_build": slug,
                "title": random.pick(&["Fennec.ipa", "test_results 🦊.html", "app.apk"]),
                "artifact_type": if nth == 0 { "ios-ipa" } else { "file" },
                "artifact_meta": if nth == 0 { json!({ "app_info": { "version": "148.0" } }) } else { Value::Null },
                "file_size_bytes": random.below(1 << 33), "is_public_page_enabled": nth == 0,
                "intermediate_file_info": null,
            }),
        );
    }
}

/// An hour: a build ends and leaves a file, and one begins.
fn hour(world: &mut World, random: &mut Random) {
    let now = world.now().as_second();
    for slug in some(world, random, "bitrise.builds", 1, |it| it["status"] == 0) {
        finish(world, &slug, now);
    }
    let newest = world.collection("bitrise.builds").all();
    let newest = newest.filter_map(|it| it["build_number"].as_u64()).max();
    if let Some(newest) = newest {
        build(world, random, APPS[0].0, newest + 1, now - 600, true);
    }
}

fn finish(world: &mut World, slug: &str, now: i64) {
    world.change("bitrise.builds", slug, |it| {
        it["status"] = 1.into();
        it["status_text"] = "success".into();
        it["is_processed"] = true.into();
        it["finished_at"] = zulu(now).into();
        it["credit_cost"] = 12.into();
    });
    world.put(
        "bitrise.artifacts",
        json!({
            "slug": format!("a{slug}"), "_build": slug, "title": "late.log", "artifact_type": "file",
            "artifact_meta": null, "file_size_bytes": 12, "is_public_page_enabled": false,
            "intermediate_file_info": null,
        }),
    );
}

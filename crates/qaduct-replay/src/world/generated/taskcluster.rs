//! Task groups with their tasks, runs and artifacts, and the index that leads to them.

use serde_json::{Value, json};

use super::Generated;
use super::random::{END, Random, zulu};
use crate::World;
use crate::world::advance::some;
use crate::world::{Shape, shape, text};

pub(crate) static MADE: Generated = Generated {
    name: "taskcluster",
    share: 2,
    salt: 8,
    shapes: SHAPES,
    fill,
    hour,
    forgets: false,
};

const SHAPES: &[Shape] = &[
    shape("taskcluster.index", "namespace", "_parent", None),
    shape("taskcluster.tasks", "_id", "_group", None),
    shape("taskcluster.artifacts", "_id", "_run", None),
];

/// What is indexed anew with each push.
const LATEST: &str = "gecko.v2.mozilla-central.latest.taskgraph.decision";
/// Where each push stands.
const PUSHES: &str = "gecko.v2.mozilla-central.nightly";
/// Label, kind, platform, kind of build, test type.
const JOBS: &[(&str, &str, &str, &str, Option<&str>)] = &[
    ("build-linux64/opt", "build", "linux64", "opt", None),
    (
        "build-win64/debug",
        "build",
        "windows2012-64",
        "debug",
        None,
    ),
    (
        "build-fenix-debug",
        "build-apk",
        "android-arm",
        "debug",
        None,
    ),
    (
        "test-linux1804-64/opt-mochitest-browser-chrome-1",
        "mochitest",
        "linux1804-64",
        "opt",
        Some("mochitest"),
    ),
    (
        "test-linux1804-64/debug-mochitest-browser-chrome-1",
        "mochitest",
        "linux1804-64",
        "debug",
        Some("mochitest"),
    ),
    (
        "test-windows11-64/opt-web-platform-tests-2",
        "web-platform-tests",
        "windows11-64",
        "opt",
        Some("web-platform-tests"),
    ),
    (
        "test-android-hw/opt-geckoview-junit",
        "geckoview-junit",
        "android-hw-a51",
        "opt",
        Some("junit"),
    ),
    (
        "ui-test-apk-fenix-arm-debug",
        "ui-test-apk",
        "android-arm",
        "debug",
        Some("ui-test"),
    ),
    (
        "source-test-mozlint-yaml",
        "source-test",
        "lint",
        "opt",
        None,
    ),
];
const DAY: i64 = 86_400;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Fills them with about `size` records.
fn fill(world: &mut World, random: &mut Random, size: usize) {
    let size = size.max(40) as u64;
    let groups = (size / 60).clamp(3, 40);
    let tasks = (size * 30 / 100 / groups).max(8);
    for nth in 0..groups {
        // The newest ones are still at work.
        let made = END - (groups - 1 - nth).cast_signed() * DAY;
        let decision = group(world, random, made, tasks, nth + 2 > groups);
        index(world, &format!("{PUSHES}.{nth:04}"), &decision, made);
        index(world, LATEST, &decision, made);
    }
}

/// The id of a task: a random UUID of version 4 in 22 letters.
fn slugid(random: &mut Random) -> String {
    let letter = |random: &mut Random, of: &[u8]| char::from(random.pick(of));
    let mut id = String::new();
    for place in 0..22 {
        id.push(match place {
            8 => letter(random, b"QRST"),
            10 => letter(random, b"CGKOSWaeimquy26-"),
            21 => letter(random, b"AQgw"),
            _ => letter(random, ALPHABET),
        });
    }
    id
}

fn index(world: &mut World, namespace: &str, task: &str, at: i64) {
    let (parent, _) = namespace.rsplit_once('.').unwrap_or_default();
    world.put(
        "taskcluster.index",
        json!({
            "namespace": namespace, "taskId": task, "rank": at, "data": { "push": "🦊" }, "expires": zulu(at + 365 * DAY), "_parent": parent,
        }),
    );
}

/// A group with its decision task; gives the id of both.
fn group(world: &mut World, random: &mut Random, made: i64, tasks: u64, open: bool) -> String {
    let decision = slugid(random);
    let job = (
        "Gecko Decision Task",
        "decision",
        "gecko-decision",
        "opt",
        None,
    );
    task(
        world,
        random,
        (&decision, &decision),
        job,
        made,
        Fate::Completed,
    );
    for nth in 0..tasks {
        let job = JOBS[usize::try_from(nth).unwrap_or_default() % JOBS.len()];
        let fate = match random.below(20) {
            // One of each group at least.
            _ if nth == 3 => Fate::Flaky,
            0..=2 if open => Fate::Running,
            3 if open => Fate::Unscheduled,
            4 => Fate::Flaky,
            5 => Fate::Shutdown,
            6 | 7 => Fate::Failed,
            8 => Fate::Canceled,
            _ => Fate::Completed,
        };
        let id = slugid(random);
        task(
            world,
            random,
            (&id, &decision),
            job,
            made + 300 + nth.cast_signed(),
            fate,
        );
    }
    decision
}

/// What becomes of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Completed,
    Failed,
    /// Failed, and was run again by hand.
    Flaky,
    /// Lost its machine, and was run again.
    Shutdown,
    /// Ended before a machine took it.
    Canceled,
    Running,
    Unscheduled,
}

fn run(id: u64, created: &str, resolved: Option<&str>, at: i64, seconds: i64) -> Value {
    let state = match resolved {
        None => "running",
        Some("completed") => "completed",
        Some("failed") => "failed",
        Some(_) => "exception",
    };
    let mut run = json!({
        "runId": id, "state": state, "reasonCreated": created, "scheduled": zulu(at),
    });
    if resolved != Some("canceled") {
        run["started"] = zulu(at + 40).into();
        run["takenUntil"] = zulu(at + 1_240).into();
        run["workerGroup"] = "us-west-1".into();
        run["workerId"] = "i-0f0fcf436ec652bce".into();
    }
    if let Some(reason) = resolved {
        run["reasonResolved"] = reason.into();
        run["resolved"] = zulu(at + 40 + seconds).into();
    }
    run
}

fn task(
    world: &mut World,
    random: &mut Random,
    (id, group): (&str, &str),
    (label, kind, platform, build, test): (&str, &str, &str, &str, Option<&str>),
    made: i64,
    fate: Fate,
) {
    let seconds = 60 + random.below(3_000).cast_signed();
    let next = made + seconds + 100;
    let (state, runs) = match fate {
        Fate::Completed => (
            "completed",
            vec![run(0, "scheduled", Some("completed"), made, seconds)],
        ),
        Fate::Failed => (
            "failed",
            vec![run(0, "scheduled", Some("failed"), made, seconds)],
        ),
        Fate::Flaky => (
            "completed",
            vec![
                run(0, "scheduled", Some("failed"), made, seconds),
                run(1, "rerun", Some("completed"), next, seconds),
            ],
        ),
        Fate::Shutdown => (
            "completed",
            vec![
                run(0, "scheduled", Some("worker-shutdown"), made, seconds),
                run(1, "retry", Some("completed"), next, seconds),
            ],
        ),
        Fate::Canceled => (
            "exception",
            vec![run(0, "scheduled", Some("canceled"), made, seconds)],
        ),
        Fate::Running => ("running", vec![run(0, "scheduled", None, made, 0)]),
        Fate::Unscheduled => ("unscheduled", Vec::new()),
    };
    let retries_left = 5 - u64::from(fate == Fate::Shutdown);
    let (deadline, expires) = (zulu(made + DAY), zulu(made + 365 * DAY));
    let queue = json!({
        "provisionerId": "gecko-t", "workerType": "t-linux-xlarge", "taskQueueId": "gecko-t/t-linux-xlarge", "schedulerId": "gecko-level-3", "projectId": "none",
    });
    let mut status = queue.clone();
    let mut task = queue;
    let decided = json!({ "taskId": id, "taskGroupId": group, "priority": "low", "deadline": deadline, "expires": expires, "retriesLeft": retries_left, "state": state, "runs": runs });
    let defined = json!({
        "taskGroupId": group, "dependencies": if id == group { json!([]) } else { json!([group]) }, "requires": "all-completed", "routes": ["tc-treeherder.v2.mozilla-central.f3776c9bb37a519d7f1c7d29408286fa93eedc3a.267245"],
        "priority": "low", "retries": 5, "created": zulu(made), "deadline": deadline, "expires": expires, "scopes": ["secrets:get:project/qa"],
        "payload": { "env": { "API_KEY": "not-to-be-stored" }, "maxRunTime": 3600 },
        "metadata": { "owner": "person3@example.org", "source": "https://hg.mozilla.org/mozilla-central/file/tip/taskcluster/kinds", "description": random.sentence().replace('\0', ""), "name": label },
        "tags": { "createdForUser": "person3@example.org", "kind": kind, "label": label, "os": "linux", "project": "mozilla-central", "worker-implementation": "docker-worker", "animal": "🦊" },
        "extra": { "treeherder": { "symbol": "bc1", "groupSymbol": "M", "tier": 1, "jobKind": "test", "machine": { "platform": platform }, "collection": { build: true } }, "parent": group },
    });
    for (to, from) in [(&mut status, decided), (&mut task, defined)] {
        for (name, value) in from.as_object().into_iter().flatten() {
            to[name] = value.clone();
        }
    }
    if let Some(test) = test {
        task["tags"]["test-type"] = test.into();
    }
    world.put(
        "taskcluster.tasks",
        json!({ "status": status, "task": task, "_id": id, "_group": group }),
    );
    if state == "completed" || state == "failed" {
        artifacts(world, id, 0, made);
    }
}

/// What a run leaves; its log of all that happened goes after some days.
fn artifacts(world: &mut World, task: &str, run: u64, made: i64) {
    for (name, kind, days) in [
        ("public/logs/live_backing.log", "text/plain", 5),
        ("public/test_info/résumé 1.json", "application/json", 365),
    ] {
        world.put(
            "taskcluster.artifacts",
            json!({
                "storageType": "s3", "name": name, "expires": zulu(made + days * DAY), "contentType": kind, "_id": format!("{task}/{run}/{name}"), "_run": format!("{task}/{run}"),
            }),
        );
    }
}

/// What an hour changes.
fn hour(world: &mut World, random: &mut Random) {
    let now = world.now().as_second();
    let status = |state: &'static str| move |it: &Value| it["status"]["state"] == state;
    // What runs ends, what waits begins.
    for id in some(world, random, "taskcluster.tasks", 2, status("running")) {
        let reason = random.pick(&["completed", "failed"]);
        world.change("taskcluster.tasks", &id, |it| {
            it["status"]["state"] = reason.into();
            let last = it["status"]["runs"]
                .as_array_mut()
                .and_then(|it| it.last_mut());
            if let Some(run) = last {
                run["state"] = reason.into();
                run["reasonResolved"] = reason.into();
                run["resolved"] = zulu(now).into();
            }
        });
        artifacts(world, &id, 0, now);
    }
    for id in some(world, random, "taskcluster.tasks", 1, status("unscheduled")) {
        world.change("taskcluster.tasks", &id, |it| {
            it["status"]["state"] = "running".into();
            it["status"]["runs"] = json!([run(0, "scheduled", None, now, 0)]);
        });
    }
    // One that failed is run again, and passes.
    let again = |it: &Value| {
        it["status"]["state"] == "failed" && text(&it["status"]["deadline"]) > zulu(now)
    };
    for id in some(world, random, "taskcluster.tasks", 1, again) {
        world.change("taskcluster.tasks", &id, |it| {
            it["status"]["state"] = "completed".into();
            if let Some(runs) = it["status"]["runs"].as_array_mut() {
                let nth = runs.len() as u64;
                runs.push(run(nth, "rerun", Some("completed"), now, 60));
            }
        });
    }
    // Somebody adds a task to the newest group, then there is a push.
    let latest = world.get("taskcluster.index", LATEST);
    let latest = latest.map(|it| text(&it["taskId"])).unwrap_or_default();
    if !latest.is_empty() {
        let id = slugid(random);
        task(world, random, (&id, &latest), JOBS[3], now, Fate::Running);
        let decision = group(world, random, now, 2, true);
        index(world, &format!("{PUSHES}.{now}"), &decision, now);
        index(world, LATEST, &decision, now);
    }
}

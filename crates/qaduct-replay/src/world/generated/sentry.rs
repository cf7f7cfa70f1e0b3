//! Projects of Sentry with issues, events, releases, sessions and counts.

use serde_json::{Value, json};

use super::Generated;
use super::random::{END, Random, people, zulu};
use crate::World;
use crate::world::advance::some;
use crate::world::{Shape, Written, shape, text};

/// A project and the app that it is for.
struct App {
    project: u64,
    slug: &'static str,
    environment: &'static str,
    package: &'static str,
    major: u64,
    builds: bool,
}

impl App {
    fn build(&self, nth: u64) -> Option<u64> {
        match self.builds {
            true => Some(2_016_100_000 + (self.major - nth / 4) * 100 + nth),
            // An iOS build that was not shipped.
            false => (nth == 2).then_some(4_711),
        }
    }

    /// The whole name of its nth release, the newest first.
    fn release(&self, nth: u64) -> String {
        let version = format!("{}.0.{}", self.major - nth / 4, 3 - nth % 4);
        match self.build(nth) {
            Some(build) => format!("{}@{version}+{build}", self.package),
            None => format!("{}@{version}", self.package),
        }
    }
}

const APPS: &[App] = &[
    App {
        project: 6_375_561,
        slug: "fenix",
        environment: "release",
        package: "org.mozilla.firefox",
        major: 148,
        builds: true,
    },
    App {
        project: 6_295_551,
        slug: "fenix-beta",
        environment: "beta",
        package: "org.mozilla.firefox_beta",
        major: 149,
        builds: true,
    },
    App {
        project: 6_176_941,
        slug: "firefox-ios",
        environment: "Production",
        package: "org.mozilla.ios.Firefox",
        major: 148,
        builds: false,
    },
];
const STATUSES: &[&str] = &["unresolved", "unresolved", "resolved", "ignored"];
const DAY: i64 = 86_400;

/// What a world has of it.
pub(crate) static MADE: Generated = Generated {
    name: "sentry",
    share: 2,
    salt: 6,
    shapes: SHAPES,
    fill,
    hour,
    forgets: true,
};
const SHAPES: &[Shape] = &[
    shape("sentry.projects", "id", "", None),
    shape(
        "sentry.issues",
        "id",
        "_project",
        Some(("lastSeen", Written::Zulu)),
    ),
    shape("sentry.merged", "id", "", None),
    shape("sentry.events", "id", "_project", None),
    shape("sentry.releases", "id", "_project", None),
    shape("sentry.sessions", "_id", "_project", None),
    shape("sentry.stats", "_id", "_project", None),
];

/// Fills them with about `size` records.
fn fill(world: &mut World, random: &mut Random, size: usize) {
    let size = size.max(20) as u64;
    for app in APPS {
        world.put(
            "sentry.projects",
            json!({
                "id": app.project.to_string(), "slug": app.slug, "name": app.slug, "platform": "android", "platforms": ["java", "native"], "dateCreated": "2018-11-06T21:19:58.536Z",
                "firstEvent": "2018-11-07T00:00:00Z", "hasSessions": true, "isMember": true, "hasAccess": true, "access": [], "features": ["releases"], "environments": [app.environment, "debug"],
                "teams": [{ "id": "2", "name": "Mobile 🦊", "slug": "mobile" }], "latestRelease": null, "status": "active",
            }),
        );
    }
    for nth in 1..=size * 35 / 100 {
        let app = &APPS[usize::try_from(random.below(3)).unwrap_or_default()];
        issue(world, random, app, nth);
    }
    let days = (size / 80).clamp(3, 60).cast_signed();
    for app in APPS {
        let releases: Vec<String> = (0..(size / 40).clamp(3, 24))
            .map(|nth| release(world, random, app, nth))
            .collect();
        for day in 0..days {
            let day = (END / DAY - day) * DAY;
            for name in releases.iter().take(4) {
                sessions(
                    world,
                    random,
                    app,
                    (app.environment, app.package),
                    name,
                    day,
                );
            }
            // Others report into the same project.
            let other = "org.mozilla.reference.browser";
            let name = format!("{other}@{}.0", app.major);
            sessions(world, random, app, (app.environment, other), &name, day);
            sessions(
                world,
                random,
                app,
                ("debug", app.package),
                &releases[0],
                day,
            );
            for (category, outcome) in [("error", "accepted"), ("error", "rate_limited")] {
                let quantity = random.below(9_000);
                put_stat(world, app.project, category, outcome, day, quantity);
            }
        }
    }
}

fn release(world: &mut World, random: &mut Random, app: &App, nth: u64) -> String {
    let (major, minor) = (app.major - nth / 4, 3 - nth % 4);
    let version = format!("{major}.0.{minor}");
    let build = app.build(nth);
    let name = app.release(nth);
    let at = zulu(END - (nth.cast_signed() + 1) * 5 * DAY - app.project.cast_signed() % 1_000);
    world.put(
        "sentry.releases",
        json!({
            "id": app.project * 1_000 + nth, "version": name, "shortVersion": version, "status": "open", "ref": null, "url": null, "dateReleased": null, "dateCreated": at,
            "versionInfo": { "package": app.package, "description": version, "buildHash": null, "version": { "raw": version, "major": major, "minor": 0, "patch": minor, "pre": null, "buildCode": build, "components": 3 } },
            "data": {}, "newGroups": random.below(30), "owner": null, "commitCount": 0, "lastCommit": null, "deployCount": 0, "lastDeploy": null, "authors": [],
            "projects": [{ "id": app.project, "slug": app.slug, "name": app.slug, "newGroups": 1, "platform": "android", "platforms": [], "hasHealthData": true }],
            "firstEvent": at, "lastEvent": zulu(END), "currentProjectMeta": {}, "userAgent": null, "_project": app.project.to_string(),
        }),
    );
    name
}

fn sessions(
    world: &mut World,
    random: &mut Random,
    app: &App,
    (environment, package): (&str, &str),
    release: &str,
    day: i64,
) {
    let sessions = 1 + random.below(50_000);
    // Some report no users.
    let users = if random.chance(10) {
        0
    } else {
        1 + sessions / 3
    };
    world.put(
        "sentry.sessions",
        json!({
            "_id": format!("{} {environment} {release} {day}", app.project), "_project": app.project.to_string(), "_environment": environment, "_package": package,
            "_release": release, "_day": zulu(day), "_sessions": sessions, "_crashed": sessions / 500, "_users": users, "_crashed_users": users / 300,
        }),
    );
}

fn put_stat(
    world: &mut World,
    project: u64,
    category: &str,
    outcome: &str,
    day: i64,
    quantity: u64,
) {
    world.put(
        "sentry.stats",
        json!({
            "_id": format!("{project} {category} {outcome} {day}"), "_project": project.to_string(), "_category": category, "_outcome": outcome, "_day": zulu(day),
            "_quantity": quantity,
        }),
    );
}

fn issue(world: &mut World, random: &mut Random, app: &App, nth: u64) {
    let id = 4_000_000_000 + nth;
    // Sentry keeps events for 90 days.
    // Some are of today, whatever becomes of the others.
    let of_today = nth.is_multiple_of(8);
    let recent = of_today || random.chance(20);
    let oldest = if recent { DAY / 2 } else { 80 * DAY };
    let last = random.second_between(END - oldest, END);
    let first = random.second_between(END - 400 * DAY, last);
    let status = if of_today {
        "unresolved"
    } else {
        random.pick(STATUSES)
    };
    let title = random.sentence();
    let waits = of_today || status == "unresolved" && random.chance(40);
    let assigned = random.chance(20).then(|| {
        let name = people()
            .nth(usize::try_from(nth % 12).unwrap_or_default())
            .map_or("", |it| it.1);
        json!({ "type": "user", "id": "1", "name": name, "email": "someone@example.org" })
    });
    let count = 1 + random.below(90_000);
    let (newest, oldest) = (random.below(2), 1 + random.below(3));
    let releases: Vec<_> = (newest..=oldest).map(|nth| app.release(nth)).collect();
    world.put(
        "sentry.issues",
        json!({
            "id": id.to_string(), "shareId": null, "shortId": format!("{}-{nth}", app.slug.to_uppercase()), "title": title, "culprit": "mozilla.components.browser in run", "permalink": format!("https://mozilla.sentry.io/issues/{id}/"),
            "logger": null, "level": "fatal", "status": status, "statusDetails": {}, "substatus": if waits { "new" } else { "ongoing" }, "isPublic": false, "platform": "java", "priority": "high",
            "project": { "id": app.project.to_string(), "name": app.slug, "slug": app.slug, "platform": "android" }, "type": "error", "issueType": "error", "issueCategory": "error",
            "metadata": { "type": "IllegalStateException", "value": title, "filename": "Main.kt" }, "numComments": 0, "assignedTo": assigned, "isBookmarked": false, "isSubscribed": false,
            "subscriptionDetails": null, "hasSeen": false, "annotations": [], "isUnhandled": random.chance(60), "count": count.to_string(), "userCount": count / 2, "firstSeen": zulu(first), "lastSeen": zulu(last),
            "lifetime": { "count": (count * 3).to_string(), "userCount": count, "firstSeen": zulu(first), "lastSeen": zulu(last) }, "filtered": null, "stats": { "24h": [] },
            "inbox": if waits { json!({ "reason": 0, "reason_details": null, "date_added": zulu(first) }) } else { Value::Null }, "_project": app.project.to_string(),
            "_environment": app.environment, "_first": releases.last(), "_releases": releases,
        }),
    );
    if random.chance(60) {
        event(world, random, app, id, last);
    }
}

fn event(world: &mut World, random: &mut Random, app: &App, issue: u64, at: i64) {
    let number = u128::from(random.below(u64::MAX)) << 64 | u128::from(issue);
    let id = format!("{number:032x}");
    world.put(
        "sentry.events",
        json!({
            "id": id, "eventID": id, "event.type": "error", "groupID": issue.to_string(), "projectID": app.project.to_string(), "title": "IllegalStateException", "message": random.sentence(),
            "location": "Main.kt", "culprit": "run", "user": null, "platform": "java", "dateCreated": zulu(at), "crashFile": null, "metadata": { "type": "IllegalStateException" },
            "tags": [{ "key": "environment", "value": app.environment }, { "key": "release", "value": format!("{}@{}.0.3", app.package, app.major) }, { "key": "user", "value": "id:4711" }],
            "_project": app.project.to_string(),
        }),
    );
}

/// An hour: issues happen again, are closed, merged and deleted; people use the apps.
fn hour(world: &mut World, random: &mut Random) {
    for id in some(world, random, "sentry.issues", 3, |_| true) {
        world.touch("sentry.issues", &id);
        world.change("sentry.issues", &id, |it| {
            let count = text(&it["count"]).parse::<u64>().unwrap_or_default() + 1;
            it["count"] = count.to_string().into();
        });
    }
    let is_open = |it: &Value| it["status"] == "unresolved";
    for id in some(world, random, "sentry.issues", 2, is_open) {
        world.change("sentry.issues", &id, |it| it["status"] = "resolved".into());
    }
    if let [one, other] = some(world, random, "sentry.issues", 2, is_open).as_slice() {
        world.remove("sentry.issues", one);
        world.put("sentry.merged", json!({ "id": one, "into": other }));
    }
    for id in some(world, random, "sentry.issues", 1, is_open) {
        world.remove("sentry.issues", &id);
    }
    for id in some(world, random, "sentry.sessions", 3, |_| true) {
        world.change("sentry.sessions", &id, |it| {
            it["_sessions"] = (it["_sessions"].as_u64().unwrap_or_default() + 10).into();
        });
    }
}

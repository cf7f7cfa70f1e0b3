//! Sentry against the replay server.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use qaduct_records::Value;
use qaduct_records::source::{Failure, Reading};
use qaduct_replay::{Options, Server, World};
use qaduct_sources::Setup;
use serde_json::{Value as Json, json};

use crate::house::{House, TOKEN, all_of, assert_same, open, pull, read, setup, stream, world};

/// Name, project, environment and package of the apps.
const APPS: &[(&str, &str, &str, &str)] = &[
    ("beta", "fenix-beta", "beta", "org.mozilla.firefox_beta"),
    ("fenix", "fenix", "release", "org.mozilla.firefox"),
    (
        "ios",
        "firefox-ios",
        "Production",
        "org.mozilla.ios.Firefox",
    ),
];

/// The settings with an organisation and apps.
pub(crate) fn with_apps(mut settings: Setup) -> Setup {
    let options = [("organization", "mozilla"), ("events", "true")];
    settings.options = options.map(|(a, b)| (a.to_owned(), b.to_owned())).into();
    for (name, project, environment, package) in APPS {
        let text = format!("project={project}&environment={environment}&package={package}");
        settings.queries.insert((*name).to_owned(), text);
    }
    settings
}

fn serve(world: World, page: Option<usize>) -> Server {
    let options = Options {
        page,
        credentials: vec![TOKEN.to_owned()],
        ..Options::default()
    };
    Server::start(world, options).unwrap()
}

fn settings(server: &Server) -> Setup {
    with_apps(setup("sentry", server.url("sentry"), server.world().now()))
}

fn upper(server: &Server) -> Timestamp {
    server.world().now() + SignedDuration::from_secs(1)
}

fn assert_clean(server: &Server) {
    assert_eq!(server.violations(), [""; 0]);
    for seen in server.log() {
        assert!(!seen.target.contains(TOKEN), "{}", seen.target);
    }
}

/// What was counted of the apps by day and release, and of no one else.
fn cells(world: &World) -> BTreeMap<Vec<String>, Json> {
    let mut cells = BTreeMap::new();
    for cell in world.collection("sentry.sessions").all() {
        let app = APPS.iter().find(|(_, _, environment, package)| {
            cell["_environment"] == *environment && cell["_package"] == *package
        });
        if let Some((name, ..)) = app {
            let key = [
                *name,
                cell["_day"].as_str().unwrap(),
                cell["_release"].as_str().unwrap(),
            ];
            cells.insert(key.map(str::to_owned).into(), cell.clone());
        }
    }
    cells
}

#[test]
fn every_stream_brings_all_that_is_there() {
    let server = serve(world("sentry", 900), None);
    let house = pull(&mut *open(settings(&server)), &[], upper(&server)).unwrap();
    let world = server.world();
    for (table, column, collection) in [
        ("sentry_projects", "project_id", "sentry.projects"),
        ("sentry_issues", "issue_id", "sentry.issues"),
        ("sentry_events", "event_id", "sentry.events"),
        ("sentry_releases", "release_id", "sentry.releases"),
    ] {
        let ids = world.ids(collection);
        assert!(!ids.is_empty(), "{table}");
        assert_eq!(house.values(table, column), ids, "{table}");
    }
    let cells = cells(&world);
    assert!(cells.len() > 60, "{}", cells.len());
    let rows: BTreeSet<_> = house.tables["sentry_release_health"].keys().collect();
    assert_eq!(rows, cells.keys().collect());
    let days: BTreeSet<_> = cells.keys().map(|it| it[..2].to_vec()).collect();
    let rows: BTreeSet<_> = house.tables["sentry_app_health"].keys().cloned().collect();
    assert_eq!(rows, days);
    let stats = world.collection("sentry.stats").all();
    let stats = stats.filter(|it| it["_quantity"] != 0).count();
    assert_eq!(house.tables["sentry_stats"].len(), stats);
    assert_eq!(house.problems, [""; 0]);
    assert_eq!(house.incomplete, [""; 0]);
    drop(world);
    assert_clean(&server);
}

#[test]
fn issues_that_are_closed_are_read_too() {
    let server = serve(world("sentry", 900), None);
    let house = pull(&mut *open(settings(&server)), &["issues"], upper(&server)).unwrap();
    let statuses = house.values("sentry_issues", "status");
    assert_eq!(statuses.len(), 3, "{statuses:?}");
    let world = server.world();
    for issue in world.collection("sentry.issues").all() {
        let row = house.row("sentry_issues", &[issue["id"].as_str().unwrap()]);
        assert_eq!(row["events"], issue["count"].as_str().unwrap());
        assert_eq!(
            row["lifetime_users"],
            issue["lifetime"]["userCount"].to_string()
        );
        assert_eq!(row["last_seen"], issue["lastSeen"].as_str().unwrap());
        assert_eq!(
            row.contains_key("review_reason"),
            issue["inbox"].is_object()
        );
        assert_eq!(
            row.get("assigned_to").map(String::as_str),
            issue["assignedTo"]["name"].as_str()
        );
    }
}

/// Issues of the versions that were used on the last day, by what is asked about them.
fn of_releases(world: &World) -> BTreeSet<Vec<String>> {
    let now = world.now();
    let version = |name: &str| {
        let (_, rest) = name.split_once('@').unwrap();
        rest.split('+').next().unwrap().to_owned()
    };
    let today = (now - SignedDuration::from_hours(24)).to_string();
    let mut keys = BTreeSet::new();
    for (key, _) in cells(world) {
        if key[1][..10] < today[..10] {
            continue;
        }
        let environment = APPS.iter().find(|it| it.0 == key[0]).unwrap().2;
        for issue in world.collection("sentry.issues").all() {
            let last: Timestamp = issue["lastSeen"].as_str().unwrap().parse().unwrap();
            let within = |days: i64| last >= now - SignedDuration::from_hours(24 * days);
            let is_of = |name: &Json| version(name.as_str().unwrap()) == version(&key[2]);
            if issue["status"] != "unresolved" || issue["_environment"] != environment {
                continue;
            }
            let id = issue["id"].as_str().unwrap();
            let mut add = |question: &str| {
                keys.insert(
                    [&key[0], question, &version(&key[2]), id]
                        .map(str::to_owned)
                        .into(),
                );
            };
            let mut releases = issue["_releases"].as_array().unwrap().iter();
            if issue["inbox"].is_object() && within(1) && releases.any(is_of) {
                add("for_review");
            }
            if within(7) && issue["_first"] == key[2].as_str() {
                add("new");
            }
        }
    }
    keys
}

#[test]
fn issues_of_the_releases_in_use_are_those_that_wait_for_review_and_those_that_are_new() {
    let server = serve(world("sentry", 900), Some(5));
    let now = server.world().now();
    let house = pull(&mut *open(settings(&server)), &["release_issues"], now).unwrap();
    let rows: BTreeSet<_> = house.tables["sentry_release_issues"]
        .keys()
        .cloned()
        .collect();
    assert_eq!(rows, of_releases(&server.world()));
    for question in ["for_review", "new"] {
        let found = rows.iter().filter(|it| it[1] == question).count();
        assert!(found > 10, "{question} {found}");
    }
    assert_eq!(house.problems, [""; 0]);
    assert_clean(&server);
}

#[test]
fn versions_of_builds_that_are_not_shipped_are_not_asked_about() {
    let server = serve(world("sentry", 900), None);
    let mut settings = settings(&server);
    settings.queries.retain(|it, _| it == "ios");
    settings
        .queries
        .get_mut("ios")
        .unwrap()
        .push_str("&builds=none");
    let now = server.world().now();
    let house = pull(&mut *open(settings), &["release_issues"], now).unwrap();
    // The only one with a build.
    let built = "148.0.1".to_owned();
    let without = of_releases(&server.world());
    let without = without.into_iter().filter(|it| it[0] == "ios");
    let without: BTreeSet<_> = without.filter(|it| it[2] != built).collect();
    assert!(!without.is_empty());
    assert_eq!(
        house.tables["sentry_release_issues"]
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>(),
        without
    );
}

#[test]
fn a_rate_of_nobody_is_null_and_not_nothing() {
    let server = serve(world("sentry", 900), None);
    let names = ["app_health", "release_health"];
    let house = pull(&mut *open(settings(&server)), &names, upper(&server)).unwrap();
    let mut without = 0;
    for (key, cell) in cells(&server.world()) {
        let row = &house.tables["sentry_release_health"][&key];
        assert_eq!(row["sessions"], cell["_sessions"].to_string());
        assert_eq!(row["users"], cell["_users"].to_string());
        let nobody = cell["_users"] == 0;
        assert_eq!(row.contains_key("crash_free_users"), !nobody);
        without += usize::from(nobody);
    }
    assert!(without > 0);
}

#[test]
fn users_of_an_app_are_counted_by_the_service_and_not_added_up() {
    let server = serve(world("sentry", 900), None);
    let names = ["app_health", "release_health"];
    let house = pull(&mut *open(settings(&server)), &names, upper(&server)).unwrap();
    let number = |text: &String| text.parse::<i64>().unwrap();
    for (key, app) in &house.tables["sentry_app_health"] {
        let releases = house.tables["sentry_release_health"].iter();
        let of_day = releases.filter(|(it, _)| it[..2] == key[..]);
        let sum: i64 = of_day.map(|(_, it)| number(&it["users"])).sum();
        assert!(number(&app["users"]) < sum, "{key:?}");
        assert_eq!(
            app["environment"],
            APPS.iter().find(|it| it.0 == key[0]).unwrap().2
        );
    }
}

#[test]
fn what_changed_since_is_read_and_no_more_than_that() {
    let server = serve(world("sentry", 6_000), None);
    let first = upper(&server);
    let mut house = pull(&mut *open(settings(&server)), &["issues"], first).unwrap();
    let whole = server.log().len();
    server.world().advance(1);
    server.clear_log();
    let mut source = open(settings(&server));
    let issues = stream(&*source, "issues");
    for scope in source.scopes(issues).unwrap() {
        let reading = Reading {
            lower: Some(first - SignedDuration::from_hours(1)),
            ..all_of(&scope, upper(&server))
        };
        read(&mut *source, issues, &reading, &mut house).unwrap();
    }
    let world = server.world();
    let mut changed = 0;
    for issue in world.collection("sentry.issues").all() {
        let row = house.row("sentry_issues", &[issue["id"].as_str().unwrap()]);
        assert_eq!(row["last_seen"], issue["lastSeen"].as_str().unwrap());
        changed += usize::from(row["last_seen"].parse::<Timestamp>().unwrap() > first);
    }
    assert!(changed > 0);
    drop(world);
    // A page of each project, and the list of projects.
    assert!(whole > 20 && server.log().len() == 4, "{whole}");
    assert_clean(&server);
}

#[test]
fn an_issue_that_is_closed_opened_again_merged_or_deleted_is_found_so() {
    let server = serve(world("sentry", 900), None);
    let mut source = open(settings(&server));
    let mut house = pull(&mut *source, &["issues"], upper(&server)).unwrap();
    let issues = stream(&*source, "issues");
    let scope = source.scopes(issues).unwrap().remove(0);
    let project = scope.text("project_id");
    let keys: Vec<Vec<Value>> = house.tables["sentry_issues"]
        .values()
        .filter(|it| it["project_id"] == project && it["status"] == "unresolved")
        .map(|it| vec![Value::Int(it["issue_id"].parse().unwrap())])
        .collect();
    let names: Vec<String> = keys.iter().map(|it| it[0].to_string()).collect();
    assert!(names.len() > 20);
    let closed = house.tables["sentry_issues"].values();
    let closed = closed
        .into_iter()
        .find(|it| it["project_id"] == project && it["status"] == "resolved");
    let reopened = closed.unwrap()["issue_id"].clone();
    let mut world = server.world();
    world.change("sentry.issues", &reopened, |it| {
        it["status"] = "unresolved".into()
    });
    world.change("sentry.issues", &names[0], |it| {
        it["status"] = "resolved".into()
    });
    world.remove("sentry.issues", &names[1]);
    world.remove("sentry.issues", &names[2]);
    world.put("sentry.merged", json!({ "id": names[2], "into": names[3] }));
    drop(world);
    server.clear_log();
    let mut pages = source.poll(issues, &scope, keys).unwrap();
    while let Some(page) = pages.next().unwrap() {
        house.keep(issues, &page);
    }
    drop(pages);
    assert_eq!(
        house.row("sentry_issues", &[&names[0]])["status"],
        "resolved"
    );
    assert_eq!(
        house.row("sentry_issues", &[&reopened])["status"],
        "unresolved"
    );
    let gone: Vec<_> = house.gone.iter().map(|(_, key)| key[0].clone()).collect();
    assert_eq!(gone, names[1..3]);
    house.row("sentry_issues", &[&names[3]]);
    // What only lists say of an issue stays.
    for name in [&names[0], &names[3], &reopened] {
        let row = house.row("sentry_issues", &[name]);
        assert!(row.contains_key("lifetime_events"), "{row:?}");
    }
    // One list of what is open still, three questions, and a look at the two that are there.
    assert_eq!(server.log().len(), 6);
    assert_clean(&server);
}

#[test]
fn a_reading_goes_on_from_every_position_and_brings_the_same() {
    let server = serve(world("sentry", 900), Some(7));
    let mut source = open(settings(&server));
    for name in [
        "issues",
        "events",
        "releases",
        "release_health",
        "release_issues",
        "stats",
    ] {
        let stream = stream(&*source, name);
        let scope = source.scopes(stream).unwrap().remove(0);
        let reading = all_of(&scope, upper(&server));
        let mut whole = House::default();
        let positions = read(&mut *source, stream, &reading, &mut whole).unwrap();
        assert!(positions.len() > 1, "{name}");
        for (n, position) in positions.iter().enumerate() {
            let mut house = House::default();
            let mut pages = source.read(stream, &reading).unwrap();
            for _ in 0..=n {
                house.keep(stream, &pages.next().unwrap().unwrap());
            }
            drop(pages);
            let reading = Reading {
                position: Some(position.clone()),
                ..reading.clone()
            };
            read(&mut *source, stream, &reading, &mut house).unwrap();
            assert_same(&house, &whole, &format!("{name} {n}"));
        }
    }
    assert_clean(&server);
}

/// So many releases of fenix on a day.
fn many(world: &mut World, day: &str, releases: usize) {
    for n in 0..releases {
        world.put(
            "sentry.sessions",
            json!({
                "_id": format!("{day} {n}"), "_project": "6375561", "_environment": "release",
                "_package": "org.mozilla.firefox", "_release": format!("org.mozilla.firefox@1.{n}"),
                "_day": format!("{day}T00:00:00Z"), "_sessions": 1 + n, "_crashed": 0, "_users": 1,
                "_crashed_users": 0,
            }),
        );
    }
}

#[test]
fn more_releases_than_an_answer_holds_are_asked_for_in_fewer_days() {
    let mut world = World::of("sentry", 7, 40);
    many(&mut world, "2026-02-20", 400);
    many(&mut world, "2026-02-21", 300);
    let server = serve(world, None);
    let house = pull(
        &mut *open(settings(&server)),
        &["release_health"],
        upper(&server),
    )
    .unwrap();
    let cells = cells(&server.world());
    let rows: BTreeSet<_> = house.tables["sentry_release_health"].keys().collect();
    assert_eq!(rows, cells.keys().collect());
    assert_eq!(house.twice, 0);
    assert_eq!(house.incomplete, [""; 0]);
    assert_clean(&server);
}

#[test]
fn a_day_with_more_releases_than_an_answer_holds_is_not_called_complete() {
    let mut world = World::of("sentry", 7, 40);
    many(&mut world, "2026-02-20", 5_001);
    let server = serve(world, None);
    let house = pull(
        &mut *open(settings(&server)),
        &["release_health"],
        upper(&server),
    )
    .unwrap();
    assert_eq!(
        house.incomplete,
        ["Sentry gives 5000 groups of 2026-02-20 at most and has more"]
    );
    assert_clean(&server);
}

#[test]
fn a_part_keeps_its_name_when_its_project_is_renamed() {
    let server = serve(world("sentry", 40), None);
    let names = |projects: &[&str]| -> Vec<String> {
        let mut settings = settings(&server);
        settings.projects = projects.iter().map(|it| (*it).to_owned()).collect();
        let mut source = open(settings);
        let issues = stream(&*source, "issues");
        let scopes = source.scopes(issues).unwrap();
        scopes.into_iter().map(|it| it.name).collect()
    };
    let before = names(&["fenix", "6375561"]);
    assert_eq!(before, ["project_id=6375561"]);
    server.world().change("sentry.projects", "6375561", |it| {
        it["slug"] = "firefox".into()
    });
    assert_eq!(names(&["firefox"]), before);
    assert_eq!(names(&[]).len(), 3);
}

#[test]
fn events_are_read_where_somebody_wants_them() {
    let server = serve(world("sentry", 40), None);
    let mut settings = settings(&server);
    settings.options.remove("events");
    let mut source = open(settings);
    let events = stream(&*source, "events");
    assert_eq!(source.scopes(events).unwrap(), []);
}

#[test]
fn an_event_has_its_tags_and_names_its_user_in_a_column_of_its_own() {
    let server = serve(world("sentry", 200), None);
    let house = pull(&mut *open(settings(&server)), &["events"], upper(&server)).unwrap();
    for event in house.tables["sentry_events"].values() {
        assert_eq!(event["user_name"], "id:4711");
        assert_eq!(event["event_type"], "error");
        assert!(event["release_name"].starts_with("org.mozilla."));
    }
    assert!(!house.values("sentry_event_tags", "tag").contains("user"));
    assert!(house.values("sentry_event_tags", "tag").contains("release"));
}

#[test]
fn an_app_that_is_not_one_is_refused_with_the_line_to_write() {
    let server = serve(world("sentry", 40), None);
    let mut said = Vec::new();
    for text in [
        "environment=release&package=a",
        "project=fenix&package=a",
        "project=fenix&environment=release",
        "project=fenix&environment=release&package=a b",
        "project=fenix&environment=release&package=a&builds=few",
        "project=fenix&environment=release&package=a&majors=0",
        "project=fenix&environment=release&package=a&color=red",
        "project=nobody&environment=release&package=a",
    ] {
        let mut settings = settings(&server);
        settings.queries = [("app".to_owned(), text.to_owned())].into();
        let mut source = open(settings);
        let health = stream(&*source, "release_health");
        let error = source.scopes(health).unwrap_err();
        assert_eq!(error.kind, Failure::Config);
        said.push(error.trouble);
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    `queries.app` names no `project`
    `queries.app` names no `environment`
    `queries.app` names no `package`
    `queries.app` has a package that is none: `a b`
    `queries.app` has a wrong `builds`: `few`
    `queries.app` has a wrong `majors`: `0`
    `queries.app` knows nothing of `color`
    there is no project `nobody` that the token may see
    ");
}

#[test]
fn the_token_and_the_projects_are_told() {
    let server = serve(world("sentry", 40), None);
    let mut source = open(settings(&server));
    let probe = source.probe().unwrap();
    assert_eq!(probe.user, "a token of mozilla");
    assert_eq!(probe.quota_limit, Some(40));
    let found = source.discover().unwrap();
    let ids: BTreeSet<_> = found.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["fenix", "fenix-beta", "firefox-ios"].into());
    let mut settings = settings(&server);
    settings.options.remove("organization");
    let error = qaduct_sources::open(
        settings,
        std::sync::Arc::new(crate::reader::Still::at(Timestamp::UNIX_EPOCH)),
        std::sync::Arc::new(crate::reader::Still::at(Timestamp::UNIX_EPOCH)),
    );
    let error = error.err().unwrap();
    assert_eq!(
        error.trouble,
        "[source.sentry] has no `options.organization`"
    );
}

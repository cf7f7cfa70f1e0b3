//! No person is known by what is kept when people are hashed or left out: ids, names and
//! addresses are planted where services add fields, and looked for in every column.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use qaduct_records::Secret;
use qaduct_replay::{Options, Server};
use qaduct_sources::People;
use serde_json::{Value, json};

use crate::house::{House, TOKEN, open, pull, setup, world};
use crate::sentry::with_apps;

const ACCOUNT: &str = "712020:4f1dbea9-93d2-4f0e-8f4b-2a6f0c1d9e77";
const KEY: &str = "JIRAUSER10417";
const NAME: &str = "Planted Person";
const LOGIN: &str = "planted-login";
const MAIL: &str = "planted@example.org";

/// What services add to a record beside what is documented.
fn plant(record: &mut Value) {
    let people = json!([
        {"accountId": ACCOUNT, "displayName": NAME, "active": true},
        {"key": KEY, "name": LOGIN, "displayName": NAME, "emailAddress": MAIL, "active": true},
        {"login": LOGIN, "id": 4711, "html_url": format!("https://git.example.org/{LOGIN}")},
        {"id": 4711, "name": MAIL, "real_name": NAME, "nick": LOGIN},
        {"name": NAME, "email": MAIL, "date": "2026-01-01T00:00:00Z"},
    ]);
    record["planted"] = json!({
        "people": people,
        "words": format!("[~accountid:{ACCOUNT}], [~{LOGIN}], {KEY} and {MAIL} say"),
        "link": format!("https://jira.example.org/user?accountId={}", ACCOUNT.replace(':', "%3A")),
    });
    for (field, value) in [("emailAddress", MAIL), ("tmpToAccountId", ACCOUNT)] {
        record[field] = value.into();
    }
}

/// Reads everything of a service in which people were planted.
fn read(kind: &'static str, served: &str, people: People) -> (House, BTreeSet<String>) {
    let server = Server::start(world(kind, 150), Options::default()).unwrap();
    let mut known = BTreeSet::from([ACCOUNT, KEY, NAME, LOGIN, MAIL].map(str::to_owned));
    let mut config = setup(kind, server.url(served), server.world().now());
    {
        let mut world = server.world();
        for collection in COLLECTIONS.iter().filter(|it| it.starts_with(kind)) {
            let ids: Vec<_> = world.ids(collection).into_iter().take(20).collect();
            for id in ids {
                world.change(collection, &id, |record| {
                    plant(record);
                    if let Some(Value::Object(fields)) = record.get_mut("fields") {
                        let mut custom = json!({});
                        plant(&mut custom);
                        fields.insert("customfield_10999".to_owned(), custom);
                    }
                });
            }
        }
        let fork = json!({
            "full_name": format!("{LOGIN}/experimenter"), "owner": {"login": LOGIN, "type": "User"},
        });
        for (collection, path) in [
            ("github.pulls", &["head", "repo"] as &[_]),
            ("github.runs", &["head_repository"]),
        ] {
            for id in world.ids(collection).into_iter().take(20) {
                world.change(collection, &id, |record| {
                    *path.iter().fold(record, |it, key| &mut it[*key]) = fork.clone();
                });
            }
        }
        for id in world.ids("bugzilla.history").into_iter().take(20) {
            world.change("bugzilla.history", &id, |step| {
                let change = |field: &str, removed: &str, added: &str| {
                    json!({"field_name": field, "removed": removed, "added": added})
                };
                step["changes"] = json!([
                    change("cc", "", &format!("{MAIL}, {LOGIN}")),
                    change("assigned_to", "nobody@mozilla.org", LOGIN),
                    change("qa_contact", LOGIN, ""),
                    change("bug_mentor", "", LOGIN),
                    change("flagtypes.name", "", &format!("review+, needinfo?({LOGIN})")),
                    change("status", "NEW", "ASSIGNED"),
                ]);
            });
        }
        for user in world.collection("jira.users").all() {
            let of_user = ["accountId", "emailAddress"].iter();
            known.extend(of_user.filter_map(|it| Some(user[*it].as_str()?.to_owned())));
        }
        for version in world.collection("confluence.versions").all() {
            known.extend(version["authorId"].as_str().map(str::to_owned));
        }
    }
    match kind {
        "jira" => {
            let reviewer = ("reviewer".to_owned(), "customfield_10999".to_owned());
            config.fields.extend([reviewer]);
            let all = ("all".to_owned(), "created > 1000000000000".to_owned());
            config.queries.extend([all]);
            if served == "jira" {
                config.user = Some("someone@example.org".to_owned());
            }
            let edition = if served == "jira" {
                "cloud"
            } else {
                "datacenter"
            };
            config.options = [
                ("edition".to_owned(), edition.to_owned()),
                ("comments".to_owned(), "true".to_owned()),
            ]
            .into();
        }
        "github" => config.projects = vec!["mozilla/experimenter".to_owned()],
        "bugzilla" => {
            let edition = ("edition".to_owned(), "mozilla".to_owned());
            config.options.extend([edition]);
        }
        _ => config.user = Some("someone@example.org".to_owned()),
    }
    config.people = people;
    let upper = config.now + SignedDuration::from_hours(1);
    let house = pull(&mut *open(config), &[], upper).unwrap();
    assert_eq!(server.violations(), [""; 0]);
    (house, known)
}

/// Collections to whose records people are added.
const COLLECTIONS: &[&str] = &[
    "testrail.projects",
    "testrail.cases",
    "testrail.runs",
    "testrail.results",
    "testrail.users",
    "bugzilla.bugs",
    "bugzilla.comments",
    "bugzilla.products",
    "jira.issues",
    "jira.changelogs",
    "jira.worklogs",
    "jira.users",
    "jira.projects",
    "jira.comments",
    "jira.boards",
    "github.repos",
    "github.issues",
    "github.pulls",
    "github.reviews",
    "github.comments",
    "github.runs",
    "github.events",
    "github.commits",
    "github.releases",
    "confluence.spaces",
    "confluence.pages",
    "confluence.versions",
];

#[test]
fn nobody_is_known_by_any_column_of_any_table_when_people_are_hashed_or_left_out() {
    for (kind, served) in [
        ("testrail", "testrail"),
        ("bugzilla", "bmo"),
        ("github", "github"),
        ("confluence", "confluence"),
        ("jira", "jira"),
        ("jira", "jira-dc"),
    ] {
        let (house, known) = read(kind, served, People::Keep);
        let planted = house.texts().filter(|it| it.contains(LOGIN)).count();
        assert!(planted > 10, "{served}: {planted} values are found");
        assert!(house.texts().any(|it| known.contains(it)) || kind != "jira");
        for people in [People::Hash(Secret::new("salt")), People::Drop] {
            let (house, known) = read(kind, served, people.clone());
            let mut found = BTreeSet::new();
            for (table, rows) in &house.tables {
                for (column, value) in rows.values().flatten() {
                    // A link to the API names the account in it.
                    let value = value.replace("%3A", ":");
                    for who in known.iter().filter(|it| value.contains(*it)) {
                        found.insert(format!("{table}.{column}: {who} in {value}"));
                    }
                }
            }
            assert!(found.is_empty(), "{served} {people:?}: {found:#?}");
            let kept = house.texts().any(|it| it.contains("\"planted\":{"));
            assert!(kept, "{served}: what is unknown is kept");
        }
    }
}

const RELEASE: &str = "org.mozilla.firefox@nightly.b+2016114800";
const ROUTE: &str = "notify.email.planted@example.org.on-failed";
const CLONED: &str = "git@github.com:mozilla-mobile/firefox-ios.git";
const PICTURE: &str = "public/screenshots/icon@2x.png";

/// Reads everything of a service of which some names look like addresses.
fn look_alikes(kind: &'static str, people: People) -> House {
    let options = Options {
        credentials: vec![TOKEN.to_owned()],
        ..Options::default()
    };
    let mut made = world(kind, 600);
    let mut name = |collection: &str, nth: usize, path: &[&str], value: Value| {
        let id = made.ids(collection).into_iter().nth(nth).unwrap();
        made.change(collection, &id, |record| {
            *path.iter().fold(record, |it, key| &mut it[*key]) = value;
        });
    };
    match kind {
        "sentry" => {
            name("sentry.releases", 0, &["version"], RELEASE.into());
            name("sentry.releases", 1, &["version"], "a@nightly.c".into());
        }
        "bitrise" => {
            name("bitrise.apps", 0, &["repo_url"], CLONED.into());
            name("bitrise.artifacts", 0, &["title"], PICTURE.into());
        }
        _ => {
            let routes = json!([ROUTE, "index.gecko.v2.try"]);
            name("taskcluster.tasks", 0, &["task", "routes"], routes);
            name("taskcluster.artifacts", 1, &["name"], PICTURE.into());
        }
    }
    let server = Server::start(made, options).unwrap();
    let mut config = setup(kind, server.url(kind), server.world().now());
    match kind {
        "sentry" => config = with_apps(config),
        "taskcluster" => {
            config.user = Some("mozilla-auth0/qa".to_owned());
            config.projects = vec!["gecko.v2.mozilla-central.nightly.*".to_owned()];
            let artifacts = ("artifacts".to_owned(), "true".to_owned());
            config.options = [artifacts].into();
        }
        _ => {}
    }
    config.people = people;
    let upper = config.now + SignedDuration::from_secs(1);
    pull(&mut *open(config), &[], upper).unwrap()
}

#[test]
fn what_looks_like_an_address_and_is_none_stays_and_no_row_takes_the_place_of_another() {
    for (kind, names) in [
        (
            "sentry",
            [
                ("sentry_releases", "release_name", RELEASE),
                ("sentry_release_health", "release_name", ""),
            ],
        ),
        (
            "bitrise",
            [
                ("bitrise_apps", "repository_url", CLONED),
                ("bitrise_archived_artifacts", "title", PICTURE),
            ],
        ),
        (
            "taskcluster",
            [
                ("taskcluster_artifacts", "name", PICTURE),
                ("taskcluster_runs", "task_id", ""),
            ],
        ),
    ] {
        let kept = look_alikes(kind, People::Keep);
        for people in [People::Hash(Secret::new("salt")), People::Drop] {
            let house = look_alikes(kind, people.clone());
            for (table, rows) in &kept.tables {
                let found = house.tables[table].len();
                assert_eq!(found, rows.len(), "{table} {people:?}");
            }
            assert_eq!(house.twice, kept.twice, "{kind} {people:?}");
            for (table, column, name) in names {
                let found = house.values(table, column);
                assert_eq!(found, kept.values(table, column), "{table} {people:?}");
                assert!(name.is_empty() || found.contains(name), "{table} {found:?}");
            }
        }
    }
}

#[test]
fn of_a_route_only_the_address_is_replaced() {
    let hash = People::Hash(Secret::new("salt"));
    let who = hash.person(MAIL).unwrap();
    let routes = format!("{ROUTE},index.gecko.v2.try");
    assert_eq!(
        hash.text(&routes),
        format!("notify.email.{who}.on-failed,index.gecko.v2.try")
    );
    let drop = People::Drop.text(&routes);
    assert_eq!(drop, "notify.email.person.on-failed,index.gecko.v2.try");
}

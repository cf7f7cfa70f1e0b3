//! Jira against the replay server.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use qaduct_records::Value;
use qaduct_records::source::{Failure, Reading, Scope};
use qaduct_replay::{Fault, Options, Server};
use qaduct_sources::Setup;

use crate::house::{
    House, TOKEN, all_of, assert_same, open, parts, pull, read, setup, stream, world,
};

/// The editions and where the replay server has them.
const EDITIONS: [(&str, &str); 2] = [("cloud", "jira"), ("datacenter", "jira-dc")];

/// All streams.
const SERVED: &[&str] = &[
    "fields", "statuses", "versions", "users", "projects", "filters", "boards", "sprints",
    "issues", "changes", "worklogs",
];

fn serve(size: usize) -> Server {
    serve_in("America/Los_Angeles", size)
}

fn serve_in(zone: &str, size: usize) -> Server {
    let options = Options {
        time_zone: zone.to_owned(),
        ..Options::default()
    };
    Server::start(world("jira", size), options).unwrap()
}

fn settings(server: &Server, (edition, path): (&str, &str)) -> Setup {
    let mut setup = setup("jira", server.url(path), server.world().now());
    if edition == "cloud" {
        setup.user = Some("someone@example.org".to_owned());
    } else {
        setup
            .options
            .insert("edition".to_owned(), edition.to_owned());
    }
    let fields = [
        ("story_points", "customfield_10037"),
        ("sprint", "customfield_10020"),
    ];
    setup.fields = fields
        .map(|(name, id)| (name.to_owned(), id.to_owned()))
        .into();
    setup
}

fn with_queries(mut setup: Setup, queries: &[(&str, &str)]) -> Setup {
    let queries = queries.iter();
    setup.queries = queries
        .map(|(name, jql)| ((*name).to_owned(), (*jql).to_owned()))
        .collect();
    setup
}

fn upper(server: &Server) -> Timestamp {
    server.world().now() - SignedDuration::from_mins(1)
}

fn updated(issue: &serde_json::Value) -> Timestamp {
    let text = issue["fields"]["updated"].as_str().unwrap();
    Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).unwrap()
}

/// Requests that no service allows, and requests that carry a secret.
fn assert_clean(server: &Server) {
    assert_eq!(server.violations(), [""; 0]);
    for seen in server.log() {
        assert!(!seen.target.contains(TOKEN), "{}", seen.target);
    }
}

#[test]
fn every_stream_brings_all_that_is_there() {
    for edition in EDITIONS {
        let server = serve(700);
        let mut setup = with_queries(
            settings(&server, edition),
            &[
                ("all", "created > 1000000000000"),
                ("needed", "filter=13789"),
                ("vendor", "filter = 35754 ORDER BY updated"),
            ],
        );
        setup
            .options
            .insert("comments".to_owned(), "true".to_owned());
        let mut source = open(setup);
        let house = pull(&mut *source, SERVED, upper(&server)).unwrap();
        let world = server.world();
        let same = |table: &str, column: &str, ids: BTreeSet<String>| {
            assert!(!ids.is_empty(), "{table}");
            assert_eq!(house.values(table, column), ids, "{} {table}", edition.0);
        };
        same("jira_issues", "issue_id", world.ids("jira.issues"));
        same("jira_changes", "change_id", world.ids("jira.changelogs"));
        same("jira_worklogs", "worklog_id", world.ids("jira.worklogs"));
        same("jira_fields", "field_id", world.ids("jira.fields"));
        same("jira_projects", "project_id", world.ids("jira.projects"));
        same("jira_boards", "board_id", world.ids("jira.boards"));
        same("jira_comments", "comment_id", world.ids("jira.comments"));
        same("jira_versions", "version_id", world.ids("jira.versions"));
        same("jira_sprints", "sprint_id", world.ids("jira.sprints"));
        same(
            "jira_filters",
            "filter_id",
            ["13789", "35754"].map(str::to_owned).into(),
        );
        let statuses = world.collection("jira.issues").all();
        let statuses = statuses.map(|it| it["fields"]["status"]["id"].as_str().unwrap());
        let statuses = statuses.map(str::to_owned).collect();
        same("jira_statuses", "status_id", statuses);
        let seen = world.ids_where("jira.users", |it| it["_hidden"] != true);
        assert_eq!(house.values("jira_users", "account_id").len(), seen.len());
        assert_eq!(house.problems, [""; 0]);
        assert_eq!(house.incomplete, [""; 0]);
        drop(world);
        assert_clean(&server);
    }
}

#[test]
fn users_behind_a_page_that_holds_none_we_may_see_are_read() {
    let server = serve(60);
    {
        let mut world = server.world();
        let user = |id: String, hidden: bool| serde_json::json!({ "accountId": id, "displayName": id, "active": true, "_hidden": hidden });
        for n in 0..1_950 {
            world.put("jira.users", user(format!("hidden-{n}"), true));
        }
        world.put("jira.users", user("last".to_owned(), false));
    }
    let house = pull(
        &mut *open(settings(&server, EDITIONS[0])),
        &["users"],
        upper(&server),
    )
    .unwrap();
    let seen = server.world().visible("jira.users");
    assert_eq!(house.values("jira_users", "account_id"), seen);
    assert!(server.log().len() < 40, "{} requests", server.log().len());
}

/// Worklogs that were changed at some milliseconds, more than a page of the feed in all.
fn many_worklogs(server: &Server, at: impl Fn(usize) -> i64) {
    let mut world = server.world();
    let made = world
        .collection("jira.worklogs")
        .all()
        .next()
        .unwrap()
        .clone();
    let begin = world.now() - SignedDuration::from_hours(24);
    for n in 0..2_300 {
        let mut worklog = made.clone();
        worklog["id"] = (5_000_000 + n).to_string().into();
        let at = begin + SignedDuration::from_millis(at(n));
        worklog["updated"] = at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string().into();
        world.put("jira.worklogs", worklog);
    }
}

#[test]
fn no_worklog_is_lost_where_a_page_of_the_feed_ends_among_those_of_one_millisecond() {
    // In the middle of each page, at the end of each, and everything at once.
    let many: [fn(usize) -> i64; 3] = [|n| n as i64 / 7, |n| n as i64 / 700, |_| 0];
    for at in many {
        let server = serve(60);
        many_worklogs(&server, at);
        let mut source = open(settings(&server, EDITIONS[0]));
        let house = pull(&mut *source, &["worklogs"], upper(&server)).unwrap();
        let there = server.world().ids("jira.worklogs");
        let read = house.values("jira_worklogs", "worklog_id");
        assert_eq!(there.difference(&read).next(), None);
        assert_clean(&server);
    }
}

#[test]
fn an_issue_becomes_a_row_with_all_that_stands_in_it() {
    let server = serve(700);
    let mut source = open(with_queries(
        settings(&server, EDITIONS[0]),
        &[("all", "created > 1000000000000")],
    ));
    let house = pull(&mut *source, &["issues"], upper(&server)).unwrap();
    let world = server.world();
    for issue in world.collection("jira.issues").all() {
        let fields = &issue["fields"];
        let row = house.row("jira_issues", &[issue["id"].as_str().unwrap()]);
        assert_eq!(row["issue_key"], issue["key"].as_str().unwrap());
        assert_eq!(row["updated_at"], updated(issue).to_string());
        assert_eq!(row["status"], fields["status"]["name"].as_str().unwrap());
        assert_eq!(
            row.get("assignee").map(String::as_str),
            fields["assignee"]["displayName"].as_str()
        );
        let labels = fields["labels"].as_array().unwrap();
        let labels: Vec<_> = labels.iter().map(|it| it.as_str().unwrap()).collect();
        assert_eq!(row["labels"], labels.join(","));
        let points = &fields["customfield_10037"];
        let extra: serde_json::Value = serde_json::from_str(&row["_extra"]).unwrap();
        assert_eq!(&extra["customfield_10037"], points);
        assert_eq!(
            row.get("parent_key").map(String::as_str),
            fields["parent"]["key"].as_str()
        );
    }
    let labels = &house.tables["jira_issue_labels"];
    let served: usize = world
        .collection("jira.issues")
        .all()
        .map(|it| it["fields"]["labels"].as_array().unwrap().len())
        .sum();
    assert_eq!(labels.len(), served);
}

#[test]
fn a_reading_goes_on_from_every_position_and_brings_the_same() {
    for edition in EDITIONS {
        let server = serve(700);
        let mut source = open(with_queries(
            settings(&server, edition),
            &[("all", "created > 1000000000000 ORDER BY key")],
        ));
        for name in ["issues", "changes", "worklogs"] {
            let stream = stream(&*source, name);
            let scope = source.scopes(stream).unwrap().remove(0);
            let reading = all_of(&scope, upper(&server));
            let mut whole = House::default();
            let positions = read(&mut *source, stream, &reading, &mut whole).unwrap();
            assert!(!positions.is_empty(), "{name}");
            // Some of them, where each issue is a page.
            let step = positions.len().div_ceil(8);
            for (n, position) in positions.iter().enumerate().step_by(step) {
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
                assert_same(&house, &whole, &format!("{} {name} {n}", edition.0));
            }
        }
        assert_clean(&server);
    }
}

#[test]
fn a_fault_on_any_page_changes_nothing() {
    for edition in EDITIONS {
        let server = serve(500);
        let setup = with_queries(
            settings(&server, edition),
            &[("all", "created > 1000000000000")],
        );
        // Data Center is asked for changes issue by issue: many pages of one kind.
        let cloud = ["issues", "worklogs", "projects", "users", "changes"];
        let names = &cloud[..if edition.0 == "cloud" { 5 } else { 4 }];
        let whole = pull(&mut *open(setup), names, upper(&server)).unwrap();
        let requests = server.log().len();
        let faults = ["429+1", "503", "cut", "html", "again", "reset"];
        for n in (1..=requests).step_by(requests.div_ceil(12)) {
            for shift in 0..2 {
                let fault = faults[(n + 3 * shift) % faults.len()];
                let fault: Fault = format!("{fault}@{n}").parse().unwrap();
                let server = serve(500);
                server.set_faults(std::slice::from_ref(&fault));
                let setup = with_queries(
                    settings(&server, edition),
                    &[("all", "created > 1000000000000")],
                );
                let house = pull(&mut *open(setup), names, upper(&server)).unwrap();
                assert_same(&house, &whole, &format!("{} {fault}", edition.0));
            }
        }
    }
}

#[test]
fn an_issue_that_moves_or_goes_while_pages_are_read_takes_no_other_with_it() {
    for edition in EDITIONS {
        for fault in ["move", "drop"] {
            for n in 1..=4 {
                let server = serve(700);
                let setup = with_queries(
                    settings(&server, edition),
                    &[("all", "created > 1000000000000")],
                );
                let upper = upper(&server);
                server.set_faults(&[format!("{fault}@search:{n}").parse().unwrap()]);
                let house = pull(&mut *open(setup), &["issues"], upper).unwrap();
                let world = server.world();
                let there = world.ids_where("jira.issues", |it| updated(it) < upper);
                let read = house.values("jira_issues", "issue_id");
                let lost: Vec<_> = there.difference(&read).collect();
                assert!(lost.is_empty(), "{} {fault} {n}: {lost:?}", edition.0);
            }
        }
    }
}

#[test]
fn no_issue_is_lost_and_none_comes_twice_where_clocks_change() {
    // A user in UTC-7, one whose clock is set back, one in an odd zone.
    for zone in ["America/Phoenix", "America/Los_Angeles", "Asia/Kolkata"] {
        let server = serve_in(zone, 250);
        let fold: Timestamp = "2025-11-02T07:00:00Z".parse().unwrap();
        let minutes = |n: i64| fold + SignedDuration::from_mins(n);
        let written = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string();
        let ids: Vec<_> = server.world().ids("jira.issues").into_iter().collect();
        for (n, id) in ids.iter().enumerate() {
            // Seconds matter, too: JQL knows none.
            let at = minutes(i64::try_from(n % 240).unwrap()) + SignedDuration::from_secs(29);
            let mut world = server.world();
            world.change("jira.issues", id, |it| {
                it["fields"]["updated"] = written(at).into()
            });
        }
        for edition in EDITIONS {
            let mut source = open(with_queries(
                settings(&server, edition),
                &[("all", "created > 1000000000000")],
            ));
            let stream = stream(&*source, "issues");
            let scope = source.scopes(stream).unwrap().remove(0);
            for begin in (0..240).step_by(17) {
                let (lower, upper) = (minutes(begin), minutes(begin + 20));
                let reading = Reading {
                    lower: Some(lower),
                    ..all_of(&scope, upper)
                };
                let mut house = House::default();
                read(&mut *source, stream, &reading, &mut house).unwrap();
                let within = |it: &serde_json::Value| (lower..upper).contains(&updated(it));
                let there = server.world().ids_where("jira.issues", within);
                let read = house.values("jira_issues", "issue_id");
                assert!(read.is_superset(&there), "{zone} {begin}");
                // Overlap, but not without measure.
                assert!(
                    read.len() <= there.len() + 260,
                    "{zone} {begin} {}",
                    read.len()
                );
                assert_eq!(house.twice, 0, "{zone} {begin}");
            }
        }
        assert_clean(&server);
    }
}

#[test]
fn what_changed_since_is_read_and_what_went_is_found() {
    for edition in EDITIONS {
        let server = serve(700);
        let setup = |server: &Server| {
            with_queries(
                settings(server, edition),
                &[
                    ("needed", "filter=13789"),
                    ("all", "created > 1000000000000"),
                ],
            )
        };
        let first = upper(&server);
        let mut house = pull(&mut *open(setup(&server)), &["issues", "worklogs"], first).unwrap();
        server.world().advance(3);
        // What was deleted in the last minute is not told yet.
        server.world().pass(SignedDuration::from_mins(5));
        let second = upper(&server);
        let mut source = open(setup(&server));
        for name in ["issues", "worklogs"] {
            let stream = stream(&*source, name);
            let overlap = i64::from(stream.cursor.unwrap().overlap);
            for scope in source.scopes(stream).unwrap() {
                let reading = Reading {
                    lower: Some(first - SignedDuration::from_secs(overlap)),
                    ..all_of(&scope, second)
                };
                read(&mut *source, stream, &reading, &mut house).unwrap();
            }
        }
        let world_ids = server.world().ids("jira.worklogs");
        let read = house.values("jira_worklogs", "worklog_id");
        assert_eq!(read, world_ids, "{}", edition.0);
        // The census names what is there now; what is not in it went.
        let issues = stream(&*source, "issues");
        for scope in source.scopes(issues).unwrap() {
            let census = source.census(issues, &scope).unwrap();
            let census: BTreeSet<_> = census.iter().map(|it| it[0].to_string()).collect();
            let there = server.world().ids_where("jira.issues", |it| {
                scope.text("query") == "all"
                    || (it["_project"] == "FXIOS"
                        && it["fields"]["labels"]
                            .as_array()
                            .unwrap()
                            .iter()
                            .any(|it| it == "qa-needed"))
            });
            assert_eq!(census, there, "{}", edition.0);
            let read = house.values("jira_issues", "issue_id");
            assert!(read.is_superset(&there));
        }
        assert_clean(&server);
    }
}

#[test]
fn an_issue_is_asked_for_by_its_id_and_a_missing_one_is_gone() {
    for edition in EDITIONS {
        let server = serve(500);
        let mut source = open(settings(&server, edition));
        let issues = stream(&*source, "issues");
        let id = server.world().ids("jira.issues").pop_first().unwrap();
        let keys = vec![
            vec![Value::Int(id.parse().unwrap())],
            vec![Value::Int(123_456_789)],
        ];
        let mut house = House::default();
        let mut pages = source.poll(issues, &Scope::default(), keys).unwrap();
        while let Some(page) = pages.next().unwrap() {
            house.keep(issues, &page);
        }
        drop(pages);
        assert_eq!(house.values("jira_issues", "issue_id"), [id].into());
        assert_eq!(house.gone, [("jira_issues", vec!["123456789".to_owned()])]);
        assert_clean(&server);
    }
}

#[test]
fn without_queries_each_project_is_a_part() {
    let server = serve(500);
    let mut setup = settings(&server, EDITIONS[0]);
    let mut source = open(setup.clone());
    let issues = stream(&*source, "issues");
    let parts_of_all = parts(&mut *source, issues, &House::default()).unwrap();
    assert_eq!(
        parts_of_all.len(),
        server.world().ids("jira.projects").len()
    );
    setup.projects = vec!["MTE".to_owned()];
    let mut source = open(setup);
    let house = pull(&mut *source, &["issues"], upper(&server)).unwrap();
    let there = server
        .world()
        .ids_where("jira.issues", |it| it["_project"] == "MTE");
    assert_eq!(house.values("jira_issues", "issue_id"), there);
    let scope = source.scopes(issues).unwrap().remove(0);
    let prediction = source
        .predict(issues, &all_of(&scope, upper(&server)))
        .unwrap();
    assert_eq!(prediction.rows, Some(there.len() as u64));
    assert_clean(&server);
}

#[test]
fn it_tells_who_we_are_and_what_could_be_asked_for() {
    for edition in EDITIONS {
        let server = serve(1_000);
        let mut source = open(settings(&server, edition));
        let probe = source.probe().unwrap();
        assert!(!probe.user.is_empty());
        assert_eq!(probe.permissions, ["time zone America/Los_Angeles"]);
        assert_eq!(probe.version.as_deref(), Some("9.12.4"));
    }
    let server = serve(1_000);
    let found = open(settings(&server, EDITIONS[0])).discover().unwrap();
    let ids = |what: &str| -> BTreeSet<String> {
        let found = found.iter().filter(|it| it.what == what);
        found.map(|it| it.id.clone()).collect()
    };
    assert!(ids("project").contains("FXIOS"));
    assert_eq!(ids("filter"), server.world().ids("jira.filters"));
    assert_eq!(ids("board"), server.world().ids("jira.boards"));
    assert_clean(&server);
}

#[test]
fn with_hashed_people_no_address_and_no_account_is_kept() {
    let server = serve(700);
    let mut setup = with_queries(
        settings(&server, EDITIONS[0]),
        &[("all", "created > 1000000000000")],
    );
    setup.people = qaduct_sources::People::Hash(qaduct_records::Secret::new("salt"));
    let house = pull(&mut *open(setup), SERVED, upper(&server)).unwrap();
    let world = server.world();
    let users: Vec<_> = world.collection("jira.users").all().collect();
    let account = |it: &&serde_json::Value| it["accountId"].as_str().unwrap().to_owned();
    let accounts: BTreeSet<_> = users.iter().map(account).collect();
    let emails = users.iter().filter_map(|it| it["emailAddress"].as_str());
    let emails: BTreeSet<_> = emails.map(str::to_owned).collect();
    for text in house.texts() {
        assert!(!accounts.contains(text), "{text}");
        assert!(!emails.iter().any(|it| text.contains(it)), "{text}");
    }
    // The same person has the same hash everywhere.
    let assignees = house.values("jira_issues", "assignee_id");
    let known = house.values("jira_users", "account_id");
    assert!(assignees.intersection(&known).count() > 5);
}

#[test]
fn a_position_that_jira_has_forgotten_is_told_from_other_refusals() {
    let server = serve(700);
    let mut source = open(with_queries(
        settings(&server, EDITIONS[0]),
        &[("all", "created > 1000000000000")],
    ));
    let issues = stream(&*source, "issues");
    let scope = source.scopes(issues).unwrap().remove(0);
    let mut reading = all_of(&scope, upper(&server));
    let positions = read(&mut *source, issues, &reading, &mut House::default()).unwrap();
    for (position, trouble) in [
        (
            "of another version".to_owned(),
            "the stored position is of another version",
        ),
        (
            positions[0].replace("nextPageToken\\\":\\\"", "nextPageToken\\\":\\\"x"),
            "invalid or expired",
        ),
    ] {
        reading.position = Some(position);
        let error = match source.read(issues, &reading) {
            Err(error) => error,
            Ok(mut pages) => pages.next().unwrap_err(),
        };
        assert_eq!(error.kind, Failure::Position, "{error}");
        assert!(error.to_string().contains(trouble), "{error}");
    }
}

#[test]
fn a_question_that_cannot_be_bounded_safely_is_refused_with_its_name() {
    let server = serve(500);
    let setup = with_queries(
        settings(&server, EDITIONS[0]),
        &[("broken", "project = A) OR (project = B")],
    );
    let mut source = open(setup);
    let issues = stream(&*source, "issues");
    let error = source.scopes(issues).unwrap_err();
    assert_eq!(
        error.to_string(),
        "jira: query `broken` closes a parenthesis too many: project = A) OR (project = B"
    );
}

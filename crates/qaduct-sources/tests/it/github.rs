//! GitHub against the replay server.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use qaduct_records::Value;
use qaduct_records::source::{Failure, Reading, Scope};
use qaduct_replay::{Fault, Options, Server};
use qaduct_sources::Setup;

use crate::house::{
    House, TOKEN, all_of, assert_same, open, parts, pull, read, setup, stream, world,
};

pub(crate) const REPOSITORIES: &[&str] = &[
    "mozilla-mobile/firefox-ios",
    "mozilla/experimenter",
    "mozilla-mobile/focus-ios",
];

/// Lists of a repository, and what hangs on their rows.
const SERVED: &[&str] = &[
    "repositories",
    "releases",
    "issues",
    "issue_comments",
    "issue_events",
    "pulls",
    "pull_details",
    "reviews",
    "pull_commits",
    "review_comments",
    "check_runs",
    "workflow_runs",
    "run_attempts",
    "jobs",
    "artifacts",
];

pub(crate) fn serve(size: usize) -> Server {
    Server::start(world("github", size), Options::default()).unwrap()
}

pub(crate) fn settings(server: &Server) -> Setup {
    let url = format!("{}/", server.url("github"));
    let mut setup = setup("github", url, server.world().now());
    setup.projects = REPOSITORIES.iter().map(|it| (*it).to_owned()).collect();
    setup
}

pub(crate) fn upper(server: &Server) -> Timestamp {
    server.world().now() + SignedDuration::from_secs(1)
}

pub(crate) fn assert_clean(server: &Server) {
    assert_eq!(server.violations(), [""; 0]);
    for seen in server.log() {
        assert!(!seen.target.contains(TOKEN), "{}", seen.target);
    }
}

#[test]
fn every_stream_brings_all_that_is_there() {
    let server = serve(600);
    let house = pull(&mut *open(settings(&server)), SERVED, upper(&server)).unwrap();
    let world = server.world();
    // What hangs on a deleted pull request is not to be had.
    let pulls = world.ids("github.pulls");
    let of_pull = |it: &serde_json::Value| pulls.contains(&it["_pull"].to_string());
    let same = |table: &str, column: &str, ids: BTreeSet<String>| {
        assert!(!ids.is_empty(), "{table}");
        assert_eq!(house.values(table, column), ids, "{table}");
    };
    same("github_issues", "issue_id", world.ids("github.issues"));
    same(
        "github_issue_comments",
        "comment_id",
        world.ids("github.comments"),
    );
    same("github_pulls", "pull_id", world.ids("github.pulls"));
    same(
        "github_reviews",
        "review_id",
        world.ids_where("github.reviews", of_pull),
    );
    same(
        "github_issue_events",
        "event_id",
        world.ids("github.events"),
    );
    same(
        "github_pull_commits",
        "sha",
        world.ids_where("github.commits", of_pull),
    );
    same(
        "github_review_comments",
        "comment_id",
        world.ids("github.review_comments"),
    );
    same(
        "github_check_runs",
        "check_run_id",
        world.ids_where("github.checks", |it| {
            let number = it["pull_requests"][0]["id"].to_string();
            pulls.contains(&number)
        }),
    );
    same("github_workflow_runs", "run_id", world.ids("github.runs"));
    same("github_jobs", "job_id", world.ids("github.jobs"));
    same(
        "github_artifacts",
        "artifact_id",
        world.ids("github.artifacts"),
    );
    same(
        "github_releases",
        "release_id",
        world.ids("github.releases"),
    );
    assert_eq!(
        house.tables["github_repositories"].len(),
        REPOSITORIES.len()
    );
    assert_eq!(
        house.tables["github_pull_details"].len(),
        house.tables["github_pulls"].len()
    );
    for run in world.collection("github.runs").all() {
        let (id, last) = (run["id"].to_string(), run["run_attempt"].as_u64().unwrap());
        for attempt in 1..=last {
            house.row("github_workflow_runs", &[&id, &attempt.to_string()]);
        }
    }
    assert_eq!(house.problems, [""; 0]);
    assert_eq!(house.incomplete, [""; 0]);
    drop(world);
    assert_clean(&server);
}

#[test]
fn an_issue_becomes_a_row_with_its_labels_and_those_who_work_on_it() {
    let server = serve(600);
    let house = pull(&mut *open(settings(&server)), &["issues"], upper(&server)).unwrap();
    let world = server.world();
    for issue in world.collection("github.issues").all() {
        let id = issue["id"].to_string();
        let row = house.row("github_issues", &[&id]);
        assert_eq!(row["repository"], issue["_repo"].as_str().unwrap());
        assert_eq!(row["number"], issue["number"].to_string());
        assert_eq!(
            row["is_pull_request"],
            issue["pull_request"].is_object().to_string()
        );
        assert_eq!(
            row.get("author").map(String::as_str),
            issue["user"]["login"].as_str()
        );
        for label in issue["labels"].as_array().unwrap() {
            house.row(
                "github_issue_labels",
                &[&id, label["name"].as_str().unwrap()],
            );
        }
    }
}

#[test]
fn what_changed_since_is_read_and_no_more_than_that() {
    let server = serve(2_000);
    let first = upper(&server);
    let names = ["issues", "issue_comments", "pulls", "artifacts"];
    let mut house = pull(&mut *open(settings(&server)), &names, first).unwrap();
    server.world().advance(3);
    server.clear_log();
    let mut source = open(settings(&server));
    for name in names {
        let stream = stream(&*source, name);
        let overlap = i64::from(stream.cursor.unwrap().overlap);
        for scope in source.scopes(stream).unwrap() {
            let reading = Reading {
                lower: Some(first - SignedDuration::from_secs(overlap)),
                ..all_of(&scope, upper(&server))
            };
            read(&mut *source, stream, &reading, &mut house).unwrap();
        }
    }
    let world = server.world();
    for (table, column, collection) in [
        ("github_issues", "issue_id", "github.issues"),
        ("github_issue_comments", "comment_id", "github.comments"),
        ("github_pulls", "pull_id", "github.pulls"),
    ] {
        // The world makes records that were changed before they came.
        let written = |it: &serde_json::Value| it["updated_at"].as_str().unwrap().parse();
        let is_new = |it: &&serde_json::Value| written(it).is_ok_and(|at: Timestamp| at >= first);
        let known = house.values(table, column);
        for record in world.collection(collection).all() {
            let id = record["id"].to_string();
            if !is_new(&record) && !known.contains(&id) {
                assert!(
                    record["number"].as_u64().is_none_or(|it| it > 1_000),
                    "{table} {id}"
                );
                continue;
            }
            let row = house.row(table, &[&record["id"].to_string()]);
            assert_eq!(row["updated_at"], record["updated_at"].as_str().unwrap());
        }
    }
    drop(world);
    // A page for each list and repository is enough, a look at each repository, and for
    // each numbered list a count before and behind.
    assert!(server.log().len() <= 41, "{}", server.log().len());
    assert_clean(&server);
}

#[test]
fn a_reading_goes_on_from_every_position_and_brings_the_same() {
    let server = serve(2_000);
    let mut settings = settings(&server);
    settings.projects.truncate(1);
    settings
        .queries
        .insert("open".to_owned(), "is:issue state:open".to_owned());
    let mut source = open(settings);
    for name in ["issues", "pulls", "workflow_runs", "artifacts", "searches"] {
        let stream = stream(&*source, name);
        let scope = source.scopes(stream).unwrap().remove(0);
        let reading = all_of(&scope, upper(&server));
        let mut whole = House::default();
        let positions = read(&mut *source, stream, &reading, &mut whole).unwrap();
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
            assert_eq!(house.expected, whole.expected, "{name} {n}");
        }
    }
    assert_clean(&server);
}

#[test]
fn a_fault_on_any_page_changes_nothing() {
    let names = [
        "issues",
        "issue_comments",
        "pulls",
        "workflow_runs",
        "artifacts",
    ];
    let server = serve(500);
    let whole = pull(&mut *open(settings(&server)), &names, upper(&server)).unwrap();
    let requests = server.log().len();
    let faults = [
        "429+1",
        "503",
        "cut",
        "html",
        "secondary",
        "reset",
        "again",
        "loop",
    ];
    for n in (1..=requests).step_by(requests.div_ceil(12)) {
        for shift in 0..2 {
            let fault = faults[(n + 3 * shift) % faults.len()];
            let fault: Fault = format!("{fault}@{n}").parse().unwrap();
            let server = serve(500);
            server.set_faults(std::slice::from_ref(&fault));
            let house = pull(&mut *open(settings(&server)), &names, upper(&server)).unwrap();
            assert_same(&house, &whole, &fault.to_string());
        }
    }
}

#[test]
fn an_issue_that_moves_while_pages_are_read_takes_no_other_with_it() {
    for n in 1..=4 {
        let server = serve(1_000);
        server.set_faults(&[format!("move@issues:{n}").parse().unwrap()]);
        let house = pull(
            &mut *open(settings(&server)),
            &["issues", "pulls"],
            upper(&server),
        );
        let house = house.unwrap();
        let world = server.world();
        assert_eq!(
            house.values("github_issues", "issue_id"),
            world.ids("github.issues")
        );
        assert_eq!(
            house.values("github_pulls", "pull_id"),
            world.ids("github.pulls")
        );
    }
}

#[test]
fn an_unfinished_run_is_asked_for_by_its_attempt_until_it_ends() {
    let server = serve(600);
    let mut source = open(settings(&server));
    let runs = stream(&*source, "workflow_runs");
    let scope = source.scopes(runs).unwrap().remove(0);
    let repository = scope.text("repository");
    let id = server
        .world()
        .ids_where("github.runs", |it| it["_repo"] == repository)
        .pop_first()
        .unwrap();
    let attempt = server.world().get("github.runs", &id).unwrap()["run_attempt"].to_string();
    let keys = vec![
        vec![
            Value::Int(id.parse().unwrap()),
            Value::Int(attempt.parse().unwrap()),
        ],
        vec![Value::Int(4_711), Value::Int(1)],
    ];
    let mut house = House::default();
    let mut pages = source.poll(runs, &scope, keys).unwrap();
    while let Some(page) = pages.next().unwrap() {
        house.keep(runs, &page);
    }
    drop(pages);
    house.row("github_workflow_runs", &[&id, &attempt]);
    let gone = vec!["4711".to_owned(), "1".to_owned()];
    assert_eq!(house.gone, [("github_workflow_runs", gone)]);
    assert_clean(&server);
}

#[test]
fn a_repository_that_was_renamed_is_called_what_it_is_called_now() {
    let server = serve(400);
    let mut settings = settings(&server);
    settings.projects = vec!["mozilla-mobile/firefox-ios-old-name".to_owned()];
    let mut source = open(settings);
    let house = pull(
        &mut *source,
        &["repositories", "issues", "releases"],
        upper(&server),
    )
    .unwrap();
    let there = server.world().ids_where("github.issues", |it| {
        it["_repo"] == "mozilla-mobile/firefox-ios"
    });
    assert_eq!(house.values("github_issues", "issue_id"), there);
    for table in ["github_repositories", "github_issues"] {
        let names = house.values(table, "repository");
        assert_eq!(names, ["mozilla-mobile/firefox-ios".to_owned()].into());
        let ids = house.values(table, "repository_id");
        assert_eq!(ids, ["100001".to_owned()].into());
    }
    let notices = source.notices();
    assert_eq!(
        notices[0].to_string(),
        "github: `mozilla-mobile/firefox-ios-old-name` in `projects` is called \
         `mozilla-mobile/firefox-ios` now"
    );
    assert_eq!(notices.len(), 1);
    assert_eq!(source.notices(), [], "it is told once");
}

#[test]
fn a_repository_with_two_names_in_the_settings_is_read_once() {
    let (new, old) = (
        "mozilla-mobile/firefox-ios",
        "mozilla-mobile/firefox-ios-old-name",
    );
    for names in [[new, old], [old, new], [new, "Mozilla-Mobile/Firefox-iOS"]] {
        let server = serve(400);
        let mut settings = settings(&server);
        settings.projects = names.map(str::to_owned).to_vec();
        let mut source = open(settings);
        let issues = stream(&*source, "issues");
        let scopes = source.scopes(issues).unwrap();
        let parts: Vec<_> = scopes.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(
            parts,
            ["repository=mozilla-mobile/firefox-ios,repository_id=100001"]
        );
        let house = pull(&mut *source, &["repositories", "issues"], upper(&server)).unwrap();
        assert_eq!(house.twice, 0);
        let notices: Vec<_> = source.notices().iter().map(ToString::to_string).collect();
        let said = format!(
            "github: `{}` and `{}` in `projects` are one repository, `{new}`; it is read once",
            names[0], names[1]
        );
        assert!(notices.contains(&said), "{notices:?}");
    }
}

#[test]
fn a_repository_that_is_not_there_fails_alone() {
    let server = serve(400);
    let mut settings = settings(&server);
    settings.projects.insert(0, "mozilla/none".to_owned());
    let mut source = open(settings);
    for name in ["repositories", "issues"] {
        let stream = stream(&*source, name);
        let scopes = source.scopes(stream).unwrap();
        assert_eq!(scopes.len(), REPOSITORIES.len() + 1);
        let mut house = House::default();
        let reading = all_of(&scopes[0], upper(&server));
        let error = read(&mut *source, stream, &reading, &mut house).unwrap_err();
        assert_eq!(error.kind, Failure::Missing);
        let reading = all_of(&scopes[1], upper(&server));
        read(&mut *source, stream, &reading, &mut house).unwrap();
    }
}

#[test]
fn it_tells_who_we_are_and_which_repositories_there_are() {
    let server = serve(400);
    let mut source = open(settings(&server));
    let probe = source.probe().unwrap();
    assert_eq!(probe.user, "ada");
    assert_eq!(probe.quota_limit, Some(5_000));
    let found: BTreeSet<_> = source
        .discover()
        .unwrap()
        .into_iter()
        .map(|it| it.id)
        .collect();
    assert_eq!(
        found,
        REPOSITORIES.iter().map(|it| (*it).to_owned()).collect()
    );
    let mut anonymous = settings(&server);
    anonymous.token = None;
    let probe = open(anonymous).probe().unwrap();
    assert_eq!(
        (probe.user.as_str(), probe.quota_limit),
        ("anonymous", Some(60))
    );
    assert_clean(&server);
}

#[test]
fn projects_that_are_no_repositories_are_refused_with_their_name() {
    let server = serve(400);
    let mut settings = settings(&server);
    settings.projects = vec!["firefox-ios".to_owned()];
    let mut source = open(settings);
    let issues = stream(&*source, "issues");
    let error = source.scopes(issues).unwrap_err().to_string();
    assert_eq!(
        error,
        "github: `firefox-ios` in `projects` is not `owner/name`"
    );
    let none = parts(
        &mut *source,
        stream(&*open(self::settings(&server)), "jobs"),
        &House::default(),
    );
    assert_eq!(none.unwrap(), Vec::<Scope>::new());
}

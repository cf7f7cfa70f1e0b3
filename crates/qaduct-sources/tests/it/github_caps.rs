//! Lists of which GitHub gives so many rows at most.

use jiff::{SignedDuration, Timestamp};
use qaduct_records::Value;
use qaduct_records::source::Scope;

use crate::github::{REPOSITORIES, assert_clean, serve, settings, upper};
use crate::house::{House, all_of, open, pull, read, stream};

#[test]
fn more_than_a_thousand_results_are_asked_for_by_spans_of_time() {
    let server = serve(600);
    {
        let mut world = server.world();
        let template = world
            .collection("github.runs")
            .all()
            .next()
            .unwrap()
            .clone();
        let begin: Timestamp = "2025-06-01T00:00:00Z".parse().unwrap();
        for n in 0..2_300_i64 {
            // Half of them within an hour.
            let second = if n % 2 == 0 { n } else { n * 7_000 };
            let mut run = template.clone();
            run["id"] = (50_000_000 + n).into();
            run["created_at"] = (begin + SignedDuration::from_secs(second))
                .to_string()
                .into();
            world.put("github.runs", run);
        }
    }
    let house = pull(
        &mut *open(settings(&server)),
        &["workflow_runs"],
        upper(&server),
    )
    .unwrap();
    let ids = server.world().ids("github.runs");
    assert_eq!(house.values("github_workflow_runs", "run_id"), ids);
    assert_eq!(house.incomplete, [""; 0]);
    assert_clean(&server);
}

#[test]
fn a_search_with_more_than_a_thousand_results_is_complete() {
    let server = serve(400);
    {
        let mut world = server.world();
        let mut issues = world.collection("github.issues").all();
        let template = issues
            .find(|it| it["pull_request"].is_null())
            .unwrap()
            .clone();
        drop(issues);
        let begin: Timestamp = "2025-03-01T00:00:00Z".parse().unwrap();
        for n in 0..1_700_i64 {
            let mut issue = template.clone();
            issue["id"] = (70_000_000 + n).into();
            issue["number"] = (100_000 + n).into();
            issue["state"] = "open".into();
            issue["_repo"] = REPOSITORIES[0].into();
            let at = begin + SignedDuration::from_secs(n * 5_000);
            issue["created_at"] = at.to_string().into();
            world.put("github.issues", issue);
        }
    }
    let mut settings = settings(&server);
    let query = "repo:mozilla-mobile/firefox-ios is:issue state:open";
    settings.queries.insert("open".to_owned(), query.to_owned());
    let mut source = open(settings);
    let house = pull(&mut *source, &["searches"], upper(&server)).unwrap();
    let there = server.world().ids_where("github.issues", |it| {
        it["_repo"] == REPOSITORIES[0] && it["state"] == "open" && it["pull_request"].is_null()
    });
    assert!(there.len() > 1_700);
    assert_eq!(house.values("github_search_issues", "issue_id"), there);
    assert_eq!(house.expected, Some(there.len() as u64));
    assert_eq!(house.incomplete, [""; 0]);
    let searches = stream(&*source, "searches");
    let scope = source.scopes(searches).unwrap().remove(0);
    let prediction = source
        .predict(searches, &all_of(&scope, upper(&server)))
        .unwrap();
    assert_eq!(prediction.rows, Some(there.len() as u64));
    assert_clean(&server);
}

#[test]
fn commits_that_are_not_listed_are_named() {
    let server = serve(400);
    let pull_with = |commits: u64| {
        let mut world = server.world();
        let pull = world.collection("github.pulls").all().next().unwrap();
        let (mut pull, id) = (pull.clone(), pull["id"].clone());
        for commit in world.ids_where("github.commits", |it| it["_pull"] == id) {
            world.remove("github.commits", &commit);
        }
        for n in 0..commits {
            let commit = serde_json::json!({"sha": format!("{n:040x}"), "_pull": pull["id"]});
            world.put("github.commits", commit);
        }
        pull["commits"] = commits.into();
        let values = ["_repo", "number", "id"].map(|it| pull[it].clone());
        world.put("github.pulls", pull);
        Scope::of([
            ("repository", Value::from(values[0].as_str().unwrap())),
            ("number", Value::Int(values[1].as_i64().unwrap())),
            ("pull_id", Value::Int(values[2].as_i64().unwrap())),
        ])
    };
    for (commits, incomplete) in [
        (249, vec![]),
        (250, vec![]),
        (
            251,
            vec!["it has 251 commits, and GitHub lists 250 at most".to_owned()],
        ),
    ] {
        let reading = all_of(&pull_with(commits), upper(&server));
        let mut source = open(settings(&server));
        let stream = stream(&*source, "pull_commits");
        let mut house = House::default();
        read(&mut *source, stream, &reading, &mut house).unwrap();
        assert_eq!(house.incomplete, incomplete, "{commits}");
        let there = usize::try_from(commits.min(250)).unwrap();
        assert_eq!(house.tables["github_pull_commits"].len(), there);
    }
}

#[test]
fn more_than_a_thousand_results_in_one_second_are_named_incomplete() {
    let server = serve(400);
    {
        let mut world = server.world();
        let runs = world.collection("github.runs").all().next();
        let mut run = runs.unwrap().clone();
        for n in 0..1_100 {
            run["id"] = (50_000_000 + n).into();
            run["created_at"] = "2025-06-01T00:00:00Z".into();
            world.put("github.runs", run.clone());
        }
    }
    let house = pull(
        &mut *open(settings(&server)),
        &["workflow_runs"],
        upper(&server),
    )
    .unwrap();
    assert_eq!(
        house.incomplete,
        ["GitHub has 1100 results and gives 1000 at most; narrow the question"]
    );
    let there = server.world().ids("github.runs").len();
    let read = house.values("github_workflow_runs", "run_id").len();
    assert_eq!(read, there - 100, "all others are there");
}

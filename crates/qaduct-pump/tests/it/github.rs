//! GitHub through a store: what only more than one pull shows.

use qaduct_records::Outcome;
use qaduct_replay::Options;

use crate::bench::Bench;

const NAME: &str = "mozilla-mobile/firefox-ios";

fn bench(options: Options) -> Bench {
    Bench::with("github", 400, options)
}

#[test]
fn a_check_is_followed_to_its_end_after_its_pull_request_was_closed() {
    let mut bench = bench(Options::default());
    let streams = ["pulls", "check_runs"];
    bench.pull(NAME, &streams);
    let open = |it: &serde_json::Value| it["_repo"] == NAME && it["status"] == "in_progress";
    let id = bench.server.world().ids_where("github.checks", open);
    let id = id.first().expect("a check that has not ended").clone();
    // The pull request is closed; its check ends an hour later, and nothing else tells.
    let mut check = bench
        .server
        .world()
        .get("github.checks", &id)
        .unwrap()
        .clone();
    let pull = check["pull_requests"][0]["id"].to_string();
    {
        let mut world = bench.server.world();
        let mut pull = world.get("github.pulls", &pull).unwrap().clone();
        pull["state"] = "closed".into();
        pull["updated_at"] = world.now().to_string().into();
        world.put("github.pulls", pull);
    }
    bench.pull(NAME, &streams);
    check["status"] = "completed".into();
    check["conclusion"] = "success".into();
    bench.server.world().put("github.checks", check.clone());
    bench.pull(NAME, &streams);
    // What hangs on a deleted pull request is not to be had.
    let pulls = bench.server.world().ids("github.pulls");
    let there = bench.server.world().ids_where("github.checks", |it| {
        let pull = it["pull_requests"][0]["id"].to_string();
        it["_repo"] == NAME && it["status"] == "completed" && pulls.contains(&pull)
    });
    let completed = bench.values("github_check_runs", "status");
    let completed = completed.iter().filter(|it| *it == "completed").count();
    assert_eq!(completed, there.len());
    bench.pull(NAME, &streams);
    let sha = check["head_sha"].as_str().unwrap();
    assert_eq!(bench.asked(sha), [0; 0], "it has ended");
}

#[test]
fn what_has_not_changed_is_not_read_again_and_stays() {
    let mut bench = bench(Options::default());
    let streams = ["pulls", "check_runs"];
    bench.pull(NAME, &streams);
    let before = bench.values("github_check_runs", "check_run_id");
    assert!(!before.is_empty());
    let pulled = bench.pull(NAME, &streams);
    assert_eq!(pulled.run.outcome, Outcome::Unchanged);
    let asked = bench.asked("/check-runs");
    assert!(
        !asked.is_empty() && asked.iter().all(|it| *it == 304),
        "{asked:?}"
    );
    assert_eq!(bench.values("github_check_runs", "check_run_id"), before);
}

#[test]
fn a_repository_that_is_renamed_between_two_pulls_stays_one_repository() {
    let mut bench = bench(Options::default());
    let streams = ["repositories", "issues", "pulls", "pull_details", "reviews"];
    bench.pull(NAME, &streams);
    let tables = [
        ("github_repositories", "repository_id"),
        ("github_issues", "issue_id"),
        ("github_pulls", "pull_id"),
        ("github_pull_details", "pull_id"),
        ("github_reviews", "review_id"),
    ];
    let ids = |bench: &Bench| tables.map(|(table, column)| bench.values(table, column));
    let before = ids(&bench);
    let new = "mozilla/nimbus";
    {
        let mut world = bench.server.world();
        let mut repository = world.get("github.repos", "100001").unwrap().clone();
        let mut old = repository.clone();
        repository["full_name"] = new.into();
        world.put("github.repos", repository);
        old["id"] = 100_098.into();
        old["_moved_to"] = "100001".into();
        world.put("github.repos", old);
        for collection in ["github.issues", "github.pulls"] {
            for id in world.ids_where(collection, |it| it["_repo"] == NAME) {
                let mut record = world.get(collection, &id).unwrap().clone();
                record["_repo"] = new.into();
                world.put(collection, record);
            }
        }
    }
    let pulled = bench.pull(NAME, &streams);
    assert_eq!(pulled.notices.len(), 1);
    assert_eq!(ids(&bench), before);
    for (table, _) in tables {
        let mut names = bench.values(table, "repository");
        names.dedup();
        assert_eq!(names, [new], "{table}");
    }
    // Under whichever name: nothing flips between the two.
    for name in [new, NAME] {
        let pulled = bench.pull(name, &streams);
        assert_eq!(pulled.run.outcome, Outcome::Unchanged);
    }
}

#[test]
fn an_issue_that_goes_while_its_list_is_read_takes_no_other_with_it() {
    // An item of the first page goes when it was served, and all behind it move up.
    let mut bench = bench(Options {
        page: Some(6),
        faults: vec!["drop@/issues?:1".parse().unwrap()],
        ..Options::default()
    });
    bench.pull(NAME, &["issues"]);
    assert_eq!(bench.server.counters().faults, 1);
    let there = |bench: &Bench| {
        let world = bench.server.world();
        let issues = world.collection("github.issues").all();
        let of_repository = issues.filter(|it| {
            let url = it["repository_url"].as_str().unwrap_or_default();
            url.ends_with(NAME) || it["_repo"] == NAME
        });
        let mut ids: Vec<_> = of_repository.map(|it| it["id"].to_string()).collect();
        ids.sort();
        ids
    };
    let ids = there(&bench);
    assert!(ids.len() > 12, "{} issues", ids.len());
    let mut stored = bench.values("github_issues", "issue_id");
    stored.retain(|it| ids.contains(it));
    assert_eq!(stored, ids);
}

#[test]
fn what_names_no_row_does_not_end_a_part() {
    let mut bench = bench(Options::default());
    let streams = ["pulls", "check_runs"];
    bench.pull(NAME, &streams);
    {
        let mut world = bench.server.world();
        let mut pull = world
            .collection("github.pulls")
            .of(NAME)
            .next()
            .unwrap()
            .clone();
        pull["head"]["sha"] = serde_json::Value::Null;
        pull["state"] = "open".into();
        pull["updated_at"] = world.now().to_string().into();
        world.put("github.pulls", pull);
    }
    // Nobody can be asked for the checks of a commit without a name, and it is said.
    let pulled = bench.try_pull(NAME, &streams);
    assert_eq!(pulled.run.outcome, Outcome::Incomplete);
}

//! Repositories on this machine.

use std::fs;
use std::path::Path;

use qaduct_scan::{Access, Branches, Class, Known, Options, Repository, ScanError, Silent, scan};

use crate::origin::{Origin, git};
use crate::{branches, scan_of, shown};

fn open(location: &str) -> Result<Repository, ScanError> {
    let access = Access {
        cache_dir: "/nonexistent".into(),
        credentials: Vec::new(),
    };
    Repository::open(location, &access, &Silent)
}

fn in_folder(folder: &Path) -> Repository {
    open(folder.to_str().unwrap()).unwrap()
}

#[test]
fn a_repository_is_found_from_any_of_its_places() {
    let origin = Origin::of(&[("src/deep/a.py", ""), ("b.py", "")]);
    let other = tempfile::tempdir().unwrap();
    let (bare, linked) = (other.path().join("bare.git"), other.path().join("linked"));
    origin.git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    origin.git(&[
        "worktree",
        "add",
        "--quiet",
        "-b",
        "side",
        linked.to_str().unwrap(),
    ]);

    let file_url = format!("file://{}", origin.place());
    let places = [
        origin.place().to_owned(),
        format!("{}/src/deep", origin.place()),
        format!("{}/.git", origin.place()),
        format!("{}/src/deep/a.py", origin.place()),
        file_url,
    ];
    for place in &places {
        let repository = open(place).unwrap();
        assert_eq!(repository.name(), origin.place(), "{place}");
        let scan = scan_of(&repository, Branches::Default).unwrap();
        assert_eq!(
            (scan.branches[0].branch.as_str(), scan.blobs_read),
            ("main", 1),
            "{place}"
        );
    }

    let linked = in_folder(&linked);
    assert_eq!(
        linked.name(),
        origin.place(),
        "a linked work tree is the same repository"
    );
    assert_eq!(
        scan_of(&linked, Branches::Default).unwrap().branches[0].branch,
        "side"
    );

    let bare = in_folder(&bare);
    assert!(bare.name().ends_with("/bare.git"), "{}", bare.name());
    assert_eq!(scan_of(&bare, Branches::Default).unwrap().branches.len(), 1);
}

#[test]
fn a_clone_has_the_name_of_its_remote_without_credentials() {
    let origin = Origin::of(&[("a.py", "")]);
    origin.git(&[
        "remote",
        "add",
        "origin",
        "https://me:hunter2@github.com/acme/shop.git",
    ]);
    let repository = in_folder(origin.path());
    assert_eq!(repository.name(), "github.com/acme/shop");
    assert!(!format!("{repository:?}").contains("hunter2"));
    assert_eq!(repository.named("shop".to_owned()).name(), "shop");

    origin.git(&[
        "remote",
        "set-url",
        "origin",
        "git@github.com:acme/shop.git",
    ]);
    assert_eq!(in_folder(origin.path()).name(), "github.com/acme/shop");
    origin.git(&["remote", "set-url", "origin", "../elsewhere"]);
    assert_eq!(in_folder(origin.path()).name(), origin.place());
}

#[test]
fn a_branch_of_the_remote_counts_unless_the_own_one_has_what_it_lacks() {
    let origin = Origin::of(&[("a.py", "")]);
    origin.git(&["branch", "feature/x"]);
    origin.git(&["branch", "mine"]);
    let folder = tempfile::tempdir().unwrap();
    git(
        folder.path(),
        &["clone", "--quiet", origin.place(), "clone"],
    );
    let clone = folder.path().join("clone");
    let first = origin.git(&["rev-parse", "main"]);
    git(&clone, &["switch", "--quiet", "mine"]);
    git(&clone, &["commit", "--quiet", "--allow-empty", "-m", "own"]);
    let own = git(&clone, &["rev-parse", "mine"]);
    let second = origin.commit("new", &[]);
    origin.git(&["branch", "--force", "mine", &second]);
    git(&clone, &["fetch", "--quiet"]);

    let scan = scan_of(&in_folder(&clone), Branches::All).unwrap();
    assert_eq!(
        branches(&scan),
        [
            ("feature/x", first.as_str()),
            ("main", second.as_str()),
            ("mine", own.as_str())
        ]
    );
}

#[test]
fn only_a_repository_without_a_remote_knows_all_branches_that_there_are() {
    let origin = Origin::of(&[("a.py", "")]);
    origin.git(&["branch", "feature/x"]);
    let folder = tempfile::tempdir().unwrap();
    let single = ["clone", "--quiet", "--single-branch", origin.place(), "one"];
    git(folder.path(), &single);
    let existing = |path: &Path| {
        scan_of(&in_folder(path), Branches::Default)
            .unwrap()
            .existing
    };
    assert_eq!(existing(origin.path()).unwrap(), ["feature/x", "main"]);
    assert_eq!(existing(&folder.path().join("one")), None);
}

#[test]
fn a_checkout_without_a_branch_takes_the_name_of_what_points_at_it() {
    let origin = Origin::of(&[("a.py", "")]);
    origin.git(&["switch", "--quiet", "--create", "release-1"]);
    origin.commit("release", &[]);
    let folder = tempfile::tempdir().unwrap();
    git(
        folder.path(),
        &["clone", "--quiet", origin.place(), "clone"],
    );
    let clone = folder.path().join("clone");
    let default = |expected: &str| {
        let scan = scan_of(&in_folder(&clone), Branches::Default).unwrap();
        assert_eq!(scan.branches[0].branch, expected);
    };
    git(&clone, &["checkout", "--quiet", "--detach", "origin/main"]);
    default("main");
    git(
        &clone,
        &["checkout", "--quiet", "--detach", "origin/release-1"],
    );
    default("release-1");
    git(
        &clone,
        &["commit", "--quiet", "--allow-empty", "-m", "merge"],
    );
    default("HEAD");
    git(&clone, &["update-ref", "refs/remotes/pull/7/merge", "HEAD"]);
    default("pull/7/merge");
}

#[test]
fn what_is_no_repository_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let error = open(place).unwrap_err();
    assert_eq!(error.to_string(), format!("no git repository at `{place}`"));
    assert_eq!(error.class(), Class::Usage);
    let error = open(&format!("{place}/nowhere")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("no git repository at `{place}/nowhere`")
    );

    let scan = scan_of(&in_folder(Origin::empty().path()), Branches::Default);
    assert!(matches!(scan, Err(ScanError::Empty { .. })), "{scan:?}");
}

#[test]
fn a_missing_branch_names_the_nearest_and_the_exact_glob_finds_it() {
    let origin = Origin::of(&[("a.py", "")]);
    origin.git(&["branch", "release-2024"]);
    let repository = in_folder(origin.path()).named("shop".to_owned());
    let asked = |glob: &str| scan_of(&repository, Branches::Matching(vec![glob.to_owned()]));
    insta::assert_snapshot!(shown(&asked("release-2025").unwrap_err()), @"
    no branch of `shop` matches `release-2025`
    hint: did you mean `--branch release-2024`?
    Usage
    ");
    assert_eq!(asked("rel*").unwrap().branches[0].branch, "release-2024");
}

#[test]
fn settings_hooks_and_replacements_of_the_repository_change_nothing() {
    let origin = Origin::of(&[("a.py", "")]);
    let commit = origin.git(&["rev-parse", "HEAD"]);
    let other = origin.commit("other", &[("b.py", "")]);
    origin.git(&["replace", &other, &commit]);
    origin.git(&["config", "core.fsmonitor", "touch fsmonitor-ran"]);
    origin.git(&["config", "core.pager", "touch pager-ran"]);
    origin.git(&["config", "core.hooksPath", "hooks"]);
    let scan = scan_of(&in_folder(origin.path()), Branches::Default).unwrap();
    assert_eq!(scan.branches[0].findings.as_ref().unwrap().files_seen, 2);
    assert!(!fs::exists(origin.path().join("fsmonitor-ran")).unwrap());
    assert!(!fs::exists(origin.path().join("pager-ran")).unwrap());
}

#[test]
fn a_clone_that_is_behind_the_database_is_named_and_turns_nothing_back() {
    let origin = Origin::of(&[("test_a.py", "")]);
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    origin.git(&["clone", "--quiet", ".", clone.to_str().unwrap()]);
    git(
        &clone,
        &[
            "remote",
            "set-url",
            "origin",
            "https://example.org/acme/shop",
        ],
    );

    let old = scan_of(&in_folder(&clone), Branches::All).unwrap();
    let stored = Known {
        commit_id: "f".repeat(40),
        committed_at: old.branches[0].committed_at + jiff::SignedDuration::from_hours(1),
        rules: old.branches[0].rules.clone(),
    };
    let rescan = |known: Known| {
        let options = Options {
            branches: Branches::All,
            known: [(old.branches[0].branch.clone(), known)].into(),
            ..Options::default()
        };
        scan(&in_folder(&clone), &options, &Silent)
    };
    let ScanError::NothingReadable { failures, .. } = rescan(stored.clone()).unwrap_err() else {
        panic!("it was scanned");
    };
    assert!(
        failures[0].contains("`git fetch` brings the clone up to date"),
        "{failures:?}"
    );

    // What was pushed back on purpose is there to be seen.
    let there = Known {
        commit_id: old.branches[0].commit_id.clone(),
        ..stored
    };
    assert_eq!(rescan(there).unwrap().branches.len(), 1);
}

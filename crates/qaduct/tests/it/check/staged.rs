//! What a hook judges: what will be committed, and not what lies around it. git itself calls the
//! hook, and so does pre-commit.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::Home;
use crate::repo::Repo;

fn muted(test: &str) -> String {
    format!("import pytest\n\n@pytest.mark.skip(reason='flaky')\ndef {test}(): pass\n")
}

fn open(test: &str) -> String {
    format!("import pytest\n\ndef {test}(): pass\n")
}

/// A repository with two open tests.
fn repo(home: &Home) -> Repo {
    let mut repo = Repo::new(home.path("work"));
    repo.file("test_a.py", open("test_a"));
    repo.file("test_b.py", open("test_b"));
    repo.commit("Before");
    repo
}

/// Runs git as a person does, with hooks; what it prints, and whether it went well.
fn git(home: &Home, folder: &str, arguments: &[&str]) -> (String, bool) {
    run(home, folder, "git", arguments)
}

fn run(home: &Home, folder: &str, program: &str, arguments: &[&str]) -> (String, bool) {
    let built = Path::new(env!("CARGO_BIN_EXE_qaduct")).parent().unwrap();
    let others = std::env::var_os("PATH").unwrap();
    let path = [built.to_path_buf()].into_iter();
    let path = std::env::join_paths(path.chain(std::env::split_paths(&others))).unwrap();
    let output = Command::new(program)
        .args(arguments)
        .current_dir(home.path(folder))
        .env_clear()
        .env("PATH", path)
        .env("HOME", home.path(""))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_EDITOR", "true")
        .envs(["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"].map(|it| (it, "Ada")))
        .envs(["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"].map(|it| (it, "ada@example.org")))
        .env("PRE_COMMIT_HOME", home.path("pre-commit"))
        .env("QADUCT_CLOCK", "2026-11-21T07:00:00Z")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let told = text(output.stdout) + &text(output.stderr);
    (told, output.status.success())
}

/// Makes git call the check before it commits.
fn hook(home: &Home, name: &str) {
    let hook = home.path("work/.git/hooks").join(name);
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\nexec qaduct check --staged\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
}

fn check(home: &Home) -> crate::home::Outcome {
    home.qaduct("check --staged").run()
}

#[test]
fn what_is_staged_is_judged_and_nothing_else() {
    let home = Home::new();
    let mut repo = repo(&home);
    // On disk and not staged, and known to nobody.
    repo.file("test_a.py", muted("test_a"));
    repo.file("test_new.py", muted("test_new"));
    insta::assert_snapshot!(check(&home), @r"
        no findings; staged since HEAD: +0 muted, -0 un-muted, 0 edited, 0 moved; 0 mutes now, +0
        [status 0]
        ");
    // Staged, and mended on disk alone.
    repo.git(&["add", "test_a.py"]);
    repo.file("test_a.py", open("test_a"));
    insta::assert_snapshot!(check(&home), @r"
        test_a.py:3  error    QM001 no-ticket  no ticket  [test_a]

        1 error; staged since HEAD: +1 muted, -0 un-muted, 0 edited, 0 moved; 1 mute now, +1
        QM006 no-owner not judged for 1 mute: neither CODEOWNERS nor the settings name owners
        next: name the ticket in the reason, in an argument or in a comment above: `SHOP-412` or an address (`qaduct explain QM001`)
        [status 1]
        ");
    // Only announced: `git commit` leaves it out.
    repo.git(&["reset", "--quiet", "--hard"]);
    repo.git(&["add", "--intent-to-add", "test_new.py"]);
    assert_eq!(check(&home).status, Some(0));
}

#[test]
fn before_the_first_commit_all_that_is_staged_is_new() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    repo.file("tests/test_a.py", muted("test_a"));
    repo.file("test_b.py", muted("test_b"));
    repo.git(&["add", "tests"]);
    insta::assert_snapshot!(check(&home), @r"
        tests/test_a.py:3  error    QM001 no-ticket  no ticket  [test_a]

        1 error; staged since HEAD: +1 muted, -0 un-muted, 0 edited, 0 moved; 1 mute now, +1
        QM006 no-owner not judged for 1 mute: neither CODEOWNERS nor the settings name owners
        next: name the ticket in the reason, in an argument or in a comment above: `SHOP-412` or an address (`qaduct explain QM001`)
        [status 1]
        ");
}

#[test]
fn a_file_that_moves_or_takes_the_place_of_a_folder_is_followed() {
    let home = Home::new();
    let mut repo = repo(&home);
    repo.file("spec/test_c.py", muted("test_c"));
    repo.commit("Muted");
    repo.git(&["mv", "spec/test_c.py", "test_c.py"]);
    fs::remove_dir(home.path("work/spec")).unwrap();
    repo.file("spec", "no folder any more");
    repo.git(&["add", "--all"]);
    insta::assert_snapshot!(check(&home), @r"
        no findings; staged since HEAD: +0 muted, -0 un-muted, 0 edited, 1 moved; 1 mute now, +0
        [status 0]
        ");
    repo.git(&["rm", "--quiet", "--cached", "test_c.py"]);
    let run = check(&home);
    assert!(run.stdout.contains("+0 muted, -1 un-muted"), "{run}");
}

#[test]
fn git_commits_what_passes_and_refuses_what_does_not() {
    let home = Home::new();
    let mut repo = repo(&home);
    hook(&home, "pre-commit");
    repo.file("test_a.py", muted("test_a"));
    repo.file(
        "test_b.py",
        muted("test_b").replace("flaky", "flaky, SHOP-412"),
    );
    repo.git(&["add", "test_a.py"]);
    // git makes an index for this commit alone: with this file, without what is staged.
    let (told, done) = git(&home, "work", &["commit", "-m", "One", "test_b.py"]);
    assert!(done, "{told}");
    let (told, done) = git(&home, "work", &["commit", "-m", "Two"]);
    assert!(!done && told.contains("test_a.py:3"), "{told}");
    repo.git(&["reset", "--quiet"]);
    let (told, done) = git(&home, "work", &["commit", "-a", "-m", "All"]);
    assert!(!done && told.contains("test_a.py:3"), "{told}");
    // In a linked work tree, and below its root.
    fs::create_dir_all(home.path("work/deep")).unwrap();
    repo.git(&["worktree", "add", "--quiet", "-b", "other", "../linked"]);
    fs::create_dir_all(home.path("linked/deep")).unwrap();
    fs::write(home.path("linked/deep/test_d.py"), muted("test_d")).unwrap();
    repo.git(&["-C", "../linked", "add", "--all"]);
    let (told, done) = git(&home, "linked/deep", &["commit", "-m", "Three"]);
    assert!(!done && told.contains("deep/test_d.py:3"), "{told}");
    assert!(!told.contains("test_a.py"), "{told}");
}

/// `main` and `feature` have gone apart: both mute a test, and write another line of one file.
fn apart(home: &Home) -> Repo {
    let mut repo = repo(home);
    repo.file("notes.txt", "one\n");
    repo.commit("Notes");
    repo.git(&["checkout", "--quiet", "-b", "feature"]);
    repo.file("test_b.py", muted("test_b"));
    repo.commit("Ours");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.file("test_a.py", muted("test_a"));
    repo.commit("Theirs");
    repo.git(&["checkout", "--quiet", "feature"]);
    repo
}

#[test]
fn what_a_merge_brings_in_is_not_this_commits() {
    let home = Home::new();
    let mut repo = apart(&home);
    // A merge that git makes by itself has its own hook.
    hook(&home, "pre-merge-commit");
    let (told, done) = git(&home, "work", &["merge", "--no-ff", "main"]);
    assert!(
        done && told.contains("since HEAD and what is merged: +0 muted"),
        "{told}"
    );
    repo.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    // One that somebody finishes is judged by what he adds to it, and by that alone.
    repo.git(&["merge", "--quiet", "--no-commit", "--no-ff", "main"]);
    let run = check(&home);
    assert_eq!(run.status, Some(0), "{run}");
    repo.file("test_c.py", muted("test_c"));
    let both = muted("test_a").replace("flaky", "very flaky");
    repo.file("test_a.py", both);
    repo.git(&["add", "--all"]);
    insta::assert_snapshot!(check(&home), @r"
        test_a.py:3  error    QM001 no-ticket  no ticket  [test_a]

        test_c.py:3  error    QM001 no-ticket  no ticket  [test_c]

        2 errors; staged since HEAD and what is merged: +1 muted, -0 un-muted, 1 edited, 0 moved; 3 mutes now, +1
        QM004 too-old not judged for 1 mute: nobody knows since when the mute is there
        QM006 no-owner not judged for 2 mutes: neither CODEOWNERS nor the settings name owners
        next: name the ticket in the reason, in an argument or in a comment above: `SHOP-412` or an address (`qaduct explain QM001`)
        [status 1]
        ");
}

#[test]
fn files_with_a_conflict_cannot_be_judged() {
    let home = Home::new();
    let mut repo = repo(&home);
    repo.git(&["checkout", "--quiet", "-b", "feature"]);
    repo.file("test_a.py", muted("test_ours"));
    repo.commit("Ours");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.file("test_a.py", muted("test_theirs"));
    repo.commit("Theirs");
    let (_, done) = git(&home, "work", &["merge", "feature"]);
    assert!(!done);
    insta::assert_snapshot!(check(&home), @r"
        [stderr]
        error[QS400]: `test_a.py` of `[HOME]/work` is not merged yet
          help: mend it, and `git add test_a.py`
        [status 2]
        ");
}

/// A repository of hooks that holds our own file, and settings of pre-commit that name it.
fn settings_of_pre_commit(home: &Home, repo: &mut Repo) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.pre-commit-hooks.yaml");
    let mut hooks = Repo::new(home.path("hooks"));
    hooks.file(".pre-commit-hooks.yaml", fs::read_to_string(file).unwrap());
    let commit = hooks.commit("Hooks");
    let settings = format!(
        "repos:\n- repo: {}\n  rev: {commit}\n  hooks: [{{ id: qaduct-check }}]\n",
        hooks.path().display()
    );
    repo.file(".pre-commit-config.yaml", settings);
    repo.commit("Settings");
}

#[test]
fn pre_commit_judges_a_commit_a_merge_and_a_range() {
    let home = Home::new();
    let mut repo = apart(&home);
    settings_of_pre_commit(&home, &mut repo);
    let (told, done) = run(
        &home,
        "work",
        "pre-commit",
        &["install", "-t", "pre-commit", "-t", "pre-merge-commit"],
    );
    assert!(done, "{told}");
    // A commit.
    repo.file("test_new.py", muted("test_new"));
    repo.file("test_a.py", muted("test_a"));
    repo.git(&["add", "test_a.py"]);
    let (told, done) = git(&home, "work", &["commit", "-m", "One"]);
    assert!(
        !done && told.contains("test_a.py:3") && !told.contains("test_new"),
        "{told}"
    );
    repo.git(&["reset", "--quiet", "--hard"]);
    fs::remove_file(home.path("work/test_new.py")).unwrap();
    // A merge.
    let (told, done) = git(&home, "work", &["merge", "--no-ff", "main"]);
    assert!(done && told.contains("Passed"), "{told}");
    // A range of commits, in CI: what is on disk does not count.
    let range = ["run", "--from-ref", "main", "--to-ref", "feature"];
    let (told, done) = run(&home, "work", "pre-commit", &range);
    assert!(
        !done && told.contains("test_b.py:3") && !told.contains("test_a"),
        "{told}"
    );
    let range = ["run", "--from-ref", "feature", "--to-ref", "main"];
    let (told, done) = run(&home, "work", "pre-commit", &range);
    assert!(done, "{told}");
}

#[test]
fn a_repository_without_work_tree_has_nothing_staged() {
    let home = Home::new();
    repo(&home).git(&["clone", "--quiet", "--bare", ".", "../bare"]);
    insta::assert_snapshot!(home.qaduct("check --staged ../bare").run(), @r"
        [stderr]
        error[QU001]: `../bare` has no work tree, and nothing staged
          help: `qaduct check --since REV` judges commits
        [status 2]
        ");
}

//! What a change adds or renews is judged, and nothing else.

use std::fs;

use super::pull_request;
use crate::Home;
use crate::repo::Repo;

#[test]
fn a_pull_request_is_judged_by_what_it_adds_and_renews() {
    let home = Home::new();
    let mut repo = pull_request(&home);
    let before_commit = home.qaduct("check --since main").run().to_string();
    insta::assert_snapshot!(before_commit, @r"
        tests/test_shop.py:9   error    QM003 expired    expired on 2026-11-01  [test_renewed]
        tests/test_shop.py:18  error    QM001 no-ticket  no ticket  [test_added]

        2 errors; since main: +1 muted, -1 un-muted, 1 edited, 1 moved; 4 mutes now, +0
        QM002 ticket-closed not judged for 1 mute: no tracker of the ticket is in the database
        QM006 no-owner not judged for 2 mutes: neither CODEOWNERS nor the settings name owners
        next: take the mute away, or say until when it is needed (`qaduct explain QM003`)
        [status 1]
        ");
    // A commit makes no difference: the files on disk are judged.
    repo.commit("After");
    assert_eq!(
        home.qaduct("check --since main").run().to_string(),
        before_commit
    );
}

#[test]
fn a_change_that_only_moves_renames_and_reformats_has_no_findings() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    let text = "import pytest\n\n@pytest.mark.skip(reason='gone wrong, often')\ndef test_a(): pass\n\n\
                @pytest.mark.skip(reason='other')\ndef test_b(): pass\n";
    repo.file("test_one.py", text)
        .file("test_rest.py", "def test_z(): pass\n");
    repo.commit("Before");
    repo.git(&["checkout", "--quiet", "-b", "feature"]);
    // One test goes to another file, one to another name, and all to other lines.
    let head = "import pytest\n\nLIMIT = 3\n\n";
    let moved =
        "@pytest.mark.skip(\n    reason=\"gone wrong, \"\n    \"often\",\n)\ndef test_a(): pass\n";
    repo.file("test_rest.py", format!("{head}{moved}def test_z(): pass\n"));
    repo.file(
        "test_one.py",
        format!("{head}@pytest.mark.skip(reason='other')\ndef test_c(): pass\n"),
    );
    insta::assert_snapshot!(home.qaduct("check --since main").run(), @r"
        no findings; since main: +0 muted, -0 un-muted, 0 edited, 2 moved; 2 mutes now, +0
        [status 0]
        ");
}

#[test]
fn a_mute_that_goes_over_to_another_test_is_a_new_one() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    let mark = "@pytest.mark.skip(reason='flaky')\n";
    let tests = |a: &str, b: &str| {
        format!("import pytest\n\n{a}def test_a(): pass\n\n{b}def test_b(): pass\n")
    };
    repo.file("test_one.py", tests(mark, ""));
    repo.commit("Before");
    repo.git(&["checkout", "--quiet", "-b", "feature"]);
    repo.file("test_one.py", tests("", mark));
    let run = home.qaduct("check --since main").run();
    assert!(run.stdout.contains("no ticket  [test_b]"), "{run}");
    assert_eq!(run.status, Some(1));
}

#[test]
fn what_came_to_the_other_branch_in_the_meantime_is_not_ours() {
    let home = Home::new();
    let mut repo = pull_request(&home);
    repo.commit("After");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.file(
        "test_new.py",
        "import pytest\n\n@pytest.mark.skip\ndef test_n(): pass\n",
    );
    repo.commit("Meanwhile");
    repo.git(&["checkout", "--quiet", "feature"]);
    let run = home.qaduct("check --since main -f json").run();
    assert!(!run.stdout.contains("test_new"), "{run}");
}

#[test]
fn new_files_count_before_git_knows_them_and_ignored_ones_never() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    repo.file(".gitignore", "build/\n")
        .file("test_a.py", "def test_a(): pass\n");
    repo.commit("Before");
    let text = "import pytest\n\n@pytest.mark.skip(reason='x')\ndef test_n(): pass\n";
    repo.file("test_new.py", text)
        .file("build/test_built.py", text);
    let run = home.qaduct("check --since HEAD").run();
    assert!(run.stdout.contains("test_new.py:3"), "{run}");
    assert!(!run.stdout.contains("test_built"), "{run}");
    fs::remove_file(home.path("work/test_new.py")).unwrap();
    assert_eq!(home.qaduct("check --since HEAD").run().status, Some(0));
}

#[test]
fn a_mark_that_another_file_lends_is_judged_where_it_is_used() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    repo.file(
        "marks.py",
        "import pytest\n\nflaky = pytest.mark.skip(reason='x')\n",
    );
    repo.file(
        "test_a.py",
        "from marks import flaky\n\ndef test_a(): pass\n",
    );
    repo.commit("Before");
    repo.file(
        "test_a.py",
        "from marks import flaky\n\n@flaky\ndef test_a(): pass\n",
    );
    let run = home.qaduct("check --since HEAD").run();
    assert!(run.stdout.contains("test_a.py:3"), "{run}");
}

#[test]
fn what_makes_it_fail_can_be_chosen() {
    let home = Home::new();
    pull_request(&home);
    let status = |words: &str| {
        let run = home
            .qaduct(&format!("check --since main --fail-on {words}"))
            .run();
        run.status
    };
    assert_eq!(status("never"), Some(0));
    assert_eq!(status("QM003"), Some(1));
    assert_eq!(status("QM009"), Some(0));
    // It is asked for by name, and no tracker was pulled.
    assert_eq!(status("QM002"), Some(3));
    assert_eq!(status("QM404"), Some(2));
}

#[test]
fn a_revision_that_is_not_there_is_named() {
    let home = Home::new();
    pull_request(&home);
    insta::assert_snapshot!(home.qaduct("check --since mian").run(), @r"
        [stderr]
        error[QS400]: `mian` names no commit of `[HOME]/work`
          help: `git branch --all` lists the branches; a CI system may have to fetch the one that is meant
        [status 2]
        ");
    insta::assert_snapshot!(home.qaduct("check https://example.org/shop").run(), @r"
        [stderr]
        error[QU001]: `https://example.org/shop` is no folder
          help: clone it, and name the clone
        [status 2]
        ");
}

#[test]
fn a_rule_can_be_turned_off_and_its_limits_set() {
    let home = Home::new().file(
        "work/qaduct.toml",
        "[check]\nprojects = ['OTHER']\nfail_on = ['QM007']\n[check.rules]\nQM001 = 'off'\nQM003 = 'info'\n",
    );
    pull_request(&home);
    insta::assert_snapshot!(home.qaduct("check --since main").run(), @r"
        tests/test_shop.py:9  info     QM003 expired           expired on 2026-11-01  [test_renewed]
        tests/test_shop.py:9  error    QM007 malformed-ticket  `SHOP-2` is of a project that is not allowed

        1 error, 1 note; since main: +1 muted, -1 un-muted, 1 edited, 1 moved; 4 mutes now, +0
        QM002 ticket-closed not judged for 1 mute: no tracker of the ticket is in the database
        QM006 no-owner not judged for 2 mutes: neither CODEOWNERS nor the settings name owners
        next: tickets are of OTHER (`qaduct explain QM007`)
        [status 1]
        ");
}

#[test]
fn a_rule_that_there_is_not_is_an_error_of_the_settings() {
    let home = Home::new().file(
        "work/qaduct.toml",
        "[check]\nfail_on = ['QM01']\n[check.rules]\nQM01 = 'off'\n",
    );
    insta::assert_snapshot!(home.qaduct("check").run(), @r"
        [stderr]
        error[QC005]: there is no rule `QM01`
         --> qaduct.toml:4:8
          |
        4 | QM01 = 'off'
          |        ^^^^^ did you mean `QM001`?

        error[QC005]: `check.fail_on`: `QM01` is neither a rule such as `QM001`, nor `error`, `warning`, `info` or `never`
         --> qaduct.toml:2:12
          |
        2 | fail_on = ['QM01']
          |            ^^^^^^
        [status 2]
        ");
}

#[test]
fn comments_let_findings_pass_until_their_day() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    let text = r#"import pytest

# qaduct: allow[QM001] until=2027-03-01 reason="the tracker is down"
@pytest.mark.skip(reason="x")
def test_allowed(): pass

# qaduct: allow[QM001] until=2026-03-01
@pytest.mark.skip(reason="x")
def test_past(): pass

# qaduct: allow[QM001, QM005]
@pytest.mark.skip(reason="x")
def test_half(): pass

@pytest.mark.skip(reason="x")  # qaduct: allow[QM099]
def test_wrong(): pass
"#;
    repo.file("test_a.py", text);
    repo.commit("Before");
    insta::assert_snapshot!(home.qaduct("check").run(), @r"
        test_a.py:8   error    QM001 no-ticket    no ticket  [test_past]
        test_a.py:8   warning  QM011 stale-allow  QM001 was allowed until 2026-03-01
        test_a.py:12  warning  QM011 stale-allow  QM005 is allowed and finds nothing here  [test_half]
        test_a.py:15  error    QM001 no-ticket    no ticket  [test_wrong]
        test_a.py:15  warning  QM011 stale-allow  the allowance cannot be read: there is no rule `QM099`

        2 errors, 3 warnings; 4 mutes
        let pass: 0 by the baseline, 2 by comments
        QM004 too-old not judged for 4 mutes: nobody knows since when the mute is there
        QM006 no-owner not judged for 4 mutes: neither CODEOWNERS nor the settings name owners
        next: name the ticket in the reason, in an argument or in a comment above: `SHOP-412` or an address (`qaduct explain QM001`)
        [status 1]
        ");
}

#[test]
fn another_branch_is_compared_with_where_the_settings_name_one() {
    let home = Home::new().file(
        "work/qaduct.toml",
        "[check]\nreference = 'release'\nfail_on = ['QM008']\n",
    );
    let mut repo = Repo::new(home.path("work"));
    let mute = |name: &str| {
        format!("@pytest.mark.skip(reason='SHOP-1')\ndef {name}(): pass\n\ndef test_z(): pass\n")
    };
    repo.file(
        "test_a.py",
        format!("import pytest\n\n{}", mute("test_there")),
    );
    repo.commit("There");
    repo.git(&["branch", "release"]);
    repo.file(
        "test_a.py",
        format!("import pytest\n\n{}", mute("test_here")),
    );
    repo.commit("Here");
    insta::assert_snapshot!(home.qaduct("check").run(), @r"
        test_a.py:3  info     QM008 drift  muted here, not on release  [test_here]
        test_a.py:3  info     QM008 drift  muted on release, not here  [test_there]

        2 notes; 1 mute
        QM002 ticket-closed not judged for 1 mute: no tracker of the ticket is in the database
        QM004 too-old not judged for 1 mute: nobody knows since when the mute is there
        QM006 no-owner not judged for 1 mute: neither CODEOWNERS nor the settings name owners
        next: bring the fix over, or the mute (`qaduct explain QM008`)
        [status 1]
        ");
}

#[test]
fn a_mute_that_a_change_takes_away_here_and_leaves_on_the_other_branch_is_told() {
    let home = Home::new().file("work/qaduct.toml", "[check]\nreference = 'release'\n");
    let mut repo = Repo::new(home.path("work"));
    let mute = "@pytest.mark.skip(reason='SHOP-1')\n";
    let tests =
        |a: &str| format!("import pytest\n\n{a}def test_a(): pass\n\n{mute}def test_b(): pass\n");
    repo.file("test_a.py", tests(mute));
    repo.commit("Both");
    repo.git(&["branch", "release"]);
    repo.file("test_a.py", tests(mute).replace("test_b", "test_c"));
    repo.commit("Drifted before");
    repo.file("test_a.py", tests("").replace("test_b", "test_c"));
    let run = home.qaduct("check --since HEAD -f json").run();
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let items = json["items"].as_array().unwrap().iter();
    let told: Vec<_> = items
        .map(|it| (it["test"].as_str().unwrap(), &it["message"]))
        .collect();
    assert_eq!(told.len(), 1, "{run}");
    assert_eq!(told[0].0, "test_a.py::test_a");
    assert_eq!(told[0].1, "muted on release, not here");
}

#[test]
fn the_difference_of_two_revisions_is_told() {
    let home = Home::new();
    let mut repo = pull_request(&home);
    repo.commit("After");
    insta::assert_snapshot!(home.qaduct("diff main feature").run(), @r"
        + tests/test_shop.py::test_added    skip   fails | sometimes, 50% of <all> runs
        - tests/test_shop.py::test_goes     skip   SHOP-3: goes
        ~ tests/test_shop.py::test_renewed  xfail  until: 2026-10-01 → 2026-11-01
        > tests/test_moved.py::test_moves   skip   from tests/test_move.py::test_moves

        1 muted, 1 un-muted, 1 changed, 1 moved; 4 mutes on main, 4 on feature
        [status 0]
        ");
    insta::assert_snapshot!(home.qaduct("diff main feature -f markdown").run(), @r"
        ### Muted tests from main to feature

        1 muted, 1 un-muted, 1 changed, 1 moved; 4 mutes on main, 4 on feature

        | | Test | Kind | What |
        |---|---|---|---|
        | muted | `tests/test_shop.py::test_added`<br>tests/test\_shop.py:18 | skip | fails \| sometimes, 50% of &lt;all&gt; runs |
        | un-muted | `tests/test_shop.py::test_goes`<br>tests/test\_shop.py:14 | skip | SHOP-3: goes |
        | changed | `tests/test_shop.py::test_renewed`<br>tests/test\_shop.py:9 | xfail | until: 2026-10-01 → 2026-11-01 |
        | moved | `tests/test_moved.py::test_moves`<br>tests/test\_moved.py:4 | skip | from tests/test\_move.py::test\_moves |
        [status 0]
        ");
    let run = home.qaduct("diff main feature -f json --exit-code").run();
    assert_eq!(run.status, Some(1));
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        document["summary"],
        serde_json::json!({ "muted": 1, "unmuted": 1, "changed": 1, "moved": 1, "unknown": 0, "same": 1 })
    );
    assert_eq!(
        home.qaduct("diff main main --exit-code").run().status,
        Some(0)
    );
    assert_eq!(home.qaduct("diff feature nowhere").run().status, Some(2));
}

#[test]
fn a_linked_work_tree_is_judged_by_its_own_files() {
    let home = Home::new();
    let repo = pull_request(&home);
    repo.git(&["worktree", "add", "--quiet", "../other", "main"]);
    let run = home.qaduct("check --since main").within("other").run();
    assert_eq!(run.status, Some(0), "{run}");
}

#[test]
fn a_mute_is_as_old_as_the_database_knows_it() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    let text = "import pytest\n\n@pytest.mark.skip(reason='SHOP-1')\ndef test_a(): pass\n";
    repo.file("test_a.py", text).file(".gitignore", "*.db\n");
    repo.commit("Before");
    let scan = home
        .qaduct("scan -qq")
        .env("QADUCT_CLOCK", "2026-08-01T07:00:00Z");
    assert_eq!(scan.run().status, Some(0));
    insta::assert_snapshot!(home.qaduct("check").run(), @r"
        test_a.py:3  error    QM004 too-old  muted for 112 days, since 2026-08-01 first seen  [test_a]

        1 error; 1 mute
        QM002 ticket-closed not judged for 1 mute: no tracker of the ticket is in the database
        QM006 no-owner not judged for 1 mute: neither CODEOWNERS nor the settings name owners
        next: mend the test or delete it; the limit is 90 days (`qaduct explain QM004`)
        [status 1]
        ");
}

#[test]
fn owners_are_those_of_the_file_on_disk() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    let text = "import pytest\n\n@pytest.mark.skip(reason='SHOP-1')\ndef test_a(): pass\n";
    repo.file("a/test_a.py", text).file("b/test_b.py", text);
    repo.commit("Before");
    repo.file(".github/CODEOWNERS", "/a/ @acme/shop\n");
    let run = home.qaduct("check --fail-on QM006").run();
    assert_eq!(run.status, Some(1), "{run}");
    let lines: Vec<_> = run
        .stdout
        .lines()
        .filter(|it| it.contains("QM006 no-owner"))
        .collect();
    assert_eq!(lines.len(), 1, "{run}");
    assert!(lines[0].starts_with("b/test_b.py:3"), "{run}");
    // What is left out of a scan is left out here too, by what is on disk.
    repo.file(".gitattributes", "b/** linguist-vendored\n");
    assert_eq!(home.qaduct("check --fail-on QM006").run().status, Some(0));
}

#[test]
fn before_the_first_commit_all_files_are_new() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    repo.file(
        "test_a.py",
        "import pytest\n\n@pytest.mark.skip\ndef test_a(): pass\n",
    );
    repo.git(&["add", "--all"]);
    for check in ["check", "check --since HEAD"] {
        let run = home.qaduct(check).run();
        assert_eq!(run.status, Some(1), "{run}");
        assert!(
            run.stdout.starts_with("test_a.py:3  error    QM001"),
            "{run}"
        );
    }
    repo.file("test_a.py", "def test_a(): pass\n");
    assert_eq!(home.qaduct("check --since HEAD").run().status, Some(0));
    // Another revision is not there, and a scan needs a commit.
    assert_eq!(home.qaduct("check --since main").run().status, Some(2));
    assert_eq!(home.qaduct("scan").run().status, Some(2));
}

#[test]
fn a_bare_repository_within_another_is_judged_by_its_own_commit() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    let text = "import pytest\n\n@pytest.mark.skip\ndef test_a(): pass\n";
    repo.file("test_a.py", text).commit("Before");
    repo.git(&["clone", "--quiet", "--bare", ".", "fx.git"]);
    repo.file("test_b.py", text);
    let run = home.qaduct("check").within("work/fx.git").run();
    assert!(run.stdout.contains("test_a.py:3"), "{run}");
    assert!(!run.stdout.contains("test_b.py"), "{run}");
}

#[test]
fn a_check_does_not_depend_on_when_files_were_written() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work"));
    let text = "from tests.helpers import flaky\n\n@flaky\ndef test_a(): pass\n";
    repo.file(
        "tests/helpers.py",
        "import pytest\nflaky = pytest.mark.skip\n",
    );
    repo.file("tests/test_a.py", text).commit("Before");
    let all = home.qaduct("check").run();
    assert!(
        all.stdout.starts_with("tests/test_a.py:3  error    QM001"),
        "{all}"
    );
    assert_eq!(home.qaduct("check --since HEAD").run().status, Some(0));
    let file = std::fs::File::options();
    let file = file
        .clone()
        .append(true)
        .open(repo.path().join("tests/test_a.py"));
    let then = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    file.unwrap().set_modified(then).unwrap();
    assert_eq!(home.qaduct("check").run().stdout, all.stdout);
    assert_eq!(home.qaduct("check --since HEAD").run().status, Some(0));
}

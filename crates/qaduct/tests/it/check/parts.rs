//! A path that is named narrows what is judged, compared and printed.

use super::pull_request;
use crate::Home;
use crate::repo::Repo;

const MUTED: &str = "import pytest\n\n@pytest.mark.skip(reason='flaky')\ndef test_it(): pass\n";

fn repo(home: &Home) -> Repo {
    let mut repo = Repo::new(home.path("work"));
    for file in [
        "unit/test_a.py",
        "unit/deep/test_b.py",
        "unity/test_c.py",
        "test_d.py",
    ] {
        repo.file(file, MUTED);
    }
    repo.file("docs/notes.txt", "text");
    repo.commit("Before");
    repo
}

#[test]
fn only_what_lies_at_or_below_the_paths_is_judged() {
    let home = Home::new();
    repo(&home);
    insta::assert_snapshot!(home.qaduct("check unit").run(), @r"
        unit/deep/test_b.py:3  error    QM001 no-ticket  no ticket  [test_it]

        unit/test_a.py:3       error    QM001 no-ticket  no ticket  [test_it]

        2 errors; 2 mutes in unit
        QM004 too-old not judged for 2 mutes: nobody knows since when the mute is there
        QM006 no-owner not judged for 2 mutes: neither CODEOWNERS nor the settings name owners
        next: name the ticket in the reason, in an argument or in a comment above: `SHOP-412` or an address (`qaduct explain QM001`)
        [status 1]
        ");
    let files = home
        .qaduct("check deep/test_b.py ../test_d.py")
        .within("work/unit")
        .run();
    insta::assert_snapshot!(files, @r"
        test_d.py:3            error    QM001 no-ticket  no ticket  [test_it]

        unit/deep/test_b.py:3  error    QM001 no-ticket  no ticket  [test_it]

        2 errors; 2 mutes in unit/deep/test_b.py and test_d.py
        QM004 too-old not judged for 2 mutes: nobody knows since when the mute is there
        QM006 no-owner not judged for 2 mutes: neither CODEOWNERS nor the settings name owners
        next: name the ticket in the reason, in an argument or in a comment above: `SHOP-412` or an address (`qaduct explain QM001`)
        [status 1]
        ");
    // Without one it is the whole repository, wherever one stands.
    let run = home.qaduct("check").within("work/unit/deep").run();
    assert!(run.stdout.contains("4 errors; 4 mutes\n"), "{run}");
    let run = home.qaduct("check .").within("work/unit/deep").run();
    assert!(
        run.stdout.contains("1 error; 1 mute in unit/deep\n"),
        "{run}"
    );
    assert!(
        home.qaduct("check ../work")
            .run()
            .stdout
            .contains("; 4 mutes\n")
    );
}

#[test]
fn of_a_change_too() {
    let home = Home::new();
    let mut repo = pull_request(&home);
    repo.file("other/test_o.py", MUTED);
    let run = home.qaduct("check --since main other").run();
    insta::assert_snapshot!(run, @r"
        other/test_o.py:3  error    QM001 no-ticket  no ticket  [test_it]

        1 error; since main in other: +1 muted, -0 un-muted, 0 edited, 0 moved; 1 mute now, +1
        QM006 no-owner not judged for 1 mute: neither CODEOWNERS nor the settings name owners
        next: name the ticket in the reason, in an argument or in a comment above: `SHOP-412` or an address (`qaduct explain QM001`)
        [status 1]
        ");
    repo.commit("After");
    insta::assert_snapshot!(home.qaduct("diff main feature tests/test_moved.py").run(), @r"
        > tests/test_moved.py::test_moves  skip  from tests/test_move.py::test_moves

        0 muted, 0 un-muted, 0 changed, 1 moved in tests/test_moved.py; 1 mute on main, 1 on feature
        [status 0]
        ");
}

#[test]
fn the_document_names_the_paths() {
    let home = Home::new();
    repo(&home);
    let run = home.qaduct("check unit test_d.py -f json").run();
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        document["scope"]["paths"],
        serde_json::json!(["unit", "test_d.py"])
    );
    assert_eq!(document["summary"]["mutes"], 3);
}

#[test]
fn a_path_that_cannot_be_judged_says_so() {
    let home = Home::new();
    repo(&home);
    insta::assert_snapshot!(home.qaduct("check docs").run(), @r"
        no findings; 0 mutes in docs
        [stderr]
        warning[QS208]: there is no file in docs that could hold a test
          help: name a folder with tests; what git ignores is not read
        [status 0]
        ");
    insta::assert_snapshot!(home.qaduct("check unit nowhere").run(), @r"
        [stderr]
        error[QU001]: there is no file or folder `nowhere`
          help: name one that is in the work tree
        [status 2]
        ");
    Repo::new(home.path("elsewhere"));
    insta::assert_snapshot!(home.qaduct("check unit ../elsewhere").run(), @r"
        [stderr]
        error[QU001]: `../elsewhere` is not in [HOME]/work
          help: one repository is judged at a time
        [status 2]
        ");
    insta::assert_snapshot!(home.qaduct("baseline write unit").run(), @r"
        [stderr]
        error[QU001]: `unit` is a part of a repository, and a baseline is of all of it
          help: name its root: `[HOME]/work`
        [status 2]
        ");
}

#[test]
fn a_scan_of_a_path_lists_what_is_there_and_keeps_the_whole() {
    let home = Home::new();
    repo(&home);
    let run = home.qaduct("scan unit --progress none").run();
    insta::assert_snapshot!(run.stdout, @r"
        TEST                          KIND  INTENT  TICKET  SINCE  AGE  OWNER  REASON
        unit/deep/test_b.py::test_it  skip  debt    -       -      ?    -      flaky
        unit/test_a.py::test_it       skip  debt    -       -      ?    -      flaky
        ");
    let told = "2 muted tests by 2 mutes in 2 files on main at 8f75fd373 in unit: 2 debt; 2 without a \
                ticket, 0 without a reason\nlooked at 5 files in all, 4 of them for tests";
    assert!(run.stderr.contains(told), "{run}");
    assert!(
        run.stderr.contains("stored in qaduct.db: 4 more, 0 gone"),
        "{run}"
    );
    let json = home.qaduct("scan unit/test_a.py -qq -f json").run();
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["paths"], serde_json::json!(["unit/test_a.py"]));
    assert_eq!(json["items"].as_array().unwrap().len(), 1);
    let all = home.qaduct("scan -qq -f jsonl --columns path").run();
    assert_eq!(all.stdout.lines().count(), 4, "{all}");
    assert_eq!(home.qaduct("scan nowhere").run().status, Some(2));
}

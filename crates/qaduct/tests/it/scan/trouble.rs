//! What cannot be read is named, and the rest is found.

use std::fs;

use insta::assert_snapshot;

use crate::Home;
use crate::repo::Repo;
use crate::rows::Rows;

const SKIPPED: &str =
    "import pytest\n\n\n@pytest.mark.skip(reason=\"slow\")\ndef test_one():\n    pass\n";

#[test]
fn a_folder_without_a_repository_leaves_no_database_behind() {
    let home = Home::new();
    assert_snapshot!(home.qaduct("scan .").run(), @r"
        [stderr]
        error[QS400]: no git repository at `.`
          help: try `git -C '.' status`, or name a repository: `qaduct scan PATH`
        [status 2]
        ");
    assert!(!home.path("work/qaduct.db").exists());
}

#[test]
fn a_history_that_a_shallow_clone_cuts_off_is_told() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file("test_fine.py", SKIPPED).commit("Tests");
    repo.file("README", "more").commit("More");
    let from = format!("file://{}", home.path("work/repo").display());
    repo.git(&["clone", "-q", "--depth", "1", &from, "../cut"]);
    let outcome = home.qaduct("scan cut --name cut --history").run();
    assert_snapshot!(outcome, @r"
        TEST                    KIND  INTENT   TICKET  SINCE  AGE  OWNER  REASON
        test_fine.py::test_one  skip  unknown  -       -      ?    -      slow
        [stderr]
        cut: started
        cut: ended after [..] s
        warning[QS209]: the history of cut ends where its clone was cut off
          what was muted by then has no day and no author
          help: `git fetch --unshallow` brings the rest; for GitHub's checkout set `fetch-depth: 0`
        1 muted test by 1 mute in 1 file on main at 13bdea482: 1 unknown; 1 without a ticket, 0 without a reason
        looked at 2 files, 1 of them for tests, all of them parsed; read 1 file content in 0.00 s
        stored in qaduct.db: 1 more, 0 gone
        [status 0]
        ");
}

#[test]
fn a_file_with_a_syntax_error_is_named_and_its_other_mutes_are_found() {
    let home = Home::new();
    let broken = format!(
        "{SKIPPED}\n\ndef broken(:\n    pass\n\n\n@pytest.mark.xfail(reason=\"known\")\ndef test_two():\n    pass\n"
    );
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file("test_broken.py", broken)
        .file("test_fine.py", SKIPPED)
        .commit("Tests");
    let outcome = home
        .qaduct("scan repo --name repo --columns test_id,kind,partly_parsed")
        .run();
    assert_snapshot!(outcome, @r"
        TEST_ID                   KIND   PARTLY_PARSED
        test_broken.py::test_one  skip   true
        test_broken.py::test_two  xfail  true
        test_fine.py::test_one    skip   false
        [stderr]
        repo: started
        repo: ended after [..] s
        warning[QS207]: test_broken.py was not read in full: Expected a parameter or the end of the parameter list
          on branch main, line 9
        3 muted tests by 3 mutes in 2 files on main at 527bc1f6d: 1 debt, 2 unknown; 3 without a ticket, 0 without a reason
        looked at 2 files, 2 of them for tests, 1 not read in full; read 2 distinct file contents in 0.00 s
        stored in qaduct.db: 3 more, 0 gone
        since when: not known for 3 mutes; `--history` reads it from the commits
        [status 0]
        ");
    let rows = Rows::of(home.path("work/qaduct.db"));
    assert_snapshot!(rows.table("file_problems", &["path", "line", "problem", "message"]), @"
    path,line,problem,message
    test_broken.py,9,syntax,Expected a parameter or the end of the parameter list
    ");
}

#[test]
fn a_file_that_is_no_utf_8_is_named() {
    let home = Home::new();
    let mut latin = SKIPPED.replace("slow", "langsam, sp\u{e4}t").into_bytes();
    let umlaut = latin.iter().position(|&it| it == 0xc3).unwrap();
    latin.splice(umlaut..umlaut + 2, [0xe4]);
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file("test_latin.py", latin)
        .file("test_fine.py", SKIPPED)
        .commit("Tests");
    let outcome = home
        .qaduct("scan repo --name repo --columns test_id,reason")
        .run();
    assert_snapshot!(outcome, @r"
        TEST_ID                  REASON
        test_fine.py::test_one   slow
        test_latin.py::test_one  langsam, spät
        [stderr]
        repo: started
        repo: ended after [..] s
        warning[QS207]: test_latin.py was not read in full: byte 0xE4 is not valid UTF-8; such bytes were read as Latin-1
          on branch main, line 4
        2 muted tests by 2 mutes in 2 files on main at 2ae661654: 2 unknown; 2 without a ticket, 0 without a reason
        looked at 2 files, 2 of them for tests, 1 not read in full; read 2 distinct file contents in 0.00 s
        stored in qaduct.db: 2 more, 0 gone
        since when: not known for 2 mutes; `--history` reads it from the commits
        [status 0]
        ");
}

#[test]
fn a_damaged_object_makes_the_run_incomplete_and_the_rest_is_stored() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file("test_gone.py", SKIPPED.replace("one", "gone"));
    repo.file("test_fine.py", SKIPPED).commit("Tests");
    let id = repo.git(&["rev-parse", "HEAD:test_gone.py"]);
    let object = repo
        .path()
        .join(".git/objects")
        .join(&id[..2])
        .join(&id[2..]);
    fs::remove_file(&object).unwrap();

    let outcome = home.qaduct("scan repo --name repo --columns test_id").run();
    assert_snapshot!(outcome, @r"
        TEST_ID
        test_fine.py::test_one
        [stderr]
        repo: started
        repo: ended after [..] s
        warning[QS206]: branch `main`: `test_gone.py` is missing or damaged in the repository
        warning[QS207]: test_gone.py was not read in full: the repository does not have its content
          on branch main
        1 muted test by 1 mute in 1 file on main at dbbc8dac7: 1 unknown; 1 without a ticket, 0 without a reason
        looked at 2 files, 1 of them for tests, 1 not read in full; read 1 file content in 0.00 s
        stored in qaduct.db: 1 more, 0 gone
        since when: not known for 1 mute; `--history` reads it from the commits
        [status 3]
        ");
    let rows = Rows::of(home.path("work/qaduct.db"));
    assert_snapshot!(rows.runs(&["outcome", "mutes_found", "files_with_problems", "error"]), @r"
        outcome,mutes_found,files_with_problems,error
        incomplete,1,1,branch `main`: `test_gone.py` is missing or damaged in the repository
        ");
}

#[test]
fn a_branch_that_cannot_be_read_does_not_stop_the_others() {
    let home = Home::new();
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file("test_fine.py", SKIPPED).commit("Tests");
    repo.git(&["branch", "fine"]);
    repo.file("more/test_more.py", SKIPPED).commit("More");
    let id = repo.git(&["rev-parse", "HEAD:more"]);
    let object = repo
        .path()
        .join(".git/objects")
        .join(&id[..2])
        .join(&id[2..]);
    fs::remove_file(&object).unwrap();

    let outcome = home
        .qaduct("scan repo --name repo --all-branches --columns branch,test_id")
        .run();
    assert_snapshot!(outcome, @r"
        BRANCH  TEST_ID
        fine    test_fine.py::test_one
        main    test_fine.py::test_one
        [stderr]
        repo: started
        repo: ended after [..] s
        warning[QS206]: branch `main`: `more/` is missing or damaged in the repository
        warning[QS207]: more/ was not read in full: the repository does not have this folder
          on branch main
        1 muted test by 2 mutes in 1 file on 2 branches: 2 unknown; 2 without a ticket, 0 without a reason
        looked at 2 files, 2 of them for tests, 1 not read in full; read 1 file content in 0.00 s
        stored in qaduct.db: 2 more, 0 gone
        since when: not known for 2 mutes; `--history` reads it from the commits
        [status 3]
        ");
    let outcome = home
        .qaduct("scan repo --name repo --format json -q --branch main")
        .run();
    assert_snapshot!(outcome, @r#"
        {"schema_version":1,"tool":{"name":"qaduct","version":"0.1.0"},"scope":[{"repository":"repo","branch":"main","commit_id":"2e676d8c8f3f78a40863bf7dfbe80c8d84376f83","committed_at":"2026-08-31T10:40:00Z","committed_offset_min":120,"files_seen":1,"test_files":1,"files_excluded":0}],"paths":[],"summary":{"mutes":1,"tests":1,"files":1,"without_ticket":1,"without_reason":0,"ineffective":0,"branches":1,"files_seen":1,"test_files":1,"files_with_problems":1,"files_excluded":0,"debt":0,"platform":0,"environment":0,"intentional":0,"unknown":1,"without_owner":1,"without_since":1},"problems":[{"repository":"repo","branch":"main","path":"more/","line":0,"problem":"missing_object","unread":true,"message":"the repository does not have this folder"}],"failures":["branch `main`: `more/` is missing or damaged in the repository"],"items":[{"declaration_id":"e55da96e583c60c8b2f8c30b674ba790","repository":"repo","path":"test_fine.py","container":"","test":"test_one","param":null,"test_id":"test_fine.py::test_one","line_start":4,"line_end":4,"language":"python","framework":"pytest","form":"pytest.mark.skip","alias":null,"kind":"skip","scope":"test","condition":null,"condition_os":null,"condition_arch":null,"condition_version":null,"condition_env":null,"condition_feature":null,"intent":"unknown","runs":false,"strict":null,"strict_source":null,"reason":"slow","ticket":null,"tickets":null,"since_declared":null,"since_text":null,"until_declared":null,"until_text":null,"owner_declared":null,"dynamic":false,"effective":true,"ineffective_because":null,"confidence":"exact","partly_parsed":false,"branch":"main","group_id":"cbdc917819451dcbece27295eba4f1b7","nth":1,"opened_by":"baseline","first_seen_at":"2026-11-21T07:00:00Z","first_seen_commit":"2e676d8c8f3f78a40863bf7dfbe80c8d84376f83","last_seen_at":"2026-11-21T07:00:00Z","last_seen_commit":"2e676d8c8f3f78a40863bf7dfbe80c8d84376f83","commit_id":"2e676d8c8f3f78a40863bf7dfbe80c8d84376f83","owner":null,"since_git":null,"since_git_commit":null,"since_git_author":null,"muted_before":null,"age_days":null,"age_source":null}]}
        [stderr]
        warning[QS206]: branch `main`: `more/` is missing or damaged in the repository
        warning[QS207]: more/ was not read in full: the repository does not have this folder
          on branch main
        [status 3]
        "#);
}

#[test]
fn a_store_that_cannot_be_opened_ends_with_status_6() {
    let home = Home::new().file(
        "work/qaduct.db",
        "this is no database, whatever its name says\n",
    );
    Repo::shop(home.path("work/shop"));
    assert_snapshot!(home.qaduct("scan shop").run(), @r"
        [stderr]
        error[QD002]: cannot open qaduct.db: the file is no SQLite database
          help: check the path and the rights to it; `qaduct config show --origin` tells where the path comes from
        [status 6]
        ");
    assert_snapshot!(home.qaduct("scan shop --store missing/folder/qaduct.db").run(), @r"
        [stderr]
        error[QD002]: cannot open missing/folder/qaduct.db: there is no folder `missing/folder`
          help: check the path and the rights to it; `qaduct config show --origin` tells where the path comes from
        [status 6]
        ");
    assert_snapshot!(home.qaduct("scan shop --store mongodb://db").run(), @"
    [stderr]
    error[QD001]: `mongodb://db` is no store: there is no store for `mongodb:`
      help: write `--store qaduct.db` for a SQLite file, or `--store postgresql://user@host/database`, or `--store mysql://user@host/database`
    [status 2]
    ");
}

#[test]
fn the_page_of_codes_says_what_a_command_ends_with() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/exit-codes.md");
    let page = fs::read_to_string(page).unwrap();
    // The tests above: a file that cannot be parsed ends with 0, one that git
    // cannot give with 3.
    assert!(page.contains("| QS207 | warning |"), "{page}");
    assert!(page.contains("| QS206 | 3 |"), "{page}");
    assert!(!page.contains("branches or files failed"), "{page}");
}

#[test]
fn the_status_says_when_each_repository_was_scanned() {
    let home = Home::new();
    Repo::shop(home.path("work/shop"));
    home.qaduct("scan shop --name shop --all-branches -qq")
        .run();
    assert_snapshot!(home.qaduct("status").env("QADUCT_CLOCK", "2026-11-22T09:00:00Z").run(), @r"
        REPOSITORY  BRANCHES  MUTES  SCANNED (UTC)     AGE
        shop        2         9      2026-11-21 07:00  26 h
        [stderr]
        no source is configured; `qaduct config default` shows how to write one
        [status 0]
        ");
}

//! Which branches are scanned, and what is said where there is none.

use insta::assert_snapshot;

use crate::Home;
use crate::repo::Repo;
use crate::rows::Rows;

fn home() -> Home {
    let home = Home::new();
    let shop = Repo::shop(home.path("work/shop"));
    shop.git(&["branch", "release-2"]);
    shop.git(&["branch", "feature/search"]);
    home
}

/// The branches that are stored after a scan.
fn stored(home: &Home, arguments: &str) -> String {
    let outcome = home
        .qaduct(&format!("scan -q {arguments}"))
        .within("work/shop")
        .run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    let rows = Rows::of(home.path("work/shop/qaduct.db"));
    let branches = rows.table("branches", &["branch"]);
    branches.lines().skip(1).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_current_branch_is_scanned_where_none_is_named() {
    assert_eq!(stored(&home(), ""), "main");
}

#[test]
fn globs_choose_branches() {
    assert_eq!(stored(&home(), "--branch release-*"), "release-1 release-2");
    assert_eq!(
        stored(&home(), "--branch release-2 --branch feature/*"),
        "feature/search release-2"
    );
}

#[test]
fn all_branches_are_all_of_them() {
    assert_eq!(
        stored(&home(), "--all-branches"),
        "feature/search main release-1 release-2"
    );
}

#[test]
fn a_blob_is_read_once_however_many_branches_hold_it() {
    let home = home();
    stored(&home, "--all-branches");
    let rows = Rows::of(home.path("work/shop/qaduct.db"));
    assert_snapshot!(rows.runs(&["branches", "files_seen", "test_files", "blobs_read"]), @"
    branches,files_seen,test_files,blobs_read
    4,19,15,5
    ");
}

#[test]
fn a_branch_that_is_not_there_is_an_error_that_names_near_ones() {
    let home = home();
    assert_snapshot!(home.qaduct("scan --branch relaese-1").within("work/shop").run(), @r"
        [stderr]
        shop: started
        shop: ended after [..] s
        error[QS400]: no branch of `github.com/acme/shop` matches `relaese-1`
          help: did you mean `--branch release-1`, `--branch release-2`?
        [status 2]
        ");
}

#[test]
fn a_folder_outside_of_any_repository_is_an_error() {
    assert_snapshot!(Home::new().qaduct("scan").run(), @r"
        [stderr]
        error[QS400]: no git repository at `.`
          help: try `git -C '.' status`, or name a repository: `qaduct scan PATH`
        [status 2]
        ");
    assert_snapshot!(Home::new().qaduct("scan nowhere").run(), @"
    [stderr]
    nowhere: started
    nowhere: ended after [..] s
    error[QS400]: no git repository at `nowhere`
      help: try `git -C 'nowhere' status`, or name a repository: `qaduct scan PATH`
    [status 2]
    ");
}

#[test]
fn a_repository_without_a_commit_is_an_error() {
    let home = Home::new();
    Repo::new(home.path("work/new"));
    assert_snapshot!(home.qaduct("scan new").run(), @"
    [stderr]
    new: started
    new: ended after [..] s
    error[QS400]: the repository `[HOME]/work/new` has no commits yet
      help: make a commit, then scan again
    [status 2]
    ");
}

#[test]
fn a_repository_without_python_tests_says_what_was_looked_at() {
    let home = Home::new();
    Repo::new(home.path("work/site"))
        .file("index.html", "<p>\n")
        .commit("A page");
    assert_snapshot!(home.qaduct("scan site").run(), @r"
        [stderr]
        site: started
        site: ended after [..] s
        warning[QS208]: no test file was recognised, so nothing could be found
          help: is this the right branch (`--branch`), and is it committed? docs/frameworks lists the languages that are read
        0 muted tests by 0 mutes in 0 files on main at 7ee5eb3ad; 0 without a ticket, 0 without a reason
        looked at 1 file, 0 of them for tests, all of them parsed; read 0 distinct file contents in 0.00 s
        stored in qaduct.db: 0 more, 0 gone
        [status 0]
        ");
}

#[test]
fn several_repositories_of_which_one_is_missing_store_the_rest() {
    let home = home().file(
        "work/qaduct.toml",
        "[[scan.repositories]]\nlocation = \"nowhere\"\n\
         [[scan.repositories]]\nlocation = \"shop\"\nname = \"the-shop\"\nbranches = [\"release-*\"]\n",
    );
    let outcome = home
        .qaduct("scan --format csv --columns repository,branch,test")
        .run();
    assert_snapshot!(outcome, @r#"
        repository,branch,test
        the-shop,release-1,test_pays_by_card
        the-shop,release-1,""
        the-shop,release-1,test_rounds
        the-shop,release-1,test_remembers
        the-shop,release-2,test_pays_by_card
        the-shop,release-2,""
        the-shop,release-2,test_rounds
        the-shop,release-2,test_remembers
        the-shop,release-2,test_finds_shoes
        [stderr]
        nowhere: started
        nowhere: ended after [..] s
        shop: started
        shop: ended after [..] s
        5 muted tests by 9 mutes in 3 files on 2 branches: 6 debt, 1 unknown, 2 platform; 3 without a ticket, 0 without a reason
        looked at 9 files, 7 of them for tests, all of them parsed; read 5 distinct file contents in 0.00 s
        stored in qaduct.db: 9 more, 0 gone
        since when: not known for 7 mutes; `--history` reads it from the commits
        error[QS400]: no git repository at `nowhere`
          help: try `git -C 'nowhere' status`, or name a repository: `qaduct scan PATH`
        [status 3]
        "#);
    let rows = Rows::of(home.path("work/qaduct.db"));
    assert_snapshot!(rows.runs(&["subject", "outcome", "mutes_found", "error"]), @"
    subject,outcome,mutes_found,error
    nowhere,failed,0,no git repository at `nowhere`
    the-shop,complete,9,
    ");
}

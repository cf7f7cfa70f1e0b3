//! What a scan reads of the past: since when and by whom, and how the numbers went.

use insta::assert_snapshot;

use crate::history::Story;

const PAY: &str = "@pytest.mark.xfail(reason=\"times out, SHOP-1\")\ndef test_pays():\n    pass\n";
const LOGIN: &str =
    "@pytest.mark.skip(reason=\"captcha, SHOP-2\")\ndef test_logs_in():\n    pass\n";
const SEARCH: &str = "@pytest.mark.skip(reason=\"no index\")\ndef test_searches():\n    pass\n";

const RUNS: [&str; 7] = [
    "branch",
    "test_id",
    "nth",
    "from_at",
    "from_author",
    "to_at",
    "moved_from",
];

/// Commits that nobody scanned: muted, renamed, un-muted, muted again, and a release.
fn before_the_first_scan() -> Story {
    let mut story = Story::new();
    story.commit(&[PAY]);
    story.commit(&[PAY, LOGIN]);
    story.repo.git(&["mv", "test_story.py", "test_shop.py"]);
    story.repo.commit("another name");
    story.repo.git(&["mv", "test_shop.py", "test_story.py"]);
    story.commit(&[LOGIN]);
    story.repo.git(&["branch", "release"]);
    story.commit(&[LOGIN, PAY]);
    story
}

#[test]
fn the_first_scan_with_history_has_the_years_before_it() {
    let mut story = before_the_first_scan();
    story.scan("--history");
    let rows = story.rows();
    assert_snapshot!(rows.view("v_mutes_history", &RUNS), @r"
    branch,test_id,nth,from_at,from_author,to_at,moved_from
    main,test_shop.py::test_pays,1,2026-08-30T10:40:00Z,Ada,2026-09-02T10:40:00Z,test_story.py::test_pays
    main,test_story.py::test_logs_in,1,2026-08-31T10:40:00Z,Ada,,
    main,test_story.py::test_pays,2,2026-09-03T10:40:00Z,Ada,,
    release,test_shop.py::test_pays,1,2026-08-30T10:40:00Z,Ada,2026-09-02T10:40:00Z,test_story.py::test_pays
    release,test_story.py::test_logs_in,1,2026-08-31T10:40:00Z,Ada,,
    ");
    let columns = [
        "branch",
        "test",
        "opened_by",
        "first_seen_at",
        "since_git",
        "since_git_author",
        "muted_before",
        "age_days",
        "age_source",
    ];
    assert_snapshot!(rows.view("v_mutes_current", &columns), @r"
    branch,test,opened_by,first_seen_at,since_git,since_git_author,muted_before,age_days,age_source
    main,test_logs_in,baseline,2026-11-02T07:00:00Z,2026-08-31T10:40:00Z,Ada,0,63,git
    main,test_pays,baseline,2026-11-02T07:00:00Z,2026-09-03T10:40:00Z,Ada,1,60,git
    release,test_logs_in,baseline,2026-11-02T07:00:00Z,2026-08-31T10:40:00Z,Ada,0,63,git
    ");
    let columns = ["branch", "day", "newly_muted", "unmuted", "muted"];
    assert_snapshot!(rows.view("v_mutes_trend", &columns), @r"
    branch,day,newly_muted,unmuted,muted
    main,2026-08-30,1,0,1
    main,2026-08-31,1,0,2
    main,2026-09-02,0,1,1
    main,2026-09-03,1,0,2
    release,2026-09-03,1,0,1
    ");
    let columns = ["branch", "week", "newly_muted", "unmuted", "net"];
    assert_snapshot!(rows.view("v_mutes_weekly", &columns), @r"
    branch,week,newly_muted,unmuted,net
    main,2026-08-24,1,0,1
    main,2026-08-31,2,1,1
    ");
}

#[test]
fn the_same_history_again_writes_nothing_and_a_plain_scan_goes_on_from_it() {
    let mut story = before_the_first_scan();
    story.scan("--history");
    let stored = story.rows().all();
    story.scan("--history");
    assert_eq!(story.rows().all(), stored);
    let runs = story.rows().runs(&["outcome", "branches_changed"]);
    assert_eq!(runs.lines().last(), Some("unchanged,0"));

    story.commit(&[SEARCH, PAY]);
    story.scan("");
    let gone_on = story.rows().view("v_mutes_history", &RUNS);
    assert_snapshot!(gone_on, @r"
    branch,test_id,nth,from_at,from_author,to_at,moved_from
    main,test_shop.py::test_pays,1,2026-08-30T10:40:00Z,Ada,2026-09-02T10:40:00Z,test_story.py::test_pays
    main,test_story.py::test_logs_in,1,2026-08-31T10:40:00Z,Ada,2026-09-04T10:40:00Z,
    main,test_story.py::test_pays,2,2026-09-03T10:40:00Z,Ada,,
    main,test_story.py::test_searches,1,2026-09-04T10:40:00Z,Ada,,
    release,test_shop.py::test_pays,1,2026-08-30T10:40:00Z,Ada,2026-09-02T10:40:00Z,test_story.py::test_pays
    release,test_story.py::test_logs_in,1,2026-08-31T10:40:00Z,Ada,,
    ");
    // Read from the start it is the same.
    story.scan("--history --store anew.db");
    let anew = story.rows_of("anew.db").view("v_mutes_history", &RUNS);
    assert_eq!(gone_on, anew);
}

#[test]
fn a_scan_without_history_reads_none_and_what_was_not_asked_for_has_no_date() {
    let mut story = before_the_first_scan();
    story.scan("");
    assert_eq!(
        story.rows().table("branch_history", &["branch"]),
        "branch\n"
    );
    story.scan("--history --since 2026-09-02");
    let columns = ["branch", "test_id", "from_at", "begins_before"];
    assert_snapshot!(story.rows().view("v_mutes_history", &columns), @r"
    branch,test_id,from_at,begins_before
    main,test_shop.py::test_pays,,true
    main,test_story.py::test_logs_in,,true
    main,test_story.py::test_pays,2026-09-03T10:40:00Z,false
    release,test_shop.py::test_pays,,true
    release,test_story.py::test_logs_in,,true
    ");
    let columns = ["branch", "since", "begins_at"];
    assert_snapshot!(story.rows().table("branch_history", &columns), @r"
    branch,since,begins_at
    main,2026-09-02T00:00:00Z,2026-09-01T10:40:00Z
    release,2026-09-02T00:00:00Z,2026-09-01T10:40:00Z
    ");
    // More is asked for: what was cut off is found.
    story.scan("--history");
    let columns = ["branch", "test_id", "from_at", "begins_before"];
    assert_snapshot!(story.rows().view("v_mutes_history", &columns), @r"
    branch,test_id,from_at,begins_before
    main,test_shop.py::test_pays,2026-08-30T10:40:00Z,false
    main,test_story.py::test_logs_in,2026-08-31T10:40:00Z,false
    main,test_story.py::test_pays,2026-09-03T10:40:00Z,false
    release,test_shop.py::test_pays,2026-08-30T10:40:00Z,false
    release,test_story.py::test_logs_in,2026-08-31T10:40:00Z,false
    ");
}

#[test]
fn history_that_was_pushed_over_is_told_anew() {
    let mut story = before_the_first_scan();
    story.scan("--history");
    story.repo.git(&["reset", "--quiet", "--hard", "HEAD~2"]);
    story.commit(&[SEARCH]);
    story.scan("");
    assert_snapshot!(story.rows().view("v_mutes_history", &RUNS), @r"
    branch,test_id,nth,from_at,from_author,to_at,moved_from
    main,test_shop.py::test_logs_in,1,2026-08-31T10:40:00Z,Ada,,test_story.py::test_logs_in
    main,test_shop.py::test_pays,1,2026-08-30T10:40:00Z,Ada,,test_story.py::test_pays
    main,test_story.py::test_searches,1,2026-09-04T10:40:00Z,Ada,,
    release,test_shop.py::test_pays,1,2026-08-30T10:40:00Z,Ada,2026-09-02T10:40:00Z,test_story.py::test_pays
    release,test_story.py::test_logs_in,1,2026-08-31T10:40:00Z,Ada,,
    ");
}

#[test]
fn people_read_the_day_of_the_landing_where_the_code_names_none() {
    let mut story = before_the_first_scan();
    story.scan("--history");
    assert_snapshot!(story.table(), @r"
        TEST                         KIND   INTENT  TICKET  SINCE           AGE   BRANCHES       OWNER  REASON
        test_story.py::test_logs_in  skip   debt    SHOP-2  2026-08-31 git  3 mo  main, release  -      captcha, SHOP-2
        test_story.py::test_pays     xfail  debt    SHOP-1  2026-09-03 git  2 mo  main           -      times out, SHOP-1
        ");
}

#[test]
fn a_mute_that_came_again_and_was_renamed_was_muted_before() {
    let mut story = Story::new();
    story.commit(&[PAY]);
    story.commit(&[LOGIN]);
    story.commit(&[LOGIN, PAY]);
    story.repo.git(&["mv", "test_story.py", "test_shop.py"]);
    story.repo.commit("another name");
    story.scan("--history");
    let columns = ["test", "muted_before", "since_git"];
    assert_snapshot!(story.rows().view("v_mutes_current", &columns), @r"
    test,muted_before,since_git
    test_logs_in,0,2026-08-31T10:40:00Z
    test_pays,1,2026-09-01T10:40:00Z
    ");
    let columns = ["test_id", "nth", "muted_before", "from_at"];
    assert_snapshot!(story.rows().view("v_mutes_history", &columns), @r"
    test_id,nth,muted_before,from_at
    test_shop.py::test_logs_in,1,0,2026-08-31T10:40:00Z
    test_shop.py::test_pays,2,1,2026-09-01T10:40:00Z
    test_story.py::test_pays,1,0,2026-08-30T10:40:00Z
    ");
}

#[test]
fn a_mark_that_begins_to_mute_is_a_mute_since_then() {
    let marked = |condition: &str| {
        format!("@pytest.mark.skipif({condition}, reason=\"SHOP-3\")\ndef test_a():\n    pass\n")
    };
    let mut story = Story::new();
    story.commit(&[&marked("False")]);
    story.commit(&[&marked("True")]);
    story.scan("--history");
    let columns = ["test_id", "nth", "from_at", "to_at", "effective"];
    assert_snapshot!(story.rows().view("v_mutes_history", &columns), @r"
        test_id,nth,from_at,to_at,effective
        test_story.py::test_a,1,2026-08-30T10:40:00Z,2026-08-31T10:40:00Z,false
        test_story.py::test_a,2,2026-08-31T10:40:00Z,,true
        ");
}

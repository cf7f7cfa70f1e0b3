//! A repository and its history, scan after scan: what the tables and views say of it.

use insta::assert_snapshot;

use crate::Home;
use crate::home::Outcome;
use crate::repo::Repo;
use crate::rows::Rows;

/// A repository that is scanned now and then, a week after the time before.
pub(crate) struct Story {
    home: Home,
    pub(crate) repo: Repo,
    week: i64,
}

impl Story {
    pub(crate) fn new() -> Self {
        let home = Home::new();
        let repo = Repo::new(home.path("work/repo"));
        Self {
            home,
            repo,
            week: 0,
        }
    }

    /// Writes the test file and commits it.
    pub(crate) fn commit(&mut self, tests: &[&str]) {
        let text = format!("import pytest\n\n\n{}", tests.join("\n\n"));
        self.repo
            .file("test_story.py", text)
            .commit("SHOP-9: more of the story");
    }

    /// Scans all branches into a store, `qaduct.db` unless told otherwise.
    pub(crate) fn scan(&mut self, more: &str) -> Outcome {
        let outcome = self.try_scan(more);
        assert_eq!(
            (outcome.status, outcome.stderr.as_str()),
            (Some(0), ""),
            "{outcome}"
        );
        outcome
    }

    fn try_scan(&mut self, more: &str) -> Outcome {
        // Mondays, beginning with the second of November 2026.
        let now = jiff::civil::date(2026, 11, 2) + jiff::Span::new().weeks(self.week);
        self.week += 1;
        let arguments = format!("scan repo --name story --all-branches -q -f jsonl {more}");
        let run = self
            .home
            .qaduct(&arguments)
            .env("QADUCT_CLOCK", format!("{now}T07:00:00Z"));
        run.run()
    }

    pub(crate) fn rows(&self) -> Rows {
        self.rows_of("qaduct.db")
    }

    pub(crate) fn rows_of(&self, store: &str) -> Rows {
        Rows::of(self.home.path(&format!("work/{store}")))
    }

    /// What a scan of all branches prints for people, on the last day of November.
    pub(crate) fn table(&self) -> String {
        let run = self.home.qaduct("scan repo --name story --all-branches -q");
        run.env("QADUCT_CLOCK", "2026-11-30T07:00:00Z").run().stdout
    }

    /// The whole of it: muted, edited, stacked, un-muted, muted again, with
    /// branches that come and go.
    pub(crate) fn tell(&mut self, more: &str) {
        self.commit(&[PAY, LOGIN]);
        self.scan(more);
        // A new mute on a branch that is known, and a second mark on a test.
        self.commit(&[PAY, &format!("{STACKED}{LOGIN}"), SEARCH]);
        self.scan(more);
        // Edited: other words and another line, the same mute.
        let edited = PAY.replace("times out", "times out after 30 s");
        self.commit(&[SEARCH, &edited, &format!("{STACKED}{LOGIN}")]);
        self.repo.git(&["branch", "release"]);
        self.scan(more);
        // One of the two marks goes, and the payment is fixed.
        self.commit(&[SEARCH, LOGIN]);
        self.scan(more);
        // Broken again; the release is over.
        self.commit(&[SEARCH, LOGIN, PAY]);
        self.repo.git(&["branch", "--quiet", "-D", "release"]);
        self.scan(more);
    }
}

const PAY: &str = "@pytest.mark.xfail(reason=\"times out, SHOP-1\")\ndef test_pays():\n    pass\n";
const LOGIN: &str =
    "@pytest.mark.skip(reason=\"captcha, SHOP-2\")\ndef test_logs_in():\n    pass\n";
const STACKED: &str = "@pytest.mark.skip(reason=\"cookies, SHOP-3\")\n";
const SEARCH: &str = "@pytest.mark.skip(reason=\"no index\")\ndef test_searches():\n    pass\n";

#[test]
fn intervals_begin_and_end_where_the_code_changed() {
    let mut story = Story::new();
    story.tell("");
    let columns = [
        "branch",
        "test",
        "form",
        "nth",
        "ticket",
        "reason",
        "opened_by",
        "first_seen_at",
        "last_seen_at",
        "closed_by",
        "gone_at",
    ];
    assert_snapshot!(story.rows().view("v_mutes", &columns), @r#"
    branch,test,form,nth,ticket,reason,opened_by,first_seen_at,last_seen_at,closed_by,gone_at
    main,test_logs_in,pytest.mark.skip,1,SHOP-2,"captcha, SHOP-2",baseline,2026-11-02T07:00:00Z,2026-11-30T07:00:00Z,,
    main,test_logs_in,pytest.mark.skip,2,SHOP-3,"cookies, SHOP-3",commit,2026-11-09T07:00:00Z,2026-11-16T07:00:00Z,commit,2026-11-23T07:00:00Z
    main,test_pays,pytest.mark.xfail,1,SHOP-1,"times out after 30 s, SHOP-1",baseline,2026-11-02T07:00:00Z,2026-11-16T07:00:00Z,commit,2026-11-23T07:00:00Z
    main,test_pays,pytest.mark.xfail,2,SHOP-1,"times out, SHOP-1",commit,2026-11-30T07:00:00Z,2026-11-30T07:00:00Z,,
    main,test_searches,pytest.mark.skip,1,,no index,commit,2026-11-09T07:00:00Z,2026-11-30T07:00:00Z,,
    release,test_logs_in,pytest.mark.skip,1,SHOP-3,"cookies, SHOP-3",baseline,2026-11-16T07:00:00Z,2026-11-16T07:00:00Z,branch,2026-11-30T07:00:00Z
    release,test_logs_in,pytest.mark.skip,2,SHOP-2,"captcha, SHOP-2",baseline,2026-11-16T07:00:00Z,2026-11-16T07:00:00Z,branch,2026-11-30T07:00:00Z
    release,test_pays,pytest.mark.xfail,1,SHOP-1,"times out after 30 s, SHOP-1",baseline,2026-11-16T07:00:00Z,2026-11-16T07:00:00Z,branch,2026-11-30T07:00:00Z
    release,test_searches,pytest.mark.skip,1,,no index,baseline,2026-11-16T07:00:00Z,2026-11-16T07:00:00Z,branch,2026-11-30T07:00:00Z
    "#);
    let columns = [
        "command",
        "outcome",
        "branches",
        "branches_changed",
        "blobs_read",
        "mutes_found",
        "mutes_opened",
        "mutes_closed",
        "mutes_changed",
    ];
    assert_snapshot!(story.rows().runs(&columns), @"
    command,outcome,branches,branches_changed,blobs_read,mutes_found,mutes_opened,mutes_closed,mutes_changed
    scan,complete,1,1,1,2,2,0,0
    scan,complete,1,1,1,4,2,0,2
    scan,complete,2,2,1,8,4,0,4
    scan,complete,2,1,1,6,0,2,1
    scan,complete,1,2,1,3,1,4,0
    ");
    assert_snapshot!(story.rows().table("branches", &["branch", "mutes", "scanned_at", "gone_at"]), @"
    branch,mutes,scanned_at,gone_at
    main,3,2026-11-30T07:00:00Z,
    release,4,2026-11-16T07:00:00Z,2026-11-30T07:00:00Z
    ");
}

#[test]
fn views_tell_what_is_newly_muted_un_muted_and_how_it_went() {
    let mut story = Story::new();
    story.tell("");
    let rows = story.rows();
    let columns = ["branch", "day", "event", "cause", "test_id", "ticket"];
    assert_snapshot!(rows.view("v_mutes_changes", &columns), @"
    branch,day,event,cause,test_id,ticket
    main,2026-11-02,muted,baseline,test_story.py::test_logs_in,SHOP-2
    main,2026-11-02,muted,baseline,test_story.py::test_pays,SHOP-1
    main,2026-11-09,muted,commit,test_story.py::test_logs_in,SHOP-3
    main,2026-11-09,muted,commit,test_story.py::test_searches,
    main,2026-11-23,unmuted,commit,test_story.py::test_logs_in,SHOP-3
    main,2026-11-23,unmuted,commit,test_story.py::test_pays,SHOP-1
    main,2026-11-30,muted,commit,test_story.py::test_pays,SHOP-1
    release,2026-11-16,muted,baseline,test_story.py::test_logs_in,SHOP-2
    release,2026-11-16,muted,baseline,test_story.py::test_logs_in,SHOP-3
    release,2026-11-16,muted,baseline,test_story.py::test_pays,SHOP-1
    release,2026-11-16,muted,baseline,test_story.py::test_searches,
    release,2026-11-30,unmuted,branch,test_story.py::test_logs_in,SHOP-2
    release,2026-11-30,unmuted,branch,test_story.py::test_logs_in,SHOP-3
    release,2026-11-30,unmuted,branch,test_story.py::test_pays,SHOP-1
    release,2026-11-30,unmuted,branch,test_story.py::test_searches,
    ");
    let columns = ["branch", "week", "newly_muted", "unmuted", "net"];
    assert_snapshot!(rows.view("v_mutes_weekly", &columns), @"
    branch,week,newly_muted,unmuted,net
    main,2026-11-09,2,0,2
    main,2026-11-23,0,2,-2
    main,2026-11-30,1,0,1
    ");
    let columns = ["branch", "day", "newly_muted", "unmuted", "muted"];
    assert_snapshot!(rows.view("v_mutes_trend", &columns), @"
    branch,day,newly_muted,unmuted,muted
    main,2026-11-02,2,0,2
    main,2026-11-09,2,0,4
    main,2026-11-23,0,2,2
    main,2026-11-30,1,0,3
    release,2026-11-16,4,0,4
    release,2026-11-30,0,4,0
    ");
}

#[test]
fn what_is_muted_on_one_branch_and_not_on_the_other_is_a_view() {
    let mut story = Story::new();
    story.commit(&[PAY, LOGIN]);
    story.repo.git(&["branch", "release"]);
    story.commit(&[LOGIN, SEARCH]);
    story.scan("");
    let columns = ["branch", "other_branch", "test_id", "ticket"];
    assert_snapshot!(story.rows().view("v_branch_drift", &columns), @r"
        branch,other_branch,test_id,ticket
        main,release,test_story.py::test_searches,
        release,main,test_story.py::test_pays,
        ");
}

#[test]
fn the_same_scan_again_changes_nothing_but_the_ledger_and_reads_no_blob() {
    let mut story = Story::new();
    story.tell("");
    let before = story.rows().all();
    // Ages go on, and nothing else does.
    let columns = "--columns test_id,line_start,reason,nth,first_seen_at,last_seen_at,commit_id";
    let first = story.scan(columns).stdout;
    let second = story.scan(columns).stdout;
    assert_eq!(first, second);
    assert_eq!(story.rows().all(), before);
    let runs = story
        .rows()
        .runs(&["outcome", "blobs_read", "branches_changed", "mutes_found"]);
    let last: Vec<_> = runs.lines().skip(6).collect();
    assert_eq!(last, ["unchanged,0,0,3"; 2]);
}

#[test]
fn a_commit_without_a_change_to_a_mute_touches_only_the_branch() {
    let mut story = Story::new();
    story.commit(&[PAY]);
    story.scan("");
    let mutes = story.rows().table(
        "mutes",
        &["group_id", "nth", "declaration_id", "first_seen_at"],
    );
    story.repo.file("README", "a shop\n").commit("Words");
    story.scan("");
    let columns = ["group_id", "nth", "declaration_id", "first_seen_at"];
    assert_eq!(story.rows().table("mutes", &columns), mutes);
    let runs = story
        .rows()
        .runs(&["outcome", "mutes_opened", "mutes_closed", "mutes_changed"]);
    assert_eq!(runs.lines().last(), Some("complete,0,0,0"));
}

#[test]
fn what_new_rules_find_and_lose_is_not_blamed_on_the_code() {
    let mut story = Story::new();
    story.commit(&[
        PAY,
        "@pytest.mark.broken(\"printer\")\ndef test_prints():\n    pass\n",
    ]);
    story.scan("");
    let home = &story.home;
    let rules = "[[mark]]\nname = \"broken\"\nkind = \"skip\"\nreason = [\"0\"]\n";
    std::fs::write(home.path("work/qaduct.toml"), rules).unwrap();
    story.scan("");
    std::fs::remove_file(story.home.path("work/qaduct.toml")).unwrap();
    story.scan("");
    let columns = [
        "test_id",
        "opened_by",
        "first_seen_at",
        "closed_by",
        "gone_at",
    ];
    assert_snapshot!(story.rows().view("v_mutes", &columns), @"
    test_id,opened_by,first_seen_at,closed_by,gone_at
    test_story.py::test_pays,baseline,2026-11-02T07:00:00Z,,
    test_story.py::test_prints,rules,2026-11-09T07:00:00Z,rules,2026-11-16T07:00:00Z
    ");
    assert_snapshot!(story.rows().view("v_mutes_weekly", &["week", "newly_muted"]), @"week,newly_muted");
}

#[test]
fn a_branch_that_comes_back_begins_anew() {
    let mut story = Story::new();
    story.commit(&[PAY]);
    story.repo.git(&["branch", "release"]);
    story.scan("");
    story.repo.git(&["branch", "--quiet", "-D", "release"]);
    story.scan("");
    story.repo.git(&["branch", "release"]);
    story.scan("");
    let columns = [
        "branch",
        "nth",
        "opened_by",
        "first_seen_at",
        "closed_by",
        "gone_at",
    ];
    assert_snapshot!(story.rows().view("v_mutes", &columns), @"
    branch,nth,opened_by,first_seen_at,closed_by,gone_at
    main,1,baseline,2026-11-02T07:00:00Z,,
    release,1,baseline,2026-11-02T07:00:00Z,branch,2026-11-09T07:00:00Z
    release,2,baseline,2026-11-16T07:00:00Z,,
    ");
}

#[test]
fn a_lost_object_un_mutes_nothing_and_is_looked_for_again() {
    let mut story = Story::new();
    story.commit(&[PAY]);
    story.scan("");
    story.commit(&[PAY, LOGIN]);
    let id = story.repo.git(&["rev-parse", "HEAD:test_story.py"]);
    let object = story
        .repo
        .path()
        .join(".git/objects")
        .join(&id[..2])
        .join(&id[2..]);
    let aside = story.home.path("aside");
    std::fs::rename(&object, &aside).unwrap();
    for _ in 0..2 {
        let outcome = story.try_scan("");
        assert_eq!(outcome.status, Some(3), "{outcome}");
    }
    std::fs::rename(&aside, &object).unwrap();
    story.scan("");
    assert_snapshot!(story.rows().runs(&["outcome", "branches_changed", "blobs_read", "mutes_opened", "mutes_closed"]), @"
    outcome,branches_changed,blobs_read,mutes_opened,mutes_closed
    complete,1,1,1,0
    incomplete,1,0,0,0
    incomplete,0,0,0,0
    complete,1,1,1,0
    ");
    let columns = ["test", "opened_by", "first_seen_at", "gone_at"];
    assert_snapshot!(story.rows().view("v_mutes", &columns), @"
    test,opened_by,first_seen_at,gone_at
    test_logs_in,baseline,2026-11-23T07:00:00Z,
    test_pays,baseline,2026-11-02T07:00:00Z,
    ");
}

#[test]
fn pruning_removes_what_went_long_ago_and_nothing_else() {
    let mut story = Story::new();
    story.tell("");
    let count = |story: &Story| {
        story
            .rows()
            .view("v_mutes", &["test_id", "gone_at"])
            .lines()
            .count()
            - 1
    };
    let before = count(&story);
    let prune = |story: &Story, more: &str| {
        let run = story
            .home
            .qaduct(&format!("db prune --older-than 1day {more}"));
        run.env("QADUCT_CLOCK", "2026-12-07T07:00:00Z").run()
    };
    assert_snapshot!(prune(&story, "--dry-run"), @"
    [stderr]
    would remove from qaduct.db what was gone before 2026-12-06T07:00:00Z: 6 mutes, 9 declarations, 6 tickets, 1 branches, 5 runs, 0 stream runs, 0 requests, 0 job runs
    [status 0]
    ");
    assert_eq!(count(&story), before);
    assert_snapshot!(prune(&story, ""), @"
    [stderr]
    removed from qaduct.db what was gone before 2026-12-06T07:00:00Z: 6 mutes, 9 declarations, 6 tickets, 1 branches, 5 runs, 0 stream runs, 0 requests, 0 job runs
    [status 0]
    ");
    assert_snapshot!(story.rows().view("v_mutes", &["test_id", "muted"]), @"
    test_id,muted
    test_story.py::test_logs_in,true
    test_story.py::test_pays,true
    test_story.py::test_searches,true
    ");
}

//! Jobs as their users meet them: when they are due, what becomes of them, who runs them.

mod processes;

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use qaduct_records::Row as _;
use qaduct_records::job::{Job as Planned, JobRun, Occasion};
use serde_json::Value;

use crate::Home;
use crate::database_server::Database;
use crate::home::{Outcome, Run};
use crate::repo::Repo;
use crate::rows::Rows;
use crate::server::Process;
use processes::{daemon, last};

const JOBS: &str = r#"
[job.nightly]
schedule = "daily 02:30"
time_zone = "Europe/Berlin"
run = [{ scan = true }, { publish = ["export.mutes"] }]

[job.prune]
schedule = "monthly last 23:00"
run = [{ prune = "1y" }]

[job.digest]
schedule = "fortnightly mon 08:00"
anchor = "2026-01-05"
time_zone = "America/Los_Angeles"
run = [{ publish = [] }]

[export.mutes]
view = "v_mutes_current"
columns = ["test"]
to = "mutes.csv"
"#;

/// A folder with jobs and a repository in which one test is muted.
fn home() -> Home {
    let home = Home::new().file(
        "work/qaduct.toml",
        &format!("scan.repositories = [{{ location = \"repo\", name = \"acme/repo\" }}]\n{JOBS}"),
    );
    let mut repo = Repo::new(home.path("work/repo"));
    repo.file(
        "test_a.py",
        "import pytest\n\n\n@pytest.mark.skip(reason=\"SHOP-1\")\ndef test_a():\n    pass\n",
    );
    repo.commit("SHOP-1: mute");
    home
}

fn at(home: &Home, time: &str, arguments: &str) -> Outcome {
    home.qaduct(arguments).env("QADUCT_CLOCK", time).run()
}

/// What the schedule says, without what steps say and how long they took.
fn told(outcome: &Outcome) -> String {
    let lines = outcome.stderr.lines().filter(|it| !it.contains(" | "));
    let line = |line: &str| match line.split_once(" after ") {
        Some((what, _)) if what.ends_with("complete") => format!("{what}\n"),
        _ => format!("{line}\n"),
    };
    lines.map(line).collect()
}

fn json(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}: {outcome}"))
}

#[test]
fn a_dry_run_tells_the_next_times_and_touches_nothing() {
    let home = home();
    let outcome = at(&home, "2026-10-23T12:00:00Z", "run --dry-run");
    assert_snapshot!(outcome, @r"
        JOB      TIME                       UTC
        digest   Mon 2026-10-26 08:00 PDT   Mon 15:00 UTC
                 Mon 2026-11-09 08:00 PST   Mon 16:00 UTC
                 Mon 2026-11-23 08:00 PST   Mon 16:00 UTC
                 Mon 2026-12-07 08:00 PST   Mon 16:00 UTC
                 Mon 2026-12-21 08:00 PST   Mon 16:00 UTC
        nightly  Sat 2026-10-24 02:30 CEST  Sat 00:30 UTC
                 Sun 2026-10-25 02:30 CEST  Sun 00:30 UTC
                 Mon 2026-10-26 02:30 CET   Mon 01:30 UTC
                 Tue 2026-10-27 02:30 CET   Tue 01:30 UTC
                 Wed 2026-10-28 02:30 CET   Wed 01:30 UTC
        prune    Sat 2026-10-31 23:00 UTC   Sat 23:00 UTC
                 Mon 2026-11-30 23:00 UTC   Mon 23:00 UTC
                 Thu 2026-12-31 23:00 UTC   Thu 23:00 UTC
                 Sun 2027-01-31 23:00 UTC   Sun 23:00 UTC
                 Sun 2027-02-28 23:00 UTC   Sun 23:00 UTC
        [stderr]
        digest (fortnightly mon 08:00 from 2026-01-05, America/Los_Angeles) would do: publish
        nightly (daily 02:30, Europe/Berlin) would do: scan; publish export.mutes
        prune (monthly last 23:00, UTC) would do: db prune --older-than=1year
        [status 0]
        ");
    assert!(!home.path("work/qaduct.db").exists());
    let outcome = at(
        &home,
        "2026-10-23T12:00:00Z",
        "run digest --dry-run --format json",
    );
    assert_snapshot!(outcome.stdout, @r#"
        {
          "schema_version": 1,
          "tool": {
            "name": "qaduct",
            "version": "0.1.0"
          },
          "as_of": "2026-10-23T12:00:00Z",
          "items": [
            {
              "job": "digest",
              "schedule": "fortnightly mon 08:00",
              "time_zone": "America/Los_Angeles",
              "times": [
                "2026-10-26T15:00:00Z",
                "2026-11-09T16:00:00Z",
                "2026-11-23T16:00:00Z",
                "2026-12-07T16:00:00Z",
                "2026-12-21T16:00:00Z"
              ],
              "run": [
                [
                  "publish"
                ]
              ]
            }
          ]
        }
        "#);
}

#[test]
fn what_is_due_runs_once_also_after_days_without_anybody() {
    let home = home();
    let outcome = at(&home, "2026-11-20T00:00:00Z", "run --once");
    assert_snapshot!(outcome, @r"
        [stderr]
        digest: planned from now on, next at 2026-11-23 08:00 PST
        nightly: planned from now on, next at 2026-11-20 02:30 CET
        prune: planned from now on, next at 2026-11-30 23:00 UTC
        nothing is due
        [status 0]
        ");
    let outcome = at(&home, "2026-11-22T07:00:00Z", "run --once");
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert!(
        outcome
            .stderr
            .contains("nightly | export.mutes  mutes.csv  created"),
        "{outcome}"
    );
    assert_snapshot!(told(&outcome), @r"
        warning[QJ207]: nightly was due 3 times while nobody ran jobs, and runs once now
        nightly@2026-11-22T01:30:00Z: begun
        nightly@2026-11-22T01:30:00Z: complete
        ");
    assert_eq!(
        std::fs::read_to_string(home.path("work/mutes.csv")).unwrap(),
        "test\r\ntest_a\r\n"
    );
    let outcome = at(&home, "2026-11-22T07:00:00Z", "run --once");
    assert_snapshot!(outcome, @r"
        [stderr]
        nothing is due
        [status 0]
        ");
    let outcome = at(&home, "2026-11-22T08:00:00Z", "status");
    assert_snapshot!(outcome, @r"
        REPOSITORY  BRANCHES  MUTES  SCANNED (UTC)     AGE
        acme/repo   1         1      2026-11-22 07:00  60 min

        JOB      STATE     SINCE   LAST RUN              NEXT                  ERROR
        digest   never     -       -                     2026-11-23T16:00:00Z  -
        nightly  complete  60 min  2026-11-22T07:00:00Z  2026-11-23T01:30:00Z  -
        prune    never     -       -                     2026-11-30T23:00:00Z  -
        [status 0]
        ");
    // Nobody comes on the next day.
    let outcome = at(&home, "2026-11-23T02:00:00Z", "status");
    assert_snapshot!(outcome, @r"
        REPOSITORY  BRANCHES  MUTES  SCANNED (UTC)     AGE
        acme/repo   1         1      2026-11-22 07:00  19 h

        JOB      STATE    SINCE  LAST RUN              NEXT                  ERROR
        digest   never    -      -                     2026-11-23T16:00:00Z  -
        nightly  overdue  19 h   2026-11-22T07:00:00Z  2026-11-24T01:30:00Z  -
        prune    never    -      -                     2026-11-30T23:00:00Z  -
        [stderr]
        error[QJ411]: due and not run: nightly
          help: `qaduct run` runs jobs when they are due; is it running?
        [status 3]
        ");
}

#[test]
fn a_run_that_is_planned_and_that_nobody_begins_is_overdue() {
    let home = home();
    at(&home, "2026-11-20T00:00:00Z", "run --once");
    let mut store =
        qaduct_stores::open(home.path("work/qaduct.db").to_str().unwrap(), None).unwrap();
    let fire_at = "2026-11-20T01:30:00Z".parse().unwrap();
    let waiting = JobRun::new("nightly", fire_at, Occasion::Slot);
    let planned = Planned {
        job: waiting.job.clone(),
        schedule: "daily 02:30, Europe/Berlin".to_owned(),
        planned_until: fire_at,
    };
    let mut transaction = store.begin("jobs").unwrap();
    transaction
        .upsert(JobRun::TABLE, &JobRun::batch(&[waiting]))
        .unwrap();
    transaction
        .upsert(Planned::TABLE, &Planned::batch(&[planned]))
        .unwrap();
    transaction.commit().unwrap();
    let state = |time: &str| {
        let outcome = at(&home, time, "status --format json");
        let state = json(&outcome)["jobs"][1]["state"].clone();
        (state.as_str().unwrap().to_owned(), outcome.status)
    };
    let is = |word: &str, status| (word.to_owned(), Some(status));
    assert_eq!(state("2026-11-20T01:44:00Z"), is("waiting", 0));
    assert_eq!(state("2026-11-20T01:46:00Z"), is("overdue", 3));
    assert_eq!(state("2026-11-22T00:00:00Z"), is("overdue", 3));
}

#[test]
fn a_job_by_hand_ends_as_its_steps_do() {
    let home = home();
    let outcome = at(&home, "2026-11-20T00:00:00Z", "run --once nightly");
    assert_eq!(outcome.status, Some(0), "{outcome}");
    std::fs::remove_dir_all(home.path("work/repo")).unwrap();
    let outcome = at(&home, "2026-11-20T00:10:00Z", "run --once nightly");
    assert_snapshot!(outcome, @r"
        [stderr]
        nightly@2026-11-20T00:10:00Z: begun
        nightly | error[QS400]: no git repository at `repo`
        nightly |   help: try `git -C 'repo' status`, or name a repository: `qaduct scan PATH`
        error[QJ206]: nightly@2026-11-20T00:10:00Z failed after 0s, exit status 2
          scan: error[QS400]: no git repository at `repo`
          help: try `git -C 'repo' status`, or name a repository: `qaduct scan PATH`
        [status 2]
        ");
    let outcome = at(&home, "2026-11-20T00:20:00Z", "status --format json");
    assert_eq!(outcome.status, Some(3));
    let state = &json(&outcome)["jobs"][1];
    assert_eq!(state["job"], "nightly");
    let mut last = state["last_run"].clone();
    assert!(last["worker"].take().is_string());
    assert_snapshot!(serde_json::to_string_pretty(&last).unwrap(), @r#"
        {
          "job_run": "nightly@2026-11-20T00:10:00Z",
          "fire_at": "2026-11-20T00:10:00Z",
          "occasion": "by_hand",
          "missed": 0,
          "state": "failed",
          "attempt": 1,
          "failures": 1,
          "worker": null,
          "started_at": "2026-11-20T00:10:00Z",
          "finished_at": "2026-11-20T00:10:00Z",
          "exit_code": 2,
          "error": "scan: error[QS400]: no git repository at `repo`\n  help: try `git -C 'repo' status`, or name a repository: `qaduct scan PATH`"
        }
        "#);
    let outcome = at(&home, "2026-11-20T00:20:00Z", "run --once nigthly");
    assert_snapshot!(outcome, @r"
        [stderr]
        error[QU001]: there is no job `nigthly`
          help: did you mean `nightly`?
        [status 2]
        ");
}

#[test]
fn what_was_done_in_part_is_followed_by_the_rest_and_told_in_the_end() {
    let home = home();
    let settings = std::fs::read_to_string(home.path("work/qaduct.toml")).unwrap();
    let settings = settings.replacen(
        "\"acme/repo\" }",
        "\"acme/repo\" }, { location = \"gone\" }",
        1,
    );
    std::fs::write(home.path("work/qaduct.toml"), settings).unwrap();
    let outcome = at(&home, "2026-11-20T00:00:00Z", "run --once nightly");
    assert_eq!(outcome.status, Some(3), "{outcome}");
    assert!(home.path("work/mutes.csv").exists());
    assert_snapshot!(told(&outcome), @r"
        nightly@2026-11-20T00:00:00Z: begun
        error[QJ206]: nightly@2026-11-20T00:00:00Z was done in part after 0s, exit status 3
          scan: error[QS400]: no git repository at `gone`
          help: try `git -C 'gone' status`, or name a repository: `qaduct scan PATH`
        ");
}

#[test]
fn who_is_started_by_another_scheduler_is_in_time_for_an_hour_and_makes_up_for_nothing_older() {
    let text = "scan.repositories = [{ location = \"repo\" }]\n\
         [job.scan]\nschedule = \"daily 08:05\"\ncatch_up = \"none\"\nrun = [{ scan = true }]\n";
    let home = home().file("work/qaduct.toml", text);
    // It comes at every full hour, and on the second day too late even for that.
    assert_snapshot!(told(&at(&home, "2026-11-20T08:00:00Z", "run --once")), @r"
        scan: planned from now on, next at 2026-11-20 08:05 UTC
        nothing is due
        ");
    assert_snapshot!(told(&at(&home, "2026-11-20T09:00:40Z", "run --once")), @r"
        scan@2026-11-20T08:05:00Z: begun
        scan@2026-11-20T08:05:00Z: complete
        ");
    assert_snapshot!(told(&at(&home, "2026-11-21T09:40:00Z", "run --once")), @r"
        warning[QJ207]: scan was due once while nobody ran jobs
        nothing is due
        ");
}

#[test]
fn who_asks_for_what_run_does_not_do_is_told_what_to_type() {
    let text = "[job.scan]\nschedule = \"daily 08:05\"\nrun = [{ scan = true }]\n";
    let home = home().file("work/qaduct.toml", text);
    assert_snapshot!(told(&at(&home, "2026-11-20T08:00:00Z", "run scan --once")), @r"
        scan: planned from now on, next at 2026-11-20 08:05 UTC
        scan is not due; `qaduct run --once scan` runs it all the same
        ");
    assert_snapshot!(at(&home, "2026-11-20T08:00:00Z", "run -f json --once"), @r"
        [stderr]
        error[QU001]: `--format json` tells when jobs are due, and runs none
          help: write `qaduct run --dry-run --format json`; what has become of jobs is told by `qaduct status --format json`
        [status 2]
        ");
}

#[test]
fn steps_that_are_done_are_not_done_again() {
    // Nobody listens on the port of a listener that is gone.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let settings = format!(
        "scan.repositories = [{{ location = \"repo\" }}]\npull.attempts = 1\n\
         [source.bmo]\nkind = \"bugzilla\"\nurl = \"http://127.0.0.1:{port}\"\n\
         [job.both]\nschedule = \"daily 08:00\"\nretries = 2\nretry_after = \"50ms\"\n\
         run = [{{ scan = true }}, {{ pull = [\"bmo.products\"] }}]\n"
    );
    let home = home().file("work/qaduct.toml", &settings);
    at(&home, "2020-01-01T00:00:00Z", "run --once");
    let mut process = Process::start(daemon(&home, "qaduct.db"));
    process.wait_for("error[QJ206]");
    process.signal("TERM");
    assert_eq!(process.end().code(), Some(0), "{}", process.said);
    let run = last(&home, "qaduct.db");
    assert_eq!((&run["attempt"], &run["exit_code"]), (&3.into(), &5.into()));
    let runs = Rows::of(home.path("work/qaduct.db")).runs(&["command", "outcome"]);
    assert_eq!(runs.matches("scan").count(), 1, "{runs}");
    assert_eq!(runs.matches("pull").count(), 3, "{runs}");
}

#[test]
fn jobs_that_cannot_be_run_are_told_by_the_check_of_the_settings() {
    let home = Home::new().file(
        "work/qaduct.toml",
        r#"[source.testrail]
url = "https://testrail.example.org"
user = "qa"
token = { env = "KEY" }

[export.weekly]
view = "v_mutes_weekly"
to = "weekly.csv"

[job.a]
schedule = "dayly 08:00"
run = [{ pull = ["testrial"] }, { pull = ["testrail.casse"] }, { publish = ["export.weakly"] }]

[job.b]
schedule = "fortnightly mon 08:00"
time_zone = "Europe/Berlin"
catch_up = "twice"
run = [{ pull = [], publish = [] }, {}, { scan = true, project = "shop" }]

[job.c]
schedule = "daily 08:00"
time_zone = "Europe/Belrin"
run = []

[job.D_]
schedule = "0 8 * *"
run = [{ pull = [], project = "shop" }]

[job.e]
"#,
    );
    let outcome = home.qaduct("config check").run();
    assert_eq!(outcome.status, Some(2));
    assert_snapshot!(outcome.stderr, @r#"
        error[QC005]: `job.b.catch_up` cannot be `twice`
          --> qaduct.toml:17:12
           |
        17 | catch_up = "twice"
           |            ^^^^^^^
           = help: known words are once, none

        error[QC006]: `job.e` has no `schedule`
          --> qaduct.toml:29:1
           |
        29 | [job.e]
           | ^^^^^^^
           = help: add `schedule = …`: When it is due: `hourly`, `daily 08:00`, `weekly sat 07:00`, `fortnightly mon 08:00`, `monthly 1 08:00`, `monthly last 08:00`, or the five fields of cron

        error[QC006]: `job.e` has no `run`
          --> qaduct.toml:29:1
           |
        29 | [job.e]
           | ^^^^^^^
           = help: add `run = …`: Its steps in order. Each is a table with one of `scan`, `pull`, `publish` and `prune`

        error[QC005]: `job.D_` is no name of a job
          --> qaduct.toml:25:6
           |
        25 | [job.D_]
           |      ^^
           = help: write up to 50 small letters, digits and `-`, a letter first

        error[QC005]: `job.D_`: `0 8 * *` is no schedule
          --> qaduct.toml:26:12
           |
        26 | schedule = "0 8 * *"
           |            ^^^^^^^^^
           = help: write `hourly`, `hourly :30`, `daily 08:00`, `weekly sat 07:00`, `fortnightly mon 08:00`, `monthly 1 08:00`, `monthly last 08:00` or the five fields of cron

        error[QC005]: `job.D_` names `shop`, and there is no such project
          --> qaduct.toml:27:31
           |
        27 | run = [{ pull = [], project = "shop" }]
           |                               ^^^^^^
           = help: none is configured

        error[QC005]: `job.a`: `dayly 08:00` is no schedule
          --> qaduct.toml:11:12
           |
        11 | schedule = "dayly 08:00"
           |            ^^^^^^^^^^^^^
           = help: did you mean `daily`?

        error[QC005]: `job.a` pulls `testrial`, and there is no such source
          --> qaduct.toml:12:18
           |
        12 | run = [{ pull = ["testrial"] }, { pull = ["testrail.casse"] }, { publish = ["export.weakly"] }]
           |                  ^^^^^^^^^^ did you mean `testrail`?

        error[QC005]: `testrail` has no stream `casse`
          --> qaduct.toml:12:43
           |
        12 | run = [{ pull = ["testrial"] }, { pull = ["testrail.casse"] }, { publish = ["export.weakly"] }]
           |                                           ^^^^^^^^^^^^^^^^ did you mean `cases`?

        error[QC005]: `job.a` publishes `export.weakly`, and there is no such publication
          --> qaduct.toml:12:77
           |
        12 | run = [{ pull = ["testrial"] }, { pull = ["testrail.casse"] }, { publish = ["export.weakly"] }]
           |                                                                             ^^^^^^^^^^^^^^^ did you mean `export.weekly`?

        error[QC005]: `job.c`: there is no time zone `Europe/Belrin`
          --> qaduct.toml:22:13
           |
        22 | time_zone = "Europe/Belrin"
           |             ^^^^^^^^^^^^^^^
           = help: did you mean `Europe/Berlin`?

        error[QC005]: `job.c` has nothing to do
          --> qaduct.toml:20:1
           |
        20 | [job.c]
           | ^^^^^^^
           = help: write run = [{ pull = [] }], or another step
        "#);
}

#[test]
fn the_example_is_due_when_the_workflows_of_testops_dashboard_were() {
    let home = Home::new();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/mozilla/qaduct.toml");
    let run = home
        .qaduct("run --dry-run --format json --config")
        .arg(file);
    // A Sunday.
    let outcome = run.env("QADUCT_CLOCK", "2026-11-22T12:00:00Z").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    let document = json(&outcome);
    let items = document["items"].as_array().unwrap().iter();
    let next = |it: &Value| {
        let time: jiff::Timestamp = it["times"][0].as_str().unwrap().parse().unwrap();
        format!(
            "{} {}",
            it["job"].as_str().unwrap(),
            time.strftime("%a %H:%M")
        )
    };
    let mut found: Vec<String> = items.map(next).collect();
    found.sort();
    let expected = [
        "alerts Sun 13:00",
        "desktop Mon 04:00",
        "desktop-weekly Sat 07:00",
        "github-weekly Mon 04:00",
        "ios-deep-dive Tue 10:00",
        "mobile-weekly Sat 04:00",
        "morning Mon 08:00",
        "pages Mon 02:00",
        "prune Tue 01:00",
        "test-health Mon 08:00",
        "vendor Mon 05:00",
    ];
    assert_eq!(found, expected);
}

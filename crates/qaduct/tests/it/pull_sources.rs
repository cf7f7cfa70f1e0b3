//! Sources that are listed, tested, discovered and stood in for, and what is said of those
//! that cannot be had.

use crate::Home;
use crate::stands::{self, home, pull, run, serve};
use insta::assert_snapshot;
use qaduct_replay::World;
use std::fs;
use std::process::Stdio;

#[test]
fn sources_are_listed_tested_and_discovered() {
    let server = serve(World::of("testrail", 7, 60), &[]);
    let home = home(&server, &["testrail"], "");
    let list = run(&home, "sources list").run();
    assert!(list.stdout.contains("REPLAY_TOKEN"), "{list}");
    assert!(!list.stdout.contains(stands::TOKEN), "{list}");
    let test = run(&home, "sources test").run();
    assert_snapshot!(test, @"
    SOURCE    KIND      USER                 VERSION  QUOTA LEFT  MAY
    testrail  testrail  person0@example.org  -        -           Lead, administrator
    [status 0]
    ");
    let refused = home
        .qaduct("sources test testrail")
        .env("REPLAY_TOKEN", "wrong-token-0123456")
        .run();
    assert_eq!(refused.status, Some(4), "{refused}");
    let discovered = run(&home, "sources discover testrail").run();
    assert_eq!(discovered.status, Some(0));
    // What it prints goes into the section that there is.
    assert!(
        discovered
            .stdout
            .starts_with("# for [source.testrail] in qaduct.toml:"),
        "{discovered}"
    );
    let settings = fs::read_to_string(home.path("work/qaduct.toml")).unwrap();
    let (head, lines) = ("[source.testrail]\n", &discovered.stdout);
    let pasted = settings.replace(head, &format!("{head}{lines}"));
    let home = home.file("work/qaduct.toml", &pasted);
    let checked = run(&home, "config check").run();
    assert_eq!(checked.status, Some(0), "{checked}");
    let again = run(&home, "sources discover testrail").run();
    assert!(
        again.stdout.contains("in place of its `projects`\n"),
        "{again}"
    );
    let schema = run(&home, "sources schema testrail.statuses").run();
    assert_snapshot!(schema.stdout.lines().take(9).collect::<Vec<_>>().join("\n"), @"
    testrail.statuses
      parts    as the configuration says
      changes  all of it is read each time
      final    never
      gone     what a whole reading does not list is gone
      proof    the end of the pages

      testrail_statuses: A status of results. 1 is passed, 2 blocked, 3 untested, 4 retest, 5 failed; others are of the instance.
      key: source, status_id
    ");
}

#[test]
fn what_replay_prints_is_a_configuration_that_can_be_pulled() {
    let home = Home::new();
    let mut command = home
        .qaduct("replay --port 0 --size 100 --service testrail")
        .command();
    let file = fs::File::create(home.path("work/qaduct.toml")).unwrap();
    let mut child = command.stdout(file).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut errors = std::io::BufReader::new(child.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut errors, &mut line).unwrap();
    assert!(line.contains("records on http://127.0.0.1:"), "{line}");
    let outcome = run(&home, "pull testrail.projects").run();
    let asked = child.id().to_string();
    let kill = std::process::Command::new("kill")
        .args(["-INT", &asked])
        .status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(outcome.status, Some(0), "{outcome}");
}

#[test]
fn a_stream_that_the_settings_leave_off_says_how_it_is_switched_on() {
    let server = serve(World::of("testrail", 7, 60), &[]);
    let home = home(&server, &["testrail"], "");
    let how = "testrail.case_history is off: `options = { case_history = \"true\" }` \
               in [source.testrail] switches it on";
    let told = pull(&home, "--dry-run testrail.case_history", 0);
    assert!(told.contains(how), "{told}");
    assert!(told.contains("the settings: it is off"), "{told}");
    assert!(!told.contains("a count of the service"), "{told}");
    let told = pull(&home, "testrail.case_history", 0);
    assert!(told.contains(how), "{told}");
    // Nobody who pulls all asked for it.
    assert!(!pull(&home, "", 0).contains("is off"));
}

#[test]
fn an_address_without_the_service_is_told_by_its_setting() {
    let server = serve(World::of("bugzilla", 7, 60), &[]);
    let home = home(&server, &["bmo"], "");
    for command in ["sources test", "pull"] {
        let elsewhere = format!("{}/zzz", server.url("bmo"));
        let told = run(&home, command).env("QADUCT_SOURCE__BMO__URL", elsewhere);
        let told = told.run();
        assert!(
            told.stderr.contains("check `url` of [source.bmo]"),
            "{told}"
        );
        assert!(!told.stderr.contains("sources discover"), "{told}");
        assert!(!told.stderr.contains("stored in"), "{told}");
        assert_eq!(told.status, Some(2), "{told}");
    }
}

#[test]
fn a_stream_without_its_source_is_found_in_the_sources_that_have_it() {
    let server = serve(World::of("bugzilla", 7, 20), &[]);
    let home = home(&server, &["bmo"], "");
    assert_snapshot!(pull(&home, "bugs", 2), @"
    [stderr]
    error[QU001]: there is no source `bugs`
      help: did you mean `bmo.bugs`?
    [status 2]
    ");
}

#[test]
fn help_of_a_test_does_not_lead_back_to_the_test() {
    let server = serve(World::of("testrail", 7, 20), &[]);
    let home = home(&server, &["testrail"], "");
    let refused = home
        .qaduct("sources test")
        .env("REPLAY_TOKEN", "wrong-token-0123456");
    let refused = refused.run();
    assert_eq!(refused.status, Some(4), "{refused}");
    assert_snapshot!(help(&refused.stderr), @"help: check `token` of [source.testrail], and `user` where there is one; `qaduct config show --origin` tells where they are set");
    drop(server);
    let silent = run(&home, "sources test").run();
    assert_eq!(silent.status, Some(5), "{silent}");
    assert_snapshot!(help(&silent.stderr), @"help: check `url` of [source.testrail] and the way to it; `qaduct config show --origin` tells where it is set");
}

fn help(told: &str) -> String {
    let lines = told.lines().filter(|it| it.contains("help: "));
    lines.map(str::trim).collect::<Vec<_>>().join("\n")
}

//! Bitrise: builds young and archived, and what belongs to them.

use std::collections::BTreeSet;

use qaduct_records::Value;
use qaduct_records::source::{Failure, Source};
use qaduct_replay::{Options, Server, World};

use crate::reader::{
    TOKEN, assert_no_secret, open, parts, poll, read, read_all, read_some, reading, serve, setup,
    stream,
};
use crate::script::{self, json};
use crate::shelf::{Shelf, assert_same};

fn world() -> World {
    World::of("bitrise", 7, 600)
}

fn source(server: &Server) -> Box<dyn Source> {
    open(setup(server, "bitrise", "bitrise"))
}

/// A server whose pages have so many rows at most.
fn narrow(rows: usize) -> Server {
    let options = Options {
        page: Some(rows),
        credentials: vec![TOKEN.to_owned()],
        ..Options::default()
    };
    Server::start(world(), options).unwrap()
}

/// All that there is and nothing else.
fn assert_all_there(shelf: &Shelf, server: &Server) {
    let world = server.world();
    assert_eq!(shelf.keys("bitrise_apps"), world.ids("bitrise.apps"));
    assert_eq!(
        shelf.keys("bitrise_workflows"),
        world.ids("bitrise.workflows")
    );
    let (young, old) = (
        shelf.keys("bitrise_builds"),
        shelf.keys("bitrise_archived_builds"),
    );
    assert!(young.len() > 100 && old.len() > 100);
    assert!(young.is_disjoint(&old));
    let both: BTreeSet<_> = young.union(&old).cloned().collect();
    assert_eq!(both, world.ids("bitrise.builds"));
    let mut artifacts = shelf.keys("bitrise_artifacts");
    let of_old = shelf.keys("bitrise_archived_artifacts");
    artifacts.extend(
        of_old
            .iter()
            .filter_map(|it| Some(it.split_once(',')?.1.to_owned())),
    );
    assert_eq!(artifacts, world.ids("bitrise.artifacts"));
}

#[test]
fn all_builds_are_read_those_older_than_two_hundred_days_from_their_own_list() {
    let server = serve(world(), &[]);
    let now = server.world().now();
    let shelf = read_all(source(&server).as_mut(), now);
    assert_all_there(&shelf, &server);
    assert_eq!(shelf.incomplete, Vec::<String>::new());
    assert_eq!(shelf.problems, []);
    assert_no_secret(&shelf, &server);
}

#[test]
fn what_a_build_was_started_with_is_not_kept() {
    let server = serve(world(), &[]);
    let now = server.world().now();
    let shelf = read_all(source(&server).as_mut(), now);
    let kept = format!("{} {:?}", shelf.dump(), shelf.problems);
    assert!(!kept.contains("original_build_params"));
    assert!(!kept.contains("planted"), "a secret is somewhere");
}

#[test]
fn a_build_has_its_times_its_page_and_no_pull_request_where_there_is_none() {
    let mut world = world();
    let id = world.ids("bitrise.builds").last().unwrap().clone();
    world.change("bitrise.builds", &id, |it| {
        it["pull_request_id"] = 0.into();
        it["triggered_at"] = "2026-03-01T10:00:00Z".into();
        it["started_on_worker_at"] = "2026-03-01T10:00:07Z".into();
        it["finished_at"] = serde_json::Value::Null;
        it["something_new"] = 4711.into();
    });
    let server = serve(world, &[]);
    let now = server.world().now();
    let shelf = read_some(source(&server).as_mut(), now, &["builds"]);
    let build = shelf.row("bitrise_builds", &id);
    assert_eq!(build.get("pull_request_id"), None);
    assert_eq!(build.get("finished_at"), None);
    assert_eq!(build["started_at"].to_string(), "2026-03-01T10:00:07Z");
    let page = format!("https://app.bitrise.io/build/{id}");
    assert_eq!(build["url"], page.as_str().into());
    assert_eq!(build["_extra"], r#"{"something_new":4711}"#.into());
}

#[test]
fn what_the_tests_of_a_build_gave_is_kept_as_it_comes() {
    let server = serve(world(), &[]);
    let now = server.world().now();
    let mut source = source(&server);
    let shelf = read_some(source.as_mut(), now, &["builds", "test_results"]);
    let ended = |it: &serde_json::Value| it["status"] != 0;
    let ended = server.world().ids_where("bitrise.builds", ended);
    let read = shelf.keys("bitrise_test_results");
    let builds = shelf.keys("bitrise_builds");
    assert_eq!(read, builds.intersection(&ended).cloned().collect());
    let key = read.first().unwrap();
    let results = shelf.row("bitrise_test_results", key)["results"].to_string();
    assert!(results.starts_with(r#"{"test_suites":[{"#), "{results}");
    assert!(results.contains("starts 🦊"), "{results}");

    let builds = stream(source.as_ref(), "test_results");
    let switched = source.off(builds).unwrap();
    assert!(switched.contains(r#"test_results = "true""#), "{switched}");
}

#[test]
fn the_token_is_sent_as_it_is_with_every_request() {
    let server = script::Server::new(|_, _| {
        json(r#"{"data": [], "paging": {"total_item_count": 0, "page_item_limit": 50}}"#)
    });
    let bitrise = serve(world(), &[]);
    let mut settings = setup(&bitrise, "bitrise", "bitrise");
    settings.url = Some(server.url.clone());
    settings.projects = vec!["0a1b2c3d4e5f6071".to_owned()];
    let now = settings.now;
    read_all(open(settings).as_mut(), now);
    let asked = server.asked();
    assert!(asked.len() > 3);
    for it in asked {
        assert_eq!(it.header("authorization"), Some(TOKEN), "{}", it.line);
    }
}

#[test]
fn without_a_token_or_with_one_that_is_not_known_nothing_is_read() {
    let server = serve(world(), &[]);
    let mut settings = setup(&server, "bitrise", "bitrise");
    settings.token = None;
    let clock = std::sync::Arc::new(crate::reader::Still::at(settings.now));
    let opened = qaduct_sources::open(settings, std::sync::Arc::clone(&clock) as _, clock);
    let error = opened.err().unwrap();
    assert_eq!(error.kind, Failure::Config);
    assert_eq!(error.trouble, "[source.tools] has no `token`");

    let mut settings = setup(&server, "bitrise", "bitrise");
    settings.token = Some(qaduct_records::Secret::new("another"));
    let mut source = open(settings);
    let builds = stream(source.as_ref(), "builds");
    let error = source.scopes(builds).unwrap_err();
    assert_eq!(error.kind, Failure::Credential);
}

#[test]
fn an_app_may_be_named_by_its_slug_its_title_or_its_repository() {
    let server = serve(world(), &[]);
    for (project, slug) in [
        ("1b2c3d4e5f607182", "1b2c3d4e5f607182"),
        ("focus-ios", "1b2c3d4e5f607182"),
        ("mozilla-mobile/focus-ios", "1b2c3d4e5f607182"),
        // One that is in no list: it may be public.
        ("9999999999999999", "9999999999999999"),
    ] {
        let mut settings = setup(&server, "bitrise", "bitrise");
        settings.projects = vec![project.to_owned()];
        let mut source = open(settings);
        let builds = stream(source.as_ref(), "builds");
        let scopes = source.scopes(builds).unwrap();
        let names: Vec<_> = scopes.iter().map(|it| it.text("app_slug")).collect();
        assert_eq!(names, [slug], "{project}");
    }
    let mut settings = setup(&server, "bitrise", "bitrise");
    settings.projects = vec!["focus".to_owned()];
    let mut source = open(settings);
    let builds = stream(source.as_ref(), "builds");
    let error = source.scopes(builds).unwrap_err();
    assert_eq!(error.kind, Failure::Config);
    assert_eq!(
        error.trouble,
        "there is no app `focus` that the token may see"
    );
}

#[test]
fn archived_builds_that_fill_more_than_an_answer_are_asked_for_by_spans() {
    let server = narrow(20);
    let now = server.world().now();
    let shelf = read_some(source(&server).as_mut(), now, &["apps", "archived_builds"]);
    let wide = serve(world(), &[]);
    let whole = read_some(source(&wide).as_mut(), now, &["apps", "archived_builds"]);
    assert_eq!(shelf.incomplete, Vec::<String>::new());
    let names = ["bitrise_archived_builds", "bitrise_archived_artifacts"];
    for table in names {
        assert_eq!(shelf.keys(table), whole.keys(table), "{table}");
    }
    assert!(shelf.urls.len() > 10);
}

#[test]
fn more_archived_builds_of_one_second_than_an_answer_has_are_named() {
    let mut world = world();
    for id in world.ids("bitrise.builds").into_iter().take(30) {
        world.change("bitrise.builds", &id, |it| {
            it["started_on_worker_at"] = "2025-03-01T10:00:00Z".into();
        });
    }
    let options = Options {
        page: Some(20),
        ..Options::default()
    };
    let server = Server::start(world, options).unwrap();
    let now = server.world().now();
    let shelf = read_some(source(&server).as_mut(), now, &["archived_builds"]);
    assert_eq!(
        shelf.incomplete,
        ["Bitrise has more archived builds of one second than the 20 that it gives"]
    );
}

#[test]
fn archived_builds_that_are_counted_and_not_given_are_named() {
    let server = narrow(20);
    let now = server.world().now();
    let mut settings = setup(&server, "bitrise", "bitrise");
    settings.projects = vec!["firefox-ios".to_owned()];
    // A build goes as soon as all were counted.
    server.set_faults(&["drop@archived-builds:1".parse().unwrap()]);
    let shelf = read_some(open(settings).as_mut(), now, &["archived_builds"]);
    let left = shelf.keys("bitrise_archived_builds").len();
    let counted = left + 1;
    assert_eq!(
        shelf.incomplete,
        [format!(
            "Bitrise counts {counted} archived builds and gave {left}"
        )]
    );
}

#[test]
fn a_later_reading_asks_from_where_the_last_one_ended() {
    let server = serve(world(), &[]);
    let now = server.world().now();
    let mut source = source(&server);
    let builds = stream(source.as_ref(), "builds");
    let scope = source.scopes(builds).unwrap().pop().unwrap();
    let lower = now - jiff::SignedDuration::from_hours(24 * 10);
    let mut shelf = Shelf::default();
    let reading = reading(scope.clone(), Some(lower), now);
    read(source.as_mut(), builds, &reading, &mut shelf).unwrap();
    let text = lower.to_string();
    let app = scope.text("app_slug");
    let there = server.world().ids_where("bitrise.builds", |it| {
        it["_app"] == app.as_str() && it["triggered_at"].as_str().unwrap() >= text.as_str()
    });
    assert!(!there.is_empty());
    assert_eq!(shelf.keys("bitrise_builds"), there);
    let predicted = source.predict(builds, &reading).unwrap();
    assert_eq!(predicted.rows, Some(there.len() as u64));
}

#[test]
fn a_build_of_any_age_can_be_asked_for_and_one_that_is_gone_says_so() {
    let server = serve(world(), &[]);
    let now = server.world().now();
    let mut source = source(&server);
    let mut shelf = read_some(source.as_mut(), now, &["builds"]);
    let builds = stream(source.as_ref(), "builds");
    let key = shelf.keys("bitrise_builds").pop_last().unwrap();
    let app = shelf.row("bitrise_builds", &key)["app_slug"].clone();
    let scope = qaduct_records::source::Scope::of([("app_slug", app)]);
    let keys = || vec![vec![Value::from(key.as_str())]];
    server.world().change("bitrise.builds", &key, |it| {
        it["status"] = 2.into();
        it["triggered_at"] = "2025-01-01T00:00:00Z".into();
    });
    poll(source.as_mut(), builds, &scope, keys(), &mut shelf);
    assert_eq!(shelf.row("bitrise_builds", &key)["status"], Value::Int(2));
    server.world().remove("bitrise.builds", &key);
    poll(source.as_mut(), builds, &scope, keys(), &mut shelf);
    assert_eq!(shelf.row("bitrise_builds", &key)["_gone"], "deleted".into());
}

/// Streams with lists of more than one page.
const LONG: &[&str] = &["apps", "builds", "archived_builds"];

#[test]
fn a_reading_goes_on_from_each_of_its_positions() {
    let server = narrow(20);
    let now = server.world().now();
    let mut source = source(&server);
    let source = source.as_mut();
    let mut continued = 0;
    for name in LONG {
        let stream = stream(source, name);
        for scope in parts(source, stream, &Shelf::default()) {
            let reading = reading(scope, None, now);
            let mut all = Shelf::default();
            let positions = read(source, stream, &reading, &mut all).unwrap();
            for (n, position) in positions.iter().enumerate() {
                let Some(position) = position else { continue };
                let mut shelf = Shelf::default();
                let mut pages = source.read(stream, &reading).unwrap();
                for _ in 0..=n {
                    shelf.keep(stream.table, &pages.next().unwrap().unwrap());
                }
                drop(pages);
                let mut reading = reading.clone();
                reading.position = Some(position.clone());
                read(source, stream, &reading, &mut shelf).unwrap();
                assert_eq!(all.dump(), shelf.dump(), "{name} after page {n}");
                continued += 1;
            }
        }
    }
    assert!(continued > 10, "{continued}");
}

#[test]
fn a_position_at_a_build_that_is_gone_is_one_that_is_too_old() {
    let server = narrow(20);
    let now = server.world().now();
    let mut source = source(&server);
    let builds = stream(source.as_ref(), "builds");
    let scope = source.scopes(builds).unwrap().pop().unwrap();
    let mut reading = reading(scope, None, now);
    let mut shelf = Shelf::default();
    let positions = read(source.as_mut(), builds, &reading, &mut shelf).unwrap();
    reading.position.clone_from(&positions[0]);
    let position = reading.position.clone().unwrap();
    let keys = shelf.keys("bitrise_builds");
    let next = keys.iter().find(|it| position.contains(it.as_str()));
    server.world().remove("bitrise.builds", next.unwrap());
    let mut pages = source.read(builds, &reading).unwrap();
    assert_eq!(pages.next().unwrap_err().kind, Failure::Position);
}

#[test]
fn faults_on_the_way_change_nothing() {
    let undisturbed = {
        let server = narrow(20);
        let now = server.world().now();
        read_some(source(&server).as_mut(), now, LONG)
    };
    for fault in [
        "429+1@/4",
        "429@/5",
        "503@/4",
        "cut@/6",
        "cut-chunk@/5",
        "cut-gzip@/4",
        "html@/9",
        "reset@/5",
        "again@0a1b2c3d4e5f6071/builds:3",
    ] {
        let server = narrow(20);
        server.set_faults(&[fault.parse().unwrap()]);
        let now = server.world().now();
        let mut shelf = read_some(source(&server).as_mut(), now, LONG);
        assert!(server.counters().faults > 0, "{fault}");
        shelf.urls.clear();
        assert_same(&undisturbed, &shelf, fault);
    }
}

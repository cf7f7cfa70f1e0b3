//! Lists of GitHub that come newest first, while they grow and shrink.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use qaduct_records::source::{Reading, Scope};
use qaduct_replay::{Options, Server, World};
use serde_json::Value as Json;

use crate::github::{assert_clean, settings, upper};
use crate::house::{House, all_of, open, stream, world};

fn server() -> Server {
    let options = Options {
        page: Some(5),
        ..Options::default()
    };
    Server::start(world("github", 400), options).unwrap()
}

/// The artifacts of a repository, newest first.
fn newest(world: &World, repository: &str) -> Vec<Json> {
    let mut all: Vec<Json> = world
        .collection("github.artifacts")
        .of(repository)
        .cloned()
        .collect();
    all.sort_by_key(|it| std::cmp::Reverse(it["created_at"].as_str().unwrap().to_owned()));
    all
}

fn id(artifact: &Json) -> String {
    artifact["id"].to_string()
}

/// Reads the artifacts of a part with something done after each page.
fn artifacts(
    server: &Server,
    reading: impl Fn(&Scope) -> Reading,
    mut after: impl FnMut(&mut World, &str, usize),
) -> (House, String) {
    let mut source = open(settings(server));
    let stream = stream(&*source, "artifacts");
    let scope = source.scopes(stream).unwrap().remove(0);
    let repository = scope.text("repository");
    let mut house = House::default();
    let mut pages = source.read(stream, &reading(&scope)).unwrap();
    let mut nth = 0;
    while let Some(page) = pages.next().unwrap() {
        nth += 1;
        house.keep(stream, &page);
        after(&mut server.world(), &repository, nth);
    }
    (house, repository)
}

fn come(world: &mut World, repository: &str, nth: usize) {
    let mut artifact = newest(world, repository).remove(0);
    artifact["id"] = (9_000_000 + nth).into();
    artifact["created_at"] = (world.now() + SignedDuration::from_secs(1))
        .to_string()
        .into();
    world.put("github.artifacts", artifact);
}

#[test]
fn what_comes_while_a_list_is_read_makes_the_reading_no_shorter_than_its_count() {
    let server = server();
    let upper = upper(&server);
    let there = server.world().ids("github.artifacts");
    let (house, _) = artifacts(&server, |it| all_of(it, upper), come);
    let read = house.values("github_artifacts", "artifact_id");
    assert!(read.len() > 10 && read.is_subset(&there));
    assert_eq!(house.expected, Some(read.len() as u64));
    assert_eq!(house.incomplete, [""; 0]);
    assert_clean(&server);
}

#[test]
fn what_goes_while_a_part_of_a_list_is_read_takes_nothing_with_it() {
    let server = server();
    let upper = upper(&server);
    let mut lower = None;
    let mut wanted = BTreeSet::new();
    {
        let world = server.world();
        let repository = world.collection("github.repos").all().next().unwrap();
        let all = newest(&world, repository["full_name"].as_str().unwrap());
        assert!(all.len() > 20);
        lower.replace(all[17]["created_at"].as_str().unwrap().parse().unwrap());
        wanted.extend(all[1..17].iter().map(id));
    }
    let reading = |scope: &Scope| Reading {
        lower,
        ..all_of(scope, upper)
    };
    let (house, _) = artifacts(&server, reading, |world, repository, nth| {
        if nth == 1 {
            let first = id(&newest(world, repository)[0]);
            world.remove("github.artifacts", &first);
        }
    });
    let read = house.values("github_artifacts", "artifact_id");
    let missing: Vec<_> = wanted.difference(&read).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // Of a part of a list nobody counts the rows.
    assert_eq!(house.expected, None);
    assert_clean(&server);
}

#[test]
fn a_list_that_gets_shorter_at_its_end_again_and_again_is_read_twice_at_most() {
    let server = server();
    let upper = upper(&server);
    let lower = {
        let world = server.world();
        let repository = world.collection("github.repos").all().next().unwrap();
        let all = newest(&world, repository["full_name"].as_str().unwrap());
        all[12]["created_at"].as_str().unwrap().parse().ok()
    };
    let reading = |scope: &Scope| Reading {
        lower,
        ..all_of(scope, upper)
    };
    let (house, _) = artifacts(&server, reading, |world, repository, _| {
        let oldest = id(newest(world, repository).last().unwrap());
        world.remove("github.artifacts", &oldest);
    });
    let pages = server.log();
    let pages = pages.iter().filter(|it| it.target.contains("/artifacts"));
    assert_eq!(pages.count(), 6);
    assert_eq!(house.incomplete, [""; 0]);
}

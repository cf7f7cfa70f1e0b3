//! How GitHub is asked: what it counts apart, and what it need not send again.

use jiff::SignedDuration;
use qaduct_records::source::Reading;
use qaduct_records::stream::Parts;

use crate::github::{assert_clean, serve, settings, upper};
use crate::house::{House, all_of, open, parts, pull, read, stream};

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let server = serve(1_200);
    let mut source = open(settings(&server));
    let names = ["pulls", "artifacts", "check_runs", "reviews", "jobs"];
    let mut house = House::default();
    for name in names {
        let stream = stream(&*source, name);
        let needs_runs = house.tables.contains_key("github_workflow_runs");
        if name == "jobs" && !needs_runs {
            let runs = self::stream(&*source, "workflow_runs");
            for scope in source.scopes(runs).unwrap() {
                read(
                    &mut *source,
                    runs,
                    &all_of(&scope, upper(&server)),
                    &mut house,
                )
                .unwrap();
            }
        }
        let scope = parts(&mut *source, stream, &house).unwrap().remove(0);
        let lower = stream
            .cursor
            .map(|_| upper(&server) - SignedDuration::from_hours(24 * 30));
        let reading = Reading {
            lower,
            ..all_of(&scope, upper(&server))
        };
        let mut pages = source.read(stream, &reading).unwrap();
        let first = pages.next().unwrap().unwrap();
        assert!(!first.unchanged && first.validator.is_some(), "{name}");
        house.keep(stream, &first);
        while let Some(page) = pages.next().unwrap() {
            assert_eq!(
                page.validator, None,
                "{name}: the first page speaks for all"
            );
            house.keep(stream, &page);
        }
        drop(pages);
        let again = Reading {
            validator: first.validator.clone(),
            ..reading.clone()
        };
        let mut pages = source.read(stream, &again).unwrap();
        let only = pages.next().unwrap().unwrap();
        assert_eq!(only.exchange.as_ref().unwrap().status, 304, "{name}");
        assert!(only.unchanged, "{name}");
        assert_eq!((only.expected, only.position), (None, None), "{name}");
        assert!(pages.next().unwrap().is_none(), "{name}");
        drop(pages);
        // A tag of another question, or of rows that were made in another way, is none.
        let mut other = settings(&server);
        other.people = qaduct_sources::People::Drop;
        let mut other = open(other);
        let mut pages = other.read(stream, &again).unwrap();
        assert!(!pages.next().unwrap().unwrap().unchanged, "{name}");
    }
    assert_clean(&server);
}

#[test]
fn a_list_of_several_pages_is_read_whole_each_time() {
    let server = serve(400);
    let mut source = open(settings(&server));
    let releases = stream(&*source, "releases");
    let scope = source.scopes(releases).unwrap().remove(0);
    let reading = all_of(&scope, upper(&server));
    let mut pages = source.read(releases, &reading).unwrap();
    let first = pages.next().unwrap().unwrap();
    assert!(first.position.is_some());
    assert_eq!(first.validator, None);
}

#[test]
fn searches_are_counted_apart_from_everything_else() {
    let server = serve(400);
    let mut settings = settings(&server);
    settings
        .queries
        .insert("open".to_owned(), "is:issue state:open".to_owned());
    let mut source = open(settings);
    assert_eq!(source.resources(), ["core", "search"]);
    for contract in source.streams() {
        let budget = source.budget(contract);
        let (resource, pace) = match contract.name {
            "searches" => ("search", 30.0),
            _ => ("core", 900.0),
        };
        assert_eq!((budget.resource, budget.pace), (resource, Some(pace)));
        if matches!(contract.parts, Parts::Scopes) {
            // The headers of the answer agree.
            let scope = source.scopes(contract).unwrap().remove(0);
            let reading = all_of(&scope, upper(&server));
            let mut pages = source.read(contract, &reading).unwrap();
            let page = pages.next().unwrap().unwrap();
            let counted = page.exchange.unwrap().resource;
            assert_eq!(counted.as_deref(), Some(resource), "{}", contract.name);
        }
    }
    let probe = source.probe().unwrap();
    let left: Vec<_> = probe
        .resources
        .iter()
        .map(|it| (it.resource.as_str(), it.limit))
        .collect();
    assert_eq!(left, [("core", 5_000), ("search", 30)]);
}

#[test]
fn every_request_says_who_asks_and_which_version_of_the_api_is_meant() {
    let server = serve(400);
    let house = pull(&mut *open(settings(&server)), &["issues"], upper(&server));
    house.unwrap();
    for seen in server.log() {
        assert_eq!(seen.header("x-github-api-version"), Some("2022-11-28"));
        assert_eq!(seen.header("accept"), Some("application/vnd.github+json"));
        assert!(seen.header("user-agent").unwrap().starts_with("qaduct/"));
        assert_eq!(seen.header("authorization"), Some("***"));
    }
}

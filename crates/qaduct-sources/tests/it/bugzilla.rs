//! Bugzilla: Mozilla's server and stock ones.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::SignedDuration;
use qaduct_records::source::{Failure, Scope, Source, SourceError};
use qaduct_records::{Secret, Value};
use qaduct_replay::{Server, World};
use qaduct_sources::{People, Setup};
use serde_json::json;

use crate::reader::{
    TOKEN, assert_no_secret, open, parts, poll, read, read_all, read_some, reading, serve, stream,
};
use crate::shelf::{Shelf, assert_same};
use crate::{house, script};

/// Made once: it takes longer than to read it.
static WORLD: LazyLock<World> = LazyLock::new(|| World::generated(11, 8_000));

fn world() -> World {
    WORLD.clone()
}

fn setup(server: &Server, service: &str) -> Setup {
    let mut setup = crate::reader::setup(server, "bugzilla", service);
    let edition = if service == "bmo" { "mozilla" } else { "stock" };
    setup
        .options
        .insert("edition".to_owned(), edition.to_owned());
    setup
}

fn source(server: &Server, service: &str) -> Box<dyn Source> {
    open(setup(server, service))
}

/// The bugs that a known user may see.
fn visible(server: &Server) -> BTreeSet<String> {
    let hidden = json!(["core-security"]);
    server
        .world()
        .ids_where("bugzilla.bugs", |it| it["groups"] != hidden)
}

#[test]
fn all_that_is_served_is_read_from_mozillas_server_and_stock_ones() {
    for service in ["bmo", "bugzilla"] {
        let server = serve(world(), &[]);
        let now = server.world().now() + SignedDuration::from_hours(1);
        let shelf = read_all(source(&server, service).as_mut(), now);
        assert_eq!(shelf.incomplete, Vec::<String>::new());
        assert_eq!(shelf.problems, []);
        let seen = visible(&server);
        assert_eq!(shelf.keys("bugzilla_bugs"), seen, "{service}");
        for (table, collection) in [
            ("bugzilla_products", "bugzilla.products"),
            ("bugzilla_fields", "bugzilla.fields"),
        ] {
            assert_eq!(
                shelf.keys(table),
                server.world().ids(collection),
                "{service}"
            );
        }
        let comments = {
            let world = server.world();
            world.ids_where("bugzilla.comments", |it| {
                seen.contains(&it["bug_id"].to_string())
            })
        };
        assert_eq!(shelf.keys("bugzilla_comments"), comments, "{service}");
        let changes: usize = server
            .world()
            .collection("bugzilla.history")
            .all()
            .filter(|it| seen.contains(&it["_bug"].to_string()))
            .map(|it| it["changes"].as_array().unwrap().len())
            .sum();
        assert_eq!(shelf.rows("bugzilla_history").len(), changes, "{service}");
        assert_no_secret(&shelf, &server);
    }
}

#[test]
fn lists_inside_of_bugs_are_rows_and_custom_fields_stay_in_extra() {
    let server = serve(world(), &[]);
    let now = server.world().now() + SignedDuration::from_hours(1);
    let shelf = read_some(source(&server, "bmo").as_mut(), now, &["bugs"]);
    let world = server.world();
    let bugs = world.collection("bugzilla.bugs");
    let mut lists = [0; 3];
    for id in shelf.keys("bugzilla_bugs") {
        let bug = bugs.get(&id).unwrap();
        let row = shelf.row("bugzilla_bugs", &id);
        assert_eq!(row["summary"].to_string(), bug["summary"].as_str().unwrap());
        let extra: serde_json::Value = serde_json::from_str(&row["_extra"].to_string()).unwrap();
        assert_eq!(extra["cf_qa_whiteboard"], bug["cf_qa_whiteboard"]);
        for (n, (table, list)) in [
            ("bugzilla_flags", "flags"),
            ("bugzilla_bug_keywords", "keywords"),
            ("bugzilla_depends_on", "depends_on"),
        ]
        .into_iter()
        .enumerate()
        {
            let rows = shelf.rows(table).into_iter();
            let many = rows.filter(|it| it["bug_id"].to_string() == id).count();
            let there = bug[list].as_array().map_or(0, Vec::len);
            assert_eq!(many, there, "{list} of {id}");
            lists[n] += many;
        }
    }
    assert!(lists.iter().all(|it| *it > 0), "{lists:?}");
}

#[test]
fn a_query_finds_what_the_server_finds_and_counts() {
    let server = serve(world(), &[]);
    let now = server.world().now() + SignedDuration::from_hours(1);
    let mut settings = setup(&server, "bmo");
    settings.projects = vec!["Fenix".to_owned()];
    settings.queries = [
        (
            "found",
            "cf_qa_whiteboard=qa-found-in-&cf_qa_whiteboard_type=substring",
        ),
        (
            "verified",
            "f1=flagtypes.name&o1=substring&v1=qe-verify%2B&product=Focus&product=Fenix",
        ),
        ("nothing", "keywords=no-such-keyword"),
    ]
    .map(|(name, query)| (name.to_owned(), query.to_owned()))
    .into();
    let mut source = open(settings);
    let bugs = stream(source.as_ref(), "bugs");
    let scopes = source.scopes(bugs).unwrap();
    let names: Vec<_> = scopes.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "product=Fenix",
            "query=found",
            "query=nothing",
            "query=verified"
        ]
    );
    let hidden = json!(["core-security"]);
    for scope in scopes {
        let mut shelf = Shelf::default();
        let reading = reading(scope.clone(), None, now);
        read(source.as_mut(), bugs, &reading, &mut shelf).unwrap();
        let expected = server.world().ids_where("bugzilla.bugs", |it| {
            let flags = it["flags"].as_array().unwrap();
            let whiteboard = it["cf_qa_whiteboard"].as_str().unwrap_or_default();
            let mobile = it["product"] == "Focus" || it["product"] == "Fenix";
            it["groups"] != hidden
                && match scope.name.as_str() {
                    "product=Fenix" => it["product"] == "Fenix",
                    "query=found" => whiteboard.contains("qa-found-in-"),
                    "query=verified" => {
                        mobile
                            && flags
                                .iter()
                                .any(|it| it["name"] == "qe-verify" && it["status"] == "+")
                    }
                    _ => false,
                }
        });
        assert_eq!(shelf.keys("bugzilla_bugs"), expected, "{}", scope.name);
        let census = source.census(bugs, &scope).unwrap();
        let census: BTreeSet<_> = census.iter().map(|it| it[0].to_string()).collect();
        assert_eq!(census, expected, "{}", scope.name);
        let predicted = source.predict(bugs, &reading).unwrap();
        assert_eq!(predicted.rows, Some(expected.len() as u64));
    }
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[test]
fn a_meta_bug_brings_what_it_depends_on_as_deep_as_is_asked() {
    let mut world = World::empty();
    let bug = |id: u64, depends_on: &[u64]| {
        json!({ "id": id, "summary": "A bug", "product": "Core", "depends_on": depends_on, "blocks": [],
                "groups": [], "flags": [], "last_change_time": "2026-01-01T00:00:00Z" })
    };
    for (id, below) in [
        (1, &[2, 3][..]),
        (2, &[4]),
        (3, &[4, 9]),
        (4, &[5, 1]),
        (5, &[]),
    ] {
        world.put("bugzilla.bugs", bug(id, below));
    }
    let server = serve(world, &[]);
    let now = server.world().now();
    let reached = |query: &str| {
        let mut settings = setup(&server, "bmo");
        settings.queries = [("leaks".to_owned(), query.to_owned())].into();
        let shelf = read_some(open(settings).as_mut(), now, &["bugs"]);
        let rows = shelf.rows("bugzilla_meta").into_iter();
        let rows = rows.map(|it| format!("{}>{}@{}", it["root_id"], it["bug_id"], it["depth"]));
        (
            rows.collect::<Vec<_>>().join(" "),
            shelf.keys("bugzilla_bugs").len(),
            shelf.incomplete,
        )
    };
    assert_eq!(
        reached("meta=1"),
        ("1>1@0 1>2@1 1>3@1".to_owned(), 3, vec![])
    );
    assert_eq!(reached("meta=1&depth=2").0, "1>1@0 1>2@1 1>3@1 1>4@2");
    assert_eq!(
        reached("meta=1&depth=all").0,
        "1>1@0 1>2@1 1>3@1 1>4@2 1>5@3"
    );
    assert_eq!(
        reached("meta=3,5"),
        ("3>3@0 3>4@1 5>5@0".to_owned(), 3, vec![])
    );
    assert_eq!(
        reached("meta=77").2,
        ["meta bug 77 is not there or hidden from us"]
    );
}

#[test]
fn faults_on_the_way_change_nothing() {
    for service in ["bmo", "bugzilla"] {
        let names: &[&str] = if service == "bmo" {
            &[]
        } else {
            &["products", "fields", "bugs"]
        };
        let undisturbed = {
            let server = serve(world(), &[]);
            let now = server.world().now() + SignedDuration::from_hours(1);
            read_some(source(&server, service).as_mut(), now, names)
        };
        for fault in ["429+1@/2", "503@/3", "cut@/2", "html@/3", "reset@/2"] {
            let server = serve(world(), &[fault]);
            let now = server.world().now() + SignedDuration::from_hours(1);
            let shelf = read_some(source(&server, service).as_mut(), now, names);
            assert!(server.counters().faults > 0, "{fault}");
            assert_same(&undisturbed, &shelf, &format!("{fault} at {service}"));
        }
    }
}

#[test]
fn a_bug_that_changes_while_it_is_read_takes_no_other_with_it() {
    // More bugs than a page were changed in one second.
    let mut world = World::empty();
    for id in 1..1_300 {
        let changed = if id % 2 == 0 {
            "2026-02-01T00:00:00Z"
        } else {
            "2026-02-01T00:00:01Z"
        };
        world.put(
            "bugzilla.bugs",
            json!({ "id": id, "summary": "A bug", "product": "Core", "groups": [], "last_change_time": changed }),
        );
    }
    let server = serve(world, &["move@rest/bug:/1"]);
    let seen = visible(&server);
    let mut source = source(&server, "bmo");
    let bugs = stream(source.as_ref(), "bugs");
    let mut shelf = Shelf::default();
    // Without an upper bound that leaves it out, the bug is met again at the end.
    let later = server.world().now() + SignedDuration::from_hours(1);
    let reading = reading(Scope::default(), None, later);
    let mut pages = source.read(bugs, &reading).unwrap();
    while let Some(page) = pages.next().unwrap() {
        shelf.keep(bugs.table, &page);
    }
    assert_eq!(shelf.keys("bugzilla_bugs"), seen);
}

#[test]
fn a_reading_goes_on_from_each_of_its_positions() {
    let many = || World::of("bugzilla", 11, 6000);
    for (service, world, names) in [
        ("bmo", world(), &["history", "comments"][..]),
        ("bmo", many(), &["bugs"]),
        ("bugzilla", many(), &["bugs"]),
    ] {
        let server = serve(world, &[]);
        let now = server.world().now() + SignedDuration::from_hours(1);
        let mut source = source(&server, service);
        let source = source.as_mut();
        for name in names {
            let stream = stream(source, name);
            let reading = reading(Scope::default(), None, now);
            let mut all = Shelf::default();
            let positions = read(source, stream, &reading, &mut all).unwrap();
            let seen = positions.len();
            assert!(seen > 1, "{service} {name}: {seen} pages");
            for (n, position) in positions.iter().enumerate() {
                let Some(position) = position else { continue };
                let mut shelf = Shelf::default();
                let mut pages = source.read(stream, &reading).unwrap();
                for _ in 0..=n {
                    shelf.keep(stream.table, &pages.next().unwrap().unwrap());
                }
                drop(pages);
                let mut later = reading.clone();
                later.position = Some(position.clone());
                read(source, stream, &later, &mut shelf).unwrap();
                assert_same(&all, &shelf, &format!("{name} from page {n}"));
            }
        }
    }
}

#[test]
fn a_stock_server_is_asked_bug_by_bug_and_goes_on_where_it_was() {
    let server = serve(World::generated(11, 400), &[]);
    let now = server.world().now() + SignedDuration::from_hours(1);
    let mut source = source(&server, "bugzilla");
    let history = stream(source.as_ref(), "history");
    let reading = reading(Scope::default(), None, now);
    let mut all = Shelf::default();
    let positions = read(source.as_mut(), history, &reading, &mut all).unwrap();
    let mut shelf = Shelf::default();
    let mut pages = source.read(history, &reading).unwrap();
    let half = positions.len() / 2;
    let mut position = None;
    for _ in 0..half {
        let page = pages.next().unwrap().unwrap();
        position.clone_from(&page.position);
        shelf.keep(history.table, &page);
    }
    drop(pages);
    let mut later = reading.clone();
    later.position = position;
    read(source.as_mut(), history, &later, &mut shelf).unwrap();
    assert_same(&all, &shelf, "from the middle");
}

#[test]
fn changes_since_are_enough_to_be_as_a_new_reading() {
    let server = serve(World::generated(11, 2_000), &[]);
    let mut source = source(&server, "bmo");
    let source = source.as_mut();
    let before = server.world().now();
    let mut shelf = read_all(source, before);
    for _ in 0..3 {
        let lower = server.world().now() - SignedDuration::from_secs(120);
        server.world().advance(1);
        let now = server.world().now() + SignedDuration::from_secs(1);
        for name in ["bugs", "history", "comments"] {
            let stream = stream(source, name);
            for scope in parts(source, stream, &shelf) {
                let reading = reading(scope, Some(lower), now);
                read(source, stream, &reading, &mut shelf).unwrap();
            }
        }
    }
    let now = server.world().now() + SignedDuration::from_secs(1);
    let fresh = read_all(source, now);
    for table in [
        "bugzilla_bugs",
        "bugzilla_flags",
        "bugzilla_history",
        "bugzilla_comments",
    ] {
        for key in fresh.keys(table) {
            assert_eq!(
                shelf.row(table, &key),
                fresh.row(table, &key),
                "{table} {key}"
            );
        }
    }
}

#[test]
fn a_bug_that_is_asked_for_and_does_not_come_is_hidden_or_not_there() {
    for service in ["bmo", "bugzilla"] {
        let server = serve(World::generated(11, 400), &[]);
        let now = server.world().now() + SignedDuration::from_hours(1);
        let mut source = source(&server, service);
        let mut shelf = read_some(source.as_mut(), now, &["bugs"]);
        let ids: Vec<String> = visible(&server).into_iter().collect();
        server.world().change("bugzilla.bugs", &ids[0], |it| {
            it["groups"] = json!(["core-security"])
        });
        server.world().remove("bugzilla.bugs", &ids[1]);
        let bugs = stream(source.as_ref(), "bugs");
        let keys = ids
            .iter()
            .map(|it| vec![Value::Int(it.parse().unwrap())])
            .collect();
        poll(source.as_mut(), bugs, &Scope::default(), keys, &mut shelf);
        let gone = |id: &str| shelf.row("bugzilla_bugs", id).get("_gone").cloned();
        assert_eq!(gone(&ids[0]), Some("hidden".into()), "{service}");
        assert_eq!(gone(&ids[1]), Some("deleted".into()), "{service}");
        assert_eq!(gone(&ids[2]), None);
        assert_eq!(server.violations(), Vec::<String>::new());
    }
}

#[test]
fn a_probe_tells_who_we_are_and_a_wrong_key_is_an_error() {
    for service in ["bmo", "bugzilla"] {
        let server = serve(World::generated(11, 400), &[]);
        assert!(source(&server, service).probe().unwrap().user.contains('@'));

        let mut settings = setup(&server, service);
        settings.token = Some(Secret::new("expired-token"));
        let error = open(settings).probe().unwrap_err();
        assert_eq!(error.kind, Failure::Credential, "{service}: {error}");
        assert!(!format!("{error:?}").contains("expired-token"));

        let mut settings = setup(&server, service);
        settings.token = None;
        let mut anonymous = open(settings);
        assert_eq!(anonymous.probe().unwrap().user, "anonymous");
        let products = anonymous.discover().unwrap();
        assert_eq!(
            products.len(),
            server.world().ids("bugzilla.products").len()
        );
    }
}

#[test]
fn a_key_that_the_server_ignores_is_noticed() {
    // A stock server behind an address that is set up as Mozilla's gets a header.
    let server = serve(World::generated(11, 400), &[]);
    let mut settings = setup(&server, "bugzilla");
    settings
        .options
        .insert("edition".to_owned(), "mozilla".to_owned());
    let mut source = open(settings);
    let bugs = stream(source.as_ref(), "bugs");
    // Not only where somebody asks: a pull would take what is hidden for gone.
    for error in [
        source.probe().unwrap_err(),
        source.scopes(bugs).unwrap_err(),
    ] {
        assert_eq!(error.kind, Failure::Credential);
        assert!(
            error.to_string().contains("does not take the key"),
            "{error}"
        );
    }
}

#[test]
fn with_hashed_people_no_address_is_kept() {
    let server = serve(World::generated(11, 1_000), &[]);
    let now = server.world().now() + SignedDuration::from_hours(1);
    let read = |salt: &str| {
        let mut settings = setup(&server, "bmo");
        settings.people = People::Hash(Secret::new(salt));
        read_all(open(settings).as_mut(), now)
    };
    let shelf = read("salt");
    assert!(!shelf.dump().contains("@example.org"));
    let bug = shelf.rows("bugzilla_bugs")[0]["creator"].to_string();
    assert!(bug.starts_with("person-"), "{bug}");
    assert_ne!(
        bug,
        read("pepper").rows("bugzilla_bugs")[0]["creator"].to_string()
    );
    assert!(!format!("{shelf:?}").contains(TOKEN));
}

#[test]
fn a_product_that_is_not_there_fails_alone_and_is_named() {
    let server = serve(World::generated(11, 300), &[]);
    let mut settings = setup(&server, "bmo");
    settings.projects = vec!["Fenix".to_owned(), "Fenixx".to_owned()];
    let now = server.world().now() + SignedDuration::from_hours(1);
    let shelf = read_all(open(settings).as_mut(), now);
    assert!(!shelf.rows("bugzilla_bugs").is_empty());
    let told: BTreeSet<_> = shelf.incomplete.iter().map(String::as_str).collect();
    let missing = "there is no product `Fenixx` that the user may see";
    assert_eq!(told, BTreeSet::from([&*format!("tools: {missing}")]));
}

#[test]
fn a_query_with_a_parameter_that_no_server_knows_is_refused() {
    let server = serve(World::generated(11, 300), &[]);
    let mut settings = setup(&server, "bmo");
    settings.queries = [("focus".to_owned(), "prduct=Focus".to_owned())].into();
    let clock = std::sync::Arc::new(crate::reader::Still::at(settings.now));
    let error = qaduct_sources::open(settings, std::sync::Arc::clone(&clock) as _, clock)
        .map(drop)
        .unwrap_err();
    assert_eq!(error.kind, qaduct_records::source::Failure::Config);
    assert!(error.trouble.contains("query `focus`"), "{error}");
    assert!(error.trouble.contains("did you mean `product`?"), "{error}");
}

/// What a census gives whose server lists these bugs and then counts so many.
fn census(counted: u64) -> Result<Vec<Vec<Value>>, SourceError> {
    let server = script::Server::new(move |_, asked| match asked.path() {
        it if it.contains("count_only") => script::json(&format!(r#"{{"bug_count": {counted}}}"#)),
        // Behind the last one.
        it if it.contains("&last_change_time=") => script::json(r#"{"bugs": []}"#),
        _ => script::json(
            r#"{"bugs": [{"id": 1, "last_change_time": "2026-11-20T00:00:00Z"},
                {"id": 2, "last_change_time": "2026-11-20T00:00:00Z"}]}"#,
        ),
    });
    let now = "2026-11-21T07:00:00Z".parse().unwrap();
    let mut setup = house::setup("bugzilla", server.url.clone(), now);
    setup.token = None;
    setup.queries = [("open".to_owned(), "resolution=---".to_owned())].into();
    let mut source = open(setup);
    let bugs = stream(source.as_ref(), "bugs");
    let scope = source.scopes(bugs).unwrap().swap_remove(0);
    source.census(bugs, &scope)
}

#[test]
fn a_bug_that_leaves_while_each_census_is_taken_makes_none_of_them_fail() {
    let both = [[Value::Int(1)], [Value::Int(2)]];
    assert_eq!(census(1).unwrap(), both, "it left after it was listed");
    assert_eq!(census(2).unwrap(), both);
    let lacks = census(3).unwrap_err();
    assert_eq!(
        lacks.to_string(),
        "bugzilla.bugs (query=open): the server counts 3 bugs and lists 2"
    );
}

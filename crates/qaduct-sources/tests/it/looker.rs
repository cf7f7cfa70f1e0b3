//! Looker: what there is, how much it is used, and what looks give.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use qaduct_records::Value;
use qaduct_records::source::{Failure, Source};
use qaduct_replay::{Options, Server, World};
use qaduct_sources::{People, Setup};

use crate::reader::{
    TOKEN, assert_no_secret, open, parts, poll, read, read_all, read_some, reading, serve, setup,
    stream,
};
use crate::shelf::{Shelf, assert_same};

fn world() -> World {
    World::of("looker", 7, 90)
}

fn settings(server: &Server) -> Setup {
    setup(server, "looker", "looker")
}

fn source(server: &Server) -> Box<dyn Source> {
    open(settings(server))
}

/// The rows of these looks are kept.
fn with_results(server: &Server, looks: &str) -> Box<dyn Source> {
    let mut settings = settings(server);
    settings.options = [("results".to_owned(), looks.to_owned())].into();
    open(settings)
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

/// The last parts of the keys of a table.
fn inner(shelf: &Shelf, table: &str) -> BTreeSet<String> {
    let keys = shelf.keys(table);
    keys.iter()
        .filter_map(|it| it.rsplit(',').next().map(str::to_owned))
        .collect()
}

#[test]
fn all_that_there_is_is_read_with_what_is_in_the_trash_and_in_code() {
    for server in [serve(world(), &[]), narrow(7)] {
        let now = server.world().now();
        let shelf = read_all(source(&server).as_mut(), now);
        {
            let world = server.world();
            for (table, collection) in [
                ("looker_folders", "looker.folders"),
                ("looker_users", "looker.users"),
                ("looker_looks", "looker.looks"),
                ("looker_dashboards", "looker.dashboards"),
                ("looker_scheduled_plans", "looker.plans"),
            ] {
                assert_eq!(shelf.keys(table), world.ids(collection), "{table}");
            }
            let is_there = |it: &serde_json::Value| it["deleted"] == false && it["_lookml"] != true;
            let used = world.ids_where("looker.looks", is_there).len()
                + world.ids_where("looker.dashboards", is_there).len();
            assert_eq!(shelf.rows("looker_usage").len(), used);
            let inside = |what: &str| -> BTreeSet<String> {
                let all = world.collection("looker.dashboards").all();
                let all = all.filter_map(|it| it[what].as_array());
                let ids = all
                    .flatten()
                    .map(|it| it["id"].as_str().unwrap().to_owned());
                ids.collect()
            };
            let elements = inner(&shelf, "looker_dashboard_elements");
            assert_eq!(elements, inside("dashboard_elements"));
            let filters = inner(&shelf, "looker_dashboard_filters");
            assert_eq!(filters, inside("dashboard_filters"));
        }
        assert_eq!(shelf.rows("looker_results").len(), 0);
        assert_eq!(shelf.incomplete, Vec::<String>::new());
        assert_no_secret(&shelf, &server);
        // Addresses that open a look to everybody, recipients, settings, sessions.
        assert!(!shelf.dump().contains("planted"));
    }
}

#[test]
fn a_look_is_a_row_with_its_instants_and_the_state_of_its_life() {
    let server = serve(world(), &[]);
    let now = server.world().now();
    let shelf = read_some(source(&server).as_mut(), now, &["looks"]);
    let trashed = shelf.row("looker_looks", "2804");
    assert_eq!(trashed["is_in_trash"], Value::Bool(true));
    assert!(matches!(trashed["trashed_at"], Value::Timestamp(_)));
    let look = shelf.row("looker_looks", "2800");
    assert_eq!(look["is_in_trash"], Value::Bool(false));
    assert_eq!(look["path"], "/looks/2800".into());
    assert_eq!(look["query_id"], "70000".into());
    let at = "2026-03-02T03:00:00Z".parse().unwrap();
    assert_eq!(look["updated_at"], Value::Timestamp(at));
    assert!(!look.contains_key("trashed_at") && !look.contains_key("_extra"));
}

#[test]
fn a_later_reading_asks_for_the_newest_until_it_reaches_back_to_what_is_stored() {
    let server = narrow(7);
    let now = server.world().now();
    let mut source = source(&server);
    let looks = stream(source.as_ref(), "looks");
    let scope = source.scopes(looks).unwrap().pop().unwrap();
    assert_eq!(scope.name, "place=folder");
    // A look was changed each five hours.
    let lower = now - SignedDuration::from_hours(24);
    server.clear_log();
    let mut shelf = Shelf::default();
    let reading = reading(scope, Some(lower), now);
    read(source.as_mut(), looks, &reading, &mut shelf).unwrap();
    assert_eq!(server.log().len(), 1);
    let found = shelf.keys("looker_looks");
    assert!(found.contains("2800") && found.len() == 7, "{found:?}");
}

#[test]
fn a_look_that_goes_into_the_trash_or_to_another_folder_or_for_good_tells_so() {
    let server = serve(world(), &[]);
    let now = server.world().now();
    let mut settings = settings(&server);
    settings.projects = vec!["1820".to_owned()];
    let mut source = open(settings);
    let source = source.as_mut();
    let mut shelf = read_some(source, now, &["looks"]);
    let looks = stream(source, "looks");
    let scopes = source.scopes(looks).unwrap();
    let names: Vec<_> = scopes.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names,
        ["folder_id=1820,place=trash", "folder_id=1820,place=folder"]
    );
    let living = |source: &mut dyn Source, nth: usize| -> BTreeSet<String> {
        let census = source.census(looks, &scopes[nth]).unwrap();
        census.iter().map(|it| it[0].to_string()).collect()
    };
    let before = living(source, 1);
    let mut ids = before.iter();
    let mut next = || ids.next().unwrap().as_str();
    let (trashed, moved, purged) = (next(), next(), next());
    {
        let mut world = server.world();
        world.change("looker.looks", trashed, |it| it["deleted"] = true.into());
        world.change("looker.looks", moved, |it| it["folder_id"] = "1946".into());
        world.remove("looker.looks", purged);
    }
    let after = living(source, 1);
    let gone: BTreeSet<_> = before.difference(&after).map(String::as_str).collect();
    assert_eq!(gone, [trashed, moved, purged].into());
    assert!(living(source, 0).contains(trashed));
    for id in [trashed, moved, purged] {
        poll(source, looks, &scopes[1], vec![vec![id.into()]], &mut shelf);
    }
    let row = |id: &str| shelf.row("looker_looks", id);
    assert_eq!(row(trashed)["is_in_trash"], Value::Bool(true));
    assert_eq!(row(moved)["folder_id"], "1946".into());
    assert_eq!(row(purged)["_gone"], "deleted".into());
    assert!(!row(moved).contains_key("_gone"));
}

#[test]
fn a_dashboard_in_code_is_asked_for_by_its_name() {
    let server = serve(world(), &[]);
    let now = server.world().now();
    let mut source = source(&server);
    let mut shelf = read_some(source.as_mut(), now, &["dashboards"]);
    let dashboards = stream(source.as_ref(), "dashboards");
    let scope = source.scopes(dashboards).unwrap().pop().unwrap();
    assert_eq!(scope.name, "place=code");
    let census = source.census(dashboards, &scope).unwrap();
    assert_eq!(census.len(), 3);
    // It may be wanted alone, as any folder.
    let mut alone = settings(&server);
    alone.projects = vec!["LookML Dashboards".to_owned()];
    let alone = read_some(open(alone).as_mut(), now, &["dashboards"]);
    assert_eq!(alone.keys("looker_dashboards").len(), 3);
    let id = census[0][0].to_string();
    assert_eq!(
        shelf.row("looker_dashboards", &id)["folder_id"],
        "lookml".into()
    );
    poll(source.as_mut(), dashboards, &scope, census, &mut shelf);
    let asked = server.log().pop().unwrap().target;
    assert!(
        asked.contains("/dashboards/crash_rates%3A%3Aoverview_2?"),
        "{asked}"
    );
    assert_eq!(server.violations(), Vec::<String>::new());
}

#[test]
fn a_folder_may_be_named_by_its_id_or_its_name_and_has_to_be_there() {
    let server = serve(world(), &[]);
    let scopes = |projects: &[&str]| {
        let mut settings = settings(&server);
        settings.projects = projects.iter().map(|it| (*it).to_owned()).collect();
        let mut source = open(settings);
        let usage = stream(source.as_ref(), "usage");
        let scopes = source.scopes(usage);
        scopes.map(|it| it.iter().map(|it| it.text("folder_id")).collect::<Vec<_>>())
    };
    let mte = ["1820", "1820"];
    assert_eq!(scopes(&["1820"]).unwrap(), mte);
    assert_eq!(scopes(&["Mobile Test Engineering", "1820"]).unwrap(), mte);
    let error = scopes(&["1821"]).unwrap_err();
    assert_eq!(error.kind, Failure::Config);
    assert_eq!(
        error.trouble,
        "there is no folder `1821` that the account may see"
    );
}

#[test]
fn an_account_that_may_see_no_folder_any_more_takes_nothing_away() {
    let server = serve(world(), &[]);
    let mut source = source(&server);
    let folders = server.world().ids("looker.folders");
    for id in folders {
        server.world().remove("looker.folders", &id);
    }
    let looks = stream(source.as_ref(), "looks");
    assert_eq!(source.scopes(looks).unwrap_err().kind, Failure::Forbidden);
    let now = server.world().now();
    let shelf = read_some(source.as_mut(), now, &["folders"]);
    assert_eq!(shelf.incomplete.len(), 1);
}

#[test]
fn the_rows_of_looks_are_a_snapshot_of_the_day_with_their_fields() {
    let server = serve(world(), &[]);
    server
        .world()
        .change("looker.looks", "2801", |it| it["_rows"] = 700.into());
    let now = server.world().now();
    let mut source = with_results(&server, "2801, 2802");
    let shelf = read_some(source.as_mut(), now, &["results"]);
    let result = shelf.row("looker_results", "2801@2026-03-02");
    assert_eq!(result["row_count"], Value::Int(700));
    assert_eq!(result["ran_at"], Value::Timestamp(now));
    assert_eq!(result["is_cut"], Value::Bool(false));
    assert_eq!(result["filters"], r#"{"runs.week":"28 weeks"}"#.into());
    let rows = shelf.rows("looker_result_rows");
    assert_eq!(rows.len(), 700 + 5);
    let row = shelf.row("looker_result_rows", "2801@2026-03-02,699");
    let cells: serde_json::Value = serde_json::from_str(&row["cells"].to_string()).unwrap();
    assert_eq!(cells["runs.count"]["value"], 301);
    let field = "2801@2026-03-02,measures,runs.count";
    let field = shelf.row("looker_result_fields", field);
    assert_eq!(
        (&field["label"], &field["nth"]),
        (&"Runs Count".into(), &Value::Int(2))
    );
    assert_eq!(shelf.incomplete, Vec::<String>::new());
    // The next day is another snapshot.
    let mut later = settings(&server);
    later.options = [("results".to_owned(), "2801".to_owned())].into();
    later.now = now + SignedDuration::from_hours(24);
    let later = read_some(open(later).as_mut(), now, &["results"]);
    assert_eq!(
        later.keys("looker_results"),
        ["2801@2026-03-03".to_owned()].into()
    );
}

#[test]
fn the_looks_of_a_folder_may_be_meant_and_none_where_nobody_says_which() {
    let server = serve(world(), &[]);
    let mut source = with_results(&server, "2899,folder:Desktop Test Engineering");
    let results = stream(source.as_ref(), "results");
    assert_eq!(source.off(results), None);
    let scopes = source.scopes(results).unwrap();
    let found: Vec<_> = scopes.iter().map(|it| it.text("look_id")).collect();
    let there = server.world().ids_where("looker.looks", |it| {
        it["folder_id"] == "1946" && it["deleted"] == false
    });
    assert_eq!(found[0], "2899");
    assert_eq!(found[1..].iter().cloned().collect::<BTreeSet<_>>(), there);

    let mut source = self::source(&server);
    assert_eq!(source.scopes(results).unwrap(), []);
    assert_eq!(
        source.off(results).unwrap(),
        "`options = { results = \"…\" }` in [source.tools] switches it on"
    );
}

#[test]
fn rows_of_which_there_may_be_more_are_incomplete_and_a_query_that_fails_is_none() {
    let server = serve(world(), &[]);
    {
        let mut world = server.world();
        world.change("looker.looks", "2800", |it| {
            it["_rows"] = 700.into();
            it["_cap"] = 500.into();
        });
        world.change("looker.looks", "2801", |it| it["_wide"] = true.into());
        world.change("looker.looks", "2802", |it| {
            it["_error"] = "no table".into()
        });
    }
    let now = server.world().now();
    let mut source = with_results(&server, "2800,2801");
    let shelf = read_some(source.as_mut(), now, &["results"]);
    assert_eq!(
        shelf.incomplete,
        [
            "look 2800 gave 500 rows, which is a limit of Looker's: there may be more",
            "Looker left out columns of look 2801, as it has too many",
        ]
    );
    assert_eq!(shelf.rows("looker_result_rows").len(), 504);

    let mut source = with_results(&server, "2802");
    let results = stream(source.as_ref(), "results");
    let scope = source.scopes(results).unwrap().remove(0);
    let mut shelf = Shelf::default();
    let error = read(
        source.as_mut(),
        results,
        &reading(scope, None, now),
        &mut shelf,
    );
    let error = error.unwrap_err();
    assert_eq!(error.kind, Failure::Answer);
    assert!(
        error.trouble.ends_with(
            "/looks/2802/run/json_bi?limit=-1 is that the query failed: The database refused the query no table"
        ),
        "{}",
        error.trouble
    );
}

#[test]
fn a_key_that_is_half_or_wrong_reads_nothing() {
    let server = serve(world(), &[]);
    for (what, change) in [
        ("user", (|it| it.user = None) as fn(&mut Setup)),
        ("token", |it| it.token = None),
        ("url", |it| it.url = None),
    ] {
        let mut settings = settings(&server);
        change(&mut settings);
        let clock = std::sync::Arc::new(crate::reader::Still::at(settings.now));
        let opened = qaduct_sources::open(settings, std::sync::Arc::clone(&clock) as _, clock);
        let error = opened.err().unwrap();
        assert_eq!(error.trouble, format!("[source.tools] has no `{what}`"));
    }
    let mut settings = settings(&server);
    settings.token = Some(qaduct_records::Secret::new("another-planted"));
    let error = open(settings).probe().unwrap_err();
    assert_eq!(error.kind, Failure::Credential);
    assert!(
        error
            .trouble
            .contains("/login is refused: status 404: Not found"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("planted"));
}

#[test]
fn one_session_serves_a_whole_reading_and_another_follows_when_it_ends() {
    let server = serve(world(), &[]);
    let mut source = source(&server);
    let now = server.world().now();
    read_all(source.as_mut(), now);
    let logins = || {
        let log = server.log().into_iter();
        log.filter(|it| it.target.ends_with("/login")).count()
    };
    assert_eq!(logins(), 1);
    // The service has ended it; our clock stands still.
    server.world().pass(SignedDuration::from_hours(2));
    let probe = source.probe().unwrap();
    assert_eq!((logins(), probe.user.as_str()), (2, "Sven Å (12)"));
}

#[test]
fn people_are_hidden_where_the_settings_say_so() {
    let server = serve(world(), &[]);
    let mut settings = settings(&server);
    settings.people = People::Drop;
    let now = settings.now;
    let shelf = read_all(open(settings).as_mut(), now);
    let dump = shelf.dump();
    for name in ["Ada Byron", "person3@example.org"] {
        assert!(!dump.contains(name), "{name}");
    }
}

/// Streams with lists of more than one page.
const LONG: &[&str] = &["users", "looks", "dashboards", "usage"];

#[test]
fn a_reading_goes_on_from_each_of_its_positions() {
    let server = narrow(7);
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
fn faults_on_the_way_change_nothing() {
    let undisturbed = {
        let server = narrow(7);
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
        "401@looks/search:3",
        "503@login:1",
        "cut@login:1",
        "again@looks/search:3",
        "again@users:2",
    ] {
        let server = narrow(7);
        server.set_faults(&[fault.parse().unwrap()]);
        let now = server.world().now();
        let mut shelf = read_some(source(&server).as_mut(), now, LONG);
        assert!(server.counters().faults > 0, "{fault}");
        shelf.urls.clear();
        assert_same(&undisturbed, &shelf, fault);
    }
}

#[test]
fn what_goes_while_a_list_is_read_takes_nothing_else_with_it() {
    for fault in [
        "drop@users:1",
        "drop@looks/search:3",
        "drop@dashboards/search:4",
        "move@looks/search:4",
    ] {
        let server = narrow(7);
        server.set_faults(&[fault.parse().unwrap()]);
        let now = server.world().now();
        let shelf = read_some(source(&server).as_mut(), now, LONG);
        assert_eq!(server.counters().faults, 1, "{fault}");
        let world = server.world();
        for (table, collection) in [
            ("looker_users", "looker.users"),
            ("looker_dashboards", "looker.dashboards"),
        ] {
            let lost: Vec<_> = world
                .ids(collection)
                .difference(&shelf.keys(table))
                .cloned()
                .collect();
            assert_eq!(lost, [""; 0], "{fault}: {table}");
        }
        let found = shelf.keys("looker_looks");
        let lost: Vec<_> = world
            .ids("looker.looks")
            .difference(&found)
            .cloned()
            .collect();
        // What moved to the top was changed after this reading began: the next one has it.
        let most = usize::from(fault.starts_with("move"));
        assert!(lost.len() <= most, "{fault}: {lost:?}");
    }
}

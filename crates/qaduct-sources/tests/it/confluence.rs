//! Confluence, in the Cloud and of a Data Center: spaces, pages in every state, their versions, and
//! what hangs on them.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use qaduct_records::Value;
use qaduct_records::source::{Failure, Source};
use qaduct_replay::{Options, Server, World};
use qaduct_sources::Setup;
use serde_json::Value as Json;

use crate::reader::{
    TOKEN, assert_no_secret, open, parts, poll, read, read_all, read_some, reading, serve, setup,
    stream,
};
use crate::shelf::{Shelf, assert_same};

fn world() -> World {
    World::of("confluence", 7, 300)
}

/// Who hosts it. The pages are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edition {
    Cloud,
    DataCenter,
}
use Edition::{Cloud, DataCenter};

const BOTH: [Edition; 2] = [Cloud, DataCenter];

impl Edition {
    fn setup(self, server: &Server) -> Setup {
        let mut settings = match self {
            Cloud => setup(server, "confluence", "confluence"),
            DataCenter => setup(server, "confluence", "confluence-dc"),
        };
        if self == DataCenter {
            settings.user = None;
            let edition = ("edition".to_owned(), "datacenter".to_owned());
            settings.options = [edition].into();
        }
        settings
    }

    fn source(self, server: &Server) -> Box<dyn Source> {
        open(self.setup(server))
    }

    /// The id of a file or a comment as it is stored.
    fn id(self, id: &str) -> String {
        match self {
            Cloud => id.to_owned(),
            DataCenter => id.trim_start_matches("att").to_owned(),
        }
    }

    fn ids(self, ids: BTreeSet<String>) -> BTreeSet<String> {
        ids.iter().map(|it| self.id(it)).collect()
    }
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

/// The ids of what hangs on a page that is not in the trash, by the field that names the page.
fn there(world: &World, collection: &str, field: &str) -> BTreeSet<String> {
    world.ids_where(collection, |it| {
        let page = world.get("confluence.pages", it[field].as_str().unwrap());
        it["_hidden"] != true && page.is_some_and(|it| it["status"] != "trashed")
    })
}

/// All that there is and nothing else.
fn assert_all_there(edition: Edition, shelf: &Shelf, server: &Server) {
    let world = server.world();
    assert_eq!(
        shelf.keys("confluence_spaces"),
        world.ids("confluence.spaces")
    );
    assert_eq!(
        shelf.keys("confluence_pages"),
        world.visible("confluence.pages")
    );
    let versions = shelf.keys("confluence_page_versions").into_iter();
    let versions: BTreeSet<_> = versions.map(|it| it.replace(',', ".")).collect();
    assert_eq!(versions, there(&world, "confluence.versions", "_page"));
    let labels = world.ids_where("confluence.labels", |it| {
        let page = world.get("confluence.pages", it["_page"].as_str().unwrap());
        let is_current = |it: &Json| match edition {
            Cloud => it["status"] == "current",
            // There is no archive of pages.
            DataCenter => it["status"] != "trashed",
        };
        page.is_some_and(|it| is_current(it) && it["_hidden"] != true)
    });
    let of_label = |it: &String| {
        let label = world.get("confluence.labels", it).unwrap();
        let text = |name: &str| label[name].as_str().unwrap().to_owned();
        [text("_page"), text("prefix"), text("name")].join(",")
    };
    let labels: BTreeSet<_> = labels.iter().map(of_label).collect();
    assert!(!labels.is_empty());
    assert_eq!(shelf.keys("confluence_page_labels"), labels);
    assert_eq!(
        shelf.keys("confluence_attachments"),
        edition.ids(there(&world, "confluence.attachments", "pageId"))
    );
    assert_eq!(
        shelf.keys("confluence_comments"),
        there(&world, "confluence.comments", "pageId")
    );
}

#[test]
fn all_that_may_be_seen_is_read_what_is_in_the_trash_with_its_status() {
    for edition in BOTH {
        let server = serve(world(), &[]);
        let now = server.world().now();
        let shelf = read_all(edition.source(&server).as_mut(), now);
        assert_all_there(edition, &shelf, &server);
        assert_eq!(shelf.incomplete, Vec::<String>::new());
        assert_eq!(shelf.problems, []);
        assert_no_secret(&shelf, &server);
        assert_eq!(server.violations(), [""; 0]);
        let statuses: BTreeSet<_> = shelf
            .rows("confluence_pages")
            .iter()
            .map(|it| it["status"].to_string())
            .collect();
        let all: &[&str] = match edition {
            Cloud => &["archived", "current", "trashed"],
            DataCenter => &["current", "trashed"],
        };
        assert_eq!(statuses, all.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(server.counters().writes, 0);
    }
}

#[test]
fn a_page_has_its_times_its_place_its_last_version_and_its_address() {
    let mut world = world();
    let page = world.ids_where("confluence.pages", |it| {
        it["status"] == "current" && it["parentId"].is_string()
    });
    let page = page.first().unwrap().clone();
    world.change("confluence.pages", &page, |it| {
        it["something_new"] = 4711.into()
    });
    let written = world.get("confluence.pages", &page).unwrap().clone();
    let server = serve(world, &[]);
    let now = server.world().now();
    let shelf = read_some(Cloud.source(&server).as_mut(), now, &["pages"]);
    let row = shelf.row("confluence_pages", &page);
    let text = |name: &str| row[name].to_string();
    let instant = |it: &Json| {
        it.as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .unwrap()
            .to_string()
    };
    assert_eq!(text("title"), written["title"].as_str().unwrap());
    assert_eq!(text("parent_id"), written["parentId"].as_str().unwrap());
    assert_eq!(text("version"), written["version"]["number"].to_string());
    assert_eq!(
        text("modified_at"),
        instant(&written["version"]["createdAt"])
    );
    assert_eq!(text("created_at"), instant(&written["createdAt"]));
    assert_eq!(text("_extra"), r#"{"something_new":4711}"#);
    let path = written["_links"]["webui"].as_str().unwrap();
    assert_eq!(
        text("url"),
        format!("{}/wiki{path}", server.url("confluence"))
    );
}

#[test]
fn a_space_is_named_by_its_key_and_others_are_left_alone() {
    for edition in BOTH {
        let server = serve(world(), &[]);
        let mut settings = edition.setup(&server);
        settings.projects = vec!["DTE".to_owned(), "~7120205f1d2c3b".to_owned()];
        let now = settings.now;
        let shelf = read_all(open(settings).as_mut(), now);
        let keys: BTreeSet<_> = shelf
            .rows("confluence_spaces")
            .iter()
            .map(|it| it["space_key"].to_string())
            .collect();
        assert_eq!(keys, ["DTE", "~7120205f1d2c3b"].map(str::to_owned).into());
        for table in ["pages", "attachments"] {
            let rows = shelf.rows(&format!("confluence_{table}")).into_iter();
            let spaces: BTreeSet<_> = rows.map(|it| it["space_id"].to_string()).collect();
            assert!(
                spaces.is_subset(&["98311", "98313"].map(str::to_owned).into()),
                "{spaces:?}"
            );
        }

        let mut settings = edition.setup(&server);
        settings.projects = vec!["NONE".to_owned()];
        let mut source = open(settings);
        let pages = stream(source.as_ref(), "pages");
        let error = source.scopes(pages).unwrap_err();
        assert_eq!(
            error.trouble,
            "the service lists no projects: the account may have lost its permissions"
        );
        let mut settings = edition.setup(&server);
        settings.projects = vec!["MTE".to_owned(), "NONE".to_owned()];
        let error = open(settings).scopes(pages).unwrap_err();
        assert_eq!(
            (error.kind, error.trouble.as_str()),
            (
                Failure::Config,
                "there is no space `NONE` that the user may see"
            )
        );
    }
}

#[test]
fn without_a_user_or_a_token_nothing_is_asked() {
    let server = serve(world(), &[]);
    for lacking in ["user", "token"] {
        let mut settings = Cloud.setup(&server);
        match lacking {
            "user" => settings.user = None,
            _ => settings.token = None,
        }
        let clock = std::sync::Arc::new(crate::reader::Still::at(settings.now));
        let opened = qaduct_sources::open(settings, std::sync::Arc::clone(&clock) as _, clock);
        assert_eq!(opened.err().unwrap().trouble, format!("needs `{lacking}`"));
    }
    let mut settings = Cloud.setup(&server);
    settings.token = Some(qaduct_records::Secret::new("another"));
    assert_eq!(
        open(settings).probe().unwrap_err().kind,
        Failure::Credential
    );
    assert_eq!(Cloud.source(&server).probe().unwrap().user, "Bot 🤖");
}

#[test]
fn a_later_reading_finds_each_file_that_changed_whatever_the_time_zone_of_the_user() {
    for edition in BOTH {
        for time_zone in ["America/Los_Angeles", "Australia/Lord_Howe", "UTC"] {
            let options = Options {
                time_zone: time_zone.to_owned(),
                ..Options::default()
            };
            let server = Server::start(world(), options).unwrap();
            let now = server.world().now();
            let mut source = edition.source(&server);
            let attachments = stream(source.as_ref(), "attachments");
            for hours in [1, 7, 13, 19, 24 * 40] {
                let lower = now - SignedDuration::from_hours(hours);
                let id = server
                    .world()
                    .ids_where("confluence.attachments", |it| it["_hidden"] != true);
                let id = id.first().unwrap().clone();
                server.world().change("confluence.attachments", &id, |it| {
                    it["version"]["createdAt"] =
                        lower.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string().into();
                });
                let mut shelf = Shelf::default();
                for scope in source.scopes(attachments).unwrap() {
                    let reading = reading(scope, Some(lower), now);
                    read(source.as_mut(), attachments, &reading, &mut shelf).unwrap();
                }
                let text = lower.to_string();
                let world = server.world();
                let changed = there(&world, "confluence.attachments", "pageId").into_iter();
                let changed: BTreeSet<_> = changed
                    .filter(|it| {
                        let record = world.get("confluence.attachments", it).unwrap();
                        record["version"]["createdAt"].as_str().unwrap() >= &text[..19]
                    })
                    .collect();
                assert!(changed.contains(&id));
                let changed = edition.ids(changed);
                assert!(
                    shelf.keys("confluence_attachments").is_superset(&changed),
                    "{edition:?} {time_zone} {hours}"
                );
            }
        }
    }
}

#[test]
fn a_file_can_be_asked_for_alone_and_one_that_is_gone_says_so() {
    for edition in BOTH {
        let server = serve(world(), &[]);
        let now = server.world().now();
        let mut source = edition.source(&server);
        let mut shelf = read_some(source.as_mut(), now, &["attachments", "comments"]);
        for (name, table) in [
            ("attachments", "confluence_attachments"),
            ("comments", "confluence_comments"),
        ] {
            let stream = stream(source.as_ref(), name);
            let key = shelf.keys(table).pop_last().unwrap();
            let before = shelf.row(table, &key).clone();
            let scope = source.scopes(stream).unwrap().into_iter();
            let scope = scope
                .into_iter()
                .find(|it| it.values["space_id"] == before["space_id"])
                .unwrap();
            let value = || match name {
                "comments" => Value::Int(key.parse().unwrap()),
                _ => Value::from(key.as_str()),
            };
            let census = source.census(stream, &scope).unwrap();
            assert!(census.contains(&vec![value()]), "{census:?}");
            poll(
                source.as_mut(),
                stream,
                &scope,
                vec![vec![value()]],
                &mut shelf,
            );
            assert_eq!(shelf.row(table, &key), &before);
            let collection = format!("confluence.{name}");
            let ids = server.world().ids(&collection);
            let id = ids.iter().find(|it| edition.id(it) == key).unwrap();
            server.world().remove(&collection, id);
            poll(
                source.as_mut(),
                stream,
                &scope,
                vec![vec![value()]],
                &mut shelf,
            );
            assert_eq!(shelf.row(table, &key)["_gone"], "deleted".into());
            assert_eq!(
                source.census(stream, &scope).unwrap().len(),
                census.len() - 1
            );
        }
    }
}

#[test]
fn a_reading_goes_on_from_each_of_its_positions() {
    for edition in BOTH {
        let server = narrow(4);
        let now = server.world().now();
        let mut source = edition.source(&server);
        let source = source.as_mut();
        let mut continued = 0;
        for name in ["spaces", "pages", "attachments", "comments"] {
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
}

#[test]
fn a_link_to_the_next_page_is_followed_below_the_address_of_the_settings() {
    let server = narrow(3);
    let mut settings = Cloud.setup(&server);
    // As somebody has it in the address bar; the links begin at the root of the site.
    settings.url = Some(format!(
        "{}/wiki/spaces/MTE/overview",
        server.url("confluence")
    ));
    let now = settings.now;
    let shelf = read_all(open(settings).as_mut(), now);
    assert_all_there(Cloud, &shelf, &server);
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn faults_on_the_way_change_nothing() {
    for edition in BOTH {
        // Addresses of pages name the server: it is one.
        let server = narrow(4);
        let now = server.world().now();
        let mut undisturbed = read_all(edition.source(&server).as_mut(), now);
        undisturbed.urls.clear();
        for fault in [
            "429+1@/4",
            "429@/5",
            "503@/4",
            "cut@/6",
            "cut-chunk@/5",
            "cut-gzip@/4",
            "reset@/5",
            match edition {
                Cloud => "again@98310/pages:3",
                DataCenter => "again@content/scan:2",
            },
        ] {
            server.clear_log();
            server.set_faults(&[fault.parse().unwrap()]);
            let mut shelf = read_all(edition.source(&server).as_mut(), now);
            assert!(server.counters().faults > 0, "{fault}");
            shelf.urls.clear();
            assert_same(&undisturbed, &shelf, fault);
        }
    }
}

#[test]
fn a_page_of_a_data_center_has_the_columns_of_one_of_the_cloud() {
    let server = serve(world(), &[]);
    let now = server.world().now();
    let read = |edition: Edition| read_all(edition.source(&server).as_mut(), now);
    let (cloud, own) = (read(Cloud), read(DataCenter));
    for (table, here) in [
        (
            "confluence_spaces",
            &["space_key", "name", "space_type", "status", "homepage_id"][..],
        ),
        (
            "confluence_pages",
            &[
                "space_id",
                "space_key",
                "title",
                "parent_id",
                "parent_type",
                "position",
                "created_at",
                "version",
                "modified_at",
                "version_message",
                "is_minor_edit",
            ],
        ),
        (
            "confluence_page_versions",
            &["created_at", "message", "is_minor_edit"],
        ),
        ("confluence_page_labels", &["space_id", "label_id"]),
        (
            "confluence_attachments",
            &[
                "space_id",
                "page_id",
                "container_type",
                "status",
                "file_name",
                "media_type",
                "bytes",
                "comment",
                "version",
                "modified_at",
                "created_at",
            ],
        ),
        (
            "confluence_comments",
            &[
                "space_id",
                "page_id",
                "container_type",
                "status",
                "title",
                "location",
                "resolution",
                "version",
                "modified_at",
                "created_at",
            ],
        ),
    ] {
        for key in cloud.keys(table) {
            let (one, other) = (cloud.row(table, &key), own.row(table, &DataCenter.id(&key)));
            for column in here {
                assert_eq!(
                    one.get(*column),
                    other.get(*column),
                    "{table} {key} {column}"
                );
            }
            assert_eq!(other.get("_extra"), None, "{table} {key}");
        }
        for column in here {
            let told = |it: &&crate::shelf::Row| it.contains_key(*column);
            assert!(own.rows(table).iter().any(told), "{table} {column}");
        }
    }
    // People have other names there.
    let page = own.keys("confluence_pages").pop_last().unwrap();
    let row = own.row("confluence_pages", &page);
    for column in ["created_by", "modified_by"] {
        let who = row[column].to_string();
        assert!(
            who.chars().all(|it| it.is_ascii_hexdigit()),
            "{column} {who}"
        );
    }
    let url = format!("{}/spaces/", server.url("confluence-dc"));
    assert!(row["url"].to_string().starts_with(&url), "{}", row["url"]);
}

#[test]
fn a_data_center_takes_a_token_or_a_password_and_tells_who_that_is() {
    let server = serve(world(), &[]);
    let probe = |user: Option<&str>, token: &str| {
        let mut settings = DataCenter.setup(&server);
        settings.user = user.map(str::to_owned);
        settings.token = Some(qaduct_records::Secret::new(token));
        open(settings).probe()
    };
    assert_eq!(probe(None, TOKEN).unwrap().user, "Bot 🤖");
    assert_eq!(probe(Some("ada"), TOKEN).unwrap().user, "Bot 🤖");
    let refused = probe(None, "another").unwrap_err();
    assert_eq!(refused.kind, Failure::Credential);
}

#[test]
fn what_hangs_on_pages_of_an_archived_space_of_a_data_center_is_read_too() {
    let server = serve(world(), &[]);
    let page = {
        let world = server.world();
        let of_space = world.ids_where("confluence.pages", |it| it["spaceId"] == "98312");
        of_space.first().unwrap().clone()
    };
    server.world().attach(&page, "old.png", b"old");
    let now = server.world().now();
    let shelf = read_some(DataCenter.source(&server).as_mut(), now, &["attachments"]);
    let rows = shelf.rows("confluence_attachments");
    assert!(rows.iter().any(|it| it["file_name"] == "old.png".into()));
}

//! Confluence through a store: what only more than one pull shows.

use qaduct_records::Outcome;
use qaduct_replay::Options;
use serde_json::Value;

use crate::bench::Bench;

const SPACE: &str = "MTE";
const ALL: &[&str] = &[
    "spaces",
    "pages",
    "page_versions",
    "page_labels",
    "attachments",
    "comments",
];

fn cloud() -> Bench {
    let options = Options {
        page: Some(10),
        ..Options::default()
    };
    Bench::with("confluence", 200, options)
}

/// One of each edition, whose pages are the same, pulled once.
fn benches() -> [Bench; 2] {
    let both = [cloud(), cloud().edition("confluence-dc", "datacenter")];
    both.map(|mut bench| {
        bench.pull(SPACE, ALL);
        bench
    })
}

/// A page of the space that somebody has written and attached something to.
fn a_page(bench: &Bench) -> String {
    let world = bench.server.world();
    let with_file = |it: &Value| {
        let id = it["id"].as_str().unwrap();
        it["spaceId"] == "98310"
            && it["status"] == "current"
            && it["_hidden"] != true
            && world
                .collection("confluence.attachments")
                .of(id)
                .next()
                .is_some()
    };
    let pages = world.ids_where("confluence.pages", with_file);
    pages.first().unwrap().clone()
}

#[test]
fn a_second_pull_finds_nothing_new_and_asks_for_no_version_again() {
    for mut bench in benches() {
        assert!(bench.asked("/version").len() > 10);
        let pulled = bench.pull(SPACE, ALL);
        assert_eq!(pulled.run.outcome, Outcome::Unchanged);
        assert_eq!(bench.asked("/version"), [0; 0]);
        assert_eq!(bench.server.counters().writes, 0);
    }
}

#[test]
fn of_a_page_that_was_written_alone_the_versions_are_asked_for_again() {
    for mut bench in benches() {
        let page = a_page(&bench);
        let before = bench.values("confluence_page_versions", "version").len();
        bench
            .server
            .world()
            .edit_page(&page, |body| format!("{body}<p>more</p>"));
        bench.pull(SPACE, ALL);
        assert_eq!(bench.asked("/version"), [200]);
        assert_eq!(
            bench.values("confluence_page_versions", "version").len(),
            before + 1
        );
    }
}

#[test]
fn what_makes_no_version_is_noticed_as_well() {
    for mut bench in benches() {
        let page = a_page(&bench);
        bench.server.world().attach(&page, "late.png", b"new");
        bench.pull(SPACE, ALL);
        assert!(
            bench
                .values("confluence_attachments", "file_name")
                .contains(&"late.png".to_owned())
        );
        assert_eq!(bench.asked("/version"), [0; 0]);
    }
}

#[test]
fn a_page_that_goes_to_the_archive_of_the_cloud_is_noticed() {
    let [mut bench, _] = benches();
    let page = a_page(&bench);
    bench
        .server
        .world()
        .change("confluence.pages", &page, |it| {
            it["status"] = "archived".into()
        });
    let archived = |bench: &Bench| {
        let statuses = bench.values("confluence_pages", "status").into_iter();
        statuses.filter(|it| it == "archived").count()
    };
    let before = archived(&bench);
    bench.pull(SPACE, ALL);
    assert_eq!(archived(&bench), before + 1);
    assert_eq!(bench.asked("/versions"), [0; 0]);
}

#[test]
fn a_page_in_the_trash_stays_with_its_status_and_one_that_is_purged_is_gone_with_its_versions() {
    for mut bench in benches() {
        let page = a_page(&bench);
        let pages = |bench: &Bench| bench.values("confluence_pages", "page_id");
        let files = |bench: &Bench| bench.values("confluence_attachments", "page_id");
        let versions = |bench: &Bench| bench.values("confluence_page_versions", "page_id");
        bench
            .server
            .world()
            .change("confluence.pages", &page, |it| {
                it["status"] = "trashed".into()
            });
        bench.pull(SPACE, ALL);
        assert!(pages(&bench).contains(&page));
        assert!(versions(&bench).contains(&page));
        // The search no longer finds what hangs on it.
        assert!(!files(&bench).contains(&page));
        bench
            .server
            .world()
            .change("confluence.pages", &page, |it| {
                it["status"] = "current".into()
            });
        bench.pull(SPACE, ALL);
        assert!(files(&bench).contains(&page), "out of the trash");
        bench.server.world().remove("confluence.pages", &page);
        bench.pull(SPACE, ALL);
        assert!(!pages(&bench).contains(&page));
        assert!(!versions(&bench).contains(&page));
    }
}

#[test]
fn a_file_that_is_deleted_is_gone_and_the_page_stays() {
    for mut bench in benches() {
        let page = a_page(&bench);
        let file = {
            let world = bench.server.world();
            let mut files = world.collection("confluence.attachments").of(&page);
            files.next().unwrap()["id"].as_str().unwrap().to_owned()
        };
        bench.server.world().remove("confluence.attachments", &file);
        bench.pull(SPACE, ALL);
        // Data Center has no letters before the number.
        let number = |it: &str| it.trim_start_matches("att").to_owned();
        let left = bench.values("confluence_attachments", "attachment_id");
        assert!(!left.iter().any(|it| number(it) == number(&file)));
        assert!(bench.values("confluence_pages", "page_id").contains(&page));
    }
}

#[test]
fn a_label_that_is_taken_away_is_gone_without_a_new_version_of_its_page() {
    for mut bench in benches() {
        let label = {
            let world = bench.server.world();
            let of_space = |it: &Value| {
                let page = world.get("confluence.pages", it["_page"].as_str().unwrap());
                page.is_some_and(|it| it["spaceId"] == "98310" && it["status"] == "current")
            };
            let labels = world.ids_where("confluence.labels", of_space);
            labels.first().unwrap().clone()
        };
        let stored = bench.values("confluence_page_labels", "page_id").len();
        bench.server.world().remove("confluence.labels", &label);
        bench.pull(SPACE, ALL);
        let left = bench.values("confluence_page_labels", "page_id").len();
        assert_eq!(left, stored - 1);
        assert_eq!(bench.asked("/version"), [0; 0]);
    }
}

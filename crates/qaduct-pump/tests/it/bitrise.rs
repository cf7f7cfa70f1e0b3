//! Bitrise through a store: what only more than one pull shows.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use qaduct_records::Outcome;
use qaduct_replay::Options;

use crate::bench::Bench;

const APP: &str = "firefox-ios";
const STREAMS: &[&str] = &["builds", "archived_builds", "artifacts"];

fn bench() -> Bench {
    let options = Options {
        page: Some(20),
        ..Options::default()
    };
    Bench::with("bitrise", 150, options)
}

impl Bench {
    fn stored(&self) -> BTreeSet<String> {
        self.values("bitrise_builds", "build_slug")
            .into_iter()
            .collect()
    }

    fn running(&self) -> Vec<String> {
        let running = |it: &serde_json::Value| it["status"] == 0;
        let ids = self.server.world().ids_where("bitrise.builds", running);
        ids.into_iter().collect()
    }

    /// The builds of the app that are listed.
    fn listed(&self) -> BTreeSet<String> {
        let world = self.server.world();
        let since = world.now() - SignedDuration::from_hours(24 * 200);
        world.ids_where("bitrise.builds", |it| {
            let at: jiff::Timestamp = it["triggered_at"].as_str().unwrap().parse().unwrap();
            it["_app"] == "0a1b2c3d4e5f6071" && at >= since
        })
    }
}

#[test]
fn a_build_that_runs_for_days_is_asked_for_until_it_has_ended_and_is_stored_with_its_end() {
    let mut bench = bench();
    bench.pull(APP, STREAMS);
    let running = bench.running();
    let slug = running.first().expect("a build that is running").clone();
    let artifacts = format!("builds/{slug}/artifacts");
    assert_eq!(bench.asked(&artifacts), [0; 0], "it is still running");
    // It is far behind what is read again when it ends, and leaves a file.
    let pass = |bench: &Bench, days: i64| {
        let mut world = bench.server.world();
        world.pass(SignedDuration::from_hours(24 * days));
    };
    pass(&bench, 4);
    bench.pull(APP, STREAMS);
    assert!(
        bench
            .values("bitrise_builds", "status")
            .contains(&"0".to_owned())
    );
    let now = {
        let mut world = bench.server.world();
        let now = world.now().to_string();
        world.change("bitrise.builds", &slug, |it| {
            it["status"] = 1.into();
            it["status_text"] = "success".into();
            it["finished_at"] = now.as_str().into();
        });
        world.put(
            "bitrise.artifacts",
            serde_json::json!({
                "slug": "late", "_build": slug, "title": "late.log", "artifact_type": "file",
                "artifact_meta": null, "file_size_bytes": 12, "is_public_page_enabled": false,
            }),
        );
        now
    };
    pass(&bench, 4);
    bench.pull(APP, STREAMS);
    assert!(bench.values("bitrise_builds", "finished_at").contains(&now));
    let files = bench.values("bitrise_artifacts", "artifact_slug");
    assert!(files.contains(&"late".to_owned()));
    bench.pull(APP, STREAMS);
    assert_eq!(bench.asked(&slug), [0; 0], "it has ended");
}

#[test]
fn a_pull_that_fails_behind_its_first_page_does_not_pass_over_the_pages_behind() {
    let mut bench = bench();
    bench.pull(APP, &["builds"]);
    // More builds than fill a page, and then the second page cannot be had.
    bench.server.world().advance(60);
    bench.server.set_faults(&["500@next=:1!".parse().unwrap()]);
    let pulled = bench.try_pull(APP, &["builds"]);
    assert_ne!(pulled.run.outcome, Outcome::Complete);
    assert!(bench.stored().len() < bench.listed().len());
    // More come before somebody looks.
    bench.server.world().advance(10);
    bench.server.set_faults(&[]);
    bench.pull(APP, &["builds"]);
    bench.pull(APP, &["builds"]);
    let lost: Vec<_> = bench
        .listed()
        .difference(&bench.stored())
        .cloned()
        .collect();
    assert_eq!(lost, [""; 0]);
}

#[test]
fn a_build_stays_when_it_moves_to_the_archive_and_nothing_is_asked_for_twice() {
    let mut bench = bench();
    bench.pull(APP, STREAMS);
    let before = bench.stored();
    let archived = bench.values("bitrise_archived_builds", "build_slug");
    let wait = SignedDuration::from_hours(24 * 30);
    bench.server.world().pass(wait);
    bench.pull(APP, STREAMS);
    assert_eq!(bench.stored(), before);
    assert!(bench.values("bitrise_archived_builds", "build_slug").len() > archived.len());
    let pulled = bench.pull(APP, STREAMS);
    assert_eq!(pulled.run.outcome, Outcome::Unchanged);
}

//! Bitrise: builds young and archived, and how workflows do.

use serde_json::{Value, json};

use super::{Story, everywhere};

/// A build that waited ten seconds; it has ended where `seconds` are given.
fn build(slug: &str, status: i64, at: &str, seconds: Option<i64>) -> Value {
    let of = |seconds: i64| format!("{at}:{:02}:{:02}Z", seconds / 60, seconds % 60);
    let words = ["in-progress", "success", "error", "aborted", "aborted"];
    json!({
        "build_slug": slug, "app_slug": "app", "build_number": 7, "workflow": "primary", "status": status,
        "status_text": words[usize::try_from(status).unwrap()], "branch": "main", "triggered_by": "webhook",
        "triggered_at": of(0), "started_at": of(10), "finished_at": seconds.map(|it| of(10 + it)),
    })
}

fn tell(story: &mut Story) {
    story.put(
        "bitrise_apps",
        json!([{ "app_slug": "app", "title": "firefox-ios" }]),
    );
    // 2026-01-05 is a Monday; the last of these is of the week before.
    let mut gone = build("gone", 1, "2026-01-06T12", Some(10));
    gone["_gone_at"] = "2026-01-07".into();
    let mut nightly = build("nightly", 2, "2026-01-06T03", Some(90));
    nightly["workflow"] = "nightly".into();
    story.put(
        "bitrise_builds",
        json!([
            build("good", 1, "2026-01-05T00", Some(100)),
            build("bad", 2, "2026-01-06T12", Some(300)),
            build("better", 1, "2026-01-11T23", Some(200)),
            build("stopped", 3, "2026-01-06T12", Some(5)),
            build("replaced", 4, "2026-01-06T12", Some(5)),
            build("running", 0, "2026-01-06T12", None),
            build("early", 2, "2026-01-04T23", Some(60)),
            nightly,
            gone,
        ]),
    );
    // As the list of archived builds has them; one was read before it was archived.
    let archived = |slug: &str| {
        let mut build = build(slug, 1, "2025-02-03T12", Some(400));
        build.as_object_mut().unwrap().remove("triggered_at");
        build
    };
    story.put(
        "bitrise_archived_builds",
        json!([archived("old"), archived("good")]),
    );
}

#[test]
fn a_build_is_one_row_before_and_after_it_is_archived() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows(
                "v_builds",
                "build_slug, app, status, triggered_at, waited_seconds, seconds"
            ),
            [
                "bad | firefox-ios | 2 | 2026-01-06T12:00:00Z | 10 | 300",
                "better | firefox-ios | 1 | 2026-01-11T23:00:00Z | 10 | 200",
                "early | firefox-ios | 2 | 2026-01-04T23:00:00Z | 10 | 60",
                "good | firefox-ios | 1 | 2026-01-05T00:00:00Z | 10 | 100",
                "nightly | firefox-ios | 2 | 2026-01-06T03:00:00Z | 10 | 90",
                "old | firefox-ios | 1 | - | - | 400",
                "replaced | firefox-ios | 4 | 2026-01-06T12:00:00Z | 10 | 5",
                "running | firefox-ios | 0 | 2026-01-06T12:00:00Z | 10 | -",
                "stopped | firefox-ios | 3 | 2026-01-06T12:00:00Z | 10 | 5",
            ]
        );
    });
}

#[test]
fn what_was_aborted_or_is_under_way_is_neither_a_success_nor_a_failure_of_its_workflow() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows(
                "v_build_health",
                "workflow, week, builds, succeeded, failed, aborted, unfinished, success_percent, \
                 average_seconds, longest_seconds, average_waited_seconds"
            ),
            [
                "nightly | 2026-01-05 | 1 | 0 | 1 | 0 | 0 | 0.00 | 90.00 | 90 | 10.00",
                "primary | 2025-02-03 | 1 | 1 | 0 | 0 | 0 | 100.00 | 400.00 | 400 | -",
                "primary | 2025-12-29 | 1 | 0 | 1 | 0 | 0 | 0.00 | 60.00 | 60 | 10.00",
                "primary | 2026-01-05 | 6 | 2 | 1 | 2 | 1 | 66.67 | 200.00 | 300 | 10.00",
            ]
        );
    });
}

#[test]
fn builds_have_their_old_columns_and_one_in_progress_is_not_among_them() {
    everywhere(|story| {
        tell(story);
        let columns = "id, build_number, branch, status, status_text, triggered_workflow, \
                       triggered_by, triggered_at";
        let rows = story.rows("report_bitrise_builds_count", columns);
        assert_eq!(rows.len(), 8);
        assert_eq!(
            rows[0],
            "1 | 7 | main | 2 | error | primary | webhook | 2026-01-06T12:00:00Z"
        );
        assert!(rows.iter().all(|it| !it.contains("in-progress")));
    });
}

//! Bugs: found, fixed, deferred, worked on, waiting.
//!
//! Release 142 came out on Tuesday, 19 August 2025. Bug 1 was found in its nightly (twice marked)
//! and beta, and fixed for it in time; bug 2, a severe regression, was fixed a day too late; bug 3
//! will not be fixed for it; bug 4 is invalid; bug 5 was found in 143, which has no day yet.

use serde_json::json;

use super::{Story, everywhere};

fn bug(id: i64, severity: &str, resolution: &str, created: &str) -> serde_json::Value {
    json!({
        "bug_id": id, "summary": format!("bug {id}"), "product": "Firefox", "severity": severity,
        "status": if resolution.is_empty() { "NEW" } else { "RESOLVED" }, "resolution": resolution,
        "is_open": resolution.is_empty(), "creation_time": created, "last_change_time": created,
    })
}

fn tell(story: &mut Story) {
    story.parameters(&[("calendar", "firefox")]);
    story.put("releases", json!([
        { "calendar": "firefox", "version": "142.0", "major": 142, "release_date": "2025-08-19", "channel": "release" },
        { "calendar": "firefox", "version": "142.0.1", "major": 142, "release_date": "2025-08-27", "channel": "release" },
        { "calendar": "firefox", "version": "142.0b1", "major": 142, "release_date": "2025-07-23", "channel": "beta" },
        { "calendar": "other", "version": "142.0", "major": 142, "release_date": "2020-01-01", "channel": "release" },
    ]));
    story.put(
        "bugzilla_bugs",
        json!([
            // A Friday; fixed on the Wednesday after: three working days.
            bug(1, "S3", "FIXED", "2025-08-01T23:00:00Z"),
            // A Monday; fixed on Wednesday the 20th of August: twelve working days.
            bug(2, "S1", "FIXED", "2025-08-04T00:00:00Z"),
            bug(3, "S2", "", "2025-08-05T00:00:00Z"),
            bug(4, "S4", "INVALID", "2025-08-05T00:00:00Z"),
            bug(5, "--", "", "2025-08-25T00:00:00Z"),
        ]),
    );
    story.put("bugzilla_bugs", json!([
        { "bug_id": 6, "summary": "gone", "is_open": true, "_gone_at": "2025-08-01", "_gone": "left" },
    ]));
    for (bug, marks) in [
        (1, "[qa-found-in-c142][qa-found-in-c142][qa-found-in-b142]"),
        (2, "[qa-found-in-b142]"),
        (3, "[qa-found-in-c142]"),
        (4, "[qa-found-in-c142]"),
        (5, "[qa-found-in-c143]"),
        (6, "[qa-found-in-c142]"),
    ] {
        let mut found = vec![format!("qa_whiteboard={marks}")];
        for (n, mark) in marks.split("[qa-found-in-").skip(1).enumerate() {
            let channel = if mark.starts_with('c') {
                "nightly"
            } else {
                "beta"
            };
            found.push(format!("tag.found_in#{n}={}", &mark[1..4]));
            found.push(format!("tag.found_channel#{n}={channel}"));
        }
        let found: Vec<_> = found.iter().map(String::as_str).collect();
        story.found("bugzilla_bugs", &bug.to_string(), &found);
    }
    for (bug, status) in [
        (1, "fixed"),
        (2, "VERIFIED"),
        (3, "wontfix"),
        (4, "affected"),
    ] {
        let status = format!("flags.release_status={status}");
        let found = [
            status.as_str(),
            "flags.release_number=142",
            "flags.release_status_key=cf_status_firefox142",
        ];
        story.found("bugzilla_bugs", &bug.to_string(), &found);
    }
    let change = |bug: i64, at: &str, added: &str| {
        json!({
            "bug_id": bug, "changed_at": at, "field": "cf_status_firefox142", "ordinal": 0,
            "removed": "", "added": added,
        })
    };
    story.put(
        "bugzilla_history",
        json!([
            change(1, "2025-08-04T10:00:00Z", "affected"),
            change(1, "2025-08-06T10:00:00Z", "fixed"),
            change(1, "2025-08-28T10:00:00Z", "verified"),
            change(2, "2025-08-20T00:00:01Z", "fixed"),
        ]),
    );
    story.put(
        "bugzilla_bug_keywords",
        json!([
            { "bug_id": 2, "keyword": "regression" }, { "bug_id": 2, "keyword": "crash" },
            { "bug_id": 3, "keyword": "regression" },
        ]),
    );
    story.read("bugs", "query=desktop-found-bugs", "2025-09-01T06:00:00Z");
}

#[test]
fn a_bug_is_fixed_by_its_release_when_its_flag_was_at_the_end_of_that_day() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows(
                "v_bug_release_flags",
                "bug_id, release_number, status, fixed_at, release_date, fixed_by_release"
            ),
            [
                "1 | 142 | fixed | 2025-08-06T10:00:00Z | 2025-08-19 | true",
                "2 | 142 | verified | 2025-08-20T00:00:01Z | 2025-08-19 | false",
                "3 | 142 | wontfix | - | 2025-08-19 | false",
                "4 | 142 | affected | - | 2025-08-19 | false",
            ]
        );
        // The day is that of the first version, and of the calendar of the configuration.
        assert_eq!(
            story.rows("v_release_days", "calendar, release_number, release_date"),
            ["firefox | 142 | 2025-08-19"]
        );
    });
}

#[test]
fn a_mark_that_stands_twice_is_one_find_and_days_to_the_fix_are_working_days() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows(
                "v_bugs_found",
                "bug_id, found_in, found_channel, workdays_to_fix, keywords"
            ),
            [
                "1 | 142 | beta | 3 | -",
                "1 | 142 | nightly | 3 | -",
                "2 | 142 | beta | 12 | crash,regression",
                "3 | 142 | nightly | - | regression",
                "4 | 142 | nightly | - | -",
                "5 | 143 | nightly | - | -",
            ]
        );
    });
}

#[test]
fn the_defects_of_a_release_count_each_bug_once() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows(
                "v_defects_by_release",
                "found_in, found, severe, regressions, in_nightly, in_beta, valid, fixed, \
                 fixed_by_release, open_on_release_day, deferred, deferred_regressions, \
                 average_workdays_to_fix"
            ),
            [
                "142 | 4 | 2 | 2 | 3 | 2 | 3 | 2 | 1 | 2 | 1 | 1 | 7.50",
                "143 | 1 | 0 | 0 | 1 | 0 | 1 | 0 | - | - | 0 | 0 | -",
            ]
        );
    });
}

/// Tells one more bug, which QA found in the nightly of 142.
fn find(story: &mut Story, bug: serde_json::Value) {
    let found = ["tag.found_in=142", "tag.found_channel=nightly"];
    story.found("bugzilla_bugs", &bug["bug_id"].to_string(), &found);
    story.put("bugzilla_bugs", json!([bug]));
}

#[test]
fn a_bug_that_is_neither_open_nor_fixed_is_not_valid_however_it_was_closed() {
    everywhere(|story| {
        tell(story);
        let closed = ["INCOMPLETE", "INACTIVE", "WONTFIX", "MOVED", "fixed"];
        for (n, resolution) in (10..).zip(closed) {
            find(story, bug(n, "S4", resolution, "2025-08-05T00:00:00Z"));
        }
        let bugs = story.rows("v_bugs", "bug_id, resolution, is_valid");
        assert_eq!(
            bugs[5..],
            [
                "10 | INCOMPLETE | false",
                "11 | INACTIVE | false",
                "12 | WONTFIX | false",
                "13 | MOVED | false",
                "14 | fixed | true",
            ]
        );
        // Bugs 1, 2, 3 and 14.
        assert_eq!(
            story.rows("v_defects_by_release", "found_in, found, valid")[0],
            "142 | 9 | 4"
        );
    });
}

#[test]
fn a_bug_that_was_filed_after_the_release_was_not_open_on_its_day() {
    everywhere(|story| {
        tell(story);
        // Bugs 2 and 3 were open then; of these only the first one had been filed.
        let filed = [
            "2025-08-19T23:59:59Z",
            "2025-08-20T00:00:00Z",
            "2025-08-25T00:00:00Z",
        ];
        for (n, filed) in (10..).zip(filed) {
            find(story, bug(n, "S4", "", filed));
        }
        assert_eq!(
            story.rows(
                "v_defects_by_release",
                "found_in, valid, fixed_by_release, open_on_release_day"
            )[0],
            "142 | 6 | 1 | 3"
        );
    });
}

#[test]
fn what_was_not_read_since_the_release_is_not_counted_as_open_on_its_day() {
    everywhere(|story| {
        tell(story);
        story.read("bugs", "query=desktop-found-bugs", "2025-08-18T06:00:00Z");
        assert_eq!(
            story.rows("v_data_times", "stream, as_of"),
            ["bugs | 2025-08-18T06:00:00Z"]
        );
        assert_eq!(
            story.rows("v_defects_by_release", "found_in, open_on_release_day")[0],
            "142 | -"
        );
    });
}

#[test]
fn the_work_of_qa_is_counted_by_release_and_kind_each_bug_once() {
    everywhere(|story| {
        tell(story);
        story.found(
            "bugzilla_bugs",
            "1",
            &[
                "w.qa_work=verified",
                "w.qa_work_release=147",
                "w.qa_work#1=verified",
                "w.qa_work_release#1=147",
            ],
        );
        story.found(
            "bugzilla_bugs",
            "2",
            &["w.qa_work=investigated", "w.qa_work_release=147"],
        );
        story.found("bugzilla_bugs", "3", &["w.qa_work=triaged"]);
        assert_eq!(
            story.rows(
                "v_qa_work_by_release",
                "work_release, bugs, verified, investigated, triaged"
            ),
            ["147 | 2 | 1 | 1 | 0", "- | 1 | 0 | 0 | 1"]
        );
        assert_eq!(
            story.rows(
                "v_bugs",
                "bug_id, resolution, is_open, is_valid, is_severe, is_regression, keywords"
            ),
            [
                "1 | FIXED | false | true | false | false | -",
                "2 | FIXED | false | true | true | true | crash,regression",
                "3 | - | true | true | true | true | regression",
                "4 | INVALID | false | false | false | false | -",
                "5 | - | true | true | false | false | -",
            ]
        );
        assert_eq!(
            story.rows("v_bugs_qa_work", "bug_id, work, work_release"),
            [
                "1 | verified | 147",
                "2 | investigated | 147",
                "3 | triaged | -"
            ]
        );
    });
}

#[test]
fn two_meta_bugs_and_two_keywords_stand_beside_each_other() {
    everywhere(|story| {
        tell(story);
        story.put("bugzilla_meta", json!([
            { "root_id": 5, "bug_id": 5, "depth": 0 }, { "root_id": 5, "bug_id": 1, "depth": 1 },
            { "root_id": 5, "bug_id": 3, "depth": 2 }, { "root_id": 9, "bug_id": 1, "depth": 1 },
        ]));
        assert_eq!(
            story.rows(
                "v_meta_bugs",
                "root_id, root_summary, bug_id, depth, is_open"
            ),
            [
                "5 | bug 5 | 1 | 1 | false",
                "5 | bug 5 | 3 | 2 | true",
                "9 | - | 1 | 1 | false"
            ]
        );
        assert_eq!(
            story.rows("v_bugs_by_keyword", "keyword, bug_id"),
            ["crash | 2", "regression | 2", "regression | 3"]
        );
        assert_eq!(
            story.rows(
                "report_bugzilla_meta_bugs",
                "bugzilla_bug_parent, bugzilla_key"
            ),
            ["5 | 1", "9 | 1"]
        );
    });
}

#[test]
fn what_was_found_in_a_bug_that_is_gone_and_what_stands_in_it_does_not_count() {
    everywhere(|story| {
        tell(story);
        story.found("bugzilla_bugs", "5", &["qa_whiteboard=[qa-found-in-c143]"]);
        story.put(
            "bugzilla_bug_keywords",
            json!([{ "bug_id": 5, "keyword": "crash" }]),
        );
        story.put(
            "bugzilla_meta",
            json!([
                { "root_id": 5, "bug_id": 1, "depth": 1, "_gone_at": "2025-09-01", "_gone": "orphaned" },
                { "root_id": 9, "bug_id": 1, "depth": 1 },
                { "root_id": 9, "bug_id": 5, "depth": 1 },
            ]),
        );
        let mut gone = bug(5, "--", "", "2025-08-25T00:00:00Z");
        gone["_gone_at"] = "2025-09-01".into();
        gone["_gone"] = "deleted".into();
        story.put("bugzilla_bugs", json!([gone]));
        // Nor of bug 6, which was gone before.
        let bugs = ["1", "2", "3", "4"];
        assert_eq!(story.rows("v_bug_values", "bug_id"), bugs);
        assert_eq!(story.rows("v_bugs", "bug_id"), bugs);
        assert_eq!(story.rows("v_meta_bugs", "root_id, bug_id"), ["9 | 1"]);
        assert_eq!(
            story.rows("v_bugs_by_keyword", "keyword, bug_id"),
            ["crash | 2", "regression | 2", "regression | 3"]
        );
        assert_eq!(story.rows("v_defects_by_release", "found_in"), ["142"]);
    });
}

#[test]
fn a_fix_that_waits_has_an_age_and_a_query_without_any_a_0() {
    everywhere(|story| {
        tell(story);
        let flag = |bug: i64, flag: i64, name: &str, status: &str| {
            json!({
                "bug_id": bug, "flag_id": flag, "name": name, "status": status, "setter": "qa@example.org",
                "creation_date": "2025-08-22T23:59:59Z",
            })
        };
        story.put(
            "bugzilla_flags",
            json!([
                flag(1, 10, "qe-verify", "+"),
                flag(2, 11, "qe-verify", "-"),
                flag(3, 12, "needinfo", "?"),
                flag(6, 13, "qe-verify", "+"),
            ]),
        );
        story.read("bugs", "query=qe-verify", "2025-09-01T06:00:00Z");
        story.read("bugs", "query=none", "2025-09-01T06:00:00Z");
        story.put(
            "pull_parts",
            json!([{ "stream": "bugs", "part": "query=never", "rows_so_far": 0 }]),
        );
        story.members("bugs", "query=qe-verify", &[1, 2, 3, 6]);
        assert_eq!(
            story.rows("v_qe_verify", "bug_id, flag_id, age_days"),
            ["1 | 10 | 10"]
        );
        assert_eq!(
            story.rows("v_qe_verify_counts", "query, waiting"),
            ["desktop-found-bugs | 0", "none | 0", "qe-verify | 1"]
        );
    });
}

#[test]
fn what_was_found_in_rows_of_other_tables_may_have_keys_that_are_no_numbers() {
    everywhere(|story| {
        tell(story);
        story.members("bugs", "query=some", &[1]);
        let views = [
            "v_bugs",
            "v_query_bugs",
            "v_bugs_found",
            "v_bugs_qa_work",
            "v_bug_values",
        ];
        let rows = |story: &Story| views.map(|view| story.rows(view, "source, bug_id"));
        let before = rows(story);
        assert_eq!(before[1], ["here | 1"]);
        let found = [
            "f.found_in=142",
            "w.qa_work=triaged",
            "qa_whiteboard=[other]",
            "s.release_status=fixed",
            "s.release_number=142",
            "s.release_status_key=f",
        ];
        story.found("github_workflow_runs", "5,1", &found);
        story.found("github_workflow_runs", "", &found);
        story.put(
            "part_rows",
            json!([{ "stream": "workflow_runs", "part": "query=some", "row_key": "1,1",
                     "first_seen_at": "2026-01-01" }]),
        );
        assert_eq!(rows(story), before);
    });
}

#[test]
fn what_is_unknown_of_a_fix_is_neither_a_fix_nor_open() {
    everywhere(|story| {
        tell(story);
        // Without the history only the day tells on which a bug was resolved.
        for (id, flag, resolved) in [
            (10, "fixed", Some("resolved_at=2025-08-19")),
            (11, "verified", Some("resolved_at=2025-08-20")),
            (12, "fixed", None),
        ] {
            find(story, bug(id, "S4", "FIXED", "2025-08-05T00:00:00Z"));
            story.found("bugzilla_bugs", &id.to_string(), resolved.as_slice());
            let status = format!("flags.release_status={flag}");
            let found = [
                status.as_str(),
                "flags.release_number=142",
                "flags.release_status_key=cf_status_firefox142",
            ];
            story.found("bugzilla_bugs", &id.to_string(), &found);
        }
        // Bugs 1 and 10 were fixed then, 2, 3 and 11 were not.
        assert_eq!(
            story.rows(
                "v_defects_by_release",
                "found_in, valid, fixed_by_release, open_on_release_day"
            )[0],
            "142 | 6 | 2 | 3"
        );
    });
}

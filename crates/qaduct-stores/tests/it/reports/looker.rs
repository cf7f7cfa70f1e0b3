//! Looks and dashboards: who looks at them, and what they give.

use serde_json::{Value, json};

use super::{Story, everywhere};

fn tell(story: &mut Story) {
    story.put(
        "looker_folders",
        json!([{ "folder_id": "1820", "name": "Mobile" }]),
    );
    let look = |id: &str, title: &str, updated: &str| {
        json!({
            "look_id": id, "title": title, "folder_id": "1820", "owner": "Ada",
            "created_at": "2026-01-01T10:00:00Z", "updated_at": updated, "is_in_trash": false,
        })
    };
    let mut trashed = look("2", "old", "2026-01-05T10:00:00Z");
    trashed["is_in_trash"] = true.into();
    let mut gone = look("3", "gone", "2026-01-05T10:00:00Z");
    gone["_gone_at"] = "2026-01-06".into();
    story.put(
        "looker_looks",
        json!([
            look("1", "pass rate", "2026-02-01T10:00:00Z"),
            trashed,
            gone
        ]),
    );
    story.put(
        "looker_dashboards",
        json!([
            { "dashboard_id": "1", "title": "overview", "created_at": "2026-01-01T10:00:00Z" },
            { "dashboard_id": "m::code", "title": "in code", "folder_id": "lookml" },
        ]),
    );
    let used = |kind: &str, id: &str, day: &str, views: i64, last: Value| {
        json!({
            "content_type": kind, "content_id": id, "day": day, "views": views, "favorites": 1,
            "last_viewed_at": last,
        })
    };
    story.put(
        "looker_usage",
        json!([
            used("look", "1", "2026-02-09", 7, json!("2026-02-08T09:00:00Z")),
            used("look", "1", "2026-02-10", 8, json!("2026-02-09T09:00:00Z")),
            used("dashboard", "1", "2026-02-10", 0, Value::Null),
        ]),
    );
}

#[test]
fn what_nobody_looks_at_tells_for_how_long_and_what_was_not_counted_tells_nothing() {
    everywhere(|story| {
        tell(story);
        assert_eq!(
            story.rows(
                "v_looker_content",
                "content_type, content_id, folder, is_in_trash, counted_on, views, is_never_viewed, days_unviewed"
            ),
            [
                "dashboard | 1 | - | false | 2026-02-10 | 0 | true | 40",
                "dashboard | m::code | - | false | - | - | - | -",
                "look | 1 | Mobile | false | 2026-02-10 | 8 | false | 1",
                "look | 2 | Mobile | true | - | - | - | -",
            ]
        );
    });
}

#[test]
fn the_rows_of_a_look_are_those_of_each_day_and_the_last_one_is_told() {
    everywhere(|story| {
        tell(story);
        let result = |day: &str, rows: i64| {
            json!({
                "snapshot": format!("1@{day}"), "look_id": "1", "day": day, "row_count": rows,
                "ran_at": format!("{day}T07:00:00Z"),
            })
        };
        story.put(
            "looker_results",
            json!([result("2026-02-09", 1), result("2026-02-10", 2)]),
        );
        let row = |day: &str, nth: i64| json!({ "snapshot": format!("1@{day}"), "nth": nth, "cells": format!("{{\"n\":{nth}}}") });
        story.put(
            "looker_result_rows",
            json!([
                row("2026-02-09", 0),
                row("2026-02-10", 0),
                row("2026-02-10", 1)
            ]),
        );
        assert_eq!(
            story.rows(
                "v_looker_results",
                "look_id, title, day, is_newest, row_count, nth, cells"
            ),
            [
                r#"1 | pass rate | 2026-02-09 | false | 1 | 0 | {"n":0}"#,
                r#"1 | pass rate | 2026-02-10 | true | 2 | 0 | {"n":0}"#,
                r#"1 | pass rate | 2026-02-10 | true | 2 | 1 | {"n":1}"#,
            ]
        );
    });
}

//! Folders with looks and dashboards, some of them in the trash; people, and what is sent to
//! them by a schedule.

use serde_json::{Value, json};

use super::Generated;
use super::random::{BEGIN, END, Random, moment, people};
use crate::World;
use crate::world::advance::some;
use crate::world::{Shape, ZULU, shape};

/// What a world has of it.
pub(crate) static MADE: Generated = Generated {
    name: "looker",
    share: 4,
    salt: 9,
    shapes: SHAPES,
    fill,
    hour,
    forgets: false,
};
const SHAPES: &[Shape] = &[
    shape("looker.folders", "id", "", None),
    shape("looker.looks", "id", "folder_id", ZULU),
    shape("looker.dashboards", "id", "folder_id", None),
    shape("looker.users", "id", "", None),
    shape("looker.plans", "id", "", None),
    shape("looker.render_tasks", "id", "", None),
];

/// Folders: id, name, the one that it is in.
const FOLDERS: &[(&str, &str, Option<&str>)] = &[
    ("1", "Shared", None),
    ("2", "Users", None),
    ("lookml", "LookML Dashboards", None),
    ("1820", "Mobile Test Engineering", Some("1")),
    ("1946", "Desktop Test Engineering", Some("1")),
    ("2011", "archive 🦊 <b>&amp;</b>", Some("1820")),
];
const MODELS: &[&str] = &["test_health", "bugzilla", "crash_rates"];

/// `2026-01-31T10:00:00.000+00:00`.
fn written(second: i64) -> String {
    moment(second)
        .strftime("%Y-%m-%dT%H:%M:%S.000+00:00")
        .to_string()
}

/// Fills them with about `size` records.
fn fill(world: &mut World, random: &mut Random, size: usize) {
    for (id, name, parent) in FOLDERS {
        folder(world, id, name, *parent);
    }
    for (n, name, email) in people() {
        let (id, own) = (format!("{}", n + 1), format!("{}", 3000 + n));
        folder(world, &own, name, Some("2"));
        world.put(
            "looker.users",
            json!({
                "id": id, "display_name": name, "email": email, "first_name": name.split(' ').next(),
                "last_name": name.split(' ').next_back(), "is_disabled": n == 7, "locale": "en",
                "role_ids": ["2", "5"], "group_ids": [format!("{}", n % 3 + 1)],
                "home_folder_id": "1", "personal_folder_id": own, "verified_looker_employee": false,
                "presumed_looker_employee": false, "is_service_account": n == 11,
                "ui_state": { "tour": "planted-ui-state" },
            }),
        );
    }
    let many = size.max(40);
    for n in 0..many as u64 {
        look(world, random, n, END - 3_600 * 5 * n.cast_signed());
    }
    for n in 0..(many as u64 / 3).max(14) {
        dashboard(world, random, n);
    }
    for n in 0..3 {
        lookml(world, random, n);
    }
    for n in 0..many as u64 / 8 {
        plan(world, random, n);
    }
}

fn folder(world: &mut World, id: &str, name: &str, parent: Option<&str>) {
    world.put(
        "looker.folders",
        json!({
            "id": id, "name": name, "parent_id": parent, "content_metadata_id": id,
            "created_at": written(BEGIN), "creator_id": "1", "child_count": 0, "external_id": null,
            "is_embed": false, "is_embed_shared_root": false, "is_embed_users_root": false,
            "is_personal": parent == Some("2"), "is_personal_descendant": false,
            "is_shared_root": id == "1", "is_users_root": id == "2",
        }),
    );
}

/// What looks and dashboards have in common.
fn content(world: &World, random: &mut Random, n: u64, at: i64) -> Value {
    let folder = random.pick(&["1820", "1820", "1946", "2011", "3001"]);
    let user = format!("{}", random.below(12) + 1);
    let in_trash = n % 9 == 4;
    let seen = (n % 5 != 2).then(|| written(at + 1_800));
    let name = world
        .get("looker.users", &user)
        .map(|it| it["display_name"].clone());
    json!({
        "title": random.sentence(), "description": random.chance(50).then(|| random.sentence()),
        "folder_id": folder, "folder": world.get("looker.folders", folder), "user_id": user,
        "user_name": name, "created_at": written(BEGIN + n.cast_signed() * 600),
        "updated_at": written(at), "last_updater_id": user, "deleted": in_trash,
        "deleted_at": in_trash.then(|| written(at + 900)), "deleter_id": in_trash.then_some("1"),
        "model": { "id": random.pick(MODELS), "label": "Test Health" }, "favorite_count": n % 4,
        "content_favorite_id": null, "content_metadata_id": format!("{}", 9_000 + n),
        "view_count": if seen.is_some() { random.below(5_000) } else { 0 },
        "usage_count": random.below(900), "last_viewed_at": seen, "last_accessed_at": seen,
        "is_owner_disabled": false, "can": { "show": true, "update": false },
    })
}

fn look(world: &mut World, random: &mut Random, n: u64, at: i64) {
    let id = format!("{}", 2_800 + n);
    let mut look = content(world, random, n, at);
    let more = json!({
        "id": id, "query_id": format!("{}", 70_000 + n), "public": n.is_multiple_of(7),
        "public_slug": "planted-public-slug", "short_url": format!("/looks/{id}"),
        "embed_url": "https://looker.example.org/embed/public/planted-public-slug",
        "public_url": "https://looker.example.org/looks/planted-public-slug",
        "image_embed_url": null, "excel_file_url": null, "google_spreadsheet_formula": null,
        "is_run_on_load": true, "_rows": 3 + n % 5,
    });
    merge(&mut look, more);
    world.put("looker.looks", look);
}

fn merge(record: &mut Value, more: Value) {
    if let (Value::Object(record), Value::Object(more)) = (record, more) {
        record.extend(more);
    }
}

fn dashboard(world: &mut World, random: &mut Random, n: u64) {
    let id = format!("{}", 2_600 + n);
    let mut dashboard = content(world, random, n, END - 7_200 * n.cast_signed());
    let elements: Vec<_> = (0..n % 4 + 1)
        .map(|nth| {
            let look = 2_800 + (n + nth) % 40;
            json!({
                "id": format!("{id}{nth:02}"), "dashboard_id": id, "title": random.sentence(),
                "type": if nth == 3 { "text" } else { "vis" },
                "look_id": (nth == 0).then(|| look.to_string()),
                "query_id": (nth != 0 && nth != 3).then(|| (80_000 + n * 10 + nth).to_string()),
                "merge_result_id": null, "note_text": null, "subtitle_text": null,
                "body_text": (nth == 3).then_some("See the <b>guide</b> 🦊"), "refresh_interval": null,
                "result_maker_id": (90_000 + n).to_string(), "title_hidden": false, "alert_count": nth,
            })
        })
        .collect();
    let filters: Vec<_> = (0..n % 3)
        .map(|nth| {
            json!({
                "id": format!("{id}9{nth}"), "dashboard_id": id, "name": format!("Filter {nth}"),
                "title": format!("Filter {nth}"), "type": "field_filter", "default_value": "28 days",
                "model": "test_health", "explore": "runs", "dimension": "runs.week", "row": nth,
                "required": false, "allow_multiple_values": true, "listens_to_filters": [],
                "ui_config": { "type": "relative_timeframes" }, "field": null,
            })
        })
        .collect();
    let more = json!({
        "id": id, "slug": format!("Vw{n:020}"), "hidden": false, "readonly": false,
        "query_timezone": "UTC", "refresh_interval": null, "dashboard_layouts": [],
        "lookml_link_id": null, "dashboard_elements": elements, "dashboard_filters": filters,
    });
    merge(&mut dashboard, more);
    world.put("looker.dashboards", dashboard);
}

/// A dashboard that stands in the code of a model.
fn lookml(world: &mut World, random: &mut Random, n: u64) {
    let model = MODELS[usize::try_from(n).unwrap_or_default() % MODELS.len()];
    world.put(
        "looker.dashboards",
        json!({
            "id": format!("{model}::overview_{n}"), "title": random.sentence(), "description": null,
            "folder_id": "lookml", "folder": world.get("looker.folders", "lookml"), "readonly": true,
            "model": { "id": model, "label": model }, "hidden": false, "user_id": null, "slug": null,
            "query_timezone": null, "refresh_interval": null, "deleted": false, "_lookml": true,
        }),
    );
}

fn plan(world: &mut World, random: &mut Random, n: u64) {
    let on_look = random.chance(60);
    world.put(
        "looker.plans",
        json!({
            "id": format!("{}", 400 + n), "name": random.sentence(), "title": null, "enabled": n % 6 != 3,
            "user_id": format!("{}", random.below(12) + 1), "crontab": "0 6 * * 1", "datagroup": null,
            "look_id": on_look.then(|| (2_800 + random.below(40)).to_string()), "query_id": null,
            "dashboard_id": (!on_look).then(|| (2_600 + random.below(14)).to_string()),
            "lookml_dashboard_id": null, "timezone": "America/Los_Angeles", "run_once": false,
            "created_at": written(BEGIN), "updated_at": written(END),
            "next_run_at": written(END + 86_400), "last_run_at": written(END - 86_400),
            "filters_string": null, "require_change": false, "require_results": true,
            "require_no_results": false,
            "scheduled_plan_destination": [{ "id": "1", "type": "email", "format": "wysiwyg_png",
                "address": "planted-recipient@example.org" }],
        }),
    );
}

/// An hour: somebody looks, edits, throws away, takes back, empties the trash and makes new ones.
fn hour(world: &mut World, random: &mut Random) {
    let now = world.now().as_second();
    for collection in ["looker.looks", "looker.dashboards"] {
        let is_own = |it: &Value| it["_lookml"] != true;
        for id in some(world, random, collection, 2, |it| {
            is_own(it) && it["deleted"] == false
        }) {
            // Who looks changes nothing else.
            world.change(collection, &id, |it| {
                it["view_count"] = (it["view_count"].as_u64().unwrap_or(0) + 1).into();
                it["last_viewed_at"] = written(now).into();
            });
        }
        for id in some(world, random, collection, 2, |it| {
            is_own(it) && it["deleted"] == false
        }) {
            let title = random.sentence();
            world.change(collection, &id, |it| {
                it["title"] = title.into();
                it["updated_at"] = written(now).into();
            });
        }
        // What goes into the trash or comes out of it was not edited.
        for (deleted, becomes) in [(false, true), (true, false)] {
            for id in some(world, random, collection, 1, |it| {
                is_own(it) && it["deleted"] == deleted
            }) {
                world.change(collection, &id, |it| {
                    it["deleted"] = becomes.into();
                    it["deleted_at"] = becomes.then(|| written(now)).into();
                    it["deleter_id"] = becomes.then_some("1").into();
                });
            }
        }
        for id in some(world, random, collection, 1, |it| it["deleted"] == true) {
            world.remove(collection, &id);
        }
    }
    let ids = world.ids("looker.looks");
    let newest = ids.iter().filter_map(|it| it.parse::<u64>().ok()).max();
    if let Some(newest) = newest {
        look(world, random, newest - 2_800 + 1, now - 60);
    }
}

//! Bugs, their history and comments, products and fields.

use serde_json::{Value, json};

use super::Generated;
use super::random::{END, Random, address, long, zulu};
use crate::World;
use crate::world::advance::some;
use crate::world::{Shape, Written, shape};

const PRODUCTS: &[(&str, &[&str])] = &[
    (
        "Firefox",
        &["General", "Address Bar", "Bookmarks & History", "Sync"],
    ),
    (
        "Core",
        &["DOM: Core & HTML", "Graphics", "JavaScript Engine"],
    ),
    ("Fenix", &["General", "Tabs", "Downloads"]),
    ("Focus", &["General"]),
    ("GeckoView", &["General", "Media"]),
    ("Toolkit", &["Password Manager", "Printing"]),
];
/// Versions that have a status flag.
const VERSIONS: std::ops::Range<u64> = 136..149;
/// The tracking bug of memory leaks on Android.
const META: u64 = 1_935_100;
const FIRST: u64 = 1_900_000;

/// What a world has of it.
pub(crate) static MADE: Generated = Generated {
    name: "bugzilla",
    share: 18,
    salt: 2,
    shapes: SHAPES,
    fill,
    hour,
    forgets: false,
};
const SHAPES: &[Shape] = &[
    shape(
        "bugzilla.bugs",
        "id",
        "product",
        Some(("last_change_time", Written::Zulu)),
    ),
    shape("bugzilla.history", "_id", "_bug", None),
    shape("bugzilla.comments", "id", "bug_id", None),
    shape("bugzilla.products", "id", "", None),
    shape("bugzilla.fields", "id", "", None),
];

/// Fills them with about `size` records.
fn fill(world: &mut World, random: &mut Random, size: usize) {
    fields(world);
    for (id, (name, components)) in (21u64..).zip(PRODUCTS) {
        let components: Vec<Value> = (id * 100..)
            .zip(components.iter())
            .map(|(id, name)| json!({ "id": id, "name": name, "description": name, "is_active": true, "default_assigned_to": "nobody@example.org" }))
            .collect();
        world.put(
            "bugzilla.products",
            json!({
                "id": id, "name": name, "description": format!("All about {name}"), "is_active": true, "default_milestone": "---",
                "has_unconfirmed": true, "classification": "Client Software", "components": components,
                "versions": [{ "id": id, "name": "unspecified", "sort_key": 0, "is_active": true }],
                "milestones": [{ "id": id, "name": "---", "sort_key": 0, "is_active": true }],
            }),
        );
    }
    let many = (size / 5).max(60) as u64;
    // A bulk edit: one bug in six was changed in the same second.
    let bulk = random.second();
    for index in 0..many {
        let id = if index == 3 { META } else { FIRST + index * 7 };
        bug(world, random, id, bulk, index);
    }
    let mut below = Vec::new();
    for index in 10..22.min(many) {
        below.push(FIRST + index * 7);
    }
    for id in &below {
        world.change("bugzilla.bugs", &id.to_string(), |it| {
            it["blocks"] = json!([META])
        });
    }
    world.change("bugzilla.bugs", &META.to_string(), |it| {
        it["summary"] = "[meta] Memory leaks on Android 🐘".into();
        it["depends_on"] = json!(below);
        it["groups"] = json!([]);
        it["alias"] = "android-leaks".into();
    });
}

fn fields(world: &mut World) {
    let mut names: Vec<(String, u64, bool)> = [
        "bug_id",
        "short_desc",
        "product",
        "component",
        "bug_status",
        "resolution",
        "bug_severity",
        "priority",
        "keywords",
        "delta_ts",
    ]
    .iter()
    .map(|it| ((*it).to_owned(), 1, false))
    .collect();
    names.push(("cf_qa_whiteboard".to_owned(), 1, true));
    names.push(("cf_last_resolved".to_owned(), 5, true));
    names.push(("cf_status_firefox_esr140".to_owned(), 2, true));
    names.push(("cf_user_story".to_owned(), 4, true));
    names.extend(VERSIONS.map(|it| (format!("cf_status_firefox{it}"), 2, true)));
    for (id, (name, kind, custom)) in (1u64..).zip(names) {
        let values: Vec<Value> = if kind == 2 {
            [
                "---",
                "?",
                "affected",
                "unaffected",
                "fixed",
                "verified",
                "wontfix",
                "disabled",
            ]
            .iter()
            .map(|it| json!({ "name": it, "sort_key": 0, "visibility_values": [] }))
            .collect()
        } else {
            Vec::new()
        };
        world.put(
            "bugzilla.fields",
            json!({
                "id": id, "type": kind, "is_custom": custom, "name": name, "display_name": name.replace('_', " "), "is_mandatory": false,
                "is_on_bug_entry": false, "visibility_field": null, "visibility_values": [], "value_field": null, "values": values,
            }),
        );
    }
}

fn person(address: &str) -> Value {
    let name = address.split('@').next().unwrap_or_default();
    json!({ "id": 400_000 + address.len(), "name": address, "real_name": name, "nick": name, "email": address })
}

fn someone(random: &mut Random) -> String {
    address(usize::try_from(random.below(12)).unwrap_or_default())
}

fn bug(world: &mut World, random: &mut Random, id: u64, bulk: i64, index: u64) {
    let (product, components) = random.pick(PRODUCTS);
    let created = random.second();
    let changed = if random.chance(16) {
        bulk.max(created)
    } else {
        random.second_between(created, END + 1)
    };
    let resolution = random.pick(&[
        "",
        "",
        "FIXED",
        "FIXED",
        "FIXED",
        "WONTFIX",
        "INVALID",
        "WORKSFORME",
        "DUPLICATE",
        "MOVED",
        "INCOMPLETE",
    ]);
    let status = match resolution {
        "" => random.pick(&["NEW", "UNCONFIRMED", "ASSIGNED", "REOPENED"]),
        "FIXED" => random.pick(&["RESOLVED", "VERIFIED"]),
        _ => "RESOLVED",
    };
    let found = format!(
        "[qa-found-in-{}{}]",
        random.pick(&["c", "b", "r"]),
        138 + random.below(11)
    );
    let whiteboard = match random.below(8) {
        0..3 => found,
        3 => format!(
            "{found}[qa-investig-done-c{}/b{}]",
            140 + random.below(8),
            140 + random.below(8)
        ),
        4 => "[qa-triaged][QA-Ver-needed-c147/b146]".to_owned(),
        _ => String::new(),
    };
    let creator = someone(random);
    let assigned = if random.chance(40) {
        someone(random)
    } else {
        "nobody@example.org".to_owned()
    };
    let keywords: &[&str] = match random.below(6) {
        0 => &["regression"],
        1 => &["ui-test-bug-auto-found"],
        2 => &["crash", "regression", "ui-test-bug-auto-found-not"],
        _ => &[],
    };
    let groups = match random.below(60) {
        0 => json!(["core-security"]),
        1 => json!(["mozilla-employee-confidential"]),
        _ => json!([]),
    };
    let mut flags = Vec::new();
    if random.chance(if product.starts_with('F') { 40 } else { 5 }) {
        let asked = random.second_between(created, END + 1);
        let mut flag = json!({
            "id": 2_000_000 + id, "type_id": 864, "name": "qe-verify", "status": random.pick(&["+", "+", "?", "-"]),
            "setter": creator, "creation_date": zulu(asked), "modification_date": zulu(asked),
        });
        if flag["status"] == "?" {
            flag["requestee"] = someone(random).into();
        }
        flags.push(flag);
    }
    if random.chance(10) {
        let at = zulu(created);
        flags.push(json!({ "id": 3_000_000 + id, "type_id": 800, "name": "needinfo", "status": "?", "setter": creator, "requestee": assigned, "creation_date": at, "modification_date": at }));
    }
    let mut record = json!({
        "id": id, "alias": null, "summary": random.sentence(), "product": product, "component": random.pick(components),
        "classification": "Client Software", "version": "unspecified", "target_milestone": "---",
        "type": random.pick(&["defect", "enhancement", "task"]), "severity": random.pick(&["S1", "S2", "S3", "S4", "--", "N/A"]),
        "priority": random.pick(&["P1", "P2", "P3", "P5", "--"]), "status": status, "resolution": resolution,
        "is_open": resolution.is_empty(), "is_confirmed": status != "UNCONFIRMED", "dupe_of": if resolution == "DUPLICATE" { json!(FIRST) } else { json!(null) },
        "creation_time": zulu(created), "last_change_time": zulu(changed), "creator": creator, "creator_detail": person(&creator),
        "assigned_to": assigned, "assigned_to_detail": person(&assigned), "qa_contact": "", "cc": [creator], "cc_detail": [person(&creator)],
        "keywords": keywords, "whiteboard": if random.chance(20) { "[geckoview:2026h1] 🦎" } else { "" }, "depends_on": [], "blocks": [],
        "see_also": [], "regressed_by": [], "regressions": [], "duplicates": [], "flags": flags, "groups": groups, "url": "",
        "op_sys": "Unspecified", "platform": "Unspecified", "votes": 0, "comment_count": 2, "mentors": [],
        "is_creator_accessible": true, "is_cc_accessible": true, "cf_qa_whiteboard": whiteboard, "cf_user_story": "",
        "cf_last_resolved": if resolution.is_empty() { json!(null) } else { json!(zulu(changed)) },
    });
    if product == "Firefox" || product == "Core" {
        for version in VERSIONS {
            let status = random.pick(&[
                "---",
                "---",
                "---",
                "affected",
                "fixed",
                "verified",
                "wontfix",
                "unaffected",
            ]);
            record[format!("cf_status_firefox{version}")] = status.into();
            // What was set when the bug was filed has no history.
            if ["fixed", "verified"].contains(&status) && random.chance(45) {
                let at = random.second_between(created, changed + 1);
                history(
                    world,
                    id,
                    at,
                    &creator,
                    &[(&format!("cf_status_firefox{version}"), "---", "affected")],
                );
                history(
                    world,
                    id,
                    (at + 3_600).min(changed),
                    &creator,
                    &[(&format!("cf_status_firefox{version}"), "affected", status)],
                );
            }
        }
    }
    if random.chance(1) {
        record["cf_field_nobody_knows"] = json!(["new", { "on": "BMO" }]);
    }
    if !resolution.is_empty() {
        history(
            world,
            id,
            changed,
            &assigned,
            &[
                ("status", "NEW", status),
                ("resolution", "", resolution),
                ("status", "NEW", status),
            ],
        );
    }
    for nth in 0..2u64 {
        let at = if nth == 0 { created } else { changed };
        let body = if index == 5 && nth == 1 {
            long()
        } else {
            random.sentence()
        };
        world.put(
            "bugzilla.comments",
            json!({
                "id": 17_000_000 + id * 2 + nth, "bug_id": id, "count": nth, "text": body, "raw_text": body, "creator": creator, "author": creator,
                "time": zulu(at), "creation_time": zulu(at), "is_private": false, "is_markdown": true, "tags": [], "attachment_id": null, "reactions": {},
            }),
        );
    }
    world.put("bugzilla.bugs", record);
}

/// Adds a change, with all that changed at that moment.
fn history(world: &mut World, bug: u64, second: i64, who: &str, changes: &[(&str, &str, &str)]) {
    let nth = world.collection("bugzilla.history").len();
    let changes: Vec<Value> = changes
        .iter()
        .map(|(field, removed, added)| json!({ "field_name": field, "removed": removed, "added": added }))
        .collect();
    world.put(
        "bugzilla.history",
        json!({ "_id": format!("{bug}-{nth}"), "_bug": bug, "when": zulu(second), "who": who, "changes": changes }),
    );
}

/// What an hour changes.
fn hour(world: &mut World, random: &mut Random) {
    let now = world.now().as_second();
    let open = |it: &Value| it["is_open"] == true && it["groups"] == json!([]);
    for id in some(world, random, "bugzilla.bugs", 3, open) {
        world.touch("bugzilla.bugs", &id);
        world.change("bugzilla.bugs", &id, |it| {
            it["status"] = "RESOLVED".into();
            it["resolution"] = "FIXED".into();
            it["is_open"] = false.into();
            it["cf_last_resolved"] = zulu(now).into();
        });
        let number = id.parse().unwrap_or_default();
        history(
            world,
            number,
            now,
            "person1@example.org",
            &[("status", "NEW", "RESOLVED"), ("resolution", "", "FIXED")],
        );
    }
    // One loses its tag and so leaves a query.
    for id in some(world, random, "bugzilla.bugs", 1, |it| {
        it["cf_qa_whiteboard"] != ""
    }) {
        world.touch("bugzilla.bugs", &id);
        world.change("bugzilla.bugs", &id, |it| {
            it["cf_qa_whiteboard"] = "".into()
        });
    }
    // One is restricted: it is there, and nobody sees it.
    for id in some(world, random, "bugzilla.bugs", 1, open) {
        world.touch("bugzilla.bugs", &id);
        world.change("bugzilla.bugs", &id, |it| {
            it["groups"] = json!(["core-security"])
        });
    }
    let new = FIRST + 5_000_000 + u64::try_from(now).unwrap_or_default() % 1_000_000;
    bug(world, random, new, now, 0);
    world.change("bugzilla.bugs", &new.to_string(), |it| {
        it["creation_time"] = zulu(now).into();
        it["last_change_time"] = zulu(now).into();
    });
}

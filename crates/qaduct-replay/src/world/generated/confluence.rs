//! Spaces of Confluence with pages, their versions, attachments, labels and comments.

use serde_json::{Value, json};

use super::Generated;
use super::random::{BEGIN, END, Random, moment};
use crate::World;
use crate::wiki::{self, By, File, instant};
use crate::world::advance::some;
use crate::world::{Shape, shape, shape_by, text};

/// Number, key and name of a space, its type and status.
const SPACES: &[(u64, &str, &str, &str, &str)] = &[
    (
        98_310,
        "MTE",
        "Mobile Test Engineering 🦊",
        "global",
        "current",
    ),
    (
        98_311,
        "DTE",
        "Desktop Test Engineering",
        "global",
        "current",
    ),
    (98_312, "OLD", "Éditions passées", "global", "archived"),
    (
        98_313,
        "~7120205f1d2c3b",
        "Ada Byron",
        "personal",
        "current",
    ),
];
/// The account of a program that writes a page each day.
const PROGRAM: &str = "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077";
const LABELS: &[&str] = &["dashboard", "sign-off", "release", "größe", "qa"];
const DAY: i64 = 86_400;

/// What a world has of it.
pub(crate) static MADE: Generated = Generated {
    name: "confluence",
    share: 2,
    salt: 9,
    shapes: SHAPES,
    fill,
    hour,
    forgets: false,
};
const SHAPES: &[Shape] = &[
    shape("confluence.spaces", "id", "", None),
    shape_by("confluence.pages", "id", "spaceId", wiki::edited),
    shape("confluence.versions", "_id", "_page", None),
    shape_by("confluence.attachments", "id", "pageId", wiki::replaced),
    shape("confluence.labels", "_id", "_page", None),
    shape_by("confluence.comments", "id", "pageId", answered),
    shape("confluence.properties", "id", "_page", None),
];

/// The account of the n-th person.
fn account(nth: u64) -> String {
    format!("712020:{nth:08x}-4a59-4687-9c0d-1e2f3a4b5c6d")
}

/// Fills them with about `size` records.
fn fill(world: &mut World, random: &mut Random, size: usize) {
    for (nth, (id, key, name, kind, status)) in (0..).zip(SPACES) {
        world.put(
            "confluence.spaces",
            json!({
                "id": id.to_string(), "key": key, "name": name, "type": kind, "status": status, "authorId": account(nth),
                "createdAt": instant(moment(BEGIN - 900 * DAY)), "homepageId": (1_000_000 + id).to_string(),
                "_links": { "webui": format!("/spaces/{key}") },
            }),
        );
        let home = 1_000_000 + id;
        page(world, random, home, *id, None, BEGIN - 900 * DAY, 1);
    }
    for nth in 1..=(size.max(60) / 6) as u64 {
        let space = if nth.is_multiple_of(10) {
            1 + random.below(3)
        } else {
            0
        };
        let space = SPACES[usize::try_from(space).unwrap_or_default()].0;
        let parent = if nth > 4 && nth.is_multiple_of(3) {
            number(nth / 3)
        } else {
            1_000_000 + space
        };
        let at = random.second();
        // One that a program writes each day has many versions.
        let versions = if nth == 2 { 30 } else { 1 + random.below(3) };
        let id = number(nth);
        page(world, random, id, space, Some(parent), at, versions);
        let id = id.to_string();
        if nth == 2 {
            for day in 0..30 {
                let by = By {
                    author: PROGRAM,
                    at: moment(END - day * DAY),
                    message: "",
                };
                chart(
                    world,
                    &id,
                    by,
                    "automation-coverage.png",
                    random.below(90_000),
                );
            }
        }
        finish(world, random, &id, nth);
    }
}

/// The number of the n-th page. Ten that everybody may see have those of Mozilla's dashboards.
fn number(nth: u64) -> u64 {
    let of_dashboard = match nth {
        1 => Some(1_436_811_681),
        2 => Some(1_471_774_758),
        4 => Some(1_346_961_433),
        5 => Some(1_695_154_291),
        8 => Some(1_631_911_951),
        9 => Some(2_208_628_737),
        10 => Some(2_006_057_695),
        11 => Some(2_007_433_229),
        12 => Some(2_858_123_281),
        14 => Some(2_019_819_530),
        _ => None,
    };
    of_dashboard.unwrap_or(1_436_811_680 + nth * 7)
}

/// A page with its versions.
fn page(
    world: &mut World,
    random: &mut Random,
    id: u64,
    space: u64,
    parent: Option<u64>,
    at: i64,
    versions: u64,
) {
    let title = match parent {
        Some(_) => format!("{} {id}", random.sentence().replace(['\n', '\t'], " ")),
        None => format!("Home of {space}"),
    };
    let author = account(random.below(12));
    let key = SPACES.iter().find(|it| it.0 == space).map_or("", |it| it.1);
    let by = By {
        author: &author,
        at: moment(at),
        message: "",
    };
    let id = id.to_string();
    world.put(
        "confluence.pages",
        json!({
            "id": id, "status": "current", "title": title, "spaceId": space.to_string(), "parentId": parent.map(|it| it.to_string()),
            "parentType": parent.map(|_| "page"), "position": random.below(900), "authorId": author, "ownerId": author, "lastOwnerId": null,
            "createdAt": instant(moment(at)), "version": by.version(1),
            "_links": { "webui": format!("/spaces/{key}/pages/{id}"), "editui": format!("/pages/resumedraft.action?draftId={id}"), "tinyui": format!("/x/{id}") },
            "_body": "<p>Nothing yet.</p>",
        }),
    );
    world.keep_version(&id);
    for nth in 1..versions {
        let next = account(random.below(12));
        let author = if versions > 20 {
            PROGRAM
        } else {
            next.as_str()
        };
        let message = if random.chance(20) {
            random.sentence()
        } else {
            String::new()
        };
        let second = at + (END - at) * nth.cast_signed() / versions.cast_signed();
        let by = By {
            author,
            at: moment(second),
            message: &message,
        };
        let body = format!("<h1>Charts &amp; notes</h1><p>{nth} &ndash; né 🦊</p><hr />");
        // It is well-formed.
        drop(world.write_page(&id, by, None, &body));
    }
}

/// What hangs on a page, and what became of it.
fn finish(world: &mut World, random: &mut Random, id: &str, nth: u64) {
    let author = account(nth % 12);
    let at = world
        .get("confluence.pages", id)
        .map(|it| text(&it["createdAt"]));
    let created = at
        .and_then(|it| it.parse::<jiff::Timestamp>().ok())
        .map_or(BEGIN, jiff::Timestamp::as_second);
    for file in 0..nth % 4 {
        let by = By {
            author: &author,
            at: moment(created + file.cast_signed() * 60),
            message: "",
        };
        chart(
            world,
            id,
            by,
            &format!("chart {file} 🦊.png"),
            random.below(9_000),
        );
    }
    for (number, name) in (1..)
        .zip(LABELS)
        .take(usize::try_from(nth % 3).unwrap_or_default())
    {
        label(world, id, number, name);
    }
    for _ in 0..u64::from(nth.is_multiple_of(4)) {
        let said = random.sentence();
        comment(world, id, &author, created + 3_600, &said);
    }
    match nth % 10 {
        6 => set_status(world, id, "archived"),
        3 => set_status(world, id, "trashed"),
        // Restricted to others.
        7 => {
            world.change("confluence.pages", id, |it| it["_hidden"] = true.into());
            for collection in ["versions", "attachments", "labels", "comments"] {
                let name = format!("confluence.{collection}");
                let all: Vec<Value> = world.collection(&name).of(id).cloned().collect();
                for mut one in all {
                    one["_hidden"] = true.into();
                    world.put(&name, one);
                }
            }
        }
        _ => {}
    }
}

fn chart(world: &mut World, page: &str, by: By<'_>, name: &str, size: u64) {
    let bytes = size.to_be_bytes();
    let file = File {
        name,
        kind: "image/png",
        bytes: &bytes,
        comment: "",
    };
    let id = world.write_attachment(page, by, file);
    world.change("confluence.attachments", &id, |it| {
        it["fileSize"] = size.into()
    });
}

fn label(world: &mut World, page: &str, number: u64, name: &str) {
    let id = (7_000_000 + number).to_string();
    world.put(
        "confluence.labels",
        json!({ "_id": format!("{page}.{id}"), "_page": page, "id": id, "name": name, "prefix": "global" }),
    );
}

fn comment(world: &mut World, page: &str, author: &str, at: i64, said: &str) {
    let id = world.next_content().to_string();
    let by = By {
        author,
        at: moment(at),
        message: "",
    };
    let title = world
        .get("confluence.pages", page)
        .map(|it| format!("Re: {}", text(&it["title"])));
    let said = said
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('\0', "");
    world.put(
        "confluence.comments",
        json!({
            "id": id, "status": "current", "title": title, "pageId": page, "version": by.version(1), "_body": format!("<p>{said}</p>"),
            "_links": { "webui": format!("/pages/{page}?focusedCommentId={id}") },
        }),
    );
}

/// A comment is edited.
fn answered(world: &mut World, comment: &str) {
    let at = world.now();
    world.change("confluence.comments", comment, |it| {
        let number = it["version"]["number"].as_u64().unwrap_or_default() + 1;
        it["version"] = By {
            author: wiki::PERSON,
            at,
            message: "",
        }
        .version(number);
    });
}

/// Archives a page, puts it into the trash or takes it out: no new version tells of it.
fn set_status(world: &mut World, page: &str, status: &str) {
    world.change("confluence.pages", page, |it| it["status"] = status.into());
}

/// Takes a page and all that hangs on it away for good.
pub(crate) fn purge(world: &mut World, page: &str) {
    for collection in [
        "versions",
        "attachments",
        "labels",
        "comments",
        "properties",
    ] {
        let name = format!("confluence.{collection}");
        let field = if ["versions", "labels", "properties"].contains(&collection) {
            "_page"
        } else {
            "pageId"
        };
        let ids = world.ids_where(&name, |it| it[field] == page);
        ids.iter().for_each(|id| world.remove(&name, id));
    }
    world.remove("confluence.pages", page);
}

/// An hour: pages are written, come, move to the trash and go; files and comments come and go.
fn hour(world: &mut World, random: &mut Random) {
    let now = world.now();
    let is_there = |it: &Value| it["status"] == "current" && it["_hidden"] != true;
    for id in some(world, random, "confluence.pages", 2, is_there) {
        world.touch("confluence.pages", &id);
        chart(
            world,
            &id,
            By {
                author: PROGRAM,
                at: now,
                message: "",
            },
            "new.png",
            random.below(9_000),
        );
        label(world, &id, 9, "new");
        let said = random.sentence();
        comment(world, &id, PROGRAM, now.as_second(), &said);
    }
    for id in some(world, random, "confluence.attachments", 2, |it| {
        it["_hidden"] != true
    }) {
        world.touch("confluence.attachments", &id);
    }
    for id in some(world, random, "confluence.comments", 1, |_| true) {
        world.remove("confluence.comments", &id);
    }
    let is_child = |it: &Value| is_there(it) && it["parentId"].is_string();
    for id in some(world, random, "confluence.pages", 1, is_child) {
        set_status(world, &id, "trashed");
    }
    for id in some(world, random, "confluence.pages", 1, is_child) {
        set_status(world, &id, "archived");
    }
    for id in some(world, random, "confluence.pages", 1, |it| {
        it["status"] == "trashed"
    }) {
        purge(world, &id);
    }
    let (id, home) = (world.next_content(), 1_000_000 + SPACES[0].0);
    page(
        world,
        random,
        id,
        SPACES[0].0,
        Some(home),
        now.as_second(),
        1,
    );
}

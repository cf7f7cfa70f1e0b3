//! Issues with their changes and worklogs.

use serde_json::{Value, json};

use super::Generated;
use super::jira_base::{self, PROJECTS, user};
use super::random::{END, Random, huge, long, moment};
use crate::World;
use crate::world::advance::some;
use crate::world::{Shape, Written, shape, text};

const STATUSES: &[(u64, &str, u64, &str, &str)] = &[
    (1, "Open", 2, "new", "To Do"),
    (3, "In Progress", 4, "indeterminate", "In Progress"),
    (4, "In Review 🔍", 4, "indeterminate", "In Progress"),
    (10_001, "Done", 3, "done", "Done"),
];

fn written(second: i64) -> Value {
    Written::Jira.write(moment(second))
}

/// What a world has of it.
pub(crate) static MADE: Generated = Generated {
    name: "jira",
    share: 13,
    salt: 3,
    shapes: SHAPES,
    fill,
    hour,
    forgets: false,
};
const SHAPES: &[Shape] = &[
    shape(
        "jira.issues",
        "id",
        "_project",
        Some(("/fields/updated", Written::Jira)),
    ),
    shape("jira.changelogs", "id", "_issue", None),
    shape(
        "jira.worklogs",
        "id",
        "issueId",
        Some(("updated", Written::Jira)),
    ),
    shape("jira.deleted_worklogs", "worklogId", "", None),
    shape("jira.filters", "id", "", None),
    shape("jira.fields", "id", "", None),
    shape("jira.users", "accountId", "", None),
    shape("jira.projects", "id", "", None),
    shape("jira.versions", "id", "_project", None),
    shape("jira.comments", "id", "_issue", None),
    shape("jira.boards", "id", "", None),
    shape("jira.sprints", "id", "originBoardId", None),
];

/// Fills them with about `size` records.
fn fill(world: &mut World, random: &mut Random, size: usize) {
    let before = world.size();
    jira_base::fill(world);
    let many = (size.saturating_sub(world.size() - before) * 7 / 20).max(80) as u64;
    let bulk = random.second();
    // Ids beyond what a double holds, as text.
    let mut parents: Vec<(u64, String, String)> = Vec::new();
    for index in 0..many {
        let project = match random.below(10) {
            0 | 1 => 0,
            2 | 3 => 1,
            4 | 5 => 2,
            6 | 7 => 3,
            _ => random.below(PROJECTS.len() as u64) as usize,
        };
        let id = if index % 97 == 0 {
            9_007_199_254_740_993 + index * 2
        } else {
            200_000 + index * 3
        };
        let parent = if [1, 3].contains(&project) && random.chance(55) {
            let of_project: Vec<_> = parents
                .iter()
                .filter(|it| it.2 == PROJECTS[project].1)
                .collect();
            if of_project.is_empty() {
                None
            } else {
                of_project
                    .get(usize::try_from(random.below(of_project.len() as u64)).unwrap_or_default())
                    .map(|it| (it.0, it.1.clone()))
            }
        } else {
            None
        };
        let created = random.second();
        let changed = if random.chance(20) {
            bulk.max(created)
        } else {
            random.second_between(created, END + 1)
        };
        let made = Made {
            id,
            number: index + 1,
            project,
            parent: parent.clone(),
            created,
            changed,
        };
        let key = issue(world, random, &made);
        if index == 11 {
            world.change("jira.issues", &id.to_string(), |it| {
                it["fields"]["description"] = document(&[long()])
            });
        }
        if parent.is_none() {
            parents.push((id, key, PROJECTS[project].1.to_owned()));
        }
        // One has more comments than a page.
        let comments = if index == 5 { 105 } else { random.below(2) };
        for _ in 0..comments {
            comment(world, random, id, created, changed);
        }
        let changes = random.below(3);
        for nth in 0..changes {
            change(
                world,
                random,
                id,
                random_between(created, changed, nth, changes),
                nth,
            );
        }
        if project == 3 || random.chance(10) {
            // More on the first issue of time tracking than fits into it.
            let many = if index % 40 == 3 {
                27
            } else {
                1 + random.below(3)
            };
            for _ in 0..many {
                worklog(world, random, id, created);
            }
        }
    }
    subtasks(world);
    for index in 0..25u64 {
        let at = moment(random.second()).as_millisecond();
        world.put(
            "jira.deleted_worklogs",
            json!({ "worklogId": 900_000 + index, "updatedTime": at }),
        );
    }
}

fn random_between(begin: i64, end: i64, nth: u64, of: u64) -> i64 {
    begin + (end - begin) * (nth + 1).cast_signed() / of.max(1).cast_signed()
}

struct Made {
    id: u64,
    number: u64,
    project: usize,
    parent: Option<(u64, String)>,
    created: i64,
    changed: i64,
}

fn document(paragraphs: &[String]) -> Value {
    let paragraphs: Vec<Value> = paragraphs
        .iter()
        .map(|it| json!({ "type": "paragraph", "content": [{ "type": "text", "text": it }] }))
        .collect();
    json!({ "type": "doc", "version": 1, "content": paragraphs })
}

fn timeline(random: &mut Random) -> Value {
    json!({
        "type": "doc", "version": 1, "content": [
            { "type": "paragraph", "content": [
                { "type": "text", "text": "Nightly " },
                { "type": "date", "attrs": { "timestamp": (random.second() * 1_000).to_string() } },
                { "type": "status", "attrs": { "text": "ON TRACK", "color": "green", "localId": "1" } },
            ]},
            { "type": "bulletList", "content": [
                { "type": "listItem", "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": "prev. Fx145" }] }] },
                { "type": "listItem", "content": [{ "type": "paragraph", "content": [{ "type": "emoji", "attrs": { "shortName": ":fox:", "text": "🦊" } }] }] },
            ]},
        ],
    })
}

fn status(random: &mut Random) -> Value {
    let (id, name, category, key, label) = random.pick(STATUSES);
    json!({
        "self": format!("https://jira.example.org/rest/api/3/status/{id}"), "id": id.to_string(), "name": name, "description": "",
        "iconUrl": "https://jira.example.org/", "statusCategory": { "self": "https://jira.example.org/", "id": category, "key": key, "name": label, "colorName": "green" },
    })
}

fn issue(world: &mut World, random: &mut Random, made: &Made) -> String {
    let (project, project_key, project_name) = PROJECTS[made.project];
    let key = format!("{project_key}-{}", made.number);
    let kind = match (made.project, &made.parent) {
        (_, Some(_)) => "Sub-task",
        (1, None) => random.pick(&["QA Request", "Internal Task"]),
        (2, None) => random.pick(&["Story", "Task", "Epic"]),
        _ => random.pick(&["Bug", "Task", "Enhancement", "Story"]),
    };
    let labels: &[&str] = match random.below(9) {
        0 => &["qa-needed"],
        1 => &["qa-needed", "verified"],
        2 => &["qa-needed", "unverified"],
        3 => &["qa-needed", "QA-Verified", "late-c146"],
        4 => &["wontfix", "qa-not-reproducible", "late-doc147"],
        5 => &["duplicate", "qa-blocked"],
        6 => &["moved", "late-b145", "late-rdns147", "🏷️"],
        _ => &[],
    };
    let state = status(random);
    let done = state["name"] == "Done";
    let reporter = random.below(12);
    let mut fields = json!({
        "summary": random.sentence(), "status": state, "created": written(made.created), "updated": written(made.changed), "labels": labels,
        "assignee": if random.chance(60) { user(random.below(12)) } else { Value::Null }, "reporter": user(reporter), "creator": user(reporter),
        "priority": { "id": "3", "name": random.pick(&["Highest", "High", "P1", "P2", "Medium", "Low"]), "self": "https://jira.example.org/" },
        "issuetype": { "id": "10004", "name": kind, "subtask": kind == "Sub-task", "hierarchyLevel": if kind == "Sub-task" { -1 } else { 0 }, "self": "https://jira.example.org/" },
        "project": { "self": "https://jira.example.org/", "id": project.to_string(), "key": project_key, "name": project_name, "projectTypeKey": "software", "simplified": false },
        "resolution": if done { json!({ "id": "10000", "name": "Done", "self": "https://jira.example.org/" }) } else { Value::Null },
        "resolutiondate": if done { written(made.changed) } else { Value::Null }, "statuscategorychangedate": written(made.changed),
        "description": if random.chance(30) { document(&[random.sentence(), random.sentence()]) } else { Value::Null },
        "subtasks": [], "issuelinks": [], "components": [], "fixVersions": [], "duedate": null, "timespent": null, "timeoriginalestimate": null,
        "customfield_10037": match random.below(4) { 0 => Value::Null, 1 => json!(0.0), 2 => json!(0.5), _ => json!(3.0) },
        "customfield_10020": null,
    });
    let option = |id: u64, value: &str| json!({ "self": "https://jira.example.org/", "id": id.to_string(), "value": value });
    // Custom fields are there, null, or not there at all.
    match random.below(3) {
        0 => {}
        1 => fields["customfield_10155"] = Value::Null,
        _ => {
            fields["customfield_10155"] = option(
                10_600,
                random.pick(&["Firefox 146", "Firefox 147", "Fx 148 🚂"]),
            )
        }
    }
    match random.below(3) {
        0 => fields["customfield_10134"] = Value::Null,
        _ => {
            fields["customfield_10134"] =
                option(10_300, random.pick(&["Mobile", "Desktop", "Accounts"]))
        }
    }
    fields["customfield_11930"] = random
        .pick(&[
            json!(null).as_str(),
            Some("c146, b145"),
            Some("c147(docs)"),
            Some("r144"),
        ])
        .into();
    match random.below(4) {
        0 => {}
        1 => fields["customfield_10147"] = Value::Null,
        2 => fields["customfield_10147"] = json!([option(1, "Firefox"), option(2, "Fenix 🦊")]),
        _ => fields["customfield_10147"] = json!([option(1, "Firefox")]),
    }
    if made.project == 2 {
        fields["customfield_10509"] = timeline(random);
    }
    if random.chance(1) {
        fields["customfield_99999"] = json!({ "unknown": huge() });
    }
    if random.chance(10) {
        fields["issuelinks"] = json!([
            { "id": "1", "type": { "id": "10003", "name": "Relates", "inward": "relates to", "outward": "relates to" }, "outwardIssue": { "id": "200000", "key": "FXIOS-1" } },
            { "id": "2", "type": { "id": "10000", "name": "Blocks", "inward": "is blocked by", "outward": "blocks" }, "inwardIssue": { "id": "200003", "key": "MTE-2" } },
        ]);
    }
    if let Some((id, key)) = &made.parent {
        let summary = world
            .get("jira.issues", &id.to_string())
            .map(|it| it["fields"]["summary"].clone());
        fields["parent"] = json!({ "id": id.to_string(), "key": key, "self": "https://jira.example.org/", "fields": { "summary": summary } });
    }
    world.put(
        "jira.issues",
        json!({ "id": made.id.to_string(), "key": key, "fields": fields, "_project": project_key }),
    );
    key
}

/// Writes into each parent which subtasks it has.
fn subtasks(world: &mut World) {
    let children: Vec<(String, Value)> = world
        .collection("jira.issues")
        .all()
        .filter(|it| it["fields"]["parent"].is_object())
        .map(|it| (text(&it["fields"]["parent"]["id"]), json!({ "id": it["id"], "key": it["key"], "fields": { "summary": it["fields"]["summary"] } })))
        .collect();
    for (parent, child) in children {
        world.change("jira.issues", &parent, |it| {
            if let Some(all) = it["fields"]["subtasks"].as_array_mut() {
                all.push(child);
            }
        });
    }
}

fn change(world: &mut World, random: &mut Random, issue: u64, second: i64, nth: u64) {
    let id = 5_000_000 + world.collection("jira.changelogs").len() as u64;
    let mut items = vec![json!({
        "field": "status", "fieldtype": "jira", "fieldId": "status", "from": "1", "fromString": "Open", "to": "3", "toString": "In Progress",
    })];
    if nth == 1 {
        // What has no id and no old value.
        items.push(json!({ "field": "Link", "fieldtype": "jira", "from": null, "fromString": null, "to": "MTE-2", "toString": "This issue blocks MTE-2" }));
    }
    let mut record = json!({ "id": id.to_string(), "_issue": issue.to_string(), "author": user(random.below(12)), "created": written(second), "items": items });
    if random.chance(3) {
        // A change by a user who is gone has no author.
        if let Value::Object(fields) = &mut record {
            fields.shift_remove("author");
        }
    }
    world.put("jira.changelogs", record);
}

fn comment(world: &mut World, random: &mut Random, issue: u64, created: i64, changed: i64) {
    let id = 300_000 + world.collection("jira.comments").len() as u64;
    let at = written(random.second_between(created, changed + 1));
    let author = user(random.below(12));
    world.put(
        "jira.comments",
        json!({
            "self": format!("https://jira.example.org/rest/api/3/issue/{issue}/comment/{id}"), "id": id.to_string(), "author": author,
            "updateAuthor": author, "body": document(&[random.sentence()]), "created": at, "updated": at, "jsdPublic": true, "_issue": issue.to_string(),
        }),
    );
}

fn worklog(world: &mut World, random: &mut Random, issue: u64, created: i64) {
    let id = 70_000 + world.collection("jira.worklogs").len() as u64;
    let started = random.second_between(created, END + 1);
    let spent = random.pick(&[
        (1_800u64, "30m"),
        (3_600, "1h"),
        (9_000, "2h 30m"),
        (144_000, "1w"),
    ]);
    let author = user(random.below(12));
    let mut record = json!({
        "self": format!("https://jira.example.org/rest/api/3/issue/{issue}/worklog/{id}"), "id": id.to_string(), "issueId": issue.to_string(), "author": author,
        "updateAuthor": author, "created": written(started + 60), "updated": written(started + 120), "started": written(started),
        "timeSpent": spent.1, "timeSpentSeconds": spent.0,
    });
    if random.chance(60) {
        record["comment"] = document(&[random.sentence(), "Second paragraph".to_owned()]);
    }
    world.put("jira.worklogs", record);
}

/// What an hour changes.
fn hour(world: &mut World, random: &mut Random) {
    let now = world.now().as_second();
    for id in some(world, random, "jira.issues", 4, |it| {
        it["fields"]["resolution"].is_null()
    }) {
        world.touch("jira.issues", &id);
        world.change("jira.issues", &id, |it| {
            it["fields"]["status"]["name"] = "Done".into();
            it["fields"]["resolution"] = json!({ "id": "10000", "name": "Done" });
            it["fields"]["resolutiondate"] = written(now);
        });
        change(world, random, id.parse().unwrap_or_default(), now, 0);
    }
    // One leaves a filter, one is deleted with its worklogs, one moves to another project.
    for id in some(world, random, "jira.issues", 1, |it| {
        it["fields"]["labels"] != json!([])
    }) {
        world.touch("jira.issues", &id);
        world.change("jira.issues", &id, |it| it["fields"]["labels"] = json!([]));
    }
    let alone =
        |it: &Value| it["fields"]["subtasks"] == json!([]) && it["fields"]["parent"].is_null();
    for id in some(world, random, "jira.issues", 1, alone) {
        let worklogs: Vec<String> = world
            .collection("jira.worklogs")
            .of(&id)
            .map(|it| text(&it["id"]))
            .collect();
        worklogs.iter().for_each(|it| delete_worklog(world, it));
        world.remove("jira.issues", &id);
    }
    for id in some(world, random, "jira.issues", 1, |it| {
        alone(it) && it["_project"] == "VPN"
    }) {
        world.touch("jira.issues", &id);
        world.change("jira.issues", &id, |it| {
            it["key"] = format!("GS-{id}").into();
            it["_project"] = "GS".into();
            it["fields"]["project"] =
                json!({ "id": "10106", "key": "GS", "name": "Growth Services" });
        });
    }
    for id in some(world, random, "jira.worklogs", 2, |_| true) {
        world.touch("jira.worklogs", &id);
        world.change("jira.worklogs", &id, |it| {
            it["timeSpentSeconds"] = 5_400.into()
        });
    }
    for id in some(world, random, "jira.worklogs", 1, |_| true) {
        delete_worklog(world, &id);
    }
    let number = 900_000 + u64::try_from(now).unwrap_or_default() % 1_000_000;
    let made = Made {
        id: 10_000_000 + number,
        number,
        project: 0,
        parent: None,
        created: now,
        changed: now,
    };
    issue(world, random, &made);
}

fn delete_worklog(world: &mut World, id: &str) {
    world.remove("jira.worklogs", id);
    let at = world.now().as_millisecond();
    world.put(
        "jira.deleted_worklogs",
        json!({ "worklogId": id.parse::<u64>().unwrap_or_default(), "updatedTime": at }),
    );
}

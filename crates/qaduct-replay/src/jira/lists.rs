//! Small lists: fields, filters, users, projects, boards, sprints, and who and what it is.

use serde_json::{Value, json};

use super::{Ask, fields, refuse};
use crate::answer::{Answer, Place};
use crate::service::Context;
use crate::world::{served, text};

/// Rows of a page that is not asked for a number.
const SOME: usize = 50;

pub(super) fn answer(ask: &Ask<'_>, path: &[&str], context: &mut Context<'_>) -> Answer {
    let known: &[&str] = match path {
        ["users", "search"] => &["startAt", "maxResults"],
        ["project", "search"] => &[
            "startAt",
            "maxResults",
            "orderBy",
            "id",
            "keys",
            "query",
            "typeKey",
            "categoryId",
            "action",
            "expand",
            "status",
            "properties",
            "propertyQuery",
        ],
        ["user", "search"] => &[
            "username",
            "startAt",
            "maxResults",
            "includeActive",
            "includeInactive",
        ],
        ["filter", "search"] => &["startAt", "maxResults", "filterName", "id", "expand"],
        ["filter", "favourite"] => &["expand", "includeFavourites"],
        ["project", _, "versions"] => &["expand"],
        ["filter", _] => &["expand", "overrideSharePermissions"],
        ["myself"] | ["project"] => &["expand"],
        _ => &[],
    };
    if let Err(answer) = ask.known(context, known) {
        return *answer;
    }
    let world = &*context.world;
    match path {
        ["field"] => whole(ask, context, "jira.fields"),
        ["myself"] => {
            let mut me = world
                .collection("jira.users")
                .all()
                .next()
                .map(served)
                .unwrap_or_else(|| json!({}));
            me["timeZone"] = context.options.time_zone.clone().into();
            fields::present(ask, &mut me);
            Answer::ok(me)
        }
        // All statuses, as the issues have them.
        ["status"] => {
            let issues = world.collection("jira.issues").all();
            let statuses = issues.map(|it| &it["fields"]["status"]);
            let by_id: std::collections::BTreeMap<String, &Value> =
                statuses.map(|it| (text(&it["id"]), it)).collect();
            Answer::ok(rows(ask, by_id.into_values()).into())
        }
        ["serverInfo"] => {
            let kind = if ask.cloud { "Cloud" } else { "DataCenter" };
            let time = context
                .now
                .to_zoned(ask.zone.clone())
                .strftime("%Y-%m-%dT%H:%M:%S.%3f%z")
                .to_string();
            Answer::ok(json!({
                "baseUrl": context.base, "version": "9.12.4", "versionNumbers": [9, 12, 4], "deploymentType": kind,
                "buildNumber": 912_004, "serverTime": time, "serverTitle": "Jira",
            }))
        }
        ["filter", "search"] if ask.cloud => paged(ask, context, "jira.filters", SOME),
        ["filter", "favourite"] => {
            let all = world.collection("jira.filters").all();
            let all: Vec<&Value> = all.filter(|it| it["favourite"] == true).collect();
            let ids = all.iter().map(|it| text(&it["id"])).collect();
            Answer::ok(rows(ask, all.into_iter()).into()).listing("jira.filters", ids)
        }
        ["project", key, "versions"] => {
            let mut projects = world.collection("jira.projects").all();
            let found = projects.find(|it| it["key"] == *key || it["id"] == *key);
            let Some(project) = found else {
                return refuse(404, format!("No project could be found with key '{key}'."));
            };
            let all: Vec<&Value> = world
                .collection("jira.versions")
                .of(&text(&project["key"]))
                .collect();
            let ids = all.iter().map(|it| text(&it["id"])).collect();
            Answer::ok(rows(ask, all.into_iter()).into()).listing("jira.versions", ids)
        }
        ["filter", id] => match world.get("jira.filters", id) {
            Some(filter) => {
                Answer::ok(served(filter)).listing("jira.filters", vec![text(&filter["id"])])
            }
            None => refuse(
                400,
                "The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.",
            ),
        },
        ["users", "search"] if ask.cloud => users(ask, context),
        ["user", "search"] if !ask.cloud => users(ask, context),
        ["project", "search"] if ask.cloud => paged(ask, context, "jira.projects", SOME),
        ["project"] if !ask.cloud => whole(ask, context, "jira.projects"),
        _ => ask.missing(context),
    }
}

fn rows<'w>(ask: &Ask<'_>, rows: impl Iterator<Item = &'w Value>) -> Vec<Value> {
    let shown = rows.map(|it| {
        let mut row = served(it);
        fields::present(ask, &mut row);
        row
    });
    shown.collect()
}

fn whole(ask: &Ask<'_>, context: &Context<'_>, collection: &'static str) -> Answer {
    let all = context.world.collection(collection).all();
    let ids = context
        .world
        .collection(collection)
        .all()
        .map(|it| text(&it["id"]))
        .collect();
    Answer::ok(rows(ask, all).into()).listing(collection, ids)
}

/// A window of all users, from which those that may not be seen are taken out: a short
/// page is not the last one.
fn users(ask: &Ask<'_>, context: &Context<'_>) -> Answer {
    let (begin, size) = (
        ask.number("startAt", 0),
        ask.number("maxResults", SOME).min(1_000),
    );
    let window = context
        .world
        .collection("jira.users")
        .all()
        .skip(begin)
        .take(size);
    let seen: Vec<&Value> = window.filter(|it| it["_hidden"] != true).collect();
    let ids = seen.iter().map(|it| text(&it["accountId"])).collect();
    Answer::ok(rows(ask, seen.into_iter()).into()).listing("jira.users", ids)
}

fn paged(ask: &Ask<'_>, context: &Context<'_>, collection: &'static str, most: usize) -> Answer {
    let all: Vec<&Value> = context.world.collection(collection).all().collect();
    page(ask, context, collection, all, most)
}

fn page(
    ask: &Ask<'_>,
    context: &Context<'_>,
    collection: &'static str,
    all: Vec<&Value>,
    most: usize,
) -> Answer {
    let (begin, size) = (
        ask.number("startAt", 0),
        ask.number("maxResults", most)
            .clamp(1, context.options.most(most)),
    );
    let total = all.len();
    let page: Vec<&Value> = all.into_iter().skip(begin).take(size).collect();
    let ids = page.iter().map(|it| text(&it["id"])).collect();
    let last = begin + page.len() >= total;
    let url = |at: usize| {
        format!(
            "{}{}?maxResults={size}&startAt={at}",
            context.base, ask.request.path
        )
    };
    let mut body = json!({
        "self": url(begin), "maxResults": size, "startAt": begin, "total": total, "isLast": last, "values": rows(ask, page.into_iter()),
    });
    if !last {
        body["nextPage"] = url(begin + size).into();
    }
    Answer::ok(body)
        .listing(collection, ids)
        .here(Place::Field("", "nextPage"), url(begin))
}

/// Boards and sprints.
pub(super) fn agile(ask: &Ask<'_>, path: &[&str], context: &mut Context<'_>) -> Answer {
    let known: &[&str] = match path {
        ["board"] => &["startAt", "maxResults", "type", "name", "projectKeyOrId"],
        ["board", _, "sprint"] => &["startAt", "maxResults", "state"],
        _ => &[],
    };
    if let Err(answer) = ask.known(context, known) {
        return *answer;
    }
    let world = &*context.world;
    match path {
        ["board"] => {
            let project = ask.text("projectKeyOrId");
            let fits = |it: &&Value| {
                let location = &it["location"];
                project.is_empty()
                    || location["projectKey"] == project
                    || text(&location["projectId"]) == project
            };
            let all = world.collection("jira.boards").all().filter(fits).collect();
            page(ask, context, "jira.boards", all, SOME)
        }
        ["board", id, "sprint"] => match world.get("jira.boards", id) {
            None => refuse(
                404,
                "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.",
            ),
            Some(board) if board["type"] == "kanban" => {
                refuse(400, "The board does not support sprints")
            }
            Some(_) => {
                let states = ask.list("state");
                let fits = |it: &&Value| states.is_empty() || states.contains(&text(&it["state"]));
                let all = world
                    .collection("jira.sprints")
                    .of(id)
                    .filter(fits)
                    .collect();
                let mut answer = page(ask, context, "jira.sprints", all, SOME);
                if let crate::answer::Body::Json(Value::Object(body)) = &mut answer.body {
                    for name in ["total", "self", "nextPage"] {
                        body.shift_remove(name);
                    }
                }
                answer
            }
        },
        ["sprint", id] => match world.get("jira.sprints", id) {
            Some(sprint) => {
                Answer::ok(served(sprint)).listing("jira.sprints", vec![text(&sprint["id"])])
            }
            None => refuse(
                404,
                "Sprint does not exist or you do not have permission to view it.",
            ),
        },
        _ => ask.missing(context),
    }
}

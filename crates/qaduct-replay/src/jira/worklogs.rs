//! Worklogs: by issue, by id, and the feeds of those that changed or were deleted.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Ask, fields, refuse};
use crate::answer::{Answer, Place};
use crate::service::Context;
use crate::world::{World, served, text};

/// Entries of a page of a feed.
const FEED: usize = 1_000;
/// Worklogs inside an issue.
const EMBEDDED: usize = 20;
/// Worklogs of a page of one issue.
const OF_ISSUE: usize = 5_000;

/// What stands in the field `worklog` of an issue.
pub(super) fn first(issue: &Value, world: &World) -> Value {
    let all: Vec<&Value> = world
        .collection("jira.worklogs")
        .of(&text(&issue["id"]))
        .collect();
    let shown: Vec<Value> = all.iter().take(EMBEDDED).map(|it| served(it)).collect();
    json!({ "startAt": 0, "maxResults": EMBEDDED, "total": all.len(), "worklogs": shown })
}

/// `issue/KEY/worklog`.
pub(super) fn of_issue(ask: &Ask<'_>, key: &str, context: &mut Context<'_>) -> Answer {
    let known = [
        "startAt",
        "maxResults",
        "startedAfter",
        "startedBefore",
        "expand",
    ];
    if let Err(answer) = ask.known(context, &known) {
        return *answer;
    }
    let Some(issue) = ask.find(context.world, key) else {
        return refuse(
            404,
            "Issue does not exist or you do not have permission to see it.",
        );
    };
    let (begin, size) = (
        ask.number("startAt", 0),
        ask.number("maxResults", OF_ISSUE).min(OF_ISSUE),
    );
    let all: Vec<&Value> = context
        .world
        .collection("jira.worklogs")
        .of(&text(&issue["id"]))
        .collect();
    let page: Vec<Value> = all
        .iter()
        .skip(begin)
        .take(size)
        .map(|it| shown(ask, it))
        .collect();
    let ids = page.iter().map(|it| text(&it["id"])).collect();
    Answer::ok(
        json!({ "startAt": begin, "maxResults": size, "total": all.len(), "worklogs": page }),
    )
    .listing("jira.worklogs", ids)
}

fn shown(ask: &Ask<'_>, worklog: &Value) -> Value {
    let mut worklog = served(worklog);
    fields::present(ask, &mut worklog);
    worklog
}

/// `worklog/list`: worklogs by their ids; those that are gone are left out.
pub(super) fn list(ask: &Ask<'_>, context: &mut Context<'_>) -> Answer {
    if let Err(answer) = ask.known(context, &["ids", "expand"]) {
        return *answer;
    }
    let wanted = ask.list("ids");
    if wanted.len() > FEED {
        return refuse(400, "The number of worklog IDs must not exceed 1000.");
    }
    let all = context.world.collection("jira.worklogs");
    let found: Vec<Value> = wanted
        .iter()
        .filter_map(|it| all.get(it))
        .map(|it| shown(ask, it))
        .collect();
    let ids = found.iter().map(|it| text(&it["id"])).collect();
    Answer::ok(found.into()).listing("jira.worklogs", ids)
}

/// `worklog/updated`.
pub(super) fn updated(ask: &Ask<'_>, context: &mut Context<'_>) -> Answer {
    let all = context.world.collection("jira.worklogs").all();
    let entries = all.filter_map(|it| {
        Some((
            fields::time(&it["updated"])?.as_millisecond(),
            text(&it["id"]),
        ))
    });
    let entries = entries.collect();
    feed(ask, context, "updated", entries)
}

/// `worklog/deleted`.
pub(super) fn deleted(ask: &Ask<'_>, context: &mut Context<'_>) -> Answer {
    let all = context.world.collection("jira.deleted_worklogs").all();
    let entries = all.filter_map(|it| Some((it["updatedTime"].as_i64()?, text(&it["worklogId"]))));
    let entries = entries.collect();
    feed(ask, context, "deleted", entries)
}

/// Entries after an instant, oldest first, without those of the last minute.
fn feed(
    ask: &Ask<'_>,
    context: &mut Context<'_>,
    name: &str,
    mut entries: Vec<(i64, String)>,
) -> Answer {
    let known: &[&str] = if name == "updated" {
        &["since", "expand"]
    } else {
        &["since"]
    };
    if let Err(answer) = ask.known(context, known) {
        return *answer;
    }
    let since: i64 = match ask.text("since") {
        "" => 0,
        text => match text.parse() {
            Ok(since) => since,
            Err(_) => return refuse(400, "since must be a number of milliseconds."),
        },
    };
    let settled = (context.now - SignedDuration::from_mins(1)).as_millisecond();
    entries.retain(|(at, _)| *at > since && *at <= settled);
    entries.sort();
    // A page may end among entries of one instant; one instant that is more than a page is
    // given whole, as nothing could be asked for behind it.
    let mut size = entries.len().min(context.options.most(FEED));
    let whole = size > 0 && entries[0].0 == entries[size - 1].0;
    while whole && size < entries.len() && entries[size].0 == entries[size - 1].0 {
        size += 1;
    }
    let last = size == entries.len();
    entries.truncate(size);
    let until = entries.last().map_or(since, |(at, _)| *at);
    let version = if ask.cloud { 3 } else { 2 };
    let url = |since: i64| {
        format!(
            "{}/rest/api/{version}/worklog/{name}?since={since}",
            context.base
        )
    };
    let values: Vec<Value> = entries
        .iter()
        .map(|(at, id)| json!({ "worklogId": id.parse::<u64>().unwrap_or_default(), "updatedTime": at, "properties": [] }))
        .collect();
    let mut body = json!({ "values": values, "since": since, "until": until, "self": url(since), "lastPage": last });
    if !last {
        body["nextPage"] = url(until).into();
    }
    let collection = if name == "updated" {
        "jira.worklogs"
    } else {
        "jira.deleted_worklogs"
    };
    // The feed gives ids only: it does not count as served.
    let answer = Answer::ok(body).here(Place::Field("", "nextPage"), url(since));
    if name == "deleted" {
        return answer.listing(collection, entries.into_iter().map(|it| it.1).collect());
    }
    answer
}

//! Changes of issues, one issue or many at a time.

use serde_json::{Value, json};

use super::{Ask, fields, refuse};
use crate::answer::{Answer, Place};
use crate::service::Context;
use crate::world::{World, served, text};

/// Changes of one page of one issue.
const MOST: usize = 100;

fn of<'w>(record: &Value, world: &'w World) -> Vec<&'w Value> {
    world
        .collection("jira.changelogs")
        .of(&text(&record["id"]))
        .collect()
}

fn shown(ask: &Ask<'_>, change: &Value) -> Value {
    let mut change = served(change);
    fields::present(ask, &mut change);
    change
}

/// `issue/KEY/changelog`, oldest first.
pub(super) fn of_issue(ask: &Ask<'_>, key: &str, context: &mut Context<'_>) -> Answer {
    if let Err(answer) = ask.known(context, &["startAt", "maxResults"]) {
        return *answer;
    }
    let Some(issue) = ask.find(context.world, key) else {
        return refuse(
            404,
            "Issue does not exist or you do not have permission to see it.",
        );
    };
    let all = of(issue, context.world);
    let (begin, size) = (
        ask.number("startAt", 0),
        ask.number("maxResults", MOST)
            .clamp(1, context.options.most(MOST)),
    );
    let page: Vec<Value> = all
        .iter()
        .skip(begin)
        .take(size)
        .map(|it| shown(ask, it))
        .collect();
    let ids = page.iter().map(|it| text(&it["id"])).collect();
    let url = |at: usize| {
        format!(
            "{}{}?maxResults={size}&startAt={at}",
            context.base, ask.request.path
        )
    };
    let mut body = json!({
        "self": url(begin), "maxResults": size, "startAt": begin, "total": all.len(), "isLast": begin + size >= all.len(), "values": page,
    });
    if begin + size < all.len() {
        body["nextPage"] = url(begin + size).into();
    }
    Answer::ok(body)
        .listing("jira.changelogs", ids)
        .here(Place::Field("", "nextPage"), url(begin))
}

/// What `expand=changelog` adds to an issue, newest first.
pub(super) fn embedded(ask: &Ask<'_>, issue: &Value, world: &World) -> Value {
    let all = of(issue, world);
    let newest = all.iter().rev().take(MOST).map(|it| shown(ask, it));
    json!({ "startAt": 0, "maxResults": MOST, "total": all.len(), "histories": newest.collect::<Vec<_>>() })
}

/// `changelog/bulkfetch`: changes of many issues. Their instants are milliseconds, as in the
/// example of the specification, whose schema says otherwise.
pub(super) fn bulk(ask: &Ask<'_>, context: &mut Context<'_>) -> Answer {
    let known = ["issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken"];
    if let Err(answer) = ask.known(context, &known) {
        return *answer;
    }
    let keys = ask.list("issueIdsOrKeys");
    let of_fields = ask.list("fieldIds");
    if keys.is_empty() || keys.len() > 1_000 {
        return refuse(400, "issueIdsOrKeys must have between 1 and 1000 entries.");
    }
    if of_fields.len() > 10 {
        return refuse(400, "fieldIds must have at most 10 entries.");
    }
    let mut all = Vec::new();
    for issue in keys.iter().filter_map(|it| ask.find(context.world, it)) {
        for change in of(issue, context.world) {
            let mut items = change["items"].as_array().into_iter().flatten();
            if of_fields.is_empty() || items.any(|it| of_fields.contains(&text(&it["fieldId"]))) {
                all.push((text(&issue["id"]), change));
            }
        }
    }
    let token = ask.text("nextPageToken");
    let begin = if token.is_empty() {
        0
    } else {
        token
            .trim_start_matches("from-")
            .parse()
            .unwrap_or(usize::MAX)
    };
    if begin == usize::MAX {
        return refuse(400, "The provided next page token is invalid.");
    }
    let most = context.options.most(10_000);
    let size = ask.number("maxResults", 1_000).clamp(1, most);
    let mut issues: Vec<Value> = Vec::new();
    let mut ids = Vec::new();
    for (issue, change) in all.iter().skip(begin).take(size) {
        let mut change = served(change);
        ids.push(text(&change["id"]));
        if let Some(at) = fields::time(&change["created"]) {
            change["created"] = at.as_millisecond().into();
        }
        match issues.last_mut() {
            Some(last) if last["issueId"] == issue.as_str() => {
                if let Value::Array(histories) = &mut last["changeHistories"] {
                    histories.push(change);
                }
            }
            _ => issues.push(json!({ "issueId": issue, "changeHistories": [change] })),
        }
    }
    let mut body = json!({ "issueChangeLogs": issues });
    if begin + size < all.len() {
        body["nextPageToken"] = format!("from-{}", begin + size).into();
    }
    Answer::ok(body)
        .listing("jira.changelogs", ids)
        .here(Place::Field("", "nextPageToken"), format!("from-{begin}"))
}

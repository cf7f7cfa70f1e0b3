//! Searches, counts and issues by their keys.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::jql::{Evaluation, Place, Query, SortKey};
use super::{Ask, fields, refuse};
use crate::answer::{Answer, Place as LinkPlace};
use crate::service::Context;
use crate::world::{World, text};

/// Most issues of a page with fields, and of one with ids only.
const MOST: usize = 100;
const MOST_IDS: usize = 5_000;
/// Most issues of a page of Data Center.
const MOST_BY_OFFSET: usize = 1_000;

fn evaluate<'w>(
    ask: &Ask<'_>,
    world: &'w World,
    now: jiff::Timestamp,
    jql: &str,
) -> Result<Evaluation<'w>, Box<Answer>> {
    let query = Query::read(jql).map_err(|it| Box::new(refuse(400, it)))?;
    if ask.cloud && query.condition.is_none() {
        return Err(Box::new(refuse(
            400,
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        )));
    }
    Evaluation::new(query, world, ask.zone.clone(), now).map_err(|it| Box::new(refuse(400, it)))
}

/// `search/jql`: a page, and a token for the next one.
pub(super) fn by_token(ask: &Ask<'_>, context: &mut Context<'_>) -> Answer {
    let known = [
        "jql",
        "nextPageToken",
        "maxResults",
        "fields",
        "expand",
        "properties",
        "fieldsByKeys",
        "failFast",
        "reconcileIssues",
    ];
    match ask
        .known(context, &known)
        .and_then(|()| token_page(ask, context))
    {
        Ok(answer) => answer,
        Err(answer) => *answer,
    }
}

fn token_page(ask: &Ask<'_>, context: &Context<'_>) -> Result<Answer, Box<Answer>> {
    let world = &*context.world;
    let jql = ask.text("jql");
    let evaluation = evaluate(ask, world, context.now, jql)?;
    let issues = evaluation
        .issues()
        .map_err(|it| Box::new(refuse(400, it)))?;
    let mut wanted = ask.list("fields");
    if wanted.is_empty() {
        wanted.push("id".to_owned());
    }
    let most = if wanted.iter().all(|it| it == "id" || it == "key") {
        MOST_IDS
    } else {
        MOST
    };
    let most = context.options.most(most);
    let size = ask.number("maxResults", 50).clamp(1, most);
    let token = ask.text("nextPageToken");
    let begin = if token.is_empty() {
        0
    } else {
        let after = read_token(token, jql).ok_or_else(|| {
            Box::new(refuse(
                400,
                "The provided next page token is invalid or expired.",
            ))
        })?;
        issues.partition_point(|it| !is_behind(&evaluation.place(it), &after))
    };
    let page: Vec<&Value> = issues.iter().skip(begin).take(size).copied().collect();
    let last = begin + page.len() >= issues.len();
    let ids = page.iter().map(|it| text(&it["id"])).collect();
    let shown = page
        .iter()
        .map(|it| fields::issue(ask, &context.base, world, it, &wanted));
    let mut body = json!({ "issues": shown.collect::<Vec<_>>(), "isLast": last });
    if ask.list("expand").iter().any(|it| it == "names") {
        let all = world.collection("jira.fields").all();
        body["names"] = all
            .map(|it| (text(&it["id"]), it["name"].clone()))
            .collect();
    }
    if let (false, Some(issue)) = (last, page.last()) {
        body["nextPageToken"] = write_token(jql, &evaluation.place(issue)).into();
    }
    let again = if token.is_empty() {
        write_token(jql, &[])
    } else {
        token.to_owned()
    };
    Ok(of_issues(body, ids).here(LinkPlace::Field("", "nextPageToken"), again))
}

/// Whether a place comes behind another one of the same query.
fn is_behind(place: &[Place], after: &[Place]) -> bool {
    place > after
}

fn digest(jql: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    jql.hash(&mut hasher);
    hasher.finish()
}

fn write_token(jql: &str, place: &[Place]) -> String {
    let keys: Vec<Value> = place
        .iter()
        .map(|Place(key, down)| match key {
            SortKey::Number(number) => json!([number.to_string(), down]),
            SortKey::Text(text, number) => json!([text, number, down]),
        })
        .collect();
    URL_SAFE_NO_PAD.encode(json!([digest(jql).to_string(), keys]).to_string())
}

fn read_token(token: &str, jql: &str) -> Option<Vec<Place>> {
    let json: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    if text(&json[0]) != digest(jql).to_string() {
        return None;
    }
    let keys = json[1].as_array()?.iter();
    keys.map(|it| match it.as_array()?.as_slice() {
        [number, down] => Some(Place(
            SortKey::Number(text(number).parse().ok()?),
            down.as_bool()?,
        )),
        [word, number, down] => Some(Place(
            SortKey::Text(text(word), number.as_u64()?),
            down.as_bool()?,
        )),
        _ => None,
    })
    .collect()
}

/// `search` of Data Center: a page by its first row, and the total.
pub(super) fn by_offset(ask: &Ask<'_>, context: &mut Context<'_>) -> Answer {
    let known = [
        "jql",
        "startAt",
        "maxResults",
        "validateQuery",
        "fields",
        "expand",
    ];
    match ask
        .known(context, &known)
        .and_then(|()| offset_page(ask, context))
    {
        Ok(answer) => answer,
        Err(answer) => *answer,
    }
}

fn offset_page(ask: &Ask<'_>, context: &Context<'_>) -> Result<Answer, Box<Answer>> {
    let world = &*context.world;
    let evaluation = evaluate(ask, world, context.now, ask.text("jql"))?;
    let issues = evaluation
        .issues()
        .map_err(|it| Box::new(refuse(400, it)))?;
    let begin = ask.number("startAt", 0);
    let size = ask.number("maxResults", 50).min(MOST_BY_OFFSET);
    let page: Vec<&Value> = issues.iter().skip(begin).take(size).copied().collect();
    let wanted = ask.list("fields");
    let ids = page.iter().map(|it| text(&it["id"])).collect();
    let shown = page
        .iter()
        .map(|it| fields::issue(ask, &context.base, world, it, &wanted));
    let body = json!({
        "expand": "schema,names",
        "startAt": begin,
        "maxResults": size,
        "total": issues.len(),
        "issues": shown.collect::<Vec<_>>(),
    });
    Ok(of_issues(body, ids))
}

/// An answer with issues, in which the first comments and entries of work may stand.
fn of_issues(body: Value, ids: Vec<String>) -> Answer {
    let inside = |list: &str| {
        let issues = body["issues"].as_array().into_iter().flatten();
        let lists = issues.filter_map(|it| it.pointer(list)?.as_array());
        lists.flatten().map(|it| text(&it["id"])).collect()
    };
    let comments = inside("/fields/comment/comments");
    let worklogs = inside("/fields/worklog/worklogs");
    Answer::ok(body)
        .listing("jira.issues", ids)
        .nesting("jira.comments", comments)
        .nesting("jira.worklogs", worklogs)
}

/// `search/approximate-count`.
pub(super) fn count(ask: &Ask<'_>, context: &mut Context<'_>) -> Answer {
    let counted = ask.known(context, &["jql"]).and_then(|()| {
        let evaluation = evaluate(ask, context.world, context.now, ask.text("jql"))?;
        let issues = evaluation
            .issues()
            .map_err(|it| Box::new(refuse(400, it)))?;
        Ok(Answer::ok(json!({ "count": issues.len() })))
    });
    match counted {
        Ok(answer) => answer,
        Err(answer) => *answer,
    }
}

/// `issue/bulkfetch`: issues by their ids or keys.
pub(super) fn bulk(ask: &Ask<'_>, context: &mut Context<'_>) -> Answer {
    let known = [
        "issueIdsOrKeys",
        "fields",
        "expand",
        "fieldsByKeys",
        "properties",
    ];
    if let Err(answer) = ask.known(context, &known) {
        return *answer;
    }
    let keys = ask.list("issueIdsOrKeys");
    if keys.is_empty() || keys.len() > 100 {
        return refuse(400, "issueIdsOrKeys must have between 1 and 100 entries.");
    }
    let wanted = ask.list("fields");
    let world = &*context.world;
    // Issues that are not found are left out, without an error.
    let found: Vec<&Value> = keys.iter().filter_map(|it| ask.find(world, it)).collect();
    let ids = found.iter().map(|it| text(&it["id"])).collect();
    let issues: Vec<_> = found
        .iter()
        .map(|it| fields::issue(ask, &context.base, world, it, &wanted))
        .collect();
    of_issues(json!({ "issues": issues, "issueErrors": [] }), ids)
}

/// One issue.
pub(super) fn issue(ask: &Ask<'_>, key: &str, context: &mut Context<'_>) -> Answer {
    let known = [
        "fields",
        "fieldsByKeys",
        "expand",
        "properties",
        "updateHistory",
        "failFast",
    ];
    if let Err(answer) = ask.known(context, &known) {
        return *answer;
    }
    let Some(record) = ask.find(context.world, key) else {
        return refuse(
            404,
            "Issue does not exist or you do not have permission to see it.",
        );
    };
    let mut wanted = ask.list("fields");
    if wanted.is_empty() {
        wanted.push("*all".to_owned());
    }
    let mut shown = fields::issue(ask, &context.base, context.world, record, &wanted);
    if ask.list("expand").iter().any(|it| it == "changelog") {
        shown["changelog"] = super::changelogs::embedded(ask, record, context.world);
    }
    Answer::ok(shown).listing("jira.issues", vec![text(&record["id"])])
}

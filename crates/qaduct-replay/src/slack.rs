//! Slack: incoming webhooks and the part of the Web API that posts and looks up messages.
//!
//! `/slack/services/{team}/{hook}/{secret}` is a webhook, which answers with bare text;
//! `/slack/api/{method}` answers 200 with `ok` in the body, also to what it refuses. Blocks are
//! judged by the documented limits of the Block Kit reference ([`blocks`]). What was posted is
//! kept in the world (`slack.messages`), also that of webhooks, which the real service shows to
//! nobody but people. One message a second and channel is taken where limits hold.

mod blocks;

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::request::Request;
use crate::service::{Context, Service};

/// Slack.
pub(crate) struct Slack;

/// Channels of the workspace, and whether the bot is in them and they are in use.
const CHANNELS: [(&str, bool, bool); 3] = [
    ("C0DASHBOARD", true, true),
    ("C0WITHOUT", false, true),
    ("C0ARCHIVED", true, false),
];

/// Where webhooks post to.
const HOOKED: &str = "C0HOOKED";

impl Service for Slack {
    fn refuse(&self, status: u16, message: &str) -> Answer {
        match status {
            429 => Answer::json(429, json!({ "ok": false, "error": "ratelimited" })),
            _ => Answer::text(status, "text/plain", message.to_owned()),
        }
    }

    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer {
        if let Some(hook) = request.path.strip_prefix("/services/") {
            return webhook(hook, request, context);
        }
        let Some(method) = request.path.strip_prefix("/api/") else {
            context.violation(request, "neither a webhook nor a method");
            return Answer::text(404, "text/html", "<html>not found</html>");
        };
        if !request.bearer().is_some_and(|it| context.accepts(it)) {
            return failed("invalid_auth");
        }
        match method {
            "chat.postMessage" => post(request, context),
            "conversations.history" | "conversations.replies" => look(method, request, context),
            _ => {
                context.violation(request, "no such method");
                failed("unknown_method")
            }
        }
    }
}

/// A refusal of the Web API, whose status is that of success.
fn failed(error: &str) -> Answer {
    Answer::ok(json!({ "ok": false, "error": error }))
}

fn webhook(hook: &str, request: &Request, context: &mut Context<'_>) -> Answer {
    let refused = |status, text: &str| Answer::text(status, "text/html", text.to_owned());
    let parts: Vec<&str> = hook.split('/').collect();
    let [_, _, secret] = parts.as_slice() else {
        return refused(404, "no_team");
    };
    if !context.accepts(secret) {
        return refused(404, "no_service");
    }
    if request.method != "POST" {
        return refused(405, "method_not_allowed");
    }
    let Ok(body) = request.json() else {
        return refused(400, "invalid_payload");
    };
    if let Some(wait) = too_fast(HOOKED, context) {
        return refused(429, "rate_limited").with("Retry-After", wait);
    }
    if let Err(wrong) = blocks::judge(&body) {
        context.violation(request, wrong);
        return refused(400, "invalid_blocks");
    }
    keep(HOOKED, &body, context);
    refused(200, "ok")
}

fn post(request: &Request, context: &mut Context<'_>) -> Answer {
    let is_json = request
        .header("content-type")
        .is_some_and(|it| it.starts_with("application/json"));
    let (true, Ok(body)) = (is_json && request.method == "POST", request.json()) else {
        return failed("invalid_arguments");
    };
    let channel = body["channel"].as_str().unwrap_or_default();
    match CHANNELS.iter().find(|(id, ..)| *id == channel) {
        None => return failed("channel_not_found"),
        Some((_, false, _)) => return failed("not_in_channel"),
        Some((.., false)) => return failed("is_archived"),
        Some(_) => {}
    }
    if let Some(wait) = too_fast(channel, context) {
        return Slack.refuse(429, "").with("Retry-After", wait);
    }
    if let Err(wrong) = blocks::judge(&body) {
        context.violation(request, &wrong);
        let error = match wrong.as_str() {
            blocks::TOO_LONG => "msg_blocks_too_long",
            _ => "invalid_blocks",
        };
        return Answer::ok(json!({
            "ok": false, "error": error, "response_metadata": { "messages": [wrong] },
        }));
    }
    if let Some(thread) = body["thread_ts"].as_str() {
        let messages = context.world.collection("slack.messages");
        let is_there = messages
            .all()
            .any(|it| it["ts"] == thread && it["_channel"] == channel);
        if !is_there {
            return failed("thread_not_found");
        }
    }
    let ts = keep(channel, &body, context);
    Answer::ok(json!({ "ok": true, "channel": channel, "ts": ts, "message": { "ts": ts } }))
}

/// Seconds until the next message is taken.
fn too_fast(channel: &str, context: &Context<'_>) -> Option<u64> {
    let second = context.now.as_second();
    let messages = context.world.collection("slack.messages");
    let same = |it: &Value| it["_channel"] == channel && it["_second"] == second;
    (context.options.limits && messages.all().any(same)).then_some(1)
}

/// Keeps a message and gives its time, which is its name.
fn keep(channel: &str, body: &Value, context: &mut Context<'_>) -> String {
    let second = context.now.as_second();
    let number = context.world.collection("slack.messages").all().count() + 1;
    let ts = format!("{second}.{number:06}");
    let mut message = json!({
        "type": "message", "ts": ts, "text": body["text"], "blocks": body["blocks"],
        "_id": ts, "_channel": channel, "_second": second,
    });
    for name in ["thread_ts", "metadata"] {
        if let Some(value) = body.get(name) {
            message[name] = value.clone();
        }
    }
    context.world.put("slack.messages", message);
    ts
}

fn look(method: &str, request: &Request, context: &mut Context<'_>) -> Answer {
    let parameters = request.parameters();
    let get = |name: &str| {
        let found = parameters.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    };
    let known = [
        "channel",
        "limit",
        "oldest",
        "include_all_metadata",
        "cursor",
        "ts",
    ];
    context.known(request, parameters.iter().map(|(name, _)| name), &known);
    let channel = get("channel").unwrap_or_default();
    if !CHANNELS.iter().any(|(id, ..)| *id == channel) {
        return failed("channel_not_found");
    }
    let thread = get("ts").filter(|_| method == "conversations.replies");
    let oldest: f64 = get("oldest").and_then(|it| it.parse().ok()).unwrap_or(0.0);
    let limit = get("limit").and_then(|it| it.parse().ok()).unwrap_or(100);
    let limit = context.options.most(usize::min(limit, 999));
    let from = get("cursor").and_then(|it| it.parse().ok()).unwrap_or(0);
    let with_metadata = get("include_all_metadata") == Some("true");
    let messages = context.world.collection("slack.messages");
    let mut found: Vec<Value> = messages
        .all()
        .filter(|it| it["_channel"] == channel)
        .filter(|it| match thread {
            Some(thread) => it["ts"] == thread || it["thread_ts"] == thread,
            None => it.get("thread_ts").is_none(),
        })
        .filter(|it| it["_second"].as_f64().is_some_and(|it| it >= oldest))
        .cloned()
        .collect();
    if thread.is_none() {
        found.reverse();
    }
    let next = (found.len() > from + limit).then(|| (from + limit).to_string());
    let page = found.into_iter().skip(from).take(limit).map(|mut it| {
        if let Value::Object(fields) = &mut it {
            fields
                .retain(|name, _| !name.starts_with('_') && (with_metadata || name != "metadata"));
        }
        it
    });
    Answer::ok(json!({
        "ok": true,
        "messages": page.collect::<Vec<_>>(),
        "has_more": next.is_some(),
        "response_metadata": { "next_cursor": next.unwrap_or_default() },
    }))
}

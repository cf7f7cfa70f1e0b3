//! `[slack.NAME]`: a place in Slack where messages go.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SecretRef;
use super::tree::{Entry, Node, Value, path};
use crate::report::{Code, Report};

/// `[slack.NAME]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Slack {
    /// The address of an incoming webhook, all of which is secret.
    pub webhook: Option<SecretRef>,
    /// The token of a bot, instead of a webhook.
    pub token: Option<SecretRef>,
    /// The id of the channel to which the bot posts.
    pub channel: Option<String>,
    /// Where the Web API is, where it is not Slack's own.
    #[schemars(extend("format" = "service"))]
    pub url: Option<String>,
    /// Messages a minute; Slack takes one a second.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub requests_per_minute: u32,
}

impl Default for Slack {
    fn default() -> Self {
        Self {
            webhook: None,
            token: None,
            channel: None,
            url: None,
            requests_per_minute: 60,
        }
    }
}

/// What is wrong with destinations as a whole, when all layers are merged.
pub(crate) fn check(tree: &Node) -> Vec<Report> {
    let mut reports = Vec::new();
    let Some(Value::Table(destinations)) = tree.entry("slack") else {
        return reports;
    };
    for (name, Entry { key, node }) in destinations {
        let place = path(&["slack", name]);
        let has = |key| node.entry(key).is_some();
        if has("webhook") == has("token") {
            let message = format!("`{place}` needs either `webhook` or `token`");
            let report = Report::new(Code::MissingKey, message).help(
                "write `webhook = { env = \"SLACK_WEBHOOK\" }`, or `token = { env = \"SLACK_BOT_TOKEN\" }` and `channel`",
            );
            reports.push(key.mark(report, ""));
        }
        let channel = match node.entry("channel") {
            Some(Value::Text(channel)) => Some(channel.as_str()),
            _ => None,
        };
        if has("token") && channel.is_none() {
            let message = format!("`{place}` has no `channel`");
            let report = Report::new(Code::MissingKey, message).help(
                "add `channel = \"C0123456789\"`: its id, at the end of what Slack shows about it",
            );
            reports.push(key.mark(report, ""));
        }
        if let Some(channel) = channel.filter(|it| !is_id(it)) {
            let message = format!("`{place}.channel` cannot be `{channel}`: it is no id");
            let report = Report::new(Code::WrongValue, message)
                .help("write its id, such as C0123456789, at the end of what Slack shows about it: a name does not find messages again");
            reports.push(key.mark(report, ""));
        }
    }
    reports
}

/// Whether a channel is named by its id.
fn is_id(channel: &str) -> bool {
    channel.starts_with(['C', 'G', 'D'])
        && channel
            .bytes()
            .all(|it| it.is_ascii_uppercase() || it.is_ascii_digit())
}

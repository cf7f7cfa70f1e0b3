//! Slack over HTTP: an incoming webhook, or a bot of the Web API.
//!
//! Posts messages and looks whether one is there. The address of a webhook is its
//! credential: it stands in no error, no log and no URL that is kept.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use qaduct_http::{Auth, Call, Client, HttpError, Kind, Limit, QuotaHeaders, Settings, Sleep};
use qaduct_records::{Clock, Secret};
use serde_json::{Value as Json, json};
use url::Url;

use super::compose::Post;
use crate::PublishError;

/// Where the Web API is.
pub const API: &str = "https://slack.com/api/";
/// For how long a message is tried to be sent.
pub(super) const DEADLINE: Duration = Duration::from_secs(180);
/// What our messages are told from others by.
const EVENT: &str = "qaduct_publication";
/// Messages of a page of a history, and pages that are looked through.
const PAGE: usize = 200;
const PAGES: usize = 20;

/// A place where messages go.
#[derive(Debug, Clone)]
pub struct Destination {
    /// Its name in the settings.
    pub name: String,
    /// How it is reached.
    pub by: By,
    /// Messages a minute; Slack takes one a second.
    pub requests_per_minute: u32,
}

/// How a place is reached.
#[derive(Debug, Clone)]
pub enum By {
    /// An incoming webhook: its whole address.
    Webhook(Secret),
    /// A bot that posts to a channel.
    Bot {
        /// Its token.
        token: Secret,
        /// The id of the channel.
        channel: String,
        /// Where the Web API is.
        api: Url,
    },
}

/// A destination that can be sent to.
pub struct Slack {
    name: String,
    client: Client,
    way: Way,
}

enum Way {
    /// The path of the webhook.
    Webhook(Secret),
    Bot {
        channel: String,
    },
}

/// What an error of Slack means, and what to do.
const HINTS: &[(&str, Kind, &str)] = &[
    (
        "not_in_channel",
        Kind::Forbidden,
        "invite the bot: write `/invite @NAME` in the channel",
    ),
    (
        "channel_not_found",
        Kind::Missing,
        "write the id of the channel, and invite the bot where it is private",
    ),
    (
        "is_archived",
        Kind::Removed,
        "take the channel out of the archive, or name another",
    ),
    (
        "channel_is_archived",
        Kind::Removed,
        "take the channel out of the archive, or make a webhook for another",
    ),
    (
        "missing_scope",
        Kind::Forbidden,
        "give the bot the scopes chat:write, channels:history and groups:history, and install it again",
    ),
    (
        "no_permission",
        Kind::Forbidden,
        "give the bot the scope chat:write, and install it again",
    ),
    (
        "restricted_action",
        Kind::Forbidden,
        "an administrator of the workspace lets nobody post there",
    ),
    (
        "action_prohibited",
        Kind::Forbidden,
        "an administrator of the workspace lets nobody post there",
    ),
    (
        "posting_to_general_channel_denied",
        Kind::Forbidden,
        "an administrator of the workspace lets nobody post there",
    ),
    (
        "invalid_auth",
        Kind::Credential,
        "make a new token on the page of the app, and put it where `token` refers to",
    ),
    (
        "not_authed",
        Kind::Credential,
        "make a new token on the page of the app, and put it where `token` refers to",
    ),
    (
        "token_revoked",
        Kind::Credential,
        "make a new token on the page of the app, and put it where `token` refers to",
    ),
    (
        "token_expired",
        Kind::Credential,
        "make a new token on the page of the app, and put it where `token` refers to",
    ),
    (
        "account_inactive",
        Kind::Credential,
        "the app was taken out of the workspace; install it again",
    ),
    (
        "no_service",
        Kind::Credential,
        "the webhook was removed; make a new one and put it where `webhook` refers to",
    ),
    (
        "no_active_hooks",
        Kind::Credential,
        "the webhook was removed; make a new one and put it where `webhook` refers to",
    ),
    (
        "no_team",
        Kind::Credential,
        "the webhook was removed; make a new one and put it where `webhook` refers to",
    ),
    (
        "invalid_token",
        Kind::Credential,
        "the webhook was removed; make a new one and put it where `webhook` refers to",
    ),
    (
        "msg_too_long",
        Kind::Refused,
        "fewer items or a lower `limit` make the message shorter",
    ),
    (
        "msg_blocks_too_long",
        Kind::Refused,
        "fewer items or a lower `limit` make the message shorter",
    ),
    (
        "invalid_blocks",
        Kind::Refused,
        "`qaduct publish --dry-run -f json` shows the blocks",
    ),
    (
        "invalid_payload",
        Kind::Refused,
        "`qaduct publish --dry-run -f json` shows the blocks",
    ),
    (
        "internal_error",
        Kind::Unavailable,
        "Slack has a problem; the next run looks again",
    ),
    (
        "fatal_error",
        Kind::Unavailable,
        "Slack has a problem; the next run looks again",
    ),
    (
        "service_unavailable",
        Kind::Unavailable,
        "Slack has a problem; the next run looks again",
    ),
    (
        "request_timeout",
        Kind::Unavailable,
        "Slack has a problem; the next run looks again",
    ),
];

impl Destination {
    /// What a publication calls the place that it goes to: another channel is another one.
    #[must_use]
    pub fn target(&self) -> String {
        match &self.by {
            By::Webhook(_) => self.name.clone(),
            By::Bot { channel, .. } => format!("{} {channel}", self.name),
        }
    }

    /// Whether it knows threads, and tells what is there.
    #[must_use]
    pub const fn is_bot(&self) -> bool {
        matches!(self.by, By::Bot { .. })
    }

    fn wrong(&self, why: &str) -> PublishError {
        PublishError::Settings {
            place: format!("[slack.{}]", self.name),
            why: why.to_owned(),
        }
    }

    /// A destination that can be sent to; connects nowhere yet.
    ///
    /// # Errors
    /// When the address is none.
    pub fn open(
        &self,
        clock: Arc<dyn Clock>,
        sleep: Arc<dyn Sleep>,
    ) -> Result<Slack, PublishError> {
        let (base, auth, way, secret) = match &self.by {
            By::Webhook(address) => {
                let no_address = || {
                    self.wrong(
                        "`webhook` leads to no address such as https://hooks.slack.com/services/…",
                    )
                };
                let url = Url::parse(address.expose().trim()).map_err(|_| no_address())?;
                if !crate::is_protected(&url) {
                    return Err(self.wrong("`webhook` leads to an address without TLS"));
                }
                let base = url.join("/").map_err(|_| no_address())?;
                let path = &url.as_str()[base.as_str().len()..];
                if path.is_empty() {
                    return Err(no_address());
                }
                let path = Secret::new(path);
                (
                    base,
                    Auth::Anonymous,
                    Way::Webhook(path.clone()),
                    Some(path),
                )
            }
            By::Bot {
                token,
                channel,
                api,
            } => {
                if !crate::is_protected(api) {
                    return Err(self.wrong("`url` is an address without TLS"));
                }
                let way = Way::Bot {
                    channel: channel.clone(),
                };
                (api.clone(), Auth::Bearer(token.clone()), way, None)
            }
        };
        let settings = Settings {
            name: self.name.clone(),
            base,
            auth,
            headers: vec![("accept", "application/json".to_owned())],
            limit: Some(Limit {
                requests: self.requests_per_minute,
                per: Duration::from_secs(60),
            }),
            reserve: 0.0,
            quota: QuotaHeaders::default(),
            attempts: 4,
            timeout: Duration::from_secs(30),
            deadline: DEADLINE,
            max_bytes: 32 * 1024 * 1024,
        };
        let client = Client::new(settings, clock, sleep).map_err(|it| failed(&self.name, &it))?;
        let client = match secret {
            Some(secret) => client.concealing(move |text| concealed(text, secret.expose())),
            None => client,
        };
        Ok(Slack {
            name: self.name.clone(),
            client,
            way,
        })
    }
}

/// A text without the path of a webhook, and without its parts that are long enough to be secret.
fn concealed(text: &str, path: &str) -> String {
    let mut text = text.replace(path, "***");
    for part in path
        .split(['/', '?', '&', '='])
        .filter(|it| it.len() >= 8 && *it != "services")
    {
        text = text.replace(part, "***");
    }
    text
}

fn failed(name: &str, error: &HttpError) -> PublishError {
    let said = error.message.as_deref().unwrap_or_default();
    let known = HINTS
        .iter()
        .find(|(word, ..)| said.trim().trim_end_matches('.') == *word);
    PublishError::Service {
        place: format!("[slack.{name}]"),
        kind: known.map_or(error.kind, |(_, kind, _)| *kind),
        why: error.to_string(),
        hint: known.map(|(.., hint)| (*hint).to_owned()),
        in_doubt: error.in_doubt,
    }
}

impl Slack {
    /// Posts a message; into a thread where one is named. Gives what Slack calls it, which a
    /// webhook does not tell. `id` is what [`Self::find`] finds it by.
    ///
    /// # Errors
    /// When Slack does not take it, or nobody knows whether it did.
    pub fn post(
        &self,
        post: &Post,
        thread: Option<&str>,
        id: &str,
    ) -> Result<Option<String>, PublishError> {
        let mut body = json!({ "text": post.summary(), "blocks": post.json() });
        let channel = match &self.way {
            Way::Webhook(path) => {
                let call = Call::post(path.expose(), body).once().raw();
                let answer = self.client.send(&call);
                let answer = answer.map_err(|it| failed(&self.name, &it))?;
                if answer.bytes.trim_ascii() != b"ok" {
                    return Err(PublishError::Service {
                        place: format!("[slack.{}]", self.name),
                        kind: Kind::Answer,
                        why: "the webhook did not answer `ok`".to_owned(),
                        hint: None,
                        in_doubt: true,
                    });
                }
                return Ok(None);
            }
            Way::Bot { channel } => channel,
        };
        let more = json!({
            "channel": channel,
            "thread_ts": thread,
            "mrkdwn": false,
            "unfurl_links": false,
            "unfurl_media": false,
            "metadata": { "event_type": EVENT, "event_payload": { "id": id } },
        });
        if let (Json::Object(body), Json::Object(more)) = (&mut body, more) {
            body.extend(more.into_iter().filter(|(_, it)| !it.is_null()));
        }
        let answer = self.ask(&Call::post("chat.postMessage", body).once())?;
        Ok(answer["ts"].as_str().map(str::to_owned))
    }

    /// What Slack calls the message of this id that was posted since then; `None` where it
    /// is not there.
    ///
    /// # Errors
    /// When Slack does not tell, as it never does of a webhook.
    pub fn find(
        &self,
        id: &str,
        thread: Option<&str>,
        since: Timestamp,
    ) -> Result<Option<String>, PublishError> {
        let Way::Bot { channel } = &self.way else {
            return Ok(None);
        };
        let mut call = match thread {
            Some(thread) => Call::get("conversations.replies").with("ts", thread),
            None => Call::get("conversations.history"),
        };
        // Clocks differ.
        let since = since.as_second() - 600;
        call = call
            .with("channel", channel)
            .with("limit", PAGE)
            .with("oldest", since)
            .with("include_all_metadata", "true");
        let mut next = call.clone();
        for _ in 0..PAGES {
            let answer = self.ask(&next)?;
            let messages = answer["messages"].as_array().into_iter().flatten();
            let mut ours = messages.filter(|it| {
                it["metadata"]["event_type"] == EVENT && it["metadata"]["event_payload"]["id"] == id
            });
            if let Some(found) = ours.next() {
                return Ok(found["ts"].as_str().map(str::to_owned));
            }
            match answer["response_metadata"]["next_cursor"].as_str() {
                Some(cursor) if !cursor.is_empty() => next = call.clone().with("cursor", cursor),
                _ => return Ok(None),
            }
        }
        Err(PublishError::Service {
            place: format!("[slack.{}]", self.name),
            kind: Kind::Answer,
            why: format!(
                "more than {} messages since then, and the one in doubt is not among them",
                PAGE * PAGES
            ),
            hint: Some(
                "delete the row of the message from the table `publications`, and it is sent again"
                    .to_owned(),
            ),
            in_doubt: true,
        })
    }

    /// Asks the Web API, which says in the body whether it did as asked.
    fn ask(&self, call: &Call) -> Result<Json, PublishError> {
        let answer = self
            .client
            .send(call)
            .map_err(|it| failed(&self.name, &it))?;
        if answer.json["ok"] == true {
            return Ok(answer.json);
        }
        let error = answer.json["error"].as_str().unwrap_or("unknown_error");
        let known = HINTS.iter().find(|(word, ..)| *word == error);
        let kind = known.map_or(Kind::Refused, |(_, kind, _)| *kind);
        let mut why = format!("{}: {error}", answer.exchange.url);
        if let Some(needed) = answer.json["needed"].as_str() {
            why = format!("{why}, needed is {needed}");
        }
        let said = answer.json["response_metadata"]["messages"].as_array();
        for message in said.into_iter().flatten().filter_map(Json::as_str).take(3) {
            why = format!("{why}; {message}");
        }
        Err(PublishError::Service {
            place: format!("[slack.{}]", self.name),
            kind,
            why,
            hint: known.map(|(.., hint)| (*hint).to_owned()),
            in_doubt: kind == Kind::Unavailable && call.once,
        })
    }
}

//! `[message.NAME]` and `[alert.NAME]`: messages to Slack.

use std::sync::Arc;

use jiff::Timestamp;
use qaduct_publish::slack::alert::{Fact, Watch};
use qaduct_publish::slack::api::{API, By, Destination};
use qaduct_publish::slack::{self, Office};
use qaduct_publish::{Mode, PublishError};
use qaduct_records::{Secret, View, nearest};
use url::Url;

use super::{Desk, Kind, Made};
use crate::config::slack::Slack;
use crate::config::{Config, SecretRef};
use crate::error::CommandError;
use crate::freshness::{self, Freshness, State};
use crate::sources::configured;

pub(super) const MESSAGE: Kind = Kind {
    word: "message",
    names: |settings| settings.message.keys().map(String::as_str).collect(),
    publish: message,
};

pub(super) const ALERT: Kind = Kind {
    word: "alert",
    names: |settings| settings.alert.keys().map(String::as_str).collect(),
    publish: alert,
};

fn message(name: &str, desk: &mut Desk<'_>) -> Result<Made, CommandError> {
    let message = &desk.settings.message[name];
    let to = destination(&format!("[message.{name}]"), &message.to, desk)?;
    let change = slack::message(name, message, &to, &mut office(desk))?;
    Ok(vec![change].into())
}

fn alert(name: &str, desk: &mut Desk<'_>) -> Result<Made, CommandError> {
    let place = format!("[alert.{name}]");
    let alert = &desk.settings.alert[name];
    let to = destination(&place, &alert.to, desk)?;
    let facts = match alert.on {
        Some(Watch::Stale) => Some(stale(desk)?),
        None => None,
    };
    let change = slack::alert(name, alert, facts, &to, &mut office(desk))?;
    Ok(vec![change].into())
}

fn office<'d>(desk: &'d mut Desk<'_>) -> Office<'d> {
    Office {
        store: desk.store,
        views: desk.views,
        clock: Arc::clone(desk.clock),
        sleep: Arc::new(desk.stop.clone()),
        slot: desk.slot.as_deref(),
        mode: desk.mode,
    }
}

/// What does not fit in a message, without asking anybody.
pub(super) fn check_message(name: &str, settings: &Config, views: &[View]) -> Vec<CommandError> {
    let message = &settings.message[name];
    let place = format!("[message.{name}]");
    let to = addressee(&place, &message.to, settings).and_then(|to| {
        let thread = slack::check::thread(message, &message.to, to.webhook.is_none());
        thread.map_err(|why| PublishError::Settings { place, why })
    });
    let wrong = slack::check::message(name, message, views);
    let wrong = to.err().into_iter().chain(wrong);
    wrong.map(CommandError::from).collect()
}

/// What does not fit in an alert, without asking anybody.
pub(super) fn check_alert(name: &str, settings: &Config, views: &[View]) -> Vec<CommandError> {
    let alert = &settings.alert[name];
    let to = addressee(&format!("[alert.{name}]"), &alert.to, settings);
    let wrong = slack::check::alert(name, alert, views);
    let wrong = to.err().into_iter().chain(wrong);
    wrong.map(CommandError::from).collect()
}

/// The settings of the destination of a name.
fn addressee<'s>(place: &str, name: &str, settings: &'s Config) -> Result<&'s Slack, PublishError> {
    let all = &settings.slack;
    all.get(name).ok_or_else(|| {
        let near = nearest(name, all.keys().map(String::as_str));
        let near = near.map(|it| format!("; did you mean `{it}`?"));
        PublishError::Settings {
            place: place.to_owned(),
            why: format!("there is no [slack.{name}]{}", near.unwrap_or_default()),
        }
    })
}

/// The destination of a name. Secrets are read now.
fn destination(place: &str, name: &str, desk: &Desk<'_>) -> Result<Destination, CommandError> {
    let settings = addressee(place, name, desk.settings)?;
    let wrong = |why: String| PublishError::Settings {
        place: format!("[slack.{name}]"),
        why,
    };
    let secret = |key: &str, reference: &SecretRef| -> Result<Secret, CommandError> {
        if desk.mode == Mode::DryRun {
            // Nobody is asked anything.
            return Ok(Secret::new(""));
        }
        let key = format!("slack.{name}.{key}");
        let secret = desk.context.secret(&key, Some(reference))?;
        Ok(secret.unwrap_or_else(|| Secret::new("")))
    };
    let by = match (&settings.webhook, &settings.token, &settings.channel) {
        (Some(webhook), _, _) => By::Webhook(secret("webhook", webhook)?),
        (None, Some(token), Some(channel)) => {
            let api = settings.url.as_deref().unwrap_or(API);
            By::Bot {
                token: secret("token", token)?,
                channel: channel.clone(),
                api: Url::parse(api).map_err(|it| wrong(format!("`url`: {it}")))?,
            }
        }
        _ => {
            return Err(wrong("it needs `webhook`, or `token` and `channel`".to_owned()).into());
        }
    };
    Ok(Destination {
        name: name.to_owned(),
        by,
        requests_per_minute: settings.requests_per_minute,
    })
}

/// Which streams and calendars are too old.
fn stale(desk: &mut Desk<'_>) -> Result<Vec<Fact>, CommandError> {
    let now = desk.clock.now();
    let mut reader = desk.store.reader()?;
    let sources = configured(desk.settings)?;
    let mut states = freshness::states(reader.as_mut(), desk.settings, &sources, now)?;
    states.extend(freshness::calendars(reader.as_mut(), desk.settings, now)?);
    Ok(states.iter().map(fact).collect())
}

fn fact(state: &State) -> Fact {
    let minute = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let last = match state.last_success_at {
        Some(at) => format!("last read whole on {}", minute(at)),
        None => "never read whole".to_owned(),
    };
    let error = state.error.as_deref().map(|it| format!("; {it}"));
    Fact {
        subject: format!("{} {}", state.source, state.stream),
        bad: match state.freshness {
            Freshness::Ahead => None,
            freshness => Some(freshness.is_error()),
        },
        text: format!("{last}{}", error.unwrap_or_default()),
    }
}

//! What does not fit in the settings of messages and alerts, told without a store and Slack.
//!
//! Asks the same questions as sending does. Reads settings; writes nothing.

use qaduct_records::View;

use super::alert::Alert;
use super::compose;
use super::message::{Item, Message};
use super::rows;
use crate::PublishError;

/// All that does not fit in the message of a name.
#[must_use]
pub fn message(name: &str, message: &Message, views: &[View]) -> Vec<PublishError> {
    let place = format!("[message.{name}]");
    let asked = |(nth, item): (usize, &Item)| {
        let place = of_item(&place, nth);
        let item = item.filled().map_err(|why| settings(&place, why))?;
        match item.text {
            Some(_) => Ok(()),
            None => rows::question(&place, &item, &[], views).map(|_| ()),
        }
    };
    let items = message.items.iter().enumerate();
    let mut wrong: Vec<_> = items.filter_map(|it| asked(it).err()).collect();
    let links = compose::links(&message.links);
    wrong.extend(links.err().map(|why| settings(&place, why)));
    wrong
}

/// All that does not fit in the alert of a name.
#[must_use]
pub fn alert(name: &str, alert: &Alert, views: &[View]) -> Vec<PublishError> {
    let place = format!("[alert.{name}]");
    let mut wrong = Vec::new();
    if alert.on.is_none() {
        let asked = alert.asked().map_err(|why| settings(&place, why));
        let question =
            asked.and_then(|(_, asked)| rows::question(&place, &asked, &alert.named(), views));
        wrong.extend(question.err());
    }
    let pause = alert.pause();
    wrong.extend(pause.err().map(|why| settings(&place, why)));
    wrong
}

/// Where the settings have an item of a message: the first has the number 1.
#[must_use]
pub(super) fn of_item(place: &str, nth: usize) -> String {
    format!("{place}: item {}", nth + 1)
}

/// Only what a bot has sent can be answered: a webhook does not say what a message is called.
///
/// # Errors
/// When a message has a thread and goes to a webhook.
pub fn thread(message: &Message, to: &str, is_bot: bool) -> Result<(), String> {
    match message.thread && !is_bot {
        true => Err(format!(
            "`thread` needs a bot, and [slack.{to}] is a webhook; give it `token` and `channel`"
        )),
        false => Ok(()),
    }
}

fn settings(place: &str, why: String) -> PublishError {
    PublishError::Settings {
        place: place.to_owned(),
        why,
    }
}

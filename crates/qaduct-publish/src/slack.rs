//! Messages to Slack: from rows of views to blocks, and each sent once.
//!
//! [`mod@message`] is what a message tells, as data; [`rows`] asks for it, [`mod@compose`] makes
//! [`block`]s of it that Slack takes, [`send`] posts them over the [`api`] unless they are there.
//! [`mod@alert`] tells what turns bad and well again; [`mod@check`] says beforehand what cannot
//! be made. Reads the store; writes the ledger and Slack.

pub mod alert;
pub mod api;
pub mod block;
pub mod check;
pub mod compose;
pub mod condition;
pub mod format;
pub mod message;
pub mod rows;
pub mod send;
mod text;

use std::sync::Arc;

use jiff::Timestamp;
use qaduct_http::Sleep;
use qaduct_records::{Clock, Store, View};

use crate::{Change, Effect, Mode, PublishError, ledger};
use alert::{Alert, Fact};
use api::Destination;
use compose::{Draft, Told, compose};
use message::Message;
use send::{Same, Sender, Sent};

/// What messages are made with.
pub struct Office<'a> {
    /// The database.
    pub store: &'a mut dyn Store,
    /// The views that can be shown.
    pub views: &'a [View],
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Waits.
    pub sleep: Arc<dyn Sleep>,
    /// The time of a job that it is done for, where a job does it: its tries have one name.
    pub slot: Option<&'a str>,
    /// Whether something is sent.
    pub mode: Mode,
}

/// `2026-11-21 07:00 UTC`.
fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Sends the message of a name, unless it was sent in the same form; `place` is where the
/// settings have it.
///
/// # Errors
/// When it asks for what does not exist, or the store or Slack fails.
pub fn message(
    name: &str,
    message: &Message,
    to: &Destination,
    office: &mut Office<'_>,
) -> Result<Change, PublishError> {
    let publication = format!("message.{name}");
    let place = format!("[message.{name}]");
    let wrong = |why: String| PublishError::Settings {
        place: place.clone(),
        why,
    };
    check::thread(message, &to.name, to.is_bot()).map_err(wrong)?;
    let now = office.clock.now();
    let mut told = Vec::new();
    {
        let mut reader = office.store.reader()?;
        for (nth, item) in message.items.iter().enumerate() {
            let place = check::of_item(&place, nth);
            let item = item.filled().map_err(|why| PublishError::Settings {
                place: place.clone(),
                why,
            })?;
            let rows = match item.text {
                Some(_) => None,
                None => Some(rows::read(
                    &place,
                    &item,
                    &[],
                    office.views,
                    reader.as_mut(),
                    now,
                )?),
            };
            told.push(Told { item, rows });
        }
    }
    let as_of = format!("as stored on {}", minute(now));
    let draft = compose(message, &told, to.is_bot(), Some(as_of)).map_err(wrong)?;
    let Some(draft) = draft else {
        return Ok(Change {
            target: to.target(),
            effect: Effect::Unchanged,
            detail: "nothing to tell".to_owned(),
            notes: Vec::new(),
            document: None,
        });
    };
    let same = match (message.always, office.slot) {
        (false, _) => Same::Content(draft.digest()),
        (true, Some(slot)) => Same::Slot(slot),
        (true, None) => Same::Never,
    };
    let sent = deliver(office, &publication, to, &draft, &same)?;
    Ok(change(to, &sent, &draft, office.mode))
}

/// Tells what has turned since the alert of a name was looked at last. `facts` are those of an
/// alert that looks at no view.
///
/// # Errors
/// As [`message`](fn@message).
pub fn alert(
    name: &str,
    alert: &Alert,
    facts: Option<Vec<Fact>>,
    to: &Destination,
    office: &mut Office<'_>,
) -> Result<Change, PublishError> {
    let publication = format!("alert.{name}");
    let place = format!("[alert.{name}]");
    let wrong = |why: String| PublishError::Settings {
        place: place.clone(),
        why,
    };
    let now = office.clock.now();
    let (facts, lists) = match facts {
        Some(facts) => (Some(facts), false),
        None => {
            let (item, asked) = alert.asked().map_err(wrong)?;
            let mut reader = office.store.reader()?;
            let rows = rows::read(
                &place,
                &asked,
                &alert.named(),
                office.views,
                reader.as_mut(),
                now,
            )?;
            let facts = alert::facts(alert, &item, &rows);
            let facts = (!rows.is_without_day(&item)).then_some(facts);
            (facts, alert.fires.is_none())
        }
    };
    let remind = alert.pause().map_err(wrong)?;
    let before = ledger::remembered(office.store, &publication)?;
    let turns = alert::turns(&publication, facts.as_deref(), &before, remind, now);
    let state = format!("{} firing, {} unknown", turns.firing, turns.unknown);
    if turns.is_empty() {
        return Ok(Change {
            target: to.target(),
            effect: Effect::Unchanged,
            detail: state,
            notes: Vec::new(),
            document: None,
        });
    }
    let draft = turns.draft(&publication, alert, lists);
    let same = Same::Content(turns.digest().to_owned());
    let sent = deliver(office, &publication, to, &draft, &same)?;
    if office.mode == Mode::Write {
        ledger::remember(office.store, &turns.rows)?;
    }
    let mut change = change(to, &sent, &draft, office.mode);
    change.detail = format!("{state}{}", change.detail);
    Ok(change)
}

fn deliver(
    office: &mut Office<'_>,
    publication: &str,
    to: &Destination,
    draft: &Draft,
    same: &Same<'_>,
) -> Result<Sent, PublishError> {
    let slack = match office.mode {
        Mode::Write => Some(to.open(Arc::clone(&office.clock), Arc::clone(&office.sleep))?),
        Mode::DryRun => None,
    };
    let mut sender = Sender {
        store: office.store,
        slack: slack.as_ref(),
        clock: office.clock.as_ref(),
        publication,
        mode: office.mode,
    };
    sender.send(&to.target(), draft, same)
}

/// What is told of it: in a dry run the message itself.
fn change(to: &Destination, sent: &Sent, draft: &Draft, mode: Mode) -> Change {
    let mut detail = sent.why.unwrap_or_default().to_owned();
    let mut document = None;
    if mode == Mode::DryRun && sent.effect != Effect::Unchanged {
        detail.push('\n');
        detail.push_str(&draft.seen());
        document = Some(draft.json());
    }
    Change {
        target: to.target(),
        effect: sent.effect,
        detail,
        notes: Vec::new(),
        document,
    }
}

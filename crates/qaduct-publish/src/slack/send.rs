//! Sends posts, each of them once.
//!
//! The ledger says `begun` before Slack is asked and `published` behind it; a `begun` of the
//! last minutes belongs to another run, which is left alone. A run that finds an older one, or
//! `doubtful` for an answer that did not come, looks in the channel for the message: each
//! carries an id that is made of what the ledger held before. Of a webhook nobody can look: it
//! is sent again, at least once.

use std::time::Duration;

use qaduct_http::Kind;
use qaduct_records::digest::digest;
use qaduct_records::publication::Publication;
use qaduct_records::{Clock, Store};

use super::api::{DEADLINE, Slack};
use super::compose::{Draft, Post};
use crate::{Effect, Mode, PublishError, ledger};

const BEGUN: &str = "begun";
const DOUBTFUL: &str = "doubtful";
const PUBLISHED: &str = "published";
/// It surely was not sent: there is nothing to look for.
const REFUSED: &str = "refused";
/// After so long whoever began is gone: it has given up, or was killed.
const ALONE: Duration = DEADLINE.saturating_add(Duration::from_secs(60));

/// What is needed to send.
pub struct Sender<'a> {
    /// The memory of what was sent.
    pub store: &'a mut dyn Store,
    /// The destination; `None` where nothing is sent.
    pub slack: Option<&'a Slack>,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Name of the publication: `message.health`.
    pub publication: &'a str,
    /// Whether something is written.
    pub mode: Mode,
}

/// One message to be there.
struct Wanted<'a> {
    target: String,
    digest: String,
    post: &'a Post,
    thread: Option<&'a str>,
    always: bool,
}

/// Which message is the one that was sent already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Same<'a> {
    /// The one that tells the same: what tells it apart.
    Content(String),
    /// The one of this time of a job, whatever it tells.
    Slot(&'a str),
    /// None is.
    Never,
}

impl Same<'_> {
    fn digest(&self, draft: &Draft) -> String {
        match self {
            Self::Content(content) => content.clone(),
            Self::Slot(slot) => digest([Some("slot"), Some(slot)]),
            Self::Never => draft.digest(),
        }
    }

    /// Of a reply in the thread of a message.
    fn digest_of_reply(&self, reply: &Post, thread: &str) -> String {
        match self {
            Self::Slot(slot) => digest([Some("slot"), Some(slot), Some(thread)]),
            _ => digest([Some(reply.digest().as_str()), Some(thread)]),
        }
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What was done.
    pub effect: Effect,
    /// What Slack calls it.
    pub id: Option<String>,
    /// Why, where that is not plain.
    pub why: Option<&'static str>,
}

impl Sender<'_> {
    /// Sends a message and its replies, where they are not there in the same form.
    ///
    /// # Errors
    /// When the store or Slack fails.
    pub fn send(
        &mut self,
        target: &str,
        draft: &Draft,
        same: &Same<'_>,
    ) -> Result<Sent, PublishError> {
        let mut sent = self.deliver(&Wanted {
            target: target.to_owned(),
            digest: same.digest(draft),
            post: &draft.main,
            thread: None,
            always: *same == Same::Never,
        })?;
        let thread = sent.id.clone();
        for (at, reply) in draft.replies.iter().enumerate() {
            let Some(thread) = &thread else {
                break;
            };
            if self.mode == Mode::DryRun && sent.effect != Effect::Unchanged {
                break;
            }
            let reply = self.deliver(&Wanted {
                target: format!("{target} reply {}", at + 1),
                digest: same.digest_of_reply(reply, thread),
                post: reply,
                thread: Some(thread),
                always: false,
            })?;
            if sent.effect == Effect::Unchanged && reply.effect != Effect::Unchanged {
                sent.effect = Effect::Updated;
                sent.why = Some("replies were missing");
            }
        }
        Ok(sent)
    }

    fn deliver(&mut self, wanted: &Wanted<'_>) -> Result<Sent, PublishError> {
        let rows = ledger::remembered(self.store, self.publication)?;
        let stored = rows.into_iter().find(|it| it.target == wanted.target);
        let mut before = stored.clone();
        let mut why = None;
        let open = |it: &&mut Publication| it.state == BEGUN || it.state == DOUBTFUL;
        if let Some(row) = before.as_mut().filter(open) {
            let age = self.clock.now().duration_since(row.since).unsigned_abs();
            why = Some("the answer to an earlier run did not come");
            if row.state == BEGUN {
                why = Some("an earlier run did not come to its end");
                if self.mode == Mode::Write && age < ALONE {
                    return Err(self.busy());
                }
            }
            if let Some(slack) = self.slack
                && let Some(found) = slack.find(&id_of(row), wanted.thread, row.since)?
            {
                row.state = PUBLISHED.to_owned();
                row.remote_id = Some(found);
                row.published_at = Some(row.since);
                why = Some("an earlier run had sent it");
                if self.mode == Mode::Write {
                    self.exchange(stored.as_ref(), row)?;
                }
                if row.digest == wanted.digest {
                    return Ok(Sent {
                        effect: Effect::Unchanged,
                        id: row.remote_id.clone(),
                        why,
                    });
                }
            }
        }
        let is_there = |it: &&Publication| {
            it.state == PUBLISHED && it.digest == wanted.digest && !wanted.always
        };
        if let Some(row) = before.as_ref().filter(is_there) {
            return Ok(Sent {
                effect: Effect::Unchanged,
                id: row.remote_id.clone(),
                why,
            });
        }
        let known = before.as_ref().filter(|it| it.published_at.is_some());
        let effect = match known {
            Some(_) => Effect::Updated,
            None => Effect::Created,
        };
        let (Mode::Write, Some(slack)) = (self.mode, self.slack) else {
            return Ok(Sent {
                effect,
                id: None,
                why,
            });
        };
        let mut row = Publication {
            publication: self.publication.to_owned(),
            target: wanted.target.clone(),
            state: BEGUN.to_owned(),
            digest: wanted.digest.clone(),
            // Two messages of one instant differ in what was there before them.
            remote_id: before.as_ref().and_then(|it| it.remote_id.clone()),
            since: self.clock.now(),
            published_at: before.as_ref().and_then(|it| it.published_at),
        };
        self.exchange(before.as_ref(), &row)?;
        let posted = slack.post(wanted.post, wanted.thread, &id_of(&row));
        let posted = match posted {
            Ok(posted) => posted,
            Err(error) => {
                let left = match before {
                    // It surely was not sent, and what was there before still is.
                    Some(before) if !error.is_in_doubt() && before.state == PUBLISHED => before,
                    _ => {
                        row.state = match error.is_in_doubt() {
                            true => DOUBTFUL.to_owned(),
                            false => REFUSED.to_owned(),
                        };
                        row
                    }
                };
                ledger::remember(self.store, &[left])?;
                return Err(error);
            }
        };
        row.state = PUBLISHED.to_owned();
        row.remote_id.clone_from(&posted);
        row.published_at = Some(self.clock.now());
        ledger::remember(self.store, &[row])?;
        Ok(Sent {
            effect,
            id: posted,
            why,
        })
    }

    /// Writes into the ledger, unless another run has done so meanwhile.
    fn exchange(
        &mut self,
        before: Option<&Publication>,
        after: &Publication,
    ) -> Result<(), PublishError> {
        match ledger::exchange(self.store, before, after)? {
            true => Ok(()),
            false => Err(self.busy()),
        }
    }

    fn busy(&self) -> PublishError {
        PublishError::Service {
            place: format!("[{}]", self.publication),
            kind: Kind::Unavailable,
            why: "another run is sending it".to_owned(),
            hint: Some(format!(
                "publish it again when that has ended, or {} minutes after it was killed",
                ALONE.as_secs() / 60
            )),
            in_doubt: false,
        }
    }
}

/// What a message is found by: nobody else has sent one of this id.
fn id_of(row: &Publication) -> String {
    // No finer than the store keeps it: who comes later makes the id of the stored row.
    let since = row.since.as_microsecond().to_string();
    digest([
        Some(row.publication.as_str()),
        Some(&row.target),
        Some(&row.digest),
        row.remote_id.as_deref(),
        Some(&since),
    ])
}

//! Reads booked work by the feeds of what was changed and what was deleted.
//!
//! The feeds are of the whole site and leave out the last minute. They give ids; the
//! entries are asked for by a thousand ids a call.

use std::collections::BTreeSet;

use jiff::Timestamp;
use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Gone, Page, Pages, Reading, SourceError};
use qaduct_records::stream::gone;
use serde_json::{Value as Json, json};

use super::adf;
use super::edition::Edition;
use super::issue::account;
use crate::error::{self, Place};
use crate::field::Read;
use crate::rest::{Rest, RestStream};
use crate::rows::read as read_value;
use crate::spec;

spec! {
    /// Work booked on an issue.
    pub static WORKLOG in "jira_worklogs" key ["worklog_id"]
    ignoring ["self"]
    {
        /// Its id.
        worklog_id: Int = "id",
        /// The issue.
        issue_id: Int = "issueId",
        /// Account of who did the work.
        person author_id: TextBy(account) = "author",
        /// Name of who did the work.
        person author: Text = "author.displayName",
        /// E-mail address of who did the work, where it may be seen.
        person author_email: Text = "author.emailAddress",
        /// Account of who changed the entry last.
        person update_author_id: TextBy(account) = "updateAuthor",
        /// Name of who changed the entry last.
        person update_author: Text = "updateAuthor.displayName",
        /// Seconds of work.
        seconds: Int = "timeSpentSeconds",
        /// The same in the words of Jira, such as `3h 20m`.
        time_spent: Text = "timeSpent",
        /// When the work began.
        started_at: Instant = "started",
        /// Minutes east of UTC in which Jira wrote that: with them it is the day of who worked.
        started_offset_min: Offset = "started",
        /// What was done, as plain text.
        comment: TextBy(adf::text) = "comment",
        /// When the entry was made.
        created_at: Instant = "created",
        /// When the entry was changed last.
        updated_at: Instant = "updated",
        /// The group or role to which it is restricted.
        visible_to: Text = "visibility.value",
    }
}

/// A feed of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Feed {
    Updated,
    Deleted,
}

impl Feed {
    const fn name(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

/// Entries of a call.
const AT_ONCE: usize = 1000;

/// The feed that is read and the millisecond after which it goes on.
type Since = (Feed, i64);

/// Pages of booked work.
struct WorklogPages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    /// `None` at the end.
    feed: Option<Since>,
    /// Entries to be asked for.
    ids: Vec<Json>,
    page: u64,
}

/// Begins or continues to read.
pub(super) fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let (feed, ids) = match &reading.position {
        None => (Some((Feed::Updated, lower(reading))), Vec::new()),
        Some(position) => resume(position)
            .ok_or_else(|| error::position(&rest.setup.name, stream.contract.name))?,
    };
    Ok(Box::new(WorklogPages {
        rest,
        stream,
        reading: reading.clone(),
        feed,
        ids,
        page: 0,
    }))
}

/// The feeds give what comes after a millisecond.
fn lower(reading: &Reading) -> i64 {
    let lower = reading.lower.map_or(1, Timestamp::as_millisecond);
    (lower - 1).max(0)
}

fn resume(position: &str) -> Option<(Option<Since>, Vec<Json>)> {
    let position: Json = serde_json::from_str(position).ok()?;
    let ids = position.get("ids")?.as_array()?.clone();
    let feed = match position.get("feed")?.as_str() {
        None => return Some((None, ids)),
        Some("updated") => Feed::Updated,
        Some("deleted") => Feed::Deleted,
        Some(_) => return None,
    };
    Some((Some((feed, position.get("since")?.as_i64()?)), ids))
}

impl WorklogPages<'_> {
    fn place(&self) -> Place<'_> {
        let scope = &self.reading.scope;
        self.rest.place(self.stream, scope, self.page)
    }

    fn position(&self) -> Option<String> {
        if self.feed.is_none() && self.ids.is_empty() {
            return None;
        }
        let (feed, since) = match self.feed {
            Some((feed, since)) => (Some(feed.name()), since),
            None => (None, 0),
        };
        Some(json!({"feed": feed, "since": since, "ids": self.ids}).to_string())
    }

    /// The entries whose ids a feed gave.
    fn entries(&mut self) -> Result<Page, SourceError> {
        let wanted = &self.ids[..self.ids.len().min(AT_ONCE)];
        let body = json!({"ids": wanted});
        let call = Call::post(Edition::of(self.rest).path("worklog/list"), body);
        let answer = self.rest.send(&self.place(), &call)?;
        let Json::Array(entries) = &answer.json else {
            let wrong = answer.wrong("holds no list");
            return Err(error::of_call(&self.place(), wrong));
        };
        let ids: BTreeSet<_> = wanted.iter().filter_map(Json::as_i64).collect();
        let asked = |entry: &Json| match read_value(Read::Int, &entry["id"]) {
            Ok(Value::Int(id)) => ids.contains(&id),
            _ => false,
        };
        if !entries.iter().all(asked) {
            let wrong = answer.wrong("holds an entry that was not asked for");
            return Err(error::of_call(&self.place(), wrong));
        }
        let mut page = self.rest.page(self.stream, &self.reading.scope, entries);
        self.ids.drain(..self.ids.len().min(AT_ONCE));
        page.exchange = Some(answer.exchange);
        page.position = self.position();
        Ok(page)
    }

    /// A page of a feed.
    fn feed(&mut self, feed: Feed, since: i64) -> Result<Page, SourceError> {
        let path = Edition::of(self.rest).path(&format!("worklog/{}", feed.name()));
        let call = Call::get(path).with("since", since);
        let answer = self.rest.send(&self.place(), &call)?;
        let Some(values) = answer.json.get("values").and_then(Json::as_array) else {
            let wrong = answer.wrong("holds no list");
            return Err(error::of_call(&self.place(), wrong));
        };
        let begins = answer.json.get("since").and_then(Json::as_i64);
        if begins.is_some_and(|it| it != since) {
            let wrong = answer.wrong("begins elsewhere than was asked for");
            return Err(error::of_call(&self.place(), wrong));
        }
        let mut page = Page::default();
        for value in values {
            let Some(id) = value.get("worklogId").filter(|it| it.as_i64().is_some()) else {
                let wrong = answer.wrong("names an entry without an id");
                return Err(error::of_call(&self.place(), wrong));
            };
            match feed {
                Feed::Updated => self.ids.push(id.clone()),
                Feed::Deleted => {
                    let at = value.get("updatedTime").and_then(Json::as_i64);
                    page.gone.push(Gone {
                        key: vec![id.as_i64().map_or(Value::Null, Value::Int)],
                        how: gone::DELETED,
                        at: at.and_then(|it| Timestamp::from_millisecond(it).ok()),
                    });
                }
            }
        }
        let ended = answer.json.get("lastPage").and_then(Json::as_bool);
        let until = answer.json.get("until").and_then(Json::as_i64);
        self.feed = match (ended, until) {
            (Some(true), _) | (None, None) if feed == Feed::Updated => {
                Some((Feed::Deleted, lower(&self.reading)))
            }
            (Some(true), _) | (None, None) => None,
            // The next page begins after that millisecond, and this one may have ended in
            // the middle of it: it is read once more, unless it fills a page alone.
            (_, Some(until)) if until > since => Some((feed, (until - 1).max(since + 1))),
            _ => {
                let wrong = answer.wrong("names itself as the next page");
                return Err(error::of_call(&self.place(), wrong));
            }
        };
        page.exchange = Some(answer.exchange);
        page.position = self.position();
        Ok(page)
    }
}

impl Pages for WorklogPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        self.page += 1;
        if !self.ids.is_empty() {
            return self.entries().map(Some);
        }
        match self.feed {
            Some((feed, since)) => self.feed(feed, since).map(Some),
            None => Ok(None),
        }
    }
}

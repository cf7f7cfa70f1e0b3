//! Stream `issues`: what went wrong, each kind of trouble once.
//!
//! A list by the last event, newest first. What people do to an issue does not move it in
//! that list, so those that were open are looked at again: most of them in the list of the
//! open ones, the others alone. An issue that was merged answers with the one it went into.
//! Alone it lacks what lists say of it, so that it is looked up in a list by its short name.

use std::collections::HashMap;

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Gone, Page, Pages, Reading, Scope, SourceError};
use qaduct_records::stream::{Cursor, Deletes, Finality, Stream, gone};

use super::{PAGE, PROJECT_ID, divided, paths, reading};
use crate::error;
use crate::listing::{Listing, Walk};
use crate::newest;
use crate::rest::{How, Rest, RestStream};
use crate::rows::id;
use crate::spec;

spec! {
    /// An issue of Sentry: events of one kind.
    pub(super) static ISSUE in "sentry_issues" key ["issue_id"]
    ignoring ["stats", "isBookmarked", "hasSeen", "isSubscribed", "subscriptionDetails",
        "isPublic", "shareId", "matchingEventId", "matchingEventEnvironment", "owners", "filtered",
        "annotations", "pluginActions", "pluginContexts", "pluginIssues", "integrationIssues",
        "sentryAppIssues", "activity", "seenBy", "participants", "userReportCount", "tags",
        "project", "assignedTo", "lifetime", "inbox", "latestEventHasAttachments", "derivedData",
        "firstRelease", "lastRelease", "metadata.title"]
    {
        /// Its id.
        issue_id: Int = "id",
        /// Its project.
        project_id: Int = "project.id",
        /// The name of the project in addresses.
        project: Text = "project.slug",
        /// Its name for people: `FENIX-1A`.
        short_id: Text = "shortId",
        /// What it is.
        title: Text = "title",
        /// Where it happens.
        culprit: Text = "culprit",
        /// `error`, `fatal`, `warning`, `info` or `debug`.
        level: Text = "level",
        /// `unresolved`, `resolved` or `ignored`.
        status: Text = "status",
        /// More of it: `new`, `ongoing`, `escalating`, `regressed`.
        substatus: Text = "substatus",
        /// What ended it, as JSON: the release, the commit.
        status_details: Json = "statusDetails",
        /// Why it waits for review: 0 new, 1 unignored, 2 regression, 3 manual, 4 reprocessed,
        /// 5 escalating, 6 ongoing; NULL where it does not.
        review_reason: Int = "inbox.reason",
        /// Since when it waits for review.
        review_since: Instant = "inbox.date_added",
        /// Whether nothing in the program caught it.
        is_unhandled: Bool = "isUnhandled",
        /// What it runs on.
        platform: Text = "platform",
        /// `error`, `performance` and others.
        category: Text = "issueCategory",
        /// The kind of it.
        issue_type: Text = "issueType",
        /// `high`, `medium` or `low`.
        priority: Text = "priority",
        /// Who works on it: a person or a team.
        person assigned_to: Text = "assignedTo.name",
        /// What that is: `user` or `team`.
        assigned_type: Text = "assignedTo.type",
        /// Events, as the list counts them: those of 90 days.
        events: Int = "count",
        /// Users that it happened to, counted likewise.
        users: Int = "userCount",
        /// All events that there were; NULL where the service does not say so.
        lifetime_events: Int = "lifetime.count",
        /// All users that it happened to.
        lifetime_users: Int = "lifetime.userCount",
        /// Comments of people.
        comments: Int = "numComments",
        /// Type, value and place of the error, as JSON.
        metadata: Json = "metadata",
        /// When it happened first.
        first_seen: Instant = "firstSeen",
        /// When it happened last.
        last_seen: Instant = "lastSeen",
        /// Its page.
        url: Text = "permalink",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    cursor: Some(Cursor {
        column: "last_seen",
        immutable: false,
        // Events come late, from devices that were offline, and are listed by when they
        // happened.
        overlap: 86_400,
        settle: 0,
    }),
    finality: Finality::Once {
        column: "status",
        values: &["resolved", "ignored"],
    },
    deletes: Deletes::Polled,
    ..divided("issues", &ISSUE.table, &[PROJECT_ID])
};
pub(super) static ISSUES: RestStream = reading(&CONTRACT, &ISSUE, How::Asked { read, poll });

/// A list of issues of a project. Without a word of ours Sentry leaves out what is not open.
fn list(scope: &Scope, query: &str) -> Listing {
    paths::linked(
        paths::of_project("issues/", scope)
            .with("query", query)
            .with("sort", "date")
            .with("expand", "inbox")
            .with("limit", PAGE),
    )
}

fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let listing = list(&reading.scope, "");
    newest::read(rest, stream, reading, listing, "lastSeen")
}

fn poll<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    scope: &Scope,
    keys: Vec<Vec<Value>>,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let number = |key: Vec<Value>| match key.first() {
        Some(Value::Int(id)) => Some((*id, key)),
        _ => None,
    };
    let wanted: HashMap<_, _> = keys.into_iter().filter_map(number).collect();
    // One is asked for faster alone.
    let walk = (wanted.len() > 1).then(|| Walk::new(list(scope, "is:unresolved")));
    Ok(Box::new(OpenPages {
        rest,
        stream,
        scope: scope.clone(),
        wanted,
        walk,
        page: 0,
    }))
}

/// Issues that were open.
struct OpenPages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    scope: Scope,
    /// Those that were not found yet.
    wanted: HashMap<i64, Vec<Value>>,
    /// The way through those that are open still.
    walk: Option<Walk>,
    page: u64,
}

impl OpenPages<'_> {
    /// A page of those that are open still; `None` behind the last.
    fn still_open(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(walk) = &mut self.walk else {
            return Ok(None);
        };
        let place = self.rest.place(self.stream, &self.scope, self.page);
        let listed = walk.next(&self.rest.client);
        let Some(listed) = listed.map_err(|it| error::of_call(&place, it))? else {
            return Ok(None);
        };
        for id in listed.items.iter().filter_map(|it| id(it, "id")) {
            self.wanted.remove(&id);
        }
        // Those that nobody asked for are kept, too: somebody may have opened them again.
        let mut page = self.rest.page(self.stream, &self.scope, &listed.items);
        page.exchange = Some(listed.answer.exchange);
        Ok(Some(page))
    }

    /// An issue by its id: it was closed, merged or deleted, or it happened again.
    fn alone(&self, asked: i64, key: Vec<Value>) -> Result<Page, SourceError> {
        let place = self.rest.place(self.stream, &self.scope, self.page);
        let call = Call::get(format!("issues/{asked}/")).accept(&[404]);
        let mut answer = self.rest.send(&place, &call)?;
        let found = id(&answer.json, "id");
        if answer.status != 404 && found.is_none() {
            return Err(error::of_call(&place, answer.wrong("is no issue")));
        }
        let mut records = Vec::new();
        if answer.status != 404 {
            let name = answer.json["shortId"].as_str().unwrap_or_default();
            let mut listed = self.rest.send(&place, &self.named(name))?;
            let items = listed.json.as_array_mut().into_iter().flatten();
            match items.into_iter().find(|it| id(it, "id") == found) {
                Some(item) => {
                    records.push(item.take());
                    answer = listed;
                }
                None => records.push(answer.json.clone()),
            }
        }
        let mut page = self.rest.page(self.stream, &self.scope, &records);
        if found != Some(asked) {
            page.gone.push(Gone {
                key,
                how: gone::DELETED,
                at: None,
            });
        }
        page.exchange = Some(answer.exchange);
        Ok(page)
    }

    /// The list of the one issue with this short name.
    fn named(&self, name: &str) -> Call {
        let list = list(&self.scope, name).first;
        list.with("shortIdLookup", 1)
    }
}

impl Pages for OpenPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        self.page += 1;
        if let Some(page) = self.still_open()? {
            return Ok(Some(page));
        }
        self.walk = None;
        let Some(asked) = self.wanted.keys().min().copied() else {
            return Ok(None);
        };
        let key = self.wanted.remove(&asked).unwrap_or_default();
        self.alone(asked, key).map(Some)
    }
}

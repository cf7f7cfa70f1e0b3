//! Reads the changes of issues: which issues changed, then what changed in them.
//!
//! Jira Cloud gives the changes of a thousand issues by one call. Jira Data Center puts
//! them into the search; an issue of which it gives none or only some is asked for.

use std::collections::HashSet;

use jiff::Timestamp;
use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Page, Pages, Reading, Scope, SourceError};
use serde_json::{Value as Json, json};

use super::edition::Edition;
use super::issue::account;
use super::{jql, question};
use crate::error::{self, Place};
use crate::field::at;
use crate::listing::Walk;
use crate::people::People;
use crate::rest::{Rest, RestStream};
use crate::rows::parse_instant;
use crate::spec;

/// Issues of which changes are asked for at once.
const AT_ONCE: u64 = 1000;
/// Changes a page.
const PAGE: u64 = 1000;
/// Pages of changes without any, in a row, that may name a next one.
const EMPTY: u32 = 200;

/// Fields whose values are people.
const PEOPLE: &[&str] = &["assignee", "reporter", "creator"];

/// Where a change says which accounts its values are.
const ACCOUNTS: &[&str] = &["tmpFromAccountId", "tmpToAccountId"];

spec! {
    /// A change of one field of an issue.
    pub static CHANGE in "jira_changes" key ["issue_id", "change_id", "ordinal"]
    objects ["change"]
    ignoring ["change.items", "change.self"]
    {
        /// The issue.
        issue_id: Int = "issue_id",
        /// Id of the change; one change may touch several fields.
        change_id: Int = "change.id",
        /// Place of the field in the change, from 0.
        ordinal: Int = "ordinal",
        /// Name of the field.
        field: Text = "field",
        /// Id of the field.
        field_id: Text = "fieldId",
        /// `jira` for its own fields, `custom` for others.
        field_type: Text = "fieldtype",
        /// The value before, as Jira stores it: an id, a key.
        from_id: Text = "from",
        /// The value before, in words.
        from_text: Text = "fromString",
        /// The value after, as Jira stores it.
        to_id: Text = "to",
        /// The value after, in words.
        to_text: Text = "toString",
        /// When.
        changed_at: InstantBy(instant) = "change.created",
        /// Account of who changed it.
        person author_id: TextBy(account) = "change.author",
        /// Name of who changed it.
        person author: Text = "change.author.displayName",
    }
}

/// ISO 8601, or seconds or milliseconds since 1970: answers of Jira Cloud differ.
fn instant(json: &Json) -> Result<Value, String> {
    let number = match json {
        Json::Null => return Ok(Value::Null),
        Json::String(text) => return parse_instant(text).map(|(at, _)| Value::Timestamp(at)),
        _ => json.as_i64().ok_or("not an instant")?,
    };
    // No issue is as old as the year 1973 and none as new as 5138.
    let at = if number < 100_000_000_000 {
        Timestamp::from_second(number)
    } else {
        Timestamp::from_millisecond(number)
    };
    at.map(Value::Timestamp)
        .map_err(|_| "not an instant of the calendar".to_owned())
}

/// Pages of changes.
struct ChangePages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    search: Option<Walk>,
    /// The call for the changes of the issues found last.
    bulk: Option<Json>,
    /// Where its pages were said to go on, so that they lead in no circle.
    tokens: HashSet<String>,
    /// Its pages in a row that brought nothing.
    empty: u32,
    /// Issues whose changes the search did not give, or not all of them.
    more: Vec<Json>,
    page: u64,
    resumed: bool,
}

/// Begins or continues to read.
pub(super) fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let asked = match reading.position {
        None => jql::ordered(&question::bounded(rest, reading)?),
        Some(_) => String::new(),
    };
    let listing = match Edition::of(rest) {
        Edition::Cloud => Edition::Cloud.few_ids(&asked, AT_ONCE),
        Edition::DataCenter => Edition::DataCenter.with_changes(&asked),
    };
    let (search, bulk, more) = match &reading.position {
        None => (Some(Walk::new(listing)), None, Vec::new()),
        Some(position) => {
            let wrong = || error::position(&rest.setup.name, stream.contract.name);
            let position: Json = serde_json::from_str(position).map_err(|_| wrong())?;
            let search = position.get("search").and_then(Json::as_str);
            let search = search.map(|it| Walk::at(listing, it).ok_or_else(wrong));
            let bulk = position.get("bulk").filter(|it| !it.is_null()).cloned();
            let more = position.get("more").and_then(Json::as_array);
            (search.transpose()?, bulk, more.cloned().unwrap_or_default())
        }
    };
    Ok(Box::new(ChangePages {
        rest,
        stream,
        reading: reading.clone(),
        search,
        bulk,
        tokens: HashSet::new(),
        empty: 0,
        more,
        page: 0,
        resumed: reading.position.is_some(),
    }))
}

/// Asks for the changes of some issues.
pub(super) fn poll<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    scope: &Scope,
    keys: Vec<Vec<Value>>,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let ids = keys.iter().filter_map(|key| key.first());
    Ok(Box::new(ChangePages {
        rest,
        stream,
        reading: Reading {
            scope: scope.clone(),
            lower: None,
            upper: rest.setup.now,
            position: None,
            validator: None,
        },
        search: None,
        bulk: None,
        tokens: HashSet::new(),
        empty: 0,
        more: ids.map(|id| id.to_string().into()).collect(),
        page: 0,
        resumed: false,
    }))
}

impl ChangePages<'_> {
    fn place(&self) -> Place<'_> {
        self.rest.place(self.stream, &self.reading.scope, self.page)
    }

    fn position(&self) -> Option<String> {
        let search = self.search.as_ref().and_then(Walk::position);
        if search.is_none() && self.bulk.is_none() && self.more.is_empty() {
            return None;
        }
        Some(json!({"search": search, "bulk": self.bulk, "more": self.more}).to_string())
    }

    /// The changes of the issues found last.
    fn changed(&mut self, body: Json) -> Result<Page, SourceError> {
        let asked = body.get("issueIdsOrKeys").cloned().unwrap_or_default();
        let token = body.get("nextPageToken").and_then(Json::as_str);
        self.tokens.extend(token.map(str::to_owned));
        let call = Call::post(Edition::Cloud.path("changelog/bulkfetch"), body);
        let answer = self.rest.client.send(&call);
        let mut answer = answer.map_err(|it| error::of_page(&self.place(), it, self.resumed))?;
        self.resumed = false;
        let Some(Json::Array(logs)) = answer.json.get_mut("issueChangeLogs").map(Json::take) else {
            let wrong = answer.wrong("holds no list of changes");
            return Err(error::of_call(&self.place(), wrong));
        };
        let mut rows = Vec::new();
        for log in &logs {
            let issue = log.get("issueId").cloned().unwrap_or_default();
            if !asked.as_array().is_some_and(|it| it.contains(&issue)) {
                let wrong = answer.wrong("holds changes of an issue that was not asked for");
                return Err(error::of_call(&self.place(), wrong));
            }
            let changes = log.get("changeHistories").and_then(Json::as_array);
            for change in changes.into_iter().flatten() {
                flatten(&self.rest.setup.people, &issue, change, &mut rows);
            }
        }
        let token = answer.json.get("nextPageToken").and_then(Json::as_str);
        self.empty = if rows.is_empty() { self.empty + 1 } else { 0 };
        let circle = match token {
            Some(token) if self.tokens.contains(token) => {
                Some("names a page as the next that was read already")
            }
            Some(_) if self.empty > EMPTY => {
                Some("is an empty page that names a next one, again and again")
            }
            _ => None,
        };
        if let Some(circle) = circle {
            return Err(error::of_call(&self.place(), answer.wrong(circle)));
        }
        self.bulk = self.bulk.take().filter(|_| token.is_some());
        if let (Some(bulk), Some(token)) = (&mut self.bulk, token) {
            bulk["nextPageToken"] = token.into();
        } else {
            self.tokens.clear();
            self.empty = 0;
        }
        let mut page = self.rest.page(self.stream, &self.reading.scope, &rows);
        page.exchange = Some(answer.exchange);
        page.position = self.position();
        Ok(page)
    }

    /// The next issues: in Jira Cloud their ids, in Jira Data Center with their changes.
    fn found(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(search) = &mut self.search else {
            return Ok(None);
        };
        let listed = search.next(&self.rest.client);
        let listed = listed.map_err(|it| error::of_page(&self.place(), it, self.resumed))?;
        let Some(listed) = listed else {
            self.search = None;
            return Ok(None);
        };
        self.resumed = false;
        let mut page = Page::default();
        if Edition::of(self.rest) == Edition::Cloud {
            let ids = listed.items.iter().filter_map(|it| it.get("id"));
            let ids: Vec<_> = ids.cloned().collect();
            self.bulk = (!ids.is_empty()).then(|| bulk(&ids));
        } else {
            let mut rows = Vec::new();
            for issue in &listed.items {
                if !self.given(issue, &mut rows) {
                    self.more.extend(issue.get("id").cloned());
                }
            }
            page = self.rest.page(self.stream, &self.reading.scope, &rows);
        }
        page.exchange = Some(listed.answer.exchange);
        page.position = self.position();
        Ok(Some(page))
    }
}

impl ChangePages<'_> {
    /// Adds the changes that stand in an issue; false when they are not all there are.
    fn given(&self, issue: &Json, rows: &mut Vec<Json>) -> bool {
        let Some(changes) = at(issue, "changelog.histories").and_then(Json::as_array) else {
            return false;
        };
        let id = issue.get("id").cloned().unwrap_or_default();
        for change in changes {
            flatten(&self.rest.setup.people, &id, change, rows);
        }
        let total = at(issue, "changelog.total").and_then(Json::as_u64);
        total.is_none_or(|it| it <= changes.len() as u64)
    }

    /// The changes of one issue.
    fn of_issue(&mut self, id: &Json) -> Result<Page, SourceError> {
        let id = id.as_str().unwrap_or_default();
        let call = Call::get(Edition::DataCenter.path(&format!("issue/{id}")))
            .with("fields", "id")
            .with("expand", "changelog");
        // The issue may have gone since it was found.
        let answer = self.rest.send(&self.place(), &call.accept(&[404]))?;
        let mut page = Page::default();
        if answer.status != 404 {
            let mut rows = Vec::new();
            let all = self.given(&answer.json, &mut rows);
            page = self.rest.page(self.stream, &self.reading.scope, &rows);
            if !all {
                page.incomplete = Some(format!("Jira does not give all changes of issue {id}"));
            }
        }
        self.more.remove(0);
        page.exchange = Some(answer.exchange);
        page.position = self.position();
        Ok(page)
    }
}

impl Pages for ChangePages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        self.page += 1;
        let edition = Edition::of(self.rest);
        if self.bulk.is_none() && edition == Edition::Cloud && !self.more.is_empty() {
            let at_once = self.more.len().min(AT_ONCE as usize);
            let ids: Vec<_> = self.more.drain(..at_once).collect();
            self.bulk = Some(bulk(&ids));
        }
        if let Some(id) = self.more.first().cloned().filter(|_| self.bulk.is_none()) {
            return self.of_issue(&id).map(Some);
        }
        match self.bulk.clone() {
            Some(body) => self.changed(body).map(Some),
            None => self.found(),
        }
    }
}

/// The question for the changes of some issues.
fn bulk(ids: &[Json]) -> Json {
    json!({"issueIdsOrKeys": ids, "maxResults": PAGE})
}

/// One record for each field of a change.
fn flatten(people: &People, issue: &Json, change: &Json, rows: &mut Vec<Json>) {
    let items = change.get("items").and_then(Json::as_array);
    for (n, item) in items.into_iter().flatten().enumerate() {
        let mut row = item.clone();
        if !row.is_object() {
            row = json!({"value": row});
        }
        hide(people, &mut row);
        row["issue_id"] = issue.clone();
        row["change"] = change.clone();
        row["ordinal"] = n.into();
        rows.push(row);
    }
}

/// Does with the values of a field of people what is done with people.
fn hide(people: &People, row: &mut Json) {
    let is_of_people = |key: &str| {
        let field = row.get(key).and_then(Json::as_str);
        field.is_some_and(|it| PEOPLE.contains(&it))
    };
    // Only where a value is a person, Jira Cloud says which account it is.
    let is_told = ACCOUNTS.iter().any(|it| row.get(it).is_some());
    if !is_told && !is_of_people("field") && !is_of_people("fieldId") {
        return;
    }
    let values = ["from", "fromString", "to", "toString"];
    for key in values.iter().chain(ACCOUNTS) {
        let Some(value) = row.get_mut(key) else {
            continue;
        };
        if let Some(text) = value.as_str() {
            *value = people.person(text).map_or(Json::Null, Json::String);
        }
    }
}

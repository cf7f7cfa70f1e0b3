//! Reads issues: page after page of a search, then the comments that did not fit.

use std::collections::VecDeque;

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Page, Pages, Reading, Scope, SourceError};
use serde_json::{Value as Json, json};

use super::edition::{COUNTED, Edition};
use super::inside::COMMENTS;
use super::{issue, jql, question};
use crate::error::{self, Place};
use crate::field::at;
use crate::listing::{Listing, Walk};
use crate::rest::{Rest, RestStream};

/// Pages of issues.
struct IssuePages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    search: Option<Walk>,
    /// Issues of whose comments the search gave only some.
    more: VecDeque<String>,
    comments: Option<(Walk, Vec<Json>)>,
    page: u64,
    resumed: bool,
    counted: bool,
}

/// Begins or continues to read.
pub(super) fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let comments = issue::with_comments(&rest.setup);
    let fields = issue::fields(&rest.setup, comments);
    // A position holds the question as it was asked; the zone need not be known again.
    let asked = match reading.position {
        None => jql::ordered(&question::bounded(rest, reading)?),
        Some(_) => String::new(),
    };
    let listing = Edition::of(rest).search(&asked, &fields);
    let (search, more) = match &reading.position {
        None => (Some(Walk::new(listing)), VecDeque::new()),
        Some(position) => resume(listing, position)
            .ok_or_else(|| error::position(&rest.setup.name, stream.contract.name))?,
    };
    Ok(Box::new(IssuePages {
        rest,
        stream,
        reading: reading.clone(),
        search,
        more,
        comments: None,
        page: 0,
        resumed: reading.position.is_some(),
        counted: false,
    }))
}

fn resume(listing: Listing, position: &str) -> Option<(Option<Walk>, VecDeque<String>)> {
    let position: Json = serde_json::from_str(position).ok()?;
    let search = match position.get("search")? {
        Json::Null => None,
        Json::String(search) => Some(Walk::at(listing, search)?),
        _ => return None,
    };
    let more = serde_json::from_value(position.get("more")?.clone()).ok()?;
    Some((search, more))
}

impl IssuePages<'_> {
    fn place(&self) -> Place<'_> {
        self.rest.place(self.stream, &self.reading.scope, self.page)
    }

    fn position(&self) -> Option<String> {
        let search = self.search.as_ref().and_then(Walk::position);
        if search.is_none() && self.more.is_empty() {
            return None;
        }
        Some(json!({"search": search, "more": self.more}).to_string())
    }

    /// A page of the search.
    fn found(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(search) = &mut self.search else {
            return Ok(None);
        };
        let listed = search.next(&self.rest.client);
        let Some(mut listed) =
            listed.map_err(|it| error::of_page(&self.place(), it, self.resumed))?
        else {
            self.search = None;
            return Ok(None);
        };
        self.resumed = false;
        for issue in &mut listed.items {
            if let Some(id) = cut_comments(issue) {
                self.more.push_back(id);
            }
        }
        let scope = &self.reading.scope;
        let mut page = self.rest.page(self.stream, scope, &listed.items);
        page.exchange = Some(listed.answer.exchange);
        page.expected = listed.total;
        page.position = self.position();
        Ok(Some(page))
    }

    /// A page of the comments of one issue; its rows come with the last.
    fn commented(&mut self, id: &str) -> Result<Page, SourceError> {
        let (walk, comments) = self.comments.get_or_insert_with(|| {
            let path = Edition::of(self.rest).path(&format!("issue/{id}/comment"));
            let listing = Listing {
                first: Call::get(path).with("maxResults", 100),
                items: &["comments"],
                paging: COUNTED,
                total: None,
            };
            (Walk::new(listing), Vec::new())
        });
        let listed = walk.next(&self.rest.client);
        let position = walk.position();
        let listed = match listed {
            Ok(listed) => listed,
            // The issue went between the search and this call: its comments with it.
            Err(error) if matches!(error.kind, qaduct_http::error::Kind::Missing) => {
                self.comments = None;
                self.more.pop_front();
                let exchange = Some(*error.exchange);
                return Ok(Page {
                    exchange,
                    position: self.position(),
                    ..Page::default()
                });
            }
            Err(error) => return Err(error::of_call(&self.place(), error)),
        };
        let mut page = Page::default();
        if let Some(listed) = listed {
            comments.extend(listed.items);
            page.exchange = Some(listed.answer.exchange);
        }
        if position.is_none() {
            let issue = json!({"id": id, "fields": {"comment": {"comments": comments}}});
            let inside = self.rest.page(self.stream, &self.reading.scope, &[issue]);
            page.nested = inside
                .nested
                .into_iter()
                .filter(|it| !it.parents.is_empty())
                .collect();
            page.problems = inside.problems;
            page.problems
                .retain(|it| it.table != self.stream.contract.table.name);
            self.comments = None;
            self.more.pop_front();
        }
        page.position = self.position();
        Ok(page)
    }
}

impl Pages for IssuePages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        self.page += 1;
        if let Some(id) = self.more.front().cloned() {
            return self.commented(&id).map(Some);
        }
        if let Some(page) = self.found()? {
            return Ok(Some(page));
        }
        // The count is asked for last: what came in the meantime is in it.
        if let (false, Some(count)) = (
            std::mem::replace(&mut self.counted, true),
            self.stream.count,
        ) {
            let expected = count(self.rest, &self.reading)?;
            return Ok(Some(Page {
                expected,
                ..Page::default()
            }));
        }
        Ok(None)
    }
}

/// Takes the comments away where there are more than Jira put into the issue, and gives
/// the id of the issue then.
fn cut_comments(issue: &mut Json) -> Option<String> {
    let total = at(issue, "fields.comment.total")?.as_u64()?;
    let given = at(issue, COMMENTS)?.as_array()?.len() as u64;
    if given >= total {
        return None;
    }
    let id = issue.get("id")?.as_str()?.to_owned();
    let comment = issue.get_mut("fields")?.get_mut("comment")?;
    comment.as_object_mut()?.remove("comments");
    Some(id)
}

/// The call for one issue by its id.
pub(super) fn one(rest: &Rest, _scope: &Scope, key: &[Value]) -> (Call, &'static str) {
    let id = key.first().map(ToString::to_string).unwrap_or_default();
    // Comments may be cut, which a single call could not mend.
    let fields = issue::fields(&rest.setup, false).join(",");
    let call = Call::get(Edition::of(rest).path(&format!("issue/{id}"))).with("fields", fields);
    (call, "")
}

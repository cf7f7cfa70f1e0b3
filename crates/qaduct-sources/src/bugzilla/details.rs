//! Reads what belongs to bugs and is not shown with them: history, comments.
//!
//! A bug whose history or comments grow has changed, so those of changed bugs are read.
//! Mozilla's server gives them inside a search, many bugs in one answer; a stock server
//! wants a call for each bug.

use std::collections::VecDeque;

use qaduct_http::{Answer, Call};
use qaduct_records::Value;
use qaduct_records::source::{
    Exchange, Failure, Page, Pages, Reading, RowProblem, Scope, SourceError,
};
use serde_json::Value as Json;

use super::connect::Edition;
use super::meta::{Steps, by_id};
use super::poll::{self, is_withheld};
use super::question::Question;
use super::walk::Walk;
use crate::error::{self, Place};
use crate::people::People;
use crate::rest::{Rest, RestStream};
use crate::rows::id;

/// What is read of each bug.
pub(super) struct Detail {
    /// `include_fields` of a search that holds it.
    pub(super) with_it: &'static str,
    /// Bugs of such a search.
    pub(super) size: usize,
    /// Behind the number of a bug, in the call for it alone.
    pub(super) resource: &'static str,
    /// The records in a bug of a search; `None` where the server has not given them.
    pub(super) of_bug: fn(&People, &Json) -> Option<Vec<Json>>,
    /// The bug, as in a search, in the answer to a call for it alone.
    pub(super) alone: fn(Json, i64) -> Json,
}

impl Detail {
    /// Bugs of which it comes in one answer.
    pub(super) fn together(&self, rest: &Rest) -> u64 {
        match Edition::of(&rest.setup) {
            Edition::Mozilla => self.size as u64,
            Edition::Stock => 1,
        }
    }
}

/// `include_fields` of a search for the bugs alone.
const BARE: &str = "id,last_change_time,depends_on";
/// Bugs that are found at once where each needs a call of its own; so many calls at
/// most are made again after a kill.
const FEW: usize = 50;

/// Pages of details.
pub(super) struct Details<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    detail: &'static Detail,
    way: Way,
    /// Bugs that are to be asked for alone.
    queue: VecDeque<i64>,
    /// Where the search stood before it found them.
    before: Option<String>,
    embedded: bool,
    page: u64,
}

enum Way {
    Search(Walk),
    Meta(Steps),
    /// Bugs by their numbers, as many at once, with these fields.
    Numbers(Vec<i64>, usize, &'static str),
}

impl Way {
    fn next(
        &mut self,
        rest: &Rest,
        place: &Place<'_>,
    ) -> Result<Option<(Vec<Json>, Answer)>, SourceError> {
        match self {
            Self::Search(walk) => walk.next(rest, place),
            Self::Meta(steps) => steps.next(rest, place),
            Self::Numbers(ids, size, fields) => {
                if ids.is_empty() {
                    return Ok(None);
                }
                let batch: Vec<_> = ids.drain(..ids.len().min(*size)).collect();
                let mut answer = rest.send(place, &by_id(&batch, fields))?;
                match answer.json.get_mut("bugs") {
                    Some(Json::Array(bugs)) => Ok(Some((std::mem::take(bugs), answer))),
                    _ => Err(error::of_call(place, answer.wrong("holds no bugs"))),
                }
            }
        }
    }

    fn position(&self) -> Option<String> {
        match self {
            Self::Search(walk) => walk.position(),
            Self::Meta(_) | Self::Numbers(..) => None,
        }
    }
}

impl<'r> Details<'r> {
    pub(super) fn new(
        rest: &'r Rest,
        stream: &'static RestStream,
        reading: &Reading,
        detail: &'static Detail,
    ) -> Result<Self, SourceError> {
        let embedded = Edition::of(&rest.setup) == Edition::Mozilla;
        let (fields, size) = if embedded {
            (detail.with_it, detail.size)
        } else {
            (BARE, FEW)
        };
        let way = match Question::within(rest, reading)? {
            Question::Search(search) => {
                let walk = Walk::new(search, fields, size);
                Way::Search(match &reading.position {
                    None => walk,
                    Some(position) => walk
                        .go_to(position)
                        .ok_or_else(|| error::position(&rest.setup.name, stream.contract.name))?,
                })
            }
            Question::Meta { roots, depth } => Way::Meta(Steps::new(&roots, depth, fields, size)),
        };
        Ok(Self {
            rest,
            stream,
            reading: reading.clone(),
            detail,
            way,
            queue: VecDeque::new(),
            before: None,
            embedded,
            page: 0,
        })
    }

    /// Those of some bugs.
    pub(super) fn of(
        rest: &'r Rest,
        stream: &'static RestStream,
        scope: &Scope,
        keys: Vec<Vec<Value>>,
        detail: &'static Detail,
    ) -> Self {
        let embedded = Edition::of(&rest.setup) == Edition::Mozilla;
        let ids = keys.iter().filter_map(|key| match key.first() {
            Some(Value::Int(id)) => Some(*id),
            _ => None,
        });
        // Where each needs a call of its own, there is nothing to search for.
        let (together, queue) = match embedded {
            true => (ids.collect(), VecDeque::new()),
            false => (Vec::new(), ids.collect()),
        };
        Self {
            rest,
            stream,
            reading: Reading {
                scope: scope.clone(),
                lower: None,
                upper: rest.setup.now,
                position: None,
                validator: None,
            },
            detail,
            way: Way::Numbers(together, detail.size, detail.with_it),
            queue,
            before: None,
            embedded,
            page: 0,
        }
    }

    fn page(
        &self,
        bugs: &[Json],
        exchange: Exchange,
        position: Option<String>,
    ) -> Result<Page, SourceError> {
        let mut records = Vec::new();
        let people = &self.rest.setup.people;
        for bug in bugs {
            let found = (self.detail.of_bug)(people, bug).ok_or_else(|| {
                let (place, resource) = (self.place().to_string(), self.detail.resource);
                let trouble = format!("the server gives bug {} without its {resource}", bug["id"]);
                SourceError::new(Failure::Answer, place, trouble).hint(format!(
                    "`edition = \"stock\"` in [source.{}.options] asks for it bug by bug",
                    self.rest.setup.name
                ))
            })?;
            records.extend(found);
        }
        let mut page = self.rest.page(self.stream, &self.reading.scope, &records);
        let answered = bugs.iter().filter_map(|it| id(it, "id"));
        page.mended = answered.map(of_bug).collect();
        page.exchange = Some(exchange);
        page.position = position;
        Ok(page)
    }

    fn place(&self) -> Place<'_> {
        self.rest.place(self.stream, &self.reading.scope, self.page)
    }

    /// The details of one bug; none where it is withheld from us meanwhile.
    fn alone(&mut self, id: i64) -> Result<Page, SourceError> {
        let place = self.place();
        let call = Call::get(format!("rest/bug/{id}/{}", self.detail.resource));
        let accepting = call.clone().accept(&[401, 403, 404]);
        let mut answer = self.rest.send(&place, &accepting)?;
        let mut withheld = answer.status != 200 && is_withheld(&answer.json);
        if withheld {
            // A refusal that passes must not look like a bug that is hidden.
            withheld = poll::fate(self.rest, &place, id)?.0.is_some();
        }
        if answer.status != 200 && !withheld {
            answer = self.rest.send(&place, &call)?;
        }
        let position = if self.queue.is_empty() {
            self.way.position()
        } else {
            self.before.clone()
        };
        if withheld {
            let mut page = self.page(&[], answer.exchange, position)?;
            page.problems.push(RowProblem {
                table: self.stream.contract.table.name,
                key: of_bug(id),
                field: String::new(),
                problem: format!("bug {id} was shown, and is hidden from us or deleted now"),
                value: String::new(),
            });
            return Ok(page);
        }
        let bug = (self.detail.alone)(answer.json, id);
        let mut page = self.page(&[bug], answer.exchange, position)?;
        page.mended = vec![of_bug(id)];
        Ok(page)
    }
}

/// The key of a problem with all details of a bug. Comments have numbers like bugs.
fn of_bug(id: i64) -> String {
    Scope::of([("bug_id", Value::Int(id))]).name
}

impl Pages for Details<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        self.page += 1;
        if let Some(id) = self.queue.pop_front() {
            return self.alone(id).map(Some);
        }
        self.before = self.way.position();
        let place = self.rest.place(self.stream, &self.reading.scope, self.page);
        let Some((bugs, answer)) = self.way.next(self.rest, &place)? else {
            return Ok(None);
        };
        if self.embedded {
            let position = self.way.position();
            return self.page(&bugs, answer.exchange, position).map(Some);
        }
        self.queue = bugs.iter().filter_map(|it| id(it, "id")).collect();
        let position = if self.queue.is_empty() {
            self.way.position()
        } else {
            self.before.clone()
        };
        self.page(&[], answer.exchange, position).map(Some)
    }
}

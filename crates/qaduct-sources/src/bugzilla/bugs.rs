//! Stream `bugs`: one part for each product and each query of the settings.

use qaduct_records::Value;
use qaduct_records::source::{Nested, Page, Pages, Reading, Scope, SourceError};
use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};
use serde_json::{Value as Json, json};

use super::by;
use super::meta::Steps;
use super::poll::ByNumber;
use super::question::{Question, Search};
use super::tables::{
    ALIAS, BLOCKS, BUG, CC, DEPENDS_ON, DUPLICATE, FLAG, GROUP, INSIDE, KEYWORD, MENTOR, META,
    REGRESSED_BY, SEE_ALSO,
};
use super::walk::Walk;
use crate::error::{self, Place};
use crate::rest::{How, Rest, RestStream};
use crate::rows::{self, Rows};

/// Bugs of a page; a server gives 10,000 at most, and some fewer.
const PAGE: usize = 500;
/// Bugs of a page of a census.
const CENSUS: usize = 2_000;
/// What a census and a walk through dependencies look at.
const SMALL: &str = "id,last_change_time,depends_on";

pub(super) static BUGS: RestStream = RestStream {
    contract: &Stream {
        name: "bugs",
        table: &BUG.table,
        nested: &[
            &FLAG.table,
            &DEPENDS_ON.table,
            &BLOCKS.table,
            &DUPLICATE.table,
            &REGRESSED_BY.table,
            &KEYWORD.table,
            &SEE_ALSO.table,
            &CC.table,
            &MENTOR.table,
            &GROUP.table,
            &ALIAS.table,
            &META.table,
        ],
        parts: Parts::Scopes,
        part_columns: &[],
        cursor: Some(by("last_change_time")),
        finality: Finality::Mutable,
        // That it is missing says only so much; asked for by its number, a bug that is
        // hidden from us says so.
        deletes: Deletes::Census(gone::LEFT),
        count: Count::Exact,
    },
    spec: &BUG,
    nested: INSIDE,
    read: How::Asked {
        read: |rest, stream, reading| Ok(Box::new(BugPages::new(rest, stream, reading)?)),
        poll: |rest, stream, scope, keys| Ok(Box::new(ByNumber::new(rest, stream, scope, keys))),
    },
    one: None,
    census: Some(census),
    count: Some(count),
    page: PAGE as u64,
    flagged: None,
};

/// The pages of bugs.
struct BugPages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    way: Way,
    page: u64,
    ended: bool,
}

/// How the bugs are come by.
enum Way {
    Search(Walk),
    Meta { roots: Vec<i64>, steps: Steps },
}

impl<'r> BugPages<'r> {
    fn new(
        rest: &'r Rest,
        stream: &'static RestStream,
        reading: &Reading,
    ) -> Result<Self, SourceError> {
        let way = match Question::within(rest, reading)? {
            Question::Search(search) => {
                let walk = Walk::new(search, "", PAGE);
                Way::Search(match &reading.position {
                    None => walk,
                    Some(position) => walk
                        .go_to(position)
                        .ok_or_else(|| error::position(&rest.setup.name, stream.contract.name))?,
                })
            }
            Question::Meta { roots, depth } => Way::Meta {
                steps: Steps::new(&roots, depth, "", PAGE),
                roots,
            },
        };
        Ok(Self {
            rest,
            stream,
            reading: reading.clone(),
            way,
            page: 0,
            ended: false,
        })
    }

    /// What is known when all was read.
    fn last(&self) -> Result<Page, SourceError> {
        match &self.way {
            Way::Search(_) => Ok(Page {
                expected: count(self.rest, &self.reading)?,
                ..Page::default()
            }),
            Way::Meta { roots, steps } => {
                let unseen = steps.unseen(roots);
                let names: Vec<_> = unseen.iter().map(ToString::to_string).collect();
                Ok(Page {
                    nested: vec![self.reached(roots, steps)],
                    incomplete: (!unseen.is_empty()).then(|| {
                        format!(
                            "meta bug {} is not there or hidden from us",
                            names.join(", ")
                        )
                    }),
                    ..Page::default()
                })
            }
        }
    }

    /// Which bugs belong to which meta bug.
    fn reached(&self, roots: &[i64], steps: &Steps) -> Nested {
        let setup = &self.rest.setup;
        let mut rows = Rows::new(&META, &setup.name, &self.reading.scope, &setup.people);
        for (root, bug, depth) in &steps.met {
            let row = json!({ "root": root, "bug": bug, "depth": depth });
            rows.push(&row, &Json::Null, 0);
        }
        Nested {
            table: &META.table,
            rows: rows.finish().rows,
            parent: "root_id",
            parents: roots.iter().map(|it| Value::Int(*it)).collect(),
        }
    }
}

impl Pages for BugPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        if self.ended {
            return Ok(None);
        }
        self.page += 1;
        let place = self.rest.place(self.stream, &self.reading.scope, self.page);
        let (found, position) = match &mut self.way {
            Way::Search(walk) => (walk.next(self.rest, &place)?, walk.position()),
            Way::Meta { steps, .. } => (steps.next(self.rest, &place)?, None),
        };
        let Some((bugs, answer)) = found else {
            self.ended = true;
            return self.last().map(Some);
        };
        let mut page = self.rest.page(self.stream, &self.reading.scope, &bugs);
        page.exchange = Some(answer.exchange);
        page.position = position;
        Ok(Some(page))
    }
}

/// The number that the server counts; `None` where it does not count.
fn count(rest: &Rest, reading: &Reading) -> Result<Option<u64>, SourceError> {
    match Question::within(rest, reading)? {
        Question::Search(search) => counted(rest, &search, &reading.scope),
        Question::Meta { .. } => Ok(None),
    }
}

fn counted(rest: &Rest, search: &Search, scope: &Scope) -> Result<Option<u64>, SourceError> {
    let place = Place {
        part: &scope.name,
        ..Place::stream(&rest.setup.name, "bugs")
    };
    // An old server that knows no counting gives one bug, and no number.
    let call = search
        .call(None, None)
        .with("count_only", 1)
        .with("include_fields", "id")
        .with("limit", 1);
    let answer = rest.send(&place, &call)?;
    Ok(rows::count(&answer.json["bug_count"]))
}

/// The numbers of all bugs of a part.
fn census(rest: &Rest, scope: &Scope) -> Result<Vec<Vec<Value>>, SourceError> {
    let place = Place {
        part: &scope.name,
        ..Place::stream(&rest.setup.name, "bugs")
    };
    let keys = |ids: std::collections::BTreeSet<i64>| {
        ids.into_iter().map(|id| vec![Value::Int(id)]).collect()
    };
    let id = |bug: &Json| rows::id(bug, "id");
    match Question::of(rest, scope)? {
        Question::Meta { roots, depth } => {
            let mut steps = Steps::new(&roots, depth, SMALL, PAGE);
            while steps.next(rest, &place)?.is_some() {}
            Ok(keys(steps.met.iter().map(|(_, bug, _)| *bug).collect()))
        }
        Question::Search(search) => {
            let mut found = 0;
            let mut expected = None;
            // Bugs come and go while it is taken: one that is listed may have left before it is
            // counted. That it never lists all that are counted is no chance.
            for _ in 0..3 {
                let mut walk = Walk::new(search.clone(), SMALL, CENSUS);
                let mut ids = std::collections::BTreeSet::new();
                while let Some((bugs, _)) = walk.next(rest, &place)? {
                    ids.extend(bugs.iter().filter_map(id));
                }
                expected = counted(rest, &search, scope)?;
                found = ids.len() as u64;
                if expected.is_none_or(|it| it <= found) {
                    return Ok(keys(ids));
                }
            }
            Err(SourceError::new(
                qaduct_records::source::Failure::Answer,
                place.to_string(),
                format!(
                    "the server counts {} bugs and lists {found}",
                    expected.unwrap_or_default()
                ),
            ))
        }
    }
}

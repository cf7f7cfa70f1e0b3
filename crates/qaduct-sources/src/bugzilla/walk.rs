//! Walks the bugs of a search in the order of their last change.
//!
//! The place after a page is the instant of its last bug: bugs that change meanwhile
//! move to the end and take nothing with them, as they would with numbered pages. Where
//! a page holds one instant only (an edit of thousands of bugs), the walk goes on by the
//! number of the bug until that instant is done.
//!
//! A stock server may give fewer bugs a page than it is asked for, as its owner pleases, and
//! an old one does not count. There a page is the end when it is shorter than one before it.

use jiff::{SignedDuration, Timestamp};
use qaduct_http::Answer;
use qaduct_records::source::SourceError;
use serde_json::{Value as Json, json};

use super::connect::Edition;
use super::question::Search;
use crate::error::{self, Place};
use crate::field::at;
use crate::rest::Rest;
use crate::rows::{id, parse_instant};

/// A walk through the bugs of a search.
pub(super) struct Walk {
    search: Search,
    /// `include_fields`; empty for the usual ones.
    fields: &'static str,
    size: usize,
    /// Where it goes on; `None` at the end.
    next: Option<At>,
    /// Bugs of the largest page so far: a server gives at least so many.
    most: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct At {
    /// Bugs that changed at this instant or later.
    from: Option<Timestamp>,
    /// Within that instant: bugs with a greater number.
    above: Option<i64>,
}

impl Walk {
    /// From the first bug.
    pub(super) fn new(search: Search, fields: &'static str, size: usize) -> Self {
        let from = search.lower();
        Self {
            search,
            fields,
            size,
            next: Some(At { from, above: None }),
            most: 0,
        }
    }

    /// To a position that [`Walk::position`] gave; `None` when it is none of ours.
    pub(super) fn go_to(mut self, position: &str) -> Option<Self> {
        let position: Json = serde_json::from_str(position).ok()?;
        let from = match position.get("from")? {
            Json::Null => None,
            from => Some(from.as_str()?.parse().ok()?),
        };
        let above = match position.get("above")? {
            Json::Null => None,
            above => Some(above.as_i64()?),
        };
        self.next = Some(At { from, above });
        Some(self)
    }

    /// Where it goes on; `None` at the end.
    pub(super) fn position(&self) -> Option<String> {
        let At { from, above } = self.next?;
        Some(json!({ "from": from.map(|it| it.to_string()), "above": above }).to_string())
    }

    /// The next page.
    pub(super) fn next(
        &mut self,
        rest: &Rest,
        place: &Place<'_>,
    ) -> Result<Option<(Vec<Json>, Answer)>, SourceError> {
        let Some(here) = self.next else {
            return Ok(None);
        };
        let mut call = self.search.call(here.from, here.above);
        if !self.fields.is_empty() {
            call = call.with("include_fields", self.fields);
        }
        let call = call
            .with("order", "changeddate,bug_id")
            .with("limit", self.size);
        let mut answer = rest.send(place, &call)?;
        let bugs = match answer.json.get_mut("bugs") {
            Some(Json::Array(bugs)) => std::mem::take(bugs),
            _ => return Err(error::of_call(place, answer.wrong("holds no bugs"))),
        };
        let places: Option<Vec<_>> = bugs.iter().map(place_of).collect();
        let Some(places) = places else {
            let wrong = answer.wrong("holds a bug without a number or an instant of change");
            return Err(error::of_call(place, wrong));
        };
        if let Some(from) = here
            .from
            .and_then(|it| Timestamp::from_second(it.as_second()).ok())
            && places.iter().any(|(changed, _)| *changed < from)
        {
            let wrong = answer.wrong("holds a bug that changed before what was asked for");
            return Err(error::of_call(place, wrong));
        }
        self.next = self.beyond(here, &places, Edition::of(&rest.setup));
        if self.next == Some(here) {
            let wrong = answer.wrong("is not in the order that was asked for");
            return Err(error::of_call(place, wrong));
        }
        Ok(Some((bugs, answer)))
    }

    /// The place after a page.
    fn beyond(&mut self, here: At, page: &[(Timestamp, i64)], edition: Edition) -> Option<At> {
        let last = page.last();
        let may_be_cut = edition == Edition::Stock && page.len() >= self.most.max(1);
        let full = page.len() >= self.size || may_be_cut;
        self.most = self.most.max(page.len());
        let after = |at: Timestamp| At {
            from: at.checked_add(SignedDuration::from_secs(1)).ok(),
            above: None,
        };
        match (here.above, here.from, last) {
            // The rest of an instant.
            (Some(_), Some(from), Some((at, id))) if full && *at == from => Some(At {
                from: Some(from),
                above: Some(*id),
            }),
            (Some(_), Some(from), _) => Some(after(from)),
            (_, _, Some((at, id))) if full => Some(At {
                from: Some(*at),
                above: (page[0].0 == *at).then_some(*id),
            }),
            _ => None,
        }
    }
}

/// The instant of change, cut to the second as the search compares it, and the number.
fn place_of(bug: &Json) -> Option<(Timestamp, i64)> {
    let (changed, _) = parse_instant(at(bug, "last_change_time")?.as_str()?).ok()?;
    let changed = Timestamp::from_second(changed.as_second()).ok()?;
    Some((changed, id(bug, "id")?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bugzilla::question::Question;

    fn second(at: i64) -> Timestamp {
        Timestamp::from_second(at).unwrap()
    }

    proptest! {
        /// The server is the definition of a search: sorted, filtered, cut.
        #[test]
        fn every_bug_is_met_however_many_share_an_instant(
            bugs in proptest::collection::btree_map(1..500i64, 0..6i64, 0..120),
            size in 1..9usize, cap in proptest::option::of(1..9usize), moves in proptest::collection::vec((1..500i64, 0..9usize), 0..4),
        ) {
            let Ok(Question::Search(search)) = Question::parse("product=A") else { panic!() };
            let mut walk = Walk::new(search, "", size);
            let mut bugs = bugs;
            let all: Vec<i64> = bugs.keys().copied().collect();
            let mut met = std::collections::BTreeSet::new();
            let mut calls = 0;
            while let Some(here) = walk.next {
                for (id, call) in &moves {
                    if let (true, Some(at)) = (*call == calls, bugs.get_mut(id)) {
                        *at = 100 + i64::try_from(calls).unwrap();
                    }
                }
                let mut page: Vec<_> = bugs
                    .iter()
                    .filter(|(id, at)| {
                        here.from.is_none_or(|from| second(**at) >= from)
                            && here.above.is_none_or(|above| **id > above)
                    })
                    .map(|(id, at)| (second(*at), *id))
                    .collect();
                page.sort_unstable();
                page.truncate(cap.unwrap_or(size).min(size));
                met.extend(page.iter().map(|(_, id)| *id));
                let edition = if cap.is_some() { Edition::Stock } else { Edition::Mozilla };
                walk.next = walk.beyond(here, &page, edition);
                calls += 1;
                prop_assert!(calls < 1000, "it never ends");
            }
            prop_assert_eq!(met.into_iter().collect::<Vec<_>>(), all);
        }
    }
}

//! Lists that give a thousand results at most: asked for by spans of time, each
//! divided until it has fewer.

use jiff::Timestamp;
use qaduct_http::Call;
use qaduct_records::source::{Page, Pages, Reading, SourceError};
use serde_json::{Value as Json, json};

use crate::error::{self, Place};
use crate::field::at;
use crate::listing::{Listing, Paging, Walk};
use crate::rest::{Rest, RestStream};

/// Results that can be had of one question.
const CAP: u64 = 1000;
/// Results that a span should have after it was divided: they are not evenly spread.
const AIM: u64 = 500;
/// Parts into which a span is divided at most.
const PARTS: u64 = 64;

/// A span of seconds, both ends in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Window {
    /// From an instant up to another, that one not in it.
    pub(super) fn between(from: Timestamp, to: Timestamp) -> Self {
        let to = to.as_second() + i64::from(to.subsec_nanosecond() > 0);
        Self {
            from: from.as_second(),
            to: (to - 1).max(from.as_second()),
        }
    }

    /// As GitHub writes it.
    pub(super) fn written(self) -> String {
        let at = |second| Timestamp::from_second(second).unwrap_or_default();
        format!("{}..{}", at(self.from), at(self.to))
    }

    /// The same in parts, the earliest last, for so many results.
    fn divided(self, results: u64) -> Vec<Self> {
        let seconds = self.to - self.from + 1;
        let parts = i64::try_from((results / AIM).clamp(2, PARTS)).unwrap_or(2);
        let length = (seconds / parts + i64::from(seconds % parts > 0)).max(1);
        let mut windows = Vec::new();
        let mut from = self.from;
        while from <= self.to {
            let to = (from + length - 1).min(self.to);
            windows.push(Self { from, to });
            from = to + 1;
        }
        windows.reverse();
        windows
    }
}

/// A question that can be asked for spans of time.
pub(super) struct Question {
    /// The call without a span.
    pub(super) call: Call,
    /// Puts a span into the call.
    pub(super) within: fn(Call, Window) -> Call,
    /// Where the results stand.
    pub(super) items: &'static [&'static str],
    /// The whole span; `None` when the question has one of its own that we keep.
    pub(super) whole: Option<Window>,
    /// Whether the question is first asked without any span.
    pub(super) open: bool,
}

/// Pages of such a list.
struct WindowPages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    question: Question,
    /// Spans that are to be read, the next one last; `None` is the question as it is.
    windows: Vec<Option<Window>>,
    /// The walk through the last of them.
    walk: Option<Walk>,
    /// Results of the spans that were read.
    counted: u64,
    /// Whether the count was given.
    told: bool,
    page: u64,
}

/// Begins or continues to read.
pub(super) fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
    question: Question,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let mut pages = WindowPages {
        rest,
        stream,
        reading: reading.clone(),
        windows: vec![question.whole.filter(|_| !question.open)],
        question,
        walk: None,
        counted: 0,
        told: false,
        page: 0,
    };
    if let Some(position) = &reading.position {
        pages
            .resume(position)
            .ok_or_else(|| error::position(&rest.setup.name, stream.contract.name))?;
    }
    Ok(Box::new(pages))
}

impl WindowPages<'_> {
    fn resume(&mut self, position: &str) -> Option<()> {
        let position: Json = serde_json::from_str(position).ok()?;
        self.windows.clear();
        for window in position.get("windows")?.as_array()? {
            self.windows.push(match window.as_array() {
                None => None,
                Some(ends) => Some(Window {
                    from: ends.first()?.as_i64()?,
                    to: ends.get(1)?.as_i64()?,
                }),
            });
        }
        self.counted = position.get("counted")?.as_u64()?;
        self.walk = match position.get("walk")?.as_str() {
            None => None,
            Some(walk) => {
                let window = *self.windows.last()?;
                Some(Walk::at(self.listing(window), walk)?)
            }
        };
        Some(())
    }

    fn position(&self) -> Option<String> {
        if self.windows.is_empty() {
            return None;
        }
        let windows = self.windows.iter();
        let windows: Vec<_> = windows.map(|it| it.map(|it| [it.from, it.to])).collect();
        let walk = self.walk.as_ref().and_then(Walk::position);
        Some(json!({"windows": windows, "walk": walk, "counted": self.counted}).to_string())
    }

    fn listing(&self, window: Option<Window>) -> Listing {
        let call = self.question.call.clone().with("per_page", super::PAGE);
        Listing {
            first: match window {
                Some(window) => (self.question.within)(call, window),
                None => call,
            },
            items: self.question.items,
            paging: Paging::Link,
            total: Some("total_count"),
        }
    }
}

impl Pages for WindowPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(window) = self.windows.last().copied() else {
            let told = std::mem::replace(&mut self.told, true);
            return Ok((!told).then(|| Page {
                expected: Some(self.counted),
                ..Page::default()
            }));
        };
        self.page += 1;
        let place = Place {
            source: &self.rest.setup.name,
            stream: self.stream.contract.name,
            part: &self.reading.scope.name,
            page: Some(self.page),
        };
        let begins = self.walk.is_none();
        let mut walk = match self.walk.take() {
            Some(walk) => walk,
            None => Walk::new(self.listing(window)),
        };
        let listed = walk.next(&self.rest.client);
        let Some(listed) = listed.map_err(|it| error::of_call(&place, it))? else {
            self.windows.pop();
            return self.next();
        };
        let total = listed.total.unwrap_or(0);
        let mut page = Page::default();
        let span = window.or(self.question.whole);
        let can_be_divided = span.is_some_and(|it| window.is_none() || it.from < it.to);
        if begins && total > CAP && can_be_divided {
            self.windows.pop();
            let parts = span.map(|it| it.divided(total)).unwrap_or_default();
            self.windows.extend(parts.into_iter().map(Some));
        } else {
            page = self
                .rest
                .page(self.stream, &self.reading.scope, &listed.items);
            if begins {
                self.counted = self.counted.saturating_add(total);
                if total > CAP {
                    page.incomplete = Some(format!(
                        "GitHub has {total} results and gives {CAP} at most; narrow the question"
                    ));
                }
            }
            if walk.position().is_some() {
                self.walk = Some(walk);
            } else {
                self.windows.pop();
            }
        }
        let cut = at(&listed.answer.json, "incomplete_results").and_then(Json::as_bool);
        if cut == Some(true) {
            page.incomplete = Some("GitHub ran out of time and left out results".to_owned());
        }
        page.exchange = Some(listed.answer.exchange);
        page.position = self.position();
        Ok(Some(page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_window_is_written_with_both_of_its_ends() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let window = Window::between(at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00.5Z"));
        assert_eq!(
            window.written(),
            "2026-01-01T00:00:00Z..2026-01-02T00:00:00Z"
        );
    }

    proptest! {
        #[test]
        fn the_parts_of_a_window_are_the_window(
            from in 0..2_000_000_000_i64, seconds in 2..400_000_000_i64, results in 1001..1_000_000_u64,
        ) {
            let window = Window { from, to: from + seconds - 1 };
            let parts = window.divided(results);
            prop_assert!(parts.len() >= 2 && parts.len() <= 64);
            prop_assert_eq!(parts.last().unwrap().from, window.from);
            prop_assert_eq!(parts[0].to, window.to);
            for pair in parts.windows(2) {
                prop_assert_eq!(pair[1].to + 1, pair[0].from);
            }
        }
    }
}

//! Answers that are series of numbers: one for each group, with a number for each day.
//!
//! An answer holds 10,000 numbers at most, so a reading is divided into spans of days: as
//! long as an answer is full, its span is halved. A day on which nothing was counted is no
//! row: the numbers are a table, and that is how its empty fields are written.

use jiff::{SignedDuration, Timestamp};
use qaduct_http::{Answer, Call};
use qaduct_records::source::{Page, Pages, Reading, SourceError};
use serde_json::{Map, Value as Json, json};

use super::paths::instant;
use crate::error;
use crate::rest::{Rest, RestStream};

const DAY: i64 = 86_400;
/// Days for which Sentry keeps what it counted.
const KEPT: i64 = 90;
/// Days that are asked for at once.
const SPAN: i64 = 30;
/// Numbers in an answer.
const POINTS: i64 = 10_000;

/// A question for series.
#[derive(Clone)]
pub(super) struct Question {
    /// The call without its days.
    pub(super) call: Call,
    /// What is counted: where all of these are nothing, there is no row.
    pub(super) counts: &'static [&'static str],
    /// Whether the number of groups is said with the call, so that a full answer shows.
    pub(super) limited: bool,
}

/// Days, from one to before the other, as seconds since 1970.
type Span = [i64; 2];

/// Pages of series, one for each span.
struct SeriesPages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    question: Question,
    /// Those that are to be read, the next one last.
    spans: Vec<Span>,
    page: u64,
}

/// From when on Sentry still has what happened.
pub(super) fn kept_since(now: Timestamp) -> Timestamp {
    now - SignedDuration::from_hours(24 * KEPT)
}

/// Begins or continues to read.
pub(super) fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
    question: Question,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let spans = match &reading.position {
        None => spans(reading.lower, reading.upper),
        Some(position) => serde_json::from_str(position)
            .map_err(|_| error::position(&rest.setup.name, stream.contract.name))?,
    };
    Ok(Box::new(SeriesPages {
        rest,
        stream,
        reading: reading.clone(),
        question,
        spans,
        page: 0,
    }))
}

/// The days of a reading, the first span last.
fn spans(lower: Option<Timestamp>, upper: Timestamp) -> Vec<Span> {
    let kept = kept_since(upper);
    let lower = lower.map_or(kept, |it| it.max(kept)).as_second();
    let mut from = lower.div_euclid(DAY) * DAY;
    let end = upper.as_second().div_euclid(DAY) * DAY + DAY;
    let mut spans = Vec::new();
    while from < end {
        let to = end.min(from + SPAN * DAY);
        spans.push([from, to]);
        from = to;
    }
    spans.reverse();
    spans
}

/// How many groups an answer about so many days may have.
const fn most([from, to]: Span) -> i64 {
    POINTS / ((to - from) / DAY + 1)
}

/// A span in two, the first half last; `None` for a day.
fn halved([from, to]: Span) -> Option<[Span; 2]> {
    let days = (to - from) / DAY;
    let middle = from + days / 2 * DAY;
    (days > 1).then_some([[middle, to], [from, middle]])
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or_default()
}

impl SeriesPages<'_> {
    fn call(&self, span: Span) -> Call {
        let mut call = self.question.call.clone();
        if self.question.limited {
            call = call.with("per_page", most(span));
        }
        // The upper end may count as part of the span.
        call.with("interval", "1d")
            .with("start", instant(at(span[0])))
            .with("end", instant(at(span[1] - 1)))
    }
}

impl Pages for SeriesPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(span) = self.spans.pop() else {
            return Ok(None);
        };
        self.page += 1;
        let place = self.rest.place(self.stream, &self.reading.scope, self.page);
        let answer = self.rest.send(&place, &self.call(span));
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                self.spans.push(span);
                return Err(error);
            }
        };
        let groups = answer.json["groups"].as_array().map_or(0, Vec::len);
        let is_full =
            self.question.limited && i64::try_from(groups).unwrap_or(i64::MAX) >= most(span);
        let mut page = Page::default();
        match halved(span).filter(|_| is_full) {
            Some(halves) => self.spans.extend(halves),
            None => {
                let records = records(&answer, span, self.question.counts)
                    .map_err(|what| error::of_call(&place, answer.wrong(what)))?;
                page = self.rest.page(self.stream, &self.reading.scope, &records);
                if is_full {
                    let day = at(span[0]).strftime("%Y-%m-%d");
                    page.incomplete = Some(format!(
                        "Sentry gives {} groups of {day} at most and has more",
                        most(span)
                    ));
                }
            }
        }
        page.exchange = Some(answer.exchange);
        page.position = match self.spans.is_empty() {
            true => None,
            false => Some(json!(self.spans).to_string()),
        };
        Ok(Some(page))
    }
}

/// A record for each group and day: what it is grouped by, the day, the numbers.
fn records(answer: &Answer, span: Span, counts: &[&str]) -> Result<Vec<Json>, &'static str> {
    let (Some(days), Some(groups)) = (
        answer.json["intervals"].as_array(),
        answer.json["groups"].as_array(),
    ) else {
        return Err("holds no series");
    };
    let is_nothing = |it: Option<&Json>| it.is_none_or(|it| it.as_f64().unwrap_or(0.0) == 0.0);
    let mut records = Vec::new();
    for group in groups {
        let Some(series) = group["series"].as_object() else {
            return Err("holds a group without a series");
        };
        if series
            .values()
            .any(|it| it.as_array().map(Vec::len) != Some(days.len()))
        {
            return Err("holds a series that is not as long as its days");
        }
        for (n, day) in days.iter().enumerate() {
            let Some(text) = day.as_str() else {
                return Err("holds a day that is none");
            };
            let begins = text.parse::<Timestamp>().map(Timestamp::as_second);
            if !begins.is_ok_and(|it| (span[0]..span[1]).contains(&it)) {
                continue;
            }
            let values: Map<String, Json> = series
                .iter()
                .map(|(name, values)| (name.clone(), values[n].clone()))
                .collect();
            if counts.iter().all(|it| is_nothing(values.get(*it))) {
                continue;
            }
            records.push(json!({"day": day, "by": group["by"], "of": values}));
        }
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(spans: &[Span]) -> Vec<String> {
        let day = |second| at(second).strftime("%m-%d").to_string();
        spans
            .iter()
            .rev()
            .map(|[from, to]| format!("{}..{}", day(*from), day(*to)))
            .collect()
    }

    #[test]
    fn a_reading_is_whole_days_and_no_more_than_there_are() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let upper = at("2026-03-02T09:00:00Z");
        let since = |text| written(&spans(Some(at(text)), upper));
        assert_eq!(since("2026-02-28T23:00:00Z"), ["02-28..03-03"]);
        assert_eq!(
            since("2026-01-20T00:00:00Z"),
            ["01-20..02-19", "02-19..03-03"]
        );
        let all = written(&spans(None, upper));
        assert_eq!(all.len(), 4);
        assert_eq!(since("2020-01-01T00:00:00Z"), all);
    }

    #[test]
    fn an_answer_never_holds_more_numbers_than_it_may() {
        for days in 1..=30 {
            let span = [0, days * DAY];
            assert!(most(span) * (days + 1) <= POINTS && most(span) > 300);
            if let Some([second, first]) = halved(span) {
                assert_eq!((first[0], first[1], second[1]), (0, second[0], span[1]));
            } else {
                assert_eq!(days, 1);
            }
        }
    }
}

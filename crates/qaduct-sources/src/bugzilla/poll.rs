//! Asks for bugs by their numbers, many in one call. What does not come back is asked
//! for alone, to learn whether it is hidden from us or not there.

use std::collections::HashSet;

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Exchange, Gone, Page, Pages, Scope, SourceError};
use qaduct_records::stream::gone;
use serde_json::Value as Json;

use super::meta::{BATCH, by_id};
use crate::error::{self, Place};
use crate::rest::{Rest, RestStream};
use crate::rows::id;

/// Pages of bugs by their numbers.
pub(super) struct ByNumber<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    scope: Scope,
    /// Not asked for yet, last first.
    ids: Vec<i64>,
    /// Those that did not come back.
    missing: Vec<i64>,
    page: u64,
}

impl<'r> ByNumber<'r> {
    pub(super) fn new(
        rest: &'r Rest,
        stream: &'static RestStream,
        scope: &Scope,
        keys: Vec<Vec<Value>>,
    ) -> Self {
        let id = |key: Vec<Value>| match key.first() {
            Some(Value::Int(id)) => Some(*id),
            _ => None,
        };
        Self {
            rest,
            stream,
            scope: scope.clone(),
            ids: keys.into_iter().rev().filter_map(id).collect(),
            missing: Vec::new(),
            page: 0,
        }
    }
}

impl Pages for ByNumber<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        self.page += 1;
        let place = self.rest.place(self.stream, &self.scope, self.page);
        if let Some(id) = self.missing.pop() {
            return alone(self.rest, &place, id).map(Some);
        }
        if self.ids.is_empty() {
            return Ok(None);
        }
        let batch = self.ids.split_off(self.ids.len().saturating_sub(BATCH));
        let answer = self.rest.send(&place, &by_id(&batch, ""))?;
        let Some(bugs) = answer.json["bugs"].as_array() else {
            return Err(error::of_call(&place, answer.wrong("holds no bugs")));
        };
        let there: HashSet<i64> = bugs.iter().filter_map(|it| id(it, "id")).collect();
        self.missing = batch.into_iter().filter(|id| !there.contains(id)).collect();
        let mut page = self.rest.page(self.stream, &self.scope, bugs);
        page.exchange = Some(answer.exchange);
        Ok(Some(page))
    }
}

/// Why a bug did not come back: how it is gone, `None` where it is there after all.
pub(super) fn fate(
    rest: &Rest,
    place: &Place<'_>,
    id: i64,
) -> Result<(Option<&'static str>, Exchange), SourceError> {
    let call = Call::get(format!("rest/bug/{id}"))
        .with("include_fields", "id")
        .accept(&[400, 401, 403, 404]);
    let answer = rest.send(place, &call)?;
    let code = match answer.status {
        200 => None,
        _ => answer.json["code"].as_i64(),
    };
    let how = match (answer.status, code) {
        // It came back after all; the next reading brings it.
        (200, _) => None,
        (_, Some(102)) => Some(gone::HIDDEN),
        (_, Some(100 | 101)) => Some(gone::DELETED),
        _ => {
            let said = answer.json["message"].as_str().unwrap_or_default();
            let wrong = answer.wrong(&format!("has status {}: {said}", answer.status));
            return Err(error::of_call(place, wrong));
        }
    };
    Ok((how, answer.exchange))
}

fn alone(rest: &Rest, place: &Place<'_>, id: i64) -> Result<Page, SourceError> {
    let (how, exchange) = fate(rest, place, id)?;
    let gone = how.map(|how| Gone {
        key: vec![Value::Int(id)],
        how,
        at: None,
    });
    Ok(Page {
        gone: gone.into_iter().collect(),
        exchange: Some(exchange),
        ..Page::default()
    })
}

/// Whether an answer says that a bug is not for us, or not there.
pub(super) fn is_withheld(answer: &Json) -> bool {
    matches!(answer["code"].as_i64(), Some(100..=102))
}

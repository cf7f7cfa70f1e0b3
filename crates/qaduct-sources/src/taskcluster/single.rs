//! A reading that is one answer: what is asked for by its name.

use qaduct_http::Call;
use qaduct_records::source::{Page, Pages, Reading, Scope, SourceError};
use serde_json::Value as Json;

use crate::rest::{Rest, RestStream};

/// The one page of an answer.
pub(super) struct Single<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    scope: Scope,
    call: Option<Call>,
    record: fn(Json) -> Json,
}

impl<'r> Single<'r> {
    /// Of a call, whose answer becomes a record by a function.
    pub(super) fn new(
        rest: &'r Rest,
        stream: &'static RestStream,
        reading: &Reading,
        path: String,
        record: fn(Json) -> Json,
    ) -> Self {
        Self {
            rest,
            stream,
            scope: reading.scope.clone(),
            call: Some(Call::get(path)),
            record,
        }
    }
}

impl Pages for Single<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(call) = self.call.take() else {
            return Ok(None);
        };
        let place = self.rest.place(self.stream, &self.scope, 1);
        let answer = self.rest.send(&place, &call)?;
        let record = (self.record)(answer.json);
        let mut page = self.rest.page(self.stream, &self.scope, &[record]);
        page.exchange = Some(answer.exchange);
        Ok(Some(page))
    }
}

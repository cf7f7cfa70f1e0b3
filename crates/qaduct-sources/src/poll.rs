//! Asks for rows by their keys, one call a row.

use std::vec::IntoIter;

use qaduct_records::Value;
use qaduct_records::source::{Gone, Page, Pages, Scope, SourceError};
use qaduct_records::stream::gone;

use crate::error;
use crate::field::at;
use crate::rest::{Rest, RestStream};

/// Pages of one row each.
pub struct PollPages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    scope: Scope,
    keys: IntoIter<Vec<Value>>,
    page: u64,
    /// Whether a row that is not there is an error.
    must: bool,
}

impl<'r> PollPages<'r> {
    /// From the first key.
    ///
    /// # Errors
    /// When the stream has no call by key.
    pub fn new(
        rest: &'r Rest,
        stream: &'static RestStream,
        scope: Scope,
        keys: Vec<Vec<Value>>,
    ) -> Result<Self, SourceError> {
        if stream.one.is_none() {
            let name = stream.contract.name;
            return Err(error::config(
                &rest.setup.name,
                format!("stream `{name}` cannot be asked by key"),
            ));
        }
        Ok(Self {
            rest,
            stream,
            scope,
            keys: keys.into_iter(),
            page: 0,
            must: false,
        })
    }

    /// The same for rows that belong to one of another stream: where one is not there, that
    /// one is asked for.
    #[must_use]
    pub const fn that_must_be_there(mut self) -> Self {
        self.must = true;
        self
    }
}

impl Pages for PollPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        let (Some(key), Some(one)) = (self.keys.next(), self.stream.one) else {
            return Ok(None);
        };
        self.page += 1;
        let place = self.rest.place(self.stream, &self.scope, self.page);
        let (mut call, path) = one(self.rest, &self.scope, &key);
        if call.accept.is_empty() && !self.must {
            call = call.accept(&[404, 410]);
        }
        let missing = call.accept;
        let answer = self.rest.send(&place, &call)?;
        if missing.contains(&answer.status) {
            return Ok(Some(Page {
                gone: vec![Gone {
                    key,
                    how: gone::DELETED,
                    at: None,
                }],
                exchange: Some(answer.exchange),
                ..Page::default()
            }));
        }
        let record = at(&answer.json, path).cloned().unwrap_or_default();
        let mut page = self.rest.page(self.stream, &self.scope, &[record]);
        page.exchange = Some(answer.exchange);
        Ok(Some(page))
    }
}

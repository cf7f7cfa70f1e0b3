//! The pages of one list as a stream reads them: each with its position, and behind the last
//! one a count where the service gives one.

use std::mem;

use qaduct_http::Call;
use qaduct_records::source::{Page, Pages, Reading, SourceError};

use crate::error::{self, Place};
use crate::listing::{Listing, Walk};
use crate::rest::{Rest, RestStream};
use crate::validator;

/// The pages of one list.
pub struct ListPages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    walk: Walk,
    /// The first call, where what it brings may be as it was.
    first: Option<Call>,
    page: u64,
    counted: bool,
    /// How many there were before the first page.
    before: Option<u64>,
}

impl<'r> ListPages<'r> {
    /// From the reading's position, or from the first page.
    ///
    /// # Errors
    /// When the position is none of this version's.
    pub fn new(
        rest: &'r Rest,
        stream: &'static RestStream,
        reading: &Reading,
        listing: Listing,
    ) -> Result<Self, SourceError> {
        let walk = match &reading.position {
            None => Walk::new(listing),
            Some(position) => Walk::at(listing, position)
                .ok_or_else(|| error::position(&rest.setup.name, stream.contract.name))?,
        };
        Ok(Self {
            rest,
            stream,
            reading: reading.clone(),
            walk,
            first: None,
            page: 0,
            counted: false,
            before: None,
        })
    }

    /// The same, with a count before the first page: where fewer come, some have gone, and
    /// what moved up over the border of a page was not read.
    ///
    /// # Errors
    /// When the service does not count.
    pub fn counted_before(mut self) -> Result<Self, SourceError> {
        if let (None, Some(count)) = (&self.reading.position, self.stream.count) {
            self.before = count(self.rest, &self.reading)?;
        }
        Ok(self)
    }

    /// The same, ended at once where the list is as it was when it was read last.
    #[must_use]
    pub fn if_changed(mut self) -> Self {
        if self.reading.position.is_none() {
            let first = self.walk.first().clone();
            let given = self.reading.validator.as_deref();
            let tag = validator::tag(self.rest, self.stream, &first, given);
            self.walk = self.walk.unless(tag);
            self.first = Some(first);
        }
        self
    }

    fn place(&self) -> Place<'_> {
        self.rest.place(self.stream, &self.reading.scope, self.page)
    }
}

impl Pages for ListPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        self.page += 1;
        let listed = self.walk.next(&self.rest.client);
        // A place in a list that is gone is refused.
        let resumed = self.page == 1 && self.reading.position.is_some();
        let listed = listed.map_err(|it| error::of_page(&self.place(), it, resumed))?;
        let Some(listed) = listed else {
            if mem::replace(&mut self.counted, true) {
                return Ok(None);
            }
            // Where there were some before the first page, what has come since may be
            // behind the last one; else what went in the meantime is not in the count.
            let expected = match (self.before, self.stream.count) {
                (None, Some(count)) => count(self.rest, &self.reading)?,
                (before, _) => before,
            };
            return Ok(expected.map(|expected| Page {
                expected: Some(expected),
                ..Page::default()
            }));
        };
        if listed.unchanged {
            self.counted = true;
        }
        let mut page = self
            .rest
            .page(self.stream, &self.reading.scope, &listed.items);
        if let Some(first) = self.first.take()
            && self.walk.position().is_none()
        {
            // Of several pages one tells nothing about the others.
            page.validator = validator::made(self.rest, self.stream, &first, &listed.answer);
        }
        page.exchange = Some(listed.answer.exchange);
        page.position = self.walk.position();
        page.expected = listed.total;
        page.unchanged = listed.unchanged;
        Ok(Some(page))
    }
}

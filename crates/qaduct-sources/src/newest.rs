//! Lists that can only be had newest first: reading ends with the first page that
//! reaches back to what is stored.
//!
//! What comes or changes while such a list is read goes to its beginning, where this
//! reading has been and the next one begins: nothing is passed over. What goes moves up
//! all that is older, and what moves over the border of a page is not read: where a list
//! of several pages has fewer items at the end than before, it is read once more.

use jiff::Timestamp;
use qaduct_http::Call;
use qaduct_records::source::{Page, Pages, Reading, SourceError};
use serde_json::Value as Json;

use crate::error::{self, Place};
use crate::field::at;
use crate::listing::{Listing, Walk};
use crate::rest::{Rest, RestStream};
use crate::validator;

/// Pages of such a list.
struct NewestPages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    listing: Listing,
    /// `None` at the end.
    walk: Option<Walk>,
    /// The call of the first page, until that is read.
    first: Option<Call>,
    /// Where the instant stands by which the list is ordered.
    by: &'static str,
    page: u64,
    /// How many items there were before the first page.
    before: Option<u64>,
    /// Whether it is read once more already: what was passed over then is not what is
    /// passed over now.
    again: bool,
}

/// How many there were is not known.
const UNKNOWN: u64 = 0;

/// Begins or continues to read.
pub(crate) fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
    listing: Listing,
    by: &'static str,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let mut first = None;
    let walk = match &reading.position {
        // A list that is read whole may be in another order.
        None if reading.lower.is_none() => Walk::new(listing.clone()),
        None => {
            let call = first.insert(listing.first.clone());
            let tag = validator::tag(rest, stream, call, reading.validator.as_deref());
            Walk::new(listing.clone()).unless(tag)
        }
        Some(position) => Walk::at(listing.clone(), position)
            .ok_or_else(|| error::position(&rest.setup.name, stream.contract.name))?,
    };
    Ok(Box::new(NewestPages {
        rest,
        stream,
        reading: reading.clone(),
        listing,
        walk: Some(walk),
        first,
        by,
        page: 0,
        // Of the pages before a position nothing is known but their rows.
        before: reading.position.as_ref().map(|_| UNKNOWN),
        again: false,
    }))
}

impl Pages for NewestPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(walk) = &mut self.walk else {
            return Ok(None);
        };
        self.page += 1;
        let place = Place {
            source: &self.rest.setup.name,
            stream: self.stream.contract.name,
            part: &self.reading.scope.name,
            page: Some(self.page),
        };
        let listed = walk.next(&self.rest.client);
        let Some(listed) = listed.map_err(|it| error::of_call(&place, it))? else {
            return Ok(None);
        };
        let mut page = self
            .rest
            .page(self.stream, &self.reading.scope, &listed.items);
        // What comes or changes goes to the first page: while that is as it was, all is.
        page.unchanged = listed.unchanged;
        page.validator = match self.first.take() {
            Some(first) if !listed.unchanged => {
                validator::made(self.rest, self.stream, &first, &listed.answer)
            }
            _ => None,
        };
        let oldest = listed
            .items
            .iter()
            .filter_map(|it| instant(it, self.by))
            .min();
        let reached = match (oldest, self.reading.lower) {
            (Some(oldest), Some(lower)) => oldest < lower,
            _ => false,
        };
        let next = walk.position().filter(|_| !reached);
        if next.is_none() {
            self.end(&mut page, listed.total)?;
        } else if self.before.is_none() && listed.total.is_none() && self.stream.count.is_some() {
            // Now that there are several pages, from the first one again.
            self.before = Some(self.count()?.unwrap_or(UNKNOWN));
            self.walk = Some(Walk::new(self.listing.clone()));
        } else {
            self.before = self.before.or(listed.total);
            // What is known to be there of a part of a list does not tell what went.
            page.position = next.filter(|_| self.reading.lower.is_none());
        }
        page.exchange = Some(listed.answer.exchange);
        Ok(Some(page))
    }
}

impl NewestPages<'_> {
    fn count(&self) -> Result<Option<u64>, SourceError> {
        match self.stream.count {
            Some(count) => count(self.rest, &self.reading),
            None => Ok(None),
        }
    }

    /// After the last page: whether nothing was passed over.
    fn end(&mut self, page: &mut Page, total: Option<u64>) -> Result<(), SourceError> {
        self.walk = None;
        if self.reading.lower.is_none() {
            page.expected = match self.before {
                // One page is as it is.
                None => total,
                Some(UNKNOWN) => total.map_or_else(|| self.count(), |it| Ok(Some(it)))?,
                // What has come since went to the beginning, which was read before.
                before => before,
            };
        } else if let Some(before) = self.before.filter(|_| !self.again) {
            let now = total.map_or_else(|| self.count(), |it| Ok(Some(it)))?;
            if now.is_some_and(|now| now < before) {
                self.again = true;
                self.before = now;
                self.walk = Some(Walk::new(self.listing.clone()));
            }
        }
        Ok(())
    }
}

fn instant(item: &Json, path: &str) -> Option<Timestamp> {
    at(item, path)?.as_str()?.parse().ok()
}

//! Lists that can only be had newest first: reading ends with the first page that
//! reaches back to what is stored.
//!
//! What comes or changes while such a list is read goes to its beginning, where this
//! reading has been and the next one begins: nothing is passed over.

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
    /// `None` at the end.
    walk: Option<Walk>,
    /// The call of the first page, until that is read.
    first: Option<Call>,
    /// Where the instant stands by which the list is ordered.
    by: &'static str,
    page: u64,
}

/// Begins or continues to read.
pub(super) fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
    listing: Listing,
    by: &'static str,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let mut first = None;
    let walk = match &reading.position {
        // A list that is read whole may be in another order.
        None if reading.lower.is_none() => Walk::new(listing),
        None => {
            let call = first.insert(listing.first.clone());
            let tag = validator::tag(rest, stream, call, reading.validator.as_deref());
            Walk::new(listing).unless(tag)
        }
        Some(position) => Walk::at(listing, position)
            .ok_or_else(|| error::position(&rest.setup.name, stream.contract.name))?,
    };
    Ok(Box::new(NewestPages {
        rest,
        stream,
        reading: reading.clone(),
        walk: Some(walk),
        first,
        by,
        page: 0,
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
        if reached {
            self.walk = None;
        } else {
            page.position = walk.position();
            // Only a whole list can be held against its count.
            page.expected = listed.total.filter(|_| self.reading.lower.is_none());
        }
        page.exchange = Some(listed.answer.exchange);
        Ok(Some(page))
    }
}

fn instant(item: &Json, path: &str) -> Option<Timestamp> {
    at(item, path)?.as_str()?.parse().ok()
}

//! Lists of what belongs to a pull request, which may be deleted meanwhile: then there
//! is nothing in them any more.

use qaduct_http::Call;
use qaduct_records::source::{Failure, Page, Pages, Reading, SourceError};

use super::paths;
use crate::error::Place;
use crate::listing::Listing;
use crate::rest::{ListPages, Rest, RestStream};

/// Pages of such a list.
struct OfPull<'r> {
    pages: ListPages<'r>,
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    ended: bool,
}

/// Begins or continues to read.
pub(super) fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
    listing: Listing,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    Ok(Box::new(OfPull {
        pages: ListPages::new(rest, stream, reading, listing)?.if_changed(),
        rest,
        stream,
        reading: reading.clone(),
        ended: false,
    }))
}

impl Pages for OfPull<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        if self.ended {
            return Ok(None);
        }
        let error = match self.pages.next() {
            Err(error) if error.kind == Failure::Missing => error,
            other => return other,
        };
        let scope = &self.reading.scope;
        let place = Place {
            part: &scope.name,
            ..Place::stream(&self.rest.setup.name, self.stream.contract.name)
        };
        // GitHub says the same of a repository that it no longer shows to us.
        let repository = paths::of_repository(scope, "");
        self.rest.send(&place, &Call::get(repository))?;
        let pull = paths::of_repository(scope, &format!("pulls/{}", scope.text("number")));
        let pull = Call::get(pull).accept(&[404, 410]);
        let answer = self.rest.send(&place, &pull)?;
        if answer.status == 200 {
            return Err(error);
        }
        self.ended = true;
        Ok(Some(Page {
            exchange: Some(answer.exchange),
            ..Page::default()
        }))
    }
}

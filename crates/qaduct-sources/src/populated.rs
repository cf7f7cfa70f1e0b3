//! Lists that are never empty while a service is in use, such as that of its projects: an
//! empty one rather means that we may see nothing any more, and takes nothing away.

use qaduct_records::source::{Failure, Page, Pages, Reading, SourceError};

use crate::error::Place;
use crate::listing::Listing;
use crate::pages::ListPages;
use crate::rest::{Rest, RestStream};

/// Why an empty list of projects says nothing.
const NONE: &str = "the service lists no projects: the account may have lost its permissions";

/// What helps.
fn hint(source: &str) -> String {
    format!(
        "`qaduct sources test {source}` tells who you are and what you may; `projects` of [source.{source}] names what to read"
    )
}

/// The projects that divide a stream, of which there have to be some.
///
/// # Errors
/// When there are none.
pub(crate) fn some<T>(place: &Place<'_>, projects: Vec<T>) -> Result<Vec<T>, SourceError> {
    if projects.is_empty() {
        let error = SourceError::new(Failure::Forbidden, place.to_string(), NONE);
        return Err(error.hint(hint(place.source)));
    }
    Ok(projects)
}

/// Begins or continues to read a list of projects.
///
/// # Errors
/// When the position is none of this version's.
pub(crate) fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
    listing: Listing,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    Ok(Box::new(Populated {
        pages: ListPages::new(rest, stream, reading, listing)?,
        source: &rest.setup.name,
        // What an earlier reading brought is not empty.
        is_empty: reading.position.is_none(),
    }))
}

/// Pages of such a list.
struct Populated<'r> {
    pages: ListPages<'r>,
    source: &'r str,
    is_empty: bool,
}

impl Pages for Populated<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(mut page) = self.pages.next()? else {
            return Ok(None);
        };
        self.is_empty &= page.rows.as_ref().is_none_or(|it| it.num_rows() == 0);
        if self.is_empty && page.position.is_none() && page.incomplete.is_none() {
            page.incomplete = Some(format!("{NONE}; {}", hint(self.source)));
        }
        Ok(Some(page))
    }
}

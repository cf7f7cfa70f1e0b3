//! How many items a list has: GitHub does not say, but in a page of one item it names the
//! number of the last page.
//!
//! Pages by number shift when an item before them goes, and what moves over a border is
//! not read. The count tells.

use qaduct_http::Call;
use qaduct_records::source::{Reading, SourceError};
use url::Url;

use crate::error::Place;
use crate::rest::Rest;

/// The items of a list.
pub(super) fn counted(
    rest: &Rest,
    stream: &str,
    reading: &Reading,
    mut first: Call,
) -> Result<Option<u64>, SourceError> {
    let place = Place {
        part: &reading.scope.name,
        ..Place::stream(&rest.setup.name, stream)
    };
    first.query.retain(|(name, _)| name != "per_page");
    let answer = rest.send(&place, &first.with("per_page", 1))?;
    let Some(last) = answer.link("last") else {
        // Lists that are paged by a cursor have no last page, and do not shift.
        if answer.link("next").is_some() {
            return Ok(None);
        }
        return Ok(answer.json.as_array().map(|it| it.len() as u64));
    };
    let page = Url::parse(&last).ok().and_then(|url| {
        let mut parameters = url.query_pairs();
        parameters.find_map(|(name, value)| (name == "page").then(|| value.parse().ok())?)
    });
    Ok(page)
}

//! Stream `spaces`.

use qaduct_http::Call;
use qaduct_records::source::{Pages, Reading, SourceError};
use qaduct_records::stream::Stream;
use serde_json::Value as Json;

use super::{linked, of_spaces, reading};
use crate::error::{self, Place};
use crate::listing::{Listing, all as every_item};
use crate::populated;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// A space of Confluence.
    pub(super) static SPACE in "confluence_spaces" key ["space_id"]
    ignoring ["_links", "icon", "description", "currentActiveAlias"]
    {
        /// Its id.
        space_id: Int = "id",
        /// Its key, as it stands in addresses: `MTE`.
        space_key: Text = "key",
        /// Its name.
        name: Text = "name",
        /// `global`, `personal`, `collaboration` or `knowledge_base`.
        space_type: Text = "type",
        /// `current` or `archived`.
        status: Text = "status",
        /// The page that it begins with.
        homepage_id: Int = "homepageId",
        /// Account of who made it.
        person created_by: Text = "authorId",
        /// When it was made.
        created_at: Instant = "createdAt",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    part_columns: &[],
    ..of_spaces("spaces", &SPACE.table)
};
pub(super) static SPACES: RestStream = reading(&CONTRACT, &SPACE, How::Own(read));

/// Spaces with these keys; without any, all that we may see.
fn listed(keys: &[String]) -> Listing {
    let call = Call::get("api/v2/spaces").with("limit", super::PAGE);
    linked(match keys {
        [] => call,
        keys => call.with("keys", keys.join(",")),
    })
}

fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    populated::read(rest, stream, reading, listed(&rest.setup.projects))
}

/// The spaces of the settings.
pub(super) fn all(rest: &Rest, place: &Place<'_>) -> Result<Vec<Json>, SourceError> {
    let listing = listed(&rest.setup.projects);
    every_item(&listing, &rest.client).map_err(|it| error::of_call(place, it))
}

/// All spaces that we may see.
pub(super) fn every(rest: &Rest, place: &Place<'_>) -> Result<Vec<Json>, SourceError> {
    every_item(&listed(&[]), &rest.client).map_err(|it| error::of_call(place, it))
}

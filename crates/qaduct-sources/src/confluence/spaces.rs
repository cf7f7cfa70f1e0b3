//! Stream `spaces`.

use qaduct_records::source::{Reading, Scope, SourceError};
use qaduct_records::stream::Stream;
use serde_json::Value as Json;

use super::edition::Edition;
use super::{of_spaces, reading};
use crate::error::{self, Place};
use crate::listing::{Listing, all as every_item};
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
pub(super) static SPACES: RestStream = reading(&CONTRACT, &SPACE, How::Populated(listed, shaped));

fn listed(rest: &Rest, _reading: &Reading) -> Result<Listing, SourceError> {
    Ok(Edition::of(rest).spaces(&rest.setup.projects))
}

fn shaped(rest: &Rest, _scope: &Scope, spaces: Vec<Json>) -> Vec<Json> {
    let edition = Edition::of(rest);
    spaces.into_iter().map(|it| edition.space(it)).collect()
}

/// The spaces of the settings.
pub(super) fn all(rest: &Rest, place: &Place<'_>) -> Result<Vec<Json>, SourceError> {
    named(rest, place, &rest.setup.projects)
}

/// All spaces that we may see.
pub(super) fn every(rest: &Rest, place: &Place<'_>) -> Result<Vec<Json>, SourceError> {
    named(rest, place, &[])
}

fn named(rest: &Rest, place: &Place<'_>, keys: &[String]) -> Result<Vec<Json>, SourceError> {
    let listing = Edition::of(rest).spaces(keys);
    every_item(&listing, &rest.client).map_err(|it| error::of_call(place, it))
}

//! Stream `page_versions`: who wrote a page and when, of each page that got a new version.

use qaduct_records::source::{Reading, Scope, SourceError};
use qaduct_records::stream::{Again, Parts, Stream};
use serde_json::Value as Json;

use super::edition::Edition;
use super::{of_spaces, reading};
use crate::listing::Listing;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

/// Name of the value of a scope that is a page.
const PAGE_ID: &str = "page_id";

spec! {
    /// A version of a page, without its body.
    pub(super) static VERSION in "confluence_page_versions" key ["page_id", "version"]
    ignoring ["page"]
    {
        /// The page.
        page_id: ScopeInt("page_id") = "",
        /// Its number.
        version: Int = "number",
        /// When it was made.
        created_at: Instant = "createdAt",
        /// Account of who made it.
        person author: Text = "authorId",
        /// What was said about it.
        message: Text = "message",
        /// Whether nobody was told of it.
        is_minor_edit: Bool = "minorEdit",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    parts: Parts::Each {
        parent: "pages",
        columns: &[PAGE_ID],
        // Of what is in the trash no versions are given.
        only: Some(("status", &["current", "archived"])),
        again: Again::Changed(&["version"]),
    },
    part_columns: &[PAGE_ID],
    ..of_spaces("page_versions", &VERSION.table)
};
pub(super) static VERSIONS: RestStream =
    reading(&CONTRACT, &VERSION, How::Shaped(versions, shaped));

fn versions(rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    Ok(Edition::of(rest).versions(&reading.scope.text(PAGE_ID)))
}

fn shaped(rest: &Rest, _scope: &Scope, versions: Vec<Json>) -> Vec<Json> {
    let edition = Edition::of(rest);
    versions.into_iter().map(|it| edition.version(it)).collect()
}

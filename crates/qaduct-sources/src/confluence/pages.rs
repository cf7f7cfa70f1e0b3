//! Stream `pages`: those that are current, archived or in the trash.
//!
//! A space is listed whole each time, by the ids of its pages, so that none moves while it
//! is read. A list by the last version would end sooner and lack what makes no version: a page
//! that is archived, goes to the trash or comes from there, moves, or gets another owner. To
//! ask for the ids of all pages alone takes as many requests.

use qaduct_records::source::{Reading, Scope, SourceError};
use qaduct_records::stream::Stream;
use serde_json::Value as Json;

use super::edition::Edition;
use super::{of_spaces, reading, with_addresses};
use crate::listing::Listing;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// A page of Confluence. Its body is not read.
    pub(super) static PAGE_SPEC in "confluence_pages" key ["page_id"]
    objects ["version"]
    ignoring ["body", "_links", "sourceTemplateEntityId"]
    {
        /// Its id.
        page_id: Int = "id",
        /// The space.
        space_id: Int = "spaceId",
        /// The key of the space.
        space_key: Scope("space_key") = "",
        /// `current`, `archived` or `trashed`; Data Center has no archive of pages.
        status: Text = "status",
        /// Its title.
        title: Text = "title",
        /// What it hangs on; NULL at the root of the space.
        parent_id: Int = "parentId",
        /// What that is: `page`, `folder`, `whiteboard`, `database` or `embed`.
        parent_type: Text = "parentType",
        /// Its place among those that hang on the same.
        position: Int = "position",
        /// Account of who made it; in Data Center the key of the user, as in all columns of people.
        person created_by: Text = "authorId",
        /// Account of whose it is; NULL in Data Center.
        person owner: Text = "ownerId",
        /// Account of whose it was before.
        person last_owner: Text = "lastOwnerId",
        /// When it was made.
        created_at: Instant = "createdAt",
        /// Number of its last version.
        version: Int = "version.number",
        /// When that was made.
        modified_at: Instant = "version.createdAt",
        /// Account of who made it.
        person modified_by: Text = "version.authorId",
        /// What was said about it.
        version_message: Text = "version.message",
        /// Whether nobody was told of it.
        is_minor_edit: Bool = "version.minorEdit",
        /// Where it is; NULL where the source is asked through a gateway.
        url: Text = "#url",
    }
}

pub(super) static CONTRACT: Stream = of_spaces("pages", &PAGE_SPEC.table);
pub(super) static PAGES: RestStream = reading(&CONTRACT, &PAGE_SPEC, How::Shaped(pages, shaped));

fn pages(rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    Ok(Edition::of(rest).pages(reading))
}

fn shaped(rest: &Rest, scope: &Scope, pages: Vec<Json>) -> Vec<Json> {
    let edition = Edition::of(rest);
    let pages = pages.into_iter().map(|it| edition.page(it)).collect();
    with_addresses(rest, scope, pages)
}

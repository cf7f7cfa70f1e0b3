//! Streams `attachments` and `comments`: what hangs on the pages of a space.
//!
//! A file may get a new version without its page getting one, so that the pages do not tell
//! which files to look at; a search by CQL finds both. It compares days of the user's time zone,
//! so that a reading asks from a day earlier. What a search no longer finds is asked for by its id:
//! the index may be behind.

use jiff::{SignedDuration, Timestamp};
use qaduct_records::Value;
use qaduct_records::source::{Reading, Scope, SourceError};
use qaduct_records::stream::{Cursor, Deletes, Stream, gone};
use serde_json::Value as Json;

use super::edition::Edition;
use super::{SPACE_KEY, of_spaces, reading, with_addresses};
use crate::error;
use crate::field::{Read, Spec, at};
use crate::listing::{Listing, all};
use crate::rest::{Census, How, List, One, Rest, RestStream};
use crate::rows::read;
use crate::spec;

/// Rows a page where more than their ids is asked for.
pub(super) const ROWS: u64 = 100;

spec! {
    /// A file that is attached to a page, as its last version is. The file itself is not read.
    pub(super) static ATTACHMENT in "confluence_attachments" key ["attachment_id"]
    objects ["version", "history", "extensions"]
    ignoring ["_links", "_expandable", "type", "metadata", "macroRenderedOutput",
        "version._links", "version._expandable", "version.friendlyWhen",
        "version.contentTypeModified", "version.confRev", "history._links",
        "history._expandable", "history.latest", "extensions._expandable",
        "extensions.mediaTypeDescription"]
    {
        /// Its id: `att123`, or a number in Data Center.
        attachment_id: Text = "id",
        /// The space.
        space_id: ScopeInt("space_id") = "",
        /// The page, or what else it hangs on.
        page_id: IntBy(page) = "container.id",
        /// What that is: `page` or `blogpost`.
        container_type: Text = "container.type",
        /// `current` or `archived`.
        status: Text = "status",
        /// Its name.
        file_name: Text = "title",
        /// What it is: `image/png`.
        media_type: Text = "extensions.mediaType",
        /// Size of its last version; how large those before were is not told.
        bytes: Int = "extensions.fileSize",
        /// What was said about it.
        comment: Text = "extensions.comment",
        /// The id of the file, which bodies of pages name; NULL in Data Center.
        file_id: Text = "extensions.fileId",
        /// Number of its last version: so many are kept, unless somebody deleted some.
        version: Int = "version.number",
        /// When that was made.
        modified_at: Instant = "version.when",
        /// Account of who made it.
        person modified_by: Text = "version.by.accountId",
        /// The name of that person.
        person modified_by_name: Text = "version.by.displayName",
        /// What was said about the version.
        version_message: Text = "version.message",
        /// Whether nobody was told of it.
        is_minor_edit: Bool = "version.minorEdit",
        /// When the first version was made.
        created_at: Instant = "history.createdDate",
        /// Account of who made that.
        person created_by: Text = "history.createdBy.accountId",
        /// Where it is; NULL where the source is asked through a gateway.
        url: Text = "#url",
    }
}

pub(super) static ATTACHMENTS_CONTRACT: Stream = searched("attachments", &ATTACHMENT);
pub(super) static ATTACHMENTS: RestStream = by_search(
    &ATTACHMENTS_CONTRACT,
    &ATTACHMENT,
    |rest, reading| Ok(since(rest, "attachment", reading)),
    |rest, scope| ids(rest, "attachments", "attachment", Read::Text, scope),
);

spec! {
    /// A comment on a page. Its words are not read.
    pub(super) static COMMENT in "confluence_comments" key ["comment_id"]
    objects ["version", "history", "extensions"]
    ignoring ["_links", "_expandable", "type", "metadata", "macroRenderedOutput",
        "version._links", "version._expandable", "version.friendlyWhen",
        "version.contentTypeModified", "version.confRev", "version.message",
        "version.minorEdit", "history._links", "history._expandable", "history.latest",
        "extensions._expandable", "extensions.inlineProperties"]
    {
        /// Its id.
        comment_id: Int = "id",
        /// The space.
        space_id: ScopeInt("space_id") = "",
        /// The page; NULL for one on a file.
        page_id: IntBy(page) = "container.id",
        /// What it hangs on: `page`, `blogpost` or `attachment`.
        container_type: Text = "container.type",
        /// `current`, or what became of it.
        status: Text = "status",
        /// Its title: that of the page.
        title: Text = "title",
        /// Where it stands: `footer` or `inline`.
        location: Text = "extensions.location",
        /// `open` or `resolved`.
        resolution: Text = "extensions.resolution.status",
        /// Number of its last version.
        version: Int = "version.number",
        /// When that was made.
        modified_at: Instant = "version.when",
        /// Account of who made it.
        person modified_by: Text = "version.by.accountId",
        /// The name of that person.
        person modified_by_name: Text = "version.by.displayName",
        /// When it was written first.
        created_at: Instant = "history.createdDate",
        /// Account of who wrote it.
        person created_by: Text = "history.createdBy.accountId",
        /// Where it is; NULL where the source is asked through a gateway.
        url: Text = "#url",
    }
}

pub(super) static COMMENTS_CONTRACT: Stream = searched("comments", &COMMENT);
pub(super) static COMMENTS: RestStream = by_search(
    &COMMENTS_CONTRACT,
    &COMMENT,
    |rest, reading| Ok(since(rest, "comment", reading)),
    |rest, scope| ids(rest, "comments", "comment", Read::Int, scope),
);

const fn searched(name: &'static str, spec: &'static Spec) -> Stream {
    Stream {
        cursor: Some(Cursor {
            column: "modified_at",
            immutable: false,
            // What was changed a while ago may be found late.
            overlap: 3_600,
            settle: 60,
        }),
        deletes: Deletes::Census(gone::DELETED),
        ..of_spaces(name, &spec.table)
    }
}

const fn by_search(
    contract: &'static Stream,
    spec: &'static Spec,
    list: List,
    census: Census,
) -> RestStream {
    RestStream {
        one: Some(ONE),
        census: Some(census),
        page: ROWS,
        ..reading(contract, spec, How::Shaped(list, shaped))
    }
}

const ONE: One = |rest, _, key| {
    let id = key.first().map(ToString::to_string).unwrap_or_default();
    (Edition::of(rest).item(&id), "")
};

fn shaped(rest: &Rest, scope: &Scope, found: Vec<Json>) -> Vec<Json> {
    let edition = Edition::of(rest);
    let found = found.into_iter().map(|it| edition.content(it)).collect();
    with_addresses(rest, scope, found)
}

/// What of a kind hangs on the pages of a space and was changed since.
fn since(rest: &Rest, kind: &str, reading: &Reading) -> Listing {
    Edition::of(rest).search(cql(kind, &reading.scope, reading.lower), ROWS)
}

/// A question for all of a kind in a space.
pub(super) fn cql(kind: &str, scope: &Scope, lower: Option<Timestamp>) -> String {
    let space = scope
        .text(SPACE_KEY)
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    let mut cql = format!("type = {kind} and space = \"{space}\"");
    // No time zone is further from UTC than a day.
    if let Some(day) = lower.and_then(|it| it.checked_sub(SignedDuration::from_hours(24)).ok()) {
        cql += &day
            .strftime(" and lastmodified >= \"%Y-%m-%d\"")
            .to_string();
    }
    cql + " order by created"
}

/// The ids of all of a kind that hangs on the pages of a space.
fn ids(
    rest: &Rest,
    name: &str,
    kind: &str,
    written: Read,
    scope: &Scope,
) -> Result<Vec<Vec<Value>>, SourceError> {
    let place = error::Place {
        part: &scope.name,
        ..error::Place::stream(&rest.setup.name, name)
    };
    let (listing, id) = Edition::of(rest).ids(cql(kind, scope, None));
    let found = all(&listing, &rest.client).map_err(|it| error::of_call(&place, it))?;
    let keys = found
        .iter()
        .filter_map(|it| read(written, at(it, id)?).ok());
    Ok(keys.map(|key| vec![key]).collect())
}

/// The number of a page; a file has an id that is none.
fn page(id: &Json) -> Result<Value, String> {
    match id.as_str() {
        Some(id) if id.starts_with("att") => Ok(Value::Null),
        _ => read(Read::Int, id),
    }
}

//! Stream `projects`: what the token may see of the organisation.

use qaduct_http::Call;
use qaduct_records::source::SourceError;
use qaduct_records::stream::{Deletes, Stream, gone};
use serde_json::Value as Json;

use super::{PAGE, divided, paths, reading};
use crate::error::{self, Place};
use crate::listing::{self, Listing};
use crate::rest::{How, Rest, RestStream};
use crate::{populated, spec};

spec! {
    /// A project of Sentry.
    pub(super) static PROJECT_ROW in "sentry_projects" key ["project_id"]
    ignoring ["access", "hasAccess", "isBookmarked", "isMember", "team", "features", "avatar",
        "color", "isInternal", "isPublic"]
    {
        /// Its id, which it keeps when it is renamed.
        project_id: Int = "id",
        /// Its name in addresses.
        project: Text = "slug",
        /// Its name.
        name: Text = "name",
        /// What it runs on.
        platform: Text = "platform",
        /// What its parts run on, joined by commas.
        platforms: Join { key: "name", by: "," } = "platforms",
        /// Its environments, joined by commas; NULL where the service does not list them.
        environments: Join { key: "name", by: "," } = "environments",
        /// The teams it belongs to, joined by commas.
        teams: Join { key: "slug", by: "," } = "teams",
        /// `active`, `disabled` or `pending_deletion`, where the service says so.
        status: Text = "status",
        /// Whether it reports sessions.
        has_sessions: Bool = "hasSessions",
        /// Its newest release.
        exact latest_release: Text = "latestRelease.version",
        /// When it was made.
        created_at: Instant = "dateCreated",
        /// When its first event came; NULL before it.
        first_event_at: Instant = "firstEvent",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    deletes: Deletes::Listed(gone::DELETED),
    ..divided("projects", &PROJECT_ROW.table, &[])
};
pub(super) static PROJECTS: RestStream = reading(
    &CONTRACT,
    &PROJECT_ROW,
    How::Own(|rest, stream, reading| populated::read(rest, stream, reading, list())),
);

fn list() -> Listing {
    paths::linked(Call::get("projects/").with("per_page", PAGE))
}

/// All projects, as they are listed.
pub(super) fn all(rest: &Rest, place: &Place<'_>) -> Result<Vec<Json>, SourceError> {
    listing::all(&list(), &rest.client).map_err(|it| error::of_call(place, it))
}

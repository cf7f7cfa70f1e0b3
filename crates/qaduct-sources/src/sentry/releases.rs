//! Stream `releases`: what was released of a project.

use qaduct_records::stream::{Deletes, Stream, gone};

use super::{PAGE, PROJECT_ID, divided, paths, reading};
use crate::rest::{How, RestStream};
use crate::spec;

spec! {
    /// A release of a project of Sentry. One release may be of several projects.
    pub(super) static RELEASE in "sentry_releases" key ["project_id", "release_name"]
    ignoring ["shortVersion", "data", "owner", "lastCommit", "lastDeploy", "authors", "projects",
        "currentProjectMeta", "userAgent", "versionInfo"]
    {
        /// The project.
        project_id: ScopeInt("project_id") = "",
        /// Its whole name: `org.mozilla.firefox@142.0.1+2016110943`.
        exact release_name: Text = "version",
        /// Its id in the organisation.
        release_id: Int = "id",
        /// The package of the name; NULL where a name has none, as with the next ones.
        package: TextBy(crate::sentry::release::package) = "version",
        /// The version in the name.
        version: TextBy(crate::sentry::release::version) = "version",
        /// The first number of the version.
        major: IntBy(crate::sentry::release::major) = "version",
        /// The build in the name.
        build: TextBy(crate::sentry::release::build) = "version",
        /// `open` or `archived`.
        status: Text = "status",
        /// The commit or tag that it was made of.
        ref_name: Text = "ref",
        /// Its page.
        url: Text = "url",
        /// Issues that were seen in it first.
        new_issues: Int = "newGroups",
        /// Commits in it.
        commits: Int = "commitCount",
        /// How often it was deployed.
        deploys: Int = "deployCount",
        /// When Sentry heard of it.
        created_at: Instant = "dateCreated",
        /// When it was released, where somebody said so.
        released_at: Instant = "dateReleased",
        /// When its first event came.
        first_event_at: Instant = "firstEvent",
        /// When its last event came.
        last_event_at: Instant = "lastEvent",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    deletes: Deletes::Listed(gone::DELETED),
    ..divided("releases", &RELEASE.table, &[PROJECT_ID])
};
pub(super) static RELEASES: RestStream = reading(
    &CONTRACT,
    &RELEASE,
    How::List(|_, reading| {
        let call = paths::of_project("releases/", &reading.scope).with("per_page", PAGE);
        Ok(paths::linked(call))
    }),
);

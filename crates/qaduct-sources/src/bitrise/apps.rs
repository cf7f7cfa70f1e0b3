//! Apps and the names of their workflows.

use qaduct_http::Call;
use qaduct_records::source::{Reading, SourceError};
use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};

use super::{APP, of_app, paged, reading};
use crate::listing::{Listing, Paging};
use crate::rest::{How, Rest, RestStream};
use crate::{populated, spec};

spec! {
    /// An app: a repository that is built.
    pub(super) static APP_SPEC in "bitrise_apps" key ["app_slug"]
    objects ["owner"]
    ignoring ["avatar_url", "is_github_checks_enabled"]
    {
        /// Its id.
        app_slug: Text = "slug",
        /// Its name.
        title: Text = "title",
        /// What is built: `ios`, `android`.
        project_type: Text = "project_type",
        /// Where the code is: `github`.
        provider: Text = "provider",
        /// Owner of the repository.
        repository_owner: Text = "repo_owner",
        /// Name of the repository.
        repository: Text = "repo_slug",
        /// Address of the repository.
        repository_url: Text = "repo_url",
        /// Whether it is switched off.
        is_disabled: Bool = "is_disabled",
        /// Whether everybody may see its builds.
        is_public: Bool = "is_public",
        /// Its state, as a number.
        status: Int = "status",
        /// Id of the project that it belongs to.
        project_id: Text = "project_id",
        /// Id of the workspace or of the person that it belongs to.
        owner_slug: Text = "owner.slug",
        /// Name of the workspace or of the person.
        person owner: Text = "owner.name",
        /// `organization` or `user`.
        owner_type: Text = "owner.account_type",
    }
}

static APPS_CONTRACT: Stream = Stream {
    name: "apps",
    table: &APP_SPEC.table,
    nested: &[],
    parts: Parts::Scopes,
    part_columns: &[],
    cursor: None,
    finality: Finality::Mutable,
    deletes: Deletes::Listed(gone::DELETED),
    count: Count::Exact,
};
pub(super) static APPS: RestStream = reading(
    &APPS_CONTRACT,
    &APP_SPEC,
    How::Own(|rest, stream, reading| populated::read(rest, stream, reading, listed())),
);

/// All apps that the token sees.
pub(super) fn listed() -> Listing {
    paged(Call::get("apps").with("sort_by", "created_at"))
}

spec! {
    /// A workflow that was started at any time.
    pub(super) static WORKFLOW in "bitrise_workflows" key ["app_slug", "name"] {
        /// The app.
        app_slug: Scope("app_slug") = "",
        /// Its name.
        name: Text = "",
    }
}

static WORKFLOWS_CONTRACT: Stream = Stream {
    name: "workflows",
    table: &WORKFLOW.table,
    part_columns: &[APP],
    count: Count::None,
    ..APPS_CONTRACT
};
pub(super) static WORKFLOWS: RestStream =
    reading(&WORKFLOWS_CONTRACT, &WORKFLOW, How::List(workflows));

fn workflows(_rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    Ok(Listing {
        first: Call::get(of_app(&reading.scope, "build-workflows")),
        items: &["data"],
        paging: Paging::Single,
        total: None,
    })
}

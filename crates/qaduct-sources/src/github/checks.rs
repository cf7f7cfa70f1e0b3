//! What was checked of the commits of pull requests: by workflows, and by every other
//! service that reports to GitHub.
//!
//! Nothing tells that a check was added, so the commit of a pull request is asked for as
//! long as that is open, and for as long as a check of it has not ended.

use qaduct_http::Call;
use qaduct_records::source::{Reading, SourceError};
use qaduct_records::stream::{Again, Count, Deletes, Finality, Parts, Stream, gone};

use super::{REPOSITORY, REPOSITORY_ID, of_repository, paths, reading};
use crate::listing::Listing;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// A check of a commit of a pull request.
    pub static RUN in "github_check_runs" key ["check_run_id"]
    objects ["output", "check_suite", "app"]
    ignoring ["node_id", "url", "output.text", "output.annotations_url", "check_suite.node_id",
        "app.id", "app.node_id", "app.client_id", "app.owner", "app.description",
        "app.external_url", "app.html_url", "app.created_at", "app.updated_at",
        "app.permissions", "app.events", "app.installations_count"]
    {
        /// Its id.
        check_run_id: Int = "id",
        /// The repository, `owner/name`.
        repository: Scope("repository") = "",
        /// Id of the repository, which it keeps when it is renamed.
        repository_id: ScopeInt("repository_id") = "",
        /// The commit.
        head_sha: Text = "head_sha",
        /// Its name.
        name: Text = "name",
        /// Who checks: `github-actions`, `codecov`.
        app: Text = "app.slug",
        /// The name of who checks.
        app_name: Text = "app.name",
        /// The check suite.
        check_suite_id: Int = "check_suite.id",
        /// Its id where it was made.
        external_id: Text = "external_id",
        /// `queued`, `in_progress`, `completed` and others.
        status: Text = "status",
        /// How it ended: `success`, `failure`, `neutral`; NULL while it has not.
        conclusion: Text = "conclusion",
        /// What it says in a line.
        title: Text = "output.title",
        /// What it says, in Markdown.
        summary: Text = "output.summary",
        /// How many remarks it has on lines of files.
        annotations: Int = "output.annotations_count",
        /// Numbers of the pull requests that are open at this commit, joined by commas.
        pull_requests: Join { key: "number", by: "," } = "pull_requests",
        /// When it began.
        started_at: Instant = "started_at",
        /// When it ended; NULL while it has not.
        completed_at: Instant = "completed_at",
        /// Where it stands at who checks.
        details_url: Text = "details_url",
        /// Its page.
        url: Text = "html_url",
    }
}

pub(super) static RUNS_CONTRACT: Stream = Stream {
    parts: Parts::Each {
        parent: "pulls",
        columns: &[REPOSITORY, REPOSITORY_ID, "head_sha"],
        only: None,
        again: Again::Until {
            changed: &["state", "updated_at"],
            column: "state",
            values: &["closed"],
        },
    },
    part_columns: &[REPOSITORY_ID, "head_sha"],
    finality: Finality::Once {
        column: "status",
        values: &["completed"],
    },
    deletes: Deletes::Listed(gone::EXPIRED),
    count: Count::Exact,
    ..of_repository("check_runs", &RUN.table)
};
pub(super) static RUNS: RestStream = reading(&RUNS_CONTRACT, &RUN, How::IfChanged(list));

fn list(_rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    let commit = paths::encoded(&reading.scope.text("head_sha"));
    let path = paths::of_repository(&reading.scope, &format!("commits/{commit}/check-runs"));
    Ok(Listing {
        items: &["check_runs"],
        total: Some("total_count"),
        ..paths::linked(Call::get(path).with("filter", "all"))
    })
}

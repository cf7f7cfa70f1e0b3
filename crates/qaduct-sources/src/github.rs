//! GitHub and GitHub Enterprise Server: what its repositories know of work and of tests.
//!
//! * [`issues`], [`comments`], [`pulls`], [`releases`]: lists of a repository.
//! * [`checks`]: what was checked of the commits of pull requests, by whomever.
//! * [`runs`]: workflow runs with their attempts, jobs and artifacts.
//! * [`search`]: issues found by a question.
//! * [`window`]: lists that are capped.

mod capped;
pub mod checks;
pub mod comments;
mod connect;
mod counted;
pub mod issues;

mod paths;
pub mod pulls;
pub mod releases;
mod repositories;
pub mod runs;
pub mod search;
mod window;

use qaduct_records::Table;
use qaduct_records::stream::{Count, Cursor, Deletes, Finality, Parts, Stream, gone};

use crate::field::Spec;
use crate::rest::{How, Kind, RestStream};

/// GitHub.
pub static GITHUB: Kind = Kind {
    name: "github",
    about: "GitHub: issues, pull requests, checks, workflow runs, releases, searches",
    streams: &[
        &releases::REPOSITORIES,
        &releases::RELEASES,
        &issues::ISSUES,
        &comments::ISSUE_COMMENTS,
        &comments::ISSUE_EVENTS,
        &pulls::PULLS,
        &pulls::DETAILS,
        &pulls::REVIEWS,
        &pulls::COMMITS,
        &comments::REVIEW_COMMENTS,
        &checks::RUNS,
        &runs::RUNS,
        &runs::ATTEMPTS,
        &runs::JOBS,
        &runs::ARTIFACTS,
        &search::SEARCHES,
    ],
    contracts: &[
        &releases::REPOSITORIES_CONTRACT,
        &releases::RELEASES_CONTRACT,
        &issues::ISSUES_CONTRACT,
        &comments::ISSUE_COMMENTS_CONTRACT,
        &comments::ISSUE_EVENTS_CONTRACT,
        &pulls::PULLS_CONTRACT,
        &pulls::DETAILS_CONTRACT,
        &pulls::REVIEWS_CONTRACT,
        &pulls::COMMITS_CONTRACT,
        &comments::REVIEW_COMMENTS_CONTRACT,
        &checks::RUNS_CONTRACT,
        &runs::RUNS_CONTRACT,
        &runs::ATTEMPTS_CONTRACT,
        &runs::JOBS_CONTRACT,
        &runs::ARTIFACTS_CONTRACT,
        &search::SEARCHES_CONTRACT,
    ],
    variables: &[("token", "GITHUB_TOKEN")],
    options: &[],
    counted_apart: &[("searches", "search")],
    connect: connect::connect,
    // A commit that a branch no longer leads to.
    refusals: &[("No commit found", qaduct_http::error::Kind::Missing)],
    scopes: connect::scopes,
    probe: connect::probe,
    discover: connect::discover,
};

/// Rows a page, the most there are.
const PAGE: u64 = 100;
/// Names of the values of a scope that is a repository: what it is called now, which may be
/// something else later, and what it stays.
const REPOSITORY: &str = "repository";
const REPOSITORY_ID: &str = "repository_id";

/// What was changed since, by second; answers may come from a copy that is behind.
const BY_CHANGE: Cursor = Cursor {
    column: "updated_at",
    immutable: false,
    overlap: 60,
    settle: 0,
};

/// A list of a repository that is read whole unless it has a cursor.
const fn of_repository(name: &'static str, table: &'static Table) -> Stream {
    Stream {
        name,
        table,
        nested: &[],
        parts: Parts::Scopes,
        part_columns: &[REPOSITORY_ID],
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    }
}

const fn reading(contract: &'static Stream, spec: &'static Spec, read: How) -> RestStream {
    RestStream {
        contract,
        spec,
        nested: &[],
        read,
        one: None,
        census: None,
        count: None,
        page: PAGE,
        flagged: None,
    }
}

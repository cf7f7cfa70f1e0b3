//! Pull requests: their list, and what only a call for each of them tells.

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Pages, Reading, Scope, SourceError};
use qaduct_records::stream::{Again, Count, Deletes, Parts, Stream};

use super::counted::counted;
use super::{BY_CHANGE, REPOSITORY, capped, of_repository, paths, reading};
use crate::error;
use crate::newest;
use crate::pages::ListPages;
use crate::poll::PollPages;
use crate::rest::{How, Inside, Rest, RestStream};
use crate::spec;

spec! {
    /// A pull request. Its labels and who works on it stand with the issue of its number.
    pub static PULL in "github_pulls" key ["pull_id"]
    ignoring ["url", "node_id", "diff_url", "patch_url", "issue_url", "commits_url",
        "review_comments_url", "review_comment_url", "comments_url", "statuses_url", "_links",
        "labels", "assignee", "assignees", "requested_reviewers", "body_html", "body_text"]
    {
        /// Its id in all of GitHub.
        pull_id: Int = "id",
        /// Its repository, `owner/name`.
        repository: Scope("repository") = "",
        /// Id of the repository, which it keeps when it is renamed.
        repository_id: ScopeInt("repository_id") = "",
        /// Its number in the repository.
        number: Int = "number",
        /// What it is about.
        title: Text = "title",
        /// Its words, in Markdown.
        body: Text = "body",
        /// `open` or `closed`.
        state: Text = "state",
        /// Whether it is a draft.
        draft: Bool = "draft",
        /// Whether only members may comment.
        locked: Bool = "locked",
        /// Why only members may.
        lock_reason: Text = "active_lock_reason",
        /// Who opened it.
        person author: Text = "user.login",
        /// `User`, `Bot` or `Organization`.
        author_type: Text = "user.type",
        /// What the author is to the repository.
        author_association: Text = "author_association",
        /// Title of its milestone.
        milestone: Text = "milestone.title",
        /// The branch that it is to go into.
        base_branch: Text = "base.ref",
        /// Commit of that branch.
        base_sha: Text = "base.sha",
        /// The branch that it comes from.
        head_branch: Text = "head.ref",
        /// Commit of that branch.
        head_sha: Text = "head.sha",
        /// Repository of that branch; NULL when it was deleted.
        head_repository: PersonIn(crate::github::paths::of_branch) = "head.repo",
        /// The teams that are asked for a review, joined by commas.
        requested_teams: Join { key: "slug", by: "," } = "requested_teams",
        /// Commit that merged it, or would.
        merge_commit_sha: Text = "merge_commit_sha",
        /// How it merges itself when all checks pass: `squash`; NULL when it does not.
        auto_merge: Text = "auto_merge.merge_method",
        /// When it was opened.
        created_at: Instant = "created_at",
        /// When it was changed last.
        updated_at: Instant = "updated_at",
        /// When it was closed; NULL while it is open.
        closed_at: Instant = "closed_at",
        /// When it was merged; NULL when it was not.
        merged_at: Instant = "merged_at",
        /// Its page.
        url: Text = "html_url",
    }
}

spec! {
    /// Who is asked to review a pull request and has not yet.
    pub static REVIEWER in "github_pull_reviewers" key ["pull_id", "ordinal"]
    ignoring ["id", "node_id", "avatar_url", "gravatar_id", "url", "html_url", "followers_url",
        "following_url", "gists_url", "starred_url", "subscriptions_url", "organizations_url",
        "repos_url", "events_url", "received_events_url", "site_admin", "user_view_type",
        "starred_at", "name", "email"]
    {
        /// The pull request.
        pull_id: ParentInt = "id",
        /// Place in the list, from 0.
        ordinal: Ordinal = "",
        /// Who.
        person reviewer: Text = "login",
        /// `User` or `Bot`.
        reviewer_type: Text = "type",
    }
}

pub(super) static PULLS_CONTRACT: Stream = Stream {
    nested: &[&REVIEWER.table],
    cursor: Some(BY_CHANGE),
    count: Count::Exact,
    ..of_repository("pulls", &PULL.table)
};
pub(super) static PULLS: RestStream = RestStream {
    nested: &[Inside {
        spec: &REVIEWER,
        path: "requested_reviewers",
        parent: ("pull_id", "id"),
    }],
    one: Some(one),
    count: Some(|rest, reading| {
        // A reading of what changed has no count of its own.
        let call = Call::get(paths::of_repository(&reading.scope, "pulls"));
        counted(rest, "pulls", reading, call.with("state", "all"))
    }),
    ..reading(&PULLS_CONTRACT, &PULL, How::Asked { read: list, poll })
};

/// There is no list of what was changed since. A whole list is read in the order of
/// creation, which changes do not disturb; else the newest changes first.
fn list<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let (sort, direction) = match reading.lower {
        Some(_) => ("updated", "desc"),
        None => ("created", "asc"),
    };
    let call = Call::get(paths::of_repository(&reading.scope, "pulls"))
        .with("state", "all")
        .with("sort", sort)
        .with("direction", direction);
    newest::read(rest, stream, reading, paths::linked(call), "updated_at")
}

/// A part for each pull request, read again when that has changed.
const fn of_pull(name: &'static str, table: &'static qaduct_records::Table) -> Stream {
    Stream {
        parts: Parts::Each {
            parent: "pulls",
            columns: &[REPOSITORY, "number", "pull_id"],
            only: None,
            again: Again::Changed(&["updated_at"]),
        },
        part_columns: &["pull_id"],
        ..of_repository(name, table)
    }
}

fn of_number(scope: &Scope, rest: &str) -> String {
    paths::of_repository(scope, &format!("pulls/{}{rest}", scope.text("number")))
}

spec! {
    /// What only a call for a pull request tells: its size, and whether it can be merged.
    pub static DETAIL in "github_pull_details" key ["pull_id"]
    ignoring ["url", "node_id", "html_url", "diff_url", "patch_url", "issue_url",
        "commits_url", "review_comments_url", "review_comment_url", "comments_url",
        "statuses_url", "_links", "labels", "assignee", "assignees", "state", "locked", "title",
        "user", "body", "milestone", "active_lock_reason", "created_at", "closed_at",
        "merged_at", "merge_commit_sha", "requested_reviewers", "requested_teams", "head",
        "base", "author_association", "auto_merge", "draft", "number", "body_html", "body_text"]
    {
        /// Its id in all of GitHub.
        pull_id: Int = "id",
        /// Its repository, `owner/name`.
        repository: Scope("repository") = "",
        /// Its number in the repository.
        number: ScopeInt("number") = "",
        /// Lines that it adds.
        additions: Int = "additions",
        /// Lines that it removes.
        deletions: Int = "deletions",
        /// Files that it changes.
        changed_files: Int = "changed_files",
        /// Commits in it.
        commits: Int = "commits",
        /// Comments on it.
        comments: Int = "comments",
        /// Comments on its lines.
        review_comments: Int = "review_comments",
        /// Whether it was merged.
        merged: Bool = "merged",
        /// Who merged it.
        person merged_by: Text = "merged_by.login",
        /// Whether it can be merged; NULL while GitHub has not looked.
        mergeable: Bool = "mergeable",
        /// What keeps it from being merged: `clean`, `blocked`, `dirty`, `unstable`.
        mergeable_state: Text = "mergeable_state",
        /// Whether it can be rebased; NULL while GitHub has not looked.
        rebaseable: Bool = "rebaseable",
        /// Whether maintainers may push to its branch.
        maintainer_can_modify: Bool = "maintainer_can_modify",
        /// When it was changed last.
        updated_at: Instant = "updated_at",
    }
}

pub(super) static DETAILS_CONTRACT: Stream = Stream {
    deletes: Deletes::Polled,
    ..of_pull("pull_details", &DETAIL.table)
};
pub(super) static DETAILS: RestStream = RestStream {
    one: Some(one),
    page: 1,
    ..reading(&DETAILS_CONTRACT, &DETAIL, How::Own(detail))
};

/// Asks for pull requests that are gone, it seems. GitHub says the same of a repository that
/// it no longer shows to us.
fn poll<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    scope: &Scope,
    keys: Vec<Vec<Value>>,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let place = rest.place(stream, scope, 1);
    if scope.text("number").is_empty() {
        let trouble = format!("{place}: a pull request is asked for by its number");
        return Err(error::config(&rest.setup.name, trouble));
    }
    rest.send(&place, &Call::get(paths::of_repository(scope, "")))?;
    Ok(Box::new(PollPages::new(rest, stream, scope.clone(), keys)?))
}

fn detail<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let pull = reading.scope.values.get("pull_id").cloned();
    let key = vec![pull.unwrap_or(Value::Null)];
    let pages = PollPages::new(rest, stream, reading.scope.clone(), vec![key])?;
    Ok(Box::new(pages.that_must_be_there()))
}

fn one(_rest: &Rest, scope: &Scope, _key: &[Value]) -> (Call, &'static str) {
    (Call::get(of_number(scope, "")), "")
}

spec! {
    /// A review of a pull request.
    pub static REVIEW in "github_reviews" key ["review_id"]
    ignoring ["node_id", "pull_request_url", "_links", "body_html", "body_text"]
    {
        /// Its id.
        review_id: Int = "id",
        /// The repository, `owner/name`.
        repository: Scope("repository") = "",
        /// The pull request.
        pull_id: ScopeInt("pull_id") = "",
        /// Number of the pull request.
        number: ScopeInt("number") = "",
        /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED`, `PENDING`.
        state: Text = "state",
        /// Who reviewed; NULL when the account is gone.
        person author: Text = "user.login",
        /// `User` or `Bot`.
        author_type: Text = "user.type",
        /// What the reviewer is to the repository.
        author_association: Text = "author_association",
        /// Its words, in Markdown.
        body: Text = "body",
        /// The commit that was reviewed.
        commit_id: Text = "commit_id",
        /// When; NULL while it is not given.
        submitted_at: Instant = "submitted_at",
        /// Where it stands.
        url: Text = "html_url",
    }
}

pub(super) static REVIEWS_CONTRACT: Stream = of_pull("reviews", &REVIEW.table);
pub(super) static REVIEWS: RestStream = reading(
    &REVIEWS_CONTRACT,
    &REVIEW,
    How::IfChanged(|_, reading| {
        let call = Call::get(of_number(&reading.scope, "/reviews"));
        Ok(paths::linked(call))
    }),
);

spec! {
    /// A commit of a pull request; GitHub lists 250 at most.
    pub static COMMIT in "github_pull_commits" key ["pull_id", "sha"]
    objects ["commit"]
    ignoring ["node_id", "url", "comments_url", "commit.url", "commit.tree", "commit.verification",
        "files", "stats"]
    {
        /// The repository, `owner/name`.
        repository: Scope("repository") = "",
        /// The pull request.
        pull_id: ScopeInt("pull_id") = "",
        /// Number of the pull request.
        number: ScopeInt("number") = "",
        /// The commit.
        sha: Text = "sha",
        /// Its message.
        message: Text = "commit.message",
        /// Account of who wrote it; NULL when GitHub knows none.
        person author: Text = "author.login",
        /// Name of who wrote it, as the commit has it.
        person author_name: Text = "commit.author.name",
        /// E-mail address of who wrote it, as the commit has it.
        person author_email: Text = "commit.author.email",
        /// When it was written.
        authored_at: Instant = "commit.author.date",
        /// Account of who committed it.
        person committer: Text = "committer.login",
        /// When it was committed.
        committed_at: Instant = "commit.committer.date",
        /// Comments on it.
        comment_count: Int = "commit.comment_count",
        /// The commits before it, joined by commas.
        parents: Join { key: "sha", by: "," } = "parents",
        /// Its page.
        url: Text = "html_url",
    }
}

pub(super) static COMMITS_CONTRACT: Stream = of_pull("pull_commits", &COMMIT.table);
pub(super) static COMMITS: RestStream = reading(&COMMITS_CONTRACT, &COMMIT, How::Own(commits));

fn commits<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let listing = paths::linked(Call::get(of_number(&reading.scope, "/commits")));
    let pages = ListPages::new(rest, stream, reading, listing)?.if_changed();
    Ok(capped::held_against(Box::new(pages), rest, stream, reading))
}

//! Issues, which pull requests are, too.

use qaduct_http::Call;
use qaduct_records::Table;
use qaduct_records::source::{Reading, SourceError};
use qaduct_records::stream::{Count, Stream};

use super::counted::counted;
use super::{BY_CHANGE, of_repository, paths, reading};
use crate::listing::Listing;
use crate::rest::{How, Inside, Rest, RestStream};
use crate::spec;

/// The columns of an issue; where it was found differs.
macro_rules! issue {
    (
        $about:literal, $name:ident, $table:literal, $from:ident($how:expr) = $path:literal
        $(, $($more:tt)+)?
    ) => {
        $crate::spec! {
            #[doc = $about]
            pub static $name in $table key ["issue_id"]
            ignoring ["url", "repository_url", "labels_url", "comments_url", "events_url",
                "timeline_url", "node_id", "labels", "assignees", "assignee", "repository",
                "performed_via_github_app", "body_html", "body_text", "text_matches", "reactions"]
            {
                /// Its id in all of GitHub; a transfer gives it another.
                issue_id: Int = "id",
                /// Its repository, `owner/name`.
                repository: $from($how) = $path,
                $($($more)+)?
                /// Its number in the repository.
                number: Int = "number",
                /// What it is about.
                title: Text = "title",
                /// Its words, in Markdown.
                body: Text = "body",
                /// `open` or `closed`.
                state: Text = "state",
                /// Why it is so: `completed`, `not_planned`, `duplicate`, `reopened`.
                state_reason: Text = "state_reason",
                /// Whether it is a pull request.
                is_pull_request: BoolBy(crate::github::paths::present) = "pull_request",
                /// When the pull request was merged.
                merged_at: Instant = "pull_request.merged_at",
                /// Whether the pull request is a draft.
                draft: Bool = "draft",
                /// Its type, where the organisation has types.
                issue_type: Text = "type.name",
                /// Who opened it.
                person author: Text = "user.login",
                /// `User`, `Bot` or `Organization`.
                author_type: Text = "user.type",
                /// What the author is to the repository: `OWNER`, `MEMBER`, `NONE`.
                author_association: Text = "author_association",
                /// Who closed it.
                person closed_by: Text = "closed_by.login",
                /// Number of its milestone.
                milestone_number: Int = "milestone.number",
                /// Title of its milestone.
                milestone: Text = "milestone.title",
                /// How many comments it has.
                comments: Int = "comments",
                /// How many reactions it has.
                reactions: Int = "reactions.total_count",
                /// Whether only members may comment.
                locked: Bool = "locked",
                /// Why only members may.
                lock_reason: Text = "active_lock_reason",
                /// When it was opened.
                created_at: Instant = "created_at",
                /// When it was changed last.
                updated_at: Instant = "updated_at",
                /// When it was closed; NULL while it is open.
                closed_at: Instant = "closed_at",
                /// Its page.
                url: Text = "html_url",
            }
        }
    };
}
pub(super) use issue;

issue!(
    " An issue or a pull request of a repository of GitHub.",
    ISSUE,
    "github_issues",
    Scope("repository") = "",
    /// Id of the repository, which it keeps when it is renamed.
    repository_id: ScopeInt("repository_id") = "",
);

spec! {
    /// A label of an issue or a pull request.
    pub static LABEL in "github_issue_labels" key ["issue_id", "label"]
    ignoring ["id", "node_id", "url", "color", "default", "description"]
    {
        /// The issue.
        issue_id: ParentInt = "id",
        /// The label.
        label: Text = "name",
    }
}

spec! {
    /// Who works on an issue or a pull request.
    pub static ASSIGNEE in "github_issue_assignees" key ["issue_id", "ordinal"]
    ignoring ["id", "node_id", "avatar_url", "gravatar_id", "url", "html_url", "followers_url",
        "following_url", "gists_url", "starred_url", "subscriptions_url", "organizations_url",
        "repos_url", "events_url", "received_events_url", "site_admin", "user_view_type",
        "starred_at", "name", "email"]
    {
        /// The issue.
        issue_id: ParentInt = "id",
        /// Place in the list, from 0.
        ordinal: Ordinal = "",
        /// Who.
        person assignee: Text = "login",
        /// `User`, `Bot` or `Organization`.
        assignee_type: Text = "type",
    }
}

/// What stands inside an issue.
pub(super) static INSIDE: &[Inside] = &[
    Inside {
        spec: &LABEL,
        path: "labels",
        parent: ("issue_id", "id"),
    },
    Inside {
        spec: &ASSIGNEE,
        path: "assignees",
        parent: ("issue_id", "id"),
    },
];

/// Tables of what stands inside an issue.
pub(super) static TABLES: &[&Table] = &[&LABEL.table, &ASSIGNEE.table];

pub(super) static ISSUES_CONTRACT: Stream = Stream {
    nested: TABLES,
    cursor: Some(BY_CHANGE),
    count: Count::Exact,
    ..of_repository("issues", &ISSUE.table)
};
pub(super) static ISSUES: RestStream = RestStream {
    nested: INSIDE,
    count: Some(|rest, reading| counted(rest, "issues", reading, list(rest, reading)?.first)),
    ..reading(&ISSUES_CONTRACT, &ISSUE, How::Numbered(list))
};

fn list(_rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    let call = Call::get(paths::of_repository(&reading.scope, "issues")).with("state", "all");
    Ok(changed(call, reading))
}

/// A list of what was changed since, in an order that changes do not disturb: what is
/// changed while it is read keeps its place.
pub(super) fn changed(call: Call, reading: &Reading) -> Listing {
    let mut call = call.with("sort", "created").with("direction", "asc");
    if let Some(lower) = reading.lower {
        call = call.with("since", lower.strftime("%Y-%m-%dT%H:%M:%SZ"));
    }
    paths::linked(call)
}

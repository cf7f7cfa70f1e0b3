//! What is said and done on issues and pull requests.

use qaduct_http::Call;
use qaduct_records::source::{Pages, Reading, SourceError};
use qaduct_records::stream::{Count, Cursor, Deletes, Finality, Stream};

use super::counted::counted;
use super::issues::changed;
use super::{BY_CHANGE, of_repository, paths, reading};
use crate::listing::Listing;
use crate::newest;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// A comment on an issue or a pull request.
    pub static COMMENT in "github_issue_comments" key ["comment_id"]
    ignoring ["url", "node_id", "body_html", "body_text", "performed_via_github_app"]
    {
        /// Its id.
        comment_id: Int = "id",
        /// The repository, `owner/name`.
        repository: Scope("repository") = "",
        /// Id of the repository, which it keeps when it is renamed.
        repository_id: ScopeInt("repository_id") = "",
        /// Number of the issue.
        number: IntBy(paths::number) = "issue_url",
        /// Its words, in Markdown.
        body: Text = "body",
        /// Who wrote it.
        person author: Text = "user.login",
        /// `User`, `Bot` or `Organization`.
        author_type: Text = "user.type",
        /// What the author is to the repository.
        author_association: Text = "author_association",
        /// How many reactions it has.
        reactions: Int = "reactions.total_count",
        /// When it was written.
        created_at: Instant = "created_at",
        /// When it was changed last.
        updated_at: Instant = "updated_at",
        /// Where it stands.
        url: Text = "html_url",
    }
}

pub(super) static ISSUE_COMMENTS_CONTRACT: Stream = Stream {
    cursor: Some(BY_CHANGE),
    count: Count::Exact,
    ..of_repository("issue_comments", &COMMENT.table)
};
pub(super) static ISSUE_COMMENTS: RestStream = RestStream {
    count: Some(|rest, reading| {
        let first = on_issues(rest, reading)?.first;
        counted(rest, "issue_comments", reading, first)
    }),
    ..reading(&ISSUE_COMMENTS_CONTRACT, &COMMENT, How::Numbered(on_issues))
};

fn on_issues(_rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    let call = Call::get(paths::of_repository(&reading.scope, "issues/comments"));
    Ok(changed(call, reading))
}

spec! {
    /// A comment on a line of a pull request.
    pub static REVIEW_COMMENT in "github_review_comments" key ["comment_id"]
    ignoring ["url", "node_id", "body_html", "body_text", "_links", "diff_hunk"]
    {
        /// Its id.
        comment_id: Int = "id",
        /// The repository, `owner/name`.
        repository: Scope("repository") = "",
        /// Id of the repository, which it keeps when it is renamed.
        repository_id: ScopeInt("repository_id") = "",
        /// Number of the pull request.
        number: IntBy(paths::number) = "pull_request_url",
        /// The review that it belongs to.
        review_id: Int = "pull_request_review_id",
        /// The comment that it answers.
        in_reply_to_id: Int = "in_reply_to_id",
        /// Its words, in Markdown.
        body: Text = "body",
        /// The file.
        path: Text = "path",
        /// The line, or the last of several; NULL when the line is gone.
        line: Int = "line",
        /// `line` or `file`.
        subject_type: Text = "subject_type",
        /// The commit at which it stands.
        commit_id: Text = "commit_id",
        /// Who wrote it.
        person author: Text = "user.login",
        /// `User`, `Bot` or `Organization`.
        author_type: Text = "user.type",
        /// What the author is to the repository.
        author_association: Text = "author_association",
        /// How many reactions it has.
        reactions: Int = "reactions.total_count",
        /// When it was written.
        created_at: Instant = "created_at",
        /// When it was changed last.
        updated_at: Instant = "updated_at",
        /// Where it stands.
        url: Text = "html_url",
    }
}

pub(super) static REVIEW_COMMENTS_CONTRACT: Stream = Stream {
    cursor: Some(BY_CHANGE),
    count: Count::Exact,
    ..of_repository("review_comments", &REVIEW_COMMENT.table)
};
pub(super) static REVIEW_COMMENTS: RestStream = RestStream {
    count: Some(|rest, reading| {
        let first = on_lines(rest, reading)?.first;
        counted(rest, "review_comments", reading, first)
    }),
    ..reading(
        &REVIEW_COMMENTS_CONTRACT,
        &REVIEW_COMMENT,
        How::Numbered(on_lines),
    )
};

fn on_lines(_rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    let call = Call::get(paths::of_repository(&reading.scope, "pulls/comments"));
    Ok(changed(call, reading))
}

spec! {
    /// Something that was done to an issue or a pull request. GitHub keeps the newest
    /// of a repository only.
    pub static EVENT in "github_issue_events" key ["event_id"]
    ignoring ["url", "node_id", "commit_url", "performed_via_github_app", "project_card"]
    {
        /// Its id.
        event_id: Int = "id",
        /// The repository, `owner/name`.
        repository: Scope("repository") = "",
        /// Id of the repository, which it keeps when it is renamed.
        repository_id: ScopeInt("repository_id") = "",
        /// The issue.
        issue_id: Int = "issue.id",
        /// Number of the issue.
        number: Int = "issue.number",
        /// What was done: `labeled`, `closed`, `assigned`, `renamed`.
        event: Text = "event",
        /// Who did it.
        person actor: Text = "actor.login",
        /// `User`, `Bot` or `Organization`.
        actor_type: Text = "actor.type",
        /// When.
        created_at: Instant = "created_at",
        /// The label that came or went.
        label: Text = "label.name",
        /// Who came or went as one who works on it.
        person assignee: Text = "assignee.login",
        /// The milestone that came or went.
        milestone: Text = "milestone.title",
        /// The title before.
        renamed_from: Text = "rename.from",
        /// The title after.
        renamed_to: Text = "rename.to",
        /// Who was asked for a review.
        person requested_reviewer: Text = "requested_reviewer.login",
        /// Who asked for a review.
        person review_requester: Text = "review_requester.login",
        /// The team that was asked for a review.
        requested_team: Text = "requested_team.slug",
        /// Who assigned somebody.
        person assigner: Text = "assigner.login",
        /// Why only members may comment.
        lock_reason: Text = "lock_reason",
        /// The commit that did it.
        commit_id: Text = "commit_id",
    }
}

pub(super) static ISSUE_EVENTS_CONTRACT: Stream = Stream {
    cursor: Some(Cursor {
        column: "created_at",
        immutable: true,
        ..BY_CHANGE
    }),
    finality: Finality::Immutable,
    deletes: Deletes::Never,
    count: Count::Exact,
    ..of_repository("issue_events", &EVENT.table)
};
pub(super) static ISSUE_EVENTS: RestStream = RestStream {
    count: Some(|rest, reading| counted(rest, "issue_events", reading, every_event(reading))),
    ..reading(&ISSUE_EVENTS_CONTRACT, &EVENT, How::Own(events))
};

fn every_event(reading: &Reading) -> Call {
    Call::get(paths::of_repository(&reading.scope, "issues/events"))
}

fn events<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let listing = paths::linked(every_event(reading));
    newest::read(rest, stream, reading, listing, "created_at")
}

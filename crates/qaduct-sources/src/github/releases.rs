//! Repositories and their releases.

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Pages, Reading, Scope, SourceError};
use qaduct_records::stream::{Count, Deletes, Stream};

use super::counted::counted;
use super::{REPOSITORY_ID, of_repository, paths, reading};
use crate::listing::Listing;
use crate::poll::PollPages;
use crate::rest::{How, Inside, Rest, RestStream};
use crate::spec;

spec! {
    /// A repository that the settings name.
    pub static REPOSITORY_ROW in "github_repositories" key ["repository_id"]
    ignoring ["node_id", "url", "owner", "permissions", "temp_clone_token", "forks", "watchers",
        "open_issues", "organization", "template_repository", "security_and_analysis",
        "archive_url", "assignees_url", "blobs_url", "branches_url", "collaborators_url",
        "comments_url", "commits_url", "compare_url", "contents_url", "contributors_url",
        "deployments_url", "downloads_url", "events_url", "forks_url", "git_commits_url",
        "git_refs_url", "git_tags_url", "git_url", "hooks_url", "issue_comment_url",
        "issue_events_url", "issues_url", "keys_url", "labels_url", "languages_url",
        "merges_url", "milestones_url", "mirror_url", "notifications_url", "pulls_url",
        "releases_url", "ssh_url", "stargazers_url", "statuses_url", "subscribers_url",
        "subscription_url", "svn_url", "tags_url", "teams_url", "trees_url", "clone_url"]
    {
        /// Its id, which it keeps when it is renamed.
        repository_id: Int = "id",
        /// Its name, `owner/name`.
        repository: Text = "full_name",
        /// What it is.
        description: Text = "description",
        /// `public`, `private` or `internal`.
        visibility: Text = "visibility",
        /// Its main branch.
        default_branch: Text = "default_branch",
        /// The language of most of it.
        language: Text = "language",
        /// Words that describe it, joined by commas.
        topics: Join { key: "name", by: "," } = "topics",
        /// Whether it is a copy of another one.
        fork: Bool = "fork",
        /// Whether it can only be read.
        archived: Bool = "archived",
        /// How many marked it.
        stars: Int = "stargazers_count",
        /// How many copies it has.
        forks: Int = "forks_count",
        /// Issues and pull requests that are open.
        open_issues: Int = "open_issues_count",
        /// Its size in kilobytes.
        size_kb: Int = "size",
        /// When it was made.
        created_at: Instant = "created_at",
        /// When its description was changed last.
        updated_at: Instant = "updated_at",
        /// When somebody pushed to it last.
        pushed_at: Instant = "pushed_at",
        /// Its page.
        url: Text = "html_url",
    }
}

pub(super) static REPOSITORIES_CONTRACT: Stream = Stream {
    deletes: Deletes::Polled,
    ..of_repository("repositories", &REPOSITORY_ROW.table)
};
pub(super) static REPOSITORIES: RestStream = RestStream {
    one: Some(one),
    page: 1,
    ..reading(
        &REPOSITORIES_CONTRACT,
        &REPOSITORY_ROW,
        How::Own(repository),
    )
};

fn repository<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let id = reading.scope.values.get(REPOSITORY_ID).cloned();
    let key = vec![id.unwrap_or(Value::Null)];
    let pages = PollPages::new(rest, stream, reading.scope.clone(), vec![key])?;
    Ok(Box::new(pages))
}

fn one(_rest: &Rest, scope: &Scope, _key: &[Value]) -> (Call, &'static str) {
    (Call::get(paths::of_repository(scope, "")), "")
}

spec! {
    /// A release of a repository.
    pub static RELEASE in "github_releases" key ["release_id"]
    ignoring ["url", "node_id", "assets_url", "upload_url", "tarball_url", "zipball_url",
        "assets", "body_html", "body_text", "discussion_url", "mentions_count"]
    {
        /// Its id.
        release_id: Int = "id",
        /// The repository, `owner/name`.
        repository: Scope("repository") = "",
        /// Id of the repository, which it keeps when it is renamed.
        repository_id: ScopeInt("repository_id") = "",
        /// Its tag.
        tag: Text = "tag_name",
        /// The branch or commit of the tag.
        target: Text = "target_commitish",
        /// Its name.
        name: Text = "name",
        /// Its notes, in Markdown.
        body: Text = "body",
        /// Whether it is not published.
        draft: Bool = "draft",
        /// Whether it is not for everybody.
        prerelease: Bool = "prerelease",
        /// Whether it cannot be changed any more.
        immutable: Bool = "immutable",
        /// Who made it.
        person author: Text = "author.login",
        /// How many reactions it has.
        reactions: Int = "reactions.total_count",
        /// When the commit of its tag was made.
        created_at: Instant = "created_at",
        /// When it was changed last.
        updated_at: Instant = "updated_at",
        /// When it was published; NULL while it is a draft.
        published_at: Instant = "published_at",
        /// Its page.
        url: Text = "html_url",
    }
}

spec! {
    /// A file of a release; the file itself is not read.
    pub static ASSET in "github_release_assets" key ["asset_id"]
    ignoring ["url", "node_id"]
    {
        /// Its id.
        asset_id: Int = "id",
        /// The release.
        release_id: ParentInt = "id",
        /// Name of the file.
        name: Text = "name",
        /// What it is called on the page.
        label: Text = "label",
        /// `uploaded` or `open`.
        state: Text = "state",
        /// Its type.
        content_type: Text = "content_type",
        /// Its size.
        bytes: Int = "size",
        /// Its hash, with the name of the algorithm before it.
        digest: Text = "digest",
        /// How often it was fetched.
        downloads: Int = "download_count",
        /// Who uploaded it.
        person uploader: Text = "uploader.login",
        /// When it was uploaded.
        created_at: Instant = "created_at",
        /// When it was changed last.
        updated_at: Instant = "updated_at",
        /// Where the file can be had.
        url: Text = "browser_download_url",
    }
}

pub(super) static RELEASES_CONTRACT: Stream = Stream {
    nested: &[&ASSET.table],
    count: Count::Exact,
    ..of_repository("releases", &RELEASE.table)
};
pub(super) static RELEASES: RestStream = RestStream {
    nested: &[Inside {
        spec: &ASSET,
        path: "assets",
        parent: ("release_id", "id"),
    }],
    count: Some(|rest, reading| counted(rest, "releases", reading, list(rest, reading)?.first)),
    ..reading(&RELEASES_CONTRACT, &RELEASE, How::IfChanged(list))
};

fn list(_rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    let path = paths::of_repository(&reading.scope, "releases");
    Ok(paths::linked(Call::get(path)))
}

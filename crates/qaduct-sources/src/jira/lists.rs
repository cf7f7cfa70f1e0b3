//! The lists beside the issues: what fields, people, statuses, projects, versions,
//! boards, sprints and saved filters there are.

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Page, Pages, Reading, Scope, SourceError};
use serde_json::Value as Json;

use super::edition::{COUNTED, Edition, single};
use super::issue::account;
use super::question::{FILTER, PROJECT};
use crate::error::{self, Place};
use crate::listing::{self, Listing};
use crate::pages::ListPages;
use crate::poll::PollPages;
use crate::populated;
use crate::rest::{Rest, RestStream};
use crate::spec;

spec! {
    /// A field of Jira.
    pub static FIELD in "jira_fields" key ["field_id"] {
        /// Its id, such as `customfield_10037`.
        field_id: Text = "id",
        /// Its key, where it has one.
        field_key: Text = "key",
        /// Its name for people; several may have the same.
        name: Text = "name",
        /// Whether it was added to Jira.
        custom: Bool = "custom",
        /// Whether issues can be ordered by it.
        orderable: Bool = "orderable",
        /// Whether it is shown in lists.
        navigable: Bool = "navigable",
        /// Whether JQL knows it.
        searchable: Bool = "searchable",
        /// The names by which JQL knows it, joined by commas.
        clause_names: Join { key: "name", by: "," } = "clauseNames",
        /// The type of its value, such as `option` or `array`.
        value_type: Text = "schema.type",
        /// The type of the items of its value, where that is a list.
        item_type: Text = "schema.items",
        /// The kind of field behind a custom field.
        custom_type: Text = "schema.custom",
        /// The project to which it belongs, where it belongs to one.
        project_id: Int = "scope.project.id",
    }
}

spec! {
    /// A user of Jira that we may see.
    pub static USER in "jira_users" key ["account_id"]
    ignoring ["self", "accountId", "key", "avatarUrls", "expand", "groups", "applicationRoles"]
    {
        /// The account: an opaque id in Jira Cloud, a key in Jira Data Center.
        person account_id: TextBy(account) = "",
        /// Name for people.
        person name: Text = "displayName",
        /// E-mail address, where it may be seen.
        person email: Text = "emailAddress",
        /// Name to log in with, in Jira Data Center.
        person login: Text = "name",
        /// `atlassian` for people, `app` for programs, `customer`.
        account_type: Text = "accountType",
        /// Whether the user may log in.
        active: Bool = "active",
        /// Time zone of the user.
        time_zone: Text = "timeZone",
        /// Language of the user.
        locale: Text = "locale",
    }
}

spec! {
    /// A status of issues.
    pub static STATUS in "jira_statuses" key ["status_id"]
    ignoring ["self", "iconUrl"]
    {
        /// Its id.
        status_id: Int = "id",
        /// Its name.
        name: Text = "name",
        /// What it is for.
        description: Text = "description",
        /// What it means: `new`, `indeterminate`, `done`.
        category: Text = "statusCategory.key",
        /// Name of what it means.
        category_name: Text = "statusCategory.name",
        /// The project to which it belongs, where it belongs to one.
        project_id: Int = "scope.project.id",
    }
}

spec! {
    /// A project of Jira.
    pub static PROJECT_ROW in "jira_projects" key ["project_id"]
    ignoring ["self", "avatarUrls", "expand", "entityId", "uuid", "properties"]
    {
        /// Its id.
        project_id: Int = "id",
        /// Its key.
        project_key: Text = "key",
        /// Its name.
        name: Text = "name",
        /// What it is for.
        description: Text = "description",
        /// Account of who leads it.
        person lead_id: TextBy(account) = "lead",
        /// Name of who leads it.
        person lead: Text = "lead.displayName",
        /// Its type, such as `software`.
        project_type: Text = "projectTypeKey",
        /// Name of its category.
        category: Text = "projectCategory.name",
        /// `classic` or `next-gen`.
        style: Text = "style",
        /// Whether its team keeps its settings.
        simplified: Bool = "simplified",
        /// Whether only members see it.
        is_private: Bool = "isPrivate",
        /// Whether it is archived.
        archived: Bool = "archived",
        /// Its page outside of Jira.
        url: Text = "url",
    }
}

spec! {
    /// A version of a project.
    pub static VERSION in "jira_versions" key ["version_id"]
    ignoring ["self", "expand", "operations", "userReleaseDate", "userStartDate",
        "releaseDateSet", "startDateSet"]
    {
        /// Its id.
        version_id: Int = "id",
        /// Key of its project.
        project_key: Scope("project_key") = "",
        /// Id of its project.
        project_id: Int = "projectId",
        /// Its name.
        name: Text = "name",
        /// What it is about.
        description: Text = "description",
        /// Whether it is released.
        released: Bool = "released",
        /// Whether it is archived.
        archived: Bool = "archived",
        /// Whether its day has passed without a release.
        overdue: Bool = "overdue",
        /// The day on which work on it begins.
        start_on: Day = "startDate",
        /// The day of its release, planned or past.
        release_on: Day = "releaseDate",
    }
}

spec! {
    /// A board.
    pub static BOARD in "jira_boards" key ["board_id"]
    objects ["location"]
    ignoring ["self", "location.avatarURI", "location.displayName", "location.name"]
    {
        /// Its id.
        board_id: Int = "id",
        /// Its name.
        name: Text = "name",
        /// `scrum`, `kanban` or `simple`.
        board_type: Text = "type",
        /// Key of the project that it is shown in.
        project_key: Text = "location.projectKey",
        /// Id of the project that it is shown in.
        project_id: Int = "location.projectId",
        /// Whether only some see it.
        is_private: Bool = "isPrivate",
    }
}

spec! {
    /// A sprint. One that several boards show is one row.
    pub static SPRINT in "jira_sprints" key ["sprint_id"]
    ignoring ["self"]
    {
        /// Its id.
        sprint_id: Int = "id",
        /// The board on which it was made.
        board_id: Int = "originBoardId",
        /// Its name.
        name: Text = "name",
        /// `future`, `active` or `closed`.
        state: Text = "state",
        /// What it is to reach.
        goal: Text = "goal",
        /// When it begins.
        start_at: Instant = "startDate",
        /// When it is to end.
        end_at: Instant = "endDate",
        /// When it was closed.
        completed_at: Instant = "completeDate",
        /// When it was made.
        created_at: Instant = "createdDate",
    }
}

spec! {
    /// A saved filter that a query of the settings names.
    pub static FILTER_ROW in "jira_filters" key ["filter_id"]
    ignoring ["self", "expand", "viewUrl", "searchUrl", "sharePermissions", "editPermissions",
        "subscriptions", "sharedUsers", "favourite", "favouritedCount", "isWritable"]
    {
        /// Its id.
        filter_id: Int = "id",
        /// Its name.
        name: Text = "name",
        /// What it is for.
        description: Text = "description",
        /// What it asks for.
        jql: Text = "jql",
        /// Account of whom it belongs to.
        person owner_id: TextBy(account) = "owner",
        /// Name of whom it belongs to.
        person owner: Text = "owner.displayName",
        /// When it was used last, roughly.
        last_used_at: Instant = "approximateLastUsed",
    }
}

/// All items of a list.
pub(super) fn all(rest: &Rest, listing: Listing) -> Result<Vec<Json>, SourceError> {
    let place = Place::source(&rest.setup.name);
    listing::all(&listing, &rest.client).map_err(|it| error::of_call(&place, it))
}

pub(super) fn fields(rest: &Rest, _reading: &Reading) -> Result<Listing, SourceError> {
    Ok(Edition::of(rest).fields())
}

pub(super) fn users(rest: &Rest, _reading: &Reading) -> Result<Listing, SourceError> {
    Ok(Edition::of(rest).users())
}

pub(super) fn statuses(rest: &Rest, _reading: &Reading) -> Result<Listing, SourceError> {
    Ok(single(Call::get(Edition::of(rest).path("status"))))
}

pub(super) fn projects<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    populated::read(rest, stream, reading, Edition::of(rest).projects())
}

pub(super) fn versions(rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    let project = reading.scope.text(PROJECT);
    let path = Edition::of(rest).path(&format!("project/{}/versions", encoded(&project)));
    Ok(single(Call::get(path)))
}

/// The boards of a project; of all without one.
pub(super) fn boards(project: Option<&str>) -> Listing {
    let mut first = Call::get("rest/agile/1.0/board").with("maxResults", 50);
    if let Some(project) = project {
        first = first.with("projectKeyOrId", project);
    }
    Listing {
        first,
        items: &["values"],
        paging: COUNTED,
        total: Some("total"),
    }
}

pub(super) fn boards_of(_rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    let project = reading.scope.text(PROJECT);
    Ok(boards(Some(project.as_str()).filter(|it| !it.is_empty())))
}

/// The sprints of a board. A board that has none by its kind says so with status 400.
pub(super) fn sprints<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let board = reading.scope.text("board_id");
    let listing = Listing {
        first: Call::get(format!("rest/agile/1.0/board/{board}/sprint")).with("maxResults", 50),
        items: &["values"],
        paging: COUNTED,
        total: Some("total"),
    };
    let pages = ListPages::new(rest, stream, reading, listing)?;
    Ok(Box::new(SprintPages(pages)))
}

struct SprintPages<'r>(ListPages<'r>);

impl Pages for SprintPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        match self.0.next() {
            Err(error) if error.trouble.contains("does not support sprints") => Ok(None),
            other => other,
        }
    }
}

/// The saved filter that a part is.
pub(super) fn filters<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let id = reading.scope.text(FILTER);
    // As its column holds it: a filter that is gone is looked up by it.
    let id = id.parse().map_or(Value::Text(id), Value::Int);
    let pages = PollPages::new(rest, stream, reading.scope.clone(), vec![vec![id]])?;
    Ok(Box::new(pages))
}

/// The call for a saved filter by its id.
pub(super) fn one_filter(rest: &Rest, _scope: &Scope, key: &[Value]) -> (Call, &'static str) {
    let id = key.first().map(ToString::to_string).unwrap_or_default();
    let call = Call::get(Edition::of(rest).path(&format!("filter/{}", encoded(&id))));
    // Jira says 400 of a filter that is not there or not for us.
    let call = call.accept(&[400, 404]);
    (call, "")
}

/// A text as a part of a path.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

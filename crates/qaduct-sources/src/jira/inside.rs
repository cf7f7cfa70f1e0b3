//! What stands inside an issue: one table each.

use qaduct_records::Value;
use serde_json::Value as Json;

use super::adf;
use super::issue::account;
use crate::field::at;
use crate::rest::Inside;
use crate::spec;

/// The lists inside an issue.
pub static INSIDE: &[Inside] = &[
    inside(&LABEL, "fields.labels"),
    inside(&COMPONENT, "fields.components"),
    inside(&FIX_VERSION, "fields.fixVersions"),
    inside(&AFFECTED_VERSION, "fields.versions"),
    inside(&LINK, "fields.issuelinks"),
    inside(&SUBTASK, "fields.subtasks"),
    inside(&SPRINT, "fields.@sprint"),
    inside(&ATTACHMENT, "fields.attachment"),
    inside(&COMMENT, COMMENTS),
];

/// Where the comments of an issue stand.
pub const COMMENTS: &str = "fields.comment.comments";

/// Tables of what stands inside an issue.
pub static TABLES: &[&qaduct_records::Table] = &[
    &LABEL.table,
    &COMPONENT.table,
    &FIX_VERSION.table,
    &AFFECTED_VERSION.table,
    &LINK.table,
    &SUBTASK.table,
    &SPRINT.table,
    &ATTACHMENT.table,
    &COMMENT.table,
];

const fn inside(spec: &'static crate::field::Spec, path: &'static str) -> Inside {
    Inside {
        spec,
        path,
        parent: ("issue_id", "id"),
    }
}

spec! {
    /// A label of an issue.
    pub static LABEL in "jira_issue_labels" key ["issue_id", "label"] {
        /// The issue.
        issue_id: ParentInt = "id",
        /// The label.
        label: Text = "",
    }
}

spec! {
    /// A component of an issue.
    pub static COMPONENT in "jira_issue_components" key ["issue_id", "component_id"]
    ignoring ["self", "description"]
    {
        /// The issue.
        issue_id: ParentInt = "id",
        /// Id of the component.
        component_id: Int = "id",
        /// Its name.
        name: Text = "name",
    }
}

macro_rules! version_of_issue {
    ($about:literal, $name:ident, $table:literal) => {
        spec! {
            #[doc = $about]
            pub static $name in $table key ["issue_id", "version_id"]
            ignoring ["self", "description"]
            {
                /// The issue.
                issue_id: ParentInt = "id",
                /// Id of the version.
                version_id: Int = "id",
                /// Its name.
                name: Text = "name",
                /// Whether it is released.
                released: Bool = "released",
                /// Whether it is archived.
                archived: Bool = "archived",
                /// The day of its release, planned or past.
                release_on: Day = "releaseDate",
            }
        }
    };
}

version_of_issue!(
    " A version in which an issue is fixed.",
    FIX_VERSION,
    "jira_issue_fix_versions"
);
version_of_issue!(
    " A version in which an issue was found.",
    AFFECTED_VERSION,
    "jira_issue_affected_versions"
);

spec! {
    /// A link of an issue to another. Both ends have a row.
    pub static LINK in "jira_issue_links" key ["issue_id", "link_id"]
    ignoring ["self", "inwardIssue", "outwardIssue"]
    {
        /// The issue.
        issue_id: ParentInt = "id",
        /// Id of the link.
        link_id: Int = "id",
        /// Name of its type, such as `Blocks`.
        link_type: Text = "type.name",
        /// `outward` when the issue does it to the other, `inward` when the other does.
        direction: TextBy(direction) = "",
        /// The relation in words, such as `is blocked by`.
        relation: TextBy(relation) = "",
        /// Id of the other issue.
        other_id: IntBy(other_id) = "",
        /// Key of the other issue.
        other_key: TextBy(other_key) = "",
        /// What the other issue is about.
        other_summary: TextBy(other_summary) = "",
        /// Status of the other issue.
        other_status: TextBy(other_status) = "",
        /// Type of the other issue.
        other_type: TextBy(other_type) = "",
    }
}

spec! {
    /// An issue that is a part of another by its type.
    pub static SUBTASK in "jira_issue_subtasks" key ["issue_id", "subtask_id"]
    ignoring ["self", "fields"]
    {
        /// The issue.
        issue_id: ParentInt = "id",
        /// Id of the part.
        subtask_id: Int = "id",
        /// Key of the part.
        subtask_key: Text = "key",
        /// What the part is about.
        summary: Text = "fields.summary",
        /// Status of the part.
        status: Text = "fields.status.name",
        /// Type of the part.
        issue_type: Text = "fields.issuetype.name",
    }
}

spec! {
    /// A sprint that an issue is or was in. Needs `sprint = "customfield_…"` among the
    /// `fields` of the source.
    pub static SPRINT in "jira_issue_sprints" key ["issue_id", "sprint_id"]
    ignoring ["id", "name", "state"]
    {
        /// The issue.
        issue_id: ParentInt = "id",
        /// Id of the sprint.
        sprint_id: IntBy(sprint_id) = "",
        /// Its name.
        name: TextBy(sprint_name) = "",
        /// `future`, `active` or `closed`.
        state: TextBy(sprint_state) = "",
    }
}

spec! {
    /// A file that is attached to an issue; the file itself is not read.
    pub static ATTACHMENT in "jira_issue_attachments" key ["issue_id", "attachment_id"]
    ignoring ["self", "thumbnail"]
    {
        /// The issue.
        issue_id: ParentInt = "id",
        /// Id of the attachment.
        attachment_id: Int = "id",
        /// Name of the file.
        file_name: Text = "filename",
        /// Its type.
        mime_type: Text = "mimeType",
        /// Its size in bytes.
        bytes: Int = "size",
        /// Account of who attached it.
        person author_id: TextBy(account) = "author",
        /// Name of who attached it.
        person author: Text = "author.displayName",
        /// When.
        created_at: Instant = "created",
        /// Minutes east of UTC in which Jira wrote that.
        created_offset_min: Offset = "created",
        /// Where the file can be had.
        url: Text = "content",
    }
}

spec! {
    /// A comment on an issue. Read when `comments = "true"` stands in the options of the source.
    pub static COMMENT in "jira_comments" key ["comment_id"]
    ignoring ["self", "renderedBody"]
    {
        /// Id of the comment.
        comment_id: Int = "id",
        /// The issue.
        issue_id: ParentInt = "id",
        /// Its words as plain text.
        body: TextBy(adf::text) = "body",
        /// Account of who wrote it.
        person author_id: TextBy(account) = "author",
        /// Name of who wrote it.
        person author: Text = "author.displayName",
        /// Account of who changed it last.
        person update_author_id: TextBy(account) = "updateAuthor",
        /// Name of who changed it last.
        person update_author: Text = "updateAuthor.displayName",
        /// When it was written.
        created_at: Instant = "created",
        /// Minutes east of UTC in which Jira wrote that.
        created_offset_min: Offset = "created",
        /// When it was changed last.
        updated_at: Instant = "updated",
        /// Minutes east of UTC in which Jira wrote that.
        updated_offset_min: Offset = "updated",
        /// The group or role to which it is restricted.
        visible_to: Text = "visibility.value",
        /// Whether customers of a service desk see it.
        public: Bool = "jsdPublic",
    }
}

fn other(link: &Json) -> Option<(&'static str, &Json)> {
    ["outward", "inward"]
        .into_iter()
        .find_map(|it| Some((it, link.get(format!("{it}Issue"))?)))
}

fn of_other(link: &Json, path: &str) -> Result<Value, String> {
    match other(link).and_then(|(_, issue)| at(issue, path)) {
        None => Ok(Value::Null),
        Some(found) => crate::rows::read(crate::field::Read::Text, found),
    }
}

fn direction(link: &Json) -> Result<Value, String> {
    other(link)
        .map(|(direction, _)| direction.into())
        .ok_or_else(|| "a link to no issue".to_owned())
}

fn relation(link: &Json) -> Result<Value, String> {
    let found = other(link).and_then(|(direction, _)| link.get("type")?.get(direction)?.as_str());
    Ok(found.map_or(Value::Null, Value::from))
}

fn other_id(link: &Json) -> Result<Value, String> {
    let id = other(link).and_then(|(_, issue)| issue.get("id"));
    crate::rows::read(crate::field::Read::Int, id.unwrap_or(&Json::Null))
}

fn other_key(link: &Json) -> Result<Value, String> {
    of_other(link, "key")
}

fn other_summary(link: &Json) -> Result<Value, String> {
    of_other(link, "fields.summary")
}

fn other_status(link: &Json) -> Result<Value, String> {
    of_other(link, "fields.status.name")
}

fn other_type(link: &Json) -> Result<Value, String> {
    of_other(link, "fields.issuetype.name")
}

/// A value of a sprint. Jira Data Center writes a sprint as the text of an object:
/// `com.atlassian…Sprint@1f2[id=7,rapidViewId=3,state=CLOSED,name=Sprint 7,goal=<null>]`.
fn of_sprint(sprint: &Json, name: &str) -> Option<Json> {
    let Some(text) = sprint.as_str() else {
        return sprint.get(name).cloned();
    };
    let inside = text.split_once('[')?.1.strip_suffix(']')?;
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for piece in inside.split(',') {
        match (piece.split_once('='), pairs.last_mut()) {
            (Some((key, value)), _) if key.bytes().all(|it| it.is_ascii_alphabetic()) => {
                pairs.push((key, value.to_owned()));
            }
            // A comma inside a value.
            (_, Some((_, value))) => {
                value.push(',');
                value.push_str(piece);
            }
            (_, None) => return None,
        }
    }
    let (_, value) = pairs.into_iter().find(|(key, _)| *key == name)?;
    (value != "<null>").then_some(Json::String(value))
}

fn sprint_id(sprint: &Json) -> Result<Value, String> {
    let id = of_sprint(sprint, "id").unwrap_or_default();
    crate::rows::read(crate::field::Read::Int, &id)
}

fn sprint_name(sprint: &Json) -> Result<Value, String> {
    let name = of_sprint(sprint, "name").unwrap_or_default();
    crate::rows::read(crate::field::Read::Text, &name)
}

fn sprint_state(sprint: &Json) -> Result<Value, String> {
    let state = of_sprint(sprint, "state").unwrap_or_default();
    let state = state.as_str().map(str::to_lowercase);
    Ok(state.map_or(Value::Null, Value::Text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_sprint_is_read_as_an_object_and_as_the_text_of_one() {
        let old = json!(
            "com.atlassian.greenhopper.service.sprint.Sprint@14b1c359[id=7,rapidViewId=3,\
             state=CLOSED,name=Sprint 7, the last,startDate=2026-01-05T09:00:00.000Z,goal=<null>]"
        );
        let new = json!({"id": 7, "name": "Sprint 7, the last", "state": "closed", "boardId": 3});
        for sprint in [old, new] {
            assert_eq!(sprint_id(&sprint), Ok(Value::Int(7)));
            assert_eq!(sprint_name(&sprint), Ok("Sprint 7, the last".into()));
            assert_eq!(sprint_state(&sprint), Ok("closed".into()));
        }
    }

    #[test]
    fn a_link_names_the_other_issue_and_the_direction() {
        let kind = json!({"name": "Blocks", "inward": "is blocked by", "outward": "blocks"});
        let other = json!({"id": "10002", "key": "EX-2", "fields": {"summary": "b"}});
        let outward = json!({"id": "1", "type": kind, "outwardIssue": other});
        let inward = json!({"id": "1", "type": kind, "inwardIssue": other});
        assert_eq!(direction(&outward), Ok("outward".into()));
        assert_eq!(relation(&outward), Ok("blocks".into()));
        assert_eq!(relation(&inward), Ok("is blocked by".into()));
        assert_eq!(other_id(&inward), Ok(Value::Int(10002)));
        assert_eq!(other_key(&inward), Ok("EX-2".into()));
        assert_eq!(other_status(&inward), Ok(Value::Null));
    }
}

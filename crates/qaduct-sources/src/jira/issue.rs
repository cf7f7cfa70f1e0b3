//! The columns of an issue, and which fields are asked for to fill them.

use qaduct_records::Value;
use serde_json::Value as Json;

use super::adf;
use super::inside::INSIDE;
use crate::setup::Setup;
use crate::spec;

spec! {
    /// An issue of Jira. Its key changes when it moves to another project, its id stays.
    pub static ISSUE in "jira_issues" key ["issue_id"]
    objects ["fields"]
    ignoring ["self", "expand", "renderedFields", "names", "schema", "operations", "editmeta",
        "changelog", "transitions", "versionedRepresentations", "properties",
        "fields.issuelinks", "fields.subtasks", "fields.attachment", "fields.worklog"]
    {
        /// Its id.
        issue_id: Int = "id",
        /// Its key, such as `EX-12`, at the last reading.
        issue_key: Text = "key",
        /// Id of its project.
        project_id: Int = "fields.project.id",
        /// Key of its project.
        project_key: Text = "fields.project.key",
        /// Name of its project.
        project_name: Text = "fields.project.name",
        /// What it is about.
        summary: Text = "fields.summary",
        /// Its description as plain text.
        description: TextBy(adf::text) = "fields.description",
        /// Its environment as plain text.
        environment: TextBy(adf::text) = "fields.environment",
        /// Id of its type.
        issue_type_id: Int = "fields.issuetype.id",
        /// Its type, such as `Bug`.
        issue_type: Text = "fields.issuetype.name",
        /// Whether it is a part of another issue by its type.
        is_subtask: Bool = "fields.issuetype.subtask",
        /// Level of its type: -1 subtask, 0 issue, 1 epic and above.
        hierarchy_level: Int = "fields.issuetype.hierarchyLevel",
        /// Id of its status.
        status_id: Int = "fields.status.id",
        /// Its status in the words of its workflow.
        status: Text = "fields.status.name",
        /// What its status means: `new`, `indeterminate`, `done`.
        status_category: Text = "fields.status.statusCategory.key",
        /// Id of its priority.
        priority_id: Int = "fields.priority.id",
        /// Its priority.
        priority: Text = "fields.priority.name",
        /// Id of its resolution; NULL while it has none.
        resolution_id: Int = "fields.resolution.id",
        /// Its resolution; NULL while it has none.
        resolution: Text = "fields.resolution.name",
        /// Account of who works on it; NULL when nobody does.
        person assignee_id: TextBy(account) = "fields.assignee",
        /// Name of who works on it.
        person assignee: Text = "fields.assignee.displayName",
        /// E-mail address of who works on it, where it may be seen.
        person assignee_email: Text = "fields.assignee.emailAddress",
        /// Whether somebody works on it, whoever that is.
        is_assigned: BoolBy(crate::jira::issue::is_there) = "fields.assignee",
        /// Account of who reported it.
        person reporter_id: TextBy(account) = "fields.reporter",
        /// Name of who reported it.
        person reporter: Text = "fields.reporter.displayName",
        /// E-mail address of who reported it, where it may be seen.
        person reporter_email: Text = "fields.reporter.emailAddress",
        /// Account of who made it.
        person creator_id: TextBy(account) = "fields.creator",
        /// Name of who made it.
        person creator: Text = "fields.creator.displayName",
        /// When it was made.
        created_at: Instant = "fields.created",
        /// Minutes east of UTC in which Jira wrote that.
        created_offset_min: Offset = "fields.created",
        /// When it was changed last; some deletions inside it do not move this.
        updated_at: Instant = "fields.updated",
        /// Minutes east of UTC in which Jira wrote that.
        updated_offset_min: Offset = "fields.updated",
        /// When it was resolved; NULL while it is not.
        resolved_at: Instant = "fields.resolutiondate",
        /// Minutes east of UTC in which Jira wrote that.
        resolved_offset_min: Offset = "fields.resolutiondate",
        /// When the category of its status changed last.
        status_changed_at: Instant = "fields.statuscategorychangedate",
        /// Minutes east of UTC in which Jira wrote that.
        status_changed_offset_min: Offset = "fields.statuscategorychangedate",
        /// The day on which it is due.
        due_on: Day = "fields.duedate",
        /// Id of the issue that it is a part of.
        parent_id: Int = "fields.parent.id",
        /// Key of the issue that it is a part of.
        parent_key: Text = "fields.parent.key",
        /// What the issue that it is a part of is about.
        parent_summary: Text = "fields.parent.fields.summary",
        /// Its labels, joined by commas; one a row in `jira_issue_labels`.
        labels: Join { key: "name", by: "," } = "fields.labels",
        /// Its components, joined by commas; one a row in `jira_issue_components`.
        components: Join { key: "name", by: "," } = "fields.components",
        /// The versions in which it is fixed, joined by commas; one a row in
        /// `jira_issue_fix_versions`.
        fix_versions: Join { key: "name", by: "," } = "fields.fixVersions",
        /// The versions in which it was found, joined by commas; one a row in
        /// `jira_issue_affected_versions`.
        affected_versions: Join { key: "name", by: "," } = "fields.versions",
        /// Its level of security; NULL when all who see the project see it.
        security_level: Text = "fields.security.name",
        /// How many voted for it.
        votes: Int = "fields.votes.votes",
        /// How many watch it.
        watchers: Int = "fields.watches.watchCount",
        /// How many comments it has, where comments are asked for.
        comment_count: Int = "fields.comment.total",
        /// Seconds of work estimated at first.
        original_estimate_s: Int = "fields.timeoriginalestimate",
        /// Seconds of work estimated to be left.
        remaining_estimate_s: Int = "fields.timeestimate",
        /// Seconds of work booked on it.
        time_spent_s: Int = "fields.timespent",
        /// The same with its parts.
        aggregate_original_estimate_s: Int = "fields.aggregatetimeoriginalestimate",
        /// The same with its parts.
        aggregate_remaining_estimate_s: Int = "fields.aggregatetimeestimate",
        /// The same with its parts.
        aggregate_time_spent_s: Int = "fields.aggregatetimespent",
        /// Booked work in hundredths of the original estimate; -1 without one.
        work_ratio: Int = "fields.workratio",
    }
}

/// What identifies a person: the account id of Jira Cloud; in Jira Data Center the key,
/// which stays when the person is renamed, or the name.
///
/// # Errors
/// When there is something that is no person.
pub fn account(person: &Json) -> Result<Value, String> {
    if person.is_null() {
        return Ok(Value::Null);
    }
    ["accountId", "key", "name"]
        .iter()
        .filter_map(|it| person.get(it)?.as_str())
        .find(|it| !it.is_empty())
        .map(Value::from)
        .ok_or_else(|| "a person without an id".to_owned())
}

/// Whether there is something.
///
/// # Errors
/// Never.
pub fn is_there(json: &Json) -> Result<Value, String> {
    Ok(Value::Bool(!json.is_null()))
}

/// Whether comments are to be read.
#[must_use]
pub fn with_comments(setup: &Setup) -> bool {
    setup.is_on("comments")
}

/// The fields that fill the columns, and those that the settings name.
#[must_use]
pub fn fields(setup: &Setup, comments: bool) -> Vec<String> {
    let columns = ISSUE.fields.iter().map(|it| it.path);
    let inside = INSIDE.iter().map(|it| it.path);
    let mut fields: Vec<String> = Vec::new();
    for path in columns.chain(inside) {
        let Some(path) = path.strip_prefix("fields.") else {
            continue;
        };
        let name = path.split('.').next().unwrap_or(path);
        if name.starts_with('@') || (name == "comment" && !comments) {
            continue;
        }
        fields.push(name.to_owned());
    }
    fields.extend(setup.fields.values().cloned());
    let mut seen = std::collections::BTreeSet::new();
    fields.retain(|it| seen.insert(it.clone()));
    fields
}

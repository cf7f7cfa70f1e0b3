//! Stream `projects`: what the user may see.

use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};

use super::asking::{PAGE, call, list, one};
use crate::listing::Listing;
use crate::rest::{How, Inside, RestStream};
use crate::{populated, spec};

spec! {
    /// A project of TestRail.
    pub(super) static TABLE in "testrail_projects" key ["project_id"]
    ignoring ["users", "groups"]
    {
        /// Its id.
        project_id: Int = "id",
        /// Its name.
        name: Text = "name",
        /// Its description.
        announcement: Text = "announcement",
        /// Whether the description is shown on its page.
        show_announcement: Bool = "show_announcement",
        /// Whether it is completed.
        is_completed: Bool = "is_completed",
        /// When it was completed.
        completed_on: UnixSeconds = "completed_on",
        /// 1: one suite, 2: one suite with baselines, 3: many suites.
        suite_mode: Int = "suite_mode",
        /// The role of those who have none of their own in it.
        default_role_id: Int = "default_role_id",
        /// Name of that role.
        default_role: Text = "default_role",
        /// Whether its cases have a status of their own.
        case_statuses_enabled: Bool = "case_statuses_enabled",
        /// Its page.
        url: Text = "url",
    }
}

spec! {
    /// The role of a user in a project; only where the service lists it.
    pub(super) static USERS in "testrail_project_users" key ["project_id", "user_id"] {
        /// The project.
        project_id: ParentInt = "id",
        /// The user.
        user_id: Int = "id",
        /// Role in all projects.
        global_role_id: Int = "global_role_id",
        /// Name of that role.
        global_role: Text = "global_role",
        /// Role in this project.
        project_role_id: Int = "project_role_id",
        /// Name of that role.
        project_role: Text = "project_role",
    }
}

spec! {
    /// The role of a group of users in a project; only where the service lists it.
    pub(super) static GROUPS in "testrail_project_groups" key ["project_id", "group_id"] {
        /// The project.
        project_id: ParentInt = "id",
        /// The group.
        group_id: Int = "id",
        /// Role in this project.
        role_id: Int = "role_id",
        /// Name of that role.
        role: Text = "role",
    }
}

/// The list of all of them.
pub(super) fn projects() -> Listing {
    list(call("get_projects"), &["projects", ""])
}

pub(super) static PROJECTS: RestStream = RestStream {
    contract: &Stream {
        name: "projects",
        table: &TABLE.table,
        nested: &[&USERS.table, &GROUPS.table],
        parts: Parts::Scopes,
        part_columns: &[],
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    },
    spec: &TABLE,
    nested: &[
        Inside {
            spec: &USERS,
            path: "users",
            parent: ("project_id", "id"),
        },
        Inside {
            spec: &GROUPS,
            path: "groups",
            parent: ("project_id", "id"),
        },
    ],
    read: How::Own(|rest, stream, reading| populated::read(rest, stream, reading, projects())),
    one: Some(|_, _, key| one("get_project", key)),
    census: None,
    count: None,
    page: PAGE,
    flagged: None,
};

//! Stream `users`: all of them where we are an administrator, else those of each project.

use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};

use super::asking::{PAGE, call, list, one};
use crate::rest::{How, RestStream};
use crate::spec;

spec! {
    /// A user of TestRail.
    pub(super) static TABLE in "testrail_users" key ["user_id"] {
        /// The id by which cases, runs and results name the user.
        user_id: Int = "id",
        /// Full name.
        person name: Text = "name",
        /// E-mail address.
        person email: Text = "email",
        /// Whether the user may log in.
        is_active: Bool = "is_active",
        /// Whether the user is an administrator.
        is_admin: Bool = "is_admin",
        /// Role in all projects.
        role_id: Int = "role_id",
        /// Name of that role.
        role: Text = "role",
        /// Groups of the user: ids with commas.
        group_ids: Join { key: "", by: "," } = "group_ids",
        /// Projects that the user is assigned to: ids with commas.
        assigned_projects: Join { key: "", by: "," } = "assigned_projects",
        /// Whether the user gets e-mail.
        email_notifications: Bool = "email_notifications",
        /// Whether a second factor is required.
        mfa_required: Bool = "mfa_required",
        /// Whether single sign-on is enabled.
        sso_enabled: Bool = "sso_enabled",
    }
}

pub(super) static USERS: RestStream = RestStream {
    contract: &Stream {
        name: "users",
        table: &TABLE.table,
        nested: &[],
        parts: Parts::Scopes,
        part_columns: &[],
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::LEFT),
        count: Count::None,
    },
    spec: &TABLE,
    nested: &[],
    read: How::List(|_, reading| {
        let method = match reading.scope.values.get("project_id") {
            Some(project) => format!("get_users/{project}"),
            None => "get_users".to_owned(),
        };
        Ok(list(call(&method), &["users", ""]))
    }),
    one: Some(|_, _, key| one("get_user", key)),
    census: None,
    count: None,
    page: PAGE,
    flagged: None,
};

//! Stream `users`: who may look, and who owns what. Of an account that may not see others,
//! Looker lists itself alone. Credentials, sessions and settings are not asked for.

use qaduct_http::Call;
use qaduct_records::stream::Stream;

use super::{numbered, reading, whole};
use crate::rest::{How, RestStream};
use crate::spec;

const FIELDS: &str = "id,display_name,email,is_disabled,is_service_account,locale,role_ids,\
    group_ids,home_folder_id,personal_folder_id,verified_looker_employee";

spec! {
    /// A user of Looker.
    pub(super) static USER in "looker_users" key ["user_id"] {
        /// The id by which looks and dashboards name the user.
        user_id: Text = "id",
        /// Full name.
        person name: Text = "display_name",
        /// E-mail address.
        person email: Text = "email",
        /// Whether the user is kept from logging in.
        is_disabled: Bool = "is_disabled",
        /// Whether it is no person.
        is_service_account: Bool = "is_service_account",
        /// Language.
        locale: Text = "locale",
        /// Roles: ids with commas.
        role_ids: Join { key: "", by: "," } = "role_ids",
        /// Groups: ids with commas.
        group_ids: Join { key: "", by: "," } = "group_ids",
        /// The folder that opens first.
        home_folder_id: Text = "home_folder_id",
        /// The folder that is the user's own.
        personal_folder_id: Text = "personal_folder_id",
        /// Whether it is one of Looker's own people.
        is_of_looker: Bool = "verified_looker_employee",
    }
}

pub(super) static CONTRACT: Stream = whole("users", &USER.table);
pub(super) static USERS: RestStream = reading(
    &CONTRACT,
    &USER,
    How::List(|_, _| {
        let call = Call::get("users").with("fields", FIELDS);
        Ok(numbered(call.with("sorts", "id")))
    }),
);

//! Stream `folders`: where looks and dashboards stand, one in another.

use qaduct_http::Call;
use qaduct_records::stream::Stream;

use super::{reading, single, whole};
use crate::populated;
use crate::rest::{How, RestStream};
use crate::spec;

const FIELDS: &str = "id,name,parent_id,creator_id,created_at,child_count,is_personal,\
    is_personal_descendant,is_shared_root,is_users_root,is_embed,external_id";

spec! {
    /// A folder of Looker.
    pub(super) static FOLDER in "looker_folders" key ["folder_id"] {
        /// Its id; `lookml` is that of the dashboards in code.
        folder_id: Text = "id",
        /// Its name; that of a personal folder is its owner's.
        person name: Text = "name",
        /// The folder that it is in; NULL at the top.
        parent_id: Text = "parent_id",
        /// The user who made it.
        creator_id: Text = "creator_id",
        /// When it was made.
        created_at: Instant = "created_at",
        /// Folders in it.
        children: Int = "child_count",
        /// Whether it is somebody's own.
        is_personal: Bool = "is_personal",
        /// Whether it is in one that is somebody's own.
        is_in_personal: Bool = "is_personal_descendant",
        /// Whether it is the top of what is shared.
        is_shared_root: Bool = "is_shared_root",
        /// Whether all personal folders are in it.
        is_users_root: Bool = "is_users_root",
        /// Whether it was made for what is embedded elsewhere.
        is_embed: Bool = "is_embed",
        /// Its id where it is embedded.
        external_id: Text = "external_id",
    }
}

pub(super) static CONTRACT: Stream = whole("folders", &FOLDER.table);
pub(super) static FOLDERS: RestStream = reading(
    &CONTRACT,
    &FOLDER,
    How::Own(|rest, stream, reading| {
        let listing = single(Call::get("folders").with("fields", FIELDS));
        populated::read(rest, stream, reading, listing)
    }),
);

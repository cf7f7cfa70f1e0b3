//! Stream `looks`: saved queries with their pictures, those in the trash too.
//!
//! They can be sorted by when they were changed, and not be asked for by it: so a list is read
//! newest first, as far back as is stored. Going into the trash and out of it is no such change;
//! that, and what is gone for good, a list of ids tells. How often one was looked at changes all
//! the time and is in [`usage`](super::usage).

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Scope, SourceError};
use qaduct_records::stream::{Cursor, Deletes, Stream, gone};
use serde_json::Value as Json;

use super::{numbered, piece, reading, search, whole};
use crate::error::{self, Place};
use crate::listing::{Listing, all};
use crate::newest;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

/// Addresses that show a look to whoever knows them are not among them.
const FIELDS: &str = "id,title,description,folder_id,model,query_id,user_id,user_name,\
    last_updater_id,public,short_url,created_at,updated_at,deleted,deleted_at,deleter_id";

spec! {
    /// A look: a query that somebody saved, with the picture that it is shown as.
    pub(super) static LOOK in "looker_looks" key ["look_id"]
    ignoring ["model"]
    {
        /// Its id.
        look_id: Text = "id",
        /// Its title.
        title: Text = "title",
        /// What it is for.
        description: Text = "description",
        /// The folder that it is in, or was when it went into the trash.
        folder_id: Text = "folder_id",
        /// The model that it asks.
        model: Text = "model.id",
        /// Its query.
        query_id: Text = "query_id",
        /// Whose it is.
        user_id: Text = "user_id",
        /// The name of that user.
        person owner: Text = "user_name",
        /// Who changed it last.
        updated_by: Text = "last_updater_id",
        /// Whether whoever knows its address may see it.
        is_public: Bool = "public",
        /// Its page, below the address of the service.
        path: Text = "short_url",
        /// When it was made.
        created_at: Instant = "created_at",
        /// When it was changed last.
        updated_at: Instant = "updated_at",
        /// Whether it is in the trash.
        is_in_trash: Bool = "deleted",
        /// When it went there.
        trashed_at: Instant = "deleted_at",
        /// Who threw it away.
        trashed_by: Text = "deleter_id",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    cursor: Some(Cursor {
        column: "updated_at",
        immutable: false,
        overlap: 60,
        settle: 0,
    }),
    // One that was moved to another folder has left; one that is asked for and not found is
    // deleted.
    deletes: Deletes::Census(gone::LEFT),
    ..whole("looks", &LOOK.table)
};
pub(super) static LOOKS: RestStream = RestStream {
    one: Some(|_, _, key| one("looks", key, FIELDS)),
    census: Some(|rest, scope| census(rest, "looks", scope)),
    ..reading(
        &CONTRACT,
        &LOOK,
        How::Own(|rest, stream, reading| {
            let listing = list(&reading.scope);
            newest::read(rest, stream, reading, listing, "updated_at")
        }),
    )
};

fn list(scope: &Scope) -> Listing {
    let call = search("looks/search", scope, FIELDS);
    // Those that were changed in the same moment keep their order.
    numbered(call.with("sorts", "updated_at desc,id"))
}

/// The call that gives one by its id.
pub(super) fn one(list: &str, key: &[Value], fields: &str) -> (Call, &'static str) {
    let id = key.first().map(ToString::to_string).unwrap_or_default();
    let call = Call::get(format!("{list}/{}", piece(&id)));
    (call.with("fields", fields), "")
}

/// The ids of what a part holds.
pub(super) fn census(
    rest: &Rest,
    list: &'static str,
    scope: &Scope,
) -> Result<Vec<Vec<Value>>, SourceError> {
    let call = search(&format!("{list}/search"), scope, "id").with("sorts", "id");
    keys(rest, list, scope, &numbered(call))
}

/// The ids of a list.
pub(super) fn keys(
    rest: &Rest,
    stream: &'static str,
    scope: &Scope,
    listing: &Listing,
) -> Result<Vec<Vec<Value>>, SourceError> {
    let place = Place {
        part: &scope.name,
        ..Place::stream(&rest.setup.name, stream)
    };
    let found = all(listing, &rest.client).map_err(|it| error::of_call(&place, it))?;
    let ids = found
        .iter()
        .filter_map(|it| it.get("id").and_then(Json::as_str));
    Ok(ids.map(|it| vec![it.into()]).collect())
}

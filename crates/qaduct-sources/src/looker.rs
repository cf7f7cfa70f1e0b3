//! Looker: folders, looks and dashboards with how much they are used, people, schedules, the
//! rows that looks give, and pictures of both.
//!
//! Reads version 4.0 of its API. `user` and `token` are the two halves of an API key, for which
//! Looker gives a session. `projects` are folders, by their ids or names, each without those
//! in it; without any, all that the account may see.
//!
//! * [`folders`], [`looks`], [`dashboards`], [`people`], [`plans`]: what there is.
//! * [`usage`]: how often it was looked at, day by day.
//! * [`results`]: the rows that looks give, day by day, of those that the settings name.
//! * [`render`]: pictures, for whoever publishes them.

mod connect;
mod dashboards;
mod folders;
mod looks;
mod people;
mod plans;
mod render;
mod results;
mod scopes;
mod usage;

use qaduct_http::Call;
use qaduct_records::Table;
use qaduct_records::source::Scope;
use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};
use serde_json::Value as Json;

use crate::choice::Choice;
use crate::field::Spec;
use crate::listing::{Listing, Paging};
use crate::rest::{How, Kind, RestStream};

pub use render::{Picture, Renderer, Subject};

/// Looker.
pub static LOOKER: Kind = Kind {
    name: "looker",
    about: "Looker: looks, dashboards, their use and the rows that looks give",
    streams: &[
        &folders::FOLDERS,
        &people::USERS,
        &looks::LOOKS,
        &dashboards::DASHBOARDS,
        &plans::PLANS,
        &usage::USAGE,
        &results::RESULTS,
    ],
    contracts: &[
        &folders::CONTRACT,
        &people::CONTRACT,
        &looks::CONTRACT,
        &dashboards::CONTRACT,
        &plans::CONTRACT,
        &usage::CONTRACT,
        &results::CONTRACT,
    ],
    counted_apart: &[],
    variables: &[
        ("url", "LOOKER_HOST"),
        ("user", "LOOKER_CLIENT_ID"),
        ("token", "LOOKER_SECRET"),
        ("projects", "LOOKER_FOLDER_ID"),
    ],
    options: &[Choice {
        name: "results",
        words: &[],
        about: "looks whose rows are kept each day, by id, with commas; `folder:1820` is all of a \
                folder",
    }],
    connect: connect::connect,
    refusals: &[],
    scopes: scopes::scopes,
    probe: connect::probe,
    discover: connect::discover,
};

/// Rows a page. Looker knows no largest page, and no next one either.
const PAGE: u64 = 200;
/// Names of the values of a scope.
const FOLDER: &str = "folder_id";
const PLACE: &str = "place";
const LOOK: &str = "look_id";

/// Where looks and dashboards are: the words of [`PLACE`].
mod place {
    /// In their folder.
    pub(super) const FOLDER: &str = "folder";
    /// In the trash, from which they may come back.
    pub(super) const TRASH: &str = "trash";
    /// In the code of a model.
    pub(super) const CODE: &str = "code";
}

/// A stream that is read whole.
const fn whole(name: &'static str, table: &'static Table) -> Stream {
    Stream {
        name,
        table,
        nested: &[],
        parts: Parts::Scopes,
        part_columns: &[],
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    }
}

const fn reading(contract: &'static Stream, spec: &'static Spec, read: How) -> RestStream {
    RestStream {
        contract,
        spec,
        nested: &[],
        read,
        one: None,
        census: None,
        count: None,
        page: PAGE,
        flagged: None,
    }
}

/// A list in one page.
const fn single(first: Call) -> Listing {
    Listing {
        first,
        items: &[""],
        paging: Paging::Single,
        total: None,
    }
}

/// A list whose pages are told by the number of their first row. Each begins with the last row
/// of the one before, so that nothing is passed over when something goes.
fn numbered(first: Call) -> Listing {
    fn more(_: &Json, items: usize) -> bool {
        items > 1
    }
    Listing {
        first: first.with("limit", PAGE),
        items: &[""],
        paging: Paging::Anchored {
            offset: "offset",
            id: "id",
            more,
        },
        total: None,
    }
}

/// A search of what a part holds, with these fields.
fn search(path: &str, scope: &Scope, fields: &str) -> Call {
    let mut call = Call::get(path).with("fields", fields);
    if let Some(folder) = scope.values.get(FOLDER) {
        call = call.with("folder_id", folder);
    }
    let in_trash = scope.text(PLACE) == place::TRASH;
    call.with("deleted", in_trash)
}

/// A text as one piece of a path.
fn piece(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20")
}

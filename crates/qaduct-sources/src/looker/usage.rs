//! Stream `usage`: how often looks and dashboards were looked at, as Looker counts it on the day
//! of the reading. It tells only how much it is now: the days make a history of it.

use qaduct_http::Call;
use qaduct_records::source::{Reading, Scope, SourceError};
use qaduct_records::stream::{Deletes, Stream};
use serde_json::{Value as Json, json};

use super::{FOLDER, PLACE, numbered, reading, whole};
use crate::listing::Listing;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

const FIELDS: &str = "id,view_count,favorite_count,last_viewed_at,last_accessed_at";

spec! {
    /// How much a look or a dashboard was used, as Looker counted it on a day.
    pub(super) static USE in "looker_usage" key ["content_type", "content_id", "day"] {
        /// `look` or `dashboard`.
        content_type: Scope("place") = "",
        /// Its id.
        content_id: Text = "id",
        /// The day of the reading, in UTC; the last reading of a day counts.
        day: Day = "#day",
        /// How often it was looked at, since it was made.
        views: Int = "view_count",
        /// How many people have it among their favourites.
        favorites: Int = "favorite_count",
        /// When somebody looked at it last; NULL where nobody ever did.
        last_viewed_at: Instant = "last_viewed_at",
        /// When it was used last, also by programs.
        last_accessed_at: Instant = "last_accessed_at",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    deletes: Deletes::Never,
    ..whole("usage", &USE.table)
};
pub(super) static USAGE: RestStream = reading(&CONTRACT, &USE, How::Shaped(list, dated));

#[expect(clippy::unnecessary_wraps, reason = "lists may need to ask for more")]
fn list(_rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    let scope = &reading.scope;
    let mut call = Call::get(format!("{}s/search", scope.text(PLACE))).with("fields", FIELDS);
    if let Some(folder) = scope.values.get(FOLDER) {
        call = call.with("folder_id", folder);
    }
    Ok(numbered(call.with("sorts", "id")))
}

fn dated(rest: &Rest, _scope: &Scope, items: Vec<Json>) -> Vec<Json> {
    let day = rest.setup.now.strftime("%Y-%m-%d").to_string();
    let dated = items.into_iter().map(|mut it| {
        if let Json::Object(fields) = &mut it {
            fields.insert("#day".to_owned(), json!(day));
        }
        it
    });
    dated.collect()
}

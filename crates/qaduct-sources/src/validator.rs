//! Whether a list has changed since it was read last, by the `ETag` of its first page.
//!
//! A tag is kept with what it was made of: the question, the columns, what becomes of
//! people, the version of qaduct. Whoever reads records in another way has to read them
//! again, whether or not the service has changed them.

use qaduct_http::{Answer, Call};
use qaduct_records::digest::digest;
use serde_json::{Value as Json, json};

use crate::rest::{Rest, RestStream};
use crate::shape;

/// What the next reading is given.
pub(crate) fn made(
    rest: &Rest,
    stream: &RestStream,
    first: &Call,
    answer: &Answer,
) -> Option<String> {
    let tag = answer.header("etag").filter(|it| !it.is_empty())?;
    Some(json!({"of": seal(rest, stream, first), "tag": tag}).to_string())
}

/// The tag in it, if it was made of the same.
pub(crate) fn tag(
    rest: &Rest,
    stream: &RestStream,
    first: &Call,
    given: Option<&str>,
) -> Option<String> {
    let given: Json = serde_json::from_str(given?).ok()?;
    if given.get("of")?.as_str()? != seal(rest, stream, first) {
        return None;
    }
    given.get("tag")?.as_str().map(str::to_owned)
}

fn seal(rest: &Rest, stream: &RestStream, first: &Call) -> String {
    let question = format!("{}?{:?}", first.path, first.query);
    let shape = shape::of(&rest.setup, stream);
    digest([env!("CARGO_PKG_VERSION"), &question, &shape].map(Some))
}

//! Whether a list has changed since it was read last, by the `ETag` of its first page.
//!
//! A tag is kept with what it was made of: the question, the columns, what becomes of
//! people, the version of qaduct. Whoever reads records in another way has to read them
//! again, whether or not the service has changed them.

use qaduct_http::{Answer, Call};
use qaduct_records::digest::digest;
use serde_json::{Value as Json, json};

use crate::rest::{Rest, RestStream};

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
    let mut parts = vec![
        env!("CARGO_PKG_VERSION").to_owned(),
        format!("{}?{:?}", first.path, first.query),
        format!("{:?}", rest.setup.people),
        format!("{:?} {:?}", rest.setup.fields, rest.setup.options),
    ];
    let inside = stream.nested.iter().map(|it| it.spec);
    for spec in std::iter::once(stream.spec).chain(inside) {
        let fields = spec.fields.iter();
        parts.extend(fields.map(|it| format!("{} {} {:?}", it.column, it.path, it.read.kind())));
    }
    digest(parts.iter().map(|it| Some(it.as_str())))
}

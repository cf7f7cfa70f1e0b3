//! Lists inside a record: labels, assignees, flags.

use std::borrow::Cow;

use qaduct_records::source::RowProblem;
use serde_json::Value as Json;

use crate::people::People;
use crate::rest::{Inside, RestStream};
use crate::rows;

/// That something stands where a list should.
pub(crate) fn no_list(
    stream: &RestStream,
    inside: &Inside,
    key: String,
    found: &Json,
    people: &People,
) -> RowProblem {
    let shown = found.to_string();
    RowProblem {
        table: stream.spec.table.name,
        key,
        field: inside.path.to_owned(),
        problem: "not a list".to_owned(),
        value: people.text(&shown).chars().take(rows::SHOWN).collect(),
    }
}

/// The items of a list inside a record. A text is a list written with commas, `null` is
/// an empty one; `None` is something else.
pub(crate) fn inner(list: &Json) -> Option<Cow<'_, [Json]>> {
    Some(match list {
        Json::Array(items) => Cow::Borrowed(items),
        Json::String(text) => {
            let parts = text.split(',').map(str::trim).filter(|it| !it.is_empty());
            Cow::Owned(parts.map(Json::from).collect())
        }
        Json::Null => Cow::Borrowed(&[]),
        _ => return None,
    })
}

//! How TestRail is asked: its calls, and its lists in all their forms.

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Failure, Reading, Scope, SourceError};
use serde_json::Value as Json;

use super::span::{WorkingTime, measure};
use crate::error::{self, Place};
use crate::field::at;
use crate::listing::{Listing, Paging, all};
use crate::rest::Rest;
use crate::rows::id;

/// Rows of a page; TestRail has no larger ones.
pub(super) const PAGE: u64 = 250;

/// A call of the API: `get_case/12`. The `?` stands before its name; parameters follow
/// behind `&`.
pub(super) fn call(method: &str) -> Call {
    Call::get(format!("index.php?/api/v2/{method}"))
}

/// The call for one row. TestRail says 400 to an id that it does not have.
pub(super) fn one(method: &str, key: &[Value]) -> (Call, &'static str) {
    let id = key.first().map(ToString::to_string).unwrap_or_default();
    (call(&format!("{method}/{id}")).accept(&[400, 404]), "")
}

/// A list that older servers give whole.
pub(super) fn list(first: Call, items: &'static [&'static str]) -> Listing {
    listing(first, items, |answer, _| goes_on(answer))
}

/// A list that older servers give in pages without saying so: runs, plans, results.
pub(super) fn paged_list(first: Call, items: &'static [&'static str]) -> Listing {
    listing(first, items, |answer, items| {
        goes_on(answer) || answer.is_array() && items as u64 >= PAGE
    })
}

fn listing(first: Call, items: &'static [&'static str], more: fn(&Json, usize) -> bool) -> Listing {
    Listing {
        first,
        items,
        // `_links.next` is followed only in so far as it says that there is more: what
        // is deleted meanwhile moves the rest up, past the place that it names.
        paging: Paging::Anchored {
            offset: "offset",
            id: "id",
            more,
        },
        total: None,
    }
}

fn goes_on(answer: &Json) -> bool {
    let next = at(answer, "_links.next").or_else(|| at(answer, "history._links.next"));
    next.is_some_and(|it| !it.is_null())
}

/// The call with a lower bound. TestRail leaves out the bound itself.
pub(super) fn after(call: Call, name: &str, reading: &Reading) -> Call {
    match reading.lower {
        Some(lower) => call.with(name, lower.as_second() - 1),
        None => call,
    }
}

/// The keys of a whole list, for a census.
pub(super) fn ids(
    rest: &Rest,
    stream: &str,
    scope: &Scope,
    listing: fn(&Reading) -> Listing,
) -> Result<Vec<Vec<Value>>, SourceError> {
    let whole = Reading {
        scope: scope.clone(),
        lower: None,
        upper: rest.setup.now,
        position: None,
        validator: None,
    };
    let place = Place {
        part: &scope.name,
        ..Place::stream(&rest.setup.name, stream)
    };
    let items = all(&listing(&whole), &rest.client).map_err(|it| error::of_call(&place, it))?;
    let ids = items.iter().filter(|it| it["is_deleted"] != 1);
    // One that is left out would be taken for deleted.
    ids.map(|it| Ok(vec![Value::Int(id_of(&place, it)?)]))
        .collect()
}

/// The id of a record of a list: one without any cannot be left out unnoticed.
pub(super) fn id_of(place: &Place<'_>, record: &Json) -> Result<i64, SourceError> {
    id(record, "id").ok_or_else(|| {
        let trouble = format!("a record of the list has no id: {}", record["id"]);
        SourceError::new(Failure::Answer, place.to_string(), trouble)
    })
}

/// Measures the time spans of records.
pub(super) fn timed(rest: &Rest, _scope: &Scope, mut items: Vec<Json>) -> Vec<Json> {
    // The options were looked at when the source was opened.
    if let Ok(time) = WorkingTime::of(&rest.setup) {
        for item in &mut items {
            measure(&time, item, &["elapsed", "estimate", "estimate_forecast"]);
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_envelope_that_stands_under_the_name_of_its_list_goes_on_like_any_other() {
        let links = json!({ "next": "/api/v2/get_history_for_case/1&limit=250&offset=250" });
        assert!(goes_on(&json!({ "_links": links, "history": [] })));
        assert!(goes_on(
            &json!({ "history": { "_links": links, "history": [] } })
        ));
        assert!(!goes_on(
            &json!({ "history": { "_links": { "next": null } } })
        ));
        assert!(!goes_on(&json!([])));
    }
}

//! Stream `fields`: the fields of bugs, the server's own ones too, and what they may hold.

use qaduct_http::Call;
use qaduct_records::source::Scope;
use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};
use serde_json::Value as Json;

use crate::listing::{Listing, Paging};
use crate::rest::{How, Inside, Rest, RestStream};
use crate::spec;

spec! {
    /// A field of bugs.
    pub(super) static FIELD in "bugzilla_fields" key ["field_id"]
    ignoring ["values"]
    {
        /// Its number.
        field_id: Int = "id",
        /// Its name; that of a custom field begins with `cf_`.
        name: Text = "name",
        /// Its name for people.
        display_name: Text = "display_name",
        /// 0 unknown, 1 text, 2 choice, 3 choices, 4 long text, 5 instant, 6 bug,
        /// 7 addresses of bugs, 8 keywords, 9 day, 10 whole number.
        type_id: Int = "type",
        /// Whether it is of this server's own making.
        is_custom: Bool = "is_custom",
        /// Whether it must be filled in.
        is_mandatory: Bool = "is_mandatory",
        /// Whether it is shown where bugs are filed.
        is_on_bug_entry: Bool = "is_on_bug_entry",
        /// The field whose value decides whether it is shown.
        visibility_field: Text = "visibility_field",
        /// The values of that field for which it is shown, with commas.
        visibility_values: Join { key: "", by: "," } = "visibility_values",
        /// The field whose value decides what it may hold.
        value_field: Text = "value_field",
    }
}

spec! {
    /// A value that a field may hold.
    pub(super) static VALUE in "bugzilla_field_values" key ["field_id", "ordinal"]
    ignoring ["sortkey"]
    {
        /// The field.
        field_id: ParentInt = "id",
        /// Place in the list of the server, from 0.
        ordinal: Ordinal = "",
        /// The value.
        name: Text = "name",
        /// Its place among the values for people.
        sort_key: Int = "sort_key",
        /// Whether it can be chosen.
        is_active: Bool = "is_active",
        /// What it means.
        description: Text = "description",
        /// Of a status: whether bugs with it are open.
        is_open: Bool = "is_open",
        /// The values of the field `value_field` for which it can be chosen, with commas;
        /// for components and versions these are products.
        visibility_values: Join { key: "", by: "," } = "visibility_values",
        /// Of a status: those that may follow it, as JSON.
        can_change_to: Json = "can_change_to",
    }
}

pub(super) static FIELDS: RestStream = RestStream {
    contract: &Stream {
        name: "fields",
        table: &FIELD.table,
        nested: &[&VALUE.table],
        parts: Parts::Scopes,
        part_columns: &[],
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    },
    spec: &FIELD,
    nested: &[Inside {
        spec: &VALUE,
        path: "values",
        parent: ("field_id", "id"),
    }],
    read: How::Shaped(
        |_, _| {
            Ok(Listing {
                first: Call::get("rest/field/bug"),
                items: &["fields"],
                paging: Paging::Single,
                total: None,
            })
        },
        even,
    ),
    one: None,
    census: None,
    count: None,
    page: u64::MAX,
    flagged: None,
};

/// Older servers write `sortkey`.
fn even(_: &Rest, _: &Scope, mut fields: Vec<Json>) -> Vec<Json> {
    let values = fields
        .iter_mut()
        .filter_map(|it| it.get_mut("values")?.as_array_mut())
        .flatten();
    for value in values.filter_map(Json::as_object_mut) {
        if !value.contains_key("sort_key")
            && let Some(key) = value.get("sortkey").cloned()
        {
            value.insert("sort_key".to_owned(), key);
        }
    }
    fields
}

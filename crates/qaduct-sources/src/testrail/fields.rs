//! Streams `statuses`, `priorities`, `case_types`, `case_fields`: what the numbers in
//! cases and results mean. All are short bare lists.

use qaduct_http::Call;
use qaduct_records::Table;
use qaduct_records::source::Scope;
use qaduct_records::stream::{Count, Deletes, Finality, Parts, Stream, gone};
use serde_json::{Value as Json, json};

use super::asking::call;
use crate::listing::{Listing, Paging};
use crate::rest::{How, Inside, Rest, RestStream};
use crate::spec;

spec! {
    /// A status of results. 1 is passed, 2 blocked, 3 untested, 4 retest, 5 failed;
    /// others are of the instance.
    pub(super) static STATUS_TABLE in "testrail_statuses" key ["status_id"] {
        /// Its id.
        status_id: Int = "id",
        /// Its name in the API.
        name: Text = "name",
        /// Its name for people.
        label: Text = "label",
        /// Whether a test with it is done.
        is_final: Bool = "is_final",
        /// Whether every TestRail has it.
        is_system: Bool = "is_system",
        /// Whether it stands for tests without a result.
        is_untested: Bool = "is_untested",
        /// Colour, as a number of 24 bits.
        color_dark: Int = "color_dark",
        /// Its lighter colour.
        color_medium: Int = "color_medium",
        /// Its lightest colour.
        color_bright: Int = "color_bright",
    }
}

spec! {
    /// A priority of cases.
    pub(super) static PRIORITY_TABLE in "testrail_priorities" key ["priority_id"] {
        /// Its id.
        priority_id: Int = "id",
        /// Its name.
        name: Text = "name",
        /// Its short name.
        short_name: Text = "short_name",
        /// Its rank; higher is more urgent.
        priority: Int = "priority",
        /// Whether new cases have it.
        is_default: Bool = "is_default",
    }
}

spec! {
    /// A type of cases, such as acceptance or performance.
    pub(super) static TYPE_TABLE in "testrail_case_types" key ["type_id"] {
        /// Its id.
        type_id: Int = "id",
        /// Its name.
        name: Text = "name",
        /// Whether new cases have it.
        is_default: Bool = "is_default",
    }
}

spec! {
    /// A custom field of cases. Its values stand in `_extra` of `testrail_cases`.
    pub(super) static FIELD_TABLE in "testrail_case_fields" key ["field_id"]
    ignoring ["#options"]
    {
        /// Its id.
        field_id: Int = "id",
        /// Its name without `custom_`.
        name: Text = "name",
        /// Its name in the records: `custom_automation_status`.
        system_name: Text = "system_name",
        /// Its name for people.
        label: Text = "label",
        /// What it is for.
        description: Text = "description",
        /// 1 text, 2 whole number, 3 long text, 4 URL, 5 checkbox, 6 drop-down, 7 user,
        /// 8 date, 9 milestone, 10 steps, 11 results of steps, 12 multi-select.
        type_id: Int = "type_id",
        /// Its place among the fields.
        display_order: Int = "display_order",
        /// Whether it is part of all templates.
        include_all: Bool = "include_all",
        /// Templates that it is part of: ids with commas.
        template_ids: Join { key: "", by: "," } = "template_ids",
        /// Whether it is in use.
        is_active: Bool = "is_active",
        /// What it is a field of.
        entity_id: Int = "entity_id",
        /// Where it stands on the page.
        location_id: Int = "location_id",
        /// State of its configuration.
        status_id: Int = "status_id",
        /// Its settings in each context, as JSON.
        configs: Json = "configs",
    }
}

spec! {
    /// A choice of a drop-down or multi-select field.
    pub(super) static OPTION_TABLE in "testrail_field_options"
    key ["field_id", "config_id", "ordinal"]
    {
        /// The field.
        field_id: ParentInt = "id",
        /// The context that the choice is offered in.
        config_id: Text = "config_id",
        /// Place of the choice in its context, from 0.
        ordinal: Int = "ordinal",
        /// The number that records hold.
        option_id: Int = "option_id",
        /// What it means.
        label: Text = "label",
        /// Whether it is chosen where nobody has chosen.
        is_default: Bool = "is_default",
        /// Whether the context is all projects.
        is_global: Bool = "is_global",
        /// Else the projects of the context: ids with commas.
        project_ids: Join { key: "", by: "," } = "project_ids",
    }
}

/// A bare list, whole in one answer.
fn bare(first: Call) -> Listing {
    Listing {
        first,
        items: &["", "case_fields", "statuses", "priorities", "case_types"],
        paging: Paging::Single,
        total: None,
    }
}

const fn contract(
    name: &'static str,
    table: &'static Table,
    nested: &'static [&'static Table],
) -> Stream {
    Stream {
        name,
        table,
        nested,
        parts: Parts::Scopes,
        part_columns: &[],
        cursor: None,
        finality: Finality::Mutable,
        deletes: Deletes::Listed(gone::DELETED),
        count: Count::None,
    }
}

macro_rules! words {
    ($name:ident, $contract:ident, $stream:literal, $method:literal, $spec:ident) => {
        static $contract: Stream = contract($stream, &$spec.table, &[]);
        pub(super) static $name: RestStream = RestStream {
            contract: &$contract,
            spec: &$spec,
            nested: &[],
            read: How::List(|_, _| Ok(bare(call($method)))),
            one: None,
            census: None,
            count: None,
            page: u64::MAX,
            flagged: None,
        };
    };
}

words!(
    STATUSES,
    STATUSES_CONTRACT,
    "statuses",
    "get_statuses",
    STATUS_TABLE
);
words!(
    PRIORITIES,
    PRIORITIES_CONTRACT,
    "priorities",
    "get_priorities",
    PRIORITY_TABLE
);
words!(
    CASE_TYPES,
    CASE_TYPES_CONTRACT,
    "case_types",
    "get_case_types",
    TYPE_TABLE
);

static FIELDS_CONTRACT: Stream =
    contract("case_fields", &FIELD_TABLE.table, &[&OPTION_TABLE.table]);

pub(super) static CASE_FIELDS: RestStream = RestStream {
    contract: &FIELDS_CONTRACT,
    spec: &FIELD_TABLE,
    nested: &[Inside {
        spec: &OPTION_TABLE,
        path: "#options",
        parent: ("field_id", "id"),
    }],
    read: How::Shaped(|_, _| Ok(bare(call("get_case_fields"))), with_options),
    one: None,
    census: None,
    count: None,
    page: u64::MAX,
    flagged: None,
};

/// Puts the choices of each field beside it.
fn with_options(_: &Rest, _: &Scope, mut fields: Vec<Json>) -> Vec<Json> {
    for field in &mut fields {
        let options: Vec<Json> = field["configs"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .flat_map(|(n, config)| options(n, config))
            .collect();
        if let Json::Object(field) = field {
            field.insert("#options".to_owned(), options.into());
        }
    }
    fields
}

/// The choices of a context: lines such as `1, Automated`.
fn options(n: usize, config: &Json) -> Vec<Json> {
    let id = config["id"]
        .as_str()
        .map_or_else(|| n.to_string(), str::to_owned);
    let context = &config["context"];
    let default = &config["options"]["default_value"];
    let default = default
        .as_str()
        .map_or_else(|| default.to_string(), str::to_owned);
    let lines = config["options"]["items"]
        .as_str()
        .unwrap_or_default()
        .lines();
    lines
        .filter(|it| !it.trim().is_empty())
        .enumerate()
        .map(|(ordinal, line)| {
            let (number, label) = line.split_once(',').unwrap_or((line, ""));
            let projects = context["project_ids"].as_array();
            json!({
                "config_id": id,
                "ordinal": ordinal,
                "option_id": number.trim(),
                "label": label.trim(),
                "is_default": number.trim() == default,
                "is_global": context["is_global"],
                "project_ids": projects,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choices_of_a_field_are_read_in_each_context() {
        let config = json!({
            "id": "abc",
            "context": { "is_global": false, "project_ids": [1, 2] },
            "options": { "items": "1, Untriaged\n2,Suitable, mostly\r\n\n x, Broken", "default_value": "2" },
        });
        let read: Vec<_> = options(0, &config)
            .iter()
            .map(|it| format!("{} {} {}", it["option_id"], it["label"], it["is_default"]))
            .collect();
        assert_eq!(
            read,
            [
                r#""1" "Untriaged" false"#,
                r#""2" "Suitable, mostly" true"#,
                r#""x" "Broken" false"#
            ]
        );
    }
}

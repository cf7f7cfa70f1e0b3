//! Stream `results`: the rows that looks give, once a day. Only of looks that the settings name:
//! each is a query of the database behind Looker.
//!
//! All rows are asked for, whatever limit was saved with the look. Where as many come as one
//! of Looker's own limits lets through, there may be more of them, and the reading is not
//! complete.

use qaduct_http::{Answer, Call};
use qaduct_records::source::{Page, Pages, Reading, SourceError};
use qaduct_records::stream::{Deletes, Stream};
use serde_json::{Map, Value as Json, json};

use super::{LOOK, piece, reading, whole};
use crate::error;
use crate::rest::{How, Inside, Rest, RestStream};
use crate::spec;

/// Limits of Looker's own: that of a query which names none, and the largest that can be saved.
const LIMITS: &[usize] = &[500, 5_000];
/// Kinds of fields in the description of an answer.
const CATEGORIES: &[&str] = &["dimensions", "measures", "pivots", "table_calculations"];

spec! {
    /// What a look gave on a day. Read where the option `results` of the source names the look.
    pub(super) static RESULT in "looker_results" key ["snapshot"]
    ignoring ["#rows", "#fields"]
    {
        /// Its id: the look and the day.
        snapshot: Text = "#snapshot",
        /// The look.
        look_id: Scope("look_id") = "",
        /// The day of the reading, in UTC; the last reading of a day counts.
        day: Day = "#day",
        /// When the pull began that ran the query.
        ran_at: Instant = "#ran_at",
        /// How many rows it gave.
        row_count: Int = "#count",
        /// Whether columns were left out because there were too many.
        is_cut: Bool = "#cut",
        /// The filters of the query, as JSON.
        filters: Json = "filters",
        /// A filter that is a formula.
        filter_expression: Text = "filter_expression",
        /// Values by which columns are repeated, as JSON.
        pivots: Json = "pivots",
        /// The query in SQL; NULL where the account may not see it.
        sql_text: Text = "sql",
    }
}

spec! {
    /// A row that a look gave.
    static ROW in "looker_result_rows" key ["snapshot", "nth"] {
        /// The look and the day: see `looker_results`.
        snapshot: ParentText = "#snapshot",
        /// Its number, from 0.
        nth: Ordinal = "",
        /// Its values by the names of their fields, as JSON.
        cells: Json = "#cells",
    }
}

spec! {
    /// A field of the rows that a look gave.
    static FIELD in "looker_result_fields" key ["snapshot", "category", "name"]
    ignoring ["sql", "dimension_group", "field_group_label", "field_group_variant", "align",
        "measure", "expression"]
    {
        /// The look and the day: see `looker_results`.
        snapshot: ParentText = "#snapshot",
        /// Its name in the rows: `runs.count`.
        name: Text = "name",
        /// Its number, from 0.
        nth: Ordinal = "",
        /// Its name for people.
        label: Text = "label",
        /// `dimensions`, `measures`, `pivots` or `table_calculations`.
        category: Text = "#category",
        /// What its values are: `string`, `count`, `date_week`.
        field_type: Text = "type",
        /// How its numbers are written: `0.0%`.
        value_format: Text = "value_format",
        /// The view that it is of.
        view_name: Text = "view",
        /// What it is.
        description: Text = "description",
        /// Whether it is not shown.
        is_hidden: Bool = "hidden",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    nested: &[&ROW.table, &FIELD.table],
    part_columns: &[LOOK],
    deletes: Deletes::Never,
    ..whole("results", &RESULT.table)
};
pub(super) static RESULTS: RestStream = RestStream {
    nested: &[
        Inside {
            spec: &ROW,
            path: "#rows",
            parent: ("snapshot", "#snapshot"),
        },
        Inside {
            spec: &FIELD,
            path: "#fields",
            parent: ("snapshot", "#snapshot"),
        },
    ],
    ..reading(&CONTRACT, &RESULT, How::Own(read))
};

/// The one answer about a look.
struct ResultPages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    /// `None` when it was read.
    reading: Option<Reading>,
}

fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    Ok(Box::new(ResultPages {
        rest,
        stream,
        reading: Some(reading.clone()),
    }))
}

impl Pages for ResultPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(Reading { scope, .. }) = &self.reading else {
            return Ok(None);
        };
        let look = scope.text(LOOK);
        let path = format!("looks/{}/run/json_bi", piece(&look));
        let place = self.rest.place(self.stream, scope, 1);
        let mut answer = self.rest.send(&place, &Call::get(path).with("limit", -1))?;
        let wrong = |it: String| error::of_call(&place, answer.wrong(&it));
        let rows = rows(&answer).map_err(wrong)?;
        let metadata = answer.json["metadata"].take();
        let cut = metadata["columns_truncated"].as_str();
        let cut = cut.map(|it| !matches!(it, "" | "no" | "false"));
        let now = self.rest.setup.now;
        let day = now.strftime("%Y-%m-%d").to_string();
        let count = rows.len();
        let mut record = json!({
            "#snapshot": format!("{look}@{day}"), "#day": day, "#ran_at": now.to_string(),
            "#count": count, "#cut": cut, "#rows": rows, "#fields": fields(&metadata),
        });
        for name in ["filters", "filter_expression", "pivots", "sql"] {
            record[name] = metadata[name].clone();
        }
        let mut page = self.rest.page(self.stream, scope, &[record]);
        page.incomplete = page
            .incomplete
            .or_else(|| why_incomplete(&look, count, cut));
        page.exchange = Some(answer.exchange);
        self.reading = None;
        Ok(Some(page))
    }
}

/// The rows of an answer, or what is wrong with it: a query that fails has status 200 as well.
fn rows(answer: &Answer) -> Result<Vec<Json>, String> {
    let failed = answer.json["errors"].as_array().and_then(|it| it.first());
    if let Some(error) = failed {
        let text = |key: &str| error[key].as_str().unwrap_or_default();
        let said = format!("{} {}", text("message"), text("message_details"));
        return Err(format!("is that the query failed: {}", said.trim()));
    }
    let Some(rows) = answer.json["rows"].as_array() else {
        return Err("holds no rows".to_owned());
    };
    // Each is an object, or the text of one.
    let cells = |row: &Json| match row.as_str().map(serde_json::from_str::<Json>) {
        Some(Ok(inner)) => inner,
        _ => row.clone(),
    };
    Ok(rows
        .iter()
        .map(|it| json!({ "#cells": cells(it) }))
        .collect())
}

/// The fields in the order of their kinds.
fn fields(metadata: &Json) -> Vec<Json> {
    let mut fields = Vec::new();
    for category in CATEGORIES {
        let of_kind = metadata["fields"][*category].as_array();
        for field in of_kind.into_iter().flatten() {
            let mut field = field.as_object().cloned().unwrap_or_else(Map::new);
            field.remove("category");
            field.insert("#category".to_owned(), json!(category));
            fields.push(Json::Object(field));
        }
    }
    fields
}

fn why_incomplete(look: &str, count: usize, cut: Option<bool>) -> Option<String> {
    if LIMITS.contains(&count) {
        return Some(format!(
            "look {look} gave {count} rows, which is a limit of Looker's: there may be more"
        ));
    }
    (cut == Some(true))
        .then(|| format!("Looker left out columns of look {look}, as it has too many"))
}

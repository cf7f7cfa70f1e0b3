//! Stream `case_history`: each change of each field of a case.
//!
//! TestRail gives it for one case a call. So it is read where the option `case_history`
//! of the source is `true`, and nowhere else: of all cases once, then of those that changed.

use std::collections::VecDeque;

use qaduct_http::error::Kind;
use qaduct_records::Value;
use qaduct_records::source::{Page, Pages, Reading, RowProblem, Scope, SourceError};
use qaduct_records::stream::{Count, Deletes, Finality, Parts, SOURCE, Stream};
use serde_json::{Value as Json, json};

use super::asking::{call, id_of, list};
use super::{by, cases};
use crate::error::{self, Place};
use crate::listing::Walk;
use crate::people::People;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// A change of one field of a case. Read where the option `case_history` of the source is
    /// `true`: it takes a call for each case.
    pub(super) static TABLE in "testrail_case_history" key ["case_id", "change_id", "ordinal"]
    objects ["#entry"]
    ignoring ["#entry.changes"]
    {
        /// The case.
        case_id: Int = "#case",
        /// Id of the change; one change may touch several fields.
        change_id: Int = "#entry.id",
        /// Place of the field in the change, from 0.
        ordinal: Int = "#ordinal",
        /// When the case was changed.
        changed_on: UnixSeconds = "#entry.created_on",
        /// Who changed it.
        user_id: Int = "#entry.user_id",
        /// Kind of the change, a number of TestRail's own.
        change_type_id: Int = "#entry.type_id",
        /// Name of the field in the records, such as `custom_automation_status`; NULL for a
        /// change that names none.
        field: Text = "field",
        /// Name of the field for people.
        label: Text = "label",
        /// Type of the field: see `testrail_case_fields`.
        type_id: Int = "type_id",
        /// The value before, as JSON.
        old_value: Json = "old_value",
        /// The same in words.
        old_text: Text = "old_text",
        /// The value after, as JSON.
        new_value: Json = "new_value",
        /// The same in words.
        new_text: Text = "new_text",
    }
}

pub(super) static CASE_HISTORY: RestStream = RestStream {
    contract: &Stream {
        name: "case_history",
        table: &TABLE.table,
        nested: &[],
        parts: Parts::Scopes,
        // Nothing depends on which part a change is of: it never goes.
        part_columns: &[SOURCE],
        cursor: Some(by("changed_on", true)),
        finality: Finality::Immutable,
        deletes: Deletes::Never,
        count: Count::None,
    },
    spec: &TABLE,
    nested: &[],
    read: How::Own(|rest, stream, reading| Ok(Box::new(HistoryPages::new(rest, stream, reading)?))),
    one: None,
    census: None,
    count: None,
    page: 1,
    flagged: None,
};

/// Pages of history: a page of cases, then those of the history of each.
struct HistoryPages<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    cases: Option<Walk>,
    /// Cases that were found and not asked for to the end, the one under way first.
    queue: VecDeque<i64>,
    /// The history of the first of them.
    history: Option<Walk>,
    page: u64,
}

impl<'r> HistoryPages<'r> {
    fn new(
        rest: &'r Rest,
        stream: &'static RestStream,
        reading: &Reading,
    ) -> Result<Self, SourceError> {
        let (cases, queue) = match &reading.position {
            None => (Some(Walk::new(cases::cases(reading))), VecDeque::new()),
            Some(position) => resume(reading, position)
                .ok_or_else(|| error::position(&rest.setup.name, stream.contract.name))?,
        };
        Ok(Self {
            rest,
            stream,
            reading: reading.clone(),
            cases,
            queue,
            history: None,
            page: 0,
        })
    }

    fn place(&self) -> Place<'_> {
        self.rest.place(self.stream, &self.reading.scope, self.page)
    }

    fn position(&self) -> Option<String> {
        let cases = self.cases.as_ref().and_then(Walk::position);
        if cases.is_none() && self.queue.is_empty() {
            return None;
        }
        Some(json!({ "cases": cases, "queue": self.queue }).to_string())
    }

    /// The next cases; their history follows.
    fn found(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(cases) = &mut self.cases else {
            return Ok(None);
        };
        let listed = cases.next(&self.rest.client);
        let Some(listed) = listed.map_err(|it| error::of_call(&self.place(), it))? else {
            self.cases = None;
            return Ok(None);
        };
        let place = self.rest.place(self.stream, &self.reading.scope, self.page);
        for case in &listed.items {
            self.queue.push_back(id_of(&place, case)?);
        }
        Ok(Some(Page {
            exchange: Some(listed.answer.exchange),
            position: self.position(),
            ..Page::default()
        }))
    }

    /// The next page of the history of a case.
    fn of_case(&mut self, case: i64) -> Result<Option<Page>, SourceError> {
        let history = self.history.get_or_insert_with(|| {
            let first = call(&format!("get_history_for_case/{case}"));
            // Some servers put the envelope under the name of the list once more.
            Walk::new(list(first, &["history.history", "history", ""]))
        });
        let listed = history.next(&self.rest.client);
        let ended = history.position().is_none();
        let listed = match listed {
            // It went after it was listed, or its like has no history.
            Err(refused) if refused.kind == Kind::Missing => {
                self.queue.pop_front();
                self.history = None;
                return Ok(Some(Page {
                    exchange: Some(*refused.exchange),
                    problems: vec![self.withheld(case)],
                    position: self.position(),
                    ..Page::default()
                }));
            }
            listed => listed.map_err(|it| error::of_call(&self.place(), it))?,
        };
        if ended {
            self.queue.pop_front();
            self.history = None;
        }
        let Some(listed) = listed else {
            return Ok(None);
        };
        let rows = changes(&self.rest.setup.people, case, &listed.items);
        let mut page = self.rest.page(self.stream, &self.reading.scope, &rows);
        page.mended = vec![of_case(case)];
        page.exchange = Some(listed.answer.exchange);
        page.position = self.position();
        Ok(Some(page))
    }

    fn withheld(&self, case: i64) -> RowProblem {
        RowProblem {
            table: self.stream.contract.table.name,
            key: of_case(case),
            field: String::new(),
            problem: format!("case {case} was listed, and TestRail has no history of it"),
            value: String::new(),
        }
    }
}

/// The key of a problem with the history of a case.
fn of_case(id: i64) -> String {
    Scope::of([("case_id", Value::Int(id))]).name
}

fn resume(reading: &Reading, position: &str) -> Option<(Option<Walk>, VecDeque<i64>)> {
    let position: Json = serde_json::from_str(position).ok()?;
    let cases = match position.get("cases")? {
        Json::Null => None,
        Json::String(text) => Some(Walk::at(cases::cases(reading), text)?),
        _ => return None,
    };
    let queue = serde_json::from_value(position.get("queue")?.clone()).ok()?;
    Some((cases, queue))
}

impl Pages for HistoryPages<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        self.page += 1;
        while let Some(case) = self.queue.front().copied() {
            if let Some(page) = self.of_case(case)? {
                return Ok(Some(page));
            }
        }
        self.found()
    }
}

/// One record for each field of each change; one for a change that names no field.
fn changes(people: &People, case: i64, entries: &[Json]) -> Vec<Json> {
    let mut rows = Vec::new();
    for entry in entries {
        let fields = entry["changes"].as_array().map_or(&[][..], Vec::as_slice);
        let nameless = [json!({})];
        let fields = if fields.is_empty() { &nameless } else { fields };
        for (n, field) in fields.iter().enumerate() {
            let mut row = match field {
                Json::Object(_) => field.clone(),
                other => json!({ "value": other }),
            };
            hide(people, &mut row);
            row["#case"] = case.into();
            row["#entry"] = entry.clone();
            row["#ordinal"] = n.into();
            rows.push(row);
        }
    }
    rows
}

/// Type of the custom fields that hold a user.
const USER: i64 = 7;

/// Does with the words for a user what is done with people; its id stays, as everywhere.
fn hide(people: &People, row: &mut Json) {
    let name = row["field"].as_str().unwrap_or_default();
    let is_of_people =
        row["type_id"] == USER || name.ends_with("assignedto_id") || name.ends_with("ated_by");
    if !is_of_people {
        return;
    }
    for key in ["old_text", "new_text"] {
        if let Some(text) = row[key].as_str() {
            row[key] = people.person(text).map_or(Json::Null, Json::String);
        }
    }
}

#[cfg(test)]
mod tests {
    use qaduct_records::Secret;

    use super::*;

    #[test]
    fn a_change_without_fields_is_a_row_and_each_field_of_another_is_one() {
        let entries = [
            json!({ "id": 1, "type_id": 1, "changes": null }),
            json!({ "id": 2, "type_id": 6, "changes": [{ "field": "title" }, { "field": "refs" }] }),
        ];
        let keys: Vec<_> = changes(&People::Keep, 7, &entries)
            .iter()
            .map(|it| {
                format!(
                    "{} {} {} {}",
                    it["#case"], it["#entry"]["id"], it["#ordinal"], it["field"]
                )
            })
            .collect();
        assert_eq!(keys, ["7 1 0 null", "7 2 0 \"title\"", "7 2 1 \"refs\""]);
    }

    #[test]
    fn the_words_for_a_user_are_hidden_and_those_for_other_values_are_not() {
        let entries = [json!({ "id": 1, "changes": [
            { "field": "case_assignedto_id", "old_text": "Ada Byron", "new_text": null, "old_value": 9 },
            { "field": "custom_tester", "type_id": 7, "new_text": "Ada Byron" },
            { "field": "title", "new_text": "Ada Byron logs in" },
        ] })];
        let hash = People::Hash(Secret::new("salt"));
        let rows = changes(&hash, 7, &entries);
        let person = hash.person("Ada Byron").unwrap();
        assert_eq!(rows[0]["old_text"], person.as_str());
        assert_eq!(rows[0]["old_value"], 9);
        assert_eq!(rows[1]["new_text"], person.as_str());
        assert_eq!(rows[2]["new_text"], "Ada Byron logs in");
    }
}

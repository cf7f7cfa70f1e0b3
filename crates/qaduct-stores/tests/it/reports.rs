//! The views over what was pulled, on small stories, with the rows they must give: the
//! same in every store.

mod bitrise;
mod bugs;
mod ci;
mod github;
mod issues;
mod looker;
mod old_tables;
mod sentry;
mod testrail;
mod wiki;

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use qaduct_models::{compatibility, reports, views};
use qaduct_records::rules::Extract;
use qaduct_records::stream::{CHANGED_AT, FIRST_SEEN_AT, REQUEST, SOURCE};
use qaduct_records::values::{batch_of_values, values_of};
use qaduct_records::{ColumnType, Direction, Query, Row, Store, TABLES, Table, Value, View};
use serde_json::{Value as Json, json};

use crate::place::Place;

/// What was pulled, in a store.
pub(crate) struct Story {
    store: Box<dyn Store>,
    tables: Vec<&'static Table>,
    views: Vec<View>,
    told: BTreeSet<&'static str>,
}

impl Drop for Story {
    /// The next story begins with empty tables.
    fn drop(&mut self) {
        let mut transaction = self.store.begin("story").unwrap();
        for table in self.tables.iter().filter(|it| self.told.contains(it.name)) {
            transaction.delete(table, &[]).unwrap();
        }
        transaction.commit().unwrap();
    }
}

/// Tells a story to a store of each kind.
pub(crate) fn everywhere(told: fn(&mut Story)) {
    told(&mut Story::in_store(&Place::sqlite()));
    // Making so many tables takes a server longer than all stories.
    static SERVERS: LazyLock<[Mutex<Place>; 2]> =
        LazyLock::new(|| [Place::postgres(), Place::mariadb()].map(Mutex::new));
    for place in SERVERS.iter() {
        let place = place.lock().unwrap_or_else(PoisonError::into_inner);
        told(&mut Story::in_store(&place));
    }
}

impl Story {
    fn in_store(place: &Place) -> Self {
        let sources = qaduct_sources::tables();
        let tables: Vec<_> = TABLES.iter().copied().chain(sources).collect();
        let mut views = views();
        views.extend(reports());
        views.extend(compatibility("testops-dashboard").unwrap());
        let store = place.with_views(&tables, &views);
        Self {
            store,
            tables,
            views,
            told: BTreeSet::new(),
        }
    }

    /// Puts rows into a table. What is not said of the source and the request is made up.
    pub(crate) fn put(&mut self, table: &str, rows: Json) {
        let found = self.tables.iter().find(|it| it.name == table);
        let table = *found.unwrap_or_else(|| panic!("no table {table}"));
        self.told.insert(table.name);
        let rows = rows.as_array().unwrap().clone();
        for row in &rows {
            for name in row.as_object().unwrap().keys() {
                assert!(table.column(name).is_some(), "{}.{name}", table.name);
            }
        }
        let columns = table.columns.iter().map(|column| {
            let values = rows.iter().map(|row| match &row[column.name.as_ref()] {
                Json::Null => match column.name.as_ref() {
                    SOURCE => "here".into(),
                    REQUEST => "request".into(),
                    CHANGED_AT | FIRST_SEEN_AT => value(column.kind, &json!("2026-01-01")),
                    _ => Value::Null,
                },
                json => value(column.kind, json),
            });
            values.collect()
        });
        let batch = batch_of_values(table.columns, columns.collect()).unwrap();
        let mut transaction = self.store.begin("story").unwrap();
        transaction.upsert(table, &batch).unwrap();
        transaction.commit().unwrap();
    }

    /// Puts what rules found: table, key, and `rule.name#ordinal=value` each.
    pub(crate) fn found(&mut self, table: &str, key: &str, found: &[&str]) {
        let rows: Vec<_> = found
            .iter()
            .map(|it| {
                let (place, value) = it.split_once('=').unwrap();
                let (name, ordinal) = place.split_once('#').unwrap_or((place, "0"));
                let (rule, name) = name.split_once('.').unwrap_or((name, name));
                json!({
                    "table_name": table, "row_key": key, "rule": rule, "name": name,
                    "ordinal": ordinal.parse::<i64>().unwrap(), "value": value,
                    "number": value.parse::<f64>().ok(),
                    "instant": value.contains("-").then_some(value)
                        .filter(|it| it.len() == 10 && it.starts_with("20")),
                })
            })
            .collect();
        self.put(Extract::TABLE.name, rows.into());
    }

    /// That a part of a stream was read whole.
    pub(crate) fn read(&mut self, stream: &str, part: &str, at: &str) {
        let row = json!([{ "stream": stream, "part": part, "rows_so_far": 0, "completed_at": at }]);
        self.put("pull_parts", row);
    }

    /// That rows are in a part.
    pub(crate) fn members(&mut self, stream: &str, part: &str, keys: &[i64]) {
        let rows = keys.iter().map(|key| {
            json!({ "stream": stream, "part": part, "row_key": key.to_string(),
                    "first_seen_at": "2026-01-01" })
        });
        self.put("part_rows", rows.collect::<Vec<_>>().into());
    }

    /// Parameters of the configuration.
    pub(crate) fn parameters(&mut self, values: &[(&str, &str)]) {
        let rows = values.iter().enumerate().map(|(n, (name, value))| {
            json!({ "name": name, "ordinal": n, "value": value, "number": value.parse::<f64>().ok() })
        });
        self.put("report_parameters", rows.collect::<Vec<_>>().into());
    }

    /// The rows of a view in these columns, in the order of them.
    pub(crate) fn rows(&self, view: &str, columns: &str) -> Vec<String> {
        let found = self.views.iter().find(|it| it.name == view);
        let found = found.unwrap_or_else(|| panic!("no view {view}"));
        let names: Vec<_> = columns.split(", ").collect();
        let column = |name: &&str| {
            let column = found.columns.iter().find(|it| it.name == *name);
            column.unwrap_or_else(|| panic!("{view}.{name}")).clone()
        };
        let mut query = Query::of(view, names.iter().map(column).collect::<Vec<_>>());
        for name in &names {
            query = query.order_by(*name, Direction::Up);
        }
        let rows = self.store.reader().unwrap().query(&query).unwrap();
        let values: Vec<_> = names
            .iter()
            .map(|name| values_of(&rows, name).unwrap())
            .collect();
        (0..rows.num_rows())
            .map(|row| {
                let cells = values.iter().map(|values| shown(&values[row]));
                cells.collect::<Vec<_>>().join(" | ")
            })
            .collect()
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Float(number) => format!("{number:.2}"),
        value => value.to_string(),
    }
}

fn value(kind: ColumnType, json: &Json) -> Value {
    let text = || json.as_str().unwrap_or_else(|| panic!("{json}"));
    match kind {
        ColumnType::Text => text().into(),
        ColumnType::Int => Value::Int(json.as_i64().unwrap_or_else(|| panic!("{json}"))),
        ColumnType::Float => Value::Float(json.as_f64().unwrap()),
        ColumnType::Bool => Value::Bool(json.as_bool().unwrap()),
        ColumnType::Date => Value::Date(text().parse().unwrap()),
        ColumnType::Timestamp if text().len() == 10 => {
            Value::Timestamp(format!("{}T00:00:00Z", text()).parse().unwrap())
        }
        ColumnType::Timestamp => Value::Timestamp(text().parse().unwrap()),
    }
}

#[test]
fn every_view_can_be_made_and_asked_where_nothing_was_pulled() {
    everywhere(|story| {
        let mut reader = story.store.reader().unwrap();
        for view in &story.views {
            let rows = reader.query(&Query::of(&view.name, view.columns.clone()));
            let rows = rows.unwrap_or_else(|error| panic!("{}: {error}", view.name));
            assert_eq!(rows.num_rows(), 0, "{}", view.name);
        }
    });
}

#[test]
fn every_view_has_rows_that_were_computed_by_hand() {
    let stories = [
        include_str!("reports/bitrise.rs"),
        include_str!("reports/bugs.rs"),
        include_str!("reports/ci.rs"),
        include_str!("reports/github.rs"),
        include_str!("reports/issues.rs"),
        include_str!("reports/looker.rs"),
        include_str!("reports/old_tables.rs"),
        include_str!("reports/sentry.rs"),
        include_str!("reports/testrail.rs"),
        include_str!("reports/wiki.rs"),
    ];
    let all = reports()
        .into_iter()
        .chain(compatibility("testops-dashboard").unwrap());
    let untold: Vec<_> = all
        .map(|it| it.name)
        .filter(|name| !stories.iter().any(|it| it.contains(&format!("\"{name}\""))))
        .collect();
    assert_eq!(untold, [""; 0]);
}

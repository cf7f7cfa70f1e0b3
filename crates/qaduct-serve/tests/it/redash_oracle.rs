//! What Redash makes of a JSON document: its type inference, told in our words.
//!
//! On the server, the first row that has a key decides the type of its column:
//! a flag, a whole number, a fraction, and anything else, NULL too, is text.
//! An object is flattened by one level, a list stays and is text. In the
//! browser, a text column all of whose texts look like ISO 8601 with `T` is
//! instants, and one whose texts all look like `YYYY-MM-DD` is days; where the
//! looks differ it stays text.

use std::collections::BTreeMap;

use serde_json::Value;

/// Columns in the order in which they turn up, with their types.
pub(crate) fn inferred(document: &Value, path: Option<&str>) -> Vec<(String, &'static str)> {
    let found = path.map_or(document, |path| {
        path.split('.').fold(document, |it, key| &it[key])
    });
    let rows = found
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![found.clone()]);
    let mut columns: Vec<(String, &'static str)> = Vec::new();
    let mut looks: BTreeMap<String, &'static str> = BTreeMap::new();
    for row in &rows {
        for (key, value) in flat(row) {
            if !columns.iter().any(|(name, _)| *name == key) {
                columns.push((key.clone(), on_server(&value)));
            }
            if let Some(look) = in_browser(&value) {
                looks
                    .entry(key)
                    .and_modify(|it| *it = if *it == look { look } else { "string" })
                    .or_insert(look);
            }
        }
    }
    for (name, kind) in &mut columns {
        if let ("string", Some(look)) = (*kind, looks.get(name)) {
            *kind = look;
        }
    }
    columns
}

fn flat(row: &Value) -> Vec<(String, Value)> {
    let mut cells = Vec::new();
    for (key, value) in row.as_object().into_iter().flatten() {
        match value {
            Value::Object(inner) => {
                cells.extend(
                    inner
                        .iter()
                        .map(|(name, value)| (format!("{key}.{name}"), value.clone())),
                );
            }
            value => cells.push((key.clone(), value.clone())),
        }
    }
    cells
}

fn on_server(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "integer",
        _ => "string",
    }
}

fn in_browser(value: &Value) -> Option<&'static str> {
    match value {
        Value::Number(_) => Some("float"),
        Value::String(text) if is_day(text) => Some("date"),
        Value::String(text) if text.get(..10).is_some_and(is_day) && is_instant(&text[10..]) => {
            Some("datetime")
        }
        Value::String(_) => Some("string"),
        _ => None,
    }
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn is_instant(rest: &str) -> bool {
    rest.starts_with('T')
        && format!("2026-11-21{rest}")
            .parse::<jiff::Timestamp>()
            .is_ok()
}

mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_row_that_has_a_key_decides() {
        let document = json!({"rows": [
            {"a": 1, "b": null, "c": true},
            {"a": 1.5, "b": 2, "d": 1.0, "e": "x", "f": [1]},
        ]});
        let expected = [
            ("a", "integer"),
            ("b", "float"),
            ("c", "boolean"),
            ("d", "float"),
            ("e", "string"),
            ("f", "string"),
        ];
        let found = inferred(&document, Some("rows"));
        let found: Vec<_> = found
            .iter()
            .map(|(name, kind)| (name.as_str(), *kind))
            .collect();
        // `b` begins with NULL, hence is text for the server; the browser then
        // sees a number: this is why our rows have no NULL.
        assert_eq!(found, expected);
    }

    #[test]
    fn times_are_seen_in_the_browser_alone() {
        let document = json!([
            {"at": "2026-11-21T07:00:00Z", "day": "2026-11-21", "old": "2026.11.21 19:15", "mix": "2026-11-21"},
            {"at": "2026-11-21T07:00:00.5Z", "mix": "never"},
        ]);
        let found = inferred(&document, None);
        let found: Vec<_> = found
            .iter()
            .map(|(name, kind)| (name.as_str(), *kind))
            .collect();
        assert_eq!(
            found,
            [
                ("at", "datetime"),
                ("day", "date"),
                ("old", "string"),
                ("mix", "string")
            ]
        );
    }

    #[test]
    fn a_document_without_a_path_is_one_row_and_an_object_is_flattened_once() {
        let document = json!({"columns": [], "rows": [{"a": 1}], "x": {"y": {"z": 1}}});
        let found = inferred(&document, None);
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["columns", "rows", "x.y"]);
    }
}

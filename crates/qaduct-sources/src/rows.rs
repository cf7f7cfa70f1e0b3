//! Makes rows of records: one batch, and a problem for each value that did not fit.
//!
//! A row is never lost: a value of the wrong shape becomes NULL and a problem, an
//! unknown field goes to `_extra`. Only a record without its key cannot be a row;
//! those are counted, and make the reading incomplete.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::strtime::BrokenDownTime;
use qaduct_records::source::{RowProblem, Scope};
use qaduct_records::values::batch_of_values;
use qaduct_records::{RecordBatch, Value};
use serde_json::{Map, Value as Json};

use crate::field::{Field, Read, Spec, at};
use crate::people::People;

/// Longest piece of a value in a problem.
pub(crate) const SHOWN: usize = 200;

/// Rows in the making.
pub struct Rows<'a> {
    spec: &'static Spec,
    source: &'a str,
    scope: &'a Scope,
    people: &'a People,
    /// One list of values for each field, and one for `_extra`.
    columns: Vec<Vec<Value>>,
    gone: Vec<Option<(Timestamp, &'static str)>>,
    problems: Vec<RowProblem>,
    keyless: usize,
}

/// Rows that are made.
#[derive(Debug)]
pub struct Made {
    /// The rows, without the lineage columns.
    pub rows: RecordBatch,
    /// What did not fit.
    pub problems: Vec<RowProblem>,
    /// Records that had no key and so are no rows.
    pub keyless: usize,
}

impl<'a> Rows<'a> {
    /// No rows yet.
    #[must_use]
    pub fn new(spec: &'static Spec, source: &'a str, scope: &'a Scope, people: &'a People) -> Self {
        Self {
            spec,
            source,
            scope,
            people,
            columns: vec![Vec::new(); spec.fields.len() + 1],
            gone: Vec::new(),
            problems: Vec::new(),
            keyless: 0,
        }
    }

    /// Adds a record. `parent` is the record that holds it, `ordinal` its place there.
    /// False when it has no key, and so is no row.
    pub fn push(&mut self, record: &Json, parent: &Json, ordinal: usize) -> bool {
        let (mut values, mut troubles) = (Vec::new(), Vec::new());
        for field in self.spec.fields {
            let value = self.value(field, record, parent, ordinal);
            values.push(value.unwrap_or_else(|(problem, found)| {
                troubles.push((field, problem, found));
                Value::Null
            }));
        }
        let key = self.key(&values);
        let Some(key) = key else {
            self.keyless += 1;
            return false;
        };
        for (field, problem, found) in troubles {
            let shown = self.people.text(&found).into_owned();
            self.problems.push(RowProblem {
                table: self.spec.table.name,
                key: key.clone(),
                field: field.column.to_owned(),
                problem,
                value: shown.chars().take(SHOWN).collect(),
            });
        }
        values.push(self.extra(record));
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value);
        }
        self.gone.push(None);
        true
    }

    /// The last row is one that the service keeps and calls gone.
    pub fn mark_gone(&mut self, at: Timestamp, how: &'static str) {
        if let Some(last) = self.gone.last_mut() {
            *last = Some((at, how));
        }
    }

    /// The batch and what did not fit.
    #[must_use]
    pub fn finish(self) -> Made {
        let rows = self.gone.len();
        let columns = &self.spec.table.columns[..self.spec.fields.len() + 4];
        let source = vec![Value::Text(self.source.to_owned()); rows];
        let (mut at, mut how) = (Vec::new(), Vec::new());
        for gone in self.gone {
            at.push(gone.map_or(Value::Null, |it| Value::Timestamp(it.0)));
            how.push(gone.map_or(Value::Null, |it| it.1.into()));
        }
        let values = std::iter::once(source).chain(self.columns).chain([at, how]);
        #[expect(clippy::expect_used, reason = "each list has one value a row")]
        let rows = batch_of_values(columns, values.collect()).expect("keys are never NULL");
        Made {
            rows,
            problems: self.problems,
            keyless: self.keyless,
        }
    }

    /// The key without the source, as text; `None` when a part of it is missing.
    fn key(&self, values: &[Value]) -> Option<String> {
        let mut parts = Vec::new();
        for name in self.spec.table.key.iter().skip(1) {
            let n = self.spec.fields.iter().position(|it| it.column == *name)?;
            match &values[n] {
                Value::Null => return None,
                value => parts.push(value.to_string()),
            }
        }
        Some(parts.join(","))
    }

    fn value(
        &self,
        field: &Field,
        record: &Json,
        parent: &Json,
        ordinal: usize,
    ) -> Result<Value, (String, String)> {
        let whole = |n: usize| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let found = match field.read {
            Read::Scope(name) => {
                return Ok(match self.scope.values.get(name) {
                    None | Some(Value::Null) => Value::Null,
                    Some(value) => Value::Text(value.to_string()),
                });
            }
            Read::ScopeInt(name) => {
                return Ok(self.scope.values.get(name).cloned().unwrap_or(Value::Null));
            }
            Read::Ordinal => return Ok(whole(ordinal)),
            Read::ParentInt | Read::ParentText => at(parent, field.path),
            _ => at(record, field.path),
        };
        let mut hidden;
        let mut json = found.unwrap_or(&Json::Null);
        if matches!(field.read, Read::Json | Read::PersonIn(_)) {
            hidden = json.clone();
            self.people.json(&mut hidden);
            json = &hidden;
        }
        let value = match field.read {
            Read::PersonIn(by) => by(found.unwrap_or(&Json::Null), self.scope, self.people),
            way => read(way, json),
        };
        let value = value.map_err(|problem| (problem, json.to_string()))?;
        Ok(match value {
            Value::Text(text) if field.person => {
                self.people.person(&text).map_or(Value::Null, Value::Text)
            }
            Value::Text(text) if field.exact => Value::Text(text),
            Value::Text(text) if self.spec.table.key.contains(&field.column) => {
                Value::Text(self.people.key(&text).into_owned())
            }
            Value::Text(text) => Value::Text(self.people.text(&text).into_owned()),
            other => other,
        })
    }

    /// Whom the record names in its columns, as the service writes it.
    fn named(&self, record: &Json) -> Vec<String> {
        let fields = self.spec.fields.iter();
        let of_people = fields.filter(|it| it.person && it.read.is_of_record());
        let found = of_people.filter_map(|it| read(it.read, at(record, it.path)?).ok());
        found
            .filter_map(|it| match it {
                Value::Text(text) if !text.trim().is_empty() => Some(text),
                _ => None,
            })
            .collect()
    }

    /// The unknown fields of the record as a JSON object.
    fn extra(&self, record: &Json) -> Value {
        let mut extra = Map::new();
        for object in self.spec.objects {
            let Some(Json::Object(fields)) = at(record, object) else {
                continue;
            };
            let prefix = if object.is_empty() {
                String::new()
            } else {
                format!("{object}.")
            };
            for (name, value) in fields {
                let path = format!("{prefix}{name}");
                let known = |path: &str, it: &str| {
                    it == path || it.strip_prefix(path).is_some_and(|it| it.starts_with('.'))
                };
                let of_record = self.spec.fields.iter().filter(|it| it.read.is_of_record());
                if of_record.map(|it| it.path).any(|it| known(&path, it))
                    || self.spec.ignored.contains(&path.as_str())
                    || self.spec.objects.contains(&path.as_str())
                {
                    continue;
                }
                extra.insert(name.clone(), value.clone());
            }
        }
        self.people.fields(&mut extra, &self.named(record));
        if extra.is_empty() {
            return Value::Null;
        }
        Value::Text(Json::Object(extra).to_string())
    }
}

/// The whole number at a path of a record, read as columns are: an id that one answer
/// writes as `7` and another as `"7"` is the same.
pub(crate) fn id(record: &Json, path: &str) -> Option<i64> {
    whole(at(record, path)?).ok()
}

/// The most that an answer can count: beyond it JSON numbers are not exact, and no service
/// has as many of anything.
const MOST: u64 = 1 << 53;

/// A count in an answer, also in quotes; `None` for what is none, such as 2^64 - 1.
pub(crate) fn count(json: &Json) -> Option<u64> {
    let count = whole(json).ok().and_then(|it| u64::try_from(it).ok());
    count.filter(|it| *it <= MOST)
}

/// Reads one value.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read(read: Read, json: &Json) -> Result<Value, String> {
    // No store can hold another year.
    match value(read, json)? {
        Value::Timestamp(at) if at.to_zoned(jiff::tz::TimeZone::UTC).year() < 1 => {
            Err("not an instant of the years 1 to 9999".to_owned())
        }
        Value::Date(day) if day.year() < 1 => Err("not a day of the years 1 to 9999".to_owned()),
        value => Ok(value),
    }
}

fn value(read: Read, json: &Json) -> Result<Value, String> {
    match read {
        Read::TextBy(by) | Read::IntBy(by) | Read::BoolBy(by) | Read::InstantBy(by) => {
            return by(json);
        }
        Read::Json if !json.is_null() => return Ok(Value::Text(json.to_string())),
        _ if json.is_null() => return Ok(Value::Null),
        _ => {}
    }
    match read {
        Read::Text | Read::ParentText => match json {
            Json::String(text) => Ok(Value::Text(text.clone())),
            Json::Number(_) | Json::Bool(_) => Ok(Value::Text(json.to_string())),
            _ => Err("not a text".to_owned()),
        },
        Read::Int | Read::ParentInt => whole(json).map(Value::Int),
        Read::Float => number(json).map(Value::Float),
        Read::Bool => match json {
            Json::Bool(flag) => Ok(Value::Bool(*flag)),
            _ => match whole(json) {
                Ok(0) => Ok(Value::Bool(false)),
                Ok(1) => Ok(Value::Bool(true)),
                _ => Err("neither true nor false".to_owned()),
            },
        },
        Read::UnixSeconds => instant(whole(json).map(Timestamp::from_second)?),
        Read::UnixMillis => instant(whole(json).map(Timestamp::from_millisecond)?),
        Read::Instant => parse_instant(text(json)?).map(|(at, _)| Value::Timestamp(at)),
        Read::Offset => parse_instant(text(json)?).map(|(_, offset)| Value::Int(offset)),
        Read::Day => text(json)?
            .parse::<Date>()
            .map(Value::Date)
            .map_err(|_| "not a day".to_owned()),
        Read::Join { key, by } => join(json, key, by),
        _ => Ok(Value::Null),
    }
}

fn text(json: &Json) -> Result<&str, String> {
    json.as_str().ok_or_else(|| "not a text".to_owned())
}

/// A whole number, also in quotes or with a fraction of zero.
fn whole(json: &Json) -> Result<i64, String> {
    let digits = match json {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.trim().to_owned(),
        _ => return Err("not a whole number".to_owned()),
    };
    let digits = digits.strip_suffix(".0").unwrap_or(&digits);
    digits
        .parse()
        .map_err(|_| "not a whole number of 64 bits".to_owned())
}

fn number(json: &Json) -> Result<f64, String> {
    let digits = match json {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.trim().to_owned(),
        _ => return Err("not a number".to_owned()),
    };
    match digits.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err("not a number of 64 bits".to_owned()),
    }
}

fn instant(at: Result<Timestamp, jiff::Error>) -> Result<Value, String> {
    at.map(Value::Timestamp)
        .map_err(|_| "not an instant of the calendar".to_owned())
}

/// An ISO 8601 instant and its minutes east of UTC. Jira writes `+0100`, others
/// `+01:00` or `Z`; a stock Bugzilla 5.0 writes none and means UTC.
///
/// # Errors
/// When it is no instant.
pub fn parse_instant(text: &str) -> Result<(Timestamp, i64), String> {
    let wrong = || "not an instant".to_owned();
    for format in ["%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M:%S%.f%z"] {
        if let Ok(parsed) = BrokenDownTime::parse(format, text) {
            let offset = parsed.offset().ok_or_else(wrong)?;
            let at = parsed.to_timestamp().map_err(|_| wrong())?;
            return Ok((at, i64::from(offset.seconds() / 60)));
        }
    }
    let text = text.strip_suffix('Z').unwrap_or(text);
    let at: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
    let at = at.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| wrong())?;
    Ok((at.timestamp(), 0))
}

fn join(json: &Json, key: &str, by: &str) -> Result<Value, String> {
    let items = json.as_array().ok_or("not a list")?;
    let mut texts = Vec::new();
    for item in items {
        let item = if item.is_object() {
            at(item, key).unwrap_or(&Json::Null)
        } else {
            item
        };
        match item {
            Json::String(text) => texts.push(text.clone()),
            Json::Number(_) | Json::Bool(_) => texts.push(item.to_string()),
            _ => return Err("a list of something else than text".to_owned()),
        }
    }
    Ok(Value::Text(texts.join(by)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    crate::spec! {
        /// One field of each way of writing.
        static ALL in "all_ways" key ["id"] objects ["inner"] ignoring ["link"] {
            /// Key.
            id: Int = "id",
            /// Text.
            text: Text = "text",
            /// Person.
            person who: Text = "inner.who",
            /// Number.
            number: Float = "number",
            /// Flag.
            flag: Bool = "flag",
            /// Instant.
            seconds: UnixSeconds = "seconds",
            /// Instant.
            millis: UnixMillis = "millis",
            /// Instant.
            at: Instant = "at",
            /// Its offset.
            offset_min: Offset = "at",
            /// Day.
            day: Day = "day",
            /// Anything.
            any: Json = "any",
            /// List.
            list: Join { key: "name", by: "," } = "list",
        }
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            any::<f64>().prop_map(Json::from),
            "[0-9]{1,400}(\\.0|e[0-9]{1,5})?"
                .prop_map(|it| serde_json::from_str(&it).unwrap_or(Json::Null)),
            ".*".prop_map(Json::from),
            "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
                .prop_map(Json::from),
        ];
        leaf.prop_recursive(3, 24, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                proptest::collection::hash_map("[a-z]{1,6}|name|who", inner, 0..5)
                    .prop_map(|it| Json::Object(it.into_iter().collect())),
            ]
        })
    }

    fn record() -> impl Strategy<Value = Json> {
        let names = [
            "text", "number", "flag", "seconds", "millis", "at", "day", "any", "list", "inner",
            "new", "link",
        ];
        proptest::collection::hash_map(proptest::sample::select(names.to_vec()), any_json(), 0..12)
            .prop_map(|it| {
                Json::Object(
                    it.into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect(),
                )
            })
    }

    fn cell(batch: &RecordBatch, column: &str) -> Option<String> {
        let array = qaduct_records::table::array_of(batch, column).unwrap();
        <Option<String> as qaduct_records::table::Cell>::cell(array, 0).unwrap()
    }

    proptest! {
        #[test]
        fn whatever_a_service_sends_is_a_row_and_nothing_of_it_is_lost(mut record in record(), id in any::<i64>()) {
            record["id"] = id.into();
            let (scope, people) = (Scope::default(), People::Keep);
            let mut rows = Rows::new(&ALL, "tools", &scope, &people);
            prop_assert!(rows.push(&record, &Json::Null, 0));
            let made = rows.finish();
            prop_assert_eq!((made.rows.num_rows(), made.keyless), (1, 0));
            let problems: Vec<&str> = made.problems.iter().map(|it| it.field.as_str()).collect();
            for field in ALL.fields {
                let there = at(&record, field.path).is_some_and(|it| !it.is_null());
                let array = made.rows.column_by_name(field.column).unwrap();
                let is_null = arrow_array::Array::is_null(array.as_ref(), 0);
                // What is there has a value or is a problem; what is not, has neither.
                prop_assert_eq!(there, !is_null || problems.contains(&field.column), "{}", field.column);
                prop_assert!(is_null || !problems.contains(&field.column), "{}", field.column);
            }
            let extra = cell(&made.rows, "_extra");
            let extra: Json = extra.map_or(json!({}), |it| serde_json::from_str(&it).unwrap());
            if let Some(new) = record.get("new") {
                prop_assert_eq!(extra.get("new"), Some(new));
            }
            prop_assert_eq!(extra.get("link"), None);
            prop_assert!(extra.get("text").is_none() && extra.get("who").is_none());
        }

        #[test]
        fn no_text_is_an_instant_by_panic(text in ".*|[0-9T:+Z.-]*") {
            let _read = parse_instant(&text);
        }
    }

    #[test]
    fn a_record_without_its_key_is_counted() {
        let (scope, people) = (Scope::default(), People::Keep);
        let mut rows = Rows::new(&ALL, "tools", &scope, &people);
        assert!(!rows.push(&json!({ "id": "seven", "text": "x" }), &Json::Null, 0));
        assert!(rows.push(&json!({ "id": "9007199254740993" }), &Json::Null, 1));
        let made = rows.finish();
        assert_eq!((made.rows.num_rows(), made.keyless), (1, 1));
    }

    #[test]
    fn instants_are_read_as_each_service_writes_them() {
        for (text, utc, offset) in [
            ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z", 0),
            (
                "2026-01-31T10:00:00.123+0100",
                "2026-01-31T09:00:00.123Z",
                60,
            ),
            ("2026-01-31T10:00:00-07:30", "2026-01-31T17:30:00Z", -450),
            ("2026-01-31T10:00:00", "2026-01-31T10:00:00Z", 0),
        ] {
            let (at, minutes) = parse_instant(text).unwrap();
            assert_eq!((at.to_string().as_str(), minutes), (utc, offset), "{text}");
        }
        assert!(parse_instant("yesterday").is_err());
    }

    #[test]
    fn a_year_that_no_store_can_hold_is_a_problem() {
        for text in ["0000-12-31T23:59:59Z", "-000001-01-01T00:00:00Z"] {
            assert!(read(Read::Instant, &json!(text)).is_err(), "{text}");
        }
        assert!(read(Read::Day, &json!("0000-12-31")).is_err());
        assert!(read(Read::UnixSeconds, &json!(-62_135_596_801_i64)).is_err());
        assert!(read(Read::UnixSeconds, &json!(-62_135_596_800_i64)).is_ok());
        assert!(read(Read::Day, &json!("0001-01-01")).is_ok());
    }

    #[test]
    fn people_are_hashed_and_nobody_stays_nobody() {
        let (scope, people) = (
            Scope::default(),
            People::Hash(qaduct_records::Secret::new("salt")),
        );
        let read = |record: Json| {
            let mut rows = Rows::new(&ALL, "tools", &scope, &people);
            rows.push(&record, &Json::Null, 0);
            rows.finish().rows
        };
        let row = read(json!({
            "id": 1, "text": "ask Ada@Example.org", "inner": { "who": "ada@example.org", "mail": "ada@example.org" },
        }));
        let who = cell(&row, "who").unwrap();
        assert!(who.starts_with("person-"));
        assert_eq!(cell(&row, "text").unwrap(), format!("ask {who}"));
        assert_eq!(
            cell(&row, "_extra").unwrap(),
            format!("{{\"mail\":\"{who}\"}}")
        );
        assert_eq!(
            cell(&read(json!({ "id": 1, "inner": { "who": "" } })), "who").unwrap(),
            ""
        );
    }
}

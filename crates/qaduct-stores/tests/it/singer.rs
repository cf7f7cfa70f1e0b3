//! Streams of Singer in every store: what loaders must get right, judged by others.
//!
//! The loader here knows as much of Singer as the streams need: a schema becomes a
//! table, objects and lists become their JSON, a state ends a transaction.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{
    Array as _, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow_schema::{Field, Schema};
use qaduct_records::{Column, ColumnType, Query, Store, Table, Written};
use serde_json::Value;

use crate::place::Place;

macro_rules! stream {
    ($name:literal) => {
        include_str!(concat!("singer/", $name, ".singer"))
    };
}

/// A stream between its schema and the next.
struct Target {
    table: &'static Table,
    rows: Vec<Value>,
}

/// Loads a stream.
struct Loader<'s> {
    store: &'s mut dyn Store,
    targets: HashMap<String, Target>,
    written: Written,
}

impl<'s> Loader<'s> {
    fn new(store: &'s mut dyn Store) -> Self {
        Self {
            store,
            targets: HashMap::new(),
            written: Written::default(),
        }
    }

    fn load(&mut self, text: &str) -> Result<(), String> {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let message: Value = serde_json::from_str(line).unwrap();
            match message["type"].as_str().unwrap() {
                "SCHEMA" => {
                    let stream = message["stream"].as_str().unwrap();
                    self.flush(stream)?;
                    let table = table(&message)?;
                    self.store
                        .migrate(&[table], &[])
                        .map_err(|error| error.to_string())?;
                    let rows = Vec::new();
                    self.targets
                        .insert(stream.to_owned(), Target { table, rows });
                }
                "RECORD" => {
                    let stream = message["stream"].as_str().unwrap();
                    let target = self
                        .targets
                        .get_mut(stream)
                        .ok_or_else(|| format!("a record of `{stream}` before its schema"))?;
                    target.rows.push(message["record"].clone());
                }
                _ => self.flush_all()?,
            }
        }
        self.flush_all()
    }

    fn flush_all(&mut self) -> Result<(), String> {
        let streams: Vec<_> = self.targets.keys().cloned().collect();
        streams.iter().try_for_each(|stream| self.flush(stream))
    }

    fn flush(&mut self, stream: &str) -> Result<(), String> {
        let Some(target) = self.targets.get_mut(stream) else {
            return Ok(());
        };
        let rows = std::mem::take(&mut target.rows);
        let mut transaction = self.store.begin(stream).map_err(|it| it.to_string())?;
        let written = transaction
            .upsert(target.table, &batch(target.table, &rows))
            .map_err(|it| it.to_string())?;
        self.written.inserted += written.inserted;
        self.written.updated += written.updated;
        transaction.commit().map_err(|it| it.to_string())
    }
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// The table of a schema. Tables live as long as the program, and so do those of tests.
fn table(message: &Value) -> Result<&'static Table, String> {
    let schema = &message["schema"];
    let stream = message["stream"].as_str().unwrap();
    let properties = schema["properties"]
        .as_object()
        .ok_or_else(|| format!("the schema of `{stream}` has no properties"))?;
    let names = |value: &Value| -> Vec<&'static str> {
        let list = value.as_array().into_iter().flatten();
        list.filter_map(|name| name.as_str().map(leak)).collect()
    };
    // One stream has its key inside of the schema.
    let key = match names(&message["key_properties"]) {
        key if key.is_empty() => names(&schema["key_properties"]),
        key => key,
    };
    let required = names(&schema["required"]);
    let columns: Vec<_> = properties
        .iter()
        .map(|(name, kind)| Column {
            name: leak(name).into(),
            kind: column_type(kind),
            nullable: !key.contains(&name.as_str()) && !required.contains(&name.as_str()),
            description: "A property.".into(),
        })
        .collect();
    Ok(Box::leak(Box::new(Table {
        name: leak(stream),
        description: "A stream.",
        columns: Box::leak(columns.into_boxed_slice()),
        key: Box::leak(key.into_boxed_slice()),
        lineage: &[],
        once: &[],
    })))
}

fn column_type(kind: &Value) -> ColumnType {
    let is = |word: &str| match &kind["type"] {
        Value::Array(words) => words.iter().any(|it| it == word),
        one => one == word,
    };
    match () {
        () if is("integer") => ColumnType::Int,
        () if is("number") => ColumnType::Float,
        () if is("boolean") => ColumnType::Bool,
        () => ColumnType::Text,
    }
}

/// The rows as a batch in which everything may be NULL, whatever the table says.
fn batch(table: &Table, rows: &[Value]) -> RecordBatch {
    let arrays = table.columns.iter().map(|column| {
        let values = rows
            .iter()
            .map(|row| row.get(column.name.as_ref()).filter(|it| !it.is_null()));
        let array: ArrayRef = match column.kind {
            ColumnType::Int => Arc::new(Int64Array::from_iter(
                values.map(|it| it.map(|it| it.as_i64().unwrap())),
            )),
            ColumnType::Float => Arc::new(Float64Array::from_iter(
                values.map(|it| it.map(|it| it.as_f64().unwrap())),
            )),
            ColumnType::Bool => Arc::new(BooleanArray::from_iter(
                values.map(|it| it.map(|it| it.as_bool().unwrap())),
            )),
            _ => Arc::new(StringArray::from_iter(values.map(|it| {
                it.map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned))
            }))),
        };
        array
    });
    let arrays: Vec<_> = arrays.collect();
    let fields = table.columns.iter();
    let fields: Vec<_> = fields
        .map(|it| Field::new(it.name.as_ref(), it.kind.arrow(), true))
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
}

/// The rows of a table as lines, sorted.
fn stored(store: &dyn Store, table: &Table) -> String {
    use arrow_array::cast::AsArray as _;
    use arrow_array::types::{Float64Type, Int64Type};
    let query = Query::of(table.name, table.columns);
    let batch = store.reader().unwrap().query(&query).unwrap();
    let cell = |array: &ArrayRef, row| match array.data_type() {
        _ if array.is_null(row) => "-".to_owned(),
        arrow_schema::DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        arrow_schema::DataType::Float64 => {
            format!("{:?}", array.as_primitive::<Float64Type>().value(row))
        }
        arrow_schema::DataType::Boolean => array.as_boolean().value(row).to_string(),
        _ => array
            .as_string::<i32>()
            .value(row)
            .escape_debug()
            .to_string(),
    };
    let mut lines: Vec<_> = (0..batch.num_rows())
        .map(|row| {
            let cells: Vec<_> = batch.columns().iter().map(|it| cell(it, row)).collect();
            cells.join(" | ") + "\n"
        })
        .collect();
    // By the number at the beginning, where there is one.
    lines.sort_by_key(|line| {
        let number = line.split(' ').next().and_then(|it| it.parse::<i64>().ok());
        (number, line.clone())
    });
    lines.concat()
}

/// What streams leave in every store: counts, then tables in the order of their names.
fn loaded(streams: &[&str]) -> String {
    let places = [Place::sqlite(), Place::postgres(), Place::mariadb()];
    let [sqlite, postgres, mariadb] = places.each_ref().map(|place| {
        let mut store = place.open();
        let mut loader = Loader::new(&mut *store);
        let mut said = Vec::new();
        for stream in streams {
            loader.written = Written::default();
            match loader.load(stream) {
                Ok(()) => {
                    let Written { inserted, updated } = loader.written;
                    said.push(format!("{inserted} inserted, {updated} updated\n"));
                }
                Err(error) => panic!("{error}"),
            }
        }
        let mut tables: Vec<_> = loader.targets.values().map(|it| it.table).collect();
        tables.sort_by_key(|table| table.name);
        for table in tables {
            said.push(format!("{}:\n{}", table.name, stored(&*store, table)));
        }
        said.concat()
    });
    assert_eq!(sqlite, postgres);
    assert_eq!(sqlite, mariadb);
    sqlite
}

/// What every store or the loader says against a stream.
fn refused(stream: &str) -> Vec<String> {
    let places = [Place::sqlite(), Place::postgres(), Place::mariadb()];
    let said = places.iter().map(|place| {
        let mut store = place.open();
        Loader::new(&mut *store).load(stream).unwrap_err()
    });
    said.collect()
}

#[test]
fn lists_and_objects_are_kept_as_json() {
    insta::assert_snapshot!(loaded(&[stream!("array_data")]), @r#"
    4 inserted, 0 updated
    test_array_data:
    1 | [\"apple\",\"orange\",\"pear\"]
    2 | [\"banana\",\"apple\"]
    3 | [\"pear\"]
    4 | [\"orange\",\"banana\",\"apple\",\"pear\"]
    "#);
    insta::assert_snapshot!(loaded(&[stream!("schema_no_properties")]), @r#"
    4 inserted, 0 updated
    test_object_schema_no_properties:
    {\"id\":1,\"metric\":1}
    {\"id\":2,\"metric\":2}
    test_object_schema_with_properties:
    {\"id\":1,\"metric\":187}
    {\"id\":2,\"metric\":203}
    "#);
}

#[test]
fn names_keep_their_case() {
    insta::assert_snapshot!(loaded(&[stream!("camelcase")]), @r#"
    2 inserted, 0 updated
    TestCamelcase:
    1 | Gitter Windows Desktop App
    2 | Gitter iOS App
    "#);
    insta::assert_snapshot!(loaded(&[stream!("camelcase_complex_schema")]), @r#"
    0 inserted, 0 updated
    ForecastingTypeToCategory:
    "#);
}

#[test]
fn of_records_with_the_same_key_the_last_is_kept() {
    insta::assert_snapshot!(loaded(&[stream!("duplicate_records")]), @r#"
    2 inserted, 0 updated
    test_duplicate_records:
    1 | 100
    2 | 20
    "#);
}

#[test]
fn strings_survive_whatever_is_in_them() {
    insta::assert_snapshot!(loaded(&[stream!("encoded_string_data")]), @r#"
    28 inserted, 0 updated
    test_strings:
    1 | simple string 2837
    2 | απλή συμβολοσειρά
    3 | 简单的字串
    4 | chaîne simple
    5 | quoted \"string\"
    6 | various \" \\ / \n escape sequences
    7 | m
    8 | ā
    9 | ƙ
    10 | Double quoting: \\u0000 \\u0041 \\u0001
    11 | Control Characters in string: \0 A \u{1}
    test_strings_in_arrays:
    1 | [\"simple string\",\"απλή συμβολοσειρά\",\"简单的字串\"]
    2 | [\"chaîne simple\",\"quoted \\\"string\\\"\"]
    3 | [\"various \\\" \\\\ / \\n escape sequences\"]
    4 | [\"m\",\"ā\",\"ƙ\"]
    5 | [\"aaa\",\"Double quoting: \\\\u0000 \\\\u0041 \\\\u0001\"]
    6 | [\"bbb\",\"Control Characters in string: \\u0000 A \\u0001\"]
    test_strings_in_objects:
    1 | {\"name\":\"simple\",\"value\":\"simple string 2837\"}
    2 | {\"name\":\"greek\",\"value\":\"απλή συμβολοσειρά\"}
    3 | {\"name\":\"chinese\",\"value\":\"简单的字串\"}
    4 | {\"name\":\"french\",\"value\":\"chaîne simple\"}
    5 | {\"name\":\"quoted string\",\"value\":\"quoted \\\"string\\\"\"}
    6 | {\"name\":\"escape sequences\",\"value\":\"various \\\" \\\\ / \\n escape sequences\"}
    7 | {\"name\":\"unicode\",\"value\":\"m\"}
    8 | {\"name\":\"unicode\",\"value\":\"ā\"}
    9 | {\"name\":\"unicode\",\"value\":\"ƙ\"}
    10 | {\"name\":\"Double quoting\",\"value\":\" \\\\u0000 \\\\u0041 \\\\u0001\"}
    11 | {\"name\":\"Control Characters in string\",\"value\":\"\\u0000 A \\u0001\"}
    "#);
}

#[test]
fn states_between_records_lose_nothing() {
    insta::assert_snapshot!(loaded(&[stream!("multiple_state_messages")]), @r#"
    12 inserted, 0 updated
    test_multiple_state_messages_a:
    1 | 100
    2 | 200
    3 | 300
    4 | 400
    5 | 500
    6 | 600
    test_multiple_state_messages_b:
    1 | 110
    2 | 220
    3 | 330
    4 | 440
    5 | 550
    6 | 660
    "#);
}

#[test]
fn without_a_key_records_are_appended() {
    let (first, second) = (
        stream!("no_primary_keys"),
        stream!("no_primary_keys_append"),
    );
    insta::assert_snapshot!(loaded(&[first, second]), @r#"
    3 inserted, 0 updated
    5 inserted, 0 updated
    test_no_pk:
    1 | 101
    1 | 11
    2 | 202
    2 | 22
    3 | 303
    3 | 33
    4 | 404
    5 | 505
    "#);
}

#[test]
fn a_field_that_is_missing_is_null() {
    insta::assert_snapshot!(loaded(&[stream!("optional_attributes")]), @r#"
    4 inserted, 0 updated
    test_optional_attributes:
    1 | This is optional
    2 | -
    3 | Also optional
    4 | -
    "#);
    insta::assert_snapshot!(loaded(&[stream!("record_missing_fields")]), @r#"
    2 inserted, 0 updated
    record_missing_fields:
    1 | now you see me
    2 | -
    "#);
}

#[test]
fn a_schema_that_grows_adds_columns() {
    insta::assert_snapshot!(loaded(&[stream!("schema_updates")]), @r#"
    6 inserted, 0 updated
    test_schema_updates:
    1 | 101.0 | string1 | - | - | - | -
    2 | 102.0 | string2 | true | - | - | -
    3 | 103.0 | string3 | false | {\"id\":1,\"value\":1} | [\"banana\",\"apple\"] | -
    4 | 104.0 | string4 | true | {\"id\":2,\"value\":22} | [\"orange\",\"pear\"] | -
    5 | 105.0 | string5 | false | {\"id\":3,\"value\":33} | [\"apple\"] | 985
    6 | 106.0 | string6 | true | {\"id\":4,\"value\":444} | [\"banana\",\"orange\"] | 341
    "#);
}

#[test]
fn records_with_known_keys_are_replaced() {
    let (first, second) = (
        stream!("user_location_data"),
        stream!("user_location_upsert_data"),
    );
    insta::assert_snapshot!(loaded(&[first, second, second]), @r#"
    11 inserted, 0 updated
    7 inserted, 7 updated
    0 inserted, 0 updated
    test_locations:
    1 | Philly
    2 | NY
    3 | San Francisco
    6 | Colorado
    8 | Boston
    test_user_in_location:
    1 | 1 | 4 | {\"weather\":\"rainy\",\"mood\":\"sad\"}
    2 | 2 | 3 | {\"weather\":\"sunny\",\"mood\":\"satisfied\"}
    3 | 1 | 3 | {\"weather\":\"sunny\",\"mood\":\"happy\"}
    6 | 3 | 2 | {\"weather\":\"sunny\",\"mood\":\"happy\"}
    14 | 4 | 1 | {\"weather\":\"cloudy\",\"mood\":\"ok\"}
    test_users:
    1 | Johny
    2 | George
    3 | Jacob
    4 | Josh
    5 | Jim
    8 | Thomas
    12 | Paul
    13 | Mary
    "#);
}

#[test]
fn a_key_that_changes_is_refused_and_named() {
    for said in refused(stream!("pk_updates")) {
        assert!(
            said.ends_with("fitting table `example_stream`: its key is (id), not (email)"),
            "{said}"
        );
    }
}

#[test]
fn a_record_without_its_key_is_refused_and_named() {
    for (stream, table, column) in [
        (
            stream!("record_missing_key_property"),
            "test_record_missing_key_property",
            "id",
        ),
        (
            stream!("record_missing_required_property"),
            "test_record_missing_required_property",
            "id",
        ),
    ] {
        for said in refused(stream) {
            assert_eq!(
                said,
                format!(
                    "rows do not fit table `{table}`: column `{column}` holds something that \
                     is no value, but NULL"
                )
            );
        }
    }
}

#[test]
fn a_stream_that_cannot_be_a_table_is_refused() {
    for said in refused(stream!("special_chars_in_attributes")) {
        assert_eq!(
            said,
            "`test:SpecialChars!in?attributes` is no name of a table or column"
        );
    }
    for said in refused(stream!("invalid_schema")) {
        assert_eq!(
            said,
            "the schema of `test_invalid_schema` has no properties"
        );
    }
    for said in refused(stream!("record_before_schema")) {
        assert_eq!(
            said,
            "a record of `test_record_before_schema` before its schema"
        );
    }
}

#[test]
fn special_characters_inside_of_objects_are_kept() {
    let stream = stream!("special_chars_in_attributes").replace("test:SpecialChars!in?", "test_");
    insta::assert_snapshot!(loaded(&[&stream]), @r#"
    1 inserted, 0 updated
    test_attributes:
    a2e98886 | {\"env\":\"prod\",\"agent:type\":\"desktop\",\"agent:os:version\":\"10.13.1\"}
    "#);
}

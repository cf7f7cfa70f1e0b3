//! Queries: filters, order, pages, and what is wrong with a question.

use qaduct_records::{Direction, Filter, Query, Row as _, StoreError, Test, Value};

use crate::place::Place;
use crate::sample::{Sample, everything, names, write};

/// The names of the samples that pass a test.
fn passing(place: &Place, column: &str, test: Test) -> String {
    let query = everything().filter(column, test);
    let mut reader = place.reader();
    let found = names(&reader.query(&query).unwrap());
    assert_eq!(reader.count(&query).unwrap(), found.len() as u64);
    found.concat()
}

fn ints(values: &[i64]) -> Vec<Value> {
    values.iter().map(|&int| Value::Int(int)).collect()
}

pub(super) fn every_test_of_a_filter(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(
        &mut *store,
        &[
            Sample {
                text: Some("Some Text".to_owned()),
                ..Sample::int("a", 1)
            },
            Sample {
                text: Some("other".to_owned()),
                ..Sample::int("b", 2)
            },
            Sample {
                flag: Some(true),
                ..Sample::int("c", 3)
            },
            Sample::new("d", 0),
        ],
    );
    let passing = |column, test| passing(place, column, test);
    assert_eq!(passing("int", Test::In(ints(&[1, 3, 9]))), "ac");
    assert_eq!(passing("int", Test::In(vec![])), "");
    assert_eq!(passing("int", Test::NotIn(ints(&[1, 9]))), "bc");
    assert_eq!(passing("int", Test::NotIn(vec![])), "abc");
    assert_eq!(passing("int", Test::Missing), "d");
    assert_eq!(passing("int", Test::Present), "abc");
    assert_eq!(passing("int", Test::Below(Value::Int(2))), "a");
    assert_eq!(passing("int", Test::AtLeast(Value::Int(2))), "bc");
    assert_eq!(passing("text", Test::Contains("TEXT".to_owned())), "a");
    assert_eq!(passing("text", Test::Contains(String::new())), "ab");
    assert_eq!(passing("flag", Test::In(vec![Value::Bool(true)])), "c");
    assert_eq!(passing("name", Test::AtLeast("b".into())), "bcd");
    let many: Vec<_> = (2..3_000).map(Value::Int).collect();
    assert_eq!(passing("int", Test::In(many)), "bc");
}

pub(super) fn null_passes_only_missing(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &[Sample::int("a", 1), Sample::new("b", 0)]);
    let passing = |test| passing(place, "int", test);
    assert_eq!(passing(Test::In(vec![Value::Null])), "");
    assert_eq!(passing(Test::In(vec![Value::Null, Value::Int(1)])), "a");
    assert_eq!(passing(Test::NotIn(vec![Value::Null])), "a");
    assert_eq!(passing(Test::NotIn(vec![Value::Null, Value::Int(1)])), "");
    assert_eq!(passing(Test::Below(Value::Null)), "");
    assert_eq!(passing(Test::AtLeast(Value::Null)), "");
}

pub(super) fn of_a_group_of_filters_one_is_enough(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let with_text = |name, int, text: &str| Sample {
        text: Some(text.to_owned()),
        ..Sample::int(name, int)
    };
    write(
        &mut *store,
        &[
            with_text("a", 1, "one"),
            with_text("b", 2, "two"),
            with_text("c", 3, "one"),
            Sample::new("d", 0),
        ],
    );
    let text = |part: &str| Filter::new("text", Test::Contains(part.to_owned()));
    let int = |test| Filter::new("int", test);
    let some = || vec![int(Test::Missing), int(Test::In(ints(&[1, 2])))];
    let mut reader = place.reader();
    for (query, expected) in [
        (everything().any(some()), "abd"),
        (
            everything().any(vec![text("two"), int(Test::Missing)]),
            "bd",
        ),
        // Each group counts, and so do the filters before it.
        (everything().any(some()).any(vec![text("one")]), "a"),
        (
            everything()
                .filter("name", Test::AtLeast("b".into()))
                .any(some()),
            "bd",
        ),
        (everything().any(vec![]), ""),
    ] {
        let found = names(&reader.query(&query).unwrap());
        assert_eq!(found.concat(), expected, "{:?}", query.any);
        assert_eq!(reader.count(&query).unwrap(), found.len() as u64);
    }
    let wrong = everything().any(vec![int(Test::In(vec!["1".into()]))]);
    assert!(reader.query(&wrong).is_err());
}

pub(super) fn an_item_of_a_list_is_found_whole(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(
        &mut *store,
        &[
            Sample::text("a", "A-1"),
            Sample::text("b", "A-12, B%2"),
            Sample::text("c", "B%2, bug 7\0, A-1"),
            Sample::text("d", ""),
            Sample::new("e", 0),
        ],
    );
    let passing = |items: &[&str]| {
        let items = items.iter().map(|&it| it.to_owned()).collect();
        passing(place, "text", Test::Lists(items))
    };
    assert_eq!(passing(&["A-1"]), "ac");
    assert_eq!(passing(&["A-12"]), "b");
    assert_eq!(passing(&["B%2"]), "bc");
    assert_eq!(passing(&["bug 7\0"]), "c");
    assert_eq!(passing(&["A-12", "bug 7\0", "nothing"]), "bc");
    for nothing in ["a-1", "A", "A-%", "bug", "-1"] {
        assert_eq!(passing(&[nothing]), "", "{nothing}");
    }
    assert_eq!(passing(&[]), "");
}

pub(super) fn contains_takes_special_characters_as_they_are(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(
        &mut *store,
        &[
            Sample::text("a", "100%"),
            Sample::text("b", "snake_case"),
            Sample::text("c", r"back\slash"),
            Sample::text("d", "it's [a-z]* .+"),
            Sample::text("e", "before\0after ÄÖ"),
            Sample::text("f", "snakeXcase 100 äö"),
        ],
    );
    let passing = |text: &str| passing(place, "text", Test::Contains(text.to_owned()));
    assert_eq!(passing("%"), "a");
    assert_eq!(passing("e_c"), "b");
    assert_eq!(passing("\\"), "c");
    assert_eq!(passing("'"), "d");
    assert_eq!(passing("[A-Z]*"), "d");
    assert_eq!(passing("e\0A"), "e");
    assert_eq!(passing("AFTER"), "e", "what is behind a NUL is found too");
    assert_eq!(passing("äö"), "f", "only ASCII letters have no case");
}

pub(super) fn filters_compare_instants_days_and_fractions(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let row = |name: &str, at: &str, day: &str, float| Sample {
        at: Some(at.parse().unwrap()),
        day: Some(day.parse().unwrap()),
        float: Some(float),
        ..Sample::new(name, 0)
    };
    write(
        &mut *store,
        &[
            row("a", "2026-01-01T00:00:00Z", "2026-01-01", 0.5),
            row(
                "b",
                "2026-01-01T00:00:00.000001Z",
                "2026-01-02",
                f64::INFINITY,
            ),
            row("c", "0900-01-01T00:00:00Z", "0900-01-01", f64::NAN),
        ],
    );
    let passing = |column, test| passing(place, column, test);
    let new_year = Value::Timestamp("2026-01-01T01:00:00+01:00".parse().unwrap());
    assert_eq!(passing("at", Test::In(vec![new_year.clone()])), "a");
    assert_eq!(passing("at", Test::Below(new_year.clone())), "c");
    assert_eq!(passing("at", Test::AtLeast(new_year)), "ab");
    let before_all = Value::Timestamp("-009999-01-02T01:59:59Z".parse().unwrap());
    assert_eq!(passing("at", Test::AtLeast(before_all)), "abc");
    assert_eq!(
        passing(
            "day",
            Test::AtLeast(Value::Date("2026-01-02".parse().unwrap()))
        ),
        "b"
    );
    assert_eq!(passing("float", Test::Below(Value::Float(1.0))), "a");
    assert_eq!(
        passing("float", Test::AtLeast(Value::Float(1.0))),
        "bc",
        "NaN is the greatest"
    );
    assert_eq!(
        passing("float", Test::In(vec![Value::Float(f64::NAN)])),
        "c"
    );
}

pub(super) fn text_sorts_by_code_point(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let sorted = [
        "", "\0", "\u{1}", "\u{2}", " ", "A", "B", "Z", "_", "a", "ab", "b", "z", "ä", "é", "Ω",
        "\u{e000}", "😀",
    ];
    let mut rows: Vec<_> = sorted.iter().map(|name| Sample::text(name, name)).collect();
    rows.reverse();
    write(&mut *store, &rows);
    let mut reader = store.reader().unwrap();
    for column in ["name", "text"] {
        let mut found = |direction| {
            let query = Query::of("samples", Sample::TABLE.columns).order_by(column, direction);
            names(&reader.query(&query).unwrap())
        };
        assert_eq!(found(Direction::Up), sorted);
        let mut down = found(Direction::Down);
        down.reverse();
        assert_eq!(down, sorted);
    }
    assert_eq!(
        passing(place, "name", Test::Below("_".into())),
        "\0\u{1}\u{2} ABZ"
    );
}

pub(super) fn null_sorts_last_in_both_directions(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(
        &mut *store,
        &[
            Sample::new("n", 0),
            Sample::int("b", 2),
            Sample::int("a", 1),
        ],
    );
    let mut reader = store.reader().unwrap();
    let mut found = |direction| {
        let query = Query::of("samples", Sample::TABLE.columns).order_by("int", direction);
        names(&reader.query(&query).unwrap()).concat()
    };
    assert_eq!(found(Direction::Up), "abn");
    assert_eq!(found(Direction::Down), "ban");
}

pub(super) fn limit_and_offset_cut_a_page(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let rows = ["a", "b", "c", "d"].map(|name| Sample::new(name, 0));
    write(&mut *store, &rows);
    let mut reader = store.reader().unwrap();
    let mut page = |limit, offset| {
        names(
            &reader
                .query(&Query {
                    limit,
                    offset,
                    ..everything()
                })
                .unwrap(),
        )
        .concat()
    };
    assert_eq!(page(Some(2), 0), "ab");
    assert_eq!(page(Some(2), 3), "d");
    assert_eq!(page(None, 1), "bcd");
    assert_eq!(page(Some(0), 0), "");
    assert_eq!(page(Some(u64::MAX), u64::MAX), "");
}

pub(super) fn counting_ignores_limit_and_offset(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(
        &mut *store,
        &["a", "b", "c"].map(|name| Sample::new(name, 0)),
    );
    let query = Query {
        limit: Some(1),
        offset: 2,
        ..everything()
    };
    assert_eq!(store.reader().unwrap().count(&query).unwrap(), 3);
}

pub(super) fn an_answer_has_the_columns_of_the_question(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &[Sample::int("a", 1)]);
    let columns: Vec<_> = ["int", "name"]
        .iter()
        .map(|name| Sample::TABLE.column(name).unwrap().clone())
        .collect();
    // Filters and order may name columns that are not in the answer.
    let query = Query::of("samples", columns)
        .filter("number", Test::In(vec![Value::Int(0)]))
        .order_by("text", Direction::Up);
    let batch = store.reader().unwrap().query(&query).unwrap();
    let schema = batch.schema();
    let names: Vec<_> = schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    assert_eq!((names, batch.num_rows()), (vec!["int", "name"], 1));
}

fn refused(place: &Place, query: &Query) -> String {
    let mut reader = place.reader();
    for answer in [reader.query(query).map(drop), reader.count(query).map(drop)] {
        match answer {
            Err(StoreError::Query(why)) => return why,
            Ok(()) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("nothing was wrong with {query:?}")
}

pub(super) fn what_does_not_exist_is_named(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &[Sample::int("a", 1)]);
    let names = |query| refused(place, &query);
    let nowhere = Query::of("nowhere", Sample::TABLE.columns);
    assert!(names(nowhere).contains("nowhere"));
    assert!(names(everything().filter("nothing", Test::Missing)).contains("nothing"));
    assert!(names(everything().order_by("nothing", Direction::Up)).contains("nothing"));
    assert!(names(Query::of("samples", [])).contains("without a column"));
}

pub(super) fn a_value_of_another_type_is_refused(place: &Place) {
    let _store = place.with(&[Sample::TABLE]);
    for (column, test) in [
        ("int", Test::In(vec![Value::Text("1".to_owned())])),
        ("text", Test::Below(Value::Int(1))),
        (
            "at",
            Test::AtLeast(Value::Date("2026-01-01".parse().unwrap())),
        ),
        ("flag", Test::NotIn(vec![Value::Int(1)])),
        ("int", Test::Contains("1".to_owned())),
    ] {
        let why = refused(place, &everything().filter(column, test));
        assert!(why.contains(&format!("column `{column}` is ")), "{why}");
    }
}

pub(super) fn names_cannot_carry_sql(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &[Sample::int("a", 1)]);
    for name in [
        "samples\"; DROP TABLE samples; --",
        "name\" OR 1=1 --",
        "",
        "a b",
        "naïve",
    ] {
        refused(place, &Query::of(name, Sample::TABLE.columns));
        refused(place, &everything().filter(name, Test::Present));
        refused(place, &everything().order_by(name, Direction::Up));
    }
    assert_eq!(
        passing(place, "name", Test::In(vec!["x' OR '1'='1".into()])),
        ""
    );
    assert_eq!(passing(place, "int", Test::Present), "a");
}

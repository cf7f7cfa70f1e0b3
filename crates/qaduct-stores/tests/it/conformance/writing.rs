//! Upserts, selections and deletions.

use qaduct_records::{Direction, Filter, Query, Row as _, StoreError, Test, Value, Written, table};

use crate::place::Place;
use crate::sample::{Mention, Sample, names, read_all, write};

fn written(inserted: u64, updated: u64) -> Written {
    Written { inserted, updated }
}

pub(super) fn new_rows_are_counted(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    assert_eq!(
        write(&mut *store, &[Sample::int("a", 1), Sample::int("b", 2)]),
        written(2, 0)
    );
}

pub(super) fn the_same_rows_again_change_nothing(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let rows: Vec<_> = (0..5).map(Sample::nth).collect();
    write(&mut *store, &rows);
    assert_eq!(write(&mut *store, &rows), written(0, 0));
    assert_eq!(read_all(&*store), rows);
}

pub(super) fn a_row_with_a_known_key_is_replaced(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &[Sample::int("a", 1), Sample::int("b", 2)]);
    let second = [
        Sample::int("a", 1),
        Sample::new("b", 0),
        Sample::int("c", 3),
    ];
    assert_eq!(write(&mut *store, &second), written(1, 1));
    assert_eq!(read_all(&*store), second);
}

pub(super) fn of_rows_with_the_same_key_in_a_batch_the_last_is_kept(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let rows = [
        Sample::int("a", 1),
        Sample::int("b", 1),
        Sample::int("a", 2),
    ];
    assert_eq!(write(&mut *store, &rows), written(2, 0));
    assert_eq!(
        read_all(&*store),
        [Sample::int("a", 2), Sample::int("b", 1)]
    );
    let back = [Sample::int("a", 3), Sample::int("a", 2)];
    assert_eq!(
        write(&mut *store, &back),
        written(0, 0),
        "what was between does not count"
    );
}

pub(super) fn many_rows_go_in_and_are_replaced(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let mut rows: Vec<_> = (0..2_500).map(Sample::nth).collect();
    assert_eq!(write(&mut *store, &rows), written(2_500, 0));
    assert_eq!(read_all(&*store), rows);
    for row in rows.iter_mut().step_by(100) {
        row.text = Some("changed".to_owned());
    }
    rows.push(Sample::nth(2_500));
    // The last of the rows with the key is what counts, here too.
    let mut twice = vec![Sample::new("many", 7)];
    twice.extend(rows.iter().cloned());
    assert_eq!(write(&mut *store, &twice), written(1, 25));
    assert_eq!(read_all(&*store), rows);
    assert_eq!(write(&mut *store, &twice), written(0, 0));
}

pub(super) fn many_rows_go_in_over_rows_of_the_same_transaction(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let rows: Vec<_> = (0..3_000).map(Sample::nth).collect();
    let mut transaction = store.begin("samples").unwrap();
    let mut upsert = |rows: &[Sample]| {
        transaction
            .upsert(Sample::TABLE, &Sample::batch(rows))
            .unwrap()
    };
    assert_eq!(upsert(&rows[..1_500]), written(1_500, 0));
    assert_eq!(upsert(&rows[1_500..2_600]), written(1_100, 0));
    assert_eq!(upsert(&rows[1_000..]), written(400, 0));
    assert_eq!(upsert(&rows), written(0, 0));
    transaction.commit().unwrap();
    assert_eq!(read_all(&*store), rows);
}

pub(super) fn a_table_of_keys_alone_can_be_written_twice(place: &Place) {
    table! {
        /// Nothing but a key.
        struct Tag in "tags" key ["tag"] {
            /// The key.
            pub tag: String,
        }
    }
    let mut store = place.with(&[Tag::TABLE]);
    let tags = Tag::batch(&[
        Tag {
            tag: "a".to_owned(),
        },
        Tag {
            tag: "b".to_owned(),
        },
    ]);
    let mut transaction = store.begin("tags").unwrap();
    assert_eq!(
        transaction.upsert(Tag::TABLE, &tags).unwrap(),
        written(2, 0)
    );
    assert_eq!(
        transaction.upsert(Tag::TABLE, &tags).unwrap(),
        written(0, 0)
    );
    transaction.commit().unwrap();
}

pub(super) fn keys_that_differ_anywhere_are_different_keys(place: &Place) {
    table! {
        /// A key of two texts.
        struct Pair in "pairs" key ["left", "right"] {
            /// One.
            pub left: String,
            /// The other.
            pub right: String,
            /// A value.
            pub value: i64,
        }
    }
    let long = "x".repeat(1_500);
    let mut keys = vec![
        ("a".to_owned(), "bc".to_owned()),
        ("ab".to_owned(), "c".to_owned()),
        ("1:a".to_owned(), "1:b".to_owned()),
        (format!("{long}1"), String::new()),
        (format!("{long}2"), String::new()),
        (String::new(), format!("{long}1")),
        (String::new(), format!("{long}2")),
    ];
    for one in ["a", "A", "a ", "á", "a\0", "a\t", "ß", "ss", "ﬁ", "fi", ""] {
        keys.push((one.to_owned(), one.to_owned()));
    }
    // Few rows and many may go different ways.
    for number in 0..1_000 {
        keys.push((format!("{long}{number:04}"), "many".to_owned()));
    }
    let rows = |value: i64, keys: &[(String, String)]| {
        let row = |(left, right): &(String, String)| Pair {
            left: left.clone(),
            right: right.clone(),
            value,
        };
        Pair::batch(&keys.iter().map(row).collect::<Vec<_>>())
    };
    let mut store = place.with(&[Pair::TABLE]);
    let mut transaction = store.begin("pairs").unwrap();
    let mut upsert = |value, keys: &[(String, String)]| {
        transaction.upsert(Pair::TABLE, &rows(value, keys)).unwrap()
    };
    let (few, all) = (18, keys.len() as u64);
    assert_eq!(upsert(1, &keys[..few]), written(few as u64, 0));
    assert_eq!(upsert(1, &keys), written(all - few as u64, 0));
    assert_eq!(upsert(2, &keys[..few]), written(0, few as u64));
    assert_eq!(upsert(2, &keys), written(0, all - few as u64));
    assert_eq!(upsert(2, &keys), written(0, 0));
    let found = transaction
        .select(
            Pair::TABLE,
            &[("left", "a ".into()), ("value", Value::Int(2))],
        )
        .unwrap();
    assert_eq!(Pair::rows(&found).unwrap()[0].right, "a ");
    assert_eq!(found.num_rows(), 1);
    transaction.commit().unwrap();
}

pub(super) fn a_table_without_a_key_takes_every_row(place: &Place) {
    table! {
        /// A line of a log.
        struct Line in "lines" key [] {
            /// What it says.
            pub text: String,
        }
    }
    let lines = |count: usize| {
        let line = |_| Line {
            text: "the same".to_owned(),
        };
        Line::batch(&(0..count).map(line).collect::<Vec<_>>())
    };
    let mut store = place.with(&[Line::TABLE]);
    let mut transaction = store.begin("lines").unwrap();
    for count in [1, 2, 1_500, 1_500] {
        assert_eq!(
            transaction.upsert(Line::TABLE, &lines(count)).unwrap(),
            written(count as u64, 0)
        );
    }
    let stored = transaction.select(Line::TABLE, &[]).unwrap();
    assert_eq!(stored.num_rows(), 3_003);
    transaction.commit().unwrap();
}

pub(super) fn no_rows_are_no_change(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    assert_eq!(write(&mut *store, &[]), written(0, 0));
    assert_eq!(read_all(&*store), []);
}

pub(super) fn a_batch_that_does_not_fit_is_refused(place: &Place) {
    let mut store = place.with(&[Sample::TABLE, Mention::TABLE]);
    let mut transaction = store.begin("samples").unwrap();
    let mention = Mention::batch(&[Mention {
        id: 1,
        name: "a".to_owned(),
    }]);
    let error = transaction.upsert(Sample::TABLE, &mention).unwrap_err();
    assert!(matches!(error, StoreError::Fit { .. }), "{error}");
    assert!(error.to_string().contains("`samples`"), "{error}");
}

pub(super) fn rows_are_selected_by_value_inside_the_transaction(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let mut transaction = store.begin("samples").unwrap();
    let rows = [
        Sample::int("a", 1),
        Sample::int("b", 1),
        Sample::new("c", 0),
    ];
    transaction
        .upsert(Sample::TABLE, &Sample::batch(&rows))
        .unwrap();
    let mut select = |equal: &[(&str, Value)]| {
        let batch = transaction.select(Sample::TABLE, equal).unwrap();
        let mut rows = Sample::rows(&batch).unwrap();
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        rows
    };
    assert_eq!(select(&[]), rows);
    assert_eq!(select(&[("int", Value::Int(1))]), rows[..2]);
    assert_eq!(
        select(&[("int", Value::Int(1)), ("name", "b".into())]),
        rows[1..2]
    );
    assert_eq!(select(&[("int", Value::Null)]), rows[2..]);
}

pub(super) fn a_transaction_answers_questions_over_what_it_wrote(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(
        &mut *store,
        &[
            Sample::int("a", 1),
            Sample::int("b", 2),
            Sample::int("c", 3),
        ],
    );
    let mut transaction = store.begin("samples").unwrap();
    let rows = [
        Sample::int("b", 20),
        Sample::int("d", 4),
        Sample::new("n", 0),
    ];
    transaction
        .upsert(Sample::TABLE, &Sample::batch(&rows))
        .unwrap();
    let query = Query::of("samples", Sample::TABLE.columns)
        .filter("int", Test::AtLeast(Value::Int(3)))
        .order_by("int", Direction::Down);
    let page = Query {
        limit: Some(2),
        offset: 1,
        ..query.clone()
    };
    assert_eq!(names(&transaction.query(&query).unwrap()), ["b", "d", "c"]);
    assert_eq!(names(&transaction.query(&page).unwrap()), ["d", "c"]);
    drop(transaction);
    assert_eq!(
        names(&store.reader().unwrap().query(&query).unwrap()),
        ["c"]
    );
}

pub(super) fn a_question_that_fails_spoils_the_transaction(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let mut transaction = store.begin("samples").unwrap();
    transaction
        .upsert(Sample::TABLE, &Sample::batch(&[Sample::int("a", 1)]))
        .unwrap();
    let nowhere = Query::of("nowhere", Sample::TABLE.columns);
    match transaction.query(&nowhere) {
        Err(StoreError::Query(why)) => assert!(why.contains("nowhere"), "{why}"),
        other => panic!("{other:?}"),
    }
    transaction.commit().unwrap_err();
    assert_eq!(read_all(&*store), []);
}

pub(super) fn rows_that_pass_the_filters_are_deleted(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    write(
        &mut *store,
        &[
            Sample::int("a", 1),
            Sample::int("b", 2),
            Sample::new("c", 0),
        ],
    );
    let mut transaction = store.begin("samples").unwrap();
    let below = [Filter {
        column: "int".to_owned(),
        test: Test::Below(Value::Int(2)),
    }];
    assert_eq!(transaction.delete(Sample::TABLE, &below).unwrap(), 1);
    assert_eq!(transaction.delete(Sample::TABLE, &below).unwrap(), 0);
    transaction.commit().unwrap();
    assert_eq!(
        read_all(&*store),
        [Sample::int("b", 2), Sample::new("c", 0)]
    );
    let mut transaction = store.begin("samples").unwrap();
    assert_eq!(transaction.delete(Sample::TABLE, &[]).unwrap(), 2);
    transaction.commit().unwrap();
    assert_eq!(read_all(&*store), []);
}

pub(super) fn rows_to_which_nothing_refers_are_deleted(place: &Place) {
    let mut store = place.with(&[Sample::TABLE, Mention::TABLE]);
    write(
        &mut *store,
        &[
            Sample::int("a", 1),
            Sample::int("b", 2),
            Sample::int("c", 3),
        ],
    );
    let mut transaction = store.begin("samples").unwrap();
    let mentions = [
        Mention {
            id: 1,
            name: "b".to_owned(),
        },
        Mention {
            id: 2,
            name: "x".to_owned(),
        },
    ];
    transaction
        .upsert(Mention::TABLE, &Mention::batch(&mentions))
        .unwrap();
    let orphans = transaction
        .delete_orphans(Sample::TABLE, "name", &[Mention::TABLE])
        .unwrap();
    transaction.commit().unwrap();
    assert_eq!(orphans, 2);
    assert_eq!(read_all(&*store), [Sample::int("b", 2)]);
}

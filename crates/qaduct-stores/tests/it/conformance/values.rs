//! What goes in comes out.

use std::cell::RefCell;

use jiff::{Timestamp, civil::Date};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use qaduct_records::table::date_of;
use qaduct_records::{Row as _, StoreError};

use crate::place::Place;
use crate::sample::{Sample, read_all, write};

/// Writes rows with different keys and reads them back.
fn there_and_back(place: &Place, rows: &[Sample]) {
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, rows);
    assert_eq!(read_all(&*store), rows);
}

pub(super) fn values_come_back_as_they_went_in(place: &Place) {
    let full = Sample {
        name: "full".to_owned(),
        number: 1,
        text: Some(String::new()),
        int: Some(0),
        float: Some(0.5),
        flag: Some(false),
        at: Some("2026-11-22T07:15:16.123456Z".parse().unwrap()),
        day: Some("2026-02-28".parse().unwrap()),
    };
    there_and_back(place, &[full, Sample::new("null", 2)]);
}

pub(super) fn long_text_and_strange_text_survive(place: &Place) {
    let strange = [
        "x".repeat(300_000),
        "é".repeat(150_000),
        "👩‍👩‍👧‍👦 \u{202e}rtl\u{10ffff}".to_owned(),
        "\0".to_owned(),
        "a\0b\0".to_owned(),
        "\u{1}\u{1}".to_owned(),
        "\u{1}\u{2}\0".to_owned(),
        "\u{2400}\\0\\x00%00".to_owned(),
        "'; DROP TABLE samples; --".to_owned(),
        "\"quoted\" \\ `back` $1 ?1 {} \r\n\t".to_owned(),
        " spaces around ".to_owned(),
        "NaN".to_owned(),
        "1e3".to_owned(),
        "0007".to_owned(),
        String::new(),
    ];
    // In the key too, as far as an index takes it.
    let name = |text: &str| text[..text.floor_char_boundary(8)].to_owned();
    let mut rows: Vec<_> = (0..)
        .zip(&strange)
        .map(|(number, text)| Sample {
            number,
            ..Sample::text(&name(text), text)
        })
        .collect();
    rows.sort_by(|a, b| (&a.name, a.number).cmp(&(&b.name, b.number)));
    there_and_back(place, &rows);
}

pub(super) fn numbers_at_the_edges_survive(place: &Place) {
    let ints = [i64::MIN, i64::MIN + 1, -1, 0, (1 << 53) + 1, i64::MAX];
    let rows: Vec<_> = ints
        .iter()
        .map(|&int| Sample {
            number: int,
            ..Sample::int("int", int)
        })
        .collect();
    there_and_back(place, &rows);
}

pub(super) fn no_number_and_infinity_survive(place: &Place) {
    let floats = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        0.1 + 0.2,
        3.0,
    ];
    let rows: Vec<_> = (0..)
        .zip(floats)
        .map(|(number, float)| Sample {
            float: Some(float),
            ..Sample::new("float", number)
        })
        .collect();
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &rows);
    let back: Vec<_> = read_all(&*store)
        .iter()
        .map(|row| row.float.unwrap().to_bits())
        .collect();
    assert_eq!(back, floats.map(f64::to_bits));
    let again = write(&mut *store, &rows);
    assert_eq!((again.inserted, again.updated), (0, 0), "NaN equals NaN");
}

pub(super) fn instants_and_days_at_the_edges_survive(place: &Place) {
    let instants = [
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999Z",
        "2000-02-29T12:00:00.000001Z",
        "2026-11-22T07:15:16.999999Z",
        "9999-12-30T21:59:59.999999Z",
    ];
    let days = [
        "0001-01-01",
        "1582-10-10",
        "1970-01-01",
        "2000-02-29",
        "9999-12-31",
    ];
    let rows: Vec<_> = (0..)
        .zip(instants.iter().zip(days))
        .map(|(number, (at, day))| Sample {
            at: Some(at.parse().unwrap()),
            day: Some(day.parse().unwrap()),
            ..Sample::new("far", number)
        })
        .collect();
    there_and_back(place, &rows);
}

pub(super) fn instants_that_no_store_can_hold_are_refused(place: &Place) {
    let mut store = place.with(&[Sample::TABLE]);
    let mut transaction = store.begin("samples").unwrap();
    let mut refused = |row: Sample| match transaction.upsert(Sample::TABLE, &Sample::batch(&[row]))
    {
        Err(StoreError::Fit { mismatch, .. }) => (mismatch.column, mismatch.expected),
        other => panic!("{other:?}"),
    };
    let old: Timestamp = "-000044-03-15T12:00:00Z".parse().unwrap();
    assert_eq!(
        refused(Sample {
            at: Some(old),
            ..Sample::new("a", 1)
        }),
        ("at".to_owned(), "timestamp of the years 1 to 9999")
    );
    assert_eq!(
        refused(Sample {
            day: Some(Date::new(0, 12, 31).unwrap()),
            ..Sample::new("a", 1)
        }),
        ("day".to_owned(), "date of the years 1 to 9999")
    );
}

pub(super) fn what_goes_in_comes_out(place: &Place) {
    let row = (
        (
            any::<String>(),
            any::<i64>(),
            any::<Option<String>>(),
            any::<Option<i64>>(),
        ),
        any::<Option<f64>>(),
        any::<Option<bool>>(),
        proptest::option::of(-62_135_596_800_000_000..253_402_207_200_000_000i64),
        proptest::option::of(-719_162..2_932_896i32),
    )
        .prop_map(|((name, number, text, int), float, flag, at, day)| Sample {
            name,
            number,
            text,
            int,
            float,
            flag,
            at: at.map(|at| Timestamp::from_microsecond(at).unwrap()),
            day: day.and_then(date_of),
        });
    let store = RefCell::new(place.with(&[Sample::TABLE]));
    let mut runner = TestRunner::new(Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&proptest::collection::vec(row, 1..20), |rows| {
            let mut store = store.borrow_mut();
            let mut transaction = store.begin("samples").unwrap();
            transaction.delete(Sample::TABLE, &[]).unwrap();
            transaction
                .upsert(Sample::TABLE, &Sample::batch(&rows))
                .unwrap();
            transaction.commit().unwrap();
            let mut expected = rows;
            expected.reverse();
            // A stable sort, so of equal keys the later row stays.
            expected.sort_by(|a, b| (&a.name, a.number).cmp(&(&b.name, b.number)));
            expected.dedup_by(|b, a| (&a.name, a.number) == (&b.name, b.number));
            prop_assert_eq!(read_all(&**store), expected);
            Ok(())
        })
        .unwrap();
}

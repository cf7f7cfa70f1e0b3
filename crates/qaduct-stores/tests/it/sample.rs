//! Tables and rows that have a bit of everything.

use jiff::{Timestamp, civil::Date};
use qaduct_records::{Direction, Query, Reader, RecordBatch, Row, Store, table};

table! {
    /// One of each type: it's a \ sample.
    pub(crate) struct Sample in "samples" key ["name", "number"] {
        /// Part of the key.
        pub name: String,
        /// Part of the key.
        pub number: i64,
        /// Text.
        pub text: Option<String>,
        /// A number.
        pub int: Option<i64>,
        /// A fraction.
        pub float: Option<f64>,
        /// A flag.
        pub flag: Option<bool>,
        /// An instant.
        pub at: Option<Timestamp>,
        /// A day.
        pub day: Option<Date>,
    }
}

table! {
    /// Refers to samples by name.
    pub(crate) struct Mention in "mentions" key ["id"] {
        /// Name of the row.
        pub id: i64,
        /// Name of a sample.
        pub name: String,
    }
}

impl Sample {
    /// A row without values.
    pub(crate) fn new(name: &str, number: i64) -> Self {
        let name = name.to_owned();
        Self {
            name,
            number,
            text: None,
            int: None,
            float: None,
            flag: None,
            at: None,
            day: None,
        }
    }

    pub(crate) fn text(name: &str, text: &str) -> Self {
        Self {
            text: Some(text.to_owned()),
            ..Self::new(name, 0)
        }
    }

    pub(crate) fn int(name: &str, int: i64) -> Self {
        Self {
            int: Some(int),
            ..Self::new(name, 0)
        }
    }

    /// Row `number` of many.
    pub(crate) fn nth(number: i64) -> Self {
        Self {
            text: (number % 3 != 0).then(|| format!("text {number} 😀")),
            int: Some(number * 7),
            float: Some(f64::from(i32::try_from(number).unwrap()) / 8.0),
            flag: Some(number % 2 == 0),
            at: Some(Timestamp::from_microsecond(1_700_000_000_000_000 + number).unwrap()),
            day: qaduct_records::table::date_of(i32::try_from(number % 40_000).unwrap()),
            ..Self::new("many", number)
        }
    }
}

/// Writes rows in a transaction of their own.
pub(crate) fn write(store: &mut dyn Store, rows: &[Sample]) -> qaduct_records::Written {
    let mut transaction = store.begin("samples").unwrap();
    let written = transaction
        .upsert(Sample::TABLE, &Sample::batch(rows))
        .unwrap();
    transaction.commit().unwrap();
    written
}

/// The query for all samples in the order of their key.
pub(crate) fn everything() -> Query {
    Query::of("samples", Sample::TABLE.columns)
        .order_by("name", Direction::Up)
        .order_by("number", Direction::Up)
}

pub(crate) fn read(reader: &mut dyn Reader, query: &Query) -> Vec<Sample> {
    Sample::rows(&reader.query(query).unwrap()).unwrap()
}

pub(crate) fn read_all(store: &dyn Store) -> Vec<Sample> {
    read(&mut *store.reader().unwrap(), &everything())
}

/// The names of the rows of an answer.
pub(crate) fn names(batch: &RecordBatch) -> Vec<String> {
    Sample::rows(batch)
        .unwrap()
        .into_iter()
        .map(|row| row.name)
        .collect()
}

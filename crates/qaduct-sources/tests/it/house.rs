//! A small house for rows: keeps what pages bring, as whoever moves them would.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use jiff::Timestamp;
use qaduct_records::source::{Page, Reading, Scope, Source, SourceError};
use qaduct_records::stream::{Parts, Stream};
use qaduct_records::{RecordBatch, Secret, Table, Value};
use qaduct_replay::World;
use qaduct_sources::{People, Setup};

pub(crate) use crate::reader::{TOKEN, open, stream};
use crate::shelf::rows_of;

/// A world of about so many records of a service, made once.
pub(crate) fn world(service: &'static str, size: usize) -> World {
    static MADE: Mutex<BTreeMap<(&str, usize), World>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap();
    made.entry((service, size))
        .or_insert_with(|| World::of(service, 7, size))
        .clone()
}

/// A source of a kind at an address, with a token.
pub(crate) fn setup(kind: &str, url: String, now: Timestamp) -> Setup {
    Setup {
        name: kind.to_owned(),
        kind: kind.to_owned(),
        url: Some(url),
        user: None,
        token: Some(Secret::new(TOKEN)),
        projects: Vec::new(),
        queries: BTreeMap::new(),
        fields: BTreeMap::new(),
        options: BTreeMap::new(),
        people: People::Keep,
        reserve: 0.0,
        requests_per_minute: None,
        now,
    }
}

/// Rows by table and key; a row is its columns by name, without what is NULL.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct House {
    pub(crate) tables: BTreeMap<&'static str, BTreeMap<Vec<String>, Row>>,
    pub(crate) gone: Vec<(&'static str, Vec<String>)>,
    pub(crate) problems: Vec<String>,
    pub(crate) incomplete: Vec<String>,
    pub(crate) expected: Option<u64>,
    pub(crate) twice: usize,
}

pub(crate) type Row = BTreeMap<String, String>;

/// That both have the same rows; shows the first that differs.
pub(crate) fn assert_same(house: &House, other: &House, when: &str) {
    for (table, rows) in &other.tables {
        let mine = house.tables.get(table).cloned().unwrap_or_default();
        for (key, row) in rows {
            assert_eq!(mine.get(key), Some(row), "{when}: {table} {key:?}");
        }
        assert_eq!(mine.len(), rows.len(), "{when}: {table}");
    }
    assert_eq!(house.tables.len(), other.tables.len(), "{when}");
}

impl House {
    pub(crate) fn keep(&mut self, stream: &'static Stream, page: &Page) {
        if let Some(rows) = &page.rows {
            self.put(stream.table, rows);
        }
        for nested in &page.nested {
            let column = nested.parent;
            let parents: BTreeSet<_> = nested.parents.iter().map(ToString::to_string).collect();
            let table = self.tables.entry(nested.table.name).or_default();
            table.retain(|_, row| !parents.contains(&row[column]));
            self.put(nested.table, &nested.rows);
        }
        for gone in &page.gone {
            let key: Vec<_> = gone.key.iter().map(ToString::to_string).collect();
            if let Some(table) = self.tables.get_mut(stream.table.name) {
                table.remove(&key);
            }
            self.gone.push((stream.table.name, key));
        }
        let problems = page.problems.iter();
        self.problems.extend(
            problems.map(|it| format!("{} {} {}: {}", it.table, it.field, it.problem, it.value)),
        );
        self.incomplete.extend(page.incomplete.clone());
        self.expected = page.expected.or(self.expected);
    }

    fn put(&mut self, table: &'static Table, rows: &RecordBatch) {
        let kept = self.tables.entry(table.name).or_default();
        for row in rows_of(rows) {
            let row: Row = row.map(|(name, it)| (name, it.to_string())).collect();
            let key = table.key[1..].iter().map(|it| row[*it].clone()).collect();
            if kept.insert(key, row).is_some() {
                self.twice += 1;
            }
        }
    }

    /// The values of a column of a table.
    pub(crate) fn values(&self, table: &str, column: &str) -> BTreeSet<String> {
        let rows = self.tables.get(table).into_iter().flatten();
        rows.filter_map(|(_, row)| row.get(column).cloned())
            .collect()
    }

    pub(crate) fn row(&self, table: &str, key: &[&str]) -> &Row {
        let key: Vec<_> = key.iter().map(|it| (*it).to_owned()).collect();
        &self.tables[table][&key]
    }

    /// All texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &String> {
        let rows = self.tables.values().flat_map(BTreeMap::values);
        rows.flat_map(BTreeMap::values)
    }
}

/// What is to be read of a part.
pub(crate) fn all_of(scope: &Scope, upper: Timestamp) -> Reading {
    Reading {
        scope: scope.clone(),
        lower: None,
        upper,
        position: None,
        validator: None,
    }
}

/// The parts of a stream: as the settings say, or one for each row of its parent.
pub(crate) fn parts(
    source: &mut dyn Source,
    stream: &'static Stream,
    house: &House,
) -> Result<Vec<Scope>, SourceError> {
    let Parts::Each {
        parent,
        columns,
        only,
        ..
    } = stream.parts
    else {
        return source.scopes(stream);
    };
    let parent = self::stream(source, parent).table;
    let rows = house.tables.get(parent.name).into_iter().flatten();
    let fits = |row: &Row| only.is_none_or(|(column, words)| words.contains(&row[column].as_str()));
    let value = |row: &Row, name: &'static str| match row[name].parse() {
        Ok(number) if parent.column(name).unwrap().kind == qaduct_records::ColumnType::Int => {
            Value::Int(number)
        }
        _ => Value::Text(row[name].clone()),
    };
    let scopes = rows.filter(|(_, row)| fits(row));
    Ok(scopes
        .map(|(_, row)| Scope::of(columns.iter().map(|it| (*it, value(row, it)))))
        .collect())
}

/// Reads a part to its end, and gives where it could go on after each page. After a
/// failure it goes on where it was, some times.
pub(crate) fn read(
    source: &mut dyn Source,
    stream: &'static Stream,
    reading: &Reading,
    house: &mut House,
) -> Result<Vec<String>, SourceError> {
    let mut positions = Vec::new();
    let mut reading = reading.clone();
    for attempt in 0.. {
        let mut pages = source.read(stream, &reading)?;
        let error = loop {
            match pages.next() {
                Ok(None) => return Ok(positions),
                Ok(Some(page)) => {
                    house.keep(stream, &page);
                    reading.position.clone_from(&page.position);
                    positions.extend(page.position);
                }
                Err(error) => break error,
            }
        };
        if attempt == 2 {
            return Err(error);
        }
    }
    unreachable!()
}

/// Reads all parts of the streams of these names; of all streams where none is named.
pub(crate) fn pull(
    source: &mut dyn Source,
    names: &[&str],
    upper: Timestamp,
) -> Result<House, SourceError> {
    let mut house = House::default();
    for stream in source.streams() {
        if !names.is_empty() && !names.contains(&stream.name) {
            continue;
        }
        for scope in parts(source, stream, &house)? {
            read(source, stream, &all_of(&scope, upper), &mut house)?;
        }
    }
    Ok(house)
}

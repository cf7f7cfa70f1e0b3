//! Keeps what a source gives, in memory and in the manner of a store, so that two ways of
//! reading can be compared.

use std::collections::{BTreeMap, BTreeSet};

use qaduct_records::source::{Page, RowProblem};
use qaduct_records::values::values_of;
use qaduct_records::{RecordBatch, Table, Value};

/// A row: its columns that have a value.
pub(crate) type Row = BTreeMap<String, Value>;

/// Tables of rows by their keys.
#[derive(Debug, Default, Clone)]
pub(crate) struct Shelf {
    tables: BTreeMap<&'static str, BTreeMap<String, Row>>,
    pub(crate) problems: Vec<RowProblem>,
    pub(crate) incomplete: Vec<String>,
    /// URLs of the requests that brought rows.
    pub(crate) urls: Vec<String>,
}

impl Shelf {
    /// Keeps a page of a stream with this table.
    pub(crate) fn keep(&mut self, table: &'static Table, page: &Page) {
        if let Some(rows) = &page.rows {
            self.put(table, rows);
        }
        for nested in &page.nested {
            let parents: BTreeSet<String> =
                nested.parents.iter().map(ToString::to_string).collect();
            let kept = self.tables.entry(nested.table.name).or_default();
            kept.retain(|_, row| {
                let parent = row.get(nested.parent).map(ToString::to_string);
                parent.is_none_or(|it| !parents.contains(&it))
            });
            self.put(nested.table, &nested.rows);
        }
        for gone in &page.gone {
            let key: Vec<_> = gone.key.iter().map(ToString::to_string).collect();
            let rows = self.tables.entry(table.name).or_default();
            if let Some(row) = rows.get_mut(&key.join(",")) {
                row.insert("_gone".to_owned(), gone.how.into());
            }
        }
        self.problems.extend(page.problems.iter().cloned());
        self.incomplete.extend(page.incomplete.iter().cloned());
        self.urls
            .extend(page.exchange.iter().map(|it| it.url.clone()));
    }

    fn put(&mut self, table: &'static Table, batch: &RecordBatch) {
        let kept = self.tables.entry(table.name).or_default();
        for row in rows_of(batch) {
            let row: Row = row.collect();
            let key: Vec<_> = table.key[1..]
                .iter()
                .map(|it| row[*it].to_string())
                .collect();
            kept.insert(key.join(","), row);
        }
    }

    /// The rows of a table.
    pub(crate) fn rows(&self, table: &str) -> Vec<&Row> {
        self.tables
            .get(table)
            .into_iter()
            .flat_map(BTreeMap::values)
            .collect()
    }

    /// A row by its key.
    pub(crate) fn row(&self, table: &str, key: &str) -> &Row {
        let found = self.tables.get(table).and_then(|it| it.get(key));
        found.unwrap_or_else(|| panic!("{table} has no row {key}"))
    }

    /// The keys of a table.
    pub(crate) fn keys(&self, table: &str) -> BTreeSet<String> {
        self.tables
            .get(table)
            .into_iter()
            .flat_map(BTreeMap::keys)
            .cloned()
            .collect()
    }

    /// Takes rows away.
    pub(crate) fn remove(&mut self, table: &str, keys: &BTreeSet<String>) {
        if let Some(rows) = self.tables.get_mut(table) {
            rows.retain(|key, _| !keys.contains(key));
        }
    }

    /// All of it as text, to compare.
    pub(crate) fn dump(&self) -> String {
        let all = self.tables.iter();
        let lines = all.flat_map(|(table, rows)| {
            rows.iter()
                .map(move |(key, row)| format!("{table} {key} {row:?}\n"))
        });
        lines.collect()
    }
}

/// Tells where two shelves differ; they are too long for an assertion.
pub(crate) fn assert_same(one: &Shelf, other: &Shelf, what: &str) {
    let (one, other) = (one.dump(), other.dump());
    if one == other {
        return;
    }
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (a, b) = (lines(&one), lines(&other));
    let short = |set: Vec<&String>| {
        let all = set.len();
        let some: Vec<String> = set
            .into_iter()
            .take(4)
            .map(|it| it.chars().take(400).collect())
            .collect();
        format!("{all} lines, such as\n{}", some.join("\n"))
    };
    panic!(
        "{what}: they differ.\nmissing {}\ntoo much {}",
        short(a.difference(&b).collect()),
        short(b.difference(&a).collect())
    );
}

/// The rows of a batch: the columns of each that have a value.
pub(crate) fn rows_of(
    batch: &RecordBatch,
) -> impl Iterator<Item = impl Iterator<Item = (String, Value)>> {
    let schema = batch.schema();
    let columns: Vec<_> = schema
        .fields()
        .iter()
        .map(|it| (it.name().clone(), values_of(batch, it.name()).unwrap()))
        .collect();
    (0..batch.num_rows()).map(move |n| {
        let row: Vec<_> = columns
            .iter()
            .map(|(name, values)| (name.clone(), values[n].clone()))
            .filter(|(_, value)| *value != Value::Null)
            .collect();
        row.into_iter()
    })
}

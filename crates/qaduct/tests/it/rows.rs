//! What a store holds, as text that can be compared and read.

use qaduct_formats::rows;
use qaduct_records::{Column, Direction, Query, RecordBatch, Row as _, Run, TABLES};

/// A store that the program has written.
pub(crate) struct Rows {
    url: String,
}

impl Rows {
    /// Those of the store at a URL.
    pub(crate) fn of(url: impl AsRef<std::ffi::OsStr>) -> Self {
        Self {
            url: url.as_ref().to_str().unwrap().to_owned(),
        }
    }

    /// Every row of every table but the ledger, in the order of the keys.
    pub(crate) fn all(&self) -> String {
        let tables = TABLES.iter().filter(|it| it.name != Run::TABLE.name);
        tables
            .map(|table| {
                let batch = self.batch(table.name, table.columns, table.key);
                format!(
                    "== {}\n{}",
                    table.name,
                    text(|out| rows::jsonl(out, &batch))
                )
            })
            .collect()
    }

    /// These columns of the ledger, in order of time and then of their values:
    /// the names of runs that began at one instant have no order.
    pub(crate) fn runs(&self, columns: &[&str]) -> String {
        let order = [&["started_at"], columns].concat();
        self.read(
            Run::TABLE.name,
            &chosen(Run::TABLE.columns, columns),
            &order,
        )
    }

    /// These columns of a table, in order of their values.
    pub(crate) fn table(&self, name: &str, columns: &[&str]) -> String {
        let table = TABLES.iter().find(|it| it.name == name).unwrap();
        self.read(name, &chosen(table.columns, columns), columns)
    }

    /// These columns of a view, in order of their values.
    pub(crate) fn view(&self, name: &str, columns: &[&str]) -> String {
        let view = qaduct_models::views()
            .into_iter()
            .find(|it| it.name == name)
            .unwrap();
        self.read(name, &chosen(&view.columns, columns), columns)
    }

    fn read(&self, relation: &str, columns: &[Column], order: &[&str]) -> String {
        let batch = self.batch(relation, columns, order);
        text(|out| rows::csv(out, &batch)).replace("\r\n", "\n")
    }

    fn batch(&self, relation: &str, columns: &[Column], order: &[&str]) -> RecordBatch {
        let query = Query::of(relation, columns);
        let query = order
            .iter()
            .fold(query, |query, &it| query.order_by(it, Direction::Up));
        let store = qaduct_stores::open(&self.url, None).unwrap();
        store.reader().unwrap().query(&query).unwrap()
    }
}

fn text(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut text = Vec::new();
    write(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn chosen(columns: &[Column], names: &[&str]) -> Vec<Column> {
    let chosen = names
        .iter()
        .map(|name| columns.iter().find(|it| it.name == *name));
    chosen.map(|it| it.unwrap().clone()).collect()
}

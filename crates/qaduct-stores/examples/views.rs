//! How long it takes to read each report whole.
//!
//! `cargo run -p qaduct-stores --example views STORE...` brings the views of stores that a pull
//! has filled up to date, reads all rows of each, and prints how many there are and the seconds
//! that each store took. The number of rows must be the same in all stores.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement prints or fails"
)]

use std::time::Instant;

use qaduct_models::{compatibility, reports, views};
use qaduct_records::{Query, Store, TABLES, Table, View};

fn open(url: &str, tables: &[&Table], views: &[View]) -> Box<dyn Store> {
    let mut store = qaduct_stores::open_existing(url, None).unwrap();
    store.migrate(tables, views).unwrap();
    store
}

/// Rows of a view, and the seconds that reading them took.
fn read(store: &dyn Store, view: &View) -> (usize, f64) {
    let mut reader = store.reader().unwrap();
    let begun = Instant::now();
    let rows = reader.query(&Query::of(&view.name, view.columns.clone()));
    let rows = rows.unwrap_or_else(|error| panic!("{}: {error}", view.name));
    (rows.num_rows(), begun.elapsed().as_secs_f64())
}

fn main() {
    let sources = qaduct_sources::tables();
    let tables: Vec<_> = TABLES.iter().copied().chain(sources).collect();
    let mut all = views();
    all.extend(reports());
    all.extend(compatibility("testops-dashboard").unwrap());
    let urls = std::env::args().skip(1);
    let stores: Vec<_> = urls.map(|url| open(&url, &tables, &all)).collect();
    for view in &all {
        let each: Vec<_> = stores.iter().map(|it| read(it.as_ref(), view)).collect();
        let rows: Vec<_> = each.iter().map(|(rows, _)| *rows).collect();
        let seconds = each.iter().map(|(_, seconds)| format!(" | {seconds:.2}"));
        let seconds: String = seconds.collect();
        println!("{} | {}{seconds}", view.name, rows.first().unwrap());
        assert!(
            rows.iter().all(|it| *it == rows[0]),
            "{}: {rows:?}",
            view.name
        );
    }
}

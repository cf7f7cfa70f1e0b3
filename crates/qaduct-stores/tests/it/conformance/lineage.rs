//! Columns that say where a row came from.

use qaduct_records::{Row as _, Store, Table, Written, table};

use crate::place::Place;

table! {
    /// A row with a trace.
    struct Traced in "traced" key ["id"] {
        /// Key.
        pub id: i64,
        /// The run that wrote the row first.
        pub first_run: String,
        /// What it holds.
        pub value: Option<String>,
        /// The run that wrote the row as it is.
        pub run: Option<String>,
        /// The request of that run.
        pub request: i64,
    }
}

static TRACED: Table = Table {
    lineage: &["run", "request", "first_run"],
    once: &["first_run"],
    ..*Traced::TABLE
};

fn row(id: i64, value: Option<&str>, run: &str) -> Traced {
    Traced {
        id,
        first_run: run.to_owned(),
        value: value.map(str::to_owned),
        run: (run != "none").then(|| run.to_owned()),
        request: run.len() as i64,
    }
}

/// A row that was new in another run than the one that changed it.
fn changed(id: i64, value: Option<&str>, run: &str, first_run: &str) -> Traced {
    Traced {
        first_run: first_run.to_owned(),
        ..row(id, value, run)
    }
}

fn write(store: &mut dyn Store, rows: &[Traced]) -> (u64, u64) {
    let mut transaction = store.begin("traced").unwrap();
    let Written { inserted, updated } = transaction.upsert(&TRACED, &Traced::batch(rows)).unwrap();
    transaction.commit().unwrap();
    (inserted, updated)
}

fn stored(store: &mut dyn Store) -> Vec<Traced> {
    let mut transaction = store.begin("traced").unwrap();
    let mut rows = Traced::rows(&transaction.select(&TRACED, &[]).unwrap()).unwrap();
    rows.sort_by_key(|row| row.id);
    rows
}

pub(super) fn where_a_row_came_from_makes_no_difference(place: &Place) {
    let mut store = place.with(&[&TRACED]);
    let first = [row(1, Some("a"), "one"), row(2, None, "one")];
    assert_eq!(write(&mut *store, &first), (2, 0));
    let version = store.reader().unwrap().version().unwrap();
    for run in ["second", "none"] {
        let again = [row(1, Some("a"), run), row(2, None, run)];
        assert_eq!(write(&mut *store, &again), (0, 0));
    }
    assert_eq!(stored(&mut *store), first);
    assert_eq!(store.reader().unwrap().version().unwrap(), version);
}

pub(super) fn a_change_says_where_it_came_from(place: &Place) {
    let mut store = place.with(&[&TRACED]);
    let first = [
        row(1, Some("a"), "one"),
        row(2, None, "one"),
        row(3, Some("c"), "one"),
        row(4, Some("d"), "one"),
    ];
    write(&mut *store, &first);
    let second = [
        row(1, Some("b"), "second"),
        row(2, Some(""), "second"),
        row(3, None, "none"),
        row(4, Some("d"), "second"),
        row(5, Some("e"), "second"),
    ];
    assert_eq!(write(&mut *store, &second), (1, 3));
    assert_eq!(
        stored(&mut *store),
        [
            changed(1, Some("b"), "second", "one"),
            changed(2, Some(""), "second", "one"),
            changed(3, None, "none", "one"),
            row(4, Some("d"), "one"),
            row(5, Some("e"), "second"),
        ]
    );
}

pub(super) fn what_a_later_row_of_the_batch_takes_back_is_no_change(place: &Place) {
    let mut store = place.with(&[&TRACED]);
    write(&mut *store, &[row(1, Some("a"), "one")]);
    let twice = [row(1, Some("x"), "second"), row(1, Some("a"), "third")];
    assert_eq!(write(&mut *store, &twice), (0, 0));
    assert_eq!(stored(&mut *store), [row(1, Some("a"), "one")]);
}

pub(super) fn a_table_of_keys_and_lineage_is_never_changed(place: &Place) {
    static KEYS: Table = Table {
        lineage: &["first_run", "value", "run", "request"],
        once: &[],
        ..*Traced::TABLE
    };
    let mut store = place.with(&[&KEYS]);
    let mut write = |rows: &[Traced]| {
        let mut transaction = store.begin("traced").unwrap();
        let written = transaction.upsert(&KEYS, &Traced::batch(rows)).unwrap();
        transaction.commit().unwrap();
        (written.inserted, written.updated)
    };
    assert_eq!(write(&[row(1, Some("a"), "one")]), (1, 0));
    assert_eq!(
        write(&[row(1, Some("b"), "two"), row(2, None, "two")]),
        (1, 0)
    );
    assert_eq!(
        stored(&mut *store),
        [row(1, Some("a"), "one"), row(2, None, "two")]
    );
}

pub(super) fn many_rows_keep_to_it_too(place: &Place) {
    let mut store = place.with(&[&TRACED]);
    let rows = |run: &str, change: &[i64]| -> Vec<_> {
        let value = |id| if change.contains(&id) { "new" } else { "old" };
        (0..2_500).map(|id| row(id, Some(value(id)), run)).collect()
    };
    assert_eq!(write(&mut *store, &rows("one", &[])), (2_500, 0));
    assert_eq!(write(&mut *store, &rows("second", &[])), (0, 0));
    assert_eq!(write(&mut *store, &rows("third", &[7, 2_000])), (0, 2));
    let mut expected = rows("one", &[]);
    for id in [7, 2_000] {
        expected[id as usize] = changed(id, Some("new"), "third", "one");
    }
    assert_eq!(stored(&mut *store), expected);
}

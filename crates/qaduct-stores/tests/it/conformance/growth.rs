//! Migration: from nothing, from an older version, from a newer one, by several at once.

use std::borrow::Cow;
use std::thread;

use qaduct_records::{
    Column, ColumnType, Query, Reader, Row as _, SCHEMA_VERSION, StoreError, Table, View, table,
};

use crate::place::Place;
use crate::sample::{Mention, Sample, read_all, write};

table! {
    /// A table of the first version.
    struct First in "grown" key ["id"] {
        /// Key.
        pub id: i64,
        /// A value.
        pub value: String,
    }
}

table! {
    /// A table of the second version.
    struct Second in "grown" key ["id"] {
        /// A new column before the others.
        pub early: Option<bool>,
        /// Key.
        pub id: i64,
        /// A value.
        pub value: String,
        /// A new column behind the others.
        pub late: Option<String>,
    }
}

fn text(name: &'static str) -> Column {
    let (name, description) = (Cow::Borrowed(name), Cow::Borrowed("A text."));
    Column {
        name,
        kind: ColumnType::Text,
        nullable: false,
        description,
    }
}

fn view(name: &str, sql: &str, columns: &[&'static str]) -> View {
    View {
        name: name.to_owned(),
        description: "A view.".to_owned(),
        columns: columns.iter().map(|name| text(name)).collect(),
        sql: sql.to_owned(),
    }
}

fn names(reader: &mut dyn Reader, relation: &str) -> Vec<String> {
    let batch = reader.query(&Query::of(relation, [text("name")])).unwrap();
    let array = arrow_array::cast::AsArray::as_string::<i32>(batch.column(0));
    array.iter().flatten().map(str::to_owned).collect()
}

pub(super) fn a_new_database_gets_tables_and_views(place: &Place) {
    let views = [
        view("v_one", "SELECT name FROM samples", &["name"]),
        view("v_two", "SELECT name || '!' AS name FROM v_one", &["name"]),
    ];
    let mut store = place.with_views(&[Sample::TABLE, Mention::TABLE], &views);
    write(&mut *store, &[Sample::int("a", 1)]);
    assert_eq!(names(&mut *store.reader().unwrap(), "v_two"), ["a!"]);
}

pub(super) fn a_database_that_was_never_written_is_no_store_to_read(place: &Place) {
    let existing = || qaduct_stores::open_existing(place.url(), None);
    for _ in 0..2 {
        let error = existing().err().unwrap();
        // A file is not there; a database of a server is, and is empty.
        let is_none = matches!(
            error,
            StoreError::Absent { .. } | StoreError::Foreign { .. }
        );
        assert!(is_none, "{error:?}");
        assert!(error.hint().unwrap().contains("qaduct scan"));
    }
    // Opened by somebody who has not written yet.
    drop(place.open());
    let error = existing().err().unwrap();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error:?}");
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &[Sample::int("a", 1)]);
    assert_eq!(read_all(&*existing().unwrap()).len(), 1);
}

pub(super) fn migrating_again_changes_nothing(place: &Place) {
    let views = [view("v_one", "SELECT name FROM samples", &["name"])];
    let tables: [&Table; 1] = [Sample::TABLE];
    let mut store = place.with_views(&tables, &views);
    write(&mut *store, &[Sample::int("a", 1)]);
    let version = store.reader().unwrap().version().unwrap();
    for _ in 0..2 {
        store.migrate(&tables, &views).unwrap();
        store = place.with_views(&tables, &views);
    }
    assert_eq!(read_all(&*store), [Sample::int("a", 1)]);
    assert_eq!(store.reader().unwrap().version().unwrap(), version);
}

pub(super) fn a_column_that_may_be_null_is_added(place: &Place) {
    let mut store = place.with(&[First::TABLE]);
    let old = First {
        id: 1,
        value: "old".to_owned(),
    };
    let mut transaction = store.begin("grown").unwrap();
    transaction
        .upsert(First::TABLE, &First::batch(&[old]))
        .unwrap();
    transaction.commit().unwrap();

    let mut store = place.with(&[Second::TABLE]);
    let new = Second {
        early: Some(true),
        id: 2,
        value: String::new(),
        late: Some("l".to_owned()),
    };
    let mut transaction = store.begin("grown").unwrap();
    transaction
        .upsert(Second::TABLE, &Second::batch(std::slice::from_ref(&new)))
        .unwrap();
    let mut rows = Second::rows(&transaction.select(Second::TABLE, &[]).unwrap()).unwrap();
    transaction.commit().unwrap();
    rows.sort_by_key(|row| row.id);
    let old = Second {
        early: None,
        id: 1,
        value: "old".to_owned(),
        late: None,
    };
    assert_eq!(rows, [old, new]);
    // An older program still reads and writes what it knows.
    place.with(&[First::TABLE]);
}

fn refused(place: &Place, table: &Table) -> String {
    let error = place.open().migrate(&[table], &[]).unwrap_err();
    assert!(matches!(error, StoreError::Database { .. }), "{error:?}");
    error.to_string()
}

pub(super) fn a_column_that_must_have_a_value_is_refused(place: &Place) {
    table! {
        /// A table of a version that asks too much.
        struct Third in "grown" key ["id"] {
            /// Key.
            pub id: i64,
            /// A value.
            pub value: String,
            /// A new column that old rows cannot have.
            pub needed: i64,
        }
    }
    place.with(&[First::TABLE]);
    let error = refused(place, Third::TABLE);
    assert!(
        error.contains("column `needed` of table `grown`"),
        "{error}"
    );
    assert!(error.contains("missing and may not be NULL"), "{error}");
    // Nothing of it was done.
    place.with(&[First::TABLE]);
}

pub(super) fn a_column_of_another_type_is_refused(place: &Place) {
    table! {
        /// A table whose value became a number.
        struct Third in "grown" key ["id"] {
            /// Key.
            pub id: i64,
            /// A value.
            pub value: f64,
        }
    }
    place.with(&[First::TABLE]);
    let error = refused(place, Third::TABLE);
    // Each database has a name of its own for text.
    let (_, found) = error
        .split_once("column `value` of table `grown`: it is ")
        .unwrap();
    let (found, _) = found.split_once(", not ").unwrap();
    assert!(found.to_lowercase().ends_with("text"), "{error}");
}

pub(super) fn another_key_is_refused(place: &Place) {
    table! {
        /// A table whose key became another one.
        struct Third in "grown" key ["value", "id"] {
            /// Key.
            pub id: i64,
            /// A value.
            pub value: String,
        }
    }
    place.with(&[First::TABLE]);
    let error = refused(place, Third::TABLE);
    assert!(
        error.contains("table `grown`") && error.contains("its key is (id), not (value, id)"),
        "{error}"
    );
    place.with(&[First::TABLE]);
}

pub(super) fn a_database_of_a_newer_version_is_refused(place: &Place) {
    table! {
        /// What the store keeps about itself, as far as this test needs it.
        struct Meta in "qaduct_meta" key ["key"] {
            /// Key.
            pub key: String,
            /// Value.
            pub value: String,
        }
    }
    let mut store = place.with(&[Sample::TABLE]);
    let newer = Meta {
        key: "schema".to_owned(),
        value: (SCHEMA_VERSION + 1).to_string(),
    };
    let mut transaction = store.begin("meta").unwrap();
    transaction
        .upsert(Meta::TABLE, &Meta::batch(&[newer]))
        .unwrap();
    transaction.commit().unwrap();
    for tables in [vec![Sample::TABLE], vec![Sample::TABLE, Mention::TABLE]] {
        match place.open().migrate(&tables, &[]) {
            Err(StoreError::Newer { found, known, .. }) => {
                assert_eq!((found, known), (SCHEMA_VERSION + 1, SCHEMA_VERSION));
            }
            other => panic!("{other:?}"),
        }
    }
}

pub(super) fn a_view_follows_its_text(place: &Place) {
    let two = view("v_two", "SELECT name FROM v_one", &["name"]);
    let ones = [
        view("v_one", "SELECT name FROM samples", &["name"]),
        view(
            "v_one",
            "SELECT name || '?' AS name FROM samples;\n",
            &["name"],
        ),
        // Columns that come, go and move need more than replacing.
        view(
            "v_one",
            "SELECT 'x' AS other, name FROM samples",
            &["other", "name"],
        ),
        view("v_one", "SELECT name FROM samples", &["name"]),
    ];
    for (one, expected) in ones.into_iter().zip(["a", "a?", "a", "a"]) {
        let mut store = place.with_views(&[Sample::TABLE], &[one, two.clone()]);
        write(&mut *store, &[Sample::int("a", 1)]);
        let mut reader = store.reader().unwrap();
        assert_eq!(names(&mut *reader, "v_one"), [expected]);
        assert_eq!(names(&mut *reader, "v_two"), [expected]);
    }
}

pub(super) fn several_processes_may_start_at_once(place: &Place) {
    let views = [view("v_one", "SELECT name FROM samples", &["name"])];
    thread::scope(|scope| {
        for number in 0..6 {
            let views = &views;
            scope.spawn(move || {
                let mut store = place.with_views(&[Sample::TABLE, Mention::TABLE], views);
                write(&mut *store, &[Sample::new("started", number)]);
            });
        }
    });
    assert_eq!(read_all(&*place.open()).len(), 6);
}

//! What is particular to SQLite: a file, and what can be wrong with one.

use std::fs;
use std::path::Path;

use qaduct_records::{Row as _, Secret, StoreError};
use tempfile::TempDir;

use crate::place::Place;
use crate::sample::{Sample, read_all, write};

fn error(url: &str) -> StoreError {
    match qaduct_stores::open(url, None) {
        Ok(mut store) => store.migrate(&[Sample::TABLE], &[]).unwrap_err(),
        Err(error) => error,
    }
}

fn said(path: &Path) -> String {
    let error = error(path.to_str().unwrap());
    assert!(matches!(error, StoreError::Open { .. }), "{error:?}");
    error.to_string().replace(path.to_str().unwrap(), "PATH")
}

#[test]
fn a_path_and_its_url_name_the_same_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a b%20c.db");
    let path = path.to_str().unwrap();
    for url in [
        path.to_owned(),
        format!("sqlite:{path}"),
        format!("sqlite://{path}"),
    ] {
        let mut store = qaduct_stores::open(&url, Some(&Secret::new("unused"))).unwrap();
        store.migrate(&[Sample::TABLE], &[]).unwrap();
        write(&mut *store, &[Sample::int("a", 1)]);
        assert_eq!(store.location(), path);
    }
    let names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    assert_eq!(names, ["a b%20c.db"], "the last connection tidies up");
}

#[test]
fn what_is_no_store_is_refused_with_what_would_be() {
    for (url, why) in [
        ("", "a database needs a file"),
        ("sqlite:", "a database needs a file"),
        (":memory:", "a database needs a file"),
        (
            "oracle://me:s3cr3t@host/db",
            "there is no store for `oracle:`",
        ),
        (
            "host=h user=u password=s3cr3t",
            "it is neither a path nor a URL",
        ),
    ] {
        let error = error(url);
        assert!(matches!(error, StoreError::Url { .. }), "{error:?}");
        let said = error.to_string();
        assert!(said.ends_with(why), "{said}");
        assert!(
            !said.contains("s3cr3t") && !format!("{error:?}").contains("s3cr3t"),
            "{said}"
        );
        assert!(error.hint().unwrap().contains("--store"));
    }
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("notes.txt");
    let notes = "these are notes and no database".repeat(100);
    fs::write(&path, &notes).unwrap();
    assert_eq!(
        said(&path),
        "cannot open PATH: the file is no SQLite database"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), notes);
}

#[test]
fn looking_for_a_database_leaves_no_trace() {
    let folder = TempDir::new().unwrap();
    let nowhere = folder.path().join("nowhere/typo.db");
    let typo = folder.path().join("typo.db");
    let foreign = folder.path().join("foreign.db");
    let other = rusqlite::Connection::open(&foreign).unwrap();
    other.execute_batch("CREATE TABLE t (a)").unwrap();
    drop(other);
    let before = fs::read(&foreign).unwrap();
    let said = |path: &Path| {
        let error = qaduct_stores::open_existing(path.to_str().unwrap(), None).err();
        error.unwrap().to_string()
    };
    for path in [&nowhere, &typo] {
        assert_eq!(said(path), format!("no database at {}", path.display()));
    }
    let there = format!("{} is there and is none of qaduct's", foreign.display());
    assert_eq!(said(&foreign), there);
    assert_eq!(fs::read(&foreign).unwrap(), before);
    let left = fs::read_dir(folder.path()).unwrap();
    let left: Vec<_> = left.map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left, ["foreign.db"]);
}

#[test]
fn a_missing_folder_is_named() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("missing").join("qaduct.db");
    let missing = path.parent().unwrap().display().to_string();
    assert_eq!(
        said(&path),
        format!("cannot open PATH: there is no folder `{missing}`")
    );
}

#[test]
fn a_folder_is_no_database() {
    let folder = TempDir::new().unwrap();
    assert_eq!(said(folder.path()), "cannot open PATH: it is a folder");
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_in_which_nobody_may_write_is_told() {
    // The rights of a folder do not stop the superuser; the kernel's own folders do.
    let said = said(Path::new("/proc/qaduct.db"));
    assert!(
        said.starts_with("cannot open PATH: the file cannot be created: "),
        "{said}"
    );
}

#[test]
fn a_database_is_in_wal_mode_and_keeps_what_it_is_about() {
    let place = Place::sqlite();
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &[Sample::int("a", 1)]);
    let connection = rusqlite::Connection::open(place.url()).unwrap();
    let ask = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, String>(0))
            .unwrap()
    };
    assert_eq!(ask("PRAGMA journal_mode"), "wal");
    let table = ask("SELECT sql FROM sqlite_schema WHERE name = 'samples'");
    assert!(
        table.contains("-- One of each type") && table.contains("-- An instant."),
        "{table}"
    );
    assert_eq!(ask("PRAGMA integrity_check"), "ok");
}

#[test]
fn values_are_stored_as_other_tools_expect_them() {
    let place = Place::sqlite();
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &[Sample::nth(1)]);
    let connection = rusqlite::Connection::open(place.url()).unwrap();
    let sql = "SELECT at || ' ' || day || ' ' || flag || ' ' || typeof(float) FROM samples";
    let row: String = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(row, "2023-11-14T22:13:20.000001Z 1970-01-02 0 real");
}

#[test]
fn a_reader_sees_what_is_written_after_it_was_opened() {
    let place = Place::sqlite();
    let mut store = place.with(&[Sample::TABLE]);
    write(&mut *store, &[Sample::int("a", 1)]);
    let before = read_all(&*store);
    // By another program, too.
    let connection = rusqlite::Connection::open(place.url()).unwrap();
    connection.execute("DELETE FROM samples", []).unwrap();
    assert_eq!((before.len(), read_all(&*store).len()), (1, 0));
}

#[test]
fn what_another_program_wrote_wrongly_is_told() {
    let place = Place::sqlite();
    let store = place.with(&[Sample::TABLE]);
    let connection = rusqlite::Connection::open(place.url()).unwrap();
    connection
        .execute(
            "INSERT INTO samples (name, number, at) VALUES ('a', 1, 'soon')",
            [],
        )
        .unwrap();
    let query = crate::sample::everything();
    let error = store
        .reader()
        .unwrap()
        .query(&query)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`samples`: column `at` holds Text that is no timestamp"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_beside_which_nothing_can_be_made_is_read_until_somebody_writes_it() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a b?.db");
    let url = path.to_str().unwrap();
    let mut store = qaduct_stores::open(url, None).unwrap();
    store.migrate(&[Sample::TABLE], &[]).unwrap();
    write(&mut *store, &[Sample::int("a", 1)]);
    drop(store);
    // Rights would not stop whoever may do anything; a link to nowhere does.
    let link = folder.path().join("a b?.db-shm");
    std::os::unix::fs::symlink(folder.path().join("nowhere/x"), &link).unwrap();

    let mut store = qaduct_stores::open_existing(url, None).unwrap();
    store.migrate(&[Sample::TABLE], &[]).unwrap();
    assert_eq!(read_all(&*store).len(), 1);
    let mut reader = store.reader().unwrap();
    let before = reader.version().unwrap();
    assert_eq!(reader.version().unwrap(), before);
    let mut transaction = store.begin("a").unwrap();
    let rows = Sample::batch(&[Sample::int("b", 2)]);
    assert!(transaction.upsert(Sample::TABLE, &rows).is_err());
    drop(transaction);

    fs::remove_file(&link).unwrap();
    let mut writer = qaduct_stores::open(url, None).unwrap();
    write(&mut *writer, &[Sample::int("b", 2)]);
    let error = reader.version().unwrap_err().to_string();
    assert!(
        error.ends_with("the file was written by somebody else"),
        "{error}"
    );
}

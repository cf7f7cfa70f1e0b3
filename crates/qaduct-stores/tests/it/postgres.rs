//! What is particular to PostgreSQL: addresses, passwords, TLS, and other people's views.

use std::thread;
use std::time::Duration;

use qaduct_models::views;
use qaduct_records::{Query, Row as _, Secret, Store, StoreError, TABLES, Test, Value};

use crate::database_server::{Database, PASSWORD, USER};
use crate::sample::{Sample, everything, read, read_all, write};

fn open(url: &str) -> Result<Box<dyn Store>, StoreError> {
    qaduct_stores::open(url, Some(&Secret::new(PASSWORD)))
}

fn error(url: &str) -> StoreError {
    open(url).err().expect("the store opens")
}

/// How the server sees our connections.
const TLS: &str = "SELECT string_agg(ssl::text, ',') FROM pg_stat_ssl JOIN pg_stat_activity \
                   USING (pid) WHERE application_name = 'qaduct' AND datname = current_database()";

#[test]
fn a_password_comes_apart_or_in_the_url() {
    let database = Database::postgres();
    open(&database.tcp_url()).unwrap();
    let inside = database.tcp_url().replace('@', &format!(":{PASSWORD}@"));
    qaduct_stores::open(&inside, None).unwrap();
    let behind = format!("{}?password={PASSWORD}", database.tcp_url());
    qaduct_stores::open(&behind, None).unwrap();
}

#[test]
fn connections_may_end_inside_of_an_async_runtime() {
    let database = Database::postgres();
    let store = open(&database.url()).unwrap();
    let reader = store.reader().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async move {
        drop(reader);
        drop(store);
    });
}

#[test]
fn a_location_has_no_password() {
    let database = Database::postgres();
    let url = database.tcp_url().replace('@', &format!(":{PASSWORD}@"));
    let store = qaduct_stores::open(&url, None).unwrap();
    assert_eq!(store.location(), database.tcp_url());
    let store = qaduct_stores::open(&database.url(), None).unwrap();
    let (socket, port) = (database.folder().display(), database.port());
    assert_eq!(
        store.location(),
        format!("postgresql://{USER}@{socket}:{port}/{}", database.name())
    );
}

#[test]
fn no_error_has_a_password() {
    let database = Database::postgres();
    let planted = "wr0ng-and-pl4nted";
    let url = database.tcp_url().replace('@', &format!(":{planted}@"));
    let (name, port) = (database.name(), database.port());
    for (url, cause) in [
        (url.clone(), "password authentication failed"),
        (
            url.replace(name, "missing"),
            "password authentication failed",
        ),
        (format!("{url}?sslmode=maybe"), "sslmode `maybe` is none of"),
        (format!("{url}?colour=red"), "colour"),
        (
            format!("{url}?sslmode=verify-full&sslrootcert=/missing.pem"),
            "/missing.pem",
        ),
        (url.replace(&port.to_string(), "1"), "Connection refused"),
        (url.replace(&port.to_string(), "port"), "invalid"),
        (
            format!("{}?password={planted}", database.tcp_url()),
            "password authentication failed",
        ),
        (
            format!("postgresql://{USER}:{planted}@no.such.host.invalid/db"),
            "error connecting",
        ),
    ] {
        let error = qaduct_stores::open(&url, None)
            .err()
            .expect("the store opens");
        let said = format!("{error} {error:?} {:?}", error.hint());
        assert!(!said.contains(planted), "{said}");
        assert!(said.contains(cause), "{url}: {said}");
    }
}

#[test]
fn a_database_that_does_not_exist_is_named() {
    let database = Database::postgres();
    let error = error(&database.url().replace(database.name(), "missing"));
    assert!(
        error
            .to_string()
            .ends_with("database \"missing\" does not exist"),
        "{error}"
    );
}

#[test]
fn sslmode_means_what_it_means_to_libpq() {
    let database = Database::postgres();
    let url = database.tcp_url();
    let named = url.replace("127.0.0.1", "localhost");
    let certificate = database.certificate().display().to_string();
    let tls = |url: &str| {
        let _store = open(url).unwrap();
        database.sql(TLS)
    };
    assert_eq!(tls(&format!("{url}?sslmode=disable")), "false");
    assert_eq!(tls(&url), "true");
    assert_eq!(tls(&format!("{url}?sslmode=prefer")), "true");
    assert_eq!(tls(&format!("{url}?sslmode=require")), "true");
    assert_eq!(
        tls(&format!(
            "{url}?sslmode=verify-ca&sslrootcert={certificate}"
        )),
        "true"
    );
    assert_eq!(
        tls(&format!(
            "{named}?sslmode=verify-full&sslrootcert={certificate}"
        )),
        "true"
    );
    for url in [
        // The certificate is for `localhost`, and no authority of the system has signed it.
        format!("{url}?sslmode=verify-full&sslrootcert={certificate}"),
        format!("{named}?sslmode=verify-full"),
        format!("{url}?sslmode=verify-ca"),
    ] {
        let said = error(&url).to_string();
        assert!(said.contains("certificate"), "{said}");
    }
}

#[test]
fn a_connection_that_was_lost_is_opened_again() {
    let database = Database::postgres();
    let mut store = open(&database.url()).unwrap();
    store.migrate(&[Sample::TABLE], &[]).unwrap();
    let mut reader = store.reader().unwrap();
    let rows = [Sample::int("a", 1)];
    write(&mut *store, &rows);
    for _ in 0..2 {
        database.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE application_name = 'qaduct' AND datname = current_database()",
        );
        thread::sleep(Duration::from_millis(50));
        assert_eq!(read(&mut *reader, &everything()), rows);
        write(&mut *store, &rows);
    }
}

#[test]
fn a_reader_cannot_write_and_does_not_work_forever() {
    let database = Database::postgres();
    let mut store = open(&database.url()).unwrap();
    store.migrate(&[Sample::TABLE], &[]).unwrap();
    let _reader = store.reader().unwrap();
    database.sql(
        "CREATE FUNCTION sneaky() RETURNS text LANGUAGE sql VOLATILE AS \
         $$ INSERT INTO samples (name, number) VALUES ('sneaky', 1) RETURNING name $$; \
         CREATE VIEW v_sneaky AS SELECT sneaky() AS name, 1::bigint AS number; \
         CREATE VIEW v_settings AS SELECT setting AS name FROM pg_settings \
           WHERE name = 'statement_timeout'",
    );
    let name = [Sample::TABLE.column("name").unwrap().clone()];
    let mut reader = store.reader().unwrap();
    let error = reader
        .query(&Query::of("v_sneaky", name.clone()))
        .unwrap_err();
    assert!(
        error.to_string().contains("read-only transaction"),
        "{error}"
    );
    let timeout = reader.query(&Query::of("v_settings", name)).unwrap();
    assert_eq!(
        arrow_array::cast::AsArray::as_string::<i32>(timeout.column(0)).value(0),
        "30000"
    );
    assert_eq!(read_all(&*store), []);
}

#[test]
fn a_writer_that_waits_too_long_says_so() {
    let database = Database::postgres();
    let mut first = open(&database.url()).unwrap();
    first.migrate(&[Sample::TABLE], &[]).unwrap();
    let mut second = open(&database.url()).unwrap();
    let held = first.begin("one").unwrap();
    // Another lock is free.
    drop(second.begin("two").unwrap());
    let error = second.begin("one").err().expect("the lock is free");
    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
    drop(held);
    drop(second.begin("one").unwrap());
}

#[test]
fn a_database_that_cannot_hold_every_text_is_refused() {
    let database = Database::postgres_with("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
    let error = open(&database.url())
        .unwrap()
        .migrate(&[Sample::TABLE], &[])
        .unwrap_err();
    assert!(
        error.to_string().contains("the database is in LATIN1"),
        "{error}"
    );
}

#[test]
fn what_others_built_on_a_view_stays() {
    let database = Database::postgres();
    let mut store = open(&database.url()).unwrap();
    store.migrate(TABLES, &views()).unwrap();
    database.sql("CREATE VIEW mine AS SELECT count(*) FROM v_mutes");
    let mut changed = views();
    let view = changed
        .iter_mut()
        .find(|view| view.name == "v_mutes")
        .unwrap();
    view.sql.push_str(" WHERE m.nth > 0");
    store.migrate(TABLES, &changed).unwrap();
    assert_eq!(database.sql("SELECT * FROM mine"), "0");
    // Where that is not possible, nothing is done and the view is named.
    let view = changed
        .iter_mut()
        .find(|view| view.name == "v_mutes")
        .unwrap();
    view.columns.retain(|column| column.name != "muted");
    let error = store.migrate(TABLES, &changed).unwrap_err().to_string();
    assert!(
        error.contains("dropping view `v_mutes`") && error.contains("view mine"),
        "{error}"
    );
    assert_eq!(database.sql("SELECT * FROM mine"), "0");
}

#[test]
fn nul_is_hidden_from_other_tools_and_not_from_us() {
    let database = Database::postgres();
    let mut store = open(&database.url()).unwrap();
    store.migrate(&[Sample::TABLE], &[]).unwrap();
    let rows = [Sample::text("a", "x\0y\u{1}z")];
    write(&mut *store, &rows);
    assert_eq!(read_all(&*store), rows);
    assert_eq!(
        database.sql("SELECT text = E'x\\001\\001y\\001\\002z' FROM samples"),
        "t"
    );
    let query = everything().filter("text", Test::In(vec![Value::from("x\0y\u{1}z")]));
    assert_eq!(store.reader().unwrap().count(&query).unwrap(), 1);
}

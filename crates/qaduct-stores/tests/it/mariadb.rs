//! What is particular to MySQL and MariaDB: addresses, passwords, TLS, and what other
//! tools see.

use std::thread;
use std::time::Duration;

use qaduct_models::views;
use qaduct_records::{Query, Row as _, Secret, Store, StoreError, TABLES, Test, Value};

use crate::database_server::{Database, PASSWORD, USER};
use crate::sample::{Sample, everything, read, read_all, write};

fn open(url: &str) -> Result<Box<dyn Store>, StoreError> {
    qaduct_stores::open(url, Some(&Secret::new(PASSWORD)))
}

/// By the socket nobody asks for a password.
fn local(database: &Database) -> Box<dyn Store> {
    qaduct_stores::open(&database.url(), None).unwrap()
}

fn error(url: &str) -> StoreError {
    open(url).err().expect("the store opens")
}

/// The connections of a database.
fn connections(database: &Database) -> String {
    let name = database.name();
    database.sql(&format!(
        "SELECT id FROM information_schema.processlist WHERE db = '{name}' AND id <> connection_id()"
    ))
}

fn kill(database: &Database) {
    for id in connections(database).lines() {
        // It may be gone already.
        database.sql(&format!(
            "DELIMITER //\nBEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END; KILL {id}; END"
        ));
    }
}

#[test]
fn a_password_comes_apart_or_in_the_url() {
    let database = Database::mariadb();
    open(&database.tcp_url()).unwrap();
    let inside = database.tcp_url().replace('@', &format!(":{PASSWORD}@"));
    qaduct_stores::open(&inside, None).unwrap();
    let behind = format!("{}?password={PASSWORD}", database.tcp_url());
    qaduct_stores::open(&behind, None).unwrap();
    let apart = database.tcp_url().replace(&format!("{USER}@"), "");
    open(&format!("{apart}?user={USER}")).unwrap();
}

#[test]
fn a_location_has_no_password() {
    let database = Database::mariadb();
    let url = database.tcp_url().replace('@', &format!(":{PASSWORD}@"));
    let store = qaduct_stores::open(&url, None).unwrap();
    assert_eq!(store.location(), database.tcp_url());
    let store = qaduct_stores::open(&database.url(), None).unwrap();
    let (folder, name) = (database.folder().display(), database.name());
    assert_eq!(
        store.location(),
        format!("mysql://{USER}@localhost/{name}?socket={folder}/socket")
    );
}

#[test]
fn no_error_has_a_password() {
    let database = Database::mariadb();
    let planted = "wr0ng-and-pl4nted";
    let url = database.tcp_url().replace('@', &format!(":{planted}@"));
    let (name, port) = (database.name(), database.port());
    for (url, cause) in [
        (url.clone(), "Access denied for user"),
        (url.replace(name, "missing"), "Access denied for user"),
        (format!("{url}?sslmode=maybe"), "sslmode `maybe` is none of"),
        (format!("{url}?colour=red"), "`colour` is none of"),
        (
            format!("{url}?sslmode=verify-full&sslrootcert=/missing.pem"),
            "No such file",
        ),
        (url.replace(&port.to_string(), "1"), "refused"),
        (url.replace(&port.to_string(), "port"), "invalid port"),
        (
            format!("{}?password={planted}", database.tcp_url()),
            "Access denied for user",
        ),
        (
            format!("mysql://{USER}:{planted}@no.such.host.invalid/db"),
            "no.such.host.invalid",
        ),
        (
            format!("mysql://{USER}:{planted}@localhost/"),
            "must name a user and a database",
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
    let database = Database::mariadb();
    let error = error(&database.tcp_url().replace(database.name(), "missing"));
    assert!(
        error.to_string().ends_with("Unknown database 'missing'"),
        "{error}"
    );
}

#[test]
fn sslmode_means_what_it_means_to_libpq() {
    let database = Database::mariadb();
    let url = database.tcp_url();
    let named = url.replace("127.0.0.1", "localhost");
    let certificate = database.certificate().display().to_string();
    // Without TLS the server names no cipher.
    database.sql(
        "CREATE VIEW v_tls AS SELECT variable_value <> '' AS tls \
         FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'",
    );
    let mut flag = Sample::TABLE.column("flag").unwrap().clone();
    flag.name = "tls".into();
    let tls = |url: &str| {
        let store = open(url).unwrap();
        let batch = store
            .reader()
            .unwrap()
            .query(&Query::of("v_tls", [flag.clone()]))
            .unwrap();
        arrow_array::cast::AsArray::as_boolean(batch.column(0)).value(0)
    };
    assert!(!tls(&format!("{url}?sslmode=disable")));
    assert!(tls(&url));
    assert!(tls(&format!("{url}?sslmode=prefer")));
    assert!(tls(&format!("{url}?sslmode=require")));
    assert!(tls(&format!(
        "{url}?sslmode=verify-ca&sslrootcert={certificate}"
    )));
    assert!(tls(&format!(
        "{named}?sslmode=verify-full&sslrootcert={certificate}"
    )));
    for url in [
        // The certificate is for `localhost`, and no authority of the world has signed it.
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
    let database = Database::mariadb();
    let mut store = local(&database);
    store.migrate(&[Sample::TABLE], &[]).unwrap();
    let mut reader = store.reader().unwrap();
    let rows = [Sample::int("a", 1)];
    write(&mut *store, &rows);
    for _ in 0..2 {
        kill(&database);
        thread::sleep(Duration::from_millis(50));
        assert_eq!(read(&mut *reader, &everything()), rows);
        write(&mut *store, &rows);
    }
}

#[test]
fn a_reader_cannot_write_and_does_not_work_forever() {
    let database = Database::mariadb();
    let mut store = local(&database);
    store.migrate(&[Sample::TABLE], &[]).unwrap();
    database.sql(
        "DELIMITER //\nCREATE FUNCTION sneaky() RETURNS LONGTEXT BEGIN \
           INSERT INTO samples (name, number) VALUES ('sneaky', 1); RETURN 'sneaky'; END",
    );
    database.sql(
        "CREATE VIEW v_sneaky AS SELECT sneaky() AS name; \
         CREATE VIEW v_settings AS SELECT variable_value AS name \
           FROM information_schema.session_variables WHERE variable_name = 'max_statement_time'",
    );
    let name = [Sample::TABLE.column("name").unwrap().clone()];
    let mut reader = store.reader().unwrap();
    let error = reader
        .query(&Query::of("v_sneaky", name.clone()))
        .unwrap_err();
    assert!(
        error.to_string().contains("READ ONLY transaction"),
        "{error}"
    );
    let timeout = reader.query(&Query::of("v_settings", name)).unwrap();
    assert_eq!(
        arrow_array::cast::AsArray::as_string::<i32>(timeout.column(0)).value(0),
        "30.000000"
    );
    assert_eq!(read_all(&*store), []);
}

#[test]
fn a_writer_that_waits_too_long_says_so() {
    let database = Database::mariadb();
    let mut first = local(&database);
    first.migrate(&[Sample::TABLE], &[]).unwrap();
    let mut second = local(&database);
    let held = first.begin("one").unwrap();
    // Another lock is free, and so is the same one in another database.
    drop(second.begin("two").unwrap());
    let elsewhere = Database::mariadb();
    drop(local(&elsewhere).begin("one").unwrap());
    let error = second.begin("one").err().expect("the lock is free");
    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
    drop(held);
    drop(second.begin("one").unwrap());
}

#[test]
fn where_the_server_takes_no_files_rows_go_in_all_the_same() {
    let database = Database::mariadb();
    let mut store = local(&database);
    store.migrate(&[Sample::TABLE], &[]).unwrap();
    let mut rows: Vec<_> = (0..1_500).map(Sample::nth).collect();
    // Others may meet this too, and it makes no difference to them either.
    database.sql("SET GLOBAL local_infile = OFF");
    let first = write(&mut *store, &rows);
    rows[7].text = Some("x".repeat(3_000_000));
    rows[8].text = Some("changed".to_owned());
    let second = write(&mut *store, &rows);
    database.sql("SET GLOBAL local_infile = ON");
    assert_eq!((first.inserted, first.updated), (1_500, 0));
    assert_eq!((second.inserted, second.updated), (0, 2));
    assert_eq!(read_all(&*store), rows);
}

#[test]
fn a_migration_that_was_killed_is_taken_up_where_it_ended() {
    for delay in [0, 5, 10, 20, 40, 80] {
        let database = Database::mariadb();
        let mut store = local(&database);
        thread::scope(|scope| {
            scope.spawn(|| drop(store.migrate(TABLES, &views())));
            thread::sleep(Duration::from_millis(delay));
            kill(&database);
        });
        let mut store = local(&database);
        store.migrate(TABLES, &views()).unwrap();
        let mut reader = store.reader().unwrap();
        for view in views() {
            let query = Query::of(view.name.as_str(), view.columns);
            assert_eq!(reader.count(&query).unwrap(), 0, "{}", view.name);
        }
    }
}

#[test]
fn what_others_built_on_a_view_stays() {
    let database = Database::mariadb();
    let mut store = local(&database);
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
}

#[test]
fn values_are_stored_as_other_tools_expect_them() {
    let database = Database::mariadb();
    let mut store = local(&database);
    store.migrate(&[Sample::TABLE], &[]).unwrap();
    let row = Sample {
        text: Some("a\\b 😀 ".to_owned()),
        float: Some(0.1),
        flag: Some(true),
        at: Some("2026-11-22T07:15:16.000001+01:00".parse().unwrap()),
        day: Some("2026-11-22".parse().unwrap()),
        ..Sample::int("a", 7)
    };
    write(&mut *store, &[row]);
    assert_eq!(
        database.sql("SELECT * FROM samples"),
        "a\t0\ta\\b 😀 \t7\t0.1\t1\t2026-11-22 06:15:16.000001\t2026-11-22"
    );
    // A row that somebody writes by hand has the same key as ours.
    database.sql("INSERT INTO samples (name, number, `int`) VALUES ('by hand', 1, 2)");
    let ours = Sample {
        number: 1,
        ..Sample::int("by hand", 3)
    };
    let written = write(&mut *store, &[ours]);
    assert_eq!((written.inserted, written.updated), (0, 1));
}

#[test]
fn infinity_is_hidden_from_other_tools_and_not_from_us() {
    let database = Database::mariadb();
    let mut store = local(&database);
    store.migrate(&[Sample::TABLE], &[]).unwrap();
    let row = |name: &str, float| Sample {
        float: Some(float),
        ..Sample::new(name, 0)
    };
    write(&mut *store, &[row("a", f64::INFINITY), row("b", 1.0)]);
    assert_eq!(
        database.sql("SELECT name FROM samples WHERE `float` > 1e308"),
        "a"
    );
    let query = everything().filter("float", Test::In(vec![Value::Float(f64::INFINITY)]));
    assert_eq!(store.reader().unwrap().count(&query).unwrap(), 1);
    // There is no place for a few others.
    let mut transaction = store.begin("samples").unwrap();
    let error = transaction
        .upsert(
            Sample::TABLE,
            &Sample::batch(&[row("c", f64::MAX.next_down())]),
        )
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "rows do not fit table `samples`: column `float` holds something that is no \
         number that is not one of the outermost few"
    );
}

#[test]
fn tables_and_columns_say_what_they_are() {
    let database = Database::mariadb();
    let mut store = local(&database);
    store.migrate(TABLES, &views()).unwrap();
    for table in TABLES {
        let sql = format!(
            "SELECT column_name, replace(column_comment, '\\n', ' ') \
             FROM information_schema.columns WHERE table_schema = '{}' AND table_name = '{}' \
             AND column_name <> 'qaduct_key' ORDER BY ordinal_position",
            database.name(),
            table.name
        );
        let line = |column: &qaduct_records::Column| {
            let about: Vec<_> = column.description.trim().lines().map(str::trim).collect();
            format!("{}\t{}", column.name, about.join(" "))
        };
        let declared: Vec<_> = table.columns.iter().map(line).collect();
        assert_eq!(database.sql(&sql), declared.join("\n"));
    }
}

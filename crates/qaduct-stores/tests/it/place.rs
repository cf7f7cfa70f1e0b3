//! A database that is there for one test.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use mysql::prelude::Queryable as _;
use qaduct_records::{Reader, Store, Table, View};
use tempfile::TempDir;

use crate::database_server::Database;

/// Names a server that runs, to be tested instead of a private MariaDB: a URL with `{name}`
/// where the database stands, such as `mysql://root@127.0.0.1:3306/{name}`.
const SERVER: &str = "QADUCT_TEST_MYSQL";

/// Where a store can be opened, again and again, as long as the place is there.
pub(crate) struct Place {
    url: String,
    _folder: Option<TempDir>,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = folder.path().join("qaduct.db").to_str().unwrap().to_owned();
        Self {
            url,
            _folder: Some(folder),
        }
    }

    pub(crate) fn postgres() -> Self {
        Self {
            url: Database::postgres().url(),
            _folder: None,
        }
    }

    pub(crate) fn mariadb() -> Self {
        let url = match std::env::var_os(SERVER) {
            Some(server) => on_server(server.to_str().unwrap()),
            None => Database::mariadb().url(),
        };
        Self { url, _folder: None }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn open(&self) -> Box<dyn Store> {
        qaduct_stores::open(&self.url, None).unwrap()
    }

    /// A store with these tables.
    pub(crate) fn with(&self, tables: &[&Table]) -> Box<dyn Store> {
        self.with_views(tables, &[])
    }

    pub(crate) fn with_views(&self, tables: &[&Table], views: &[View]) -> Box<dyn Store> {
        let mut store = self.open();
        store.migrate(tables, views).unwrap();
        store
    }

    pub(crate) fn reader(&self) -> Box<dyn Reader> {
        self.open().reader().unwrap()
    }
}

/// The URL of a new database.
fn on_server(url: &str) -> String {
    static DATABASES: AtomicU32 = AtomicU32::new(0);
    let number = DATABASES.fetch_add(1, Relaxed);
    let name = format!("qaduct_{}_{number}", std::process::id());
    let mut server = mysql::Conn::new(url.replace("{name}", "").as_str()).unwrap();
    server
        .query_drop(format!("CREATE DATABASE {name}"))
        .unwrap();
    url.replace("{name}", &name)
}

//! A database that is there for one test.

use qaduct_records::{Reader, Store, Table, View};
use tempfile::TempDir;

use crate::{mariadb_server, postgres_server};

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
            url: postgres_server::Database::new().url(),
            _folder: None,
        }
    }

    pub(crate) fn mariadb() -> Self {
        Self {
            url: mariadb_server::Database::new().url(),
            _folder: None,
        }
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

//! Keeps records in SQL databases.
//!
//! Knows SQL and its dialects; knows no source, no table and no view by name.
//! Owns the connections and what it says about a database in `qaduct_meta`;
//! everything else that it reads and writes comes with the call.
//!
//! * [`open`] gives a [`Store`] for a URL; [`open_existing`] only where there is one.
//! * [`append::append_once`] adds rows to a table of any server that speaks the
//!   protocol of PostgreSQL, Redshift for instance.

pub mod append;
mod cells;
mod columns;
mod ddl;
mod dialect;
mod functions;
mod long_key;
mod migrate;
mod moment;
mod mysql;
mod nul;
mod postgres;
mod query;
mod sqlite;
mod store_url;

use std::time::Duration;

use qaduct_records::{Secret, Store, StoreError};

pub use migrate::has_any_view;

/// How long a transaction waits for another one.
const LOCK_WAIT: Duration = Duration::from_secs(10);
/// How long a reader may work at one query.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

type Open = fn(&str, Option<&Secret>, Absent) -> Result<Box<dyn Store>, StoreError>;

/// What to do where there is no database yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Absent {
    Create,
    Refuse,
}

/// A kind of store.
struct Entry {
    /// The words before the colon of its URLs.
    schemes: &'static [&'static str],
    open: Open,
}

/// All stores. A URL without a scheme is a path and belongs to the first one.
static STORES: &[Entry] = &[
    Entry {
        schemes: &["sqlite"],
        open: sqlite::open,
    },
    Entry {
        schemes: &["postgresql", "postgres"],
        open: postgres::open,
    },
    Entry {
        schemes: &["mysql", "mariadb"],
        open: mysql::open,
    },
];

/// Opens or creates the store at a URL.
///
/// That is a path, `sqlite:PATH`, `postgresql://user@host:port/database` or
/// `mysql://user@host:port/database`. The password comes apart, or from the URL, and never leaves this crate.
///
/// # Errors
/// When the URL is no store or the database cannot be reached.
pub fn open(url: &str, password: Option<&Secret>) -> Result<Box<dyn Store>, StoreError> {
    open_or(Absent::Create, url, password)
}

/// Opens a store that has been written before: for those who only read or
/// remove, to whom a new and empty database would say that there is nothing.
///
/// # Errors
/// [`StoreError::Absent`] where there is none, [`StoreError::Foreign`] where there is one that was
/// never written, and as [`open`].
pub fn open_existing(url: &str, password: Option<&Secret>) -> Result<Box<dyn Store>, StoreError> {
    open_or(Absent::Refuse, url, password)
}

fn open_or(
    absent: Absent,
    url: &str,
    password: Option<&Secret>,
) -> Result<Box<dyn Store>, StoreError> {
    let scheme = store_url::scheme(url);
    let entry = match scheme {
        Some(scheme) => STORES.iter().find(|entry| entry.schemes.contains(&scheme)),
        None => STORES.first(),
    };
    let refuse = |why| {
        Err(StoreError::Url {
            url: store_url::without_password(url),
            why,
        })
    };
    match entry {
        None => refuse(format!(
            "there is no store for `{}:`",
            scheme.unwrap_or_default()
        )),
        Some(_) if scheme.is_none() && url.contains("password=") => {
            refuse("it is neither a path nor a URL".to_owned())
        }
        Some(entry) => (entry.open)(url, password, absent),
    }
}

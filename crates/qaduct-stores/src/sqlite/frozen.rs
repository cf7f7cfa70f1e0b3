//! Reading a file that may not be written.
//!
//! Readers and writers of a file in WAL mode agree through two files beside it.
//! Where they are not there and cannot be made, nobody is writing, and the file
//! is read as it is. Somebody else may begin to write later: [`Frozen`] notices.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use qaduct_records::StoreError;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{connected, opening};

/// How a file was that is read as it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frozen {
    modified: Option<SystemTime>,
    size: u64,
}

impl Frozen {
    /// `None` where something was written that is not yet in the file. An empty
    /// file beside it is what looking for one has left.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let it = path.metadata().ok()?;
        let frozen = Self {
            modified: it.modified().ok(),
            size: it.len(),
        };
        let written = beside(path, "-wal").metadata();
        written.map_or(true, |it| it.len() == 0).then_some(frozen)
    }
}

/// A connection that only reads, and how the file is where that may not change.
pub(super) fn connect(path: &Path) -> Result<(Connection, Option<Frozen>), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let opened = connected(path, flags).and_then(|it| {
        it.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(it)
    });
    let error = match opened {
        Ok(connection) => return Ok((connection, None)),
        Err(error) => error,
    };
    let beside_is_missing = matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)
    );
    let frozen = Frozen::of(path).filter(|_| beside_is_missing);
    let connection = frozen.as_ref().and_then(|_| {
        let url = immutable(path);
        connected(&url, flags | OpenFlags::SQLITE_OPEN_URI).ok()
    });
    match connection {
        Some(connection) => Ok((connection, frozen)),
        None => Err(opening(path, error)),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// The address by which SQLite takes a file for one that never changes.
fn immutable(path: &Path) -> PathBuf {
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    let encoded = bytes.map(|&byte| match byte {
        b'/' | b'.' | b'_' | b'-' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    let url: String = ["file:".to_owned()]
        .into_iter()
        .chain(encoded)
        .chain(["?immutable=1".to_owned()])
        .collect();
    url.into()
}

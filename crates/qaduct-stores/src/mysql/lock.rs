//! A lock by name over all sessions of a server.

use mysql::prelude::Queryable as _;
use qaduct_records::StoreError;
use qaduct_records::digest::digest;

use super::Session;
use super::address::Address;
use crate::LOCK_WAIT;

/// A session that holds a lock until this is dropped. Where the session ends first,
/// the server gives the lock back.
pub(super) struct Lock<'s> {
    session: &'s mut Session,
    name: String,
}

impl<'s> Lock<'s> {
    /// Waits for the lock of that name in this database.
    pub(super) fn take(
        session: &'s mut Session,
        address: &Address,
        lock: &str,
    ) -> Result<Self, StoreError> {
        // Names are short, ignore case and hold for all databases of a server.
        let name = digest([Some("qaduct"), Some(address.database()), Some(lock)]);
        let taken: Option<Option<i64>> = session
            .connection
            .exec_first("SELECT GET_LOCK(?, ?)", (&name, LOCK_WAIT.as_secs()))
            .map_err(|error| address.failure("waiting for a lock", &error))?;
        match taken.flatten() {
            Some(1) => Ok(Self { session, name }),
            Some(_) => Err(StoreError::Busy {
                location: address.location(),
                cause: format!("waited {} s for `{lock}`", LOCK_WAIT.as_secs()),
            }),
            None => Err(address.failed("waiting for a lock", "the server gave none".to_owned())),
        }
    }

    pub(super) fn session(&mut self) -> &mut Session {
        self.session
    }
}

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        // Where this fails the session is lost, and the lock with it.
        drop(
            self.session
                .connection
                .exec_drop("DO RELEASE_LOCK(?)", (&self.name,)),
        );
    }
}

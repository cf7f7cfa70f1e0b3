//! A connection that may end anywhere.
//!
//! The client blocks when it says goodbye, which a thread of an async runtime
//! refuses by panicking. So every connection ends on a thread of its own.

use std::ops::{Deref, DerefMut};
use std::thread;

use postgres::Client;

/// A client until its end.
pub(super) struct Connection(Option<Client>);

const OPEN: &str = "a connection is open until it is dropped";

impl From<Client> for Connection {
    fn from(client: Client) -> Self {
        Self(Some(client))
    }
}

impl Deref for Connection {
    type Target = Client;

    fn deref(&self) -> &Client {
        self.0.as_ref().expect(OPEN)
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut Client {
        self.0.as_mut().expect(OPEN)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let client = self.0.take();
        // Waiting for it lets the server hear the goodbye before the program ends.
        if let Ok(ending) = thread::Builder::new().spawn(move || drop(client)) {
            drop(ending.join());
        }
    }
}

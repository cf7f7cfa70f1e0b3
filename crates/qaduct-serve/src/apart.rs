//! Things that may block when they end, such as connections of a database.
//!
//! A thread of the async runtime must not block, and drivers panic there. So
//! these end on a thread of their own, wherever they are dropped.

use std::ops::{Deref, DerefMut};
use std::thread;

pub(crate) struct Apart<T: Send + 'static>(Option<T>);

const WHOLE: &str = "it is there until it is dropped";

impl<T: Send + 'static> Apart<T> {
    pub(crate) fn new(it: T) -> Self {
        Self(Some(it))
    }
}

impl<T: Send + 'static> Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect(WHOLE)
    }
}

impl<T: Send + 'static> DerefMut for Apart<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect(WHOLE)
    }
}

impl<T: Send + 'static> Drop for Apart<T> {
    fn drop(&mut self) {
        let it = self.0.take();
        // Waiting for it keeps the program from ending in the middle of a goodbye.
        if let Ok(ending) = thread::Builder::new().spawn(move || drop(it)) {
            drop(ending.join());
        }
    }
}

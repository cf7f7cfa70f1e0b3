//! Sends calls: waits for the limit, sends again what may work later.

use std::sync::Arc;

use qaduct_records::Clock;

use crate::{Answer, Call, HttpError, Settings, Sleep};

/// A client of one service with one credential. Threads may share it.
pub struct Client {
    settings: Settings,
}

impl Client {
    /// A client; connects nowhere yet.
    ///
    /// # Errors
    /// When the base URL cannot be used.
    pub fn new(
        settings: Settings,
        _clock: Arc<dyn Clock>,
        _sleep: Arc<dyn Sleep>,
    ) -> Result<Self, HttpError> {
        Ok(Self { settings })
    }

    /// Sends a call and gives its answer.
    ///
    /// # Errors
    /// When there is no answer that the call accepts.
    pub fn send(&self, _call: &Call) -> Result<Answer, HttpError> {
        unimplemented!("{}", self.settings.name)
    }
}

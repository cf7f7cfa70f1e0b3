//! Serves the store over HTTP: an API, Redash documents and metrics.

use std::future::Future;
use std::sync::Arc;

use qaduct_records::{Clock, Reader, Secret, StoreError};

/// Opens a connection that reads the store.
pub type Readers = Arc<dyn Fn() -> Result<Box<dyn Reader>, StoreError> + Send + Sync>;

/// What the server needs.
#[derive(Clone)]
pub struct Service {
    /// Opens readers of the store.
    pub readers: Readers,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Token that callers must bring; `None` answers everybody.
    pub token: Option<Secret>,
    /// Version of the program, for `/metrics`.
    pub version: &'static str,
    /// What `GET /` answers for the predecessor's readers, if anything.
    pub legacy: Option<Legacy>,
}

/// The one repository and branch whose `xfailflake` mutes the predecessor served at `/`.
#[derive(Clone, Debug)]
pub struct Legacy {
    /// Repository as stored.
    pub repository: String,
    /// Repository as the user wrote it, which is what rows show.
    pub label: String,
    /// Branch.
    pub branch: String,
}

/// Answers requests on a listener until `stop` is ready; requests under way are finished.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    _listener: tokio::net::TcpListener,
    _service: Service,
    _stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    Ok(())
}

//! Serves the store over HTTP: an API, Redash documents and metrics.
//!
//! Reads through [`Reader`]s that somebody else opens and writes nothing: a
//! request never scans and never changes the store. `router.rs` is the table
//! of contents; each resource is one file.
//!
//! A request goes this way: `server` reads it, `host` and `auth` let it in, its resource
//! turns the parameters into a question (`parameters`), `answer` looks whether
//! the caller or the cache already has the bytes, and a document (`format`)
//! writes rows (`rows`) straight from Arrow to bytes.

mod answer;
mod apart;
mod api;
mod app;
mod auth;
mod cache;
mod catalogue;
pub mod documents;
mod encoding;
mod error;
mod etag;
mod headers;
mod health;
mod host;
mod index;
mod ledger;
mod legacy;
mod metrics;
mod openapi;
mod page;
mod parameters;
mod patience;
mod pool;
mod redash;
mod router;
mod rows;
mod server;
mod since;
mod traffic;

use std::future::Future;
use std::sync::Arc;

use qaduct_records::{Clock, Reader, Secret, StoreError, View};

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

/// Answers requests about these views on a listener until `stop` is ready; requests under way
/// are finished, for ten seconds at most.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: tokio::net::TcpListener,
    service: Service,
    views: Vec<View>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let bound = listener.local_addr()?.ip();
    let app = app::App::new(service, &views, Some(bound));
    server::run(listener, router::router(Arc::new(app)), stop).await
}

/// All routes over these views, without a listener.
pub fn router(service: Service, views: &[View]) -> axum::Router {
    router::router(Arc::new(app::App::new(service, views, None)))
}

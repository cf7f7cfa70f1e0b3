//! Every route of the server: the table of contents.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get};

use crate::api::{mutes, runs};
use crate::app::App;
use crate::error::Failure;
use crate::{auth, headers, health, host, index, metrics, openapi, redash, traffic};

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .at("/api/v1/mutes", get(mutes::get))
        .at("/api/v1/mutes.json", get(mutes::get))
        .at("/api/v1/mutes.jsonl", get(mutes::get))
        .at("/api/v1/mutes.csv", get(mutes::get))
        .at("/api/v1/runs", get(runs::get))
        .at("/api/v1/runs.json", get(runs::get))
        .at("/api/v1/runs.jsonl", get(runs::get))
        .at("/api/v1/runs.csv", get(runs::get))
        .at("/api/openapi.json", get(openapi::get))
        .at("/redash/summary", get(redash::summary::get))
        .at("/redash/{view}", get(redash::view::get))
        .at("/healthz", get(health::get))
        .at("/metrics", get(metrics::get))
        .route("/", get(index::get))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(&app), auth::admit))
        .layer(from_fn_with_state(Arc::clone(&app), host::check))
        .layer(from_fn_with_state(Arc::clone(&app), traffic::count))
        .layer(from_fn(headers::harden))
        .with_state(app)
}

/// A route with and without a slash at its end, because readers such as Redash
/// follow no redirect.
trait BothSpellings {
    fn at(self, path: &str, route: MethodRouter<Arc<App>>) -> Self;
}

impl BothSpellings for Router<Arc<App>> {
    fn at(self, path: &str, route: MethodRouter<Arc<App>>) -> Self {
        self.route(path, route.clone())
            .route(&format!("{path}/"), route)
    }
}

async fn not_found(request: Request) -> Failure {
    Failure::not_found(request.uri().path())
}

async fn method_not_allowed(request: Request) -> Failure {
    Failure::Method {
        method: request.method().to_string(),
    }
}

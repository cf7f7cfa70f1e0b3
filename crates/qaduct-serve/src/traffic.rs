//! Counts requests by route, method and status, for `/metrics`.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

use crate::app::App;

/// Labels have few values on purpose: routes instead of addresses, and methods
/// that nobody answers under one word.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Labels {
    route: String,
    method: &'static str,
    status: u32,
}

#[derive(Default)]
pub(crate) struct Traffic {
    pub(crate) requests: Family<Labels, Counter>,
}

pub(crate) async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str);
    let route = if route.len() > 1 {
        route.trim_end_matches('/')
    } else {
        route
    }
    .to_owned();
    let method = match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        _ => "other",
    };
    let response = next.run(request).await;
    let status = response.status().as_u16().into();
    app.traffic
        .requests
        .get_or_create(&Labels {
            route,
            method,
            status,
        })
        .inc();
    response
}

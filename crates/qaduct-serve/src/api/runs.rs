//! `/api/v1/runs`: the ledger of scans, newest first.
//!
//! Reads the table `runs`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use qaduct_records::{Direction, Outcome, Row as _, Run};

use super::Format;
use crate::app::App;
use crate::catalogue::{Resource, sentence};
use crate::error::Failure;

pub(crate) fn resource() -> Resource {
    let table = Run::TABLE;
    Resource {
        name: table.name.to_owned(),
        about: sentence(table.description),
        relation: table.name.to_owned(),
        history: None,
        columns: table.columns.to_vec(),
        order: vec![("run_id".to_owned(), Direction::Down)],
        key: table.key.iter().map(|&it| it.to_owned()).collect(),
        searched: ["subject", "error"].map(str::to_owned).to_vec(),
        words: vec![(
            "outcome",
            Outcome::ALL.iter().map(|it| it.as_str()).collect(),
        )],
    }
}

pub(crate) async fn json(
    app: State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    list(app, Format::Json, uri, headers).await
}

pub(crate) async fn jsonl(
    app: State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    list(app, Format::Jsonl, uri, headers).await
}

pub(crate) async fn csv(
    app: State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    list(app, Format::Csv, uri, headers).await
}

async fn list(
    State(app): State<Arc<App>>,
    format: Format,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    super::list(
        Arc::clone(&app),
        app.catalogue.runs(),
        format,
        &uri,
        &headers,
    )
    .await
}

//! `/api/v1/runs`: the ledger of scans, newest first.
//!
//! Reads the table `runs`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use qaduct_records::{Direction, Outcome, Row as _, Run};

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
        lists: Vec::new(),
        words: vec![(
            "outcome",
            Outcome::ALL.iter().map(|it| it.as_str()).collect(),
        )],
    }
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    super::list(Arc::clone(&app), app.catalogue.runs(), &uri, &headers).await
}

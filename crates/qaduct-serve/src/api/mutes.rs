//! `/api/v1/mutes`: muted tests, on every branch that was scanned.
//!
//! Reads the views `v_mutes_current` and, for mutes that are gone, `v_mutes`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use qaduct_models::MUTES;
use qaduct_records::{Cause, Confidence, Direction, Kind, Row as _, Scope, View, mute::Mute};

use crate::app::App;
use crate::catalogue::{Resource, sentence};
use crate::error::Failure;

/// Its name in addresses.
pub(crate) const NAME: &str = "mutes";

/// The resource over `view`, which is that of the mutes that are there.
pub(crate) fn resource(view: &View, views: &[View]) -> Resource {
    let key: Vec<String> = Mute::TABLE.key.iter().map(|&it| it.to_owned()).collect();
    let order = [
        "repository",
        "branch",
        "path",
        "line_start",
        "group_id",
        "nth",
    ];
    Resource {
        name: NAME.to_owned(),
        about: sentence(&view.description),
        relation: view.name.clone(),
        history: views
            .iter()
            .find(|it| it.name == MUTES)
            .map(|it| it.name.clone()),
        columns: view.columns.clone(),
        order: order.map(|name| (name.to_owned(), Direction::Up)).to_vec(),
        key,
        searched: ["test_id", "reason", "tickets", "condition"]
            .map(str::to_owned)
            .to_vec(),
        lists: vec![("ticket", "tickets")],
        words: vec![
            ("kind", Kind::ALL.iter().map(|it| it.as_str()).collect()),
            ("scope", Scope::ALL.iter().map(|it| it.as_str()).collect()),
            (
                "opened_by",
                Cause::ALL.iter().map(|it| it.as_str()).collect(),
            ),
            (
                "closed_by",
                Cause::ALL.iter().map(|it| it.as_str()).collect(),
            ),
            (
                "confidence",
                Confidence::ALL.iter().map(|it| it.as_str()).collect(),
            ),
        ],
    }
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let resource = app
        .catalogue
        .mutes()
        .ok_or_else(|| Failure::not_found(uri.path()))?;
    super::list(Arc::clone(&app), resource, &uri, &headers).await
}

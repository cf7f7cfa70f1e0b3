//! `/`: what there is, or the predecessor's document where that is served.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::answer::answer;
use crate::app::App;
use crate::error::Failure;
use crate::legacy::Former;

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if let Some(legacy) = &app.legacy {
        let resource = app
            .catalogue
            .mutes()
            .ok_or_else(|| Failure::not_found(uri.path()))?;
        let document = Former::new(resource, legacy);
        return answer(Arc::clone(&app), &uri, &headers, document).await;
    }
    let views = app
        .catalogue
        .views()
        .map(|it| it.name.as_str())
        .chain(["summary"]);
    let redash: Vec<_> = views.map(|it| format!("redash/{it}")).collect();
    Ok(Json(json!({
        "name": "qaduct",
        "version": app.version,
        "api": ["api/v1/mutes", "api/v1/runs"],
        "redash": redash,
        "openapi": "api/openapi.json",
        "metrics": "metrics",
        "health": "healthz",
    }))
    .into_response())
}

//! `/healthz`: whether the server can read the store, and how old the data is.
//!
//! Open to everybody, so it says nothing about whose data it is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::Failure;
use crate::ledger;

pub(crate) async fn get(State(app): State<Arc<App>>) -> Result<Json<Value>, Failure> {
    app.pool.version().await?;
    let last = app.pool.run(ledger::last_scan).await?;
    let age = last.map(|at| (app.clock.now().as_second() - at.as_second()).max(0));
    Ok(Json(json!({
        "status": "ok",
        "last_scan_at": last.map(|at| at.to_string()),
        "last_scan_age_seconds": age,
    })))
}

//! The API: one file per resource, and what their lists have in common.

pub(crate) mod lines;
pub(crate) mod listing;
pub(crate) mod mutes;
pub(crate) mod runs;
pub(crate) mod table;

use std::sync::Arc;

use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use crate::answer::answer;
use crate::app::App;
use crate::catalogue::Resource;
use crate::error::Failure;
use crate::parameters::{self, Face};

/// Version of the documents of the API. A new column does not change it, a
/// column that goes or changes its meaning does.
pub(crate) const SCHEMA_VERSION: u32 = 1;
/// Rows of a page unless the caller wants another number.
pub(crate) const PAGE: u64 = 100;
/// Rows of a page at most.
pub(crate) const LARGEST_PAGE: u64 = 5_000;

/// Answers with a list in the format that the extension of the address names.
async fn list(
    app: Arc<App>,
    resource: &Resource,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let path = uri.path().trim_end_matches('/');
    let asked = |face| parameters::read(resource, face, uri);
    if path.ends_with(".csv") {
        answer(
            app,
            uri,
            headers,
            table::Table::new(asked(Face::All)?, &resource.name),
        )
        .await
    } else if path.ends_with(".jsonl") {
        answer(app, uri, headers, lines::Lines::new(asked(Face::All)?)).await
    } else {
        answer(app, uri, headers, listing::Listing::new(asked(Face::Page)?)).await
    }
}

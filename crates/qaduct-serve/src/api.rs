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

/// How the rows are written.
#[derive(Clone, Copy)]
enum Format {
    Json,
    Jsonl,
    Csv,
}

async fn list(
    app: Arc<App>,
    resource: &Resource,
    format: Format,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let face = match format {
        Format::Json => Face::Page,
        Format::Jsonl | Format::Csv => Face::All,
    };
    let asked = parameters::read(resource, face, uri)?;
    match format {
        Format::Json => answer(app, uri, headers, listing::Listing::new(asked)).await,
        Format::Jsonl => answer(app, uri, headers, lines::Lines::new(asked)).await,
        Format::Csv => answer(app, uri, headers, table::Table::new(asked, &resource.name)).await,
    }
}

//! `/redash/{view}`: a view as columns and rows, or as rows alone.
//!
//! All rows unless `limit` asks for pages, because a Redash query that says
//! nothing of pages reads only one.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use qaduct_records::{ColumnType, Reader};

use super::{Shown, open, shown};
use crate::answer::{Document, answer};
use crate::app::App;
use crate::catalogue::Resource;
use crate::error::Failure;
use crate::page;
use crate::parameters::{self, Asked, Face};
use crate::rows::Walk;
use qaduct_formats::Cells;
use qaduct_formats::json::{self, Keys, Nulls};

/// The column that `min_row` adds.
const ROW_COUNT: &str = "row_count";

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    view: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let resource = view.ok().and_then(|Path(name)| app.catalogue.view(&name));
    let resource = resource.ok_or_else(|| Failure::not_found(uri.path()))?;
    let asked = parameters::read(resource, Face::Redash, &uri)?;
    let document = Rows::new(resource, asked)?;
    answer(Arc::clone(&app), &uri, &headers, document).await
}

#[derive(Clone)]
struct Rows {
    walk: Walk,
    shown: Vec<Shown>,
    keys: Keys,
    is_array: bool,
    has_row_count: bool,
    /// The query string, where pages were asked for.
    paged: Option<String>,
    /// Rows written; `None` before the document has begun.
    written: Option<u64>,
}

impl Rows {
    fn new(resource: &Resource, asked: Asked) -> Result<Self, Failure> {
        let mut shown = shown(resource);
        for name in &asked.filters {
            match shown
                .iter_mut()
                .find(|it| it.name == *name || it.column == *name)
            {
                Some(column) => column.name = format!("{}::filter", column.name),
                None => {
                    let known = shown.iter().map(|it| it.name.as_str());
                    let why = match qaduct_records::nearest(name, known) {
                        Some(nearest) => {
                            format!("there is no column `{name}`; did you mean `{nearest}`?")
                        }
                        None => format!("there is no column `{name}`"),
                    };
                    return Err(Failure::value("filters", &asked.filters.join(","), why));
                }
            }
        }
        Ok(Self {
            walk: asked.walk(),
            keys: Keys::of(shown.iter().map(|it| it.name.as_str())),
            shown,
            is_array: asked.array,
            has_row_count: asked.min_row,
            paged: asked.limit.map(|_| asked.text),
            written: None,
        })
    }

    fn open(&self, out: &mut Vec<u8>) {
        if self.is_array {
            out.push(b'[');
        } else if self.has_row_count {
            let mut shown = self.shown.clone();
            shown.push(Shown::new(ROW_COUNT, ColumnType::Int));
            open(out, &shown);
        } else {
            open(out, &self.shown);
        }
    }

    fn close(&self, out: &mut Vec<u8>) {
        out.push(b']');
        match &self.paged {
            _ if self.is_array => {}
            Some(text) => page::close(out, &self.walk.question, text, self.walk.rest()),
            None => out.push(b'}'),
        }
    }

    /// The row that stands in where there is none, so that charts find their columns.
    fn stand_in(&self, out: &mut Vec<u8>) {
        let mut row = serde_json::Map::new();
        for it in &self.shown {
            let nothing = match it.kind {
                ColumnType::Int => 0.into(),
                ColumnType::Float => 0.0.into(),
                ColumnType::Bool => false.into(),
                ColumnType::Text | ColumnType::Timestamp | ColumnType::Date => "".into(),
            };
            row.insert(it.name.clone(), nothing);
        }
        row.insert(ROW_COUNT.to_owned(), 0.into());
        out.extend_from_slice(serde_json::Value::Object(row).to_string().as_bytes());
    }
}

impl Document for Rows {
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn write(&mut self, reader: &mut dyn Reader, out: &mut Vec<u8>) -> Result<bool, Failure> {
        let mut written = self.written.unwrap_or_else(|| {
            self.open(out);
            0
        });
        let Some(piece) = self.walk.next(reader)? else {
            if written == 0 && self.has_row_count {
                self.stand_in(out);
            }
            self.close(out);
            return Ok(true);
        };
        let columns = &self.walk.question.query.columns;
        let cells = piece.cells()?;
        let cells: Vec<&Cells<'_>> = self
            .shown
            .iter()
            .filter_map(|it| cells.get(columns.iter().position(|column| column.name == it.column)?))
            .collect();
        for row in piece.rows() {
            if written > 0 {
                out.push(b',');
            }
            written += 1;
            json::object(out, &self.keys, &cells, row, Nulls::Omit)?;
            if self.has_row_count {
                out.pop();
                out.extend_from_slice(if out.ends_with(b"{") { b"" } else { b"," });
                out.extend_from_slice(format!("\"{ROW_COUNT}\":1}}").as_bytes());
            }
        }
        self.written = Some(written);
        Ok(false)
    }
}

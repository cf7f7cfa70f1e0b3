//! A page of the API: `{schema_version, items, total, _links, next_page_token}`.

use qaduct_records::Reader;

use super::SCHEMA_VERSION;
use crate::answer::Document;
use crate::error::Failure;
use crate::page;
use crate::parameters::Asked;
use crate::rows::Walk;
use qaduct_formats::json::{self, Keys, Nulls};

#[derive(Clone)]
pub(super) struct Listing {
    walk: Walk,
    text: String,
    keys: Keys,
    /// Items written; `None` before the page has begun.
    written: Option<usize>,
}

impl Listing {
    pub(super) fn new(asked: Asked) -> Self {
        let columns = &asked.question.query.columns;
        Self {
            keys: Keys::of(columns.iter().map(|column| column.name.as_ref())),
            walk: asked.walk(),
            text: asked.text,
            written: None,
        }
    }
}

impl Document for Listing {
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn write(&mut self, reader: &mut dyn Reader, out: &mut Vec<u8>) -> Result<bool, Failure> {
        let mut written = self.written.unwrap_or_else(|| {
            let head = format!("{{\"schema_version\":{SCHEMA_VERSION},\"items\":[");
            out.extend_from_slice(head.as_bytes());
            0
        });
        if let Some(piece) = self.walk.next(reader)? {
            let cells = piece.cells()?;
            let cells: Vec<_> = cells.iter().collect();
            for row in piece.rows() {
                if written > 0 {
                    out.push(b',');
                }
                written += 1;
                json::object(out, &self.keys, &cells, row, Nulls::Keep)?;
            }
            self.written = Some(written);
            return Ok(false);
        }
        let question = self.walk.question.clone();
        out.extend_from_slice(format!("],\"total\":{}", question.total(reader)?).as_bytes());
        let rest = self.walk.rest();
        page::close(out, &question, &self.text, rest);
        Ok(true)
    }
}

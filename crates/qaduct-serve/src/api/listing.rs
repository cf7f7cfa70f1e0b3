//! A page of the API: `{schema_version, items, total, _links, next_page_token}`.

use qaduct_records::Reader;

use super::SCHEMA_VERSION;
use crate::answer::Document;
use crate::error::Failure;
use crate::format::json::{self, Keys, Nulls};
use crate::page;
use crate::parameters::Asked;
use crate::rows::Walk;

#[derive(Clone)]
pub(super) struct Listing {
    walk: Walk,
    text: String,
    keys: Keys,
}

impl Listing {
    pub(super) fn new(asked: Asked) -> Self {
        let columns = &asked.question.query.columns;
        Self {
            keys: Keys::of(columns.iter().map(|column| column.name.as_ref())),
            walk: asked.walk(),
            text: asked.text,
        }
    }
}

impl Document for Listing {
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn write(&mut self, reader: &mut dyn Reader, out: &mut Vec<u8>) -> Result<bool, Failure> {
        let question = self.walk.question.clone();
        out.extend_from_slice(
            format!("{{\"schema_version\":{SCHEMA_VERSION},\"items\":[").as_bytes(),
        );
        let mut is_first = true;
        while let Some(piece) = self.walk.next(reader)? {
            let cells = piece.cells()?;
            let cells: Vec<_> = cells.iter().collect();
            for &row in &piece.picks {
                if !is_first {
                    out.push(b',');
                }
                is_first = false;
                json::object(out, &self.keys, &cells, row, Nulls::Keep)?;
            }
        }
        out.extend_from_slice(format!("],\"total\":{}", question.total(reader)?).as_bytes());
        let rest = self.walk.rest(reader)?;
        page::close(out, &question, &self.text, rest);
        Ok(true)
    }
}

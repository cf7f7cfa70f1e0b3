//! All rows as JSON, one object a line.

use qaduct_records::Reader;

use crate::answer::Document;
use crate::error::Failure;
use crate::parameters::Asked;
use crate::rows::Walk;
use qaduct_formats::json::{self, Keys, Nulls};

#[derive(Clone)]
pub(super) struct Lines {
    walk: Walk,
    keys: Keys,
}

impl Lines {
    pub(super) fn new(asked: Asked) -> Self {
        let columns = &asked.question.query.columns;
        Self {
            keys: Keys::of(columns.iter().map(|column| column.name.as_ref())),
            walk: asked.walk(),
        }
    }
}

impl Document for Lines {
    fn media_type(&self) -> &'static str {
        "application/jsonl"
    }

    fn write(&mut self, reader: &mut dyn Reader, out: &mut Vec<u8>) -> Result<bool, Failure> {
        let Some(piece) = self.walk.next(reader)? else {
            return Ok(true);
        };
        let cells = piece.cells()?;
        let cells: Vec<_> = cells.iter().collect();
        for row in piece.rows() {
            json::object(out, &self.keys, &cells, row, Nulls::Keep)?;
            out.push(b'\n');
        }
        Ok(false)
    }
}

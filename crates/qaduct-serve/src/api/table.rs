//! All rows as CSV.

use qaduct_records::Reader;

use crate::answer::Document;
use crate::error::Failure;
use crate::parameters::Asked;
use crate::rows::Walk;
use qaduct_formats::csv;

#[derive(Clone)]
pub(super) struct Table {
    walk: Walk,
    name: String,
    has_head: bool,
}

impl Table {
    pub(super) fn new(asked: Asked, name: &str) -> Self {
        Self {
            walk: asked.walk(),
            name: name.to_owned(),
            has_head: false,
        }
    }
}

impl Document for Table {
    fn media_type(&self) -> &'static str {
        "text/csv; charset=utf-8; header=present"
    }

    fn file_name(&self) -> Option<String> {
        Some(format!("{}.csv", self.name))
    }

    fn write(&mut self, reader: &mut dyn Reader, out: &mut Vec<u8>) -> Result<bool, Failure> {
        let question = self.walk.question.clone();
        let columns = &question.query.columns;
        if !self.has_head {
            csv::head(out, columns.iter().map(|column| column.name.as_ref()));
            self.has_head = true;
        }
        let Some(piece) = self.walk.next(reader)? else {
            return Ok(true);
        };
        let cells = piece.cells()?;
        for row in piece.rows() {
            csv::line(out, &cells, row)?;
        }
        Ok(false)
    }
}

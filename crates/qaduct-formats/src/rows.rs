//! Batches as documents: JSON, one object a line, CSV.

use std::io::{self, Write};

use qaduct_records::RecordBatch;

use crate::cells::{Cells, columns};
use crate::csv as lines;
use crate::json::{Keys, Nulls, object};

/// Rows are written in pieces of about this many bytes.
pub const PIECE: usize = 1 << 16;

/// Writes rows as a JSON array of objects; NULL is `null`.
///
/// # Errors
/// When they cannot be written, or a column does not hold what its type says.
pub fn json(out: &mut dyn Write, rows: &RecordBatch) -> io::Result<()> {
    out.write_all(b"[")?;
    objects(out, rows, b",\n")?;
    out.write_all(b"]")
}

/// Writes rows as JSON objects, one a line; NULL is `null`.
///
/// # Errors
/// As [`json`].
pub fn jsonl(out: &mut dyn Write, rows: &RecordBatch) -> io::Result<()> {
    objects(out, rows, b"\n")?;
    out.write_all(if rows.num_rows() > 0 { b"\n" } else { b"" })
}

/// Writes rows as CSV with the names of the columns first: RFC 4180, and no
/// text that a spreadsheet would take for a formula.
///
/// # Errors
/// As [`json`].
pub fn csv(out: &mut dyn Write, rows: &RecordBatch) -> io::Result<()> {
    let columns = columns(rows);
    let cells = Cells::of(rows, &columns).map_err(io::Error::other)?;
    let mut piece = Vec::new();
    lines::head(&mut piece, columns.iter().map(|it| it.name.as_ref()));
    for row in 0..rows.num_rows() {
        lines::line(&mut piece, &cells, row).map_err(io::Error::other)?;
        flush(out, &mut piece, PIECE)?;
    }
    flush(out, &mut piece, 0)
}

fn objects(out: &mut dyn Write, rows: &RecordBatch, between: &[u8]) -> io::Result<()> {
    let columns = columns(rows);
    let cells = Cells::of(rows, &columns).map_err(io::Error::other)?;
    let cells: Vec<_> = cells.iter().collect();
    let keys = Keys::of(columns.iter().map(|it| it.name.as_ref()));
    let mut piece = Vec::new();
    for row in 0..rows.num_rows() {
        if row > 0 {
            piece.extend_from_slice(between);
        }
        object(&mut piece, &keys, &cells, row, Nulls::Keep).map_err(io::Error::other)?;
        flush(out, &mut piece, PIECE)?;
    }
    flush(out, &mut piece, 0)
}

/// Writes a piece that has become longer than that, and empties it.
///
/// # Errors
/// When it cannot be written.
pub fn flush(out: &mut dyn Write, piece: &mut Vec<u8>, least: usize) -> io::Result<()> {
    if piece.len() > least {
        out.write_all(piece)?;
        piece.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use qaduct_records::values::batch_of_values;
    use qaduct_records::{Column, ColumnType, Value};

    use super::*;

    fn column(name: &'static str, kind: ColumnType) -> Column {
        Column {
            name: name.into(),
            kind,
            nullable: true,
            description: "".into(),
        }
    }

    fn awkward() -> RecordBatch {
        let columns = [
            column("test", ColumnType::Text),
            column("runs", ColumnType::Int),
            column("share", ColumnType::Float),
            column("seen", ColumnType::Date),
        ];
        let text = |it: &str| Value::Text(it.to_owned());
        let day = qaduct_records::table::date_of(20_605).map_or(Value::Null, Value::Date);
        let values = vec![
            vec![
                text("🦀, \"said\"\nhe"),
                text(""),
                Value::Null,
                text("=1+1"),
            ],
            vec![
                Value::Int(9_007_199_254_740_993),
                Value::Int(0),
                Value::Null,
                Value::Int(-1),
            ],
            vec![
                Value::Float(0.5),
                Value::Float(1.0),
                Value::Null,
                Value::Float(f64::NAN),
            ],
            vec![day.clone(), Value::Null, Value::Null, day],
        ];
        batch_of_values(&columns, values).unwrap()
    }

    fn document(write: fn(&mut dyn Write, &RecordBatch) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out, &awkward()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_keeps_apart_what_is_empty_and_what_is_missing() {
        assert_eq!(
            document(csv).replace("\r\n", "⏎\n"),
            "test,runs,share,seen⏎\n\
             \"🦀, \"\"said\"\"\nhe\",9007199254740993,0.5,2026-06-01⏎\n\
             \"\",0,1.0,⏎\n\
             ,,,⏎\n\
             '=1+1,-1,,2026-06-01⏎\n"
        );
    }

    #[test]
    fn json_and_its_lines_hold_the_same_objects() {
        insta::assert_snapshot!(document(jsonl), @r#"
            {"test":"🦀, \"said\"\nhe","runs":9007199254740993,"share":0.5,"seen":"2026-06-01"}
            {"test":"","runs":0,"share":1.0,"seen":null}
            {"test":null,"runs":null,"share":null,"seen":null}
            {"test":"=1+1","runs":-1,"share":null,"seen":"2026-06-01"}
            "#);
        let all: serde_json::Value = serde_json::from_str(&document(json)).unwrap();
        let lines = document(jsonl);
        let lines = lines.lines().map(|it| serde_json::from_str(it).unwrap());
        assert_eq!(all, serde_json::Value::Array(lines.collect()));
    }

    #[test]
    fn no_rows_are_an_empty_list_and_no_lines() {
        let none = awkward().slice(0, 0);
        let mut out = Vec::new();
        json(&mut out, &none).unwrap();
        jsonl(&mut out, &none).unwrap();
        assert_eq!(out, b"[]");
    }
}

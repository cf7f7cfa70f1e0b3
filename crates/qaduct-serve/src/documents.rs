//! The documents of the server for those who print them elsewhere: the same
//! bytes in a file as over HTTP.

use std::io::{self, Write};

use arrow_array::Array;
use jiff::{Timestamp, tz::TimeZone};
use qaduct_records::{Column, ColumnType, RecordBatch, Value};
use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::format::json::{Keys, Nulls, object};
use crate::format::{Cells, csv as lines};
use crate::{legacy, redash};

/// Rows are written in pieces of about this many bytes.
const PIECE: usize = 1 << 16;

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

/// Writes rows of `v_mutes_current` as the document of `/redash/mutes`.
///
/// # Errors
/// As [`json`].
pub fn redash(out: &mut dyn Write, mutes: &RecordBatch) -> io::Result<()> {
    let catalogue = Catalogue::of(&qaduct_models::views());
    let Some(resource) = catalogue.mutes() else {
        return Err(io::Error::other(
            "this version has no view of current mutes",
        ));
    };
    let shown = redash::shown(resource);
    let columns = columns(mutes);
    let cells = Cells::of(mutes, &columns).map_err(io::Error::other)?;
    let place = |name: &str| columns.iter().position(|it| it.name == name);
    let (shown, cells): (Vec<_>, Vec<_>) = shown
        .into_iter()
        .filter_map(|it| place(&it.column).map(|at| (it, &cells[at])))
        .unzip();
    let keys = Keys::of(shown.iter().map(|it| it.name.as_str()));
    let mut piece = Vec::new();
    redash::open(&mut piece, &shown);
    for row in 0..mutes.num_rows() {
        if row > 0 {
            piece.push(b',');
        }
        object(&mut piece, &keys, &cells, row, Nulls::Omit).map_err(io::Error::other)?;
        flush(out, &mut piece, PIECE)?;
    }
    piece.extend_from_slice(b"]}\n");
    flush(out, &mut piece, 0)
}

/// A row of the grabber's documents, in its order of keys. As there, every
/// value is text: empty where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrabberRow {
    /// The file, with a slash in front.
    pub file: String,
    /// Bare name of the test.
    pub test: String,
    /// The ticket.
    pub ticket: String,
    /// Since when, in the words of the declaration; else the day.
    pub since: String,
    /// The repository.
    pub repo: String,
    /// The branch.
    pub branch: String,
}

/// Whether a mute is one that the grabber looked for: the mark `xfailflake`,
/// or an alias of that name.
#[must_use]
pub fn is_xfailflake(form: &str, alias: Option<&str>) -> bool {
    legacy::is_ours(form, alias)
}

/// The document that the grabber dumped, with the time in UTC.
///
/// # Errors
/// When it cannot be written.
pub fn grabber(out: &mut dyn Write, rows: &[GrabberRow], now: Timestamp) -> io::Result<()> {
    let now = now.to_zoned(TimeZone::UTC);
    let document = serde_json::json!({
        "timestamp": now.strftime("%Y.%m.%d %H:%M").to_string(),
        "xfailflakes": rows,
    });
    serde_json::to_writer(&mut *out, &document)?;
    out.write_all(b"\n")
}

/// The `xfailflake` marks among rows of `v_mutes_current`, as the grabber would
/// have shown them: what it served and dumped, and nothing else.
///
/// # Errors
/// When a column does not hold what its type says.
pub fn grabber_rows(mutes: &RecordBatch) -> io::Result<Vec<GrabberRow>> {
    let columns = columns(mutes);
    let cells = Cells::of(mutes, &columns).map_err(io::Error::other)?;
    let value = |name: &str, row: usize| {
        let at = columns.iter().position(|it| it.name == name);
        at.map_or(Value::Null, |at| cells[at].value(row))
    };
    let text = |name: &str, row: usize| written(&value(name, row));
    let is_ours = |row: &usize| {
        let alias = text("alias", *row);
        is_xfailflake(&text("form", *row), Some(&alias))
    };
    Ok((0..mutes.num_rows())
        .filter(is_ours)
        .map(|row| GrabberRow {
            file: format!("/{}", text("path", row)),
            test: text("test", row),
            ticket: text("ticket", row),
            since: since(value("since_text", row), value("since_declared", row)),
            repo: text("repository", row),
            branch: text("branch", row),
        })
        .collect())
}

/// What the grabber's documents have under `since`: the text as declared, else
/// the day.
pub(crate) fn since(text: Value, day: Value) -> String {
    match text {
        Value::Null => written(&day),
        text => written(&text),
    }
}

/// The cells of each row as people read them; empty for NULL.
///
/// # Errors
/// When a column has a type that no table has.
pub fn cells(rows: &RecordBatch) -> io::Result<Vec<Vec<String>>> {
    let columns = columns(rows);
    let cells = Cells::of(rows, &columns).map_err(io::Error::other)?;
    let line = |row| cells.iter().map(|it| written(&it.value(row))).collect();
    Ok((0..rows.num_rows()).map(line).collect())
}

fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Bool(flag) => flag.to_string(),
        Value::Timestamp(at) => at.to_string(),
        Value::Date(day) => day.to_string(),
    }
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

fn flush(out: &mut dyn Write, piece: &mut Vec<u8>, least: usize) -> io::Result<()> {
    if piece.len() > least {
        out.write_all(piece)?;
        piece.clear();
    }
    Ok(())
}

/// The columns of a batch, by the types that tables have.
fn columns(rows: &RecordBatch) -> Vec<Column> {
    let kinds = [
        ColumnType::Text,
        ColumnType::Int,
        ColumnType::Float,
        ColumnType::Bool,
        ColumnType::Timestamp,
        ColumnType::Date,
    ];
    rows.schema()
        .fields()
        .iter()
        .zip(rows.columns())
        .map(|(field, array)| Column {
            name: field.name().clone().into(),
            kind: kinds
                .into_iter()
                .find(|kind| kind.arrow() == *array.data_type())
                .unwrap_or(ColumnType::Text),
            nullable: field.is_nullable(),
            description: "".into(),
        })
        .collect()
}

//! The documents of the server for those who print them elsewhere: the same
//! bytes in a file as over HTTP.

use std::io::{self, Write};

use jiff::{Timestamp, tz::TimeZone};
use qaduct_records::{RecordBatch, Value};
use serde::Serialize;

use qaduct_formats::Cells;
use qaduct_formats::cells::{columns, written};
use qaduct_formats::json::{Keys, Nulls, object};
use qaduct_formats::rows::{PIECE, flush};

use crate::catalogue::Catalogue;
use crate::{legacy, redash};

/// Writes rows of `v_mutes_current` as the document of `/redash/mutes`.
///
/// # Errors
/// As [`qaduct_formats::json`].
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

//! One JSON document: what was looked at, what was found. The schema is
//! `docs/scan.schema.json`.

use std::io::{self, Write};

use qaduct_records::{Column, ColumnType, RecordBatch};
use serde_json::{Value, json};

use super::Listing;
use super::listing::Summary;

/// Version of the document; it grows when a reader would have to change.
pub const SCHEMA_VERSION: u32 = 1;

/// Writes the document. The same rows give the same bytes: no time of its own.
///
/// # Errors
/// When it cannot be written.
pub fn write(out: &mut dyn Write, listing: &Listing, items: &RecordBatch) -> io::Result<()> {
    let head = json!({
        "schema_version": SCHEMA_VERSION,
        "tool": { "name": "qaduct", "version": env!("CARGO_PKG_VERSION") },
        "scope": listing.branches.iter().map(|it| json!({
            "repository": it.repository,
            "branch": it.branch,
            "commit_id": it.commit_id,
            "committed_at": it.committed_at,
            "committed_offset_min": it.committed_offset_min,
            "files_seen": it.files_seen,
            "test_files": it.test_files,
            "files_excluded": it.files_excluded,
        })).collect::<Vec<_>>(),
        "paths": listing.part.paths(),
        "summary": listing.summary(),
        "problems": listing.problems,
        "failures": listing.failures,
    });
    // The document stays open for the items, which the writer of rows writes.
    let mut head = serde_json::to_vec(&head).map_err(io::Error::other)?;
    head.pop();
    out.write_all(&head)?;
    out.write_all(b",\"items\":")?;
    qaduct_formats::rows::json(out, items)?;
    out.write_all(b"}\n")
}

/// The JSON Schema of the document; `items` follow from the columns of the view.
#[must_use]
pub fn schema() -> Value {
    let columns = super::view().columns;
    let properties: serde_json::Map<String, Value> = columns
        .iter()
        .map(|column| (column.name.to_string(), property(column)))
        .collect();
    let branch = json!({
        "type": "object",
        "properties": {
            "repository": { "type": "string" },
            "branch": { "type": "string" },
            "commit_id": { "type": "string" },
            "committed_at": { "type": "string", "format": "date-time" },
            "committed_offset_min": { "type": "integer" },
            "files_seen": { "type": "integer", "minimum": 0 },
            "test_files": { "type": "integer", "minimum": 0 },
            "files_excluded": { "type": ["integer", "null"], "minimum": 0 },
        },
        "required": ["repository", "branch", "commit_id"],
    });
    let problem = json!({
        "type": "object",
        "properties": {
            "repository": { "type": "string" },
            "branch": { "type": "string" },
            "path": { "type": "string" },
            "line": { "type": "integer", "minimum": 0 },
            "problem": { "type": "string" },
            "message": { "type": "string" },
        },
        "required": ["repository", "branch", "path", "line", "problem", "message"],
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "qaduct scan --format json",
        "type": "object",
        "additionalProperties": false,
        "required": ["schema_version", "tool", "scope", "paths", "summary", "problems", "failures", "items"],
        "properties": {
            "schema_version": { "const": SCHEMA_VERSION },
            "tool": {
                "type": "object",
                "properties": { "name": { "const": "qaduct" }, "version": { "type": "string" } },
                "required": ["name", "version"],
            },
            "scope": { "description": "The branches that were looked at.", "type": "array", "items": branch },
            "paths": {
                "description": "The files and folders that are listed, from the root of the repository; none where all of it is.",
                "type": "array",
                "items": { "type": "string" },
            },
            "summary": schemars::schema_for!(Summary),
            "problems": {
                "description": "Files of which a part could not be read or parsed.",
                "type": "array",
                "items": problem,
            },
            "failures": {
                "description": "What failed without stopping the rest.",
                "type": "array",
                "items": { "type": "string" },
            },
            "items": {
                "description": "The mutes, in order of repository, branch, path and line; \
                    with `--columns` only these.",
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": properties,
                    "additionalProperties": false,
                },
            },
        },
    })
}

fn property(column: &Column) -> Value {
    let (kind, format) = match column.kind {
        ColumnType::Text => ("string", None),
        ColumnType::Int => ("integer", None),
        ColumnType::Float => ("number", None),
        ColumnType::Bool => ("boolean", None),
        ColumnType::Timestamp => ("string", Some("date-time")),
        ColumnType::Date => ("string", Some("date")),
    };
    let mut property = json!({ "description": super::table::one_line(&column.description) });
    property["type"] = if column.nullable {
        json!([kind, "null"])
    } else {
        json!(kind)
    };
    if let Some(format) = format {
        property["format"] = json!(format);
    }
    property
}

//! How a pull is told: tables of streams and rules for people, one JSON document for programs.

use std::io::{self, Write};

use qaduct_pump::rules::Ruled;
use qaduct_records::Outcome;
use qaduct_records::pull::StreamRun;
use serde_json::json;

use super::table::{Look, grid};
use crate::pulling::Done;
use crate::report::Report;
use crate::reports::NotKept;

/// Version of the document; it grows when a reader would have to change.
const SCHEMA_VERSION: u32 = 1;

/// The streams as a table.
#[must_use]
pub fn table(done: &[Done], look: Look) -> String {
    let rows =
        streams(done).map(|it| row(format!("{}.{}", it.source, it.stream), &[it], it.outcome));
    grid_of(rows.collect(), look)
}

/// The streams that changed or failed as a table, and all others in one line of it.
#[must_use]
pub fn changes(done: &[Done], look: Look) -> String {
    let (same, others): (Vec<&StreamRun>, Vec<&StreamRun>) = streams(done).partition(|it| {
        let whole = matches!(it.outcome, Outcome::Complete | Outcome::Unchanged);
        whole && [it.rows_inserted, it.rows_updated, it.rows_gone] == [0; 3]
    });
    let told = others
        .iter()
        .map(|it| row(format!("{}.{}", it.source, it.stream), &[it], it.outcome));
    let mut rows: Vec<Vec<String>> = told.collect();
    if !same.is_empty() {
        let name = match (same.len(), rows.is_empty()) {
            (1, _) => format!("{}.{}", same[0].source, same[0].stream),
            (count, true) => format!("all {count}"),
            (count, false) => format!("{count} others"),
        };
        rows.push(row(name, &same, Outcome::Unchanged));
    }
    grid_of(rows, look)
}

fn row(name: String, runs: &[&StreamRun], outcome: Outcome) -> Vec<String> {
    let sum =
        |count: fn(&StreamRun) -> i64| runs.iter().map(|it| count(it)).sum::<i64>().to_string();
    vec![
        name,
        sum(|it| it.rows_read),
        sum(|it| it.rows_inserted),
        sum(|it| it.rows_updated),
        sum(|it| it.rows_gone),
        sum(|it| it.requests),
        sum(|it| it.problems),
        outcome.to_string(),
    ]
}

fn grid_of(rows: Vec<Vec<String>>, look: Look) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let heads = [
        "STREAM", "READ", "NEW", "CHANGED", "GONE", "REQUESTS", "PROBLEMS", "OUTCOME",
    ];
    grid(&heads, rows, look)
}

/// What the rules did with what was new, as a table; those that had nothing to do are left out.
#[must_use]
pub fn rules(rules: &[Ruled], look: Look) -> String {
    let rows: Vec<Vec<String>> = rules
        .iter()
        .filter(|it| it.rows > 0 || it.removed > 0)
        .map(|it| {
            let counts = [
                it.rows,
                it.filled,
                it.unread,
                it.inserted,
                it.updated,
                it.removed,
            ];
            let counts = counts.iter().map(u64::to_string);
            std::iter::once(it.rule.clone()).chain(counts).collect()
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let heads = [
        "RULE",
        "ROWS",
        "FILLED",
        "UNREADABLE",
        "NEW",
        "CHANGED",
        "GONE",
    ];
    format!("\n{}", grid(&heads, rows, look))
}

/// Writes the document.
///
/// # Errors
/// When it cannot be written.
pub fn json(
    out: &mut dyn Write,
    done: &[Done],
    rules: &[Ruled],
    not_kept: &[NotKept],
    errors: &[Report],
) -> io::Result<()> {
    let sum = |count: fn(&StreamRun) -> i64| streams(done).map(count).sum::<i64>();
    let document = json!({
        "schema_version": SCHEMA_VERSION,
        "tool": { "name": "qaduct", "version": env!("CARGO_PKG_VERSION") },
        "runs": done.iter().filter_map(|it| it.pulled.as_ref().ok()).map(|it| json!({
            "run_id": it.run.run_id,
            "source": it.run.subject,
            "outcome": it.run.outcome,
            "started_at": it.run.started_at,
            "finished_at": it.run.finished_at,
            "unreached": it.unreached,
            "again": it.again,
        })).collect::<Vec<_>>(),
        "summary": {
            "streams": streams(done).count(),
            "requests": sum(|it| it.requests),
            "rows_read": sum(|it| it.rows_read),
            "rows_inserted": sum(|it| it.rows_inserted),
            "rows_updated": sum(|it| it.rows_updated),
            "rows_gone": sum(|it| it.rows_gone),
            "problems": sum(|it| it.problems),
        },
        "items": streams(done).collect::<Vec<_>>(),
        "rules": rules.iter().map(|it| json!({
            "rule": it.rule,
            "whole": it.whole,
            "rows": it.rows,
            "filled": it.filled,
            "unreadable": it.unread,
            "inserted": it.inserted,
            "updated": it.updated,
            "removed": it.removed,
        })).collect::<Vec<_>>(),
        "not_kept": not_kept.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "errors": Report::json(errors),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn streams(done: &[Done]) -> impl Iterator<Item = &StreamRun> {
    let pulled = done.iter().filter_map(|it| it.pulled.as_ref().ok());
    pulled.flat_map(|it| &it.streams)
}

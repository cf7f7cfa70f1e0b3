//! `/redash/summary`: one row of numbers, for counters and alerts.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use qaduct_records::ColumnType::{Date as Day, Int, Timestamp as Instant};
use qaduct_records::{ColumnType, Reader, Value as Cell};
use serde_json::{Map, Value, json};

use super::{Shown, open};
use crate::answer::{Document, answer};
use crate::app::App;
use crate::error::Failure;
use crate::ledger;
use crate::parameters::{self, Face};
use crate::rows::{Piece, Question};

/// The columns: name, type, meaning.
pub(crate) const COLUMNS: [(&str, ColumnType, &str); 12] = [
    ("muted", Int, "Mutes."),
    ("ineffective", Int, "Of these, mutes that silence nothing."),
    ("repositories", Int, "Repositories with a mute."),
    ("branches", Int, "Branches with a mute."),
    ("files", Int, "Files with a mute, once a repository."),
    ("tests", Int, "Tests that are muted, once a repository."),
    ("tickets", Int, "Tickets that mutes name."),
    ("without_ticket", Int, "Mutes that name no ticket."),
    ("without_reason", Int, "Mutes that give no reason."),
    (
        "oldest_since",
        Day,
        "The day since when the oldest is muted: as declared, else as first seen.",
    ),
    ("oldest_age_days", Int, "Days since then."),
    (
        "last_scan_at",
        Instant,
        "When the newest scan that stored something ended.",
    ),
];

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let resource = app
        .catalogue
        .mutes()
        .ok_or_else(|| Failure::not_found(uri.path()))?;
    let asked = parameters::read(resource, Face::Summary, &uri)?;
    let document = Summary {
        question: asked.question,
        is_array: asked.array,
        today: app.today(),
    };
    answer(Arc::clone(&app), &uri, &headers, document).await
}

#[derive(Clone)]
struct Summary {
    question: Arc<Question>,
    is_array: bool,
    today: Date,
}

impl Document for Summary {
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn write(&mut self, reader: &mut dyn Reader, out: &mut Vec<u8>) -> Result<bool, Failure> {
        let piece = self.question.numbers(reader, &READ)?;
        let mut row = count(&piece, self.today)?;
        if let Some(at) = ledger::last_scan(reader)? {
            row.insert("last_scan_at".to_owned(), json!(at.to_string()));
        }
        if self.is_array {
            out.push(b'[');
        } else {
            open(out, &COLUMNS.map(|(name, kind, _)| Shown::new(name, kind)));
        }
        out.extend_from_slice(Value::Object(row).to_string().as_bytes());
        out.extend_from_slice(if self.is_array { b"]" } else { b"]}" });
        Ok(true)
    }
}

/// The columns that are counted.
const READ: [&str; 9] = [
    "repository",
    "branch",
    "path",
    "test_id",
    "tickets",
    "reason",
    "effective",
    "since_declared",
    "first_seen_at",
];

fn count(piece: &Piece, today: Date) -> Result<Map<String, Value>, Failure> {
    let [
        repository,
        branch,
        path,
        test,
        tickets,
        reason,
        effective,
        declared,
        seen,
    ] = piece.named(READ)?;
    let mut repositories = HashSet::new();
    let mut branches = HashSet::new();
    let mut files = HashSet::new();
    let mut tests = HashSet::new();
    let mut named = HashSet::new();
    let (mut ineffective, mut without_ticket, mut without_reason) = (0, 0, 0);
    let mut oldest: Option<Date> = None;
    for row in piece.rows() {
        let home = repository.text(row);
        repositories.insert(home);
        branches.insert((home, branch.text(row)));
        files.insert((home, path.text(row)));
        tests.insert((home, test.text(row)));
        match tickets.text(row) {
            Some(keys) => named.extend(keys.split(", ")),
            None => without_ticket += 1,
        }
        if reason.text(row).is_none_or(str::is_empty) {
            without_reason += 1;
        }
        if effective.value(row) == Cell::Bool(false) {
            ineffective += 1;
        }
        let seen = || {
            seen.instant(row)
                .map(|at| at.to_zoned(TimeZone::UTC).date())
        };
        oldest = [oldest, declared.day(row).or_else(seen)]
            .into_iter()
            .flatten()
            .min();
    }
    let mut row = Map::new();
    for (name, number) in [
        ("muted", piece.rows().len()),
        ("ineffective", ineffective),
        ("repositories", repositories.len()),
        ("branches", branches.len()),
        ("files", files.len()),
        ("tests", tests.len()),
        ("tickets", named.len()),
        ("without_ticket", without_ticket),
        ("without_reason", without_reason),
    ] {
        row.insert(name.to_owned(), json!(number));
    }
    if let Some(oldest) = oldest {
        row.insert("oldest_since".to_owned(), json!(oldest.to_string()));
        row.insert(
            "oldest_age_days".to_owned(),
            json!((today - oldest).get_days()),
        );
    }
    Ok(row)
}

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
use crate::since::{self, Since};

/// The columns: name, type, meaning.
pub(crate) const COLUMNS: [(&str, ColumnType, &str); 12] = [
    ("muted", Int, "Mutes."),
    (
        "ineffective",
        Int,
        "Marks that silence nothing; no other number counts them.",
    ),
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
        "The day since when the oldest is muted, of those where it is known: as declared, else by git, else as first seen.",
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
        let piece = self
            .question
            .numbers(reader, &[&READ[..], &since::COLUMNS].concat())?;
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
const READ: [&str; 7] = [
    "repository",
    "branch",
    "path",
    "test_id",
    "tickets",
    "reason",
    "effective",
];

fn count(piece: &Piece, today: Date) -> Result<Map<String, Value>, Failure> {
    let [repository, branch, path, test, tickets, reason, effective] = piece.named(READ)?;
    let since = Since::of(piece.named(since::COLUMNS)?);
    let mut repositories = HashSet::new();
    let mut branches = HashSet::new();
    let mut files = HashSet::new();
    let mut tests = HashSet::new();
    let mut named = HashSet::new();
    let (mut muted, mut ineffective) = (0, 0);
    let (mut without_ticket, mut without_reason) = (0, 0);
    let mut oldest: Option<Date> = None;
    for row in piece.rows() {
        if effective.value(row) == Cell::Bool(false) {
            ineffective += 1;
            continue;
        }
        muted += 1;
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
        let day = since.at(row).map(|it| it.to_zoned(TimeZone::UTC).date());
        oldest = [oldest, day].into_iter().flatten().min();
    }
    let mut row = Map::new();
    for (name, number) in [
        ("muted", muted),
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

//! The newest scans, from the table `runs`.

use jiff::Timestamp;
use qaduct_records::{Direction, Outcome, Query, Reader, Row as _, Run, Test, Value};

use crate::error::Failure;
use crate::rows::Question;

/// Runs that ended with one of these outcomes.
fn scans(outcomes: &[Outcome]) -> Query {
    let outcomes = outcomes.iter().map(|it| Value::from(it.as_str())).collect();
    Query::of(Run::TABLE.name, Run::TABLE.columns)
        .filter("command", Test::In(vec![Value::from("scan")]))
        .filter("outcome", Test::In(outcomes))
}

/// When the newest scan that stored something ended.
pub(crate) fn last_scan(reader: &mut dyn Reader) -> Result<Option<Timestamp>, Failure> {
    let query = scans(&[Outcome::Complete, Outcome::Unchanged, Outcome::Incomplete])
        .order_by("run_id", Direction::Down);
    let piece = Question::of(Query {
        limit: Some(1),
        ..query
    })
    .numbers(reader, &["run_id", "finished_at"])?;
    let [finished] = piece.named(["finished_at"])?;
    Ok(piece.picks.first().and_then(|&row| finished.instant(row)))
}

/// Repositories, and when their newest scan without a failure ended.
pub(crate) fn last_successes(reader: &mut dyn Reader) -> Result<Vec<(String, Timestamp)>, Failure> {
    let piece = Question::of(scans(&[Outcome::Complete, Outcome::Unchanged]))
        .numbers(reader, &["subject", "finished_at"])?;
    let [subject, finished] = piece.named(["subject", "finished_at"])?;
    let mut newest: Vec<(String, Timestamp)> = Vec::new();
    for &row in &piece.picks {
        let (Some(subject), Some(at)) = (subject.text(row), finished.instant(row)) else {
            continue;
        };
        match newest.iter_mut().find(|(it, _)| it == subject) {
            Some((_, newest)) => *newest = at.max(*newest),
            None => newest.push((subject.to_owned(), at)),
        }
    }
    Ok(newest)
}

//! The newest scans and pulls, from the table `runs` and the views `v_last_success` and
//! `v_source_status`.

use jiff::Timestamp;
use qaduct_records::{Direction, Outcome, Query, Reader, Row as _, Run, Test, Value};

use crate::error::Failure;
use crate::rows::Question;

/// What the column `command` has for a scan.
fn scan() -> Test {
    Test::In(vec![Value::from("scan")])
}

/// When the newest scan that stored something ended.
pub(crate) fn last_scan(reader: &mut dyn Reader) -> Result<Option<Timestamp>, Failure> {
    let stored = [Outcome::Complete, Outcome::Unchanged, Outcome::Incomplete];
    let query = Query::of(Run::TABLE.name, Run::TABLE.columns)
        .filter("command", scan())
        .filter(
            "outcome",
            Test::In(stored.map(|it| Value::from(it.as_str())).to_vec()),
        )
        .order_by("run_id", Direction::Down);
    let piece = Question::of(Query {
        limit: Some(1),
        ..query
    })
    .numbers(reader, &["run_id", "finished_at"])?;
    let [finished] = piece.named(["finished_at"])?;
    Ok(piece.rows().next().and_then(|row| finished.instant(row)))
}

/// Repositories, and when their newest scan without a failure ended.
pub(crate) fn last_successes(
    view: Query,
    reader: &mut dyn Reader,
) -> Result<Vec<(String, Timestamp)>, Failure> {
    let question = Question::of(view.filter("command", scan()));
    let piece = question.numbers(reader, &["subject", "finished_at"])?;
    let [subject, finished] = piece.named(["subject", "finished_at"])?;
    let newest = |row: usize| Some((subject.text(row)?.to_owned(), finished.instant(row)?));
    Ok(piece.rows().filter_map(newest).collect())
}

/// Sources and streams of them, and when the newest run ended that read all of it; those of
/// which none did are left out.
pub(crate) fn last_pulls(
    view: Query,
    reader: &mut dyn Reader,
) -> Result<Vec<(String, String, Timestamp)>, Failure> {
    let read = ["source", "stream", "last_success_at"];
    let piece = Question::of(view).numbers(reader, &read)?;
    let [source, stream, last] = piece.named(read)?;
    let newest = |row: usize| {
        let [source, stream] = [source.text(row)?, stream.text(row)?].map(str::to_owned);
        Some((source, stream, last.instant(row)?))
    };
    Ok(piece.rows().filter_map(newest).collect())
}

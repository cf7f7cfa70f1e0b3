//! Keeps release calendars: `releases`, and in `release_calendars` how reading them went.

use jiff::Timestamp;
use jiff::civil::Date;
use qaduct_records::report::{Release, ReleaseCalendar};
use qaduct_records::{Filter, Row, Store, Table, Test, Written};

use crate::PumpError;
use crate::rules::major;

/// A release: a version and, where it is known, its day.
pub type Dated = (String, Option<Date>);

/// Makes the stored releases of a calendar those given, read at this instant.
///
/// # Errors
/// When the store fails; then the calendar stays as it was.
pub fn keep(
    store: &mut dyn Store,
    calendar: &str,
    releases: &[Dated],
    at: Timestamp,
) -> Result<Written, PumpError> {
    let rows: Vec<_> = releases
        .iter()
        .map(|(version, day)| Release {
            calendar: calendar.to_owned(),
            version: version.clone(),
            major: major(version),
            release_date: *day,
            channel: channel(version).to_owned(),
        })
        .collect();
    let mut transaction = store.begin("releases")?;
    let others = rows.iter().map(|it| it.version.as_str().into()).collect();
    let filter = |column: &str, test| Filter {
        column: column.to_owned(),
        test,
    };
    transaction.delete(
        Release::TABLE,
        &[
            filter("calendar", Test::In(vec![calendar.into()])),
            filter("version", Test::NotIn(others)),
        ],
    )?;
    let written = transaction.upsert(Release::TABLE, &Release::batch(&rows))?;
    let state = ReleaseCalendar {
        calendar: calendar.to_owned(),
        read_at: Some(at),
        tried_at: at,
        error: None,
    };
    transaction.upsert(ReleaseCalendar::TABLE, &ReleaseCalendar::batch(&[state]))?;
    transaction.commit()?;
    Ok(written)
}

/// Keeps that a calendar could not be read; its releases stay as they were.
///
/// # Errors
/// When the store fails.
pub fn keep_failure(
    store: &mut dyn Store,
    calendar: &str,
    error: &str,
    at: Timestamp,
) -> Result<(), PumpError> {
    let table = ReleaseCalendar::TABLE;
    let mut transaction = store.begin("releases")?;
    let known = transaction.select(table, &[("calendar", calendar.into())])?;
    let known = ReleaseCalendar::rows(&known).map_err(|mismatch| PumpError::Row {
        table: table.name,
        mismatch,
    })?;
    let state = ReleaseCalendar {
        calendar: calendar.to_owned(),
        read_at: known.first().and_then(|it| it.read_at),
        tried_at: at,
        error: Some(error.to_owned()),
    };
    transaction.upsert(table, &ReleaseCalendar::batch(&[state]))?;
    transaction.commit()?;
    Ok(())
}

/// Removes the calendars that are not among these.
///
/// # Errors
/// When the store fails.
pub fn forget_others(store: &mut dyn Store, calendars: &[&str]) -> Result<(), PumpError> {
    let mut transaction = store.begin("releases")?;
    let known = calendars.iter().map(|it| (*it).into()).collect();
    let others = [Filter::new("calendar", Test::NotIn(known))];
    let tables: [&Table; 2] = [Release::TABLE, ReleaseCalendar::TABLE];
    for table in tables {
        transaction.delete(table, &others)?;
    }
    transaction.commit()?;
    Ok(())
}

/// The channel of a version, by how it is written.
fn channel(version: &str) -> &'static str {
    let letters: String = version.chars().filter(char::is_ascii_alphabetic).collect();
    match letters.as_str() {
        "a" => "nightly",
        "b" | "rc" => "beta",
        "esr" => "esr",
        _ => "release",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_tells_its_channel() {
        for (version, expected) in [
            ("142.0", "release"),
            ("142.0.1", "release"),
            ("143.0b2", "beta"),
            ("144.0a1", "nightly"),
            ("140.2.0esr", "esr"),
        ] {
            assert_eq!(channel(version), expected, "{version}");
        }
    }
}

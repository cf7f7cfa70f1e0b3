//! How old the scans of the repositories are. Reads the table `branches` and the view
//! `v_last_success`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use qaduct_models::LAST_SUCCESS;
use qaduct_records::{Branch, Query, Reader, Row as _, Test};
use serde_json::{Value, json};

use super::seen::{age, minute, or, seconds};
use crate::error::CommandError;
use crate::format::listing::cell;
use crate::format::table::{Look, grid};
use crate::report::{Code, Report};

/// A repository that was scanned.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scanned {
    repository: String,
    branches: u64,
    /// Branches of which a part could not be read.
    incomplete: u64,
    /// Of the branches together.
    mutes: i64,
    /// When the newest scan ended that met no failure; unknown where there was none.
    scanned_at: Option<Timestamp>,
}

/// The repositories of the store, by their names; branches that are gone do not count.
pub(super) fn read(reader: &mut dyn Reader) -> Result<Vec<Scanned>, CommandError> {
    let query =
        Query::of(Branch::TABLE.name, Branch::TABLE.columns).filter("gone_at", Test::Missing);
    let branches = Branch::rows(&reader.query(&query)?)
        .map_err(|error| Report::new(Code::StoreFailed, format!("table `branches`: {error}")))?;
    let ended = ended(reader)?;
    let mut scanned: BTreeMap<String, Scanned> = BTreeMap::new();
    for branch in branches {
        let one = scanned
            .entry(branch.repository.clone())
            .or_insert_with(|| Scanned {
                scanned_at: ended.get(&branch.repository).copied(),
                repository: branch.repository,
                branches: 0,
                incomplete: 0,
                mutes: 0,
            });
        one.branches += 1;
        one.incomplete += u64::from(!branch.complete);
        one.mutes += branch.mutes;
    }
    Ok(scanned.into_values().collect())
}

/// When the newest scan without a failure of each repository ended.
fn ended(reader: &mut dyn Reader) -> Result<BTreeMap<String, Timestamp>, CommandError> {
    let views = qaduct_models::views();
    let Some(view) = views
        .into_iter()
        .find(|it| it.name.as_str() == LAST_SUCCESS)
    else {
        return Ok(BTreeMap::new());
    };
    let query = Query::of(view.name.as_str(), view.columns)
        .filter("command", Test::In(vec!["scan".into()]));
    let batch = reader.query(&query)?;
    let text = |column, row| cell::<String>(&batch, column, row);
    let rows = (0..batch.num_rows()).filter_map(|row| {
        let at = cell::<Timestamp>(&batch, "finished_at", row)?;
        Some((text("subject", row)?, at))
    });
    Ok(rows.collect())
}

/// As people read it.
pub(super) fn shown(scans: &[Scanned], now: Timestamp, look: Look) -> String {
    if scans.is_empty() {
        return String::new();
    }
    let rows = scans.iter().map(|it| {
        let branches = match it.incomplete {
            0 => it.branches.to_string(),
            some => format!("{}, {some} in part", it.branches),
        };
        vec![
            it.repository.clone(),
            branches,
            it.mutes.to_string(),
            or(it.scanned_at.map(minute)),
            or(it.scanned_at.map(|at| age(seconds(at, now)))),
        ]
    });
    let heads = ["REPOSITORY", "BRANCHES", "MUTES", "SCANNED (UTC)", "AGE"];
    grid(&heads, rows.collect(), look)
}

/// As programs read it.
pub(super) fn item(scanned: &Scanned, now: Timestamp) -> Value {
    json!({
        "repository": scanned.repository,
        "branches": scanned.branches,
        "incomplete": scanned.incomplete,
        "mutes": scanned.mutes,
        "scanned_at": scanned.scanned_at,
        "age_seconds": scanned.scanned_at.map(|at| seconds(at, now)),
    })
}

//! The rows that an item of a message shows: asked for, picked, sorted and put into parts.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use qaduct_models::panel;
use qaduct_records::values::values_of;
use qaduct_records::{Column, ColumnType, Query, Reader, RecordBatch, StoreError, Value, View};

use super::condition::Condition;
use super::message::Item;
use crate::PublishError;

/// Rows of a view, and what was left of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    columns: Vec<Column>,
    /// What passed, in order.
    pub rows: Vec<Vec<Value>>,
    /// How many rows there were before `when` was asked.
    pub before: usize,
    /// Rows of which nobody knows whether they pass.
    pub open: Vec<Vec<Value>>,
    /// The day it is now, in UTC.
    pub today: Date,
    /// The newest day that is over, where the item asks for it.
    pub day: Option<Date>,
}

impl Rows {
    /// Whether the item asks for the newest day that is over and there is none: then nobody
    /// knows of anything whether it is there.
    #[must_use]
    pub const fn is_without_day(&self, item: &Item) -> bool {
        item.newest.is_some() && self.day.is_none()
    }

    /// The value of a row in a column.
    #[must_use]
    pub fn value(&self, row: &[Value], column: &str) -> Value {
        let at = self.columns.iter().position(|it| it.name == column);
        at.map_or(Value::Null, |at| row[at].clone())
    }

    /// Whether a column holds numbers.
    #[must_use]
    pub fn is_number(&self, column: &str) -> bool {
        let found = self.columns.iter().find(|it| it.name == column);
        found.is_some_and(|it| matches!(it.kind, ColumnType::Int | ColumnType::Float))
    }

    /// The parts of an item: the value of the column of `each`, and its rows.
    #[must_use]
    pub fn parts(&self, each: Option<&str>) -> Vec<(Option<Value>, Vec<&Vec<Value>>)> {
        let Some(each) = each else {
            return vec![(None, self.rows.iter().collect())];
        };
        let mut parts: Vec<(Option<Value>, Vec<&Vec<Value>>)> = Vec::new();
        for row in &self.rows {
            let value = Some(self.value(row, each));
            match parts.iter_mut().find(|(it, _)| *it == value) {
                Some((_, rows)) => rows.push(row),
                None => parts.push((value, vec![row])),
            }
        }
        parts
    }
}

/// The question of an item: all columns that it names. `also` are keys and columns that are
/// put into it from elsewhere.
///
/// # Errors
/// When it names a view or a column that does not exist, or compares a column with what its
/// values cannot be compared with.
pub fn question(
    place: &str,
    item: &Item,
    also: &[(&'static str, &str)],
    views: &[View],
) -> Result<Query, PublishError> {
    let view = item.view.as_deref().ok_or_else(|| PublishError::Settings {
        place: place.to_owned(),
        why: "an item needs `text`, `view` or `use`".to_owned(),
    })?;
    let mut named = also.to_vec();
    named.extend(item.columns.iter().map(|it| ("columns", it.as_str())));
    named.extend(item.order.iter().map(|it| ("order", sorted_by(it).0)));
    for (key, condition) in [("when", &item.when), ("warn", &item.warn)] {
        let comparisons = condition.iter().flat_map(Condition::comparisons);
        named.extend(comparisons.map(|it| (key, it.column.as_str())));
    }
    named.extend(item.marks.keys().map(|it| ("marks", it.as_str())));
    named.extend(item.days.keys().map(|it| ("days", it.as_str())));
    for (key, column) in [
        ("newest", &item.newest),
        ("link", &item.link),
        ("each", &item.each),
    ] {
        named.extend(column.iter().map(|it| (key, it.as_str())));
    }
    // Each once, by the key that names it first.
    let mut needed: BTreeMap<&str, &'static str> = BTreeMap::new();
    for (key, column) in named {
        needed.entry(column).or_insert(key);
    }
    let columns = needed.into_iter().map(|(column, key)| (key, column));
    let query = panel::rows(view, columns, &item.only, views);
    let query = query.map_err(|source| PublishError::Panel {
        place: place.to_owned(),
        source,
    })?;
    let conditions = item.when.iter().chain(&item.warn);
    for comparison in conditions.flat_map(Condition::comparisons) {
        let column = query.columns.iter().find(|it| it.name == comparison.column);
        let fits = column.map_or(Ok(()), |it| comparison.fits(it.kind));
        fits.map_err(|why| PublishError::Settings {
            place: place.to_owned(),
            why,
        })?;
    }
    Ok(query)
}

/// The rows of an item as of now.
///
/// # Errors
/// When it names what does not exist, or the store fails.
pub fn read(
    place: &str,
    item: &Item,
    also: &[(&'static str, &str)],
    views: &[View],
    reader: &mut dyn Reader,
    now: Timestamp,
) -> Result<Rows, PublishError> {
    let query = question(place, item, also, views)?;
    let rows = values(&query.columns, &reader.query(&query)?)?;
    Ok(pick(item, query.columns, rows, now))
}

fn values(columns: &[Column], batch: &RecordBatch) -> Result<Vec<Vec<Value>>, StoreError> {
    let mut rows = vec![Vec::with_capacity(columns.len()); batch.num_rows()];
    for column in columns {
        let values = values_of(batch, &column.name)
            .map_err(|mismatch| StoreError::Query(format!("{mismatch:?}")))?;
        for (row, value) in rows.iter_mut().zip(values) {
            row.push(value);
        }
    }
    Ok(rows)
}

fn pick(item: &Item, columns: Vec<Column>, rows: Vec<Vec<Value>>, now: Timestamp) -> Rows {
    let today = now.to_zoned(TimeZone::UTC).date();
    let mut found = Rows {
        columns,
        rows: Vec::new(),
        before: 0,
        open: Vec::new(),
        today,
        day: None,
    };
    let mut rows = rows;
    if let Some(newest) = &item.newest {
        let over = rows.iter().filter_map(|it| day(&found.value(it, newest)));
        found.day = over.filter(|it| *it < today).max();
        rows.retain(|it| found.day.is_some() && day(&found.value(it, newest)) == found.day);
    }
    for (column, days) in &item.days {
        let since = now - (i64::from(*days) * 24).hours();
        rows.retain(|row| match found.value(row, column) {
            Value::Timestamp(it) => it >= since,
            it => day(&it).is_some_and(|it| it >= since.to_zoned(TimeZone::UTC).date()),
        });
    }
    found.before = rows.len();
    if let Some(when) = &item.when {
        for row in std::mem::take(&mut rows) {
            match when.holds(today, |it| found.value(&row, it)) {
                Some(true) => rows.push(row),
                Some(false) => {}
                None => found.open.push(row),
            }
        }
    }
    let order: Vec<_> = item.order.iter().map(|it| sorted_by(it)).collect();
    rows.sort_by(|a, b| {
        let keys = order.iter().map(|(column, down)| {
            let (a, b) = (found.value(a, column), found.value(b, column));
            match (&a, &b) {
                // What is missing is last, whichever way.
                (Value::Null, Value::Null) => Ordering::Equal,
                (Value::Null, _) => Ordering::Greater,
                (_, Value::Null) => Ordering::Less,
                _ if *down => compared(&b, &a),
                _ => compared(&a, &b),
            }
        });
        keys.fold(Ordering::Equal, Ordering::then)
    });
    found.rows = rows;
    found
}

/// The day of a value, in UTC.
fn day(value: &Value) -> Option<Date> {
    match value {
        Value::Date(it) => Some(*it),
        Value::Timestamp(it) => Some(it.to_zoned(TimeZone::UTC).date()),
        _ => None,
    }
}

/// A column and whether its greatest value comes first.
fn sorted_by(order: &str) -> (&str, bool) {
    match order.strip_suffix(" desc") {
        Some(column) => (column.trim(), true),
        None => (order.trim(), false),
    }
}

fn compared(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => natural(a, b),
        _ => Ordering::Equal,
    }
}

/// Numbers in texts by their size: version 147.0.10 is above 147.0.9.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let number = |text: &str| {
            text.find(|it: char| !it.is_ascii_digit())
                .unwrap_or(text.len())
        };
        let (of_left, of_right) = (number(left), number(right));
        if of_left > 0 && of_right > 0 {
            let digits = |text: &str| text.trim_start_matches('0').to_owned();
            let (one, other) = (digits(&left[..of_left]), digits(&right[..of_right]));
            match one.len().cmp(&other.len()).then_with(|| one.cmp(&other)) {
                Ordering::Equal => (left, right) = (&left[of_left..], &right[of_right..]),
                unequal => return unequal,
            }
            continue;
        }
        let mut signs = (left.chars(), right.chars());
        match (signs.0.next(), signs.1.next()) {
            (Some(one), Some(other)) if one == other => {
                (left, right) = (signs.0.as_str(), signs.1.as_str());
            }
            (one, other) => return one.cmp(&other).then_with(|| a.cmp(b)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_sorted_by_their_numbers() {
        let mut versions = ["147.0.10", "147.0.9", "9.1", "147.0", "147.0b2", "0147.0"];
        versions.sort_by(|a, b| natural(a, b));
        assert_eq!(
            versions,
            ["9.1", "0147.0", "147.0", "147.0.9", "147.0.10", "147.0b2"]
        );
    }
}

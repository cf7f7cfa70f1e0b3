//! Marks rows as gone, and lists the rows of a part.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use qaduct_records::pull::Member;
use qaduct_records::source::Scope;
use qaduct_records::stream::{CHANGED_AT, GONE, GONE_AT, REQUEST, SOURCE, Stream};
use qaduct_records::values::{array_of_values, values_of};
use qaduct_records::{Filter, Query, RecordBatch, Row, Table, Test, Transaction, Value};

use super::lineage;
use crate::PumpError;

/// Keys that one question names.
const CHUNK: usize = 500;

/// A condition that a column equals a value.
pub(super) fn equals(column: &str, value: impl Into<Value>) -> Filter {
    Filter {
        column: column.to_owned(),
        test: Test::In(vec![value.into()]),
    }
}

/// The batch does not fit the table.
pub(super) fn unfit(table: &'static str) -> impl Fn(qaduct_records::table::Mismatch) -> PumpError {
    move |mismatch| PumpError::Row { table, mismatch }
}

/// A question to a table of a source, with these filters.
pub(super) fn of_source(table: &Table, source: &str, filters: Vec<Filter>) -> Query {
    let mut query = Query::of(table.name, table.columns);
    query.filters = filters;
    query.filters.push(equals(SOURCE, source));
    query
}

/// Whether the rows of a part have to be remembered apart, because other parts may
/// have them too.
pub(super) fn is_shared(stream: &Stream, scope: &Scope) -> bool {
    stream.is_shared() && !scope.name.is_empty()
}

/// The filters of a part that is told by columns of its rows.
pub(super) fn of_part(stream: &Stream, scope: &Scope) -> Vec<Filter> {
    stream
        .part_columns
        .iter()
        .filter_map(|name| Some(equals(name, scope.values.get(*name)?.clone())))
        .collect()
}

/// Marks rows as gone; those that are gone already stay as they are. Gives how many
/// were marked.
pub(super) fn mark(
    transaction: &mut dyn Transaction,
    stream: &Stream,
    source: &str,
    keys: &[(Vec<Value>, &'static str, Option<Timestamp>)],
    request: &str,
    now: Timestamp,
) -> Result<u64, PumpError> {
    let table = stream.table;
    let mut marked = 0;
    let wanted: BTreeMap<String, (&'static str, Timestamp)> = keys
        .iter()
        .map(|(key, how, at)| (lineage::text(key), (*how, at.unwrap_or(now))))
        .collect();
    for chunk in keys.chunks(CHUNK) {
        // The first column of the key narrows the question; the rest is compared here.
        let first = table.key[1];
        let values = chunk.iter().map(|(key, ..)| key[0].clone()).collect();
        let mut query = of_source(
            table,
            source,
            vec![Filter {
                column: first.to_owned(),
                test: Test::In(values),
            }],
        );
        query = query.filter(GONE_AT, Test::Missing);
        let rows = transaction.query(&query)?;
        let names: Vec<_> = lineage::keys(table, &rows)
            .map_err(unfit(table.name))?
            .iter()
            .map(|key| lineage::text(key))
            .collect();
        let (mut keep, mut at, mut how) = (Vec::new(), Vec::new(), Vec::new());
        for (n, name) in names.iter().enumerate() {
            if let Some((word, instant)) = wanted.get(name) {
                keep.push(n);
                at.push(Value::Timestamp(*instant));
                how.push(Value::from(*word));
            }
        }
        if keep.is_empty() {
            continue;
        }
        let count = keep.len();
        let rows = replace(
            table,
            &rows,
            &keep,
            &[
                (GONE_AT, at),
                (GONE, how),
                (CHANGED_AT, vec![Value::Timestamp(now); count]),
                (REQUEST, vec![request.into(); count]),
            ],
        )?;
        let written = transaction.upsert(table, &rows)?;
        marked += written.updated;
    }
    Ok(marked)
}

/// Some rows of a batch with some columns replaced.
fn replace(
    table: &'static Table,
    rows: &RecordBatch,
    keep: &[usize],
    with: &[(&str, Vec<Value>)],
) -> Result<RecordBatch, PumpError> {
    let mut columns = Vec::new();
    for column in table.columns {
        let name = column.name.as_ref();
        let values = match with.iter().find(|(it, _)| *it == name) {
            Some((_, values)) => values.clone(),
            None => {
                let all = values_of(rows, name).map_err(unfit(table.name))?;
                keep.iter().map(|n| all[*n].clone()).collect()
            }
        };
        columns.push(array_of_values(column.kind, values));
    }
    RecordBatch::try_new(table.schema(), columns)
        .map_err(|_| unfit(table.name)(qaduct_records::table::Mismatch::expected("row")))
}

/// The keys of the stored rows of a part that are not gone.
pub(super) fn living(
    transaction: &mut dyn Transaction,
    stream: &'static Stream,
    source: &str,
    scope: &Scope,
    more: Vec<Filter>,
) -> Result<Vec<Vec<Value>>, PumpError> {
    let table = stream.table;
    let mut filters = of_part(stream, scope);
    filters.extend(more);
    let mut query = of_source(table, source, filters).filter(GONE_AT, Test::Missing);
    query
        .columns
        .retain(|it| table.key.contains(&it.name.as_ref()));
    let rows = transaction.query(&query)?;
    let keys = lineage::keys(table, &rows).map_err(unfit(table.name))?;
    if is_shared(stream, scope) {
        let members = members(transaction, stream, source, &scope.name)?;
        let inside: HashSet<&str> = members
            .iter()
            .filter(|it| it.gone_at.is_none())
            .map(|it| it.row_key.as_str())
            .collect();
        return Ok(keys
            .into_iter()
            .filter(|key| inside.contains(lineage::text(key).as_str()))
            .collect());
    }
    Ok(keys)
}

/// The members of a part, past ones too.
pub(super) fn members(
    transaction: &mut dyn Transaction,
    stream: &Stream,
    source: &str,
    part: &str,
) -> Result<Vec<Member>, PumpError> {
    let rows = transaction.select(
        Member::TABLE,
        &[
            (SOURCE, source.into()),
            ("stream", stream.name.into()),
            ("part", part.into()),
        ],
    )?;
    Member::rows(&rows).map_err(unfit(Member::TABLE.name))
}

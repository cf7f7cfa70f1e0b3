//! Lists the stored rows of a part, and its members.

use std::collections::HashSet;

use qaduct_records::pull::Member;
use qaduct_records::source::Scope;
use qaduct_records::stream::{GONE_AT, SOURCE, Stream};
use qaduct_records::{Filter, Query, Row, Table, Test, Transaction, Value};

use super::lineage;
use crate::PumpError;

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

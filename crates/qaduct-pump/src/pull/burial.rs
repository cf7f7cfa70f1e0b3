//! Marks rows as gone, and with them what hangs on them: the rows of their parts, and
//! those of another stream that stand in the records of these.
//!
//! Nothing is deleted but the state of the parts: should the parent come back, they are
//! read again from the start, and what is still there comes back with it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use qaduct_records::pull::{Member, Part, Seen};
use qaduct_records::source::Scope;
use qaduct_records::stream::{CHANGED_AT, GONE, GONE_AT, Parts, REQUEST, SOURCE, Stream, gone};
use qaduct_records::values::{array_of_values, values_of};
use qaduct_records::{Direction, Filter, RecordBatch, Row, Table, Test, Transaction, Value};

use super::keep::{forget_buried, forget_unlisted};
use super::mark::{self, equals, is_shared, of_source, unfit};
use super::{Keeper, lineage};
use crate::PumpError;

/// Keys that one question names.
const CHUNK: usize = 500;
/// Parents that one question names: each may have thousands of children.
const PARENTS: usize = 100;
/// Members that one question brings.
const MEMBERS: u64 = 50_000;

/// A row that goes: its key, how, and when where the service says so.
pub(super) type Going = (Vec<Value>, &'static str, Option<Timestamp>);

/// Who buries rows, and when.
pub(super) struct Burial {
    source: String,
    pub(super) streams: &'static [&'static Stream],
    /// The request that told, or the run.
    request: String,
    now: Timestamp,
}

impl Keeper<'_> {
    pub(super) fn burial(&self, request: &str) -> Burial {
        Burial {
            source: self.name.clone(),
            streams: self.streams,
            request: request.to_owned(),
            now: self.clock.now(),
        }
    }
}

impl Burial {
    /// The source whose rows they are.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The stream that keeps its rows in this table.
    pub(super) fn owner(&self, table: &Table) -> Option<&'static Stream> {
        let mut streams = self.streams.iter().copied();
        streams.find(|it| it.table.name == table.name)
    }

    /// Marks rows as gone, with what hangs on them; those that are gone already stay as
    /// they are. Gives how many were marked.
    pub(super) fn mark(
        &self,
        transaction: &mut dyn Transaction,
        table: &'static Table,
        keys: &[Going],
    ) -> Result<u64, PumpError> {
        forget_buried(transaction, &self.source, table, keys)?;
        let mut marked = 0;
        let wanted: BTreeMap<String, (&'static str, Timestamp)> = keys
            .iter()
            .map(|(key, how, at)| (lineage::text(key), (*how, at.unwrap_or(self.now))))
            .collect();
        for chunk in keys.chunks(CHUNK) {
            // The first column of the key narrows the question; the rest is compared here.
            let values = chunk.iter().map(|(key, ..)| key[0].clone()).collect();
            let narrow = Filter::new(table.key[1], Test::In(values));
            let query = of_source(table, &self.source, vec![narrow]).filter(GONE_AT, Test::Missing);
            let rows = transaction.query(&query)?;
            let names = lineage::keys(table, &rows).map_err(unfit(table.name))?;
            let (mut keep, mut at, mut how) = (Vec::new(), Vec::new(), Vec::new());
            for (n, name) in names.iter().enumerate() {
                if let Some((word, instant)) = wanted.get(&lineage::text(name)) {
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
                    (CHANGED_AT, vec![Value::Timestamp(self.now); count]),
                    (REQUEST, vec![self.request.as_str().into(); count]),
                ],
            )?;
            marked += transaction.upsert(table, &rows)?.updated;
            marked += self.follow(transaction, table, &rows)?;
        }
        Ok(marked)
    }

    /// The same rows, of which those that their service still gives and calls gone are gone
    /// since they were first found so.
    pub(super) fn since(
        &self,
        transaction: &mut dyn Transaction,
        table: &'static Table,
        rows: RecordBatch,
    ) -> Result<RecordBatch, PumpError> {
        let values = |rows: &RecordBatch, name| values_of(rows, name).map_err(unfit(table.name));
        let keys_of = |rows: &RecordBatch| lineage::keys(table, rows).map_err(unfit(table.name));
        let (mut at, how) = (values(&rows, GONE_AT)?, values(&rows, GONE)?);
        let gone: Vec<usize> = (0..at.len()).filter(|n| at[*n] != Value::Null).collect();
        if gone.is_empty() {
            return Ok(rows);
        }
        let keys = keys_of(&rows)?;
        let mut since = HashMap::new();
        for chunk in gone.chunks(CHUNK) {
            let narrow = chunk.iter().map(|n| keys[*n][0].clone()).collect();
            let narrow = Filter::new(table.key[1], Test::In(narrow));
            let mut query = of_source(table, &self.source, vec![narrow]);
            query = query.filter(GONE_AT, Test::Present);
            query.columns.retain(|it| {
                let name = it.name.as_ref();
                table.key.contains(&name) || [GONE_AT, GONE].contains(&name)
            });
            let stored = transaction.query(&query)?;
            let (stored_at, stored_how) = (values(&stored, GONE_AT)?, values(&stored, GONE)?);
            let names = keys_of(&stored)?.into_iter().map(|it| lineage::text(&it));
            since.extend(names.zip(stored_at.into_iter().zip(stored_how)));
        }
        for n in gone {
            if let Some((stored_at, stored_how)) = since.get(&lineage::text(&keys[n]))
                && *stored_how == how[n]
            {
                at[n] = stored_at.clone();
            }
        }
        let all: Vec<usize> = (0..at.len()).collect();
        replace(table, &rows, &all, &[(GONE_AT, at)])
    }

    /// Marks what hangs on those of these rows that are gone.
    pub(super) fn follow(
        &self,
        transaction: &mut dyn Transaction,
        table: &'static Table,
        rows: &RecordBatch,
    ) -> Result<u64, PumpError> {
        let mut marked = 0;
        let at = values_of(rows, GONE_AT).map_err(unfit(table.name))?;
        if at.iter().all(|it| *it == Value::Null) {
            return Ok(0);
        }
        self.inside(transaction, table, rows)?;
        for child in self.streams {
            let Parts::Each {
                parent, columns, ..
            } = child.parts
            else {
                continue;
            };
            // Streams may keep their rows in one table.
            let parent = self.streams.iter().find(|it| it.name == parent);
            if parent.is_none_or(|it| it.table.name != table.name) {
                continue;
            }
            let mut parts = parts_of(table, rows, columns)?;
            if !table.key[1..].iter().all(|it| columns.contains(it)) {
                self.keep_living(transaction, table, columns, &mut parts)?;
            }
            for chunk in parts.chunks(PARENTS) {
                marked += self.parts(transaction, child, chunk)?;
            }
        }
        Ok(marked)
    }

    /// Leaves out the parts for which another row of the parent stands that is there.
    fn keep_living(
        &self,
        transaction: &mut dyn Transaction,
        table: &'static Table,
        columns: &[&'static str],
        parts: &mut Vec<(Scope, &'static str)>,
    ) -> Result<(), PumpError> {
        let mut living = HashSet::new();
        for chunk in parts.chunks(CHUNK) {
            let filters = any_of(chunk.iter().map(|(scope, _)| scope), columns);
            let query = of_source(table, &self.source, filters).filter(GONE_AT, Test::Missing);
            let rows = transaction.query(&query)?;
            living.extend(scopes(table, &rows, columns)?.into_iter().map(|it| it.name));
        }
        parts.retain(|(scope, _)| !living.contains(&scope.name));
        Ok(())
    }

    /// Marks the rows of whole parts and forgets how far these were.
    pub(super) fn parts(
        &self,
        transaction: &mut dyn Transaction,
        stream: &'static Stream,
        parts: &[(Scope, &'static str)],
    ) -> Result<u64, PumpError> {
        let names: Vec<_> = parts.iter().map(|(it, _)| it.name.as_str()).collect();
        self.forget(transaction, stream, &names)?;
        let mut marked = 0;
        for (scope, how) in parts.iter().filter(|(it, _)| is_shared(stream, it)) {
            let rows = mark::living(transaction, stream, &self.source, scope, Vec::new())?;
            marked += self.missing(transaction, stream, scope, rows, &HashSet::new(), how)?;
        }
        let Some((first, _)) = parts.first().filter(|_| !stream.is_shared()) else {
            return Ok(marked);
        };
        let told = stream.part_columns.iter().copied();
        let told: Vec<&'static str> = told.filter(|it| first.values.contains_key(*it)).collect();
        if told.is_empty() {
            return Ok(marked);
        }
        let how: HashMap<String, &'static str> = parts
            .iter()
            .map(|(scope, how)| (narrowed(scope, &told).name, *how))
            .collect();
        // Its own rows, and those of other streams that come with its records.
        let nested = stream.nested.iter().filter_map(|it| self.owner(it));
        for owner in std::iter::once(stream).chain(nested) {
            let table = owner.table;
            if !told.iter().all(|it| table.column(it).is_some()) {
                continue;
            }
            let filters = any_of(parts.iter().map(|(scope, _)| scope), &told);
            let mut query = of_source(table, &self.source, filters).filter(GONE_AT, Test::Missing);
            query.columns.retain(|it| {
                let name = it.name.as_ref();
                table.key.contains(&name) || told.contains(&name)
            });
            let rows = transaction.query(&query)?;
            let keys = lineage::keys(table, &rows).map_err(unfit(table.name))?;
            let of = scopes(table, &rows, &told)?;
            let going = keys.into_iter().zip(of);
            let going: Vec<Going> = going
                .filter_map(|(key, part)| Some((key, *how.get(&part.name)?, None)))
                .collect();
            marked += self.mark(transaction, table, &going)?;
        }
        Ok(marked)
    }

    /// Marks rows that a part no longer has, unless another part has them; `there` are
    /// those that it has.
    pub(super) fn missing(
        &self,
        transaction: &mut dyn Transaction,
        stream: &Stream,
        scope: &Scope,
        mut missing: Vec<Vec<Value>>,
        there: &HashSet<String>,
        how: &'static str,
    ) -> Result<u64, PumpError> {
        if is_shared(stream, scope) {
            self.leave(transaction, stream, &scope.name, there)?;
            missing = self.alone(transaction, stream, missing)?;
        }
        let going: Vec<Going> = missing.into_iter().map(|key| (key, how, None)).collect();
        self.mark(transaction, stream.table, &going)
    }

    /// Ends the membership of rows that are not there in the part, also of those that
    /// are known to be gone already.
    fn leave(
        &self,
        transaction: &mut dyn Transaction,
        stream: &Stream,
        part: &str,
        there: &HashSet<String>,
    ) -> Result<(), PumpError> {
        let mut left = mark::members(transaction, stream, &self.source, part)?;
        left.retain(|it| it.gone_at.is_none() && !there.contains(&it.row_key));
        left.iter_mut().for_each(|it| it.gone_at = Some(self.now));
        if !left.is_empty() {
            transaction.upsert(Member::TABLE, &Member::batch(&left))?;
        }
        Ok(())
    }

    /// Those of these rows that no part has any more.
    pub(super) fn alone(
        &self,
        transaction: &mut dyn Transaction,
        stream: &Stream,
        keys: Vec<Vec<Value>>,
    ) -> Result<Vec<Vec<Value>>, PumpError> {
        let wanted: HashSet<String> = keys.iter().map(|it| lineage::text(it)).collect();
        let mut elsewhere = HashSet::new();
        // All members, page by page: which parts a row is in, no order of theirs tells.
        let filters = vec![
            equals("stream", stream.name),
            Filter::new("gone_at", Test::Missing),
        ];
        let mut query = of_source(Member::TABLE, &self.source, filters);
        query.columns.retain(|it| it.name == "row_key");
        query.order = ["part", "row_key"]
            .map(|it| (it.to_owned(), Direction::Up))
            .into();
        query.limit = Some(MEMBERS);
        loop {
            let rows = transaction.query(&query)?;
            let names = values_of(&rows, "row_key").map_err(unfit(Member::TABLE.name))?;
            let names = names.iter().map(ToString::to_string);
            elsewhere.extend(names.filter(|it| wanted.contains(it)));
            query.offset += MEMBERS;
            if (rows.num_rows() as u64) < MEMBERS {
                break;
            }
        }
        let alone = keys.into_iter();
        Ok(alone
            .filter(|key| !elsewhere.contains(&lineage::text(key)))
            .collect())
    }

    /// Forgets how far parts are: should they come back, they are read from the start.
    pub(super) fn forget(
        &self,
        transaction: &mut dyn Transaction,
        stream: &Stream,
        parts: &[&str],
    ) -> Result<(), PumpError> {
        forget_unlisted(transaction, &self.source, stream, parts, &HashSet::new())?;
        for table in [Part::TABLE, Seen::TABLE] {
            let names = parts.iter().map(|it| Value::from(*it)).collect();
            let filters = [
                equals(SOURCE, self.source.as_str()),
                equals("stream", stream.name),
                Filter::new("part", Test::In(names)),
            ];
            transaction.delete(table, &filters)?;
        }
        Ok(())
    }
}

/// The parts that rows stand for which are gone, and how what is in them goes.
pub(super) fn parts_of(
    table: &'static Table,
    rows: &RecordBatch,
    columns: &[&'static str],
) -> Result<Vec<(Scope, &'static str)>, PumpError> {
    let values = |name: &str| values_of(rows, name).map_err(unfit(table.name));
    let (at, how) = (values(GONE_AT)?, values(GONE)?);
    let scopes = scopes(table, rows, columns)?;
    let all = scopes.into_iter().zip(at).zip(how);
    let gone = all.filter(|((_, at), _)| *at != Value::Null);
    Ok(gone
        .map(|((scope, _), how)| match how.to_string() == gone::UNASKED {
            true => (scope, gone::UNASKED),
            false => (scope, gone::ORPHANED),
        })
        .collect())
}

/// The part of each row: the values of these columns.
pub(super) fn scopes(
    table: &'static Table,
    rows: &RecordBatch,
    columns: &[&'static str],
) -> Result<Vec<Scope>, PumpError> {
    let values = columns.iter().map(|name| values_of(rows, name));
    let values: Vec<_> = values
        .collect::<Result<_, _>>()
        .map_err(unfit(table.name))?;
    let of = |row: usize| {
        let cells = columns.iter().zip(&values);
        Scope::of(cells.map(|(name, values)| (*name, values[row].clone())))
    };
    Ok((0..rows.num_rows()).map(of).collect())
}

/// A part by some of its values alone.
pub(super) fn narrowed(scope: &Scope, columns: &[&'static str]) -> Scope {
    let value = |name: &str| scope.values.get(name).cloned().unwrap_or(Value::Null);
    Scope::of(columns.iter().map(|name| (*name, value(name))))
}

/// Filters that all rows of these parts pass, and few others do.
pub(super) fn any_of<'s>(
    scopes: impl Iterator<Item = &'s Scope> + Clone,
    columns: &[&'static str],
) -> Vec<Filter> {
    let values = |name: &str| {
        let mut seen = BTreeSet::new();
        let values = scopes.clone().filter_map(|it| it.values.get(name));
        values
            .filter(|it| **it != Value::Null && seen.insert(it.to_string()))
            .cloned()
            .collect()
    };
    let filter = |name: &&'static str| Filter::new(*name, Test::In(values(name)));
    columns.iter().map(filter).collect()
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

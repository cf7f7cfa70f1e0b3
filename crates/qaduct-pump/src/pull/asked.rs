//! What is asked for: which streams, and which rows of a stream.
//!
//! A stream whose parts are rows of another one needs that one to be read before; and of
//! its rows only those are parts that are themselves in what is asked for.

use std::collections::HashSet;

use qaduct_records::pull::Member;
use qaduct_records::source::{Failure, Scope, SourceError};
use qaduct_records::stream::{GONE_AT, Parts, Stream};
use qaduct_records::values::values_of;
use qaduct_records::{Filter, RecordBatch, Row, Test, Value};

use super::burial::{any_of, narrowed, scopes};
use super::mark::{equals, of_source, unfit};
use super::{Keeper, Pull, Trouble, lineage};

/// Scopes that one question names.
const CHUNK: usize = 500;

impl Pull<'_> {
    /// The streams that are wanted and those that they need, parents first. A name that
    /// there is not is an error.
    pub(super) fn streams(&self, errors: &mut Vec<SourceError>) -> Vec<&'static Stream> {
        let all = self.source.streams();
        let named = &self.keeper.wanted.streams;
        if named.is_empty() {
            return all.to_vec();
        }
        let mut needed: Vec<&'static Stream> = Vec::new();
        for name in named {
            match all.iter().find(|it| it.name == name) {
                Some(stream) => needed.push(stream),
                None => {
                    let known: Vec<_> = all.iter().map(|it| it.name).collect();
                    let trouble = format!("there is no stream `{name}`");
                    let error = SourceError::new(Failure::Config, &self.keeper.name, trouble);
                    errors.push(error.hint(format!("streams are {}", known.join(", "))));
                }
            }
        }
        let mut next = 0;
        while let Some(stream) = needed.get(next) {
            for it in needs(all, stream) {
                if needed.iter().all(|known| known.name != it.name) {
                    needed.push(it);
                }
            }
            next += 1;
        }
        let is_needed = |it: &&Stream| needed.iter().any(|known| known.name == it.name);
        all.iter().copied().filter(is_needed).collect()
    }

    /// The parts into which the settings divide a stream; asked for once.
    pub(super) fn scopes(&mut self, stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
        if let Some(known) = self.scopes.get(stream.name) {
            return Ok(known.clone());
        }
        let mut scopes = self.source.scopes(stream)?;
        // Settings may name one twice.
        let mut names = HashSet::new();
        scopes.retain(|it| names.insert(it.name.clone()));
        self.scopes.insert(stream.name, scopes.clone());
        Ok(scopes)
    }

    /// The stream whose rows are the parts of another one.
    pub(super) fn parent(
        &self,
        stream: &Stream,
        parent: &str,
    ) -> Result<&'static Stream, SourceError> {
        let found = self.source.streams().iter().find(|it| it.name == parent);
        found.copied().ok_or_else(|| {
            SourceError::new(
                Failure::Config,
                format!("{}.{}", self.keeper.name, stream.name),
                format!("there is no stream `{parent}` to divide it by"),
            )
        })
    }

    /// The rows of a stream that are not gone, with these columns and more, and which of
    /// them are in what is asked for. `columns` are those by which another stream asks.
    pub(super) fn living(
        &mut self,
        stream: &'static Stream,
        columns: &[&'static str],
        more: &[&str],
    ) -> Result<(RecordBatch, Vec<usize>), Trouble> {
        let asked = match stream.parts {
            Parts::Scopes => self.scopes(stream)?,
            Parts::Each {
                parent, columns, ..
            } => {
                let parent = self.parent(stream, parent)?;
                let (rows, inside) = self.living(parent, columns, &[])?;
                let all = scopes(parent.table, &rows, columns)?;
                inside.into_iter().map(|row| all[row].clone()).collect()
            }
        };
        let (table, whole) = (stream.table, asked.iter().any(|it| it.name.is_empty()));
        // A row may have come with a record of another stream, as a run does with its
        // plan: where both are asked with the same columns, these tell.
        let common = |it: &&&'static str| columns.contains(*it);
        let mut told: Vec<&'static str> =
            stream.part_columns.iter().filter(common).copied().collect();
        if told.is_empty() {
            told = stream.part_columns.to_vec();
        }
        told.retain(|it| asked.iter().all(|scope| scope.values.contains_key(*it)));
        let mut filters = vec![Filter::new(GONE_AT, Test::Missing)];
        if !whole && !asked.is_empty() && asked.len() <= CHUNK {
            filters.extend(any_of(asked.iter(), &told));
        }
        let mut query = of_source(table, &self.keeper.name, filters);
        query.columns.retain(|it| {
            let name = it.name.as_ref();
            [columns, more, &told, table.key]
                .iter()
                .any(|all| all.contains(&name))
        });
        let rows = self.keeper.reader.query(&query)?;
        let every = 0..rows.num_rows();
        if whole || told.is_empty() && !stream.is_shared() && !asked.is_empty() {
            return Ok((rows, every.collect()));
        }
        let inside = if stream.is_shared() {
            let inside = self.keeper.inside(stream, &asked)?;
            let keys = lineage::keys(table, &rows).map_err(unfit(table.name))?;
            every
                .filter(|row| inside.contains(&lineage::text(&keys[*row])))
                .collect()
        } else {
            let names: HashSet<String> = asked.iter().map(|it| narrowed(it, &told).name).collect();
            let parts = scopes(table, &rows, &told)?;
            every
                .filter(|row| names.contains(&parts[*row].name))
                .collect()
        };
        Ok((rows, inside))
    }

    /// Those of the parts of a stream that are in what is asked for of its parent, as far as
    /// they tell.
    pub(super) fn within(
        &mut self,
        parent: &'static Stream,
        mut parts: Vec<Scope>,
    ) -> Result<Vec<Scope>, Trouble> {
        if parts.is_empty() || !matches!(parent.parts, Parts::Scopes) {
            return Ok(parts);
        }
        let asked = self.scopes(parent)?;
        let mut told: Vec<&'static str> = parent.part_columns.to_vec();
        told.retain(|it| {
            parts
                .iter()
                .chain(&asked)
                .all(|scope| scope.values.contains_key(*it))
        });
        if !told.is_empty() && !asked.iter().any(|it| it.name.is_empty()) {
            let names: HashSet<String> = asked.iter().map(|it| narrowed(it, &told).name).collect();
            parts.retain(|it| names.contains(&narrowed(it, &told).name));
        }
        Ok(parts)
    }

    /// Why parts of a stream may be unknown: the stream whose rows they are was not yet
    /// read to its end.
    pub(super) fn lacks(&mut self, stream: &'static Stream) -> Result<Option<String>, Trouble> {
        let Parts::Each { parent, .. } = stream.parts else {
            return Ok(None);
        };
        let parent = self.parent(stream, parent)?;
        if matches!(parent.parts, Parts::Each { .. }) {
            return self.lacks(parent);
        }
        let mut asked = self.scopes(parent)?;
        // What cannot be had at all is named with its own stream.
        let is_known = |it: &Scope| it.values.values().all(|value| *value != Value::Null);
        asked.retain(is_known);
        Ok((!self.keeper.knows(parent, &asked)?).then(|| {
            format!(
                "{}.{}: its parts are rows of `{}`, which was never read to its end",
                self.keeper.name, stream.name, parent.name
            )
        }))
    }
}

impl Keeper<'_> {
    /// Whether all these parts of a stream were read to their end, at some time.
    pub(super) fn knows(&mut self, stream: &Stream, parts: &[Scope]) -> Result<bool, Trouble> {
        let stored = self.stored(stream)?;
        let is_known = |it: &Scope| stored.get(&it.name)?.completed_at;
        Ok(parts.iter().all(|it| is_known(it).is_some()))
    }

    /// The keys of the rows that these parts have now.
    fn inside(&mut self, stream: &Stream, parts: &[Scope]) -> Result<HashSet<String>, Trouble> {
        let mut inside = HashSet::new();
        for chunk in parts.chunks(CHUNK) {
            let names = chunk.iter().map(|it| it.name.as_str().into()).collect();
            let filters = vec![
                equals("stream", stream.name),
                Filter::new("part", Test::In(names)),
                Filter::new("gone_at", Test::Missing),
            ];
            let mut query = of_source(Member::TABLE, &self.name, filters);
            query.columns.retain(|it| it.name == "row_key");
            let rows = self.reader.query(&query)?;
            let keys = values_of(&rows, "row_key").map_err(unfit(Member::TABLE.name))?;
            inside.extend(keys.iter().map(ToString::to_string));
        }
        Ok(inside)
    }
}

/// The streams without which the parts of another one are not known: its parent, and
/// those that bring rows of its parent with their own records.
fn needs<'a>(
    all: &'a [&'static Stream],
    stream: &Stream,
) -> impl Iterator<Item = &'static Stream> + use<'a> {
    let parent = match stream.parts {
        Parts::Each { parent, .. } => all.iter().find(|it| it.name == parent),
        Parts::Scopes => None,
    };
    let table = parent.map(|it| it.table.name);
    let brings = move |it: &&&Stream| {
        let tables = std::iter::once(&it.table).chain(it.nested);
        table.is_some_and(|table| tables.into_iter().any(|it| it.name == table))
    };
    all.iter().filter(brings).copied()
}

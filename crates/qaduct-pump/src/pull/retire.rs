//! Ends what is stored of parts that are no longer asked for: a query or a project that
//! was taken out of the settings, or that the service no longer lists.
//!
//! Their rows are still there as far as anybody knows, so they are not called deleted.

use std::collections::{BTreeMap, BTreeSet};

use qaduct_records::pull::{Member, StreamRun};
use qaduct_records::source::{Failure, Scope, SourceError};
use qaduct_records::stream::{GONE_AT, Parts, SOURCE, Stream, gone};
use qaduct_records::values::values_of;
use qaduct_records::{Filter, Row, Test, Transaction, Value};

use super::burial::Burial;
use super::mark::{self, equals, of_source, unfit};
use super::open::value;
use super::{Keeper, Pull, Trouble, number};
use crate::PumpError;

impl Pull<'_> {
    /// Ends the parts of a stream that was read and is no longer divided into them.
    pub(super) fn retire(
        &mut self,
        stream: &'static Stream,
        row: &mut StreamRun,
    ) -> Result<(), Trouble> {
        if !matches!(stream.parts, Parts::Scopes) {
            return Ok(());
        }
        let asked = self.scopes(stream)?;
        // Before all of them were read, nobody knows which rows they share with the others.
        if !self.keeper.knows(stream, &asked)? {
            return Ok(());
        }
        let past = self.keeper.past_parts(stream, &asked)?;
        if past.is_empty() {
            return Ok(());
        }
        if asked.is_empty() && self.names_no_part()? {
            return Err(self.nothing_named(stream).into());
        }
        let burial = self.keeper.burial(&self.keeper.run.run_id);
        let lock = self.keeper.lock();
        let mut transaction = self.keeper.store.begin(&lock)?;
        let names: Vec<&str> = past.iter().map(String::as_str).collect();
        burial.forget(transaction.as_mut(), stream, &names)?;
        for part in names {
            let marked = burial.retire(transaction.as_mut(), stream, part, &asked)?;
            row.rows_gone += number(marked);
        }
        transaction.commit()?;
        Ok(())
    }

    /// Whether no stream of the source is divided into anything. Settings that ask for
    /// nothing are refused, so that it is the service that lists nothing.
    fn names_no_part(&mut self) -> Result<bool, Trouble> {
        for stream in self.source.streams() {
            if !matches!(stream.parts, Parts::Scopes) {
                continue;
            }
            if self.scopes(stream)?.iter().any(|it| !it.name.is_empty()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn nothing_named(&self, stream: &Stream) -> SourceError {
        let name = &self.keeper.name;
        let place = format!("{name}.{}", stream.name);
        let trouble = "the service lists nothing to divide it by: what is stored stays";
        SourceError::new(Failure::Forbidden, place, trouble).hint(format!(
            "`qaduct sources test {name}` tells who you are and what you may"
        ))
    }
}

impl Keeper<'_> {
    /// Deletes the rows of a stream that are gone, for good: their keys may be what is to be
    /// hidden now.
    pub(super) fn forget_gone(&mut self, stream: &Stream) -> Result<(), Trouble> {
        let gone = [
            equals(SOURCE, self.name.as_str()),
            Filter::new(GONE_AT, Test::Present),
        ];
        let lock = self.lock();
        let mut transaction = self.store.begin(&lock)?;
        transaction.delete(stream.table, &gone)?;
        transaction.commit()?;
        Ok(())
    }

    /// The parts of which something is stored, and which are not asked for.
    fn past_parts(
        &mut self,
        stream: &Stream,
        asked: &[Scope],
    ) -> Result<BTreeSet<String>, Trouble> {
        let asked: Vec<&str> = asked.iter().map(|it| it.name.as_str()).collect();
        let mut past: BTreeSet<String> = self.stored(stream)?.into_keys().collect();
        // A range of a part that is asked for has a state of its own.
        past.retain(|it| {
            let whole = it.rsplit_once('@').map_or(it.as_str(), |(part, _)| part);
            !asked.contains(&it.as_str()) && !asked.contains(&whole)
        });
        if stream.is_shared() {
            let filters = vec![
                equals("stream", stream.name),
                Filter::new(
                    "part",
                    Test::NotIn(asked.iter().map(|it| (*it).into()).collect()),
                ),
                Filter::new("gone_at", Test::Missing),
            ];
            let mut query = of_source(Member::TABLE, &self.name, filters);
            query.columns.retain(|it| it.name == "part");
            let rows = self.reader.query(&query)?;
            let parts = values_of(&rows, "part").map_err(unfit(Member::TABLE.name))?;
            past.extend(parts.iter().map(ToString::to_string));
        }
        Ok(past)
    }
}

impl Burial {
    /// Ends a part: its members leave it, and rows that are in no other part are marked.
    fn retire(
        &self,
        transaction: &mut dyn Transaction,
        stream: &'static Stream,
        part: &str,
        asked: &[Scope],
    ) -> Result<u64, PumpError> {
        let scope = Scope {
            name: part.to_owned(),
            values: values_in(stream, part),
        };
        if scope.values.is_empty() && !stream.is_shared() {
            // Nothing tells which rows are of the part.
            return Ok(0);
        }
        let source = self.source();
        let mut rows = mark::living(transaction, stream, source, &scope, Vec::new())?;
        // The stream is no longer divided, or the part is called something else now.
        let told: Vec<_> = scope.values.iter().collect();
        let covers = |it: &Scope| {
            it.name.is_empty()
                || !told.is_empty()
                    && told
                        .iter()
                        .all(|(name, value)| it.values.get(*name) == Some(*value))
        };
        if asked.iter().any(covers) {
            rows.clear();
        } else if part.is_empty() {
            rows = self.alone(transaction, stream, rows)?;
        }
        self.missing(transaction, stream, &scope, rows, &[].into(), gone::UNASKED)
    }
}

/// The values by which rows are of a part, from its name: `project_id=12`.
fn values_in(stream: &Stream, part: &str) -> BTreeMap<String, Value> {
    let pieces = part.split(',').filter_map(|it| it.split_once('='));
    let told = pieces.filter(|(name, _)| stream.part_columns.contains(name));
    let kind = |name: &str| stream.table.column(name).map(|it| it.kind);
    told.map(|(name, text)| (name.to_owned(), value(kind(name), text)))
        .collect()
}

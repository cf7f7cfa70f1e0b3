//! A part that is not there: whether what it stands for is gone.

use qaduct_records::Value;
use qaduct_records::pull::StreamRun;
use qaduct_records::source::{Failure, Page, Scope, SourceError};
use qaduct_records::stream::{Deletes, GONE_AT, Parts, Stream, gone};
use qaduct_records::values::values_of;

use super::burial::scopes;
use super::keep::Place;
use super::mark::{self, equals, of_source, unfit};
use super::part::Ended;
use super::parts::Due;
use super::{Keeper, Pull, Trouble, lineage, number};

impl Pull<'_> {
    /// Reads a part, unless what it stands for turns out to be gone.
    pub(super) fn part_unless_gone(
        &mut self,
        stream: &'static Stream,
        due: &Due,
        row: &mut StreamRun,
        nth: (usize, usize),
    ) -> Result<Ended, Trouble> {
        let error = match self.part(stream, due, row, nth) {
            Err(Trouble::Source(error)) if error.kind == Failure::Missing => error,
            other => return other,
        };
        match self.has_gone(stream, due, row) {
            Ok(true) => Ok(Ended::default()),
            // It is there, or cannot be asked for: the part fails as it did.
            Ok(false) | Err(Trouble::Source(_)) => Err(error.into()),
            Err(other) => Err(other),
        }
    }

    /// Asks for the row that a part stands for, and marks it where it is gone, with what
    /// hangs on it; whether it is. Where the stream of that row was not read without
    /// trouble, the service may be lost to us as a whole, and nothing is asked.
    fn has_gone(
        &mut self,
        stream: &'static Stream,
        due: &Due,
        row: &mut StreamRun,
    ) -> Result<bool, Trouble> {
        let Parts::Each {
            parent, columns, ..
        } = stream.parts
        else {
            return self.has_expired(stream, due, row);
        };
        let parent = self.parent(stream, parent)?;
        if !self.sound.contains(parent.name) {
            return Ok(false);
        }
        let table = parent.table;
        let values = columns
            .iter()
            .filter_map(|it| Some((*it, due.scope.values.get(*it)?)));
        let values: Vec<_> = values.collect();
        if values.iter().any(|(_, it)| **it == Value::Null) {
            // What names no row says nothing about one.
            return Ok(false);
        }
        let filters = values.into_iter();
        let filters: Vec<_> = filters.map(|(name, it)| equals(name, it.clone())).collect();
        // What rows of it are asked for with, as far as their children tell.
        let asked = self.keeper.columns_of_parts(parent);
        let mut query = of_source(table, &self.keeper.name, filters);
        query.columns.retain(|it| {
            let name = it.name.as_ref();
            name == GONE_AT || table.key.contains(&name) || asked.contains(&name)
        });
        let rows = self.keeper.reader.query(&query)?;
        let unfit = unfit(table.name);
        let gone_at = values_of(&rows, GONE_AT).map_err(&unfit)?;
        let keys = lineage::keys(table, &rows).map_err(&unfit)?;
        let scopes = scopes(table, &rows, &asked)?;
        let all = keys.into_iter().zip(scopes).zip(gone_at);
        let living: Vec<_> = all
            .filter_map(|(row, gone_at)| (gone_at == Value::Null).then_some(row))
            .collect();
        if living.is_empty() {
            // What it hung on is gone, or is no longer what it was.
            self.keeper.orphan(stream, &due.scope, row)?;
            return Ok(true);
        }
        let mut left = living.len();
        for (key, told) in living {
            let mut scope = due.scope.clone();
            scope.values.extend(told.values);
            left -= self.is_there_no_more(parent, &scope, key, row)?;
        }
        Ok(left == 0)
    }

    /// Whether the part is one that its service keeps for a time, and was there in that time.
    /// What is stored of it is asked for, and marked where it is gone.
    fn has_expired(
        &mut self,
        stream: &'static Stream,
        due: &Due,
        row: &mut StreamRun,
    ) -> Result<bool, Trouble> {
        let was_there = due.stored.as_ref().and_then(|it| it.completed_at);
        if stream.deletes != Deletes::Expiring || was_there.is_none() {
            return Ok(false);
        }
        let name = self.keeper.name.clone();
        let living = {
            let lock = self.keeper.lock();
            let mut transaction = self.keeper.store.begin(&lock)?;
            let transaction = transaction.as_mut();
            mark::living(transaction, stream, &name, &due.scope, Vec::new())?
        };
        let mut left = living.len();
        for key in living {
            left -= self.is_there_no_more(stream, &due.scope, key, row)?;
        }
        if left > 0 {
            // It has what it says that it has not.
            return Ok(false);
        }
        let place = format!("{name}.{} ({})", stream.name, due.scope.name);
        let trouble = "the service no longer has it; what is stored stays";
        let notice = SourceError::new(Failure::Missing, place, trouble);
        let help = format!("take it out of `projects` of [source.{name}]");
        self.notices.push(notice.hint(help));
        Ok(true)
    }

    /// Asks for one row and marks it where it is gone; 1 if it is.
    fn is_there_no_more(
        &mut self,
        stream: &'static Stream,
        scope: &Scope,
        key: Vec<Value>,
        row: &mut StreamRun,
    ) -> Result<usize, Trouble> {
        let mut gone = 0;
        let mut pages = self.source.poll(stream, scope, vec![key])?;
        let mut page_number = 0;
        while let Some(page) = pages.next()? {
            page_number += 1;
            gone += page.gone.len();
            // What it has become is read with its own stream.
            let page = Page {
                gone: page.gone,
                exchange: page.exchange,
                ..Page::default()
            };
            let place = Place {
                stream,
                scope,
                part: &scope.name,
                page: page_number,
            };
            self.keeper.keep(&place, &page, None, row)?;
        }
        Ok(gone.min(1))
    }
}

impl Keeper<'_> {
    /// The columns of a stream that name the parts of others.
    fn columns_of_parts(&self, stream: &Stream) -> Vec<&'static str> {
        let of = |it: &&'static Stream| match it.parts {
            Parts::Each {
                parent, columns, ..
            } if parent == stream.name => columns,
            _ => &[],
        };
        let mut columns: Vec<_> = self.streams.iter().flat_map(of).copied().collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Marks the rows of a part whose parent was found gone before.
    fn orphan(
        &mut self,
        stream: &'static Stream,
        scope: &Scope,
        row: &mut StreamRun,
    ) -> Result<(), Trouble> {
        let (lock, burial) = (self.lock(), self.burial(&self.run.run_id));
        let mut transaction = self.store.begin(&lock)?;
        let parts = [(scope.clone(), gone::ORPHANED)];
        row.rows_gone += number(burial.parts(transaction.as_mut(), stream, &parts)?);
        transaction.commit()?;
        Ok(())
    }
}

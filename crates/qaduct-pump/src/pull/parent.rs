//! A part that is not there: whether what it stands for is gone.

use qaduct_records::Value;
use qaduct_records::pull::StreamRun;
use qaduct_records::source::{Failure, Page, Scope};
use qaduct_records::stream::{GONE_AT, Parts, Stream, gone};
use qaduct_records::values::values_of;

use super::keep::Place;
use super::mark::{equals, of_source, unfit};
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
            return Ok(false);
        };
        let parent = self.parent(stream, parent)?;
        if !self.sound.contains(parent.name) {
            return Ok(false);
        }
        let table = parent.table;
        let values = columns
            .iter()
            .filter_map(|it| Some((*it, due.scope.values.get(*it)?)));
        let filters: Vec<_> = values.map(|(name, it)| equals(name, it.clone())).collect();
        let mut query = of_source(table, &self.keeper.name, filters);
        query
            .columns
            .retain(|it| it.name == GONE_AT || table.key.contains(&it.name.as_ref()));
        let rows = self.keeper.reader.query(&query)?;
        let unfit = unfit(table.name);
        let gone_at = values_of(&rows, GONE_AT).map_err(&unfit)?;
        let keys = lineage::keys(table, &rows).map_err(&unfit)?;
        let stored = keys.len();
        let living = keys.into_iter().zip(gone_at);
        let living: Vec<_> = living
            .filter_map(|(key, gone_at)| (gone_at == Value::Null).then_some(key))
            .collect();
        if stored > 0 && living.is_empty() {
            self.keeper.orphan(stream, &due.scope, row)?;
        }
        if living.is_empty() {
            return Ok(stored > 0);
        }
        let mut left = living.len();
        let mut pages = self.source.poll(parent, &due.scope, living)?;
        let mut page_number = 0;
        while let Some(page) = pages.next()? {
            page_number += 1;
            left = left.saturating_sub(page.gone.len());
            // What it has become is read with its own stream.
            let page = Page {
                gone: page.gone,
                exchange: page.exchange,
                ..Page::default()
            };
            let place = Place {
                stream: parent,
                scope: &due.scope,
                part: &due.scope.name,
                page: page_number,
            };
            self.keeper.keep(&place, &page, None, row)?;
        }
        Ok(left == 0)
    }
}

impl Keeper<'_> {
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

//! The end of a part: what is gone, and the watermark, in one transaction.

use std::collections::HashSet;

use jiff::Timestamp;
use qaduct_records::pull::{Member, Part, Seen, StreamRun};
use qaduct_records::stream::SOURCE;
use qaduct_records::{Row, Transaction, Value};

use super::keep::Step;
use super::mark::{self, is_shared};
use super::open::{of_reading, unseen};
use super::part::{Read, Under};
use super::{Keeper, Trouble, lineage, number};
use crate::PumpError;

/// The stored rows of a part beside a list of all keys.
pub(super) struct Compared {
    /// Stored, and not in the list.
    pub(super) missing: Vec<Vec<Value>>,
    /// In the list, and not stored as rows of the part.
    pub(super) unknown: Vec<Vec<Value>>,
    /// The list, as text.
    pub(super) there: HashSet<String>,
}

impl Keeper<'_> {
    /// Compares the stored rows of a part with a list of all keys.
    pub(super) fn compare(
        &mut self,
        under: &Under<'_>,
        census: &[Vec<Value>],
    ) -> Result<Compared, Trouble> {
        let there: HashSet<String> = census.iter().map(|key| lineage::text(key)).collect();
        let lock = self.lock();
        let mut transaction = self.store.begin(&lock)?;
        let stored = mark::living(
            transaction.as_mut(),
            under.stream,
            &self.name,
            &under.due.scope,
            Vec::new(),
        )?;
        let known: HashSet<String> = stored.iter().map(|key| lineage::text(key)).collect();
        let unknown = census
            .iter()
            .filter(|key| !known.contains(&lineage::text(key)));
        Ok(Compared {
            unknown: unknown.cloned().collect(),
            missing: stored
                .into_iter()
                .filter(|key| !there.contains(&lineage::text(key)))
                .collect(),
            there,
        })
    }

    /// Marks rows that the part no longer has; those that are known to be gone in
    /// another way stay so.
    pub(super) fn bury_missing(
        &mut self,
        under: &Under<'_>,
        missing: Vec<Vec<Value>>,
        there: &HashSet<String>,
        how: &'static str,
        row: &mut StreamRun,
    ) -> Result<(), Trouble> {
        let (lock, burial) = (self.lock(), self.burial());
        let mut transaction = self.store.begin(&lock)?;
        row.rows_gone += burial.bury(transaction.as_mut(), under, missing, there, how)?;
        transaction.commit()?;
        Ok(())
    }

    /// Ends a part: the next reading begins where this one ended.
    pub(super) fn end(
        &mut self,
        under: &mut Under<'_>,
        read: &Read,
        complete: bool,
        row: &mut StreamRun,
    ) -> Result<(), Trouble> {
        // What is unchanged was not listed: nothing is missing in it.
        let gone = self.lists_all(under);
        let gone = gone.filter(|_| complete && !read.unchanged);
        // Only where other parts may have the same rows are all keys needed at once.
        let seen = match gone {
            Some(_) if is_shared(under.stream, &under.due.scope) => self.seen(under)?,
            _ => HashSet::new(),
        };
        let after = self.ended(under, read, complete);
        let (lock, burial) = (self.lock(), self.burial());
        let mut transaction = self.store.begin(&lock)?;
        if let Some(how) = gone {
            let stored = mark::living(
                transaction.as_mut(),
                under.stream,
                &self.name,
                &under.due.scope,
                Vec::new(),
            )?;
            let missing = unseen(transaction.as_mut(), &self.name, under, stored)?;
            row.rows_gone += burial.bury(transaction.as_mut(), under, missing, &seen, how)?;
        }
        let step = Step {
            before: under.known.as_ref(),
            after: &after,
        };
        step.take(transaction.as_mut())?;
        if self.wanted.is_aside() {
            // The state of a range has served when the range is read.
            transaction.delete(Part::TABLE, &of_reading(&self.name, under))?;
        }
        if under.stream.remembers() {
            transaction.delete(Seen::TABLE, &of_reading(&self.name, under))?;
        }
        transaction.commit()?;
        under.known = Some(after);
        Ok(())
    }

    /// The state after the last page.
    fn ended(&self, under: &Under<'_>, read: &Read, complete: bool) -> Part {
        let mut after = under.state.clone();
        after.position = None;
        let lower = after.lower.take();
        after.rows_so_far = 0;
        let upper = after.upper.take();
        if complete {
            // A service whose clock is behind has not yet made what it will call older.
            let settled = |at: Timestamp| {
                let settle = under.stream.cursor.map_or(0, |it| it.settle);
                at.checked_sub(jiff::SignedDuration::from_secs(settle.into()))
                    .unwrap_or(at)
            };
            let upper = upper.map(|it| it.min(read.server_time.map_or(it, settled)));
            after.watermark = after.watermark.max(upper);
            after.mark.clone_from(&under.due.mark);
            after.completed_at = Some(self.run.started_at);
            let start = self.start(under.stream);
            if lower == start {
                after.since = start;
            }
        } else {
            after.validator = None;
        }
        after
    }

    fn burial(&self) -> Burial {
        Burial {
            source: self.name.clone(),
            run: self.run.run_id.clone(),
            now: self.clock.now(),
        }
    }
}

/// Who buries rows, and when.
struct Burial {
    source: String,
    run: String,
    now: Timestamp,
}

impl Burial {
    /// Marks rows that the part no longer has.
    fn bury(
        &self,
        transaction: &mut dyn Transaction,
        under: &Under<'_>,
        mut missing: Vec<Vec<Value>>,
        there: &HashSet<String>,
        how: &'static str,
    ) -> Result<i64, PumpError> {
        if is_shared(under.stream, &under.due.scope) {
            missing = self.leave(transaction, under, missing, there)?;
        }
        let missing: Vec<_> = missing.into_iter().map(|key| (key, how, None)).collect();
        let request = self.run.as_str();
        let marked = mark::mark(
            transaction,
            under.stream,
            &self.source,
            &missing,
            request,
            self.now,
        )?;
        Ok(number(marked))
    }

    /// Ends the membership of rows that are not there in the part, also of those that
    /// are known to be gone already; gives the missing ones that no part has any more.
    fn leave(
        &self,
        transaction: &mut dyn Transaction,
        under: &Under<'_>,
        missing: Vec<Vec<Value>>,
        there: &HashSet<String>,
    ) -> Result<Vec<Vec<Value>>, PumpError> {
        let mut left = mark::members(
            transaction,
            under.stream,
            &self.source,
            &under.due.scope.name,
        )?;
        left.retain(|it| it.gone_at.is_none() && !there.contains(&it.row_key));
        left.iter_mut().for_each(|it| it.gone_at = Some(self.now));
        if !left.is_empty() {
            transaction.upsert(Member::TABLE, &Member::batch(&left))?;
        }
        let mut alone = Vec::new();
        for key in missing {
            let elsewhere = transaction.select(
                Member::TABLE,
                &[
                    (SOURCE, self.source.as_str().into()),
                    ("stream", under.stream.name.into()),
                    ("row_key", lineage::text(&key).as_str().into()),
                    ("gone_at", Value::Null),
                ],
            )?;
            if elsewhere.num_rows() == 0 {
                alone.push(key);
            }
        }
        Ok(alone)
    }
}

//! The end of a part: what is gone, and the watermark, in one transaction.

use std::collections::HashSet;

use jiff::Timestamp;
use qaduct_records::pull::{Part, Seen, StreamRun};
use qaduct_records::{Row, Value};

use super::keep::{Step, forget_unlisted};
use super::mark::{self, is_shared};
use super::open::{of_reading, still_open, unseen};
use super::part::{Read, Under};
use super::position::DONE;
use super::{Keeper, Trouble, lineage, number};

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
        let (lock, burial) = (self.lock(), self.burial(&self.run.run_id));
        let mut transaction = self.store.begin(&lock)?;
        let step = Step {
            before: under.known.as_ref(),
            after: &under.state,
        };
        step.check(transaction.as_mut())?;
        let (stream, scope) = (under.stream, &under.due.scope);
        let part = [scope.name.as_str()];
        forget_unlisted(transaction.as_mut(), &self.name, stream, &part, there)?;
        let marked = burial.missing(transaction.as_mut(), stream, scope, missing, there, how)?;
        row.rows_gone += number(marked);
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
        let mut after = self.ended(under, read, complete);
        let (lock, burial) = (self.lock(), self.burial(&self.run.run_id));
        let (stream, scope) = (under.stream, &under.due.scope);
        let mut transaction = self.store.begin(&lock)?;
        if let Some(how) = gone {
            let transaction = transaction.as_mut();
            let stored = mark::living(transaction, stream, &self.name, scope, Vec::new())?;
            let missing = unseen(transaction, &self.name, under, stored)?;
            row.rows_gone +=
                number(burial.missing(transaction, stream, scope, missing, &seen, how)?);
        }
        if after.aside.as_deref() == Some(DONE)
            && !still_open(transaction.as_mut(), &self.name, under)?.is_empty()
        {
            // What it has brought is followed.
            after.aside = None;
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
        after.stored_at = Some(self.stamp(under));
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
            if under.due.is_last && after.aside.is_none() {
                after.aside = Some(DONE.to_owned());
            }
            let start = self.start(under.stream);
            if lower == start {
                after.since = start;
            }
        } else {
            after.validator = None;
            after.read_at = under.known.as_ref().and_then(|it| it.read_at);
        }
        after
    }
}

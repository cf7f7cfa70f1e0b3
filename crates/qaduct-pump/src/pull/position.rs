//! What a stored position is worth: for which question, fields and people it was reached,
//! and whether it still tells how far the stream is.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use qaduct_records::digest::digest;
use qaduct_records::pull::{Part, Seen};
use qaduct_records::source::Scope;
use qaduct_records::stream::{SOURCE, Stream};
use qaduct_records::{Filter, Query, Row, Test, Value};

use super::Keeper;
use super::mark::{equals, unfit};
use super::parts::Due;
use crate::PumpError;

/// Why a part is aside: it is of a pull of a range.
pub(super) const RANGE: &str = "range";
/// Why a part is aside: nothing of it was left to read.
pub(super) const DONE: &str = "done";

/// A range whose last page is older belongs to a pull that was killed: no request takes
/// so long.
const ABANDONED: SignedDuration = SignedDuration::from_hours(2);

/// What shapes the rows of a part: what shapes those of its stream, and its question.
pub(super) fn shape(of_stream: &str, scope: &Scope) -> String {
    let values = scope.values.iter();
    let values: Vec<_> = values.map(|(name, it)| format!("{name}={it}")).collect();
    let values = values.iter().map(|it| Some(it.as_str()));
    digest(std::iter::once(Some(of_stream)).chain(values))
}

impl Keeper<'_> {
    /// Whether a pull of a range is under way.
    pub(super) fn is_range(&self) -> bool {
        self.wanted.from.is_some() || self.wanted.to.is_some()
    }

    /// Whether what is stored of a part holds for rows of this shape. A watermark in the
    /// future was set by a clock that was ahead: nobody knows what it has passed over.
    pub(super) fn holds(&self, part: &Part, shape: &str) -> bool {
        part.shape.as_deref() == Some(shape)
            && part.watermark.is_none_or(|it| it <= self.run.started_at)
    }

    /// Whether rows of a part are read again that were not to be read again.
    pub(super) fn is_again(&self, stream: &Stream, due: &Due) -> bool {
        let was_ahead =
            |it: &Part| it.mark.is_some() || stream.cursor.is_some() && it.watermark.is_some();
        let stored = due.stored.as_ref();
        let stored = stored.filter(|it| !self.holds(it, &due.shape));
        stored.is_some_and(was_ahead) && self.wanted.from.is_none() && !self.wanted.full
    }

    /// Parts that are no longer to be read, because what they belong to is gone or they are
    /// not asked for, no longer tell how far the stream is.
    pub(super) fn set_aside(&mut self, stream: &Stream, due: &[Due]) -> Result<(), PumpError> {
        if self.wanted.is_limited() {
            return Ok(());
        }
        let query = Query::of(Part::TABLE.name, Part::TABLE.columns)
            .filter(SOURCE, Test::In(vec![self.name.as_str().into()]))
            .filter("stream", Test::In(vec![stream.name.into()]));
        let due: HashSet<&str> = due.iter().map(|it| it.scope.name.as_str()).collect();
        let lock = self.lock();
        // Asked where it is written: a state of before would undo what somebody else did.
        let mut transaction = self.store.begin(&lock)?;
        let stored = transaction.query(&query)?;
        let stored = Part::rows(&stored).map_err(unfit(Part::TABLE.name))?;
        let done: Vec<Part> = stored
            .into_iter()
            .filter(|it| it.aside.is_none() && !due.contains(it.part.as_str()))
            .map(|it| Part {
                aside: Some(DONE.to_owned()),
                ..it
            })
            .collect();
        if done.is_empty() {
            return Ok(());
        }
        transaction.upsert(Part::TABLE, &Part::batch(&done))?;
        transaction.commit()?;
        Ok(())
    }

    /// Forgets the ranges that pulls have left behind which were killed; one that is
    /// asked for again goes on.
    pub(super) fn forget_ranges(&mut self) -> Result<(), PumpError> {
        let now = self.clock.now();
        let old = now.checked_sub(ABANDONED).unwrap_or(Timestamp::MIN);
        let query = Query::of(Part::TABLE.name, Part::TABLE.columns)
            .filter(SOURCE, Test::In(vec![self.name.as_str().into()]))
            .filter("aside", Test::In(vec![RANGE.into()]))
            .filter("stored_at", Test::Below(Value::Timestamp(old)));
        let own = self.part_name(&Scope::default());
        let lock = self.lock();
        let mut transaction = self.store.begin(&lock)?;
        let parts = transaction.query(&query)?;
        let mut parts = Part::rows(&parts).map_err(unfit(Part::TABLE.name))?;
        parts.retain(|it| own.is_empty() || !it.part.ends_with(&own));
        for part in &parts {
            let filters: [Filter; 3] = [
                equals(SOURCE, self.name.as_str()),
                equals("stream", part.stream.as_str()),
                equals("part", part.part.as_str()),
            ];
            transaction.delete(Part::TABLE, &filters)?;
            transaction.delete(Seen::TABLE, &filters)?;
        }
        transaction.commit()?;
        Ok(())
    }
}

//! Reads one part: its pages, then what is open, what is gone, and the count.

use jiff::{SignedDuration, Timestamp};
use qaduct_records::Value;
use qaduct_records::pull::{Part, StreamRun};
use qaduct_records::source::{Failure, Page, Reading, RowProblem};
use qaduct_records::stream::{Deletes, Finality, Stream};

use super::census::Compared;
use super::keep::{Place, Step};
use super::parts::Due;
use super::position::RANGE;
use super::{Keeper, Progress, Pull, Trouble, lineage, number};

/// How a part ended.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// Why it is not complete, where it is not.
    pub(super) incomplete: Vec<String>,
}

/// Why rows are asked for by their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// They are stored, and may have changed or gone.
    Stored,
    /// The service lists them, and they are not stored.
    Listed,
}

/// A part under way.
pub(super) struct Under<'p> {
    pub(super) stream: &'static Stream,
    pub(super) due: &'p Due,
    /// What is stored of it now.
    pub(super) known: Option<Part>,
    /// What will be stored with the next page.
    pub(super) state: Part,
    /// Number of the part and of all parts, for who watches.
    nth: (usize, usize),
    /// Whether it is enough to hear that nothing has changed: all that was read is stored.
    may_be_unchanged: bool,
    /// Whether it is read for the second time, beside what was brought before.
    once_more: bool,
    /// How many rows the source says there are.
    expected: Option<u64>,
}

/// What a reading brought beside its rows.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// How many rows the source says there are.
    pub(super) expected: Option<u64>,
    /// The clock of the service at its first answer.
    pub(super) server_time: Option<Timestamp>,
    /// Whether nothing has changed since the last whole reading.
    pub(super) unchanged: bool,
    incomplete: Vec<String>,
}

impl Under<'_> {
    /// Source, stream and part, for messages.
    fn place(&self) -> String {
        let stream = format!("{}.{}", self.state.source, self.stream.name);
        match self.due.scope.name.as_str() {
            "" => stream,
            part => format!("{stream} ({part})"),
        }
    }
}

impl Pull<'_> {
    /// Reads a part.
    pub(super) fn part(
        &mut self,
        stream: &'static Stream,
        due: &Due,
        row: &mut StreamRun,
        nth: (usize, usize),
    ) -> Result<Ended, Trouble> {
        let mut under = Under {
            stream,
            due,
            known: due.stored.clone(),
            state: self.keeper.begin(stream, due),
            nth,
            may_be_unchanged: false,
            once_more: false,
            expected: None,
        };
        let began = self.keeper.clock.now();
        if self.keeper.is_again(stream, due) {
            self.again.insert(stream.name);
        }
        let was_whole = |it: &Part| {
            it.upper.is_none() && it.completed_at.is_some() && self.keeper.holds(it, &due.shape)
        };
        under.may_be_unchanged = due.stored.as_ref().is_some_and(was_whole)
            && !self.keeper.wanted.full
            && !self.keeper.wanted.is_aside();
        for (resource, requests) in self.keeper.others(self.source.resources())? {
            self.source.others_sent(resource, requests);
        }
        let resumed = under.state.position.is_some();
        let mut read = match self.pages(&mut under, row) {
            Err(Trouble::Source(error)) if error.kind == Failure::Position && resumed => {
                // The position is too old; the bounds are still good.
                under.state.position = None;
                self.pages(&mut under, row)?
            }
            other => other?,
        };
        if self.keeper.wanted.limit.is_some() {
            return Ok(Ended {
                incomplete: read.incomplete,
            });
        }
        if !read.unchanged && self.keeper.differs(&under, &read)?.is_some() {
            // Rows may have moved between pages while they were read: once more, from
            // the start. What was passed over then is hardly what is passed over now, so
            // that the two together have all. What then still differs is named.
            under.state.position = None;
            under.once_more = true;
            read = self.pages(&mut under, row)?;
            if let Some((expected, seen)) = self.keeper.differs(&under, &read)? {
                read.incomplete.push(format!(
                    "{}: the source counts {expected} rows and sent {seen}",
                    under.place()
                ));
            }
        }
        if let Some(expected) = read.expected {
            let before = row.rows_expected.unwrap_or(0);
            row.rows_expected = Some(before.saturating_add(number(expected)));
        }
        let complete = read.incomplete.is_empty();
        if !self.keeper.wanted.is_aside() {
            let open = self.keeper.open(&under)?;
            self.poll(&mut under, open, &mut read, row, Why::Stored)?;
            if let (true, Deletes::Census(how)) = (complete, stream.deletes) {
                self.census(&mut under, &mut read, row, how)?;
            }
            let added = self.added(&under)?;
            self.poll(&mut under, added, &mut read, row, Why::Stored)?;
        }
        under.state.read_at = Some(began);
        let complete = read.incomplete.is_empty();
        self.keeper.end(&mut under, &read, complete, row)?;
        Ok(Ended {
            incomplete: read.incomplete,
        })
    }

    /// Reads the pages and keeps each.
    fn pages(&mut self, under: &mut Under<'_>, row: &mut StreamRun) -> Result<Read, Trouble> {
        let reading = Reading {
            scope: under.due.scope.clone(),
            lower: under.state.lower,
            upper: under.state.upper.unwrap_or(self.keeper.run.started_at),
            position: under.state.position.clone(),
            validator: under
                .state
                .validator
                .clone()
                .filter(|_| under.may_be_unchanged),
        };
        // Whatever comes, a second reading is one of everything.
        under.may_be_unchanged = false;
        if reading.position.is_none() && !under.once_more {
            self.keeper.forget(under)?;
        }
        let mut read = Read::default();
        let mut pages = self.source.read(under.stream, &reading)?;
        let mut page_number = 0;
        while let Some(page) = pages.next()? {
            page_number += 1;
            let exchange = page.exchange.as_ref();
            read.server_time = read.server_time.or(exchange.and_then(|it| it.server_time));
            read.expected = page.expected.or(read.expected);
            under.expected = read.expected;
            let why = page.incomplete.iter();
            let why = why.map(|why| format!("{}: {why}", under.place()));
            read.incomplete.extend(why);
            if page.unchanged && reading.validator.is_none() {
                read.incomplete.push(format!(
                    "{}: the source calls unchanged what it was asked for as a whole",
                    under.place()
                ));
            }
            read.unchanged |= page.unchanged;
            if page_number == 1 && reading.position.is_none() && !page.unchanged {
                under.state.validator.clone_from(&page.validator);
            }
            // What is known to lack something is not gone on with but begun again, or
            // what it lacks would be forgotten.
            under.state.position = match read.incomplete.is_empty() {
                true => page.position.clone(),
                false => None,
            };
            self.keeper.step(under, &page, page_number, row)?;
            if self.keeper.watch.stopped() {
                return Err(Trouble::Stopped);
            }
            let limit = self.keeper.wanted.limit;
            if limit.is_some_and(|limit| row.rows_read >= number(limit)) {
                break;
            }
        }
        Ok(read)
    }

    /// Asks for the keys of all rows of the part, and for the rows that are not on both sides.
    fn census(
        &mut self,
        under: &mut Under<'_>,
        read: &mut Read,
        row: &mut StreamRun,
        how: &'static str,
    ) -> Result<(), Trouble> {
        let census = self.source.census(under.stream, &under.due.scope)?;
        let Compared {
            missing,
            unknown,
            there,
        } = self.keeper.compare(under, &census)?;
        self.poll(under, unknown, read, row, Why::Listed)?;
        // The service may know more of them than that the part lacks them: that they are
        // deleted, or hidden.
        self.poll(under, missing.clone(), read, row, Why::Stored)?;
        self.keeper.bury_missing(under, missing, &there, how, row)
    }

    /// Asks for rows by their keys and keeps what comes.
    fn poll(
        &mut self,
        under: &mut Under<'_>,
        keys: Vec<Vec<Value>>,
        read: &mut Read,
        row: &mut StreamRun,
        why: Why,
    ) -> Result<(), Trouble> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut pages = self.source.poll(under.stream, &under.due.scope, keys)?;
        let mut page_number = 0;
        while let Some(mut page) = pages.next()? {
            page_number += 1;
            let troubles = page.incomplete.iter();
            let troubles = troubles.map(|it| format!("{}: {it}", under.place()));
            read.incomplete.extend(troubles);
            if why == Why::Listed {
                page.problems.extend(lacking(under.stream, &page));
            }
            // Rows that are asked for one by one are not of the pages: a poll that is
            // interrupted begins again.
            under.state.position = None;
            self.keeper.step(under, &page, page_number, row)?;
            if self.keeper.watch.stopped() {
                return Err(Trouble::Stopped);
            }
        }
        Ok(())
    }
}

impl Keeper<'_> {
    /// The state at the beginning: the bounds of this reading, or of the one that was
    /// interrupted.
    pub(super) fn begin(&self, stream: &Stream, due: &Due) -> Part {
        let stored = due.stored.as_ref().filter(|it| self.holds(it, &due.shape));
        if let Some(stored) = stored.filter(|it| it.upper.is_some())
            && !self.wanted.full
            && self.wanted.limit.is_none()
        {
            return Part {
                aside: self.is_range().then(|| RANGE.to_owned()),
                ..stored.clone()
            };
        }
        let now = self.run.started_at;
        let settle = stream.cursor.map_or(0, |it| it.settle);
        let watermark = stored.and_then(|it| it.watermark);
        Part {
            source: self.name.clone(),
            stream: stream.name.to_owned(),
            part: self.part_name(&due.scope),
            watermark,
            lower: self.lower(stream, stored),
            upper: Some(self.wanted.to.unwrap_or_else(|| back(now, settle.into()))),
            position: None,
            rows_so_far: 0,
            mark: stored.and_then(|it| it.mark.clone()),
            // Its rows are there still, although they have to be read again.
            completed_at: due.stored.as_ref().and_then(|it| it.completed_at),
            since: stored.and_then(|it| it.since),
            validator: stored.and_then(|it| it.validator.clone()),
            shape: Some(due.shape.clone()),
            read_at: stored.and_then(|it| it.read_at),
            stored_at: None,
            aside: self.is_range().then(|| RANGE.to_owned()),
        }
    }

    /// From when on rows are read where a stream is read from its start. A census would ask
    /// for what is older all the same: there the question has to say it.
    pub(super) fn start(&self, stream: &Stream) -> Option<Timestamp> {
        let is_bounded = stream.cursor.is_some() && !matches!(stream.deletes, Deletes::Census(_));
        self.wanted.since.filter(|_| is_bounded)
    }

    /// From when on rows are read.
    fn lower(&self, stream: &Stream, stored: Option<&Part>) -> Option<Timestamp> {
        if self.wanted.from.is_some() {
            return self.wanted.from;
        }
        let start = self.start(stream);
        // What is older than the start of an earlier reading was never asked for.
        let behind = |it: &&Part| {
            it.since
                .is_none_or(|since| start.is_some_and(|to| to >= since))
        };
        let known = stored.filter(behind).filter(|_| !self.wanted.full);
        let (Some(watermark), Some(cursor)) = (known.and_then(|it| it.watermark), stream.cursor)
        else {
            return start;
        };
        let lower = back(watermark, cursor.overlap.into());
        Some(match stream.finality {
            // What may still change is read again whatever the cursor says.
            Finality::After { days, .. } => {
                lower.min(back(self.run.started_at, i64::from(days) * 86_400))
            }
            _ => lower,
        })
    }

    /// When the next state of a part is stored: later than the one before it, whatever the
    /// clock says, so that no two are the same.
    pub(super) fn stamp(&self, under: &Under<'_>) -> Timestamp {
        let before = under.known.as_ref().and_then(|it| it.stored_at);
        let next = before.and_then(|it| it.checked_add(SignedDuration::from_micros(1)).ok());
        next.map_or(self.clock.now(), |it| it.max(self.clock.now()))
    }

    /// Keeps a page and moves the part to the state after it.
    fn step(
        &mut self,
        under: &mut Under<'_>,
        page: &Page,
        page_number: u64,
        row: &mut StreamRun,
    ) -> Result<(), Trouble> {
        let rows = page.rows.as_ref().map_or(0, |it| it.num_rows() as u64);
        under.state.rows_so_far += number(rows);
        under.state.stored_at = Some(self.stamp(under));
        let place = Place {
            stream: under.stream,
            scope: &under.due.scope,
            part: &under.state.part,
            page: page_number,
        };
        let step = Step {
            before: under.known.as_ref(),
            after: &under.state,
        };
        // A pull of some rows leaves the state as it was.
        let step = self.wanted.limit.is_none().then_some(&step);
        self.keep(&place, page, step, row)?;
        if step.is_some() {
            under.known = Some(under.state.clone());
        }
        self.pages += 1;
        let (nth, parts) = under.nth;
        self.tell(Progress {
            part: &under.due.scope.name,
            nth,
            parts,
            rows: u64::try_from(under.state.rows_so_far).unwrap_or(0),
            expected: under.expected,
            ..Progress::of(row)
        });
        Ok(())
    }
}

/// Rows that the service lists and does not have: of them nothing is stored, so that
/// they are named as problems.
fn lacking(stream: &Stream, page: &Page) -> Vec<RowProblem> {
    let status = page.exchange.as_ref().map_or(0, |it| it.status);
    let lacking = page.gone.iter().map(|it| RowProblem {
        table: stream.table.name,
        key: lineage::text(&it.key),
        field: stream.table.key[1..].join(","),
        problem: format!("it is listed, and the answer to who asks for it is {status}"),
        value: lineage::text(&it.key),
    });
    lacking.collect()
}

/// So many seconds before.
fn back(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_sub(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MIN)
}

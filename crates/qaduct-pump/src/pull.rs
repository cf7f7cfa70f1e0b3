//! Pulls a source: its streams in order, their parts, page by page.
//!
//! Owns the order of things. Each page is one transaction: its rows, the request
//! that brought them and the position after it; each part ends in one: what is
//! gone, and the watermark. A pull that is killed goes on after its last page.
//!
//! A part fails alone where the service refuses just that part; a service that
//! cannot be reached, or a credential that is refused, ends the pull. Whatever
//! failed is named in the ledger and makes the run `incomplete`.

mod added;
mod asked;
mod burial;
mod census;
mod entry;
mod inside;
mod keep;
pub(crate) mod lineage;
mod mark;
mod open;
mod parent;
mod part;
mod parts;
mod plan;
mod position;
mod retire;

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use qaduct_records::pull::{Request, StreamRun};
use qaduct_records::source::{Failure, Scope, Source, SourceError};
use qaduct_records::stream::{SOURCE, Stream};
use qaduct_records::values::values_of;
use qaduct_records::{Clock, Outcome, Query, Reader, Row, Run, Store, Test, Value};

pub use plan::{Basis, Planned, plan};

use crate::{Ledger, PumpError};

/// What is to be pulled of a source.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Names of streams; empty: all. Those whose rows are their parts are pulled, too.
    pub streams: Vec<String>,
    /// The source was opened for less than the settings say: what it does not ask for
    /// may still be asked for.
    pub narrowed: bool,
    /// Only what changed at this instant or later, whatever the cursor says. The cursor stays.
    pub from: Option<Timestamp>,
    /// Only what changed before this instant. The cursor stays.
    pub to: Option<Timestamp>,
    /// Nothing older is asked for where a stream is read from its start.
    pub since: Option<Timestamp>,
    /// Everything from the start, whatever the cursor says.
    pub full: bool,
    /// At most so many rows of each stream. The cursor stays.
    pub limit: Option<u64>,
}

impl Wanted {
    /// Whether it is less than all: no proof of how far the source is.
    fn is_limited(&self) -> bool {
        self.is_aside() || self.narrowed
    }

    /// Whether the cursor stays where it is.
    fn is_aside(&self) -> bool {
        self.from.is_some() || self.to.is_some() || self.limit.is_some()
    }
}

/// Somebody who watches.
pub trait Watch {
    /// A page was stored, or a stream has begun or ended.
    fn progress(&self, progress: &Progress<'_>);

    /// Whether to stop after this page.
    fn stopped(&self) -> bool;
}

/// How far a stream is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'p> {
    /// The ledger row so far.
    pub run: &'p StreamRun,
    /// The part that is being read.
    pub part: &'p str,
    /// Number of that part, from 1.
    pub nth: usize,
    /// How many parts there are.
    pub parts: usize,
    /// Rows of that part so far, those of an earlier pull that was cut off included.
    pub rows: u64,
    /// Rows of that part in all, where the service says so.
    pub expected: Option<u64>,
    /// Pages of the stream so far.
    pub pages: u64,
    /// Requests that are left, where the service says so.
    pub quota_left: Option<u64>,
    /// Whether the stream has ended.
    pub ended: bool,
}

impl<'p> Progress<'p> {
    /// At the beginning, before a part is read.
    const fn of(run: &'p StreamRun) -> Self {
        Self {
            run,
            part: "",
            nth: 0,
            parts: 0,
            rows: 0,
            expected: None,
            pages: 0,
            quota_left: None,
            ended: false,
        }
    }

    /// The share of the stream that is read, 0.0 to 1.0, as far as that is known: the
    /// parts before, and of this one what the service counts.
    #[must_use]
    pub fn share(&self) -> f64 {
        let before = self.nth.saturating_sub(1) as f64;
        let this = self.expected.map_or(0.0, |all| {
            let rows = self.rows as f64;
            (rows / all.max(1) as f64).min(1.0)
        });
        ((before + this) / self.parts.max(1) as f64).min(1.0)
    }
}

/// What became of a pull.
#[derive(Debug)]
pub struct Pulled {
    /// Its row in the ledger.
    pub run: Run,
    /// Its streams.
    pub streams: Vec<StreamRun>,
    /// What failed, in order.
    pub errors: Vec<SourceError>,
    /// Streams that were not reached because the source failed before.
    pub unreached: Vec<&'static str>,
    /// What is odd about the source and was gone on with: its settings, and parts that it
    /// no longer keeps.
    pub notices: Vec<SourceError>,
    /// Streams that nobody has named, and others need.
    pub needed: Vec<&'static str>,
    /// Streams of which parts were read from their start, because what shapes their rows
    /// is no longer what it was.
    pub again: Vec<&'static str>,
}

/// A pull under way: the source, and who keeps what it brings.
struct Pull<'a> {
    source: &'a mut dyn Source,
    keeper: Keeper<'a>,
    /// The parts of streams that are divided by the settings, as far as they were asked for.
    scopes: HashMap<&'static str, Vec<Scope>>,
    /// Streams that were read without trouble.
    sound: HashSet<&'static str>,
    /// Streams of which parts are read from their start although they were read before.
    again: BTreeSet<&'static str>,
    /// What is odd and was gone on with, beside what the source says of its settings.
    notices: Vec<SourceError>,
}

impl<'a> Pull<'a> {
    fn new(source: &'a mut dyn Source, keeper: Keeper<'a>) -> Self {
        Self {
            source,
            keeper,
            scopes: HashMap::new(),
            sound: HashSet::new(),
            again: BTreeSet::new(),
            notices: Vec::new(),
        }
    }
}

/// Keeps what a source brings.
struct Keeper<'a> {
    store: &'a mut dyn Store,
    /// Opened once: opening one costs more than asking it.
    reader: Box<dyn Reader>,
    /// Name of the source.
    name: String,
    /// Its streams.
    streams: &'static [&'static Stream],
    wanted: &'a Wanted,
    clock: &'a dyn Clock,
    watch: &'a dyn Watch,
    run: Run,
    requests: u64,
    /// Pages of the stream so far.
    pages: u64,
    quota_left: Option<u64>,
    /// Number of the run among those of the source.
    nth: i64,
}

/// Why a stream or a part ends early.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    /// The store; nothing else makes sense.
    #[error(transparent)]
    Pump(#[from] PumpError),
    /// The source.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Somebody asked to stop.
    #[error("stopped")]
    Stopped,
}

impl From<qaduct_records::StoreError> for Trouble {
    fn from(error: qaduct_records::StoreError) -> Self {
        Self::Pump(error.into())
    }
}

/// Pulls a source into a store.
///
/// # Errors
/// When the store fails. What the source does wrong is in [`Pulled`].
pub fn pull(
    store: &mut dyn Store,
    source: &mut dyn Source,
    wanted: &Wanted,
    ledger: &Ledger,
    clock: &dyn Clock,
    watch: &dyn Watch,
) -> Result<Pulled, PumpError> {
    let name = source.name().to_owned();
    let run = ledger.row(clock, Outcome::Running);
    let keeper = Keeper {
        reader: store.reader()?,
        store,
        name,
        streams: source.streams(),
        wanted,
        clock,
        watch,
        run,
        requests: 0,
        pages: 0,
        quota_left: None,
        nth: 0,
    };
    let mut pull = Pull::new(source, keeper);
    pull.keeper.enter()?;
    let mut streams = Vec::new();
    let mut errors = Vec::new();
    let mut unreached = Vec::new();
    let mut reached = true;
    let asked = pull.streams(&mut errors);
    let is_named = |it: &&str| wanted.streams.is_empty() || wanted.streams.iter().any(|n| n == it);
    let needed = asked
        .iter()
        .map(|it| it.name)
        .filter(|it| !is_named(it))
        .collect();
    for stream in asked {
        if !reached {
            unreached.push(stream.name);
            continue;
        }
        let mut row = pull.keeper.row(stream);
        pull.keeper.pages = 0;
        reached = pull.stream(stream, &mut row, &mut errors)?;
        if matches!(row.outcome, Outcome::Failed | Outcome::Running) && watch.stopped() {
            row.outcome = Outcome::Interrupted;
        }
        row.finished_at = clock.now().max(row.started_at);
        pull.keeper.write_stream(&row)?;
        pull.keeper.tell(Progress {
            ended: true,
            ..Progress::of(&row)
        });
        streams.push(row);
    }
    let outcome = summary(&streams, &errors, wanted);
    pull.keeper.finish(outcome, &errors, &unreached)?;
    Ok(Pulled {
        notices: [pull.source.notices(), pull.notices].concat(),
        run: pull.keeper.run,
        streams,
        errors,
        unreached,
        needed,
        again: pull.again.into_iter().collect(),
    })
}

/// How the run ended, from how its streams did.
fn summary(streams: &[StreamRun], errors: &[SourceError], wanted: &Wanted) -> Outcome {
    let all = |outcome| streams.iter().all(|it| it.outcome == outcome);
    if all(Outcome::Interrupted) && !streams.is_empty() {
        return Outcome::Interrupted;
    }
    if !errors.is_empty() && all(Outcome::Failed) {
        return Outcome::Failed;
    }
    let bad = |it: &StreamRun| {
        matches!(
            it.outcome,
            Outcome::Incomplete | Outcome::Failed | Outcome::Interrupted
        )
    };
    if !errors.is_empty() || streams.iter().any(bad) {
        return Outcome::Incomplete;
    }
    if wanted.is_limited() {
        return Outcome::Limited;
    }
    if all(Outcome::Unchanged) {
        return Outcome::Unchanged;
    }
    Outcome::Complete
}

impl Pull<'_> {
    /// Pulls one stream; false when the source is no longer worth asking.
    fn stream(
        &mut self,
        stream: &'static Stream,
        row: &mut StreamRun,
        errors: &mut Vec<SourceError>,
    ) -> Result<bool, PumpError> {
        let mut troubles: Vec<String> = Vec::new();
        // What is left may be of another count than that of this stream.
        self.keeper.quota_left = None;
        let parts = match self.parts(stream) {
            Ok(parts) => parts,
            Err(Trouble::Pump(error)) => return Err(error),
            Err(Trouble::Source(error)) => {
                row.outcome = Outcome::Failed;
                row.error = Some(error.to_string());
                let local = error.is_local() || error.kind == Failure::Config;
                errors.push(error);
                return Ok(local);
            }
            Err(Trouble::Stopped) => return Ok(false),
        };
        let (mut read, mut reached) = (0, true);
        for (n, part) in parts.iter().enumerate() {
            self.keeper.tell(Progress {
                part: &part.scope.name,
                nth: n + 1,
                parts: parts.len(),
                ..Progress::of(row)
            });
            let ended = if self.keeper.watch.stopped() {
                Err(Trouble::Stopped)
            } else {
                self.part_unless_gone(stream, part, row, (n + 1, parts.len()))
            };
            match ended {
                Ok(part::Ended { incomplete }) => {
                    read += 1;
                    troubles.extend(incomplete);
                }
                Err(Trouble::Pump(error)) => {
                    row.outcome = Outcome::Failed;
                    row.error = Some(error.to_string());
                    self.keeper.write_stream(row)?;
                    return Err(error);
                }
                Err(Trouble::Stopped) => {
                    troubles.push("stopped before the end".to_owned());
                    reached = false;
                }
                Err(Trouble::Source(error)) => {
                    troubles.push(error.to_string());
                    reached = error.is_local();
                    errors.push(error);
                }
            }
            if !reached {
                break;
            }
            if self
                .keeper
                .wanted
                .limit
                .is_some_and(|limit| row.rows_read >= number(limit))
            {
                break;
            }
        }
        if troubles.is_empty() {
            // A part that cannot be had now may have another name then.
            self.keeper.set_aside(stream, &parts)?;
        }
        match self.after(stream, reached, row) {
            Ok(lack) => troubles.extend(lack),
            Err(Trouble::Pump(error)) => return Err(error),
            Err(trouble) => troubles.push(trouble.to_string()),
        }
        row.parts = number(read);
        row.outcome = if !troubles.is_empty() && row.rows_read == 0 && read == 0 {
            Outcome::Failed
        } else if !troubles.is_empty() {
            Outcome::Incomplete
        } else if self.keeper.wanted.is_limited() {
            Outcome::Limited
        } else if row.rows_inserted + row.rows_updated + row.rows_gone == 0 {
            Outcome::Unchanged
        } else {
            Outcome::Complete
        };
        row.error = (!troubles.is_empty()).then(|| troubles.join("\n"));
        if troubles.is_empty() && self.keeper.wanted.limit.is_none() {
            self.sound.insert(stream.name);
        }
        Ok(reached)
    }

    /// After the parts of a stream: ends those of the past; why some may be unknown.
    fn after(
        &mut self,
        stream: &'static Stream,
        reached: bool,
        row: &mut StreamRun,
    ) -> Result<Option<String>, Trouble> {
        if self.keeper.wanted.is_aside() {
            return Ok(None);
        }
        if reached && !self.keeper.wanted.narrowed {
            self.retire(stream, row)?;
        }
        if self.source.is_of_hidden_people(stream) {
            self.keeper.forget_gone(stream)?;
        }
        self.lacks(stream)
    }
}

impl Keeper<'_> {
    fn row(&self, stream: &Stream) -> StreamRun {
        let now = self.clock.now();
        StreamRun {
            run_id: self.run.run_id.clone(),
            source: self.name.clone(),
            stream: stream.name.to_owned(),
            started_at: now,
            finished_at: now,
            outcome: Outcome::Running,
            parts: 0,
            requests: 0,
            retries: 0,
            rows_read: 0,
            rows_inserted: 0,
            rows_updated: 0,
            rows_gone: 0,
            problems: 0,
            rows_expected: None,
            waited_ms: 0,
            error: None,
            nth: Some(self.nth),
        }
    }

    fn tell(&self, progress: Progress<'_>) {
        self.watch.progress(&Progress {
            pages: self.pages,
            quota_left: self.quota_left,
            ..progress
        });
    }

    /// Transactions of the same source wait for each other.
    fn lock(&self) -> String {
        format!("pull {}", self.name)
    }

    fn write_run(&mut self) -> Result<(), PumpError> {
        let lock = self.lock();
        let mut transaction = self.store.begin(&lock)?;
        transaction.upsert(Run::TABLE, &Run::batch(std::slice::from_ref(&self.run)))?;
        transaction.commit()?;
        Ok(())
    }

    fn write_stream(&mut self, row: &StreamRun) -> Result<(), PumpError> {
        let lock = self.lock();
        let mut transaction = self.store.begin(&lock)?;
        transaction.upsert(
            StreamRun::TABLE,
            &StreamRun::batch(std::slice::from_ref(row)),
        )?;
        transaction.commit()?;
        Ok(())
    }

    /// Requests that other processes have sent to the source in the last minute: all of
    /// them, and those of each resource that it counts apart.
    fn others(
        &mut self,
        resources: Vec<&'static str>,
    ) -> Result<Vec<(&'static str, u32)>, PumpError> {
        let now = self.clock.now();
        let ago = |hours, seconds| {
            let span = SignedDuration::from_hours(hours) + SignedDuration::from_secs(seconds);
            now.checked_sub(span).unwrap_or(Timestamp::MIN)
        };
        // Names of requests begin with the start of their run: the key narrows the
        // question to the runs of a day.
        let first = format!("{:016x}", ago(24, 0).as_microsecond());
        let table = Request::TABLE;
        let mut query = Query::of(table.name, table.columns)
            .filter("request_id", Test::AtLeast(first.as_str().into()))
            .filter(SOURCE, Test::In(vec![self.name.as_str().into()]))
            .filter("at", Test::AtLeast(Value::Timestamp(ago(0, 60))))
            .filter("run_id", Test::NotIn(vec![self.run.run_id.as_str().into()]));
        if resources.is_empty() {
            let count = self.reader.count(&query)?;
            return Ok(vec![("", u32::try_from(count).unwrap_or(u32::MAX))]);
        }
        query.columns.retain(|it| it.name == "resource");
        let rows = self.reader.query(&query)?;
        let sent = values_of(&rows, "resource").map_err(mark::unfit(table.name))?;
        let of = |name: &str| sent.iter().filter(|it| **it == Value::from(name)).count();
        let counts = resources.into_iter().map(|name| (name, of(name)));
        let counts = std::iter::once(("", sent.len())).chain(counts);
        let few =
            |(name, count): (&'static str, usize)| (name, u32::try_from(count).unwrap_or(u32::MAX));
        Ok(counts.map(few).collect())
    }

    fn finish(
        &mut self,
        outcome: Outcome,
        errors: &[SourceError],
        unreached: &[&str],
    ) -> Result<(), PumpError> {
        let mut troubles: Vec<_> = errors.iter().map(ToString::to_string).collect();
        if !unreached.is_empty() {
            troubles.push(format!("not asked for: {}", unreached.join(", ")));
        }
        self.run.outcome = outcome;
        self.run.error = (!troubles.is_empty()).then(|| troubles.join("\n"));
        self.run.finished_at = self.clock.now().max(self.run.started_at);
        self.run.duration_ms =
            self.run.finished_at.as_millisecond() - self.run.started_at.as_millisecond();
        self.write_run()
    }
}

/// Counts are far below 2^63.
pub(crate) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

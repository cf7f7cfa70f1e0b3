//! What a pull would ask, before it asks. Writes nothing.
//!
//! A stream that is divided by the settings is counted by its service, where that
//! can count; what cannot be counted, or would take a question for each of
//! thousands of parts, is reckoned from the last runs.

use qaduct_records::pull::StreamRun;
use qaduct_records::source::{Budget, Reading, Source, SourceError};
use qaduct_records::stream::{Parts, SOURCE, Stream};
use qaduct_records::{Clock, Direction, Outcome, Query, Row, Store, Test};

use super::mark::unfit;
use super::{Keeper, Pull, Trouble, Wanted, Watch};
use crate::{Ledger, PumpError};

/// How many runs are looked at.
const RUNS: u64 = 5;

/// What a stream would cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The stream.
    pub stream: &'static str,
    /// Parts that are to be read; `None` where the stream they come from was never pulled.
    pub parts: Option<u64>,
    /// Rows, where they could be counted.
    pub rows: Option<u64>,
    /// Requests; `None` where nothing is known.
    pub requests: Option<u64>,
    /// What a request took in the last runs, waiting included, in milliseconds.
    pub request_ms: Option<u64>,
    /// How the requests are known.
    pub basis: Basis,
    /// The stream whose rows are its parts, where that one was never pulled.
    pub behind: Option<&'static str>,
    /// What the requests are counted as.
    pub budget: Budget,
}

/// How a number of requests is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The service has counted.
    Counted,
    /// From the last runs.
    LastRuns,
    /// So many at least: one for each part, or for what it hangs on.
    AtLeast,
    /// Not at all.
    Unknown,
    /// The settings leave the stream off; nothing would be asked.
    Off,
}

/// What a pull would cost, stream by stream, and what could not be asked.
///
/// # Errors
/// When the store fails.
pub fn plan(
    store: &mut dyn Store,
    source: &mut dyn Source,
    wanted: &Wanted,
    ledger: &Ledger,
    clock: &dyn Clock,
    watch: &dyn Watch,
) -> Result<(Vec<Planned>, Vec<SourceError>), PumpError> {
    let keeper = Keeper {
        reader: store.reader()?,
        store,
        name: source.name().to_owned(),
        streams: source.streams(),
        wanted,
        clock,
        watch,
        run: ledger.row(clock, Outcome::Running),
        requests: 0,
        pages: 0,
        quota_left: None,
        nth: 0,
    };
    let mut pull = Pull::new(source, keeper);
    let (mut planned, mut errors) = (Vec::new(), Vec::new());
    for stream in pull.streams(&mut errors) {
        if watch.stopped() {
            break;
        }
        match pull.planned(stream, &planned) {
            Ok(it) => planned.push(it),
            Err(Trouble::Pump(error)) => return Err(error),
            Err(Trouble::Stopped) => break,
            Err(Trouble::Source(error)) => {
                let local = error.is_local();
                errors.push(error);
                if !local {
                    break;
                }
            }
        }
    }
    Ok((planned, errors))
}

impl Pull<'_> {
    /// What a stream would cost, where those before it would cost that much.
    fn planned(&mut self, stream: &'static Stream, before: &[Planned]) -> Result<Planned, Trouble> {
        let past = self.keeper.past(stream)?;
        let request_ms = past.iter().find(|it| it.requests > 0).map(|it| {
            let taken = it.finished_at.as_millisecond() - it.started_at.as_millisecond();
            u64::try_from(taken / it.requests).unwrap_or(0)
        });
        let unknown = Planned {
            stream: stream.name,
            parts: None,
            rows: None,
            requests: None,
            request_ms,
            basis: Basis::Unknown,
            behind: None,
            budget: self.source.budget(stream),
        };
        if self.source.off(stream).is_some() {
            return Ok(Planned {
                requests: Some(0),
                basis: Basis::Off,
                ..unknown
            });
        }
        if let Parts::Each { parent, .. } = stream.parts
            && !self.keeper.is_known(self.source, parent)?
        {
            let rows = self.will_be_parts(stream, before);
            return Ok(Planned {
                parts: rows,
                requests: rows,
                basis: rows.map_or(Basis::Unknown, |_| Basis::AtLeast),
                behind: Some(parent),
                ..unknown
            });
        }
        let parts = self.parts(stream)?;
        let count = parts.len() as u64;
        let mut least = count;
        if matches!(stream.parts, Parts::Scopes) {
            let (mut rows, mut requests) = (Some(0), 0);
            for part in &parts {
                let state = self.keeper.begin(stream, part);
                let reading = Reading {
                    scope: part.scope.clone(),
                    lower: state.lower,
                    upper: state.upper.unwrap_or(self.keeper.run.started_at),
                    position: None,
                    validator: None,
                };
                let prediction = self.source.predict(stream, &reading)?;
                rows = rows.zip(prediction.rows).map(|(all, it)| all + it);
                let Some(of_them) = prediction.requests else {
                    rows = None;
                    break;
                };
                requests += of_them;
            }
            least = least.max(requests);
            if rows.is_some() {
                return Ok(Planned {
                    parts: Some(count),
                    rows,
                    requests: Some(requests),
                    basis: Basis::Counted,
                    ..unknown
                });
            }
        }
        // Everything is as much as it was when it was most.
        let alike = if self.keeper.wanted.full {
            past.iter().max_by_key(|it| it.requests)
        } else {
            past.first()
        };
        let (requests, basis) = match alike.filter(|it| it.parts > 0) {
            Some(run) => {
                let known = |it: i64| u64::try_from(it).unwrap_or(0);
                let requests = (known(run.requests) * count).div_ceil(known(run.parts).max(1));
                (requests.max(count), Basis::LastRuns)
            }
            None => (least, Basis::AtLeast),
        };
        Ok(Planned {
            parts: Some(count),
            requests: Some(requests),
            basis,
            ..unknown
        })
    }
}

impl Pull<'_> {
    /// The parts that a stream will have when all rows are there that were counted of the
    /// stream it hangs on; `None` where not each of them is one.
    fn will_be_parts(&self, stream: &Stream, before: &[Planned]) -> Option<u64> {
        let Parts::Each {
            parent,
            columns,
            only: None,
            ..
        } = stream.parts
        else {
            return None;
        };
        let rows = before.iter().find(|it| it.stream == parent)?.rows?;
        let parent = self.source.streams().iter().find(|it| it.name == parent)?;
        let mut key = parent.table.key.iter().filter(|it| **it != SOURCE);
        let each = key.all(|it| columns.contains(it));
        (each && self.keeper.wanted.limit.is_none()).then_some(rows)
    }
}

impl Keeper<'_> {
    /// The last runs of a stream that read all of it, the newest first.
    fn past(&mut self, stream: &Stream) -> Result<Vec<StreamRun>, PumpError> {
        let whole = [Outcome::Complete, Outcome::Unchanged];
        let mut query = Query::of(StreamRun::TABLE.name, StreamRun::TABLE.columns)
            .filter(SOURCE, Test::In(vec![self.name.as_str().into()]))
            .filter("stream", Test::In(vec![stream.name.into()]))
            .filter(
                "outcome",
                Test::In(whole.map(|it| it.as_str().into()).to_vec()),
            )
            .order_by("run_id", Direction::Down);
        query.limit = Some(RUNS);
        let rows = self.store.reader()?.query(&query)?;
        StreamRun::rows(&rows).map_err(unfit(StreamRun::TABLE.name))
    }

    /// Whether the stream of that name was ever pulled, so that its rows are parts.
    fn is_known(&mut self, source: &dyn Source, parent: &str) -> Result<bool, PumpError> {
        match source.streams().iter().find(|it| it.name == parent) {
            Some(parent) => Ok(!self.past(parent)?.is_empty()),
            None => Ok(false),
        }
    }
}

//! What a pull would cost: `qaduct pull --dry-run`. Nothing is written.

use std::time::Instant;

use qaduct_pump::Ledger;
use qaduct_pump::pull::{Basis, Planned, Progress, Wanted, Watch, plan};
use qaduct_records::source::{Budget, Probe, Source, SourceError};
use qaduct_records::{Clock, Store};

use crate::error::CommandError;
use crate::stop::Stop;

/// What the pull of a source would cost.
pub struct Plan {
    /// Name of the source.
    pub source: String,
    /// Its streams.
    pub streams: Vec<Planned>,
    /// What could not be asked.
    pub errors: Vec<SourceError>,
    /// What is odd about its settings and was gone on with.
    pub notices: Vec<SourceError>,
    /// Who we are to it, and what is left; `None` where it does not answer.
    pub probe: Option<Probe>,
    /// What a request takes now, in milliseconds.
    ms: f64,
}

/// What a plan takes of one of the counts that a service keeps.
pub struct Share {
    /// Its word for it; empty where it counts all requests together.
    pub resource: &'static str,
    /// Requests, as far as something is known.
    pub requests: u64,
    /// Requests that are left, where it says so.
    pub left: Option<u64>,
    /// Requests a minute that the declared limit allows.
    pub pace: Option<f64>,
}

impl Share {
    /// The share of what is left.
    #[must_use]
    pub fn of_left(&self) -> Option<f64> {
        Some(self.requests as f64 / self.left?.max(1) as f64)
    }
}

/// Nobody watches a plan being made, but it can be stopped.
struct Unwatched<'a>(&'a Stop);

impl Watch for Unwatched<'_> {
    fn progress(&self, _: &Progress<'_>) {}

    fn stopped(&self) -> bool {
        self.0.requested().is_some()
    }
}

/// Plans the pull of a source.
///
/// # Errors
/// When the store fails. What the source does wrong is in the plan.
pub fn plan_one(
    store: &mut dyn Store,
    source: &mut dyn Source,
    wanted: &Wanted,
    clock: &dyn Clock,
    stop: &Stop,
) -> Result<Plan, CommandError> {
    let name = source.name().to_owned();
    let ledger = Ledger {
        command: "pull",
        subject: name.clone(),
        started_at: clock.now(),
        version: env!("CARGO_PKG_VERSION"),
        salt: std::process::id().into(),
    };
    let began = Instant::now();
    let probe = match source.probe() {
        Ok(probe) => probe,
        Err(error) => {
            return Ok(Plan {
                source: name,
                streams: Vec::new(),
                errors: vec![error],
                notices: source.notices(),
                probe: None,
                ms: 0.0,
            });
        }
    };
    let ms = began.elapsed().as_secs_f64() * 1_000.0;
    let (streams, errors) = plan(store, source, wanted, &ledger, clock, &Unwatched(stop))?;
    Ok(Plan {
        source: name,
        streams,
        errors,
        notices: source.notices(),
        probe: Some(probe),
        ms,
    })
}

impl Plan {
    /// Requests of all streams of which something is known.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.streams.iter().filter_map(|it| it.requests).sum()
    }

    /// Whether something is known of all streams.
    #[must_use]
    pub fn is_known(&self) -> bool {
        let known = |it: &Planned| !matches!(it.basis, Basis::Unknown | Basis::AtLeast);
        self.streams.iter().all(known)
    }

    /// What its requests are counted as, in the order of the streams.
    #[must_use]
    pub fn shares(&self) -> Vec<Share> {
        let mut shares: Vec<Share> = Vec::new();
        for planned in &self.streams {
            let Budget { resource, pace } = planned.budget;
            let requests = planned.requests.unwrap_or(0);
            match shares.iter_mut().find(|it| it.resource == resource) {
                Some(share) => share.requests += requests,
                None => shares.push(Share {
                    resource,
                    requests,
                    left: self.left(resource),
                    pace,
                }),
            }
        }
        shares
    }

    fn left(&self, resource: &str) -> Option<u64> {
        let probe = self.probe.as_ref()?;
        let mut resources = probe.resources.iter();
        let found = resources.find(|it| it.resource == resource);
        found.map(|it| it.left).or(match resource {
            "" => probe.quota_left,
            _ => None,
        })
    }

    /// How long a stream would take.
    #[must_use]
    pub fn seconds_of(&self, planned: &Planned) -> Option<f64> {
        let requests = planned.requests? as f64;
        let ms = planned.request_ms.map_or(self.ms, |it| it as f64);
        let alone = requests * ms / 1_000.0;
        let pace = planned.budget.pace;
        let limited = pace.map_or(0.0, |pace| requests / pace * 60.0);
        Some(alone.max(limited))
    }

    /// How long all of it would take, as far as something is known.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        let known: Vec<f64> = self
            .streams
            .iter()
            .filter_map(|it| self.seconds_of(it))
            .collect();
        (!known.is_empty()).then(|| known.iter().sum())
    }
}

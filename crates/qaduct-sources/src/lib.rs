//! Reads the services: one folder for each, and [`KINDS`], the list of them.
//!
//! A service declares its streams: the contract of each, how it is asked for and
//! where the values of its columns stand. What all services have in common is
//! here once:
//!
//! * [`field`], [`rows`], [`people`]: from a record to a row.
//! * [`listing`]: from page to page.
//! * [`mod@rest`], [`poll`]: from that to a [`Source`].
//!
//! Reads services through `qaduct-http`; writes nothing, knows no store, no
//! environment and no configuration file.

pub mod bitrise;
pub mod bugzilla;
pub mod calendar;
pub mod choice;
pub mod confluence;
pub mod error;
pub mod field;
pub mod github;
mod inside;
pub mod jira;
pub mod listing;
pub mod looker;
mod newest;
pub mod pages;
pub mod people;
pub mod poll;
mod populated;
pub mod rest;
pub mod rows;
pub mod sentry;
pub mod setup;
mod shape;
pub mod taskcluster;
pub mod testrail;
mod validator;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use qaduct_http::{Client, Sleep};
use qaduct_records::source::{Failure, Source, SourceError};
use qaduct_records::{Clock, Table};

pub use people::People;
pub use rest::{Kind, Rest};
pub use setup::{Patience, Setup, address};

/// All kinds of services.
pub static KINDS: &[&Kind] = &[
    &bitrise::BITRISE,
    &bugzilla::BUGZILLA,
    &confluence::CLOUD,
    &confluence::DATACENTER,
    &github::GITHUB,
    &jira::CLOUD,
    &jira::DATACENTER,
    &looker::LOOKER,
    &sentry::SENTRY,
    &taskcluster::TASKCLUSTER,
    &testrail::TESTRAIL,
];

/// The tables of all kinds of services.
#[must_use]
pub fn tables() -> Vec<&'static Table> {
    let streams = KINDS.iter().flat_map(|kind| kind.contracts);
    let mut tables: Vec<&Table> = streams
        .flat_map(|it| std::iter::once(it.table).chain(it.nested.iter().copied()))
        .collect();
    tables.sort_by_key(|it| it.name);
    tables.dedup_by_key(|it| it.name);
    tables
}

/// The kind of that word. An edition whose streams promise something else is a kind of
/// its own.
#[must_use]
pub fn kind(word: &str, options: &BTreeMap<String, String>) -> Option<&'static Kind> {
    let named = |name: &str| KINDS.iter().copied().find(|it| it.name == name);
    let edition = options.get("edition").map(|it| format!("{word}-{it}"));
    edition.as_deref().and_then(named).or_else(|| named(word))
}

/// Opens a source; asks nothing yet.
///
/// # Errors
/// When the kind is unknown or the setup lacks what it needs.
pub fn open(
    setup: Setup,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
) -> Result<Box<dyn Source>, SourceError> {
    open_patiently(setup, Patience::default(), clock, sleep)
}

/// The same with a patience of the user's.
///
/// # Errors
/// As [`open`].
pub fn open_patiently(
    setup: Setup,
    patience: Patience,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
) -> Result<Box<dyn Source>, SourceError> {
    Ok(Box::new(rest(setup, patience, clock, sleep)?))
}

fn rest(
    setup: Setup,
    patience: Patience,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
) -> Result<Rest, SourceError> {
    let (kind, client) = connect(&setup, patience, clock, sleep)?;
    Ok(Rest {
        kind,
        setup,
        client: Arc::new(client),
        known: OnceLock::new(),
        filters: Mutex::default(),
        notices: Mutex::default(),
        refused: Mutex::default(),
    })
}

/// The client of a source, for whoever writes to its service instead of reading it; asks
/// nothing yet.
///
/// # Errors
/// As [`open`].
pub fn connect(
    setup: &Setup,
    patience: Patience,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
) -> Result<(&'static Kind, Client), SourceError> {
    let Some(kind) = kind(&setup.kind, &setup.options) else {
        let known: Vec<_> = KINDS.iter().map(|it| it.name).collect();
        return Err(SourceError::new(
            Failure::Config,
            format!("[source.{}]", setup.name),
            format!("there is no kind `{}`", setup.kind),
        )
        .hint(format!("kinds are {}", known.join(", "))));
    };
    choice::check(kind, setup)?;
    let mut settings = (kind.connect)(setup)?;
    settings.attempts = patience.attempts.unwrap_or(settings.attempts);
    settings.timeout = patience.timeout.unwrap_or(settings.timeout);
    settings.deadline = patience.deadline.unwrap_or(settings.deadline);
    let client =
        Client::new(settings, clock, sleep).map_err(|it| error::config(&setup.name, it.trouble))?;
    // A service repeats in its messages whom it was asked about.
    let people = setup.people.clone();
    let client = client
        .with_refusals(kind.refusals)
        .concealing(move |text| people.text(text).into_owned());
    Ok((kind, client))
}

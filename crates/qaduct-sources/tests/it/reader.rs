//! Reads a source as a pull would: its streams in order, their parts, page by page.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use qaduct_http::Sleep;
use qaduct_records::source::{Failure, Reading, Scope, Source, SourceError};
use qaduct_records::stream::{Parts, Stream};
use qaduct_records::{Clock, Secret, Value};
use qaduct_replay::{Fault, Options, Server, World};
use qaduct_sources::{People, Setup};

use crate::shelf::Shelf;

/// The credential; nothing that is kept may hold it.
pub(crate) const TOKEN: &str = "planted-token-4711";

/// Time that passes only while somebody waits.
pub(crate) struct Still(Mutex<Timestamp>);

impl Still {
    /// Time that begins then.
    pub(crate) fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }
}

impl Clock for Still {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Sleep for Still {
    fn sleep(&self, time: Duration) -> bool {
        *self.0.lock().unwrap() += time;
        true
    }
}

/// A server with these faults: `429+1@3`, `cut@get_cases:2`.
pub(crate) fn serve(world: World, faults: &[&str]) -> Server {
    let faults = faults
        .iter()
        .map(|it| it.parse::<Fault>().unwrap())
        .collect();
    let options = Options {
        faults,
        credentials: vec![TOKEN.to_owned()],
        drip: Duration::ZERO,
        ..Options::default()
    };
    Server::start(world, options).unwrap()
}

/// The settings of a source that reads a service of the server.
pub(crate) fn setup(server: &Server, kind: &str, service: &str) -> Setup {
    Setup {
        name: "tools".to_owned(),
        kind: kind.to_owned(),
        url: Some(server.url(service)),
        user: Some("ada@example.org".to_owned()),
        token: Some(Secret::new(TOKEN)),
        projects: Vec::new(),
        queries: [].into(),
        fields: [].into(),
        options: [].into(),
        people: People::Keep,
        reserve: 0.0,
        requests_per_minute: None,
        now: server.world().now(),
    }
}

/// Opens a source.
pub(crate) fn open(setup: Setup) -> Box<dyn Source> {
    let clock = Arc::new(Still::at(setup.now));
    qaduct_sources::open(setup, Arc::clone(&clock) as _, clock).unwrap()
}

/// The stream of that name.
pub(crate) fn stream(source: &dyn Source, name: &str) -> &'static Stream {
    let found = source.streams().iter().find(|it| it.name == name);
    found.unwrap_or_else(|| panic!("there is no stream {name}"))
}

/// The parts of a stream, as its contract says.
pub(crate) fn parts(source: &mut dyn Source, stream: &'static Stream, shelf: &Shelf) -> Vec<Scope> {
    match stream.parts {
        Parts::Scopes => source.scopes(stream).unwrap(),
        Parts::Each {
            parent,
            columns,
            only,
            ..
        } => {
            let parent = self::stream(source, parent).table.name;
            let rows = shelf.rows(parent);
            let living = rows.into_iter().filter(|it| !it.contains_key("_gone"));
            living
                .filter(|row| {
                    only.is_none_or(|(column, words)| {
                        let value = row.get(column).map(ToString::to_string);
                        value.is_some_and(|it| words.contains(&it.as_str()))
                    })
                })
                .map(|row| {
                    let value = |it: &str| row.get(it).cloned().unwrap_or(Value::Null);
                    Scope::of(columns.iter().map(|it| (*it, value(it))))
                })
                .collect()
        }
    }
}

/// What is to be read of a part.
pub(crate) fn reading(scope: Scope, lower: Option<Timestamp>, upper: Timestamp) -> Reading {
    Reading {
        scope,
        lower,
        upper,
        position: None,
        validator: None,
    }
}

/// Reads a part to its end; gives the positions after its pages.
pub(crate) fn read(
    source: &mut dyn Source,
    stream: &'static Stream,
    reading: &Reading,
    shelf: &mut Shelf,
) -> Result<Vec<Option<String>>, SourceError> {
    let mut pages = source.read(stream, reading)?;
    let mut positions = Vec::new();
    let mut expected = None;
    let mut seen = BTreeSet::new();
    while let Some(page) = pages.next()? {
        let mut alone = Shelf::default();
        alone.keep(stream.table, &page);
        seen.extend(alone.keys(stream.table.name));
        expected = page.expected.or(expected);
        shelf.keep(stream.table, &page);
        positions.push(page.position);
        assert!(positions.len() < 10_000, "it never ends");
    }
    if let Some(expected) = expected
        && reading.position.is_none()
    {
        assert_eq!(seen.len() as u64, expected, "the count of the service");
    }
    Ok(positions)
}

/// Reads all streams of a source.
pub(crate) fn read_all(source: &mut dyn Source, now: Timestamp) -> Shelf {
    read_some(source, now, &[])
}

/// Reads streams of a source; without names, all that the settings do not leave off.
pub(crate) fn read_some(source: &mut dyn Source, now: Timestamp, names: &[&str]) -> Shelf {
    let mut shelf = Shelf::default();
    for stream in source.streams() {
        let is_wanted = match names {
            [] => source.off(stream).is_none(),
            names => names.contains(&stream.name),
        };
        if !is_wanted {
            continue;
        }
        for scope in parts(source, stream, &shelf) {
            let reading = reading(scope, None, now);
            match read(source, stream, &reading, &mut shelf) {
                // What went after it was listed; its part fails alone.
                Err(error) if error.kind == Failure::Missing => {
                    shelf.incomplete.push(error.to_string());
                }
                ended => {
                    ended.unwrap();
                }
            }
        }
    }
    shelf
}

/// Asks for rows by key and keeps them.
pub(crate) fn poll(
    source: &mut dyn Source,
    stream: &'static Stream,
    scope: &Scope,
    keys: Vec<Vec<Value>>,
    shelf: &mut Shelf,
) {
    let mut pages = source.poll(stream, scope, keys).unwrap();
    while let Some(page) = pages.next().unwrap() {
        shelf.keep(stream.table, &page);
    }
}

/// Nothing that a person may see holds the credential.
pub(crate) fn assert_no_secret(shelf: &Shelf, server: &Server) {
    let kept = format!("{} {:?} {:?}", shelf.dump(), shelf.urls, server.log());
    assert!(!kept.contains(TOKEN), "the credential is somewhere");
    assert_eq!(server.violations(), Vec::<String>::new());
}

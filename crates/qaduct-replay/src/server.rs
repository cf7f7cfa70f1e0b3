//! The server: one thread for each connection, one answer after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use jiff::Timestamp;

use crate::answer::Answer;
use crate::control::{self, Control};
use crate::inject::{self, Wire};
use crate::jira::zones;
use crate::limits::Limits;
use crate::log::{Counters, Seen};
use crate::request::Request;
use crate::service::{self, Context, Service};
use crate::{Fault, Kind, Options, World};

/// A server that stands in for the services. It stops when it is dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

/// A server that cannot be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The port is taken.
    #[error("cannot listen on 127.0.0.1:{port}: {cause}")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        cause: io::Error,
    },
    /// The time zone of the user is none that is known.
    #[error("`{name}` is no time zone that is served; known are {known}")]
    Zone {
        /// What was asked for.
        name: String,
        /// The zones there are.
        known: String,
    },
}

struct Shared {
    options: Options,
    world: Mutex<World>,
    state: Mutex<State>,
    open: Mutex<BTreeMap<u64, TcpStream>>,
    stop: AtomicBool,
}

#[derive(Default)]
struct State {
    seen: Vec<Seen>,
    violations: Vec<String>,
    counters: Counters,
    limits: Limits,
    faults: Vec<(Fault, u64)>,
    /// The last page of each list, for a page that is served once more, and the questions
    /// of the reading that it is of.
    pages: BTreeMap<String, (BTreeSet<String>, Answer)>,
}

/// A lock that outlives a thread that panicked: what a test asserts matters more.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    /// Starts to serve a world on the loopback.
    ///
    /// # Errors
    /// When the port is taken or the time zone is not known.
    pub fn start(mut world: World, options: Options) -> Result<Self, ReplayError> {
        if zones::zone(&options.time_zone).is_none() {
            return Err(ReplayError::Zone {
                name: options.time_zone,
                known: zones::names(),
            });
        }
        if let Some(clock) = &options.clock {
            world.bring_to(clock());
        }
        let error = |cause| ReplayError::Listen {
            port: options.port,
            cause,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).map_err(error)?;
        let address = listener.local_addr().map_err(error)?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                faults: counted(&options.faults),
                ..State::default()
            }),
            options,
            world: Mutex::new(world),
            open: Mutex::default(),
            stop: AtomicBool::new(false),
        });
        let accepting = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || accept(&listener, &shared))
        };
        Ok(Self {
            address,
            shared,
            accepting: Some(accepting),
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of a service, without a slash at its end: `testrail`, `bmo`, `jira`.
    #[must_use]
    pub fn url(&self, service: &str) -> String {
        format!("http://{}/{service}", self.address)
    }

    /// The world it serves. Requests wait while it is held.
    pub fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.shared.world)
    }

    /// Replaces the faults; counting begins anew, and no page was served before.
    pub fn set_faults(&self, faults: &[Fault]) {
        let mut state = lock(&self.shared.state);
        state.faults = counted(faults);
        state.pages.clear();
    }

    /// What was asked so far, oldest first.
    #[must_use]
    pub fn log(&self) -> Vec<Seen> {
        lock(&self.shared.state).seen.clone()
    }

    /// Forgets what was asked, counters and violations included.
    pub fn clear_log(&self) {
        let mut state = lock(&self.shared.state);
        state.seen.clear();
        state.violations.clear();
        state.counters = Counters::default();
    }

    /// Requests that the documentation of the service does not allow.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        lock(&self.shared.state).violations.clone()
    }

    /// Counts of what was asked.
    #[must_use]
    pub fn counters(&self) -> Counters {
        lock(&self.shared.state).counters.clone()
    }

    /// Ids of a collection that were in some answer with status 200.
    #[must_use]
    pub fn served(&self, collection: &str) -> BTreeSet<String> {
        control::shown(collection, &lock(&self.shared.state).seen)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // A connection wakes the thread that waits for one.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.accepting.take() {
            drop(thread.join());
        }
    }
}

fn counted(faults: &[Fault]) -> Vec<(Fault, u64)> {
    faults.iter().map(|it| (it.clone(), 0)).collect()
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut threads = Vec::new();
    for (number, stream) in (0..).zip(listener.incoming()) {
        if shared.stop.load(Ordering::SeqCst) {
            break;
        }
        let Ok(stream) = stream else { continue };
        let Ok(copy) = stream.try_clone() else {
            continue;
        };
        lock(&shared.open).insert(number, copy);
        lock(&shared.state).counters.connections += 1;
        let shared = Arc::clone(shared);
        threads.push(thread::spawn(move || {
            // A client that goes away in the middle is no failure of the server.
            drop(converse(&shared, stream));
            lock(&shared.open).remove(&number);
        }));
        threads.retain(|it| !it.is_finished());
    }
    for stream in lock(&shared.open).values() {
        drop(stream.shutdown(Shutdown::Both));
    }
    for thread in threads {
        drop(thread.join());
    }
}

fn converse(shared: &Shared, mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut rest = Vec::new();
    while let Some(request) = Request::read(&mut stream, &mut rest)? {
        let reply = reply(shared, &request);
        let keep = match reply.fault {
            Some(Kind::Reset) => return inject::reset(stream),
            Some(Kind::Silent) => {
                // Until the client gives up or the server stops.
                while stream.read(&mut [0; 1024])? > 0 {}
                return Ok(());
            }
            fault => inject::send(
                &mut stream,
                &Wire {
                    head_only: request.method == "HEAD",
                    gzip: request
                        .header("accept-encoding")
                        .is_some_and(|it| it.contains("gzip")),
                    keep: request.keep,
                    fault,
                    drip: shared.options.drip,
                    date: reply.date,
                    stop: &shared.stop,
                },
                &reply.answer,
            )?,
        };
        if !keep {
            stream.shutdown(Shutdown::Both)?;
            return Ok(());
        }
    }
    Ok(())
}

struct Reply {
    answer: Answer,
    fault: Option<Kind>,
    date: Timestamp,
}

fn reply(shared: &Shared, request: &Request) -> Reply {
    let mut seen = Seen::of(request);
    let mut world = lock(&shared.world);
    let mut state = lock(&shared.state);
    let clock = shared.options.clock.as_ref();
    let now = clock.map_or_else(|| world.now(), |it| it());
    let path = request.path.trim_start_matches('/');
    let (prefix, below) = path.split_once('/').unwrap_or((path, ""));
    if prefix == "replay" {
        let State { seen, limits, .. } = &mut *state;
        let control = Control {
            world: &mut world,
            seen,
            limits,
            now,
        };
        return Reply {
            answer: control.answer(request, below),
            fault: None,
            date: now,
        };
    }

    let fault = pick(&mut state.faults, &request.target);
    let service = service::at(prefix);
    let host = request.header("host").unwrap_or("127.0.0.1").to_owned();
    let State {
        limits, violations, ..
    } = &mut *state;
    let mut answer = match service {
        None => Answer::text(404, "text/plain", "no service has this path\n"),
        Some((name, service)) => {
            let mut request = request.clone();
            request.path = format!("/{below}");
            let base = format!("http://{host}/{name}");
            seen.writes = service.writes(&request);
            let mut context = Context::new(
                &mut world,
                &shared.options,
                limits,
                violations,
                now,
                base,
                name,
            );
            instead(fault.map(|it| it.1), service, &mut context)
                .unwrap_or_else(|| service.answer(&request, &mut context))
        }
    };
    let key = list(request);
    let question = format!("{} {}", seen.target, seen.body);
    // Who asks the same again has begun to read anew.
    if state
        .pages
        .get(&key)
        .is_some_and(|(asked, _)| asked.contains(&question))
    {
        state.pages.remove(&key);
    }
    let page = answer.clone();
    seen.open_to = open_to(&answer, state.pages.get(&key).map(|(_, page)| page));
    let in_vain =
        |(_, kind): &(usize, Kind)| OF_PAGES.contains(kind) && !seen.open_to.contains(kind);
    let fault = fault.filter(|it| !in_vain(it));
    match fault.map(|it| it.1) {
        Some(Kind::Again) => {
            if let Some((_, before)) = state.pages.get(&key) {
                answer = before.clone();
            }
        }
        Some(Kind::Loop) => answer = answer.looping(),
        Some(kind @ (Kind::Move | Kind::Drop)) => {
            if let Some((collection, ids)) = &answer.listed
                && let Some(id) = ids.first()
            {
                match kind {
                    Kind::Move => world.touch(collection, id),
                    _ => world.remove(collection, id),
                }
            }
        }
        _ => {}
    }
    if answer.listed.is_some() {
        let before = state.pages.remove(&key);
        let mut asked = before.map(|(asked, _)| asked).unwrap_or_default();
        asked.insert(question);
        state.pages.insert(key, (asked, page));
    }

    seen.status = answer.status;
    seen.fault = fault.map(|(index, _)| state.faults[index].0.to_string());
    seen.listed = answer
        .listed
        .clone()
        .map(|(name, ids)| (name.to_owned(), ids));
    let nested = answer.nested.iter();
    seen.nested = nested
        .map(|(name, ids)| ((*name).to_owned(), ids.clone()))
        .collect();
    let lost = [
        Kind::Silent,
        Kind::Reset,
        Kind::Cut,
        Kind::CutChunk,
        Kind::CutGzip,
    ];
    if fault.is_some_and(|(_, kind)| lost.contains(&kind)) {
        seen.listed = None;
        seen.nested.clear();
    }
    let counters = &mut state.counters;
    counters.requests += 1;
    counters.writes += u64::from(seen.writes);
    counters.faults += u64::from(fault.is_some());
    *counters.by_service.entry(prefix.to_owned()).or_default() += 1;
    state.seen.push(seen);
    Reply {
        answer,
        fault: fault.map(|it| it.1),
        date: now,
    }
}

/// Faults that need a page to work on.
const OF_PAGES: [Kind; 4] = [Kind::Again, Kind::Loop, Kind::Move, Kind::Drop];

/// Which of them would change something at this answer, or behind it.
fn open_to(answer: &Answer, before: Option<&Answer>) -> Vec<Kind> {
    let first = answer.listed.as_ref();
    let first = first.filter(|(_, ids)| !ids.is_empty());
    let mut kinds = OF_PAGES.to_vec();
    kinds.retain(|kind| match kind {
        Kind::Again => before.is_some_and(|it| it.bytes() != answer.bytes()),
        Kind::Loop => answer.here.is_some(),
        Kind::Move => first.is_some_and(|(collection, _)| World::tells_changes(collection)),
        // What was deleted does not come back.
        _ => first.is_some_and(|(collection, _)| *collection != "jira.deleted_worklogs"),
    });
    kinds
}

/// What tells one page of a list from another.
const PLACES: [&str; 7] = [
    "offset",
    "page",
    "startAt",
    "nextPageToken",
    "last_change_time",
    "cursor",
    "next",
];

/// The list of which a request asks for a page: all that it says but which page.
fn list(request: &Request) -> String {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let is_asked = |it: &&str| !PLACES.contains(&it.split('=').next().unwrap_or_default());
    let mut list = vec![request.method.as_str(), path];
    list.extend(query.split('&').filter(is_asked));
    let mut body = request.json().unwrap_or_default();
    if let Some(body) = body.as_object_mut() {
        body.retain(|name, _| !PLACES.contains(&name.as_str()));
    }
    format!("{} {body}", list.join("&"))
}

/// Counts a request for each fault and picks the first that comes now.
fn pick(faults: &mut [(Fault, u64)], target: &str) -> Option<(usize, Kind)> {
    let mut picked = None;
    for (index, (fault, hits)) in faults.iter_mut().enumerate() {
        if target.contains(&fault.when.pattern) {
            *hits += 1;
            if picked.is_none() && fault.when.which.holds(*hits) {
                picked = Some((index, fault.kind));
            }
        }
    }
    picked
}

/// The answer of a fault that comes instead of the service's own.
fn instead(
    fault: Option<Kind>,
    service: &dyn Service,
    context: &mut Context<'_>,
) -> Option<Answer> {
    Some(match fault? {
        Kind::Status(status, wait) => {
            let answer = service.refuse(status, inject::reason(status));
            match wait {
                Some(wait) => answer.with("Retry-After", wait),
                None => answer,
            }
        }
        Kind::Secondary => service
            .refuse(403, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.")
            .with("X-RateLimit-Limit", context.options.github_per_hour)
            .with("X-RateLimit-Remaining", context.options.github_per_hour / 2)
            .with("X-RateLimit-Reset", context.now.as_second() + 1800),
        Kind::Html => Answer::text(
            200,
            "text/html; charset=utf-8",
            "<!DOCTYPE html>\n<html><head><title>Maintenance</title></head>\
             <body><h1>We will be back soon</h1></body></html>\n",
        ),
        _ => return None,
    })
}

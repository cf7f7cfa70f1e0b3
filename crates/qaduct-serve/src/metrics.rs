//! `/metrics`: numbers about the data and about the server, as `OpenMetrics` text
//! for those who ask for it, else as the older text of Prometheus.
//!
//! No label holds the name of a test: labels have few values on purpose.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use qaduct_records::{Branch, Query, Reader, Row as _, Test, Value};

use crate::app::App;
use crate::cache::Stamp;
use crate::catalogue::Resource;
use crate::error::Failure;
use crate::ledger;
use crate::rows::Question;
use crate::since::{self, Since};

const OPENMETRICS: &str = "application/openmetrics-text";
const PLAIN_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Where the numbers about the data are kept.
const CACHE_KEY: &str = "metrics";
const DAY: f64 = 86_400.0;
/// Ages that people act on: a day, a week, the 14 and 90 days of common policies, years.
const AGES: [f64; 9] = [
    DAY,
    7.0 * DAY,
    14.0 * DAY,
    30.0 * DAY,
    90.0 * DAY,
    180.0 * DAY,
    365.0 * DAY,
    730.0 * DAY,
    1825.0 * DAY,
];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Muted {
    repo: String,
    branch: String,
    kind: String,
    has_ticket: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Where {
    repo: String,
    branch: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Stream {
    source: String,
    stream: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let data = data(&app).await;
    let mut text = String::new();
    encode_registry(&mut text, &server(&app, data.is_ok())).map_err(|_| Failure::Internal)?;
    // A page without the data still tells that the store is out of reach.
    text.push_str(&data.unwrap_or_default());
    let mut accepted = headers.get_all(header::ACCEPT).iter();
    let is_open = accepted.any(|it| it.to_str().is_ok_and(|it| it.contains(OPENMETRICS)));
    let (media_type, text) = if is_open {
        encode_eof(&mut text).map_err(|_| Failure::Internal)?;
        (MEDIA_TYPE, text)
    } else {
        (PLAIN_TYPE, plain(&text))
    };
    let vary = (header::VARY, "Accept");
    Ok(([(header::CONTENT_TYPE, media_type), vary], text).into_response())
}

/// The same page in the older format, which knows no units and calls the family
/// of a counter as its samples.
fn plain(page: &str) -> String {
    let counters: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter"))
        .collect();
    let mut plain = String::with_capacity(page.len());
    for line in page.lines().filter(|line| !line.starts_with("# UNIT ")) {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some(keyword), Some(name), Some(rest)) if counters.contains(&name) => {
                plain.extend(["# ", keyword, " ", name, "_total ", rest]);
            }
            _ => plain.push_str(line),
        }
        plain.push('\n');
    }
    plain
}

/// The numbers about the server.
fn server(app: &App, is_reachable: bool) -> Registry {
    let mut registry = Registry::with_prefix("qaduct");
    let build = Family::<Build, Gauge>::default();
    build
        .get_or_create(&Build {
            version: app.version,
        })
        .set(1);
    registry.register("build_info", "Always 1; the version is a label", build);
    let reachable = Gauge::<i64>::default();
    reachable.set(is_reachable.into());
    registry.register(
        "store_reachable",
        "Whether the store could be read for this page",
        reachable,
    );
    registry.register(
        "http_requests",
        "Requests answered",
        app.traffic.requests.clone(),
    );
    registry
}

/// The numbers about the data, written anew when the data or the day has changed.
async fn data(app: &Arc<App>) -> Result<String, Failure> {
    let stamp = Stamp {
        version: app.pool.version().await?,
        day: app.today(),
    };
    if let Some(kept) = app.cache.get(&stamp, CACHE_KEY)
        && let Ok(text) = String::from_utf8(kept.into())
    {
        return Ok(text);
    }
    let mutes = app.catalogue.mutes().map(|it| Question::of(it.query()));
    let scans = app.catalogue.last_success().map(Resource::query);
    let pulls = app.catalogue.source_status().map(Resource::query);
    let now = app.clock.now();
    let text = app
        .pool
        .run(move |reader| {
            let mut registry = Registry::with_prefix("qaduct");
            if let Some(mutes) = mutes {
                muted(&mut registry, &mutes, reader, now)?;
            }
            succeeded(&mut registry, scans, pulls, reader)?;
            scanned(&mut registry, reader)?;
            let mut text = String::new();
            encode_registry(&mut text, &registry).map_err(|_| Failure::Internal)?;
            Ok(text)
        })
        .await?;
    app.cache.put(&stamp, CACHE_KEY, &text.clone().into());
    Ok(text)
}

fn muted(
    registry: &mut Registry,
    mutes: &Question,
    reader: &mut dyn Reader,
    now: Timestamp,
) -> Result<(), Failure> {
    let read = ["repository", "branch", "kind", "ticket", "effective"];
    let piece = mutes.numbers(reader, &[&read[..], &since::COLUMNS].concat())?;
    let [repository, branch, kind, ticket, effective] = piece.named(read)?;
    let since = Since::of(piece.named(since::COLUMNS)?);
    let count = Family::<Muted, Gauge>::default();
    let ages = Family::<Where, Histogram>::new_with_constructor(|| Histogram::new(AGES));
    let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
    // A mark that silences nothing is no mute.
    let rows = piece
        .rows()
        .filter(|row| effective.value(*row) != Value::Bool(false));
    for row in rows {
        let (repo, branch) = (owned(repository.text(row)), owned(branch.text(row)));
        let labels = Muted {
            repo: repo.clone(),
            branch: branch.clone(),
            kind: owned(kind.text(row)),
            has_ticket: ticket.text(row).is_some(),
        };
        count.get_or_create(&labels).inc();
        if let Some(since) = since.at(row) {
            let age = now.duration_since(since).as_secs_f64().max(0.0);
            ages.get_or_create(&Where { repo, branch }).observe(age);
        }
    }
    registry.register("muted_tests", "Mutes on a branch now", count);
    registry.register_with_unit(
        "muted_test_age",
        "Time since a mute was declared, else landed, else was first seen, where known, for the mutes of a branch now",
        Unit::Seconds,
        ages,
    );
    Ok(())
}

fn succeeded(
    registry: &mut Registry,
    scans: Option<Query>,
    pulls: Option<Query>,
    reader: &mut dyn Reader,
) -> Result<(), Failure> {
    let success = Family::<Stream, Gauge<f64, AtomicU64>>::default();
    let tell = |source: String, stream: String, at: Timestamp| {
        let labels = Stream { source, stream };
        let seconds = at.as_duration().as_secs_f64();
        success.get_or_create(&labels).set(seconds);
    };
    if let Some(view) = pulls {
        for (source, stream, at) in ledger::last_pulls(view, reader)? {
            tell(source, stream, at);
        }
    }
    if let Some(view) = scans {
        for (repository, at) in ledger::last_successes(view, reader)? {
            tell("scan".to_owned(), repository, at);
        }
    }
    registry.register_with_unit(
        "source_last_success_timestamp",
        "When the newest run without a failure ended; of a stream that is pulled, one that read all of it",
        Unit::Seconds,
        success,
    );
    Ok(())
}

fn scanned(registry: &mut Registry, reader: &mut dyn Reader) -> Result<(), Failure> {
    let table = Branch::TABLE;
    let query = Query::of(table.name, table.columns).filter("gone_at", Test::Missing);
    let read = [
        "repository",
        "branch",
        "files_seen",
        "test_files",
        "files_with_problems",
    ];
    let piece = Question::of(query).numbers(reader, &read)?;
    let [repository, branch, seen, tests, problems] = piece.named(read)?;
    for (name, help, cells) in [
        ("scan_files", "Files of a branch as scanned last", seen),
        (
            "scan_test_files",
            "Of these, files recognised as test files",
            tests,
        ),
        (
            "scan_problem_files",
            "Of these, files that could not be read or parsed in full",
            problems,
        ),
    ] {
        let files = Family::<Where, Gauge>::default();
        for row in piece.rows() {
            let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
            let labels = Where {
                repo: owned(repository.text(row)),
                branch: owned(branch.text(row)),
            };
            files
                .get_or_create(&labels)
                .set(cells.int(row).unwrap_or_default());
        }
        registry.register(name, help, files);
    }
    Ok(())
}

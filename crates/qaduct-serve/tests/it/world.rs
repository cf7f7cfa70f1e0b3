//! A small world to ask questions about, and a way to ask them.

use std::sync::Arc;
use std::sync::Mutex;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use qaduct_records::{
    Branch, Cause, Clock, Column, Declaration, Kind, Mute, Outcome, Row as _, Run, Secret, Value,
    View,
};
use qaduct_serve::{Legacy, Service};
use serde_json::Value as Json;
use tower::ServiceExt as _;

use crate::memory::{Memory, values};

/// A clock that stands still until somebody moves it.
pub(crate) struct Held(Mutex<Timestamp>);

impl Clock for Held {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Held {
    pub(crate) fn set(&self, now: &str) {
        *self.0.lock().unwrap() = at(now);
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A mute on a branch, as a row of `v_mutes` has it.
#[derive(Clone)]
pub(crate) struct Muted {
    pub(crate) declaration: Declaration,
    pub(crate) mute: Mute,
    since_git: Option<Timestamp>,
}

impl Muted {
    /// A skipped test without reason or ticket on `main` of `acme/shop`.
    pub(crate) fn new(test: &str) -> Self {
        let declaration = Declaration {
            line_start: 10,
            line_end: 11,
            ..Declaration::skip("github.com/acme/shop", "tests/test_cart.py", test)
        };
        let mute = Mute {
            repository: declaration.repository.clone(),
            branch: "main".to_owned(),
            group_id: String::new(),
            nth: 1,
            declaration_id: String::new(),
            opened_by: Cause::Baseline,
            first_seen_at: at("2026-11-01T06:00:00Z"),
            first_seen_commit: "c0ffee".to_owned(),
            last_seen_at: None,
            last_seen_commit: None,
            closed_by: None,
            gone_at: None,
            gone_commit: None,
        };
        Self {
            declaration,
            mute,
            since_git: None,
        }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Declaration)) -> Self {
        change(&mut self.declaration);
        self
    }

    pub(crate) fn ticket(self, ticket: &str) -> Self {
        self.with(|it| {
            it.ticket = Some(ticket.to_owned());
            it.tickets = Some(ticket.to_owned());
        })
    }

    pub(crate) fn reason(self, reason: &str) -> Self {
        self.with(|it| it.reason = Some(reason.to_owned()))
    }

    pub(crate) fn since(self, day: &str) -> Self {
        self.with(|it| {
            it.since_declared = Some(day.parse().unwrap());
            it.since_text = Some(day.to_owned());
        })
    }

    pub(crate) fn branch(mut self, branch: &str) -> Self {
        branch.clone_into(&mut self.mute.branch);
        self
    }

    /// A scan saw it come.
    pub(crate) fn first_seen(mut self, when: &str) -> Self {
        self.mute.first_seen_at = at(when);
        self.mute.opened_by = Cause::Commit;
        self
    }

    /// The history tells when it landed.
    pub(crate) fn landed(mut self, when: &str) -> Self {
        self.since_git = Some(at(when));
        self
    }

    pub(crate) fn gone(mut self, when: &str) -> Self {
        self.mute.last_seen_at = Some(at(when));
        self.mute.gone_at = Some(at(when));
        self.mute.gone_commit = Some("decade".to_owned());
        self.mute.closed_by = Some(Cause::Commit);
        self
    }

    fn row(&self) -> Vec<Value> {
        let Self {
            mut declaration,
            mut mute,
            since_git,
        } = self.clone();
        let (ticket, tickets) = (declaration.ticket.take(), declaration.tickets.take());
        declaration.seal(&mut []);
        (declaration.ticket, declaration.tickets) = (ticket, tickets);
        mute.group_id = declaration.group_id();
        mute.declaration_id.clone_from(&declaration.declaration_id);
        let is_there = mute.gone_at.is_none();
        let declared = values(
            Declaration::TABLE.columns,
            &Declaration::batch(&[declaration]),
        )
        .remove(0);
        let seen = values(Mute::TABLE.columns, &Mute::batch(&[mute])).remove(0);
        let seen = Mute::TABLE
            .columns
            .iter()
            .zip(seen)
            .filter(|(it, _)| is_of_mute(it))
            .map(|(_, it)| it);
        declared
            .into_iter()
            .chain(seen)
            .chain([
                Value::Bool(is_there),
                Value::from("c0ffee"),
                since_git.map_or(Value::Null, Value::Timestamp),
            ])
            .collect()
    }
}

/// Whether the views take a column from `mutes` and not from the declaration.
fn is_of_mute(column: &Column) -> bool {
    Declaration::TABLE.column(&column.name).is_none()
}

pub(crate) fn column<T: qaduct_records::table::Cell>(
    name: &'static str,
    about: &'static str,
) -> Column {
    Column {
        name: name.into(),
        kind: T::TYPE,
        nullable: T::NULLABLE,
        description: about.into(),
    }
}

fn mute_columns() -> Vec<Column> {
    let of_mute = Mute::TABLE
        .columns
        .iter()
        .filter(|it| is_of_mute(it))
        .cloned();
    Declaration::TABLE
        .columns
        .iter()
        .cloned()
        .chain(of_mute)
        .chain([
            column::<bool>("muted", "Whether it is there now."),
            column::<String>(
                "commit_id",
                "The commit of the branch that was scanned last.",
            ),
            column::<Option<Timestamp>>("since_git", "When it landed."),
        ])
        .collect()
}

/// The views that the tests have: those of mutes, and one of numbers.
pub(crate) fn views() -> Vec<View> {
    let view = |name: &str, description: &str, columns| View {
        name: name.to_owned(),
        description: description.to_owned(),
        columns,
        sql: String::new(),
    };
    vec![
        view(
            "v_mutes",
            "A mute on a branch, there or gone.",
            mute_columns(),
        ),
        view(
            "v_mutes_current",
            "A mute that is there now.",
            mute_columns(),
        ),
        view("v_weekly", "Mutes of a branch in a week.", weekly_columns()),
        view(
            "v_last_success",
            "When the newest run without a failure ended.",
            success_columns(),
        ),
    ]
}

fn status_columns() -> Vec<Column> {
    vec![
        column::<String>("source", "The source."),
        column::<String>("stream", "The stream."),
        column::<Option<Timestamp>>("last_success_at", "When the newest whole run ended."),
    ]
}

fn success_columns() -> Vec<Column> {
    vec![
        column::<String>("command", "What ran."),
        column::<String>("subject", "What it ran on."),
        column::<Timestamp>("finished_at", "When the newest ended."),
    ]
}

fn weekly_columns() -> Vec<Column> {
    vec![
        column::<jiff::civil::Date>("week", "The Monday of the week."),
        column::<String>("branch", "The branch."),
        column::<i64>("muted", "Mutes at the end of the week."),
        column::<Option<f64>>("change", "Change to the week before."),
        column::<Option<bool>>("is_complete", "Whether the week is over."),
    ]
}

pub(crate) fn run(id: &str, subject: &str, finished: &str, outcome: Outcome) -> Run {
    Run {
        run_id: id.to_owned(),
        command: "scan".to_owned(),
        subject: subject.to_owned(),
        started_at: at(finished) - jiff::SignedDuration::from_millis(1500),
        finished_at: at(finished),
        duration_ms: 1500,
        outcome,
        branches: 2,
        branches_changed: 1,
        files_seen: 120,
        test_files: 40,
        blobs_read: 33,
        files_with_problems: 1,
        mutes_found: 4,
        mutes_opened: 1,
        mutes_closed: 0,
        mutes_changed: 0,
        rows_deleted: 0,
        error: None,
        version: "0.1.0".to_owned(),
    }
}

pub(crate) struct World {
    pub(crate) memory: Memory,
    pub(crate) clock: Arc<Held>,
    token: Option<Secret>,
    legacy: Option<Legacy>,
}

impl World {
    /// No mutes and no runs on the morning of 21 November 2026.
    pub(crate) fn empty() -> Self {
        let world = Self {
            memory: Memory::default(),
            clock: Arc::new(Held(Mutex::new(at("2026-11-21T07:30:00Z")))),
            token: None,
            legacy: None,
        };
        world.mutes(&[]);
        world.memory.put_table::<Run>(&[]);
        world.memory.put_table::<Branch>(&[]);
        world
            .memory
            .put("v_last_success", success_columns(), Vec::new());
        world.memory.put("v_weekly", weekly_columns(), Vec::new());
        world
    }

    /// The server where sources are pulled: their streams, and when they were read whole last.
    pub(crate) fn pulling(&self, streams: &[(&str, &str, Option<&str>)]) -> Server {
        let row = |(source, stream, last): &(&str, &str, Option<&str>)| {
            let last = last.map_or(Value::Null, |it| Value::Timestamp(at(it)));
            vec![Value::from(*source), Value::from(*stream), last]
        };
        let rows = streams.iter().map(row).collect();
        self.memory.put("v_source_status", status_columns(), rows);
        let mut views = views();
        views.push(View {
            name: "v_source_status".to_owned(),
            description: "How far a stream of a source is.".to_owned(),
            columns: status_columns(),
            sql: String::new(),
        });
        Server(qaduct_serve::router(self.service(), &views))
    }

    /// Four mutes on two branches, one that is gone, two runs.
    pub(crate) fn small() -> Self {
        let world = Self::empty();
        let add = Muted::new("test_add")
            .ticket("SHOP-1")
            .reason("adds twice")
            .since("2026-01-05")
            .with(|it| {
                it.container = "TestCart".to_owned();
                it.kind = Kind::Xfail;
                it.form = "pytest.mark.xfail".to_owned();
                it.runs = true;
                it.strict = Some(false);
            });
        world.mutes(&[
            add.clone(),
            add.branch("release").first_seen("2026-11-10T06:00:00Z"),
            Muted::new("test_empty").with(|it| it.line_start = 30),
            Muted::new("test_pay")
                .ticket("SHOP-2")
                .reason("the Gateway is slow")
                .first_seen("2026-11-20T06:00:00Z")
                .with(|it| it.path = "tests/test_pay.py".to_owned()),
            Muted::new("test_old").gone("2026-11-15T06:00:00Z"),
        ]);
        world.memory.put_table(&[
            run(
                "2026-11-20T06:00:00Z-a",
                "github.com/acme/shop",
                "2026-11-20T06:00:02Z",
                Outcome::Complete,
            ),
            run(
                "2026-11-21T06:00:00Z-b",
                "github.com/acme/shop",
                "2026-11-21T06:00:02Z",
                Outcome::Unchanged,
            ),
        ]);
        world.memory.put(
            "v_last_success",
            success_columns(),
            vec![
                vec![
                    Value::from("scan"),
                    Value::from("github.com/acme/shop"),
                    Value::Timestamp(at("2026-11-21T06:00:02Z")),
                ],
                vec![
                    Value::from("prune"),
                    Value::from("store"),
                    Value::Timestamp(at("2026-11-21T07:00:00Z")),
                ],
            ],
        );
        world.memory.put_table(&[Branch {
            repository: "github.com/acme/shop".to_owned(),
            branch: "main".to_owned(),
            commit_id: "c0ffee".to_owned(),
            committed_at: at("2026-11-20T05:00:00Z"),
            committed_offset_min: 60,
            rules: "r".to_owned(),
            complete: true,
            files_seen: 60,
            test_files: 20,
            files_with_problems: 1,
            files_excluded: Some(0),
            files_partly_parsed: Some(0),
            marks_lexed: Some(0),
            marks_parsed: Some(0),
            mutes: 3,
            first_scanned_at: at("2026-11-01T06:00:00Z"),
            scanned_at: at("2026-11-20T06:00:00Z"),
            gone_at: None,
            only_in_clone: None,
        }]);
        let week = |day: &str, muted, change, is_complete| {
            vec![
                Value::Date(day.parse().unwrap()),
                Value::from("main"),
                Value::Int(muted),
                change,
                is_complete,
            ]
        };
        world.memory.put(
            "v_weekly",
            weekly_columns(),
            vec![
                week("2026-11-09", 2, Value::Null, Value::Bool(true)),
                week("2026-11-16", 3, Value::Float(1.0), Value::Null),
            ],
        );
        world
    }

    /// Replaces all mutes.
    pub(crate) fn mutes(&self, mutes: &[Muted]) {
        let rows: Vec<_> = mutes.iter().map(Muted::row).collect();
        let muted = mute_columns()
            .iter()
            .position(|it| it.name == "muted")
            .unwrap();
        let current = rows
            .iter()
            .filter(|row| row[muted] == Value::Bool(true))
            .cloned()
            .collect();
        self.memory.put("v_mutes", mute_columns(), rows);
        self.memory.put("v_mutes_current", mute_columns(), current);
    }

    pub(crate) fn token(mut self, token: &str) -> Self {
        self.token = Some(Secret::new(token));
        self
    }

    pub(crate) fn legacy(mut self, legacy: Legacy) -> Self {
        self.legacy = Some(legacy);
        self
    }

    pub(crate) fn service(&self) -> Service {
        let memory = self.memory.clone();
        Service {
            readers: Arc::new(move || memory.reader()),
            clock: Arc::<Held>::clone(&self.clock),
            token: self.token.clone(),
            version: "0.1.0",
            legacy: self.legacy.clone(),
        }
    }

    pub(crate) fn server(&self) -> Server {
        Server(qaduct_serve::router(self.service(), &views()))
    }
}

/// A server without a network.
#[derive(Clone)]
pub(crate) struct Server(Router);

impl Server {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[]).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self
            .0
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// The JSON of a request that must succeed.
    pub(crate) async fn json(&self, path: &str) -> Json {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The code of a failure; nothing where it is none.
    pub(crate) fn json_code(&self) -> String {
        let body: Json = serde_json::from_slice(&self.body).unwrap_or_default();
        body["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }
}

/// The values of a key in a list of objects, NULL as `-`.
pub(crate) fn pluck(items: &Json, key: &str) -> Vec<String> {
    let text = |it: &Json| {
        it[key]
            .as_str()
            .map_or_else(|| it[key].to_string(), str::to_owned)
    };
    items.as_array().unwrap().iter().map(text).collect()
}

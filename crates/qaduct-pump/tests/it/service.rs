//! A service made up for the tests: items that change, in pages, with faults.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use qaduct_records::source::{
    Discovered, Exchange, Failure, Gone, Nested, Page, Pages, Prediction, Probe, Reading,
    RowProblem, Scope, Source, SourceError,
};
use qaduct_records::stream::{
    Again, CHANGED_AT_COLUMN, Count, Cursor, Deletes, EXTRA_COLUMN, FIRST_SEEN_AT_COLUMN, Finality,
    GONE_AT_COLUMN, GONE_COLUMN, LINEAGE, ONCE, Parts, REQUEST_COLUMN, SOURCE_COLUMN, Stream,
};
use qaduct_records::values::batch_of_values;
use qaduct_records::{Column, ColumnType, RecordBatch, Table, Value};

const fn column(name: &'static str, kind: ColumnType, nullable: bool) -> Column {
    Column {
        name: std::borrow::Cow::Borrowed(name),
        kind,
        nullable,
        description: std::borrow::Cow::Borrowed("For tests."),
    }
}

macro_rules! table {
    ($name:ident = $table:literal key [$($key:literal),*] { $($column:literal: $kind:ident),* }) => {
        pub(crate) static $name: Table = Table {
            name: $table,
            description: "For tests.",
            columns: &[
                SOURCE_COLUMN,
                $(column($column, ColumnType::$kind, true),)*
                EXTRA_COLUMN, GONE_AT_COLUMN, GONE_COLUMN,
                FIRST_SEEN_AT_COLUMN, CHANGED_AT_COLUMN, REQUEST_COLUMN,
            ],
            key: &["source", $($key),*],
            lineage: LINEAGE,
            once: ONCE,
        };
    };
}

table!(RUNS = "t_runs" key ["id"] { "id": Int, "shelf": Text, "name": Text, "done": Bool, "updated": Timestamp });
table!(LABELS = "t_labels" key ["run_id", "label"] { "run_id": Int, "label": Text });
table!(RESULTS = "t_results" key ["id"] { "id": Int, "run_id": Int, "name": Text });
table!(ISSUES = "t_issues" key ["id"] { "id": Int, "name": Text, "updated": Timestamp });
table!(NOTES = "t_notes" key ["id"] { "id": Int, "name": Text });

const CURSOR: Option<Cursor> = Some(Cursor {
    column: "updated",
    immutable: false,
    overlap: 60,
    settle: 0,
});

pub(crate) static RUN_STREAM: Stream = Stream {
    name: "runs",
    table: &RUNS,
    nested: &[&LABELS],
    parts: Parts::Scopes,
    part_columns: &["shelf"],
    cursor: CURSOR,
    finality: Finality::Once {
        column: "done",
        values: &["true"],
    },
    deletes: Deletes::Polled,
    count: Count::Exact,
};
pub(crate) static RESULT_STREAM: Stream = Stream {
    name: "results",
    table: &RESULTS,
    nested: &[],
    parts: Parts::Each {
        parent: "runs",
        columns: &["id"],
        only: None,
        again: Again::Changed(&["updated"]),
    },
    part_columns: &[],
    cursor: None,
    finality: Finality::Immutable,
    deletes: Deletes::Never,
    count: Count::None,
};
/// Queries that may share issues.
pub(crate) static ISSUE_STREAM: Stream = Stream {
    name: "issues",
    table: &ISSUES,
    nested: &[],
    parts: Parts::Scopes,
    part_columns: &[],
    cursor: CURSOR,
    finality: Finality::Mutable,
    deletes: Deletes::Census("left"),
    count: Count::None,
};
pub(crate) static NOTE_STREAM: Stream = Stream {
    name: "notes",
    table: &NOTES,
    nested: &[],
    parts: Parts::Scopes,
    part_columns: &[],
    cursor: None,
    finality: Finality::Mutable,
    deletes: Deletes::Listed("deleted"),
    count: Count::None,
};
static STREAMS: [&Stream; 4] = [&RUN_STREAM, &RESULT_STREAM, &ISSUE_STREAM, &NOTE_STREAM];

/// Something that the service has.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: i64,
    /// Its part: a shelf, a run, the queries that find it.
    pub(crate) part: Vec<String>,
    pub(crate) name: String,
    pub(crate) done: bool,
    pub(crate) updated: Timestamp,
    pub(crate) labels: Vec<&'static str>,
    pub(crate) bad: bool,
}

impl Item {
    pub(crate) fn new(id: i64, part: &str, updated: &str) -> Self {
        Self {
            id,
            part: part.split('+').map(str::to_owned).collect(),
            name: format!("item {id}"),
            done: true,
            updated: at(updated),
            labels: Vec::new(),
            bad: false,
        }
    }
}

/// `12:30` of the day of the tests.
pub(crate) fn at(time: &str) -> Timestamp {
    format!("2026-11-21T{time}:00Z").parse().unwrap()
}

/// The service.
#[derive(Default)]
pub(crate) struct Service {
    pub(crate) items: BTreeMap<&'static str, Vec<Item>>,
    pub(crate) scopes: BTreeMap<&'static str, Vec<&'static str>>,
    /// Fails at this request, counted over all.
    pub(crate) fail_at: Option<(u64, Failure)>,
    /// Refuses this part.
    pub(crate) refused: Option<String>,
    /// Says of the page that begins so far that it lacks something.
    pub(crate) lacks: Option<usize>,
    /// Says so many where it counts.
    pub(crate) says: Option<u64>,
    /// Lists it with all ids, and does not find it by its own.
    pub(crate) unfound: Option<i64>,
    /// Does not show the results of this run.
    pub(crate) withheld: Option<&'static str>,
    /// Swaps items between pages of the next reading, so that one is not sent.
    pub(crate) moves: Cell<bool>,
    /// Tells whether notes have changed.
    pub(crate) tags: bool,
    /// Calls no label odd.
    pub(crate) tolerant: bool,
    /// Knows no position.
    pub(crate) forgetful: bool,
    /// What shapes the rows, and what is asked for beside the names of parts.
    pub(crate) shape: &'static str,
    pub(crate) question: &'static str,
    /// A stream whose rows are details of those of another.
    pub(crate) details: Option<(&'static str, &'static str)>,
    /// Behind by so many seconds.
    pub(crate) behind: i64,
    pub(crate) now: Timestamp,
    pub(crate) requests: Cell<u64>,
    /// What it was told of other processes.
    pub(crate) others: Vec<u32>,
    /// Happens during each request, after the last page, and when it is asked for its parts.
    pub(crate) always: Option<Box<dyn Fn() + Send>>,
    /// Happens once, during the second request.
    pub(crate) meanwhile: RefCell<Option<Box<dyn FnOnce() + Send>>>,
    /// What was asked: `runs shelf=a from 10:00`, `runs #3`.
    pub(crate) asked: RefCell<Vec<String>>,
}

impl Service {
    pub(crate) fn at(now: &str) -> Self {
        Self {
            now: at(now),
            ..Self::default()
        }
    }

    fn request(&self, what: &str) -> Result<Exchange, SourceError> {
        self.requests.set(self.requests.get() + 1);
        self.asked.borrow_mut().push(what.to_owned());
        self.always.iter().for_each(|it| it());
        if self.requests.get() == 2
            && let Some(meanwhile) = self.meanwhile.take()
        {
            meanwhile();
        }
        if let Some((n, failure)) = self.fail_at
            && n == self.requests.get()
        {
            return Err(SourceError::new(
                failure,
                "made-up",
                "it fails as it was told",
            ));
        }
        Ok(Exchange {
            method: "GET",
            url: format!("http://made-up/{}", what.replace(' ', "/")),
            status: 200,
            attempts: 1,
            server_time: Some(self.now - SignedDuration::from_secs(self.behind)),
            ..Exchange::default()
        })
    }

    fn page(&self, stream: &'static Stream, items: &[Item], exchange: Exchange) -> Page {
        let mut problems = Vec::new();
        let rows: Vec<Vec<Value>> = items
            .iter()
            .map(|it| {
                let name = if it.bad {
                    problems.push(RowProblem {
                        table: stream.table.name,
                        key: it.id.to_string(),
                        field: "name".into(),
                        problem: "not a text".into(),
                        value: "{}".into(),
                    });
                    Value::Null
                } else {
                    it.name.as_str().into()
                };
                let mut row: Vec<Value> = vec!["made-up".into(), Value::Int(it.id)];
                match stream.name {
                    "runs" => row.extend([
                        it.part[0].as_str().into(),
                        name,
                        Value::Bool(it.done),
                        Value::Timestamp(it.updated),
                    ]),
                    "results" => {
                        let run = it.part[0].rsplit('=').next().unwrap();
                        row.extend([Value::Int(run.parse().unwrap()), name]);
                    }
                    "issues" => row.extend([name, Value::Timestamp(it.updated)]),
                    _ => row.push(name),
                }
                row.extend([Value::Null, Value::Null, Value::Null]);
                row
            })
            .collect();
        let mut nested = Vec::new();
        if stream.name == "runs" {
            let all = items
                .iter()
                .flat_map(|it| it.labels.iter().map(|label| (it.id, *label)));
            let odd = all.filter(|(_, label)| label.starts_with('?') && !self.tolerant);
            problems.extend(odd.map(|(id, label)| RowProblem {
                table: LABELS.name,
                key: format!("{id},{label}"),
                field: "label".into(),
                problem: "odd".into(),
                value: "{}".into(),
            }));
            let labels: Vec<Vec<Value>> = items
                .iter()
                .flat_map(|it| {
                    it.labels.iter().map(|label| {
                        vec![
                            "made-up".into(),
                            Value::Int(it.id),
                            (*label).into(),
                            Value::Null,
                            Value::Null,
                            Value::Null,
                        ]
                    })
                })
                .collect();
            nested.push(Nested {
                table: &LABELS,
                rows: batch(&LABELS, labels),
                parent: "run_id",
                parents: items.iter().map(|it| Value::Int(it.id)).collect(),
            });
        }
        Page {
            rows: Some(batch(stream.table, rows)),
            nested,
            problems,
            exchange: Some(exchange),
            ..Page::default()
        }
    }

    fn of(&self, stream: &Stream, scope: &Scope) -> Vec<Item> {
        let part = scope.name.as_str();
        let part = part.strip_prefix("shelf=").unwrap_or(part);
        let all = self.items.get(stream.name).cloned().unwrap_or_default();
        all.into_iter()
            .filter(|it| part.is_empty() || it.part.iter().any(|it| it == part))
            .collect()
    }
}

fn batch(table: &Table, rows: Vec<Vec<Value>>) -> RecordBatch {
    let columns = &table.columns[..table.columns.len() - 3];
    let values = (0..columns.len())
        .map(|n| rows.iter().map(|row| row[n].clone()).collect())
        .collect();
    batch_of_values(columns, values).unwrap()
}

impl Source for Service {
    fn name(&self) -> &str {
        "made-up"
    }

    fn kind(&self) -> &'static str {
        "made-up"
    }

    fn streams(&self) -> &'static [&'static Stream] {
        &STREAMS
    }

    fn scopes(&mut self, stream: &'static Stream) -> Result<Vec<Scope>, SourceError> {
        if self.items.contains_key(stream.name) {
            self.always.iter().for_each(|it| it());
        }
        let Some(names) = self.scopes.get(stream.name) else {
            return Ok(if self.items.contains_key(stream.name) {
                vec![Scope::default()]
            } else {
                Vec::new()
            });
        };
        let scope = |name: &&'static str| match stream.name {
            "runs" => Scope::of([("shelf", Value::from(*name))]),
            _ => Scope {
                name: (*name).to_owned(),
                values: BTreeMap::from([("query".to_owned(), Value::from(*name))]),
            },
        };
        let asked = ("asked".to_owned(), Value::from(self.question));
        Ok(names
            .iter()
            .map(|name| {
                let mut scope = scope(name);
                scope.values.extend([asked.clone()]);
                scope
            })
            .collect())
    }

    fn shape(&self, _: &'static Stream) -> String {
        self.shape.to_owned()
    }

    fn details_of(&self, stream: &'static Stream) -> Option<&'static str> {
        let of = |(details, of): &(_, _)| (*details == stream.name).then_some(*of);
        self.details.as_ref().and_then(of)
    }

    fn read<'s>(
        &'s mut self,
        stream: &'static Stream,
        reading: &Reading,
    ) -> Result<Box<dyn Pages + 's>, SourceError> {
        let from = match &reading.position {
            None => 0,
            Some(_) if self.forgetful => {
                return Err(SourceError::new(Failure::Position, "made-up", "too old"));
            }
            Some(position) => position.parse().unwrap(),
        };
        Ok(Box::new(TwoByTwo {
            service: self,
            stream,
            reading: reading.clone(),
            next: Some(from),
        }))
    }

    fn poll<'s>(
        &'s mut self,
        stream: &'static Stream,
        _scope: &Scope,
        keys: Vec<Vec<Value>>,
    ) -> Result<Box<dyn Pages + 's>, SourceError> {
        Ok(Box::new(OneByOne {
            service: self,
            stream,
            keys,
        }))
    }

    fn census(
        &mut self,
        stream: &'static Stream,
        scope: &Scope,
    ) -> Result<Vec<Vec<Value>>, SourceError> {
        self.request(&format!("{} {} ids", stream.name, scope.name))?;
        let items = self.of(stream, scope);
        Ok(items.iter().map(|it| vec![Value::Int(it.id)]).collect())
    }

    fn predict(&mut self, _: &'static Stream, _: &Reading) -> Result<Prediction, SourceError> {
        Ok(Prediction::default())
    }

    fn others_sent(&mut self, _resource: &str, requests: u32) {
        self.others.push(requests);
    }

    fn probe(&mut self) -> Result<Probe, SourceError> {
        Ok(Probe::default())
    }

    fn discover(&mut self) -> Result<Vec<Discovered>, SourceError> {
        Ok(Vec::new())
    }
}

/// Two items a page.
struct TwoByTwo<'s> {
    service: &'s Service,
    stream: &'static Stream,
    reading: Reading,
    next: Option<usize>,
}

impl Pages for TwoByTwo<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(from) = self.next.take() else {
            self.service.always.iter().for_each(|it| it());
            return Ok(None);
        };
        let service = self.service;
        let scope = &self.reading.scope;
        if service.refused.as_deref() == Some(scope.name.as_str()) {
            return Err(SourceError::new(
                Failure::Forbidden,
                scope.name.as_str(),
                "not for you",
            ));
        }
        let since = self.reading.lower.filter(|_| self.stream.cursor.is_some());
        let lower = since.map(|it| format!(" from {}", it.strftime("%H:%M")));
        let what = format!(
            "{} {} {from}{}",
            self.stream.name,
            scope.name,
            lower.unwrap_or_default()
        );
        let given = self.reading.validator.as_deref().filter(|_| from == 0);
        let unless = given.map_or("", |_| " unless");
        let exchange = service.request(&format!("{what}{unless}"))?;
        let mut items = service.of(self.stream, scope);
        let tag = (service.tags && from == 0).then(|| format!("{items:?}"));
        if tag.is_some() && tag.as_deref() == given {
            return Ok(Some(Page {
                unchanged: true,
                exchange: Some(exchange),
                ..Page::default()
            }));
        }
        if self.stream.cursor.is_some() {
            items.retain(|it| since.is_none_or(|since| it.updated >= since));
            items.retain(|it| it.updated < self.reading.upper);
        }
        let count = items.len() as u64;
        if service.moves.get() && from > 0 {
            // The first item went to the end: what was third is second now.
            items.rotate_left(1);
            service.moves.set(false);
        }
        let to = (from + 2).min(items.len());
        let mut page = service.page(self.stream, &items[from.min(to)..to], exchange);
        if self.stream.name == "results" && service.withheld == Some(scope.name.as_str()) {
            page.rows = None;
            page.problems.push(RowProblem {
                table: RESULTS.name,
                key: scope.name.clone(),
                field: String::new(),
                problem: "withheld".into(),
                value: String::new(),
            });
        } else if self.stream.name == "results" {
            page.mended.push(scope.name.clone());
        }
        page.validator = tag;
        if service.lacks == Some(from) {
            page.incomplete = Some("a page is cut".to_owned());
        }
        if to < items.len() {
            self.next = Some(to);
            page.position = Some(to.to_string());
        } else if self.stream.name == "runs" {
            page.expected = Some(service.says.unwrap_or(count));
        }
        Ok(Some(page))
    }
}

struct OneByOne<'s> {
    service: &'s Service,
    stream: &'static Stream,
    keys: Vec<Vec<Value>>,
}

impl Pages for OneByOne<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        if self.keys.is_empty() {
            return Ok(None);
        }
        let key = self.keys.remove(0);
        let mut exchange = self
            .service
            .request(&format!("{} #{}", self.stream.name, key[0]))?;
        let all = self
            .service
            .items
            .get(self.stream.name)
            .into_iter()
            .flatten();
        let found: Vec<_> = all
            .filter(|it| Value::Int(it.id) == key[0] && Some(it.id) != self.service.unfound)
            .cloned()
            .collect();
        if found.is_empty() {
            exchange.status = 404;
            return Ok(Some(Page {
                gone: vec![Gone {
                    key,
                    how: "deleted",
                    at: None,
                }],
                exchange: Some(exchange),
                ..Page::default()
            }));
        }
        Ok(Some(self.service.page(self.stream, &found, exchange)))
    }
}

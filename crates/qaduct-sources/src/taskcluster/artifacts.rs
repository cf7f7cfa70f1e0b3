//! The artifacts of the runs of tasks that have ended: their names and times, not what is
//! in them.

use qaduct_http::HttpError;
use qaduct_records::Value;
use qaduct_records::source::{Page, Pages, Reading, SourceError};
use qaduct_records::stream::{Again, Parts, Stream};
use serde_json::{Value as Json, json};

use super::tasks::ENDED;
use super::{contract, paged, reading};
use crate::error;
use crate::listing::Walk;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// A file that a run of a task left; the file itself is not read.
    static ARTIFACT in "taskcluster_artifacts" key ["task_id", "run_id", "name"] {
        /// The task.
        task_id: Scope("task_id") = "",
        /// The run.
        run_id: Int = "#run",
        /// Its name, a path.
        exact name: Text = "name",
        /// Where it is: `s3` and `object` are files, `reference` and `link` lead elsewhere,
        /// `error` tells that it could not be made.
        storage_type: Text = "storageType",
        /// Its type.
        content_type: Text = "contentType",
        /// Its size; NULL where the service does not know it.
        bytes: Int = "contentLength",
        /// When it goes.
        expires_at: Instant = "expires",
    }
}

pub(super) static CONTRACT: Stream = contract(
    "artifacts",
    &ARTIFACT.table,
    Parts::Each {
        parent: "tasks",
        columns: &["task_id", "run_count"],
        only: Some(("state", ENDED)),
        again: Again::Until {
            changed: &["run_count", "state"],
            column: "state",
            values: ENDED,
        },
    },
);
pub(super) static ARTIFACTS: RestStream = reading(&CONTRACT, &ARTIFACT, How::Own(read));

/// The lists of the runs of a task, one after the other.
struct Artifacts<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    /// The run, and the walk through its list; `None` before its first page.
    run: i64,
    walk: Option<Walk>,
    runs: i64,
    page: u64,
}

fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let runs = match reading.scope.values.get("run_count") {
        Some(Value::Int(runs)) => *runs,
        _ => 0,
    };
    let mut pages = Artifacts {
        rest,
        stream,
        reading: reading.clone(),
        run: 0,
        walk: None,
        runs,
        page: 0,
    };
    if let Some(position) = &reading.position {
        pages
            .resume(position)
            .ok_or_else(|| error::position(&rest.setup.name, stream.contract.name))?;
    }
    Ok(Box::new(pages))
}

impl Artifacts<'_> {
    fn resume(&mut self, position: &str) -> Option<()> {
        let position: Json = serde_json::from_str(position).ok()?;
        self.run = position.get("run")?.as_i64()?;
        self.walk = match position.get("walk")?.as_str() {
            None => None,
            Some(walk) => Some(self.walk_at(walk)?),
        };
        Some(())
    }

    fn walk_at(&self, position: &str) -> Option<Walk> {
        Walk::at(self.listing(), position)
    }

    fn listing(&self) -> crate::listing::Listing {
        let (task, run) = (self.reading.scope.text("task_id"), self.run);
        let path = format!("queue/v1/task/{task}/runs/{run}/artifacts");
        paged(path, &["artifacts"])
    }

    fn position(&self) -> Option<String> {
        let walk = self.walk.as_ref().and_then(Walk::position);
        (self.run < self.runs).then(|| json!({"run": self.run, "walk": walk}).to_string())
    }
}

impl Pages for Artifacts<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        if self.run >= self.runs {
            return Ok(None);
        }
        self.page += 1;
        let resumed = self.page == 1 && self.reading.position.is_some();
        let mut walk = match self.walk.take() {
            Some(walk) => walk,
            None => Walk::new(self.listing()),
        };
        let listed = walk.next(&self.rest.client);
        let scope = &self.reading.scope;
        let place = self.rest.place(self.stream, scope, self.page);
        let listed = listed.map_err(|it: HttpError| error::of_page(&place, it, resumed))?;
        let Some(mut listed) = listed else {
            self.run += 1;
            return self.next();
        };
        for item in &mut listed.items {
            if let Json::Object(item) = item {
                item.insert("#run".to_owned(), self.run.into());
            }
        }
        let mut page = self.rest.page(self.stream, scope, &listed.items);
        page.exchange = Some(listed.answer.exchange);
        if walk.position().is_some() {
            self.walk = Some(walk);
        } else {
            self.run += 1;
        }
        page.position = self.position();
        Ok(Some(page))
    }
}

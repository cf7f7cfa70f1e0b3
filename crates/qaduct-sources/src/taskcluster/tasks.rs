//! The tasks of the groups, with their runs.
//!
//! Tasks are added to a group while it runs, and a task that has ended can be run again
//! until its deadline. So a group is listed again until each task that is known of it has
//! ended and is past its deadline.

use jiff::Timestamp;
use qaduct_http::HttpError;
use qaduct_records::Value;
use qaduct_records::source::{Page, Pages, Reading, SourceError};
use qaduct_records::stream::{Again, Finality, Parts, Stream};
use serde_json::{Value as Json, json};

use super::{contract, encoded, expired, paged, reading};
use crate::error;
use crate::field::at;
use crate::listing::Walk;
use crate::rest::{How, Inside, Rest, RestStream};
use crate::rows::parse_instant;
use crate::spec;

/// States that a task only leaves when it is run again.
pub(super) const ENDED: &[&str] = &["completed", "failed", "exception"];

spec! {
    /// A task. Its payload, scopes and dependencies are not kept: a payload may hold secrets.
    static TASK in "taskcluster_tasks" key ["task_id"]
    objects ["status", "task", "task.metadata", "task.tags", "task.extra.treeherder"]
    ignoring ["#group", "status.taskQueueId", "status.provisionerId", "status.workerType",
        "task.taskGroupId", "task.schedulerId", "task.projectId", "task.taskQueueId",
        "task.provisionerId", "task.workerType", "task.deadline", "task.expires", "task.payload",
        "task.scopes", "task.dependencies", "task.requires", "task.priority", "task.extra",
        "task.metadata.description", "task.tags.createdForUser", "status.priority",
        "status.projectId"]
    {
        /// Its id.
        task_id: Text = "status.taskId",
        /// Its group.
        task_group_id: Text = "status.taskGroupId",
        /// Who may add tasks to the group.
        scheduler_id: Text = "status.schedulerId",
        /// Its project; `none` where it has none, NULL on servers before 2021.
        project_id: TextBy(project) = "",
        /// The machines that may run it: provisioner and worker type.
        task_queue_id: TextBy(queue) = "status",
        /// `highest` to `lowest`.
        priority: TextBy(priority) = "",
        /// `unscheduled`, `pending`, `running`, `completed`, `failed` or `exception`.
        state: Text = "status.state",
        /// Whether it had ended and was past its deadline when it was read, so that nothing
        /// can change any more.
        is_settled: Bool = "#settled",
        /// How often it was run, or is to be.
        run_count: IntBy(count) = "status.runs",
        /// How often it may be run again after trouble with a machine.
        retries: Int = "task.retries",
        /// How often of that is left.
        retries_left: Int = "status.retriesLeft",
        /// Its name.
        name: Text = "task.metadata.name",
        /// Its name in the task graph, the same in each group.
        label: Text = "task.tags.label",
        /// What it is: `build`, `test`, `source-test`.
        kind: Text = "task.tags.kind",
        /// The repository, as its tags say.
        project: Text = "task.tags.project",
        /// The system of the machine.
        os: Text = "task.tags.os",
        /// The kind of test.
        test_type: Text = "task.tags.test-type",
        /// The platform under which Treeherder shows it.
        platform: Text = "task.extra.treeherder.machine.platform",
        /// The kinds of build under which Treeherder shows it: `opt`, `debug`; joined by commas.
        build_type: TextBy(names) = "task.extra.treeherder.collection",
        /// The letters under which Treeherder shows it.
        symbol: Text = "task.extra.treeherder.symbol",
        /// The letters of the group in which Treeherder shows it.
        group_symbol: Text = "task.extra.treeherder.groupSymbol",
        /// How much it matters: 1 is most.
        tier: Int = "task.extra.treeherder.tier",
        /// Who is asked about it: an address.
        person owner: Text = "task.metadata.owner",
        /// Where it is defined: a file of a repository.
        source_url: Text = "task.metadata.source",
        /// Where its messages go, joined by commas; one of them names the push.
        routes: Join { key: "", by: "," } = "task.routes",
        /// When it was made.
        created_at: Instant = "task.created",
        /// When it has to be resolved.
        deadline_at: Instant = "status.deadline",
        /// When the service forgets it.
        expires_at: Instant = "status.expires",
    }
}

spec! {
    /// A run of a task: the first one and each that was made after trouble, or by hand.
    static RUN in "taskcluster_runs" key ["task_id", "run_id"] {
        /// The task.
        task_id: ParentText = "status.taskId",
        /// Its number in the task, from 0.
        run_id: Int = "runId",
        /// `pending`, `running`, `completed`, `failed` or `exception`.
        state: Text = "state",
        /// Why it was made: `scheduled`, `retry` and `task-retry` after trouble, `rerun` by
        /// hand, `exception` to end a task that never ran.
        reason_created: Text = "reasonCreated",
        /// Why it ended: `completed`, `failed`, `worker-shutdown`, `claim-expired`,
        /// `intermittent-task`, `deadline-exceeded`, `canceled` and others.
        reason_resolved: Text = "reasonResolved",
        /// Where the machine stands.
        worker_group: Text = "workerGroup",
        /// The machine.
        worker_id: Text = "workerId",
        /// When it was put in line.
        scheduled_at: Instant = "scheduled",
        /// When a machine took it; NULL while none has.
        started_at: Instant = "started",
        /// When it ended; NULL while it has not.
        resolved_at: Instant = "resolved",
        /// Until when the machine has to report.
        taken_until: Instant = "takenUntil",
    }
}

spec! {
    /// A group of tasks, as it was when its tasks were listed last.
    static GROUP in "taskcluster_groups" key ["task_group_id"]
    ignoring ["tasks", "continuationToken"]
    {
        /// Its id, which mostly is that of its decision task.
        task_group_id: Text = "taskGroupId",
        /// Who may add tasks to it.
        scheduler_id: Text = "schedulerId",
        /// When it was sealed, so that no task can be added; NULL while it was not.
        sealed_at: Instant = "sealed",
        /// When the service forgets it.
        expires_at: Instant = "expires",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    nested: &[&RUN.table, &GROUP.table],
    part_columns: &["task_group_id"],
    finality: Finality::Once {
        column: "is_settled",
        values: &["true"],
    },
    ..contract(
        "tasks",
        &TASK.table,
        Parts::Each {
            parent: "decisions",
            columns: &["task_group_id"],
            only: None,
            again: Again::Changed(&["task_group_id"]),
        },
    )
};
pub(super) static TASKS: RestStream = RestStream {
    nested: &[
        Inside {
            spec: &RUN,
            path: "status.runs",
            parent: ("task_id", "status.taskId"),
        },
        Inside {
            spec: &GROUP,
            path: "#group",
            parent: ("task_group_id", "status.taskGroupId"),
        },
    ],
    ..reading(
        &CONTRACT,
        &TASK,
        How::Asked {
            read,
            poll: expired::poll,
        },
    )
};

fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let group = reading.scope.text("task_group_id");
    let path = format!("queue/v1/task-group/{}/list", encoded(&group));
    let listing = paged(path, &["tasks"]);
    let walk = match &reading.position {
        None => Walk::new(listing),
        Some(position) => Walk::at(listing, position)
            .ok_or_else(|| error::position(&rest.setup.name, stream.contract.name))?,
    };
    Ok(Box::new(Tasks {
        rest,
        stream,
        reading: reading.clone(),
        walk,
        page: 0,
    }))
}

/// The pages of a group.
struct Tasks<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    walk: Walk,
    page: u64,
}

impl Pages for Tasks<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        self.page += 1;
        let scope = &self.reading.scope;
        let place = self.rest.place(self.stream, scope, self.page);
        let resumed = self.page == 1 && self.reading.position.is_some();
        let listed = self.walk.next(&self.rest.client);
        let listed = listed.map_err(|it: HttpError| error::of_page(&place, it, resumed))?;
        let Some(mut listed) = listed else {
            return Ok(None);
        };
        for item in &mut listed.items {
            let is_settled = is_settled(item, self.rest.setup.now);
            if let Json::Object(item) = item {
                item.insert("#settled".to_owned(), is_settled.into());
            }
        }
        if let Some(Json::Object(first)) = listed.items.first_mut() {
            // What the page says of the group.
            first.insert("#group".to_owned(), json!([listed.answer.json]));
        }
        let mut page = self.rest.page(self.stream, scope, &listed.items);
        page.exchange = Some(listed.answer.exchange);
        page.position = self.walk.position();
        Ok(Some(page))
    }
}

/// Whether a task has ended and cannot be run again.
fn is_settled(item: &Json, now: Timestamp) -> bool {
    let text = |path: &str| at(item, path).and_then(Json::as_str);
    let has_ended = text("status.state").is_some_and(|it| ENDED.contains(&it));
    let deadline = text("status.deadline").and_then(|it| parse_instant(it).ok());
    has_ended && deadline.is_some_and(|(deadline, _)| deadline < now)
}

/// What stands at the first of these places; older servers know only some of them.
fn first(record: &Json, places: &[&str]) -> Result<Value, String> {
    let found = places.iter().filter_map(|it| at(record, it));
    match found.into_iter().find(|it| !it.is_null()) {
        None => Ok(Value::Null),
        Some(Json::String(text)) => Ok(text.as_str().into()),
        Some(_) => Err("not a text".to_owned()),
    }
}

fn project(record: &Json) -> Result<Value, String> {
    first(record, &["status.projectId", "task.projectId"])
}

fn priority(record: &Json) -> Result<Value, String> {
    first(record, &["status.priority", "task.priority"])
}

fn queue(status: &Json) -> Result<Value, String> {
    let queue = first(status, &["taskQueueId"])?;
    if queue != Value::Null {
        return Ok(queue);
    }
    let text = |name: &str| status.get(name).and_then(Json::as_str);
    Ok(match (text("provisionerId"), text("workerType")) {
        (Some(provisioner), Some(worker)) => format!("{provisioner}/{worker}").as_str().into(),
        _ => Value::Null,
    })
}

fn count(runs: &Json) -> Result<Value, String> {
    match runs {
        Json::Null => Ok(Value::Null),
        Json::Array(runs) => Ok(Value::Int(i64::try_from(runs.len()).unwrap_or(i64::MAX))),
        _ => Err("not a list".to_owned()),
    }
}

fn names(object: &Json) -> Result<Value, String> {
    match object {
        Json::Null => Ok(Value::Null),
        Json::Object(object) => {
            let names: Vec<_> = object.keys().map(String::as_str).collect();
            Ok(names.join(",").as_str().into())
        }
        _ => Err("not an object".to_owned()),
    }
}

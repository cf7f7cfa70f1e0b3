//! The definitions of the watched tasks, which never change. Most of them are decision
//! tasks: each tells a group that is followed.

use qaduct_records::source::{Pages, Reading, SourceError};
use qaduct_records::stream::{Again, Deletes, Parts, Stream};

use super::single::Single;
use super::{contract, expired, reading};
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// The definition of a watched task, and the group that is followed because of it.
    static DECISION in "taskcluster_decisions" key ["task_id"]
    objects ["metadata"]
    ignoring ["payload", "scopes", "dependencies", "requires", "routes", "extra", "tags", "retries",
        "priority", "provisionerId", "workerType", "taskQueueId"]
    {
        /// Its id.
        task_id: Scope("task_id") = "",
        /// The group that is followed.
        task_group_id: Text = "taskGroupId",
        /// Who may add tasks to the group.
        scheduler_id: Text = "schedulerId",
        /// Its project; `none` where it has none, NULL on servers before 2021.
        project_id: Text = "projectId",
        /// Its name.
        name: Text = "metadata.name",
        /// What it is for.
        description: Text = "metadata.description",
        /// Who is asked about it: an address.
        person owner: Text = "metadata.owner",
        /// Where it is defined: a file of a repository.
        source_url: Text = "metadata.source",
        /// The repository, as its tags say.
        project: Text = "tags.project",
        /// When it was made.
        created_at: Instant = "created",
        /// When it has to be resolved.
        deadline_at: Instant = "deadline",
        /// When the service forgets it.
        expires_at: Instant = "expires",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    deletes: Deletes::Never,
    ..contract(
        "decisions",
        &DECISION.table,
        Parts::Each {
            parent: "index",
            columns: &["task_id"],
            only: None,
            again: Again::Changed(&["task_id"]),
        },
    )
};
pub(super) static DECISIONS: RestStream = reading(
    &CONTRACT,
    &DECISION,
    How::Asked {
        read,
        poll: expired::poll,
    },
);

fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let path = format!("queue/v1/task/{}", reading.scope.text("task_id"));
    Ok(Box::new(Single::new(rest, stream, reading, path, |it| it)))
}

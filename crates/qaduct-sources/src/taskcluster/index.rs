//! What the settings watch, and the tasks that it leads to. An index path names another
//! task each time one is made; those that it named before stay.

use qaduct_records::Value;
use qaduct_records::source::{Pages, Reading, SourceError};
use qaduct_records::stream::{Deletes, Parts, Stream};
use serde_json::{Value as Json, json};

use super::single::Single;
use super::watched::{WATCHED, Watched};
use super::{contract, encoded, expired, paged, reading};
use crate::error;
use crate::pages::ListPages;
use crate::rest::{How, Rest, RestStream};
use crate::spec;

spec! {
    /// A task that is watched: each that an index path or a namespace has named, or one
    /// that the settings name themselves.
    static INDEXED in "taskcluster_index" key ["watched", "namespace", "task_id"] {
        /// What the settings watch, as they write it.
        watched: Scope("watched") = "",
        /// Path of the task in the index; empty where the settings name the task.
        namespace: TextBy(or_empty) = "namespace",
        /// The task.
        task_id: Text = "taskId",
        /// The task with the highest rank has the path.
        rank: Float = "rank",
        /// What was put beside it into the index, as JSON.
        data: Json = "data",
        /// When the entry goes.
        expires_at: Instant = "expires",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    part_columns: &[WATCHED],
    deletes: Deletes::Expiring,
    ..contract("index", &INDEXED.table, Parts::Scopes)
};
pub(super) static INDEX: RestStream = reading(
    &CONTRACT,
    &INDEXED,
    How::Asked {
        read,
        poll: expired::poll,
    },
);

fn or_empty(json: &Json) -> Result<Value, String> {
    match json {
        Json::Null => Ok("".into()),
        Json::String(text) => Ok(text.as_str().into()),
        _ => Err("not a text".to_owned()),
    }
}

fn read<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let watched = reading.scope.text(WATCHED);
    Ok(match Watched::of(&watched) {
        Some(Watched::Path(path)) => {
            let path = format!("index/v1/task/{}", encoded(path));
            Box::new(Single::new(rest, stream, reading, path, |it| it))
        }
        Some(Watched::Namespace(namespace)) => {
            let listing = paged(format!("index/v1/tasks/{}", encoded(namespace)), &["tasks"]);
            Box::new(ListPages::new(rest, stream, reading, listing)?)
        }
        Some(Watched::Task(task)) => {
            let path = format!("queue/v1/task/{task}/status");
            Box::new(Single::new(rest, stream, reading, path, |it| {
                let status = &it["status"];
                json!({"taskId": status["taskId"], "expires": status["expires"]})
            }))
        }
        None => {
            let trouble = format!("`{watched}` is nothing that can be watched");
            return Err(error::config(&rest.setup.name, trouble));
        }
    })
}

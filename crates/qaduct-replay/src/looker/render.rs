//! Pictures of looks and dashboards: a task is made, goes through its states and has a picture for
//! some time.
//!
//! A look or dashboard may say what becomes of its tasks: `_states`, one for each time that
//! somebody asks, the last one for good; and `_results`, the statuses of its picture in the same
//! way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Ask, missing, refuse};
use crate::answer::Answer;
use crate::service::Context;
use crate::world::{served, text};

const TASKS: &str = "looker.render_tasks";
/// The way of a task on which nothing goes wrong.
const STATES: &[&str] = &[
    "enqueued_for_query",
    "querying",
    "enqueued_for_render",
    "rendering",
    "success",
];
const OF_LOOKS: &[&str] = &["width", "height", "fields"];
const OF_DASHBOARDS: &[&str] = &[
    "width",
    "height",
    "fields",
    "pdf_paper_size",
    "pdf_landscape",
    "long_tables",
    "theme",
];
/// A picture of one pixel. What it is of stands behind its end, where no reader looks.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

impl Ask<'_> {
    /// Makes a task.
    pub(super) fn begin(
        &self,
        kind: &str,
        id: &str,
        format: &str,
        context: &mut Context<'_>,
    ) -> Answer {
        let of_look = kind == "looks";
        let (collection, known) = match of_look {
            true => ("looker.looks", OF_LOOKS),
            false => ("looker.dashboards", OF_DASHBOARDS),
        };
        self.known(context, known);
        let size = |name: &str| self.get(name).and_then(|it| it.parse::<u64>().ok());
        let (Some(width), Some(height)) = (size("width"), size("height")) else {
            context.violation(self.request, "`width` and `height` are needed");
            return refuse(422, "width and height are numbers");
        };
        if !of_look && !self.request.json().is_ok_and(|it| it.is_object()) {
            context.violation(self.request, "a dashboard needs a body");
        }
        if !["png", "jpg", "pdf"].contains(&format) {
            return refuse(422, "unknown format");
        }
        let Some(of) = context.world.get(collection, id).cloned() else {
            return missing();
        };
        let task = format!("{:032x}", context.world.collection(TASKS).len() + 1);
        let states = match of["_states"].clone() {
            Value::Null => json!(STATES),
            states => states,
        };
        let results = match of["_results"].clone() {
            Value::Null => json!([200]),
            results => results,
        };
        let is_lookml = of["_lookml"] == true;
        let own = !of_look && !is_lookml;
        let record = json!({
            "id": task, "created_at": text(&json!(context.now.to_string())), "finalized_at": null,
            "status": STATES[0], "status_detail": null, "width": width, "height": height,
            "result_format": format, "look_id": of_look.then_some(id),
            "dashboard_id": own.then_some(id), "lookml_dashboard_id": is_lookml.then_some(id),
            "query_runtime": null, "render_runtime": null, "runtime": 0.0, "user_id": "12",
            "_states": states, "_results": results,
        });
        context.world.put(TASKS, record.clone());
        Answer::ok(self.shown(&record))
    }

    /// How far a task is; each question lets it go on.
    pub(super) fn state(&self, id: &str, context: &mut Context<'_>) -> Answer {
        self.known(context, &["fields"]);
        if context.world.get(TASKS, id).is_none() {
            return missing();
        }
        context.world.change(TASKS, id, |task| {
            task["status"] = next(&mut task["_states"]);
            if task["status"] == "failure" {
                task["status_detail"] = "the query took too long".into();
            }
        });
        let task = context.world.get(TASKS, id).map(served);
        Answer::ok(task.map_or(Value::Null, |it| self.shown(&it)))
    }

    /// The picture.
    pub(super) fn picture(&self, id: &str, context: &mut Context<'_>) -> Answer {
        self.known(context, &[]);
        let mut status = Value::Null;
        context
            .world
            .change(TASKS, id, |task| status = next(&mut task["_results"]));
        let Some(task) = context.world.get(TASKS, id) else {
            return missing();
        };
        match status.as_u64() {
            Some(200) => {}
            Some(202) => {
                return Answer::text(202, "text/plain", "").with("Retry-After", 3);
            }
            _ => return missing(),
        }
        let mut bytes = STANDARD.decode(PIXEL).unwrap_or_default();
        let (what, of) = match task["look_id"].as_str() {
            Some(id) => ("look", id),
            None => {
                let id = task["dashboard_id"].as_str();
                (
                    "dashboard",
                    id.or(task["lookml_dashboard_id"].as_str())
                        .unwrap_or_default(),
                )
            }
        };
        let note = format!("{what} {of} {}x{}", task["width"], task["height"]);
        bytes.extend_from_slice(note.as_bytes());
        Answer::bytes_of("image/png", bytes)
    }
}

/// The first of a list, which goes unless it is the last.
fn next(list: &mut Value) -> Value {
    match list {
        Value::Array(items) if items.len() > 1 => items.remove(0),
        Value::Array(items) => items.first().cloned().unwrap_or_default(),
        _ => Value::Null,
    }
}

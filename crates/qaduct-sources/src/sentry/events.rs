//! Stream `events`: each time that an issue happened. Only where the settings want it.

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Reading, Scope, SourceError};
use qaduct_records::stream::{Cursor, Finality, Stream};
use serde_json::Value as Json;

use super::connect::organization;
use super::{PROJECT, PROJECT_ID, divided, paths, reading};
use crate::listing::Listing;
use crate::rest::{How, Inside, Rest, RestStream};
use crate::spec;

spec! {
    /// An event of an issue of Sentry.
    pub(super) static EVENT in "sentry_events" key ["event_id"]
    ignoring ["id", "event.type", "user", "projectID", "crashFile", "tags"]
    {
        /// Its id.
        event_id: Text = "eventID",
        /// Its project.
        project_id: ScopeInt("project_id") = "",
        /// Its issue; NULL for an event of none.
        issue_id: Int = "groupID",
        /// `error`, `default` and others.
        event_type: TextBy(crate::sentry::events::event_type) = "",
        /// What it is.
        title: Text = "title",
        /// What it says.
        message: Text = "message",
        /// Where it happened, in the code.
        culprit: Text = "culprit",
        /// The file and the line.
        location: Text = "location",
        /// What it ran on.
        platform: Text = "platform",
        /// The whole name of the release that it happened in.
        exact release_name: TextBy(crate::sentry::events::release) = "tags",
        /// The environment that it happened in.
        environment: TextBy(crate::sentry::events::environment) = "tags",
        /// Whom it happened to, as the program names users.
        person user_name: Text = "#user",
        /// Type and value of the error, as JSON.
        metadata: Json = "metadata",
        /// When it happened.
        created_at: Instant = "dateCreated",
    }
}

spec! {
    /// A tag of an event of Sentry, but for the one that names the user.
    pub(super) static TAG in "sentry_event_tags" key ["event_id", "tag"]
    ignoring ["query"]
    {
        /// The event.
        event_id: ParentText = "eventID",
        /// Name of the tag.
        tag: Text = "key",
        /// Its value.
        value: Text = "value",
    }
}

pub(super) static CONTRACT: Stream = Stream {
    nested: &[&TAG.table],
    cursor: Some(Cursor {
        column: "created_at",
        immutable: true,
        // An event is listed by when it happened, and may come hours later.
        overlap: 86_400,
        settle: 0,
    }),
    finality: Finality::Immutable,
    ..divided("events", &EVENT.table, &[PROJECT_ID])
};
pub(super) static EVENTS: RestStream = RestStream {
    nested: &[Inside {
        spec: &TAG,
        path: "tags",
        parent: ("event_id", "eventID"),
    }],
    ..reading(&CONTRACT, &EVENT, How::Shaped(list, shape))
};

/// The events of a project stand beside the organisation, not in it.
fn list(rest: &Rest, reading: &Reading) -> Result<Listing, SourceError> {
    let organization = paths::encoded(organization(&rest.setup));
    let project = paths::encoded(&reading.scope.text(PROJECT));
    let call = Call::get(format!("../../projects/{organization}/{project}/events/"));
    let lower = reading
        .lower
        .unwrap_or(super::series::kept_since(reading.upper));
    // Both ends: without the upper one the list would grow while it is read.
    Ok(paths::linked(
        call.with("start", paths::instant(lower))
            .with("end", paths::instant(reading.upper)),
    ))
}

/// Whom an event happened to stands among its tags, and is no thing like the others.
fn shape(_rest: &Rest, _scope: &Scope, mut events: Vec<Json>) -> Vec<Json> {
    for event in &mut events {
        let user = event["tags"]
            .as_array()
            .and_then(|tags| tagged(tags, "user"));
        if let Some(user) = user.cloned() {
            event["#user"] = user;
        }
        if let Some(tags) = event.get_mut("tags").and_then(Json::as_array_mut) {
            tags.retain(|it| it["key"] != "user");
        }
    }
    events
}

fn tagged<'j>(tags: &'j [Json], key: &str) -> Option<&'j Json> {
    let found = tags.iter().find(|it| it["key"] == key)?;
    found.get("value")
}

/// A key with a dot in it.
fn event_type(event: &Json) -> Result<Value, String> {
    Ok(event["event.type"]
        .as_str()
        .map_or(Value::Null, Value::from))
}

fn tag(tags: &Json, key: &str) -> Result<Value, String> {
    let found = tags.as_array().and_then(|tags| tagged(tags, key));
    Ok(found
        .and_then(Json::as_str)
        .map_or(Value::Null, Value::from))
}

fn release(tags: &Json) -> Result<Value, String> {
    tag(tags, "release")
}

fn environment(tags: &Json) -> Result<Value, String> {
    tag(tags, "environment")
}

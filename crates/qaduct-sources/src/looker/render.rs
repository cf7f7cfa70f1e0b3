//! Pictures of looks and dashboards as Looker draws them, for whoever publishes them.
//!
//! A task is made and asked about until it has ended, with one deadline over all its states,
//! those too that nobody has heard of. A picture is there for some time only: it is fetched at once.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use qaduct_http::{Answer, Call, Method, Sleep};
use qaduct_records::Clock;
use qaduct_records::source::{Failure, SourceError};
use serde_json::json;

use super::{piece, scopes};
use crate::error::{self, Place};
use crate::rest::Rest;
use crate::setup::{Patience, Setup};

/// Time between two questions: at first, and at most.
const FIRST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_secs(5);
/// What a PNG begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A look, by its id.
    Look(String),
    /// A dashboard, by its id; of one in code `model::name`.
    Dashboard(String),
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Look(id) => write!(out, "look {id}"),
            Self::Dashboard(id) => write!(out, "dashboard {id}"),
        }
    }
}

/// A picture that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Of what.
    pub subject: Subject,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

/// Lets a Looker draw. Threads may share it.
pub struct Renderer {
    rest: Rest,
    deadline: Duration,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
}

impl Renderer {
    /// For a source of the kind `looker`; each picture has to be there before the deadline.
    /// Asks nothing yet.
    ///
    /// # Errors
    /// When the setup is of another kind or lacks what it needs.
    pub fn open(
        setup: Setup,
        deadline: Duration,
        clock: Arc<dyn Clock>,
        sleep: Arc<dyn Sleep>,
    ) -> Result<Self, SourceError> {
        if setup.kind != super::LOOKER.name {
            let trouble = format!("draws nothing: it is of kind `{}`", setup.kind);
            return Err(error::config(&setup.name, trouble));
        }
        let patience = Patience {
            deadline: Some(deadline),
            ..Patience::default()
        };
        Ok(Self {
            rest: crate::rest(setup, patience, Arc::clone(&clock), Arc::clone(&sleep))?,
            deadline,
            clock,
            sleep,
        })
    }

    /// Ids and titles of the looks in a folder, which is named by its id.
    ///
    /// # Errors
    /// When the service fails or has no such folder.
    pub fn looks_in(&self, folder: &str) -> Result<Vec<(String, String)>, SourceError> {
        let looks = scopes::in_folder(&self.rest, folder)?;
        let text = |it: &serde_json::Value| it.as_str().unwrap_or_default().to_owned();
        let pairs = looks.iter().map(|it| (text(&it["id"]), text(&it["title"])));
        Ok(pairs.collect())
    }

    /// A picture as PNG.
    ///
    /// # Errors
    /// When the service has no such thing, fails to draw it, or has not drawn it in time.
    pub fn render(&self, picture: &Picture) -> Result<Vec<u8>, SourceError> {
        let part = picture.subject.to_string();
        let place = Place {
            part: &part,
            ..Place::stream(&self.rest.setup.name, "pictures")
        };
        let until = self.clock.now() + SignedDuration::try_from(self.deadline).unwrap_or_default();
        let task = self.begin(&place, picture)?;
        let mut wait = FIRST;
        loop {
            let call = Call::get(format!("render_tasks/{task}"));
            let answer = self
                .rest
                .send(&place, &call.with("fields", "id,status,status_detail"))?;
            let status = answer.json["status"].as_str().unwrap_or_default();
            match status {
                "success" => break,
                "failure" => {
                    let why = answer.json["status_detail"].as_str();
                    let why = why.filter(|it| !it.is_empty()).unwrap_or("it says no more");
                    return Err(wrong(&place, &answer, &format!("is that it failed: {why}")));
                }
                // Known states and others: who knows what they lead to.
                _ => self.wait(&place, wait, until, &format!("its state is `{status}`"))?,
            }
            wait = (wait * 3 / 2).min(MOST);
        }
        loop {
            let call = Call::get(format!("render_tasks/{task}/results"));
            let answer = self.rest.send(&place, &call.raw().accept(&[404]))?;
            match answer.status {
                404 => {
                    return Err(wrong(&place, &answer, "is that the picture has expired"));
                }
                202 => {
                    let asked = answer.header("retry-after");
                    let asked = asked.and_then(|it| it.trim().parse().ok());
                    let wait = asked.map_or(MOST, Duration::from_secs).max(FIRST);
                    self.wait(&place, wait, until, "its picture is not ready")?;
                }
                _ if answer.bytes.starts_with(PNG) => return Ok(answer.bytes),
                _ => return Err(wrong(&place, &answer, "is no PNG")),
            }
        }
    }

    /// Makes a task; gives its id as a piece of a path.
    fn begin(&self, place: &Place<'_>, picture: &Picture) -> Result<String, SourceError> {
        let call = match &picture.subject {
            Subject::Look(id) => Call {
                method: Method::Post,
                ..Call::get(format!("render_tasks/looks/{}/png", piece(id)))
            },
            Subject::Dashboard(id) => Call::post(
                format!("render_tasks/dashboards/{}/png", piece(id)),
                json!({ "dashboard_style": "tiled" }),
            ),
        };
        let call = call
            .with("width", picture.width)
            .with("height", picture.height)
            .with("fields", "id");
        let answer = self.rest.send(place, &call)?;
        match answer.json["id"].as_str() {
            Some(id) => Ok(piece(id)),
            None => Err(wrong(place, &answer, "names no task")),
        }
    }

    /// Waits, unless there is no time for it any more.
    fn wait(
        &self,
        place: &Place<'_>,
        time: Duration,
        until: Timestamp,
        how: &str,
    ) -> Result<(), SourceError> {
        let failed = |trouble: String| {
            Err(SourceError::new(
                Failure::Unavailable,
                place.to_string(),
                trouble,
            ))
        };
        let after = self.clock.now() + SignedDuration::try_from(time).unwrap_or_default();
        if after > until {
            let seconds = self.deadline.as_secs();
            return failed(format!("was not drawn in {seconds} s: {how}"));
        }
        match self.sleep.sleep(time) {
            true => Ok(()),
            false => failed("stopped while it was drawn".to_owned()),
        }
    }
}

fn wrong(place: &Place<'_>, answer: &Answer, what: &str) -> SourceError {
    error::of_call(place, answer.wrong(what))
}

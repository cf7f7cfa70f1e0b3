//! The server's own path, `/replay`: for programs of any language that measure a client.
//!
//! | Request | Answer |
//! |---|---|
//! | `GET` of `/replay` itself | how many records each collection has, and how many of them were in some answer |
//! | `GET statistics` | what each client asked, by its `User-Agent` |
//! | `GET ids/{collection}` | the ids that somebody with a credential can be shown |
//! | `GET shown/{collection}` | the ids that were in some answer, also inside other records |
//! | `POST forget` | nothing was asked yet, and no limit was used |
//! | `POST change/{collection}?every=N` | the ids of the records that changed: one in N |
//!
//! None of these is counted, logged, limited or made to fail.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::World;
use crate::answer::Answer;
use crate::limits::Limits;
use crate::log::Seen;
use crate::request::Request;

/// What a client asked.
#[derive(Debug, Default, Serialize)]
struct Client {
    requests: u64,
    /// Answers with a status of 400 and above.
    refused: u64,
    /// Answers without rows because nothing had changed.
    unchanged: u64,
    /// Requests by their path, in which numbers are `*`.
    paths: BTreeMap<String, u64>,
    /// Rows that were served, by collection; a row that was served twice counts twice.
    rows: BTreeMap<String, u64>,
}

/// Records of a collection.
#[derive(Debug, Serialize)]
struct Count {
    /// How many somebody with a credential can be shown.
    has: usize,
    /// How many were in some answer, also inside other records.
    shown: usize,
}

/// What such a request may see and change.
pub(crate) struct Control<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) seen: &'a mut Vec<Seen>,
    pub(crate) limits: &'a mut Limits,
    pub(crate) now: Timestamp,
}

impl Control<'_> {
    /// The answer to a request below `/replay`.
    pub(crate) fn answer(self, request: &Request, path: &str) -> Answer {
        let parts: Vec<&str> = path.split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", [""]) => Answer::ok(json!(self.counts())),
            ("GET", ["statistics"]) => Answer::ok(json!(clients(self.seen))),
            ("GET", ["ids", collection]) if is_known(collection) => {
                Answer::ok(json!(self.world.visible(collection)))
            }
            ("GET", ["shown", collection]) if is_known(collection) => {
                Answer::ok(json!(shown(collection, self.seen)))
            }
            ("POST", ["forget"]) => {
                self.seen.clear();
                *self.limits = Limits::default();
                Answer::ok(json!({}))
            }
            ("POST", ["change", collection]) if is_known(collection) => {
                let parameters = request.parameters();
                let every = parameters.iter().find(|(name, _)| name == "every");
                match every.map(|(_, value)| value.parse::<usize>()) {
                    Some(Ok(every)) if every > 0 => self.change(collection, every),
                    _ => Answer::text(400, "text/plain", "`every` is to be a number above 0\n"),
                }
            }
            _ => Answer::text(
                404,
                "text/plain",
                "this is none of the server's own paths\n",
            ),
        }
    }

    fn counts(&self) -> BTreeMap<&'static str, Count> {
        let count = |name| Count {
            has: self.world.visible(name).len(),
            shown: shown(name, self.seen).len(),
        };
        World::names().map(|name| (name, count(name))).collect()
    }

    fn change(self, collection: &str, every: usize) -> Answer {
        self.world.pass(self.now.duration_since(self.world.now()));
        let ids = self.world.visible(collection);
        let ids: Vec<String> = ids.into_iter().step_by(every).collect();
        for id in &ids {
            self.world.touch(collection, id);
        }
        Answer::ok(json!(ids))
    }
}

/// Ids of a collection that were in some answer with status 200, also inside other records.
pub(crate) fn shown(collection: &str, seen: &[Seen]) -> BTreeSet<String> {
    let answers = seen.iter().filter(|it| it.status == 200);
    let listed = answers.flat_map(|it| it.listed.iter().chain(&it.nested));
    let of_collection = listed.filter(|(name, _)| name == collection);
    of_collection
        .flat_map(|(_, ids)| ids.iter().cloned())
        .collect()
}

fn is_known(collection: &str) -> bool {
    World::names().any(|it| it == collection)
}

fn clients(seen: &[Seen]) -> BTreeMap<&str, Client> {
    let mut clients = BTreeMap::<_, Client>::new();
    for one in seen {
        let client = clients
            .entry(one.header("user-agent").unwrap_or_default())
            .or_default();
        client.requests += 1;
        client.refused += u64::from(one.status >= 400);
        client.unchanged += u64::from(one.status == 304);
        *client.paths.entry(general(&one.target)).or_default() += 1;
        if let Some((collection, ids)) = &one.listed
            && one.status == 200
        {
            *client.rows.entry(collection.clone()).or_default() += ids.len() as u64;
        }
    }
    clients
}

/// The path of a target, with ids and keys starred; the number of a version stays.
fn general(target: &str) -> String {
    let path = target.split_once('?').map_or(target, |it| it.0);
    let mut before = "";
    let parts = path.split('/').map(|part| {
        let is_id = part.bytes().any(|it| it.is_ascii_digit()) && before != "api";
        before = part;
        if is_id { "*" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}

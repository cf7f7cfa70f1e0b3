//! Walks from a bug to what it depends on, and so on, as far as the settings say.

use std::collections::BTreeMap;

use qaduct_http::{Answer, Call};
use qaduct_records::source::SourceError;
use serde_json::Value as Json;

use crate::error::Place;
use crate::rest::Rest;
use crate::rows::id;

/// Bugs of one call: their numbers have to fit into a URL of 8 kB.
pub(super) const BATCH: usize = 400;

/// The call for bugs by their numbers.
pub(super) fn by_id(ids: &[i64], fields: &str) -> Call {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    let call = Call::get("rest/bug")
        .with("id", ids.join(","))
        .with("order", "bug_id")
        .with("limit", BATCH);
    if fields.is_empty() {
        call
    } else {
        call.with("include_fields", fields)
    }
}

/// A walk from bugs to what they depend on.
pub(super) struct Steps {
    roots: Vec<i64>,
    depth: u32,
    /// `include_fields`; empty for the usual ones. `depends_on` must be among them.
    fields: &'static str,
    size: usize,
    /// The root that is under way, and its bugs that were not asked for yet.
    under_way: Option<(i64, Vec<i64>)>,
    /// The steps from the root to each of its bugs.
    steps: BTreeMap<i64, u32>,
    /// Bugs that were shown, with their root and the steps to it.
    pub(super) met: Vec<(i64, i64, u32)>,
}

impl Steps {
    pub(super) fn new(roots: &[i64], depth: u32, fields: &'static str, size: usize) -> Self {
        Self {
            roots: roots.iter().rev().copied().collect(),
            depth,
            fields,
            size: size.min(BATCH),
            under_way: None,
            steps: BTreeMap::new(),
            met: Vec::new(),
        }
    }

    /// The next bugs.
    pub(super) fn next(
        &mut self,
        rest: &Rest,
        place: &Place<'_>,
    ) -> Result<Option<(Vec<Json>, Answer)>, SourceError> {
        let (root, mut open) = match self.under_way.take() {
            Some((root, open)) if !open.is_empty() => (root, open),
            _ => match self.roots.pop() {
                Some(root) => {
                    self.steps = BTreeMap::from([(root, 0)]);
                    (root, vec![root])
                }
                None => return Ok(None),
            },
        };
        // Nearest first, so that a bug that is reached in two ways has the shorter one.
        open.sort_by_key(|id| (self.steps.get(id).copied().unwrap_or(u32::MAX), *id));
        let nearest = open.first().and_then(|id| self.steps.get(id)).copied();
        let near = open
            .iter()
            .take_while(|id| self.steps.get(*id).copied() == nearest)
            .take(self.size)
            .count();
        let later = open.split_off(near);
        let mut answer = rest.send(place, &by_id(&open, self.fields))?;
        let bugs = match answer.json.get_mut("bugs") {
            Some(Json::Array(bugs)) => std::mem::take(bugs),
            _ => {
                return Err(crate::error::of_call(place, answer.wrong("holds no bugs")));
            }
        };
        let mut open = later;
        for bug in &bugs {
            let Some(id) = id(bug, "id") else {
                continue;
            };
            let steps = self.steps.get(&id).copied().unwrap_or(0);
            self.met.push((root, id, steps));
            if steps >= self.depth {
                continue;
            }
            for below in bug["depends_on"].as_array().into_iter().flatten() {
                if let Some(below) = below.as_i64()
                    && !self.steps.contains_key(&below)
                {
                    self.steps.insert(below, steps + 1);
                    open.push(below);
                }
            }
        }
        self.under_way = Some((root, open));
        Ok(Some((bugs, answer)))
    }

    /// Roots that were not shown.
    pub(super) fn unseen(&self, roots: &[i64]) -> Vec<i64> {
        let seen = |root: &&i64| {
            !self
                .met
                .iter()
                .any(|(_, id, steps)| id == *root && *steps == 0)
        };
        roots.iter().filter(seen).copied().collect()
    }
}
